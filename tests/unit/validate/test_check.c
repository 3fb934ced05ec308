/*
 * test_check.c - which error, and where: check.c against a table.
 *
 * Every row also goes through the tape under every kernel (json_same), so
 * the table is that of tape.c too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/json_same.h"

static const struct {
    struct slice text;
    enum json_code code;
    size_t at;
} errors[] = {
#define ROW(text, code, at)        \
    {                              \
        SLICE_INIT(text), code, at \
    }
    ROW("", JSON_EMPTY, 0),
    ROW(" \t\r\n", JSON_EMPTY, 4),
    ROW("null", JSON_OK, 4),
    ROW(" [1, 2.5e-3 ,\"x\",{ } ] ", JSON_OK, 23),
    ROW("{\"a\":{\"b\":[[],{}]},\"c\":-0}", JSON_OK, 26),
    ROW("[", JSON_END, 1),
    ROW("[1", JSON_END, 2),
    ROW("[1,", JSON_END, 3),
    ROW("{", JSON_END, 1),
    ROW("{\"a", JSON_END, 3),
    ROW("{\"a\"", JSON_END, 4),
    ROW("{\"a\":", JSON_END, 5),
    ROW("{\"a\":1", JSON_END, 6),
    ROW("{\"a\":1,", JSON_END, 7),
    ROW("\"abc", JSON_END, 4),
    ROW("\"abc\\", JSON_END, 5),
    ROW("\"\\u12", JSON_END, 5),
    ROW("\"\\ud83d", JSON_END, 7),
    ROW("\"\\ud83d\\ude", JSON_END, 11),
    ROW("\"\xC3", JSON_END, 2),
    ROW("\"\xF0\x9F\x98", JSON_END, 4),
    ROW("tru", JSON_END, 3),
    ROW("-", JSON_END, 1),
    ROW("1.", JSON_END, 2),
    ROW("1e+", JSON_END, 3),
    ROW("]", JSON_UNEXPECTED, 0),
    ROW("[\xEF\xBB\xBF"
        "]",
        JSON_UNEXPECTED, 1),
    ROW("[1]]", JSON_TRAILING, 3),
    ROW("[1}", JSON_UNEXPECTED, 2),
    ROW("[,1]", JSON_UNEXPECTED, 1),
    ROW("[1,]", JSON_UNEXPECTED, 3),
    ROW("[1 2]", JSON_UNEXPECTED, 3),
    ROW("[1\"a\"]", JSON_UNEXPECTED, 2),
    ROW("{1:2}", JSON_UNEXPECTED, 1),
    ROW("{a:1}", JSON_UNEXPECTED, 1),
    ROW("{\"a\" 1}", JSON_UNEXPECTED, 5),
    ROW("{\"a\":}", JSON_UNEXPECTED, 5),
    ROW("{\"a\":1,}", JSON_UNEXPECTED, 7),
    ROW("{\"a\":1]", JSON_UNEXPECTED, 6),
    ROW("'a'", JSON_UNEXPECTED, 0),
    ROW("\\\"", JSON_UNEXPECTED, 0),
    ROW("[\xC3\xA9]", JSON_UNEXPECTED, 1),
    ROW("\xEF\xBB\xBF{}", JSON_BOM, 0),
    ROW("[\x0C]", JSON_UNEXPECTED, 1),
    ROW("[1\x1A]", JSON_BAD_NUMBER, 2),
    ROW("{} x", JSON_TRAILING, 3),
    ROW("1 2", JSON_TRAILING, 2),
    ROW("\"a\"\"b\"", JSON_TRAILING, 3),
    ROW("null\0", JSON_BAD_LITERAL, 4),
    ROW("01", JSON_BAD_NUMBER, 1),
    ROW("-01", JSON_BAD_NUMBER, 2),
    ROW("+1", JSON_BAD_NUMBER, 0),
    ROW(".5", JSON_BAD_NUMBER, 0),
    ROW("[1.]", JSON_BAD_NUMBER, 3),
    ROW("[1.e1]", JSON_BAD_NUMBER, 3),
    ROW("[1e]", JSON_BAD_NUMBER, 3),
    ROW("[1ee1]", JSON_BAD_NUMBER, 3),
    ROW("[-]", JSON_BAD_NUMBER, 2),
    ROW("[- 1]", JSON_BAD_NUMBER, 2),
    ROW("[--1]", JSON_BAD_NUMBER, 2),
    ROW("0x1", JSON_BAD_NUMBER, 1),
    ROW("[1.2.3]", JSON_BAD_NUMBER, 4),
    ROW("-Infinity", JSON_BAD_NUMBER, 1),
    ROW("NaN", JSON_BAD_LITERAL, 0),
    ROW("True", JSON_BAD_LITERAL, 0),
    ROW("[nul]", JSON_BAD_LITERAL, 4),
    ROW("[nulll]", JSON_BAD_LITERAL, 5),
    ROW("[fals]", JSON_BAD_LITERAL, 5),
    ROW("[t]", JSON_BAD_LITERAL, 2),
    ROW("undefined", JSON_BAD_LITERAL, 0),
    ROW("\"C/C=C\\F\"", JSON_BAD_ESCAPE, 6),
    ROW("\"\\'\"", JSON_BAD_ESCAPE, 1),
    ROW("\"\\\xC3\xA9\"", JSON_BAD_ESCAPE, 1),
    ROW("\"\\\\\\c\"", JSON_BAD_ESCAPE, 3),
    ROW("\"\\\0\"", JSON_BAD_ESCAPE, 1),
    ROW("\"\\upsilon\"", JSON_BAD_UNICODE, 1),
    ROW("\"ab\\u12G4\"", JSON_BAD_UNICODE, 3),
    ROW("\"\\u123\"", JSON_BAD_UNICODE, 1),
    ROW("\"\\ud83d\"", JSON_SURROGATE, 1),
    ROW("\"\\ud83dx\"", JSON_SURROGATE, 1),
    ROW("\"\\ud83d\\n\"", JSON_SURROGATE, 1),
    ROW("\"\\ud83d\\ud83d\\ude00\"", JSON_SURROGATE, 1),
    ROW("\"\\ud83d\\uzzzz\"", JSON_SURROGATE, 1),
    ROW("\"\\ude00\"", JSON_SURROGATE, 1),
    ROW("\"\\ud83d\\ude00\\ude00\"", JSON_SURROGATE, 13),
    ROW("\"a\nb\"", JSON_CONTROL, 2),
    ROW("\"a\0b\"", JSON_CONTROL, 2),
    ROW("\"\x1F\"", JSON_CONTROL, 1),
    ROW("\"\x7F\"", JSON_OK, 3),
    ROW("\"\x80\"", JSON_BAD_UTF8, 1),
    ROW("\"\xC0\x80\"", JSON_BAD_UTF8, 1),
    ROW("\"a\xC3(\"", JSON_BAD_UTF8, 2),
    ROW("\"\xE2\x82(\"", JSON_BAD_UTF8, 1),
    ROW("\"\xF0\x9F\x98(\"", JSON_BAD_UTF8, 1),
    ROW("\"\xF0\x9F(\"", JSON_BAD_UTF8, 1),
    ROW("\"\xF0(\"", JSON_BAD_UTF8, 1),
    ROW("\"\xED\xA0\x80\"", JSON_BAD_UTF8, 1),
    ROW("\"\xF4\x90\x80\x80\"", JSON_BAD_UTF8, 1),
    ROW("\"\xF4\x8F\xBF\xBF\"", JSON_OK, 6),
    ROW("\"\xF5\x80\x80\x80\"", JSON_BAD_UTF8, 1),
    ROW("[\"\\q\",\"\xFF\"]", JSON_BAD_ESCAPE, 2),
    ROW("[\"\xFF\",\"\\q\"]", JSON_BAD_UTF8, 2),
    ROW("[1,\"\\q\"", JSON_BAD_ESCAPE, 4),
    ROW("[}\"\\q\"", JSON_UNEXPECTED, 1),
    ROW("{\"\\u0000\":\"\\u0000\"}", JSON_OK, 19),
#undef ROW
};

static void test_errors(void **state)
{
    struct arena *arena = *state;

    for (size_t i = 0; i < countof(errors); i++) {
        struct json_error got = json_check(errors[i].text);

        if (got.code != errors[i].code || got.at != errors[i].at)
            fail_msg("row %zu \"%s\": code %d at %zu", i, errors[i].text.ptr,
                     (int)got.code, got.at);
        assert_int_equal(json_same(errors[i].text, arena),
                         errors[i].code == JSON_OK);
        assert_true(json_code_words(got.code).len > 0);
    }
}

/* Each error is found wherever it lies, whatever stands around it. */
static void test_shifted(void **state)
{
    struct arena *arena = *state;
    char text[512];

    for (size_t i = 0; i < countof(errors); i++) {
        struct slice t = errors[i].text;

        for (size_t shift = 0; shift < 140; shift++) {
            memset(text, ' ', shift);
            memcpy(text + shift, t.ptr, t.len);
            assert_int_equal(json_same(slice_of(text, shift + t.len), arena),
                             errors[i].code == JSON_OK);
            text[0] = '[';
            memset(text + 1, '"', 2);
            memset(text + 2, 'x', shift);
            memcpy(text + shift + 2, "\",", 2);
            memcpy(text + shift + 4, t.ptr, t.len);
            memcpy(text + shift + 4 + t.len, "]", 1);
            json_same(slice_of(text, shift + 5 + t.len), arena);

            /* Inside a string, with enough behind it to reach every block. */
            text[0] = '"';
            memset(text + 1, 'x', shift);
            memcpy(text + 1 + shift, t.ptr, t.len);
            memset(text + 1 + shift + t.len, 'x', 130);
            text[131 + shift + t.len] = '"';
            json_same(slice_of(text, shift + t.len + 132), arena);
        }
    }
}

