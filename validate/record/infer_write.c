/*
 * infer_write.c - a shape as a schema, and the columns of its rows.
 *
 * Shapes are nested at most INFER_DEPTH deep; they are written with a stack
 * of their own all the same.
 */
#include "validate/json/write.h"
#include "validate/record/infer.h"
#include "validate/record/infer_shape.h"
#include "validate/record/profile.h"

#define WRITE_ROOM   ((size_t)48 << 20)
#define ENUM_LEAST   20 /* values, before a few distinct ones are an enum */
#define ENUM_EACH    5  /* of each, on average */
#define VECTOR_LEAST 16 /* numbers in a list that is a vector */
#define INT4_HIGH    INT64_C(20000000) /* a hundredth of int4: room to grow */
#define COLUMNS_MOST 200
#define NAME_MOST    50 /* bytes of a column's name; PostgreSQL takes 63 */
#define SHAPE_FLAGS  (JSON_OBJECT + 1)

static const struct slice format_names[SHAPE_FORMAT_COUNT] = {
    [SHAPE_DATE_TIME] = SLICE_INIT("date-time"),
    [SHAPE_DATE] = SLICE_INIT("date"),
    [SHAPE_UUID] = SLICE_INIT("uuid"),
    [SHAPE_URI] = SLICE_INIT("uri"),
    [SHAPE_SMILES] = SLICE_INIT("smiles"),
};

/* --- what a shape is ------------------------------------------------------ */

/* The one kind of its values, null aside; TRUE for both truth values, NULL
 * when there is none or more than one. */
static enum json_kind sole(const struct shape *s)
{
    enum json_kind found = JSON_NULL;

    for (unsigned k = JSON_FALSE; k < SHAPE_KINDS; k++) {
        enum json_kind kind = k == JSON_FALSE ? JSON_TRUE : (enum json_kind)k;

        if (!s->kinds[k] || kind == found)
            continue;
        if (found != JSON_NULL)
            return JSON_NULL;
        found = kind;
    }
    return found;
}

static bool whole_numbers(const struct shape *s)
{
    return s->integers == s->kinds[JSON_NUMBER];
}

