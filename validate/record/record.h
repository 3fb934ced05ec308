/*
 * record.h - a sound payload as the rows and columns it becomes.
 *
 *     sound JSON or text -> [record_judge] -> record
 */
#ifndef DECANT_RECORD_RECORD_H
#define DECANT_RECORD_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/base/slice.h"
#include "validate/json/repair.h"
#include "validate/record/profile.h"

#define RECORD_ABSENT INT64_MIN /* a number of the line that is not known */

/* What columns can take from the line around the payload. */
struct record_line {
    struct slice key, provider, model, response_id, outcome, finish_reason;
    int64_t source, offset, attempt, http_status;
    int64_t prompt_tokens, cached_tokens, output_tokens, thinking_tokens;
};

/* A value of a column; which member holds it is the column's type. */
struct value {
    bool null;
    union {
        int64_t integer;   /* INT4, INT8; TIMESTAMPTZ: microseconds, DATE: days,
                            both since 2000-01-01 */
        double real;       /* FLOAT8 */
        bool flag;         /* BOOL */
        struct slice text; /* TEXT; JSONB: sound JSON; NUMERIC: a JSON number
                              as written; UUID: 16 bytes */
        struct {
            const struct slice *list; /* an element {NULL, 0} is NULL */
            size_t count;
        } texts; /* TEXT_ARRAY */
        struct {
            const float *list;
            size_t count;
        } floats; /* FLOAT4_ARRAY */
    } as;
};

/* What is worth counting and no reason to reject. */
enum note {
#define NOTE(name, key, words) NOTE_##name,
#include "validate/record/note.def"
#undef NOTE
    NOTE_COUNT
};
struct slice note_key(enum note note);
struct slice note_words(enum note note);

struct record {
    struct slice json;          /* goes to payload jsonb; empty under `text` */
    struct slice text;          /* goes to payload_text; empty under `raw` */
    const struct value *values; /* n_rows times profile->n_columns */
    size_t n_rows;              /* 0 without a typed table, or nothing to
                                   spread */
    const int64_t *digests;     /* of what must not occur twice in the run */
    size_t n_digests;
    uint32_t notes; /* bit 1 << enum note */
};

struct record_input {
    struct slice text;              /* the whole payload, as it came */
    struct repaired *sound;         /* its JSON; not used by text profiles */
    const struct record_line *line; /* where it came from */
    bool as_is; /* change nothing: restore no escape, clean no SMILES */
};

/*
 * Restore what the profile's fields declare and clean SMILES lightly, then
 * judge: what PostgreSQL must be able to hold (no U+0000, no number with
 * |exponent| > 400 or more than 1,000 digits), the schema, declared SMILES,
 * the rules, and that every column gets a value of its type.  A verdict's `at` counts in sound's text,
 * `where` points into it.
 */
MUST_CHECK
struct verdict record_judge(const struct profile *profile,
                            const struct record_input *in, struct arena *arena,
                            struct record *out);

#endif
