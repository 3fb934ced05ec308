/*
 * table_end.h - what is asked after a load, of all rows together.
 *
 * Nothing here changes a row.  Questions that may take long give up after
 * ASK_SECONDS and leave `known` false: they are remarks in a summary.
 */
#ifndef DECANT_PG_TABLE_END_H
#define DECANT_PG_TABLE_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/keys.h"
#include "importer/pg/pg.h"
#include "importer/pg/table.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/hash.h"
#include "validate/base/slice.h"

#define ASK_SECONDS 20

/* Sources of the run, as id_list() writes them, and the run. */
struct table_asked {
    const char *sources;
    const char *run; /* UUID */
    struct hash profile;
};

/* An index on (source, offset) of a table that decant has made, so that rows
 * can be found again.  Nothing to do when it is there. */
MUST_CHECK bool table_index(struct pg *pg, const struct table_plan *table,
                            struct err *err);

/* Does the table hold as many rows of the sources as the ledger says? */
struct table_books {
    bool known;
    uint64_t ledger, table;
};
MUST_CHECK bool table_books(struct pg *pg, const struct table_plan *table,
                            const struct table_asked *asked,
                            struct table_books *out, struct err *err);

/* Rows with these values of a column (quoted), among those of the sources
 * when the table has a column for them. */
struct table_counts {
    const char *column;
    const struct slice *values;
    size_t n; /* at most TABLE_VALUES_MAX */
    uint64_t *found;
    bool known;
};
#define TABLE_VALUES_MAX 256
MUST_CHECK bool table_count(struct pg *pg, const struct table_plan *table,
                            const struct table_asked *asked,
                            struct table_counts *counts, struct err *err);

/* Texts that the profile wants once: how many too many there are. */
MUST_CHECK bool duplicate_count(struct pg *pg, const struct table_asked *asked,
                                struct keys_repeated *out, struct err *err);

/* The commonest places of rejects of this run; false from `each` stops. */
typedef bool reject_path_each(void *ctx, const char *fault, const char *path,
                              uint64_t n);
struct reject_visit {
    reject_path_each *each;
    void *ctx;
    size_t limit;
};
MUST_CHECK bool reject_paths(struct pg *pg, const struct table_asked *asked,
                             const struct reject_visit *visit, struct err *err);

#endif
