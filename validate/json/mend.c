/*
 * mend.c - the stack of mend.h: keys, colons, commas, brackets, the end.
 *
 * A step reads one token and knows from m->await what may stand there.
 * Separators are settled by what follows them, before anything behind them
 * is touched, so that the edits stay in the order of the text.
 */
#include "validate/json/mend_parts.h"

#include "validate/json/mend_scan.h"
#include "validate/json/text.h"

/* Bytes written per byte read: at most, and at most when control characters
 * are escaped as \u00XX. */
#define GROWTH     2
#define GROWTH_MAX 6

static void push(struct mend *m, enum frame frame)
{
    if (m->depth >= JSON_DEPTH_MAX) {
        mend_refuse(m, FAULT_JSON_DEPTH, m->at);
        return;
    }
    m->frames[++m->depth] = (uint8_t)frame;
    m->open[frame]++;
    m->at++;
    m->await = frame == FRAME_OBJECT ? AWAIT_KEY : AWAIT_VALUE;
    m->first = true;
    mend_keep(m);
}

static void pop(struct mend *m)
{
    m->open[mend_top(m)]--;
    m->depth--;
    m->await = AWAIT_BEHIND;
    m->first = false;
    m->bare_root = false;
}

static void value_done(struct mend *m)
{
    m->await = AWAIT_BEHIND;
    m->first = false;
    mend_keep(m);
}

/* --- closing brackets ----------------------------------------------------- */

static bool closes(enum frame frame, char c)
{
    return c == '}'   ? frame == FRAME_OBJECT
           : c == ']' ? frame == FRAME_ARRAY
                      : frame == FRAME_TUPLE || frame == FRAME_CALL;
}

/* Is one that c closes open further out? */
static bool open_outside(const struct mend *m, char c)
{
    return c == '}'   ? m->open[FRAME_OBJECT] > 0
           : c == ']' ? m->open[FRAME_ARRAY] > 0
                      : m->open[FRAME_TUPLE] + m->open[FRAME_CALL] > 0;
}

/* The bracket at m->at closes the innermost frame. */
static void close_top(struct mend *m)
{
    enum frame frame = mend_top(m);

    if (frame == FRAME_TUPLE)
        mend_edit(m, REPAIR_TUPLE_BRACKETED, m->at, 1, SLICE("]"));
    else if (frame == FRAME_CALL)
        mend_edit(m, REPAIR_WRAPPER_REMOVED, m->at, 1, SLICE(""));
    m->at++;
    pop(m);
    if (frame == FRAME_CALL && !m->depth && mend_byte(m, m->at) == ';') {
        mend_edit(m, REPAIR_WRAPPER_REMOVED, m->at, 1, SLICE(""));
        m->at++;
    }
    mend_keep(m);
}

/* A closing bracket at m->at, in the place of a comma or value. */
static void closer(struct mend *m)
{
    char c = m->text[m->at], missing[JSON_DEPTH_MAX];
    size_t n = 0;

    if (closes(mend_top(m), c)) {
        close_top(m);
        return;
    }
    if (!open_outside(m, c)) {
        if (c == ')' || mend_top(m) == FRAME_CALL) {
            mend_edit(m, REPAIR_BRACKET_DROPPED, m->at++, 1, SLICE(""));
            return;
        }
        mend_edit(m, REPAIR_BRACKET_REPLACED, m->at++, 1,
                  mend_closer(mend_top(m)));
        pop(m);
        mend_keep(m);
        return;
    }
    while (!closes(mend_top(m), c)) {
        struct slice closing = mend_closer(mend_top(m));

        if (closing.len)
            missing[n++] = closing.ptr[0];
        pop(m);
    }
    mend_edit(m, REPAIR_BRACKET_ADDED, m->at, 0, slice_of(missing, n));
    close_top(m);
}

/* --- what follows a value ------------------------------------------------- */

static enum place value_place(const struct mend *m)
{
    switch (mend_top(m)) {
    case FRAME_OBJECT: return PLACE_MEMBER;
    case FRAME_CALL: return PLACE_CALL;
    case FRAME_ROOT: return PLACE_ROOT;
    default: return PLACE_ELEMENT;
    }
}

