/* progress.c - see progress.h. */
#include "importer/report/progress.h"

#define WARM_SECONDS 1.0 /* before that, no rate can be trusted */

void progress_put(struct sheet *s, const struct progress *p, size_t width)
{
    double rate = p->seconds > 0 ? (double)p->done_bytes / p->seconds : 0;
    char a[SHEET_NUMBER], b[SHEET_NUMBER];
    size_t start = s->len;

    if (p->total_bytes) {
        double part = (double)p->done_bytes / (double)p->total_bytes;

        sheet_put(s, "%3.0f%%  %s of %s", part < 1 ? part * 100 : 100,
                  sheet_bytes((double)p->done_bytes, a),
                  sheet_bytes((double)p->total_bytes, b));
    } else {
        sheet_put(s, "%s", sheet_bytes((double)p->done_bytes, a));
    }
    if (p->seconds >= WARM_SECONDS) {
        double left = (double)p->total_bytes - (double)p->done_bytes;
        double lines = (double)p->tally.lines / p->seconds;

        sheet_put(s, "  %s/s  %s lines/s", sheet_bytes(rate, a),
                  sheet_count((uint64_t)lines, b));
        if (p->total_bytes && left > 0 && rate > 0)
            sheet_put(s, "  ETA %s", sheet_clock(left / rate, a));
    }
    sheet_put(s, "  %s rows", sheet_count(p->tally.rows, a));
    sheet_put(s, "  %s repaired", sheet_count(p->tally.repaired, a));
    sheet_put(s, "  %s rejects", sheet_count(p->tally.rejects, a));
    if (s->len - start > width)
        s->len = start + width; /* pure ASCII: a column is a byte */
}
