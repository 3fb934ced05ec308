/*
 * mend_scan.h - the loops of the tolerant reading that see most bytes.
 *
 * Inside strings nearly all bytes are plain, and nearly every member begins
 * like one of a sound text: both are told here without a call.
 */
#ifndef DECANT_JSON_MEND_SCAN_H
#define DECANT_JSON_MEND_SCAN_H

#include "validate/json/mend_parts.h"

#ifdef __SSE2__ /* always, on x86-64 */
#include <emmintrin.h>
#endif

/* The first byte from p on that a string of this kind must look at. */
static inline const char *mend_plain_end(const char *p, const char *end,
                                         char quote, bool high)
{
#ifdef __SSE2__
    const __m128i quotes = _mm_set1_epi8(quote);
    const __m128i doubles = _mm_set1_epi8('"');
    const __m128i slashes = _mm_set1_epi8('\\');
    const __m128i controls = _mm_set1_epi8(0x1F);

    while ((size_t)(end - p) >= sizeof(__m128i)) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(v, quotes), _mm_cmpeq_epi8(v, doubles)),
            _mm_or_si128(_mm_cmpeq_epi8(v, slashes),
                         _mm_cmpeq_epi8(_mm_min_epu8(v, controls), v)));
        unsigned bits = (unsigned)_mm_movemask_epi8(hit);

        bits |= high ? (unsigned)_mm_movemask_epi8(v) : 0;
        if (bits)
            return p + __builtin_ctz(bits);
        p += sizeof(__m128i);
    }
#endif
    while (p < end && *p != '"' && *p != '\\' && *p != quote &&
           (uint8_t)*p >= 0x20 && !(high && (uint8_t)*p >= 0x80))
        p++;
    return p;
}

/*
 * Behind the colon of the member name at `at`, which is what every sound
 * text shows there: "name": without escapes, or 'name': that is Python's;
 * 0 when it is not that.
 */
static inline size_t mend_plain_key(const struct mend *m, size_t at)
{
    const char *end = m->text + m->len, *p;

    char quote = mend_byte(m, at);

    if (quote != '"' && quote != '\'')
        return 0;
    p = mend_plain_end(m->text + at + 1, end, quote, !m->all_utf8);
    if (end - p < 2 || p[0] != quote || p[1] != ':')
        return 0;
    return (size_t)(p - m->text) + 2;
}

#endif
