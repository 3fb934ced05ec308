/*
 * bracket.c - [isotope symbol chirality hydrogens charge :class].
 *
 * As RDKit reads it: the parts in this order, each at most once, numbers
 * without leading zeros and below 2,147,483,640.  Beyond OpenSMILES it knows
 * [#6], the Uu... symbols and the ['Rf'] of old programs; those are flagged.
 */
#include "validate/smiles/graph.h"

#include "validate/base/ascii.h"

/* RDKit stops before the digit that might not fit into 31 bits. */
#define NUMBER_MAX 2147483639U

/* A place in the text of a bracket. */
struct cursor {
    struct judge *j;
    const char *text;
    size_t open; /* of the [ */
    size_t at, to;
    uint32_t number; /* the last one read */
};

/* The byte `ahead` places further on, 0 behind the end. */
static inline uint8_t peek(const struct cursor *c, size_t ahead)
{
    return c->at + ahead < c->to ? (uint8_t)c->text[c->at + ahead] : 0;
}

/* At the end of the text the bracket itself is what is wrong. */
static bool fail_here(const struct cursor *c, enum smiles_code code, size_t len)
{
    if (c->at >= c->to)
        return judge_fail(c->j, SMILES_BRACKET_OPEN, c->open, 1);
    return judge_fail(c->j, code, c->at, len);
}

/* Digits stand here; 0 or what begins with another one. */
static bool read_number(struct cursor *c)
{
    size_t from = c->at;
    uint64_t n = 0;

    if (peek(c, 0) == '0' && ascii_digit(peek(c, 1)))
        return fail_here(c, SMILES_ZERO, 2);
    while (ascii_digit(peek(c, 0))) {
        n = n * 10 + (uint64_t)(peek(c, 0) - '0');
        c->at++;
        if (n > NUMBER_MAX)
            return judge_fail(c->j, SMILES_NUMBER, from, c->at - from);
    }
    c->number = (uint32_t)n;
    return true;
}

/* A symbol in lower case: its number of letters, 0 for none. */
static size_t aromatic_symbol(const struct cursor *c, uint8_t *z)
{
    uint8_t second = peek(c, 1);

    switch (peek(c, 0)) {
    case 'b': *z = 5; return 1;
    case 'c': *z = 6; return 1;
    case 'n': *z = 7; return 1;
    case 'o': *z = 8; return 1;
    case 'p': *z = 15; return 1;
    case 's':
        *z = second == 'i' ? 14 : second == 'e' ? 34 : 16;
        return *z == 16 ? 1 : 2;
    case 'a': *z = 33; return second == 's' ? 2 : 0;
    case 't': *z = 52; return second == 'e' ? 2 : 0;
    default: return 0;
    }
}

/* Names that only RDKit takes: #n, 'Xx', Uux. */
static bool odd_symbol(struct cursor *c, uint8_t *z)
{
    static const char systematic[] = "nubtqphso"; /* Uun is 110 */
    size_t from = c->at;
    uint8_t third = peek(c, 2);
    const char *hit;

    *z = 0;
    if (peek(c, 0) == '#') {
        c->at++;
        if (!ascii_digit(peek(c, 0)))
            return fail_here(c, SMILES_BRACKET, 1);
        if (!read_number(c))
            return false;
        if (c->number >= ELEMENTS)
            return judge_fail(c->j, SMILES_ELEMENT, from, c->at - from);
        *z = (uint8_t)c->number;
    } else if (peek(c, 0) == '\'' && peek(c, 3) == '\'') {
        *z = element_find(peek(c, 1), third);
        if (!third || *z < 104)
            return judge_fail(c->j, SMILES_ELEMENT, from, 4);
        c->at += 4;
    } else if (peek(c, 0) == 'U' && peek(c, 1) == 'u' && third) {
        hit = strchr(systematic, third);
        if (!hit)
            return fail_here(c, SMILES_ELEMENT, 3);
        *z = (uint8_t)(110 + (hit - systematic));
        c->at += 3;
    } else {
        return fail_here(c, SMILES_ELEMENT, 1);
    }
    judge_warn(c->j, SMILES_WARN_EXTENSION, from, c->at - from);
    return true;
}

static bool read_symbol(struct cursor *c, struct atom *a)
{
    uint8_t first = peek(c, 0), second = peek(c, 1);
    size_t lower;

    a->flags = ATOM_BRACKET;
    if (first >= 'A' && first <= 'Z') {
        /* the longer symbol wins: [Sc] is scandium, never S and c */
        if (second >= 'a' && second <= 'z') {
            a->z = element_find(first, second);
            if (a->z) {
                c->at += 2;
                return true;
            }
        }
        if (first == 'U' && second == 'u')
            return odd_symbol(c, &a->z);
        a->z = element_find(first, 0);
        if (!a->z)
            return fail_here(c, SMILES_ELEMENT,
                             second >= 'a' && second <= 'z' ? 2 : 1);
        c->at++;
        return true;
    }
    lower = aromatic_symbol(c, &a->z);
    if (lower) {
        a->flags |= ATOM_AROMATIC;
        c->at += lower;
        return true;
    }
    if (first == '*') {
        a->z = 0;
        c->at++;
        return true;
    }
    return odd_symbol(c, &a->z);
}

