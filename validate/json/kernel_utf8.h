/*
 * kernel_utf8.h - UTF-8 validated a vector at a time.
 *
 * Included by a kernel after it has defined, for vectors of LANES bytes:
 *
 *     vec              uint8_t elements, GCC vector extension
 *     vec_load(p)      from any address
 *     vec_look(t, v)   t[low four bits] per byte, for bytes below 0x80
 *     vec_high(v)      not 0 when some byte is 0x80 or more
 *
 * Method: Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction
 * Per Byte" (2021).  Three tables, asked for the high and the low half of a
 * byte and the high half of the next, each list the errors that their half
 * allows; an error that all three allow has happened.  Longer sequences
 * need one more rule: the third and fourth byte must be continuations.
 * Without LANES this file holds nothing.
 */
#ifndef DECANT_JSON_KERNEL_UTF8_H
#define DECANT_JSON_KERNEL_UTF8_H

#include "validate/base/utf8.h"
#include "validate/json/kernel_scan.h"

#ifdef LANES

#define BEFORE 3 /* bytes of context in front of a block */

enum {
    SHORT = 1 << 0,     /* a lead, and no continuation behind it */
    LONG = 1 << 1,      /* ASCII, and a continuation behind it */
    OVER_3 = 1 << 2,    /* E0 80..9F */
    TOO_LARGE = 1 << 3, /* F4 90.. and F5.. 90.. */
    SURROGATE = 1 << 4, /* ED A0.. */
    OVER_2 = 1 << 5,    /* C0 and C1 */
    OVER_4 = 1 << 6,    /* F0 80..8F, and F5.. 80..8F: both mean 8F and less */
    TWICE = 1 << 7,     /* two continuations: fine behind E0.. and F0.. only */
    CARRY = SHORT | LONG | TWICE, /* whatever the lead's low half is */
};

/* By the high half of the first byte. */
static const uint8_t first_high[16] = {LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       TWICE,
                                       TWICE,
                                       TWICE,
                                       TWICE,
                                       SHORT | OVER_2,
                                       SHORT,
                                       SHORT | OVER_3 | SURROGATE,
                                       SHORT | TOO_LARGE | OVER_4};

/* By its low half. */
static const uint8_t first_low[16] = {CARRY | OVER_3 | OVER_2 | OVER_4,
                                      CARRY | OVER_2,
                                      CARRY,
                                      CARRY,
                                      CARRY | TOO_LARGE,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4 | SURROGATE,
                                      CARRY | TOO_LARGE | OVER_4,
                                      CARRY | TOO_LARGE | OVER_4};

/* By the high half of the second byte. */
static const uint8_t second_high[16] = {
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    LONG | OVER_2 | TWICE | OVER_3 | OVER_4,
    LONG | OVER_2 | TWICE | OVER_3 | TOO_LARGE,
    LONG | OVER_2 | TWICE | SURROGATE | TOO_LARGE,
    LONG | OVER_2 | TWICE | SURROGATE | TOO_LARGE,
    SHORT,
    SHORT,
    SHORT,
    SHORT};

static inline vec high_half(vec v)
{
    typedef uint16_t wide __attribute__((vector_size(LANES)));

    return (vec)((wide)v >> 4) & 0x0F;
}

/* Errors among the LANES bytes at p, looking BEFORE bytes back. */
static inline vec utf8_errors(const char *p)
{
    vec v = vec_load(p), one = vec_load(p - 1);
    vec two = vec_load(p - 2), three = vec_load(p - 3);
    vec found = vec_look(first_high, high_half(one)) &
                vec_look(first_low, one & 0x0F) &
                vec_look(second_high, high_half(v));
    vec must = (vec)((two >= 0xE0) | (three >= 0xF0));

    /* TWICE is right where it must be, wrong where not, and the reverse. */
    return found ^ (must & TWICE);
}

/* Is a block of 64 bytes sound, given the BEFORE bytes in front of it? */
static inline bool utf8_block(const char *p)
{
    vec high = {0}, bad = {0};

    UNROLL
    for (int i = 0; i < BLOCK; i += LANES)
        high |= vec_load(p + i);
    if (!vec_high(high))
        return (uint8_t)p[-1] < 0xC0 && (uint8_t)p[-2] < 0xE0 &&
               (uint8_t)p[-3] < 0xF0;
    UNROLL
    for (int i = 0; i < BLOCK; i += LANES)
        bad |= utf8_errors(p + i);
    return !vec_high((vec)(bad != 0));
}

/* The start of the sequence that the byte before `at` belongs to, when it is
 * not whole; at otherwise. */
static inline size_t utf8_back(struct slice bytes, size_t at)
{
    for (size_t i = 1; i <= BEFORE && i <= at; i++) {
        if ((uint8_t)bytes.ptr[at - i] >= 0xC0)
            return at - i;
    }
    return at;
}

/*
 * Is the block at `at` sound, given the bytes in front of it?  The ends lack
 * bytes in front or behind: they are taken for zeros, which are ASCII and end
 * what is left unfinished.
 */
static inline bool utf8_at(struct slice bytes, size_t at)
{
    size_t n = bytes.len - at < BLOCK ? bytes.len - at : BLOCK;
    size_t before = at < BEFORE ? at : BEFORE;
    const char *p = bytes.ptr + at;
    char edge[BEFORE + BLOCK];

    if (n < BLOCK || before < BEFORE) {
        memset(edge, 0, sizeof(edge));
        memcpy(edge + BEFORE - before, p - before, before + n);
        p = edge + BEFORE;
    }
    return utf8_block(p);
}

/* A last block of nothing but zeros is looked at, too. */
static size_t utf8_valid(struct slice bytes)
{
    size_t at = 0, from;

    while (at <= bytes.len && utf8_at(bytes, at))
        at += BLOCK;
    if (at > bytes.len)
        return bytes.len;
    from = utf8_back(bytes, at);
    return from + utf8_prefix(slice_drop(bytes, from));
}

/*
 * For texts that are mostly ASCII: the blocks from `at` up to `end`, one of
 * which is not, or stands behind an open one.  Returns whether the last one
 * leaves a sequence open.
 */
static __attribute__((noinline)) bool scan_high(struct scan_units *u, size_t at,
                                                size_t end)
{
    const uint8_t *p;

    for (; at < end && at <= u->text.len; at += BLOCK)
        u->bad |= !utf8_at(u->text, at);
    if (end > u->text.len)
        return false;
    p = (const uint8_t *)u->text.ptr + end;
    return p[-1] >= 0xC0 || p[-2] >= 0xE0 || p[-3] >= 0xF0;
}

#endif
#endif
