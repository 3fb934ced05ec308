/*
 * fuzz_decimal.c - two numbers, spelled by the input.
 *
 * Properties: order is antisymmetric and agrees with equality and hash; a
 * number is a multiple of itself and an integer exactly when it is one of 1;
 * the same number spelled otherwise is the same; a double that comes from an
 * int64_t comes from both calls.
 */
#include <stdint.h>
#include <stdio.h>

#include "validate/schema/decimal.h"

#define NUMBER_MAX 4000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A JSON number out of any bytes: what cannot stand there becomes a digit. */
static struct slice spell(const uint8_t *data, size_t size, char *out)
{
    size_t n = 0, digits = 0;
    enum { WHOLE, FRACTION, EXPONENT } part = WHOLE;

    for (size_t i = 0; i < size && n < NUMBER_MAX - 8; i++) {
        char c = (char)data[i];

        if (i == 0 && c == '-') {
            out[n++] = c;
        } else if (digits && part == WHOLE && c == '.') {
            out[n++] = c;
            part = FRACTION;
            digits = 0;
        } else if (digits && part < EXPONENT && c == 'e') {
            out[n++] = c;
            if (data[i] & 1 && i + 1 < size)
                out[n++] = data[++i] & 1 ? '-' : '+';
            part = EXPONENT;
            digits = 0;
        } else if (part != WHOLE || digits != 1 || out[n - 1] != '0') {
            out[n++] = (char)('0' + (uint8_t)c % 10);
            digits++;
        }
    }
    if (!digits)
        out[n++] = '0';
    return slice_of(out, n);
}

static void same(struct slice a, struct slice b)
{
    int64_t x = 1, y = 1;

    DEMAND(decimal_equal(a, b) && decimal_compare(a, b) == 0);
    DEMAND(decimal_hash(a) == decimal_hash(b));
    DEMAND(decimal_is_integer(a) == decimal_is_integer(b));
    DEMAND(decimal_to_int64(a, &x) == decimal_to_int64(b, &y) && x == y);
    DEMAND(decimal_to_double(a) == decimal_to_double(b));
}

static void alone(struct slice a)
{
    char other[NUMBER_MAX + 64], *copy = malloc(a.len);
    size_t e = slice_find(a, 'e');
    bool is = false;
    int64_t value;

    DEMAND(copy);
    memcpy(copy, a.ptr, a.len);
    a.ptr = copy;
    DEMAND(decimal_multiple_of(a, SLICE("1"), &is));
    DEMAND(is == decimal_is_integer(a));
    if (decimal_multiple_of(a, a, &is))
        DEMAND(is);
    if (decimal_to_int64(a, &value)) {
        snprintf(other, sizeof(other), "%lld", (long long)value);
        same(a, slice_of(other, strlen(other)));
    }
    if (e == a.len) {
        /* 12.5 and 12.500e+0 */
        snprintf(other, sizeof(other), "%.*s%se+0", (int)a.len, a.ptr,
                 slice_find(a, '.') < a.len ? "00" : ".0");
        same(a, slice_of(other, strlen(other)));
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char one[NUMBER_MAX], two[NUMBER_MAX];
    size_t half = slice_find(slice_of((const char *)data, size), '/');
    struct slice a = spell(data, half, one), b;
    bool is;
    int order;

    if (half < size)
        half++;
    b = spell(data + half, size - half, two);
    alone(a);
    alone(b);
    order = decimal_compare(a, b);
    DEMAND(order == -decimal_compare(b, a));
    DEMAND((order == 0) == decimal_equal(a, b));
    if (order == 0)
        same(a, b);
    else
        DEMAND(decimal_to_double(a) == decimal_to_double(b) ||
               (decimal_to_double(a) < decimal_to_double(b)) == (order < 0));
    if (decimal_multiple_of(a, b, &is) && is && !decimal_is_zero(a) &&
        !decimal_is_negative(a) && !decimal_is_negative(b))
        DEMAND(order >= 0);
    return 0;
}
