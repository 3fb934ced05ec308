/*
 * molecules_hands.c - the children of a run: see molecules_work.h.
 *
 * Who is to blame: always the oldest question.  One that a child has died of
 * is asked a second time in a fresh child, since memory spoilt by an earlier
 * molecule may have been the cause; a late one is not, it would be late again.
 */
#include "importer/run/molecules_work.h"

#include <stdio.h>

#include "importer/sys/clock.h"
#include "importer/sys/log.h"

#define RECYCLE       20000 /* answers of one child: Open Babel leaks a little */
#define HELLO_SECONDS 60.0
#define STILLBORN_MAX 3

bool hands_open(struct molecules_work *w, struct err *err)
{
    w->n_hands = w->set->workers;
    w->hands = arena_new(&w->run, w->n_hands, struct chem_hand);
    w->room = arena_bytes(&w->run, CHEM_ANSWER);
    if (!w->hands || !w->room)
        return err_set(err, ERR_MEMORY, "no room for workers");
    for (size_t i = 0; i < w->n_hands; i++) {
        struct chem_hand *h = &w->hands[i];

        if (!chem_hand_init(h, MOLECULE_NOTE(CHEM_BYTES), &w->run, err) ||
            !chem_start(h, &w->program, err))
            return false;
    }
    return true;
}

struct chem_hand *hands_pick(struct molecules_work *w, size_t len)
{
    struct chem_hand *best = NULL;

    for (size_t i = 0; i < w->n_hands; i++) {
        struct chem_hand *h = &w->hands[i];

        if (h->answered + h->count < RECYCLE && chem_room(h, len) &&
            (!best || h->count < best->count))
            best = h;
    }
    return best;
}

bool hands_idle(const struct molecules_work *w)
{
    for (size_t i = 0; i < w->n_hands; i++) {
        if (w->hands[i].count)
            return false;
    }
    return true;
}

void hands_close(struct molecules_work *w)
{
    struct proc_end end;

    for (size_t i = 0; i < w->n_hands; i++)
        chem_bury(&w->hands[i], &end);
    w->n_hands = 0;
}

/* The oldest question of the child has its row. */
static bool settle(struct molecules_work *w, struct chem_hand *h,
                   const struct molecule_end *end, struct err *err)
{
    const struct chem_question *q = chem_oldest(h);

    DEMAND(q);
    if (!work_settle(w, slice_of(q->note, q->note_len), end, err))
        return false;
    chem_forget(h, clock_seconds());
    return true;
}

/* There is no Open Babel to be had: what was asked gets its own part only. */
static bool give_up(struct molecules_work *w, const char *why, struct err *err)
{
    struct molecule_end end = {.state = MOLECULE_NATIVE, .version = ""};

    log_say(LOG_LEVEL_WARN, "molecules.no_engine",
            "Open Babel cannot be used: %s; going on without it, a later run "
            "fills in what is missing",
            why);
    for (size_t i = 0; i < w->n_hands; i++) {
        while (w->hands[i].count) {
            if (!settle(w, &w->hands[i], &end, err))
                return false;
        }
    }
    hands_close(w);
    return true;
}

static bool renew(struct molecules_work *w, struct chem_hand *h,
                  struct proc_end *end, struct err *err)
{
    chem_bury(h, end);
    return chem_start(h, &w->program, err);
}

/* The child is gone without having answered; or must go, and `why` says so. */
static bool died(struct molecules_work *w, struct chem_hand *h, const char *why,
                 struct err *err)
{
    struct molecule_end row = {.state = MOLECULE_CRASHED,
                               .version = h->version};
    struct chem_question *q = chem_oldest(h);
    bool born = h->ready, again = q && q->again;
    char words[PROC_WORDS], message[2 * PROC_WORDS];
    struct proc_end end;

    if (born && q)
        q->again = true;
    chem_bury(h, &end);
    snprintf(message, sizeof(message), "decant-chem %s",
             why ? why : proc_words(end, words));
    if (!born && ++w->stillborn >= STILLBORN_MAX)
        return give_up(w, message, err);
    row.message = message;
    return (!born || !again || settle(w, h, &row, err)) &&
           chem_start(h, &w->program, err);
}

static bool answered(struct molecules_work *w, struct chem_hand *h,
                     struct slice json, struct err *err)
{
    size_t mark = arena_mark(&w->line);
    struct molecule_answer answer;
    struct molecule_end row = {.version = h->version};
    struct proc_end end;
    bool sound = molecule_answer(json, &w->line, &answer);

    arena_rewind(&w->line, mark);
    if (!sound)
        return died(w, h, "gave an answer that is none", err);
    row.state = answer.state;
    row.answer = answer.json;
    h->answered++;
    return settle(w, h, &row, err) &&
           (answer.state != MOLECULE_MEMORY || renew(w, h, &end, err));
}

bool hands_listen(struct molecules_work *w, struct chem_hand *h,
                  struct err *err)
{
    struct slice text;
    char why[256];

    switch (chem_hear(h, w->room, &text)) {
    case CHEM_HEARD_NOTHING:
        w->stillborn = 0;
        snprintf(w->out->version, sizeof(w->out->version), "%s", h->version);
        return true;
    case CHEM_HEARD_ANSWER: return answered(w, h, text, err);
    case CHEM_HEARD_SORRY:
        snprintf(why, sizeof(why), "%.*s", (int)text.len, text.ptr);
        return give_up(w, why, err);
    case CHEM_HEARD_END: break;
    }
    return died(w, h, NULL, err);
}

/* A process that will not start is no better than one that dies. */
static bool watch(struct molecules_work *w, struct chem_hand *h, double now,
                  struct err *err)
{
    struct molecule_end row = {.state = MOLECULE_TIMEOUT,
                               .version = h->version};
    struct proc_end end;
    char message[64];

    if (!h->ready)
        return now - h->since < HELLO_SECONDS ||
               died(w, h, "does not start", err);
    if (!h->count)
        return h->answered < RECYCLE || renew(w, h, &end, err);
    if (now - h->since < w->set->timeout)
        return true;
    snprintf(message, sizeof(message), "no answer within %g s",
             w->set->timeout);
    row.message = message;
    return settle(w, h, &row, err) && renew(w, h, &end, err);
}

bool hands_watch(struct molecules_work *w, double now, struct err *err)
{
    for (size_t i = 0; i < w->n_hands; i++) {
        if (!watch(w, &w->hands[i], now, err))
            return false;
    }
    return true;
}
