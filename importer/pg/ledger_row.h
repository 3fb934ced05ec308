/*
 * ledger_row.h - shared by the ledger's files: rows of the two tables as
 * structs, and the one definition of "whole".
 */
#ifndef DECANT_PG_LEDGER_ROW_H
#define DECANT_PG_LEDGER_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/pg/ledger.h"
#include "importer/pg/pg.h"
#include "importer/sys/files.h"

/* A row of decant.range: n, begin_at, end_at, open_at, hash. */
struct ledger_row {
    uint64_t n;
    uint64_t begin;
    uint64_t end;
    bool open;
    uint64_t open_at;
    struct hash hash;
};

MUST_CHECK bool ledger_row_get(const struct pg_result *r, int row,
                               struct ledger_row *out, struct err *err);

/* The columns of source_find.sql and source_get.sql. */
MUST_CHECK bool ledger_source_get(const struct pg_result *r, struct source *out,
                                  struct err *err);

const char *ledger_kind(enum source_kind kind); /* 'file', 'stream', ... */

/* A path as the text that the ledger keeps: the server takes UTF-8 only, so
 * other bytes become \xNN.  What does not fit is cut off. */
#define LEDGER_PATH (4 * FILE_PATH_MAX)
const char *ledger_path(const char *path, char out[LEDGER_PATH]);

/* Where range n ends: its border, or the end of what there is. */
uint64_t ledger_border(const struct source *source, uint64_t n);

/* Nothing of the range is missing, seen from this source's length. */
bool ledger_whole(const struct source *source, const struct ledger_row *row);

/* Where loading a range that is not whole goes on. */
uint64_t ledger_resume(const struct source *source,
                       const struct ledger_row *row);

/* A statement whose rows do not matter. */
MUST_CHECK bool ledger_run(struct pg *pg, const char *sql,
                           const struct pg_params *params, struct err *err);

#endif
