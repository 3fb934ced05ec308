/*
 * read.c - the text of one molecule becomes a graph.
 *
 * One pass, one switch.  The grammar is small enough to be a state of five
 * values: which tokens may come next depends only on what kind of thing
 * stands in front of them.  Nothing is cleared beforehand; an atom costs one
 * record of 24 bytes and two additions to `load`.
 */
#include "validate/smiles/read.h"

#include <stddef.h>

/* Tokens; the values below KIND_COUNT are atoms of the organic subset. */
enum {
    TOKEN_BAD = 0,
    TOKEN_STAR = KIND_COUNT,
    TOKEN_BRACKET,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_DIGIT,
    TOKEN_PERCENT,
    TOKEN_DOT,
    TOKEN_ORDER, /* = # $ */
    TOKEN_BOND,  /* : ~ / */
    TOKEN_MINUS,
    TOKEN_LESS,
    TOKEN_BACKSLASH,
};

static const uint8_t token_of[256] = {
    ['B'] = KIND_B,        ['C'] = KIND_C,        ['N'] = KIND_N,
    ['O'] = KIND_O,        ['P'] = KIND_P,        ['S'] = KIND_S,
    ['F'] = KIND_F,        ['I'] = KIND_I,        ['*'] = TOKEN_STAR,
    ['b'] = KIND_b,        ['c'] = KIND_c,        ['n'] = KIND_n,
    ['o'] = KIND_o,        ['p'] = KIND_p,        ['s'] = KIND_s,
    ['['] = TOKEN_BRACKET, ['('] = TOKEN_OPEN,    [')'] = TOKEN_CLOSE,
    ['0'] = TOKEN_DIGIT,   ['1'] = TOKEN_DIGIT,   ['2'] = TOKEN_DIGIT,
    ['3'] = TOKEN_DIGIT,   ['4'] = TOKEN_DIGIT,   ['5'] = TOKEN_DIGIT,
    ['6'] = TOKEN_DIGIT,   ['7'] = TOKEN_DIGIT,   ['8'] = TOKEN_DIGIT,
    ['9'] = TOKEN_DIGIT,   ['%'] = TOKEN_PERCENT, ['.'] = TOKEN_DOT,
    ['='] = TOKEN_ORDER,   ['#'] = TOKEN_ORDER,   ['$'] = TOKEN_ORDER,
    [':'] = TOKEN_BOND,    ['~'] = TOKEN_BOND,    ['/'] = TOKEN_BOND,
    ['-'] = TOKEN_MINUS,   ['<'] = TOKEN_LESS,    ['\\'] = TOKEN_BACKSLASH,
};

static const uint8_t bond_of[256] = {
    ['='] = BOND_DOUBLE,   ['#'] = BOND_TRIPLE, ['$'] = BOND_QUADRUPLE,
    [':'] = BOND_AROMATIC, ['~'] = BOND_ANY,    ['/'] = BOND_UP,
};

/* The small members of an atom, from z on, as each kind begins. */
#define SMALL_MEMBERS (sizeof(struct atom) - offsetof(struct atom, z))

static const uint8_t kinds[KIND_COUNT][SMALL_MEMBERS] = {
    [KIND_B] = {5, KIND_B},
    [KIND_C] = {6, KIND_C},
    [KIND_N] = {7, KIND_N},
    [KIND_O] = {8, KIND_O},
    [KIND_P] = {15, KIND_P},
    [KIND_S] = {16, KIND_S},
    [KIND_F] = {9, KIND_F},
    [KIND_CL] = {17, KIND_CL},
    [KIND_BR] = {35, KIND_BR},
    [KIND_I] = {53, KIND_I},
    [KIND_ANY] = {0, KIND_ANY},
    [KIND_b] = {5, KIND_b, ATOM_AROMATIC},
    [KIND_c] = {6, KIND_c, ATOM_AROMATIC},
    [KIND_n] = {7, KIND_n, ATOM_AROMATIC},
    [KIND_o] = {8, KIND_o, ATOM_AROMATIC},
    [KIND_p] = {15, KIND_p, ATOM_AROMATIC},
    [KIND_s] = {16, KIND_s, ATOM_AROMATIC},
};

_Static_assert(offsetof(struct atom, kind) == offsetof(struct atom, z) + 1 &&
                   offsetof(struct atom, flags) == offsetof(struct atom, z) + 2,
               "kinds[] is a copy of these members");

