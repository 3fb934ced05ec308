/*
 * test_decimal.c - numbers as they are written, against what they mean.
 *
 * Tables for the edges; small numbers in many spellings against arithmetic
 * on integers; numbers of 100,000 digits against the clock of the test run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "validate/schema/decimal.h"

static struct slice text(const char *s)
{
    return slice_of(s, strlen(s));
}

static void test_compare(void **state)
{
    /* every number of a row is equal, and less than those of the next row */
    static const char *const rows[][4] = {
        {"-1e400", "-10e399", "-0.1e401", "-1E+400"},
        {"-10000000000000000000001", "-10000000000000000000001.0",
         "-1.0000000000000000000001e22", "-10000000000000000000001e0"},
        {"-1e22", "-10000000000000000000000", "-10.0e21", "-1.000e22"},
        {"-12", "-12.0", "-1.2e1", "-120e-1"},
        {"-0.5", "-5e-1", "-0.50", "-0.005e2"},
        {"-1e-400", "-0.1e-399", "-10e-401", "-1E-400"},
        {"0", "-0", "0.000", "0e999999999999999999999"},
        {"1e-1000000000000", "10e-1000000000001", "1E-1000000000000",
         "0.01e-999999999998"},
        {"0.1", "1e-1", "0.10", "0.0001E3"},
        {"0.10000000000000001", "10000000000000001e-17",
         "1.0000000000000001e-1", "0.100000000000000010"},
        {"1", "1.0", "1e0", "100e-2"},
        {"9007199254740992", "9007199254740992.0", "9.007199254740992e15",
         "9007199254740992e0"},
        {"9007199254740993", "9007199254740993.0", "9.007199254740993e15",
         "900719925474099300e-2"},
        {"999999999999999999", "999999999999999999.0",
         "0.999999999999999999e18", "9999999999999999990e-1"},
        {"1000000000000000000", "1e18", "1.0e+18", "1000000000000000000.00"},
        {"12345678901234567890123", "12345678901234567890123.000",
         "1.2345678901234567890123e22", "1234567890123456789012300e-2"},
        {"1e308", "10e307", "0.1e309", "1E308"},
        {"1e99999999999", "10e99999999998", "1.0e99999999999",
         "0.1e100000000000"},
        {"1e999999999999999998", "10e999999999999999997",
         "0.1e999999999999999999", "100e999999999999999996"},
        {"1e1000000000000000000", "1e9000000000000000000",
         "1e9999999999999999999", "1e99999999999999999999999999999999999"},
    };
    const size_t n = countof(rows) * 4;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct slice a = text(rows[i / 4][i % 4]);

        for (size_t j = 0; j < n; j++) {
            struct slice b = text(rows[j / 4][j % 4]);
            int want = (i / 4 > j / 4) - (i / 4 < j / 4);

            if (decimal_compare(a, b) != want)
                print_error("%s against %s\n", a.ptr, b.ptr);
            assert_int_equal(decimal_compare(a, b), want);
            assert_true(decimal_equal(a, b) == !want);
            assert_true((decimal_hash(a) == decimal_hash(b)) == !want);
        }
        assert_true(decimal_is_negative(a) == (i / 4 < 6));
        assert_true(decimal_is_zero(a) == (i / 4 == 6));
    }
}

