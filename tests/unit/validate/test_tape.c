/*
 * test_tape.c - nodes, and what is asked of them.
 *
 * That the tape accepts what it should, under every kernel, is tested by
 * test_check.c's table; here are the nodes themselves and the memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/guard.h"
#include "tests/json_same.h"

static struct json_tape build(struct slice text, struct arena *arena)
{
    struct json_tape tape;
    struct json_error why;

    assert_true(json_tape_build(text, arena, &tape, &why));
    assert_int_equal(why.code, JSON_OK);
    return tape;
}

static void test_nodes(void **state)
{
    static const struct {
        struct slice raw;
        enum json_kind kind;
        unsigned flags, next, depth;
    } want[] = {
        {SLICE_INIT("{\"a\":[1,-2.5E3,\"x\\ny\",{}],\"\\u00e9\":null}"),
         JSON_OBJECT, 0, 9, 0},
        {SLICE_INIT("\"a\""), JSON_STRING, JSON_KEY, 2, 1},
        {SLICE_INIT("[1,-2.5E3,\"x\\ny\",{}]"), JSON_ARRAY, 0, 7, 1},
        {SLICE_INIT("1"), JSON_NUMBER, 0, 4, 2},
        {SLICE_INIT("-2.5E3"), JSON_NUMBER, JSON_FRACTION, 5, 2},
        {SLICE_INIT("\"x\\ny\""), JSON_STRING, JSON_ESCAPED, 6, 2},
        {SLICE_INIT("{}"), JSON_OBJECT, 0, 7, 2},
        {SLICE_INIT("\"\\u00e9\""), JSON_STRING, JSON_KEY | JSON_ESCAPED, 8, 1},
        {SLICE_INIT("null"), JSON_NULL, 0, 9, 1},
    };
    struct json_tape t = build(want[0].raw, *state);

    assert_int_equal(t.n_nodes, countof(want));
    assert_int_equal(t.flags, JSON_ESCAPED);
    for (uint32_t i = 0; i < t.n_nodes; i++) {
        assert_true(slice_eq(json_raw(&t, i), want[i].raw));
        assert_int_equal(t.nodes[i].kind, want[i].kind);
        assert_int_equal(t.nodes[i].flags, want[i].flags);
        assert_int_equal(t.nodes[i].next, want[i].next);
        assert_int_equal(t.nodes[i].depth, want[i].depth);
    }
}

static void test_flags(void **state)
{
    assert_int_equal(build(SLICE("[\"a\",1]"), *state).flags, 0);
    assert_int_equal(build(SLICE("\"\\u0000\""), *state).flags,
                     JSON_ESCAPED | JSON_NUL);
    assert_int_equal(build(SLICE("\"\\\\u0000\""), *state).flags, JSON_ESCAPED);
    assert_int_equal(build(SLICE("1e5"), *state).nodes[0].flags, JSON_FRACTION);
    assert_int_equal(build(SLICE("true"), *state).nodes[0].kind, JSON_TRUE);
    assert_int_equal(build(SLICE(" -7 "), *state).nodes[0].len, 2);
}

/* A backslash anywhere in a string of any length marks it, and only it. */
static void test_escaped(void **state)
{
    struct arena *arena = *state;
    char text[400];

    for (size_t len = 2; len < 150; len++) {
        for (size_t slash = 0; slash + 2 <= len; slash += 1 + len / 40) {
            size_t mark = arena_mark(arena);
            struct slice s = slice_of(text, 2 * len + 7);
            struct json_tape t;

            memset(text, 'x', sizeof(text));
            memcpy(text, "[\"", 2);
            memcpy(text + 2 + slash, "\\\"", 2);
            memcpy(text + 2 + len, "\",\"", 3);
            memcpy(text + 5 + 2 * len, "\"]", 2);
            assert_true(json_same(s, arena));
            t = build(s, arena);
            assert_int_equal(t.nodes[1].flags, JSON_ESCAPED);
            assert_int_equal(t.nodes[1].len, len + 2);
            assert_int_equal(t.nodes[2].flags, 0);
            arena_rewind(arena, mark);
        }
    }
}

static void test_walk(void **state)
{
    static const struct slice keys[] = {SLICE_INIT("a"), SLICE_INIT("b"),
                                        SLICE_INIT("c")};
    struct json_tape t =
        build(SLICE("{\"a\":[1,[2,3]],\"b\":{\"x\":[]},\"c\":[]}"), *state);
    size_t n = 0;

    for (uint32_t c = json_first(&t, 0); c; c = json_next(&t, 0, c))
        assert_true(json_string_is(&t, c, keys[n++]));
    assert_int_equal(n, countof(keys));
    n = 0;
    for (uint32_t c = json_first(&t, 2); c; c = json_next(&t, 2, c))
        n++;
    assert_int_equal(n, 2);
    assert_int_equal(json_first(&t, t.n_nodes - 1), JSON_NONE);
}

static void test_member(void **state)
{
    struct json_tape t = build(
        SLICE("{\"k\":1,\"\\u006b\":2,\"K\":3,\"kk\":4,\"\":5,\"a\\n\":6}"),
        *state);

    assert_true(
        slice_eq(json_raw(&t, json_member(&t, 0, SLICE("k"))), SLICE("2")));
    assert_true(
        slice_eq(json_raw(&t, json_member(&t, 0, SLICE(""))), SLICE("5")));
    assert_true(
        slice_eq(json_raw(&t, json_member(&t, 0, SLICE("a\n"))), SLICE("6")));
    assert_int_equal(json_member(&t, 0, SLICE("a")), JSON_NONE);
    assert_int_equal(json_member(&t, 0, SLICE("a\nb")), JSON_NONE);
    assert_int_equal(json_member(&t, 1, SLICE("k")), JSON_NONE);
    t = build(SLICE("[\"k\",1]"), *state);
    assert_int_equal(json_member(&t, 0, SLICE("k")), JSON_NONE);
}

