/*
 * test_smiles_text.c - names, the window on a text, light cleaning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/smiles/smiles.h"

static struct arena arena;

static int open_arena(void **state)
{
    struct err err;

    (void)state;
    return arena_open(&arena, (size_t)1 << 20, &err) ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct slice text_of(const char *s)
{
    return slice_of(s, strlen(s));
}

static void test_names(void **state)
{
    enum smiles_level level;

    (void)state;
    for (unsigned i = 0; i < SMILES_LEVEL_COUNT; i++) {
        assert_true(smiles_level_find(smiles_level_key(i), &level));
        assert_int_equal(level, i);
    }
    assert_false(smiles_level_find(SLICE("lax"), &level));
    for (unsigned i = 0; i < SMILES_TRIM_COUNT; i++)
        assert_true(smiles_trim_key(i).len);
    for (unsigned i = 0; i < SMILES_WARNING_COUNT; i++)
        assert_true(smiles_warning_key(i).len && smiles_warning_words(i).len);
}

static void test_window(void **state)
{
    struct slice text = SLICE("0123456789\xC3\xA9"
                              "ABCDEFGHIJ");
    struct smiles_window w = smiles_window_at(text, 3, 2, 80);

    (void)state;
    assert_true(slice_eq(w.text, text) && !w.cut_before && !w.cut_after);
    assert_int_equal(w.caret, 3);
    assert_int_equal(w.carets, 2);
    w = smiles_window_at(text, 14, 3, 9);
    assert_true(slice_eq(w.text, SLICE("ABCDEFGH")));
    assert_true(w.cut_before && w.cut_after);
    assert_int_equal(w.caret, 2);
    w = smiles_window_at(text, text.len, 0, 6);
    assert_true(slice_eq(w.text, SLICE("EFGHIJ")) && !w.cut_after);
    assert_int_equal(w.caret, 6);
    assert_int_equal(w.carets, 1);
}

static const struct {
    const char *text, *clean, *edits; /* first letters of the kinds */
} dirty[] = {
    {"CCO", "CCO", ""},
    {"  CCO\n", "CCO", "ss"},
    {"\"CCO\"", "CCO", "qq"},
    {"'CCO'.", "CCO", "qqe"},
    {"`CCO`", "CCO", "qq"},
    {"SMILES: CCO", "CCO", "ps"},
    {"smiles:CCO,", "CCO", "pe"},
    {"C\\\\C=C\\\\C", "C\\C=C\\C", "xx"},
    {"C\\C=C\\C", "C\\C=C\\C", ""},
    {"SMILES: \"C\\\\C=C/C\".", "C\\C=C/C", "psqxqe"},
    {"\"CCO", "\"CCO", ""},
    {"", "", ""},
    {" ", "", "s"},
    {"[Na+].", "[Na+]", "e"},
};

static void test_clean(void **state)
{
    static const char letters[] = {[SMILES_TRIM_SPACE] = 's',
                                   [SMILES_TRIM_QUOTES] = 'q',
                                   [SMILES_TRIM_PREFIX] = 'p',
                                   [SMILES_TRIM_END] = 'e',
                                   [SMILES_TRIM_ESCAPE] = 'x'};

    (void)state;
    for (size_t i = 0; i < countof(dirty); i++) {
        struct slice text = text_of(dirty[i].text);
        struct smiles_cleaned c;
        char kinds[16] = "";
        size_t kept = text.len, last = 0;

        assert_true(smiles_clean(text, &arena, &c));
        for (size_t k = 0; k < c.n_edits; k++) {
            kinds[k] = letters[c.edits[k].what];
            assert_true(c.edits[k].at >= last);
            last = c.edits[k].at + c.edits[k].len;
            assert_true(last <= text.len);
            kept -= c.edits[k].len;
        }
        assert_int_equal(kept, c.text.len);
        if (!slice_eq(c.text, text_of(dirty[i].clean)) ||
            strcmp(kinds, dirty[i].edits) != 0)
            fail_msg("%s: %.*s, %s", dirty[i].text, (int)c.text.len, c.text.ptr,
                     kinds);
        arena_rewind(&arena, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_clean),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
