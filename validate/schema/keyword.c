/* keyword.c - see keyword.h. */
#include "validate/schema/keyword.h"

#include "validate/schema/decimal.h"

enum shape {
    SHAPE_ANY,
    SHAPE_STRING,
    SHAPE_URI,
    SHAPE_PATTERN,
    SHAPE_ANCHOR,
    SHAPE_BOOL,
    SHAPE_NUMBER,
    SHAPE_POSITIVE,
    SHAPE_COUNT,
    SHAPE_TYPE,
    SHAPE_ARRAY,
    SHAPE_NAMES,
    SHAPE_NAMES_MAP,
    SHAPE_VOCABULARY,
    SHAPE_SCHEMA,
    SHAPE_SCHEMAS,
    SHAPE_SCHEMA_MAP,
    SHAPE_ITEMS,
    SHAPE_DEPENDENCIES,
};

struct entry {
    struct slice text;
    uint8_t vocabulary;
    uint8_t shape;
    uint8_t drafts;
};

#define KEYWORD(name, text, vocabulary, shape, drafts) \
    {SLICE_INIT(text), VOCABULARY_##vocabulary, SHAPE_##shape, DRAFT_##drafts},
static const struct entry entries[KEYWORD_COUNT] = {
#include "validate/schema/keyword.def"
};
#undef KEYWORD

static const struct slice shape_words[] = {
    [SHAPE_ANY] = SLICE_INIT("may be anything"),
    [SHAPE_STRING] = SLICE_INIT("must be a string"),
    [SHAPE_URI] = SLICE_INIT("must be a string: a URI reference"),
    [SHAPE_PATTERN] = SLICE_INIT("must be a string: a regular expression"),
    [SHAPE_ANCHOR] = SLICE_INIT(
        "must be a name: a letter or _, then letters, digits, - _ ."),
    [SHAPE_BOOL] = SLICE_INIT("must be true or false"),
    [SHAPE_NUMBER] = SLICE_INIT("must be a number"),
    [SHAPE_POSITIVE] = SLICE_INIT("must be a number greater than 0"),
    [SHAPE_COUNT] = SLICE_INIT("must be a whole number, 0 or more"),
    [SHAPE_TYPE] = SLICE_INIT(
        "must be null, boolean, object, array, number, string or integer, "
        "or an array of such names, each once"),
    [SHAPE_ARRAY] = SLICE_INIT("must be an array"),
    [SHAPE_NAMES] = SLICE_INIT("must be an array of strings"),
    [SHAPE_NAMES_MAP] =
        SLICE_INIT("must be an object whose values are arrays of strings"),
    [SHAPE_VOCABULARY] =
        SLICE_INIT("must be an object whose values are true or false"),
    [SHAPE_SCHEMA] = SLICE_INIT("must be a schema: an object, true or false"),
    [SHAPE_SCHEMAS] = SLICE_INIT(
        "must be an array of schemas, at least one: objects, true or false"),
    [SHAPE_SCHEMA_MAP] = SLICE_INIT(
        "must be an object whose values are schemas: objects, true or false"),
    [SHAPE_ITEMS] = SLICE_INIT(
        "must be a schema or an array of schemas: objects, true or false"),
    [SHAPE_DEPENDENCIES] = SLICE_INIT(
        "must be an object whose values are schemas or arrays of strings"),
};

bool keyword_find(struct slice name, struct dialect dialect, enum keyword *out)
{
    for (size_t i = 0; i < KEYWORD_COUNT; i++) {
        const struct entry *e = &entries[i];

        if (!slice_eq(name, e->text))
            continue;
        *out = (enum keyword)i;
        return (e->drafts & dialect.draft) &&
               (e->vocabulary & (dialect.vocabularies | VOCABULARY_CORE));
    }
    return false;
}

struct slice keyword_text(enum keyword k)
{
    return k < KEYWORD_COUNT ? entries[k].text : SLICE("false");
}

enum nest keyword_nest(enum keyword k)
{
    switch (entries[k].shape) {
    case SHAPE_SCHEMA: return NEST_SELF;
    case SHAPE_SCHEMAS: return NEST_LIST;
    case SHAPE_SCHEMA_MAP:
    case SHAPE_DEPENDENCIES: return NEST_MAP;
    case SHAPE_ITEMS: return NEST_AUTO;
    default: return NEST_NONE;
    }
}

uint8_t keyword_type(const struct json_tape *t, uint32_t node)
{
    static const struct {
        struct slice name;
        uint8_t bit;
    } types[] = {
        {SLICE_INIT("null"), 1 << JSON_NULL},
        {SLICE_INIT("boolean"), 1 << JSON_FALSE | 1 << JSON_TRUE},
        {SLICE_INIT("object"), 1 << JSON_OBJECT},
        {SLICE_INIT("array"), 1 << JSON_ARRAY},
        {SLICE_INIT("number"), 1 << JSON_NUMBER},
        {SLICE_INIT("string"), 1 << JSON_STRING},
        {SLICE_INIT("integer"), TYPE_INTEGER},
    };

    if (!json_is(t, node, JSON_STRING))
        return 0;
    for (size_t i = 0; i < countof(types); i++) {
        if (json_string_is(t, node, types[i].name))
            return types[i].bit;
    }
    return 0;
}

static bool is_schema(const struct json_tape *t, uint32_t node)
{
    uint8_t kind = t->nodes[node].kind;

    return kind == JSON_OBJECT || kind == JSON_TRUE || kind == JSON_FALSE;
}

static bool is_bool(const struct json_tape *t, uint32_t node)
{
    uint8_t kind = t->nodes[node].kind;

    return kind == JSON_TRUE || kind == JSON_FALSE;
}

static bool is_string(const struct json_tape *t, uint32_t node)
{
    return t->nodes[node].kind == JSON_STRING;
}

static bool is_names(const struct json_tape *t, uint32_t node)
{
    if (!json_is(t, node, JSON_ARRAY))
        return false;
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c)) {
        if (!is_string(t, c))
            return false;
    }
    return true;
}

