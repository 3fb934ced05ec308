/*
 * pour.h - lines through the loader up to a border, and the commit behind it.
 *
 * What the three ways of loading (range, packed file, pipe) have in common,
 * once a transaction is open.
 */
#ifndef DECANT_RUN_POUR_H
#define DECANT_RUN_POUR_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/run/lines.h"
#include "importer/run/worker.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

enum poured {
    POURED_BORDER,  /* the next line starts at the border or behind it */
    POURED_END,     /* no more lines */
    POURED_LIMIT,   /* as many lines as were wanted */
    POURED_WATCHED, /* the watcher said so */
    POURED_STOPPED, /* worker_beat() said so */
    POURED_FAILED,  /* *err */
};

struct pouring {
    struct worker *worker;
    const struct order *order;
    struct lines *lines;
    uint64_t border; /* UINT64_MAX: the cutter's own end */
    uint64_t limit;  /* lines of this load; UINT64_MAX: all */
    /* Asked behind every line, unless NULL: true ends the pouring. */
    bool (*watch)(void *ctx);
    void *ctx;
};

MUST_CHECK enum poured pour(const struct pouring *p, struct err *err);

/* Pass over lines without judging them until one starts at `to`. */
MUST_CHECK enum poured pour_away(const struct pouring *p, uint64_t to,
                                 struct err *err);

struct pour_end {
    const struct source *source;
    const struct range *range; /* as claimed */
    uint64_t first;            /* place of the first line loaded */
    enum poured how;
};

/*
 * Send what is buffered, write the ledger, COMMIT.  out->range and
 * out->tally are filled.  *ours as in ledger_commit().
 */
MUST_CHECK bool pour_commit(const struct pouring *p, const struct pour_end *end,
                            struct report *out, bool *ours, struct err *err);

#endif
