/*
 * line_rows.h - rows of single lines, taken out again.
 *
 * For lines that turn out not to be results: because the server refuses
 * their typed rows, because the line was not finished when it was loaded,
 * or because the user wants to be rid of a whole file.
 */
#ifndef DECANT_PG_LINE_ROWS_H
#define DECANT_PG_LINE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define LINE_ROWS_MAX 500 /* in one statement */

/* The results of lines at these offsets, all of which must be there. */
MUST_CHECK bool line_rows_delete(struct pg *pg, int64_t source,
                                 const uint64_t *offsets, size_t n,
                                 struct err *err);

#endif
