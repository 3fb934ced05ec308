/*
 * profile.c - see profile.h.
 *
 * The document is read as JSON once; its "x-decant" is read here and in
 * profile_column.c, profile_rule.c and profile_field.c, the rest is compiled
 * as a schema.  Every mistake is found here, with its place: a run never
 * starts with half a profile.
 */
#include "validate/record/profile_parts.h"

#include "validate/json/check.h"

#define BASE "profile:/" /* where a document without $id is said to be */

static const struct slice type_names[COLUMN_TYPE_COUNT] = {
    [COLUMN_TEXT] = SLICE_INIT("text"),
    [COLUMN_INT4] = SLICE_INIT("int4"),
    [COLUMN_INT8] = SLICE_INIT("int8"),
    [COLUMN_NUMERIC] = SLICE_INIT("numeric"),
    [COLUMN_FLOAT8] = SLICE_INIT("float8"),
    [COLUMN_BOOL] = SLICE_INIT("bool"),
    [COLUMN_JSONB] = SLICE_INIT("jsonb"),
    [COLUMN_TEXT_ARRAY] = SLICE_INIT("text[]"),
    [COLUMN_FLOAT4_ARRAY] = SLICE_INIT("float4[]"),
    [COLUMN_TIMESTAMPTZ] = SLICE_INIT("timestamptz"),
    [COLUMN_DATE] = SLICE_INIT("date"),
    [COLUMN_UUID] = SLICE_INIT("uuid"),
};

struct slice column_type_name(enum column_type type)
{
    DEMAND((unsigned)type < COLUMN_TYPE_COUNT);
    return type_names[type];
}

bool column_type_find(struct slice name, enum column_type *out)
{
    for (unsigned i = 0; i < COLUMN_TYPE_COUNT; i++) {
        if (slice_eq(type_names[i], name)) {
            *out = (enum column_type)i;
            return true;
        }
    }
    return false;
}

/* --- the schema ----------------------------------------------------------- */

/* Members of the document that ask nothing of a payload. */
static const struct slice remarks[] = {
    SLICE_INIT("$schema"),  SLICE_INIT("$id"),         SLICE_INIT("$comment"),
    SLICE_INIT("title"),    SLICE_INIT("description"), SLICE_INIT("examples"),
    SLICE_INIT("x-decant"),
};

static bool asks_nothing(const struct json_tape *t)
{
    for (uint32_t c = json_first(t, 0); c; c = json_next(t, 0, c)) {
        bool remark = false;

        for (size_t i = 0; i < countof(remarks); i++)
            remark |= json_string_is(t, c, remarks[i]);
        if (!remark)
            return false;
    }
    return true;
}

/* How the document calls itself, and the part of it up to the last slash:
 * what a relative reference is put behind. */
struct base {
    struct making *m;
    struct slice uri, folder;
};

static bool remote(void *ctx, struct slice uri, struct slice *text)
{
    const struct base *base = ctx;
    const struct profile_source *source = base->m->source;

    if (!source->read || uri.len <= base->folder.len ||
        !slice_eq(slice_take(uri, base->folder.len), base->folder))
        return false;
    return source->read(source->ctx, slice_drop(uri, base->folder.len), text);
}

static bool find_base(struct making *m, struct base *out)
{
    uint32_t id = json_member(&m->tape, 0, SLICE("$id"));

    *out = (struct base){.m = m, .uri = SLICE(BASE "profile.json")};
    if (json_is(&m->tape, id, JSON_STRING)) {
        struct slice text = json_string(&m->tape, id, m->arena);

        if (!text.ptr)
            return making_full(m);
        /* A relative one is put behind our own. */
        if (slice_find(text, ':') < slice_find(text, '/'))
            out->uri = text;
    }
    out->folder = out->uri;
    while (out->folder.len && out->folder.ptr[out->folder.len - 1] != '/')
        out->folder.len--;
    return true;
}

