/*
 * molecules.h - one `decant molecules`, from the setup to the counts.
 *
 *     distinct SMILES of the database -> [molecules_run] -> decant.molecule
 *
 * This process holds the connection, judges each SMILES itself and hands the
 * sound ones to `decant-chem` children, which it times: a child that is late,
 * dies or wants too much memory costs that molecule, nothing else.  Rows are
 * committed batch by batch, so that running it again does what is missing.
 */
#ifndef DECANT_RUN_MOLECULES_H
#define DECANT_RUN_MOLECULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/run/chem_hand.h"
#include "importer/run/molecule_row.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define MOLECULES_WORKERS_MAX 64
#define MOLECULES_TIMEOUT     5 /* seconds, when nothing is said */
#define MOLECULES_LIMIT_MAX   ((uint64_t)INT64_MAX)

struct molecules_setup {
    const char *conninfo; /* "": the PG* environment alone */
    const char *chem;     /* path of decant-chem, or NULL: only our own part */
    const char *column;   /* [schema.]table.column to add first, or NULL */
    bool reaction;        /* it holds reactions */
    size_t workers;       /* children, 1 to MOLECULES_WORKERS_MAX */
    uint64_t limit;       /* molecules; UINT64_MAX: all */
    uint64_t memory;      /* bytes of address space of a child */
    double timeout;       /* seconds for a molecule */
    bool retry;           /* also those that crashed, hung or hungered */
    bool progress;        /* draw a progress line on stderr */
};

struct molecules_summary {
    uint64_t distinct;                /* met by this run */
    uint64_t states[MOLECULE_STATES]; /* rows written by it; sum: distinct */
    uint64_t disagree;
    double seconds;
    bool columns;               /* is there any to look into? */
    bool stopped;               /* by a signal: the rest is for the next run */
    bool balanced;              /* every molecule met has its row */
    char version[CHEM_VERSION]; /* of Open Babel; "": not asked */
    char where[256];            /* the database */
};

/* False: it failed; what is in *out was committed nevertheless. */
MUST_CHECK bool molecules_run(const struct molecules_setup *set,
                              struct molecules_summary *out, struct err *err);

#endif
