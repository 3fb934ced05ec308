/*
 * run_words.c - a failure in words and places; see run.h.
 *
 * The words name a value by the last member on the way to it ("yield",
 * "reactants[2]") and quote values and limits as they are written.  Texts
 * are cut to a bearable length, never inside a character.
 */
#include <stdio.h>

#include "validate/json/check.h"
#include "validate/schema/run.h"

#define WORDS_MAX  480
#define QUOTE_MAX  60  /* bytes of a value */
#define LIST_MAX   200 /* bytes of a list of values */
#define BRANCH_MAX 16  /* branches looked at for the nearest */
#define NEST_MAX   2   /* explanations inside explanations */

struct words {
    char *bytes; /* WORDS_MAX + 1 of them */
    size_t len;
};

/* --- putting text together ------------------------------------------------ */

/* The text's first bytes, whole characters only. */
static struct slice cut(struct slice text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most && ((unsigned char)text.ptr[most] & 0xC0) == 0x80)
        most--;
    return slice_take(text, most);
}

static void put(struct words *w, struct slice text)
{
    text = cut(text, WORDS_MAX - w->len);
    for (size_t i = 0; i < text.len; i++)
        w->bytes[w->len++] =
            (char)((unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
}

#define PUT(w, literal) put((w), SLICE(literal))

static void put_cut(struct words *w, struct slice text, size_t most)
{
    struct slice part = cut(text, most);

    put(w, part);
    if (part.len < text.len)
        PUT(w, "...");
}

static void put_number(struct words *w, size_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%zu", n);

    put(w, slice_of(digits, (size_t)len));
}

/* "3 items", "1 item" */
static void put_count(struct words *w, size_t n, struct slice one)
{
    put_number(w, n);
    PUT(w, " ");
    put(w, one);
    if (n != 1)
        PUT(w, "s");
}

/* A scalar as it is written, a container by its kind. */
static void put_value(struct words *w, const struct json_tape *t, uint32_t node)
{
    switch ((enum json_kind)t->nodes[node].kind) {
    case JSON_ARRAY: PUT(w, "an array"); return;
    case JSON_OBJECT: PUT(w, "an object"); return;
    case JSON_STRING:
        PUT(w, "\"");
        put_cut(w, json_inner(t, node), QUOTE_MAX);
        PUT(w, "\"");
        return;
    default: put_cut(w, json_raw(t, node), QUOTE_MAX);
    }
}

/* --- where ---------------------------------------------------------------- */

/* The child of a container that a node is or lies in; *index counts. */
static uint32_t child_with(const struct json_tape *t, uint32_t parent,
                           uint32_t node, size_t *index)
{
    uint32_t c = json_first(t, parent);

    for (*index = 0; c; ++*index) {
        uint32_t value = c + (t->nodes[parent].kind == JSON_OBJECT);

        if (node < t->nodes[value].next)
            return c;
        c = json_next(t, parent, c);
    }
    return JSON_NONE;
}

/* The last member on the way to a value, and the indices behind it. */
static void put_subject(struct words *w, const struct json_tape *t,
                        uint32_t node)
{
    uint32_t at = 0, member = JSON_NONE, from = 0;
    size_t index;

    if (!node) {
        PUT(w, "the document");
        return;
    }
    if (t->nodes[node].flags & JSON_KEY) {
        PUT(w, "the name '");
        put_cut(w, json_inner(t, node), QUOTE_MAX);
        PUT(w, "'");
        return;
    }
    while (at != node) {
        uint32_t c = child_with(t, at, node, &index);

        if (t->nodes[at].kind == JSON_OBJECT) {
            member = c;
            from = c + 1;
        }
        at = c + (t->nodes[at].kind == JSON_OBJECT);
    }
    if (member)
        put_cut(w, json_inner(t, member), QUOTE_MAX);
    else
        PUT(w, "item ");
    for (at = from; at != node;) {
        at = child_with(t, at, node, &index);
        PUT(w, "[");
        put_number(w, index);
        PUT(w, "]");
    }
}

/* '#' and a pointer behind the document's URI, if it has one; then the
 * keyword. */
static struct slice schema_place(const struct machine *m)
{
    const struct rule *rule = &m->rules[m->why.rule];
    const struct document *d = &m->schema->documents[rule->place.document];
    struct slice keyword = keyword_text((enum keyword)m->why.keyword);
    struct slice pointer = json_locate(
        d->tape.text, d->tape.nodes[rule->place.node].at, m->scratch);
    struct words w = {NULL, 0};
    char *room =
        arena_bytes(m->scratch, d->uri.len + pointer.len + keyword.len + 2);

    if (!room)
        return slice_of("", 0);
    w.bytes = room;
    if (rule->place.document) {
        memcpy(room, d->uri.ptr, d->uri.len);
        w.len = d->uri.len;
        room[w.len++] = '#';
    }
    if (pointer.len)
        memcpy(room + w.len, pointer.ptr, pointer.len);
    w.len += pointer.len;
    if (m->why.keyword != KEYWORD_FALSE) {
        room[w.len++] = '/';
        memcpy(room + w.len, keyword.ptr, keyword.len);
        w.len += keyword.len;
    }
    return slice_of(room, w.len);
}

/* The keyword's value in the schema, JSON_NONE when it has none. */
static uint32_t limit_node(const struct machine *m, const struct json_tape **t)
{
    const struct place *at = &m->rules[m->why.rule].place;

    *t = &m->schema->documents[at->document].tape;
    return json_member(*t, at->node,
                       keyword_text((enum keyword)m->why.keyword));
}

static void put_limit(struct words *w, const struct machine *m)
{
    const struct json_tape *t;
    uint32_t node = limit_node(m, &t);

    if (node)
        put_value(w, t, node);
}

/* --- keyword by keyword --------------------------------------------------- */

static const char *kind_words(const struct json_tape *t, uint32_t node)
{
    switch ((enum json_kind)t->nodes[node].kind) {
    case JSON_NUMBER: return "the number ";
    case JSON_STRING: return "the string ";
    default: return "";
    }
}

/* "a number or null" */
static void put_types(struct words *w, uint8_t types)
{
    static const struct {
        uint8_t bits;
        struct slice words;
    } table[] = {
        {1 << JSON_OBJECT, SLICE_INIT("an object")},
        {1 << JSON_ARRAY, SLICE_INIT("an array")},
        {1 << JSON_STRING, SLICE_INIT("a string")},
        {1 << JSON_NUMBER, SLICE_INIT("a number")},
        {TYPE_INTEGER, SLICE_INIT("a whole number")},
        {1 << JSON_FALSE | 1 << JSON_TRUE, SLICE_INIT("true or false")},
        {1 << JSON_NULL, SLICE_INIT("null")},
    };
    bool any = false;

    if (types & 1 << JSON_NUMBER)
        types &= (uint8_t)~TYPE_INTEGER;
    for (size_t i = 0; i < countof(table); i++) {
        if (!(types & table[i].bits))
            continue;
        if (any)
            PUT(w, " or ");
        put(w, table[i].words);
        any = true;
    }
}

static void say_types(struct words *w, const struct machine *m, uint8_t types)
{
    const char *kind = kind_words(m->t, m->why.node);

    put_subject(w, m->t, m->why.node);
    PUT(w, " is ");
    put(w, slice_of(kind, strlen(kind)));
    put_value(w, m->t, m->why.node);
    PUT(w, ", ");
    put_types(w, types);
    PUT(w, " is expected");
}

static void say_enum(struct words *w, const struct machine *m)
{
    const struct json_tape *t;
    uint32_t list = limit_node(m, &t), c;
    size_t start;

    put_subject(w, m->t, m->why.node);
    PUT(w, " is ");
    put_value(w, m->t, m->why.node);
    PUT(w, ", allowed: ");
    start = w->len;
    for (c = list ? json_first(t, list) : JSON_NONE; c;
         c = json_next(t, list, c)) {
        if (w->len - start > LIST_MAX) {
            PUT(w, " ...");
            break;
        }
        if (w->len > start)
            PUT(w, ", ");
        put_value(w, t, c);
    }
    if (w->len == start)
        PUT(w, "nothing");
}

/* "yield is 140, at most 100 is allowed" */
static void say_bound(struct words *w, const struct machine *m,
                      struct slice before, struct slice behind)
{
    put_subject(w, m->t, m->why.node);
    PUT(w, " is ");
    put_value(w, m->t, m->why.node);
    put(w, before);
    put_limit(w, m);
    put(w, behind);
}

static size_t n_children(const struct json_tape *t, uint32_t node)
{
    size_t n = 0;

    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c))
        n++;
    return n;
}

