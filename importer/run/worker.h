/*
 * worker.h - a forked process that carries out orders, one at a time.
 *
 * It holds one connection and three arenas and knows nothing of the other
 * workers: what is done and what is not, the ledger decides.  An order that
 * fails for a reason that may pass (connection lost, disk full) is tried
 * again with growing pauses, as long as the setup's patience lasts.
 */
#ifndef DECANT_RUN_WORKER_H
#define DECANT_RUN_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/run/import.h"
#include "importer/run/loader.h"
#include "importer/run/wire.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define BEAT_SECONDS 0.1

struct worker {
    int fd; /* to the supervisor */
    const struct import_setup *set;
    const char *run;    /* identity of the run */
    struct pg *pg;      /* NULL: not connected */
    struct arena all;   /* until the end */
    struct arena range; /* rewound by every order */
    struct loader loader;
    struct table_plan table; /* of the profile, once looked at */
    bool ready;              /* it takes rows, if there is to be one */
    struct doubt doubt;
    int64_t *ids; /* sources of the coming FINISH */
    size_t n_ids;
    double beat_at; /* of the last beat */
    bool stop;      /* asked to stop, or the supervisor is gone */
    bool unheard;   /* a report did not get through: nothing more to be done */
    bool consumed;  /* the order at hand cannot be begun again */
};

/* What proc_start() needs to know beside the setup. */
struct worker_setup {
    const struct import_setup *set;
    const char *run;
};

/* A proc_body; ctx is a struct worker_setup. */
int worker_main(int fd, void *ctx);

/*
 * About ten times a second: tell the supervisor how far the range is and
 * look whether it wants us to stop.  False: stop.  Cheap enough to be called
 * for every line.  `tally` may be NULL.
 */
MUST_CHECK bool worker_beat(struct worker *w, const struct order *o,
                            const struct tally *tally);

/* Send one report that does not close the order. False: ERR_STOPPED, since
 * nobody listens any more. */
MUST_CHECK bool worker_tell(struct worker *w, const struct report *r,
                            struct err *err);

/* Words for the user. */
PRINTF_LIKE(2, 3)
void worker_say(struct worker *w, const char *fmt, ...);

#endif
