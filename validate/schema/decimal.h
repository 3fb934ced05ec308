/*
 * decimal.h - exact arithmetic on JSON numbers as they are written.
 *
 * A number is never turned into a float: 0.1 is a tenth, 1, 1.0 and 1e0 are
 * the same number, 9007199254740993 is not 9007199254740992.  Reading one is
 * a look at its digits, which stay where they are; nothing is allocated.
 *
 * Every call is linear in the length of the numbers, whatever they say:
 * 1e999999999 costs what 1e9 costs.  Exponents past DECIMAL_EXPONENT_MAX
 * count as that; all such numbers are one.
 *
 * The slices must hold what RFC 8259 calls a number and nothing else, as
 * json_raw() of a JSON_NUMBER does.
 */
#ifndef DECANT_SCHEMA_DECIMAL_H
#define DECANT_SCHEMA_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define DECIMAL_EXPONENT_MAX ((int64_t)1000000000000000000)
#define DECIMAL_DIVISOR_MAX  1024 /* significant digits of a divisor */

/*
 * A number taken apart: 0.d1 d2 ... dn times ten to the power, d1 and dn not
 * zero; no digits at all for zero.  Borrows the bytes of the number.
 */
struct decimal {
    const char *digits; /* d1; the point may stand between two of them */
    size_t n_digits;
    size_t n_before; /* how many of them stand in front of the point */
    int64_t power;
    bool negative; /* false for -0 */
};

struct decimal decimal_read(struct slice number);

/* -1, 0 or 1, as a is less than, equal to or greater than b. */
int decimal_compare(struct slice a, struct slice b);
int decimal_order(const struct decimal *a, const struct decimal *b);
bool decimal_equal(struct slice a, struct slice b);

/* Nothing behind the point, however it is written: 1.0 and 1e2 are. */
bool decimal_is_integer(struct slice number);
bool decimal_is_negative(struct slice number); /* -0 is not */
bool decimal_is_zero(struct slice number);

/*
 * Is value a whole multiple of the divisor?  False, and *out untouched, when
 * the divisor is zero, has more than DECIMAL_DIVISOR_MAX significant digits,
 * or the work would pass a fixed ceiling (a value of millions of digits over
 * a divisor of hundreds).
 */
MUST_CHECK
bool decimal_multiple_of(struct slice value, struct slice divisor, bool *out);

/* Equal numbers hash equal. Not meant to resist who chooses the numbers. */
uint64_t decimal_hash(struct slice number);

/* The exact value; false, and *out untouched, when it is no integer or does
 * not fit. */
MUST_CHECK bool decimal_to_int64(struct slice number, int64_t *out);

/* The nearest double, ties to even, in any locale; HUGE_VAL with the sign
 * when it is out of range, 0 when it is too small. */
double decimal_to_double(struct slice number);

#endif