static size_t n_characters(const struct machine *m)
{
    struct slice text = json_string(m->t, m->why.node, m->scratch);
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return n;
}

/* "title has 2 characters, at least 5 are needed" */
static void say_count(struct words *w, const struct machine *m)
{
    bool text = m->t->nodes[m->why.node].kind == JSON_STRING;
    bool object = m->t->nodes[m->why.node].kind == JSON_OBJECT;
    size_t n = text ? n_characters(m) : n_children(m->t, m->why.node);
    bool least = m->why.keyword == KEYWORD_MIN_LENGTH ||
                 m->why.keyword == KEYWORD_MIN_ITEMS ||
                 m->why.keyword == KEYWORD_MIN_PROPERTIES;

    put_subject(w, m->t, m->why.node);
    PUT(w, " has ");
    if (object && n != 1) {
        put_number(w, n);
        PUT(w, " properties");
    } else {
        put_count(w, n,
                  text     ? SLICE("character")
                  : object ? SLICE("property")
                           : SLICE("item"));
    }
    put(w, least ? SLICE(", at least ") : SLICE(", at most "));
    put_limit(w, m);
    put(w, least ? SLICE(" are needed") : SLICE(" are allowed"));
}

static void say_pattern(struct words *w, const struct machine *m)
{
    put_subject(w, m->t, m->why.node);
    PUT(w, " is ");
    put_value(w, m->t, m->why.node);
    PUT(w, ", which does not match ");
    put_limit(w, m);
}