/* --- what goes wrong ------------------------------------------------------ */

/* A token that cannot stand where it does. */
static bool misplaced(const struct reader *r, size_t at, uint8_t token)
{
    struct judge *j = r->j;
    bool after_bond =
        r->spot.state == STATE_BOND || r->spot.state == STATE_OPEN_BOND;
    bool opened =
        r->spot.state == STATE_OPEN || r->spot.state == STATE_OPEN_BOND;

    if (r->spot.state == STATE_ATOM) /* only an atom's bonds are limited */
        return judge_fail(j, SMILES_TOO_HARD, at, 1);
    /* the bond in front is what leads nowhere, not the token behind it */
    if (after_bond)
        return judge_fail(j, SMILES_BOND, r->bond_at, at - r->bond_at);
    switch (token) {
    case TOKEN_DIGIT:
    case TOKEN_PERCENT: return judge_fail(j, SMILES_RING_PLACE, at, 1);
    case TOKEN_DOT:
        return judge_fail(j, opened ? SMILES_DOT_BRANCH : SMILES_DOT, at, 1);
    case TOKEN_OPEN: return judge_fail(j, SMILES_BRANCH, at, 1);
    case TOKEN_CLOSE:
        return judge_fail(j, opened ? SMILES_BRANCH : SMILES_DOT, at, 1);
    default: return judge_fail(j, SMILES_BOND, at, 1);
    }
}

/* The text is over: what is still missing? */
static bool unfinished(const struct reader *r)
{
    struct judge *j = r->j;

    switch (r->spot.state) {
    case STATE_START:
        if (j->graph.n_atoms)
            return judge_fail(j, SMILES_DOT, r->to - 1, 1);
        return judge_fail(j, SMILES_EMPTY, r->to, 0);
    case STATE_BOND:
    case STATE_OPEN_BOND:
        return judge_fail(j, SMILES_BOND, r->bond_at, r->to - r->bond_at);
    case STATE_OPEN: return judge_fail(j, SMILES_PAREN_OPEN, r->to - 1, 1);
    case STATE_ATOM: break;
    }
    return judge_fail(j, SMILES_PAREN_OPEN, r->branch[r->n_branch - 1].at, 1);
}

/* --- atoms and bonds ------------------------------------------------------ */

/* Make atom i, the new one, a neighbour of the current one, and current. */
static inline void place_atom(struct atom *atoms, uint32_t i, struct spot *spot)
{
    struct atom *a = &atoms[i], *from = &atoms[spot->cur];
    uint8_t bond = spot->bond, both = spot->flags & a->flags & ATOM_AROMATIC;

    a->parent = spot->cur;
    if (spot->state == STATE_START) {
        a->parent = NO_ATOM;
        a->load = 0;
    } else if (!bond) {
        /* by far the most frequent; no table, so nothing waits for it */
        uint64_t load = both ? LOAD(1, 1, 3) : LOAD(1, 0, 2);

        bond = both ? BOND_AROMATIC : BOND_SINGLE;
        a->load = load;
        from->load += load;
    } else {
        if (!(bond & BOND_TYPE))
            bond |= both ? BOND_AROMATIC : BOND_SINGLE;
        a->load = bond_loads[1][bond & BOND_TYPE];
        from->load += bond_loads[0][bond & BOND_TYPE];
    }
    a->bond = bond;
    *spot = (struct spot){i, STATE_ATOM, BOND_NONE, a->flags};
}

/* --- bonds ---------------------------------------------------------------- */

