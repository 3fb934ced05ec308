/*
 * forget.h - files taken out of the database, as if never imported.
 *
 *     file -> [forget_find] -> what is loaded of it -> [forget]
 *
 * Rows, rejects, ledger and source go in one transaction, and so do the
 * typed rows of tables whose profile fills a column with the source.
 */
#ifndef DECANT_PG_FORGET_H
#define DECANT_PG_FORGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/ledger.h"
#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/hash.h"

#define FORGET_MAX 64 /* sources at once */

struct forget_item {
    int64_t source;
    char path[256]; /* as recorded */
    char profile[LEDGER_PROFILE];
    uint64_t lines, rows, rejects, typed_rows;
};

struct forget_file {
    const char *path; /* absolute, or "-" for what came through stdin */
    bool there;       /* then also its content: */
    uint64_t size;
    struct hash fingerprint;
};

/* The sources that are meant: of this content, else of this path. */
MUST_CHECK bool forget_find(struct pg *pg, const struct forget_file *file,
                            struct forget_item *out, size_t *n,
                            struct err *err);

/*
 * Take it out; waits for imports that are at it.  ERR_USAGE when some of its
 * typed rows cannot be told from others, unless keep_typed: then typed rows
 * stay, all of them.  *typed is what was removed of those.
 */
MUST_CHECK bool forget(struct pg *pg, const struct forget_item *item,
                       bool keep_typed, uint64_t *typed, struct err *err);

#endif
