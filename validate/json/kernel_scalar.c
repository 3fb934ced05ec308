/*
 * kernel_scalar.c - the kernel for any CPU, and the model of the others.
 *
 * Byte by byte, with no more cleverness than a table of byte classes.
 */
#include "validate/json/escape.h"
#include "validate/json/kernel.h"
#include "validate/json/tape.h"

enum { OTHER, SPACE, OP };

static const uint8_t class_of[256] = {
    [' '] = SPACE, ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, ['{'] = OP,
    ['}'] = OP,    ['['] = OP,     [']'] = OP,     [':'] = OP,     [','] = OP,
};

/* Read the string that opens at `at`; returns the place of its closing quote,
 * text.len when there is none. */
static size_t string(struct slice text, size_t at, struct json_index *out)
{
    const char *end = text.ptr + text.len;
    bool escaped = false;

    while (++at < text.len) {
        const char *p = text.ptr + at;
        char got[UTF8_MAX];
        size_t used = 1, n;

        if (*p == '"') {
            out->marks[out->n_marks++] =
                (uint32_t)at | (escaped ? INDEX_ESCAPED : 0);
            out->flags |= escaped ? JSON_ESCAPED : 0;
            return at;
        }
        if ((uint8_t)*p < ' ')
            out->bad = true;
        if (*p != '\\')
            continue;
        n = escape_read(p, end, got, &used);
        escaped = true;
        if (n == 1)
            out->bad = true;
        if (used == 1 && !got[0])
            out->flags |= JSON_NUL;
        at += n - 1;
    }
    out->bad = true;
    return text.len;
}

static size_t valid(struct slice bytes)
{
    return utf8_prefix(bytes);
}

static void index_text(struct slice text, struct json_index *out)
{
    bool word = false; /* the byte before belongs to a number or word */

    out->n_marks = 0;
    out->flags = 0;
    out->bad = valid(text) < text.len;
    for (size_t at = 0; at < text.len; at++) {
        char c = text.ptr[at];
        uint8_t class = class_of[(uint8_t)c];

        if (class == SPACE) {
            word = false;
            continue;
        }
        if (class == OP || c == '"' || !word)
            out->marks[out->n_marks++] = (uint32_t)at;
        word = class == OTHER && c != '"';
        if (c == '"')
            at = string(text, at, out);
    }
}

static size_t unescape(struct slice body, char *out)
{
    const char *p = body.ptr, *end = p + body.len;
    char *to = out;

    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        size_t run = (size_t)((stop ? stop : end) - p), used;

        memcpy(to, p, run);
        to += run;
        if (!stop)
            break;
        p = stop + escape_read(stop, end, to, &used);
        to += used;
    }
    return (size_t)(to - out);
}

const struct json_kernel json_kernel_scalar = {
    "scalar",
    index_text,
    unescape,
    valid,
};