/* The symbol at *at is one or two characters; moves *at behind it. */
static bool read_bond(struct reader *r, size_t *at, uint8_t token)
{
    const char *t = r->j->graph.text;
    size_t p = *at;
    char next = p + 1 < r->to ? t[p + 1] : 0;
    uint8_t bond = bond_of[(uint8_t)t[p]];
    struct graph *g = &r->j->graph;

    if (r->spot.state != STATE_ATOM && r->spot.state != STATE_OPEN)
        return misplaced(r, p, token);
    if (token == TOKEN_MINUS)
        bond = next == '>' ? BOND_DATIVE : BOND_SINGLE;
    else if (token == TOKEN_LESS && next != '-')
        return judge_fail(r->j, SMILES_CHAR, p, 1);
    else if (token == TOKEN_LESS)
        bond = BOND_DATIVE_BACK;
    else if (token == TOKEN_BACKSLASH)
        bond = BOND_DOWN;
    r->bond_at = (uint32_t)p++;
    if (bond == BOND_DATIVE || bond == BOND_DATIVE_BACK || bond == BOND_ANY) {
        g->seen |= bond == BOND_ANY ? SEEN_ANY : SEEN_DATIVE | SEEN_ODD_RING;
        p += bond != BOND_ANY;
        judge_warn(r->j, SMILES_WARN_EXTENSION, *at, p - *at);
    } else if (bond & (BOND_UP | BOND_DOWN)) {
        g->seen |= SEEN_DIRECTION;
        if (bond == BOND_DOWN && next == '\\') {
            judge_warn(r->j, SMILES_WARN_ESCAPE, *at, 2);
            p++;
        }
    }
    r->spot.bond = bond;
    r->spot.state = r->spot.state == STATE_ATOM ? STATE_BOND : STATE_OPEN_BOND;
    *at = p;
    return true;
}

/* --- the text ------------------------------------------------------------- */

/* The tokens that the main loop leaves to others. */
static bool read_other(struct reader *r, size_t *at, uint8_t token)
{
    struct graph *g = &r->j->graph;
    struct spot *s = &r->spot;
    struct atom *a = &g->atoms[g->n_atoms];
    char c = g->text[*at];

    switch (token) {
    case TOKEN_BRACKET:
        if (!bracket_read(r->j, at, r->to, a))
            return false;
        place_atom(g->atoms, g->n_atoms++, s);
        return true;
    case TOKEN_STAR:
        a->at = (uint32_t)(*at)++;
        memcpy(&a->z, kinds[KIND_ANY], SMALL_MEMBERS);
        g->seen |= SEEN_WILDCARD;
        place_atom(g->atoms, g->n_atoms++, s);
        return true;
    case TOKEN_CLOSE:
        if (!r->n_branch)
            return judge_fail(r->j, SMILES_PAREN_CLOSE, *at, 1);
        return misplaced(r, *at, token);
    case TOKEN_PERCENT:
        if (s->state != STATE_ATOM && s->state != STATE_BOND)
            return misplaced(r, *at, token);
        return ring_percent(r, at);
    case TOKEN_DOT:
        if (s->state != STATE_ATOM)
            return misplaced(r, *at, token);
        s->state = STATE_START;
        g->n_starts++;
        ++*at;
        return true;
    case TOKEN_OPEN:
    case TOKEN_DIGIT:
    case TOKEN_ORDER: return misplaced(r, *at, token);
    case TOKEN_BAD:
        return judge_fail(r->j, c == ']' ? SMILES_BRACKET_CLOSE : SMILES_CHAR,
                          *at, 1);
    default: return read_bond(r, at, token);
    }
}

/* What the main loop does not do itself; its state stands in *r. */
static NEVER_INLINE bool read_slowly(struct reader *r, uint8_t token)
{
    const char *text = r->j->graph.text;
    uint8_t state = r->spot.state;

    if (token == TOKEN_DIGIT && (state == STATE_ATOM || state == STATE_BOND)) {
        size_t at = r->at++;

        return ring_number(r, (uint32_t)(text[at] - '0'), at, 1);
    }
    return read_other(r, &r->at, token);
}

/* Begin a ring: the number, one digit, is not open, no bond in front of it. */
static inline void open_ring(struct reader *r, uint32_t number, uint32_t atom,
                             uint32_t at)
{
    r->small[number] = (struct ring_end){number, atom, at, 1, BOND_NONE};
    r->open[0] |= 1U << number;
}

/* Cl and Br: the letter behind belongs to the atom, too. */
static inline uint8_t two_letters(uint8_t kind, char next)
{
    return kind == KIND_C && next == 'l'   ? KIND_CL
           : kind == KIND_B && next == 'r' ? KIND_BR
                                           : kind;
}

