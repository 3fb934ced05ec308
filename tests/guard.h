/* guard.h - bytes that end where readable memory ends. */
#ifndef DECANT_TESTS_GUARD_H
#define DECANT_TESTS_GUARD_H

#include <stdlib.h>
#include <sys/mman.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define GUARD_ROOM ((size_t)64 << 10)

struct guard {
    char *end; /* the first byte that must not be touched */
};

static inline struct guard guard_open(void)
{
    char *base = mmap(NULL, 2 * GUARD_ROOM, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    DEMAND(base != MAP_FAILED);
    DEMAND(!mprotect(base + GUARD_ROOM, GUARD_ROOM, PROT_NONE));
    return (struct guard){base + GUARD_ROOM};
}

static inline void guard_close(struct guard g)
{
    munmap(g.end - GUARD_ROOM, 2 * GUARD_ROOM);
}

/* A copy of at most GUARD_ROOM bytes right in front of the wall. */
static inline struct slice guard_copy(struct guard g, struct slice bytes)
{
    DEMAND(bytes.len <= GUARD_ROOM);
    if (bytes.len)
        memcpy(g.end - bytes.len, bytes.ptr, bytes.len);
    return slice_of(g.end - bytes.len, bytes.len);
}

#endif
