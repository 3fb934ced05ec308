/*
 * ledger_range.c - ranges: what is missing, claim, commit; streams.
 *
 * A claim is a try-lock that lives as long as the transaction.  The ledger
 * is read by a statement of its own after the lock is held: at READ
 * COMMITTED its snapshot then sees whatever the previous holder committed.
 */
#include <stdio.h>
#include <string.h>

#include "importer/pg/ledger_row.h"
#include "importer/pg/line_rows.h"
#include "sql.inc"

/* Six columns in the order of struct counts. */
static void sums(const struct pg_result *r, int row, int col,
                 struct counts *out)
{
    uint64_t v[6];

    for (int i = 0; i < 6; i++)
        v[i] = (uint64_t)pg_int(r, row, col + i);
    *out = (struct counts){v[0], v[1], v[2], v[3], v[4], v[5], 0};
}

/* What the ledger holds of a source, summed up. */
static bool already(struct pg *pg, int64_t id, struct counts *out,
                    struct err *err)
{
    char text[PG_PARAM];
    struct pg_params p = {1, {pg_put_int(text, id)}};
    struct pg_result *r;

    if (!pg_query(pg, sql_range_sums, &p, &r, err))
        return false;
    sums(r, 0, 0, out);
    pg_done(r);
    return true;
}

/* One walk over a source's ranges. */
struct walk {
    const struct source *source;
    const struct ledger_visit *visit;
    struct ledger_look *out;
    uint64_t next; /* range to be looked at */
    bool stopped;
};

/* One missing range: counted, and told unless the visitor has had enough. */
static void missing(struct walk *w, uint64_t n, uint64_t begin)
{
    struct range range = {
        .source = w->source->id,
        .n = n,
        .hash_from = begin,
        .begin = begin,
        .end = ledger_border(w->source, n),
    };

    w->out->n_missing++;
    if (w->source->length != SOURCE_ENDLESS && range.end > begin)
        w->out->missing_bytes += range.end - begin;
    if (w->visit && !w->stopped)
        w->stopped = !w->visit->each(w->visit->ctx, &range);
}

/* All ranges from w->next up to, not including, `until` are missing. */
static void missing_until(struct walk *w, uint64_t until)
{
    for (; w->next < until; w->next++)
        missing(w, w->next, w->next * w->source->range_bytes);
}

/* The rows from w->next on, at most 10,000; *more: there may be others. */
static bool walk_rows(struct pg *pg, struct walk *w, bool *more,
                      struct err *err)
{
    uint64_t all =
        (w->source->size + w->source->range_bytes - 1) / w->source->range_bytes;
    char id[PG_PARAM], from[PG_PARAM];
    struct pg_params p = {
        2, {pg_put_int(id, w->source->id), pg_put_int(from, (int64_t)w->next)}};
    struct ledger_row row = {0};
    struct pg_result *r;
    bool ok = true;

    if (!pg_query(pg, sql_range_list, &p, &r, err))
        return false;
    *more = pg_rows(r) > 0;
    for (int i = 0; ok && i < pg_rows(r); i++) {
        ok = ledger_row_get(r, i, &row, err);
        if (!ok || row.n >= all)
            break;
        missing_until(w, row.n);
        if (!ledger_whole(w->source, &row))
            missing(w, row.n, ledger_resume(w->source, &row));
        w->next = row.n + 1;
    }
    if (row.n >= all)
        *more = false;
    pg_done(r);
    return ok;
}

/* Packed files are read from front to back: only the last row matters. */
static bool walk_packed(struct pg *pg, struct walk *w, struct err *err)
{
    char id[PG_PARAM];
    struct pg_params p = {1, {pg_put_int(id, w->source->id)}};
    struct ledger_row row = {0};
    struct pg_result *r;
    bool ok = true;

    if (!pg_query(pg, sql_range_last, &p, &r, err))
        return false;
    if (pg_rows(r) == 1)
        ok = ledger_row_get(r, 0, &row, err);
    pg_done(r);
    if (ok &&
        (w->source->length == SOURCE_ENDLESS || row.end < w->source->length))
        missing(w, row.end / w->source->range_bytes, row.end);
    return ok;
}

bool ledger_missing(struct pg *pg, const struct source *source,
                    const struct ledger_visit *visit, struct ledger_look *out,
                    struct err *err)
{
    struct walk w = {.source = source, .visit = visit, .out = out};
    bool more = source->id != 0;

    DEMAND(source->range_bytes > 0);
    *out = (struct ledger_look){0};
    if (source->id && !already(pg, source->id, &out->already, err))
        return false;
    if (source->kind != SOURCE_FILE) {
        if (source->id)
            return walk_packed(pg, &w, err);
        missing(&w, 0, 0);
        return true;
    }
    while (more && !w.stopped)
        if (!walk_rows(pg, &w, &more, err))
            return false;
    missing_until(&w, (source->size + source->range_bytes - 1) /
                          source->range_bytes);
    return true;
}