static void test_deep(void **state)
{
    enum { MORE = JSON_DEPTH_MAX + 1 };
    struct arena *arena = *state;
    char text[2 * MORE];

    memset(text, '[', MORE);
    memset(text + MORE, ']', MORE);
    assert_true(json_same(slice_of(text + 1, 2 * MORE - 2), arena));
    assert_int_equal(json_check(slice_of(text, 2 * MORE)).code, JSON_TOO_DEEP);
    assert_int_equal(json_check(slice_of(text, 2 * MORE)).at, JSON_DEPTH_MAX);
    assert_false(json_same(slice_of(text, 2 * MORE), arena));
    assert_false(json_same(slice_of(text, MORE), arena));
    assert_int_equal(json_locate(slice_of(text, MORE), MORE, arena).len,
                     (size_t)2 * JSON_DEPTH_MAX);
}

static const struct {
    struct slice text;
    size_t strict, lax;
} extents[] = {
#define ROW(text, strict, lax)        \
    {                                 \
        SLICE_INIT(text), strict, lax \
    }
    ROW("{\"a\":[1]} and more {", 9, 9),
    ROW("[1,2][3]", 5, 5),
    ROW("\"a\\\"b\" tail", 6, 6),
    ROW("{\"s\":\"C\\F\"} x", 0, 11),
    ROW("{\"s\":\"\\u12\"}}", 0, 12),
    ROW("{\"s\":\"\\ud800\"}}", 0, 14),
    ROW("{\"s\":\"\\\"}", 0, 0),
    ROW("{\"a\":1,}", 0, 0),
    ROW("[1,2", 0, 0),
    ROW("12,13", 2, 2),
    ROW("12.", 0, 0),
    ROW("null.", 0, 0),
    ROW("null ", 4, 4),
    ROW(" null", 0, 0),
    ROW("", 0, 0),
    ROW("prose", 0, 0),
#undef ROW
};

