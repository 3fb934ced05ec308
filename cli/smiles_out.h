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

struct smiles_form {
    enum smiles_form_kind kind;
    bool color;
    size_t width; /* of the terminal */
};

struct smiles_line {
    uint64_t number;     /* from 1 */
    struct slice whole;  /* the line */
    struct slice smiles; /* the part of it that was judged */
    struct smiles_verdict verdict;
};

/*
 * Offsets are told in the whole line.  What an accepted line is warned about
 * stands where the words of a bad one do.  False: ERR_IO, or ERR_MEMORY when
 * the arena has no room for the line.
 */
MUST_CHECK
bool smiles_out(const struct smiles_form *form, const struct smiles_line *line,
                struct arena *arena, struct err *err);

#endif
