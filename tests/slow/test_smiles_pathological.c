/*
 * test_smiles_pathological.c - SMILES made to hurt a reader.
 *
 * Each text is judged at n and at 4n, in an arena of exactly the promised
 * size; four times the text may take at most MAX_GROWTH times as long (a
 * quadratic step needs sixteen times).  Among them nets of aromatic rings,
 * whose Kekule forms a depth-first search never finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "validate/smiles/smiles.h"

#define MAX_GROWTH 9.0
#define BEST_OF    5
#define ROOM       ((size_t)48 << 20)

static char *room;

/* A text being written into `room`. */
struct text {
    size_t len;
};

static void put(struct text *t, const char *s)
{
    size_t n = strlen(s);

    DEMAND(t->len + n < ROOM);
    memcpy(room + t->len, s, n);
    t->len += n;
}

static void put_ring(struct text *t, size_t number)
{
    char digits[16];

    snprintf(digits, sizeof(digits), number < 10 ? "%zu" : "%%(%zu)", number);
    put(t, digits);
}

/* --- texts of n repetitions ----------------------------------------------- */

/* head, then the middle n times, then the tail n times, then the end */
static const struct {
    const char *head, *middle, *tail, *end;
    enum smiles_code code;
    size_t n;
} table[] = {
    {"", "(", "", "", SMILES_BRANCH, 100000},
    {"C", "(", "", "", SMILES_BRANCH, 100000},
    {"", "C(", "", "", SMILES_PAREN_OPEN, 100000},
    {"", "C(", ")", "", SMILES_BRANCH, 100000},
    {"", "C(", "C)", "C", SMILES_OK, 100000},
    {"", ")", "", "", SMILES_PAREN_CLOSE, 100000},
    {"", "[", "", "", SMILES_ELEMENT, 100000},
    {"", "]", "", "", SMILES_BRACKET_CLOSE, 100000},
    {"[", "C", "", "", SMILES_BRACKET, 100000},
    {"[", "9", "", "C]", SMILES_NUMBER, 100000},
    {"[C+", "1", "", "]", SMILES_NUMBER, 100000},
    {"C", "1", "", "", SMILES_RING_SELF, 100000},
    {"", "1", "", "", SMILES_RING_PLACE, 100000},
    {"", "C1C1", "", "", SMILES_RING_DOUBLE, 100000},
    {"", "C1CC1", "", "", SMILES_OK, 100000},
    {"C%(", "1", "", ")", SMILES_RING_NUMBER, 100000},
    {"", "C.", "", "C", SMILES_OK, 100000},
    {"", "C", "", "", SMILES_OK, 100000},
    {"", "=", "", "", SMILES_BOND, 100000},
    {"", "C=", "", "C", SMILES_OK, 100000},
    {"", "F/C=C/", "", "F", SMILES_VALENCE, 100000},
    {"F", "/C=C", "", "/F", SMILES_OK, 100000},
    {"", "[C@@H]", "", "", SMILES_OK, 100000},
    /* counts whose low byte is below 128: a valence as RDKit keeps it */
    {"[Fe]", "(N(C)(C)C)", "", "", SMILES_OK, 5120},
    {"", "CN(=O)=O.", "", "C", SMILES_OK, 50000},
    {"", "c1ccccc1", "", "", SMILES_OK, 50000},
    {"", "c1ccccc1", "", "c1cccc1", SMILES_KEKULIZE, 50000},
    {"", "c1ccc2ccccc2c1", "", "", SMILES_OK, 20000},
    {"", "c1ccn2cncc2c1", "", "", SMILES_OK, 20000},
    {"", "c", "", "", SMILES_AROMATIC, 100000},
    {"c1", "c", "", "c1", SMILES_OK, 100000},
    {"c1", "cc", "", "1", SMILES_KEKULIZE, 100000},
    {"", "*1", "", "", SMILES_RING_DOUBLE, 100000},
    {"*1", "*", "", "1", SMILES_OK, 100000},
    {"c1", "*c", "", "c1", SMILES_OK, 50000},
    {"x", "benzene ", "", "", SMILES_NAME, 50000},
    {"", " ", "", "", SMILES_WHITESPACE, 100000},
    {"", "[C,N]", "", "", SMILES_SMARTS, 50000},
    {"", "H2O", "", "", SMILES_CHAR, 50000},
    {"", "\\C", "", "", SMILES_BOND, 100000},
    {"", "C:C", "", "", SMILES_OK, 50000},
    {"", "C~", "", "C", SMILES_OK, 50000},
    {"C", "->[Fe]", "", "", SMILES_OK, 50000},
};

