/*
 * locate.c - json_locate() of check.h: from a byte to its JSON Pointer.
 *
 * Follows brackets, quotes, colons and commas up to the byte and keeps the
 * way there as one step per open bracket.  Nothing is checked: on broken
 * text the steps are what a person following the brackets would say.
 */
#include "validate/json/check.h"

#include <stdio.h>

#include "validate/json/escape.h"

#define INDEX_DIGITS 11 /* '/' and a 32-bit number */

struct step {
    uint32_t at;  /* object: first byte of the member's name */
    uint32_t len; /* object: bytes of the name; array: index of the value */
    bool object;
    bool named; /* object: the colon is read, the value comes */
};

struct trail {
    struct slice text;
    size_t at;       /* the next byte */
    size_t depth;    /* steps in use */
    size_t too_deep; /* brackets open that have no step */
    struct step steps[JSON_DEPTH_MAX];
};

/* The innermost open bracket that has a step; NULL outside all. */
static struct step *top(struct trail *t)
{
    return t->depth ? &t->steps[t->depth - 1] : NULL;
}

/* Steps end at the ceiling; brackets beyond it are only counted. */
static void enter(struct trail *t, bool object)
{
    if (t->depth == JSON_DEPTH_MAX)
        t->too_deep++;
    else
        t->steps[t->depth++] = (struct step){.object = object};
}

static void leave(struct trail *t)
{
    if (t->too_deep)
        t->too_deep--;
    else if (t->depth)
        t->depth--;
}

/* A comma or a colon: the next value, or the value of the name. */
static void separate(struct trail *t, char c)
{
    struct step *step = t->too_deep ? NULL : top(t);

    if (!step)
        return;
    if (step->object)
        step->named = c == ':';
    else if (c == ',')
        step->len++;
}

/* The place behind a string's closing quote, or the end.  Looking for quotes
 * and then back for backslashes is faster than stepping over every escape. */
static size_t string_end(struct slice text, size_t open)
{
    size_t at = open + 1;

    while (at < text.len) {
        size_t slashes = 0;

        at += slice_find(slice_drop(text, at), '"');
        while (text.ptr[at - slashes - 1] == '\\')
            slashes++;
        if (at < text.len && slashes % 2 == 0)
            return at + 1;
        at++;
    }
    return text.len;
}

/* Read one token; false when it holds the byte looked for. */
static bool step_over(struct trail *t, size_t goal)
{
    struct step *step = t->too_deep ? NULL : top(t);
    char c = t->text.ptr[t->at];
    size_t end;

    switch (c) {
    case '{':
    case '[': enter(t, c == '{'); break;
    case '}':
    case ']': leave(t); break;
    case ':':
    case ',': separate(t, c); break;
    case '"':
        end = string_end(t->text, t->at);
        if (goal < end || end == t->text.len)
            return false;
        if (step && step->object && !step->named) {
            step->at = (uint32_t)t->at + 1;
            step->len = (uint32_t)(end - t->at - 2);
        }
        t->at = end;
        return true;
    default: break;
    }
    t->at++;
    return true;
}

/* A name's bytes as RFC 6901 wants them, always UTF-8 without U+0000. */
static size_t put_name(struct slice name, char *out)
{
    const char *p = name.ptr, *end = p + name.len;
    char *to = out;

    while (p < end) {
        size_t n = utf8_sequence(slice_of(p, (size_t)(end - p))), used = n;
        char got[UTF8_MAX];

        if (*p == '\\')
            n = escape_read(p, end, got, &used);
        else
            memcpy(got, p, n);
        p += n ? n : 1;
        if (!n || !got[0]) {
            used = sizeof(UTF8_REPLACED) - 1;
            memcpy(got, UTF8_REPLACED, used);
        } else if (*got == '~' || *got == '/') {
            got[1] = *got == '~' ? '0' : '1';
            got[0] = '~';
            used = 2;
        }
        memcpy(to, got, used);
        to += used;
    }
    return (size_t)(to - out);
}

/* The steps down to `depth` as one pointer. */
static struct slice spell(const struct trail *t, size_t depth,
                          struct arena *arena)
{
    size_t room = 1, len = 0;
    char *out;

    for (size_t i = 0; i < depth; i++)
        room += t->steps[i].object ? 1 + (size_t)3 * t->steps[i].len
                                   : INDEX_DIGITS + 1;
    out = arena_bytes(arena, room);
    if (!out)
        return slice_of(NULL, 0);
    for (size_t i = 0; i < depth; i++) {
        const struct step *step = &t->steps[i];

        if (!step->object) {
            len += (size_t)snprintf(out + len, INDEX_DIGITS + 1, "/%u",
                                    (unsigned)step->len);
            continue;
        }
        out[len++] = '/';
        len += put_name(slice_of(t->text.ptr + step->at, step->len), out + len);
    }
    arena_trim(arena, out + len);
    return slice_of(out, len);
}

struct slice json_locate(struct slice text, size_t at, struct arena *arena)
{
    const struct step *step;
    struct trail t; /* its steps are not worth clearing */
    char c;

    t.text = slice_take(text, JSON_TEXT_MAX);
    t.at = t.depth = t.too_deep = 0;
    if (at > t.text.len)
        at = t.text.len;
    while (t.at < at && step_over(&t, at))
        ;
    step = top(&t);
    c = t.at < t.text.len ? t.text.ptr[t.at] : ' ';
    /* Separators, closing brackets and names belong to the container. */
    if (step && !t.too_deep &&
        ((c && strchr(",:]}", c)) || (step->object && !step->named)))
        return spell(&t, t.depth - 1, arena);
    return spell(&t, t.depth, arena);
}
