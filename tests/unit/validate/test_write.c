/* test_write.c - JSON as it is written, and the end of the buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "validate/base/attrs.h"
#include "validate/json/check.h"
#include "validate/json/write.h"

static void write_all(struct json_out *out)
{
    json_put_open(out, '{');
    json_put_key(out, SLICE("a\"\n"));
    json_put_open(out, '[');
    json_put_uint(out, UINT64_MAX);
    json_put_int(out, INT64_MIN);
    json_put_double(out, 0.25);
    json_put_double(out, NAN);
    json_put_bool(out, true);
    json_put_open(out, '[');
    json_put_close(out, ']');
    json_put_null(out);
    json_put_close(out, ']');
    json_put_key(out, SLICE("b"));
    json_put_raw(out, SLICE("{\"x\":1}"));
    json_put_key(out, SLICE(""));
    json_put_string(out, SLICE("C/C=C\\F\x01"));
    json_put_close(out, '}');
}

static const char wanted[] =
    "{\"a\\\"\\n\":[18446744073709551615,-9223372036854775808,0.25,null,true,"
    "[],null],\"b\":{\"x\":1},\"\":\"C/C=C\\\\F\\u0001\"}";

static void test_all(void **state)
{
    char room[256];
    struct json_out out;

    (void)state;
    json_out_init(&out, room, sizeof(room));
    write_all(&out);
    assert_false(out.full);
    assert_int_equal(out.len, sizeof(wanted) - 1);
    assert_memory_equal(room, wanted, out.len);
    assert_int_equal(json_check(json_out_slice(&out)).code, JSON_OK);
}

/* A buffer of any size: a prefix of the whole, and nothing behind it. */
static void test_full(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < sizeof(wanted) + 1; cap++) {
        char room[256];
        struct json_out out;

        memset(room, '#', sizeof(room));
        json_out_init(&out, room, cap);
        write_all(&out);
        assert_int_equal(out.full, cap < sizeof(wanted) - 1);
        assert_true(out.len <= cap);
        assert_memory_equal(room, wanted, out.len);
        for (size_t i = out.len; i < sizeof(room); i++)
            assert_int_equal(room[i], '#');
    }
}

static void test_strings(void **state)
{
    static const struct {
        struct slice text, json;
    } table[] = {
        {SLICE_INIT(""), SLICE_INIT("\"\"")},
        {SLICE_INIT("a/b"), SLICE_INIT("\"a/b\"")},
        {SLICE_INIT("\"\\"), SLICE_INIT("\"\\\"\\\\\"")},
        {SLICE_INIT("\b\f\n\r\t"), SLICE_INIT("\"\\b\\f\\n\\r\\t\"")},
        {SLICE_INIT("\0\x1F\x7F"), SLICE_INIT("\"\\u0000\\u001f\x7F\"")},
        {SLICE_INIT("\xC3\xA9\xF0\x9F\x98\x80"),
         SLICE_INIT("\"\xC3\xA9\xF0\x9F\x98\x80\"")},
        {SLICE_INIT("a\xFF"
                    "b\xC3"),
         SLICE_INIT("\"a\xEF\xBF\xBD"
                    "b\xEF\xBF\xBD\"")},
        {SLICE_INIT("\xED\xA0\x80"),
         SLICE_INIT("\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"")},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        char room[64];
        struct json_out out;

        json_out_init(&out, room, sizeof(room));
        json_put_string(&out, table[i].text);
        assert_true(slice_eq(json_out_slice(&out), table[i].json));
    }
}

static void test_doubles(void **state)
{
    static const struct {
        double value;
        struct slice json;
    } table[] = {
        {0, SLICE_INIT("0")},
        {1.5, SLICE_INIT("1.5")},
        {-1e300, SLICE_INIT("-1e+300")},
        {123456789, SLICE_INIT("1.23457e+08")},
        {INFINITY, SLICE_INIT("null")},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        char room[64];
        struct json_out out;

        json_out_init(&out, room, sizeof(room));
        json_put_double(&out, table[i].value);
        assert_true(slice_eq(json_out_slice(&out), table[i].json));
        assert_int_equal(json_check(json_out_slice(&out)).code, JSON_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_doubles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
