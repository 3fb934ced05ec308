/*
 * molecules.c - see molecules.h.
 *
 * One loop.  Each turn takes SMILES from the server's cursor and hands them
 * out, waits until a child speaks or a signal comes, takes what there is,
 * replaces the children that are late, and commits the rows there are.
 */
#include "importer/run/molecules.h"

#include "importer/pg/migrate.h"
#include "importer/pg/molecule.h"
#include "importer/report/sheet.h"
#include "importer/run/molecules_work.h"
#include "importer/sys/clock.h"
#include "importer/sys/log.h"
#include "importer/sys/signals.h"
#include "importer/sys/term.h"
#include "validate/smiles/smiles.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TURN_MS       100
#define TAKE_MAX      1024 /* SMILES between two looks around */
#define BATCH_ROWS    500
#define BATCH_SOFT    ((size_t)4 << 20)
#define BATCH_SECONDS 1.0
#define ANSWERS_ROOM  ((size_t)16 << 20) /* to read one answer */

/* --- rows to the server --------------------------------------------------*/

bool work_flush(struct molecules_work *w, struct err *err)
{
    struct molecule_batch *b = &w->batch;
    struct molecule_put put = {0};

    w->sent = clock_seconds();
    if (!b->rows)
        return true;
    if (!molecule_put(w->pg, molecule_batch_text(b), &put, err))
        return false;
    w->out->balanced &= put.rows == b->rows;
    w->out->disagree += put.disagree;
    w->written += put.rows;
    for (size_t i = 0; i < MOLECULE_STATES; i++)
        w->out->states[i] += b->states[i];
    molecule_batch_clear(b);
    return true;
}

bool work_settle(struct molecules_work *w, struct slice note,
                 const struct molecule_end *end, struct err *err)
{
    struct molecule_batch *b = &w->batch;

    if ((b->rows >= BATCH_ROWS || b->len > BATCH_SOFT) && !work_flush(w, err))
        return false;
    if (molecule_row_put(b, note, end))
        return true;
    return work_flush(w, err) &&
           (molecule_row_put(b, note, end) ||
            err_set(err, ERR_MEMORY, "no room for the row of a molecule"));
}

/* --- SMILES from the server ----------------------------------------------*/

/* The next SMILES, looked at but not taken; false: there is none. */
static bool peek(struct molecules_work *w, struct slice *out, struct err *err)
{
    const char *text;

    if (!w->dry && (!w->page || w->row == pg_rows(w->page))) {
        pg_done(w->page);
        w->page = NULL;
        w->row = 0;
        if (!molecule_fetch(w->pg, &w->page, err))
            return false;
        w->dry = pg_rows(w->page) == 0;
        if (!w->dry)
            w->total = (uint64_t)pg_int(w->page, 0, 1);
    }
    text = w->dry ? "" : pg_text(w->page, w->row, 0);
    *out = slice_of(text, strlen(text));
    return true;
}

/* Judge one and pass it on: to a child, or straight to its row. */
static bool take(struct molecules_work *w, struct slice smiles,
                 struct chem_hand *h, struct err *err)
{
    struct molecule_end end = {.state = MOLECULE_NATIVE, .version = ""};
    struct chem_question *q;
    struct slice note;
    bool ok;

    if (!molecule_native(smiles, &w->line, &note, &ok))
        return err_set(err, ERR_MEMORY, "no room for a SMILES of %zu bytes",
                       smiles.len);
    w->row++;
    w->out->distinct++;
    if (ok && h) {
        q = chem_room(h, smiles.len);
        memcpy(q->text, smiles.ptr, smiles.len);
        memcpy(q->note, note.ptr, note.len);
        q->len = smiles.len;
        q->note_len = note.len;
        chem_ask(h, clock_seconds());
        return true;
    }
    if (!ok)
        end.state = MOLECULE_INVALID;
    else if (w->n_hands) {
        end.state = MOLECULE_REFUSED;
        end.message = "longer than 32 KiB";
    }
    return work_settle(w, note, &end, err);
}

/* Hand out until nobody has room, nothing is left, or others want a turn:
 * *more then. */
static bool take_some(struct molecules_work *w, bool *more, struct err *err)
{
    *more = false;
    for (int i = 0; i < TAKE_MAX; i++) {
        struct chem_hand *h = NULL;
        struct slice smiles;
        bool ok;

        if (!peek(w, &smiles, err))
            return false;
        if (w->dry)
            return true;
        if (w->n_hands && smiles.len <= CHEM_BYTES) {
            h = hands_pick(w, smiles.len);
            if (!h)
                return true;
        }
        ok = take(w, smiles, h, err);
        arena_rewind(&w->line, 0);
        if (!ok)
            return false;
    }
    *more = true;
    return true;
}

/* --- the loop ------------------------------------------------------------*/

static void draw(struct molecules_work *w)
{
    char line[256], number[3][SHEET_NUMBER];
    struct sheet s = {.bytes = line, .cap = sizeof(line)};
    const uint64_t *n = w->out->states;
    uint64_t done = w->written + w->batch.rows;
    double seconds = clock_seconds() - w->began;

    if (!ticker_due(&w->ticker))
        return;
    sheet_put(&s, "\r\033[K%.0f%%  %s/%s molecules  %s/s",
              w->total ? 100.0 * (double)done / (double)w->total : 0.0,
              sheet_count(done, number[0]), sheet_count(w->total, number[1]),
              sheet_count(seconds > 0 ? (uint64_t)((double)done / seconds) : 0,
                          number[2]));
    if (n[MOLECULE_CRASHED] + n[MOLECULE_TIMEOUT] + n[MOLECULE_MEMORY])
        sheet_put(&s, "  %s lost",
                  sheet_count(n[MOLECULE_CRASHED] + n[MOLECULE_TIMEOUT] +
                                  n[MOLECULE_MEMORY],
                              number[0]));
    if (s.len > term_width(STDERR_FILENO) + 2)
        s.len = term_width(STDERR_FILENO) + 2;
    (void)!write(STDERR_FILENO, s.bytes, s.len);
}

