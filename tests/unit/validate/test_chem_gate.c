/* test_chem_gate.c - what Open Babel may see. */
#include "tests/guard.h"
#include "validate/chem/gate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* `piece` n times, between head and tail: NULL or a word of the reason. */
static const struct {
    const char *head, *piece, *tail, *refused;
    size_t n;
} cases[] = {
    {"", "", "", NULL, 0},
    {"", "C", "", NULL, 400},
    {"", "C", "", "heavy", 401},
    {"", "Cl", "", NULL, 400},
    {"", "Br", "", "heavy", 401},
    {"", "[13CH3-]", "", NULL, 400},
    {"", "[13CH3-]", "", "heavy", 401},
    {"", "[2H]", "", NULL, 800},
    {"", "[2H]", "", "heavy", 801},
    {"", "[He]", "", "heavy", 401},
    {"", "*.", "", "heavy", 401},
    {"", "c", "", NULL, 150},
    {"", "c", "", "aromatic", 151},
    {"", "[se]", "", "aromatic", 151},
    {"", "c1ccccc1-", "C", NULL, 60},     /* '-' keeps rings apart */
    {"", "c1ccccc1", "", "aromatic", 26}, /* nothing between them does not */
    {"", "c1ccccc1.", "", NULL, 60},      /* nor is a dot a bond */
    {"c1", "c", ".c1", "aromatic", 149},  /* but a ring number is */
    {"c-1", "c", ".c1", NULL, 149},       /* unless it says '-' */
    {"c1", "c", ".c-1", NULL, 149},       /* at either end */
    {"c%(12345)", "c", ".c%(12345)", "aromatic", 149},
    {"c%12", "c", ".c%12", "aromatic", 149},
    {"c%12", "c", ".c1", NULL, 149}, /* other numbers, no bond */
    {"[U]", "(F)", "", NULL, 8},
    {"[U]", "(F)", "", "bonds", 9},
    {"[U]", "(F)", "F", "bonds", 8},
    {"F[U]", "(F)", "", "bonds", 8},
    {"[U]123", "(F)", "C1C2C3", "bonds", 5},
    {"[U]", "(C(C)C)", "", NULL, 8}, /* back to the right atom */
    {"C", "(", "", NULL, 800},
    {"C", "(", "", "nested", 801},
    {"", ")", "C", NULL, 1000},
    {"", "1", "", NULL, 1000}, /* no atom to bond */
    {"C&", "", "", "reads wrong", 0},
    {"C\x7f", "", "", "reads wrong", 0},
    {"C\n", "", "", "reads wrong", 0},
    {"C\xc3\xa9", "", "", "reads wrong", 0},
    {"CCO ", "C&", "", NULL, 1000}, /* what follows a space is a name */
    {"", "/", "", NULL, 32768},
    {"", "/", "", "32 KiB", 32769},
};

static struct slice build(char *out, size_t i)
{
    size_t len = strlen(cases[i].head), step = strlen(cases[i].piece);

    memcpy(out, cases[i].head, len);
    for (size_t k = 0; k < cases[i].n; k++, len += step)
        memcpy(out + len, cases[i].piece, step);
    memcpy(out + len, cases[i].tail, strlen(cases[i].tail));
    return slice_of(out, len + strlen(cases[i].tail));
}

static void known_cases(void **state)
{
    static char text[40000];

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        const char *why = gate_refuses(build(text, i));
        bool right =
            cases[i].refused ? why && strstr(why, cases[i].refused) : !why;

        if (!right)
            fail_msg("case %zu: %s x %zu: %s", i, cases[i].piece, cases[i].n,
                     why ? why : "passed");
    }
}

/* More ring numbers open than the gate keeps. */
static void many_rings(void **state)
{
    char text[2048];
    size_t len = 0;

    (void)state;
    for (int i = 1; i <= 101; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "C%%(%d)", i);
    assert_null(gate_refuses(slice_of(text, len - strlen("C%(101)"))));
    assert_non_null(strstr(gate_refuses(slice_of(text, len)), "rings"));
}

/* Nothing behind the text is looked at, wherever it stops. */
static void every_end(void **state)
{
    static const char *const texts[] = {
        "[13CH3:1]Cl%(123)(C%12)[", "CBr[se]%", "%(", "[2H",
        "C(=O)[O-].[Na+]",          "C%1",
    };
    struct guard g = guard_open();

    (void)state;
    for (size_t i = 0; i < countof(texts); i++) {
        for (size_t n = 0; n <= strlen(texts[i]); n++)
            assert_null(gate_refuses(guard_copy(g, slice_of(texts[i], n))));
    }
    guard_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_cases),
        cmocka_unit_test(many_rings),
        cmocka_unit_test(every_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
