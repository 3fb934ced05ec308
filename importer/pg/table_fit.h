/*
 * table_fit.h - may this column of a table take those values?
 *
 * Exactly or not at all: an int4 goes into numeric, a numeric not into
 * numeric(10,2), which would round it.
 */
#ifndef DECANT_PG_TABLE_FIT_H
#define DECANT_PG_TABLE_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/form.h"

/* A column as the catalogue has it, domains followed down. */
struct table_actual {
    const char *name;
    const char *said;    /* as the user would write its type */
    const char *type;    /* pg_type.typname, "array", "enum" or "" */
    const char *element; /* of an array */
    uint32_t element_oid;
    int32_t modifier; /* atttypmod, -1: none */
    bool required, defaulted, generated;
};

/* False: *why says in a few words what would be lost. */
MUST_CHECK bool table_fit(enum form want, const struct table_actual *column,
                          struct form_field *out, const char **why);

#endif
