/*
 * test_repair_pathological.c - damaged texts made to hurt the repair.
 *
 * Each text is repaired at n and at 4n repetitions of its middle; four times
 * the text may take at most MAX_GROWTH times as long (a quadratic reader
 * needs sixteen times), and keeps every promise of repair_same.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "tests/repair_same.h"

#define REPEATS    20000
#define MAX_GROWTH 9.0
#define BEST_OF    5
#define TRIES      3

/* head, then the middle n times, then the tail */
static const char *const table[][3] = {
    {"", "[", ""},
    {"", "{", ""},
    {"", "(", ""},
    {"", "]", ""},
    {"", "}", ""},
    {"", "{[", ""},
    {"", "[{", ""},
    {"", "{\"a\":", ""},
    {"", "f(", ""},
    {"[", "[],", ""},
    {"[", "{},", "}"},
    {"", "{}", ""},
    {"", "{} x ", ""},
    {"", "\"", ""},
    {"[", "\"", ""},
    {"{\"a\":", "\"", "}"},
    {"{\"a\":\"", "\",", "}"},
    {"{\"a\":\"", "\",\"", "}"},
    {"{\"a\":\"", "\" ", "}"},
    {"{\"a\":\"", "\"}", "x"},
    {"{\"a\":\"", "\"} x", ""},
    {"{\"a\":\"", "\",\"b", "}"},
    {"{\"a\":\"", ",\"b", "}"},
    {"[\"", ",\"b", "]"},
    {"[", "\"x, ", "]"},
    {"[", "\"x,", "]"},
    {"[", "\"x\\\",", "]"},
    {"[", "\"x\" ", "]"},
    {"[\"", "x\n\"y\":", "]"},
    {"", "'", ""},
    {"[", "'a' 'b", ""},
    {"[", "`", "]"},
    {"[", "\xE2\x80\x9C", "]"},
    {"[", "\xE2\x80\x9C,", "]"},
    {"", "\"\"\"", ""},
    {"[", "\"\"\"x\"\" ", "]"},
    {"[", "'''x\"\"\"y", "]"},
    {"\"", "\\", ""},
    {"\"", "\\\"", ""},
    {"{\"a\":\"", "\\\",", "}"},
    {"\"", "\\u", ""},
    {"\"", "\\F", "\""},
    {"\"", "\\ud83d", "\""},
    {"\"", "\x01", "\""},
    {"\"", "\xFF", "\""},
    {"[", "\xFF", "]"},
    {"[", " ", ""},
    {"[1", " ", ",]"},
    {"[", "\xC2\xA0", "1]"},
    {"[", ",", "]"},
    {"[1", " ,", "]"},
    {"{\"a\":1", ",", "}"},
    {"[", "1 ", "]"},
    {"[", "a ", "]"},
    {"{", "a:1,", ""},
    {"{a:", "b,", "}"},
    {"{a:", "b, c", "}"},
    {"{a:", "b: ", "}"},
    {"{\"a\":", "(", "}"},
    {"{", "a ", ":1}"},
    {"{", "\"a\":1 ", "}"},
    {"{", ":", "}"},
    {"[", "...,", "]"},
    {"[", ".", "]"},
    {"[", "/*", "]"},
    {"[1", "/**/", "]"},
    {"[1", "//\n", "]"},
    {"[\"a\"", "/**/", ",1]"},
    {"[", "#\n", "1]"},
    {"[1,", "/* */ ,", "2]"},
    {"[", "\"a\"+", "]"},
    {"[\"a\"", "+ /**/ \"b\"", "]"},
    {"[", "```\n", "1]"},
    {"", "```json\n{'a':1}\n```\n", ""},
    {"x ", "{\"a", ""},
    {"x ", "{'a", ""},
    {"x ", "[\"", ""},
    {"x\n", "[1\n", ""},
    {"", "<think>", ""},
    {"", "</think>", "{"},
    {"{", "\\\"", "}"},
    {"[&quot;", "&quot;,", "]"},
    {"[", "1,234", "]"},
    {"{\"a\":1", ",234", "}"},
    {"[", "0x", "]"},
    {"[0", "0", "]"},
    {"[-", "-", "]"},
    {"[", "tru ", "]"},
    {"[", "u'", "]"},
    {"[", "ObjectId(\"x\"),", "]"},
    {"", "{\"a\":1}\n", ""},
    {"", "{\"a\":1},", ""},
    {"{\"k\":\"", "\"k\":", "}"},
    {"{", "\"k:1,", "}"},
};

static char *room;
static size_t room_bytes;

static struct slice make(size_t row, size_t n)
{
    const char *const *parts = table[row];
    size_t head = strlen(parts[0]), len = strlen(parts[1]);
    size_t tail = strlen(parts[2]);
    char *p = room;

    DEMAND(head + n * len + tail <= room_bytes);
    memcpy(p, parts[0], head);
    p += head;
    for (size_t i = 0; i < n; i++, p += len)
        memcpy(p, parts[1], len);
    memcpy(p, parts[2], tail);
    return slice_of(room, (size_t)(p - room) + tail);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const struct repair_options filter = {
    .mode = REPAIR_MODE_ALL,
    .keep_strings = true,
    .mend = {.on_nul = MEND_KEEP, .join_several = true},
};

static double best_time(struct slice text, struct arena *arena)
{
    static volatile size_t sum;
    double best = 1e9;

    for (int i = 0; i < BEST_OF; i++) {
        size_t mark = arena_mark(arena);
        double start = now(), spent;
        struct repaired r;

        sum += json_repair(text, &filter, arena, &r).fault;
        arena_rewind(arena, mark);
        spent = now() - start;
        best = spent < best ? spent : best;
    }
    return best;
}

static void test_promises(void **state)
{
    const struct repair_options rows = {.mode = REPAIR_MODE_ALL};

    for (size_t i = 0; i < countof(table); i++) {
        repair_same(make(i, 3), &filter, *state);
        repair_same(make(i, 1000), &filter, *state);
        repair_same(make(i, 1001), &rows, *state);
        repair_same(make(i, REPEATS), &rows, *state);
    }
}

static void test_linear(void **state)
{
    for (size_t i = 0; i < countof(table); i++) {
        double one, four;
        int tries = 0;

        /* A busy machine may spoil a measurement, what is quadratic spoils
         * all.  Some microseconds for texts that fail at once. */
        do {
            one = best_time(make(i, REPEATS), *state);
            four = best_time(make(i, (size_t)4 * REPEATS), *state);
        } while (four > one * MAX_GROWTH + 2e-5 && ++tries < TRIES);
        if (tries == TRIES)
            print_error("row %zu \"%s%s\": %.0f us, then %.0f us\n", i,
                        table[i][0], table[i][1], one * 1e6, four * 1e6);
        assert_true(four <= one * MAX_GROWTH + 2e-5);
    }
}

static int open_all(void **state)
{
    static struct arena arena;
    struct err err;

    *state = &arena;
    room_bytes = (size_t)128 * REPEATS;
    room = malloc(room_bytes);
    return room && arena_open(&arena, (size_t)1 << 30, &err) ? 0 : -1;
}

static int close_all(void **state)
{
    arena_close(*state);
    free(room);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promises),
        cmocka_unit_test(test_linear),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
