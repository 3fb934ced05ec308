/*
 * pattern_dfa.h - a pattern as a table: one look per byte of text, whatever
 * the pattern or the text are up to.
 *
 *     ECMA text -> [pattern_nfa.c] -> bytes and forks -> [pattern_dfa.c]
 *
 * Only what is regular in the strict sense can be a table, and only if the
 * table is small: no references, no looking around, no \b, no properties.
 * Most patterns of schemas can.  The table knows whether there is a match,
 * not where.
 */
#ifndef DECANT_SCHEMA_PATTERN_DFA_H
#define DECANT_SCHEMA_PATTERN_DFA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define NFA_MAX  2000 /* nodes */
#define NFA_NONE UINT16_MAX

enum nfa_kind {
    NFA_GO,    /* to next, and to other unless that is NFA_NONE */
    NFA_BYTE,  /* a byte within low and high, then next */
    NFA_BEGIN, /* at the beginning of the text, then next */
    NFA_END,   /* at its end, then next */
    NFA_MATCH,
};

struct nfa_node {
    uint8_t kind; /* enum nfa_kind */
    uint8_t low, high;
    uint16_t next, other;
};

struct nfa {
    struct nfa_node *nodes; /* room for NFA_MAX; nodes[0] is where it starts */
    size_t n_nodes;
};

/* ecma: a text that ecma_read() found good.  False when it is no regular
 * language in the sense above, or too large. */
MUST_CHECK bool nfa_build(struct slice ecma, struct nfa *nfa);

/* States are numbers of rows, times n_columns: places in `next`. */
struct dfa {
    uint8_t column[256]; /* of a byte in the table */
    uint16_t n_columns;  /* the last is for the end of the text */
    uint16_t start;
    bool anchored; /* only the beginning of a text can match */
    uint16_t *next;
};

/* In the arena; NULL when it cannot be, also for lack of memory.  Takes a
 * bounded amount of work. */
MUST_CHECK struct dfa *dfa_build(struct slice ecma, struct arena *arena);

bool dfa_find(const struct dfa *dfa, struct slice text);

#endif
