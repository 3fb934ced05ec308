/*
 * kernel.h - the three loops that touch every byte, one set per CPU kind.
 *
 * All sets give the same results; which one runs is chosen at the first use
 * from what the CPU can do.  kernel_scalar.c is the plain one, kernel_block.h
 * the algorithm that the vector sets share.
 */
#ifndef DECANT_JSON_KERNEL_H
#define DECANT_JSON_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/index.h"

struct json_kernel {
    const char *name;
    void (*index)(struct slice text, struct json_index *out);
    size_t (*unescape)(struct slice body, char *out); /* json_unescape() */
    size_t (*utf8_valid)(struct slice bytes);         /* json_utf8_valid() */
};

/* The set in use. */
const struct json_kernel *json_kernel(void);

/*
 * For tests and benches: use the named set from now on ("scalar", "ssse3",
 * "avx2", "avx512", "neon"; NULL chooses again).  False when this program or
 * this CPU has none of that name.  Not for use while another thread parses.
 */
MUST_CHECK bool json_kernel_use(const char *name);

extern const struct json_kernel json_kernel_scalar;
#if defined(__x86_64__)
extern const struct json_kernel json_kernel_ssse3;
extern const struct json_kernel json_kernel_avx2;
extern const struct json_kernel json_kernel_avx512;
#elif defined(__aarch64__) && defined(__ARM_NEON) && \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
extern const struct json_kernel json_kernel_neon;
#endif

#endif
