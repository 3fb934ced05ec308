/*
 * infer.h - a profile proposed from a sample of answers.
 *
 *     answers -> [infer_add] -> shape -> [infer_profile] -> a profile's text
 *
 * A shape is what the values at one place have in common: their types, the
 * members of objects and how many have them, a few distinct strings, the
 * formats that all of them have.  Every answer of the sample fits the profile
 * that is proposed.  The same sample gives the same text.
 *
 * Bounded: at most INFER_SHAPES places; what is deeper than INFER_DEPTH, or
 * one name too many in an object, is any JSON.
 */
#ifndef DECANT_RECORD_INFER_H
#define DECANT_RECORD_INFER_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"

#define INFER_SHAPES  4096
#define INFER_DEPTH   16
#define INFER_MEMBERS 160 /* names in one object; more is a map */
#define INFER_NAME    256 /* bytes of a name; longer is any JSON */
#define INFER_ROOM    ((size_t)16 << 20) /* of arena, at most */

struct infer;

/* In the arena, which must outlive it; NULL when it is full. */
MUST_CHECK struct infer *infer_new(struct arena *arena);

/* One answer more.  scratch is rewound to where it was. */
void infer_add(struct infer *infer, const struct json_tape *answer,
               struct arena *scratch);

/* Answers so far. */
uint64_t infer_count(const struct infer *infer);

struct infer_words {
    struct slice title;
    struct slice table; /* of the schema decant */
};

/*
 * The profile as JSON for people to edit, in the arena: rows of the one list
 * of objects when there is one, else one row per answer.  {NULL, 0} when the
 * arena is full.  There must be an answer.
 */
MUST_CHECK struct slice infer_profile(const struct infer *infer,
                                      const struct infer_words *words,
                                      struct arena *arena);

#endif
