/* compile_scalar.c - keywords that look at one value, alone. */
#include "validate/schema/compile.h"
#include "validate/schema/decimal.h"
#include "validate/schema/run_value.h"

#define KIND(kind) (1u << JSON_##kind)

size_t compile_count(const struct sheet *s, enum keyword k, size_t absent)
{
    int64_t count;

    if (!s->at[k])
        return absent;
    return decimal_to_int64(json_raw(s->t, s->at[k]), &count) ? (size_t)count
                                                              : SIZE_MAX;
}

/* --- enum and const ------------------------------------------------------- */

static bool add_other(struct compiler *c, struct enumeration *e,
                      uint32_t *slots, uint64_t *hashes, uint32_t node)
{
    uint64_t h;
    uint32_t i;

    if (!value_hash((struct value){&e->tape, node}, c->r.arena, &h))
        return resolve_full(&c->r);
    /* Once is enough: equal values would be one long chain of slots. */
    for (i = (uint32_t)h & (e->n_slots - 1); slots[i];
         i = (i + 1) & (e->n_slots - 1)) {
        if (hashes[i] == h && value_compare((struct value){&e->tape, node},
                                            (struct value){&e->tape, slots[i]},
                                            c->r.arena) == VALUE_SAME)
            return true;
    }
    slots[i] = node;
    hashes[i] = h;
    return true;
}

static bool add_value(struct compiler *c, const struct sheet *s,
                      struct enumeration *e, uint32_t node)
{
    struct slice text;
    uint8_t kind = s->t->nodes[node].kind;

    if (kind < JSON_NUMBER) {
        e->literals |= (uint8_t)(1u << kind);
        return true;
    }
    if (kind == JSON_STRING) {
        if (!compile_text(c, s, node, &text))
            return false;
        names_add(&e->strings, text);
        return true;
    }
    return add_other(c, e, (uint32_t *)(uintptr_t)e->slots,
                     (uint64_t *)(uintptr_t)e->hashes, node);
}

/* Room for n values of which `others` are numbers, arrays or objects. */
static struct enumeration *new_enumeration(struct compiler *c, size_t n,
                                           size_t others)
{
    struct enumeration *e = arena_new(c->r.arena, 1, struct enumeration);
    size_t slots = others ? 4 : 0;

    while (slots < 2 * others)
        slots *= 2;
    if (!e || !names_init(&e->strings, c->r.arena, n - others))
        return NULL;
    e->n_slots = (uint32_t)slots;
    e->slots = arena_new(c->r.arena, slots + 1, uint32_t);
    e->hashes = arena_new(c->r.arena, slots + 1, uint64_t);
    return e->slots && e->hashes ? e : NULL;
}

static bool emit_enum(struct compiler *c, const struct sheet *s, enum keyword k)
{
    uint32_t list = s->at[k], one;
    bool many = k == KEYWORD_ENUM;
    size_t n = 0, others = 0;
    struct enumeration *e;
    struct op *op;

    if (!list)
        return true;
    for (one = many ? json_first(s->t, list) : list; one; n++) {
        uint8_t kind = s->t->nodes[one].kind;

        others += kind >= JSON_NUMBER && kind != JSON_STRING;
        one = many ? json_next(s->t, list, one) : JSON_NONE;
    }
    e = new_enumeration(c, n, others);
    op = e ? compile_emit(c, OP_ENUM, TYPE_EVERY, k) : NULL;
    if (!op)
        return resolve_full(&c->r);
    op->enumeration = e;
    e->tape = *s->t;
    for (one = many ? json_first(s->t, list) : list; one;) {
        if (!add_value(c, s, e, one))
            return false;
        one = many ? json_next(s->t, list, one) : JSON_NONE;
    }
    return true;
}

/* --- numbers, strings, counts --------------------------------------------- */

static bool emit_bound(struct compiler *c, const struct sheet *s,
                       enum keyword k)
{
    struct bound *bound;
    struct op *op;

    if (!s->at[k])
        return true;
    bound = arena_new(c->r.arena, 1, struct bound);
    op = compile_emit(c, k == KEYWORD_MULTIPLE_OF ? OP_MULTIPLE : OP_BOUND,
                      KIND(NUMBER), k);
    if (!bound || !op)
        return resolve_full(&c->r);
    bound->text = json_raw(s->t, s->at[k]);
    bound->exact = decimal_to_int64(bound->text, &bound->whole);
    op->bound = bound;
    return true;
}

static bool emit_count(struct compiler *c, const struct sheet *s,
                       enum keyword k, enum op_code code, unsigned kinds)
{
    struct op *op;

