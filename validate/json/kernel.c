/*
 * kernel.c - see kernel.h.
 *
 * The one cell of state below validate/: a pointer that always gets the same
 * value, so that threads may race to fill it.
 */
#include "validate/json/kernel.h"

#include <string.h>

static const struct json_kernel *chosen;

struct candidate {
    const struct json_kernel *kernel;
    bool able; /* this CPU can run it */
};

#define KERNELS_MAX 4

#if defined(__x86_64__)
/* All that kernel_avx2.c is compiled for; whoever has BMI2 has LZCNT. */
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
           __builtin_cpu_supports("pclmul");
}

/* All that kernel_avx512.c is compiled for. */
static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2");
}
#endif

/* Best first; the scalar one is always able. */
static size_t candidates(struct candidate out[KERNELS_MAX])
{
    size_t n = 0;

#if defined(__x86_64__)
    __builtin_cpu_init();
    out[n++] = (struct candidate){&json_kernel_avx512, has_avx512()};
    out[n++] = (struct candidate){&json_kernel_avx2, has_avx2()};
    out[n++] = (struct candidate){&json_kernel_ssse3,
                                  __builtin_cpu_supports("ssse3") != 0};
#elif defined(__aarch64__) && defined(__ARM_NEON) && \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    out[n++] = (struct candidate){&json_kernel_neon, true};
#endif
    out[n++] = (struct candidate){&json_kernel_scalar, true};
    return n;
}

const struct json_kernel *json_kernel(void)
{
    const struct json_kernel *kernel =
        __atomic_load_n(&chosen, __ATOMIC_RELAXED);

    if (__builtin_expect(!kernel, 0)) {
        DEMAND(json_kernel_use(NULL));
        kernel = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
    }
    return kernel;
}

/* Also the first choice of all: NULL takes the first that is able. */
bool json_kernel_use(const char *name)
{
    struct candidate list[KERNELS_MAX];
    size_t n = candidates(list);

    for (size_t i = 0; i < n; i++) {
        if (!list[i].able || (name && strcmp(name, list[i].kernel->name)))
            continue;
        __atomic_store_n(&chosen, list[i].kernel, __ATOMIC_RELAXED);
        return true;
    }
    return false;
}