static bool in_array(const struct mend *m)
{
    return m->depth > 1 && mend_top(m) == FRAME_OBJECT &&
           (m->frames[m->depth - 1] == FRAME_ARRAY ||
            m->frames[m->depth - 1] == FRAME_TUPLE);
}

/* [{"i":1{"i":2}]: the object before the one at hand was not closed. */
static void close_object(struct mend *m, size_t at)
{
    mend_edit(m, REPAIR_BRACKET_ADDED, at, 0, SLICE("}"));
    pop(m);
}

static void await_next(struct mend *m)
{
    m->await = mend_top(m) == FRAME_OBJECT ? AWAIT_KEY : AWAIT_VALUE;
}

/* A comma, or what stands for one, at `at`. */
static void comma(struct mend *m, size_t at)
{
    size_t next = mend_ahead(m, at + 1);
    char c = mend_byte(m, next);

    if (next == m->len) {
        mend_truncate(m, at, false);
        return;
    }
    m->at = at + 1;
    if (mend_is_closer(c)) {
        mend_edit(m, REPAIR_COMMA_TRAILING, at, 1, SLICE(""));
        return;
    }
    if (c == ',') {
        mend_edit(m, REPAIR_COMMA_DROPPED, at, 1, SLICE(""));
        return;
    }
    if (c == '{' && in_array(m))
        close_object(m, at);
    if (m->text[at] != ',')
        mend_edit(m, REPAIR_SEPARATOR_REPLACED, at, 1, SLICE(","));
    await_next(m);
}

/* Something other than a separator or bracket stands at `next`. */
static void missing_comma(struct mend *m, size_t next)
{
    enum frame frame = mend_top(m);
    char c = m->text[next];
    size_t width;
    bool fits;

    if (c == '{' && in_array(m)) {
        close_object(m, m->at);
        frame = mend_top(m);
    }
    if (frame == FRAME_OBJECT)
        fits = mend_quote(m, next, &width) || mend_key_at(m, next) ||
               mend_is_alpha(c);
    else
        fits = frame != FRAME_CALL;
    if (!fits) {
        mend_refuse(m, FAULT_JSON_SYNTAX, next);
        return;
    }
    mend_edit(m, REPAIR_COMMA_ADDED, m->at, 0, SLICE(","));
    await_next(m);
}

/* What a sound text shows behind a value, read without a look ahead. */
static bool step_usual(struct mend *m)
{
    size_t at = m->at;
    char c;

    while (at < m->len && mend_is_space(m->text[at]))
        at++;
    c = mend_byte(m, at);
    if ((c == '}' && mend_top(m) == FRAME_OBJECT) ||
        (c == ']' && mend_top(m) == FRAME_ARRAY)) {
        m->at = at + 1;
        pop(m);
        mend_keep(m);
        return true;
    }
    if (c != ',')
        return false;
    do
        at++;
    while (at < m->len && mend_is_space(m->text[at]));
    c = mend_byte(m, at);
    if (c != '"' && c != '\'' &&
        (mend_top(m) != FRAME_ARRAY ||
         (c != '{' && c != '[' && !ascii_digit(c))))
        return false;
    if (mend_top(m) != FRAME_ARRAY && mend_top(m) != FRAME_OBJECT)
        return false;
    m->at = at;
    if (c == '"' && mend_top(m) == FRAME_OBJECT) {
        size_t behind = at == m->key_at ? m->key_end : mend_plain_key(m, at);

        m->at = behind ? behind : at;
        m->await = behind ? AWAIT_VALUE : AWAIT_KEY;
    } else {
        await_next(m);
    }
    return true;
}

static void step_behind(struct mend *m)
{
    size_t next;
    char c;

    if (step_usual(m))
        return;
    next = mend_ahead(m, m->at);
    c = mend_byte(m, next);
    if (next == m->len) {
        mend_truncate(m, m->at, false);
    } else if (c == ',' || c == ';') {
        if (next > m->at)
            mend_skip(m);
        if (mend_top(m) == FRAME_CALL)
            mend_refuse(m, FAULT_JSON_SYNTAX, next);
        else
            comma(m, next);
    } else if (mend_is_closer(c)) {
        mend_skip(m);
        closer(m);
    } else {
        missing_comma(m, next);
    }
}

