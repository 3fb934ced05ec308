/*
 * numeric.c - see numeric.h.
 *
 * The wire has digits to base 10,000, aligned at the decimal point, the
 * weight of the first of them, the sign, and how many decimal places are
 * shown (numeric_send() in the server's numeric.c).  Digits are taken from
 * the text one by one; nothing is converted that could round.
 */
#include "importer/stage/numeric.h"

#include "importer/stage/put.h"

#define GROUP     4 /* decimal digits of one of base 10,000 */
#define NEGATIVE  0x4000
#define PLACES    0x3FFF /* that can be shown */
#define POWER_MAX 100000 /* larger exponents are out of bounds anyway */

/* A JSON number taken apart. */
struct parts {
    struct slice digits; /* with the point; leading zeros passed over */
    int32_t n;           /* digits */
    int32_t before;      /* of them in front of the point, exponent applied:
                            may be negative or more than n */
    int32_t places;      /* behind it */
    bool negative;
};

/* The number behind an "e", held within bounds. */
static int32_t exponent(struct slice text)
{
    bool negative = text.len && *text.ptr == '-';
    int32_t value = 0;

    if (text.len && (*text.ptr == '-' || *text.ptr == '+'))
        text = slice_drop(text, 1);
    for (size_t i = 0; i < text.len; i++) {
        if (value < POWER_MAX)
            value = value * 10 + (text.ptr[i] - '0');
    }
    return negative ? -value : value;
}

/* False: longer than any numeric. */
static bool take_apart(struct slice number, struct parts *out)
{
    size_t e = slice_find(number, 'e'), point;
    struct slice digits;
    int32_t power;

    if (e == number.len)
        e = slice_find(number, 'E');
    if (e > POWER_MAX)
        return false;
    power = exponent(slice_drop(number, e + 1));
    digits = slice_take(number, e);
    out->negative = digits.len && *digits.ptr == '-';
    digits = slice_drop(digits, out->negative);
    point = slice_find(digits, '.');
    out->n = (int32_t)(digits.len - (point < digits.len));
    out->before = (int32_t)point + power;
    out->places = out->n > out->before ? out->n - out->before : 0;
    while (digits.len && (*digits.ptr == '0' || *digits.ptr == '.')) {
        out->n -= *digits.ptr == '0';
        out->before -= *digits.ptr == '0';
        digits = slice_drop(digits, 1);
    }
    out->digits = digits;
    return true;
}

/* `width` decimal digits from *p on, those behind the last as zeros. */
static uint32_t group(const char **p, const char *end, int32_t width)
{
    uint32_t value = 0;

    while (width > 0) {
        if (*p < end && **p == '.') {
            (*p)++;
            continue;
        }
        value = value * 10 + (uint32_t)(*p < end ? *(*p)++ - '0' : 0);
        width--;
    }
    return value;
}

void put_numeric(struct rows *rows, struct slice number)
{
    struct parts parts;
    const char *p, *end;
    int32_t weight = 0, first = 0, groups = 0;

    if (!take_apart(number, &parts) || parts.places > PLACES) {
        rows->full = true;
        return;
    }
    if (parts.n > 0) {
        int32_t top = parts.before - 1;

        weight = top >= 0 ? top / GROUP : -((-top + GROUP - 1) / GROUP);
        first = parts.before - GROUP * weight;
        groups = 1;
        if (parts.n > first)
            groups += (parts.n - first + GROUP - 1) / GROUP;
    }
    if (weight > INT16_MAX || weight < INT16_MIN || groups > INT16_MAX) {
        rows->full = true;
        return;
    }
    put_length(rows, 8 + 2 * (size_t)groups);
    put_big(rows, (uint64_t)groups, 2);
    put_big(rows, (uint16_t)weight, 2);
    put_big(rows, parts.n > 0 && parts.negative ? NEGATIVE : 0, 2);
    put_big(rows, (uint64_t)parts.places, 2);
    p = parts.digits.ptr;
    end = p + parts.digits.len;
    for (int32_t i = 0; i < groups; i++)
        put_big(rows, group(&p, end, i ? GROUP : first), 2);
}
