/* decimal.c - see decimal.h. */
#include "validate/schema/decimal.h"

#include "validate/base/ascii.h"

#include <stdio.h>

#define SHORT       18 /* digits that always fit an int64_t */
#define LIMB_DIGITS 9
#define LIMB        UINT32_C(1000000000) /* of the long division */
#define LIMBS       (DECIMAL_DIVISOR_MAX / LIMB_DIGITS + 2)
#define WORK_MAX    ((size_t)1 << 26) /* limb steps of one long division */

/* A double needs at most 767 digits to be rounded right; a tail that is not
 * zero counts as one more. */
#define DOUBLE_DIGITS 770

static const uint64_t ten_to[] = {
    1u,
    10u,
    100u,
    1000u,
    10000u,
    100000u,
    1000000u,
    10000000u,
    100000000u,
    1000000000u,
    10000000000u,
    100000000000u,
    1000000000000u,
    10000000000000u,
    100000000000000u,
    1000000000000000u,
    10000000000000000u,
    100000000000000000u,
    1000000000000000000u,
    10000000000000000000u,
};

/* "-12", at most SHORT digits: what nearly every number is. */
static bool read_short(struct slice number, int64_t *out)
{
    bool negative = number.len && number.ptr[0] == '-';
    size_t n = number.len - negative;
    int64_t value = 0;

    if (n == 0 || n > SHORT)
        return false;
    for (size_t i = negative; i < number.len; i++) {
        if (!ascii_digit(number.ptr[i]))
            return false;
        value = value * 10 + (number.ptr[i] - '0');
    }
    *out = negative ? -value : value;
    return true;
}

/* What stands behind the 'e', no further out than DECIMAL_EXPONENT_MAX. */
static int64_t read_exponent(struct slice text)
{
    bool negative = text.len && text.ptr[0] == '-';
    size_t at = text.len && (negative || text.ptr[0] == '+');
    int64_t value = 0;

    for (; at < text.len && value < DECIMAL_EXPONENT_MAX; at++) {
        if (value < DECIMAL_EXPONENT_MAX / 10)
            value = value * 10 + (text.ptr[at] - '0');
        else
            value = DECIMAL_EXPONENT_MAX;
    }
    return negative ? -value : value;
}

static size_t count_digits(struct slice text)
{
    size_t n = 0;

    while (n < text.len && ascii_digit(text.ptr[n]))
        n++;
    return n;
}

struct decimal decimal_read(struct slice number)
{
    struct decimal d = {.negative = number.len && number.ptr[0] == '-'};
    struct slice whole, fraction = {NULL, 0};
    int64_t exponent = 0;

    number = slice_drop(number, d.negative);
    whole = slice_take(number, count_digits(number));
    number = slice_drop(number, whole.len);
    if (number.len && number.ptr[0] == '.') {
        number = slice_drop(number, 1);
        fraction = slice_take(number, count_digits(number));
        number = slice_drop(number, fraction.len);
    }
    if (number.len)
        exponent = read_exponent(slice_drop(number, 1));

    while (whole.len && whole.ptr[0] == '0')
        whole = slice_drop(whole, 1);
    while (fraction.len && fraction.ptr[fraction.len - 1] == '0')
        fraction.len--;
    d.power = (int64_t)whole.len + exponent;
    if (whole.len == 0) {
        size_t zeros = 0;

        while (zeros < fraction.len && fraction.ptr[zeros] == '0')
            zeros++;
        d.power -= (int64_t)zeros;
        whole = slice_drop(fraction, zeros);
        fraction.len = 0;
    }
    if (fraction.len == 0)
        while (whole.len && whole.ptr[whole.len - 1] == '0')
            whole.len--;
    if (whole.len == 0)
        return (struct decimal){0};
    d.digits = whole.ptr;
    d.n_before = whole.len;
    d.n_digits = whole.len + fraction.len;
    return d;
}

/* The value of significant digit number i; past the last they are zero. */
static uint32_t digit_at(const struct decimal *d, size_t i)
{
    if (i >= d->n_digits)
        return 0;
    return (uint32_t)(d->digits[i + (i >= d->n_before)] - '0');
}

/* n digits from number `from` on, as one integer. */
static uint64_t digits_at(const struct decimal *d, size_t from, size_t n)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++)
        value = value * 10 + digit_at(d, from + i);
    return value;
}

