/* compile_children.c - keywords that look at members and items. */
#include "validate/schema/compile.h"

#define OBJECTS (1u << JSON_OBJECT)
#define ARRAYS  (1u << JSON_ARRAY)

static size_t n_children(const struct json_tape *t, uint32_t node)
{
    size_t n = 0;

    if (!node)
        return 0;
    for (uint32_t i = json_first(t, node); i; i = json_next(t, node, i))
        n++;
    return n;
}

static uint32_t *new_numbers(struct compiler *c, size_t n)
{
    uint32_t *list = arena_new(c->r.arena, n + 1, uint32_t);

    if (!list)
        resolve_full(&c->r);
    return list;
}

/* --- objects -------------------------------------------------------------- */

static bool add_properties(struct compiler *c, const struct sheet *s,
                           struct object *o)
{
    uint32_t map = s->at[KEYWORD_PROPERTIES];
    struct slice name;

    for (uint32_t i = map ? json_first(s->t, map) : JSON_NONE; i;
         i = json_next(s->t, map, i)) {
        struct place at = {s->place.document, i + 1};

        if (!compile_text(c, s, i, &name) ||
            !compile_rule_of(c, at, &o->rules[names_add(&o->names, name)]))
            return false;
    }
    return true;
}

static bool add_required(struct compiler *c, const struct sheet *s,
                         struct object *o, uint64_t *required)
{
    uint32_t list = s->at[KEYWORD_REQUIRED];
    struct slice name;

    for (uint32_t i = list ? json_first(s->t, list) : JSON_NONE; i;
         i = json_next(s->t, list, i)) {
        uint32_t before = o->names.n, at;

        if (!compile_text(c, s, i, &name))
            return false;
        at = names_add(&o->names, name);
        if (at == before)
            o->rules[at] = NAMES_NONE;
        if (required[at / 64] >> at % 64 & 1)
            return resolve_problem(&c->r, (struct place){s->place.document, i},
                                   "\"required\" has the same name twice");
        required[at / 64] |= UINT64_C(1) << at % 64;
        o->demands = true;
    }
    return true;
}

static bool add_patterns(struct compiler *c, const struct sheet *s,
                         struct object *o)
{
    uint32_t map = s->at[KEYWORD_PATTERN_PROPERTIES];
    struct slice text;

    o->patterns =
        arena_new(c->r.arena, n_children(s->t, map) + 1, struct pattern_rule);
    if (!o->patterns)
        return resolve_full(&c->r);
    for (uint32_t i = map ? json_first(s->t, map) : JSON_NONE; i;
         i = json_next(s->t, map, i)) {
        struct pattern_rule *one = &o->patterns[o->n_patterns++];
        struct place at = {s->place.document, i + 1};

        if (!compile_text(c, s, i, &text) ||
            !compile_pattern(c, s, i + 1, text, &one->pattern) ||
            !compile_rule_of(c, at, &one->rule))
            return false;
    }
    return true;
}

bool compile_object(struct compiler *c, const struct sheet *s)
{
    size_t n = n_children(s->t, s->at[KEYWORD_PROPERTIES]) +
               n_children(s->t, s->at[KEYWORD_REQUIRED]);
    struct object *o;
    uint64_t *required;
    struct op *op;
    bool many;

    if (!n && !s->at[KEYWORD_PATTERN_PROPERTIES] &&
        !s->at[KEYWORD_ADDITIONAL_PROPERTIES] && !s->at[KEYWORD_PROPERTY_NAMES])
        return true;
    o = arena_new(c->r.arena, 1, struct object);
    required = arena_new(c->r.arena, n / 64 + 1, uint64_t);
    if (!o || !required || !names_init(&o->names, c->r.arena, n))
        return resolve_full(&c->r);
    o->required = required;
    o->rules = new_numbers(c, n);
    o->closed = s->at[KEYWORD_ADDITIONAL_PROPERTIES] != JSON_NONE;
    if (!o->rules || !add_properties(c, s, o) ||
        !add_required(c, s, o, required) || !add_patterns(c, s, o) ||
        !compile_child(c, s, KEYWORD_ADDITIONAL_PROPERTIES, &o->additional) ||
        !compile_child(c, s, KEYWORD_PROPERTY_NAMES, &o->every_name))
        return false;
    many = o->n_patterns || o->every_name != RULE_TRUE;
    op = compile_emit(c, many ? OP_MEMBERS : OP_OBJECT, OBJECTS,
                      KEYWORD_PROPERTIES);
    if (!op)
        return false;
    op->object = o;
    return true;
}

/* --- dependent names and schemas ------------------------------------------ */

/* Of dependentRequired, dependentSchemas or dependencies. */
static size_t count_names(const struct sheet *s, enum keyword k, size_t *needs)
{
    uint32_t map = s->at[k];
    size_t n = 0;

    for (uint32_t i = map ? json_first(s->t, map) : JSON_NONE; i;
         i = json_next(s->t, map, i)) {
        n++;
        if (json_is(s->t, i + 1, JSON_ARRAY))
            *needs += n_children(s->t, i + 1);
    }
    return n;
}

