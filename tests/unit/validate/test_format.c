/*
 * test_format.c - each format with what it is and what it is not.
 *
 * The public suite asks far more (tests/conformance/test_format_suite.c);
 * here is what must hold where that is not on the machine, and what it does
 * not ask.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/schema/format.h"

#define BAD 16

static struct arena arena;

static const struct {
    const char *name, *good[8], *bad[BAD];
} table[] = {
    {"date-time",
     {"2024-02-29T12:00:00Z", "2024-02-29t12:00:00.5z", "2016-12-31T23:59:60Z",
      "2017-01-01T08:59:60+09:00"},
     {"2024-02-29 12:00:00Z", "2024-02-29T12:00:00", "2023-02-29T12:00:00Z",
      "2024-02-29T12:00:00.Z", "2024-02-29T12:00Z", "2024-02-29",
      "2017-01-01T08:59:60+08:00", "2024-02-29T12:00:00+09"}},
    {"date",
     {"0000-01-01", "9999-12-31", "2000-02-29"},
     {"1900-02-29", "2024-13-01", "2024-00-01", "2024-1-1", "2024-06-31",
      "2024-06-3 ", "20240630", "", "2024-06-30Z", "2024/06/30"}},
    {"time",
     {"00:00:00Z", "23:59:60Z", "12:34:56.789-23:59", "00:29:60+00:30"},
     {"24:00:00Z", "12:00:00", "12:00:00+24:00", "12:00:00+0900", "12:00Z",
      "23:58:60Z", "12:00:00,5Z", "", "12:00:00.", "12:00:00.Z"}},
    {"duration",
     {"P3Y6M4DT12H30M5S", "P1W", "PT36H", "P0D", "PT1M", "P1M"},
     {"", "P", "PT", "P1", "P1Y2D", "PT1H2S", "P1W2D", "1D", "P1DT", "p1d",
      "P1.5D"}},
    {"email",
     {"a@b", "a.b+c@example.org", "\"a \\\"b\"@example.org", "a@[192.0.2.1]",
      "a@[IPv6:2001:db8::1]", "a@[tag:content]"},
     {"", "@", "a@", "@b", "a b@c", "a@b_c", "a@b@c", "\"a@b", "a@[300.0.0.1]",
      "a@[IPv6:1]", "\xC3\xA9@b",
      "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg@b"}},
    {"idn-email",
     {"\xC3\xA9@b\xC3\xBC"
      "cher.example",
      "\"\xC3\xA9\"@b"},
     {"", "\xC3\xA9", "a@\xCC\x80hello"}},
    {"hostname",
     {"localhost", "EXAMPLE.org", "1.2.3", "a--b", "xn--bcher-kva.example"},
     {"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "xn--X", "b\xC3\xBC",
      "a\n"}},
    {"idn-hostname",
     {"b\xC3\xBC"
      "cher.example",
      "example", "xn--bcher-kva", "\xD7\x90\xD7\x91.a",
      "a\xE3\x80\x82"
      "b"},
     {"", "-\xC3\xBC", "\xCC\x80hello", "0a.\xD7\x90", "1\xC3\xBC.\xD7\x90",
      "a..b", "a\xC2\xB7l", "\xE3\x80\x82"}},
    {"ipv4",
     {"0.0.0.0", "255.255.255.255"},
     {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.", "1..2.3",
      " 1.2.3.4", "1.2.3.4 ", "0x1.2.3.4"}},
    {"ipv6",
     {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
      "::2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1"},
     {"", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
      "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4",
      "::%eth0", "1::2:3:4:5:6:7:8", "::1:2:3:4:5:6:7:8"}},
    {"uri",
     {"http://a", "urn:x", "a:", "http://[::1]:80/?#", "http://[v1.a]/",
      "http://a/%41", "x:/a//b"},
     {"", "a", "//a", "http://a b", "http://[::1", "http://a:b", "1a:b",
      "http://a/%4", "http://\xC3\xA9", "http://a/#a#b", "http://a@b@c",
      "http://[v.a]"}},
    {"uri-reference",
     {"", "a", "//a", "?", "#", "./a:b", "/a:b"},
     {"a b", "\\", "%", "#a#b", "1:a", "[a]", "\xC3\xA9"}},
    {"iri",
     {"http://\xC3\xA9/\xC3\xA9?\xEE\x80\x80", "a:\xF0\x9F\x98\x80"},
     {"\xC3\xA9", "http://a/\xEE\x80\x80", "http://a/\xEF\xBF\xBE",
      "a:\xC2\x80", "http://a/ "}},
    {"iri-reference",
     {"", "\xC3\xA9", "#\xC3\xA9"},
     {"\xC3\xA9 ", "\\\xC3\xA9"}},
    {"uri-template",
     {"", "/a{b}", "{+a,b*,c:10}", "{?a.b}", "\xC3\xA9", "%41{%41}"},
     {"{", "}", "{}", "{a", "{a:0}", "{a:12345}", "{a,}", "{.}", "{a.}", " ",
      "%4", "{a b}"}},
    {"uuid",
     {"2eb8aa08-aa98-11ea-b4aa-73b441d16380",
      "2EB8AA08-AA98-11EA-B4AA-73B441D16380"},
     {"", "2eb8aa08aa9811eab4aa73b441d16380",
      "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
      "{2eb8aa08-aa98-11ea-b4aa-73b441d1638}"}},
    {"json-pointer",
     {"", "/", "/a/0/~0~1", "//"},
     {"a", "#/a", "/~", "/~2", "/a~"}},
    {"relative-json-pointer",
     {"0", "1/a", "10#", "0+1/a", "2-1#"},
     {"", "01", "-1", "/a", "0a", "0##", "1#/a", "0+", "0+01"}},
    {"regex",
     {"", "^a$", "(?<n>a)\\k<n>", "[]", "[^]", "\\cA", "a{100000}", "(?<=a+)b"},
     {"(", ")", "[", "a**", "\\a", "\\", "(?i)a", "a{2,1}", "\\1", "]",
      "\\p{Foo}", "(?P<n>a)", "\\p{Greek}"}},
};

static void test_table(void **state)
{
    (void)state;
    assert_int_equal(countof(table), FORMAT_COUNT);
    for (size_t i = 0; i < BAD * countof(table); i++) {
        const char *const *good = table[i / BAD].good;
        const char *const *bad = table[i / BAD].bad;
        const char *one = i % BAD < 8 ? good[i % BAD] : NULL;
        const char *two = bad[i % BAD];
        enum format f;

        assert_true(format_find(
            slice_of(table[i / BAD].name, strlen(table[i / BAD].name)), &f));
        assert_int_equal(f, i / BAD);
        if (one && format_check(f, slice_of(one, strlen(one)), &arena))
            fail_msg("%s: '%s' is one", table[i / BAD].name, one);
        if (two && !format_check(f, slice_of(two, strlen(two)), &arena))
            fail_msg("%s: '%s' is none", table[i / BAD].name, two);
    }
    assert_int_equal(arena_mark(&arena), 0);
}

/* Every text cut anywhere, and with any byte changed, is looked at without
 * reading past its end (the copy has no byte to spare). */
