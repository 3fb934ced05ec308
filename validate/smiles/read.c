/*
 * read.c - the text of one molecule becomes a graph.
 *
 * One pass, one switch.  The grammar is small enough to be a state of five
 * values: which tokens may come next depends only on what kind of thing
 * stands in front of them.  Nothing is cleared beforehand; an atom costs one
 * record of 24 bytes and two additions to `load`.
 *
 * Ring numbers up to 99 live in a fixed table with a bit set saying which
 * are open; larger ones, which only %(nnn) can write, in a hash table that
 * is made at the first of them.
 */
#include "validate/smiles/graph.h"

/* Tokens; the values below KIND_COUNT are atoms of the organic subset. */
enum {
    TOKEN_BAD = 0,
    TOKEN_BRACKET = KIND_COUNT,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_DIGIT,
    TOKEN_PERCENT,
    TOKEN_DOT,
    TOKEN_BOND, /* one character, see bond_of */
    TOKEN_MINUS,
    TOKEN_LESS,
    TOKEN_BACKSLASH,
};

static const uint8_t token_of[256] = {
    ['B'] = KIND_B,        ['C'] = KIND_C,        ['N'] = KIND_N,
    ['O'] = KIND_O,        ['P'] = KIND_P,        ['S'] = KIND_S,
    ['F'] = KIND_F,        ['I'] = KIND_I,        ['*'] = KIND_ANY,
    ['b'] = KIND_b,        ['c'] = KIND_c,        ['n'] = KIND_n,
    ['o'] = KIND_o,        ['p'] = KIND_p,        ['s'] = KIND_s,
    ['['] = TOKEN_BRACKET, ['('] = TOKEN_OPEN,    [')'] = TOKEN_CLOSE,
    ['0'] = TOKEN_DIGIT,   ['1'] = TOKEN_DIGIT,   ['2'] = TOKEN_DIGIT,
    ['3'] = TOKEN_DIGIT,   ['4'] = TOKEN_DIGIT,   ['5'] = TOKEN_DIGIT,
    ['6'] = TOKEN_DIGIT,   ['7'] = TOKEN_DIGIT,   ['8'] = TOKEN_DIGIT,
    ['9'] = TOKEN_DIGIT,   ['%'] = TOKEN_PERCENT, ['.'] = TOKEN_DOT,
    ['='] = TOKEN_BOND,    ['#'] = TOKEN_BOND,    ['$'] = TOKEN_BOND,
    [':'] = TOKEN_BOND,    ['~'] = TOKEN_BOND,    ['/'] = TOKEN_BOND,
    ['-'] = TOKEN_MINUS,   ['<'] = TOKEN_LESS,    ['\\'] = TOKEN_BACKSLASH,
};

static const uint8_t bond_of[256] = {
    ['='] = BOND_DOUBLE,   ['#'] = BOND_TRIPLE, ['$'] = BOND_QUADRUPLE,
    [':'] = BOND_AROMATIC, ['~'] = BOND_ANY,    ['/'] = BOND_UP,
};

static const struct {
    uint8_t z, flags;
} kinds[KIND_COUNT] = {
    [KIND_B] = {5, 0},
    [KIND_C] = {6, 0},
    [KIND_N] = {7, 0},
    [KIND_O] = {8, 0},
    [KIND_P] = {15, 0},
    [KIND_S] = {16, 0},
    [KIND_F] = {9, 0},
    [KIND_CL] = {17, 0},
    [KIND_BR] = {35, 0},
    [KIND_I] = {53, 0},
    [KIND_ANY] = {0, 0},
    [KIND_b] = {5, ATOM_AROMATIC},
    [KIND_c] = {6, ATOM_AROMATIC},
    [KIND_n] = {7, ATOM_AROMATIC},
    [KIND_o] = {8, ATOM_AROMATIC},
    [KIND_p] = {15, ATOM_AROMATIC},
    [KIND_s] = {16, ATOM_AROMATIC},
};

