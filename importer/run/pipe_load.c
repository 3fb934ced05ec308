/*
 * pipe_load.c - see pipe_load.h.
 *
 * One turn of the loop in all() is one piece of the stream:
 *
 *     have one line -> ask the ledger for pieces that start here
 *         some: spool until one matches (known) or all have passed
 *         none: claim the next range of the source at hand, or begin one
 *     -> transaction: spooled lines, further lines to the border, commit
 */
#include "importer/run/pipe_load.h"

#include "importer/run/clerk.h"
#include "importer/run/lines.h"
#include "importer/run/pour.h"
#include "importer/stage/envelope.h"
#include "importer/sys/clock.h"
#include "importer/sys/reader.h"

#define BUSY_SECONDS 0.3

struct spooled {
    struct spooled *next;
    struct line line; /* its text in the spool */
};

struct pipe {
    struct worker *worker;
    const struct order *order;
    struct lines lines;
    struct pouring pouring;
    struct source source;         /* at hand; id 0: none yet */
    struct range range;           /* that comes next: n, begin */
    struct stream_pieces *pieces; /* that start at range.begin */
    uint64_t target;              /* the piece at hand ends at this border */
    struct arena spool;
    struct spooled *head, **tail;
    uint64_t n_spooled;
    uint64_t loaded; /* lines, for --limit */
    const struct stream_piece *match;
    bool ended;  /* no more lines, or as many as were wanted */
    bool closed; /* nothing more is to be told to the ledger */
};

static uint64_t lines_left(const struct pipe *p)
{
    return p->order->limit == UINT64_MAX ? UINT64_MAX
                                         : p->order->limit - p->loaded;
}

/* --- the spool -----------------------------------------------------------*/

static void spool_clear(struct pipe *p)
{
    arena_rewind(&p->spool, 0);
    p->head = NULL;
    p->tail = &p->head;
    p->n_spooled = 0;
}

static bool spool_full(const struct pipe *p)
{
    return p->spool.used >= SPOOL_BYTES || p->n_spooled >= lines_left(p);
}

/* Read one line into the spool, or notice the end. */
static bool spool_line(struct pipe *p, struct err *err)
{
    struct spooled *s;
    struct line line;

    switch (lines_next(&p->lines, &line, err)) {
    case LINES_READY: break;
    case LINES_DONE: p->ended = true; return true;
    case LINES_FAILED: return false;
    }
    s = arena_new(&p->spool, 1, struct spooled);
    if (s && line.text.len)
        line.text = arena_copy(&p->spool, line.text);
    if (!s || (line.length && !line.text.ptr))
        return err_set(err, ERR_MEMORY, "a line does not fit the spool");
    s->line = line;
    *p->tail = s;
    p->tail = &s->next;
    p->n_spooled++;
    return true;
}

/* Does a known piece end exactly here? */
static bool matches(void *ctx)
{
    struct pipe *p = ctx;
    uint64_t at = lines_end(&p->lines);

    p->match = NULL;
    for (size_t i = 0; i < p->pieces->n && !p->match; i++) {
        const struct stream_piece *piece = &p->pieces->at[i];

        if (piece->end > at)
            break; /* they come by rising end */
        if (piece->end == at && hash_eq(piece->hash, lines_hash(&p->lines)))
            p->match = piece;
    }
    return p->match != NULL;
}

/* --- one piece -----------------------------------------------------------*/

/* Ask for pieces that start where we stand, and set the border. */
static bool ask(struct pipe *p, struct err *err)
{
    uint64_t bytes =
        p->source.id ? p->source.range_bytes : p->worker->set->range_bytes;
    size_t n;

    if (!ledger_stream_known(p->worker->pg, p->range.begin, p->pieces, err))
        return false;
    n = p->pieces->n;
    p->target = n ? p->pieces->at[n - 1].end : p->range.begin + bytes;
    return true;
}