int decimal_order(const struct decimal *a, const struct decimal *b)
{
    int sign = a->negative ? -1 : 1;
    size_t n = a->n_digits > b->n_digits ? a->n_digits : b->n_digits;

    if (!a->n_digits || !b->n_digits) {
        if (a->n_digits)
            return sign;
        return b->n_digits ? (b->negative ? 1 : -1) : 0;
    }
    if (a->negative != b->negative)
        return sign;
    if (a->power != b->power)
        return a->power < b->power ? -sign : sign;
    for (size_t i = 0; i < n; i++) {
        uint32_t x = digit_at(a, i), y = digit_at(b, i);

        if (x != y)
            return x < y ? -sign : sign;
    }
    return 0;
}

int decimal_compare(struct slice a, struct slice b)
{
    struct decimal x, y;
    int64_t i, j;

    if (read_short(a, &i) && read_short(b, &j))
        return (i > j) - (i < j);
    x = decimal_read(a);
    y = decimal_read(b);
    return decimal_order(&x, &y);
}

bool decimal_equal(struct slice a, struct slice b)
{
    return slice_eq(a, b) || decimal_compare(a, b) == 0;
}

/* How far behind the last digit the unit stands; below 0: a fraction. */
static int64_t scale_of(const struct decimal *d)
{
    return d->power - (int64_t)d->n_digits;
}

bool decimal_is_integer(struct slice number)
{
    struct decimal d;
    int64_t value;

    if (read_short(number, &value))
        return true;
    d = decimal_read(number);
    return d.n_digits == 0 || scale_of(&d) >= 0;
}

bool decimal_is_zero(struct slice number)
{
    return decimal_read(number).n_digits == 0;
}

bool decimal_is_negative(struct slice number)
{
    return number.len && number.ptr[0] == '-' && !decimal_is_zero(number);
}

/* Are the first `total` digits of v, as an integer, a multiple of m? */
static bool divides_short(const struct decimal *v, size_t total, uint64_t m)
{
    uint64_t rest = 0;

    for (size_t i = 0; i < total; i++)
        rest = (rest * 10 + digit_at(v, i)) % m;
    return rest == 0;
}

/*
 * A divisor of many digits, and what is left of the digits fed so far: both
 * as limbs, lowest first, and both multiplied by `scale`, which makes the
 * divisor's top limb large so that a quotient digit guessed from the top
 * limbs is at most two too high (Knuth, volume 2, 4.3.1, theorem B).
 */
struct divider {
    size_t n;
    uint32_t scale;
    uint32_t limb[LIMBS];
    uint32_t rest[LIMBS + 1];
};

