/*
 * loader.c - see loader.h.
 *
 * Results go to the server while they gather (copy_ahead), so that it parses
 * one row while we judge another.  Order of a flush: the rest of the results,
 * since their COPY occupies the connection; then the typed rows of those that
 * are in; a line whose typed rows are refused loses its result again.  Then
 * rejects, so that their buffer is empty for the lines that were refused;
 * then these, in as many buffers as they need.  A COPY's callback only takes
 * notes, because the connection is busy while it runs.
 */
#include "importer/run/loader.h"

#include "importer/pg/line_rows.h"
#include "importer/stage/typed.h"
#include "importer/sys/files.h"

#include <stdio.h>
#include <string.h>

#define LINE_SLACK ((size_t)16 << 20)  /* whatever the line's length */
#define KEEP_FULL  ((size_t)16 << 20)  /* kept bytes: time to send */
#define ROW_FACTOR 4                   /* bytes of a row per byte of its line */
#define RAW_MAX    ((size_t)1 << 20)   /* a reject shows no more of a line */
#define AHEAD      ((size_t)128 << 10) /* results worth sending ahead */

static const char copy_results[] =
    "COPY decant.result (" RESULT_COLUMNS ") FROM STDIN (FORMAT binary)";
static const char copy_rejects[] =
    "COPY decant.reject (" REJECT_COLUMNS ") FROM STDIN (FORMAT binary)";

static size_t rows_room(const struct import_setup *set)
{
    return ROWS_FULL + LINE_SLACK + ROW_FACTOR * set->max_line;
}

size_t loader_room(const struct import_setup *set)
{
    size_t each =
        sizeof(struct row_place) + sizeof(struct kept) + sizeof(struct refused);

    return 4 * (rows_room(set) + ROWS_MAX * each + 4096);
}

static bool bin_open(struct bin *b, const struct import_setup *set,
                     const char *sql, struct arena *run)
{
    b->sql = sql;
    b->kept = arena_new(run, ROWS_MAX, struct kept);
    b->refused = arena_room(run, ROWS_MAX, sizeof(struct refused),
                            _Alignof(struct refused));
    return rows_init(&b->rows, rows_room(set), run) && b->kept && b->refused;
}

bool loader_open(struct loader *l, const struct import_setup *set,
                 struct arena *run, struct err *err)
{
    size_t line =
        FLOW_ARENA_PER_BYTE * set->max_line + LINE_SLACK + FLOW_ARENA_MIN;

    *l = (struct loader){.set = set};
    if (!bin_open(&l->results, set, copy_results, run) ||
        !bin_open(&l->rejects, set, copy_rejects, run) ||
        !bin_open(&l->bare, set, copy_rejects, run) ||
        (set->profile->n_columns && !bin_open(&l->typed, set, NULL, run)))
        return err_set(err, ERR_MEMORY, "no room for rows; lower --max-line");
    if (!arena_open(&l->line, line, err) ||
        !arena_open(&l->spare, set->max_line + LINE_SLACK, err) ||
        !arena_open(&l->keep, KEEP_FULL + set->max_line + LINE_SLACK, err))
        return err_while(err, "a worker's memory; lower --max-line");
    l->flow = (struct flow){
        .profile = set->profile, .repair = set->repair, .arena = &l->line};
    return true;
}

void loader_close(struct loader *l)
{
    arena_close(&l->line);
    arena_close(&l->spare);
    arena_close(&l->keep);
}

void loader_table(struct loader *l, const struct table_plan *table)
{
    DEMAND(l->set->profile->n_columns > 0);
    l->table = table;
    l->typed.sql = table->copy;
}

static void bin_clear(struct bin *b)
{
    rows_clear(&b->rows);
    b->sent = 0;
}

void loader_begin(struct loader *l, struct pg *pg, int64_t source,
                  const char *path)
{
    bin_clear(&l->results);
    bin_clear(&l->typed);
    bin_clear(&l->rejects);
    bin_clear(&l->bare);
    arena_rewind(&l->keep, 0);
    l->tally = (struct tally){0};
    l->pg = pg;
    l->path = path;
    l->flow.source = source;
    l->row = (struct row_settings){
        .source = source,
        .keep_text = l->set->keep_text,
        .keep_payload = l->set->keep_payload || !l->set->profile->n_columns,
    };
    l->poison = NULL;
    l->n_poison = 0;
}

/* --- sending -------------------------------------------------------------*/

static struct copy_span bin_span(const void *ctx, size_t i)
{
    const struct bin *b = ctx;

    return (struct copy_span){b->rows.places[i].begin, b->rows.places[i].end};
}

