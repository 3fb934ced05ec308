/*
 * resolve_map.h - a hash map in an arena: (number, text) -> number.
 *
 * Only ever grows; a table that is too small is left behind in the arena,
 * so that all tables together take at most twice the last one.
 */
#ifndef DECANT_SCHEMA_RESOLVE_MAP_H
#define DECANT_SCHEMA_RESOLVE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define RESOLVE_NONE UINT32_MAX

struct resolve_entry;

/* Zeroed is empty. */
struct resolve_map {
    struct resolve_entry *entries;
    size_t n;
    size_t room; /* a power of two, or 0 */
};

/* RESOLVE_NONE when it is not there. */
uint32_t resolve_get(const struct resolve_map *map, uint32_t number,
                     struct slice text);

/* Borrows the text.  What is there already stays, and *value becomes it.
 * False when the arena is full. */
MUST_CHECK
bool resolve_put(struct resolve_map *map, struct arena *arena, uint32_t number,
                 struct slice text, uint32_t *value);

#endif
