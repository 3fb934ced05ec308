/*
 * compile.h - schema documents turned into a program, between its files.
 *
 *     rule_of() -> rules to do -> [compile_rule] -> ops -> [compile_link]
 *
 * Asking for the rule of a schema gives its index and puts it on the list of
 * rules to do; rules are done in that order, so that nothing recurses.  One
 * rule is done at a time, and its ops are one run.
 */
#ifndef DECANT_SCHEMA_COMPILE_H
#define DECANT_SCHEMA_COMPILE_H

#include "validate/schema/program_rule.h"

struct compiler {
    struct resolver r;
    struct resolve_list rules;    /* struct rule */
    struct resolve_list ops;      /* struct op */
    struct resolve_list calls;    /* uint32_t */
    struct resolve_list patterns; /* struct pattern *, to be dropped */
    bool dynamic;                 /* a reference that only running can follow */
    bool careful;                 /* see struct schema */
};

/* A schema object read: the value of each keyword it has. */
struct sheet {
    struct place place;
    const struct json_tape *t;
    struct dialect dialect;
    uint32_t at[KEYWORD_COUNT]; /* its node, JSON_NONE when it is not there */
};

static inline struct rule *compile_rule(const struct compiler *c, uint32_t i)
{
    return (struct rule *)c->rules.items + i;
}
static inline struct op *compile_op(const struct compiler *c, uint32_t i)
{
    return (struct op *)c->ops.items + i;
}

/* The rule of a known schema; false when the arena is full. */
MUST_CHECK
bool compile_rule_of(struct compiler *c, struct place at, uint32_t *out);

/* The rule of a keyword's value; RULE_TRUE when it is not there. */
MUST_CHECK
bool compile_child(struct compiler *c, const struct sheet *s, enum keyword k,
                   uint32_t *out);

/* One more op; NULL, and a problem, when the arena is full. It stays put
 * until the next one. */
struct op *compile_emit(struct compiler *c, enum op_code code, unsigned kinds,
                        enum keyword k);

/* A string of the schema, unescaped. */
MUST_CHECK
bool compile_text(struct compiler *c, const struct sheet *s, uint32_t node,
                  struct slice *out);

/* A regular expression; node is where it stands. */
MUST_CHECK
bool compile_pattern(struct compiler *c, const struct sheet *s, uint32_t node,
                     struct slice text, const struct pattern **out);

/* A count, at most SIZE_MAX; the shape is checked already. */
size_t compile_count(const struct sheet *s, enum keyword k, size_t absent);

/* The ops of a sheet, by group, in the order of these calls. */
MUST_CHECK bool compile_scalars(struct compiler *c, const struct sheet *s);
MUST_CHECK bool compile_object(struct compiler *c, const struct sheet *s);
MUST_CHECK bool compile_depend(struct compiler *c, const struct sheet *s);
MUST_CHECK bool compile_arrays(struct compiler *c, const struct sheet *s);
MUST_CHECK bool compile_same(struct compiler *c, const struct sheet *s);

/* All rules are done: the program they make, or a problem. */
MUST_CHECK bool compile_link(struct compiler *c, struct schema **out);

#endif
