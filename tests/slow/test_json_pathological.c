/*
 * test_json_pathological.c - texts made to hurt: 100,000 of one thing.
 *
 * Each text is read at n and at 4n repetitions by everything that reads
 * JSON; four times the text may take at most MAX_GROWTH times as long (a
 * quadratic reader needs sixteen times).  Nothing may nest deeper than the
 * ceiling, and every kernel must agree about the verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "tests/json_same.h"

#define REPEATS    100000
#define MAX_GROWTH 8.0
#define BEST_OF    5
#define TRIES      3

/* head, then the middle n times, then the tail */
static const struct {
    const char *head, *middle, *tail;
    enum json_code code; /* what json_check() says */
} table[] = {
    {"", "[", "", JSON_TOO_DEEP},
    {"", "{", "", JSON_UNEXPECTED},
    {"", "{\"a\":", "", JSON_TOO_DEEP},
    {"", "[{\"a\":", "", JSON_TOO_DEEP},
    {"", "[{", "", JSON_UNEXPECTED},
    {"", "]", "", JSON_UNEXPECTED},
    {"", "}", "", JSON_UNEXPECTED},
    {"[", "[],", "[]]", JSON_OK},
    {"[", "{},", "{}]", JSON_OK},
    {"[", "[", "]", JSON_TOO_DEEP},
    {"", "\"", "", JSON_TRAILING},
    {"\"", "\\", "", JSON_END},
    {"\"", "\\\\", "\"", JSON_OK},
    {"\"", "\\\\", "\\\"", JSON_END},
    {"", "\\", "", JSON_UNEXPECTED},
    {"\"", "\\u", "\"", JSON_BAD_UNICODE},
    {"\"", "\\u00e9", "\"", JSON_OK},
    {"\"", "\\ud83d", "\"", JSON_SURROGATE},
    {"\"", "\\ud83d\\ude00", "\"", JSON_OK},
    {"\"", "\\u12", "", JSON_BAD_UNICODE},
    {"\"", "\\n", "\"", JSON_OK},
    {"\"", "\\F", "\"", JSON_BAD_ESCAPE},
    {"\"", "\xC3\xA9", "\"", JSON_OK},
    {"\"", "\xF0\x9F\x98\x80", "\"", JSON_OK},
    {"\"", "\x80", "\"", JSON_BAD_UTF8},
    {"\"", "x", "", JSON_END},
    {"[", "\"\",", "0]", JSON_OK},
    {"{", "\"k\":1,", "\"k\":1}", JSON_OK},
    {"{", "\"\\u006b\":1,", "\"k\":1}", JSON_OK},
    {"{\"a\":1", ",\"a\"", "}", JSON_UNEXPECTED},
    {"", "1", "", JSON_OK},
    {"-", "0", "", JSON_BAD_NUMBER},
    {"1e", "9", "", JSON_OK},
    {"0.", "5", "", JSON_OK},
    {"[", "-1.5e-3,", "0]", JSON_OK},
    {"[", "null,", "true]", JSON_OK},
    {"", "t", "", JSON_BAD_LITERAL},
    {"", " ", "", JSON_EMPTY},
    {"[", " \t\r\n", "]", JSON_OK},
    {"[", ",", "]", JSON_UNEXPECTED},
    {"{", ":", "}", JSON_UNEXPECTED},
    {"[", "1 ", "]", JSON_UNEXPECTED},
};

static char *room;
static size_t room_bytes;

static struct slice make(size_t row, size_t n)
{
    size_t head = strlen(table[row].head), len = strlen(table[row].middle);
    size_t tail = strlen(table[row].tail);
    char *p = room;

    DEMAND(head + n * len + tail <= room_bytes);
    memcpy(p, table[row].head, head);
    p += head;
    for (size_t i = 0; i < n; i++, p += len)
        memcpy(p, table[row].middle, len);
    memcpy(p, table[row].tail, tail);
    return slice_of(room, (size_t)(p - room) + tail);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Everything that reads text, once; its length does not matter here. */
static size_t read_once(struct slice text, struct arena *arena)
{
    size_t mark = arena_mark(arena), sum = 0;
    struct json_tape t;
    struct json_error why;

    if (json_tape_build(text, arena, &t, &why)) {
        sum += json_member(&t, 0, SLICE("k"));
        if (json_is(&t, 0, JSON_STRING))
            sum += json_string(&t, 0, arena).len;
    }
    sum += json_extent(text, true) + json_utf8_valid(text);
    sum += json_locate(text, text.len, arena).len;
    arena_rewind(arena, mark);
    return sum;
}

static double best_time(struct slice text, struct arena *arena)
{
    volatile size_t sum = 0;
    double best = 1e9;

    for (int i = 0; i < BEST_OF; i++) {
        double start = now(), spent;

        sum += read_once(text, arena);
        spent = now() - start;
        best = spent < best ? spent : best;
    }
    return best;
}

static void test_verdicts(void **state)
{
    for (size_t i = 0; i < countof(table); i++) {
        struct slice text = make(i, REPEATS);
        struct json_error why = json_check(text);

        if (why.code != table[i].code)
            fail_msg("row %zu \"%s%s\": code %d at %zu", i, table[i].head,
                     table[i].middle, (int)why.code, why.at);
        assert_int_equal(json_same(text, *state), why.code == JSON_OK);
    }
}

static void test_linear(void **state)
{
    for (size_t k = 0; k < countof(json_kernels); k++) {
        if (!json_kernel_use(json_kernels[k]))
            continue;
        for (size_t i = 0; i < countof(table); i++) {
            double one, four;
            int tries = 0;

            /* A busy machine may spoil a measurement, what is quadratic
             * spoils all.  A microsecond for texts that fail at once. */
            do {
                one = best_time(make(i, REPEATS), *state);
                four = best_time(make(i, (size_t)4 * REPEATS), *state);
            } while (four > one * MAX_GROWTH + 1e-6 && ++tries < TRIES);
            if (tries == TRIES)
                fail_msg("%s, row %zu \"%s%s\": %.0f us, then %.0f us",
                         json_kernels[k], i, table[i].head, table[i].middle,
                         one * 1e6, four * 1e6);
        }
    }
    assert_true(json_kernel_use(NULL));
}

static int open_all(void **state)
{
    static struct arena arena;
    struct err err;

    *state = &arena;
    room_bytes = (size_t)64 * REPEATS;
    room = malloc(room_bytes);
    return room && arena_open(&arena, (size_t)512 << 20, &err) ? 0 : -1;
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
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_linear),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
