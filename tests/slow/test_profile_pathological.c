/*
 * test_profile_pathological.c - payloads made to hurt the rules and columns.
 *
 * Each is judged at n and at 4n repetitions; four times the payload may take
 * at most MAX_GROWTH times as long (what is quadratic needs sixteen times).
 * An answer is a record, or a fault: never a hang.
 */
#include "tests/judge_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define REPEATS    10000
#define MAX_GROWTH 8.0
#define BEST_OF    5
#define TRIES      3

#define PROFILE(members) "{\"x-decant\":{" members "}}"
#define COLUMNS                                                         \
    "\"table\":\"t\",\"columns\":{\"a\":{\"type\":\"text[]\",\"from\":" \
    "\"/a/*\"},\"b\":{\"type\":\"jsonb\",\"from\":\"/b\"}}"
#define OPTIONS(mark)                                                      \
    PROFILE("\"rules\":{\"options\":{\"list\":\"/o\",\"answer\":\"/a\","   \
            "\"mark\":\"" mark "\"},\"no_placeholder\":[\"/o/*\",\"/a\"]," \
            "\"template\":[\"xxxxxxxxxxxxxxxxxxxxxxxxy\"],"                \
            "\"not_among\":[[\"/a\",\"/o\"],[\"/o/*\",\"/o\"]]}")
#define TEXTS                                                              \
    PROFILE("\"rules\":{\"differ\":[[\"/a\",\"/b\"]],\"unique\":[\"/a\"]," \
            "\"min_words\":{\"/a\":100000},\"language\":{\"/a\":\"en\"},"  \
            "\"no_placeholder\":[\"/a\"],\"template\":[\"aaaaaaaaab\"]}")
#define FIELDS                                                           \
    PROFILE("\"fields\":{\"/a/*\":\"latex\",\"/b/*\":\"smiles\",\"/*\":" \
            "\"path\"}")
#define ITEM PROFILE("\"xml\":{\"pointer\":\"/x\",\"kind\":\"qti\"}")
#define ITEM_HEAD                                                        \
    "{\"x\":\"<qti-assessment-item xmlns='http://www.imsglobal.org/xsd/" \
    "imsqtiasi_v3p0'>"

/* A `#` in the middle is a digit of the number of the repetition. */
static const struct {
    const char *profile, *head, *middle, *tail;
} table[] = {
    /* rows */
    {PROFILE("\"spread\":\"\"," COLUMNS), "[", "{},", "{}]"},
    {PROFILE("\"spread\":\"/s\"," COLUMNS), "{\"s\":[",
     "{\"a\":[\"x\",\"y\"],\"b\":{}},", "{}]}"},
    {PROFILE(COLUMNS), "{\"a\":[", "\"x\",", "null]}"},
    {PROFILE(COLUMNS), "{\"a\":{", "\"k\":\"\\n\",", "\"k\":1}}"},
    {PROFILE(COLUMNS), "{", "\"a\":[1],", "\"b\":2}"},
    {PROFILE("\"table\":\"t\",\"columns\":{\"v\":{\"type\":\"float4[]\","
             "\"from\":\"\"}}"),
     "[", "16777217.0000001,", "0]"},
    {PROFILE("\"table\":\"t\",\"columns\":{\"v\":{\"type\":\"text[]\","
             "\"from\":\"/*/*/*\"}}"),
     "[", "[[],[[]],{\"a\":{}}],", "[]]"},
    /* options */
    {OPTIONS("text"), "{\"a\":\"x\",\"o\":[", "\"x y\",", "\"x\"]}"},
    {OPTIONS("text"), "{\"a\":\"x\",\"o\":[", "\"x#####\",", "\"x\"]}"},
    {OPTIONS("letter"), "{\"a\":\"x\",\"o\":{",
     "\"x#####\":\"xxxxxxxxx#####\",", "\"x\":\"y\"}}"},
    {OPTIONS("text"), "{\"o\":[\"x\"],\"a\":[", "\"x\",", "\"x\"]}"},
    {OPTIONS("text"), "{\"o\":[\"z\"],\"a\":\"", "x", "\"}"},
    {OPTIONS("index"), "{\"a\":0,\"o\":[", "[1#####],", "[]]}"},
    /* texts */
    {TEXTS, "{\"a\":\"", "a", "\"}"},
    {TEXTS, "{\"a\":\"", " \\u3000", "\"}"},
    {TEXTS, "{\"a\":\"", "...", "\"}"},
    {TEXTS, "{\"a\":\"", "the ", "\"}"},
    {TEXTS, "{\"a\":\"", "\xE6\xB0\xB4", "\"}"},
    {TEXTS, "{\"b\":\"x\",\"a\":\"", "\xC3\x84\\n", "\"}"},
    /* fields */
    {FIELDS, "{\"a\":[", "\"\\frac\",", "1]}"},
    {FIELDS, "{\"b\":[", "\"C\\n\",", "1]}"},
    /* items */
    {ITEM, ITEM_HEAD, "<a b='&amp;'/>", "</qti-assessment-item>\"}"},
    {ITEM, ITEM_HEAD, "<a>", "</qti-assessment-item>\"}"},
    {ITEM, ITEM_HEAD, "&lt;", "</qti-assessment-item>\"}"},
    {ITEM, ITEM_HEAD,
     "<qti-response-declaration identifier='R' base-type='identifier'>"
     "<qti-correct-response><qti-value>A</qti-value></qti-correct-response>"
     "</qti-response-declaration>",
     "</qti-assessment-item>\"}"},
    {ITEM, ITEM_HEAD, "<qti-x-interaction response-identifier='R'/>",
     "<qti-response-declaration identifier='R'><qti-correct-response>"
     "<qti-value>A</qti-value></qti-correct-response>"
     "</qti-response-declaration></qti-assessment-item>\"}"},
    {ITEM,
     ITEM_HEAD "<qti-response-declaration identifier='R' "
               "base-type='identifier'><qti-correct-response>",
     "<qti-value>A</qti-value>",
     "</qti-correct-response></qti-response-declaration>"
     "<qti-x-interaction response-identifier='R'><c identifier='A'/>"
     "</qti-x-interaction></qti-assessment-item>\"}"},
};

