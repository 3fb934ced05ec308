/*
 * profile_column.c - "spread", "columns" and "expect" of a profile.
 *
 * A column is its name, its type and a recipe; defaults and constants are
 * converted here, once, so that a wrong one is found before any line is.
 */
#include "validate/record/profile_parts.h"

#include "validate/record/convert.h"

#define NAME_BYTES_MAX 63 /* PostgreSQL cuts longer names */

static const struct slice members[] = {
    SLICE_INIT("type"),     SLICE_INIT("from"),    SLICE_INIT("pointer"),
    SLICE_INIT("match"),    SLICE_INIT("group"),   SLICE_INIT("value"),
    SLICE_INIT("required"), SLICE_INIT("default"), SLICE_INIT("description"),
};

/* The words of "from" that are no pointer. */
static const struct {
    struct slice word;
    enum recipe_from from;
    size_t field;
} sources[] = {
    {SLICE_INIT("payload"), FROM_PAYLOAD, 0},
    {SLICE_INIT("key"), FROM_KEY, 0},
    {SLICE_INIT("index"), FROM_INDEX, 0},
    {SLICE_INIT("text"), FROM_TEXT, 0},
    {SLICE_INIT("constant"), FROM_CONSTANT, 0},
#define WORD(name)                                                       \
    {                                                                    \
        SLICE_INIT(#name), FROM_WORD, offsetof(struct record_line, name) \
    }
#define NUMBER(name)                                                       \
    {                                                                      \
        SLICE_INIT(#name), FROM_NUMBER, offsetof(struct record_line, name) \
    }
    WORD(model),
    WORD(provider),
    WORD(response_id),
    WORD(outcome),
    WORD(finish_reason),
    NUMBER(attempt),
    NUMBER(http_status),
    NUMBER(prompt_tokens),
    NUMBER(cached_tokens),
    NUMBER(output_tokens),
    NUMBER(thinking_tokens),
    NUMBER(source),
    NUMBER(offset),
#undef WORD
#undef NUMBER
};

/* One column being read. */
struct work {
    struct making *m;
    uint32_t node; /* its object */
    struct column *column;
    struct recipe *recipe;
};

static uint32_t member(const struct work *w, const char *name)
{
    return json_member(&w->m->tape, w->node, slice_of(name, strlen(name)));
}

/* --- where it comes from -------------------------------------------------- */

/* Without "from": the member that is called as the column is. */
static bool from_name(struct work *w)
{
    struct slice text = making_step(w->m, w->column->name), words;

    return (text.ptr &&
            path_parse(text, w->m->arena, &w->recipe->path, &words)) ||
           making_full(w->m);
}

static bool from_word(struct work *w, uint32_t node, struct slice word)
{
    struct slice names[countof(sources)], guess;

    for (size_t i = 0; i < countof(sources); i++) {
        if (slice_eq(sources[i].word, word)) {
            w->recipe->from = sources[i].from;
            w->recipe->field = sources[i].field;
            return true;
        }
        names[i] = sources[i].word;
    }
    guess = making_nearest(word, names, countof(names));
    if (guess.ptr)
        return making_fail(w->m, node,
                           "\"from\" knows no \"%.*s\"; did you "
                           "mean \"%.*s\"?",
                           (int)slice_take(word, 100).len, word.ptr,
                           (int)guess.len, guess.ptr);
    return making_fail(w->m, node,
                       "\"from\" is a JSON Pointer that begins with '/', or a "
                       "word such as \"key\" or \"model\"");
}

static bool from(struct work *w)
{
    uint32_t node = member(w, "from"), pointer = member(w, "pointer");
    struct slice word;

    w->recipe->from = FROM_PATH;
    if (!node)
        return from_name(w);
    if (!making_text(w->m, node, "\"from\"", &word))
        return false;
    if (!word.len || word.ptr[0] == '/')
        return making_path(w->m, node, &w->recipe->path);
    if (!from_word(w, node, word))
        return false;
    if (pointer && w->recipe->from != FROM_PAYLOAD)
        return making_fail(w->m, pointer,
                           "\"pointer\" goes with \"from\": \"payload\" only");
    return !pointer || making_path(w->m, pointer, &w->recipe->path);
}

/* --- the key -------------------------------------------------------------- */

/* The pattern among those there are, or as a new one. */
static bool key_pattern(struct work *w, uint32_t node, struct slice text)
{
    struct rules *rules = w->m->rules;
    struct pattern_problem why;
    struct key_match *match;

    for (size_t i = 0; i < rules->n_matches; i++) {
        w->recipe->match = i;
        if (slice_eq(rules->matches[i].text, text))
            return true;
    }
    if (rules->n_matches == MATCHES_MAX)
        return making_fail(w->m, node, "more than %d different patterns",
                           MATCHES_MAX);
    match = &rules->matches[rules->n_matches];
    match->text = text;
    if (!pattern_compile(text, w->m->arena, &match->pattern, &why))
        return making_fail(w->m, node, "at character %zu of the pattern: %.*s",
                           why.offset + 1, (int)why.words.len, why.words.ptr);
    w->recipe->match = rules->n_matches++;
    return true;
}

static bool key(struct work *w)
{
    uint32_t match = member(w, "match"), group = member(w, "group");
    struct slice text, name = w->column->name;
    const struct pattern *pattern;

    w->recipe->match = NO_MATCH;
    if (w->recipe->from != FROM_KEY && (match || group))
        return making_fail(w->m, match ? match : group,
                           "\"match\" and \"group\" go with \"from\": \"key\" "
                           "only");
    if (!match && group)
        return making_fail(w->m, group, "\"group\" without \"match\"");
    if (!match)
        return true;
    if (!making_text(w->m, match, "\"match\"", &text) ||
        !key_pattern(w, match, text) ||
        (group && !making_text(w->m, group, "\"group\"", &name)))
        return false;
    pattern = w->m->rules->matches[w->recipe->match].pattern;
    for (size_t i = 0; i < pattern_n_groups(pattern); i++) {
        w->recipe->group = i;
        if (slice_eq(pattern_group_name(pattern, i), name))
            return true;
    }
    return making_fail(w->m, group ? group : match,
                       "the pattern has no group (?<%.*s>...)",
                       (int)slice_take(name, 100).len, name.ptr);
}

/* --- type and value ------------------------------------------------------- */

static bool type_fits(struct work *w, uint32_t node)
{
    enum column_type type = w->column->type;
    const struct recipe *r = w->recipe;
    bool whole = type == COLUMN_INT4 || type == COLUMN_INT8;
    struct slice name = column_type_name(type);

    if ((r->from == FROM_INDEX || r->from == FROM_NUMBER) && !whole)
        return making_fail(w->m, node, "this is a whole number: int4 or int8");
    if (r->from == FROM_INDEX && !w->m->rules->spreads)
        return making_fail(w->m, member(w, "from"),
                           "\"index\" needs a \"spread\"");
    if ((r->from == FROM_TEXT || r->from == FROM_WORD) && type != COLUMN_TEXT)
        return making_fail(w->m, node, "this is text: text");
    if (r->from == FROM_KEY && !convert_takes_text(type))
        return making_fail(w->m, node, "a key is no %.*s", (int)name.len,
                           name.ptr);
    if ((r->from == FROM_PATH || r->from == FROM_PAYLOAD) &&
        !w->m->profile->json)
        return making_fail(w->m, w->node,
                           "a text has no members; say \"from\": \"text\"");
    if (r->path.fans && !convert_is_array(type))
        return making_fail(w->m, member(w, "from"),
                           "a pointer with * gives several values: text[] or "
                           "float4[]");
    return true;
}

/* A value of the profile itself, in the column's type. */
static bool literal(struct work *w, uint32_t node)
{
    struct conversion c = {.tape = &w->m->tape, .arena = w->m->arena};
    struct slice type = column_type_name(w->column->type);

    switch (convert_json(&c, w->column->type, node, &w->recipe->fallback)) {
    case CONVERT_DONE: return true;
    case CONVERT_NO_MEMORY: return making_full(w->m);
    case CONVERT_MISFIT: break;
    }
    return making_fail(w->m, node, "does not fit into %.*s: it %.*s",
                       (int)type.len, type.ptr, (int)c.is.len, c.is.ptr);
}

static bool value(struct work *w)
{
    uint32_t constant = member(w, "value"), fallback = member(w, "default");

    w->recipe->fallback.null = true;
    if (w->recipe->from != FROM_CONSTANT && constant)
        return making_fail(w->m, constant,
                           "\"value\" goes with \"from\": \"constant\" only");
    if (w->recipe->from == FROM_CONSTANT && !constant)
        return making_fail(w->m, w->node, "a constant needs a \"value\"");
    if (w->recipe->from == FROM_CONSTANT && fallback)
        return making_fail(w->m, fallback, "a constant has no \"default\"");
    if (constant || fallback)
        return literal(w, constant ? constant : fallback);
    return true;
}

static bool type(struct work *w)
{
    uint32_t node = member(w, "type");
    struct slice names[COLUMN_TYPE_COUNT], word, guess;

    if (!node)
        return making_fail(w->m, w->node, "a column needs a \"type\"");
    if (!making_text(w->m, node, "\"type\"", &word))
        return false;
    if (column_type_find(word, &w->column->type))
        return true;
    for (unsigned i = 0; i < COLUMN_TYPE_COUNT; i++)
        names[i] = column_type_name((enum column_type)i);
    guess = making_nearest(word, names, COLUMN_TYPE_COUNT);
    if (guess.ptr)
        return making_fail(w->m, node, "unknown type; did you mean \"%.*s\"?",
                           (int)guess.len, guess.ptr);
    return making_fail(w->m, node,
                       "unknown type; there are text, int4, int8, numeric, "
                       "float8, bool, jsonb, text[], float4[], timestamptz, "
                       "date, uuid");
}

static bool column(struct making *m, uint32_t key_node, struct column *out,
                   struct recipe *recipe)
{
    struct work w = {m, key_node + 1, out, recipe};
    uint32_t required;

    out->how = recipe;
    if (!making_object(m, w.node, "a column"))
        return false;
    out->name = json_string(&m->tape, key_node, m->arena);
    if (!out->name.ptr)
        return making_full(m);
    if (!out->name.len || out->name.len > NAME_BYTES_MAX)
        return making_fail(m, w.node, "a column's name has 1 to %d bytes",
                           NAME_BYTES_MAX);
    required = member(&w, "required");
    return making_members(m, w.node, members, countof(members)) && type(&w) &&
           from(&w) && key(&w) && type_fits(&w, member(&w, "type")) &&
           value(&w) &&
           (!required ||
            making_flag(m, required, "\"required\"", &out->required));
}

static bool columns(struct making *m, uint32_t object)
{
    const struct json_tape *t = &m->tape;
    size_t n = 0, count = making_size(m, object);
    struct column *list;
    struct recipe *recipes;

    if (!making_object(m, object, "\"columns\""))
        return false;
    if (!count || count > PROFILE_COLUMNS_MAX)
        return making_fail(m, object, "a table has 1 to %d columns",
                           PROFILE_COLUMNS_MAX);
    list = arena_new(m->arena, count, struct column);
    recipes = arena_new(m->arena, count, struct recipe);
    if (!list || !recipes)
        return making_full(m);
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        if (!column(m, c, &list[n], &recipes[n]))
            return false;
        for (size_t i = 0; i < n; i++) {
            if (slice_eq(list[i].name, list[n].name))
                return making_fail(m, c + 1, "the column stands twice");
        }
        n++;
    }
    m->columns = list;
    m->profile->columns = list;
    m->profile->n_columns = n;
    return true;
}

/* --- what should come of it ----------------------------------------------- */

static bool expect_column(struct making *m, uint32_t key_node,
                          struct expected *list, size_t *n)
{
    const struct json_tape *t = &m->tape;
    const struct profile *p = m->profile;
    uint32_t of = 0, object = key_node + 1;

    while (of < p->n_columns &&
           !json_string_is(t, key_node, p->columns[of].name))
        of++;
    if (of == p->n_columns)
        return making_fail(m, object, "there is no such column");
    if (!making_object(m, object, "the counts of a column"))
        return false;
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        struct expected *e = &list[(*n)++];

        e->column = of;
        e->value = json_string(t, c, m->arena);
        if (!e->value.ptr)
            return making_full(m);
        if (!making_count(m, c + 1, "a count", INT64_MAX, &e->count))
            return false;
        for (struct expected *o = list; o < e; o++) {
            if (o->column == of && slice_eq(o->value, e->value))
                return making_fail(m, c + 1, "the value stands twice");
        }
    }
    return true;
}