/* Is the advisory lock of (source, n) ours? */
static bool lock(struct pg *pg, const struct pg_params *key, bool *held,
                 struct err *err)
{
    struct pg_result *r;

    if (!pg_query(pg, sql_range_lock, key, &r, err))
        return false;
    *held = pg_bool(r, 0, 0);
    pg_done(r);
    return true;
}

/* The typed rows of a range's last line go before the line does. */
static bool typed_reopen(struct pg *pg, const struct range *range, uint64_t at,
                         struct err *err)
{
    char id[PG_PARAM], n[PG_PARAM], gone[PG_PARAM];
    struct pg_params p = {3,
                          {pg_put_int(id, range->source),
                           pg_put_int(n, (int64_t)range->n), gone}};
    struct typed_gone typed;

    if (!typed_delete_line(pg, range->source, at, &typed, err))
        return false;
    if (typed.blind[0] && !typed.rows)
        return err_set(err, ERR_USAGE,
                       "the file has grown behind a last line without "
                       "newline; its rows in %s cannot be found again, since "
                       "no column has the line's source and offset: decant db "
                       "forget, then import it anew",
                       typed.blind);
    pg_put_int(gone, (int64_t)typed.rows);
    return ledger_run(pg, sql_range_untype, &p, err);
}

/* Under the lock: what is there, and what of it has to be taken out. */
static bool look_again(struct pg *pg, const struct source *source,
                       struct range *range, enum claim *out, struct err *err)
{
    char id[PG_PARAM], n[PG_PARAM], at[PG_PARAM];
    struct pg_params p = {
        2, {pg_put_int(id, range->source), pg_put_int(n, (int64_t)range->n)}};
    struct ledger_row row = {0};
    struct pg_result *r;
    bool there, ok = true, typed = false;

    if (!pg_query(pg, sql_range_get, &p, &r, err))
        return false;
    there = pg_rows(r) == 1;
    if (there)
        ok = ledger_row_get(r, 0, &row, err);
    if (there)
        typed = pg_bool(r, 0, 5);
    pg_done(r);
    if (!ok)
        return false;
    *out = CLAIM_OURS;
    if (source->kind == SOURCE_FILE)
        range->begin = range->n * source->range_bytes;
    range->end = ledger_border(source, range->n);
    range->hash_from = range->begin;
    if (!there)
        return true;
    if (ledger_whole(source, &row)) {
        *out = CLAIM_WHOLE;
        range->begin = range->hash_from = row.begin;
        range->end = row.end;
        return true;
    }
    range->begin = ledger_resume(source, &row);
    range->hash_from = row.begin < range->begin && row.begin < row.end
                           ? row.begin
                           : range->begin;
    if (range->begin != row.open_at || !row.open)
        return true;
    p.n = 3;
    p.text[2] = pg_put_int(at, (int64_t)row.open_at);
    return (!typed || typed_reopen(pg, range, row.open_at, err)) &&
           ledger_run(pg, sql_range_reopen, &p, err);
}

bool ledger_claim(struct pg *pg, const struct source *source,
                  struct range *range, enum claim *out, struct err *err)
{
    char id[PG_PARAM], n[PG_PARAM];
    struct pg_params key = {
        2, {pg_put_int(id, range->source), pg_put_int(n, (int64_t)range->n)}};
    const char *begin = source->kind == SOURCE_FILE
                            ? "BEGIN; SET LOCAL synchronous_commit = off"
                            : "BEGIN";
    bool held;

    DEMAND(source->id == range->source && source->id > 0);
    if (!pg_exec(pg, begin, err))
        return err_while(err, "claim a range");
    if (!lock(pg, &key, &held, err) ||
        (held && !look_again(pg, source, range, out, err))) {
        pg_rollback(pg);
        return err_while(err, "claim a range");
    }
    if (!held)
        *out = CLAIM_BUSY;
    if (*out != CLAIM_OURS)
        pg_rollback(pg);
    return true;
}

/* Write the range's row; *rows is 0 when the ledger says that it ends
 * elsewhere than this load began. */
static bool put_row(struct pg *pg, const struct source *source,
                    const struct load *load, int *rows, struct err *err)
{
    const struct counts *c = &load->counts;
    uint64_t value[] = {load->range.n,
                        load->first,
                        load->end,
                        load->open_at,
                        load->end - load->first,
                        c->lines,
                        c->rows,
                        c->rejects,
                        c->blanks,
                        c->repaired,
                        c->typed_rows};
    char text[countof(value)][PG_PARAM], id[PG_PARAM], hash[PG_PARAM],
        begin[PG_PARAM];
    struct pg_params p = {16, {pg_put_int(id, load->range.source)}};
    struct pg_result *r;

    for (size_t i = 0; i < countof(value); i++)
        p.text[1 + i] = pg_put_int(text[i], (int64_t)value[i]);
    if (!load->open)
        p.text[4] = NULL;
    p.text[12] = pg_put_hash(hash, load->hash);
    p.text[13] = load->run;
    p.text[14] = pg_put_int(begin, (int64_t)load->range.begin);
    p.text[15] = source->profile;
    if (!pg_query(pg, sql_range_commit, &p, &r, err))
        return false;
    *rows = pg_rows(r);
    pg_done(r);
    return true;
}

