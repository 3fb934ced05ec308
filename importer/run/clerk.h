/*
 * clerk.h - the orders about files as a whole: what is it, what is missing,
 * is everything there, is it the same still.
 */
#ifndef DECANT_RUN_CLERK_H
#define DECANT_RUN_CLERK_H

#include "importer/run/worker.h"

/* Before the first row, and not before a file is known to be ours to load:
 * make the profile's table, or add the columns it lacks. */
MUST_CHECK bool clerk_table(struct worker *w, struct err *err);

/* Each carries out one kind of order and fills the closing report. */
MUST_CHECK bool clerk_prepare(struct worker *w, const struct order *o,
                              struct report *out, struct err *err);
MUST_CHECK bool clerk_unfinished(struct worker *w, struct report *out,
                                 struct err *err);
MUST_CHECK bool clerk_open(struct worker *w, const struct order *o,
                           struct report *out, struct err *err);
MUST_CHECK bool clerk_settle(struct worker *w, const struct order *o,
                             struct report *out, struct err *err);
MUST_CHECK bool clerk_finish(struct worker *w, struct report *out,
                             struct err *err);
MUST_CHECK bool clerk_verify(struct worker *w, const struct order *o,
                             struct report *out, struct err *err);

#endif
