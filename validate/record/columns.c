/* columns.c - see columns.h. */
#include "validate/record/columns.h"

#include "validate/record/convert.h"

static const struct verdict sound = {.fault = FAULT_NONE};

struct verdict columns_match(const struct judging *j, struct key_groups *out)
{
    const struct rules *r = j->profile->rules;

    for (size_t i = 0; i < r->n_matches; i++) {
        const struct key_match *m = &r->matches[i];
        struct slice key = j->in->line->key;
        struct slice shown = slice_take(m->text, 200);
        struct slice *groups = arena_array(
            j->arena, pattern_n_groups(m->pattern) + 1, struct slice);

        if (!groups)
            return judging_full();
        out->of[i] = groups;
        if (!key.ptr)
            return (struct verdict){.fault = FAULT_KEY_SHAPE,
                                    .detail = SLICE("the line has no key")};
        if (pattern_groups(m->pattern, key, groups) != PATTERN_YES)
            return (struct verdict){
                .fault = FAULT_KEY_SHAPE,
                .detail = judging_words(j, "the key does not match %.*s",
                                        (int)shown.len, shown.ptr)};
    }
    return sound;
}

/* --- one column ----------------------------------------------------------- */

/* One value being found. */
struct work {
    const struct judging *j;
    const struct column *column;
    uint32_t element;
    struct conversion c;
};

/* "yield_percent (float8): "85%" is text, not a number". */
static struct verdict misfit(const struct work *w, struct slice text)
{
    const struct conversion *c = &w->c;
    struct slice name = slice_take(w->column->name, 64);
    struct slice type = column_type_name(w->column->type), shown, words;

    shown = c->node == PATH_NOWHERE ? slice_take(text, 40)
                                    : judging_shown(w->j, c->node);
    words = judging_words(
        w->j, "%.*s (%.*s): %.*s %.*s%s%.*s", (int)name.len, name.ptr,
        (int)type.len, type.ptr, (int)shown.len, shown.ptr, (int)c->is.len,
        c->is.ptr, c->want.len ? ", not " : "", (int)c->want.len, c->want.ptr);
    if (c->node == PATH_NOWHERE)
        return (struct verdict){.fault = FAULT_COLUMN_TYPE, .detail = words};
    return judging_fault(w->j, FAULT_COLUMN_TYPE, c->node, words);
}

static struct verdict converted(const struct work *w, enum converted how,
                                struct slice text)
{
    switch (how) {
    case CONVERT_DONE: return sound;
    case CONVERT_MISFIT: return misfit(w, text);
    default: return judging_full();
    }
}

static struct verdict from_tape(struct work *w, struct value *out)
{
    const struct recipe *r = w->column->how;
    uint32_t from = r->from == FROM_PAYLOAD ? 0 : w->element, node;

    node = path_find(w->j->tape, from, &r->path);
    out->null = true;
    if (node == PATH_NOWHERE)
        return sound;
    if (r->path.fans)
        return converted(
            w, convert_all(&w->c, w->column->type, from, &r->path, out),
            SLICE(""));
    return converted(w, convert_json(&w->c, w->column->type, node, out),
                     SLICE(""));
}

static struct verdict from_text(struct work *w, struct slice text,
                                struct value *out)
{
    out->null = true;
    if (!text.ptr)
        return sound;
    /* What PostgreSQL cannot hold may be in the text around sound JSON. */
    if (slice_find(text, '\0') < text.len)
        return (struct verdict){.fault = FAULT_JSON_NUL};
    return converted(w, convert_text(&w->c, w->column->type, text, out), text);
}

static struct verdict from_number(struct work *w, int64_t number,
                                  struct value *out)
{
    *out = (struct value){.null = number == RECORD_ABSENT};
    out->as.integer = out->null ? 0 : number;
    if (w->column->type != COLUMN_INT4 ||
        (out->as.integer >= INT32_MIN && out->as.integer <= INT32_MAX))
        return sound;
    w->c.is = SLICE("is too large for int4");
    return misfit(w, SLICE("a number of the line"));
}

static struct verdict find(struct work *w, const struct key_groups *key,
                           size_t index, struct value *out)
{
    const struct recipe *r = w->column->how;
    const struct record_line *line = w->j->in->line;
    const char *field = (const char *)line + r->field;
    struct slice text;
    int64_t number;

    switch (r->from) {
    case FROM_PATH:
    case FROM_PAYLOAD: return from_tape(w, out);
    case FROM_INDEX: return from_number(w, (int64_t)index, out);
    case FROM_KEY:
        text = r->match == NO_MATCH ? line->key : key->of[r->match][r->group];
        return from_text(w, text, out);
    case FROM_TEXT: return from_text(w, w->j->in->text, out);
    case FROM_WORD:
        memcpy(&text, field, sizeof(text));
        return from_text(w, text.len ? text : slice_of(NULL, 0), out);
    case FROM_NUMBER:
        memcpy(&number, field, sizeof(number));
        return from_number(w, number, out);
    case FROM_CONSTANT: out->null = true; break;
    }
    return sound;
}

static struct verdict missing(const struct work *w)
{
    const struct path *path = &w->column->how->path;
    struct slice name = slice_take(w->column->name, 64);
    bool tape = w->column->how->from == FROM_PATH ||
                w->column->how->from == FROM_PAYLOAD;
    struct verdict v;
    char *where;

    v = judging_fault(
        w->j, FAULT_COLUMN_MISSING,
        tape && w->column->how->from == FROM_PATH ? w->element : 0,
        judging_words(w->j, "%.*s gets no value", (int)name.len, name.ptr));
    if (!tape || v.fault != FAULT_COLUMN_MISSING)
        return v;
    where = arena_bytes(w->j->arena, v.where.len + path->text.len + 1);
    if (!where)
        return judging_full();
    if (v.where.len)
        memcpy(where, v.where.ptr, v.where.len);
    if (path->text.len)
        memcpy(where + v.where.len, path->text.ptr, path->text.len);
    v.where = slice_of(where, v.where.len + path->text.len);
    return v;
}

static struct verdict fill(struct work *w, const struct key_groups *key,
                           size_t index, struct value *out)
{
    const struct rules *rules = w->j->profile->rules;
    struct verdict v = find(w, key, index, out);

    if (v.fault)
        return v;
    if (out->null)
        *out = w->column->how->fallback;
    if (out->null && w->column->required)
        return missing(w);
    if (w->column->type == COLUMN_FLOAT4_ARRAY && !out->null &&
        rules->dimension && out->as.floats.count != rules->dimension)
        return judging_fault(w->j, FAULT_EMBEDDING_DIMENSION, w->element,
                             judging_words(w->j, "%zu numbers instead of %zu",
                                           out->as.floats.count,
                                           rules->dimension));
    return sound;
}

static bool depends_on_element(const struct recipe *r)
{
    return r->from == FROM_PATH || r->from == FROM_INDEX;
}

struct verdict columns_fill(const struct judging *j,
                            const struct key_groups *key,
                            const struct element *e, struct value *row)
{
    const struct profile *p = j->profile;
    struct verdict v = sound;

    for (size_t i = 0; i < p->n_columns && !v.fault; i++) {
        struct work w = {
            .j = j,
            .column = &p->columns[i],
            .element = e->node,
            .c = {.tape = j->tape, .arena = j->arena, .node = PATH_NOWHERE}};

        row[i] = (struct value){.null = true};
        if (e->before && !depends_on_element(w.column->how))
            row[i] = e->before[i];
        else
            v = fill(&w, key, e->index, &row[i]);
    }
    return v;
}
