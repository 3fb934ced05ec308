/*
 * test_schema_pathological.c - schemas and values made to hurt the engine:
 * 10,000 and 40,000 of one thing.
 *
 * Four times the text may take at most MAX_GROWTH times as long to compile
 * and to run (what is quadratic needs sixteen times).  What takes no more
 * than NO_TIME per byte is fast, however it grew.  In the table ' stands for
 * " and @ for the number of the repetition, which counts down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "validate/schema/schema.h"

#define REPEATS    10000
#define MAX_GROWTH 8.0
#define BEST_OF    5
#define NO_TIME    60e-9 /* seconds */
#define TEXT_MAX   ((size_t)8 << 20)

static struct arena arena, scratch;

/* Head, then the middle n times, then the tail. */
struct recipe {
    const char *head, *middle, *tail;
};

static const struct {
    struct recipe schema, instance;
    enum schema_result result;
} table[] = {
    /* many of one thing in the schema */
    {{"{'enum':[", "'v@',", "1]}"}, {"'v1'", "", ""}, SCHEMA_VALID},
    {{"{'enum':[", "@,", "'a']}"}, {"-1", "", ""}, SCHEMA_INVALID},
    {{"{'enum':[", "[@],", "1]}"}, {"[7]", "", ""}, SCHEMA_VALID},
    {{"{'enum':[", "[7],", "1]}"}, {"[8]", "", ""}, SCHEMA_INVALID},
    {{"{'allOf':[", "{'minimum':@},", "true]}"},
     {"-1", "", ""},
     SCHEMA_INVALID},
    {{"{'anyOf':[", "{'const':@},", "false]}"}, {"-1", "", ""}, SCHEMA_INVALID},
    {{"{'oneOf':[", "{'const':@},", "true]}"}, {"-1", "", ""}, SCHEMA_VALID},
    {{"{'properties':{", "'p@':{'type':'null'},", "'p0':true}}"},
     {"{", "'p@':null,", "'p0':1,'x':1}"},
     SCHEMA_VALID},
    {{"{'additionalProperties':false,'required':['p1'],'properties':{",
      "'aaaaaaaa@aaaaaaaa':{},", "'p1':true}}"},
     {"{", "'aaaaaaaa@aaaaaaaa':1,", "'p2':1}"},
     SCHEMA_INVALID},
    {{"{'required':[", "'p@',", "'p0']}"},
     {"{", "'p@':null,", "'p0':1,'x':1}"},
     SCHEMA_VALID},
    {{"{'dependentRequired':{", "'p@':['p0','x'],", "'x':['p0']}}"},
     {"{", "'p@':null,", "'p0':1,'x':1}"},
     SCHEMA_VALID},
    {{"{'prefixItems':[", "{'maximum':@},", "true]}"},
     {"[", "0,", "0]"},
     SCHEMA_VALID},
    {{"{'$defs':{", "'d@':{'$id':'http://x/@','$anchor':'a'},", "'x':true}}"},
     {"1", "", ""},
     SCHEMA_VALID},
    {{"{'$defs':{'a':{'enum':[1]}},'allOf':[", "{'$ref':'#/$defs/a'},",
      "true]}"},
     {"1", "", ""},
     SCHEMA_VALID},
    {{"{'$defs':{", "'d@':{'$ref':'#/$defs/d0'},", "'d0':true}}"},
     {"1", "", ""},
     SCHEMA_VALID},
    {{"{'$dynamicRef':'1#a','$defs':{",
      "'d@':{'$id':'@','$dynamicAnchor':'a','$dynamicRef':'#a'},",
      "'x':true}}"},
     {"1", "", ""},
     SCHEMA_LIMIT},
    {{"{", "'unknown@':{'type':'null'},", "'x':1}"},
     {"1", "", ""},
     SCHEMA_VALID},
    {{"{'title':'", "\\u00e9", "'}"}, {"1", "", ""}, SCHEMA_VALID},
    {{"{'minimum':1", "0", "}"}, {"1", "0", ""}, SCHEMA_VALID},
    {{"{'pattern':'", "(", "'}"}, {"'", "a", "'"}, SCHEMA_LIMIT},
    {{"{'$ref':'#", "/a", "'}"}, {"1", "", ""}, SCHEMA_LIMIT},
    {{"{'$id':'http://x/", "../", "'}"}, {"1", "", ""}, SCHEMA_VALID},
    /* and in the value */
    {{"{'uniqueItems':true}", "", ""}, {"[", "@,", "'a']"}, SCHEMA_VALID},
    {{"{'uniqueItems':true}", "", ""},
     {"[", "[@,{'a':@}],", "1]"},
     SCHEMA_VALID},
    {{"{'uniqueItems':true}", "", ""},
     {"[", "{'a':1,'a':@},", "1]"},
     SCHEMA_VALID},
    {{"{'minProperties':2}", "", ""},
     {"{", "'a':@,", "'a':1}"},
     SCHEMA_INVALID},
    {{"{'additionalProperties':{'type':'null'}}", "", ""},
     {"{", "'a@':1,'a@':null,", "'a':null}"},
     SCHEMA_VALID},
    {{"{'const':{'a':[]}}", "", ""},
     {"{", "'b@':@,", "'a':1}"},
     SCHEMA_INVALID},
    {{"{'contains':{'const':7},'minContains':2}", "", ""},
     {"[", "@,", "1]"},
     SCHEMA_INVALID},
    {{"{'unevaluatedItems':false,'anyOf':[{'items':true},true]}", "", ""},
     {"[", "@,", "1]"},
     SCHEMA_VALID},
    {{"{'unevaluatedProperties':false,'patternProperties':{'^a':true}}", "",
      ""},
     {"{", "'a@':1,", "'b':1}"},
     SCHEMA_INVALID},
    {{"{'propertyNames':{'maxLength':9},'not':{'required':['x']}}", "", ""},
     {"{", "'a@':1,", "'b':1}"},
     SCHEMA_VALID},
    {{"{'$dynamicAnchor':'n','items':{'$dynamicRef':'#n'},'type':'array'}", "",
      ""},
     {"[", "[[],[]],", "[]]"},
     SCHEMA_VALID},
    {{"{'maxLength':10}", "", ""}, {"'", "\\u00e9", "'"}, SCHEMA_INVALID},
    {{"{'pattern':'^(a+)+$'}", "", ""}, {"'", "a", "b'"}, SCHEMA_INVALID},
    {{"{'multipleOf':0.01}", "", ""}, {"1", "0", ".5"}, SCHEMA_VALID},
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t put(char *out, const char *text, size_t number)
{
    size_t len = 0;

    for (; *text; text++) {
        if (*text == '@')
            len += (size_t)sprintf(out + len, "%zu", number);
        else
            out[len++] = *text == '\'' ? '"' : *text;
    }
    return len;
}

static struct slice made(const struct recipe *r, size_t n)
{
    char *bytes = arena_bytes(&arena, TEXT_MAX);
    size_t len;

    assert_non_null(bytes);
    len = put(bytes, r->head, 0);
    for (size_t i = n; i; i--)
        len += put(bytes + len, r->middle, i);
    len += put(bytes + len, r->tail, 0);
    assert_true(len < TEXT_MAX);
    arena_trim(&arena, bytes + len);
    return slice_of(bytes, len);
}

/* Seconds to compile and to run; what does not compile counts as a limit. */
static void measure(struct slice schema, struct slice instance, double took[2],
                    enum schema_result *result)
{
    size_t mark = arena_mark(&arena);

    took[0] = took[1] = 1e9;
    for (int i = 0; i < BEST_OF; i++) {
        struct schema_mismatch mismatch;
        struct schema_problem problem;
        struct json_error error;
        struct json_tape tape;
        struct schema *s;
        double start = now(), middle;
        bool compiles = schema_compile(schema, NULL, &arena, &s, &problem);

        middle = now();
        if (middle - start < took[0])
            took[0] = middle - start;
        *result = SCHEMA_LIMIT;
        assert_true(json_tape_build(instance, &arena, &tape, &error));
        start = now();
        if (compiles)
            *result = schema_run(s, &tape, &scratch, &mismatch);
        if (now() - start < took[1])
            took[1] = now() - start;
        arena_rewind(&scratch, 0);
        arena_rewind(&arena, mark);
    }
}

static void test_growth(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        double took[2][2];
        size_t bytes = 0;

        for (size_t n = REPEATS, k = 0; k < 2; k++, n *= 4) {
            struct slice schema = made(&table[i].schema, n);
            struct slice instance = made(&table[i].instance, n);
            enum schema_result result;

            measure(schema, instance, took[k], &result);
            if (result != table[i].result)
                fail_msg("row %zu, %s: %d", i, table[i].schema.head, result);
            bytes = schema.len + instance.len;
            arena_rewind(&arena, 0);
        }
        for (size_t what = 0; what < 2; what++) {
            if (took[1][what] > NO_TIME * (double)bytes &&
                took[1][what] > MAX_GROWTH * took[0][what])
                fail_msg("%s of %s%s %s%s: %g s, then %g s",
                         what ? "run" : "compile", table[i].schema.head,
                         table[i].schema.middle, table[i].instance.head,
                         table[i].instance.middle, took[0][what],
                         took[1][what]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_growth)};
    struct err err;
    int failed;

    if (!arena_open(&arena, (size_t)2 << 30, &err) ||
        !arena_open(&scratch, (size_t)1 << 30, &err))
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&scratch);
    return failed;
}
