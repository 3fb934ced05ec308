/* worker.c - see worker.h. */
#include "importer/run/worker.h"

#include "importer/pg/pg.h"
#include "importer/run/clerk.h"
#include "importer/run/packed_load.h"
#include "importer/run/pipe_load.h"
#include "importer/run/range_load.h"
#include "importer/sys/clock.h"
#include "importer/sys/proc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PAUSE_FIRST 0.25 /* seconds before the second try */
#define PAUSE_MAX   8.0
#define RANGE_SLACK ((size_t)64 << 20) /* arena beside the line cutter's */
#define IDS_MAX     ((size_t)1 << 20)  /* sources of one run */

/* --- talking -------------------------------------------------------------*/

bool worker_tell(struct worker *w, const struct report *r, struct err *err)
{
    if (report_send(w->fd, r, err))
        return true;
    w->stop = w->unheard = true;
    return err_set(err, ERR_STOPPED, "the supervisor is gone");
}

void worker_say(struct worker *w, const char *fmt, ...)
{
    struct report r = {.kind = REPORT_SAY};
    struct err err;
    va_list args;

    va_start(args, fmt);
    vsnprintf(r.u.words, sizeof(r.u.words), fmt, args);
    va_end(args);
    (void)!worker_tell(w, &r, &err); /* w->stop is set */
}

/* Has the supervisor anything to say while an order is carried out?  It can
 * only be STOP or the end of everything. */
static void listen(struct worker *w, double seconds)
{
    struct order order;
    struct err err;
    bool end = false;

    if (!wire_waits(w->fd, seconds))
        return;
    if (order_receive(w->fd, &order, &end, &err) && !end)
        DEMAND(order.kind == ORDER_STOP);
    w->stop = true;
}

bool worker_beat(struct worker *w, const struct order *o,
                 const struct tally *tally)
{
    double now = clock_seconds();

    if (now - w->beat_at < BEAT_SECONDS)
        return !w->stop;
    w->beat_at = now;
    listen(w, 0);
    if (!w->stop && o && tally) {
        struct report r = {
            .kind = REPORT_TALLY,
            .file = o->file,
            .tally = *tally,
        };
        struct err err;

        (void)!worker_tell(w, &r, &err);
    }
    return !w->stop;
}

/* --- one order -----------------------------------------------------------*/

static bool connected(struct worker *w, struct err *err)
{
    if (w->set->nowhere || (w->pg && pg_alive(w->pg)))
        return true;
    pg_close(w->pg);
    w->pg = NULL;
    return pg_open(w->set->conninfo, "import", &w->pg, err);
}

static bool carry_out(struct worker *w, const struct order *o,
                      struct report *out, struct err *err)
{
    arena_rewind(&w->range, 0);
    *out = (struct report){.file = o->file};
    switch (o->kind) {
    case ORDER_PREPARE: return clerk_prepare(w, o, out, err);
    case ORDER_UNFINISHED: return clerk_unfinished(w, out, err);
    case ORDER_OPEN: return clerk_open(w, o, out, err);
    case ORDER_RANGE: return clerk_table(w, err) && range_load(w, o, out, err);
    case ORDER_STREAM:
        if (o->source.kind == SOURCE_STREAM)
            return pipe_load(w, o, out, err);
        return clerk_table(w, err) && packed_load(w, o, out, err);
    case ORDER_SETTLE: return clerk_settle(w, o, out, err);
    case ORDER_FINISH: return clerk_finish(w, out, err);
    case ORDER_VERIFY: return clerk_verify(w, o, out, err);
    case ORDER_SOURCES:
    case ORDER_STOP: break;
    }
    DEMAND(false);
    return false;
}

/* Carry out; again after a pause when the reason may pass. */
static bool with_patience(struct worker *w, const struct order *o,
                          struct report *out, struct err *err)
{
    double patience = w->set->patience, since = 0;
    double pause = PAUSE_FIRST < patience / 4 ? PAUSE_FIRST : patience / 4;

    for (;;) {
        if (connected(w, err) && carry_out(w, o, out, err))
            return true;
        if (err->code != ERR_RETRY || w->stop || w->consumed)
            return false;
        if (w->pg)
            pg_rollback(w->pg);
        if (since == 0) {
            since = clock_seconds();
            worker_say(w, "%s; trying again for up to %g seconds", err->text,
                       patience);
        }
        if (clock_seconds() - since + pause > patience)
            return false;
        listen(w, pause);
        if (w->stop)
            return err_set(err, ERR_STOPPED, "stopped");
        pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
    }
}

/* Which closing report a failure becomes. */
static enum report_kind failed(const struct order *o, const struct err *err)
{
    bool of_file = o->kind != ORDER_PREPARE && o->kind != ORDER_UNFINISHED &&
                   o->kind != ORDER_FINISH;

    if (err->code == ERR_STOPPED)
        return REPORT_RETURNED;
    if (of_file && (err->code == ERR_IO || err->code == ERR_USAGE))
        return REPORT_REFUSED;
    return REPORT_FAILED;
}

static void obey(struct worker *w, const struct order *o)
{
    struct report report;
    struct err err = {0};

    w->stop = w->consumed = false;
    w->doubt = o->doubt;
    if (!with_patience(w, o, &report, &err)) {
        report.kind = failed(o, &err);
        report.err = err;
    }
    report.file = o->file;
    (void)!worker_tell(w, &report, &err);
}

/* --- life ----------------------------------------------------------------*/

static void note_sources(struct worker *w, const struct order *o)
{
    DEMAND(o->n_ids <= WIRE_IDS && w->n_ids + o->n_ids <= IDS_MAX);
    memcpy(w->ids + w->n_ids, o->u.ids, o->n_ids * sizeof(*w->ids));
    w->n_ids += o->n_ids;
}

static bool equip(struct worker *w, struct err *err)
{
    const struct import_setup *set = w->set;
    size_t all = loader_room(set) + IDS_MAX * sizeof(*w->ids) + 4096;

    if (!arena_open(&w->all, all, err) ||
        !arena_open(&w->range, 2 * set->max_line + RANGE_SLACK, err))
        return false;
    w->ids = arena_room(&w->all, IDS_MAX, sizeof(*w->ids), _Alignof(int64_t));
    if (!w->ids)
        return err_set(err, ERR_MEMORY, "no room for source numbers");
    return loader_open(&w->loader, set, &w->all, err);
}

static void serve(struct worker *w)
{
    struct order order;
    struct err err;
    bool end;

    /* Unheard, it ends: the supervisor would wait for its report for ever. */
    while (!w->unheard && order_receive(w->fd, &order, &end, &err) && !end) {
        switch (order.kind) {
        case ORDER_STOP: break; /* it came when all was done */
        case ORDER_SOURCES: note_sources(w, &order); break;
        case ORDER_FINISH:
            obey(w, &order);
            w->n_ids = 0;
            break;
        default: obey(w, &order);
        }
    }
}

int worker_main(int fd, void *ctx)
{
    const struct worker_setup *setup = ctx;
    struct worker w = {.fd = fd, .set = setup->set, .run = setup->run};
    struct report report = {.kind = REPORT_FAILED};

    if (!equip(&w, &report.err)) {
        (void)!report_send(fd, &report, &report.err);
        return 1;
    }
    serve(&w);
    loader_close(&w.loader);
    arena_close(&w.range);
    arena_close(&w.all);
    pg_close(w.pg);
    return 0;
}
