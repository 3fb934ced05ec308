/*
 * reports.c - what comes back from the workers, into the agenda.
 */
#include "importer/run/supervisor.h"

#include "importer/sys/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void supervisor_halt(struct supervisor *s, enum halt why, const struct err *err)
{
    if (s->halt == HALT_NONE)
        s->halted = clock_seconds();
    if (why > s->halt && s->halt != HALT_SIGNAL)
        s->halt = why;
    if (why == HALT_FAILED && s->err.code == ERR_NONE)
        s->err = *err;
}

static void failed(struct supervisor *s, const struct err *err)
{
    supervisor_halt(s, HALT_FAILED, err);
}

static void out_of_memory(struct supervisor *s)
{
    struct err err;

    err_set(&err, ERR_MEMORY,
            "too many ranges for one run; use a larger --range-bytes or "
            "fewer files");
    failed(s, &err);
}

/* --- limits --------------------------------------------------------------*/

static void check_rejects(struct supervisor *s)
{
    const struct reject_limit *limit = &s->set->reject_limit;
    const struct tally *t = &s->agenda.committed;
    double percent =
        t->lines ? 100.0 * (double)t->rejects / (double)t->lines : 0;

    if (s->halt != HALT_NONE)
        return;
    if (t->rejects > limit->lines) {
        log_say(LOG_LEVEL_ERROR, "limit.rejects",
                "%" PRIu64 " rejects are more than --reject-limit %" PRIu64
                "; what is loaded stays",
                t->rejects, limit->lines);
        supervisor_halt(s, HALT_LIMIT, NULL);
    } else if (t->lines >= PERCENT_FROM && percent > limit->percent) {
        log_say(LOG_LEVEL_ERROR, "limit.rejects",
                "%.1f %% rejects are more than --reject-limit %g%%; what is "
                "loaded stays",
                percent, limit->percent);
        supervisor_halt(s, HALT_LIMIT, NULL);
    }
}

/* --- files ---------------------------------------------------------------*/

PRINTF_LIKE(2, 3)
static const char *add_note(struct supervisor *s, const char *fmt, ...)
{
    char words[FILE_PATH_MAX + 64];
    va_list args;

    va_start(args, fmt);
    vsnprintf(words, sizeof(words), fmt, args);
    va_end(args);
    return arena_copy(s->run, slice_of(words, strlen(words) + 1)).ptr;
}

/* What the ledger told about a file that the user may not expect. */
static const char *note_of(struct supervisor *s, const struct todo *t)
{
    const struct source *source = &t->source;

    if (source->reprofiled)
        return add_note(s,
                        "profile %.200s has changed since it was loaded; what "
                        "is loaded stays as it is",
                        source->profile);
    if (source->extended)
        return "has grown since it was loaded; only the rest is new";
    if (source->replaced)
        return "another content was loaded from this path before; this one "
               "is new";
    if (!source->known || !source->renamed_from[0])
        return NULL;
    return add_note(s, "known already, as %s", source->renamed_from);
}

static void opened(struct supervisor *s, const struct report *r)
{
    struct todo *t = &s->agenda.todos[r->file];
    struct log_field field = {.key = "path", .text = t->report.path};

    const struct todo *twin = agenda_twin(&s->agenda, r->file);

    agenda_opened(&s->agenda, r->file, &r->look);
    if (twin)
        agenda_same(&s->agenda, r->file);
    t->report.note =
        twin ? add_note(s, "the same content as %s", twin->report.path)
             : note_of(s, t);
    if (t->report.note)
        log_tell(&(struct log_event){LOG_LEVEL_INFO, "file.note", &field, 1},
                 "%s: %s", t->report.path, t->report.note);
}

static void refused(struct supervisor *s, struct hand *h,
                    const struct report *r)
{
    struct todo *t = &s->agenda.todos[r->file];
    struct log_field field = {.key = "path", .text = t->report.path};

    bool named = strstr(r->err.text, t->report.path) != NULL;

    log_tell(&(struct log_event){LOG_LEVEL_ERROR, "file.refused", &field, 1},
             "%s%s%s", named ? "" : t->report.path, named ? "" : ": ",
             r->err.text);
    if (h->piece)
        agenda_drop(&s->agenda, h->piece);
    agenda_refused(&s->agenda, r->file, r->err.text);
}

