/*
 * run_value.h - JSON values compared and hashed as values.
 *
 * Numbers are equal when they are the same number, strings when they say the
 * same once unescaped, objects when they have the same members in any order.
 * Nothing recurses; everything is linear but for sorting the members of
 * objects.  No object may have two members of one name: run_clean.h.
 */
#ifndef DECANT_SCHEMA_RUN_VALUE_H
#define DECANT_SCHEMA_RUN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/json/tape.h"

enum value_result {
    VALUE_SAME,
    VALUE_OTHER,
    VALUE_NO_ROOM, /* the arena is full */
};

/* A value on its tape. */
struct value {
    const struct json_tape *tape;
    uint32_t node;
};

/* Takes nothing of the arena in the end. */
MUST_CHECK
enum value_result value_compare(struct value a, struct value b,
                                struct arena *scratch);

/* Values that are the same hash the same. False when the arena is full. */
MUST_CHECK
bool value_hash(struct value v, struct arena *scratch, uint64_t *out);

/* Of bytes; not meant to resist who chooses them. */
uint64_t value_hash_bytes(struct slice bytes);

/* A member of an object, its name unescaped. */
struct value_member {
    struct slice name;
    uint64_t hash;
    uint32_t key; /* its node */
};

/*
 * The members of an object, sorted by name in some order (names that repeat
 * stay in document order).  NULL when the arena is full; *n their number.
 */
MUST_CHECK
struct value_member *value_members(struct value object, struct arena *arena,
                                   size_t *n);

#endif