/* At the @.  Alone or doubled it is tetrahedral; a class may have a number,
 * from 1 to as many arrangements as it knows. */
static bool read_chirality(struct cursor *c, struct atom *a)
{
    static const struct {
        char name[3];
        uint8_t most;
    } classes[] = {
        [CHIRAL_TH] = {"TH", 2},  [CHIRAL_AL] = {"AL", 2},
        [CHIRAL_SP] = {"SP", 3},  [CHIRAL_TB] = {"TB", 20},
        [CHIRAL_OH] = {"OH", 30},
    };
    size_t from = c->at++;

    a->chirality = CHIRAL_TH;
    if (peek(c, 0) == '@') {
        c->at++;
        return true;
    }
    for (uint8_t i = CHIRAL_TH; i <= CHIRAL_OH; i++) {
        if (peek(c, 0) != (uint8_t)classes[i].name[0] ||
            peek(c, 1) != (uint8_t)classes[i].name[1])
            continue;
        a->chirality = i;
        c->at += 2;
        if (!ascii_digit(peek(c, 0)))
            return true;
        if (!read_number(c))
            return false;
        if (c->number < 1 || c->number > classes[i].most)
            return judge_fail(c->j, SMILES_CHIRALITY, from, c->at - from);
        return true;
    }
    return true;
}

/* H, or H and a number; RDKit keeps it in eight bits. */
static bool read_hydrogens(struct cursor *c, struct atom *a)
{
    size_t from = c->at++;

    a->h = 1;
    if (!ascii_digit(peek(c, 0)))
        return true;
    if (!read_number(c))
        return false;
    if (c->number > UINT8_MAX && c->j->level != SMILES_LEVEL_RDKIT)
        return judge_fail(c->j, SMILES_NUMBER, from, c->at - from);
    a->h = (uint8_t)c->number;
    return true;
}

/* + ++ +n, and the same with -; RDKit keeps it in eight bits, too. */
static bool read_charge(struct cursor *c, struct atom *a)
{
    size_t from = c->at;
    uint8_t sign = peek(c, 0);
    uint32_t n = 1;

    c->at++;
    if (peek(c, 0) == sign) {
        n = 2;
        c->at++;
    } else if (ascii_digit(peek(c, 0))) {
        if (!read_number(c))
            return false;
        n = c->number;
    }
    if (peek(c, 0) == '+' || peek(c, 0) == '-')
        return judge_fail(c->j, SMILES_CHARGE, from, c->at + 1 - from);
    if (n > INT8_MAX && c->j->level != SMILES_LEVEL_RDKIT)
        return judge_fail(c->j, SMILES_NUMBER, from, c->at - from);
    a->charge = (int8_t)(uint8_t)(sign == '+' ? n : 0 - n);
    return true;
}

bool bracket_read(struct judge *j, size_t *at, size_t to, struct atom *a)
{
    struct cursor c = {j, j->graph.text, *at, *at + 1, to, 0};
    bool isotope = ascii_digit(peek(&c, 0)), hydrogen;
    struct graph *g = &j->graph;

    a->at = (uint32_t)*at;
    a->kind = KIND_BRACKET;
    a->h = 0;
    a->chirality = CHIRAL_NONE;
    a->charge = 0;
    a->systems = 0;
    if (isotope && !read_number(&c))
        return false;
    hydrogen = peek(&c, 0) == 'H'; /* and not an element with this letter */
    if (!read_symbol(&c, a))
        return false;
    hydrogen = hydrogen && a->z == 1;
    a->flags |= isotope ? ATOM_ISOTOPE : 0;
    if (peek(&c, 0) == '@' && !hydrogen) {
        g->seen |= SEEN_CHIRALITY;
        if (!read_chirality(&c, a))
            return false;
    }
    if (peek(&c, 0) == 'H' && !read_hydrogens(&c, a))
        return false;
    if ((peek(&c, 0) == '+' || peek(&c, 0) == '-') && !read_charge(&c, a))
        return false;
    if (peek(&c, 0) == ':') {
        /* reaction.c reads classes from the text when they matter */
        c.at++;
        if (!ascii_digit(peek(&c, 0)))
            return fail_here(&c, SMILES_BRACKET, 1);
        if (!read_number(&c))
            return false;
    }
    if (peek(&c, 0) != ']')
        return fail_here(
            &c, peek(&c, 0) == '@' ? SMILES_CHIRALITY : SMILES_BRACKET, 1);
    g->seen |= a->z ? 0 : SEEN_WILDCARD;
    g->seen |= element_valences[a->z].flags & ELEMENT_METAL ? SEEN_METAL : 0;
    *at = c.at + 1;
    return true;
}