/* Spool until a piece matches or loading has to begin. */
static bool recognise(struct pipe *p, struct err *err)
{
    while (p->pieces->n && !matches(p) && !p->ended && !spool_full(p) &&
           lines_end(&p->lines) < p->target) {
        if (!spool_line(p, err))
            return false;
        if (!worker_beat(p->worker, p->order, NULL))
            return err_set(err, ERR_STOPPED, "stopped");
    }
    return true;
}

static bool tell(struct pipe *p, enum report_kind kind, struct report *part,
                 struct err *err)
{
    part->kind = kind;
    part->file = p->order->file;
    return worker_tell(p->worker, part, err);
}

/* Everything up to here is known, as this piece: go on in its source. */
static bool known(struct pipe *p, struct err *err)
{
    const struct stream_piece *piece = p->match;
    struct report part = {
        .count = piece->counts.lines,
        .range = {.source = piece->source,
                  .begin = p->range.begin,
                  .end = piece->end},
    };

    if (!ledger_source(p->worker->pg, piece->source, &p->source, err) ||
        !ledger_same_profile(&p->source, &p->worker->set->identity,
                             p->order->u.path, err))
        return false;
    p->range.n = piece->n + 1;
    p->range.begin = piece->end;
    p->closed = piece->last;
    p->match = NULL;
    spool_clear(p);
    return tell(p, REPORT_KNOWN, &part, err);
}

/* Open the transaction.  *again: somebody else is at it, ask once more. */
static bool claim(struct pipe *p, bool *again, struct err *err)
{
    struct worker *w = p->worker;
    uint64_t begin = p->range.begin;
    enum claim claim;

    *again = false;
    if (!clerk_table(w, err))
        return false;
    if (!p->source.id || p->pieces->n) {
        uint64_t bytes =
            p->pieces->n ? p->pieces->at[0].range_bytes : w->set->range_bytes;

        return ledger_stream_begin(w->pg, p->order->u.path, bytes,
                                   &w->set->identity, &p->source, err);
    }
    p->range.source = p->source.id;
    if (!ledger_claim(w->pg, &p->source, &p->range, &claim, err))
        return false;
    if (claim == CLAIM_OURS && p->range.begin == begin)
        return true;
    if (claim == CLAIM_OURS)
        ledger_abandon(w->pg);
    p->range.begin = begin;
    *again = true;
    return true;
}

/* The spooled lines, then more, up to the border. */
static enum poured load_lines(struct pipe *p, struct err *err)
{
    struct loader *loader = &p->worker->loader;

    for (const struct spooled *s = p->head; s; s = s->next) {
        if (!loader_line(loader, &s->line, err))
            return POURED_FAILED;
        if (!worker_beat(p->worker, p->order, &loader->tally))
            return POURED_STOPPED;
    }
    spool_clear(p);
    if (p->ended)
        return POURED_END;
    p->pouring.border = p->target;
    p->pouring.limit = lines_left(p);
    p->pouring.watch = p->pieces->n ? matches : NULL;
    p->pouring.ctx = p;
    return pour(&p->pouring, err);
}

/* Somebody else has committed these very bytes while we loaded them. */
static bool overtaken(struct pipe *p, struct err *err)
{
    if (!ask(p, err))
        return false;
    if (matches(p))
        return known(p, err);
    return err_set(err, ERR_RETRY,
                   "another process loads the same stream; run decant again "
                   "with the whole stream");
}

static bool load(struct pipe *p, struct err *err)
{
    struct worker *w = p->worker;
    struct report part = {0};
    struct pour_end end = {.source = &p->source, .range = &p->range};
    bool ours;

    p->range.source = p->source.id;
    p->range.hash_from = end.first = p->range.begin;
    loader_begin(&w->loader, w->pg, p->source.id, NULL);
    end.how = load_lines(p, err);
    switch (end.how) {
    case POURED_FAILED: return false;
    case POURED_STOPPED: return err_set(err, ERR_STOPPED, "stopped");
    case POURED_WATCHED: ledger_abandon(w->pg); return known(p, err);
    default: break;
    }
    if (!pour_commit(&p->pouring, &end, &part, &ours, err))
        return false;
    if (!ours)
        return overtaken(p, err);
    p->loaded += part.tally.lines;
    p->ended = p->closed = end.how != POURED_BORDER;
    p->range.n++;
    p->range.begin = part.range.end;
    return tell(p, REPORT_PART, &part, err);
}

