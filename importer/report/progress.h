/* progress.h - the one line that says how far a run is. */
#ifndef DECANT_REPORT_PROGRESS_H
#define DECANT_REPORT_PROGRESS_H

#include <stdint.h>

#include "importer/report/sheet.h"
#include "importer/report/tally.h"

struct progress {
    uint64_t done_bytes;  /* of this run */
    uint64_t total_bytes; /* to be done by this run; 0: not known */
    struct tally tally;   /* committed and in flight */
    double seconds;       /* since the run began */
};

/*
 * "42%  1.20/2.80 GB  310 MB/s  120,000 lines/s  1,234 rows  3 repaired  ..."
 * without a line ending, at most `width` columns.
 */
void progress_put(struct sheet *s, const struct progress *p, size_t width);

#endif