/* Wait until somebody speaks; take one message from each who does.  A child
 * that has spoken in time is heard before it could be called late. */
static bool listen(struct molecules_work *w, int wait_ms, struct err *err)
{
    struct pollfd fds[MOLECULES_WORKERS_MAX + 1];
    nfds_t n = w->n_hands;
    double now;

    for (size_t i = 0; i < n; i++)
        fds[i] = (struct pollfd){.fd = w->hands[i].child.fd, .events = POLLIN};
    fds[n] = (struct pollfd){.fd = w->signals, .events = POLLIN};
    if (poll(fds, n + 1, wait_ms) < 0)
        return true; /* a signal: its flag is looked at in the next turn */
    now = clock_seconds();
    signals_drain();
    for (nfds_t i = 0; i < n && i < w->n_hands; i++) {
        if (fds[i].revents && !hands_listen(w, &w->hands[i], err))
            return false;
    }
    return hands_watch(w, now, err);
}

static bool loop(struct molecules_work *w, struct err *err)
{
    bool more;

    while (!signals_stop()) {
        if (!take_some(w, &more, err))
            return false;
        if (w->dry && hands_idle(w))
            break;
        if (!listen(w, more ? 0 : TURN_MS, err))
            return false;
        if (clock_seconds() - w->sent > BATCH_SECONDS && !work_flush(w, err))
            return false;
        draw(w);
    }
    w->out->stopped = signals_stop() > 0;
    /* What the children still owe is for the next run. */
    if (w->out->stopped) {
        for (size_t i = 0; i < w->n_hands; i++)
            w->out->distinct -= w->hands[i].count;
    }
    return work_flush(w, err);
}

/* --- from beginning to end -----------------------------------------------*/

/* Find out what is to do, alone. */
static bool prepare(struct molecules_work *w, struct err *err)
{
    struct molecule_wish wish = {
        .again = w->set->retry
                     ? (w->set->chem ? "{native,crashed,timeout,memory}"
                                     : "{crashed,timeout,memory}")
                     : (w->set->chem ? "{native}" : "{}"),
        .limit = w->set->limit,
    };
    struct migration_state state;
    uint64_t gone = 0;
    bool got;

    if (!migrate(w->pg, &state, err) || !molecule_lock(w->pg, &got, err))
        return false;
    if (!got)
        return err_set(err, ERR_RETRY,
                       "another decant molecules is at work on %s",
                       pg_where(w->pg));
    if (w->set->column &&
        !molecule_column_add(w->pg, w->set->column, w->set->reaction, err))
        return false;
    if (!molecule_collect(w->pg, &wish, &w->out->columns, &gone, err))
        return false;
    if (gone)
        log_say(LOG_LEVEL_WARN, "molecules.column_gone",
                "%llu columns of decant.smiles_column are not there any more",
                (unsigned long long)gone);
    w->dry = !w->out->columns;
    return true;
}

static bool open_all(struct molecules_work *w, struct err *err)
{
    size_t queue = CHEM_QUEUE * (CHEM_BYTES + 1 + MOLECULE_NOTE(CHEM_BYTES));
    size_t largest = MOLECULE_NOTE(SMILES_MAX_BYTES);

    if (!arena_open(&w->run,
                    w->set->workers * (queue + sizeof(struct chem_hand)) +
                        2 * largest + CHEM_ANSWER + ANSWERS_ROOM,
                    err) ||
        !arena_open(&w->line,
                    SMILES_ARENA * SMILES_MAX_BYTES + SMILES_ARENA_MIN +
                        largest + ANSWERS_ROOM,
                    err))
        return false;
    w->batch.cap = 2 * largest;
    w->batch.bytes = arena_bytes(&w->run, w->batch.cap);
    DEMAND(w->batch.bytes);
    return signals_open(&w->signals, err) &&
           pg_open(w->set->conninfo, "molecules", &w->pg, err);
}

/* Children are started only when there is something to ask them. */
static bool work(struct molecules_work *w, struct err *err)
{
    struct slice first;

    if (!prepare(w, err) || !peek(w, &first, err))
        return false;
    if (!w->dry && w->set->chem && !hands_open(w, err))
        return false;
    ticker_begin(&w->ticker, w->set->progress);
    return loop(w, err);
}

bool molecules_run(const struct molecules_setup *set,
                   struct molecules_summary *out, struct err *err)
{
    struct molecules_work w = {
        .set = set,
        .out = out,
        .program = {.path = set->chem, .memory = set->memory},
        .began = clock_seconds(),
    };
    bool ok;

    DEMAND(set->workers > 0 && set->workers <= MOLECULES_WORKERS_MAX);
    *out = (struct molecules_summary){.balanced = true};
    ok = open_all(&w, err);
    if (ok) {
        snprintf(out->where, sizeof(out->where), "%s", pg_where(w.pg));
        ok = work(&w, err);
        ticker_end(&w.ticker);
        hands_close(&w);
    }
    pg_done(w.page);
    pg_close(w.pg);
    arena_close(&w.line);
    arena_close(&w.run);
    out->seconds = clock_seconds() - w.began;
    for (size_t i = 0; ok && i < MOLECULE_STATES; i++)
        out->balanced &= out->states[i] <= out->distinct;
    out->balanced &= !ok || w.written == out->distinct;
    return ok;
}
