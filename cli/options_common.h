/*
 * options_common.h - what import and check have in common on the command
 * line: the options that say what a line is, and how the summary is told.
 */
#ifndef DECANT_CLI_OPTIONS_COMMON_H
#define DECANT_CLI_OPTIONS_COMMON_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/report/summary.h"
#include "importer/run/import.h"
#include "importer/sys/options.h"
#include "validate/base/arena.h"
#include "validate/record/record.h"

struct common {
    const char *profile; /* a built-in name or a file */
    int repair;          /* index into common_repairs: enum repair_mode */
    int on_nul;          /* index into common_policies: enum mend_policy */
    int on_surrogate;
    uint64_t max_line;
    uint64_t limit; /* lines */
    bool json, quiet, verbose, log_json, no_progress;
};

#define COMMON_DEFAULTS                                             \
    {                                                               \
        .profile = "raw", .max_line = MAX_LINE, .limit = UINT64_MAX \
    }

extern const char *const common_repairs[];
extern const char *const common_policies[];

/* The rows that say what may be changed in a reply; `profile` ones aside,
 * `decant repair` has the same. */
#define REPAIR_ROWS(type, member)                                            \
    {.name = "repair",                                                       \
     .kind = OPTION_CHOICE,                                                  \
     .field = COMMON_AT(type, member, repair),                               \
     .argument = "WHAT",                                                     \
     .choices = common_repairs,                                              \
     .help = "which repairs count: lossless, all (guesses too) or none"},    \
        {.name = "on-nul",                                                   \
         .kind = OPTION_CHOICE,                                              \
         .field = COMMON_AT(type, member, on_nul),                           \
         .argument = "WHAT",                                                 \
         .choices = common_policies,                                         \
         .help = "U+0000, which PostgreSQL cannot hold: replace or reject"}, \
    {                                                                        \
        .name = "on-surrogate", .kind = OPTION_CHOICE,                       \
        .field = COMMON_AT(type, member, on_surrogate), .argument = "WHAT",  \
        .choices = common_policies,                                          \
        .help = "half a surrogate pair: replace or reject"                   \
    }

/* Rows of an option table whose fields are a `type` with a struct common
 * named `member`. */
#define COMMON_AT(type, member, field) \
    (offsetof(type, member) + offsetof(struct common, field))
#define COMMON_ROWS(type, member)                                           \
    {.name = "profile",                                                     \
     .letter = 'p',                                                         \
     .kind = OPTION_TEXT,                                                   \
     .field = COMMON_AT(type, member, profile),                             \
     .argument = "NAME|FILE",                                               \
     .help = "what a sound reply is and where it goes: raw (any JSON, the " \
             "default), text, another of decant profile list, or a file"},  \
        REPAIR_ROWS(type, member),                                          \
        {.name = "max-line",                                                \
         .kind = OPTION_SIZE,                                               \
         .field = COMMON_AT(type, member, max_line),                        \
         .argument = "SIZE",                                                \
         .min = MAX_LINE_MIN,                                               \
         .max = MAX_LINE_MAX,                                               \
         .help = "longer lines are rejected; default 128M"},                \
        {.name = "limit",                                                   \
         .kind = OPTION_COUNT,                                              \
         .field = COMMON_AT(type, member, limit),                           \
         .argument = "N",                                                   \
         .min = 1,                                                          \
         .help = "only the first N lines of the run"},                      \
        {.name = "json",                                                    \
         .kind = OPTION_FLAG,                                               \
         .field = COMMON_AT(type, member, json),                            \
         .help = "the summary as one JSON object on stdout, nothing else"}, \
        {.name = "quiet",                                                   \
         .letter = 'q',                                                     \
         .kind = OPTION_FLAG,                                               \
         .field = COMMON_AT(type, member, quiet),                           \
         .help = "no progress, no remarks; only errors and the summary"},   \
    {                                                                       \
        .name = "log-json", .kind = OPTION_FLAG,                            \
        .field = COMMON_AT(type, member, log_json),                         \
        .help = "remarks and errors on stderr as JSON lines"                \
    }

/* The profile, which lives until exit.  False: it is wrong, or not there. */
MUST_CHECK bool common_profile(const char *what, const struct profile **out,
                               struct err *err);

/* What the ledger knows the profile by. */
MUST_CHECK bool common_identity(const char *what, const struct profile *profile,
                                struct ledger_profile *out, struct err *err);
struct repair_options common_repair(const struct common *c);

/* Should a progress line be drawn, if stderr is a terminal? */
bool common_progress(const struct common *c);

/* Set the log up, before anything is said. */
void common_begin(const struct common *c);

/* Nothing could be done: say so, with --json also as an object without
 * files.  Returns the exit code. */
int common_fail(const struct common *c, const struct err *err);

/* Print the summary; returns the exit code. */
int common_end(const struct common *c, const struct summary *summary,
               struct arena *run);

#endif