static bool read_all(struct reader *r, size_t at)
{
    struct graph *g = &r->j->graph;
    struct spot s = r->spot;
    struct atom *atoms = g->atoms;
    const char *t = g->text;
    size_t to = r->to;
    uint32_t n = 0;

    while (at < to) {
        uint8_t token = token_of[(uint8_t)t[at]];

        if (token - 1U < KIND_COUNT - 1U) {
            char next = at + 1 < to ? t[at + 1] : 0;

            atoms[n].at = (uint32_t)at++;
            if (next == 'l' || next == 'r') {
                uint8_t kind = two_letters(token, next);

                at += kind != token;
                token = kind;
            }
            memcpy(&atoms[n].z, kinds[token], SMALL_MEMBERS);
            place_atom(atoms, n++, &s);
        } else if (token == TOKEN_CLOSE && s.state == STATE_ATOM &&
                   r->n_branch) {
            s.cur = r->branch[--r->n_branch].atom;
            s.flags = atoms[s.cur].flags;
            at++;
        } else if (token == TOKEN_OPEN && s.state == STATE_ATOM &&
                   LOAD_BONDS(atoms[s.cur].load) < LOAD_MAX_BONDS) {
            r->branch[r->n_branch++] = (struct branch){s.cur, (uint32_t)at++};
            s.state = STATE_OPEN;
        } else if (token == TOKEN_ORDER &&
                   (s.state == STATE_ATOM || s.state == STATE_OPEN)) {
            s.bond = bond_of[(uint8_t)t[at]];
            s.state++; /* to STATE_BOND or STATE_OPEN_BOND */
            r->bond_at = (uint32_t)at++;
        } else if (token == TOKEN_DIGIT && s.state == STATE_ATOM &&
                   !(r->open[0] >> (t[at] - '0') & 1)) {
            open_ring(r, (uint32_t)(t[at] - '0'), s.cur, (uint32_t)at);
            at++;
        } else {
            /* what is called works on *r */
            r->spot = s;
            r->at = at;
            g->n_atoms = n;
            if (!read_slowly(r, token))
                return false;
            s = r->spot;
            at = r->at;
            n = g->n_atoms;
        }
    }
    r->spot = s;
    g->n_atoms = n;
    return true;
}

/*
 * One block by the length of the text: `jump`, `spare` where the branches
 * are at first, the atoms.  An atom takes a byte at least, a ring bond two
 * numbers: atoms fill their part from the front, ring bonds from the back.
 */
static bool make_room(struct reader *r, size_t n)
{
    struct graph *g = &r->j->graph;
    size_t part = (n / 2 + 1) * sizeof(struct branch);
    size_t atoms = (n + 2) * sizeof(struct atom);
    char *room = arena_room(r->j->arena, 2 * part + atoms, 1, 8);

    _Static_assert(sizeof(struct branch) == 2 * sizeof(uint32_t), "spare");
    if (!room)
        return judge_fail(r->j, SMILES_MEMORY, 0, 0);
    g->jump = (uint32_t *)(void *)room;
    g->spare = (uint32_t *)(void *)(room + part);
    r->branch = (struct branch *)(void *)(room + part);
    g->atoms = (struct atom *)(void *)(room + 2 * part);
    r->last = (struct ring_bond *)(void *)(room + 2 * part + atoms);
    return true;
}

/* Ring bonds move up behind the atoms, in their order; the rest is free. */
static void settle(struct reader *r)
{
    struct graph *g = &r->j->graph;

    g->rings = (struct ring_bond *)(void *)(g->atoms + g->n_atoms);
    for (uint32_t i = 0; i < g->n_rings; i++)
        g->rings[i] = *(r->last - 1 - i);
    arena_trim(r->j->arena, g->rings + g->n_rings);
}

bool graph_read(struct judge *j, size_t from, size_t to)
{
    struct graph *g = &j->graph;
    struct reader r;
    bool ok;

    g->n_atoms = g->n_rings = g->seen = 0;
    g->n_starts = 1;
    r.j = j;
    r.from = from;
    r.to = to;
    r.spot = (struct spot){0, STATE_START, BOND_NONE, 0};
    r.bond_at = 0;
    r.n_branch = 0;
    r.open[0] = r.open[1] = 0;
    r.table = NULL;
    r.table_mask = r.n_large = 0;
    if (!make_room(&r, to - from))
        return false;
    ok = read_all(&r, from);
    if (ok && (r.spot.state != STATE_ATOM || r.n_branch))
        ok = unfinished(&r);
    if (ok && (r.open[0] | r.open[1] | r.n_large))
        ok = ring_left_open(&r);
    settle(&r);
    return ok;
}
