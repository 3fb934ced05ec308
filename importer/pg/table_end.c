/* table_end.c - see table_end.h. */
#include "importer/pg/table_end.h"

#include <stdio.h>
#include <string.h>

#include "importer/pg/sql_text.h"
#include "sql.inc"

#define CANCELED  "57014" /* query_canceled: what a timeout gives */
#define ASK_ROOM  (4 * TABLE_QUOTED + 512)
#define LIST_ROOM ((size_t)64 << 10) /* expected values as an array */

/* A question with a time limit; *out NULL: no answer in time. */
static bool ask(struct pg *pg, const char *sql, const struct pg_params *params,
                struct pg_result **out, struct err *err)
{
    char begin[80];

    *out = NULL;
    snprintf(begin, sizeof(begin), "BEGIN; SET LOCAL statement_timeout = '%ds'",
             ASK_SECONDS);
    if (!pg_exec(pg, begin, err))
        return false;
    if (!pg_query(pg, sql, params, out, err)) {
        pg_rollback(pg);
        return pg_alive(pg) && !strcmp(err->state, CANCELED);
    }
    if (pg_exec(pg, "COMMIT", err))
        return true;
    pg_done(*out);
    return false;
}

/* The column's name without its quotes, for the catalogue. */
static void unquote(const char *quoted, char out[TABLE_NAME])
{
    size_t n = 0;

    for (const char *p = quoted + 1; *p && p[1] && n + 1 < TABLE_NAME; p++) {
        out[n++] = *p;
        p += *p == '"';
    }
    out[n] = '\0';
}

static bool indexed(struct pg *pg, const struct table_plan *table, bool *out,
                    struct err *err)
{
    char column[TABLE_NAME];
    struct pg_params p = {2, {table->table, column}};
    struct pg_result *r;

    unquote(table->source, column);
    if (!pg_query(pg, sql_table_index, &p, &r, err))
        return false;
    *out = pg_bool(r, 0, 0);
    pg_done(r);
    return true;
}

/* Asked again under the lock: somebody else may have just built it. */
static bool build(struct pg *pg, const struct table_plan *table,
                  struct err *err)
{
    char sql[ASK_ROOM];
    bool there;

    snprintf(sql, sizeof(sql), "CREATE INDEX ON %s (%s%s%s)", table->table,
             table->source, table->offset[0] ? ", " : "", table->offset);
    return pg_exec(pg, sql_table_lock, err) &&
           indexed(pg, table, &there, err) && (there || pg_exec(pg, sql, err));
}

bool table_index(struct pg *pg, const struct table_plan *table, struct err *err)
{
    bool there;

    if (!table->made || !table->source[0])
        return true;
    if (!indexed(pg, table, &there, err))
        return false;
    if (there)
        return true;
    if (!pg_exec(pg, "BEGIN", err))
        return false;
    if (!build(pg, table, err) || !pg_exec(pg, "COMMIT", err)) {
        pg_rollback(pg);
        return err_while(err, "build the index of %s", table->table);
    }
    return true;
}

/* Only sources that this very profile has loaded: another may have had
 * another table. One statement, one snapshot. */
bool table_books(struct pg *pg, const struct table_plan *table,
                 const struct table_asked *asked, struct table_books *out,
                 struct err *err)
{
    char sql[ASK_ROOM], hash[PG_PARAM];
    struct pg_params p = {2,
                          {asked->sources, pg_put_hash(hash, asked->profile)}};
    struct pg_result *r;

    *out = (struct table_books){.known = false};
    if (!table->source[0])
        return true;
    snprintf(sql, sizeof(sql),
             "WITH ours AS (SELECT id FROM decant.source WHERE id = ANY "
             "($1::bigint[]) AND profile_hash = $2::bytea) "
             "SELECT (SELECT coalesce(sum(typed_rows), 0)::bigint FROM "
             "decant.range WHERE source IN (SELECT id FROM ours)), "
             "(SELECT count(*) FROM %s WHERE %s IN (SELECT id FROM ours))",
             table->table, table->source);
    if (!ask(pg, sql, &p, &r, err))
        return err_while(err, "count the rows of %s", table->table);
    if (!r)
        return true;
    *out = (struct table_books){true, (uint64_t)pg_int(r, 0, 0),
                                (uint64_t)pg_int(r, 0, 1)};
    pg_done(r);
    return true;
}

static bool write_values(const struct table_counts *c, char *out, size_t cap)
{
    struct sql_text t;

    sql_init(&t, out, cap);
    for (size_t i = 0; i < c->n; i++) {
        sql_put(&t, i ? "," : "{");
        sql_element(&t, c->values[i]);
    }
    sql_put(&t, "}");
    return !t.full;
}

static void take_counts(const struct pg_result *r, struct table_counts *c)
{
    for (size_t i = 0; i < c->n; i++)
        c->found[i] = 0;
    for (int row = 0; row < pg_rows(r); row++) {
        const char *text = pg_text(r, row, 0);

        for (size_t i = 0; i < c->n; i++) {
            if (slice_eq(c->values[i], slice_of(text, strlen(text))))
                c->found[i] += (uint64_t)pg_int(r, row, 1);
        }
    }
}

bool table_count(struct pg *pg, const struct table_plan *table,
                 const struct table_asked *asked, struct table_counts *counts,
                 struct err *err)
{
    char sql[ASK_ROOM], values[LIST_ROOM];
    struct pg_params p = {2, {asked->sources, values}};
    struct pg_result *r;
    bool by = table->source[0];

    DEMAND(counts->n > 0 && counts->n <= TABLE_VALUES_MAX);
    counts->known = false;
    if (!write_values(counts, values, sizeof(values)))
        return true;
    snprintf(sql, sizeof(sql),
             "SELECT %s::text, count(*) FROM %s WHERE %s%s ($1::bigint[]) "
             "AND %s::text = ANY ($2::text[]) GROUP BY 1",
             counts->column, table->table, by ? table->source : "",
             by ? " = ANY" : " '{}' <@ ", counts->column);
    if (!ask(pg, sql, &p, &r, err))
        return err_while(err, "count values of %s", counts->column);
    if (!r)
        return true;
    take_counts(r, counts);
    counts->known = true;
    pg_done(r);
    return true;
}

bool duplicate_count(struct pg *pg, const struct table_asked *asked,
                     struct keys_repeated *out, struct err *err)
{
    struct pg_params p = {1, {asked->sources}};
    struct pg_result *r;

    *out = (struct keys_repeated){.known = false};
    if (!ask(pg, sql_duplicate_count, &p, &r, err))
        return err_while(err, "count duplicates");
    if (!r)
        return true;
    *out = (struct keys_repeated){true, (uint64_t)pg_int(r, 0, 0)};
    pg_done(r);
    return true;
}

bool reject_paths(struct pg *pg, const struct table_asked *asked,
                  const struct reject_visit *visit, struct err *err)
{
    char limit[PG_PARAM];
    struct pg_params p = {
        3,
        {asked->sources, asked->run, pg_put_int(limit, (int64_t)visit->limit)}};
    struct pg_result *r;

    if (!ask(pg, sql_reject_paths, &p, &r, err))
        return err_while(err, "count rejects by place");
    if (!r)
        return true;
    for (int i = 0; i < pg_rows(r); i++) {
        if (!visit->each(visit->ctx, pg_text(r, i, 0), pg_text(r, i, 1),
                         (uint64_t)pg_int(r, i, 2)))
            break;
    }
    pg_done(r);
    return true;
}
