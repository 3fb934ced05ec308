/*
 * mend.h - the tolerant reading of a damaged JSON text.
 *
 *     damaged text -> [mend] -> sound text and the edits between them
 *
 * One pass from left to right with an explicit stack.  At every place the
 * reader knows what may stand there; what does not fit is read as the most
 * likely slip of a writer of JSON, and recorded.  Nothing is scanned twice
 * but for look-aheads of bounded length.
 *
 * The result is meant to be strict JSON; whoever calls parses it to be sure.
 */
#ifndef DECANT_JSON_MEND_H
#define DECANT_JSON_MEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/base/slice.h"
#include "validate/json/edit.h"

/* What to do with what JSON knows and PostgreSQL does not. */
enum mend_policy { MEND_REPLACE, MEND_REJECT, MEND_KEEP };

/* All zero: what suits a row of a database. */
struct mend_options {
    enum mend_policy on_nul;       /* KEEP writes \u0000 for a raw one */
    enum mend_policy on_surrogate; /* KEEP is REPLACE: halves are not text */
    bool join_several; /* values become an array; else the first is kept */
    bool nan_refused;  /* else NaN, Infinity and undefined become null */
};

/* Lent from the arena; `before` of the edits from the text, their pointers
 * are not set.  Edits stand in the order of the text and do not overlap. */
struct mended {
    struct slice json;
    struct repair_edit *edits; /* `after` lies in json, also when empty */
    uint32_t n_edits;
    bool truncated;   /* the text stopped inside its value */
    bool several;     /* more than one value stood in it */
    size_t second;    /* where the second of several begins */
    enum fault fault; /* when refused: json.syntax, .depth, .nul, .surrogate */
    size_t at;        /* of the fault */
};

enum mend_end { MEND_DONE, MEND_REFUSED, MEND_NO_MEMORY };

/*
 * The text begins with the value, give or take white space and comments;
 * what stands behind it is taken off.  Linear; the result has at most
 * twice the bytes of the text plus one per open bracket, except that a raw
 * control character takes six and a byte that is not UTF-8 three.
 */
MUST_CHECK
enum mend_end mend(struct slice text, const struct mend_options *options,
                   struct arena *arena, struct mended *out);

#endif
