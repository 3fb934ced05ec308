/* arena.c - see arena.h. */
#include "validate/base/arena.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* A rewound arena gives memory past this back to the system. */
#define ARENA_KEEP ((size_t)64 << 20)
#define ARENA_PAGE ((size_t)4096)

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifdef ASAN_POISON_MEMORY_REGION
#define ARENA_FENCE ((size_t)1 << 20)

/* Poison what comes next, not all of the cap: gigabytes of address space
 * would cost their eighth in shadow memory at every start. */
static void fence(struct arena *a)
{
    size_t from = a->fenced > a->used ? a->fenced : a->used;
    size_t to = a->cap - a->used > ARENA_FENCE
                    ? (a->used + ARENA_FENCE) & ~(ARENA_PAGE - 1)
                    : a->cap;

    if (to <= from)
        return;
    ASAN_POISON_MEMORY_REGION(a->base + from, to - from);
    a->fenced = to;
}
#else
static void fence(struct arena *a)
{
    (void)a;
}
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

bool arena_open(struct arena *a, size_t cap, struct err *err)
{
    void *base = mmap(NULL, cap, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (base == MAP_FAILED)
        return err_set(err, ERR_MEMORY, "reserve %zu bytes: %s", cap,
                       strerror(errno));
    *a = (struct arena){.base = base, .cap = cap};
    fence(a);
    return true;
}

void arena_close(struct arena *a)
{
    if (!a->base)
        return;
    ASAN_UNPOISON_MEMORY_REGION(a->base, a->fenced);
    munmap(a->base, a->cap);
    *a = (struct arena){0};
}

/* Claim n * size bytes, or NULL; the one place where the sum can overflow. */
static char *claim(struct arena *a, size_t n, size_t size, size_t align)
{
    size_t pad = -(uintptr_t)(a->base + a->used) & (align - 1);
    size_t room = a->cap - a->used;
    char *p;

    DEMAND(size > 0 && (align & (align - 1)) == 0);
    if (pad > room || n > (room - pad) / size)
        return NULL;
    p = a->base + a->used + pad;
    a->used += pad + n * size;
    if (a->used > a->touched)
        a->touched = a->used;
    fence(a);
    ASAN_UNPOISON_MEMORY_REGION(p, n * size);
    return p;
}

void *arena_alloc(struct arena *a, size_t n, size_t size, size_t align)
{
    char *p = claim(a, n, size, align);

    return p ? memset(p, 0, n * size) : NULL;
}

void *arena_room(struct arena *a, size_t n, size_t size, size_t align)
{
    return claim(a, n, size, align);
}

char *arena_bytes(struct arena *a, size_t n)
{
    return claim(a, n, 1, 1);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *p = claim(a, s.len, 1, 1);

    if (!p)
        return slice_of(NULL, 0);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return slice_of(p, s.len);
}

void arena_rewind(struct arena *a, size_t mark)
{
    DEMAND(mark <= a->used);
    ASAN_POISON_MEMORY_REGION(a->base + mark, a->used - mark);
    if (a->touched > ARENA_KEEP && mark < ARENA_KEEP) {
        size_t keep = (ARENA_KEEP + ARENA_PAGE - 1) & ~(ARENA_PAGE - 1);

        if (keep < a->cap)
            madvise(a->base + keep, a->cap - keep, MADV_DONTNEED);
        a->touched = mark;
    }
    a->used = mark;
}

void arena_trim(struct arena *a, const void *end)
{
    const char *p = end;

    DEMAND(p >= a->base && p <= a->base + a->used);
    arena_rewind(a, (size_t)(p - a->base));
}
