/*
 * test_text.c - unescaping and UTF-8 under every kernel.
 *
 * The scalar kernel is checked against what is known; the others against the
 * scalar one, for every length and alignment next to unreadable memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/guard.h"
#include "tests/json_same.h"

static struct slice unescaped(struct slice body, char *room)
{
    memset(room, '#', body.len + JSON_PAD + 1);
    size_t len = json_unescape(body, room);

    /* The room ends JSON_PAD bytes behind the body's length. */
    assert_int_equal(room[body.len + JSON_PAD], '#');
    return slice_of(room, len);
}

static void test_table(void **state)
{
    static const struct {
        struct slice body, text;
    } table[] = {
        {SLICE_INIT(""), SLICE_INIT("")},
        {SLICE_INIT("plain"), SLICE_INIT("plain")},
        {SLICE_INIT("\\\"\\\\\\/\\b\\f\\n\\r\\t"),
         SLICE_INIT("\"\\/\b\f\n\r\t")},
        {SLICE_INIT("C/C=C\\\\F"), SLICE_INIT("C/C=C\\F")},
        {SLICE_INIT("\\\\n\\\\\\n"), SLICE_INIT("\\n\\\n")},
        {SLICE_INIT("\\u0041\\u00e9\\u20AC"),
         SLICE_INIT("A\xC3\xA9\xE2\x82\xAC")},
        {SLICE_INIT("\\ud83d\\ude00!"), SLICE_INIT("\xF0\x9F\x98\x80!")},
        {SLICE_INIT("\\u0000x"), SLICE_INIT("\0x")},
        {SLICE_INIT("brnft/u"), SLICE_INIT("brnft/u")},
    };
    char room[256], padded[256];

    (void)state;
    for (size_t k = 0; k < countof(json_kernels); k++) {
        if (!json_kernel_use(json_kernels[k]))
            continue;
        for (size_t i = 0; i < countof(table); i++) {
            /* At every place of a block. */
            for (size_t shift = 0; shift < 70; shift++) {
                struct slice got;

                memset(padded, 'y', shift);
                memcpy(padded + shift, table[i].body.ptr, table[i].body.len);
                got = unescaped(slice_of(padded, shift + table[i].body.len),
                                room);
                assert_true(slice_eq(slice_drop(got, shift), table[i].text));
            }
        }
    }
    assert_true(json_kernel_use(NULL));
    assert_false(json_kernel_use("no such kernel"));
}

/* Runs of every length of backslashes, at every place. */
static void test_runs(void **state)
{
    char body[300], room[500];

    (void)state;
    for (size_t k = 0; k < countof(json_kernels); k++) {
        if (!json_kernel_use(json_kernels[k]))
            continue;
        for (size_t shift = 0; shift < 70; shift++) {
            for (size_t run = 2; run < 140; run += 2) {
                struct slice got;

                memset(body, 'n', sizeof(body));
                memset(body + shift, '\\', run);
                got = unescaped(slice_of(body, shift + run + 5), room);
                assert_int_equal(got.len, shift + run / 2 + 5);
                assert_int_equal(got.ptr[shift + run / 2], 'n');
            }
        }
    }
    assert_true(json_kernel_use(NULL));
}

/* Sound string bodies of every length, right before unreadable memory. */
static void test_edges(void **state)
{
    static const char *const bits[] = {
        "\\n", "\\\\",           "a",   "bc",  "\\u00e9",
        "\\t", "\\ud83d\\ude00", "xyz", "\\\""};
    struct guard guard = guard_open();
    static char room[GUARD_ROOM];
    uint64_t seed = 7;

    for (size_t len = 0; len <= 200; len++) {
        for (int round = 0; round < 60; round++) {
            char body[256], first[512];
            size_t n = 0, want;
            struct slice s;

            while (n < len) {
                const char *bit;

                seed = seed * 6364136223846793005u + 1442695040888963407u;
                bit = bits[(seed >> 40) % (round % 2 ? 5 : countof(bits))];
                if (n + strlen(bit) > len)
                    bit = "z";
                memcpy(body + n, bit, strlen(bit));
                n += strlen(bit);
            }
            s = guard_copy(guard, slice_of(body, len));
            assert_true(json_kernel_use("scalar"));
            want = json_unescape(s, first);
            for (size_t k = 1; k < countof(json_kernels); k++) {
                if (json_kernel_use(json_kernels[k]))
                    assert_true(
                        slice_eq(unescaped(s, room), slice_of(first, want)));
            }
        }
    }
    assert_true(json_kernel_use(NULL));
    guard_close(guard);
    (void)state;
}

