/*
 * aftermath.h - what a worker finds out when everything is loaded.
 *
 * Behind ledger_finish(): the typed table's index and books, values of which
 * a number was expected, texts that occur twice, and where in the payloads
 * the rejects are.
 */
#ifndef DECANT_RUN_AFTERMATH_H
#define DECANT_RUN_AFTERMATH_H

#include "importer/run/worker.h"

/* Tells findings and fills what of out->u belongs to FINISHED. */
MUST_CHECK bool aftermath(struct worker *w, struct report *out,
                          struct err *err);

#endif
