/*
 * read.h - the reader of one molecule; shared by read.c and closure.c.
 */
#ifndef DECANT_SMILES_READ_H
#define DECANT_SMILES_READ_H

#include "validate/smiles/graph.h"

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
    uint32_t at;
    uint8_t len;
    uint8_t bond; /* what is written in front of the number */
};

#define RING_SMALL 100 /* numbers below need no hash table */

/* Where the reader stands; the main loop keeps it in registers. */
struct spot {
    uint32_t cur;  /* the atom that what comes next belongs to */
    uint8_t state; /* enum state */
    uint8_t bond;  /* pending: BOND_NONE, a type, or a direction */
    uint8_t flags; /* of the current atom */
};

struct reader {
    struct judge *j;
    size_t from, at, to;
    struct spot spot;
    uint32_t bond_at;       /* where the pending bond stands */
    struct ring_bond *last; /* behind the first ring bond, see make_room() */
    struct branch *branch;  /* open ones */
    uint32_t n_branch;
    uint64_t open[2];       /* which small ring numbers are open */
    struct ring_end *table; /* large ones: open addressing */
    uint32_t table_mask;    /* its size - 1 */
    uint32_t n_large;       /* open ones in it */
    struct ring_end small[RING_SMALL];
};

/* What a bond of a type adds to the load of its earlier and later end. */
extern const uint64_t bond_loads[2][16];

/* The number at text[at], of len bytes, at the current atom. */
MUST_CHECK
bool ring_number(struct reader *r, uint32_t number, size_t at, size_t len);

/* %nn or %(n) to %(nnnnn); text[*at] is the %. Moves *at behind it. */
MUST_CHECK bool ring_percent(struct reader *r, size_t *at);

/* Some number is still open: fail at the first of them. */
bool ring_left_open(const struct reader *r);

#endif