static void test_integers(void **state)
{
    static const struct {
        const char *number;
        bool integer, fits;
        int64_t value;
    } table[] = {
        {"0", true, true, 0},
        {"-0.0", true, true, 0},
        {"0e-99", true, true, 0},
        {"1.0", true, true, 1},
        {"1e2", true, true, 100},
        {"1.50e1", true, true, 15},
        {"1.5", false, false, 0},
        {"1e-1", false, false, 0},
        {"100e-2", true, true, 1},
        {"100e-3", false, false, 0},
        {"9223372036854775807", true, true, INT64_MAX},
        {"9223372036854775807.000", true, true, INT64_MAX},
        {"9223372036854775808", true, false, 0},
        {"-9223372036854775808", true, true, INT64_MIN},
        {"-9223372036854775809", true, false, 0},
        {"-9.223372036854775808e18", true, true, INT64_MIN},
        {"9e18", true, true, 9000000000000000000},
        {"1e19", true, false, 0},
        {"99999999999999999999", true, false, 0},
        {"18446744073709551616", true, false, 0},
        {"1e999999999999999999999", true, false, 0},
        {"1e-999999999999999999999", false, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct slice number = text(table[i].number);
        int64_t value = 77;

        if (decimal_is_integer(number) != table[i].integer ||
            decimal_to_int64(number, &value) != table[i].fits)
            print_error("%s\n", table[i].number);
        assert_true(decimal_is_integer(number) == table[i].integer);
        assert_true(decimal_to_int64(number, &value) == table[i].fits);
        assert_true(value == (table[i].fits ? table[i].value : 77));
    }
}

static void test_multiples(void **state)
{
    enum { NO, YES, REFUSED };
    static const struct {
        const char *value, *divisor;
        int want;
    } table[] = {
        {"10", "2", YES},
        {"7", "2", NO},
        {"-8", "2", YES},
        {"0", "3.7", YES},
        {"4.5", "1.5", YES},
        {"35", "1.5", NO},
        {"0.0075", "0.0001", YES},
        {"0.00751", "0.0001", NO},
        {"19.99", "0.01", YES},
        {"12391239123", "1e-8", YES},
        {"1e308", "1e-8", YES},
        {"1e308", "0.123456789", NO},
        {"1e308", "0.5", YES},
        {"1e308", "3", NO},
        {"1e308", "0.0000000000000000000000000000000000000001024", YES},
        {"3e308", "3", YES},
        {"1e-308", "1e-309", YES},
        {"1e-309", "1e-308", NO},
        {"1e999999999999", "1024", YES},
        {"1e999999999999", "7", NO},
        {"5e-1", "0.25", YES},
        {"1e10", "1099511627776", NO},
        {"1e40", "1099511627776", YES},
        {"1e39", "1099511627776", NO},
        {"123456789012345678901234567890", "10", YES},
        {"123456789012345678901234567890", "12345678901234567890123456789",
         YES},
        {"123456789012345678901234567890", "9876543210987654321", NO},
        /* 9876543210987654321 * 1234567890123456789 */
        {"12193263113702179522374638011112635269", "9876543210987654321", YES},
        {"12193263113702179522374638011112635270", "9876543210987654321", NO},
        {"12193263113702179522374638011112635269e5", "98765432109876.54321",
         YES},
        /* 2^70, and 10^70 is a multiple of it, 10^69 is not */
        {"1e70", "1180591620717411303424", YES},
        {"1e69", "1180591620717411303424", NO},
        {"1", "0", REFUSED},
        {"0", "0", REFUSED},
        {"1", "0e5", REFUSED},
        {"1.5", "0.0", REFUSED},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        bool is = false;
        int got = decimal_multiple_of(text(table[i].value),
                                      text(table[i].divisor), &is)
                      ? is
                      : REFUSED;

        if (got != table[i].want)
            print_error("%s over %s\n", table[i].value, table[i].divisor);
        assert_int_equal(got, table[i].want);
    }
}

/* n / 10^places in one of several spellings. */
static struct slice spell(int64_t n, int places, unsigned how, char out[64])
{
    int64_t ten = 1;
    int len;

    for (int i = 0; i < places; i++)
        ten *= 10;
    if (how % 3 == 0)
        len = snprintf(out, 64, "%llde-%d", (long long)n, places);
    else if (places == 0)
        len =
            snprintf(out, 64, how % 3 == 1 ? "%lld" : "%lld.00", (long long)n);
    else
        len = snprintf(out, 64, "%s%lld.%0*llde%s0", n < 0 ? "-" : "",
                       (long long)(n < 0 ? -n : n) / ten, places,
                       (long long)((n < 0 ? -n : n) % ten),
                       how % 3 == 1 ? "+" : "-");
    return slice_of(out, (size_t)len);
}

static void test_against_integers(void **state)
{
    uint64_t seed = 42;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char one[64], two[64];
        int64_t a, b;
        struct slice x, y;
        bool is;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        a = (int64_t)(seed >> 33) % 2000 - 1000;
        b = (int64_t)(seed >> 13) % (round & 1 ? 50 : 2000) + 1;
        x = spell(a * 10, 1 + (int)(seed >> 60) % 4, seed >> 20 & 3, one);
        y = spell(b * 10, 1 + (int)(seed >> 60) % 4, seed >> 24 & 3, two);
        assert_int_equal(decimal_compare(x, y), (a > b) - (a < b));
        assert_true(decimal_multiple_of(x, y, &is));
        assert_true(is == (a % b == 0));
        assert_true(a != b || decimal_hash(x) == decimal_hash(y));
    }
}

static void test_doubles(void **state)
{
    static const struct {
        const char *number;
        double want;
    } table[] = {
        {"0", 0.0},
        {"1", 1.0},
        {"-2.5", -2.5},
        {"0.1", 0.1},
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"123456789012345678", 123456789012345678.0},
        {"9007199254740993", 9007199254740992.0},
        {"9007199254740993.000000000000000000000000001", 9007199254740994.0},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"4.9e-324", 4.9e-324},
        {"1e-400", 0.0},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"1e309", __builtin_inf()},
        {"-1e999999999999999999999", -__builtin_inf()},
        {"1e-999999999999999999999", 0.0},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        double got = decimal_to_double(text(table[i].number));

        assert_true(!memcmp(&got, &table[i].want, sizeof(got)));
    }
}

/* Long numbers: half way between two doubles but for digit 100,000. */
static void test_long(void **state)
{
    enum { N = 100000 };
    static char a[N + 1], b[N + 1], divisor[DECIMAL_DIVISOR_MAX + 1];
    struct slice x = {a, N}, y = {b, N};
    bool is;

    (void)state;
    memset(a, '7', N);
    memcpy(b, a, N);
    b[N - 1] = '8';
    memset(divisor, '7', sizeof(divisor));
    assert_int_equal(decimal_compare(x, y), -1);
    assert_true(decimal_hash(x) != decimal_hash(y));
    assert_true(decimal_is_integer(x));
    for (size_t n = 1; n <= DECIMAL_DIVISOR_MAX; n += n < 30 ? 1 : 97) {
        /* n sevens divide N sevens exactly when n divides N */
        assert_true(decimal_multiple_of(x, slice_of(divisor, n), &is));
        assert_true(is == (N % n == 0));
    }
    assert_false(
        decimal_multiple_of(x, slice_of(divisor, sizeof(divisor)), &is));
    memset(a, '0', N);
    memcpy(a, "9007199254740993.", 17);
    assert_true(decimal_to_double(x) == 9007199254740992.0);
    a[N - 1] = '1';
    assert_true(decimal_to_double(x) == 9007199254740994.0);
    assert_false(decimal_is_integer(x));
    memset(a, '9', N);
    memcpy(a, "1e", 2);
    assert_false(decimal_multiple_of(text("3"), text("0"), &is));
    assert_true(decimal_multiple_of(x, text("3"), &is) && !is);
    assert_int_equal(decimal_compare(text("1"), x), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_multiples),
        cmocka_unit_test(test_against_integers),
        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