static void test_int64(void **state)
{
    static const struct {
        struct slice text;
        bool ok;
        int64_t value;
    } table[] = {
        {SLICE_INIT("0"), true, 0},
        {SLICE_INIT("-0"), true, 0},
        {SLICE_INIT("12"), true, 12},
        {SLICE_INIT("-3"), true, -3},
        {SLICE_INIT("9223372036854775807"), true, INT64_MAX},
        {SLICE_INIT("-9223372036854775808"), true, INT64_MIN},
        {SLICE_INIT("9223372036854775808"), false, 0},
        {SLICE_INIT("-9223372036854775809"), false, 0},
        {SLICE_INIT("99999999999999999999"), false, 0},
        {SLICE_INIT("1.0"), false, 0},
        {SLICE_INIT("1e2"), false, 0},
        {SLICE_INIT("\"1\""), false, 0},
        {SLICE_INIT("null"), false, 0},
    };

    for (size_t i = 0; i < countof(table); i++) {
        struct json_tape t = build(table[i].text, *state);
        int64_t got = 77;

        assert_int_equal(json_int64(&t, 0, &got), table[i].ok);
        assert_true(got == (table[i].ok ? table[i].value : 77));
    }
}

/* However little memory there is, the answer is "no" and nothing is lost. */
static void test_memory(void **state)
{
    struct slice text = SLICE("[[],[],[],\"\\n\",[1,2,3,4,5,6,7,8,9]]");
    size_t bound = 13 * text.len + 16384, used, least = 0;
    struct json_tape t;
    struct json_error why;
    struct arena arena;
    struct err err;

    (void)state;
    for (size_t cap = 4096; cap <= bound; cap += 64) {
        assert_true(arena_open(&arena, cap, &err));
        if (!json_tape_build(text, &arena, &t, &why)) {
            assert_int_equal(why.code, JSON_NO_MEMORY);
            assert_int_equal(arena_mark(&arena), 0);
        } else if (!least) {
            least = cap;
        }
        arena_close(&arena);
    }
    assert_in_range(least, 4096, bound);

    /* The densest text: half its bytes are nodes, all of them marks. */
    assert_true(arena_open(&arena, (size_t)64 << 20, &err));
    {
        size_t n = (size_t)1 << 20;
        char *dense = malloc(n);

        assert_non_null(dense);
        for (size_t i = 0; i < n; i++)
            dense[i] = i % 2 ? '1' : ',';
        dense[0] = '[';
        memcpy(dense + n - 2, " ]", 2);
        assert_true(json_tape_build(slice_of(dense, n), &arena, &t, &why));
        used = arena_mark(&arena);
        assert_in_range(used, 1, 8 * n + 16384);
        assert_in_range(arena.touched, 1, 13 * n + 16384);
        free(dense);
    }
    arena_close(&arena);
}

static void test_too_long(void **state)
{
    struct slice text = slice_of("", JSON_TEXT_MAX + 1); /* never read */
    struct json_tape t;
    struct json_error why;

    assert_false(json_tape_build(text, *state, &t, &why));
    assert_int_equal(why.code, JSON_TOO_LONG);
    assert_int_equal(why.at, JSON_TEXT_MAX);
    assert_int_equal(json_check(text).code, JSON_TOO_LONG);
}

/* A document cut anywhere and laid against unreadable memory. */
static void test_cut(void **state)
{
    static const char text[] =
        "{\"key\":\"row-1\",\"r\":{\"c\":[{\"t\":\"{\\\"s\\\":\\\"F/C=C\\\\\\\\F"
        "\\\",\\\"n\\\":\\\"25 \xC2\xB0 C \\ud83d\\ude00\\\"}\"}],\"n\":[0,-1."
        "5e+10,true,false,null],\"u\":{\"a\":230,\"b\":[[],{}]}},\"z\":\"\xF0"
        "\x9F\x98\x80\"}";
    struct guard guard = guard_open();

    for (size_t len = 0; len < sizeof(text); len++) {
        struct slice s = guard_copy(guard, slice_of(text, len));

        assert_int_equal(json_same(s, *state), len == sizeof(text) - 1);
    }
    guard_close(guard);
}

/* Random bytes from an alphabet that often makes sense, at random lengths. */
static void test_random(void **state)
{
    static const char alphabet[] = "{}[]:,\"\"\"\"\\\\\\\\untrfb/0 1-.e+\n"
                                   "\xC3\xA9\x80nulltruefalse\\u00e9\\ud83d";
    struct guard guard = guard_open();
    uint64_t seed = 42;
    char text[300];

    for (int round = 0; round < 100000; round++) {
        size_t len = (size_t)round % sizeof(text);

        for (size_t i = 0; i < len; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = seed >> 60 ? 'x' : '\\';
            if (seed >> 62)
                text[i] = alphabet[(seed >> 33) % (sizeof(alphabet) - 1)];
        }
        if (len > 3 && round % 3) {
            memcpy(text, "[\"", 2);
            memcpy(text + len - 2, "\"]", 2);
        }
        json_same(guard_copy(guard, slice_of(text, len)), *state);
    }
    guard_close(guard);
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
        cmocka_unit_test(test_nodes),   cmocka_unit_test(test_flags),
        cmocka_unit_test(test_escaped), cmocka_unit_test(test_walk),
        cmocka_unit_test(test_member),  cmocka_unit_test(test_int64),
        cmocka_unit_test(test_memory),  cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_cut),     cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
