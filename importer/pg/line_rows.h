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
#define TYPED_NAME    300 /* schema and table, quoted */

/* The results of lines at these offsets, all of which must be there. */
MUST_CHECK bool line_rows_delete(struct pg *pg, int64_t source,
                                 const uint64_t *offsets, size_t n,
                                 struct err *err);

/* What was taken out of typed tables. */
struct typed_gone {
    uint64_t rows;
    size_t tables;          /* that had some */
    char blind[TYPED_NAME]; /* a table whose rows cannot be told apart, since
                               no column says where they came from; or "" */
};

/* The typed rows of one line, of a whole source. */
MUST_CHECK bool typed_delete_line(struct pg *pg, int64_t source, uint64_t at,
                                  struct typed_gone *out, struct err *err);
MUST_CHECK bool typed_delete_source(struct pg *pg, int64_t source,
                                    struct typed_gone *out, struct err *err);

#endif