static void divider_init(struct divider *v, const struct decimal *d)
{
    uint64_t carry = 0;

    *v = (struct divider){0};
    for (size_t end = d->n_digits; end > 0; v->n++) {
        size_t n = end < LIMB_DIGITS ? end : LIMB_DIGITS;

        end -= n;
        v->limb[v->n] = (uint32_t)digits_at(d, end, n);
    }
    v->scale = LIMB / (v->limb[v->n - 1] + 1);
    for (size_t i = 0; i < v->n; i++) {
        carry += (uint64_t)v->limb[i] * v->scale;
        v->limb[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    EXPECT(carry == 0);
}

/* rest -= guess * divisor; true when that went below zero (it wraps). */
static bool subtract(struct divider *v, uint64_t guess)
{
    uint64_t borrow = 0;

    for (size_t i = 0; i <= v->n; i++) {
        uint64_t take = borrow + (i < v->n ? guess * v->limb[i] : 0);
        uint64_t low = take % LIMB;

        borrow = take / LIMB + (v->rest[i] < low);
        v->rest[i] =
            (uint32_t)(v->rest[i] + (v->rest[i] < low ? LIMB : 0) - low);
    }
    return borrow != 0;
}

/* rest += divisor; true when that carried out of the top, back above zero. */
static bool add_back(struct divider *v)
{
    uint32_t carry = 0;

    for (size_t i = 0; i <= v->n; i++) {
        uint32_t sum = v->rest[i] + (i < v->n ? v->limb[i] : 0) + carry;

        carry = sum >= LIMB;
        v->rest[i] = carry ? sum - LIMB : sum;
    }
    return carry != 0;
}

/* The next LIMB_DIGITS digits of the value that is being divided. */
static void divider_feed(struct divider *v, uint64_t digits)
{
    uint64_t carry = digits * v->scale, guess;

    memmove(v->rest + 1, v->rest, v->n * sizeof(v->rest[0]));
    v->rest[0] = 0;
    for (size_t i = 0; carry; i++) {
        carry += v->rest[i];
        v->rest[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    guess = ((uint64_t)v->rest[v->n] * LIMB + v->rest[v->n - 1]) /
            v->limb[v->n - 1];
    if (guess >= LIMB)
        guess = LIMB - 1;
    if (subtract(v, guess))
        while (!add_back(v))
            continue;
}

static bool divides_long(const struct decimal *v, size_t total,
                         const struct decimal *divisor)
{
    size_t at = total % LIMB_DIGITS;
    struct divider m;

    divider_init(&m, divisor);
    divider_feed(&m, digits_at(v, 0, at));
    for (; at < total; at += LIMB_DIGITS)
        divider_feed(&m, digits_at(v, at, LIMB_DIGITS));
    for (size_t i = 0; i < m.n; i++)
        if (m.rest[i])
            return false;
    return true;
}

/*
 * With v and d the digits as integers, is d a divisor of v * 10^shift?  When
 * shift is negative it is not, since v does not end in 0.  Else a power of
 * ten can only take out the twos or fives of d, of which there are fewer than
 * bits: as many zeros behind v are as good as any greater number.
 */
bool decimal_multiple_of(struct slice value, struct slice divisor, bool *out)
{
    struct decimal v, d;
    int64_t i, j, shift;
    size_t zeros;

    if (read_short(value, &i) && read_short(divisor, &j) && j) {
        *out = i % j == 0;
        return true;
    }
    v = decimal_read(value);
    d = decimal_read(divisor);
    if (d.n_digits == 0 || d.n_digits > DECIMAL_DIVISOR_MAX)
        return false;
    shift = scale_of(&v) - scale_of(&d);
    if (v.n_digits == 0 || shift < 0) {
        *out = v.n_digits == 0;
        return true;
    }
    zeros = 4 * d.n_digits;
    if ((uint64_t)shift < zeros)
        zeros = (size_t)shift;
    if (d.n_digits <= SHORT) {
        *out =
            divides_short(&v, v.n_digits + zeros, digits_at(&d, 0, d.n_digits));
        return true;
    }
    if (v.n_digits / LIMB_DIGITS > WORK_MAX / d.n_digits * LIMB_DIGITS)
        return false;
    *out = divides_long(&v, v.n_digits + zeros, &d);
    return true;
}

static uint64_t mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

uint64_t decimal_hash(struct slice number)
{
    struct decimal d = decimal_read(number);
    uint64_t hash = mixed(d.n_digits + 1, (uint64_t)d.power * 2 + d.negative);

    for (size_t at = 0; at < d.n_digits; at += SHORT)
        hash = mixed(hash, digits_at(&d, at, SHORT));
    return hash;
}

bool decimal_to_int64(struct slice number, int64_t *out)
{
    struct decimal d;
    uint64_t value, most;
    int64_t zeros;

    if (read_short(number, out))
        return true;
    d = decimal_read(number);
    zeros = scale_of(&d);
    if (d.n_digits && (zeros < 0 || d.power > SHORT + 1))
        return false;
    value = digits_at(&d, 0, d.n_digits); /* at most 19: below 2^64 */
    most = (uint64_t)INT64_MAX + d.negative;
    if (d.n_digits && value > most / ten_to[zeros])
        return false;
    value = d.n_digits ? value * ten_to[zeros] : 0;
    *out = (int64_t)(d.negative ? -value : value);
    return true;
}

/*
 * Written for strtod() as an integer and an exponent: without a decimal
 * point there is nothing a locale could spell its own way.
 */
double decimal_to_double(struct slice number)
{
    char text[DOUBLE_DIGITS + 32];
    struct decimal d = decimal_read(number);
    size_t n = d.n_digits < DOUBLE_DIGITS ? d.n_digits : DOUBLE_DIGITS;
    int64_t power = d.power - (int64_t)n;
    size_t at = 0;

    if (d.n_digits == 0)
        return number.len && number.ptr[0] == '-' ? -0.0 : 0.0;
    if (d.n_digits <= 15 && power >= -SHORT && power <= SHORT) {
        /* Both are exact doubles, so that one rounding is all there is. */
        double exact = (double)digits_at(&d, 0, n);

        exact = power < 0 ? exact / (double)ten_to[-power]
                          : exact * (double)ten_to[power];
        return d.negative ? -exact : exact;
    }
    if (power > 100000 || power < -100000)
        power = power < 0 ? -100000 : 100000;
    if (d.negative)
        text[at++] = '-';
    for (size_t i = 0; i < n; i++)
        text[at++] = (char)('0' + digit_at(&d, i));
    if (n < d.n_digits) {
        text[at++] = '1';
        power--;
    }
    snprintf(text + at, sizeof(text) - at, "e%lld", (long long)power);
    return strtod(text, NULL);
}