static bool a_few_words(const struct shape *s)
{
    uint64_t n = s->kinds[JSON_STRING];

    return sole(s) == JSON_STRING && !s->many && s->n_distinct > 1 &&
           n >= ENUM_LEAST && n >= (uint64_t)ENUM_EACH * s->n_distinct;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* A name that says SMILES: "smiles", "product_smiles", "smilesList". */
static bool smiles_name(struct slice name)
{
    static const char word[] = "smiles";

    for (size_t i = 0; i + 6 <= name.len; i++) {
        size_t n = 0;

        while (n < 6 && lower(name.ptr[i + n]) == word[n])
            n++;
        if (n == 6)
            return true;
    }
    return false;
}

/* SHAPE_FORMAT_COUNT when its strings have none in common. */
static enum shape_format format_of(const struct shape *s, struct slice name)
{
    if (sole(s) != JSON_STRING || a_few_words(s))
        return SHAPE_FORMAT_COUNT;
    for (unsigned f = 0; f < SHAPE_FORMAT_COUNT; f++)
        if (s->formats & 1u << f && (f != SHAPE_SMILES || smiles_name(name)))
            return (enum shape_format)f;
    return SHAPE_FORMAT_COUNT;
}

/* Every object has the member, and it is never null. */
static bool always(const struct shape *object, const struct member *m)
{
    return m->seen == object->kinds[JSON_OBJECT];
}

/* In a map only what all have is worth a word. */
static bool worth(const struct shape *object, const struct member *m)
{
    return !object->open || always(object, m);
}

/* --- the schema ----------------------------------------------------------- */

static void put_pair(struct json_out *out, struct slice key, struct slice text)
{
    json_put_key(out, key);
    json_put_string(out, text);
}

static void put_types(struct json_out *out, const struct shape *s)
{
    static const struct slice names[SHAPE_KINDS] = {
        [JSON_NULL] = SLICE_INIT("null"),
        [JSON_TRUE] = SLICE_INIT("boolean"),
        [JSON_NUMBER] = SLICE_INIT("number"),
        [JSON_STRING] = SLICE_INIT("string"),
        [JSON_ARRAY] = SLICE_INIT("array"),
        [JSON_OBJECT] = SLICE_INIT("object"),
    };
    struct slice list[SHAPE_KINDS];
    unsigned n = 0;

    for (unsigned k = SHAPE_KINDS; k-- > 0;) {
        bool there = s->kinds[k] > 0;

        if (k == JSON_TRUE)
            there |= s->kinds[JSON_FALSE] > 0;
        if (there && k != JSON_FALSE)
            list[n++] = k == JSON_NUMBER && whole_numbers(s) ? SLICE("integer")
                                                             : names[k];
    }
    if (n == 0)
        return;
    json_put_key(out, SLICE("type"));
    if (n > 1)
        json_put_open(out, '[');
    for (unsigned i = 0; i < n; i++)
        json_put_string(out, list[i]);
    if (n > 1)
        json_put_close(out, ']');
}

struct frame {
    const struct shape *shape;
    const struct member *next;
    enum { PROPERTIES, MEMBERS, ITEMS, END } step;
    bool item; /* of an array */
    struct slice name;
};

static void put_facts(struct json_out *out, const struct frame *f,
                      bool required)
{
    const struct shape *s = f->shape;
    enum shape_format format = format_of(s, f->name);

    put_types(out, s);
    if (!f->item && a_few_words(s)) {
        json_put_key(out, SLICE("enum"));
        json_put_open(out, '[');
        for (unsigned i = 0; i < s->n_distinct; i++)
            json_put_string(out, s->distinct[i]);
        if (s->kinds[JSON_NULL])
            json_put_null(out);
        json_put_close(out, ']');
    } else if (format != SHAPE_FORMAT_COUNT) {
        put_pair(out, SLICE("format"), format_names[format]);
    } else if (required && shape_all(s, JSON_STRING) && !s->empty) {
        json_put_key(out, SLICE("minLength"));
        json_put_uint(out, 1);
    }
    if (sole(s) == JSON_ARRAY && s->least > 0) {
        json_put_key(out, SLICE("minItems"));
        json_put_uint(out, 1);
    }
}

static void put_required(struct json_out *out, const struct shape *s)
{
    bool any = false;

    for (const struct member *m = s->members; m; m = m->next)
        any |= always(s, m);
    if (!any)
        return;
    json_put_key(out, SLICE("required"));
    json_put_open(out, '[');
    for (const struct member *m = s->members; m; m = m->next)
        if (always(s, m))
            json_put_string(out, m->name);
    json_put_close(out, ']');
}

static void begin(struct json_out *out, struct frame *f, bool required)
{
    json_put_open(out, '{');
    put_facts(out, f, required);
    f->next = f->shape->members;
    f->step =
        f->shape->members && sole(f->shape) == JSON_OBJECT ? PROPERTIES : ITEMS;
}

/* The next frame to go into, if there is one. */
static bool step(struct json_out *out, struct frame *f, struct frame *inner)
{
    const struct member *m;

    switch (f->step) {
    case PROPERTIES:
        put_required(out, f->shape);
        json_put_key(out, SLICE("properties"));
        json_put_open(out, '{');
        f->step = MEMBERS;
        return false;
    case MEMBERS:
        m = f->next;
        if (!m) {
            json_put_close(out, '}');
            f->step = END;
            return false;
        }
        f->next = m->next;
        if (!worth(f->shape, m))
            return false;
        json_put_key(out, m->name);
        *inner = (struct frame){.shape = m->shape, .name = m->name};
        begin(out, inner, always(f->shape, m));
        return true;
    case ITEMS:
        f->step = END;
        if (sole(f->shape) != JSON_ARRAY || !f->shape->items || f->shape->deep)
            return false;
        json_put_key(out, SLICE("items"));
        *inner = (struct frame){
            .shape = f->shape->items, .name = f->name, .item = true};
        begin(out, inner, false);
        return true;
    case END: break;
    }
    return false;
}

/* All of the root but its closing brace. */
static void put_schema(struct json_out *out, const struct infer *in,
                       struct slice title)
{
    struct frame stack[INFER_DEPTH + 2], inner;
    unsigned depth = 1;

    stack[0] = (struct frame){.shape = in->root};
    json_put_open(out, '{');
    put_pair(out, SLICE("$schema"),
             SLICE("https://json-schema.org/draft/2020-12/schema"));
    put_pair(out, SLICE("title"), title);
    put_facts(out, &stack[0], false);
    stack[0].next = in->root->members;
    stack[0].step =
        in->root->members && sole(in->root) == JSON_OBJECT ? PROPERTIES : ITEMS;
    while (depth) {
        struct frame *f = &stack[depth - 1];

        if (f->step == END) {
            depth--;
            if (depth)
                json_put_close(out, '}');
        } else if (step(out, f, &inner)) {
            DEMAND(depth < countof(stack));
            stack[depth++] = inner;
        }
    }
}

/* --- the columns ---------------------------------------------------------- */

struct columns {
    struct json_out *out;
    struct slice names[COLUMNS_MOST];
    unsigned n;
    struct arena *arena;
};

static enum column_type string_column(const struct shape *s)
{
    switch (format_of(s, slice_of(NULL, 0))) {
    case SHAPE_DATE_TIME: return COLUMN_TIMESTAMPTZ;
    case SHAPE_DATE: return COLUMN_DATE;
    case SHAPE_UUID: return COLUMN_UUID;
    default: return COLUMN_TEXT;
    }
}

static enum column_type number_column(const struct shape *s)
{
    if (!whole_numbers(s))
        return COLUMN_NUMERIC;
    return s->low > -INT4_HIGH && s->high < INT4_HIGH ? COLUMN_INT4
                                                      : COLUMN_INT8;
}

static enum column_type array_column(const struct shape *s)
{
    if (s->deep || !s->items)
        return COLUMN_JSONB;
    if (shape_all(s->items, JSON_STRING))
        return COLUMN_TEXT_ARRAY;
    if (shape_all(s->items, JSON_NUMBER) && !s->items->wild &&
        s->least == s->most && s->least >= VECTOR_LEAST)
        return COLUMN_FLOAT4_ARRAY;
    return COLUMN_JSONB;
}

static enum column_type column_of(const struct shape *s)
{
    switch (sole(s)) {
    case JSON_STRING: return string_column(s);
    case JSON_NUMBER: return number_column(s);
    case JSON_TRUE: return COLUMN_BOOL;
    case JSON_ARRAY: return array_column(s);
    default: return COLUMN_JSONB;
    }
}

static bool taken(const struct columns *c, struct slice name)
{
    for (unsigned i = 0; i < c->n; i++)
        if (slice_eq(c->names[i], name))
            return true;
    return false;
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* "customerId" -> customer_id, "Yield (%)" -> yield: what needs no quotes.
 * Letters beyond ASCII stay. */
static size_t plain_name(struct slice name, char *out)
{
    size_t n = 0;
    bool gap = false, small = false;

    for (size_t i = 0; i < name.len && n < NAME_MOST; i++) {
        char c = lower(name.ptr[i]);
        bool digit = c >= '0' && c <= '9';

        gap |= c != name.ptr[i] && small;
        small = c == name.ptr[i] && letter(c);
        if (!letter(c) && !digit) {
            gap = true;
            continue;
        }
        if (n == 0 && digit)
            out[n++] = '_';
        else if (gap && n > 0)
            out[n++] = '_';
        out[n++] = c;
        gap = false;
    }
    while (n > 0 && (out[n - 1] & 0xC0) == 0x80 && n >= NAME_MOST)
        n--;
    return n;
}

/* A name no column has yet, the key of the next member. */
static bool put_name(struct columns *c, struct slice name)
{
    char *text = arena_bytes(c->arena, NAME_MOST + 16);
    size_t n = text ? plain_name(name, text) : 0;
    size_t end = n;

    if (!text || c->n == COLUMNS_MOST)
        return false;
    if (n == 0) {
        memcpy(text, "value", 5);
        n = end = 5;
    }
    for (unsigned again = 2; taken(c, slice_of(text, n)); again++) {
        n = end;
        text[n++] = '_';
        if (again >= 100)
            text[n++] = (char)('0' + again / 100 % 10);
        if (again >= 10)
            text[n++] = (char)('0' + again / 10 % 10);
        text[n++] = (char)('0' + again % 10);
    }
    c->names[c->n++] = slice_of(text, n);
    json_put_key(c->out, slice_of(text, n));
    return true;
}

/* "/" and the name as RFC 6901 writes it. */
static struct slice pointer_to(struct slice name, struct arena *arena)
{
    char *out = arena_bytes(arena, 2 * name.len + 1);
    size_t n = 0;

    if (!out)
        return slice_of(NULL, 0);
    out[n++] = '/';
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '~' || name.ptr[i] == '/')
            out[n++] = '~';
        out[n++] = name.ptr[i] == '~'   ? '0'
                   : name.ptr[i] == '/' ? '1'
                                        : name.ptr[i];
    }
    return slice_of(out, n);
}