static void say_format(struct words *w, const struct machine *m)
{
    const struct op *op = &m->schema->ops[m->why.detail];
    struct slice words = {NULL, 0}, text;

    put_subject(w, m->t, m->why.node);
    PUT(w, " ");
    put_value(w, m->t, m->why.node);
    PUT(w, " ");
    if (op->code == OP_FORMAT) {
        put(w, format_words(op->format));
        return;
    }
    text = json_string(m->t, m->why.node, m->scratch);
    if (text.ptr && !op->own->check(op->own->ctx, text, m->scratch, &words) &&
        words.len) {
        put_cut(w, words, LIST_MAX);
        return;
    }
    PUT(w, "is no ");
    put(w, op->own->name);
}

static void put_missing(struct words *w, const struct machine *m,
                        struct slice name)
{
    PUT(w, "the property '");
    put_cut(w, name, QUOTE_MAX);
    PUT(w, "' is missing");
    if (m->why.node) {
        PUT(w, " in ");
        put_subject(w, m->t, m->why.node);
    }
}

/* The rule's op of this code; of the two for objects it has one at most. */
static const struct op *op_of(const struct machine *m, enum op_code code)
{
    const struct rule *rule = &m->rules[m->why.rule];

    for (uint32_t i = 0; i < rule->n; i++) {
        const struct op *op = &m->schema->ops[rule->first + i];

        if (op->code == code || (code == OP_OBJECT && op->code == OP_MEMBERS))
            return op;
    }
    DEMAND(false);
    return NULL;
}

