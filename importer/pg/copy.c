/*
 * copy.c - see copy.h.
 *
 * "SAVEPOINT; COPY; RELEASE" travels as one simple query: no round trips
 * beside the data's own.  copy_rows() sends windows of rows: everything at
 * first; after a refusal what lies before the named row, that row alone, and
 * on with an eighth of the window, which doubles with every success.  A
 * buffer full of bad rows thus costs one short COPY each, a single bad row
 * costs three, and no row is dropped that was not refused by itself.
 */
#include "importer/pg/copy.h"

#include <stdio.h>
#include <string.h>

#include "importer/pg/pg_conn.h"
#include "importer/sys/sys_fail.h"

#define COPY_PIECE ((size_t)256 << 10) /* bytes per PQputCopyData */
#define SQL_MAX    ((size_t)48 << 10)  /* 256 columns with the longest names */

/* Is it about the row?  Data (22), constraints (23, 44), raised by a trigger
 * (P0), limits such as a too large row (54), and internal errors, which
 * oversized values cause.  The rest would hit every row. */
static bool about_rows(const char *state)
{
    return !strncmp(state, "22", 2) || !strncmp(state, "23", 2) ||
           !strncmp(state, "44", 2) || !strncmp(state, "54", 2) ||
           !strncmp(state, "P0", 2) || !strcmp(state, "XX000");
}

/* Does this byte belong to a name, so that a digit beside it is no number? */
static bool word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || c == '_' || c == '"';
}

/*
 * "COPY result, line 17, column payload": the first number of the last line
 * that stands by itself.  The words around it are in the server's language,
 * a table's own digits belong to a word; a wrong guess costs time only.
 * *more: what stands behind it, "column payload", or "".
 */
static uint64_t context_row(const char *context, const char **more)
{
    const char *line = context ? strrchr(context, '\n') : NULL;
    uint64_t row = 0;
    const char *p = line ? line + 1 : context;

    *more = "";
    if (!p)
        return 0;
    for (; *p; p++) {
        if (*p < '0' || *p > '9' || (p != context && word_byte(p[-1])))
            continue;
        for (row = 0; *p >= '0' && *p <= '9' && row < UINT64_MAX / 20; p++)
            row = row * 10 + (uint64_t)(*p - '0');
        if (!word_byte(*p)) {
            *more = p + strspn(p, ", ");
            return row;
        }
        p--;
    }
    return 0;
}

/* The server's words about the refused row, for its reject. */
static void refuse(const PGresult *res, struct copy_refusal *out)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);

    const char *context = PQresultErrorField(res, PG_DIAG_CONTEXT), *column;

    *out = (struct copy_refusal){.refused = true};
    out->row = context_row(context, &column);
    snprintf(out->state, sizeof(out->state), "%s", state ? state : "");
    snprintf(out->message, sizeof(out->message), "%s%s%s%s%s%s",
             primary ? primary : "refused", *column ? " (" : "", column,
             *column ? ")" : "", detail ? ": " : "", detail ? detail : "");
}

/* Small pieces: libpq copies each into its own buffer, which would else grow
 * to the size of ours. */
static bool put(struct pg *pg, struct slice bytes, struct err *err)
{
    while (bytes.len > 0) {
        struct slice piece = slice_take(bytes, COPY_PIECE);

        if (FAIL_POINT("pq"))
            return err_set(err, ERR_RETRY, "COPY: injected failure");
        if (PQputCopyData(pg->conn, piece.ptr, (int)piece.len) != 1)
            return pg_failed(pg, NULL, err);
        bytes = slice_drop(bytes, piece.len);
    }
    return true;
}

/* Send the query and wait until the server wants data. */
static bool copy_open(struct pg *pg, const struct copy_form *form,
                      struct err *err)
{
    char sql[SQL_MAX];
    int len = snprintf(sql, sizeof(sql), "SAVEPOINT decant; %s; RELEASE decant",
                       form->sql);
    PGresult *res;
    bool ok = true;

    DEMAND(len > 0 && (size_t)len < sizeof(sql));
    if (FAIL_POINT("pq")) {
        pg->lost = true;
        return err_set(err, ERR_RETRY, "COPY: injected failure");
    }
    if (!PQsendQuery(pg->conn, sql))
        return pg_failed(pg, NULL, err);
    while ((res = PQgetResult(pg->conn)) != NULL) {
        ExecStatusType status = PQresultStatus(res);

        if (status != PGRES_COMMAND_OK && status != PGRES_COPY_IN)
            ok = ok && pg_failed(pg, res, err);
        PQclear(res);
        if (status == PGRES_COPY_IN)
            return put(pg, form->header, err);
        if (PQstatus(pg->conn) == CONNECTION_BAD)
            break;
    }
    return ok ? pg_failed(pg, NULL, err) : false;
}

/* Take all results of the query.  The first error decides. */
static bool collect(struct pg *pg, struct copy_refusal *refusal,
                    struct err *err)
{
    bool ok = true;
    PGresult *res;

