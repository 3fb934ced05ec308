/*
 * sql_text.h - a statement that is put together from names.
 *
 * Names hold whatever their makers liked; they are quoted, always.  Writing
 * never fails: what does not fit sets `full`, looked at once at the end.
 */
#ifndef DECANT_PG_SQL_TEXT_H
#define DECANT_PG_SQL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

struct sql_text {
    char *bytes; /* NUL-terminated at any time */
    size_t len, cap;
    bool full;
};

/* cap > 0 bytes at `bytes`, the NUL among them. */
void sql_init(struct sql_text *t, char *bytes, size_t cap);
void sql_put(struct sql_text *t, const char *words);
void sql_name(struct sql_text *t, struct slice name);   /* "na""me" */
void sql_string(struct sql_text *t, struct slice text); /* 'te''xt' */
/* One element of an array literal, {"a","b"}, with its quotes. */
void sql_element(struct sql_text *t, struct slice text);
void sql_table(struct sql_text *t, struct slice schema, struct slice name);

#endif