static struct arena arena, profiles;

static struct slice make(size_t row, size_t n, char **out)
{
    size_t head = strlen(table[row].head), len = strlen(table[row].middle);
    size_t tail = strlen(table[row].tail);
    char *p = malloc(head + n * len + tail + 1);

    assert_non_null(p);
    *out = p;
    memcpy(p, table[row].head, head);
    for (size_t i = 0; i < n; i++) {
        size_t count = i;

        memcpy(p + head + i * len, table[row].middle, len);
        for (size_t k = len; k-- > 0;) {
            if (p[head + i * len + k] != '#')
                continue;
            p[head + i * len + k] = (char)('0' + count % 10);
            count /= 10;
        }
    }
    memcpy(p + head + n * len, table[row].tail, tail);
    return slice_of(p, head + n * len + tail);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of the best of some runs. */
static double measure(const struct profile *p, size_t row, size_t n)
{
    char *bytes;
    struct slice text = make(row, n, &bytes);
    double best = 1e9;

    for (int i = 0; i < BEST_OF; i++) {
        struct record record;
        struct verdict v;
        double begin = now(), took;

        arena_rewind(&arena, 0);
        v = judge_profile(p, SLICE("k"), text, &arena, &record);
        took = now() - begin;
        best = took < best ? took : best;
        if (v.fault == FAULT_JSON_SYNTAX || v.fault == FAULT_PAYLOAD_NOT_JSON)
            fail_msg("row %zu is no JSON", row);
    }
    free(bytes);
    return best;
}

/* A busy machine may spoil a measurement; what is quadratic spoils all. */
static bool linear(const struct profile *p, size_t row)
{
    for (int try = 0; try < TRIES; try++) {
        double one = measure(p, row, REPEATS);
        double four = measure(p, row, (size_t)4 * REPEATS);

        /* What takes no time has no growth. */
        if (four <= MAX_GROWTH * one || four <= 1e-3)
            return true;
        print_error("%zu (%s): %.6f s, four times: %.6f s\n", row,
                    table[row].middle, one, four);
    }
    return false;
}

static void growth(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct profile_source source = {
            .text = slice_of(table[i].profile, strlen(table[i].profile))};
        const struct profile *p;
        struct profile_problem why;

        arena_rewind(&profiles, 0);
        if (!profile_parse(&source, &profiles, &p, &why))
            fail_msg("%s: %.*s", table[i].profile, (int)why.words.len,
                     why.words.ptr);
        bad += !linear(p, i);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(growth)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)512 << 20, &err) ||
        !arena_open(&profiles, (size_t)16 << 20, &err))
        return 1;
    failed =
        cmocka_run_group_tests_name("profile_pathological", tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&profiles);
    return failed;
}
