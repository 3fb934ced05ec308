/* test_infer.c - what is proposed for which answers, and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "validate/record/infer.h"
#include "validate/record/profile.h"

static struct arena arena, scratch;

static void add(struct infer *in, struct slice answer)
{
    struct json_tape tape;

    arena_rewind(&scratch, 0);
    assert_int_equal(json_tape_try(answer, &scratch, &tape), JSON_TRY_SOUND);
    infer_add(in, &tape, &scratch);
}

/* The proposal, which must be a profile. */
static struct slice propose(const struct infer *in)
{
    const struct infer_words words = {SLICE("a title"), SLICE("answer")};
    struct profile_source source = {.name = SLICE("x")};
    const struct profile *profile;
    struct profile_problem why;

    source.text = infer_profile(in, &words, &arena);
    assert_non_null(source.text.ptr);
    if (!profile_parse(&source, &arena, &profile, &why))
        fail_msg("%.*s: %.*s in\n%.*s", (int)why.pointer.len, why.pointer.ptr,
                 (int)why.words.len, why.words.ptr, (int)source.text.len,
                 source.text.ptr);
    return source.text;
}

/* Answers, one per line; each `times` times; what the proposal says. */
static const struct {
    const char *answers;
    unsigned times;
    const char *says[6]; /* and what it does not: behind '!' */
} table[] = {
    {"{\"a\":1}\n{\"a\":2,\"b\":null}",
     1,
     {"\"required\": [\"a\"]", "\"a\": {\"type\": \"integer\"}",
      "\"b\": {\"type\": \"null\"}",
      "{\"type\": \"int4\", \"from\": \"/a\", \"required\": true}",
      "{\"type\": \"jsonb\", \"from\": \"/b\"}", "!spread"}},
    {"{\"a\":1}\n{\"a\":30000000}",
     1,
     {"\"type\": \"int8\", \"from\": \"/a\""}},
    {"{\"a\":1}\n{\"a\":1.5}",
     1,
     {"\"a\": {\"type\": \"number\"}", "\"numeric\""}},
    {"{\"a\":1}\n{\"a\":9223372036854775808}",
     1,
     {"\"a\": {\"type\": \"number\"}", "\"numeric\""}},
    {"{\"a\":\"x\"}\n{\"a\":\"y\"}",
     9,
     {"!enum", "\"a\": {\"type\": \"string\", \"minLength\": 1}"}},
    {"{\"a\":\"x\"}\n{\"a\":\"y\"}", 10, {"\"enum\": [\"x\", \"y\"]"}},
    {"{\"a\":\"x\"}\n{\"a\":\"y\"}\n{\"a\":null}",
     10,
     {"\"enum\": [\"x\", \"y\", null]"}},
    {"{\"a\":\"x\"}", 50, {"!enum"}},
    {"{\"a\":\"2024-02-29\"}",
     1,
     {"\"format\": \"date\"", "\"type\": \"date\""}},
    {"{\"a\":\"2024-02-30\"}", 1, {"!\"format\"", "\"type\": \"text\""}},
    {"{\"a\":\"2024-02-29T00:00:00Z\"}", 1, {"\"type\": \"timestamptz\""}},
    {"{\"a\":\"2eb8aa08-aa98-11ea-b4aa-73b441d16380\"}",
     1,
     {"\"type\": \"uuid\""}},
    {"{\"a\":\"https://example.org\"}", 1, {"\"uri\"", "\"type\": \"text\""}},
    {"{\"smiles\":\"CCO\",\"Rsmiles\":\"not one\"}",
     1,
     {"\"smiles\": {\"type\": \"string\", \"format\": \"smiles\"}",
      "\"Rsmiles\": {\"type\": \"string\", \"minLength\": 1}", "\"rsmiles\""}},
    {"{\"a\":[\"x\"],\"b\":[1],\"c\":[[]]}",
     1,
     {"\"text[]\", \"from\": \"/a\"", "\"jsonb\", \"from\": \"/b\"",
      "\"jsonb\", \"from\": \"/c\""}},
    {"{\"t\":\"x\",\"s\":[{\"n\":1},{\"n\":2}]}\n{\"t\":\"x\",\"s\":[]}",
     1,
     {"\"spread\": \"/s\"", "\"from\": \"/n\"",
      "\"from\": \"payload\", \"pointer\": \"/t\"", "\"from\": \"index\"",
      "!minItems"}},
    {"{\"s\":[{\"n\":1}],\"u\":[{\"n\":1}]}", 1, {"!spread", "\"jsonb\""}},
    {"[{\"n\":1}]", 1, {"\"spread\": \"\"", "\"from\": \"/n\""}},
    {"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16.5]",
     2,
     {"\"float4[]\", \"from\": \"\""}},
    {"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1e39]", 1, {"!float4"}},
    {"\"words\"\n12", 1, {"\"type\": [\"string\", \"integer\"]", "\"value\""}},
    {"{\"a/b\":1,\"m~n\":2,\"\":3}",
     1,
     {"\"/a~1b\"", "\"/m~0n\"", "\"from\": \"/\"", "\"a_b\"", "\"value\""}},
    {"{\"customerId\":1,\"customer_id\":2,\"Customer ID\":3,\"1st\":4}",
     1,
     {"\"customer_id\": {", "\"customer_id_2\": {", "\"customer_id_3\": {",
      "\"_1st\": {"}},
    {"{\"key\":1,\"source\":2}", 1, {"\"key_2\": {", "\"source_2\": {"}},
    {"{\"a\":1,\"a\":\"x\"}", 1, {"\"required\": [\"a\"]", "\"jsonb\""}},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct infer *in;
        char text[8192];
        struct slice out;

        arena_rewind(&arena, 0);
        in = infer_new(&arena);
        assert_non_null(in);
        for (unsigned k = 0; k < table[i].times; k++) {
            struct slice rest =
                slice_of(table[i].answers, strlen(table[i].answers));

            while (rest.len) {
                size_t n = slice_find(rest, '\n');

                add(in, slice_take(rest, n));
                rest = slice_drop(rest, n + 1);
            }
        }
        out = propose(in);
        assert_true(out.len < sizeof(text));
        snprintf(text, sizeof(text), "%.*s", (int)out.len, out.ptr);
        for (size_t k = 0; k < countof(table[i].says); k++) {
            const char *says = table[i].says[k];

            if (!says)
                continue;
            if (*says == '!' ? strstr(text, says + 1) != NULL
                             : strstr(text, says) == NULL)
                fail_msg("row %zu: \"%s\" in\n%s", i, says, text);
        }
    }
}

