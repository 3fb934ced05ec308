/*
 * db_actions.h - the larger actions of `decant db`.
 */
#ifndef DECANT_CLI_DB_ACTIONS_H
#define DECANT_CLI_DB_ACTIONS_H

#include <stdbool.h>

#include "cli/database.h"
#include "importer/sys/options.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* Options of `decant db` and what stands behind the action. */
struct db_call {
    const char *db;
    const char *profile;  /* init; NULL: none */
    bool yes, keep_typed; /* forget */
    bool quiet;
    struct operands rest;
};

/* Create what is missing: cluster, tables, the typed table of a profile. */
MUST_CHECK bool db_init(struct database *db, const struct db_call *call,
                        struct err *err);

/* Take files out again; without --yes only say what that would remove. */
MUST_CHECK bool db_forget(struct database *db, const struct db_call *call,
                          struct err *err);

#endif
