/*
 * range_load.h - one range of a seekable file, whole or not at all.
 *
 * The order's range is claimed, its lines are loaded, and rows, rejects and
 * ledger entry commit together.  A suspect range is first searched for the
 * lines that kill (narrow.h); they become rejects without being judged.
 */
#ifndef DECANT_RUN_RANGE_LOAD_H
#define DECANT_RUN_RANGE_LOAD_H

#include "importer/run/worker.h"

/* Fills the closing report: DONE, WHOLE, BUSY or RETURNED. */
MUST_CHECK bool range_load(struct worker *w, const struct order *o,
                           struct report *out, struct err *err);

/* For suspects of any kind: the lines in [begin, end) not to be touched.
 * Empty and true when the order is not suspect. */
struct poison {
    const uint64_t *at;
    size_t n;
};
MUST_CHECK bool poison_find(struct worker *w, const struct order *o,
                            struct poison *out, struct err *err);

#endif