    if (!s->at[k])
        return true;
    op = compile_emit(c, code, kinds, k);
    if (!op)
        return false;
    op->count = compile_count(s, k, 0);
    return true;
}

bool compile_pattern(struct compiler *c, const struct sheet *s, uint32_t node,
                     struct slice text, const struct pattern **out)
{
    struct place at = {s->place.document, node};
    struct pattern_problem why;
    struct pattern **kept =
        resolve_more(c->r.arena, &c->patterns, sizeof(*kept));
    struct pattern *pattern;

    if (!kept)
        return resolve_full(&c->r);
    if (!pattern_compile(text, c->r.arena, &pattern, &why))
        return resolve_problem(&c->r, at,
                               "not a regular expression: %.*s at byte %zu",
                               (int)why.words.len, why.words.ptr, why.offset);
    *out = *kept = pattern;
    return true;
}

static bool emit_pattern(struct compiler *c, const struct sheet *s)
{
    uint32_t node = s->at[KEYWORD_PATTERN];
    const struct pattern *pattern;
    struct slice text;
    struct op *op;

    if (!node)
        return true;
    if (!compile_text(c, s, node, &text) ||
        !compile_pattern(c, s, node, text, &pattern))
        return false;
    op = compile_emit(c, OP_PATTERN, KIND(STRING), KEYWORD_PATTERN);
    if (!op)
        return false;
    op->pattern = pattern;
    return true;
}

/* Formats of the caller's own always count; ours when somebody asks. */
static bool emit_format(struct compiler *c, const struct sheet *s)
{
    const struct schema_options *o = c->r.options;
    bool asserts = o->format_assertion ||
                   (s->dialect.vocabularies & VOCABULARY_FORMAT_ASSERTION);
    struct slice name;
    enum format format;
    struct op *op;

    if (!s->at[KEYWORD_FORMAT])
        return true;
    if (!compile_text(c, s, s->at[KEYWORD_FORMAT], &name))
        return false;
    for (size_t i = 0; i < o->n_formats; i++) {
        if (!slice_eq(name, o->formats[i].name))
            continue;
        op = compile_emit(c, OP_OWN, KIND(STRING), KEYWORD_FORMAT);
        if (!op)
            return false;
        op->own = &o->formats[i];
        return true;
    }
    if (!asserts || !format_find(name, &format))
        return true;
    op = compile_emit(c, OP_FORMAT, KIND(STRING), KEYWORD_FORMAT);
    if (!op)
        return false;
    op->format = format;
    return true;
}

bool compile_scalars(struct compiler *c, const struct sheet *s)
{
    static const enum keyword bounds[] = {
        KEYWORD_MINIMUM, KEYWORD_MAXIMUM, KEYWORD_EXCLUSIVE_MINIMUM,
        KEYWORD_EXCLUSIVE_MAXIMUM, KEYWORD_MULTIPLE_OF};
    static const struct {
        enum keyword keyword;
        enum op_code code;
        unsigned kinds;
    } counts[] = {
        {KEYWORD_MIN_LENGTH, OP_LENGTH, KIND(STRING)},
        {KEYWORD_MAX_LENGTH, OP_LENGTH, KIND(STRING)},
        {KEYWORD_MIN_ITEMS, OP_COUNT, KIND(ARRAY)},
        {KEYWORD_MAX_ITEMS, OP_COUNT, KIND(ARRAY)},
        {KEYWORD_MIN_PROPERTIES, OP_COUNT, KIND(OBJECT)},
        {KEYWORD_MAX_PROPERTIES, OP_COUNT, KIND(OBJECT)},
    };

    if (!emit_enum(c, s, KEYWORD_CONST) || !emit_enum(c, s, KEYWORD_ENUM))
        return false;
    for (size_t i = 0; i < countof(bounds); i++) {
        if (!emit_bound(c, s, bounds[i]))
            return false;
    }
    for (size_t i = 0; i < countof(counts); i++) {
        if (!emit_count(c, s, counts[i].keyword, counts[i].code,
                        counts[i].kinds))
            return false;
    }
    if (!emit_pattern(c, s) || !emit_format(c, s))
        return false;
    if (s->at[KEYWORD_MIN_PROPERTIES])
        c->careful = true;
    if (json_is(s->t, s->at[KEYWORD_UNIQUE_ITEMS], JSON_TRUE))
        return compile_emit(c, OP_UNIQUE, KIND(ARRAY), KEYWORD_UNIQUE_ITEMS);
    return true;
}
