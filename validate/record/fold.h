/*
 * fold.h - texts as people compare them.
 *
 * Not Unicode normalisation: no table of the whole standard is carried.
 * Case is folded one character at a time for Latin, Greek, Cyrillic and
 * Armenian letters; a letter and its accent as two characters stay different
 * from the same as one.
 */
#ifndef DECANT_RECORD_FOLD_H
#define DECANT_RECORD_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

/* White space and invisible joints: what a reader does not see; beyond
 * ASCII, and anywhere. */
bool fold_far_space(uint32_t scalar);
static inline bool fold_space(uint32_t scalar)
{
    return scalar < 0x80 ? scalar == ' ' || (scalar >= '\t' && scalar <= '\r')
                         : fold_far_space(scalar);
}
/* Marks of sentences, quotes and brackets: what ends of texts differ in. */
bool fold_punctuation(uint32_t scalar);
uint32_t fold_case(uint32_t scalar);

/*
 * The scalar that valid UTF-8 begins with, and its length; U+FFFD and 1 for
 * what is not valid.  text is not empty.
 */
uint32_t fold_scalar(struct slice text, size_t *len);

/* Runs of white space as one blank, none at the ends; case and everything
 * else stay: CO is not Co.  {NULL, 0} when the arena is full. */
MUST_CHECK struct slice fold_spaces(struct slice text, struct arena *arena);

/* Moreover without case, and curly quotes straight. */
MUST_CHECK struct slice fold_soft(struct slice text, struct arena *arena);

/* A soft text without punctuation at its ends, unless nothing else is there;
 * a part of it. */
struct slice fold_trim(struct slice soft);

/* Both. */
MUST_CHECK struct slice fold_text(struct slice text, struct arena *arena);

#endif
