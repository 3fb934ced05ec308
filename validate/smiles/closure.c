/*
 * closure.c - ring numbers, and the bonds they make.
 *
 * Numbers up to 99 live in a fixed table with a bit set saying which are
 * open; larger ones, which only %(nnn) can write, in a hash table that is
 * made at the first of them.
 */
#include "validate/smiles/read.h"

const uint64_t bond_loads[2][16] = {
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
        g->atoms[ends[k]].load +=
            bond_loads[k][type] - bond_loads[k][*b & BOND_TYPE];
    *b = (uint8_t)((*b & ~BOND_TYPE) | type);
}

/*
 * The bond symbols at the two numbers of a ring: the first type wins, the
 * second direction.  A ~ is read as a bond left out.
 */
static void choose_bond(struct ring_bond *ring, uint8_t first, uint8_t second)
{
    uint32_t a = ring->a;

    if (first & BOND_TYPE || (first && !second)) {
        ring->bond = first;
    } else {
        ring->a = ring->b;
        ring->b = a;
        ring->bond = second;
        if (first && (second & BOND_TYPE))
            ring->bond |= first ^ (BOND_UP | BOND_DOWN);
    }
    if ((ring->bond & BOND_TYPE) == BOND_ANY)
        ring->bond &= (uint8_t)~BOND_TYPE;
}

/* Close a ring: a bond between the atom at the first number and this one. */
static bool close_ring(struct reader *r, const struct ring_end *open, size_t at,
                       size_t len)
{
    struct graph *g = &r->j->graph;
    uint32_t other = open->atom, cur = r->spot.cur;
    struct atom *p = &g->atoms[other], *q = &g->atoms[cur];
    uint8_t first = open->bond, second = r->spot.bond;
    struct ring_bond *ring = r->last - ++g->n_rings;

    if (other == cur)
        return judge_fail(r->j, SMILES_RING_SELF, at, len);
    if (q->parent == other || p->parent == cur)
        return judge_fail(r->j, SMILES_RING_DOUBLE, at, len);
    /* only two atoms that both end other ring bonds can be bonded twice;
     * whether they are is found out once all is read */
    if (p->bond & q->bond & BOND_CLOSED)
        g->seen |= SEEN_TWINS;
    *ring = (struct ring_bond){other, cur, (uint32_t)at, BOND_NONE, true};
    if (first | second) {
        choose_bond(ring, first, second);
        if ((first & BOND_TYPE) && (second & BOND_TYPE) && first != second)
            judge_warn(r->j, SMILES_WARN_RING_BOND, at - 1, len + 1);
    }
    if (!(ring->bond & BOND_TYPE))
        ring->bond |=
            p->flags & q->flags & ATOM_AROMATIC ? BOND_AROMATIC : BOND_SINGLE;
    g->atoms[ring->a].load += bond_loads[0][ring->bond & BOND_TYPE];
    g->atoms[ring->b].load += bond_loads[1][ring->bond & BOND_TYPE];
    if (LOAD_BONDS(p->load | q->load) >= LOAD_MAX_BONDS)
        return judge_fail(r->j, SMILES_TOO_HARD, at, len);
    p->bond |= BOND_CLOSED;
    q->bond |= BOND_CLOSED;
    ring_mark(g, other, cur);
    return true;
}

/*
 * The place of a large ring number in the hash table.  There are only
 * 100,000 numbers: not enough to fill one part of a table that grows with
 * the text, whoever picks them.
 */
static struct ring_end *large_ring(struct reader *r, uint32_t number)
{
    uint32_t i;

    if (!r->table) {
        /* a %(nnn) takes six bytes: the table stays at most half full */
        uint32_t size = 16;

        while (size < (r->to - r->from) / 3)
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

bool ring_number(struct reader *r, uint32_t number, size_t at, size_t len)
{
    struct ring_end *e;
    bool ok = true, open;

    /* open and closed take turns; a number may be used again and again */
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
        *e = (struct ring_end){number, r->spot.cur, (uint32_t)at, (uint8_t)len,
                               r->spot.bond};
    }
    r->spot.bond = BOND_NONE;
    r->spot.state = STATE_ATOM;
    return ok;
}

bool ring_percent(struct reader *r, size_t *at)
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

bool ring_left_open(const struct reader *r)
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
