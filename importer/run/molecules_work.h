/*
 * molecules_work.h - the state of one run, shared by molecules.c (begin, loop,
 * end) and molecules_hands.c (what the children owe and how they die).
 */
#ifndef DECANT_RUN_MOLECULES_WORK_H
#define DECANT_RUN_MOLECULES_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/pg.h"
#include "importer/run/molecules.h"
#include "importer/run/ticker.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

struct molecules_work {
    const struct molecules_setup *set;
    struct molecules_summary *out;
    struct pg *pg;
    struct arena run;  /* hands, batch, answers */
    struct arena line; /* one molecule; rewound */
    struct chem_program program;
    struct chem_hand *hands;
    size_t n_hands;         /* 0: without Open Babel */
    unsigned stillborn;     /* children in a row that never said hello */
    char *room;             /* CHEM_ANSWER bytes: what is being heard */
    struct pg_result *page; /* SMILES from the server */
    int row;                /* the next of the page */
    bool dry;               /* no page is left */
    uint64_t total;         /* molecules of this run */
    uint64_t written;       /* rows committed */
    struct molecule_batch batch;
    double sent; /* when the batch was last empty */
    struct ticker ticker;
    double began;
    int signals; /* readable when a signal has come */
};

/* Put a row into the batch, sending the batch when it is full. */
MUST_CHECK bool work_settle(struct molecules_work *w, struct slice note,
                            const struct molecule_end *end, struct err *err);
/* Commit the batch. */
MUST_CHECK bool work_flush(struct molecules_work *w, struct err *err);

/* Start the children. */
MUST_CHECK bool hands_open(struct molecules_work *w, struct err *err);
/* The child that has room for a question of `len` bytes and least to do; NULL
 * when all are busy. */
struct chem_hand *hands_pick(struct molecules_work *w, size_t len);
bool hands_idle(const struct molecules_work *w); /* nobody owes anything */
/* Take what the child says. */
MUST_CHECK bool hands_listen(struct molecules_work *w, struct chem_hand *h,
                             struct err *err);
/* Replace those that were late at the time `now`, and the worn out. */
MUST_CHECK bool hands_watch(struct molecules_work *w, double now,
                            struct err *err);
void hands_close(struct molecules_work *w); /* what they owe is dropped */

#endif
