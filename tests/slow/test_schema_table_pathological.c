/*
 * test_schema_table_pathological.c - schemas and instances made to hurt.
 *
 * Each row is compiled and run at n and at 8n repetitions; eight times the
 * size may take at most MAX_GROWTH times as long (a quadratic reader needs
 * 64 times), unless the row grows by nature and must only end: then its
 * verdict may be that there was too much to do.  What takes no more than
 * NO_TIME per byte is fast, however it grew: caches are no part of this.
 * Deep ones run as deep as JSON may be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "validate/schema/schema.h"

#define TRIES      3
#define MAX_GROWTH 24.0
#define NO_TIME    60e-9 /* seconds per byte: fast, however it grew */
#define LONGEST    20.0  /* seconds that any row may take */
#define BEST_OF    3
#define ROOM       ((size_t)64 << 20)
#define PAD        ((size_t)128 << 20)

/* HEAD, OPEN n times, CORE, CLOSE n times, TAIL; in all of them @ is the
 * number of the repetition and ` the next one (in TAIL: n and n + 1). */
enum part { HEAD, OPEN, CORE, CLOSE, TAIL, PARTS };

/* What a row may end in; G: it grows by nature, only LONGEST counts. */
enum verdict_set { V = 1, I = 2, L = 4, WRONG = 8, G = 16 };

