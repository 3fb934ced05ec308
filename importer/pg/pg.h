/*
 * pg.h - one connection to PostgreSQL.
 *
 * Every failure becomes a struct err: ERR_RETRY for what may pass when the
 * same command is run again (lost connection, SQLSTATE 08, 57P0x, 53300,
 * 53100, 40, and a server that is not up yet), ERR_DATABASE for the rest;
 * err.state holds the SQLSTATE.  libpq-fe.h is seen only in importer/pg.
 */
#ifndef DECANT_PG_PG_H
#define DECANT_PG_PG_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/hash.h"
#include "validate/base/slice.h"

struct pg; /* one session */

/*
 * Connect ("" = the PG* environment alone; else a URI, a conninfo string or
 * a database name) as application_name "decant <what>", client_encoding
 * UTF8.  Refuses servers older than 13 and databases that are not UTF8,
 * saying the remedy.  Gives up after connect_timeout, else 30 seconds.
 */
MUST_CHECK bool pg_open(const char *conninfo, const char *what, struct pg **out,
                        struct err *err);
void pg_close(struct pg *pg);        /* NULL is fine */
bool pg_alive(const struct pg *pg);  /* false once the connection is lost */
int pg_version(const struct pg *pg); /* 150008 */
int pg_backend(const struct pg *pg); /* process id of the server's end */

/* "decant on /run/postgresql" or "decant on db.example.org:5432": for
 * people, never with a password.  Lives as long as the session. */
const char *pg_where(const struct pg *pg);

/* Notices of the server (NOTICE, WARNING) go here, else nowhere. */
void pg_on_notice(struct pg *pg, void (*say)(void *ctx, const char *text),
                  void *ctx);

/* One statement or several, no result wanted. */
MUST_CHECK bool pg_exec(struct pg *pg, const char *sql, struct err *err);

/* Leave a transaction whatever its state; nothing to do when the connection
 * is lost or no transaction is open. */
void pg_rollback(struct pg *pg);

/* Parameters are text; NULL values are SQL NULL.  `params` may be NULL. */
#define PG_PARAMS 24
struct pg_params {
    int n;
    const char *text[PG_PARAMS];
};
struct pg_result; /* libpq's own, not seen outside importer/pg */
MUST_CHECK bool pg_query(struct pg *pg, const char *sql,
                         const struct pg_params *params, struct pg_result **out,
                         struct err *err);
int pg_rows(const struct pg_result *r);
bool pg_null(const struct pg_result *r, int row, int col);
const char *pg_text(const struct pg_result *r, int row, int col);
int64_t pg_int(const struct pg_result *r, int row, int col); /* NULL is 0 */
bool pg_bool(const struct pg_result *r, int row, int col);
bool pg_hash(const struct pg_result *r, int row, int col, struct hash *out);
void pg_done(struct pg_result *r); /* NULL is fine */

/* Numbers and hashes as parameters: text that lives in the caller's array. */
#define PG_PARAM 40
const char *pg_put_int(char out[PG_PARAM], int64_t value);
const char *pg_put_hash(char out[PG_PARAM], struct hash hash);

/* May the same command succeed later?  By SQLSTATE. */
bool pg_temporary(const char *state);

#endif
