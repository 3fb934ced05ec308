/*
 * summary.h - what a run did, for people and for programs.
 *
 * The JSON form is a promise to scripts (docs/decant.1 lists its members);
 * the text form may change.  Both are written into memory: the caller
 * prints.
 */
#ifndef DECANT_REPORT_SUMMARY_H
#define DECANT_REPORT_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/keys.h"
#include "importer/report/finding.h"
#include "importer/report/tally.h"
#include "validate/base/arena.h"
#include "validate/base/slice.h"

/* Of the program; docs/decant.1 promises them. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_REJECTS = 3,
    EXIT_LIMIT = 5,
    EXIT_BOOKS = 6,
    EXIT_AGAIN = 75,
    EXIT_STOPPED = 130,
};

struct file_report {
    const char *path;       /* as the user wrote it */
    struct tally tally;     /* of this run */
    uint64_t already_lines; /* in the database before */
    uint64_t already_bytes;
    uint64_t new_ranges;   /* of a dry run: what would be loaded */
    uint64_t known_ranges; /* of a dry run */
    const char *error;     /* why it was not loaded (wholly), or NULL */
    const char *note;      /* "has grown", "was known as ...", or NULL */
    bool touched;          /* something of it was looked at */
};

enum summary_kind { SUMMARY_IMPORT, SUMMARY_DRY_RUN, SUMMARY_CHECK };

struct summary {
    enum summary_kind kind;
    const struct file_report *files;
    size_t n_files;
    double seconds;
    const char *run;      /* identity of the run, or NULL */
    const char *database; /* without its password, or NULL */
    const char *psql;     /* command that opens it: `decant db psql --` */
    const char *error;    /* what ended the run early, or NULL */
    struct keys_repeated repeated_keys;
    const char *table; /* that the profile fills, or NULL */
    const struct finding *findings;
    size_t n_findings;
    struct keys_repeated duplicates; /* texts that the profile wants once */
    struct slice molecules; /* the JSON member of that name; empty: none */
    int exit;
};

/* "decant.qa_pair", or NULL when the profile has no table. */
const char *summary_table(const struct profile *profile, struct arena *arena);

/* The sum over all files. */
struct tally summary_total(const struct summary *s);

/* In the arena; {NULL, 0} when it does not fit. */
MUST_CHECK
struct slice summary_text(const struct summary *s, struct arena *arena);
MUST_CHECK
struct slice summary_json(const struct summary *s, struct arena *arena);

#endif