static const struct {
    const char *schema[PARTS], *instance[PARTS];
    size_t n;
    unsigned may; /* enum verdict_set */
} table[] = {
    /* wide schemas */
    {{"{\"allOf\":[", "{\"minimum\":@},", "true]}", "", ""}, {"1e9"}, 5000, V},
    {{"{\"anyOf\":[", "{\"const\":@},", "false]}", "", ""}, {"\"x\""}, 5000, I},
    {{"{\"anyOf\":[", "{\"required\":[\"a@\"]},", "false]}"}, {"{}"}, 5000, I},
    {{"{\"oneOf\":[", "{\"const\":@},", "{\"const\":-1}]}"}, {"-1"}, 5000, V},
    {{"{\"enum\":[", "@,", "-1]}"}, {"0.5"}, 60000, I},
    {{"{\"enum\":[", "\"the same beginning @\",", "0]}"},
     {"\"the same beginning x\""},
     20000,
     I},
    {{"{\"enum\":[", "{\"a\":[@]},", "0]}"}, {"{\"a\":[0.5]}"}, 30000, I},
    {{"{\"required\":[", "\"k@\",", "\"z\"]}"},
     {"{", "\"k@\":0,", "\"z\":0}"},
     20000,
     V},
    {{"{\"properties\":{", "\"k@\":{\"minimum\":@},", "\"z\":false}}"},
     {"{", "\"k@\":@,", "\"y\":0}"},
     10000,
     V},
    {{"{\"properties\":{", "\"k@\":true,",
      "\"z\":true},\"additionalProperties\":false}"},
     {"{", "\"k@\":@,", "\"y\":0}"},
     10000,
     I},
    {{"{\"dependentRequired\":{", "\"k@\":[\"k`\"],", "\"z\":[]}}"},
     {"{", "\"k@\":0,", "\"k0\":0}"},
     5000,
     I},
    {{"{\"patternProperties\":{", "\"^k@$\":{\"type\":\"null\"},",
      "\"z\":true}}"},
     {"{\"k7\":null}"},
     300,
     V},
    {{"{\"const\":[", "@,", "0]}"}, {"[", "@,", "0]"}, 50000, V},
    {{"{\"$comment\":\"", "x", "\"}"}, {"0"}, 1000000, V},

    /* references */
    {{"{\"$ref\":\"#a0\",\"$defs\":{",
      "\"d@\":{\"$anchor\":\"a@\",\"$ref\":\"#a`\"},", "\"z\":{\"$anchor\":\"a",
      "", "@\"}}}"},
     {"1"},
     3000,
     V | L},
    {{"{\"$id\":\"http://x/\",\"$ref\":\"i0\",\"$defs\":{",
      "\"d@\":{\"$id\":\"i@\",\"$ref\":\"i`\"},", "\"z\":{\"$id\":\"i", "",
      "@\"}}}"},
     {"1"},
     3000,
     V | L},
    {{"{\"$id\":\"http://x/\",\"$ref\":\"i0\",\"$defs\":{",
      "\"d@\":{\"$id\":\"i@\",\"$dynamicAnchor\":\"d\",\"$ref\":\"i`\"},",
      "\"z\":{\"$dynamicAnchor\":\"d\",\"$dynamicRef\":\"#d\",\"$id\":\"i", "",
      "@\"}}}"},
     {"1"},
     1000,
     I | L | WRONG},
    {{"{\"$ref\":\"#/$defs/d0\",\"$defs\":{",
      "\"d@\":{\"$ref\":\"#/$defs/d`\"},", "\"z\":true,", "",
      "\"d@\":{\"$ref\":\"#/$defs/d0\"}}}"},
     {"1"},
     3000,
     L | WRONG},
    {{"{\"allOf\":[", "{\"$ref\":\"#/$defs/a\"},",
      "true],\"$defs\":{\"a\":{\"minimum\":0}}}"},
     {"1"},
     10000,
     V},
    {{"{\"$ref\":\"#/$defs/d0\",\"$defs\":{",
      "\"d@\":{\"allOf\":[{\"$ref\":\"#/$defs/d`\"},{\"$ref\":\"#/$defs/"
      "d`\"}]},",
      "\"z\":true,", "", "\"d@\":{\"type\":\"integer\"}}}"},
     {"1"},
     30,
     V | L | G},
    {{"{\"$ref\":\"#/$defs/d0\",\"$defs\":{",
      "\"d@\":{\"anyOf\":[{\"$ref\":\"#/$defs/d`\"},{\"$ref\":\"#/$defs/"
      "d`\"}]},",
      "\"z\":true,", "", "\"d@\":{\"type\":\"string\"}}}"},
     {"1"},
     30,
     I | L | G},

    /* instances */
    {{"{\"anyOf\":[{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}},"
      "{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}]}"},
     {"", "[", "\"x\"", "]", ""},
     120,
     I | L | G},
    {{"{\"items\":{\"$ref\":\"#\"},\"unevaluatedItems\":false}"},
     {"", "[", "0", "]", ""},
     120,
     V},
    {{"{\"uniqueItems\":true}"}, {"[", "@,", "-1]"}, 100000, V},
    {{"{\"uniqueItems\":true}"}, {"[", "\"a@\",", "\"\"]"}, 100000, V},
    {{"{\"uniqueItems\":true}"}, {"[", "{\"a\":[@,{}]},", "1]"}, 50000, V},
    {{"{\"uniqueItems\":true}"}, {"[", "[[[@]]],", "1]"}, 50000, V},
    {{"{\"uniqueItems\":true}"}, {"[", "1e@,", "2]"}, 50000, V},
    {{"{\"uniqueItems\":true}"}, {"[", "1@e-@,", "2]"}, 50000, V | I},
    {{"{\"items\":{\"uniqueItems\":true}}"}, {"[", "[1,2],", "[3]]"}, 50000, V},
    {{"{\"contains\":{\"const\":-1}}"}, {"[", "@,", "0]"}, 100000, I},
    {{"{\"contains\":true,\"unevaluatedItems\":false}"},
     {"[", "@,", "0]"},
     100000,
     V},
    {{"{\"patternProperties\":{\"^k\":true},\"unevaluatedProperties\":false}"},
     {"{", "\"k@\":0,", "\"kz\":0}"},
     50000,
     V},
    {{"{\"anyOf\":[{\"properties\":{\"k1\":true}},{\"patternProperties\":{"
      "\"^k\":true}}],\"unevaluatedProperties\":false}"},
     {"{", "\"k@\":0,", "\"kz\":0}"},
     50000,
     V},
    {{"{\"propertyNames\":{\"pattern\":\"^k[0-9]+$\"}}"},
     {"{", "\"k@\":0,", "\"k\":0}"},
     50000,
     I},
    {{"{\"properties\":{\"k\":{\"type\":\"null\"}},\"maxProperties\":1}"},
     {"{", "\"k\":@,", "\"k\":null}"},
     50000,
     V},
    {{"{\"properties\":{\"k\":{\"type\":\"null\"}},\"maxProperties\":1}"},
     {"{", "\"\\u006b\":@,", "\"k\":null}"},
     50000,
     V},
    {{"{\"minLength\":1000000000}"}, {"\"", "\\ud83d\\ude00", "\""}, 50000, I},
    {{"{\"pattern\":\"^(a+)+$\"}"}, {"\"", "a", "!\""}, 20000, I | L | G},
    {{"{\"pattern\":\"^(?:(?:a|b|ab)*)*c$\"}"},
     {"\"", "ab", "\""},
     20000,
     I | L | G},
    {{"{\"pattern\":\"(.*a){12}z\"}"}, {"\"", "a", "\""}, 5000, I | L | G},
    {{"{\"multipleOf\":7}"}, {"", "7", "1"}, 100000, I | L},
    {{"{\"multipleOf\":1e-300}"}, {"1", "0", ""}, 100000, V | L},
    {{"{\"maximum\":1e-5}"}, {"0.", "0", "1"}, 100000, V | L},
    {{"{\"minimum\":1e999999999}"}, {"1", "0", "e9"}, 100000, I | L},
    {{"{\"if\":{\"items\":{\"$ref\":\"#\"}},\"then\":{\"items\":{\"$ref\":"
      "\"#\"}},\"else\":false}"},
     {"", "[", "", "]", ""},
     120,
     V | L | G},
};

