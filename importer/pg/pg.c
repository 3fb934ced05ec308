/*
 * pg.c - see pg.h.
 *
 * Connecting is done step by step, because only then can libpq be told to
 * put the SQLSTATE into its message: "too many connections" passes by
 * itself, "no such role" does not, and their words depend on the language.
 */
#include "importer/pg/pg.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "importer/pg/pg_conn.h"
#include "importer/sys/clock.h"
#include "importer/sys/sys_fail.h"

#define CONNECT_SECONDS 30.0
#define VERSION_MIN     130000

/* What every session is set to: our statements rely on these. */
static const char session_settings[] =
    "SET statement_timeout = 0;"
    "SET lock_timeout = 0;"
    "SET idle_in_transaction_session_timeout = 0;"
    "SET default_transaction_isolation = 'read committed';"
    "SET bytea_output = 'hex';"
    "SET standard_conforming_strings = on;"
    "SET jit = off";

bool pg_temporary(const char *state)
{
    return !strncmp(state, "08", 2) || !strncmp(state, "57P0", 4) ||
           !strncmp(state, "40", 2) || !strcmp(state, "53300") ||
           !strcmp(state, "53100");
}

/* One line: "; " instead of newlines, no doubled or trailing blanks. */
static void flatten(const char *text, char *out, size_t cap)
{
    size_t n = 0;

    for (; *text && n + 2 < cap; text++) {
        char c = *text == '\t' ? ' ' : *text;

        if (c == '\n') {
            if (n > 0 && text[1] && out[n - 1] != ':')
                out[n++] = ';';
            c = ' ';
        }
        if (c != ' ' || (n > 0 && out[n - 1] != ' '))
            out[n++] = c;
    }
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == ';'))
        n--;
    out[n] = '\0';
}

bool pg_failed(struct pg *pg, const PGresult *res, struct err *err)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *primary =
        res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *detail =
        res ? PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL) : NULL;
    char words[400];

    /* What has no SQLSTATE the server did not say.  libpq may hold such a
     * connection for good: when a write failed and there was still to read. */
    if (!state || PQstatus(pg->conn) == CONNECTION_BAD)
        pg->lost = true;
    flatten(primary ? primary : PQerrorMessage(pg->conn), words, sizeof(words));
    if (!words[0])
        snprintf(words, sizeof(words), "%s",
                 pg->lost ? "the connection is lost" : "no reason given");
    if (pg->lost || (state && pg_temporary(state)))
        err_set(err, ERR_RETRY, "PostgreSQL: %s", words);
    else if (detail && strlen(detail) < 200)
        err_set(err, ERR_DATABASE, "PostgreSQL: %s (%s)", words, detail);
    else
        err_set(err, ERR_DATABASE, "PostgreSQL: %s", words);
    if (state && strlen(state) == 5)
        memcpy(err->state, state, 6);
    return false;
}

/* Without a listener notices go nowhere: libpq would print them. */
static void on_notice(void *ctx, const PGresult *res)
{
    struct pg *pg = ctx;
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (pg->say && text)
        pg->say(pg->say_ctx, text);
}

/* "... FATAL:  53300: sorry, too many clients" -> "53300".  The verbose form
 * has the code between two colons, in every language; a digit is in all. */
static bool find_state(const char *text, char state[6])
{
    for (const char *p = text; (p = strstr(p, ": ")) != NULL; p++) {
        const char *q = p + 2;
        size_t n = 0, digits = 0;

        while (n < 5 &&
               (isdigit((unsigned char)q[n]) || (q[n] >= 'A' && q[n] <= 'Z')))
            digits += isdigit((unsigned char)q[n++]) != 0;
        if (n == 5 && digits && q[5] == ':' && q[6] == ' ') {
            memcpy(state, q, 5);
            state[5] = '\0';
            return true;
        }
    }
    return false;
}

/* Why there is no connection.  What names no SQLSTATE never reached a server
 * that would talk: it may be starting, so the same command may succeed.  At
 * this point internal (XX) and system errors (58) are the server's own
 * troubles, such as a full disk, and pass as well. */
static bool connect_failed(PGconn *conn, bool late, struct err *err)
{
    char words[400], state[6] = "";
    char *cut;
    enum err_code code = ERR_RETRY;

    flatten(PQerrorMessage(conn), words, sizeof(words));
    cut = strstr(words, "; LOCATION: ");
    if (cut)
        *cut = '\0';
    if (find_state(words, state) && !pg_temporary(state) &&
        strncmp(state, "XX", 2) != 0 && strncmp(state, "58", 2) != 0)
        code = ERR_DATABASE;
    if (PQconnectionNeedsPassword(conn))
        code = ERR_DATABASE;
    if (late)
        snprintf(words, sizeof(words), "no answer in time");
    err_set(err, code, "connect to PostgreSQL: %s", words);
    memcpy(err->state, state, sizeof(state));
    return false;
}