/* What a bond of a type adds to the load of its earlier and later end. */
static const uint64_t loads[2][16] = {
    {
        [BOND_SINGLE] = LOAD(1, 0, 2),
        [BOND_DOUBLE] = LOAD(1, 0, 4),
        [BOND_TRIPLE] = LOAD(1, 0, 6),
        [BOND_QUADRUPLE] = LOAD(1, 0, 8),
        [BOND_AROMATIC] = LOAD(1, 1, 3),
        [BOND_DATIVE] = LOAD(1, 0, 0),
        [BOND_DATIVE_BACK] = LOAD(1, 0, 2),
        [BOND_ANY] = LOAD(1, 0, 0),
    },
    {
        [BOND_SINGLE] = LOAD(1, 0, 2),
        [BOND_DOUBLE] = LOAD(1, 0, 4),
        [BOND_TRIPLE] = LOAD(1, 0, 6),
        [BOND_QUADRUPLE] = LOAD(1, 0, 8),
        [BOND_AROMATIC] = LOAD(1, 1, 3),
        [BOND_DATIVE] = LOAD(1, 0, 2),
        [BOND_DATIVE_BACK] = LOAD(1, 0, 0),
        [BOND_ANY] = LOAD(1, 0, 0),
    },
};

void graph_retype(struct graph *g, uint32_t bond, uint8_t type)
{
    uint8_t *b = graph_bond(g, bond);
    uint32_t ends[2];

    graph_ends(g, bond, ends);
    for (int k = 0; k < 2; k++)
        g->atoms[ends[k]].load += loads[k][type] - loads[k][*b & BOND_TYPE];
    *b = (uint8_t)((*b & ~BOND_TYPE) | type);
}

/* What stands in front of the next token. */
enum state {
    STATE_START, /* nothing, or a dot */
    STATE_ATOM,  /* an atom with its ring numbers and branches */
    STATE_BOND,
    STATE_OPEN,      /* ( */
    STATE_OPEN_BOND, /* ( and a bond */
};

struct branch {
    uint32_t atom;
    uint32_t at; /* of the '(' */
};

struct ring_end {
    uint32_t number;
    uint32_t atom; /* NO_ATOM: closed */
    uint32_t at, len;
    uint8_t bond; /* what is written in front of the number */
};

#define RING_SMALL 100 /* numbers below need no hash table */

struct reader {
    struct judge *j;
    size_t to;
    uint32_t cur;     /* the atom that what comes next belongs to */
    uint32_t bond_at; /* where the pending bond stands */
    enum state state;
    uint8_t bond;           /* pending: BOND_NONE, a type, or a direction */
    struct ring_bond *last; /* behind the first ring bond, see make_room() */
    struct branch *branch;  /* open ones */
    uint32_t n_branch;
    uint64_t open[2];       /* which small ring numbers are open */
    struct ring_end *table; /* large ones: open addressing */
    uint32_t table_mask;    /* its size - 1 */
    uint32_t n_large;       /* open ones in it */
    struct ring_end small[RING_SMALL];
};

/* --- what goes wrong ------------------------------------------------------ */

