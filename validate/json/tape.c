/*
 * tape.c - see tape.h.
 *
 *     text -> [kernel: index] -> marks -> [walk] -> nodes
 *
 * The walk sees only marked bytes.  It needs no bounds checks but at closing
 * brackets: a text whose first mark is a bracket must end in one, so every
 * other mark has a neighbour.  Nodes are made in place; while a container is
 * open, its `next` holds the container around it, which is all the stack
 * there is.  On any doubt the walk gives up and json_check() says why.
 */
#include "validate/json/tape.h"

#include "validate/json/check.h"
#include "validate/json/escape.h"
#include "validate/json/kernel.h"
#include "validate/json/text.h"

struct walk {
    const char *text;
    size_t len;
    const uint32_t *mark; /* the next one */
    const uint32_t *end;  /* behind the last one */
    struct json_node *nodes;
    uint32_t n;     /* nodes made */
    uint32_t open;  /* the innermost open container */
    uint32_t depth; /* brackets open */
    bool object;    /* the innermost open container is one */
};

/* What the first byte of a value makes of it, and what may end a number. */
enum lead { LEAD_NONE, LEAD_NUMBER, LEAD_WORD, LEAD_STRING, LEAD_OPEN };

static const uint8_t lead_of[256] = {
    ['"'] = LEAD_STRING, ['{'] = LEAD_OPEN,   ['['] = LEAD_OPEN,
    ['n'] = LEAD_WORD,   ['t'] = LEAD_WORD,   ['f'] = LEAD_WORD,
    ['-'] = LEAD_NUMBER, ['0'] = LEAD_NUMBER, ['1'] = LEAD_NUMBER,
    ['2'] = LEAD_NUMBER, ['3'] = LEAD_NUMBER, ['4'] = LEAD_NUMBER,
    ['5'] = LEAD_NUMBER, ['6'] = LEAD_NUMBER, ['7'] = LEAD_NUMBER,
    ['8'] = LEAD_NUMBER, ['9'] = LEAD_NUMBER,
};

