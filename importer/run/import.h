/*
 * import.h - one `decant import`, from arguments to summary.
 *
 *     setup -> [import_run] -> summary
 *
 * import_run() becomes the supervisor: it forks the workers, hands out what
 * there is to do (agenda.h) and adds up what comes back.  It never reads a
 * file's bytes and holds no connection.
 */
#ifndef DECANT_RUN_IMPORT_H
#define DECANT_RUN_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/ledger.h"
#include "importer/report/summary.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/record/record.h"

#define RANGE_BYTES      ((uint64_t)32 << 20)
#define RANGE_BYTES_LOW  ((uint64_t)4 << 20) /* not chosen smaller unasked */
#define RANGE_BYTES_MIN  ((uint64_t)1 << 10)
#define RANGE_BYTES_MAX  ((uint64_t)4 << 30)
#define MAX_LINE         ((uint64_t)128 << 20)
#define MAX_LINE_MIN     ((uint64_t)64)
#define MAX_LINE_MAX     ((uint64_t)768 << 20)
#define WORKERS_MAX      256
#define PATIENCE_SECONDS 60

/* Stop when there are more rejects than this. */
struct reject_limit {
    uint64_t lines; /* UINT64_MAX: any number */
    double percent; /* of the lines, once PERCENT_FROM were seen; 100: any */
};
#define PERCENT_FROM 1000

/* What the user asked for. Strings are borrowed for the whole run. */
struct import_setup {
    const char *const *args; /* files, directories, "-" */
    size_t n_args;
    const char *conninfo; /* "": the PG* environment alone */
    const char *psql;     /* command that opens the database */
    const struct profile *profile;
    struct ledger_profile identity; /* of the profile, for the ledger */
    struct repair_options repair;
    size_t workers;
    uint64_t range_bytes;
    bool even_ranges; /* smaller ones where that divides a file evenly */
    uint64_t max_line;
    uint64_t limit;         /* lines; UINT64_MAX: all */
    uint64_t shard, shards; /* our part of the ranges; shards 1: all */
    struct reject_limit reject_limit;
    bool dry_run;
    bool
        nowhere; /* without a database: everything is new, nothing is written */
    bool resume; /* without args: all unfinished sources */
    bool verify;
    bool keep_text;
    bool keep_payload;     /* also when it goes to a typed table */
    bool progress;         /* draw a progress line on stderr */
    double patience;       /* seconds that what may pass is tried again */
    const char *crash_key; /* only with DECANT_FAULTS: judging the line with
                              this key aborts the worker; else NULL */
};

/*
 * False: nothing could be started (the summary is empty then).  True:
 * out->exit says how it went; the summary's strings live in `run`.
 */
MUST_CHECK bool import_run(const struct import_setup *set, struct arena *run,
                           struct summary *out, struct err *err);

#endif
