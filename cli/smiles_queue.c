/*
 * smiles_queue.c - see smiles_queue.h.
 *
 * Lines lie in a ring of slots, each with an arena for the line and what is
 * said of it; a question carries the number of its slot.  A long line goes
 * through an empty ring, alone, so that only the first slot ever grows.
 * Whenever a child is to blame it is for its oldest question.
 */
#include "cli/smiles_queue.h"

#include "importer/run/chem_hand.h"
#include "importer/sys/clock.h"
#include "validate/json/tape.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WORKERS_MAX   64
#define SLOTS_EACH    24 /* per child: its queue, and some that need none */
#define SLOT_LINE     CHEM_BYTES
#define SLOT_ANSWER   (2 * CHEM_ANSWER) /* its texts, and words of ours */
#define ANSWER_ROOM   ((size_t)16 << 20)
#define TURN_MS       100
#define RECYCLE       20000 /* answers of one child: Open Babel leaks a little */
#define HELLO_SECONDS 60.0
#define STILLBORN_MAX 3

struct slot {
    struct arena arena;
    struct smiles_line line;
    bool waiting;
};

struct smiles_queue {
    struct smiles_queue_setup set;
    struct chem_program program;
    struct arena run;   /* this, the slots, the children's questions */
    struct arena parse; /* an answer being read */
    struct chem_hand *hands;
    struct slot *slots;
    size_t n_slots, first, count; /* ring */
    size_t open;                  /* slots that have an arena */
    char *room;                   /* CHEM_ANSWER bytes */
    unsigned stillborn;           /* children in a row that never said hello */
};

/* --- open and close ------------------------------------------------------*/

static bool open_parts(struct smiles_queue *q, struct err *err)
{
    q->hands = arena_new(&q->run, q->set.workers, struct chem_hand);
    q->slots = arena_new(&q->run, q->n_slots, struct slot);
    q->room = arena_bytes(&q->run, CHEM_ANSWER);
    if (!q->hands || !q->slots || !q->room)
        return err_set(err, ERR_MEMORY, "no room for lines");
    for (; q->open < q->n_slots; q->open++) {
        size_t line = q->open ? SLOT_LINE : q->set.line_max;

        if (!arena_open(&q->slots[q->open].arena, line + SLOT_ANSWER, err))
            return false;
    }
    if (!arena_open(&q->parse, ANSWER_ROOM, err))
        return false;
    for (size_t i = 0; i < q->set.workers; i++) {
        if (!chem_hand_init(&q->hands[i], sizeof(size_t), &q->run, err))
            return false;
        q->hands[i].arena = &q->parse;
        if (!chem_start(&q->hands[i], &q->program, err))
            return false;
    }
    return true;
}

bool smiles_queue_open(const struct smiles_queue_setup *setup,
                       struct smiles_queue **out, struct err *err)
{
    size_t workers =
        setup->workers < WORKERS_MAX ? setup->workers : WORKERS_MAX;
    size_t n_slots = workers * SLOTS_EACH;
    size_t hand = sizeof(struct chem_hand) +
                  CHEM_QUEUE * (CHEM_BYTES + 1 + sizeof(size_t));
    struct arena run;
    struct smiles_queue *q;

    *out = NULL;
    if (!arena_open(&run,
                    sizeof(*q) + workers * hand + CHEM_ANSWER +
                        n_slots * sizeof(struct slot) + 4096,
                    err))
        return false;
    q = arena_new(&run, 1, struct smiles_queue);
    DEMAND(q);
    q->run = run;
    q->set = *setup;
    q->set.workers = workers;
    q->n_slots = n_slots;
    q->program = (struct chem_program){
        .path = setup->program,
        .memory = CHEM_MEMORY_DEFAULT,
        .verdict = setup->verdict,
    };
    if (open_parts(q, err)) {
        *out = q;
        return true;
    }
    smiles_queue_close(q);
    return false;
}

void smiles_queue_close(struct smiles_queue *q)
{
    struct proc_end end;
    struct arena run;

    if (!q)
        return;
    for (size_t i = 0; q->hands && i < q->set.workers; i++) {
        if (q->hands[i].child.pid)
            chem_bury(&q->hands[i], &end);
    }
    while (q->open)
        arena_close(&q->slots[--q->open].arena);
    arena_close(&q->parse);
    run = q->run;
    arena_close(&run);
}

/* --- what becomes of a question ------------------------------------------*/

/* The oldest question of the child has its answer in its slot. */
static struct slot *settle(struct smiles_queue *q, struct chem_hand *h,
                           enum smiles_babel_state state)
{
    const struct chem_question *question = chem_oldest(h);
    struct slot *slot;
    size_t number;

    DEMAND(question && question->note_len == sizeof(number));
    memcpy(&number, question->note, sizeof(number));
    slot = &q->slots[number];
    slot->waiting = false;
    slot->line.babel.state = state;
    chem_forget(h, clock_seconds());
    return slot;
}

