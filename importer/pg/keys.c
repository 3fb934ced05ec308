/* keys.c - see keys.h. */
#include "importer/pg/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sql.inc"

#define CANCELED "57014" /* query_canceled: what a timeout gives */
#define ID_TEXT  21

static const char *id_list(const int64_t *ids, size_t n, char *out, size_t cap)
{
    size_t len = (size_t)snprintf(out, cap, "{");

    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(out + len, cap - len, "%s%" PRId64,
                                i ? "," : "", ids[i]);
    snprintf(out + len, cap - len, "}");
    return out;
}

/* By rows, each asking the index for others of its key; or, when there are
 * too many of ours for that, by one walk over the whole index. */
static bool ask(struct pg *pg, const struct pg_params *ids,
                struct pg_result **out, struct err *err)
{
    struct pg_result *r;
    bool most;

    if (!pg_query(pg, sql_keys_share, ids, &r, err))
        return false;
    most = pg_bool(r, 0, 0);
    pg_done(r);
    if (!most)
        return pg_query(pg, sql_keys_repeated, ids, out, err);
    /* The server has no statistics of what was just loaded. */
    return pg_exec(pg,
                   "SET LOCAL enable_seqscan = off;"
                   "SET LOCAL enable_hashagg = off",
                   err) &&
           pg_query(pg, sql_keys_repeated_most, ids, out, err);
}

bool keys_repeated(struct pg *pg, const int64_t *sources, size_t n,
                   struct keys_repeated *out, struct err *err)
{
    char list[KEYS_SOURCES * ID_TEXT + 4], begin[64];
    struct pg_params p = {1, {list}};
    struct pg_result *r;

    *out = (struct keys_repeated){.known = n == 0};
    if (n == 0 || n > KEYS_SOURCES)
        return true;
    id_list(sources, n, list, sizeof(list));
    snprintf(begin, sizeof(begin), "BEGIN; SET LOCAL statement_timeout = '%ds'",
             KEYS_SECONDS);
    if (!pg_exec(pg, begin, err))
        return false;
    if (!ask(pg, &p, &r, err)) {
        pg_rollback(pg);
        return pg_alive(pg) && !strcmp(err->state, CANCELED);
    }
    *out = (struct keys_repeated){true, (uint64_t)pg_int(r, 0, 0)};
    pg_done(r);
    return pg_exec(pg, "COMMIT", err);
}
