/* ticker.h - the progress line on a terminal's stderr, at most 10 Hz. */
#ifndef DECANT_RUN_TICKER_H
#define DECANT_RUN_TICKER_H

#include <stdbool.h>

#include "importer/report/progress.h"
#include "validate/base/attrs.h"

struct ticker {
    bool on;
    double drawn; /* when */
};

/* Off unless wanted and stderr is a terminal whose lines can be rewritten. */
void ticker_begin(struct ticker *t, bool wanted);
/* Is it time to draw? Remembers the answer. */
MUST_CHECK bool ticker_due(struct ticker *t);
void ticker_draw(const struct ticker *t, const struct progress *p);
/* Clear the line. */
void ticker_end(struct ticker *t);

#endif
