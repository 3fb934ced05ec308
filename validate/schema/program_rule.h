/*
 * program_rule.h - a schema as a flat program.
 *
 *     schema objects -> rules -> ops
 *
 * Every schema object is a rule; a rule is the types it lets pass and a run
 * of ops in one array.  An op says one thing about a value: by itself, or by
 * having other rules tried on the same value (references, allOf ...) or on
 * its children (properties, items ...).  Ops refer to rules by index, so a
 * schema that contains itself is no special case.
 *
 * A rule whose ops all speak for themselves is run in place where it is met,
 * and so is one that has only such rules below it, and one that has only
 * those, up to RULE_DIRECT_MAX: most schemas are no more than that.  Any
 * other rule takes a frame on the stack of run.h.
 *
 * What failed is told as (rule, keyword, value); words and places are made
 * from the schema's own documents when somebody asks: run_words.c.
 */
#ifndef DECANT_SCHEMA_PROGRAM_RULE_H
#define DECANT_SCHEMA_PROGRAM_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/json/tape.h"
#include "validate/schema/format.h"
#include "validate/schema/keyword.h"
#include "validate/schema/pattern.h"
#include "validate/schema/program_names.h"
#include "validate/schema/resolve.h"
#include "validate/schema/schema.h"

#define RULE_TRUE       0u /* the rule that lets everything pass */
#define RULE_DIRECT_MAX 8
#define RULE_FRAMED     (RULE_DIRECT_MAX + 1)

enum op_code {
    /* speak for themselves */
    OP_ENUM,     /* enumeration */
    OP_BOUND,    /* bound */
    OP_MULTIPLE, /* bound */
    OP_LENGTH,   /* count; keyword says which end */
    OP_PATTERN,  /* pattern */
    OP_FORMAT,   /* format */
    OP_OWN,      /* own format */
    OP_COUNT,    /* count of items or members; keyword says which end */
    OP_UNIQUE,
    /* may be direct: children */
    OP_OBJECT,   /* object */
    OP_ARRAY,    /* array */
    OP_CONTAINS, /* contains */
    /* the same value */
    OP_CALL, /* rule: $ref, allOf's branches */
    OP_ANY,  /* list: anyOf */
    OP_ONE,  /* list: oneOf */
    OP_NOT,  /* rule */
    OP_IF,   /* list: if, then, else */
    /* take a frame */
    OP_MEMBERS, /* object with patterns or propertyNames */
    OP_DEPEND,  /* depend */
    OP_DYNAMIC, /* dynamic */
    /* the rest of the children, last of all */
    OP_REST_ITEMS,   /* rule */
    OP_REST_MEMBERS, /* rule */
};

/* A list of rules is a run of the program's `calls`. */
struct op {
    uint8_t code;
    uint8_t kinds;   /* 1 << enum json_kind of the values it is about */
    uint8_t keyword; /* enum keyword */
    bool flag;       /* see the op */
    uint32_t rule;   /* or the number of rules in a list */
    union {
        size_t count;
        size_t first; /* of a list: index in calls */
        const struct bound *bound;
        const struct pattern *pattern;
        enum format format;
        const struct schema_format *own;
        const struct enumeration *enumeration;
        struct object *object;
        struct array *array;
        struct contains *contains;
        struct depend *depend;
        struct dynamic *dynamic;
    };
};

struct rule {
    uint32_t first; /* op */
    uint32_t n;     /* ops */
    uint8_t types;  /* bits of values that pass; see keyword_type() */
    uint8_t kinds;  /* all that its ops are about */
    uint8_t height; /* of direct rules in it, or RULE_FRAMED */
    bool tracks;    /* has unevaluated*: keeps account of its children */
    struct place place;
    uint32_t scope; /* of its resource, see struct resource */
};

/* A number a value is compared with. */
struct bound {
    struct slice text;
    int64_t whole; /* its value if exact */
    bool exact;
};

/* Values a value must be one of. */
struct enumeration {
    uint8_t literals;       /* bits of null, false, true */
    struct names strings;   /* unescaped */
    struct json_tape tape;  /* where the others are */
    uint32_t n_slots;       /* a power of two, or 0 when there are none */
    const uint32_t *slots;  /* nodes, JSON_NONE when free */
    const uint64_t *hashes; /* of each slot's value */
};

struct pattern_rule {
    const struct pattern *pattern;
    uint32_t rule;
};

/* properties, patternProperties, additionalProperties, propertyNames,
 * required: one walk over the members. */
struct object {
    struct names names;       /* of properties, then of required */
    uint32_t *rules;          /* of each name; NAMES_NONE: required only */
    const uint64_t *required; /* bits of the names, names.n of them */
    bool demands;             /* any bit there */
    bool closed;              /* additionalProperties is there */
    uint32_t additional;      /* its rule */
    uint32_t every_name;      /* rule of propertyNames */
    struct pattern_rule *patterns;
    size_t n_patterns;
};

/* prefixItems and items. */
struct array {
    uint32_t *prefix;
    size_t n_prefix;
    uint32_t rest; /* rule of items */
    bool closed;   /* items is there */
};

struct contains {
    uint32_t rule;
    bool marks; /* what it matches is evaluated (since 2020-12) */
    size_t min;
    size_t max;
    bool bounded; /* max is there */
};

/* dependentRequired, dependentSchemas, dependencies: when a name is there. */
struct dependence {
    uint32_t name; /* the trigger: index in names */
    uint8_t keyword;
    bool is_rule;
    uint32_t rule; /* or where its names begin in `needs` */
    uint32_t n;    /* names needed */
};
struct depend {
    struct names names;
    struct dependence *list;
    size_t n;
    const uint32_t *needs;
};

/* $dynamicRef: the outermost scope that has the anchor decides. */
struct dynamic_target {
    uint32_t scope;
    uint32_t rule;
};
struct dynamic {
    uint32_t rule;                  /* when no scope has it */
    struct dynamic_target *targets; /* sorted by scope */
    size_t n;
};

struct schema {
    const struct rule *rules;
    const struct op *ops;
    const uint32_t *calls;
    uint32_t n_rules;
    uint32_t n_ops;
    uint32_t start;    /* rule */
    uint8_t draft;     /* of the document's root */
    uint32_t n_scopes; /* 0: no dynamic reference anywhere */
    bool careful;      /* an overridden member could make it say valid */
    const struct document *documents;
    struct pattern *const *patterns; /* all of them, to be dropped */
    size_t n_patterns;
};

#endif
