/*
 * survey.h - `decant check`: the straight line without a database.
 *
 *     file -> lines -> judged -> tallies, rejects, clean payloads
 *
 * One process, one pass, memory for one line.
 */
#ifndef DECANT_RUN_SURVEY_H
#define DECANT_RUN_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "importer/report/summary.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/record/record.h"

struct survey_setup {
    const char *const *args; /* files, directories, "-" */
    size_t n_args;
    const struct profile *profile;
    struct repair_options repair;
    uint64_t max_line;
    uint64_t limit; /* lines; UINT64_MAX: all */
    FILE *rejects;  /* one JSON object per reject, or NULL */
    FILE *clean;    /* one sound payload per line, or NULL */
    FILE *explain;  /* a line per repair and per reject, or NULL */
    bool progress;
};

/* False: nothing could be checked, or an output could not be written. */
MUST_CHECK bool survey_run(const struct survey_setup *set, struct arena *run,
                           struct summary *out, struct err *err);

#endif
