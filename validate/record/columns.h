/*
 * columns.h - the row of column values that an element becomes.
 */
#ifndef DECANT_RECORD_COLUMNS_H
#define DECANT_RECORD_COLUMNS_H

#include "validate/record/rules.h"

/*
 * What the patterns of the profile find in the key: groups[i] has a slice
 * for each group of matches[i].  Fault: key.shape.
 */
struct key_groups {
    const struct slice *of[MATCHES_MAX];
};
MUST_CHECK
struct verdict columns_match(const struct judging *j, struct key_groups *out);

/* One element among those that are spread. */
struct element {
    uint32_t node;              /* on the tape; PATH_NOWHERE for text */
    size_t index;               /* its place in the array */
    const struct value *before; /* the row above, or NULL: what does not
                                   depend on the element is copied */
};

/*
 * Fill row[profile->n_columns].  Faults: column.type, column.missing,
 * embedding.dimension, line.memory.
 */
MUST_CHECK
struct verdict columns_fill(const struct judging *j,
                            const struct key_groups *key,
                            const struct element *e, struct value *row);

#endif
