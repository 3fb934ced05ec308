/*
 * profile.h - what a sound payload is, and which columns it becomes.
 *
 *     one JSON file: a schema and "x-decant" -> [profile_parse] -> profile
 *
 * A profile is a JSON Schema 2020-12 document whose member "x-decant" says
 * where the payload goes; docs/profiles.md is its reference.  A user's file
 * works exactly as a built-in one does.
 */
#ifndef DECANT_RECORD_PROFILE_H
#define DECANT_RECORD_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/hash.h"
#include "validate/base/slice.h"
#include "validate/record/restore.h"
#include "validate/schema/schema.h"

#define PROFILE_COLUMNS_MAX 256

/* What a column holds, in PostgreSQL's words. */
enum column_type {
    COLUMN_TEXT,
    COLUMN_INT4,
    COLUMN_INT8,
    COLUMN_NUMERIC,
    COLUMN_FLOAT8,
    COLUMN_BOOL,
    COLUMN_JSONB,
    COLUMN_TEXT_ARRAY,   /* text[] */
    COLUMN_FLOAT4_ARRAY, /* float4[], or vector(n) in a table of the user's */
    COLUMN_TIMESTAMPTZ,
    COLUMN_DATE,
    COLUMN_UUID,
    COLUMN_TYPE_COUNT
};

/* "text", "text[]": as profiles and CREATE TABLE write it. */
struct slice column_type_name(enum column_type type);
MUST_CHECK bool column_type_find(struct slice name, enum column_type *out);

struct column {
    struct slice name; /* as the table has it, unquoted */
    enum column_type type;
    bool required;            /* NOT NULL; without a value the row is no row */
    enum field_class class;   /* of its strings: FIELD_SMILES ... or NONE */
    const struct recipe *how; /* where its value comes from */
};

/* Rows of one value that a finished load should have. */
struct expected {
    uint32_t column;
    struct slice value;
    uint64_t count;
};

struct profile {
    struct slice name; /* "qa", or the path of a file */
    struct slice text; /* the whole file */
    struct hash hash;  /* of text: which profile a file was loaded with */
    bool json;         /* payloads are JSON; else any text */
    const struct schema *schema; /* NULL: any JSON */
    struct slice draft; /* an older one that the schema is read by, or empty */
    struct field_table fields; /* what its strings hold, for restore() */
    /* Without columns there is no typed table. */
    struct slice table_schema, table; /* unquoted */
    const struct column *columns;
    size_t n_columns;
    const struct expected *expected;
    size_t n_expected;
    bool unique;               /* a rule asks for no duplicates in the run:
                                  records carry digests */
    const struct rules *rules; /* of record_judge() alone */
};

/* Why a profile is no profile. */
struct profile_problem {
    struct slice pointer; /* JSON Pointer into the profile */
    struct slice words;   /* in the arena */
};

struct profile_source {
    struct slice name;
    struct slice text;
    /* What the profile refers to: schemas by $ref, an XSD by its path; false
     * when there is no such file.  NULL: it may refer to nothing. */
    bool (*read)(void *ctx, struct slice path, struct slice *text);
    void *ctx;
};

/*
 * Everything lives in the arena and borrows from source->text.  Workers that
 * are forked later share it.
 */
MUST_CHECK
bool profile_parse(const struct profile_source *source, struct arena *arena,
                   const struct profile **out, struct profile_problem *why);

/* The built-in profiles in their order: name, one line of words, the file. */
struct builtin {
    struct slice name, title, text;
};
extern const struct builtin builtins[];
extern const size_t n_builtins;
MUST_CHECK bool builtin_find(struct slice name, const struct builtin **out);

/* The same, parsed; also false when the arena is full. */
MUST_CHECK bool profile_find(struct slice name, struct arena *arena,
                             const struct profile **out);

#endif
