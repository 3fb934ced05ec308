/*
 * smiles_out.h - a verdict on a SMILES as a line of TSV, JSON, or for people.
 */
#ifndef DECANT_CLI_SMILES_OUT_H
#define DECANT_CLI_SMILES_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/slice.h"
#include "validate/smiles/smiles.h"

enum smiles_form_kind {
    SMILES_FORM_TSV, /* ok|bad, code, offset, words */
    SMILES_FORM_JSON,
    SMILES_FORM_PEOPLE, /* a caret under the place */
};

/* Whose verdict it is. */
enum smiles_engine {
    SMILES_ENGINE_NATIVE, /* ours; Open Babel may still be asked for names */
    SMILES_ENGINE_OPENBABEL,
    SMILES_ENGINE_BOTH, /* ok only when both say so; ours comes first */
};

struct smiles_form {
    enum smiles_form_kind kind;
    enum smiles_engine engine;
    bool canonical; /* four more columns, Open Babel's */
    bool color;
    size_t width; /* of the terminal */
};

enum smiles_babel_state {
    SMILES_BABEL_UNASKED,
    SMILES_BABEL_OK,
    SMILES_BABEL_REJECTED,
    SMILES_BABEL_REFUSED, /* not given to it: known to end badly */
    SMILES_BABEL_CRASHED,
    SMILES_BABEL_TIMEOUT,
    SMILES_BABEL_MEMORY,
    SMILES_BABEL_STATES
};

/* What Open Babel says of it. */
struct smiles_babel {
    enum smiles_babel_state state;
    struct slice words;     /* why not, or a warning */
    struct slice canonical; /* this and the others: empty when not known */
    struct slice inchikey;
    struct slice formula;
    struct slice weight; /* a number, as text */
};

/* "openbabel_crashed", as in the second column. */
struct slice smiles_babel_code(enum smiles_babel_state state);

struct smiles_line {
    uint64_t number;     /* from 1 */
    struct slice whole;  /* the line */
    struct slice smiles; /* the part of it that was judged */
    struct smiles_verdict verdict;
    struct smiles_babel babel;
};

/* The verdict of the chosen engine. */
bool smiles_line_bad(const struct smiles_form *form,
                     const struct smiles_line *line);

/*
 * Write it to stdout.  Offsets are told in the whole line.  What an accepted
 * line is warned about stands where the words of a bad one do.  False:
 * ERR_IO, or ERR_MEMORY when the arena has no room for the line.
 */
MUST_CHECK
bool smiles_out(const struct smiles_form *form, const struct smiles_line *line,
                struct arena *arena, struct err *err);

#endif
