/* test_repair.c - json_repair() against a table, and what it promises. */
#include "validate/json/check.h"
#include "validate/json/repair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const struct {
    const char *in;
    const char *out; /* NULL: the text itself */
    enum fault fault;
    size_t at;
    const char *where;    /* of a fault */
    const char *pointers; /* of the edits, one per line */
} table[] = {
    {"{\"a\":1}", NULL, FAULT_NONE, 0, "", ""},
    {" [1, \"\\n\\u00e9\\/\"] ", NULL, FAULT_NONE, 0, "", ""},
    {"\"\\u0000\"", NULL, FAULT_NONE, 0, "", ""},
    {"{\"a\":1,\"a\":2}", NULL, FAULT_NONE, 0, "", ""},
    {"[\"F/C=C\\F\"]", "[\"F/C=C\\\\F\"]", FAULT_NONE, 0, "", "/0\n"},
    {"{\"a~/b\":\"\\c\",\"x\":[1,{\"\\n\":\"\\d\\e\"}]}",
     "{\"a~/b\":\"\\\\c\",\"x\":[1,{\"\\n\":\"\\\\d\\\\e\"}]}", FAULT_NONE, 0,
     "", "/a~0~1b\n/x/1/\n\n/x/1/\n\n"},
    {"{\"\\k\":0}", "{\"\\\\k\":0}", FAULT_NONE, 0, "", "/\\k\n"},
    {"{\"p\":[0,1,[],{},[2,\"\\%\"]]}", "{\"p\":[0,1,[],{},[2,\"\\\\%\"]]}",
     FAULT_NONE, 0, "", "/p/4/1\n"},
    {"\"\\upsilon\"", "\"\\\\upsilon\"", FAULT_NONE, 0, "", "\n"},
    {"\"\\u12\"", "\"\\\\u12\"", FAULT_NONE, 0, "", "\n"},
    {"\"\\u12g4\\u0041\"", "\"\\\\u12g4\\u0041\"", FAULT_NONE, 0, "", "\n"},
    {"\"it\\'s\"", "\"it\\\\'s\"", FAULT_NONE, 0, "", "\n"},
    {"\"\\\\(x\\\\) \\(y\\)\"", "\"\\\\(x\\\\) \\\\(y\\\\)\"", FAULT_NONE, 0,
     "", "\n\n"},
    {"\"\\u\\\"\"", "\"\\\\u\\\"\"", FAULT_NONE, 0, "", "\n"},
    {"", NULL, FAULT_REPLY_EMPTY, 0, "", ""},
    {"{\"a\":[1,2", NULL, FAULT_JSON_TRUNCATED, 9, "/a/1", ""},
    {"{\"a\":\"b\\", NULL, FAULT_JSON_TRUNCATED, 8, "/a", ""},
    {"{\"a\":\"\\x\\u00", NULL, FAULT_JSON_TRUNCATED, 12, "/a", ""},
    {"{\"a\":\"\\c\",\"b\":tru", NULL, FAULT_JSON_TRUNCATED, 17, "/b", ""},
    {"{\"a\":1,}", NULL, FAULT_JSON_SYNTAX, 7, "", ""},
    {"{\"a\":\"\\c\\d\",\"b\":nope}", NULL, FAULT_JSON_SYNTAX, 17, "/b", ""},
    {"{\"a\":\"\\c\",}", NULL, FAULT_JSON_SYNTAX, 10, "", ""},
    {"[\"\\ud800\"]", NULL, FAULT_JSON_SURROGATE, 2, "/0", ""},
    {"[\"\\c\",\"\\ud800\"]", NULL, FAULT_JSON_SURROGATE, 7, "/1", ""},
    {"\"a\nb\"", NULL, FAULT_JSON_SYNTAX, 2, "", ""},
    {"{\\n\"a\":1}", NULL, FAULT_JSON_SYNTAX, 1, "", ""},
    {"[\"\\c\\c\\c\",,\"\\d\"]", NULL, FAULT_JSON_SYNTAX, 10, "", ""},
    {"\"\\c\\/\\b\"", "\"\\\\c\\/\\b\"", FAULT_NONE, 0, "", "\n"},
    {"1 2", NULL, FAULT_JSON_SYNTAX, 2, "", ""},
    {"\"\xC0\xAF\"", NULL, FAULT_JSON_SYNTAX, 1, "", ""},
};

static struct slice text_of(const char *s)
{
    return slice_of(s, strlen(s));
}

