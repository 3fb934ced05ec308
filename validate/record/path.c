/* path.c - see path.h. */
#include "validate/record/path.h"

static const struct slice star = SLICE_INIT("*");

/* An array index as RFC 6901 writes it: no leading zeros. */
static uint32_t index_of(struct slice name)
{
    uint64_t n = 0;

    if (!name.len || name.len > 9 || (name.len > 1 && name.ptr[0] == '0'))
        return UINT32_MAX;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return UINT32_MAX;
        n = n * 10 + (uint64_t)(name.ptr[i] - '0');
    }
    return (uint32_t)n;
}

/* ~1 is a slash, ~0 a tilde; any other tilde is a mistake. */
static bool unescape(struct slice raw, struct arena *arena, struct slice *out)
{
    char *bytes;
    size_t len = 0;

    *out = raw;
    if (slice_find(raw, '~') == raw.len)
        return true;
    bytes = arena_bytes(arena, raw.len);
    if (!bytes)
        return false;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];

        if (c == '~') {
            if (++i == raw.len || (raw.ptr[i] != '0' && raw.ptr[i] != '1'))
                return false;
            c = raw.ptr[i] == '0' ? '~' : '/';
        }
        bytes[len++] = c;
    }
    *out = slice_of(bytes, len);
    return true;
}

bool path_parse(struct slice text, struct arena *arena, struct path *out,
                struct slice *words)
{
    struct path_step *steps;
    struct slice rest = text;
    size_t n = 0;

    *out = (struct path){.text = text};
    if (!text.len)
        return true;
    *words = SLICE("a JSON Pointer begins with '/'");
    if (text.ptr[0] != '/')
        return false;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '/';
    *words = SLICE("a pointer of more than 32 steps");
    if (n > PATH_STEPS_MAX)
        return false;
    *words = SLICE("out of memory");
    steps = arena_new(arena, n, struct path_step);
    if (!steps)
        return false;
    *words = SLICE("in a JSON Pointer a '~' is written ~0 and a '/' ~1");
    for (size_t i = 0; i < n; i++) {
        struct slice raw = slice_drop(rest, 1);

        raw = slice_take(raw, slice_find(raw, '/'));
        if (!unescape(raw, arena, &steps[i].name))
            return false;
        steps[i].index = index_of(steps[i].name);
        out->fans |= slice_eq(steps[i].name, star);
        rest = slice_drop(rest, 1 + raw.len);
    }
    out->steps = steps;
    out->n_steps = n;
    return true;
}

/* A child as json_first() and json_next() give it, as the value it is. */
static uint32_t value_of(const struct json_tape *tape, uint32_t child)
{
    if (child == JSON_NONE)
        return PATH_NOWHERE;
    return child + ((tape->nodes[child].flags & JSON_KEY) != 0);
}

static uint32_t item(const struct json_tape *tape, uint32_t array,
                     uint32_t index)
{
    uint32_t c = index == UINT32_MAX ? JSON_NONE : json_first(tape, array);

    while (c && index--)
        c = json_next(tape, array, c);
    return c;
}

/* Take the step from the level at hand for the first time. */
static uint32_t step_first(struct path_walk *w)
{
    const struct path_step *step = &w->path->steps[w->level];
    uint32_t from = w->at[w->level], *cursor = &w->cursor[w->level];
    uint32_t child;

    *cursor = JSON_NONE;
    if (w->tape->nodes[from].kind < JSON_ARRAY)
        return PATH_NOWHERE;
    if (slice_eq(step->name, star)) {
        *cursor = json_first(w->tape, from);
        return value_of(w->tape, *cursor);
    }
    child = w->tape->nodes[from].kind == JSON_ARRAY
                ? item(w->tape, from, step->index)
                : json_member(w->tape, from, step->name);
    return child ? child : PATH_NOWHERE;
}

/* And again, where it fans. */
static uint32_t step_again(struct path_walk *w)
{
    uint32_t *cursor = &w->cursor[w->level];

    if (*cursor == JSON_NONE)
        return PATH_NOWHERE;
    *cursor = json_next(w->tape, w->at[w->level], *cursor);
    return value_of(w->tape, *cursor);
}

void path_walk(struct path_walk *walk, const struct json_tape *tape,
               uint32_t from, const struct path *path)
{
    walk->tape = tape;
    walk->path = path;
    walk->level = 0;
    walk->begun = false;
    walk->at[0] = from;
}

uint32_t path_next(struct path_walk *walk)
{
    uint32_t to;

    if (!walk->begun && !walk->path->n_steps) {
        walk->begun = true;
        return walk->at[0];
    }
    if (walk->begun) {
        if (!walk->level)
            return PATH_NOWHERE;
        walk->level--;
        to = step_again(walk);
    } else {
        walk->begun = true;
        to = step_first(walk);
    }
    for (;;) {
        if (to != PATH_NOWHERE) {
            walk->at[++walk->level] = to;
            if (walk->level == walk->path->n_steps)
                return to;
            to = step_first(walk);
        } else if (walk->level) {
            walk->level--;
            to = step_again(walk);
        } else {
            return PATH_NOWHERE;
        }
    }
}

uint32_t path_find(const struct json_tape *tape, uint32_t from,
                   const struct path *path)
{
    struct path_walk walk;

    path_walk(&walk, tape, from, path);
    return path_next(&walk);
}
