/* range_load.c - see range_load.h. */
#include "importer/run/range_load.h"

#include "importer/run/lines.h"
#include "importer/run/narrow.h"
#include "importer/run/pour.h"
#include "importer/sys/files.h"
#include "importer/sys/reader.h"

static bool go_on(void *ctx)
{
    return worker_beat(ctx, NULL, NULL);
}

bool poison_find(struct worker *w, const struct order *o, struct poison *out,
                 struct err *err)
{
    struct narrow in = {
        .path = o->u.path,
        .begin = o->range.begin,
        .end = o->kind == ORDER_RANGE ? o->range.end : UINT64_MAX,
        .loader = &w->loader,
        .range = &w->range,
        .go_on = go_on,
        .ctx = w,
    };

    *out = (struct poison){0};
    if (!o->suspect)
        return true;
    loader_begin(&w->loader, NULL, o->source.id, o->u.path);
    if (!narrow_find(&in, &out->at, &out->n, err))
        return err_while(err, "looking for the line that kills workers");
    for (size_t i = 0; i < out->n; i++)
        worker_say(w,
                   "%s: the line at byte %llu kills its reader; it becomes "
                   "a reject (line.crash)",
                   o->u.path, (unsigned long long)out->at[i]);
    return true;
}

/* The file must still be as long as it was when it was identified. */
static bool long_enough(const struct order *o, const struct range *range,
                        const struct lines *lines, struct err *err)
{
    uint64_t need =
        range->end < o->source.length ? range->end : o->source.length;

    return lines_end(lines) >= need ||
           err_set(err, ERR_IO,
                   "%s became shorter while it was read: %llu bytes are left "
                   "of %llu; run decant again when it is complete",
                   o->u.path, (unsigned long long)lines_end(lines),
                   (unsigned long long)o->source.length);
}

/* Inside the transaction. False: it has to be abandoned. */
static bool load(struct worker *w, const struct order *o, struct reader *reader,
                 const struct range *range, struct report *out)
{
    struct lines lines;
    struct pouring pouring = {
        .worker = w,
        .order = o,
        .lines = &lines,
        .border = UINT64_MAX,
        .limit = o->limit,
    };
    struct pour_end end = {.source = &o->source, .range = range};
    struct lines_part part = {range->begin, range->end, w->set->max_line};
    bool ours;

    if (!lines_open(&lines, reader, part, &w->range, &out->err))
        return false;
    if (range->hash_from < range->begin &&
        !file_hash_feed(o->u.path, range->hash_from, range->begin,
                        &lines.hasher, &out->err))
        return false;
    end.how = pour(&pouring, &out->err);
    if (end.how == POURED_FAILED)
        return false;
    if (end.how == POURED_STOPPED)
        return err_set(&out->err, ERR_STOPPED, "stopped");
    if (end.how == POURED_END && !long_enough(o, range, &lines, &out->err))
        return false;
    end.first = lines_start(&lines);
    return pour_commit(&pouring, &end, out, &ours, &out->err);
}

static bool load_claimed(struct worker *w, const struct order *o,
                         const struct range *range, const struct poison *poison,
                         struct report *out)
{
    struct reader *reader;
    bool ok;

    if (!reader_open(o->u.path, &reader, &out->err))
        return false;
    loader_begin(&w->loader, w->pg, o->source.id, o->u.path);
    w->loader.poison = poison->at;
    w->loader.n_poison = poison->n;
    ok = load(w, o, reader, range, out);
    reader_close(reader);
    return ok;
}

/* The range is loaded, not by this order's transaction: by ours, whose
 * answer got lost, or by somebody else. */
static void whole(struct worker *w, const struct range *range,
                  struct report *out)
{
    const struct doubt *d = &w->doubt;

    out->range = *range;
    out->kind = REPORT_WHOLE;
    if (d->open && d->range.source == range->source && d->range.n == range->n &&
        d->range.end == range->end) {
        out->kind = REPORT_DONE;
        out->tally = d->tally;
    }
}

bool range_load(struct worker *w, const struct order *o, struct report *out,
                struct err *err)
{
    struct range range = o->range;
    struct poison poison;
    enum claim claim;

    if (!poison_find(w, o, &poison, err) ||
        !ledger_claim(w->pg, &o->source, &range, &claim, err))
        return false;
    switch (claim) {
    case CLAIM_BUSY: out->kind = REPORT_BUSY; return true;
    case CLAIM_WHOLE: whole(w, &range, out); return true;
    case CLAIM_OURS: break;
    }
    w->doubt.open = false;
    out->kind = REPORT_DONE;
    if (load_claimed(w, o, &range, &poison, out))
        return true;
    *err = out->err;
    ledger_abandon(w->pg);
    return false;
}
