/*
 * keyword.h - the keywords of keyword.def: found by name, checked for shape.
 *
 * A dialect is what a schema resource's $schema makes of it: a draft, and
 * the vocabularies that are switched on.
 */
#ifndef DECANT_SCHEMA_KEYWORD_H
#define DECANT_SCHEMA_KEYWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"

enum keyword {
#define KEYWORD(name, text, vocabulary, shape, drafts) KEYWORD_##name,
#include "validate/schema/keyword.def"
#undef KEYWORD
    KEYWORD_COUNT,
    KEYWORD_FALSE = KEYWORD_COUNT, /* no keyword: the schema `false` */
};

enum vocabulary { /* bits */
                  VOCABULARY_CORE = 1 << 0,
                  VOCABULARY_APPLICATOR = 1 << 1,
                  VOCABULARY_UNEVALUATED = 1 << 2,
                  VOCABULARY_VALIDATION = 1 << 3,
                  VOCABULARY_META = 1 << 4,
                  VOCABULARY_FORMAT = 1 << 5,
                  VOCABULARY_CONTENT = 1 << 6,
                  VOCABULARY_FORMAT_ASSERTION = 1 << 7,
};

enum draft {                   /* bits */
             DRAFT_7 = 1 << 0, /* and 6, which differs by keywords it lacks */
             DRAFT_2019 = 1 << 1,
             DRAFT_NEW = 1 << 2, /* 2020-12 */
             DRAFT_EARLY = DRAFT_7 | DRAFT_2019,
             DRAFT_LATE = DRAFT_2019 | DRAFT_NEW,
             DRAFT_EVERY = DRAFT_7 | DRAFT_2019 | DRAFT_NEW,
};

struct dialect {
    uint8_t draft;        /* one bit of enum draft */
    uint8_t vocabularies; /* bits of enum vocabulary */
};

/* Where the subschemas of a keyword's value are. */
enum nest {
    NEST_NONE,
    NEST_SELF, /* the value is one */
    NEST_LIST, /* each item */
    NEST_MAP,  /* the value of each member */
    NEST_AUTO, /* whichever of them the value looks like */
};

/* False when the dialect has no such keyword. */
MUST_CHECK
bool keyword_find(struct slice name, struct dialect dialect, enum keyword *out);
struct slice keyword_text(enum keyword k); /* "false" for KEYWORD_FALSE */
enum nest keyword_nest(enum keyword k);

/*
 * Is the value of the shape the keyword asks for?  When not, *words says
 * what it must be ("must be a string") and *bad is the node at fault.
 * Subschemas are looked at one level deep: an object, true or false.
 */
MUST_CHECK
bool keyword_shape(enum keyword k, struct dialect dialect,
                   const struct json_tape *t, uint32_t *bad,
                   struct slice *words);

/* The bit of a type's name: 1 << enum json_kind, or TYPE_INTEGER; 0 when
 * there is no such type. */
#define TYPE_INTEGER (1u << 7)
#define TYPE_EVERY   0x7Fu
uint8_t keyword_type(const struct json_tape *t, uint32_t node);

#endif
