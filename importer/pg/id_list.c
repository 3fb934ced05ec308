/* id_list.c - see id_list.h. */
#include "importer/pg/id_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "importer/sys/sys_fail.h"

#define DIGITS 21 /* of a number, with its comma */

char *id_list(const int64_t *ids, size_t n, struct err *err)
{
    size_t room = 3 + n * DIGITS, used = 1;
    char *text = FAIL_POINT("alloc") ? NULL : malloc(room);

    if (!text) {
        err_set(err, ERR_MEMORY, "no memory for %zu sources", n);
        return NULL;
    }
    text[0] = '{';
    for (size_t i = 0; i < n; i++) {
        int len = snprintf(text + used, room - used, "%s%" PRId64, i ? "," : "",
                           ids[i]);

        used += (size_t)len;
    }
    memcpy(text + used, "}", 2);
    return text;
}

void id_list_free(char *list)
{
    free(list);
}
