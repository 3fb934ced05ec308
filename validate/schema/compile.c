/* compile.c - the list of rules to do, and one schema object read. */
#include "validate/schema/compile.h"

#include "validate/json/check.h"

bool compile_rule_of(struct compiler *c, struct place at, uint32_t *out)
{
    struct document *d = resolve_document(&c->r, at.document);
    struct rule *rule;

    *out = RULE_TRUE;
    if (json_is(&d->tape, at.node, JSON_TRUE))
        return true;
    if (!d->rule[at.node]) {
        rule = resolve_more(c->r.arena, &c->rules, sizeof(*rule));
        if (!rule)
            return resolve_full(&c->r);
        rule->place = at;
        d->rule[at.node] = (uint32_t)c->rules.n;
    }
    *out = d->rule[at.node] - 1;
    return true;
}

bool compile_child(struct compiler *c, const struct sheet *s, enum keyword k,
                   uint32_t *out)
{
    struct place at = {s->place.document, s->at[k]};

    *out = RULE_TRUE;
    return !s->at[k] || compile_rule_of(c, at, out);
}

struct op *compile_emit(struct compiler *c, enum op_code code, unsigned kinds,
                        enum keyword k)
{
    struct op *op = resolve_more(c->r.arena, &c->ops, sizeof(*op));

    if (!op) {
        resolve_full(&c->r);
        return NULL;
    }
    op->code = (uint8_t)code;
    op->kinds = (uint8_t)kinds;
    op->keyword = (uint8_t)k;
    return op;
}

bool compile_text(struct compiler *c, const struct sheet *s, uint32_t node,
                  struct slice *out)
{
    *out = json_string(s->t, node, c->r.arena);
    return out->ptr || resolve_full(&c->r);
}

/* --- one schema object ---------------------------------------------------- */

/* The keywords of a schema object, each of the right shape. */
static bool read_sheet(struct compiler *c, struct sheet *s)
{
    for (uint32_t i = json_first(s->t, s->place.node); i;
         i = json_next(s->t, s->place.node, i)) {
        struct place bad = {s->place.document, i + 1};
        struct slice name, words;
        enum keyword k;

        if (!compile_text(c, s, i, &name))
            return false;
        if (!keyword_find(name, s->dialect, &k))
            continue;
        if (!keyword_shape(k, s->dialect, s->t, &bad.node, &words))
            return resolve_problem(&c->r, bad, "\"%.*s\" %.*s", (int)name.len,
                                   name.ptr, (int)words.len, words.ptr);
        s->at[k] = i + 1;
    }
    return true;
}

static uint8_t types_of(const struct sheet *s)
{
    uint32_t node = s->at[KEYWORD_TYPE];
    uint8_t bits = 0;

    if (!node)
        return TYPE_EVERY;
    if (s->t->nodes[node].kind == JSON_STRING)
        return keyword_type(s->t, node);
    for (uint32_t i = json_first(s->t, node); i; i = json_next(s->t, node, i))
        bits |= keyword_type(s->t, i);
    return bits;
}

/* In draft 7 a reference is all there is. */
static void only_reference(struct sheet *s)
{
    uint32_t ref = s->at[KEYWORD_REF];

    if (s->dialect.draft != DRAFT_7 || !ref)
        return;
    memset(s->at, 0, sizeof(s->at));
    s->at[KEYWORD_REF] = ref;
}

static bool do_rule(struct compiler *c, uint32_t index)
{
    struct sheet s = {.place = compile_rule(c, index)->place};
    const struct resource *of =
        resolve_resource(&c->r, resolve_resource_of(&c->r, s.place));
    struct json_tape tape = resolve_document(&c->r, s.place.document)->tape;
    uint32_t first = (uint32_t)c->ops.n;
    struct rule *rule;

    s.t = &tape; /* documents move */
    s.dialect = of->dialect;
    compile_rule(c, index)->scope = of->scope;
    if (json_is(s.t, s.place.node, JSON_FALSE))
        return true; /* no types pass */
    if (!read_sheet(c, &s))
        return false;
    only_reference(&s);
    if (!compile_scalars(c, &s) || !compile_object(c, &s) ||
        !compile_arrays(c, &s) || !compile_depend(c, &s) ||
        !compile_same(c, &s))
        return false;
    rule = compile_rule(c, index);
    rule->types = types_of(&s);
    rule->tracks =
        s.at[KEYWORD_UNEVALUATED_ITEMS] || s.at[KEYWORD_UNEVALUATED_PROPERTIES];
    rule->first = first;
    rule->n = (uint32_t)c->ops.n - first;
    return true;
}

