/*
 * arena.h - memory that is given back all at once.
 *
 * Three live in a worker: `run` (until exit), `range` (one byte range of
 * one file), `line` (rewound after every line).  An arena has a fixed cap
 * set when it is opened; a full arena answers NULL and stays usable after
 * a rewind, so an absurd line costs a reject, never the process.
 *
 * Under AddressSanitizer what was rewound and the next megabyte are
 * poisoned: a slice kept past its rewind is reported on the first read.
 */
#ifndef DECANT_BASE_ARENA_H
#define DECANT_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/slice.h"

struct arena {
    char *base;
    size_t cap;
    size_t used;
    size_t touched; /* most used since memory was last given back */
    size_t fenced;  /* under AddressSanitizer: poisoned up to here */
};

/* Reserve cap bytes of address space; pages are paid for when touched. */
MUST_CHECK bool arena_open(struct arena *a, size_t cap, struct err *err);
void arena_close(struct arena *a);

/* n objects of the given size, zeroed; NULL when they do not fit. */
MUST_CHECK
void *arena_alloc(struct arena *a, size_t n, size_t size, size_t align);
#define arena_new(a, n, type) \
    ((type *)arena_alloc((a), (n), sizeof(type), _Alignof(type)))

/* The same with whatever is in them: for arrays that are filled anyway. */
MUST_CHECK
void *arena_room(struct arena *a, size_t n, size_t size, size_t align);
#define arena_array(a, n, type) \
    ((type *)arena_room((a), (n), sizeof(type), _Alignof(type)))

/* n bytes with whatever is in them: for buffers, which are not cleared. */
MUST_CHECK char *arena_bytes(struct arena *a, size_t n);

/* A copy that lives as long as the arena; {NULL, 0} when it does not fit. */
MUST_CHECK struct slice arena_copy(struct arena *a, struct slice s);

/* Give back what lies behind `end`, a place inside the last allocation. */
void arena_trim(struct arena *a, const void *end);

/* Everything allocated after the mark is gone once rewound to it. */
static inline size_t arena_mark(const struct arena *a)
{
    return a->used;
}
void arena_rewind(struct arena *a, size_t mark);

#endif