static void test_extent(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(extents); i++) {
        assert_int_equal(json_extent(extents[i].text, false),
                         extents[i].strict);
        assert_int_equal(json_extent(extents[i].text, true), extents[i].lax);
    }
}

static const struct {
    struct slice text;
    size_t at;
    struct slice pointer;
} places[] = {
#define ROW(text, at, pointer)                    \
    {                                             \
        SLICE_INIT(text), at, SLICE_INIT(pointer) \
    }
    ROW("", 0, ""),
    ROW("17", 1, ""),
    ROW("{\"a\":{\"b\":\"C\\F\"}}", 12, "/a/b"),
    ROW("{\"a\":1,\"b\":2}", 5, "/a"),
    ROW("{\"a\":1,\"b\":2}", 6, ""),
    ROW("{\"a\":1,\"b\":2}", 8, ""),
    ROW("{\"a\":1,\"b\":2}", 11, "/b"),
    ROW("{\"a\":1,\"b\":2}", 12, ""),
    ROW("[10,[20,30],{\"x\":[40]}]", 0, ""),
    ROW("[10,[20,30],{\"x\":[40]}]", 2, "/0"),
    ROW("[10,[20,30],{\"x\":[40]}]", 8, "/1/1"),
    ROW("[10,[20,30],{\"x\":[40]}]", 10, "/1"),
    ROW("[10,[20,30],{\"x\":[40]}]", 18, "/2/x/0"),
    ROW("{\"a/b~c\":1}", 9, "/a~1b~0c"),
    ROW("{\"\\u00e9\\n\":1}", 12, "/\xC3\xA9\n"),
    ROW("{\"\\q\\u0000\xFF\":1}", 13, "/\\q\xEF\xBF\xBD\xEF\xBF\xBD"),
    ROW("{\"\":1}", 4, "/"),
    ROW("{\"a\":[\"]},:\",\"x\\q\"]}", 15, "/a/1"),
    ROW("{\"a\":[\"\\\"\",\"\\\\\",7]}", 16, "/a/2"),
    ROW("{\"a\":tru", 8, "/a"),
    ROW("{\"a\":[1,2", 9, "/a/1"),
    ROW("{\"a\":\"unclosed", 14, "/a"),
    ROW("[1]]", 3, ""),
    ROW("]]]{\"a\":\"\\q\"}", 9, "/a"),
#undef ROW
};

static void test_locate(void **state)
{
    struct arena *arena = *state;

    for (size_t i = 0; i < countof(places); i++) {
        struct slice got = json_locate(places[i].text, places[i].at, arena);

        if (!slice_eq(got, places[i].pointer))
            fail_msg("row %zu \"%s\" at %zu: %.*s", i, places[i].text.ptr,
                     places[i].at, (int)got.len, got.ptr);
    }
}

static void test_locate_full(void **state)
{
    struct arena small;
    struct err err;

    (void)state;
    assert_true(arena_open(&small, 4096, &err));
    assert_non_null(arena_bytes(&small, 4090));
    assert_null(json_locate(SLICE("{\"abcdef\":1}"), 10, &small).ptr);
    arena_close(&small);
}

static int open_arena(void **state)
{
    static struct arena arena;
    struct err err;

    *state = &arena;
    return arena_open(&arena, (size_t)16 << 20, &err) ? 0 : -1;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors), cmocka_unit_test(test_shifted),
        cmocka_unit_test(test_deep),   cmocka_unit_test(test_extent),
        cmocka_unit_test(test_locate), cmocka_unit_test(test_locate_full),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