/* --- keys and values ------------------------------------------------------ */

/* A brace where a key should stand. */
static void brace_for_key(struct mend *m)
{
    if (m->first && !in_array(m)) {
        mend_edit(m, REPAIR_BRACKET_DROPPED, m->at++, 1, SLICE(""));
        return;
    }
    if (!in_array(m)) {
        mend_refuse(m, FAULT_JSON_SYNTAX, m->at);
        return;
    }
    mend_edit(m, REPAIR_BRACKET_ADDED, m->at, 0, SLICE("},"));
    pop(m);
    m->await = AWAIT_VALUE;
}

static void step_key(struct mend *m)
{
    size_t width;
    char c;

    mend_skip(m);
    if (m->at == m->len) {
        mend_torn(m);
        return;
    }
    c = m->text[m->at];
    if (mend_is_closer(c)) {
        closer(m);
    } else if (c == ',') {
        mend_edit(m, REPAIR_COMMA_DROPPED, m->at++, 1, SLICE(""));
    } else if (c == '{') {
        brace_for_key(m);
    } else if (mend_quote(m, m->at, &width) ? mend_string(m, PLACE_KEY, false)
                                            : mend_bare_key(m)) {
        m->await = AWAIT_COLON;
    }
}

static void step_colon(struct mend *m)
{
    size_t next = mend_ahead(m, m->at), width, n = 1;
    char c = mend_byte(m, next);

    if (next == m->len) {
        mend_torn(m);
        return;
    }
    if (c == ':' || c == '=') {
        if (next > m->at)
            mend_skip(m);
        if (c == '=') {
            n += mend_byte(m, next + 1) == '>';
            mend_edit(m, REPAIR_SEPARATOR_REPLACED, next, n, SLICE(":"));
        }
        m->at = next + n;
    } else if (c == '(' || mend_is_alpha(c) || mend_value_at(m, next) ||
               mend_quote(m, next, &width)) {
        mend_edit(m, REPAIR_COLON_ADDED, m->at, 0, SLICE(":"));
    } else {
        mend_refuse(m, FAULT_JSON_SYNTAX, next);
    }
    m->await = AWAIT_VALUE;
}

/* What stands at m->at cannot begin a value; true when that is settled. */
static bool no_value(struct mend *m)
{
    char c = m->text[m->at];
    enum frame frame = mend_top(m);

    if (c == ':' && frame == FRAME_OBJECT) {
        mend_edit(m, REPAIR_SEPARATOR_REPLACED, m->at++, 1, SLICE(""));
        return true;
    }
    if (c != ',' && !mend_is_closer(c))
        return false;
    if (frame == FRAME_OBJECT || (frame == FRAME_CALL && c == ')')) {
        mend_edit(m, REPAIR_VALUE_MISSING, m->at, 0, SLICE("null"));
        value_done(m);
    } else if (frame == FRAME_ROOT || frame == FRAME_CALL) {
        mend_refuse(m, FAULT_JSON_SYNTAX, m->at);
    } else if (c == ',') {
        mend_edit(m, REPAIR_COMMA_DROPPED, m->at++, 1, SLICE(""));
    } else {
        closer(m);
    }
    return true;
}

static void step_value(struct mend *m)
{
    uint32_t depth = m->depth;
    size_t width;
    char c;

    mend_skip(m);
    if (m->at == m->len) {
        mend_torn(m);
        return;
    }
    c = m->text[m->at];
    if (c == '[' && !m->depth && mend_fence(m, m->at + 1)) {
        /* [```json: part of the fence */
        mend_edit(m, REPAIR_BRACKET_DROPPED, m->at++, 1, SLICE(""));
    } else if (c == '{' || c == '[') {
        push(m, c == '{' ? FRAME_OBJECT : FRAME_ARRAY);
    } else if (c == '(' && mend_top(m) != FRAME_ROOT) {
        mend_edit(m, REPAIR_TUPLE_BRACKETED, m->at, 1, SLICE("["));
        push(m, FRAME_TUPLE);
    } else if (!no_value(m)) {
        if (mend_quote(m, m->at, &width)) {
            m->bare_root = true;
            if (!mend_string(m, value_place(m), false))
                return;
        } else if (!mend_scalar(m, value_place(m)) || m->depth > depth) {
            return;
        }
        value_done(m);
    }
}