static struct arena held, scratch;

/* Copy text, @ as i and ` as i + 1. */
static char *put(char *to, const char *text, size_t i)
{
    for (; text && *text; text++) {
        if (*text == '@' || *text == '`')
            to += sprintf(to, "%zu", i + (*text == '`'));
        else
            *to++ = *text;
    }
    return to;
}

static struct slice make(const char *const *part, size_t n)
{
    char *bytes = arena_bytes(&held, ROOM), *to = bytes;

    DEMAND(bytes);
    to = put(to, part[HEAD], 0);
    for (size_t i = 0; part[OPEN] && i < n; i++) {
        DEMAND(to < bytes + ROOM - 4096);
        to = put(to, part[OPEN], i);
    }
    to = put(to, part[CORE], 0);
    for (size_t i = 0; part[CLOSE] && i < n; i++)
        to = put(to, part[CLOSE], i);
    to = put(to, part[TAIL], n);
    arena_trim(&held, to);
    return slice_of(bytes, (size_t)(to - bytes));
}

/* The first bytes of an arena keep their pages when it is rewound; behind
 * them every run pays for its pages, be it short or long. */
static void start_over(void)
{
    arena_rewind(&held, 0);
    arena_rewind(&scratch, 0);
    DEMAND(arena_bytes(&scratch, PAD));
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static unsigned judge(struct slice schema, struct slice instance)
{
    struct schema_mismatch why;
    struct schema_problem wrong;
    struct schema *s;
    struct json_tape tape;

    if (!schema_compile(schema, NULL, &scratch, &s, &wrong)) {
        assert_true(wrong.words.len > 0);
        return WRONG;
    }
    assert_int_equal(json_tape_try(instance, &scratch, &tape), JSON_TRY_SOUND);
    switch (schema_run(s, &tape, &scratch, &why)) {
    case SCHEMA_VALID: return V;
    case SCHEMA_INVALID: return I;
    default: return L;
    }
}

/* The verdict; *best is the CPU time of the best of a few, 0 when that is
 * no time for so many bytes. */
static unsigned timed(size_t row, size_t n, double *best)
{
    struct slice schema, instance;
    unsigned verdict = 0;

    start_over();
    schema = make(table[row].schema, n);
    instance = make(table[row].instance, n);
    *best = 1e9;
    for (int i = 0; i < BEST_OF; i++) {
        double start = now(), spent;

        verdict = judge(schema, instance);
        spent = now() - start;
        *best = spent < *best ? spent : *best;
        if (spent > LONGEST / 4)
            break;
    }
    if (n > table[row].n &&
        *best < NO_TIME * (double)(schema.len + instance.len))
        *best = 0;
    return verdict;
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        double one, eight;
        unsigned small, large;
        int tries = 0;

        /* A busy machine may spoil a measurement, growth spoils all. */
        do {
            small = timed(i, table[i].n, &one);
            large = timed(i, 8 * table[i].n, &eight);
        } while (!(table[i].may & G) && eight > one * MAX_GROWTH &&
                 ++tries < TRIES);
        if (getenv("VERBOSE"))
            print_message("%zu %s: %u %u, %.1f ms, %.1f ms\n", i,
                          table[i].schema[HEAD], small, large, one * 1e3,
                          eight * 1e3);
        if (!(small & table[i].may) || !(large & table[i].may))
            fail_msg("row %zu %s: verdicts %u and %u", i, table[i].schema[HEAD],
                     small, large);
        if (eight > LONGEST ||
            (!(table[i].may & G) && eight > one * MAX_GROWTH))
            fail_msg("row %zu %s: %.1f ms, then %.1f ms", i,
                     table[i].schema[HEAD], one * 1e3, eight * 1e3);
    }
}