    while ((res = PQgetResult(pg->conn)) != NULL) {
        const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

        if (PQresultStatus(res) != PGRES_COMMAND_OK && ok &&
            !refusal->refused) {
            if (state && about_rows(state) && pg_alive(pg))
                refuse(res, refusal);
            else
                ok = pg_failed(pg, res, err);
        }
        PQclear(res);
        if (PQstatus(pg->conn) == CONNECTION_BAD)
            break;
    }
    if (PQstatus(pg->conn) == CONNECTION_BAD)
        return ok ? pg_failed(pg, NULL, err) : (pg->lost = true, false);
    return ok;
}

/* End an open COPY.  After an error the server skips the rest of the query
 * string, so that the savepoint is still there to go back to. */
static bool copy_close(struct pg *pg, const struct copy_form *form,
                       struct copy_refusal *refusal, struct err *err)
{
    *refusal = (struct copy_refusal){0};
    if (!put(pg, form->trailer, err))
        return false;
    if (PQputCopyEnd(pg->conn, NULL) != 1)
        return pg_failed(pg, NULL, err);
    if (!collect(pg, refusal, err))
        return false;
    if (!refusal->refused)
        return true;
    return pg_exec(pg, "ROLLBACK TO decant; RELEASE decant", err);
}

bool copy_ahead(struct pg *pg, const struct copy_form *form, struct slice rows,
                size_t *sent, struct err *err)
{
    DEMAND(*sent <= rows.len);
    if (*sent == 0 && !copy_open(pg, form, err))
        return err_while(err, "COPY");
    if (!put(pg, slice_drop(rows, *sent), err))
        return err_while(err, "COPY");
    *sent = rows.len;
    return true;
}

bool copy_put(struct pg *pg, const struct copy_form *form, struct slice rows,
              struct copy_refusal *refusal, struct err *err)
{
    size_t sent = 0;

    return copy_ahead(pg, form, rows, &sent, err) &&
           (copy_close(pg, form, refusal, err) || err_while(err, "COPY"));
}

struct sender {
    struct pg *pg;
    const struct copy_batch *batch;
    size_t window; /* rows to try next */
    bool trust;    /* row numbers have been right so far */
};

/* One COPY of rows [lo, hi). */
static bool send_rows(struct sender *s, size_t lo, size_t hi,
                      struct copy_refusal *refusal, struct err *err)
{
    const struct copy_batch *b = s->batch;
    size_t begin = b->span(b->ctx, lo).begin;
    size_t end = b->span(b->ctx, hi - 1).end;

    DEMAND(begin <= end && end <= b->bytes.len);
    return copy_put(s->pg, &b->form,
                    slice_of(b->bytes.ptr + begin, end - begin), refusal, err);
}

/* All rows, of which `sent` bytes are on their way already. */
static bool send_rest(struct sender *s, size_t *sent,
                      struct copy_refusal *refusal, struct err *err)
{
    const struct copy_batch *b = s->batch;

    return copy_ahead(s->pg, &b->form, b->bytes, sent, err) &&
           (copy_close(s->pg, &b->form, refusal, err) ||
            err_while(err, "COPY"));
}

/* Rows [*lo, hi) were refused, row `named` (1-based) of them is said to be
 * the reason: load those before it, and try it alone. */
static bool around(struct sender *s, size_t *lo, size_t named, struct err *err)
{
    struct copy_refusal refusal;
    size_t bad = *lo + named - 1;

    if (bad > *lo) {
        if (!send_rows(s, *lo, bad, &refusal, err))
            return false;
        if (refusal.refused) {
            s->trust = false;
            return true;
        }
        *lo = bad;
    }
    if (!send_rows(s, bad, bad + 1, &refusal, err))
        return false;
    if (refusal.refused)
        s->batch->refused(s->batch->ctx, bad, &refusal);
    else
        s->trust = false;
    *lo = bad + 1;
    return true;
}

/* Which of rows [lo, lo + n) has the server's row of that number (from 1, as
 * sent)?  1-based; 0: none. */
static size_t row_named(const struct copy_batch *b, size_t lo, size_t n,
                        uint64_t number)
{
    uint64_t seen = 0;

    if (!b->weight)
        return number <= n ? (size_t)number : 0;
    for (size_t i = 0; number && i < n; i++) {
        seen += b->weight(b->ctx, lo + i);
        if (number <= seen)
            return i + 1;
    }
    return 0;
}

/* The window decides what is tried next; see the head of the file. */
bool copy_rows(struct pg *pg, const struct copy_batch *batch, struct err *err)
{
    struct sender s = {pg, batch, batch->count, true};
    size_t sent = batch->sent, lo = 0;

    while (lo < batch->count) {
        size_t n = s.window < batch->count - lo ? s.window : batch->count - lo;
        struct copy_refusal refusal;

        if (!(sent ? send_rest(&s, &sent, &refusal, err)
                   : send_rows(&s, lo, lo + n, &refusal, err)))
            return false;
        sent = 0;
        if (!refusal.refused) {
            lo += n;
            s.window = n * 2;
            continue;
        }
        s.window = n / 8 ? n / 8 : 1;
        if (n == 1) {
            batch->refused(batch->ctx, lo, &refusal);
            lo++;
        } else if (s.trust) {
            size_t named = row_named(batch, lo, n, refusal.row);

            if (named && !around(&s, &lo, named, err))
                return false;
        }
    }
    return true;
}
