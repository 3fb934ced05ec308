/*
 * database.h - which database is meant.
 *
 * --db, then DATABASE_URL, then libpq's own environment (PGHOST and the
 * like), else the private cluster.
 */
#ifndef DECANT_CLI_DATABASE_H
#define DECANT_CLI_DATABASE_H

#include <stdbool.h>

#include "importer/pg/cluster.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define DATABASE_TEXT 4096

struct database {
    bool private;             /* our own cluster */
    struct cluster cluster;   /* then */
    const char *conninfo;     /* for libpq; "" means the PG* environment */
    char psql[DATABASE_TEXT]; /* shell words that open it, no password */
};

/* Look; starts nothing. `option` is --db or NULL. */
MUST_CHECK bool database_choose(const char *option, struct database *out,
                                struct err *err);

/* Make sure it runs; a private one is created and started when needed, which
 * is said on stderr. */
MUST_CHECK bool database_start(struct database *db, struct err *err);

#endif
