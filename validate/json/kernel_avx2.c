/* kernel_avx2.c - the kernel for AVX2 with BMI and PCLMUL (Haswell, Zen). */
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

static inline void pick_8(char *to, const char *from, const uint64_t *row)
{
    _mm_storel_epi64((void *)to,
                     _mm_shuffle_epi8(_mm_loadl_epi64((const void *)from),
                                      _mm_loadl_epi64((const void *)row)));
}

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