static void say_required(struct words *w, const struct machine *m)
{
    const struct op *op = op_of(m, OP_OBJECT);
    const struct name *name = &op->object->names.list[m->why.detail];

    put_missing(w, m, slice_of(name->bytes, name->print.len));
}

static void say_dependent(struct words *w, const struct machine *m)
{
    const struct op *op = op_of(m, OP_DEPEND);
    const struct name *name = &op->depend->names.list[m->why.detail];

    put_missing(w, m, slice_of(name->bytes, name->print.len));
    PUT(w, "; another property asks for it");
}

static void say_not_allowed(struct words *w, const struct machine *m)
{
    uint32_t node = m->why.node;

    if (!node) {
        PUT(w, "the schema allows nothing at all");
        return;
    }
    if (m->t->nodes[node - 1].flags & JSON_KEY) {
        PUT(w, "the property '");
        put_cut(w, json_inner(m->t, node - 1), QUOTE_MAX);
        PUT(w, "' is not allowed");
        return;
    }
    put_subject(w, m->t, node);
    PUT(w, " is not allowed");
}

static void say_unique(struct words *w, const struct machine *m)
{
    put_subject(w, m->t, m->why.node);
    PUT(w, " repeats ");
    put_subject(w, m->t, m->why.detail);
    PUT(w, ": ");
    put_value(w, m->t, m->why.node);
}

static void say_contains(struct words *w, const struct machine *m)
{
    put_subject(w, m->t, m->why.node);
    if (m->why.keyword == KEYWORD_CONTAINS) {
        PUT(w, " has no item of the kind it must contain");
        return;
    }
    PUT(w, " has ");
    if (m->why.keyword == KEYWORD_MIN_CONTAINS) {
        put_count(w, m->why.detail, SLICE("item"));
        PUT(w, " of the kind it must contain, at least ");
        put_limit(w, m);
        PUT(w, " are needed");
    } else {
        put_count(w, m->why.detail, SLICE("item"));
        PUT(w, " or more of a kind, at most ");
        put_limit(w, m);
        PUT(w, " are allowed");
    }
}

/* --- branches ------------------------------------------------------------- */

static void say(struct words *w, const struct machine *m, int nesting);

/* How deep into the value a branch got before it failed. */
static uint64_t progress(const struct machine *m)
{
    uint64_t deep = m->t->nodes[m->why.node].depth;

    return deep << 33 | (uint64_t)m->why.node << 1 |
           (m->why.keyword != KEYWORD_TYPE);
}

/*
 * No branch holds.  When all want other types, these are what is expected;
 * else the branch that got furthest is probably the one that was meant.
 */
static void say_nearest(struct words *w, const struct machine *m,
                        const struct op *op, int nesting)
{
    struct machine best = *m, try;
    uint32_t node = m->why.node, n = op->rule;
    uint64_t most = 0;
    uint8_t types = 0;

    for (uint32_t i = 0; i < n && i < BRANCH_MAX; i++) {
        uint32_t rule = m->schema->calls[op->first + i];

        if (!run_start(&try, m->schema, m->t, m->scratch))
            continue;
        try.work = RUN_WORK_WORDS;
        if (run_rule(&try, rule, node) != SCHEMA_INVALID)
            continue;
        if (progress(&try) >= most) {
            most = progress(&try);
            best = try;
        }
        if (try.why.node == node && try.why.keyword == KEYWORD_TYPE)
            types |= m->rules[try.why.rule].types;
    }
    if (best.why.node == node && best.why.keyword == KEYWORD_TYPE &&
        n <= BRANCH_MAX) {
        say_types(w, m, types);
        return;
    }
    put_subject(w, m->t, node);
    PUT(w, " has none of the ");
    put_number(w, n);
    PUT(w, " allowed forms");
    if (most && nesting < NEST_MAX) {
        PUT(w, "; the nearest one: ");
        say(w, &best, nesting + 1);
    }
}

