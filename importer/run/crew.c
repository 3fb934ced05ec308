/* crew.c - see crew.h. */
#include "importer/run/crew.h"

bool crew_init(struct crew *c, const struct worker_setup *setup,
               struct arena *run, struct err *err)
{
    c->setup = *setup;
    c->count = setup->set->workers;
    c->hands = arena_new(run, c->count, struct hand);
    return c->hands || err_set(err, ERR_MEMORY, "no room for workers");
}

bool crew_fill(struct crew *c, struct err *err)
{
    for (size_t i = 0; i < c->count; i++) {
        struct hand *h = &c->hands[i];

        if (h->state != HAND_EMPTY)
            continue;
        *h = (struct hand){0};
        if (!proc_start(worker_main, &c->setup, &h->child, err))
            return err_while(err, "starting a worker");
        h->state = HAND_FRESH;
    }
    return true;
}

void crew_order(struct hand *h, const struct order *o, struct piece *piece)
{
    struct err err;

    if (o->kind != ORDER_SOURCES) {
        h->state = HAND_BUSY;
        h->doing = o->kind;
        h->file = o->file;
        h->piece = piece;
        h->told_to_stop = false;
        h->live = (struct tally){0};
    }
    if (!order_send(h->child.fd, o, &err))
        proc_kill(&h->child); /* or it waits for orders, and we for it */
}

void crew_idle(struct hand *h)
{
    h->state = HAND_IDLE;
    h->piece = NULL;
    h->live = (struct tally){0};
}

void crew_bury(struct hand *h, struct proc_end *end)
{
    proc_hang_up(&h->child);
    proc_wait(&h->child, end);
    *h = (struct hand){0};
}

size_t crew_busy(const struct crew *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++)
        n += c->hands[i].state == HAND_BUSY;
    return n;
}

size_t crew_working(const struct crew *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++)
        n += c->hands[i].state == HAND_BUSY &&
             c->hands[i].doing != ORDER_PREPARE;
    return n;
}

void crew_stop(struct crew *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct hand *h = &c->hands[i];
        struct order order = {.kind = ORDER_STOP};
        struct err err;

        if (h->state != HAND_BUSY || h->told_to_stop)
            continue;
        h->told_to_stop = true;
        (void)!order_send(h->child.fd, &order, &err);
    }
}

void crew_kill(struct crew *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->hands[i].state != HAND_EMPTY)
            proc_kill(&c->hands[i].child);
    }
}

void crew_dismiss(struct crew *c)
{
    struct proc_end end;

    for (size_t i = 0; i < c->count; i++) {
        if (c->hands[i].state != HAND_EMPTY)
            proc_hang_up(&c->hands[i].child);
    }
    for (size_t i = 0; i < c->count; i++) {
        if (c->hands[i].state != HAND_EMPTY)
            crew_bury(&c->hands[i], &end);
    }
}
