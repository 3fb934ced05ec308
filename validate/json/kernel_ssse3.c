/*
 * kernel_ssse3.c - the kernel for any x86-64 of the last fifteen years.
 *
 * What kernel_block.h asks for, and nothing else.
 */
#include "validate/json/kernel.h"

#if defined(__SSSE3__)

#include <tmmintrin.h>

#define LANES 16
typedef uint8_t vec __attribute__((vector_size(LANES)));

#include "validate/json/kernel_scan.h"

struct block {
    vec v[BLOCK / LANES];
};

static inline vec vec_load(const char *p)
{
    return (vec)_mm_loadu_si128((const void *)p);
}
static inline vec vec_look(const uint8_t table[16], vec v)
{
    return (vec)_mm_shuffle_epi8(_mm_loadu_si128((const void *)table),
                                 (__m128i)v);
}
static inline bool vec_high(vec v)
{
    return _mm_movemask_epi8((__m128i)v) != 0;
}

static inline uint64_t block_bits(struct block b)
{
    uint64_t bits = 0;

    for (int i = BLOCK / LANES; i--;)
        bits = bits << LANES | (uint64_t)_mm_movemask_epi8((__m128i)b.v[i]);
    return bits;
}

static inline vec vec_spread(uint64_t bits)
{
    const vec part = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    const vec bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    vec all =
        (vec)_mm_shuffle_epi8(_mm_cvtsi32_si128((int)bits), (__m128i)part);

    return (vec)((all & bit) == bit);
}

static inline void pick_8(char *to, const char *from, const uint64_t *row)
{
    _mm_storel_epi64((void *)to,
                     _mm_shuffle_epi8(_mm_loadl_epi64((const void *)from),
                                      _mm_loadl_epi64((const void *)row)));
}

#define prefix_xor prefix_xor_plain

#include "validate/json/kernel_block.h"

const struct json_kernel json_kernel_ssse3 = {
    "ssse3",
    index_text,
    unescape,
    utf8_valid,
};

#endif
