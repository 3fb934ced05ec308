/*
 * datetime.c - dates, times and durations, see format_parts.h.
 *
 * Nothing is converted: a text is one or it is none, and the columns that
 * PostgreSQL reads into are PostgreSQL's.  RFC 3339 knows no year past 9999,
 * no week dates, no comma and no missing offset.
 */
#include "validate/schema/format_parts.h"

#define DAY 1440 /* minutes */

/* Exactly n digits at text[at]: their value, or -1. */
static int number_at(struct slice text, size_t at, size_t n)
{
    int value = 0;

    if (at + n > text.len)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (!ascii_digit(text.ptr[i]))
            return -1;
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

static bool within(int value, int least, int most)
{
    return value >= least && value <= most;
}

bool datetime_is_date(struct slice text)
{
    static const signed char days[] = {31, 29, 31, 30, 31, 30,
                                       31, 31, 30, 31, 30, 31};
    int year, month, day;
    bool leap;

    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
        return false;
    year = number_at(text, 0, 4);
    month = number_at(text, 5, 2);
    day = number_at(text, 8, 2);
    if (year < 0 || !within(month, 1, 12) || !within(day, 1, days[month - 1]))
        return false;
    leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month != 2 || day < 29 || leap;
}

/* "Z" or "+hh:mm": minutes east of Greenwich. */
static bool read_offset(struct slice text, int *minutes)
{
    int hour, minute;

    *minutes = 0;
    if (text.len == 1)
        return text.ptr[0] == 'Z' || text.ptr[0] == 'z';
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') ||
        text.ptr[3] != ':')
        return false;
    hour = number_at(text, 1, 2);
    minute = number_at(text, 4, 2);
    if (!within(hour, 0, 23) || !within(minute, 0, 59))
        return false;
    *minutes = text.ptr[0] == '-' ? -(hour * 60 + minute) : hour * 60 + minute;
    return true;
}

/* A leap second is the last of a day in UTC, wherever the clock hangs. */
bool datetime_is_time(struct slice text)
{
    int hour, minute, second, offset;

    if (text.len < 9 || text.ptr[2] != ':' || text.ptr[5] != ':')
        return false;
    hour = number_at(text, 0, 2);
    minute = number_at(text, 3, 2);
    second = number_at(text, 6, 2);
    text = slice_drop(text, 8);
    if (text.ptr[0] == '.') {
        size_t digits = part_digits(slice_drop(text, 1));

        if (digits == 0)
            return false;
        text = slice_drop(text, 1 + digits);
    }
    if (!within(hour, 0, 23) || !within(minute, 0, 59) ||
        !within(second, 0, 60) || !read_offset(text, &offset))
        return false;
    return second < 60 || (hour * 60 + minute - offset + DAY) % DAY == DAY - 1;
}

bool datetime_is_both(struct slice text)
{
    return text.len > 11 && (text.ptr[10] == 'T' || text.ptr[10] == 't') &&
           datetime_is_date(slice_take(text, 10)) &&
           datetime_is_time(slice_drop(text, 11));
}

/* "1Y2M", "2M3D": units of `order`, each right behind the one before it. */
static bool read_units(struct slice *text, const char *order)
{
    const char *next = NULL;

    while (text->len) {
        size_t digits = part_digits(*text);
        const char *unit;

        if (digits == 0)
            break;
        if (digits == text->len)
            return false;
        unit = strchr(order, text->ptr[digits]);
        if (!unit || !*unit || (next && unit != next))
            return false;
        next = unit + 1;
        *text = slice_drop(*text, digits + 1);
    }
    return next != NULL;
}

/* Weeks stand alone; every other unit stands right behind the next larger
 * one, or nothing larger is there at all: P1Y2D has lost its months. */
bool datetime_is_duration(struct slice text)
{
    size_t weeks;

    if (!text.len || text.ptr[0] != 'P')
        return false;
    text = slice_drop(text, 1);
    weeks = part_digits(text);
    if (weeks && weeks + 1 == text.len && text.ptr[weeks] == 'W')
        return true;
    if (text.len && text.ptr[0] != 'T' && !read_units(&text, "YMD"))
        return false;
    if (!text.len)
        return weeks > 0;
    if (text.ptr[0] != 'T')
        return false;
    text = slice_drop(text, 1);
    return read_units(&text, "HMS") && !text.len;
}
