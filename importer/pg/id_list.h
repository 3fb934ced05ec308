/* id_list.h - source numbers as the text of a PostgreSQL array. */
#ifndef DECANT_PG_ID_LIST_H
#define DECANT_PG_ID_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* "{1,2,3}", for id_list_free(); NULL: no memory. */
MUST_CHECK char *id_list(const int64_t *ids, size_t n, struct err *err);
void id_list_free(char *list); /* NULL is fine */

#endif
