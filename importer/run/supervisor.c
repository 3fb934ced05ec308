/*
 * supervisor.c - the parent process of an import: hand out, listen, draw.
 *
 * One loop.  Each turn hands orders to idle workers, waits until a worker
 * speaks, ends or a signal comes, takes what there is, and draws.  It reads
 * no file and holds no connection, so nothing here can block for long.
 */
#include "importer/run/supervisor.h"

#include "importer/sys/log.h"
#include "importer/sys/signals.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TURN_MS       100
#define RETRY_SECONDS 1.0 /* between looks at ranges busy elsewhere */
#define GRACE_SECONDS 1.0 /* for running ranges after the first signal */
#define KILL_SECONDS  4.0 /* then their workers are killed, which is safe */

/* --- handing out ---------------------------------------------------------*/

static struct hand *idle_hand(struct supervisor *s)
{
    for (size_t i = 0; i < s->crew.count; i++) {
        if (s->crew.hands[i].state == HAND_IDLE)
            return &s->crew.hands[i];
    }
    return NULL;
}

/* The first worker alone brings the tables up to date; then the others
 * connect. */
static void prepare(struct supervisor *s)
{
    for (size_t i = 0; i < s->crew.count; i++) {
        struct order order = {.kind = ORDER_PREPARE, .first = !s->prepared};

        if (s->crew.hands[i].state == HAND_FRESH &&
            (s->prepared || !crew_busy(&s->crew)))
            crew_order(&s->crew.hands[i], &order, NULL);
    }
}

static void hand_out_list(struct supervisor *s, struct hand *h)
{
    struct order order = {.kind = ORDER_UNFINISHED};

    if (s->next)
        return;
    s->next = 1;
    crew_order(h, &order, NULL);
}

static void announce_wait(struct supervisor *s, double now)
{
    if (s->waited == 0)
        log_say(LOG_LEVEL_INFO, "ranges.busy",
                "%llu ranges are being loaded by another decant; waiting",
                (unsigned long long)agenda_busy(&s->agenda));
    s->waited = now;
}

static void hand_out_work(struct supervisor *s)
{
    struct hand *h;

    while ((h = idle_hand(s))) {
        struct order order = {0};
        struct piece *piece;
        double now = clock_seconds();

        switch (agenda_next(&s->agenda, &order, &piece)) {
        case AGENDA_ORDER: crew_order(h, &order, piece); break;
        case AGENDA_WAIT: return;
        case AGENDA_LATER:
            if (s->waited != 0 && now - s->waited < RETRY_SECONDS)
                return;
            announce_wait(s, now);
            agenda_retry(&s->agenda);
            break;
        case AGENDA_EMPTY:
            s->next = 0;
            s->phase = s->set->dry_run || s->set->nowhere ? PHASE_OVER
                                                          : PHASE_FINISHING;
            return;
        }
    }
}

static void add_source(struct hand *h, struct order *ids, int64_t source)
{
    if (source > 0)
        ids->u.ids[ids->n_ids++] = source;
    if (ids->n_ids == WIRE_IDS) {
        crew_order(h, ids, NULL);
        ids->n_ids = 0;
    }
}

static void hand_out_finish(struct supervisor *s, struct hand *h)
{
    struct order ids = {.kind = ORDER_SOURCES};
    struct order order = {.kind = ORDER_FINISH};

    if (s->next || crew_working(&s->crew))
        return;
    s->next = 1;
    s->n_findings = 0;
    for (size_t i = 0; i < s->agenda.count; i++)
        add_source(h, &ids, s->agenda.todos[i].source.id);
    for (const struct touched *t = s->agenda.touched; t; t = t->next)
        add_source(h, &ids, t->source);
    if (ids.n_ids)
        crew_order(h, &ids, NULL);
    crew_order(h, &order, NULL);
}

/* An order about one file as a whole; false: not about this one. */
static bool about_file(struct supervisor *s, struct hand *h, uint32_t file,
                       enum order_kind kind)
{
    const struct todo *t = &s->agenda.todos[file];
    struct order order = {.kind = kind, .file = file, .source = t->source};

    if (t->state != TODO_OPEN || t->source.id == 0 ||
        t->source.kind == SOURCE_STREAM)
        return false;
    if (kind == ORDER_SETTLE &&
        (!t->done.head || t->source.kind != SOURCE_FILE))
        return false;
    snprintf(order.u.path, sizeof(order.u.path), "%s", t->report.path);
    crew_order(h, &order, NULL);
    return true;
}

