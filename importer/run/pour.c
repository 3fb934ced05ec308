/* pour.c - see pour.h. */
#include "importer/run/pour.h"

static uint64_t live_bytes(const struct pouring *p, uint64_t from)
{
    return lines_end(p->lines) - from;
}

enum poured pour(const struct pouring *p, struct err *err)
{
    struct loader *loader = &p->worker->loader;
    uint64_t from = lines_end(p->lines);
    struct line line;

    while (lines_end(p->lines) < p->border) {
        if (loader->tally.lines >= p->limit)
            return POURED_LIMIT;
        switch (lines_next(p->lines, &line, err)) {
        case LINES_READY: break;
        case LINES_DONE: return POURED_END;
        case LINES_FAILED: return POURED_FAILED;
        }
        if (!loader_line(loader, &line, err))
            return POURED_FAILED;
        if (p->watch && p->watch(p->ctx))
            return POURED_WATCHED;
        loader->tally.bytes = live_bytes(p, from);
        if (!worker_beat(p->worker, p->order, &loader->tally))
            return POURED_STOPPED;
    }
    return POURED_BORDER;
}

enum poured pour_away(const struct pouring *p, uint64_t to, struct err *err)
{
    struct line line;

    while (lines_end(p->lines) < to) {
        switch (lines_next(p->lines, &line, err)) {
        case LINES_READY: break;
        case LINES_DONE: return POURED_END;
        case LINES_FAILED: return POURED_FAILED;
        }
        if (!worker_beat(p->worker, p->order, NULL))
            return POURED_STOPPED;
    }
    return POURED_BORDER;
}

/* From here on we may die or lose the connection and yet have committed. */
static bool tell_doubt(const struct pouring *p, const struct report *of,
                       struct err *err)
{
    struct report r = {
        .kind = REPORT_DOUBT,
        .file = p->order->file,
        .range = of->range,
        .tally = of->tally,
    };

    p->worker->doubt = (struct doubt){true, of->range, of->tally};
    return worker_tell(p->worker, &r, err);
}

bool pour_commit(const struct pouring *p, const struct pour_end *end,
                 struct report *out, bool *ours, struct err *err)
{
    struct worker *w = p->worker;
    struct tally *tally = &w->loader.tally;
    struct load load = {
        .range = *end->range,
        .first = end->first,
        .end = lines_end(p->lines),
        .hash = lines_hash(p->lines),
        .last = end->how == POURED_END,
        .run = w->run,
    };

    if (!loader_flush(&w->loader, err))
        return false;
    tally->bytes = load.end - load.first;
    load.open = tally->lines > 0 && lines_torn(p->lines);
    load.open_at = load.open ? lines_last(p->lines) : 0;
    load.counts = (struct counts){
        .bytes = tally->bytes,
        .lines = tally->lines,
        .rows = tally->rows,
        .rejects = tally->rejects,
        .blanks = tally->blanks,
        .repaired = tally->repaired,
        .typed_rows = tally->typed_rows,
    };
    out->range = load.range;
    out->range.end = load.end;
    out->tally = *tally;
    DEMAND(tally_balanced(tally));
    if (!tell_doubt(p, out, err))
        return false;
    if (!ledger_commit(w->pg, end->source, &load, ours, err))
        return false;
    w->doubt.open = false;
    return true;
}
