/* test_openbabel.c - Open Babel through its C interface. */
#include "validate/chem/openbabel.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static struct chem *chem; /* one per process is all that Open Babel bears */

static struct slice text_of(const char *text)
{
    return slice_of(text, strlen(text));
}

static void expect(struct slice got, const char *want)
{
    if (!slice_eq(got, text_of(want)))
        fail_msg("%.*s, not %s", (int)got.len, got.ptr, want);
}

/* Asked for first, before the canonical form has tidied the molecule: these
 * kill libinchi when the marks stay. */
static void marks_that_kill(void **state)
{
    static const char *const cases[][2] = {
        {"C[C@@H2]C", "ATUOYWHBWRKTHZ-UHFFFAOYSA-N"},
        {"[C@H2](F)Cl", "XWCDCDSDNJVCLO-UHFFFAOYSA-N"},
        {"C[S@]C", "QMMFVYPAHWMCMS-UHFFFAOYSA-N"},
        {"CC[N@]C", "BDAICUGSXPAKSY-UHFFFAOYSA-N"},
        {"O=[S@]C", "BSASGANESDGUBT-UHFFFAOYSA-N"},
        {"C[S@+]C", "FAMVJNKPSUFPFF-UHFFFAOYSA-N"},
        {"C[N@H2+]C", "ROSDSFDQCJNGOL-UHFFFAOYSA-O"},
        /* true centres keep theirs */
        {"N[C@@H](C)C(=O)O", "QNAYBMKLOCPYGJ-REOHCLBHSA-N"},
        {"N[C@H](C)C(=O)O", "QNAYBMKLOCPYGJ-UWTATZPHSA-N"},
        {"C[S@](=O)CC", "VTRRCXRVEQTTOE-YFKPBYRVSA-N"},
    };
    struct chem_words words;
    struct slice key;

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        assert_int_equal(chem_read(chem, text_of(cases[i][0]), &words),
                         CHEM_OK);
        assert_int_equal(chem_inchikey(chem, &key, &words), CHEM_OK);
        expect(key, cases[i][1]);
    }
}

static void all_answers(void **state)
{
    struct chem_figures f;
    struct chem_words words;
    struct slice text;

    (void)state;
    assert_int_equal(chem_read(chem, text_of("OC(=O)[13CH2].[Na+]"), &words),
                     CHEM_OK);
    assert_int_equal(chem_measure(chem, &f, &words), CHEM_OK);
    assert_int_equal(f.heavy, 5);
    assert_int_equal(f.rings, 0);
    assert_int_equal(f.charge, 1);
    assert_int_equal(chem_formula(chem, &text, &words), CHEM_OK);
    expect(text, "C2H3NaO2+");
    assert_int_equal(chem_read(chem, text_of("OCC"), &words), CHEM_OK);
    assert_int_equal(chem_canonical(chem, &text, &words), CHEM_OK);
    expect(text, "CCO");
    assert_int_equal(chem_depict(chem, &text, &words), CHEM_OK);
    assert_non_null(memmem(text.ptr, text.len, "<svg", 4));
    assert_non_null(memmem(text.ptr, text.len, "</svg>", 6));
}

/* What it says no to, and what it takes with a warning. */
static void words_of_its_own(void **state)
{
    struct chem_words words;
    struct slice text;

    (void)state;
    assert_int_equal(chem_read(chem, text_of("C1CC"), &words), CHEM_REJECTED);
    assert_non_null(strstr(words.text, "ring"));
    assert_int_equal(chem_read(chem, text_of(""), &words), CHEM_REJECTED);
    assert_true(words.text[0] != '\0');
    assert_int_equal(chem_read(chem, text_of("c1cccc1"), &words), CHEM_OK);
    assert_non_null(strstr(words.text, "kekulize"));
    assert_int_equal(chem_read(chem, text_of("C*"), &words), CHEM_OK);
    assert_string_equal(words.text, "");
    assert_int_equal(chem_inchikey(chem, &text, &words), CHEM_REJECTED);
    assert_true(words.text[0] != '\0');
    /* a refusal leaves nothing behind */
    assert_int_equal(chem_read(chem, text_of("CC"), &words), CHEM_OK);
    assert_int_equal(chem_canonical(chem, &text, &words), CHEM_OK);
    expect(text, "CC");
}

static int begin(void **state)
{
    struct chem_words words;

    (void)state;
    return chem_open(&chem, &words) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    chem_close(chem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_that_kill),
        cmocka_unit_test(all_answers),
        cmocka_unit_test(words_of_its_own),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