/* SETTLE or VERIFY, file by file, to whoever is idle. */
static void hand_out_files(struct supervisor *s, enum order_kind kind)
{
    struct hand *h;

    while (s->next < s->agenda.count && (h = idle_hand(s)))
        (void)about_file(s, h, (uint32_t)s->next++, kind);
    if (s->next < s->agenda.count || crew_working(&s->crew))
        return;
    s->next = 0;
    if (kind == ORDER_SETTLE && s->lost) {
        log_say(LOG_LEVEL_WARN, "ledger.lost",
                "the server has lost ranges it had acknowledged; loading "
                "them again");
        s->phase = PHASE_LOADING;
    } else {
        s->phase = kind == ORDER_SETTLE ? PHASE_VERIFYING : PHASE_OVER;
    }
}

/* What the phase at hand has to give to the idle. */
static void hand_out_phase(struct supervisor *s)
{
    struct hand *h = idle_hand(s);

    if (!h)
        return;
    switch (s->phase) {
    case PHASE_LISTING: hand_out_list(s, h); break;
    case PHASE_LOADING: hand_out_work(s); break;
    case PHASE_FINISHING: hand_out_finish(s, h); break;
    case PHASE_SETTLING: hand_out_files(s, ORDER_SETTLE); break;
    case PHASE_VERIFYING:
        if (s->set->verify && s->halt == HALT_NONE)
            hand_out_files(s, ORDER_VERIFY);
        else
            s->phase = PHASE_OVER;
        break;
    case PHASE_OVER: break;
    }
}

/* A phase that ends here leaves everybody idle, and nobody would report: the
 * next one begins before anything is waited for. */
static void hand_out(struct supervisor *s)
{
    enum phase before;

    prepare(s);
    do {
        before = s->phase;
        hand_out_phase(s);
    } while (s->phase != before);
}

/* --- listening -----------------------------------------------------------*/

static void listen(struct supervisor *s, struct hand *h)
{
    struct report report;
    struct err err;
    bool end = false;

    if (!report_receive(h->child.fd, &report, &end, &err) || end)
        reports_death(s, h);
    else
        reports_take(s, h, &report);
}

static void wait_and_take(struct supervisor *s)
{
    struct pollfd fds[WORKERS_MAX + 1];
    nfds_t n = 0;
    size_t who[WORKERS_MAX + 1];

    for (size_t i = 0; i < s->crew.count; i++) {
        if (s->crew.hands[i].state == HAND_EMPTY)
            continue;
        who[n] = i;
        fds[n++] =
            (struct pollfd){.fd = s->crew.hands[i].child.fd, .events = POLLIN};
    }
    fds[n] = (struct pollfd){.fd = s->signals, .events = POLLIN};
    if (poll(fds, n + 1, TURN_MS) < 0)
        return; /* a signal: its flag is looked at in the next turn */
    signals_drain();
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].revents)
            listen(s, &s->crew.hands[who[i]]);
    }
}

/* --- drawing -------------------------------------------------------------*/

static void draw(struct supervisor *s)
{
    struct progress p = {.tally = s->agenda.committed};

    if (s->phase != PHASE_LOADING || !ticker_due(&s->ticker))
        return;
    for (size_t i = 0; i < s->crew.count; i++)
        tally_merge(&p.tally, &s->crew.hands[i].live);
    p.done_bytes = p.tally.bytes;
    p.total_bytes = s->agenda.unmeasured ? 0 : s->agenda.total_bytes;
    p.seconds = clock_seconds() - s->began;
    ticker_draw(&s->ticker, &p);
}

/* --- stopping ------------------------------------------------------------*/

/* True: the run is over, whatever its workers still do. */
static bool stopped(struct supervisor *s)
{
    double since = clock_seconds() - s->halted;

    if (signals_stop() && s->halt != HALT_SIGNAL) {
        supervisor_halt(s, HALT_SIGNAL, NULL);
        s->halted = clock_seconds();
        log_say(LOG_LEVEL_WARN, "run.stop",
                "stopping; once more to stop at once");
        since = 0;
    }
    if (s->halt == HALT_NONE ||
        (s->halt == HALT_LIMIT && s->phase != PHASE_LOADING))
        return false;
    if (signals_stop() > 1 || since > KILL_SECONDS) {
        crew_kill(&s->crew);
        return true;
    }
    if (s->halt != HALT_SIGNAL || since > GRACE_SECONDS)
        crew_stop(&s->crew);
    if (crew_busy(&s->crew))
        return false;
    if (s->halt != HALT_LIMIT)
        return true;
    s->next = 0; /* what is loaded stays: flush it */
    s->phase = PHASE_FINISHING;
    return false;
}

