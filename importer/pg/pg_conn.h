/*
 * pg_conn.h - the inside of a session, for the files of importer/pg only.
 *
 * Anything that sees PGconn lives behind this header; outside, struct pg has
 * no members.
 */
#ifndef DECANT_PG_CONN_H
#define DECANT_PG_CONN_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "importer/pg/pg.h"

struct pg {
    PGconn *conn;
    void (*say)(void *ctx, const char *text); /* notices; or NULL */
    void *say_ctx;
    bool lost; /* the connection is gone for good */
    char where[256];
};

/* Turn a failed result (or, when NULL, a failed connection) into err, and
 * remember that the connection is lost when it is.  Returns false. */
bool pg_failed(struct pg *pg, const PGresult *res, struct err *err);

#endif
