/* test_uri.c - RFC 3986: the examples of its section 5.4, and the edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/base/attrs.h"
#include "validate/schema/uri.h"

static struct arena arena;

static struct slice text(const char *s)
{
    return s ? slice_of(s, strlen(s)) : slice_of(NULL, 0);
}

static void same(struct slice got, const char *want, const char *what)
{
    if (!slice_eq(got, text(want)) || (got.ptr == NULL) != (want == NULL))
        print_error("%s: got '%.*s', want '%s'\n", what, (int)got.len,
                    got.ptr ? got.ptr : "", want ? want : "(none)");
    assert_true(slice_eq(got, text(want)));
    assert_true((got.ptr == NULL) == (want == NULL));
}

static void test_split(void **state)
{
    static const struct {
        const char *text, *scheme, *authority, *path, *query, *fragment;
    } table[] = {
        {"", NULL, NULL, "", NULL, NULL},
        {"#", NULL, NULL, "", NULL, ""},
        {"?", NULL, NULL, "", "", NULL},
        {"?#", NULL, NULL, "", "", ""},
        {"a", NULL, NULL, "a", NULL, NULL},
        {"//", NULL, "", "", NULL, NULL},
        {"///a", NULL, "", "/a", NULL, NULL},
        {"http://u@h:1/p/q?x=1&y#f/g?h", "http", "u@h:1", "/p/q", "x=1&y",
         "f/g?h"},
        {"urn:example:a?b", "urn", NULL, "example:a", "b", NULL},
        {"a/b:c", NULL, NULL, "a/b:c", NULL, NULL},
        {"#a:b//c?d#e", NULL, NULL, "", NULL, "a:b//c?d#e"},
        {"?a#/b", NULL, NULL, "", "a", "/b"},
        {"x:", "x", NULL, "", NULL, NULL},
        {":a", NULL, NULL, ":a", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct uri u;

        uri_split(text(table[i].text), &u);
        same(u.scheme, table[i].scheme, table[i].text);
        same(u.authority, table[i].authority, table[i].text);
        same(u.path, table[i].path, table[i].text);
        same(u.query, table[i].query, table[i].text);
        same(u.fragment, table[i].fragment, table[i].text);
        assert_true(uri_is_absolute(text(table[i].text)) ==
                    (table[i].scheme != NULL));
    }
}

static void test_resolve(void **state)
{
#define RFC "http://a/b/c/d;p?q"
    static const struct {
        const char *base, *ref, *want;
    } table[] = {
        {RFC, "g:h", "g:h"},
        {RFC, "g", "http://a/b/c/g"},
        {RFC, "./g", "http://a/b/c/g"},
        {RFC, "g/", "http://a/b/c/g/"},
        {RFC, "/g", "http://a/g"},
        {RFC, "//g", "http://g"},
        {RFC, "?y", "http://a/b/c/d;p?y"},
        {RFC, "g?y", "http://a/b/c/g?y"},
        {RFC, "#s", "http://a/b/c/d;p?q#s"},
        {RFC, "g#s", "http://a/b/c/g#s"},
        {RFC, "g?y#s", "http://a/b/c/g?y#s"},
        {RFC, ";x", "http://a/b/c/;x"},
        {RFC, "g;x?y#s", "http://a/b/c/g;x?y#s"},
        {RFC, "", "http://a/b/c/d;p?q"},
        {RFC, ".", "http://a/b/c/"},
        {RFC, "./", "http://a/b/c/"},
        {RFC, "..", "http://a/b/"},
        {RFC, "../", "http://a/b/"},
        {RFC, "../g", "http://a/b/g"},
        {RFC, "../..", "http://a/"},
        {RFC, "../../", "http://a/"},
        {RFC, "../../g", "http://a/g"},
        {RFC, "../../../g", "http://a/g"},
        {RFC, "../../../../g", "http://a/g"},
        {RFC, "/./g", "http://a/g"},
        {RFC, "/../g", "http://a/g"},
        {RFC, "g.", "http://a/b/c/g."},
        {RFC, ".g", "http://a/b/c/.g"},
        {RFC, "g..", "http://a/b/c/g.."},
        {RFC, "..g", "http://a/b/c/..g"},
        {RFC, "./../g", "http://a/b/g"},
        {RFC, "./g/.", "http://a/b/c/g/"},
        {RFC, "g/./h", "http://a/b/c/g/h"},
        {RFC, "g/../h", "http://a/b/c/h"},
        {RFC, "g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {RFC, "g;x=1/../y", "http://a/b/c/y"},
        {RFC, "g?y/./x", "http://a/b/c/g?y/./x"},
        {RFC, "g#s/../x", "http://a/b/c/g#s/../x"},
        {RFC, "http:g", "http:g"},
        /* what schemas do */
        {"http://localhost:1234/draft2020-12/", "x.json#/$defs/a",
         "http://localhost:1234/draft2020-12/x.json#/$defs/a"},
        {"http://example.com", "a", "http://example.com/a"},
        {"http://example.com/a#old", "b", "http://example.com/b"},
        {"http://example.com/a#old", "", "http://example.com/a"},
        {"HTTP://User@EXAMPLE.com/A", "B", "http://User@example.com/B"},
        {"http://x/", "HTTPS://Y/Z", "https://y/Z"},
        {"urn:uuid:deadbeef", "#/a", "urn:uuid:deadbeef#/a"},
        {"urn:uuid:deadbeef", "#", "urn:uuid:deadbeef#"},
        {"urn:uuid:deadbeef", "http://x/y", "http://x/y"},
        {"tag:a,2024:b", "tag:c", "tag:c"},
        {"", "a/b#c", "a/b#c"},
        {"", "", ""},
        {"a/b", "../c", "c"},
        {"a/b/c", "../d", "a/d"},
        {"/a/b", "c", "/a/c"},
        {"x:/a", "/.//b", "x:/.//b"},
        {"x:a/b", "..//c", "x:/c"},
        {"file:///a/b", "c", "file:///a/c"},
        {"http://x/\xC3\xA9/a", "b", "http://x/\xC3\xA9/b"},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct slice got;

        assert_true(
            uri_resolve(text(table[i].base), text(table[i].ref), &arena, &got));
        same(got, table[i].want, table[i].ref);
    }
    arena_rewind(&arena, 0);
}

