/* options_common.c - see options_common.h. */
#include "cli/options_common.h"

#include "cli/commands.h"
#include "cli/profile_file.h"
#include "importer/pg/ledger_row.h"
#include "importer/sys/files.h"
#include "importer/sys/log.h"

#include <string.h>

#define PROFILE_ROOM ((size_t)4 << 30) /* address space, for a compiled one */

/* In the order of enum repair_mode and enum mend_policy. */
const char *const common_repairs[] = {"lossless", "all", "none", NULL};
const char *const common_policies[] = {"replace", "reject", NULL};

struct repair_options common_repair(const struct common *c)
{
    return (struct repair_options){
        .mode = (enum repair_mode)c->repair,
        .mend = {.on_nul = (enum mend_policy)c->on_nul,
                 .on_surrogate = (enum mend_policy)c->on_surrogate},
    };
}

bool common_profile(const char *what, const struct profile **out,
                    struct err *err)
{
    static struct arena arena; /* until exit, as the profile */

    return (arena.base || arena_open(&arena, PROFILE_ROOM, err)) &&
           profile_open(what, &arena, out, err);
}

/* A file by its whole path: its name means nothing in another folder. */
bool common_identity(const char *what, const struct profile *profile,
                     struct ledger_profile *out, struct err *err)
{
    static char text[LEDGER_PATH]; /* until exit */
    char path[FILE_PATH_MAX];

    *out = (struct ledger_profile){what, profile->hash};
    if (!profile_is_file(what))
        return true;
    if (!file_absolute(what, path, err))
        return false;
    out->name = ledger_path(path, text);
    return strlen(text) < LEDGER_PROFILE ||
           err_set(err, ERR_USAGE,
                   "%s: the path of a profile may have %d bytes", path,
                   LEDGER_PROFILE - 1);
}

bool common_progress(const struct common *c)
{
    return !c->quiet && !c->log_json;
}

void common_begin(const struct common *c)
{
    log_setup(&(struct log_setup){
        .quiet = c->quiet,
        .verbose = c->verbose,
        .json = c->log_json,
    });
}

int common_fail(const struct common *c, const struct err *err)
{
    struct summary nothing = {.error = err->text, .exit = cli_fail(err)};
    struct arena arena;
    struct slice json;
    struct err ignored;

    if (c->json && arena_open(&arena, (size_t)1 << 20, &ignored)) {
        json = summary_json(&nothing, &arena);
        (void)!(json.ptr && cli_print(json, &ignored) &&
                cli_print(SLICE("\n"), &ignored));
        arena_close(&arena);
    }
    return nothing.exit;
}

int common_end(const struct common *c, const struct summary *summary,
               struct arena *run)
{
    struct slice text =
        c->json ? summary_json(summary, run) : summary_text(summary, run);
    struct err err;

    if (!text.ptr) {
        err_set(&err, ERR_MEMORY, "no room for the summary");
        return cli_fail(&err);
    }
    if (!cli_print(text, &err) || (c->json && !cli_print(SLICE("\n"), &err)))
        return cli_fail(&err);
    if (summary->error)
        log_say(LOG_LEVEL_ERROR, "run.failed", "%s%s", summary->error,
                summary->exit == EXIT_AGAIN
                    ? "; run the same command again when that has passed"
                    : "");
    return summary->exit;
}
