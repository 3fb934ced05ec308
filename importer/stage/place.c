/* place.c - see place.h. */
#include "importer/stage/place.h"

#include "validate/json/text.h"

#include <string.h>

#define ESCAPED_BYTE 4 /* bytes of "\xNN" */

static unsigned hex4(const char *digits)
{
    unsigned value = 0;

    for (size_t i = 0; i < 4; i++) {
        unsigned c = (unsigned char)digits[i];

        value = value << 4 | (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}

/* One step through the inside of a sound JSON string: the source bytes of
 * the next character, and how many bytes it has once unescaped. */
static size_t step(struct slice body, size_t *plain)
{
    unsigned unit;

    *plain = 1;
    if (body.ptr[0] != '\\')
        return 1;
    if (body.ptr[1] != 'u')
        return 2;
    unit = hex4(body.ptr + 2);
    if (unit >= 0xD800 && unit < 0xDC00) {
        *plain = 4;
        return 12;
    }
    *plain = unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    return 6;
}

/* The offset in a string's inside of its `want`-th unescaped byte. */
static size_t follow(struct slice body, size_t want)
{
    size_t at = 0, seen = 0, plain;

    while (at < body.len) {
        size_t took = step(slice_drop(body, at), &plain);

        if (seen + plain > want)
            break;
        seen += plain;
        at += took;
    }
    return at;
}

static size_t plain_length(struct slice body)
{
    size_t at = 0, sum = 0, plain;

    while (at < body.len) {
        at += step(slice_drop(body, at), &plain);
        sum += plain;
    }
    return sum;
}

size_t place_in_line(const struct judged *judged)
{
    const struct json_tape *tape = &judged->env.tape;
    const struct answer *answer = judged->answer;
    size_t want = judged->verdict.at, last = 0;

    if (!judged->in_payload || !answer || !answer->n_parts)
        return want;
    for (uint32_t i = 0; i < answer->n_parts; i++) {
        struct slice body = json_inner(tape, answer->parts[i]);
        size_t length = plain_length(body);

        last = (size_t)(body.ptr - tape->text.ptr);
        if (want < length)
            return last + follow(body, want);
        want -= length;
        last += body.len;
    }
    return last;
}

/* Bytes of the character at text.ptr that may be shown as they are, or 0. */
static size_t shown(struct slice text)
{
    unsigned char c = (unsigned char)text.ptr[0];
    size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

    if (c < 0x20 || c == 0x7F || len > text.len)
        return 0;
    return json_utf8_valid(slice_take(text, len)) == len ? len : 0;
}

struct slice place_shown(struct slice text, struct arena *arena)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = 0;
    char *out = arena_bytes(arena, text.len * ESCAPED_BYTE);

    if (!out)
        return slice_of(NULL, 0);
    while (text.len) {
        size_t good = shown(text);
        unsigned char c = (unsigned char)text.ptr[0];

        if (good) {
            memcpy(out + len, text.ptr, good);
            len += good;
        } else {
            memcpy(out + len, "\\x", 2);
            out[len + 2] = digits[c >> 4];
            out[len + 3] = digits[c & 15];
            len += ESCAPED_BYTE;
        }
        text = slice_drop(text, good ? good : 1);
    }
    return slice_of(out, len);
}

struct slice place_excerpt(struct slice text, size_t at, struct arena *arena)
{
    size_t begin;

    if (at > text.len)
        at = text.len;
    begin = at > EXCERPT_BYTES ? at - EXCERPT_BYTES : 0;
    /* do not begin inside a character: three steps back at most */
    for (int i = 0; i < 3 && begin && (text.ptr[begin] & 0xC0) == 0x80; i++)
        begin--;
    text = slice_take(slice_drop(text, begin), at - begin + EXCERPT_BYTES);
    return place_shown(text, arena);
}
