/*
 * pipe_load.h - stdin or a FIFO: once through, piece after piece.
 *
 * A pipe has no name and cannot be read twice, so whether its bytes are
 * known shows only while they pass: by the hash of everything so far, at a
 * line border where the ledger knows a piece to end.  Until then the lines
 * wait in a spool; when it is full, or a piece's end has passed without a
 * match, they are loaded, and taken back should a match come after all.
 */
#ifndef DECANT_RUN_PIPE_LOAD_H
#define DECANT_RUN_PIPE_LOAD_H

#include "importer/run/worker.h"

#define SPOOL_BYTES ((size_t)48 << 20) /* lines that wait, at most */

/* Fills the closing report: DONE (tally zero: the parts told). */
MUST_CHECK bool pipe_load(struct worker *w, const struct order *o,
                          struct report *out, struct err *err);

#endif
