/* moment.c - see moment.h. */
#include "validate/record/moment.h"

#define DATE_BYTES 10 /* YYYY-MM-DD */
#define TIME_BYTES 8  /* HH:MM:SS */
#define SECOND     INT64_C(1000000)

/* Digits at fixed places; -1 when one of them is none. */
static int number(struct slice text, size_t at, size_t len)
{
    int n = 0;

    if (at + len > text.len)
        return -1;
    for (size_t i = at; i < at + len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        n = n * 10 + (text.ptr[i] - '0');
    }
    return n;
}

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && leap(year));
}

/* Since 2000-01-01, by counting from a March that ends a leap cycle. */
static int64_t count_days(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;
    int64_t cycle = y / 400, rest = y % 400; /* y is not negative */

    return cycle * 146097 + rest * 365 + rest / 4 - rest / 100 +
           (153 * m + 2) / 5 + day - 1 - 730425;
}

static bool date(struct slice text, int64_t *days, struct slice *words)
{
    int year = number(text, 0, 4), month = number(text, 5, 2);
    int day = number(text, 8, 2);

    *words = SLICE("is not a date like 2024-02-29");
    if (year < 0 || month < 0 || day < 0 || text.ptr[4] != '-' ||
        text.ptr[7] != '-')
        return false;
    *words = SLICE("is a date that no calendar has");
    if (year < 1 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return false;
    *days = count_days(year, month, day);
    return true;
}

bool moment_date(struct slice text, int64_t *days, struct slice *words)
{
    *words = SLICE("is not a date like 2024-02-29");
    return text.len == DATE_BYTES && date(text, days, words);
}

/* ".5" as microseconds, rounded; *len is its length, 0 without one.  False
 * for a point without digits. */
static bool fraction(struct slice text, int64_t *microseconds, size_t *len)
{
    int64_t unit = SECOND;
    size_t i = 1;

    *microseconds = 0;
    *len = 0;
    if (!text.len || text.ptr[0] != '.')
        return true;
    for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
        int digit = text.ptr[i] - '0';

        unit /= 10;
        if (i == 7 && digit >= 5)
            *microseconds += 1;
        *microseconds += digit * unit;
    }
    *len = i;
    return i > 1;
}

/* Z or +HH:MM; in seconds. */
static bool offset(struct slice text, int64_t *seconds)
{
    int hours = number(text, 1, 2), minutes = number(text, 4, 2);

    *seconds = 0;
    if (text.len == 1 && (text.ptr[0] == 'Z' || text.ptr[0] == 'z'))
        return true;
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') ||
        text.ptr[3] != ':' || hours < 0 || hours > 23 || minutes < 0 ||
        minutes > 59)
        return false;
    *seconds = (int64_t)(hours * 60 + minutes) * 60;
    if (text.ptr[0] == '-')
        *seconds = -*seconds;
    return true;
}

static bool separates(char c)
{
    return c == 'T' || c == 't' || c == ' ';
}

bool moment_time(struct slice text, int64_t *microseconds, struct slice *words)
{
    int hour = number(text, 11, 2), minute = number(text, 14, 2);
    int second = number(text, 17, 2);
    int64_t days, micro, away;
    size_t len;
    struct slice rest = slice_drop(text, DATE_BYTES + 1 + TIME_BYTES);

    if (!date(text, &days, words))
        return false;
    *words = SLICE("is not a time like 2024-02-29T12:30:00Z");
    if (hour < 0 || minute < 0 || second < 0 ||
        !separates(text.ptr[DATE_BYTES]) || text.ptr[13] != ':' ||
        text.ptr[16] != ':' || !fraction(rest, &micro, &len))
        return false;
    *words = SLICE("is a time that no clock has");
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    *words = SLICE("has no offset from UTC (Z or +01:00) behind the time");
    if (!offset(slice_drop(rest, len), &away))
        return false;
    *microseconds =
        (days * 86400 + hour * 3600 + minute * 60 + second - away) * SECOND +
        micro;
    return true;
}
