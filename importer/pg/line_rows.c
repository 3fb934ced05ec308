/* line_rows.c - see line_rows.h. */
#include "importer/pg/line_rows.h"

#include <inttypes.h>
#include <stdio.h>

#include "sql.inc"

#define DIGITS 21 /* of an offset, with its comma */

bool line_rows_delete(struct pg *pg, int64_t source, const uint64_t *offsets,
                      size_t n, struct err *err)
{
    char list[LINE_ROWS_MAX * DIGITS + 4], id[PG_PARAM];
    struct pg_params p = {2, {pg_put_int(id, source), list}};
    struct pg_result *r;
    size_t len = 0;
    int64_t gone;

    DEMAND(n > 0 && n <= LINE_ROWS_MAX);
    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%c%" PRIu64,
                                i ? ',' : '{', offsets[i]);
    snprintf(list + len, sizeof(list) - len, "}");
    if (!pg_query(pg, sql_line_rows_delete, &p, &r, err))
        return err_while(err, "take results out again");
    gone = pg_int(r, 0, 0);
    pg_done(r);
    return (uint64_t)gone == n ||
           err_set(err, ERR_DATABASE,
                   "%zu results were to be taken out again, %" PRId64
                   " were there",
                   n, gone);
}

/* Run one statement of typed_deletes.sql. */
static bool delete_from(struct pg *pg, const char *sql,
                        const struct pg_params *params, struct typed_gone *out,
                        struct err *err)
{
    struct pg_result *r;

    if (!pg_query(pg, sql, params, &r, err))
        return err_while(err, "take typed rows out");
    out->tables += pg_int(r, 0, 0) > 0;
    out->rows += (uint64_t)pg_int(r, 0, 0);
    pg_done(r);
    return true;
}

/* Of every typed table: which of them a source's rows went to depends on the
 * profiles of then. */
static bool typed_delete(struct pg *pg, const struct pg_params *params,
                         struct typed_gone *out, struct err *err)
{
    struct pg_params ask = {1, {params->n == 2 ? "true" : "false"}};
    struct pg_result *r;
    bool ok = true;

    *out = (struct typed_gone){0};
    if (!pg_query(pg, sql_typed_deletes, &ask, &r, err))
        return false;
    for (int i = 0; ok && i < pg_rows(r); i++) {
        if (pg_null(r, i, 1))
            snprintf(out->blind, sizeof(out->blind), "%s", pg_text(r, i, 0));
        else
            ok = delete_from(pg, pg_text(r, i, 1), params, out, err);
    }
    pg_done(r);
    return ok;
}

bool typed_delete_line(struct pg *pg, int64_t source, uint64_t at,
                       struct typed_gone *out, struct err *err)
{
    char id[PG_PARAM], place[PG_PARAM];
    struct pg_params p = {
        2, {pg_put_int(id, source), pg_put_int(place, (int64_t)at)}};

    return typed_delete(pg, &p, out, err);
}

bool typed_delete_source(struct pg *pg, int64_t source, struct typed_gone *out,
                         struct err *err)
{
    char id[PG_PARAM];
    struct pg_params p = {1, {pg_put_int(id, source)}};

    return typed_delete(pg, &p, out, err);
}
