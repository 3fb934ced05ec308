/* db_init.c - `decant db init`: see db_actions.h. */
#include "cli/db_actions.h"

#include "cli/options_common.h"
#include "importer/pg/migrate.h"
#include "importer/pg/pg.h"
#include "importer/run/typed_table.h"

#include <stdio.h>

static void say(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "decant: %s\n", text);
}

static void tell_table(const struct table_plan *table)
{
    if (table->created)
        printf("%s: made\n", table->table);
    else if (table->added)
        printf("%s: %zu column%s added\n", table->table, table->added,
               table->added == 1 ? "" : "s");
    else
        printf("%s: fits as it is\n", table->table);
}

/* The profile is read before anything is touched: it may be wrong. */
static bool init(struct pg *pg, const struct typed_table *want, struct err *err)
{
    struct migration_state state;
    struct table_plan table;

    if (!migrate(pg, &state, err))
        return false;
    printf("%s: tables of decant, version %d%s\n", pg_where(pg), state.version,
           state.applied ? ", now up to date" : "");
    if (!want->profile)
        return true;
    if (!want->profile->n_columns) {
        printf("profile %.*s: no table of its own\n",
               (int)want->profile->name.len, want->profile->name.ptr);
        return true;
    }
    if (!typed_table(pg, want, &table, err))
        return false;
    tell_table(&table);
    return true;
}

bool db_init(struct database *db, const struct db_call *call, struct err *err)
{
    struct typed_table want = {.say = say};
    struct pg *pg;
    bool ok;

    if (call->profile &&
        (!common_profile(call->profile, &want.profile, err) ||
         !common_identity(call->profile, want.profile, &want.identity, err)))
        return false;
    if (!database_start(db, err) || !pg_open(db->conninfo, "db", &pg, err))
        return false;
    ok = init(pg, &want, err);
    pg_close(pg);
    return ok;
}
