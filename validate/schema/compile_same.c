/* compile_same.c - keywords that have other rules tried on the same value,
 * and those that speak of what the others left. */
#include "validate/schema/compile.h"

static bool emit_rule(struct compiler *c, const struct sheet *s, enum keyword k,
                      enum op_code code, unsigned kinds)
{
    struct op *op;
    uint32_t rule;

    if (!s->at[k])
        return true;
    if (!compile_child(c, s, k, &rule))
        return false;
    op = compile_emit(c, code, kinds, k);
    if (!op)
        return false;
    op->rule = rule;
    return true;
}

/* --- references ----------------------------------------------------------- */

/* What only running can follow; its targets are known when all rules are. */
static bool emit_dynamic(struct compiler *c, enum keyword k, uint32_t rule,
                         uint32_t name)
{
    struct dynamic *d = arena_new(c->r.arena, 1, struct dynamic);
    struct op *op = compile_emit(c, OP_DYNAMIC, TYPE_EVERY, k);

    if (!d || !op)
        return resolve_full(&c->r);
    d->rule = rule;
    op->rule = name;
    op->dynamic = d;
    c->dynamic = true;
    return true;
}

static bool emit_reference(struct compiler *c, const struct sheet *s,
                           enum keyword k)
{
    struct place from = {s->place.document, s->at[k]};
    struct target target;
    struct slice ref;
    struct op *op;
    uint32_t rule;

    if (!s->at[k])
        return true;
    if (!compile_text(c, s, s->at[k], &ref) ||
        !resolve_ref(&c->r, s->place, from, ref, &target) ||
        !compile_rule_of(c, target.at, &rule))
        return false;
    if (k == KEYWORD_RECURSIVE_REF)
        target.dynamic = resolve_dynamic_root(&c->r, target.at);
    if (k != KEYWORD_REF && target.dynamic != RESOLVE_NONE)
        return emit_dynamic(c, k, rule, target.dynamic);
    op = compile_emit(c, OP_CALL, TYPE_EVERY, k);
    if (!op)
        return false;
    op->rule = rule;
    return true;
}

/* --- branches ------------------------------------------------------------- */

static bool add_call(struct compiler *c, uint32_t rule)
{
    uint32_t *call = resolve_more(c->r.arena, &c->calls, sizeof(*call));

    if (!call)
        return resolve_full(&c->r);
    *call = rule;
    return true;
}

static bool emit_all(struct compiler *c, const struct sheet *s)
{
    uint32_t list = s->at[KEYWORD_ALL_OF];

    for (uint32_t i = list ? json_first(s->t, list) : JSON_NONE; i;
         i = json_next(s->t, list, i)) {
        struct place at = {s->place.document, i};
        struct op *op = compile_emit(c, OP_CALL, TYPE_EVERY, KEYWORD_ALL_OF);
        uint32_t rule;

        if (!op || !compile_rule_of(c, at, &rule))
            return false;
        op->rule = rule;
    }
    return true;
}

static bool emit_choice(struct compiler *c, const struct sheet *s,
                        enum keyword k, enum op_code code)
{
    uint32_t list = s->at[k], n = 0, rule;
    size_t first = c->calls.n;
    struct op *op;

    if (!list)
        return true;
    for (uint32_t i = json_first(s->t, list); i;
         i = json_next(s->t, list, i), n++) {
        struct place at = {s->place.document, i};

        if (!compile_rule_of(c, at, &rule) || !add_call(c, rule))
            return false;
    }
    op = compile_emit(c, code, TYPE_EVERY, k);
    if (!op)
        return false;
    op->rule = n;
    op->first = first;
    return true;
}

static bool emit_if(struct compiler *c, const struct sheet *s)
{
    static const enum keyword keywords[] = {KEYWORD_IF, KEYWORD_THEN,
                                            KEYWORD_ELSE};
    size_t first = c->calls.n;
    struct op *op;
    uint32_t rule;

    if (!s->at[KEYWORD_IF])
        return true;
    for (size_t i = 0; i < countof(keywords); i++) {
        if (!compile_child(c, s, keywords[i], &rule) || !add_call(c, rule))
            return false;
    }
    op = compile_emit(c, OP_IF, TYPE_EVERY, KEYWORD_IF);
    if (!op)
        return false;
    op->rule = countof(keywords);
    op->first = first;
    return true;
}

bool compile_same(struct compiler *c, const struct sheet *s)
{
    if (s->at[KEYWORD_ONE_OF] || s->at[KEYWORD_NOT] || s->at[KEYWORD_IF])
        c->careful = true;
    return emit_reference(c, s, KEYWORD_REF) &&
           emit_reference(c, s, KEYWORD_DYNAMIC_REF) &&
           emit_reference(c, s, KEYWORD_RECURSIVE_REF) && emit_all(c, s) &&
           emit_choice(c, s, KEYWORD_ANY_OF, OP_ANY) &&
           emit_choice(c, s, KEYWORD_ONE_OF, OP_ONE) &&
           emit_rule(c, s, KEYWORD_NOT, OP_NOT, TYPE_EVERY) && emit_if(c, s) &&
           emit_rule(c, s, KEYWORD_UNEVALUATED_ITEMS, OP_REST_ITEMS,
                     1u << JSON_ARRAY) &&
           emit_rule(c, s, KEYWORD_UNEVALUATED_PROPERTIES, OP_REST_MEMBERS,
                     1u << JSON_OBJECT);
}