static void settle_words(struct smiles_queue *q, struct chem_hand *h,
                         enum smiles_babel_state state, const char *words)
{
    struct slot *slot = settle(q, h, state);

    slot->line.babel.words =
        arena_copy(&slot->arena, slice_of(words, strlen(words)));
}

static bool renew(struct smiles_queue *q, struct chem_hand *h, struct err *err)
{
    struct proc_end end;

    chem_bury(h, &end);
    return chem_start(h, &q->program, err);
}

/* The child is gone without having answered; or must go, and `why` says so. */
static bool died(struct smiles_queue *q, struct chem_hand *h, const char *why,
                 struct err *err)
{
    struct chem_question *question = chem_oldest(h);
    bool born = h->ready, again = question && question->again;
    char words[PROC_WORDS], message[2 * PROC_WORDS];
    struct proc_end end;

    if (born && question)
        question->again = true;
    chem_bury(h, &end);
    snprintf(message, sizeof(message), "decant-chem %s",
             why ? why : proc_words(end, words));
    if (!born && ++q->stillborn >= STILLBORN_MAX)
        return err_set(err, ERR_USAGE, "%s: %s", q->program.path, message);
    if (born && again)
        settle_words(q, h, SMILES_BABEL_CRASHED, message);
    return chem_start(h, &q->program, err);
}

/* A member's text, copied; empty when it is null or not there. */
static struct slice text_of(const struct json_tape *tape, struct slice name,
                            struct slot *slot, struct arena *parse)
{
    uint32_t node = json_member(tape, 0, name);

    if (json_is(tape, node, JSON_NUMBER))
        return arena_copy(&slot->arena, json_raw(tape, node));
    if (!node || !json_is(tape, node, JSON_STRING))
        return SLICE("");
    return arena_copy(&slot->arena, json_string(tape, node, parse));
}

static enum smiles_babel_state state_of(const struct json_tape *tape)
{
    uint32_t state = json_member(tape, 0, SLICE("state"));
    uint32_t ok = json_member(tape, 0, SLICE("ok"));

    if (!state || !json_is(tape, state, JSON_STRING))
        return SMILES_BABEL_UNASKED;
    if (json_string_is(tape, state, SLICE("refused")))
        return SMILES_BABEL_REFUSED;
    if (json_string_is(tape, state, SLICE("memory")))
        return SMILES_BABEL_MEMORY;
    if (!json_string_is(tape, state, SLICE("done")))
        return SMILES_BABEL_UNASKED;
    return ok && json_is(tape, ok, JSON_TRUE) ? SMILES_BABEL_OK
                                              : SMILES_BABEL_REJECTED;
}

static bool answered(struct smiles_queue *q, struct chem_hand *h,
                     struct slice json, struct err *err)
{
    enum smiles_babel_state state = SMILES_BABEL_UNASKED;
    struct json_tape tape;
    struct json_error why;
    struct smiles_babel *b;
    struct slot *slot;

    arena_rewind(&q->parse, 0);
    if (json_tape_build(json, &q->parse, &tape, &why))
        state = state_of(&tape);
    if (state == SMILES_BABEL_UNASKED)
        return died(q, h, "gave an answer that is none", err);
    h->answered++;
    slot = settle(q, h, state);
    b = &slot->line.babel;
    b->words = text_of(&tape, SLICE("message"), slot, &q->parse);
    if (state != SMILES_BABEL_OK && !b->words.len)
        b->words = SLICE("Open Babel gave no answer");
    if (state == SMILES_BABEL_OK) {
        b->canonical = text_of(&tape, SLICE("canonical"), slot, &q->parse);
        b->inchikey = text_of(&tape, SLICE("inchikey"), slot, &q->parse);
        b->formula = text_of(&tape, SLICE("formula"), slot, &q->parse);
        b->weight = text_of(&tape, SLICE("weight"), slot, &q->parse);
    }
    return state != SMILES_BABEL_MEMORY || renew(q, h, err);
}

/* --- a turn --------------------------------------------------------------*/

static bool hear(struct smiles_queue *q, struct chem_hand *h, struct err *err)
{
    struct slice text;

    switch (chem_hear(h, q->room, &text)) {
    case CHEM_HEARD_NOTHING: q->stillborn = 0; return true;
    case CHEM_HEARD_ANSWER: return answered(q, h, text, err);
    case CHEM_HEARD_SORRY:
        return err_set(err, ERR_USAGE, "Open Babel cannot be used: %.*s",
                       (int)text.len, text.ptr);
    case CHEM_HEARD_END: break;
    }
    return died(q, h, NULL, err);
}

static bool watch(struct smiles_queue *q, struct chem_hand *h, double now,
                  struct err *err)
{
    char message[64];

