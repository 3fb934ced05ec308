/*
 * molecule_row.h - rows of decant.molecule on their way to the server.
 *
 *     SMILES -> [molecule_native] -> members -> [molecule_row_put] -> batch
 *
 * A row is a JSON object with the columns as members; a batch is an array of
 * them, written by one statement.  What decant knows itself is written down
 * when a molecule is met, what Open Babel says is added when it is known.
 */
#ifndef DECANT_RUN_MOLECULE_ROW_H
#define DECANT_RUN_MOLECULE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

enum molecule_state {
    MOLECULE_DONE,    /* Open Babel answered */
    MOLECULE_CRASHED, /* it died of it, twice */
    MOLECULE_TIMEOUT, /* it was killed, being late */
    MOLECULE_MEMORY,  /* it wanted more memory than allowed */
    MOLECULE_REFUSED, /* the gate knows that it would end badly */
    MOLECULE_INVALID, /* no SMILES, says decant: not asked */
    MOLECULE_NATIVE,  /* there is no Open Babel here */
    MOLECULE_STATES
};

/* "done", as in the table. */
struct slice molecule_state_key(enum molecule_state state);

/* Bytes of members that a SMILES of n bytes can need: all of it escaped, and
 * a formula of every element. */
#define MOLECULE_NOTE(n) ((n)*6 + 4096)

/*
 * Judge the SMILES and write the members {"id", "smiles", ... "charge"} into
 * `note`, without braces.  *ok: decant's verdict.  False: a text of more than
 * SMILES_MAX_BYTES, or the arena is too small.
 */
MUST_CHECK bool molecule_native(struct slice smiles, struct arena *arena,
                                struct slice *note, bool *ok);

/* An answer of decant-chem; false when it is not one. */
struct molecule_answer {
    enum molecule_state state; /* DONE, REFUSED or MEMORY */
    struct slice json;         /* the object */
};
MUST_CHECK bool molecule_answer(struct slice json, struct arena *arena,
                                struct molecule_answer *out);

struct molecule_batch {
    char *bytes;
    size_t len, cap;
    size_t rows;
    uint64_t states[MOLECULE_STATES]; /* of the rows */
};

/* What is added to the members. */
struct molecule_end {
    enum molecule_state state;
    struct slice answer; /* JSON of decant-chem, or empty */
    const char *message; /* words without an answer, or NULL */
    const char *version; /* of Open Babel, or "" */
};
/* False when the batch has no room: send it first. */
MUST_CHECK bool molecule_row_put(struct molecule_batch *batch,
                                 struct slice note,
                                 const struct molecule_end *end);

/* The batch as a NUL-terminated JSON array; molecule_batch_clear() then makes
 * it empty. */
const char *molecule_batch_text(struct molecule_batch *batch);
void molecule_batch_clear(struct molecule_batch *batch);

#endif