/* One object of n members with names of their own. */
static struct slice wide(size_t n)
{
    char *text = arena_bytes(&arena, 32 * n + 2), *to = text;

    assert_non_null(text);
    *to++ = '{';
    for (size_t i = 0; i < n; i++)
        to += sprintf(to, "%s\"name %zu\":%zu", i ? "," : "", i, i);
    *to++ = '}';
    return slice_of(text, (size_t)(to - text));
}

static struct slice deep(size_t n)
{
    char *text = arena_bytes(&arena, 8 * n + 2), *to = text;

    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        to += sprintf(to, "{\"a\":[");
    *to++ = '1';
    for (size_t i = 0; i < n; i++)
        to += sprintf(to, "]}");
    return slice_of(text, (size_t)(to - text));
}

/* A map is not a list of columns, and what has no end gets one. */
static void test_bounds(void **state)
{
    struct arena small;
    struct infer *in;
    struct err err;

    (void)state;
    arena_rewind(&arena, 0);
    in = infer_new(&arena);
    assert_non_null(in);
    add(in, wide(100000));
    for (size_t i = 1; i <= JSON_DEPTH_MAX / 2; i *= 2)
        add(in, deep(i));
    assert_int_equal(infer_count(in), 11);
    (void)propose(in);

    /* a full arena proposes less, and nothing breaks */
    for (size_t room = 4096; room < (1 << 20); room += 65537) {
        assert_true(arena_open(&small, room, &err));
        in = infer_new(&small);
        if (in) {
            add(in, wide(1000));
            add(in, deep(100));
            (void)propose(in);
        }
        arena_close(&small);
    }
}

/* Many answers cost no more memory than few. */
static void test_memory(void **state)
{
    struct infer *in;
    size_t mark = 0;

    (void)state;
    arena_rewind(&arena, 0);
    in = infer_new(&arena);
    assert_non_null(in);
    for (int i = 0; i < 20000; i++) {
        char text[128];
        int n = snprintf(text, sizeof(text),
                         "{\"id\":\"no %d\",\"n\":%d,\"s\":[{\"x\":\"%d\"}]}",
                         i, i, i);

        add(in, slice_of(text, (size_t)n));
        if (i == 100)
            mark = arena_mark(&arena);
    }
    assert_int_equal(arena_mark(&arena), mark);
}

static int open_all(void **state)
{
    struct err err;

    (void)state;
    return arena_open(&arena, (size_t)1 << 30, &err) &&
                   arena_open(&scratch, (size_t)1 << 30, &err)
               ? 0
               : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, open_all, NULL);
}
