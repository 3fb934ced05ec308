/*
 * table.h - the typed table of a profile: made, widened or found fit.
 *
 *     columns wanted -> [table_prepare] -> the COPY statement and a form each
 *
 * A table in schema decant that is not there is made.  One that decant has
 * made gets the columns it lacks, and never loses or changes one.  A table of
 * the user's is only compared with the catalogue: it fits when each column
 * takes its values exactly and nothing that it demands stays empty.  What
 * does not fit is told whole, a line per column with what to do.  Lengths,
 * labels of enums and checks of domains are for the server to judge, row by
 * row.
 */
#ifndef DECANT_PG_TABLE_H
#define DECANT_PG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/form.h"
#include "validate/base/hash.h"
#include "validate/base/slice.h"

#define TABLE_COLUMNS_MAX 256
#define TABLE_NAME        64 /* bytes of a name, NUL included (NAMEDATALEN) */
#define TABLE_QUOTED      (4 * TABLE_NAME + 8)

struct table_column {
    struct slice name; /* unquoted */
    struct slice type; /* as CREATE TABLE has it: "int4", "text[]" */
    struct form_field field;
    bool required;
};

struct table_want {
    struct slice schema, name; /* unquoted */
    const struct table_column *columns;
    size_t n_columns;
    struct slice profile; /* its name */
    struct hash hash;     /* and content */
    /* Indexes of the columns with the line's source and offset; SIZE_MAX:
     * there is none. */
    size_t source_at, offset_at;
    size_t dimension; /* of float4[] columns; 0: any */
    bool look_only;   /* change nothing */
    /* A line of words for the user; text is lent. */
    void (*say)(void *ctx, const char *text);
    void *ctx;
};

struct table_plan {
    bool there;   /* false only when looking */
    bool made;    /* by decant, now or before */
    bool created; /* now */
    size_t added; /* columns, now */
    struct form_field fields[TABLE_COLUMNS_MAX];
    char table[TABLE_QUOTED];        /* quoted, for statements */
    char source[2 * TABLE_NAME + 3]; /* quoted column, or "" */
    char offset[2 * TABLE_NAME + 3];
    char copy[TABLE_COLUMNS_MAX * (2 * TABLE_NAME + 4) + 2 * TABLE_QUOTED];
};

/*
 * Under an advisory lock, in a transaction of its own.  False with ERR_USAGE:
 * the table does not fit; the differences have been said.
 */
MUST_CHECK bool table_prepare(struct pg *pg, const struct table_want *want,
                              struct table_plan *out, struct err *err);

#endif