static void say_branches(struct words *w, const struct machine *m, int nesting)
{
    bool any = m->why.keyword == KEYWORD_ANY_OF;
    const struct op *op = op_of(m, any ? OP_ANY : OP_ONE);

    if (any || !m->why.detail) {
        say_nearest(w, m, op, nesting);
        return;
    }
    put_subject(w, m->t, m->why.node);
    PUT(w, " has more than one of the ");
    put_number(w, op->rule);
    PUT(w, " forms of which exactly one is allowed");
}

/* --- all of it ------------------------------------------------------------ */

static void say(struct words *w, const struct machine *m, int nesting)
{
    switch ((enum keyword)m->why.keyword) {
    case KEYWORD_TYPE: say_types(w, m, m->rules[m->why.rule].types); return;
    case KEYWORD_CONST:
        say_bound(w, m, SLICE(", "), SLICE(" is expected"));
        return;
    case KEYWORD_ENUM: say_enum(w, m); return;
    case KEYWORD_MINIMUM:
        say_bound(w, m, SLICE(", at least "), SLICE(" is allowed"));
        return;
    case KEYWORD_MAXIMUM:
        say_bound(w, m, SLICE(", at most "), SLICE(" is allowed"));
        return;
    case KEYWORD_EXCLUSIVE_MINIMUM:
        say_bound(w, m, SLICE(", more than "), SLICE(" is needed"));
        return;
    case KEYWORD_EXCLUSIVE_MAXIMUM:
        say_bound(w, m, SLICE(", less than "), SLICE(" is needed"));
        return;
    case KEYWORD_MULTIPLE_OF:
        say_bound(w, m, SLICE(", a multiple of "), SLICE(" is expected"));
        return;
    case KEYWORD_MIN_LENGTH:
    case KEYWORD_MAX_LENGTH:
    case KEYWORD_MIN_ITEMS:
    case KEYWORD_MAX_ITEMS:
    case KEYWORD_MIN_PROPERTIES:
    case KEYWORD_MAX_PROPERTIES: say_count(w, m); return;
    case KEYWORD_PATTERN: say_pattern(w, m); return;
    case KEYWORD_FORMAT: say_format(w, m); return;
    case KEYWORD_UNIQUE_ITEMS: say_unique(w, m); return;
    case KEYWORD_REQUIRED: say_required(w, m); return;
    case KEYWORD_DEPENDENT_REQUIRED:
    case KEYWORD_DEPENDENCIES: say_dependent(w, m); return;
    case KEYWORD_CONTAINS:
    case KEYWORD_MIN_CONTAINS:
    case KEYWORD_MAX_CONTAINS: say_contains(w, m); return;
    case KEYWORD_ANY_OF:
    case KEYWORD_ONE_OF: say_branches(w, m, nesting); return;
    case KEYWORD_NOT:
        put_subject(w, m->t, m->why.node);
        PUT(w, " has a form that is not allowed");
        return;
    default: say_not_allowed(w, m);
    }
}

void run_explain(const struct machine *m, struct schema_mismatch *out)
{
    uint32_t node = m->why.node;
    struct words w = {arena_bytes(m->scratch, WORDS_MAX + 1), 0};

    *out = (struct schema_mismatch){
        .keyword = keyword_text((enum keyword)m->why.keyword),
        .schema_pointer = schema_place(m),
        .node = node,
        .at = m->nodes[node].at,
    };
    if (m->nodes[node].flags & JSON_KEY)
        node++; /* a name's place is its member's */
    out->instance_pointer =
        json_locate(m->t->text, m->nodes[node].at, m->scratch);
    if (!out->instance_pointer.ptr)
        out->instance_pointer = slice_of("", 0);
    if (w.bytes && !m->limited)
        say(&w, m, 0);
    out->message =
        w.bytes ? slice_of(w.bytes, w.len) : SLICE("does not fit the schema");
}