static bool expect(struct making *m, uint32_t object)
{
    const struct json_tape *t = &m->tape;
    struct expected *list;
    size_t room = 0, n = 0;

    if (!making_object(m, object, "\"expect\""))
        return false;
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c))
        room += making_size(m, c + 1);
    if (room > PROFILE_COLUMNS_MAX)
        return making_fail(m, object, "more than %d expected counts",
                           PROFILE_COLUMNS_MAX);
    list = arena_new(m->arena, room + 1, struct expected);
    if (!list)
        return making_full(m);
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        if (!expect_column(m, c, list, &n))
            return false;
    }
    m->profile->expected = list;
    m->profile->n_expected = n;
    return true;
}

/* "qa_pair" or "my_schema.my_table". */
static bool table(struct making *m, uint32_t node)
{
    struct slice text, *schema = &m->profile->table_schema;
    struct slice *name = &m->profile->table;
    size_t dot;

    if (!making_text(m, node, "\"table\"", &text))
        return false;
    dot = slice_find(text, '.');
    *schema = dot < text.len ? slice_take(text, dot) : SLICE("decant");
    *name = dot < text.len ? slice_drop(text, dot + 1) : text;
    if (!schema->len || !name->len || slice_find(*name, '.') < name->len ||
        schema->len > NAME_BYTES_MAX || name->len > NAME_BYTES_MAX)
        return making_fail(m, node,
                           "\"table\" is a name, or a schema and a name: "
                           "\"lab.reactions\"; each has at most %d bytes",
                           NAME_BYTES_MAX);
    return true;
}

bool making_columns(struct making *m, uint32_t top)
{
    const struct json_tape *t = &m->tape;
    uint32_t name = json_member(t, top, SLICE("table"));
    uint32_t object = json_member(t, top, SLICE("columns"));
    uint32_t spread = json_member(t, top, SLICE("spread"));
    uint32_t counts = json_member(t, top, SLICE("expect"));

    m->rules->spreads = spread != JSON_NONE;
    if (spread && !m->profile->json)
        return making_fail(m, spread, "a text has nothing to spread");
    if (spread && !making_path(m, spread, &m->rules->spread))
        return false;
    if (spread && m->rules->spread.fans)
        return making_fail(m, spread, "\"spread\" names one array, without *");
    if ((name == JSON_NONE) != (object == JSON_NONE))
        return making_fail(m, top, "\"table\" and \"columns\" go together");
    if (name && (!table(m, name) || !columns(m, object)))
        return false;
    if (counts && !object)
        return making_fail(m, counts, "\"expect\" needs \"columns\"");
    return !counts || expect(m, counts);
}