static size_t bin_weight(const void *ctx, size_t i)
{
    const struct bin *b = ctx;

    return b->rows.places[i].n_rows;
}

static void bin_refused(void *ctx, size_t i, const struct copy_refusal *why)
{
    struct bin *b = ctx;
    struct refused *r = &b->refused[b->n_refused++];

    DEMAND(i < b->rows.count && b->n_refused <= b->rows.count);
    r->row = (uint32_t)i;
    snprintf(r->fault, sizeof(r->fault), "server.%.5s", why->state);
    snprintf(r->message, sizeof(r->message), "%s", why->message);
}

/* COPY the buffer; the rows refused are listed in b->refused. */
static bool bin_send(struct loader *l, struct bin *b, struct err *err)
{
    struct copy_batch batch = {
        .form = {b->sql, rows_header, rows_trailer},
        .bytes = slice_of(b->rows.bytes, b->rows.len),
        .sent = b->sent,
        .count = b->rows.count,
        .span = bin_span,
        .weight = bin_weight,
        .refused = bin_refused,
        .ctx = b,
    };

    b->n_refused = 0;
    return b->rows.count == 0 || copy_rows(l->pg, &batch, err);
}

/* Let the server have what has gathered, if that is worth a message. */
static bool bin_ahead(struct loader *l, struct bin *b, struct err *err)
{
    struct copy_form form = {b->sql, rows_header, rows_trailer};

    return b->rows.len - b->sent < AHEAD ||
           copy_ahead(l->pg, &form, slice_of(b->rows.bytes, b->rows.len),
                      &b->sent, err);
}

/* The bytes of row i's line again, as the line cutter gave them. */
static bool line_again(struct loader *l, const struct bin *b, uint32_t i,
                       struct line *out, struct err *err)
{
    const struct row_place *place = &b->rows.places[i];
    struct file_span span = {.at = place->offset, .len = RAW_MAX};
    size_t got;
    char *bytes;

    *out = (struct line){.offset = place->offset, .length = place->length};
    if (!l->path) {
        out->text = b->kept[i].raw;
        return true;
    }
    if (place->length <= l->set->max_line)
        span.len = (size_t)place->length;
    bytes = arena_bytes(&l->spare, span.len);
    if (!bytes)
        return err_set(err, ERR_MEMORY, "a refused line does not fit");
    if (!file_read_at(l->path, span, bytes, &got, err))
        return false;
    out->text = slice_of(bytes, got);
    return true;
}

/* Rejects without any detail: if the server refuses these, nothing helps. */
static bool send_bare(struct loader *l, struct err *err)
{
    struct bin *b = &l->bare;

    if (!bin_send(l, b, err))
        return false;
    if (b->n_refused)
        return err_set(
            err, ERR_DATABASE,
            "PostgreSQL refuses even the bare reject of the line "
            "at byte %llu: %s",
            (unsigned long long)b->rows.places[b->refused->row].offset,
            b->refused->message);
    bin_clear(b);
    return true;
}

/* Send the rejects; those the server refuses become bare ones. */
static bool send_rejects(struct loader *l, struct err *err)
{
    struct bin *b = &l->rejects;

    if (!bin_send(l, b, err))
        return false;
    for (uint32_t k = 0; k < b->n_refused; k++) {
        const struct refused *r = &b->refused[k];
        struct kept *kept = &b->kept[r->row];
        struct refusal why = {
            .fault = slice_of(r->fault, strlen(r->fault)),
            .message = SLICE("the server refused the details of this reject"),
        };
        struct line line;

        if (!line_again(l, b, r->row, &line, err))
            return false;
        row_refusal(&l->bare.rows, &l->row, &line, NULL, &why);
        arena_rewind(&l->spare, 0);
        if (l->bare.rows.full)
            return err_set(err, ERR_MEMORY, "a refused reject does not fit");
        l->tally.faults[kept->fault]--;
        l->tally.faults[FAULT_SERVER]++;
        kept->fault = FAULT_SERVER;
        if (rows_ripe(&l->bare.rows) && !send_bare(l, err))
            return false;
    }
    bin_clear(b);
    return send_bare(l, err);
}

/* Append a reject with words of its own. False: it does not fit at all. */
static bool put_refusal(struct loader *l, const struct line *line,
                        const struct judged *judged, const struct refusal *why)
{
    struct rows *rows = &l->rejects.rows;

    row_refusal(rows, &l->row, line, judged, why);
    if (rows->full && judged) {
        rows->full = false;
        row_refusal(rows, &l->row, line, NULL, why);
    }
    return !rows->full;
}