/* A token that cannot stand where it does. */
static bool misplaced(const struct reader *r, size_t at, uint8_t token)
{
    struct judge *j = r->j;
    bool after_bond = r->state == STATE_BOND || r->state == STATE_OPEN_BOND;
    bool opened = r->state == STATE_OPEN || r->state == STATE_OPEN_BOND;

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

    switch (r->state) {
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

/* The first of the ring numbers that are never closed. */
static bool ring_left_open(const struct reader *r)
{
    const struct ring_end *first = NULL;

    for (uint32_t n = 0; n < RING_SMALL; n++) {
        const struct ring_end *e = &r->small[n];

        if ((r->open[n / 64] >> n % 64 & 1) && (!first || e->at < first->at))
            first = e;
    }
    for (uint32_t i = 0; r->n_large && i <= r->table_mask; i++) {
        const struct ring_end *e = &r->table[i];

        if (e->number && e->atom != NO_ATOM && (!first || e->at < first->at))
            first = e;
    }
    DEMAND(first);
    return judge_fail(r->j, SMILES_RING_OPEN, first->at, first->len);
}

/* --- atoms and bonds ------------------------------------------------------ */

/* Make the new atom number n_atoms a neighbour of the current one. */
static inline void link_atom(struct reader *r, struct atom *a)
{
    struct graph *g = &r->j->graph;
    struct atom *from = &g->atoms[r->cur];
    uint8_t bond = r->bond;

    if (!(bond & BOND_TYPE))
        bond |= from->flags & a->flags & ATOM_AROMATIC ? BOND_AROMATIC
                                                       : BOND_SINGLE;
    a->parent = r->cur;
    a->bond = bond;
    a->load = loads[1][bond & BOND_TYPE];
    from->load += loads[0][bond & BOND_TYPE];
    r->bond = BOND_NONE;
}

static inline void add_atom(struct reader *r, struct atom *a)
{
    struct graph *g = &r->j->graph;

    if (r->state == STATE_START) {
        a->parent = NO_ATOM;
        a->bond = 0;
        a->load = 0;
        g->n_starts++;
    } else {
        link_atom(r, a);
    }
    r->cur = g->n_atoms++;
    r->state = STATE_ATOM;
}

/* Close a ring: a bond between the atom at the first number and this one. */
static bool close_ring(struct reader *r, const struct ring_end *open, size_t at,
                       size_t len)
{
    struct graph *g = &r->j->graph;
    uint32_t other = open->atom, cur = r->cur;
    struct atom *p = &g->atoms[other], *q = &g->atoms[cur];
    uint8_t bond = open->bond, second = r->bond;
    struct ring_bond *ring = r->last - ++g->n_rings;

    if (other == cur)
        return judge_fail(r->j, SMILES_RING_SELF, at, len);
    if (q->parent == other || p->parent == cur)
        return judge_fail(r->j, SMILES_RING_DOUBLE, at, len);
    if (p->bond & q->bond & BOND_CLOSED)
        g->seen |= SEEN_TWINS;
    if ((bond & BOND_TYPE) && (second & BOND_TYPE) && bond != second)
        judge_warn(r->j, SMILES_WARN_RING_BOND, at - 1, len + 1);
    /* the first type wins, the second direction */
    if (bond & BOND_TYPE || (bond && !second))
        *ring = (struct ring_bond){other, cur, (uint32_t)at, bond, true};
    else if (!bond || !(second & BOND_TYPE))
        *ring = (struct ring_bond){cur, other, (uint32_t)at, second, true};
    else
        *ring =
            (struct ring_bond){cur, other, (uint32_t)at,
                               second | (bond ^ (BOND_UP | BOND_DOWN)), true};
    /* at a ring number ~ is read as a bond left out */
    if ((ring->bond & BOND_TYPE) == BOND_ANY)
        ring->bond &= (uint8_t)~BOND_TYPE;
    if (!(ring->bond & BOND_TYPE))
        ring->bond |=
            p->flags & q->flags & ATOM_AROMATIC ? BOND_AROMATIC : BOND_SINGLE;
    g->atoms[ring->a].load += loads[0][ring->bond & BOND_TYPE];
    g->atoms[ring->b].load += loads[1][ring->bond & BOND_TYPE];
    if (LOAD_BONDS(p->load | q->load) >= LOAD_MAX_BONDS)
        return judge_fail(r->j, SMILES_TOO_HARD, at, len);
    p->bond |= BOND_CLOSED;
    q->bond |= BOND_CLOSED;
    if (bond_dative(ring->bond))
        g->seen |= SEEN_ODD_RING;
    else
        ring_mark(g, other, cur);
    return true;
}

/* The place of a large ring number in the hash table. */
static struct ring_end *large_ring(struct reader *r, uint32_t number)
{
    uint32_t i;

    if (!r->table) {
        /* a %(nnn) takes six bytes: the table stays at most half full */
        uint32_t size = 16;

        while (size < r->to / 3)
            size *= 2;
        r->table = arena_new(r->j->arena, size, struct ring_end);
        if (!r->table) {
            (void)judge_fail(r->j, SMILES_MEMORY, 0, 0);
            return NULL;
        }
        r->table_mask = size - 1;
    }
    i = number * 0x9E3779B1U >> 7 & r->table_mask;
    while (r->table[i].number && r->table[i].number != number)
        i = (i + 1) & r->table_mask;
    if (!r->table[i].number) {
        r->table[i].number = number;
        r->table[i].atom = NO_ATOM;
    }
    return &r->table[i];
}

static bool ring_number(struct reader *r, uint32_t number, size_t at,
                        size_t len)
{
    struct ring_end *e;
    bool ok = true, open;

    if (number < RING_SMALL) {
        uint64_t bit = (uint64_t)1 << number % 64;

        e = &r->small[number];
        open = r->open[number / 64] & bit;
        r->open[number / 64] ^= bit;
    } else {
        e = large_ring(r, number);
        if (!e)
            return false;
        open = e->atom != NO_ATOM;
        r->n_large += open ? UINT32_MAX : 1;
    }
    if (open) {
        ok = close_ring(r, e, at, len);
        e->atom = NO_ATOM;
    } else {
        *e = (struct ring_end){number, r->cur, (uint32_t)at, (uint32_t)len,
                               r->bond};
    }
    r->bond = BOND_NONE;
    r->state = STATE_ATOM;
    return ok;
}

/* %nn or %(n) to %(nnnnn); text[at] is the %. Moves *at behind it. */
static bool percent(struct reader *r, size_t *at)
{
    const char *t = r->j->graph.text;
    size_t p = *at + 1, to = r->to;
    uint32_t number = 0;

    if (p < to && t[p] == '(') {
        size_t digits = ++p;

        while (p < to && t[p] >= '0' && t[p] <= '9' && p - digits < 5)
            number = number * 10 + (uint32_t)(t[p++] - '0');
        if (p == digits || p == to || t[p] != ')')
            return judge_fail(r->j, SMILES_RING_NUMBER, *at, p - *at);
        p++;
    } else {
        if (p + 1 < to && t[p] == '0' && t[p + 1] >= '0' && t[p + 1] <= '9')
            return judge_fail(r->j, SMILES_ZERO, *at, 3);
        if (p + 1 >= to || t[p] < '1' || t[p] > '9' || t[p + 1] < '0' ||
            t[p + 1] > '9')
            return judge_fail(r->j, SMILES_RING_NUMBER, *at, 1);
        number = (uint32_t)(t[p] - '0') * 10 + (uint32_t)(t[p + 1] - '0');
        p += 2;
    }
    if (!ring_number(r, number, *at, p - *at))
        return false;
    *at = p;
    return true;
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

    if (r->state != STATE_ATOM && r->state != STATE_OPEN)
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
        g->seen |= bond == BOND_ANY ? SEEN_ANY : SEEN_DATIVE;
        p += bond != BOND_ANY;
        judge_warn(r->j, SMILES_WARN_EXTENSION, *at, p - *at);
    } else if (bond & (BOND_UP | BOND_DOWN)) {
        g->seen |= SEEN_DIRECTION;
        if (bond == BOND_DOWN && next == '\\') {
            judge_warn(r->j, SMILES_WARN_ESCAPE, *at, 2);
            p++;
        }
    } else if (bond == BOND_AROMATIC) {
        g->seen |= SEEN_COLON;
    }
    r->bond = bond;
    r->state = r->state == STATE_ATOM ? STATE_BOND : STATE_OPEN_BOND;
    *at = p;
    return true;
}

/* --- the text ------------------------------------------------------------- */

/* Everything that is not an atom of the organic subset. */
static bool read_other(struct reader *r, size_t *at, uint8_t token)
{
    struct graph *g = &r->j->graph;
    const char *t = g->text;
    size_t p = *at;

    switch (token) {
    case TOKEN_BRACKET:
        if (!bracket_read(r->j, at, r->to, &g->atoms[g->n_atoms]))
            return false;
        add_atom(r, &g->atoms[g->n_atoms]);
        return true;
    case TOKEN_OPEN:
        if (r->state != STATE_ATOM)
            return misplaced(r, p, token);
        if (LOAD_BONDS(g->atoms[r->cur].load) >= LOAD_MAX_BONDS)
            return judge_fail(r->j, SMILES_TOO_HARD, p, 1);
        r->branch[r->n_branch++] = (struct branch){r->cur, (uint32_t)p};
        r->state = STATE_OPEN;
        break;
    case TOKEN_CLOSE:
        if (!r->n_branch)
            return judge_fail(r->j, SMILES_PAREN_CLOSE, p, 1);
        if (r->state != STATE_ATOM)
            return misplaced(r, p, token);
        r->cur = r->branch[--r->n_branch].atom;
        break;
    case TOKEN_DIGIT:
    case TOKEN_PERCENT:
        if (r->state != STATE_ATOM && r->state != STATE_BOND)
            return misplaced(r, p, token);
        if (token == TOKEN_PERCENT)
            return percent(r, at);
        if (!ring_number(r, (uint32_t)(t[p] - '0'), p, 1))
            return false;
        break;
    case TOKEN_DOT:
        if (r->state != STATE_ATOM)
            return misplaced(r, p, token);
        r->state = STATE_START;
        break;
    case TOKEN_BAD:
        return judge_fail(
            r->j, t[p] == ']' ? SMILES_BRACKET_CLOSE : SMILES_CHAR, p, 1);
    default: return read_bond(r, at, token);
    }
    *at = p + 1;
    return true;
}

static bool read_all(struct reader *r, size_t at)
{
    struct graph *g = &r->j->graph;
    const char *t = g->text;

    while (at < r->to) {
        uint8_t token = token_of[(uint8_t)t[at]];
        struct atom *a = &g->atoms[g->n_atoms];
        char next;

        if (!token || token >= KIND_COUNT) {
            if (!read_other(r, &at, token))
                return false;
            continue;
        }
        a->at = (uint32_t)at++;
        next = at < r->to ? t[at] : 0;
        if (token == KIND_C && next == 'l') {
            token = KIND_CL;
            at++;
        } else if (token == KIND_B && next == 'r') {
            token = KIND_BR;
            at++;
        }
        a->kind = token;
        a->z = kinds[token].z;
        a->flags = kinds[token].flags;
        a->h = 0;
        a->chirality = CHIRAL_NONE;
        a->charge = 0;
        g->seen |= a->flags ? SEEN_AROMATIC : 0;
        g->seen |= token == KIND_ANY ? SEEN_WILDCARD : 0;
        add_atom(r, a);
    }
    return true;
}

/*
 * One block by the length of the text: an atom takes a byte at least, a ring
 * bond two numbers.  Atoms fill it from the front, ring bonds from the back.
 */
static bool make_room(struct reader *r, size_t n)
{
    struct graph *g = &r->j->graph;
    struct arena *arena = r->j->arena;

    g->n_atoms = g->n_rings = g->n_starts = g->seen = 0;
    g->jump = arena_array(arena, n + 1, uint32_t);
    g->atoms = arena_array(arena, n + 2, struct atom);
    if (!g->atoms || !g->jump)
        return judge_fail(r->j, SMILES_MEMORY, 0, 0);
    /* the padding behind it keeps the bonds aligned */
    r->last = (struct ring_bond *)(void *)(g->atoms + n + 2);
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
    struct reader r;
    size_t mark;
    bool ok;

    r.j = j;
    r.to = to;
    r.cur = 0;
    r.bond_at = 0;
    r.state = STATE_START;
    r.bond = BOND_NONE;
    r.n_branch = 0;
    r.open[0] = r.open[1] = 0;
    r.table = NULL;
    r.table_mask = r.n_large = 0;
    if (!make_room(&r, to - from))
        return false;
    /* only needed while reading */
    mark = arena_mark(j->arena);
    r.branch = arena_array(j->arena, (to - from) / 2 + 1, struct branch);
    if (!r.branch)
        return judge_fail(j, SMILES_MEMORY, 0, 0);
    ok = read_all(&r, from);
    if (ok && (r.state != STATE_ATOM || r.n_branch))
        ok = unfinished(&r);
    if (ok && (r.open[0] | r.open[1] | r.n_large))
        ok = ring_left_open(&r);
    arena_rewind(j->arena, mark);
    settle(&r);
    return ok;
}