static bool add_dependences(struct compiler *c, const struct sheet *s,
                            struct depend *d, uint32_t *needs, enum keyword k)
{
    uint32_t map = s->at[k], n = 0;
    struct slice name;

    for (size_t i = 0; i < d->n; i++)
        n += d->list[i].n;
    for (uint32_t i = map ? json_first(s->t, map) : JSON_NONE; i;
         i = json_next(s->t, map, i)) {
        struct dependence *one = &d->list[d->n++];
        struct place at = {s->place.document, i + 1};

        if (!compile_text(c, s, i, &name))
            return false;
        one->name = names_add(&d->names, name);
        one->keyword = (uint8_t)k;
        one->is_rule = !json_is(s->t, i + 1, JSON_ARRAY);
        if (one->is_rule && !compile_rule_of(c, at, &one->rule))
            return false;
        if (one->is_rule)
            continue;
        one->rule = n;
        for (uint32_t j = json_first(s->t, i + 1); j;
             j = json_next(s->t, i + 1, j)) {
            if (!compile_text(c, s, j, &name))
                return false;
            needs[n++] = names_add(&d->names, name);
            one->n++;
        }
    }
    return true;
}

bool compile_depend(struct compiler *c, const struct sheet *s)
{
    static const enum keyword keywords[] = {KEYWORD_DEPENDENT_REQUIRED,
                                            KEYWORD_DEPENDENT_SCHEMAS,
                                            KEYWORD_DEPENDENCIES};
    size_t n_needs = 0, n = 0;
    struct depend *d;
    uint32_t *needs;
    struct op *op;

    for (size_t i = 0; i < countof(keywords); i++)
        n += count_names(s, keywords[i], &n_needs);
    if (!n)
        return true;
    d = arena_new(c->r.arena, 1, struct depend);
    needs = new_numbers(c, n_needs);
    if (!d || !needs || !names_init(&d->names, c->r.arena, n + n_needs))
        return resolve_full(&c->r);
    d->needs = needs;
    d->list = arena_new(c->r.arena, n, struct dependence);
    if (!d->list)
        return resolve_full(&c->r);
    for (size_t i = 0; i < countof(keywords); i++) {
        if (!add_dependences(c, s, d, needs, keywords[i]))
            return false;
    }
    op = compile_emit(c, OP_DEPEND, OBJECTS, KEYWORD_DEPENDENT_SCHEMAS);
    if (!op)
        return false;
    op->depend = d;
    return true;
}

/* --- arrays --------------------------------------------------------------- */

/* Which keywords hold the first items' schemas and the others'. */
static void item_keywords(const struct sheet *s, uint32_t *prefix,
                          enum keyword *rest)
{
    *prefix = s->at[KEYWORD_PREFIX_ITEMS];
    *rest = KEYWORD_ITEMS;
    if (s->dialect.draft != DRAFT_NEW &&
        json_is(s->t, s->at[KEYWORD_ITEMS], JSON_ARRAY)) {
        *prefix = s->at[KEYWORD_ITEMS];
        *rest = KEYWORD_ADDITIONAL_ITEMS;
    }
}

static bool emit_array(struct compiler *c, const struct sheet *s)
{
    struct array *a;
    uint32_t prefix;
    enum keyword rest;
    struct op *op;

    item_keywords(s, &prefix, &rest);
    if (!prefix && !s->at[rest])
        return true;
    a = arena_new(c->r.arena, 1, struct array);
    if (!a)
        return resolve_full(&c->r);
    a->prefix = new_numbers(c, n_children(s->t, prefix));
    a->closed = s->at[rest] != JSON_NONE;
    if (!a->prefix || !compile_child(c, s, rest, &a->rest))
        return false;
    for (uint32_t i = prefix ? json_first(s->t, prefix) : JSON_NONE; i;
         i = json_next(s->t, prefix, i)) {
        struct place at = {s->place.document, i};

        if (!compile_rule_of(c, at, &a->prefix[a->n_prefix++]))
            return false;
    }
    op = compile_emit(c, OP_ARRAY, ARRAYS, rest);
    if (!op)
        return false;
    op->array = a;
    return true;
}

static bool emit_contains(struct compiler *c, const struct sheet *s)
{
    struct contains *one;
    struct op *op;

    if (!s->at[KEYWORD_CONTAINS])
        return true;
    one = arena_new(c->r.arena, 1, struct contains);
    op = compile_emit(c, OP_CONTAINS, ARRAYS, KEYWORD_CONTAINS);
    if (!one || !op)
        return resolve_full(&c->r);
    op->contains = one;
    one->marks = s->dialect.draft == DRAFT_NEW;
    one->min = compile_count(s, KEYWORD_MIN_CONTAINS, 1);
    one->max = compile_count(s, KEYWORD_MAX_CONTAINS, SIZE_MAX);
    one->bounded = s->at[KEYWORD_MAX_CONTAINS] != JSON_NONE;
    if (one->bounded)
        c->careful = true;
    return compile_child(c, s, KEYWORD_CONTAINS, &one->rule);
}

bool compile_arrays(struct compiler *c, const struct sheet *s)
{
    return emit_array(c, s) && emit_contains(c, s);
}
