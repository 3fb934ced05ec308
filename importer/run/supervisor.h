/*
 * supervisor.h - the state of a run, shared by the files that are its parent
 * process: supervisor.c (the loop), reports.c (what comes back), ending.c
 * (what is made of it).
 */
#ifndef DECANT_RUN_SUPERVISOR_H
#define DECANT_RUN_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>

#include "importer/run/agenda.h"
#include "importer/run/crew.h"
#include "importer/run/import.h"
#include "importer/run/ticker.h"
#include "importer/sys/clock.h"
#include "importer/sys/files.h"
#include "validate/base/arena.h"
#include "validate/base/err.h"

enum phase {
    PHASE_LISTING, /* --resume: which sources are not complete? */
    PHASE_LOADING,
    PHASE_FINISHING, /* flush, mark complete, books */
    PHASE_SETTLING,  /* something is missing: is it something we did? */
    PHASE_VERIFYING, /* --verify */
    PHASE_OVER,
};

enum halt {
    HALT_NONE,
    HALT_LIMIT,  /* too many rejects */
    HALT_SIGNAL, /* Ctrl-C, SIGTERM */
    HALT_FAILED, /* s->err */
};

struct supervisor {
    const struct import_setup *set;
    struct arena *run;
    struct agenda agenda;
    struct crew crew;
    char id[UUID_TEXT]; /* of the run */
    char where[256];    /* the database */
    enum phase phase;
    size_t next;     /* LISTING, FINISHING, SETTLING, VERIFYING:
                                  how far it was handed out */
    bool prepared;   /* the tables are up to date */
    bool lost;       /* SETTLING found something to do again */
    int deaths;      /* of workers that did none of the files */
    bool unbalanced; /* the books, or a verified file */
    bool unreadable; /* an argument could not be looked at */
    struct keys_repeated keys, twice;
    struct finding *findings; /* FINDINGS_MAX */
    size_t n_findings;
    enum halt halt;
    struct err err;               /* of HALT_FAILED */
    double began, halted, waited; /* seconds; 0: not yet */
    struct ticker ticker;
    int signals; /* readable when a signal has come */
};

/* Stop the run for good. Only the first reason counts, but a failure is
 * never hidden behind a limit. */
void supervisor_halt(struct supervisor *s, enum halt why,
                     const struct err *err);

/* One message of a worker. */
void reports_take(struct supervisor *s, struct hand *h, const struct report *r);
/* Its process is gone; `end` says how. */
void reports_death(struct supervisor *s, struct hand *h);

/* Fill the summary and its exit code. */
MUST_CHECK bool ending_write(struct supervisor *s, struct summary *out,
                             struct err *err);

#endif