/* connect_timeout of the conninfo or environment, else ours. */
static double patience(PGconn *conn)
{
    PQconninfoOption *all = PQconninfo(conn);
    double seconds = 0;

    for (PQconninfoOption *o = all; o && o->keyword; o++)
        if (!strcmp(o->keyword, "connect_timeout") && o->val)
            seconds = strtod(o->val, NULL);
    PQconninfoFree(all);
    return seconds > 0 ? seconds : CONNECT_SECONDS;
}

/* Drive the connection until it stands.  Signals do not end the wait. */
static bool drive(PGconn *conn, struct err *err)
{
    double until = clock_seconds() + patience(conn);
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;

    while (step != PGRES_POLLING_OK) {
        double left = until - clock_seconds();
        struct pollfd p = {.fd = PQsocket(conn),
                           .events = step == PGRES_POLLING_READING ? POLLIN
                                                                   : POLLOUT};
        int got = left > 0 ? poll(&p, 1, (int)(left * 1000) + 1) : 0;

        if (got == 0)
            return connect_failed(conn, true, err);
        if (got < 0 && errno == EINTR)
            continue;
        step = PQconnectPoll(conn);
        if (step == PGRES_POLLING_FAILED)
            return connect_failed(conn, false, err);
    }
    return true;
}

/* A socket's folder, or host and port. The password is in none of them. */
static void describe(struct pg *pg)
{
    const char *host = PQhost(pg->conn), *db = PQdb(pg->conn);

    if (host && host[0] == '/')
        snprintf(pg->where, sizeof(pg->where), "%s on %s", db, host);
    else
        snprintf(pg->where, sizeof(pg->where), "%s on %s:%s", db,
                 host && *host ? host : "localhost", PQport(pg->conn));
}

/* Refuse what cannot work, with the remedy. */
static bool suits(struct pg *pg, struct err *err)
{
    struct pg_result *r;
    bool utf8;

    if (PQserverVersion(pg->conn) < VERSION_MIN)
        return err_set(err, ERR_DATABASE,
                       "%s is PostgreSQL %d: decant needs 13 or newer",
                       pg->where, PQserverVersion(pg->conn) / 10000);
    if (!pg_query(pg, "SHOW server_encoding", NULL, &r, err))
        return false;
    utf8 = !strcmp(pg_text(r, 0, 0), "UTF8");
    if (!utf8)
        err_set(err, ERR_DATABASE,
                "database %s has encoding %s, not UTF8: make another with "
                "createdb -E UTF8 -T template0",
                pg->where, pg_text(r, 0, 0));
    pg_done(r);
    return utf8 && pg_exec(pg, session_settings, err);
}

/* A mistyped URI is the operator's, not the world's. */
static bool parses(const char *conninfo, struct err *err)
{
    PQconninfoOption *options;
    char *words = NULL;

    if (!strchr(conninfo, '=') && !strstr(conninfo, "://"))
        return true; /* a database name */
    options = PQconninfoParse(conninfo, &words);
    if (!options) {
        char line[300];

        flatten(words ? words : "no memory", line, sizeof(line));
        PQfreemem(words);
        return err_set(err, ERR_USAGE, "connection string: %s", line);
    }
    PQconninfoFree(options);
    return true;
}

bool pg_open(const char *conninfo, const char *what, struct pg **out,
             struct err *err)
{
    char name[64];
    const char *keys[] = {"dbname", "application_name", "client_encoding",
                          NULL};
    const char *values[] = {conninfo, name, "UTF8", NULL};
    struct pg *pg;

    if (!parses(conninfo, err))
        return false;
    pg = FAIL_POINT("alloc") ? NULL : calloc(1, sizeof(*pg));
    if (!pg)
        return err_set(err, ERR_MEMORY, "no memory for a connection");
    snprintf(name, sizeof(name), "decant %s", what);
    pg->conn = FAIL_POINT("connect")
                   ? NULL
                   : PQconnectStartParams(keys, values, 1 /* expand */);
    if (!pg->conn) {
        free(pg);
        return err_set(err, ERR_RETRY, "connect to PostgreSQL: no memory");
    }
    PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
    PQsetNoticeReceiver(pg->conn, on_notice, pg);
    if (PQstatus(pg->conn) == CONNECTION_BAD) {
        connect_failed(pg->conn, false, err);
    } else if (drive(pg->conn, err)) {
        describe(pg);
        PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
        if (suits(pg, err)) {
            *out = pg;
            return true;
        }
    }
    pg_close(pg);
    return false;
}