/* Every scalar value but U+0000, written, read and compared. */
static void test_round_trip(void **state)
{
    struct arena *arena = *state;

    for (uint32_t from = 1; from < 0x110000; from += 64) {
        size_t mark = arena_mark(arena), len = 0;
        char plain[64 * UTF8_MAX], written[64 * 7], *units;
        struct json_out out;
        struct json_tape t;
        struct json_error why;

        for (uint32_t c = from; c < from + 64 && c < 0x110000; c++)
            if (c < 0xD800 || c > 0xDFFF)
                len += utf8_put(c, plain + len);
        json_out_init(&out, written, sizeof(written));
        json_put_string(&out, slice_of(plain, len));
        assert_false(out.full);
        assert_true(json_same(json_out_slice(&out), arena));
        assert_true(json_tape_build(json_out_slice(&out), arena, &t, &why));
        assert_true(slice_eq(json_string(&t, 0, arena), slice_of(plain, len)));

        /* The same as \u escapes. */
        units = arena_bytes(arena, 2 + 64 * 12 + 1);
        assert_non_null(units);
        units[0] = '"';
        len = 1;
        for (uint32_t c = from; c < from + 64 && c < 0x110000; c++) {
            if (c >= 0x10000)
                len += (size_t)snprintf(units + len, 13, "\\u%04X\\u%04x",
                                        0xD800 + ((c - 0x10000) >> 10),
                                        0xDC00 + ((c - 0x10000) & 0x3FF));
            else if (c < 0xD800 || c > 0xDFFF)
                len += (size_t)snprintf(units + len, 7, "\\u%04x", c);
        }
        units[len++] = '"';
        assert_true(json_same(slice_of(units, len), arena));
        assert_true(json_tape_build(slice_of(units, len), arena, &t, &why));
        units = arena_bytes(arena, 64 * UTF8_MAX);
        assert_non_null(units);
        len = 0;
        for (uint32_t c = from; c < from + 64 && c < 0x110000; c++)
            if (c < 0xD800 || c > 0xDFFF)
                len += utf8_put(c, units + len);
        assert_true(slice_eq(json_string(&t, 0, arena), slice_of(units, len)));
        arena_rewind(arena, mark);
    }
}

/* One bad sequence at every place of texts of every length. */
static void test_utf8(void **state)
{
    static const struct slice bad[] = {
        SLICE_INIT("\x80"),
        SLICE_INIT("\xC3"),
        SLICE_INIT("\xC1\xBF"),
        SLICE_INIT("\xE2\x82"),
        SLICE_INIT("\xE0\x9F\xBF"),
        SLICE_INIT("\xED\xA0\x80"),
        SLICE_INIT("\xF0\x9F\x98"),
        SLICE_INIT("\xF0\x8F\xBF\xBF"),
        SLICE_INIT("\xF4\x90\x80\x80"),
        SLICE_INIT("\xFF"),
        SLICE_INIT("\xC3\xA9\xA9"),
    };
    struct guard guard = guard_open();
    char text[256];

    (void)state;
    for (size_t k = 0; k < countof(json_kernels); k++) {
        if (!json_kernel_use(json_kernels[k]))
            continue;
        for (size_t i = 0; i < 200 * countof(bad); i++) {
            struct slice b = bad[i % countof(bad)], s;
            size_t len = i / countof(bad) + b.len;

            for (size_t at = 0; at + b.len <= len; at += 1 + len / 50) {
                memset(text, 'a', len);
                for (size_t p = 0; p + 3 <= at && i % 3; p += 3)
                    memcpy(text + p, "\xE2\x82\xAC", 3);
                memcpy(text + at, b.ptr, b.len);
                s = guard_copy(guard, slice_of(text, len));
                assert_int_equal(
                    json_utf8_valid(s),
                    at + (b.len == 3 && b.ptr[1] == '\xA9' ? 2 : 0));
                s.len = at;
                assert_int_equal(json_utf8_valid(s), at);
            }
        }
    }
    assert_true(json_kernel_use(NULL));
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
        cmocka_unit_test(test_table), cmocka_unit_test(test_runs),
        cmocka_unit_test(test_edges), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_utf8),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