static bool compile(struct making *m)
{
    struct base base;
    struct schema_options options = {
        .format_assertion = true,
        .remote = remote,
        .ctx = &base,
        .base_uri = SLICE(BASE "profile.json"),
    };
    struct schema_problem why;
    struct schema *schema;

    if (asks_nothing(&m->tape))
        return true;
    if (!m->profile->json)
        return making_fail(m, 0,
                           "a text payload cannot have a schema: leave "
                           "only \"title\", \"description\" and "
                           "\"x-decant\"");
    if (!find_base(m, &base))
        return false;
    if (!schema_compile(m->source->text, &options, m->arena, &schema, &why)) {
        if (!why.uri.len) {
            m->why->pointer = why.pointer;
            m->why->words = why.words;
            return false;
        }
        return making_fail(m, PATH_NOWHERE, "in %.*s at %.*s: %.*s",
                           (int)slice_take(why.uri, 200).len, why.uri.ptr,
                           (int)slice_take(why.pointer, 200).len,
                           why.pointer.ptr, (int)slice_take(why.words, 300).len,
                           why.words.ptr);
    }
    m->profile->schema = schema;
    m->profile->draft = schema_draft(schema);
    return true;
}

/* --- "x-decant" ----------------------------------------------------------- */

static const struct slice members[] = {
    SLICE_INIT("payload"),     SLICE_INIT("table"),  SLICE_INIT("spread"),
    SLICE_INIT("columns"),     SLICE_INIT("fields"), SLICE_INIT("rules"),
    SLICE_INIT("expect"),      SLICE_INIT("xml"),    SLICE_INIT("dimension"),
    SLICE_INIT("description"),
};

static bool payload(struct making *m, uint32_t node)
{
    struct slice word;

    if (!node)
        return true;
    if (!making_text(m, node, "\"payload\"", &word))
        return false;
    m->profile->json = slice_eq(word, SLICE("json"));
    return m->profile->json || slice_eq(word, SLICE("text")) ||
           making_fail(m, node, "\"payload\" is \"json\" or \"text\"");
}

static bool extension(struct making *m, uint32_t top)
{
    if (!top)
        return making_fields(m, JSON_NONE); /* a plain schema: no table */
    return making_object(m, top, "\"x-decant\"") &&
           making_members(m, top, members, countof(members)) &&
           payload(m, json_member(&m->tape, top, SLICE("payload"))) &&
           making_columns(m, top) && making_rules(m, top) &&
           making_fields(m, top);
}

/* The words for a document that is no JSON, with the line. */
static bool no_json(struct making *m, const struct json_error *error)
{
    struct slice words = json_code_words(error->code);
    struct slice text = m->source->text;
    size_t line = 1, column = 1;

    for (size_t i = 0; i < error->at && i < text.len; i++) {
        column = text.ptr[i] == '\n' ? 1 : column + 1;
        line += text.ptr[i] == '\n';
    }
    return making_fail(m, PATH_NOWHERE, "not JSON: line %zu, byte %zu: %.*s",
                       line, column, (int)words.len, words.ptr);
}

bool profile_parse(const struct profile_source *source, struct arena *arena,
                   const struct profile **out, struct profile_problem *why)
{
    struct profile *profile = arena_new(arena, 1, struct profile);
    struct rules *rules = arena_new(arena, 1, struct rules);
    struct making m = {.source = source,
                       .arena = arena,
                       .profile = profile,
                       .rules = rules,
                       .why = why};
    struct json_error error;

    *why = (struct profile_problem){.words = SLICE("")};
    if (!profile || !rules)
        return making_full(&m);
    if (!json_tape_build(source->text, arena, &m.tape, &error))
        return no_json(&m, &error);
    if (m.tape.flags & JSON_NUL)
        return making_fail(&m, 0, "a profile holds no \\u0000");
    if (!json_is(&m.tape, 0, JSON_OBJECT))
        return making_fail(&m, 0, "a profile is an object");
    *profile = (struct profile){
        .name = source->name,
        .text = source->text,
        .hash = hash_of(source->text),
        .json = true,
        .rules = rules,
    };
    if (!extension(&m, json_member(&m.tape, 0, SLICE("x-decant"))) ||
        !compile(&m))
        return false;
    *out = profile;
    return true;
}