/* --- the end -------------------------------------------------------------*/

static void finished(struct supervisor *s, const struct report *r)
{
    const struct ledger_end *end = &r->u.end;

    s->keys = r->u.keys;
    s->twice = r->u.twice;
    if (!end->balanced) {
        s->unbalanced = true;
        log_say(LOG_LEVEL_ERROR, "books.unbalanced",
                "the books of %s do not balance: %s", end->unbalanced,
                end->words);
    }
    if (end->indexes_busy)
        log_say(LOG_LEVEL_INFO, "indexes.busy",
                "another import is building the indexes");
    s->next = 0;
    s->lost = false;
    if (s->halt != HALT_NONE)
        s->phase = PHASE_OVER;
    else
        s->phase = end->incomplete ? PHASE_SETTLING : PHASE_VERIFYING;
}

static void verified(struct supervisor *s, const struct report *r)
{
    const struct ledger_proof *proof = &r->u.proof;
    const char *path = s->agenda.todos[r->file].report.path;

    if (proof->same) {
        log_say(LOG_LEVEL_INFO, "verify.same",
                "%s: %" PRIu64 " ranges, %" PRIu64 " bytes: the same", path,
                proof->ranges, proof->bytes);
        return;
    }
    s->unbalanced = true;
    log_say(LOG_LEVEL_ERROR, "verify.differs",
            "%s: bytes %" PRIu64 " to %" PRIu64
            " are not those that were loaded",
            path, proof->begin, proof->end);
    s->agenda.todos[r->file].report.note =
        "its bytes are not those that were loaded";
}

/* --- messages ------------------------------------------------------------*/

static void take_missing(struct supervisor *s, const struct hand *h,
                         const struct report *r)
{
    if (h->doing == ORDER_SETTLE)
        s->lost |= agenda_lost(&s->agenda, r->file, &r->range, r->count);
    else if (!agenda_missing(&s->agenda, r->file, &r->range, r->count))
        out_of_memory(s);
}

static void take_found(struct supervisor *s, const struct report *r)
{
    if (!agenda_add(&s->agenda, r->u.words, false, 0))
        out_of_memory(s);
}

/* Messages after which the order goes on. */
static void take_part(struct supervisor *s, struct hand *h,
                      const struct report *r)
{
    switch (r->kind) {
    case REPORT_FOUND: take_found(s, r); break;
    case REPORT_SOURCE: agenda_source(&s->agenda, r->file, &r->source); break;
    case REPORT_MISSING: take_missing(s, h, r); break;
    case REPORT_TALLY: h->live = r->tally; break;
    case REPORT_DOUBT:
        if (h->piece)
            h->piece->doubt = (struct doubt){true, r->range, r->tally};
        break;
    case REPORT_PART:
        h->live = (struct tally){0};
        agenda_touch(&s->agenda, r->file, r->range.source);
        agenda_part(&s->agenda, h->piece, &r->tally);
        check_rejects(s);
        break;
    case REPORT_KNOWN:
        agenda_touch(&s->agenda, r->file, r->range.source);
        agenda_known(&s->agenda, r->file, r->range.end - r->range.begin,
                     r->count);
        break;
    case REPORT_FINDING:
        if (s->n_findings < FINDINGS_MAX)
            s->findings[s->n_findings++] = r->u.finding;
        break;
    case REPORT_SAY:
        log_say(LOG_LEVEL_WARN, "worker.say", "%s", r->u.words);
        break;
    default: DEMAND(false);
    }
}

/* Orders of these phases are handed out anew from the start. */
static bool of_phase(enum order_kind kind)
{
    return kind == ORDER_FINISH || kind == ORDER_SETTLE ||
           kind == ORDER_VERIFY || kind == ORDER_UNFINISHED;
}

/* An order came back without having been carried out. */
static void returned(struct supervisor *s, struct hand *h)
{
    if (h->doing == ORDER_OPEN)
        agenda_unopened(&s->agenda, h->file);
    else if (h->piece)
        agenda_return(&s->agenda, h->piece);
    else if (of_phase(h->doing))
        s->next = 0;
}