/* One piece; the line it starts with is in the spool, unless at the end. */
static bool one(struct pipe *p, struct err *err)
{
    bool again;

    do {
        if (!ask(p, err) || !recognise(p, err))
            return false;
        if (p->match)
            return known(p, err);
        if (!claim(p, &again, err))
            return false;
        if (again) {
            clock_sleep(BUSY_SECONDS);
            if (!worker_beat(p->worker, p->order, NULL))
                return err_set(err, ERR_STOPPED, "stopped");
        }
    } while (again);
    if (load(p, err))
        return true;
    ledger_abandon(p->worker->pg);
    return false;
}

/* The pipe ended exactly where a piece did: the ledger is to know that
 * nothing follows, unless it knows better. */
static bool close_stream(struct pipe *p, struct err *err)
{
    bool again;

    if (p->closed || !p->source.id)
        return true;
    if (!ask(p, err))
        return false;
    if (p->pieces->n)
        return true;
    if (!claim(p, &again, err))
        return false;
    if (again || load(p, err))
        return true;
    ledger_abandon(p->worker->pg);
    return false;
}

/* What the pipe starts with must be results; a cut first line may be. */
static bool fit(struct pipe *p, struct err *err)
{
    struct chunk chunk;
    struct slice words;
    enum sniff sniff;

    p->worker->consumed = true;
    if (!lines_peek(&p->lines, &chunk, err))
        return false;
    if (slice_find(chunk.bytes, '\n') == chunk.bytes.len && !chunk.last)
        return true;
    sniff = envelope_sniff(slice_take(chunk.bytes, FILE_HEAD_MAX), chunk.last,
                           &p->worker->loader.line);
    arena_rewind(&p->worker->loader.line, 0);
    if (sniff == SNIFF_RESULTS || sniff == SNIFF_EMPTY)
        return true;
    words = sniff_words(sniff);
    return err_set(err, ERR_USAGE, "%.*s", (int)words.len, words.ptr);
}

static bool all(struct pipe *p, struct reader *reader, struct err *err)
{
    struct lines_part part = {0, UINT64_MAX, p->worker->set->max_line};

    spool_clear(p);
    if (!lines_open(&p->lines, reader, part, &p->worker->range, err) ||
        !fit(p, err))
        return false;
    while (!p->ended) {
        if (!p->n_spooled && !spool_line(p, err))
            return false;
        if (p->n_spooled && !one(p, err))
            return false;
    }
    return close_stream(p, err);
}

bool pipe_load(struct worker *w, const struct order *o, struct report *out,
               struct err *err)
{
    struct pipe p = {.worker = w, .order = o};
    struct reader *reader;
    bool ok;

    p.pouring = (struct pouring){
        .worker = w,
        .order = o,
        .lines = &p.lines,
        .limit = UINT64_MAX,
    };
    p.pieces = arena_new(&w->range, 1, struct stream_pieces);
    if (!p.pieces)
        return err_set(err, ERR_MEMORY, "no room for a stream's pieces");
    if (!arena_open(&p.spool, SPOOL_BYTES + 2 * w->set->max_line + (1 << 20),
                    err))
        return false;
    ok = reader_open(o->u.path, &reader, err);
    if (ok) {
        ok = all(&p, reader, err);
        reader_close(reader);
    }
    arena_close(&p.spool);
    out->kind = REPORT_DONE;
    out->range = o->range;
    return ok;
}
