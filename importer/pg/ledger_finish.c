/*
 * ledger_finish.c - the end of an import: flush, complete, index, books.
 */
#include <stdio.h>
#include <string.h>

#include "importer/pg/id_list.h"
#include "importer/pg/ledger_row.h"
#include "importer/sys/files.h"
#include "importer/sys/reader.h"
#include "sql.inc"

/* Mark what is complete, in a transaction that waits for the disk. */
static bool complete(struct pg *pg, const struct pg_params *ids,
                     struct ledger_end *out, struct err *err)
{
    struct pg_result *r;

    /* Stronger settings (remote_apply) stay; only "off" is not enough. */
    if (!pg_exec(pg,
                 "BEGIN;"
                 "SELECT set_config('synchronous_commit', 'on', true) "
                 "WHERE current_setting('synchronous_commit') = 'off'",
                 err) ||
        !ledger_run(pg, sql_finish_lock, ids, err) ||
        !pg_query(pg, sql_finish_complete, ids, &r, err)) {
        pg_rollback(pg);
        return false;
    }
    out->incomplete = 0;
    for (int i = 0; i < pg_rows(r); i++)
        out->incomplete += !pg_bool(r, i, 0);
    pg_done(r);
    return pg_exec(pg, "COMMIT", err);
}

/* The one number or truth value that a statement answers. */
static bool number(struct pg *pg, const char *sql, int64_t *out,
                   struct err *err)
{
    struct pg_result *r;

    if (!pg_query(pg, sql, NULL, &r, err))
        return false;
    *out = pg_text(r, 0, 0)[0] == 't' ? 1 : pg_int(r, 0, 0);
    pg_done(r);
    return true;
}

/*
 * Tell the server that the new rows are visible to all: whoever counts or
 * indexes them reads the table much faster then, here and afterwards.  Costs
 * one reading of what is new.  When somebody else is at it, or when it fails,
 * things are only slower.
 */
static bool tidy(struct pg *pg, struct err *err)
{
    return pg_exec(pg,
                   "VACUUM (SKIP_LOCKED, INDEX_CLEANUP off, TRUNCATE off) "
                   "decant.result",
                   err) ||
           pg_alive(pg);
}

/* Build the indexes that a first load does without. */
static bool indexes(struct pg *pg, struct ledger_end *out, struct err *err)
{
    int64_t lacking, held;

    if (!number(pg, sql_index_missing, &lacking, err))
        return false;
    if (!lacking)
        return true;
    if (!pg_exec(pg, "BEGIN", err))
        return false;
    if (!number(pg, sql_index_lock, &held, err) ||
        (held && !pg_exec(pg, sql_index_create, err))) {
        pg_rollback(pg);
        return err_while(err, "build indexes");
    }
    out->indexes_busy = !held;
    return pg_exec(pg, "COMMIT", err);
}

/* Words only about the first file that does not fit: one is enough to stop
 * trusting, and the view decant.reconciliation has them all. */
static bool books(struct pg *pg, const struct pg_params *ids,
                  struct ledger_end *out, struct err *err)
{
    struct pg_result *r;

    if (!pg_query(pg, sql_finish_books, ids, &r, err))
        return err_while(err, "check the books");
    out->balanced = pg_rows(r) == 0;
    if (!out->balanced) {
        snprintf(out->unbalanced, sizeof(out->unbalanced), "%s",
                 pg_text(r, 0, 0));
        snprintf(out->words, sizeof(out->words),
                 "the ledger says %s lines = %s rows + %s rejects + %s blanks,"
                 " the tables hold %s rows and %s rejects",
                 pg_text(r, 0, 1), pg_text(r, 0, 2), pg_text(r, 0, 3),
                 pg_text(r, 0, 4), pg_text(r, 0, 5), pg_text(r, 0, 6));
    }
    pg_done(r);
    return true;
}

/* Indexes come before the books, which count rejects by source. */
bool ledger_finish(struct pg *pg, const int64_t *sources, size_t n,
                   struct ledger_end *out, struct err *err)
{
    char *list = id_list(sources, n, err);
    struct pg_params ids = {1, {list}};
    bool ok;

    *out = (struct ledger_end){.balanced = true};
    if (!list)
        return false;
    ok = complete(pg, &ids, out, err) &&
         (out->incomplete || (tidy(pg, err) && indexes(pg, out, err))) &&
         books(pg, &ids, out, err);
    id_list_free(list);
    return ok;
}

/* Hash the next range of a packed file; `reader` stands before it. */
struct unpacker {
    struct reader *reader;
    struct slice rest; /* of the last chunk */
    uint64_t at;       /* place of rest.ptr */
    bool last;
};

/* Packed bytes come in order only: what lies before the range is skipped. */
static bool unpack_hash(struct unpacker *u, uint64_t begin, uint64_t end,
                        struct hash *out, struct err *err)
{
    struct hasher hasher;

    hasher_init(&hasher);
    while (u->at < end) {
        uint64_t stop = u->at < begin ? begin : end;
        struct slice piece;

        if (!u->rest.len) {
            struct chunk chunk;

            if (u->last)
                break;
            if (!reader_next(u->reader, &chunk, err))
                return false;
            u->rest = chunk.bytes;
            u->last = chunk.last;
            continue;
        }
        piece = stop - u->at < u->rest.len
                    ? slice_take(u->rest, (size_t)(stop - u->at))
                    : u->rest;
        if (u->at >= begin)
            hasher_feed(&hasher, piece);
        u->at += piece.len;
        u->rest = slice_drop(u->rest, piece.len);
    }
    *out = hasher_digest(&hasher);
    return true;
}

/* Compare the rows of one answer; *next is the range to go on with. */
static bool prove(const struct pg_result *r, struct unpacker *u,
                  const char *path, struct ledger_proof *out, struct err *err)
{
    for (int i = 0; i < pg_rows(r) && out->same; i++) {
        struct ledger_row row;
        struct hash hash;

        if (!ledger_row_get(r, i, &row, err))
            return false;
        if (u->reader ? !unpack_hash(u, row.begin, row.end, &hash, err)
                      : !file_hash(path, row.begin, row.end, &hash, err))
            return false;
        out->same = row.begin == row.end || hash_eq(hash, row.hash);
        if (!out->same) {
            out->begin = row.begin;
            out->end = row.end;
            break;
        }
        out->ranges++;
        out->bytes += row.end - row.begin;
    }
    return true;
}

bool ledger_verify(struct pg *pg, const struct source *source, const char *path,
                   struct ledger_proof *out, struct err *err)
{
    struct unpacker u = {0};
    uint64_t next = 0;
    bool ok = true, more = true;

    DEMAND(source->kind != SOURCE_STREAM);
    *out = (struct ledger_proof){.same = true};
    if (source->kind == SOURCE_PACKED && !reader_open(path, &u.reader, err))
        return false;
    while (ok && more && out->same) {
        char id[PG_PARAM], from[PG_PARAM];
        struct pg_params p = {
            2, {pg_put_int(id, source->id), pg_put_int(from, (int64_t)next)}};
        struct pg_result *r;

        ok = pg_query(pg, sql_range_list, &p, &r, err);
        if (!ok)
            break;
        more = pg_rows(r) > 0;
        if (more)
            next = (uint64_t)pg_int(r, pg_rows(r) - 1, 0) + 1;
        ok = prove(r, &u, path, out, err);
        pg_done(r);
    }
    if (u.reader)
        reader_close(u.reader);
    return ok || err_while(err, "verify %s", path);
}
