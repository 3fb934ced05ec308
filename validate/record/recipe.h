/*
 * recipe.h - what a profile's columns and rules are inside.
 *
 * Made by profile_parse(), followed by record_judge(); nobody else looks.
 * Paths of columns and rules start at the element when the profile spreads
 * an array, else at the payload.
 */
#ifndef DECANT_RECORD_RECIPE_H
#define DECANT_RECORD_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/record/language.h"
#include "validate/record/path.h"
#include "validate/record/qti.h"
#include "validate/record/record.h"
#include "validate/schema/pattern.h"

#define MATCHES_MAX 8        /* different patterns of the key */
#define NO_MATCH    SIZE_MAX /* the key as a whole */

enum recipe_from {
    FROM_PATH,     /* a value of the element */
    FROM_PAYLOAD,  /* a value of the whole payload */
    FROM_INDEX,    /* the place in the spread array */
    FROM_KEY,      /* the key, or a group of its pattern */
    FROM_TEXT,     /* the reply as text */
    FROM_CONSTANT, /* fallback */
    FROM_WORD,     /* a slice of struct record_line */
    FROM_NUMBER,   /* an int64_t of struct record_line */
};

struct recipe {
    enum recipe_from from;
    struct path path;
    size_t match, group;   /* FROM_KEY: in rules->matches, its groups */
    size_t field;          /* FROM_WORD, FROM_NUMBER: offset of the member */
    struct value fallback; /* where there is no value: NULL, or a default */
};

struct key_match {
    struct slice text;
    struct pattern *pattern;
};

enum mark { MARK_TEXT, MARK_INDEX, MARK_LETTER };

struct rule_options {
    struct path list, answer;
    bool answered; /* `answer` is given */
    enum mark mark;
};

/* Texts that belong together: to differ, to be unique as one. */
struct rule_texts {
    const struct path *paths;
    size_t n_paths;
    bool exact; /* hold SMILES: case and signs count */
};

struct rule_words {
    struct path path;
    uint32_t min;
};

struct rule_language {
    struct path path;
    enum language language;
};

/* A value that should not be in a list. */
struct rule_among {
    struct path value, list;
};

/* A declared molecule or reaction; from the payload. */
struct rule_molecule {
    struct path path;
    enum field_class class;
    bool shadowed; /* an earlier field may claim some of its places */
};

struct rules {
    bool spreads;
    struct path spread;
    size_t dimension; /* of float4[] columns; 0: any */
    struct key_match matches[MATCHES_MAX];
    size_t n_matches;
    const struct rule_options *options;
    size_t n_options;
    const struct rule_texts *differ;
    size_t n_differ;
    const struct rule_texts *unique;
    size_t n_unique;
    const struct path *solid; /* no placeholder there */
    size_t n_solid;
    const struct slice *templates; /* folded */
    size_t n_templates;
    const struct rule_words *words;
    size_t n_words;
    const struct rule_language *languages;
    size_t n_languages;
    const struct rule_among *among;
    size_t n_among;
    const struct rule_molecule *molecules;
    size_t n_molecules;
    bool item; /* `xml` holds a QTI item */
    struct path xml;
    const struct qti_schema *xsd; /* or NULL */
};

#endif