static const bool delimiter[256] = {
    [' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true,
    [','] = true, [':'] = true,  ['['] = true,  [']'] = true,
    ['{'] = true, ['}'] = true,  ['"'] = true,
};

/* The byte of the text that a mark points at; never a closing quote. */
static inline char byte_at(const struct walk *w, const uint32_t *mark)
{
    return w->text[*mark];
}

/* One more node; `next` is right for all but containers. */
static inline void put(struct walk *w, uint32_t at, uint32_t len, unsigned kind,
                       unsigned flags)
{
    w->nodes[w->n] = (struct json_node){
        at, len, w->n + 1, (uint8_t)kind, (uint8_t)flags, (uint16_t)w->depth};
    w->n++;
}

/* Both quotes of a string: every opening mark has its closing one. */
static inline void string(struct walk *w, unsigned flags)
{
    uint32_t at = w->mark[0], close = w->mark[1];

    if (close & INDEX_ESCAPED)
        flags |= JSON_ESCAPED;
    put(w, at, (close & INDEX_PLACE) - at + 1, JSON_STRING, flags);
    w->mark += 2;
}

static inline const char *digits(const char *p)
{
    while ((unsigned)(*p - '0') < 10)
        p++;
    return p;
}

/* A mark follows, and the byte there is no part of a number: that stops
 * every loop inside the text. */
static bool number(struct walk *w)
{
    uint32_t at = *w->mark++;
    const char *start = w->text + at, *p = start + (*start == '-'), *q;
    unsigned flags = 0;

    q = *p == '0' ? p + 1 : digits(p);
    if (q == p)
        return false;
    if (*q == '.') {
        p = q + 1;
        q = digits(p);
        flags = JSON_FRACTION;
        if (q == p)
            return false;
    }
    if ((*q | 0x20) == 'e') {
        p = q + 1;
        p += *p == '+' || *p == '-';
        q = digits(p);
        flags = JSON_FRACTION;
        if (q == p)
            return false;
    }
    put(w, at, (uint32_t)(q - start), JSON_NUMBER, flags);
    return delimiter[(uint8_t)*q];
}

/* null, true or false, when something follows that may. */
static bool word(struct walk *w)
{
    uint32_t at = *w->mark++;
    const char *p = w->text + at;
    uint32_t len = *p == 'f' ? 5 : 4;

    if (w->len - at <= len || memcmp(p,
                                     *p == 'f'   ? "false"
                                     : *p == 't' ? "true"
                                                 : "null",
                                     len) != 0)
        return false;
    put(w, at, len,
        *p == 'f'   ? JSON_FALSE
        : *p == 't' ? JSON_TRUE
                    : JSON_NULL,
        0);
    return delimiter[(uint8_t)p[len]];
}

/* A member's name and its colon. */
static inline bool name(struct walk *w)
{
    if (byte_at(w, w->mark) != '"' || byte_at(w, w->mark + 2) != ':')
        return false;
    string(w, JSON_KEY);
    w->mark++;
    return true;
}

/* Its length and its end are filled in when it closes. */
static inline bool open(struct walk *w)
{
    w->object = byte_at(w, w->mark) == '{';
    put(w, *w->mark++, 0, w->object ? JSON_OBJECT : JSON_ARRAY, 0);
    w->nodes[w->n - 1].next = w->open;
    w->open = w->n - 1;
    return ++w->depth <= JSON_DEPTH_MAX;
}

/* The closing bracket at the next mark ends the innermost container. */
static inline bool close(struct walk *w)
{
    struct json_node *node = &w->nodes[w->open];

    if (byte_at(w, w->mark) != (w->object ? '}' : ']'))
        return false;
    node->len = *w->mark++ - node->at + 1;
    w->open = node->next;
    node->next = w->n;
    w->depth--;
    w->object = w->nodes[w->open].kind == JSON_OBJECT;
    return true;
}

/* One value, or the way into the first one of a container. *behind: what
 * follows is a comma or a closing bracket. */
static inline bool value(struct walk *w, bool *behind)
{
    char c = byte_at(w, w->mark);

    *behind = true;
    switch (lead_of[(uint8_t)c]) {
    case LEAD_STRING: string(w, 0); return true;
    case LEAD_NUMBER: return number(w);
    case LEAD_WORD: return word(w);
    case LEAD_OPEN:
        if (!open(w))
            return false;
        *behind = byte_at(w, w->mark) == (w->object ? '}' : ']');
        return *behind || !w->object || name(w);
    default: return false;
    }
}

/* The whole of a text whose first and last mark are a pair of brackets. */
static bool walk(struct walk *w)
{
    bool behind;

    for (;;) {
        if (!value(w, &behind))
            return false;
        while (behind) {
            if (byte_at(w, w->mark) == ',') {
                w->mark++;
                if (w->object && !name(w))
                    return false;
                break;
            }
            if (!close(w))
                return false;
            if (w->mark == w->end || !w->depth)
                return w->mark == w->end && !w->depth;
        }
    }
}

/* A text that is one number, word or string. */
static bool scalar(struct walk *w)
{
    uint32_t at = *w->mark;
    struct slice rest = slice_of(w->text + at, w->len - at);
    unsigned flags = 0;
    size_t len;

    if (rest.ptr[0] == '"') {
        if (w->end - w->mark != 2)
            return false;
        string(w, 0);
        return true;
    }
    len = w->end - w->mark == 1 ? json_extent(rest, false) : 0;
    rest.len = len;
    if (slice_find(rest, '.') < len || slice_find(rest, 'e') < len ||
        slice_find(rest, 'E') < len)
        flags = JSON_FRACTION;
    switch (rest.ptr[0]) {
    case 't': put(w, at, (uint32_t)len, JSON_TRUE, 0); break;
    case 'f': put(w, at, (uint32_t)len, JSON_FALSE, 0); break;
    case 'n': put(w, at, (uint32_t)len, JSON_NULL, 0); break;
    default: put(w, at, (uint32_t)len, JSON_NUMBER, flags);
    }
    return len > 0;
}

/* Makes all nodes; false when there is anything wrong at all. */
static bool build(struct walk *w)
{
    char first, last;

    if (w->mark == w->end)
        return false;
    first = byte_at(w, w->mark);
    last = w->text[w->end[-1] & INDEX_PLACE];
    if (first == '{' || first == '[')
        return last == (first == '{' ? '}' : ']') && walk(w);
    return scalar(w);
}

/* More nodes than any text of that length can make before it is refused:
 * every other byte, but for brackets that are still open. */
static size_t nodes_bound(size_t len)
{
    return len / 2 + JSON_DEPTH_MAX / 2 + 4;
}

enum json_try json_tape_try(struct slice text, struct arena *arena,
                            struct json_tape *out)
{
    size_t mark = arena_mark(arena);
    struct json_index index = {0};
    struct walk w = {.text = text.ptr, .len = text.len};

    if (text.len > JSON_TEXT_MAX)
        return JSON_TRY_TOO_LONG;
    w.nodes = arena_array(arena, nodes_bound(text.len), struct json_node);
    index.marks = arena_array(arena, text.len + INDEX_PAD, uint32_t);
    if (!w.nodes || !index.marks) {
        arena_rewind(arena, mark);
        return JSON_TRY_NO_MEMORY;
    }
    json_kernel()->index(text, &index);
    w.mark = index.marks;
    w.end = index.marks + index.n_marks;
    if (index.bad || !build(&w)) {
        /* Slow, and rare: one pass to name what and where. */
        arena_rewind(arena, mark);
        return JSON_TRY_BROKEN;
    }
    EXPECT(w.n <= nodes_bound(text.len));
    arena_trim(arena, w.nodes + w.n);
    *out = (struct json_tape){text, w.nodes, w.n, index.flags};
    return JSON_TRY_SOUND;
}

bool json_tape_build(struct slice text, struct arena *arena,
                     struct json_tape *out, struct json_error *why)
{
    switch (json_tape_try(text, arena, out)) {
    case JSON_TRY_SOUND: *why = (struct json_error){JSON_OK, 0}; return true;
    case JSON_TRY_TOO_LONG:
        *why = (struct json_error){JSON_TOO_LONG, JSON_TEXT_MAX};
        break;
    case JSON_TRY_NO_MEMORY:
        *why = (struct json_error){JSON_NO_MEMORY, 0};
        break;
    case JSON_TRY_BROKEN: *why = json_check(text); DEMAND(why->code != JSON_OK);
    }
    return false;
}

/* Without memory: escapes are read one at a time as they come. */
bool json_string_is(const struct json_tape *t, uint32_t node, struct slice text)
{
    struct slice inner = json_inner(t, node);
    const char *p = inner.ptr, *end = p + inner.len;
    const char *want = text.ptr, *stop = want + text.len;

    if (!(t->nodes[node].flags & JSON_ESCAPED))
        return slice_eq(inner, text);
    while (p < end) {
        char got[UTF8_MAX] = {*p};
        size_t used = 1;

        p += *p == '\\' ? escape_read(p, end, got, &used) : 1;
        if ((size_t)(stop - want) < used || memcmp(got, want, used) != 0)
            return false;
        want += used;
    }
    return want == stop;
}

uint32_t json_member(const struct json_tape *t, uint32_t object,
                     struct slice name)
{
    uint32_t found = JSON_NONE;

    if (!json_is(t, object, JSON_OBJECT))
        return JSON_NONE;
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        const struct json_node *key = &t->nodes[c];

        /* Nearly every other name is told apart by its length. */
        if (key->len != name.len + 2 && !(key->flags & JSON_ESCAPED))
            continue;
        if (json_string_is(t, c, name))
            found = c + 1;
    }
    return found;
}

struct slice json_string(const struct json_tape *t, uint32_t node,
                         struct arena *arena)
{
    struct slice inner = json_inner(t, node);
    char *room;
    size_t len;

    if (!(t->nodes[node].flags & JSON_ESCAPED))
        return inner;
    room = arena_bytes(arena, inner.len + JSON_PAD);
    if (!room)
        return slice_of(NULL, 0);
    len = json_unescape(inner, room);
    arena_trim(arena, room + len);
    return slice_of(room, len);
}

bool json_int64(const struct json_tape *t, uint32_t node, int64_t *out)
{
    struct slice raw = json_raw(t, node);
    bool negative = raw.ptr[0] == '-';
    uint64_t limit = (uint64_t)INT64_MAX + negative, value = 0;

    if (t->nodes[node].kind != JSON_NUMBER ||
        (t->nodes[node].flags & JSON_FRACTION))
        return false;
    for (size_t i = negative; i < raw.len; i++) {
        unsigned digit = (unsigned)(raw.ptr[i] - '0');

        if (value > (limit - digit) / 10) /* value * 10 + digit > limit */
            return false;
        value = value * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}
