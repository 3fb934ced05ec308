/*
 * repair.c - see repair.h.
 *
 * A sound text costs one strict parse.  A damaged one is copied with the
 * backslashes doubled that begin no escape, parsed again, and each edit gets
 * the pointer of the value it lies in during one walk over the new tape, so
 * the whole is linear.
 */
#include "validate/json/repair.h"

#include "validate/json/check.h"

static const struct {
    struct slice key, words;
    enum repair_class class;
} rules[REPAIR_RULE_COUNT] = {
#define REPAIR(name, key, words, class) \
    [REPAIR_##name] = {SLICE_INIT(key), SLICE_INIT(words), REPAIR_##class},
#include "validate/json/repair.def"
#undef REPAIR
};

static const struct slice class_keys[] = {
    [REPAIR_LOSSLESS] = SLICE_INIT("lossless"),
    [REPAIR_GUESS] = SLICE_INIT("guess"),
    [REPAIR_POLICY] = SLICE_INIT("policy"),
};

struct slice repair_key(enum repair_rule rule)
{
    DEMAND((unsigned)rule < REPAIR_RULE_COUNT);
    return rules[rule].key;
}

struct slice repair_words(enum repair_rule rule)
{
    DEMAND((unsigned)rule < REPAIR_RULE_COUNT);
    return rules[rule].words;
}

struct slice repair_class_key(enum repair_class class)
{
    DEMAND((unsigned)class < countof(class_keys));
    return class_keys[class];
}

/* The fault of a text that does not parse; `at` counts in text. */
static struct verdict broken(struct slice text, struct json_error why,
                             struct arena *arena)
{
    struct verdict v = {
        .fault = FAULT_JSON_SYNTAX,
        .at = why.at,
        .detail = json_code_words(why.code),
    };

    switch (why.code) {
    case JSON_EMPTY: v.fault = FAULT_REPLY_EMPTY; break;
    case JSON_END: v.fault = FAULT_JSON_TRUNCATED; break;
    case JSON_SURROGATE: v.fault = FAULT_JSON_SURROGATE; break;
    case JSON_TOO_DEEP: v.fault = FAULT_JSON_DEPTH; break;
    case JSON_TOO_LONG:
    case JSON_NO_MEMORY: v.fault = FAULT_LINE_MEMORY; return v;
    default: break;
    }
    v.where = json_locate(text, why.at, arena);
    return v;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

/* Bytes of the escape that text[at], a backslash, begins; 0 when it begins
 * none.  At the very end of the text nobody can tell: taken for one. */
static size_t escape_len(struct slice text, size_t at)
{
    size_t left = text.len - at;

    if (left < 2)
        return left;
    switch (text.ptr[at + 1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return 2;
    case 'u': break;
    default: return 0;
    }
    for (size_t i = 2; i < 6; i++) {
        if (i == left)
            return left;
        if (!is_hex(text.ptr[at + i]))
            return 0;
    }
    return 6;
}

/*
 * The next backslash from `at` on that begins no escape, text.len if none.
 * Outside strings a backslash is wrong anyway and doubling it keeps it so.
 */
static size_t next_stray(struct slice text, size_t at)
{
    while (at < text.len) {
        size_t len;

        at += slice_find(slice_drop(text, at), '\\');
        if (at >= text.len)
            break;
        len = escape_len(text, at);
        if (!len)
            return at;
        at += len;
    }
    return text.len;
}

/* Copy text with every stray backslash from `first` on doubled; edits get
 * the places. */
static struct slice doubled(struct slice text, size_t first, char *bytes,
                            struct repair_edit *edits)
{
    size_t from = 0, len = 0, n = 0;

    for (size_t at = first; at < text.len; at = next_stray(text, at + 1)) {
        memcpy(bytes + len, text.ptr + from, at - from);
        len += at - from;
        edits[n++] = (struct repair_edit){
            .rule = REPAIR_ESCAPE_DOUBLED,
            .class = rules[REPAIR_ESCAPE_DOUBLED].class,
            .at = at,
            .before = slice_of(text.ptr + at, 1),
            .after = SLICE("\\\\"),
        };
        bytes[len++] = '\\';
        from = at;
    }
    memcpy(bytes + len, text.ptr + from, text.len - from);
    return slice_of(bytes, len + text.len - from);
}

/* The place in the text as it came of a place in the doubled one. */
static size_t undouble(const struct repaired *r, size_t at)
{
    uint32_t n = 0;

    /* Before edit n, n bytes were put in. */
    while (n < r->n_edits && r->edits[n].at + n < at)
        n++;
    return at - n;
}

#define INDEX_ROOM 11 /* a slash and the digits of a uint32_t */

/* The way from the root to the node at hand. */
struct path {
    const struct json_tape *tape;
    struct arena *arena;
    uint32_t depth;
    uint32_t container[JSON_DEPTH_MAX + 1];
    uint32_t key[JSON_DEPTH_MAX + 1];   /* in an object: the member's */
    uint32_t index[JSON_DEPTH_MAX + 1]; /* in an array */
};

/* Append a member's name as a pointer token, at most twice as long as it
 * stands in the text; NULL when the arena is full. */
static char *put_name(struct path *p, uint32_t key, char *out)
{
    struct slice name = json_string(p->tape, key, p->arena);

    if (!name.ptr)
        return NULL;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (c == '~' || c == '/')
            *out++ = '~';
        *out++ = c == '~' ? '0' : c == '/' ? '1' : c;
    }
    return out;
}

static char *put_index(uint32_t index, char *out)
{
    char digits[INDEX_ROOM];
    size_t n = 0;

    do
        digits[n++] = (char)('0' + index % 10);
    while (index /= 10);
    while (n)
        *out++ = digits[--n];
    return out;
}

/* The JSON Pointer of the node at the end of the path. */
static struct slice path_pointer(struct path *p)
{
    const struct json_tape *t = p->tape;
    size_t room = 1;
    char *bytes, *out;

    for (uint32_t d = 0; d < p->depth; d++)
        room += json_is(t, p->container[d], JSON_OBJECT)
                    ? 2 * (size_t)t->nodes[p->key[d]].len
                    : INDEX_ROOM;
    bytes = out = arena_bytes(p->arena, room);
    for (uint32_t d = 0; d < p->depth && out; d++) {
        *out++ = '/';
        out = json_is(t, p->container[d], JSON_OBJECT)
                  ? put_name(p, p->key[d], out)
                  : put_index(p->index[d], out);
    }
    return out ? slice_of(bytes, (size_t)(out - bytes)) : slice_of(NULL, 0);
}

/* Step to node i: close what ends before it, count or name it. */
static void path_step(struct path *p, uint32_t i)
{
    const struct json_node *nodes = p->tape->nodes;
    uint32_t top;

    while (p->depth && i >= nodes[p->container[p->depth - 1]].next)
        p->depth--;
    if (!p->depth)
        return;
    top = p->depth - 1;
    if (nodes[p->container[top]].kind == JSON_ARRAY)
        p->index[top]++;
    else if (nodes[i].flags & JSON_KEY)
        p->key[top] = i;
}

static void path_enter(struct path *p, uint32_t i)
{
    DEMAND(p->depth <= JSON_DEPTH_MAX);
    p->container[p->depth] = i;
    p->index[p->depth] = UINT32_MAX; /* one before the first */
    p->depth++;
}

/* Give every edit the pointer of its string; parts of the tape without one
 * are stepped over.  False when the arena is full. */
static bool place_edits(struct repaired *r, struct arena *arena)
{
    struct path p = {.tape = &r->tape, .arena = arena};
    uint32_t e = 0, i = 0;

    while (e < r->n_edits) {
        const struct json_node *node = &r->tape.nodes[i];
        size_t end = (size_t)node->at + node->len;
        struct slice pointer;

        DEMAND(i < r->tape.n_nodes);
        path_step(&p, i);
        if (r->edits[e].at + e >= end) {
            i = node->next;
            continue;
        }
        if (node->kind != JSON_STRING) {
            path_enter(&p, i++);
            continue;
        }
        pointer = path_pointer(&p);
        if (!pointer.ptr)
            return false;
        for (; e < r->n_edits && r->edits[e].at + e < end; e++)
            r->edits[e].pointer = pointer;
        i++;
    }
    return true;
}

/* At most one edit per two bytes of text; copy, edits and the new tape all
 * come out of the arena. */
static struct verdict double_strays(struct slice text, size_t first,
                                    struct arena *arena, struct repaired *out)
{
    struct json_error why;
    struct slice sound;
    size_t n = 0;
    char *bytes;

    for (size_t at = first; at < text.len; at = next_stray(text, at + 1))
        n++;
    out->edits = arena_new(arena, n, struct repair_edit);
    bytes = arena_bytes(arena, text.len + n);
    if (!out->edits || !bytes)
        return (struct verdict){.fault = FAULT_LINE_MEMORY};
    out->n_edits = (uint32_t)n;
    sound = doubled(text, first, bytes, out->edits);
    if (!json_tape_build(sound, arena, &out->tape, &why)) {
        why.at = undouble(out, why.at);
        return broken(text, why, arena);
    }
    out->mask = (uint64_t)1 << REPAIR_ESCAPE_DOUBLED;
    if (!place_edits(out, arena))
        return (struct verdict){.fault = FAULT_LINE_MEMORY};
    return (struct verdict){.fault = FAULT_NONE};
}

struct verdict json_repair(struct slice text, struct arena *arena,
                           struct repaired *out)
{
    struct json_error why;

    *out = (struct repaired){.edits = NULL};
    if (json_tape_build(text, arena, &out->tape, &why))
        return (struct verdict){.fault = FAULT_NONE};
    if (why.code == JSON_BAD_ESCAPE || why.code == JSON_BAD_UNICODE)
        return double_strays(text, why.at, arena, out);
    return broken(text, why, arena);
}