    if (!h->ready)
        return now - h->since < HELLO_SECONDS ||
               died(q, h, "does not start", err);
    if (!h->count)
        return h->answered < RECYCLE || renew(q, h, err);
    if (now - h->since < q->set.timeout)
        return true;
    snprintf(message, sizeof(message), "no answer within %g s", q->set.timeout);
    settle_words(q, h, SMILES_BABEL_TIMEOUT, message);
    return renew(q, h, err);
}

/* Tell what is complete at the front. */
static bool tell(struct smiles_queue *q, struct err *err)
{
    while (q->count && !q->slots[q->first].waiting) {
        struct slot *slot = &q->slots[q->first];

        q->first = (q->first + 1) % q->n_slots;
        if (--q->count == 0)
            q->first = 0;
        if (!q->set.tell(q->set.ctx, &slot->line, err))
            return false;
    }
    return true;
}

/* Wait until a child speaks, take one message from each who does, and tell
 * what can be told.  Who has spoken in time is heard before he is late. */
static bool turn(struct smiles_queue *q, struct err *err)
{
    struct pollfd fds[WORKERS_MAX];
    double now;

    for (size_t i = 0; i < q->set.workers; i++)
        fds[i] = (struct pollfd){.fd = q->hands[i].child.fd, .events = POLLIN};
    if (poll(fds, q->set.workers, TURN_MS) < 0)
        return true; /* a signal */
    now = clock_seconds();
    for (size_t i = 0; i < q->set.workers; i++) {
        if (fds[i].revents && !hear(q, &q->hands[i], err))
            return false;
    }
    for (size_t i = 0; i < q->set.workers; i++) {
        if (!watch(q, &q->hands[i], now, err))
            return false;
    }
    return tell(q, err);
}

bool smiles_queue_drain(struct smiles_queue *q, struct err *err)
{
    while (q->count) {
        if (!turn(q, err))
            return false;
    }
    return true;
}

/* --- lines ---------------------------------------------------------------*/

/* The child with room and least to do; NULL when all are busy. */
static struct chem_hand *pick(struct smiles_queue *q, size_t len)
{
    struct chem_hand *best = NULL;

    for (size_t i = 0; i < q->set.workers; i++) {
        struct chem_hand *h = &q->hands[i];

        if (h->answered + h->count < RECYCLE && chem_room(h, len) &&
            (!best || h->count < best->count))
            best = h;
    }
    return best;
}

static void ask(struct slot *slot, size_t number, struct chem_hand *h)
{
    struct slice smiles = slot->line.smiles;
    struct chem_question *question = chem_room(h, smiles.len);

    if (smiles.len)
        memcpy(question->text, smiles.ptr, smiles.len);
    memcpy(question->note, &number, sizeof(number));
    question->len = smiles.len;
    question->note_len = sizeof(number);
    slot->waiting = true;
    chem_ask(h, clock_seconds());
}

/* The line and all it lends, into the slot. */
static bool keep(struct slot *slot, const struct smiles_line *line)
{
    struct smiles_line *copy = &slot->line;
    size_t at = (size_t)(line->smiles.ptr - line->whole.ptr);
    struct slice words = line->verdict.words;
    struct slice formula = line->verdict.properties.formula;

    arena_rewind(&slot->arena, 0);
    *copy = *line;
    copy->whole = arena_copy(&slot->arena, line->whole);
    copy->verdict.words = arena_copy(&slot->arena, words);
    copy->verdict.properties.formula = arena_copy(&slot->arena, formula);
    if (!copy->whole.ptr || !copy->verdict.words.ptr ||
        !copy->verdict.properties.formula.ptr)
        return false;
    copy->smiles = slice_of(copy->whole.ptr + at, line->smiles.len);
    return true;
}

bool smiles_queue_put(struct smiles_queue *q, const struct smiles_line *line,
                      bool asked, struct err *err)
{
    bool askable = line->smiles.len <= CHEM_BYTES;
    bool alone = line->whole.len > SLOT_LINE;
    struct chem_hand *h = NULL;
    struct slot *slot;
    size_t number;

    if (alone && !smiles_queue_drain(q, err))
        return false;
    while (q->count == q->n_slots ||
           (asked && askable && !(h = pick(q, line->smiles.len)))) {
        if (!turn(q, err))
            return false;
    }
    number = (q->first + q->count) % q->n_slots;
    slot = &q->slots[number];
    if (!keep(slot, line))
        return err_set(err, ERR_MEMORY, "line %llu: no room to keep it",
                       (unsigned long long)line->number);
    q->count++;
    slot->waiting = false;
    if (h) {
        ask(slot, number, h);
    } else if (asked) {
        slot->line.babel = (struct smiles_babel){
            .state = SMILES_BABEL_REFUSED,
            .words = SLICE("longer than 32 KiB"),
        };
    }
    return (!alone || smiles_queue_drain(q, err)) && tell(q, err);
}