void pg_close(struct pg *pg)
{
    if (!pg)
        return;
    PQfinish(pg->conn);
    free(pg);
}

/* libpq notices a dead server only when it is talked to. */
bool pg_alive(const struct pg *pg)
{
    return !pg->lost && PQstatus(pg->conn) == CONNECTION_OK;
}

int pg_version(const struct pg *pg)
{
    return PQserverVersion(pg->conn);
}

int pg_backend(const struct pg *pg)
{
    return PQbackendPID(pg->conn);
}

const char *pg_where(const struct pg *pg)
{
    return pg->where;
}

void pg_on_notice(struct pg *pg, void (*say)(void *ctx, const char *text),
                  void *ctx)
{
    pg->say = say;
    pg->say_ctx = ctx;
}

/* Pretend that the connection broke, for tests. */
static bool injected(struct pg *pg, struct err *err)
{
    pg->lost = true;
    return err_set(err, ERR_RETRY, "PostgreSQL: injected failure");
}

/* The last statement of several decides: the ones before have succeeded. */
bool pg_exec(struct pg *pg, const char *sql, struct err *err)
{
    PGresult *res;
    ExecStatusType status;

    if (FAIL_POINT("pq"))
        return injected(pg, err);
    res = PQexec(pg->conn, sql);
    status = PQresultStatus(res);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
        status != PGRES_EMPTY_QUERY)
        pg_failed(pg, res, err);
    PQclear(res);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
           status == PGRES_EMPTY_QUERY;
}

/* Errors do not matter here: either the transaction is gone, or the
 * connection is. */
void pg_rollback(struct pg *pg)
{
    if (pg_alive(pg) && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
        PQclear(PQexec(pg->conn, "ROLLBACK"));
    if (PQstatus(pg->conn) == CONNECTION_BAD)
        pg->lost = true;
}

struct pg_result;

/* libpq's accessors take no const. */
static PGresult *inside(const struct pg_result *r)
{
    return (PGresult *)(uintptr_t)r;
}

bool pg_query(struct pg *pg, const char *sql, const struct pg_params *params,
              struct pg_result **out, struct err *err)
{
    PGresult *res;
    ExecStatusType status;

    DEMAND(!params || params->n <= PG_PARAMS);
    if (FAIL_POINT("pq"))
        return injected(pg, err);
    res = PQexecParams(pg->conn, sql, params ? params->n : 0, NULL,
                       params ? params->text : NULL, NULL, NULL, 0);
    status = PQresultStatus(res);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        pg_failed(pg, res, err);
        PQclear(res);
        return false;
    }
    *out = (struct pg_result *)res;
    return true;
}

int pg_rows(const struct pg_result *r)
{
    return PQntuples(inside(r));
}

bool pg_null(const struct pg_result *r, int row, int col)
{
    return PQgetisnull(inside(r), row, col);
}

const char *pg_text(const struct pg_result *r, int row, int col)
{
    return PQgetvalue(inside(r), row, col);
}

/* NULL is the empty string, which is 0. */
int64_t pg_int(const struct pg_result *r, int row, int col)
{
    return strtoll(PQgetvalue(inside(r), row, col), NULL, 10);
}

bool pg_bool(const struct pg_result *r, int row, int col)
{
    return PQgetvalue(inside(r), row, col)[0] == 't';
}

/* bytea_output is hex, in lower case. */
static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool pg_hash(const struct pg_result *r, int row, int col, struct hash *out)
{
    const char *text = PQgetvalue(inside(r), row, col);

    if (strlen(text) != 2 + 2 * HASH_BYTES || memcmp(text, "\\x", 2) != 0)
        return false;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        int hi = nibble(text[2 + 2 * i]), lo = nibble(text[3 + 2 * i]);

        if (hi < 0 || lo < 0)
            return false;
        out->bytes[i] = (unsigned char)(hi << 4 | lo);
    }
    return true;
}

void pg_done(struct pg_result *r)
{
    PQclear((PGresult *)r);
}

const char *pg_put_int(char out[PG_PARAM], int64_t value)
{
    snprintf(out, PG_PARAM, "%lld", (long long)value);
    return out;
}

const char *pg_put_hash(char out[PG_PARAM], struct hash hash)
{
    memcpy(out, "\\x", 2);
    hash_hex(hash, out + 2);
    return out;
}