/* Remember this of the row appended last. */
static void keep(struct bin *b, struct kept kept)
{
    b->kept[b->rows.count - 1] = kept;
}

/* --- typed rows ----------------------------------------------------------*/

/* A refused result takes its typed rows with it, before they are sent.  Both
 * lists are in the order of the lines. */
static void drop_typed(struct loader *l)
{
    const struct bin *b = &l->results;
    struct bin *t = &l->typed;
    uint32_t n = 0, k = 0;
    size_t at = 0;

    for (uint32_t i = 0; i < t->rows.count; i++) {
        struct row_place place = t->rows.places[i];
        size_t len = place.end - place.begin;

        while (k < b->n_refused && b->refused[k].row < t->kept[i].row)
            k++;
        if (k < b->n_refused && b->refused[k].row == t->kept[i].row)
            continue;
        memmove(t->rows.bytes + at, t->rows.bytes + place.begin, len);
        place.begin = at;
        place.end = at += len;
        t->rows.places[n] = place;
        t->kept[n++] = t->kept[i];
    }
    t->rows.count = n;
    t->rows.len = at;
}

/* Lines whose typed rows were refused: their results go again, and they join
 * the results that were refused themselves. */
static bool unload_refused(struct loader *l, struct err *err)
{
    struct bin *b = &l->results, *t = &l->typed;
    uint64_t offsets[LINE_ROWS_MAX];
    size_t n = 0;

    for (uint32_t k = 0; k < t->n_refused; k++) {
        struct refused *r = &b->refused[b->n_refused++];

        *r = t->refused[k];
        offsets[n++] = t->rows.places[r->row].offset;
        r->row = t->kept[r->row].row;
        if (n < LINE_ROWS_MAX && k + 1 < t->n_refused)
            continue;
        if (!line_rows_delete(l->pg, l->row.source, offsets, n, err))
            return false;
        n = 0;
    }
    return true;
}

static bool send_typed(struct loader *l, struct err *err)
{
    if (!l->typed.rows.count)
        return true;
    if (l->results.n_refused)
        drop_typed(l);
    if (!bin_send(l, &l->typed, err) || !unload_refused(l, err))
        return false;
    bin_clear(&l->typed);
    return true;
}

/* --- lines that were refused ---------------------------------------------*/

/* The refused results become rejects, judged once more for key and model. */
static bool turn_refused(struct loader *l, struct err *err)
{
    struct bin *b = &l->results;

    for (uint32_t k = 0; k < b->n_refused; k++) {
        const struct refused *r = &b->refused[k];
        const struct kept *kept = &b->kept[r->row];
        struct refusal why = {
            .fault = slice_of(r->fault, strlen(r->fault)),
            .message = slice_of(r->message, strlen(r->message)),
        };
        struct judged judged;
        struct line line;

        if (!line_again(l, b, r->row, &line, err))
            return false;
        flow_judge(&l->flow, &line, &judged);
        if (!put_refusal(l, &line, &judged, &why))
            return err_set(err, ERR_MEMORY, "a refused row does not fit");
        keep(&l->rejects,
             (struct kept){.raw = kept->raw, .fault = FAULT_SERVER});
        tally_demote(&l->tally, kept->facts, FAULT_SERVER);
        arena_rewind(&l->spare, 0);
        if (rows_ripe(&l->rejects.rows) && !send_rejects(l, err))
            return false;
    }
    bin_clear(b);
    return true;
}

bool loader_flush(struct loader *l, struct err *err)
{
    if (!bin_send(l, &l->results, err) || !send_typed(l, err) ||
        !send_rejects(l, err) || !turn_refused(l, err) || !send_rejects(l, err))
        return false;
    arena_rewind(&l->keep, 0);
    return true;
}

/* --- judging -------------------------------------------------------------*/

static bool poisoned(const struct loader *l, const struct line *line)
{
    for (size_t i = 0; i < l->n_poison; i++) {
        if (l->poison[i] == line->offset)
            return true;
    }
    return false;
}

/* Tests make a worker die of a line they know the key of. */
static void crash_test(const struct loader *l, const struct judged *judged)
{
#ifdef DECANT_FAULTS
    const char *key = l->set->crash_key;

    if (key && slice_eq(judged->env.key, slice_of(key, strlen(key))))
        abort();
#else
    (void)l;
    (void)judged;
#endif
}

