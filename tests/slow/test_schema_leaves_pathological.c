/*
 * test_schema_leaves_pathological.c - numbers, formats, URIs and patterns
 * made to hurt: 100,000 of one thing.
 *
 * Each text is looked at with n and with 4n repetitions; four times the text
 * may take at most MAX_GROWTH times as long (what is quadratic needs sixteen
 * times).  What takes no more than NO_TIME per byte is fast, however it grew:
 * PCRE2 knows short ways out for texts that are not too long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "validate/schema/decimal.h"
#include "validate/schema/format.h"
#include "validate/schema/pattern.h"
#include "validate/schema/uri.h"

#define REPEATS    100000
#define MAX_GROWTH 8.0
#define BEST_OF    3
#define NO_TIME    20e-9 /* seconds */

static struct arena arena;

/* head, then the middle n times, then the tail */
static const struct {
    const char *head, *middle, *tail;
} texts[] = {
    {"", "(", ""},
    {"", "[", ""},
    {"", "\\", ""},
    {"", "(?<a>", ""},
    {"", "(?:", ""},
    {"", "a|", ""},
    {"", "(a)", "\\1"},
    {"", "(?<=", ""},
    {"", "[^]", ""},
    {"", "\\u{0}", ""},
    {"[", "a-z", "]"},
    {"a{", "1", "}"},
    {"", "a.", ""},
    {"", "-", ""},
    {"", "xn--", ""},
    {"", "xn--a.", ""},
    {"", "\xC3\xBC.", ""},
    {"", "\xC3\xBC", ""},
    {"", "\xD7\x90.", "1"},
    {"\"", "\\\"", "\"@b"},
    {"a@", "a.", "a"},
    {"", "@", ""},
    {"", "1.", ""},
    {"", ":", ""},
    {"", "0:", ""},
    {"http://", "a@", ""},
    {"http://[", "1:", "]"},
    {"x:/", "../", ""},
    {"x:", "a/", "../.."},
    {"", "./", "a"},
    {"", "%41", ""},
    {"", "%", ""},
    {"", "?", ""},
    {"", "#", ""},
    {"", "{a}", ""},
    {"{", "a,", "a}"},
    {"{", "a.", "a}"},
    {"", "{", ""},
    {"", "/~0", ""},
    {"", "/", ""},
    {"", "9", ""},
    {"9", "9", "/~1"},
    {"P", "9", "Y"},
    {"P", "1Y", ""},
    {"2024-01-01T00:00:00.", "9", "Z"},
    {"", " ", "x"},
    {"", "ab", ""},
    {"", "aA1", "!"},
};

static const char *const patterns[] = {
    "^[A-Z]{2}\\d+$", "(a+)+$",     "\\s+$",         "[\\s\\S]*end$",
    "^(a|ab)*$",      "x*y*z*!",    "^(\\w+\\s?)*$", "(?:a?){20}a{20}$",
    ".*.*.*=",        "(\\/|~0)+x",
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The text's bytes are the caller's to free. */
static struct slice repeated(size_t i, size_t n, char **bytes)
{
    size_t head = strlen(texts[i].head), middle = strlen(texts[i].middle);
    size_t tail = strlen(texts[i].tail), at = head;
    char *p = malloc(head + middle * n + tail + 1);

    assert_non_null(p);
    memcpy(p, texts[i].head, head);
    for (; n; n--, at += middle)
        memcpy(p + at, texts[i].middle, middle);
    memcpy(p + at, texts[i].tail, tail + 1);
    *bytes = p;
    return slice_of(p, at + tail);
}

/* One thing to do to a text, by number: each format, then the others. */
static void act(size_t what, struct slice text)
{
    struct slice out;
    bool full;

    if (what < FORMAT_COUNT) {
        (void)!format_check((enum format)what, text, &arena);
    } else if (what == FORMAT_COUNT) {
        (void)!uri_resolve(text, SLICE("../../a"), &arena, &out);
        (void)!uri_resolve(SLICE("http://a/b/c"), text, &arena, &out);
        (void)!uri_decode(text, &arena, &out, &full);
        while (uri_pointer_step(&text, &arena, &out))
            continue;
    } else {
        struct pattern_problem why;
        struct pattern *p;

        if (pattern_compile(text, &arena, &p, &why))
            pattern_drop(p);
    }
    arena_rewind(&arena, 0);
}

static double best(size_t what, struct slice text)
{
    double least = 1e9;

    for (int i = 0; i < BEST_OF; i++) {
        double start = now();

        act(what, text);
        if (now() - start < least)
            least = now() - start;
    }
    return least;
}

static void grows_linearly(double one, double four, size_t bytes,
                           const char *what, const char *middle)
{
    if (four > NO_TIME * (double)bytes && four > one * MAX_GROWTH)
        fail_msg("%s of '%s': %g s, then %g s", what, middle, one, four);
}

static void test_formats_and_uris(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(texts); i++) {
        char *bytes[2];
        struct slice one = repeated(i, REPEATS, &bytes[0]);
        struct slice four = repeated(i, 4 * REPEATS, &bytes[1]);

        for (size_t f = 0; f < FORMAT_COUNT + 2u; f++)
            grows_linearly(best(f, one), best(f, four), four.len,
                           f < FORMAT_COUNT ? format_name((enum format)f).ptr
                                            : "uri or pattern",
                           texts[i].middle);
        free(bytes[0]);
        free(bytes[1]);
    }
}

