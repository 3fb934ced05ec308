/* db_forget.c - `decant db forget`: see db_actions.h. */
#include "cli/db_actions.h"

#include "importer/pg/forget.h"
#include "importer/pg/migrate.h"
#include "importer/sys/files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The path of a file that is gone, as the ledger has it. */
static bool gone_path(const char *name, char path[FILE_PATH_MAX],
                      struct err *err)
{
    size_t len = 0;

    if (name[0] != '/') {
        if (!getcwd(path, FILE_PATH_MAX))
            return err_set(err, ERR_IO, "the current folder: %s",
                           strerror(errno));
        len = strlen(path);
        if (len + 1 < FILE_PATH_MAX)
            path[len++] = '/';
    }
    if (len + strlen(name) >= FILE_PATH_MAX)
        return err_set(err, ERR_USAGE, "%s: the path is too long", name);
    memcpy(path + len, name, strlen(name) + 1);
    return true;
}

/* By content when the file is there, else by its path alone. */
static bool look(const char *name, char path[FILE_PATH_MAX],
                 struct forget_file *out, struct err *err)
{
    struct file_identity id;

    *out = (struct forget_file){.path = path};
    if (!strcmp(name, "-")) {
        snprintf(path, FILE_PATH_MAX, "-");
        return true;
    }
    if (access(name, F_OK) != 0) {
        return gone_path(name, path, err);
    }
    if (!file_absolute(name, path, err) || !file_identify(name, &id, err))
        return false;
    out->there = id.kind != FILE_PIPE;
    out->size = id.size;
    out->fingerprint = id.fingerprint;
    return true;
}

static bool remove_item(struct pg *pg, const struct db_call *call,
                        const struct forget_item *item, struct err *err)
{
    uint64_t typed;

    if (!call->yes) {
        printf("would remove %s (profile %s): %" PRIu64 " lines: %" PRIu64
               " rows, %" PRIu64 " rejects, %" PRIu64 " typed rows\n",
               item->path, item->profile[0] ? item->profile : "not known",
               item->lines, item->rows, item->rejects,
               call->keep_typed ? 0 : item->typed_rows);
        return true;
    }
    if (!forget(pg, item, call->keep_typed, &typed, err))
        return false;
    printf("removed %s: %" PRIu64 " rows, %" PRIu64 " rejects, %" PRIu64
           " typed rows\n",
           item->path, item->rows, item->rejects, typed);
    return true;
}

static bool forget_name(struct pg *pg, const struct db_call *call,
                        const char *name, struct err *err)
{
    struct forget_item items[FORGET_MAX];
    char path[FILE_PATH_MAX];
    struct forget_file file;
    size_t n;

    if (!look(name, path, &file, err) ||
        !forget_find(pg, &file, items, &n, err))
        return false;
    if (!n)
        return err_set(err, ERR_DATABASE,
                       "%s is not in the database, neither its content nor "
                       "its path",
                       name);
    for (size_t i = 0; i < n; i++) {
        if (!remove_item(pg, call, &items[i], err))
            return false;
    }
    return true;
}

static bool forget_all(struct pg *pg, const struct db_call *call,
                       struct err *err)
{
    struct migration_state state;

    if (!migrate_look(pg, &state, err))
        return false;
    if (!state.version)
        return err_set(err, ERR_DATABASE, "nothing was imported there yet");
    if (state.version < state.newest && !migrate(pg, &state, err))
        return false;
    for (int i = 0; i < call->rest.count; i++) {
        if (!forget_name(pg, call, call->rest.words[i], err))
            return false;
    }
    if (!call->yes)
        puts("nothing was changed; add --yes to do it");
    return true;
}

bool db_forget(struct database *db, const struct db_call *call, struct err *err)
{
    struct pg *pg;
    bool ok;

    if (!call->rest.count)
        return err_set(err, ERR_USAGE,
                       "db forget needs a FILE that was imported");
    if (!database_start(db, err) || !pg_open(db->conninfo, "db", &pg, err))
        return false;
    ok = forget_all(pg, call, err);
    pg_close(pg);
    return ok;
}