static void put_type(struct columns *c, enum column_type type)
{
    json_put_open(c->out, '{');
    put_pair(c->out, SLICE("type"), column_type_name(type));
}

/* What every row has, so that it can be traced. */
static void put_fixed(struct columns *c, bool spread)
{
    static const struct {
        struct slice name, from;
        enum column_type type;
        bool required, item;
    } fixed[] = {
        {SLICE_INIT("source"), SLICE_INIT("source"), COLUMN_INT8, true, false},
        {SLICE_INIT("offset"), SLICE_INIT("offset"), COLUMN_INT8, true, false},
        {SLICE_INIT("item"), SLICE_INIT("index"), COLUMN_INT4, true, true},
        {SLICE_INIT("key"), SLICE_INIT("key"), COLUMN_TEXT, false, false},
        {SLICE_INIT("model"), SLICE_INIT("model"), COLUMN_TEXT, false, false},
    };

    for (size_t i = 0; i < countof(fixed); i++) {
        if ((fixed[i].item && !spread) || !put_name(c, fixed[i].name))
            continue;
        put_type(c, fixed[i].type);
        put_pair(c->out, SLICE("from"), fixed[i].from);
        if (fixed[i].required) {
            json_put_key(c->out, SLICE("required"));
            json_put_bool(c->out, true);
        }
        json_put_close(c->out, '}');
    }
}