/* Has anybody but this one a connection? */
static bool others_prepared(const struct supervisor *s, const struct hand *h)
{
    for (size_t i = 0; i < s->crew.count; i++) {
        const struct hand *other = &s->crew.hands[i];

        if (other != h &&
            (other->state == HAND_IDLE ||
             (other->state == HAND_BUSY && other->doing != ORDER_PREPARE)))
            return true;
    }
    return false;
}

static void take_failed(struct supervisor *s, struct hand *h,
                        const struct report *r)
{
    returned(s, h);
    /* A server with few connections left must not end what those do. */
    if (h->doing == ORDER_PREPARE && s->prepared && r->err.code == ERR_RETRY &&
        others_prepared(s, h))
        log_say(LOG_LEVEL_WARN, "worker.waits",
                "a worker has no connection yet; the others go on");
    else
        failed(s, &r->err);
}

/* Messages that close an order. */
static void take_closing(struct supervisor *s, struct hand *h,
                         const struct report *r)
{
    switch (r->kind) {
    case REPORT_READY:
        s->prepared = true;
        snprintf(s->where, sizeof(s->where), "%.255s", r->u.words);
        break;
    case REPORT_LISTED: s->phase = PHASE_LOADING; break;
    case REPORT_OPENED: opened(s, r); break;
    case REPORT_DONE:
        agenda_done(&s->agenda, h->piece, &r->range, &r->tally);
        check_rejects(s);
        break;
    case REPORT_WHOLE: agenda_whole(&s->agenda, h->piece); break;
    case REPORT_BUSY: agenda_elsewhere(&s->agenda, h->piece); break;
    case REPORT_RETURNED: returned(s, h); break;
    case REPORT_SETTLED: break;
    case REPORT_FINISHED: finished(s, r); break;
    case REPORT_VERIFIED: verified(s, r); break;
    case REPORT_REFUSED: refused(s, h, r); break;
    case REPORT_FAILED: take_failed(s, h, r); break;
    default: DEMAND(false);
    }
}

void reports_take(struct supervisor *s, struct hand *h, const struct report *r)
{
    if (!report_closes(r->kind)) {
        take_part(s, h, r);
        return;
    }
    if (h->state == HAND_FRESH) { /* it could not even start */
        failed(s, &r->err);
        return;
    }
    take_closing(s, h, r);
    crew_idle(h);
    if (r->kind == REPORT_FAILED)
        h->state = HAND_FRESH; /* to be prepared again, if anything */
}

/* --- deaths --------------------------------------------------------------*/

/* A pipe's bytes went down with its reader. */
static void pipe_died(struct supervisor *s, struct hand *h, const char *words)
{
    struct report r = {.file = h->file};

    err_set(&r.err, ERR_IO,
            "the worker that read it %s; run decant again with the whole "
            "stream, or save it in a file first",
            words);
    refused(s, h, &r);
}

static void died_busy(struct supervisor *s, struct hand *h, const char *words)
{
    struct todo *t = &s->agenda.todos[h->file];
    bool hopeless = false;
    struct err err;

    if (h->piece && t->pipe) {
        pipe_died(s, h, words);
        return;
    }
    log_say(LOG_LEVEL_WARN, "worker.died",
            "a worker %s; what it had in hand is handed out again", words);
    if (h->piece)
        hopeless = !agenda_died(&s->agenda, h->piece);
    else if (h->doing == ORDER_OPEN)
        hopeless = !agenda_open_died(&s->agenda, h->file);
    else
        hopeless = ++s->deaths >= DEATHS_MAX;
    if (!hopeless)
        return;
    err_set(&err, ERR_IO, "%d workers died of the same work (%s: last %s)",
            DEATHS_MAX, t->report.path, words);
    failed(s, &err);
}

void reports_death(struct supervisor *s, struct hand *h)
{
    struct hand dead = *h;
    char words[PROC_WORDS];
    struct proc_end end;
    struct err err;

    proc_kill(&h->child); /* it may only have closed its end */
    crew_bury(h, &end);
    proc_words(end, words);
    if (dead.state == HAND_BUSY) {
        died_busy(s, &dead, words);
    } else if (s->halt == HALT_NONE && ++s->deaths >= DEATHS_MAX) {
        err_set(&err, ERR_IO, "workers keep dying at rest (last one %s)",
                words);
        failed(s, &err);
    }
    if (dead.state != HAND_BUSY || s->halt != HALT_NONE)
        return;
    if (of_phase(dead.doing))
        s->next = 0;
}
