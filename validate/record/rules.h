/*
 * rules.h - what a schema cannot say about an element of a payload.
 *
 * An element is the payload, or an item of the array that is spread.
 */
#ifndef DECANT_RECORD_RULES_H
#define DECANT_RECORD_RULES_H

#include "validate/record/recipe.h"

/* What all steps of a judgement share. */
struct judging {
    const struct profile *profile;
    const struct record_input *in;
    const struct json_tape *tape; /* NULL for text */
    struct arena *arena;
    struct record *out;
};

/* A verdict about a value on the tape; where and at are found from it. */
struct verdict judging_fault(const struct judging *j, enum fault fault,
                             uint32_t node, struct slice detail);
/* Words in the arena, cut where a character begins; {NULL, 0} when full. */
PRINTF_LIKE(2, 3)
struct slice judging_words(const struct judging *j, const char *fmt, ...);
struct verdict judging_full(void); /* line.memory */

/* A value as a person may see it in a message: its beginning. */
struct slice judging_shown(const struct judging *j, uint32_t node);

/*
 * The rules about one element; notes go to the record.  What they allocate
 * is given back, unless it is in the verdict.
 */
MUST_CHECK
struct verdict rules_judge(const struct judging *j, uint32_t element);

/* The digests of one element, put at `to`, which has room for rules->n_unique
 * of them; returns how many.  SIZE_MAX: the arena is full. */
MUST_CHECK
size_t rules_digest(const struct judging *j, uint32_t element, int64_t *to);

#endif
