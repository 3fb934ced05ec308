/*
 * migrate.h - the tables of decant, brought to the newest version.
 *
 * sql/NNN_name.sql are embedded in the program and run in order, each in a
 * transaction of its own under an advisory lock, and are recorded in
 * decant.migration.  Safe to run twice and from many processes at once.
 */
#ifndef DECANT_PG_MIGRATE_H
#define DECANT_PG_MIGRATE_H

#include <stdbool.h>

#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

struct migration_state {
    int version; /* of the database: 0 when decant has no tables there */
    int newest;  /* that this program knows */
    int applied; /* migrations this call has run */
    bool lz4;    /* wide columns are compressed with lz4 */
};

/* Look only.  A database of a newer decant is a failure with the remedy. */
MUST_CHECK bool migrate_look(struct pg *pg, struct migration_state *out,
                             struct err *err);

/* Bring the schema and the table decant.fault up to date. */
MUST_CHECK bool migrate(struct pg *pg, struct migration_state *out,
                        struct err *err);

#endif
