/*
 * kernel_avx2.c - the kernel for AVX2 with BMI and PCLMUL (Haswell, Zen).
 *
 * What kernel_block.h asks for, and nothing else.  No PEXT: before Zen 3 it
 * takes dozens of cycles.
 */
#include "validate/json/kernel.h"

#if defined(__AVX2__) && defined(__PCLMUL__)

#include <immintrin.h>

#define LANES 32
typedef uint8_t vec __attribute__((vector_size(LANES)));

#include "validate/json/kernel_scan.h"

struct block {
    vec v[BLOCK / LANES];
};

static inline vec vec_load(const char *p)
{
    return (vec)_mm256_loadu_si256((const void *)p);
}
static inline vec vec_look(const uint8_t table[16], vec v)
{
    __m128i row = _mm_loadu_si128((const void *)table);

    return (vec)_mm256_shuffle_epi8(_mm256_broadcastsi128_si256(row),
                                    (__m256i)v);
}
static inline bool vec_high(vec v)
{
    return _mm256_movemask_epi8((__m256i)v) != 0;
}

static inline uint64_t block_bits(struct block b)
{
    uint32_t low = (uint32_t)_mm256_movemask_epi8((__m256i)b.v[0]);
    uint32_t high = (uint32_t)_mm256_movemask_epi8((__m256i)b.v[1]);

    return low | (uint64_t)high << 32;
}

/* The four bytes of bits go where their eight lanes are; shuffles stay within
 * half a vector, so every half gets all four. */
static inline vec vec_spread(uint64_t bits)
{
    const vec part = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
                      2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3};
    const vec bit = (vec)_mm256_set1_epi64x((int64_t)0x8040201008040201);
    vec all =
        (vec)_mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), (__m256i)part);

    return (vec)((all & bit) == bit);
}

static inline void pick_8(char *to, const char *from, const uint64_t *row)
{
    _mm_storel_epi64((void *)to,
                     _mm_shuffle_epi8(_mm_loadl_epi64((const void *)from),
                                      _mm_loadl_epi64((const void *)row)));
}

/* Carry-less multiplication by all ones; see prefix_xor_plain(). */
static inline uint64_t prefix_xor(uint64_t bits)
{
    __m128i ones = _mm_set1_epi8(-1);
    __m128i all =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), ones, 0);

    return (uint64_t)_mm_cvtsi128_si64(all);
}

#include "validate/json/kernel_block.h"

const struct json_kernel json_kernel_avx2 = {
    "avx2",
    index_text,
    unescape,
    utf8_valid,
};

#endif