static bool is_dependency(const struct json_tape *t, uint32_t node)
{
    return is_schema(t, node) || is_names(t, node);
}

static bool is_type(const struct json_tape *t, uint32_t node)
{
    unsigned seen = 0;

    if (!json_is(t, node, JSON_ARRAY))
        return keyword_type(t, node) != 0;
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c)) {
        unsigned bit = keyword_type(t, c);

        if (!bit || (seen & bit))
            return false;
        seen |= bit;
    }
    return seen != 0;
}

/* Core section 8.2.2; the old drafts' $id may hold "#name" instead. */
static bool is_anchor(const struct json_tape *t, uint32_t node)
{
    struct slice name;

    if (!is_string(t, node))
        return false;
    name = json_inner(t, node);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        bool later = (c >= '0' && c <= '9') || c == '-' || c == '.';

        if (!letter && c != '_' && !(later && i))
            return false;
    }
    return name.len > 0;
}

/* Every child (of a map: every member's value) passes; *bad is the first
 * that does not. */
static bool each(const struct json_tape *t, uint32_t *bad, enum json_kind kind,
                 bool (*is)(const struct json_tape *, uint32_t))
{
    uint32_t node = *bad;

    if (!json_is(t, node, kind))
        return false;
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c)) {
        *bad = c + (kind == JSON_OBJECT);
        if (!is(t, *bad))
            return false;
    }
    *bad = node;
    return true;
}

static bool is_number(const struct json_tape *t, uint32_t node,
                      enum shape shape)
{
    struct slice raw = json_raw(t, node);

    if (t->nodes[node].kind != JSON_NUMBER)
        return false;
    switch (shape) {
    case SHAPE_POSITIVE:
        return !decimal_is_negative(raw) && !decimal_is_zero(raw);
    case SHAPE_COUNT:
        return !decimal_is_negative(raw) && decimal_is_integer(raw);
    default: return true;
    }
}

bool keyword_shape(enum keyword k, struct dialect dialect,
                   const struct json_tape *t, uint32_t *bad,
                   struct slice *words)
{
    enum shape shape = (enum shape)entries[k].shape;
    uint32_t node = *bad;

    if (shape == SHAPE_ITEMS && dialect.draft == DRAFT_NEW)
        shape = SHAPE_SCHEMA;
    *words = shape_words[shape];
    switch (shape) {
    case SHAPE_ANY: return true;
    case SHAPE_STRING:
    case SHAPE_URI:
    case SHAPE_PATTERN: return is_string(t, node);
    case SHAPE_ANCHOR: return is_anchor(t, node);
    case SHAPE_BOOL: return is_bool(t, node);
    case SHAPE_NUMBER:
    case SHAPE_POSITIVE:
    case SHAPE_COUNT: return is_number(t, node, shape);
    case SHAPE_TYPE: return is_type(t, node);
    case SHAPE_ARRAY: return json_is(t, node, JSON_ARRAY);
    case SHAPE_NAMES: return is_names(t, node);
    case SHAPE_NAMES_MAP: return each(t, bad, JSON_OBJECT, is_names);
    case SHAPE_VOCABULARY: return each(t, bad, JSON_OBJECT, is_bool);
    case SHAPE_SCHEMA: return is_schema(t, node);
    case SHAPE_SCHEMAS:
        return json_first(t, node) && each(t, bad, JSON_ARRAY, is_schema);
    case SHAPE_SCHEMA_MAP: return each(t, bad, JSON_OBJECT, is_schema);
    case SHAPE_ITEMS:
        return is_schema(t, node) || each(t, bad, JSON_ARRAY, is_schema);
    case SHAPE_DEPENDENCIES: return each(t, bad, JSON_OBJECT, is_dependency);
    }
    return false;
}
