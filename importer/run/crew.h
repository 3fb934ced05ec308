/*
 * crew.h - the workers as their supervisor sees them.
 *
 * A hand is one worker's place: when its process dies another one is forked
 * into it.  What the dead one was doing is the supervisor's business.
 */
#ifndef DECANT_RUN_CREW_H
#define DECANT_RUN_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "importer/report/tally.h"
#include "importer/run/agenda.h"
#include "importer/run/wire.h"
#include "importer/run/worker.h"
#include "importer/sys/proc.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

enum hand_state {
    HAND_EMPTY, /* no process */
    HAND_FRESH, /* forked, knows nothing */
    HAND_IDLE,  /* prepared */
    HAND_BUSY,  /* owes a closing report to `doing` */
};

struct hand {
    enum hand_state state;
    struct child child;
    enum order_kind doing;
    uint32_t file;
    struct piece *piece; /* of RANGE and STREAM */
    struct tally live;   /* not committed yet: progress only */
    bool told_to_stop;
};

struct crew {
    struct hand *hands;
    size_t count;
    struct worker_setup setup;
};

MUST_CHECK bool crew_init(struct crew *c, const struct worker_setup *setup,
                          struct arena *run, struct err *err);

/* Fork a process into every empty place. */
MUST_CHECK bool crew_fill(struct crew *c, struct err *err);

/* Hand out an order.  A worker that cannot be told is killed, if it is not
 * gone anyway: no error here, since its end of file is read soon. */
void crew_order(struct hand *h, const struct order *o, struct piece *piece);

/* Its order is answered. */
void crew_idle(struct hand *h);
/* It is gone: wait for the process, empty the place. */
void crew_bury(struct hand *h, struct proc_end *end);

size_t crew_busy(const struct crew *c);
/* Those of them that do more than prepare themselves. */
size_t crew_working(const struct crew *c);
void crew_stop(struct crew *c);    /* STOP to the busy ones, once each */
void crew_kill(struct crew *c);    /* SIGKILL to all: safe, the ledger knows */
void crew_dismiss(struct crew *c); /* hang up, wait for all */

#endif