static struct text repeat(size_t row, size_t n)
{
    struct text t = {0};

    put(&t, table[row].head);
    for (size_t i = 0; i < n; i++)
        put(&t, table[row].middle);
    for (size_t i = 0; i < n; i++)
        put(&t, table[row].tail);
    put(&t, table[row].end);
    return t;
}

/* --- nets of rings -------------------------------------------------------- */

/* A ladder of n rings: along one rail and back along the other. */
static struct text ladder(size_t n, const char *last)
{
    struct text t = {0};

    for (size_t i = 0; i <= n; i++) {
        put(&t, i ? "cc" : "c");
        if (i < n) /* the last rung is the way round */
            put_ring(&t, i + 1);
    }
    for (size_t i = n + 1; i-- > 0;) {
        put(&t, i == 0 ? last : "c");
        if (i < n)
            put_ring(&t, i + 1);
        put(&t, i ? "c" : "");
    }
    return t;
}

static struct text acene(size_t n)
{
    return ladder(n, "c");
}

/* One atom too few: no Kekule form, and the search has to see all of it. */
static struct text odd_acene(size_t n)
{
    return ladder(n, "[nH]");
}

/*
 * A tube of n rounds of 20 atoms in the brick wall's honeycomb: atom i of
 * round r is bound to the one above when r + i is even.  A round ends below
 * the atom that the next one begins with.
 */
#define ROUND 20

static struct text tube_of(size_t n, bool dots)
{
    struct text t = {0};
    size_t start = 1;

    for (size_t r = 0; r < n; r++) {
        for (size_t k = 0; k < ROUND; k++) {
            size_t i = (start + k) % ROUND;
            bool chained = !dots && k == ROUND - 1 && r + 1 < n;

            put(&t, "c");
            if (k == 0 || k == ROUND - 1)
                put_ring(&t, 1);
            if ((r + i) % 2 == 0 && r + 1 < n && !chained)
                put_ring(&t, 10 + i + r % 2 * ROUND);
            if ((r + i) % 2 == 1 && r > 0 && (dots || k > 0))
                put_ring(&t, 10 + i + (r + 1) % 2 * ROUND);
        }
        put(&t, dots && r + 1 < n ? "." : "");
        /* the last atom has its bond upwards: r + its number is even */
        start = (start + ROUND - 1) % ROUND;
    }
    return t;
}

static struct text tube(size_t n)
{
    return tube_of(n, false);
}

static struct text dotted_tube(size_t n)
{
    return tube_of(n, true);
}

/* n rings open at once, closed in the other order. */
static struct text onion(size_t n)
{
    struct text t = {0};

    for (size_t i = 0; i < n; i++) {
        put(&t, "C");
        put_ring(&t, i + 100);
    }
    put(&t, "CC");
    for (size_t i = n; i-- > 0;) {
        put(&t, "C");
        put_ring(&t, i + 100);
    }
    return t;
}

/* Pairs of odd rings, a long way apart: each needs the whole chain. */
static struct text far_odd_rings(size_t n)
{
    struct text t = {0};

    put(&t, "c12cccc1");
    for (size_t i = 0; i < n; i++)
        put(&t, "c3ccccc3");
    put(&t, "c1cccc12");
    return t;
}

