/*
 * molecule.h - the statements behind `decant molecules`.
 *
 *     columns of the catalogue -> [molecule_collect] -> what is to do
 *     [molecule_fetch] -> 64 SMILES at a time;  rows -> [molecule_put]
 *
 * What is to do is found once, kept by the server in a cursor that outlives
 * transactions, so that each batch of rows commits by itself.
 */
#ifndef DECANT_PG_MOLECULE_H
#define DECANT_PG_MOLECULE_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* Alone at it?  Tries for a few seconds, since a session that was killed
 * takes a moment to go.  Held until the session ends. */
MUST_CHECK bool molecule_lock(struct pg *pg, bool *got, struct err *err);

/* Enter "[schema.]table.column" into decant.smiles_column; false with
 * ERR_USAGE when there is no such column of text. */
MUST_CHECK bool molecule_column_add(struct pg *pg, const char *column,
                                    bool reaction, struct err *err);

/* The same for a column of a table, both quoted, that a profile declares;
 * one that holds no text is left alone. */
MUST_CHECK bool molecule_column_declare(struct pg *pg, const char *table,
                                        const char *column, bool reaction,
                                        struct err *err);

struct molecule_wish {
    const char *again; /* array of states to be done again: "{native}" */
    uint64_t limit;    /* UINT64_MAX: all */
};
/* *columns: how many of the catalogue can be read; *gone: how many cannot,
 * being dropped.  With *columns false nothing can be fetched. */
MUST_CHECK bool molecule_collect(struct pg *pg,
                                 const struct molecule_wish *wish,
                                 bool *columns, uint64_t *gone,
                                 struct err *err);

/* The next ones (few: each may be 1 MiB long): column 0 the SMILES, column 1 how many there are in all.  No
 * rows at the end. */
MUST_CHECK bool molecule_fetch(struct pg *pg, struct pg_result **out,
                               struct err *err);

struct molecule_put {
    uint64_t rows, disagree;
};
/* One transaction.  `rows`: a JSON array, see sql/molecule_put.sql. */
MUST_CHECK bool molecule_put(struct pg *pg, const char *rows,
                             struct molecule_put *out, struct err *err);

#endif
