/*
 * gate.c - see gate.h.
 *
 * The text is read as OpenSMILES would be, leniently: bonds come from the
 * atom before, from branches and from ring numbers.  Aromatic atoms that are
 * bonded fall into one block (union by path halving); a written '-' between
 * two of them, as in biphenyl, keeps their blocks apart.
 */
#include "validate/chem/gate.h"

#include "validate/base/ascii.h"

#include <stdbool.h>
#include <stdint.h>

#define RINGS 100 /* ring numbers open at once */
#define NONE  UINT16_MAX

struct open_ring {
    uint32_t number;
    uint16_t atom;
    bool single;
};

struct gate {
    struct slice text;
    size_t at;
    size_t n_atoms, n_heavy, depth, n_rings;
    uint16_t last; /* the atom the next bond begins at, or NONE */
    bool single;   /* a '-' stands before what comes */
    uint16_t degree[GATE_ATOMS];
    uint16_t block[GATE_ATOMS]; /* parent in the union; itself: the root */
    uint16_t size[GATE_ATOMS];  /* of a root: aromatic atoms of the block */
    bool aromatic[GATE_ATOMS];
    uint16_t branches[GATE_ATOMS];
    struct open_ring rings[RINGS];
};

static bool lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The byte n places on, 0 behind the end. */
static char peek(const struct gate *g, size_t n)
{
    return g->at + n < g->text.len ? g->text.ptr[g->at + n] : '\0';
}

static uint16_t root(struct gate *g, uint16_t atom)
{
    while (g->block[atom] != atom) {
        g->block[atom] = g->block[g->block[atom]];
        atom = g->block[atom];
    }
    return atom;
}

static const char *bond(struct gate *g, uint16_t a, uint16_t b, bool single)
{
    if (++g->degree[a] > GATE_DEGREE || ++g->degree[b] > GATE_DEGREE)
        return "an atom with more than 8 bonds";
    if (single || !g->aromatic[a] || !g->aromatic[b])
        return NULL;
    a = root(g, a);
    b = root(g, b);
    if (a == b)
        return NULL;
    g->block[b] = a;
    g->size[a] = (uint16_t)(g->size[a] + g->size[b]);
    return g->size[a] > GATE_AROMATIC
               ? "an aromatic system of more than 150 atoms"
               : NULL;
}

static const char *add_atom(struct gate *g, bool aromatic, bool heavy)
{
    uint16_t atom = (uint16_t)g->n_atoms, before = g->last;
    bool single = g->single;

    if (g->n_atoms == GATE_ATOMS || (heavy && g->n_heavy == GATE_HEAVY))
        return "more than 400 heavy atoms";
    g->n_atoms++;
    g->n_heavy += heavy;
    g->aromatic[atom] = aromatic;
    g->degree[atom] = 0;
    g->block[atom] = atom;
    g->size[atom] = aromatic;
    g->last = atom;
    g->single = false;
    return before == NONE ? NULL : bond(g, before, atom, single);
}

/* [13CH3+], [nH], [H], [se]: what counts is how the symbol begins. */
static const char *bracket(struct gate *g)
{
    size_t end = g->at + slice_find(slice_drop(g->text, g->at), ']');
    bool aromatic, hydrogen;

    g->at++;
    while (ascii_digit(peek(g, 0)))
        g->at++;
    aromatic = lower(peek(g, 0));
    hydrogen = peek(g, 0) == 'H' && !lower(peek(g, 1));
    g->at = end < g->text.len ? end + 1 : end;
    return add_atom(g, aromatic, !hydrogen);
}

/* A number met twice is a bond. */
static const char *ring(struct gate *g, uint32_t number)
{
    bool single = g->single;

    g->single = false;
    if (g->last == NONE)
        return NULL;
    for (size_t i = 0; i < g->n_rings; i++) {
        struct open_ring open = g->rings[i];

        if (open.number != number)
            continue;
        g->rings[i] = g->rings[--g->n_rings];
        return bond(g, open.atom, g->last, single || open.single);
    }
    if (g->n_rings == RINGS)
        return "more than 100 rings open at once";
    g->rings[g->n_rings++] = (struct open_ring){number, g->last, single};
    return NULL;
}

/* 1, %12 or %(123); the place moves behind it. */
static const char *ring_number(struct gate *g)
{
    uint32_t number = 0;

    if (peek(g, 0) != '%') {
        number = (uint32_t)(peek(g, 0) - '0');
        g->at++;
        return ring(g, number);
    }
    g->at++;
    if (peek(g, 0) == '(') {
        for (g->at++; ascii_digit(peek(g, 0)); g->at++)
            number = number * 10 + (uint32_t)(peek(g, 0) - '0');
        g->at += peek(g, 0) == ')';
        return ring(g, number);
    }
    for (int i = 0; i < 2 && ascii_digit(peek(g, 0)); i++, g->at++)
        number = number * 10 + (uint32_t)(peek(g, 0) - '0');
    return ring(g, number);
}

static const char *branch(struct gate *g)
{
    if (g->text.ptr[g->at++] == '(') {
        if (g->depth == GATE_ATOMS)
            return "branches nested too deep";
        g->branches[g->depth++] = g->last;
    } else if (g->depth > 0) {
        g->last = g->branches[--g->depth];
    }
    return NULL;
}

static const char *step(struct gate *g)
{
    char c = peek(g, 0);

    if (c == '[')
        return bracket(g);
    if (ascii_digit(c) || c == '%')
        return ring_number(g);
    if (c == '(' || c == ')')
        return branch(g);
    g->at++;
    if (upper(c) || c == '*' || lower(c)) {
        g->at +=
            (c == 'C' && peek(g, 0) == 'l') || (c == 'B' && peek(g, 0) == 'r');
        return add_atom(g, lower(c), true);
    }
    if (c == '&' || (unsigned char)c < ' ' || (unsigned char)c > '~')
        return "a character that Open Babel reads wrong";
    if (c == '.')
        g->last = NONE;
    g->single = c == '-';
    return NULL;
}

const char *gate_refuses(struct slice smiles)
{
    struct gate g;
    const char *why = NULL;

    if (smiles.len > GATE_BYTES)
        return "longer than 32 KiB";
    g.text = smiles;
    g.at = g.n_atoms = g.n_heavy = g.depth = g.n_rings = 0;
    g.last = NONE;
    g.single = false;
    while (!why && g.at < g.text.len && g.text.ptr[g.at] != ' ')
        why = step(&g);
    return why;
}
