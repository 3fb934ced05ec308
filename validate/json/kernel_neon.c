/*
 * kernel_neon.c - the kernel for 64-bit ARM.
 *
 * What kernel_block.h asks for, and nothing else.  Little-endian only, as the
 * byte order of block_bits() and the rows of pick_8() show.
 */
#include "validate/json/kernel.h"

#if defined(__aarch64__) && defined(__ARM_NEON) && \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#include <arm_neon.h>

#define LANES 16
typedef uint8_t vec __attribute__((vector_size(LANES)));

#include "validate/json/kernel_scan.h"

struct block {
    vec v[BLOCK / LANES];
};

static inline vec vec_load(const char *p)
{
    return (vec)vld1q_u8((const uint8_t *)p);
}
static inline vec vec_look(const uint8_t table[16], vec v)
{
    return (vec)vqtbl1q_u8(vld1q_u8(table), (uint8x16_t)(v & 15));
}
static inline bool vec_high(vec v)
{
    return vmaxvq_u8((uint8x16_t)v) >= 0x80;
}

/* One bit per byte, then three rounds of adding neighbours: 64 bytes become
 * eight. */
static inline uint64_t block_bits(struct block b)
{
    const vec bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t w[BLOCK / LANES], low, high;

    UNROLL
    for (int i = 0; i < BLOCK / LANES; i++)
        w[i] = (uint8x16_t)((vec)(b.v[i] >= 0x80) & bit);
    low = vpaddq_u8(w[0], w[1]);
    high = vpaddq_u8(w[2], w[3]);
    low = vpaddq_u8(low, high);
    low = vpaddq_u8(low, low);
    return vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
}

static inline vec vec_spread(uint64_t bits)
{
    const vec part = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    const vec bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    vec all = (vec)vqtbl1q_u8(vreinterpretq_u8_u64(vdupq_n_u64(bits)),
                              (uint8x16_t)part);

    return (vec)((all & bit) == bit);
}

static inline void pick_8(char *to, const char *from, const uint64_t *row)
{
    uint8x16_t bytes =
        vcombine_u8(vld1_u8((const uint8_t *)from), vdup_n_u8(0));
    uint8x8_t order = vcreate_u8(*row);

    vst1_u8((uint8_t *)to, vqtbl1_u8(bytes, order));
}

#define prefix_xor prefix_xor_plain

#include "validate/json/kernel_block.h"

const struct json_kernel json_kernel_neon = {
    "neon",
    index_text,
    unescape,
    utf8_valid,
};

#endif