static const struct {
    const char *name;
    struct text (*make)(size_t n);
    size_t n;
    enum smiles_code code;
} nets[] = {
    {"acene", acene, 5000, SMILES_OK},
    {"odd acene", odd_acene, 5000, SMILES_KEKULIZE},
    {"tube", tube, 500, SMILES_OK},
    {"dotted tube", dotted_tube, 500, SMILES_OK},
    {"onion", onion, 5000, SMILES_OK},
    {"far odd rings", far_odd_rings, 5000, SMILES_OK},
};

/* --- judging -------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The best of some runs, in an arena of the promised size. */
static double judge(struct text t, enum smiles_code code, const char *name)
{
    const struct smiles_options options = {.max_bytes = SMILES_MAX_EVER,
                                           .properties = true};
    struct smiles_verdict v;
    struct arena arena;
    struct err err;
    double best = 1e9;

    assert_true(
        arena_open(&arena, SMILES_ARENA * t.len + SMILES_ARENA_MIN, &err));
    for (int k = 0; k < BEST_OF; k++) {
        double begin = now(), took;

        (void)smiles_judge(slice_of(room, t.len), &options, &arena, &v);
        took = now() - begin;
        best = took < best ? took : best;
        if (v.code != code)
            fail_msg("%.60s, %zu bytes: %s, not %s", name, t.len,
                     smiles_code_key(v.code).ptr, smiles_code_key(code).ptr);
        arena_rewind(&arena, 0);
    }
    arena_close(&arena);
    return best;
}

static void check_growth(double one, double four, const char *name)
{
    if (four > one * MAX_GROWTH && four > 2e-3)
        fail_msg("%.60s: %.2f ms, four times as much %.2f ms", name, one * 1e3,
                 four * 1e3);
}

static void test_repetitions(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        size_t n = table[i].n;
        const char *name = table[i].middle;
        double one = judge(repeat(i, n), table[i].code, name);

        check_growth(one, judge(repeat(i, 4 * n), table[i].code, name), name);
    }
}

static void test_nets(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(nets); i++) {
        size_t n = nets[i].n;
        double one = judge(nets[i].make(n), nets[i].code, nets[i].name);
        double four = judge(nets[i].make(4 * n), nets[i].code, nets[i].name);

        check_growth(one, four, nets[i].name);
    }
}

/* 10 MB of chain: too long by default, read when allowed. */
static void test_long_chain(void **state)
{
    const struct smiles_options options = {0};
    size_t n = (size_t)10 << 20;
    struct smiles_verdict v;
    struct arena arena;
    struct err err;
    struct text t = {n};

    (void)state;
    memset(room, 'C', n);
    assert_true(arena_open(&arena, SMILES_ARENA_MIN, &err));
    assert_false(smiles_judge(slice_of(room, n), &options, &arena, &v));
    assert_int_equal(v.code, SMILES_TOO_LONG);
    arena_close(&arena);
    assert_true(judge(t, SMILES_OK, "10 MB") < 5.0);
}

/* --- buckyballs ----------------------------------------------------------- */

static const char c60[] =
    "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9"
    "c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41";

