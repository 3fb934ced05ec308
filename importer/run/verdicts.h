/*
 * verdicts.h - what `decant check` writes about single lines.
 *
 * Builds each record in memory and hands it to stdio with one call.
 */
#ifndef DECANT_RUN_VERDICTS_H
#define DECANT_RUN_VERDICTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "importer/stage/flow.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* Bytes of a line that a reject object shows, as in decant.reject. */
#define VERDICT_RAW_MAX ((size_t)1 << 20)

/* A line, whose it is, and what became of it. */
struct verdict_line {
    const char *path;
    uint64_t number; /* from 1 */
    const struct line *line;
    const struct judged *judged;
    struct arena *scratch; /* rewound */
};

/* {"path", "line", "offset", "length", "key", "provider", "fault", "pointer",
 *  "at", "message", "excerpt", "raw"} and a newline. */
MUST_CHECK bool verdict_reject(FILE *f, const struct verdict_line *v,
                               struct err *err);

/* The payload of a row on one line: line feeds between tokens become spaces;
 * a text payload becomes a JSON string. */
MUST_CHECK bool verdict_clean(FILE *f, const struct verdict_line *v,
                              struct err *err);

/* "path:12: key: escape.doubled: ... at byte 7 of the reply: `\F` -> `\\F`"
 * for every repair, or the fault of a reject. */
MUST_CHECK bool verdict_explain(FILE *f, const struct verdict_line *v,
                                struct err *err);

#endif
