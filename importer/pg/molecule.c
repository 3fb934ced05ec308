/* molecule.c - see molecule.h. */
#include "importer/pg/molecule.h"

#include "importer/pg/table.h"
#include "importer/sys/clock.h"
#include "sql.inc"

#include <stdio.h>

#define LOCK_SECONDS 5.0
#define LOCK_PAUSE   0.1

bool molecule_lock(struct pg *pg, bool *got, struct err *err)
{
    double until = clock_seconds() + LOCK_SECONDS;
    struct pg_result *r;

    while (true) {
        if (!pg_query(pg, sql_molecule_lock, NULL, &r, err))
            return false;
        *got = pg_bool(r, 0, 0);
        pg_done(r);
        if (*got || clock_seconds() > until)
            return true;
        clock_sleep(LOCK_PAUSE);
    }
}

static bool enter(struct pg *pg, const char *column, bool reaction, bool *found,
                  struct err *err)
{
    struct pg_params p = {2, {column, reaction ? "t" : "f"}};
    struct pg_result *r;

    if (!pg_query(pg, sql_molecule_column_add, &p, &r, err))
        return false;
    *found = pg_rows(r) > 0;
    pg_done(r);
    return true;
}

bool molecule_column_declare(struct pg *pg, const char *table,
                             const char *column, bool reaction, struct err *err)
{
    char place[TABLE_QUOTED + 2 * TABLE_NAME + 4];
    bool found;

    snprintf(place, sizeof(place), "%s.%s", table, column);
    return enter(pg, place, reaction, &found, err) ||
           err_while(err, "column %s with SMILES", place);
}

bool molecule_column_add(struct pg *pg, const char *column, bool reaction,
                         struct err *err)
{
    bool found;

    if (!enter(pg, column, reaction, &found, err))
        return err_while(err, "--column %s", column);
    return found || err_set(err, ERR_USAGE,
                            "--column %s: no such column, or it holds no "
                            "text; wanted is [schema.]table.column of text, "
                            "or of an array of text",
                            column);
}

/* The server builds the statement, since it knows how names are quoted. */
bool molecule_collect(struct pg *pg, const struct molecule_wish *wish,
                      bool *columns, uint64_t *gone, struct err *err)
{
    char limit[PG_PARAM];
    struct pg_params p = {
        2,
        {wish->again, wish->limit == UINT64_MAX
                          ? NULL
                          : pg_put_int(limit, (int64_t)wish->limit)}};
    struct pg_result *r;
    bool ok = true;

    if (!pg_query(pg, sql_molecule_collect, &p, &r, err))
        return err_while(err, "look for SMILES");
    *columns = !pg_null(r, 0, 0);
    *gone = (uint64_t)pg_int(r, 0, 1);
    if (*columns &&
        (!pg_exec(pg, "BEGIN", err) || !pg_exec(pg, pg_text(r, 0, 0), err) ||
         !pg_exec(pg, "COMMIT", err))) {
        pg_rollback(pg);
        ok = err_while(err, "collect SMILES");
    }
    pg_done(r);
    return ok;
}

bool molecule_fetch(struct pg *pg, struct pg_result **out, struct err *err)
{
    return pg_query(pg, sql_molecule_fetch, NULL, out, err);
}

bool molecule_put(struct pg *pg, const char *rows, struct molecule_put *out,
                  struct err *err)
{
    struct pg_params p = {1, {rows}};
    struct pg_result *r;

    if (!pg_query(pg, sql_molecule_put, &p, &r, err))
        return err_while(err, "write molecules");
    out->rows = (uint64_t)pg_int(r, 0, 0);
    out->disagree = (uint64_t)pg_int(r, 0, 1);
    pg_done(r);
    return true;
}
