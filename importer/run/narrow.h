/*
 * narrow.h - which lines of a range kill the process that judges them.
 *
 * Sacrificial children do everything to the lines that a loader does, but
 * without a database, and leave in shared memory which line they are at.
 * A line at which two children in turn have died is poison; one death may be
 * anything (a kill from outside, memory short for a moment).
 */
#ifndef DECANT_RUN_NARROW_H
#define DECANT_RUN_NARROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/run/loader.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define NARROW_MAX 1000 /* poison lines in one range: then it is hopeless */

struct narrow {
    const char *path;      /* a file that can be opened again */
    uint64_t begin, end;   /* lines that start here */
    struct loader *loader; /* its buffers are used, and left empty */
    struct arena *range;   /* takes the offsets */
    /* Called now and then; false: stop looking, which is a failure. */
    bool (*go_on)(void *ctx);
    void *ctx;
};

/* The offsets of poison lines, rising. */
MUST_CHECK bool narrow_find(const struct narrow *in, const uint64_t **offsets,
                            size_t *n, struct err *err);

#endif
