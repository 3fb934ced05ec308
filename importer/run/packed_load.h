/*
 * packed_load.h - a .gz or .zst file, range after range in one pass.
 *
 * Offsets count decompressed bytes.  What the ledger knows is passed over,
 * then every range is a transaction of its own; a PART report follows each.
 */
#ifndef DECANT_RUN_PACKED_LOAD_H
#define DECANT_RUN_PACKED_LOAD_H

#include "importer/run/worker.h"

/* Fills the closing report: DONE (tally zero: the parts told), BUSY. */
MUST_CHECK bool packed_load(struct worker *w, const struct order *o,
                            struct report *out, struct err *err);

#endif