/* A result and its typed rows: both, or neither when one does not fit. */
static bool append_row(struct loader *l, const struct line *line,
                       const struct judged *judged)
{
    struct bin *b = &l->results, *t = &l->typed;
    uint32_t before = t->rows.count;

    if (l->table)
        typed_rows(&t->rows, l->set->profile, l->table->fields, line,
                   &judged->record);
    if (t->rows.full) {
        t->rows.full = false;
        return false;
    }
    row_result(&b->rows, &l->row, line, judged, &l->line);
    if (t->rows.count == before)
        return !b->rows.full;
    if (b->rows.full)
        row_take_back(&t->rows);
    else
        t->kept[before] = (struct kept){.row = b->rows.count - 1};
    return !b->rows.full;
}

/* One try to append what became of the line; false: it did not fit. */
static bool append(struct loader *l, const struct line *line,
                   const struct judged *judged)
{
    if (judged->kind == JUDGED_ROW)
        return append_row(l, line, judged);
    row_reject(&l->rejects.rows, &l->row, line, judged, &l->line);
    return !l->rejects.rows.full;
}

/* The raw bytes, when the file cannot be asked again. False: no room. */
static bool keep_raw(struct loader *l, const struct line *line,
                     struct slice *out)
{
    *out = slice_of(NULL, 0);
    if (l->path || !line->text.len)
        return true;
    *out = arena_copy(&l->keep, line->text);
    return out->ptr != NULL;
}

/* A line that no buffer can hold, or that must not be judged. */
static bool refuse(struct loader *l, const struct line *line, enum fault fault,
                   struct err *err)
{
    struct refusal why = {fault_key(fault), fault_words(fault)};
    struct kept kept = {.fault = (uint16_t)fault};

    if (!keep_raw(l, line, &kept.raw) || !put_refusal(l, line, NULL, &why)) {
        l->rejects.rows.full = false;
        if (!loader_flush(l, err))
            return false;
        if (!keep_raw(l, line, &kept.raw) || !put_refusal(l, line, NULL, &why))
            return err_set(err, ERR_MEMORY, "a bare reject does not fit");
    }
    keep(&l->rejects, kept);
    tally_reject(&l->tally, PROVIDER_UNKNOWN, fault);
    return true;
}

struct tally_facts loader_facts(const struct judged *judged)
{
    return (struct tally_facts){
        .mask = flow_fix_mask(judged),
        .notes = judged->record.notes,
        .typed_rows = (uint32_t)judged->record.n_rows,
    };
}

/* Append, after a flush if need be, and remember what a refusal needs. */
static bool take(struct loader *l, const struct line *line,
                 struct judged *judged, struct err *err)
{
    bool row = judged->kind == JUDGED_ROW;
    struct bin *b = row ? &l->results : &l->rejects;
    enum provider provider = judged->env.provider;
    struct kept kept = {.fault = row ? 0 : (uint16_t)judged->verdict.fault};

    if (row)
        kept.facts = loader_facts(judged);

    if (!keep_raw(l, line, &kept.raw) || !append(l, line, judged)) {
        b->rows.full = false;
        /* A flush judges refused lines again and so ends this verdict. */
        if (!loader_flush(l, err))
            return false;
        flow_judge(&l->flow, line, judged);
        if (!keep_raw(l, line, &kept.raw) || !append(l, line, judged)) {
            b->rows.full = false;
            return refuse(l, line, FAULT_LINE_MEMORY, err);
        }
    }
    keep(b, kept);
    if (row)
        tally_row(&l->tally, provider, kept.facts);
    else
        tally_reject(&l->tally, provider, judged->verdict.fault);
    return true;
}

bool loader_line(struct loader *l, const struct line *line, struct err *err)
{
    struct judged judged;

    if (l->n_poison && poisoned(l, line)) {
        if (!refuse(l, line, FAULT_LINE_CRASH, err))
            return false;
    } else {
        flow_judge(&l->flow, line, &judged);
        crash_test(l, &judged);
        if (judged.kind == JUDGED_BLANK) {
            tally_blank(&l->tally);
            return true;
        }
        if (!take(l, line, &judged, err))
            return false;
    }
    if (rows_ripe(&l->results.rows) || rows_ripe(&l->typed.rows) ||
        rows_ripe(&l->rejects.rows) || l->keep.used >= KEEP_FULL)
        return loader_flush(l, err);
    return bin_ahead(l, &l->results, err);
}

void loader_taste(struct loader *l, const struct line *line)
{
    struct judged judged;

    flow_judge(&l->flow, line, &judged);
    crash_test(l, &judged);
    if (judged.kind != JUDGED_BLANK)
        (void)append(l, line, &judged);
    bin_clear(&l->results);
    bin_clear(&l->typed);
    bin_clear(&l->rejects);
}
