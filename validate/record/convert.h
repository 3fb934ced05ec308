/*
 * convert.h - JSON values and texts as values of columns, exactly.
 *
 * Nothing is guessed: "12" is text and no number, 12.5 is no int4.  What
 * changes its form keeps its value: 1.0 and 1e2 are whole numbers, a number
 * in a text column is the text it is written as.
 */
#ifndef DECANT_RECORD_CONVERT_H
#define DECANT_RECORD_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"
#include "validate/record/path.h"
#include "validate/record/record.h"

enum converted {
    CONVERT_DONE,
    CONVERT_MISFIT,    /* the conversion says what keeps it from fitting */
    CONVERT_NO_MEMORY, /* the arena is full */
};

/* Values borrow the tape's text and the arena. */
struct conversion {
    const struct json_tape *tape; /* NULL where only texts are converted */
    struct arena *arena;
    /* Of a misfit: "is text", "a number", both static; `want` may be empty.
     * The value on the tape, or the item of it. */
    struct slice is, want;
    uint32_t node;
};

/* null is NULL. */
MUST_CHECK
enum converted convert_json(struct conversion *c, enum column_type type,
                            uint32_t node, struct value *out);

/* All values that a path leads to, as one list; for array types. */
MUST_CHECK
enum converted convert_all(struct conversion *c, enum column_type type,
                           uint32_t from, const struct path *path,
                           struct value *out);

/* A text that is no JSON, such as a part of the key; there "007" is 7. */
MUST_CHECK
enum converted convert_text(struct conversion *c, enum column_type type,
                            struct slice text, struct value *out);

static inline bool convert_is_array(enum column_type type)
{
    return type == COLUMN_TEXT_ARRAY || type == COLUMN_FLOAT4_ARRAY;
}
static inline bool convert_takes_text(enum column_type type)
{
    return type != COLUMN_JSONB && !convert_is_array(type);
}

#endif
