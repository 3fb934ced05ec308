/*
 * smiles_escape.h - which escapes of a declared SMILES ate a backslash.
 *
 *     a string's inside -> [smiles_escapes_find] -> where to put one back
 *
 * No SMILES holds a control character, so "C/C=C\n1cccc1" can only mean a
 * bond and an aromatic n; a line end around a SMILES is just that.
 */
#ifndef DECANT_RECORD_SMILES_ESCAPE_H
#define DECANT_RECORD_SMILES_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

/* \n or \u000a, and b, f, n, r, t: the letter that was eaten. */
struct control_escape {
    uint32_t at, len; /* in the text it was found in */
    char letter;
};

/* The escape at the beginning of `text`, if it is one of those. */
bool control_escape_at(struct slice text, struct control_escape *out);

struct smiles_escapes {
    struct slice body; /* between the quotes, still escaped */
    bool reaction;
    const struct control_escape *list; /* those in question, in order; their
                                          places count in body */
    size_t n;
    size_t first, end; /* set: [first, end) of the list are to be restored,
                          the others stay */
};

/*
 * They are restored all together or not at all: when the string is a SMILES
 * then, at least by its grammar, and no line breaks would explain it better.
 * Linear in the body; the arena is as before.  False: it is full.
 */
MUST_CHECK bool smiles_escapes_find(struct smiles_escapes *s,
                                    struct arena *arena);

#endif
