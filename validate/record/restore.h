/*
 * restore.h - escapes that are valid JSON and not what the model meant.
 *
 *     sound JSON + what its fields are -> [restore] -> sound JSON + edits
 *
 * "\frac" in JSON is a form feed and "rac".  No reader can refuse it, but a
 * field that is declared to hold a SMILES, LaTeX, a path or a regular
 * expression says what was meant, and the eaten backslash is put back.  A string of an
 * undeclared field is never changed; what looks wrong in it is a suspect.
 */
#ifndef DECANT_RECORD_RESTORE_H
#define DECANT_RECORD_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/repair.h"

enum field_class {
    FIELD_NONE,
    FIELD_SMILES,
    FIELD_REACTION_SMILES,
    FIELD_LATEX,
    FIELD_PATH,
    FIELD_REGEX,
    FIELD_CODE, /* as FIELD_TEXT: its escapes are what they say */
    FIELD_TEXT,
    FIELD_CLASS_COUNT
};

/* "latex" and the like; false when there is none of that name. */
MUST_CHECK bool field_class_find(struct slice name, enum field_class *out);
struct slice field_class_name(enum field_class class); /* "latex" */

/* A step of the pointer that is `*` stands for any key or index. */
struct field {
    struct slice pointer; /* JSON Pointer, as RFC 6901 writes it */
    enum field_class class;
};

struct field_table {
    const struct field *list;
    size_t count;
};

/* What the table says of a place: its first field that matches, NULL and
 * FIELD_NONE when none does. */
const struct field *field_matching(const struct field_table *fields,
                                   struct slice pointer);
enum field_class field_class_of(const struct field_table *fields,
                                struct slice pointer);

enum suspect_kind {
    SUSPECT_ESCAPE,    /* an escape that may have eaten a backslash */
    SUSPECT_DUPLICATE, /* a key that stands twice in one object */
};

struct suspect {
    enum suspect_kind kind;
    struct slice pointer; /* in the arena */
    size_t at;            /* in the text as it came, as far as known */
    struct slice reads;   /* the escape as it stands, lent from the JSON */
    struct slice maybe;   /* what it may have been; empty for a key */
};

struct suspects {
    struct suspect *list;
    size_t count, cap; /* what does not fit is left out */
};

/*
 * Restore what the declared fields allow; r gets a new text and tape and the
 * edits (escape.restored) in their places.  `whole` is the text that
 * json_repair() was given.  With suspects not NULL, those are listed, too.
 * Linear but for the pointers.  False: the arena is full.
 */
MUST_CHECK
bool restore(struct repaired *r, struct slice whole,
             const struct field_table *fields, struct suspects *suspects,
             struct arena *arena);

#endif
