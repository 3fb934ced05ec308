/*
 * record.h - a sound payload as the columns it becomes.
 *
 *     sound JSON or text -> [record_judge] -> record
 */
#ifndef DECANT_RECORD_RECORD_H
#define DECANT_RECORD_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/base/slice.h"
#include "validate/json/repair.h"
#include "validate/record/restore.h"

/* What a sound payload is. */
struct profile {
    struct slice name;         /* "raw", "text" */
    bool json;                 /* payloads are JSON; else any text */
    struct field_table fields; /* what its strings hold, for restore() */
};

/* A built-in profile; false when there is none of that name. */
MUST_CHECK bool profile_find(struct slice name, const struct profile **out);

struct record {
    struct slice json; /* goes to payload jsonb; empty under `text` */
    struct slice text; /* goes to payload_text; empty under `raw` */
};

/*
 * Restore what the profile's fields declare, then judge what PostgreSQL must be able to hold: no U+0000, no number with
 * |exponent| > 400 or more than 1,000 digits (contracts 2).  `text` is used
 * by profiles that are not JSON, `sound` by the others.
 */
MUST_CHECK
struct verdict record_judge(const struct profile *profile, struct slice text,
                            struct repaired *sound, struct arena *arena,
                            struct record *out);

#endif
