/*
 * migrate.c - see migrate.h.
 *
 * The common case, nothing to do, costs two short queries and takes no lock.
 */
#include "importer/pg/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "importer/sys/sys_fail.h"
#include "sql.inc"
#include "validate/base/fault.h"

/* The list is in order: make(1) hands the files over sorted. */
static int newest(void)
{
    return sql_migrations[countof(sql_migrations) - 1].number;
}

/* The one value of a statement without parameters. */
static bool ask(struct pg *pg, const char *sql, bool *out, struct err *err)
{
    struct pg_result *r;

    if (!pg_query(pg, sql, NULL, &r, err))
        return false;
    *out = pg_rows(r) > 0 && pg_bool(r, 0, 0);
    pg_done(r);
    return true;
}

/* Highest number of those recorded, and which of ours are there. */
static bool recorded(struct pg *pg, bool *have, int *version, struct err *err)
{
    struct pg_result *r;

    *version = 0;
    memset(have, 0, countof(sql_migrations) * sizeof(*have));
    if (!pg_query(pg, sql_migration_list, NULL, &r, err))
        return false;
    for (int i = 0; i < pg_rows(r); i++) {
        int number = (int)pg_int(r, i, 0);

        *version = number;
        for (size_t k = 0; k < countof(sql_migrations); k++)
            have[k] |= sql_migrations[k].number == number;
    }
    pg_done(r);
    if (*version > newest())
        return err_set(err, ERR_DATABASE,
                       "the tables of decant in %s are of a newer version "
                       "(schema %d, this program knows %d): use a newer decant",
                       pg_where(pg), *version, newest());
    return true;
}

/* decant.result exists from migration 2 on, compression from server 14 on. */
static bool look_lz4(struct pg *pg, struct migration_state *out,
                     struct err *err)
{
    out->lz4 = false;
    return out->version < 2 || pg_version(pg) < 140000 ||
           ask(pg, sql_migration_lz4, &out->lz4, err);
}

/* Asks for the table first: a missing one would abort a transaction. */
bool migrate_look(struct pg *pg, struct migration_state *out, struct err *err)
{
    bool have[countof(sql_migrations)], exists;

    *out = (struct migration_state){.newest = newest()};
    if (!ask(pg, sql_migration_exists, &exists, err))
        return false;
    return !exists ||
           (recorded(pg, have, &out->version, err) && look_lz4(pg, out, err));
}

/* Inside the transaction, under the lock: run what is missing. */
static bool apply(struct pg *pg, struct migration_state *out, struct err *err)
{
    bool have[countof(sql_migrations)];
    struct pg_result *r;
    char number[PG_PARAM];

    if (!pg_exec(pg, sql_migration_lock, err) ||
        !pg_exec(pg, sql_migration_table, err) ||
        !recorded(pg, have, &out->version, err))
        return false;
    for (size_t k = 0; k < countof(sql_migrations); k++) {
        const struct sql_migration *m = &sql_migrations[k];
        struct pg_params p = {2, {pg_put_int(number, m->number), m->name}};

        if (have[k])
            continue;
        if (!pg_exec(pg, m->text, err) ||
            !pg_query(pg, sql_migration_record, &p, &r, err))
            return err_while(err, "migration %d %s", m->number, m->name);
        pg_done(r);
        out->version = m->number;
        out->applied++;
        break;
    }
    return true;
}

/* One migration per transaction, until none is missing. */
static bool bring_up(struct pg *pg, struct migration_state *out,
                     struct err *err)
{
    int before;

    do {
        before = out->applied;
        if (!pg_exec(pg, "BEGIN", err))
            return false;
        if (!apply(pg, out, err) || !pg_exec(pg, "COMMIT", err)) {
            pg_rollback(pg);
            return false;
        }
    } while (out->applied > before);
    return true;
}

/* The advice as a column like the others. */
static struct slice advice_of(enum fault fault)
{
    return advice_words(fault_advice(fault));
}

/* One column of the fault table as an array literal, {"...","..."}; to be
 * freed; NULL: no memory. */
static char *fault_column(struct slice (*get)(enum fault))
{
    size_t room = 3, n = 0;
    char *text;

    for (int f = FAULT_NONE + 1; f < FAULT_COUNT; f++)
        room += 2 * get((enum fault)f).len + 3;
    text = FAIL_POINT("alloc") ? NULL : malloc(room);
    if (!text)
        return NULL;
    for (int f = FAULT_NONE + 1; f < FAULT_COUNT; f++) {
        struct slice s = get((enum fault)f);

        text[n] = n ? ',' : '{';
        text[n + 1] = '"';
        n += 2;
        for (size_t i = 0; i < s.len; i++) {
            if (s.ptr[i] == '"' || s.ptr[i] == '\\')
                text[n++] = '\\';
            text[n++] = s.ptr[i];
        }
        text[n++] = '"';
    }
    memcpy(text + n, "}", 2);
    return text;
}

/* Write the table only where it differs: usually it does not. */
static bool put_faults(struct pg *pg, const struct pg_params *columns,
                       struct err *err)
{
    struct pg_result *r;
    bool differs;

    if (!pg_query(pg, sql_fault_differs, columns, &r, err))
        return false;
    differs = pg_int(r, 0, 0) > 0;
    pg_done(r);
    if (!differs)
        return true;
    if (!pg_query(pg, sql_fault_upsert, columns, &r, err))
        return err_while(err, "fill decant.fault");
    pg_done(r);
    return true;
}

/* Three parallel arrays instead of forty statements. */
static bool faults(struct pg *pg, struct err *err)
{
    char *key = fault_column(fault_key);
    char *words = fault_column(fault_words);
    char *advice = fault_column(advice_of);
    struct pg_params columns = {3, {key, words, advice}};
    bool ok = key && words && advice;

    if (ok)
        ok = put_faults(pg, &columns, err);
    else
        err_set(err, ERR_MEMORY, "no memory for the fault table");
    free(key);
    free(words);
    free(advice);
    return ok;
}

bool migrate(struct pg *pg, struct migration_state *out, struct err *err)
{
    if (!migrate_look(pg, out, err))
        return false;
    if (out->version < out->newest && !bring_up(pg, out, err))
        return err_while(err, "create the tables of decant");
    return faults(pg, err) && look_lz4(pg, out, err);
}
