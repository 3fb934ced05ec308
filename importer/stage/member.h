/*
 * member.h - the members of one JSON object, looked up in one walk.
 *
 * A batch line is read for a dozen of its hundred members.  Asking for them
 * one by one walks each object a dozen times; here it is walked once, and
 * the value nodes land in an array that runs parallel to the names.
 */
#ifndef DECANT_STAGE_MEMBER_H
#define DECANT_STAGE_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"

/*
 * out[i] becomes the value named names[i]: JSON_NONE when there is none, it
 * is null, or the node is no object.  Of a repeated name the last one counts.
 * Cheapest when the names that occur most stand first.
 */
void members_find(const struct json_tape *t, uint32_t object,
                  const struct slice *names, size_t n, uint32_t *out);

/* The same of the tape's one value, whose index is JSON_NONE's. Returns bit
 * i for names[i], of which there are at most 64. */
uint64_t members_top(const struct json_tape *t, const struct slice *names,
                     size_t n, uint32_t *out);

/* How many elements an array has; 1 for anything else but JSON_NONE. */
uint32_t elements_count(const struct json_tape *t, uint32_t node);

/*
 * Walking what should be an array but may be its only element, as some
 * writers of protocol buffers have it:
 * for (e = element_first(t, n); e; e = element_next(t, n, e)).
 */
static inline uint32_t element_first(const struct json_tape *t, uint32_t node)
{
    return json_is(t, node, JSON_ARRAY) ? json_first(t, node) : node;
}
static inline uint32_t element_next(const struct json_tape *t, uint32_t node,
                                    uint32_t element)
{
    return element == node ? JSON_NONE : json_next(t, node, element);
}

/* Is the node a string with something between its quotes? */
static inline bool node_text(const struct json_tape *t, uint32_t node)
{
    return json_is(t, node, JSON_STRING) && t->nodes[node].len > 2;
}

/* A count or code: an integer, or a string that holds one, as proto3 writes
 * 64-bit numbers.  `otherwise` for anything else. */
int64_t node_count(const struct json_tape *t, uint32_t node, int64_t otherwise);

#endif
