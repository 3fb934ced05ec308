/*
 * typed.h - a record's values as rows of a binary COPY into a typed table.
 *
 *     record -> [typed_rows] -> rows, one group for all rows of the line
 *
 * A line's typed rows load together or not at all, so they are appended as
 * one entry of struct rows, with n_rows telling how many there are.
 */
#ifndef DECANT_STAGE_TYPED_H
#define DECANT_STAGE_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "importer/stage/row.h"
#include "validate/base/attrs.h"
#include "validate/base/form.h"
#include "validate/record/record.h"

/* The form a column of this type has in a table that decant makes. */
enum form typed_form(enum column_type type);

/* The type OID of its elements there; 0 for what is no array. */
uint32_t typed_element(enum column_type type);

/* Can values of this type be written in this form without loss? */
bool typed_fits(enum column_type type, enum form form);

/*
 * Append all rows of the record; nothing when it has none.  What does not
 * fit sets rows->full and leaves no trace.  fields: one per column of the
 * profile, in its order, each with a form that typed_fits().
 */
void typed_rows(struct rows *rows, const struct profile *profile,
                const struct form_field *fields, const struct line *line,
                const struct record *record);

#endif