/* A column per member of an object; `around` when the object is the payload
 * that a spread list lies in. */
static void put_members(struct columns *c, const struct shape *object,
                        const struct member *list, bool around)
{
    for (const struct member *m = object->members; m; m = m->next) {
        struct slice pointer;

        if (m == list || !worth(object, m) || !put_name(c, m->name))
            continue;
        put_type(c, column_of(m->shape));
        pointer = pointer_to(m->name, c->arena);
        if (around) {
            put_pair(c->out, SLICE("from"), SLICE("payload"));
            put_pair(c->out, SLICE("pointer"), pointer);
        } else {
            put_pair(c->out, SLICE("from"), pointer);
        }
        if (always(object, m) && !m->shape->kinds[JSON_NULL]) {
            json_put_key(c->out, SLICE("required"));
            json_put_bool(c->out, true);
        }
        json_put_close(c->out, '}');
    }
}

/* The one member that is a list of objects, or NULL. */
static const struct member *the_list(const struct shape *root)
{
    const struct member *found = NULL;

    for (const struct member *m = root->members; m; m = m->next) {
        const struct shape *s = m->shape;

        if (!shape_all(s, JSON_ARRAY) || s->deep || !s->items ||
            !shape_all(s->items, JSON_OBJECT))
            continue;
        if (found)
            return NULL;
        found = m;
    }
    return found;
}

static void put_value(struct columns *c, const struct shape *s)
{
    if (!put_name(c, SLICE("value")))
        return;
    put_type(c, column_of(s));
    put_pair(c->out, SLICE("from"), SLICE(""));
    json_put_close(c->out, '}');
}

static void put_decant(struct json_out *out, const struct infer *in,
                       struct slice table, struct arena *arena)
{
    const struct shape *root = in->root, *row = root;
    const struct member *list = NULL;
    struct columns c = {.out = out, .arena = arena};
    bool object = shape_all(root, JSON_OBJECT);
    bool rows = shape_all(root, JSON_ARRAY) && !root->deep && root->items &&
                shape_all(root->items, JSON_OBJECT);

    json_put_key(out, SLICE("x-decant"));
    json_put_open(out, '{');
    put_pair(out, SLICE("table"), table);
    if (object && !root->open)
        list = the_list(root);
    if (list) {
        row = list->shape->items;
        put_pair(out, SLICE("spread"), pointer_to(list->name, arena));
    } else if (rows) {
        row = root->items;
        put_pair(out, SLICE("spread"), SLICE(""));
    }
    json_put_key(out, SLICE("columns"));
    json_put_open(out, '{');
    put_fixed(&c, list || rows);
    if (object || rows)
        put_members(&c, row, NULL, false);
    else
        put_value(&c, root);
    if (list)
        put_members(&c, root, list, true);
    json_put_close(out, '}');
    json_put_close(out, '}');
}

struct slice infer_profile(const struct infer *in,
                           const struct infer_words *words, struct arena *arena)
{
    char *bytes = arena_bytes(arena, WRITE_ROOM);
    struct json_out out;

    if (!bytes)
        return slice_of(NULL, 0);
    DEMAND(in->count > 0);
    json_out_init(&out, bytes, WRITE_ROOM);
    put_schema(&out, in, words->title);
    put_decant(&out, in, words->table, arena);
    json_put_close(&out, '}');
    if (out.full)
        return slice_of(NULL, 0);
    return infer_layout(json_out_slice(&out), arena);
}
