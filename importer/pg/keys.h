/* keys.h - how many keys are answered more than once. */
#ifndef DECANT_PG_KEYS_H
#define DECANT_PG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define KEYS_SOURCES 1000 /* more are not looked at */
#define KEYS_SECONDS 3

struct keys_repeated {
    bool known; /* false: it would have taken too long */
    uint64_t count;
};

/* Among the rows of these sources and all others. Gives up after
 * KEYS_SECONDS: a remark in a summary is not worth more. */
MUST_CHECK bool keys_repeated(struct pg *pg, const int64_t *sources, size_t n,
                              struct keys_repeated *out, struct err *err);

#endif
