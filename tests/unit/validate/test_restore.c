/*
 * test_restore.c - restore() against a table, and what it promises.
 *
 * What becomes of which field is in tests/golden/repair/fields.cases, too;
 * here are the classes, the regimes and the bounds.
 */
#include "validate/json/check.h"
#include "validate/record/latex.h"
#include "validate/record/restore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;

static const struct repair_options filter = {
    .mode = REPAIR_MODE_ALL,
    .keep_strings = true,
    .mend = {.on_nul = MEND_KEEP, .join_several = true},
};

static const struct {
    const char *class, *in;
    const char *out; /* NULL: as repaired */
    size_t n_suspects;
} table[] = {
    {"latex", "{\"x\":\"\\frac\"}", "{\"x\":\"\\\\frac\"}", 0},
    {"latex", "{\"x\":\"\\bfoo\"}", "{\"x\":\"\\\\bfoo\"}", 0},
    {"latex", "{\"x\":\"\\f\"}", NULL, 1},
    {"latex", "{\"x\":\"one\\nline and more words\"}", NULL, 0},
    {"latex", "{\"x\":\"words and words\\nu\"}",
     "{\"x\":\"words and words\\\\nu\"}", 0},
    {"latex", "{\"x\":\"words and words\\nless than\"}", NULL, 1},
    {"latex", "{\"x\":\"words and words\\nless\"}", NULL, 1},
    {"latex", "{\"x\":\"words $a\\nless b$\"}",
     "{\"x\":\"words $a\\\\nless b$\"}", 0},
    {"latex", "{\"x\":\"\\\\alpha words\\nabla\"}", NULL, 1},
    {"latex", "{\"x\":\"\\alpha\\tan\"}", "{\"x\":\"\\\\alpha\\\\tan\"}", 0},
    {"latex", "{\"x\":\"a\nnabla\"}", "{\"x\":\"a\\nnabla\"}", 0},
    {"path", "{\"x\":\"C:\\new\\temp\"}", "{\"x\":\"C:\\\\new\\\\temp\"}", 0},
    {"path", "{\"x\":\"C:\\\\a\\n\"}", NULL, 1},
    {"regex", "{\"x\":\"\\bw\\n\\t\"}", "{\"x\":\"\\\\bw\\n\\t\"}", 0},
    {"smiles", "{\"x\":\"C\\nc\"}", NULL, 1},
    {"code", "{\"x\":\"\\frac\\n\"}", NULL, 0},
    {"text", "{\"x\":\"\\frac\\n\"}", NULL, 0},
    {NULL, "{\"x\":\"\\frac\"}", NULL, 1},
    {NULL, "{\"x\":\"a\\nb\\tc\"}", NULL, 0},
    {NULL, "{\"a\":1,\"b\":{\"a\":1,\"a\":2,\"a\":3}}", NULL, 2},
};

static struct slice text_of(const char *s)
{
    return slice_of(s, strlen(s));
}

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct field field = {.pointer = SLICE("/x")};
        struct field_table fields = {&field, table[i].class ? 1 : 0};
        struct suspect list[8];
        struct suspects suspects = {list, 0, countof(list)};
        struct slice in = text_of(table[i].in), want;
        struct repaired r;

        if (table[i].class)
            assert_true(
                field_class_find(text_of(table[i].class), &field.class));
        assert_false(json_repair(in, &filter, &arena, &r).fault);
        want = table[i].out ? text_of(table[i].out) : r.tape.text;
        assert_true(restore(&r, in, &fields, &suspects, &arena));
        if (!slice_eq(r.tape.text, want))
            print_error("%s: %.*s\n", table[i].in, (int)r.tape.text.len,
                        r.tape.text.ptr);
        assert_true(slice_eq(r.tape.text, want));
        if (suspects.count != table[i].n_suspects)
            print_error("%s: %zu suspects\n", table[i].in, suspects.count);
        assert_int_equal(suspects.count, table[i].n_suspects);
        assert_int_equal(json_check(r.tape.text).code, JSON_OK);
        for (uint32_t e = 0; e < r.n_edits; e++) {
            struct slice before = r.edits[e].before;

            assert_memory_equal(in.ptr + r.edits[e].at, before.ptr, before.len);
        }
        arena_rewind(&arena, 0);
    }
}

/* Without declared fields nothing is changed, whatever the text. */
static void undeclared(void **state)
{
    struct slice in = SLICE("[\"\\frac \\theta C:\\new\",{\"\\b\":\"\\bx\"}]");
    struct repaired r;

    (void)state;
    assert_false(json_repair(in, &filter, &arena, &r).fault);
    assert_true(restore(&r, in, NULL, NULL, &arena));
    assert_ptr_equal(r.tape.text.ptr, in.ptr);
    arena_rewind(&arena, 0);
}

static void little_memory(void **state)
{
    struct slice in = SLICE("{\"x\":[\"\\frac \\theta \\c\"]}");
    struct field field = {SLICE("/x/*"), FIELD_LATEX};
    struct field_table fields = {&field, 1};
    bool done = false;

    (void)state;
    for (size_t cap = 1024; !done; cap += 64) {
        struct arena small;
        struct err err = {0};
        struct repaired r;

        assert_true(arena_open(&small, cap, &err));
        done = !json_repair(in, &filter, &small, &r).fault &&
               restore(&r, in, &fields, NULL, &small);
        if (done)
            assert_true(slice_eq(
                r.tape.text, SLICE("{\"x\":[\"\\\\frac \\\\theta \\\\c\"]}")));
        arena_close(&small);
        assert_true(cap < 262144);
    }
}

static void names(void **state)
{
    (void)state;
    assert_true(latex_command(SLICE("frac")));
    assert_true(latex_command(SLICE("Alpha")));
    assert_true(latex_command(SLICE("zeta")));
    assert_false(latex_command(SLICE("fra")));
    assert_false(latex_command(SLICE("fracs")));
    assert_false(latex_command(SLICE("")));
    assert_int_equal(latex_name(SLICE("theta_1")), 5);
    assert_int_equal(latex_name(SLICE("thetas")), 0);
    assert_int_equal(latex_name(SLICE("n")), 0);
    assert_true(latex_ambiguous(SLICE("tau")));
    assert_false(latex_ambiguous(SLICE("theta")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows), cmocka_unit_test(undeclared),
        cmocka_unit_test(little_memory), cmocka_unit_test(names)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)4 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("restore", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