/* --- all of it ------------------------------------------------------------ */

static void step(struct mend *m)
{
    switch (m->await) {
    case AWAIT_KEY: step_key(m); break;
    case AWAIT_COLON: step_colon(m); break;
    case AWAIT_VALUE: step_value(m); break;
    case AWAIT_BEHIND:
        if (m->depth)
            step_behind(m);
        else
            mend_root(m);
        break;
    case AWAIT_NOTHING: break;
    }
}

static void finish(struct mend *m)
{
    if (m->several && m->options->join_several)
        mend_edit(m, REPAIR_SEVERAL_JOINED, m->len, 0, SLICE("]"));
    if (m->full || m->len - m->from > m->cap - m->used) {
        m->full = true;
        return;
    }
    memcpy(m->out + m->used, m->text + m->from, m->len - m->from);
    m->used += m->len - m->from;
}

/* Bytes of arena left, less what alignment may cost. */
static size_t room_left(const struct arena *arena)
{
    size_t left = arena->cap - arena->used;

    return left > 64 ? left - 64 : 0;
}

/* Buffers for at most `growth` bytes per byte of text, or as much of that as
 * there is room for. */
static bool reserve(struct mend *m, size_t growth, struct arena *arena)
{
    size_t cap = growth * m->len + JSON_DEPTH_MAX + 64;
    size_t n = m->len + JSON_DEPTH_MAX + 64, room = room_left(arena);

    if (cap > room / 2)
        cap = room / 2;
    if (cap < 8)
        return false;
    m->out = arena_bytes(arena, cap);
    room = room_left(arena) / sizeof(struct repair_edit);
    if (n > room)
        n = room;
    if (!m->out || n < 2)
        return false;
    m->edits = arena_array(arena, n, struct repair_edit);
    if (!m->edits)
        return false;
    /* One place before each for what several values need. */
    m->out++;
    m->cap = cap - 1;
    m->edits++;
    m->max_edits = (uint32_t)(n - 1 < UINT32_MAX ? n - 1 : UINT32_MAX);
    return true;
}

/* One reading; false when the buffers did not suffice. */
static bool read_all(struct mend *m, size_t growth, struct arena *arena)
{
    if (!reserve(m, growth, arena))
        return false;
    m->frames[0] = FRAME_ROOT;
    m->await = AWAIT_VALUE;
    mend_keep(m);
    while (m->await != AWAIT_NOTHING && !m->full && !m->refused)
        step(m);
    if (!m->refused)
        finish(m);
    return !m->full;
}

enum mend_end mend(struct slice text, const struct mend_options *options,
                   struct arena *arena, struct mended *out)
{
    static const size_t growths[] = {GROWTH, GROWTH_MAX};
    struct mend m;
    size_t mark = arena_mark(arena);
    bool done = false;

    *out = (struct mended){.fault = FAULT_NONE};
    for (size_t i = 0; i < countof(growths) && !done; i++) {
        arena_rewind(arena, mark);
        memset(&m, 0, offsetof(struct mend, frames));
        m.text = text.ptr;
        m.len = text.len;
        m.options = options;
        done = text.len <= JSON_TEXT_MAX && read_all(&m, growths[i], arena);
    }
    out->truncated = m.truncated;
    out->several = m.several;
    out->second = m.second;
    out->fault = m.fault;
    out->at = m.wrong;
    if (m.refused || !done) {
        arena_rewind(arena, mark);
        return m.refused ? MEND_REFUSED : MEND_NO_MEMORY;
    }
    out->json = slice_of(m.out, m.used);
    out->edits = m.edits;
    out->n_edits = m.n_edits;
    arena_trim(arena, m.edits + m.n_edits);
    return MEND_DONE;
}
