/*
 * forget.c - see forget.h.
 *
 * The source's row is locked first.  A range that is being loaded holds a
 * weaker lock on it through its foreign key once it is in the ledger, so what
 * commits before us is seen by the deletes behind the lock, and what comes
 * after finds no source and fails.
 */
#include "importer/pg/forget.h"

#include <inttypes.h>
#include <stdio.h>

#include "importer/pg/ledger_row.h"
#include "importer/pg/line_rows.h"
#include "sql.inc"

bool forget_find(struct pg *pg, const struct forget_file *file,
                 struct forget_item *out, size_t *n, struct err *err)
{
    char hash[PG_PARAM], size[PG_PARAM], path[LEDGER_PATH];
    struct pg_params p = {
        3,
        {file->there ? pg_put_hash(hash, file->fingerprint) : NULL,
         pg_put_int(size, (int64_t)file->size), ledger_path(file->path, path)}};
    struct pg_result *r;

    *n = 0;
    if (!pg_query(pg, sql_forget_find, &p, &r, err))
        return false;
    for (int i = 0; i < pg_rows(r) && *n < FORGET_MAX; i++) {
        struct forget_item *item = &out[(*n)++];

        *item = (struct forget_item){
            .source = pg_int(r, i, 0),
            .lines = (uint64_t)pg_int(r, i, 3),
            .rows = (uint64_t)pg_int(r, i, 4),
            .rejects = (uint64_t)pg_int(r, i, 5),
            .typed_rows = (uint64_t)pg_int(r, i, 6),
        };
        snprintf(item->path, sizeof(item->path), "%s", pg_text(r, i, 1));
        snprintf(item->profile, sizeof(item->profile), "%s", pg_text(r, i, 2));
    }
    pg_done(r);
    return true;
}

/* Rows that no column tells from others would stay and load once more. */
static bool take_typed(struct pg *pg, const struct forget_item *item,
                       uint64_t *out, struct err *err)
{
    struct typed_gone gone;

    if (!typed_delete_source(pg, item->source, &gone, err))
        return false;
    *out = gone.rows;
    return !gone.blind[0] || gone.rows >= item->typed_rows ||
           err_set(err, ERR_USAGE,
                   "%" PRIu64 " rows of %s went to typed tables, and %s has "
                   "no column with their source: remove them there yourself, "
                   "then decant db forget --keep-typed",
                   item->typed_rows, item->path, gone.blind);
}

static bool take_all(struct pg *pg, const struct forget_item *item,
                     bool keep_typed, uint64_t *typed, struct err *err)
{
    char id[PG_PARAM];
    struct pg_params p = {1, {pg_put_int(id, item->source)}};

    *typed = 0;
    return ledger_run(pg, sql_source_lock, &p, err) &&
           (keep_typed || take_typed(pg, item, typed, err)) &&
           ledger_run(pg, sql_forget_source, &p, err) &&
           ledger_run(pg, sql_forget_end, &p, err);
}

bool forget(struct pg *pg, const struct forget_item *item, bool keep_typed,
            uint64_t *typed, struct err *err)
{
    if (!pg_exec(pg, "BEGIN", err))
        return false;
    if (take_all(pg, item, keep_typed, typed, err) &&
        pg_exec(pg, "COMMIT", err))
        return true;
    pg_rollback(pg);
    return err_while(err, "nothing was removed");
}
