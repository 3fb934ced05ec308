/*
 * sample.h - the sound answers at the beginning of files.
 *
 *     file -> lines -> judged under `raw` -> tape of each sound payload
 *
 * A file of batch results goes through the line up to its sound JSON; lines
 * of a file that no provider wrote are taken for answers as they are.
 */
#ifndef DECANT_RUN_SAMPLE_H
#define DECANT_RUN_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/json/tape.h"
#include "validate/record/profile.h"

struct sample_setup {
    const char *const *args; /* files, directories, "-" */
    size_t n_args;
    const struct profile *raw; /* the built-in one: any JSON */
    uint64_t max_line;
    uint64_t limit; /* lines, over all files */
    bool plain;     /* lines are answers, whatever they look like */
    /* Called with each answer; the tape and the scratch arena are lent. */
    void (*answer)(void *ctx, const struct json_tape *tape,
                   struct arena *scratch);
    void *ctx;
};

struct sample_counts {
    uint64_t answers;
    uint64_t left_out; /* rejects, and lines that are no JSON */
    uint64_t texts;    /* of those: sound but for being text */
};

/* A file that is neither results nor JSON lines is a failure. */
MUST_CHECK bool sample_run(const struct sample_setup *set,
                           struct sample_counts *out, struct err *err);

#endif