static void test_mutilated(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8 * countof(table); i++) {
        const char *good = table[i / 8].good[i % 8];
        size_t len = good ? strlen(good) : 0;

        for (size_t at = 0; at < len; at++) {
            char *cut = malloc(at ? at : 1), *changed = malloc(len);

            memcpy(cut, good, at);
            memcpy(changed, good, len);
            changed[at] = (char)((i + at) % 128);
            if (format_check((enum format)(i / 8), slice_of(cut, at), &arena) ==
                    FORMAT_LIMIT ||
                format_check((enum format)(i / 8), slice_of(changed, len),
                             &arena) == FORMAT_LIMIT)
                fail_msg("no answer to '%s' at %zu", good, at);
            free(cut);
            free(changed);
        }
    }
}

static void test_names(void **state)
{
    struct arena none = {.base = arena.base};
    enum format f = FORMAT_COUNT;

    (void)state;
    assert_false(format_find(SLICE("smiles"), &f));
    assert_false(format_find(SLICE(""), &f));
    assert_true(format_find(SLICE("date"), &f));
    assert_true(slice_eq(format_name(f), SLICE("date")));
    assert_true(slice_eq(format_words(f), SLICE("is not a date (YYYY-MM-DD)")));
    assert_int_equal(format_check(FORMAT_REGEX, SLICE("a"), &none),
                     FORMAT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_mutilated),
        cmocka_unit_test(test_names),
    };
    struct err err;

    DEMAND(arena_open(&arena, (size_t)1 << 20, &err));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
