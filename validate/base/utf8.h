/*
 * utf8.h - one UTF-8 sequence at a time (RFC 3629).
 *
 * Valid means: shortest form, no surrogates, at most U+10FFFF.  Whole texts
 * are validated by json_utf8_valid(); this is for the places in between.
 */
#ifndef DECANT_BASE_UTF8_H
#define DECANT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/slice.h"

#define UTF8_MAX      4 /* bytes of the longest sequence */
#define UTF8_REPLACED "\xEF\xBF\xBD"

/* Bytes of the sequence bytes begins with; 0 when it is not a valid one. */
size_t utf8_sequence(struct slice bytes);

/* True when a valid sequence begins here and the end cuts it short. */
bool utf8_cut(struct slice bytes);

/* Length of the valid prefix, byte by byte. */
size_t utf8_prefix(struct slice bytes);

/* Write a scalar value (no surrogate, at most U+10FFFF); returns 1 to 4. */
static inline size_t utf8_put(uint32_t scalar, char *out)
{
    if (scalar < 0x80) {
        out[0] = (char)scalar;
        return 1;
    }
    if (scalar < 0x800) {
        out[0] = (char)(0xC0 | scalar >> 6);
        out[1] = (char)(0x80 | (scalar & 0x3F));
        return 2;
    }
    if (scalar < 0x10000) {
        out[0] = (char)(0xE0 | scalar >> 12);
        out[1] = (char)(0x80 | (scalar >> 6 & 0x3F));
        out[2] = (char)(0x80 | (scalar & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | scalar >> 18);
    out[1] = (char)(0x80 | (scalar >> 12 & 0x3F));
    out[2] = (char)(0x80 | (scalar >> 6 & 0x3F));
    out[3] = (char)(0x80 | (scalar & 0x3F));
    return 4;
}

#endif
