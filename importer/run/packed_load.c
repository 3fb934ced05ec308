/* packed_load.c - see packed_load.h. */
#include "importer/run/packed_load.h"

#include "importer/run/lines.h"
#include "importer/run/pour.h"
#include "importer/run/range_load.h"
#include "importer/sys/reader.h"

struct packed {
    struct worker *worker;
    const struct order *order;
    struct lines lines;
    struct pouring pouring;
    struct range range; /* that comes next */
    uint64_t loaded;    /* lines, for --limit */
    bool ended;         /* no more lines, or as many as were wanted */
};

static bool keep_missing(void *ctx, const struct range *missing)
{
    struct packed *p = ctx;

    p->range = *missing;
    return true;
}

static bool tell_part(struct packed *p, enum report_kind kind,
                      struct report *part, struct err *err)
{
    part->kind = kind;
    part->file = p->order->file;
    return worker_tell(p->worker, part, err);
}

/* Where does the ledger say that reading goes on?  A commit whose answer got
 * lost shows here: then its lines are ours and counted. */
static bool resume(struct packed *p, bool *missing, struct err *err)
{
    struct ledger_visit visit = {.each = keep_missing, .ctx = p};
    struct doubt *d = &p->worker->doubt;
    struct report part = {.range = d->range, .tally = d->tally};
    struct ledger_look look;

    if (!ledger_missing(p->worker->pg, &p->order->source, &visit, &look, err))
        return false;
    *missing = look.n_missing > 0;
    if (!d->open || d->range.source != p->order->source.id ||
        (*missing && p->range.begin < d->range.end))
        return true;
    d->open = false;
    return tell_part(p, REPORT_PART, &part, err);
}

/* Read on to a line border that the ledger names. */
static bool skip_to(struct packed *p, uint64_t to, struct err *err)
{
    switch (pour_away(&p->pouring, to, err)) {
    case POURED_BORDER: break;
    case POURED_FAILED: return false;
    case POURED_STOPPED: return err_set(err, ERR_STOPPED, "stopped");
    default:
        return err_set(err, ERR_IO,
                       "%s: its content ends before byte %llu, up to which it "
                       "was loaded",
                       p->order->u.path, (unsigned long long)to);
    }
    return lines_end(&p->lines) == to ||
           err_set(err, ERR_IO,
                   "%s: no line starts at byte %llu, where loading goes on; "
                   "its content has changed",
                   p->order->u.path, (unsigned long long)to);
}

static void next_range(struct packed *p, uint64_t at)
{
    uint64_t bytes = p->order->source.range_bytes;

    p->range.n = at / bytes;
    p->range.begin = p->range.hash_from = at;
    p->range.end = (p->range.n + 1) * bytes;
}

/* The claimed range, inside the transaction. */
static bool load(struct packed *p, const struct poison *poison, struct err *err)
{
    struct worker *w = p->worker;
    struct pour_end end = {
        .source = &p->order->source,
        .range = &p->range,
        .first = p->range.begin,
    };
    struct report part = {0};
    bool ours;

    if (!skip_to(p, p->range.hash_from, err))
        return false;
    lines_hash_restart(&p->lines);
    if (!skip_to(p, p->range.begin, err))
        return false;
    loader_begin(&w->loader, w->pg, p->order->source.id, NULL);
    w->loader.poison = poison->at;
    w->loader.n_poison = poison->n;
    p->pouring.border = p->range.end;
    if (p->order->limit != UINT64_MAX)
        p->pouring.limit = p->order->limit - p->loaded;
    end.how = pour(&p->pouring, err);
    if (end.how == POURED_FAILED)
        return false;
    if (end.how == POURED_STOPPED)
        return err_set(err, ERR_STOPPED, "stopped");
    if (!pour_commit(&p->pouring, &end, &part, &ours, err))
        return false;
    p->loaded += part.tally.lines;
    p->ended = end.how == POURED_END || end.how == POURED_LIMIT;
    next_range(p, part.range.end);
    return tell_part(p, REPORT_PART, &part, err);
}

/* One range. *busy: somebody else is loading it. */
static bool one(struct packed *p, const struct poison *poison, bool *busy,
                struct err *err)
{
    struct report known = {0};
    enum claim claim;

    *busy = false;
    if (!ledger_claim(p->worker->pg, &p->order->source, &p->range, &claim, err))
        return false;
    switch (claim) {
    case CLAIM_BUSY: *busy = true; return true;
    case CLAIM_WHOLE:
        known.range = p->range;
        next_range(p, known.range.end);
        return skip_to(p, known.range.end, err) &&
               tell_part(p, REPORT_KNOWN, &known, err);
    case CLAIM_OURS: break;
    }
    if (load(p, poison, err))
        return true;
    ledger_abandon(p->worker->pg);
    return false;
}

static bool all(struct packed *p, struct reader *reader, struct report *out,
                struct err *err)
{
    const struct order *o = p->order;
    struct poison poison;
    struct lines_part part = {0, UINT64_MAX, p->worker->set->max_line};
    bool missing, busy;

    out->kind = REPORT_DONE;
    if (!poison_find(p->worker, o, &poison, err) || !resume(p, &missing, err))
        return false;
    if (!missing)
        return true;
    if (!lines_open(&p->lines, reader, part, &p->worker->range, err))
        return false;
    while (!p->ended) {
        if (!one(p, &poison, &busy, err))
            return false;
        if (busy) {
            out->kind = REPORT_BUSY;
            return true;
        }
    }
    return true;
}

bool packed_load(struct worker *w, const struct order *o, struct report *out,
                 struct err *err)
{
    struct packed p = {.worker = w, .order = o};
    struct reader *reader;
    bool ok;

    p.pouring = (struct pouring){
        .worker = w,
        .order = o,
        .lines = &p.lines,
        .limit = UINT64_MAX,
    };
    if (!reader_open(o->u.path, &reader, err))
        return false;
    ok = all(&p, reader, out, err);
    reader_close(reader);
    out->range = o->range;
    return ok;
}