static void is_text(const char *in, struct slice got, const char *want)
{
    if (!slice_eq(got, text_of(want)))
        print_error("%s: got %.*s, want %s\n", in, (int)got.len, got.ptr, want);
    assert_true(slice_eq(got, text_of(want)));
}

static void is_edits(const char *in, const struct repaired *r, const char *want)
{
    char got[256];
    size_t len = 0;

    for (uint32_t i = 0; i < r->n_edits; i++) {
        const struct repair_edit *e = &r->edits[i];

        assert_int_equal(e->rule, REPAIR_ESCAPE_DOUBLED);
        assert_int_equal(e->class, REPAIR_LOSSLESS);
        assert_ptr_equal(e->before.ptr, in + e->at);
        is_text(in, e->before, "\\");
        is_text(in, e->after, "\\\\");
        assert_true(i == 0 || e->at > e[-1].at);
        memcpy(got + len, e->pointer.ptr, e->pointer.len);
        len += e->pointer.len;
        got[len++] = '\n';
    }
    is_text(in, slice_of(got, len), want);
    assert_int_equal(r->mask, r->n_edits ? 1u << REPAIR_ESCAPE_DOUBLED : 0);
}

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        const char *in = table[i].in;
        struct repaired r;
        struct verdict v = json_repair(text_of(in), &arena, &r);

        if (v.fault != table[i].fault || v.at != table[i].at)
            print_error("%s: %.*s at %zu\n", in, (int)fault_key(v.fault).len,
                        fault_key(v.fault).ptr, v.at);
        assert_int_equal(v.fault, table[i].fault);
        assert_int_equal(v.at, table[i].at);
        is_text(in, v.where, table[i].where);
        assert_int_equal(v.detail.len > 0, v.fault != FAULT_NONE);
        if (v.fault == FAULT_NONE) {
            is_text(in, r.tape.text, table[i].out ? table[i].out : in);
            assert_int_equal(r.tape.text.ptr == in, table[i].out == NULL);
            is_edits(in, &r, table[i].pointers);
            assert_int_equal(json_check(r.tape.text).code, JSON_OK);
        }
        arena_rewind(&arena, 0);
    }
}

/* Every text of a few bytes from a nasty alphabet: what comes out parses,
 * what is sound comes out untouched, and a second pass changes nothing. */
static void promises(void **state)
{
    static const char letters[] = "\"\\u0d8nF[]{}:,1\n";
    char text[7];

    (void)state;
    for (uint32_t seed = 0; seed < 400000; seed++) {
        uint32_t bits = seed * 2654435761u;
        size_t len = 1 + seed % sizeof(text);
        struct repaired once, twice;
        struct verdict v;

        for (size_t i = 0; i < len; i++, bits >>= 4)
            text[i] = letters[bits % (sizeof(letters) - 1)];
        if (seed % 2 && len > 1)
            text[0] = text[len - 1] = '"';
        v = json_repair(slice_of(text, len), &arena, &once);
        if (json_check(slice_of(text, len)).code == JSON_OK) {
            assert_int_equal(v.fault, FAULT_NONE);
            assert_ptr_equal(once.tape.text.ptr, text);
        }
        if (v.fault == FAULT_NONE) {
            assert_int_equal(json_check(once.tape.text).code, JSON_OK);
            v = json_repair(once.tape.text, &arena, &twice);
            assert_int_equal(v.fault, FAULT_NONE);
            assert_true(slice_eq(once.tape.text, twice.tape.text));
            assert_int_equal(twice.n_edits, 0);
        } else {
            assert_true(v.at <= len);
        }
        arena_rewind(&arena, 0);
    }
}

/* However little memory there is, the answer is line.memory or the right
 * one. */
static void little_memory(void **state)
{
    const char *in = "{\"k\\y\":[\"\\c\",{\"n\":\"\\d\"}],\"z\":\"\\ud83d\"}";
    struct verdict v = {.fault = FAULT_LINE_MEMORY};
    size_t cap = 64;

    (void)state;
    for (; v.fault == FAULT_LINE_MEMORY; cap += 8) {
        struct arena small;
        struct err err = {0};
        struct repaired r;

        assert_true(arena_open(&small, cap, &err));
        v = json_repair(text_of(in), &small, &r);
        arena_close(&small);
        assert_true(cap < 16384);
    }
    assert_int_equal(v.fault, FAULT_JSON_SURROGATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows),
                                       cmocka_unit_test(promises),
                                       cmocka_unit_test(little_memory)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)16 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("repair", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
