/* profile_parts.c - see profile_parts.h: what all readers of a profile use. */
#include "validate/record/profile_parts.h"

#include <stdarg.h>
#include <stdio.h>

#include "validate/json/check.h"

#define WORDS_MAX  512 /* bytes of an explanation */
#define NAME_BYTES 32  /* bytes of a member's name that is guessed at */
#define NEAR       3   /* letters that a guessed name may differ in, less one */

bool making_fail(struct making *m, uint32_t node, const char *fmt, ...)
{
    char *words = arena_bytes(m->arena, WORDS_MAX);
    va_list args;
    int n = 0;

    *m->why = (struct profile_problem){.words = SLICE("out of memory")};
    if (!words)
        return false;
    va_start(args, fmt);
    n = vsnprintf(words, WORDS_MAX, fmt, args);
    va_end(args);
    DEMAND(n >= 0);
    m->why->words =
        slice_of(words, (size_t)n < WORDS_MAX ? (size_t)n : WORDS_MAX - 1);
    if (node < m->tape.n_nodes)
        m->why->pointer =
            json_locate(m->tape.text, m->tape.nodes[node].at, m->arena);
    return false;
}

bool making_full(struct making *m)
{
    *m->why = (struct profile_problem){.words = SLICE("out of memory")};
    return false;
}

bool making_object(struct making *m, uint32_t node, const char *what)
{
    return json_is(&m->tape, node, JSON_OBJECT) ||
           making_fail(m, node, "%s must be an object", what);
}

bool making_array(struct making *m, uint32_t node, const char *what)
{
    return json_is(&m->tape, node, JSON_ARRAY) ||
           making_fail(m, node, "%s must be a list", what);
}

bool making_text(struct making *m, uint32_t node, const char *what,
                 struct slice *out)
{
    if (!json_is(&m->tape, node, JSON_STRING))
        return making_fail(m, node, "%s must be a text", what);
    *out = json_string(&m->tape, node, m->arena);
    return out->ptr || making_full(m);
}

bool making_flag(struct making *m, uint32_t node, const char *what, bool *out)
{
    *out = json_is(&m->tape, node, JSON_TRUE);
    return *out || json_is(&m->tape, node, JSON_FALSE) ||
           making_fail(m, node, "%s must be true or false", what);
}

bool making_count(struct making *m, uint32_t node, const char *what,
                  uint64_t max, uint64_t *out)
{
    int64_t n;

    if (!json_is(&m->tape, node, JSON_NUMBER) ||
        !json_int64(&m->tape, node, &n) || n < 0 || (uint64_t)n > max)
        return making_fail(m, node, "%s must be a whole number, at most %ju",
                           what, (uintmax_t)max);
    *out = (uint64_t)n;
    return true;
}

bool making_path(struct making *m, uint32_t node, struct path *out)
{
    struct slice text, words;

    if (!making_text(m, node, "a JSON Pointer", &text))
        return false;
    if (!path_parse(text, m->arena, out, &words))
        return making_fail(m, node, "%.*s", (int)words.len, words.ptr);
    return true;
}

bool making_key_path(struct making *m, uint32_t key, struct path *out)
{
    struct slice name = json_string(&m->tape, key, m->arena), words;

    if (!name.ptr)
        return making_full(m);
    if (!path_parse(name, m->arena, out, &words))
        return making_fail(m, key + 1, "%.*s", (int)words.len, words.ptr);
    return true;
}

struct slice making_step(struct making *m, struct slice name)
{
    char *bytes = arena_bytes(m->arena, 2 * name.len + 1);
    size_t len = 1;

    if (!bytes)
        return slice_of(NULL, 0);
    bytes[0] = '/';
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        bytes[len++] = c == '/' ? '~' : c;
        if (c == '~' || c == '/')
            bytes[len++] = c == '/' ? '1' : '0';
    }
    arena_trim(m->arena, bytes + len);
    return slice_of(bytes, len);
}

size_t making_size(const struct making *m, uint32_t node)
{
    const struct json_tape *t = &m->tape;
    size_t n = 0;

    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c))
        n++;
    return n;
}

/* Letters to insert, drop or replace; NEAR when it is that many or more. */
static size_t distance(struct slice a, struct slice b)
{
    size_t row[NAME_BYTES + 1];

    if (a.len > NAME_BYTES || b.len > NAME_BYTES)
        return NEAR;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t swap = corner + (a.ptr[i - 1] != b.ptr[j - 1]);
            size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

            corner = row[j];
            row[j] = swap < step ? swap : step;
        }
    }
    return row[b.len] < NEAR ? row[b.len] : NEAR;
}

struct slice making_nearest(struct slice name, const struct slice *names,
                            size_t n_names)
{
    struct slice nearest = {NULL, 0};
    size_t best = NEAR;

    for (size_t i = 0; i < n_names; i++) {
        size_t d = distance(name, names[i]);

        if (d < best && d < names[i].len) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

static bool listed(struct slice name, const struct slice *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(name, names[i]))
            return true;
    }
    return false;
}

static bool unknown(struct making *m, uint32_t key, struct slice name,
                    const struct slice *names, size_t n_names)
{
    struct slice guess = making_nearest(name, names, n_names);
    char all[WORDS_MAX / 2];
    size_t len = 0;

    if (guess.ptr)
        return making_fail(m, key + 1,
                           "unknown member \"%.*s\"; did you mean \"%.*s\"?",
                           (int)slice_take(name, 100).len, name.ptr,
                           (int)guess.len, guess.ptr);
    for (size_t i = 0; i < n_names && len + 40 < sizeof(all); i++)
        len += (size_t)snprintf(
            all + len, sizeof(all) - len, "%s%.*s", i ? ", " : "",
            (int)slice_take(names[i], 32).len, names[i].ptr);
    return making_fail(m, key + 1,
                       "unknown member \"%.*s\"; here may stand: %.*s",
                       (int)slice_take(name, 100).len, name.ptr, (int)len, all);
}

bool making_members(struct making *m, uint32_t object,
                    const struct slice *names, size_t n_names)
{
    const struct json_tape *t = &m->tape;

    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        struct slice name = json_string(t, c, m->arena);

        if (!name.ptr)
            return making_full(m);
        if (!listed(name, names, n_names))
            return unknown(m, c, name, names, n_names);
        if (json_member(t, object, name) != c + 1)
            return making_fail(m, c + 1, "\"%.*s\" stands twice", (int)name.len,
                               name.ptr);
    }
    return true;
}