/* --- all of them ---------------------------------------------------------- */

/* Every known schema of the first document, used or not: what is wrong with
 * it should be told. */
static bool ask_for_all(struct compiler *c)
{
    uint32_t ignored;

    for (uint32_t i = 0; i < resolve_document(&c->r, 0)->tape.n_nodes; i++) {
        struct place at = {0, i};

        if (resolve_document(&c->r, 0)->resource[i] &&
            !compile_rule_of(c, at, &ignored))
            return false;
    }
    return true;
}

/* A dynamic reference may lead to any of the anchors. */
static bool ask_for_dynamic(struct compiler *c)
{
    uint32_t ignored;

    for (uint32_t i = 0; c->dynamic && i < c->r.dynamics.n; i++) {
        const struct dynamic_anchor *a = resolve_dynamic(&c->r, i);
        struct place at = {a->document, a->node};

        if (!compile_rule_of(c, at, &ignored))
            return false;
    }
    return true;
}

static bool compile_all(struct compiler *c, struct slice text)
{
    struct rule *truth = resolve_more(c->r.arena, &c->rules, sizeof(*truth));
    uint32_t done = RULE_TRUE + 1, start;

    if (!truth)
        return resolve_full(&c->r);
    truth->types = TYPE_EVERY;
    if (!resolve_first(&c->r, text) ||
        !compile_rule_of(c, (struct place){0, 0}, &start) || !ask_for_all(c))
        return false;
    while (done < c->rules.n) {
        for (; done < c->rules.n; done++) {
            if (!do_rule(c, done))
                return false;
        }
        if (!ask_for_dynamic(c))
            return false;
    }
    return true;
}

/* The problem's place and words, kept while the arena is given back. */
static void explain(const struct compiler *c, size_t mark,
                    struct schema_problem *why)
{
    struct place at = c->r.problem;
    struct arena *arena = c->r.arena;
    char uri[RESOLVE_WORDS], pointer[RESOLVE_POINTER], words[RESOLVE_WORDS];
    struct slice s = {NULL, 0}, u = {NULL, 0}, w = {words, strlen(c->r.words)};

    if (at.document < c->r.documents.n) {
        const struct document *d = resolve_document(&c->r, at.document);

        u = slice_take(d->uri, sizeof(uri));
        if (at.node < d->tape.n_nodes)
            s = slice_take(
                json_locate(d->tape.text, d->tape.nodes[at.node].at, arena),
                sizeof(pointer));
    }
    memcpy(words, c->r.words, w.len);
    if (s.len)
        s.ptr = memcpy(pointer, s.ptr, s.len);
    if (u.len)
        u.ptr = memcpy(uri, u.ptr, u.len);
    arena_rewind(arena, mark);
    why->uri = arena_copy(arena, u);
    why->pointer = arena_copy(arena, s);
    why->words = arena_copy(arena, w);
    if (!why->words.ptr)
        why->words = SLICE("the schema needs more memory than allowed");
}

/* Entries are NULL where a pattern did not compile. */
static void drop(struct pattern *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (patterns[i])
            pattern_drop(patterns[i]);
    }
}

void schema_drop(struct schema *schema)
{
    drop(schema->patterns, schema->n_patterns);
    schema->n_patterns = 0;
}

bool schema_compile(struct slice text, const struct schema_options *options,
                    struct arena *arena, struct schema **out,
                    struct schema_problem *why)
{
    static const struct schema_options none;
    struct compiler c = {
        .r = {.arena = arena, .options = options ? options : &none}};
    size_t mark = arena_mark(arena);

    if (compile_all(&c, text) && compile_link(&c, out)) {
        (*out)->draft = resolve_resource(&c.r, 0)->dialect.draft;
        return true;
    }
    DEMAND(c.r.failed);
    drop(c.patterns.items, c.patterns.n);
    explain(&c, mark, why);
    return false;
}

struct slice schema_draft(const struct schema *schema)
{
    switch (schema->draft) {
    case DRAFT_2019: return SLICE("2019-09");
    case DRAFT_7: return SLICE("7");
    default: return SLICE("");
    }
}
