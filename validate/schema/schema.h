/*
 * schema.h - JSON Schema 2020-12, compiled once and run over tapes.
 *
 *     schema text -> [schema_compile] -> struct schema
 *     tape        -> [schema_run]     -> valid, or the first thing wrong
 *
 * All vocabularies of the draft: references (dynamic ones too), embedded and
 * remote resources, custom metaschemas that switch vocabularies off,
 * unevaluated*, format as annotation or assertion, content as annotation.
 * Documents that declare draft 2019-09 or 7 are read by the rules of those
 * drafts where they differ ($ref siblings, array items, dependencies).
 * Unknown keywords are ignored.  Numbers compare exactly at any size;
 * strings compare after unescaping; of members with the same name the last
 * one counts.
 *
 * How: the documents become one flat program (program_rule.h), which is run with
 * a stack of its own; neither compiling nor running recurses, and every
 * depth and count has a ceiling.  An instance can loop through references
 * only by going deeper into the instance: other loops are found when the
 * schema is compiled, or end in SCHEMA_LIMIT.
 */
#ifndef DECANT_SCHEMA_SCHEMA_H
#define DECANT_SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"

/* Immutable; lives in the arena it was compiled in.  Forked workers share
 * one; two threads must not (a pattern's match data is inside). */
struct schema;

/* A named format of the caller's own ("smiles"); it outranks a built-in one
 * of the same name, and is always an assertion: who brings it, means it. */
struct schema_format {
    struct slice name;
    /* Is text (unescaped UTF-8) one?  When not, *words may say what it
     * lacks: "has an unclosed ring 1".  They borrow from the arena or are
     * static. */
    bool (*check)(void *ctx, struct slice text, struct arena *scratch,
                  struct slice *words);
    void *ctx;
};

struct schema_options {
    bool format_assertion; /* `format` asserts whatever the vocabulary says */
    /* The document a reference asks for, by absolute URI without fragment;
     * false when there is none.  The text must outlive the schema.  NULL:
     * only the metaschemas that decant brings are known. */
    bool (*remote)(void *ctx, struct slice uri, struct slice *text);
    void *ctx;
    struct slice base_uri;               /* of the document; may be empty */
    const struct schema_format *formats; /* must outlive the schema */
    size_t n_formats;
};

/* Why a schema is itself wrong. */
struct schema_problem {
    struct slice uri;     /* of the document; empty for the first one */
    struct slice pointer; /* the place in that document, a JSON Pointer */
    struct slice words;   /* "\"minimum\" must be a number" */
};

/*
 * False: *why says what and where, and the arena is as before but for the
 * words of *why.  options may be NULL.  The schema borrows text.
 */
MUST_CHECK
bool schema_compile(struct slice text, const struct schema_options *options,
                    struct arena *arena, struct schema **out,
                    struct schema_problem *why);

/* The older draft by whose rules the document is read, since its $schema says
 * so: "2019-09", or "7" (for 6, too); empty: 2020-12. */
struct slice schema_draft(const struct schema *schema);

/* Gives back the machine code of patterns; needed only by who compiles
 * schemas without end.  Memory stays the arena's; not to be run any more. */
void schema_drop(struct schema *schema);

/* The first failing keyword.  Slices borrow from the schema, the tape's text
 * or the scratch arena; all are valid UTF-8. */
struct schema_mismatch {
    struct slice keyword;          /* "maximum"; "false" for a schema `false` */
    struct slice instance_pointer; /* JSON Pointer of the value */
    struct slice schema_pointer;   /* of the keyword: a JSON Pointer; in other
                                      documents their URI and '#' before it */
    struct slice message;          /* "yield is 140, at most 100 is allowed" */
    uint32_t node;                 /* the value on the tape */
    size_t at;                     /* its byte in the instance's text */
};

enum schema_result {
    SCHEMA_VALID,
    SCHEMA_INVALID,
    SCHEMA_LIMIT, /* not decided: too much work, a pattern's limit, or the
                     scratch arena full; never counted as valid */
};

/*
 * Run it over a tape that json_tape_build() made.  *why (may be NULL) is
 * set unless valid.  scratch holds the stack and *why; the caller rewinds
 * it.
 */
MUST_CHECK
enum schema_result schema_run(const struct schema *schema,
                              const struct json_tape *tape,
                              struct arena *scratch,
                              struct schema_mismatch *why);

#endif