static void test_pieces(void **state)
{
    static const struct {
        const char *in, *want; /* NULL: refused */
    } table[] = {
        {"", ""},
        {"a+b", "a+b"},
        {"%25", "%"},
        {"a%2fb%2F", "a/b/"},
        {"%C3%A9", "\xC3\xA9"},
        {"%C3", NULL},
        {"%", NULL},
        {"%2", NULL},
        {"%2g", NULL},
        {"\xC3\xA9", "\xC3\xA9"},
        {"\xFF", NULL},
    };
    struct slice fragment, rest = SLICE("/a~1b//~0~01"), step, bad;
    static const char *const steps[] = {"a/b", "", "~~1"};
    static const char *const wrong[] = {"", "a", "/~", "/a~2", "/~/0"};
    bool full;

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct slice got;
        bool ok = uri_decode(text(table[i].in), &arena, &got, &full);

        assert_false(full);
        assert_true(ok == (table[i].want != NULL));
        if (ok)
            same(got, table[i].want, table[i].in);
    }
    same(uri_base(SLICE("a?b#c#d"), &fragment), "a?b", "base");
    same(fragment, "c#d", "fragment");
    same(uri_base(SLICE("a#"), &fragment), "a", "base");
    same(fragment, "", "fragment");
    same(uri_base(SLICE("a"), &fragment), "a", "base");
    same(fragment, NULL, "fragment");
    for (size_t i = 0; i < countof(steps); i++) {
        assert_true(uri_pointer_step(&rest, &arena, &step));
        same(step, steps[i], "step");
    }
    assert_false(uri_pointer_step(&rest, &arena, &step));
    for (size_t i = 0; i < countof(wrong); i++) {
        bad = text(wrong[i]);
        assert_false(uri_pointer_step(&bad, &arena, &step));
    }
    arena_rewind(&arena, 0);
}

static void test_no_room(void **state)
{
    struct slice out, pointer = SLICE("/~0");
    struct arena none = {.base = arena.base};
    bool full;

    (void)state;
    assert_false(uri_resolve(SLICE("a"), SLICE("b"), &none, &out));
    assert_false(uri_decode(SLICE("%41"), &none, &out, &full));
    assert_true(full);
    assert_true(uri_decode(SLICE("A"), &none, &out, &full));
    assert_false(uri_pointer_step(&pointer, &none, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_no_room),
    };
    struct err err;

    DEMAND(arena_open(&arena, (size_t)1 << 20, &err));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