/* What a stream's or packed file's source learns from a range. */
static bool put_source(struct pg *pg, const struct source *source,
                       const struct load *load, bool *ours, struct err *err)
{
    char id[PG_PARAM], value[PG_PARAM];
    struct pg_params p = {
        2, {pg_put_int(id, source->id), pg_put_hash(value, load->hash)}};

    *ours = true;
    if (source->kind == SOURCE_STREAM &&
        !ledger_run(pg, sql_source_name_stream, &p, err)) {
        *ours = strcmp(err->state, "23505") != 0;
        return !*ours;
    }
    if (source->kind == SOURCE_FILE || !load->last)
        return true;
    pg_put_int(value, (int64_t)load->end);
    return ledger_run(pg, sql_source_ended, &p, err);
}

/* The source learns first: for a stream its UNIQUE fingerprint is where two
 * processes with the same stream meet, before the ledger has a row. */
bool ledger_commit(struct pg *pg, const struct source *source,
                   const struct load *load, bool *ours, struct err *err)
{
    int rows = 1;

    DEMAND(source->id == load->range.source && load->first <= load->end);
    DEMAND(load->counts.lines ==
           load->counts.rows + load->counts.rejects + load->counts.blanks);
    if (!put_source(pg, source, load, ours, err) ||
        (*ours && !put_row(pg, source, load, &rows, err)))
        goto failed;
    if (rows != 1) {
        err_set(err, ERR_DATABASE,
                "range %llu of source %lld does not end at byte %llu, or "
                "another import has taken the source with another profile",
                (unsigned long long)load->range.n, (long long)source->id,
                (unsigned long long)load->range.begin);
        goto failed;
    }
    if (!*ours) {
        pg_rollback(pg);
        return true;
    }
    if (pg_exec(pg, "COMMIT", err))
        return true;
failed:
    pg_rollback(pg);
    return err_while(err, "commit a range");
}

void ledger_abandon(struct pg *pg)
{
    pg_rollback(pg);
}

bool ledger_stream_known(struct pg *pg, uint64_t begin,
                         struct stream_pieces *out, struct err *err)
{
    char at[PG_PARAM], limit[PG_PARAM];
    struct pg_params p = {
        2, {pg_put_int(at, (int64_t)begin), pg_put_int(limit, STREAM_PIECES)}};
    struct pg_result *r;
    bool ok = true;

    out->n = 0;
    if (!pg_query(pg, sql_stream_known, &p, &r, err))
        return false;
    for (int i = 0; ok && i < pg_rows(r); i++) {
        struct stream_piece *piece = &out->at[out->n++];

        piece->source = pg_int(r, i, 0);
        piece->n = (uint64_t)pg_int(r, i, 1);
        piece->end = (uint64_t)pg_int(r, i, 2);
        piece->range_bytes = (uint64_t)pg_int(r, i, 3);
        piece->last = pg_bool(r, i, 5);
        sums(r, i, 6, &piece->counts);
        ok = pg_hash(r, i, 4, &piece->hash) ||
             err_set(err, ERR_DATABASE, "damaged hash in the ledger");
    }
    pg_done(r);
    return ok;
}

/* The source is invisible to others until its first range commits, and gone
 * without a trace when that is abandoned. */
bool ledger_stream_begin(struct pg *pg, const char *path, uint64_t range_bytes,
                         const struct ledger_profile *profile,
                         struct source *out, struct err *err)
{
    char rb[PG_PARAM], text[LEDGER_PATH], hash[PG_PARAM];
    struct pg_params p = {4,
                          {ledger_path(path, text),
                           pg_put_int(rb, (int64_t)range_bytes), profile->name,
                           pg_put_hash(hash, profile->hash)}};
    struct pg_result *r;

    DEMAND(range_bytes > 0);
    if (!pg_exec(pg, "BEGIN", err))
        return false;
    if (!pg_query(pg, sql_source_insert_stream, &p, &r, err)) {
        pg_rollback(pg);
        return false;
    }
    *out = (struct source){
        .id = pg_int(r, 0, 0),
        .kind = SOURCE_STREAM,
        .length = SOURCE_ENDLESS,
        .range_bytes = range_bytes,
    };
    snprintf(out->profile, sizeof(out->profile), "%s", profile->name);
    pg_done(r);
    return true;
}
