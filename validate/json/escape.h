/*
 * escape.h - one JSON escape sequence (RFC 8259 section 7), read plainly.
 *
 * Shared by all that meet escapes one at a time: the scalar kernel, the \u
 * path of the vector kernels, the comparison of keys, JSON Pointers.
 */
#ifndef DECANT_JSON_ESCAPE_H
#define DECANT_JSON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/utf8.h"

#define ESCAPE_UNICODE 6 /* bytes of \uXXXX */

static inline bool escape_is_high(uint32_t unit)
{
    return unit - 0xD800 < 0x400;
}
static inline bool escape_is_low(uint32_t unit)
{
    return unit - 0xDC00 < 0x400;
}

/* A hexadecimal digit's value, or 16 and more when it is none. */
static inline uint32_t escape_digit(char c)
{
    uint32_t digit = (uint32_t)(uint8_t)c - '0';
    uint32_t letter = ((uint32_t)(uint8_t)c | 0x20) - 'a';

    return digit < 10 ? digit : letter < 6 ? letter + 10 : 16;
}

/* Four hexadecimal digits at p; false when one of them is none. */
static inline bool escape_hex(const char *p, uint32_t *unit)
{
    uint32_t a = escape_digit(p[0]), b = escape_digit(p[1]);
    uint32_t c = escape_digit(p[2]), d = escape_digit(p[3]);

    *unit = a << 12 | b << 8 | c << 4 | d;
    return (a | b | c | d) < 16;
}

/* The byte that \c stands for; 0 when c is 'u' or no escape at all. */
static inline char escape_letter(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
    }
}

/*
 * Write what \uXXXX at p stands for, a surrogate pair as one scalar value;
 * returns the bytes read (6 or 12), 0 when p holds no whole escape or half
 * a pair.  out has room for UTF8_MAX bytes; *used of them are written.
 */
static inline size_t escape_unicode(const char *p, const char *end, char *out,
                                    size_t *used)
{
    uint32_t unit, low;

    if (end - p < ESCAPE_UNICODE || !escape_hex(p + 2, &unit))
        return 0;
    if (!escape_is_high(unit)) {
        if (escape_is_low(unit))
            return 0;
        *used = utf8_put(unit, out);
        return ESCAPE_UNICODE;
    }
    p += ESCAPE_UNICODE;
    if (end - p < ESCAPE_UNICODE || p[0] != '\\' || p[1] != 'u' ||
        !escape_hex(p + 2, &low) || !escape_is_low(low))
        return 0;
    *used = utf8_put(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
    return (size_t)2 * ESCAPE_UNICODE;
}

/*
 * The same for any escape; p points at the backslash.  An invalid one
 * stands for its own backslash: 1 is returned.
 */
static inline size_t escape_read(const char *p, const char *end, char *out,
                                 size_t *used)
{
    char letter = end - p > 1 ? escape_letter(p[1]) : '\0';
    size_t n = 0;

    if (letter) {
        *out = letter;
        *used = 1;
        return 2;
    }
    if (end - p > 1 && p[1] == 'u')
        n = escape_unicode(p, end, out, used);
    if (n)
        return n;
    *out = '\\';
    *used = 1;
    return 1;
}

#endif
