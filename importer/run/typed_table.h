/*
 * typed_table.h - the table that a profile fills, made ready.
 *
 *     profile -> [typed_table] -> struct table_plan
 */
#ifndef DECANT_RUN_TYPED_TABLE_H
#define DECANT_RUN_TYPED_TABLE_H

#include <stdbool.h>

#include "importer/pg/ledger.h"
#include "importer/pg/table.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/record/profile.h"

struct typed_table {
    const struct profile *profile; /* with columns */
    struct ledger_profile identity;
    bool look_only;
    /* Differences, a line each. */
    void (*say)(void *ctx, const char *text);
    void *ctx;
};

/* As table_prepare(); unless it only looks, the columns with SMILES are entered
 * into decant.smiles_column. */
MUST_CHECK bool typed_table(struct pg *pg, const struct typed_table *t,
                            struct table_plan *out, struct err *err);

#endif