static double find_time(const struct pattern *p, struct slice text)
{
    double least = 1e9;

    for (int i = 0; i < BEST_OF; i++) {
        double start = now();

        assert_true(pattern_find(p, text) != PATTERN_LIMIT);
        if (now() - start < least)
            least = now() - start;
    }
    return least;
}

static void test_patterns(void **state)
{
    (void)state;
    for (size_t k = 0; k < countof(patterns); k++) {
        struct pattern_problem why;
        struct pattern *p;

        assert_true(pattern_compile(slice_of(patterns[k], strlen(patterns[k])),
                                    &arena, &p, &why));
        for (size_t i = 0; i < countof(texts); i++) {
            char *bytes[2];
            struct slice one = repeated(i, REPEATS, &bytes[0]);
            struct slice four = repeated(i, 4 * REPEATS, &bytes[1]);

            grows_linearly(find_time(p, one), find_time(p, four), four.len,
                           patterns[k], texts[i].middle);
            free(bytes[0]);
            free(bytes[1]);
        }
        pattern_drop(p);
        arena_rewind(&arena, 0);
    }
}

static double number_time(struct slice a, struct slice b)
{
    double least = 1e9;
    bool is;

    for (int i = 0; i < BEST_OF; i++) {
        double start = now();

        (void)decimal_compare(a, b);
        (void)(decimal_hash(a) + decimal_hash(b));
        (void)decimal_to_double(a);
        (void)!decimal_multiple_of(a, SLICE("0.0003"), &is);
        (void)!decimal_multiple_of(a, SLICE("1234567890123456789012345e-9"),
                                   &is);
        (void)!decimal_multiple_of(a, b, &is);
        if (now() - start < least)
            least = now() - start;
    }
    return least;
}

static void test_numbers(void **state)
{
    static const struct {
        const char *head, tail[8];
        char middle;
    } table[] = {
        {"1", "", '0'},       {"1", "", '7'},  {"0.", "1", '0'},
        {"-0.", "", '3'},     {"1e", "", '9'}, {"1e-", "", '9'},
        {"9.", "e9999", '9'}, {"0.", "", '0'}, {"1", ".5e-99", '0'},
    };
    char *text = malloc(4 * REPEATS + 32), *other = malloc(4 * REPEATS + 32);

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        double seconds[2];

        for (size_t n = 1, k = 0; k < 2; k++, n = 4) {
            size_t head = strlen(table[i].head), tail = strlen(table[i].tail);
            size_t len = head + n * REPEATS + tail;

            memset(text, table[i].middle, len);
            memcpy(text, table[i].head, head);
            memcpy(text + len - tail, table[i].tail, tail);
            memcpy(other, text, len);
            other[len - tail - 1]++;
            seconds[k] = number_time(slice_of(text, len), slice_of(other, len));
        }
        grows_linearly(seconds[0], seconds[1], 4 * REPEATS, "number",
                       table[i].head);
    }
    free(text);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_and_uris),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_numbers),
    };
    struct err err;

    DEMAND(arena_open(&arena, (size_t)256 << 20, &err));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
