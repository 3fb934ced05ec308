/*
 * census.h - what `decant check` counts beside the tally.
 *
 * The answers that an import asks the database for at its end, without one:
 * where in the replies rejects are, how often each expected value came, and
 * how many texts came more than once.  In bounded memory: places beyond
 * CENSUS_PLACES and texts beyond CENSUS_TEXTS are not told apart any more.
 */
#ifndef DECANT_RUN_CENSUS_H
#define DECANT_RUN_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/report/summary.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/record/record.h"

#define CENSUS_PLACES 2048
#define CENSUS_TEXTS  ((size_t)6 << 20) /* 64 MiB of digests */

struct census {
    const struct profile *profile;
    struct arena *run;
    struct finding *places; /* CENSUS_PLACES slots; n 0: free */
    size_t n_places;
    uint64_t *found;   /* beside profile->expected */
    uint64_t *digests; /* open addressing, 0: free */
    size_t room, n_digests;
    uint64_t repeated;
    bool forgetful; /* there were more texts than could be remembered */
};

/* Everything lives in `run`. */
MUST_CHECK bool census_open(struct census *c, const struct profile *profile,
                            struct arena *run, struct err *err);

void census_row(struct census *c, const struct record *record);
void census_reject(struct census *c, const struct verdict *why);

/* findings, duplicates and table of the summary. False: no room. */
MUST_CHECK bool census_end(const struct census *c, struct summary *out);

#endif