/* As deep as brackets may be, and one level too many for them. */
static void test_deep(void **state)
{
    static const struct {
        const char *schema[PARTS];
        size_t brackets; /* per level */
        unsigned even;   /* the verdict on 1, at even depths */
    } deep[] = {
        {{"", "{\"allOf\":[", "{\"type\":\"integer\"}", "]}", ""}, 2, V},
        {{"", "{\"anyOf\":[", "{\"type\":\"integer\"}", "]}", ""}, 2, V},
        {{"", "{\"oneOf\":[", "{\"type\":\"integer\"}", "]}", ""}, 2, V},
        {{"", "{\"not\":", "{\"type\":\"integer\"}", "}", ""}, 1, V},
        {{"", "{\"if\":", "true", "}", ""}, 1, V},
        {{"", "{\"items\":", "false", "}", ""}, 1, V},
        {{"", "{\"properties\":{\"a\":", "false", "}}", ""}, 2, V},
        {{"", "{\"$defs\":{\"a\":", "false", "}}", ""}, 2, V},
        {{"", "{\"x\":{\"not\":", "1", "}}", ""}, 2, V},
        {{"{\"const\":", "[", "", "]", "}"}, 1, I},
    };

    (void)state;
    for (size_t i = 0; i < countof(deep); i++) {
        size_t most = (JSON_DEPTH_MAX - 2) / deep[i].brackets & ~(size_t)1;
        unsigned verdict;

        start_over();
        verdict = judge(make(deep[i].schema, most), SLICE("1"));
        if (verdict != deep[i].even)
            fail_msg("deep row %zu: verdict %u", i, verdict);
        assert_int_equal(judge(make(deep[i].schema, 10000), SLICE("1")), WRONG);
    }
}

static int open_all(void **state)
{
    struct err err;

    (void)state;
    return arena_open(&held, 4 * ROOM, &err) &&
                   arena_open(&scratch, (size_t)16 << 30, &err)
               ? 0
               : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_deep),
    };

    return cmocka_run_group_tests(tests, open_all, NULL);
}