static bool turn(struct supervisor *s, struct err *err)
{
    if (s->halt == HALT_NONE || s->phase == PHASE_FINISHING) {
        if (!crew_fill(&s->crew, err))
            return false;
        hand_out(s);
    }
    if (s->agenda.full && s->halt == HALT_NONE) {
        err_set(&s->err, ERR_MEMORY,
                "too many ranges for one run; use a larger --range-bytes");
        supervisor_halt(s, HALT_FAILED, &s->err);
    }
    if (s->phase != PHASE_OVER)
        wait_and_take(s);
    draw(s);
    return true;
}

static bool work(struct supervisor *s, struct err *err)
{
    while (s->phase != PHASE_OVER && !stopped(s)) {
        if (!turn(s, err))
            return false;
    }
    return true;
}

/* --- beginning -----------------------------------------------------------*/

static void note_left_out(void *ctx, const char *path, const char *words,
                          bool unreadable)
{
    struct supervisor *s = ctx;
    struct log_field field = {.key = "path", .text = path};

    s->unreadable |= unreadable;
    log_tell(&(struct log_event){unreadable ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
                                 "file.skipped", &field, 1},
             "%s: %s", path, words);
}

/* What stat() says is enough to plan; opening the file decides. */
static bool add_file(struct supervisor *s, const char *path)
{
    bool pipe = !strcmp(path, "-");
    struct stat st;
    uint64_t size = 0;

    if (!pipe && stat(path, &st) == 0) {
        pipe = !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
        size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    }
    if (strlen(path) >= FILE_PATH_MAX)
        return false;
    return agenda_add(&s->agenda, path, pipe, size);
}

static bool add_files(struct supervisor *s, struct err *err)
{
    struct files_note note = {.say = note_left_out, .ctx = s};
    const struct import_setup *set = s->set;
    struct files files;
    bool ok = true;

    if (!files_expand(&files, set->args, set->n_args, &note, err))
        return false;
    if (!agenda_init(&s->agenda, set, set->resume ? FILES_MAX : files.count + 1,
                     s->run))
        ok = err_set(err, ERR_MEMORY, "too many files for one run");
    for (size_t i = 0; ok && i < files.count; i++) {
        ok = add_file(s, files.paths[i]);
        if (!ok)
            err_set(err, ERR_USAGE,
                    "too many files, or a path of more than "
                    "%d bytes",
                    FILE_PATH_MAX - 1);
    }
    files_free(&files);
    if (ok && !s->agenda.count && !set->resume)
        return err_set(err, ERR_USAGE,
                       "nothing to import: no *.jsonl or *.ndjson file (or "
                       ".gz, .zst) there");
    return ok;
}

static bool begin(struct supervisor *s, struct err *err)
{
    struct worker_setup setup = {.set = s->set, .run = s->id};

    s->began = clock_seconds();
    if (!clock_uuid(s->id, err) || !add_files(s, err) ||
        !crew_init(&s->crew, &setup, s->run, err) ||
        !signals_open(&s->signals, err))
        return false;
    s->phase = s->set->n_args ? PHASE_LOADING : PHASE_LISTING;
    ticker_begin(&s->ticker, s->set->progress);
    return true;
}

bool import_run(const struct import_setup *set, struct arena *run,
                struct summary *out, struct err *err)
{
    struct supervisor *s = arena_new(run, 1, struct supervisor);
    bool ok;

    if (!s)
        return err_set(err, ERR_MEMORY, "no room for a run");
    s->set = set;
    s->run = run;
    s->findings = arena_array(run, FINDINGS_MAX, struct finding);
    if (!s->findings)
        return err_set(err, ERR_MEMORY, "no room for a run");
    DEMAND(set->workers > 0 && set->workers <= WORKERS_MAX && set->shards > 0);
    if (!begin(s, err))
        return false;
    ok = work(s, err);
    crew_dismiss(&s->crew);
    ticker_end(&s->ticker);
    if (!ok && s->halt != HALT_SIGNAL) {
        s->halt = HALT_FAILED;
        s->err = *err;
    }
    return ending_write(s, out, err);
}