static const char c540[] =
    "c12c3c4c5c6c1c1c7c8c9c%10c1c2c1c2c3c3c%11c%12c%13c%14c3c4c3c4c5c5c%15c"
    "%16c%17c%18c5c6c7c5c%18c6c7c%18c5c8c5c8c9c9c%19c%20c%21c%22c9c%10c1c1c"
    "%22c9c%10c%22c1c2c%11c1c%22c2c%11c%22c1c%12c1c%12c%13c%13c%23c%24c%25c"
    "%26c%13c%14c3c3c%26c%13c%14c%26c3c4c%15c3c%26c4c%15c%26c3c%16c3c%16c%1"
    "7c6c6c%17c7c7c%27c%28c%29c%30c7c%18c5c5c%30c7c%18c%30c5c8c%19c5c%30c8c"
    "%19c%30c5c%20c5c%20c%21c9c9c%21c%10c2c2c%10c%11c%11c%31c%32c%33c%34c%1"
    "1c%22c1c1c%34c%11c%22c%34c1c%12c%23c1c%34c%12c%23c(c1%24)c1c%25c%13c%1"
    "3c%24c%14c4c4c%14c%15c%15c%25c%34c(c3c%15%26)c3c%15c%26c(c6c3%16)c3c6c"
    "%16c(c%27c3%17)c%28c3c%17c%29c7c7c%27c%18c8c8c%18c%19c%19c%28c%29c(c5c"
    "%19%30)c5c%19c%30c(c9c5%20)c5c9c%20c(c2c5%21)c%10c%31c2c%20c5c%10c%20c"
    "2c%32c2c%21c%33c%11c%11c%31c%22c%12c%12c%22c%23c%23c%32c%33c(c%13c%231"
    ")c1c%13c%23c(c4c1%24)c1c4c%24c(c%25c1%14)c1c%14c%25c(c%15c1%34)c1c%15c"
    "%34c(c6c1%26)c1c6c%26c(c3c1%16)c1c3c%16c(c7c1%17)c1c7c%17c(c8c1%27)c1c"
    "8c%27c(c%28c1%18)c1c%18c%28c(c%19c1%29)c1c%19c(c5c9c1%30)c1c%10c5c9c%1"
    "0c%29c%30c5c%20c2c2c%30c5c%20c%30c2c%21c%11c2c%30c%11c%21c%30c2c%31c%1"
    "2c2c%30c%12c%30c%31c2c%22c%32c2c%31c%22c%31c%32c2c%33c%13c2c%32c%13c%3"
    "2c%33c2c%23c4c2c%33c4c%23c%33c2c%24c%14c2c%33c%14c%24c%33c2c%25c%15c2c"
    "%33c%15c%25c%33c2c%34c6c2c%33c6c%33c%34c2c%26c3c2c%34c3c%26c%34c2c%16c"
    "7c2c%34c7c%16c%34c2c%17c8c2c%34c8c%17c%34c2c%27c%18c2c%34c%18c%27c%34c"
    "2c%28c%19c2c%34c%19c(c9c21)c1c2c9c%28c(c1%10)c1c%29c5c5c(c%20%11)c%10c"
    "%21c%12c%11c%12c%30c%22c%20c(c%31%13)c%13c%32c4c4c%21c%23c%14c%14c(c%2"
    "4%15)c%15c%25c6c6c%22c%33c3c3c(c%267)c7c%16c8c8c%16c%17c%18c(c2c%27%19"
    ")c2c%16c%16c%17c(c29)c2c%28c9c%18c%19c(c5c91)c%10c%11c1c%19c5c9c%10c1c"
    "%12c%20c1c%10c%10c(c4c1%13)c1c4c%11c(c%14c1%21)c%15c6c1c%11c6c%11c%12c"
    "1c%22c3c1c%12c(c%16c8c17)c1c%17c3c7c(c5c%18c32)c2c9c%10c4c6c2c7c%111";

static void test_buckyballs(void **state)
{
    struct text t = {0};

    (void)state;
    put(&t, c60);
    assert_true(judge(t, SMILES_OK, "C60") < 0.1);
    t.len = 0;
    put(&t, c540);
    assert_true(judge(t, SMILES_OK, "C540") < 0.1);
}

static int make_room(void **state)
{
    (void)state;
    room = malloc(ROOM);
    return room ? 0 : -1;
}

static int free_room(void **state)
{
    (void)state;
    free(room);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repetitions),
        cmocka_unit_test(test_nets),
        cmocka_unit_test(test_long_chain),
        cmocka_unit_test(test_buckyballs),
    };

    return cmocka_run_group_tests(tests, make_room, free_room);
}
