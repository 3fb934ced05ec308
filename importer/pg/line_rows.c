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
