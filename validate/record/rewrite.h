/*
 * rewrite.h - pieces of a sound JSON text replaced, each as a recorded edit.
 *
 *     sound JSON + pieces -> [rewrite] -> sound JSON + edits
 *
 * For what is changed inside strings after repair: eaten backslashes and what
 * stands around a SMILES.  The new edits take their places among those there
 * are, in the order of the text as it came.
 */
#ifndef DECANT_RECORD_REWRITE_H
#define DECANT_RECORD_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/repair.h"

/* Bytes of the tape's text, inside one string, and what goes there. */
struct rewrite_piece {
    uint32_t at, len;
    enum repair_rule rule;
    struct slice put;
};

/*
 * r gets a new text, tape and edits.  Pieces are in the order of the text and
 * do not overlap; each leaves its string a string.  Nodes keep their numbers.
 * `whole` is the text that json_repair() was given.  Linear.  False: the
 * arena is full.
 */
MUST_CHECK
bool rewrite(struct repaired *r, struct slice whole,
             const struct rewrite_piece *pieces, size_t n, struct arena *arena);

/* Asks where places of the sound text lay in the text as it came; asked in
 * their order they cost one walk over the edits together.  Begin with r and
 * whole set and the rest zero. */
struct origin {
    const struct repaired *r;
    struct slice whole;
    size_t asked;            /* the place asked for last */
    uint32_t cursor, passed; /* looks here next, took this (less one) */
};
size_t origin_of(struct origin *o, size_t at);

#endif
