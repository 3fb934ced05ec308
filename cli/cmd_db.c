/* cmd_db.c - `decant db`: the database and the private cluster. */
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/db_actions.h"
#include "importer/pg/migrate.h"
#include "importer/pg/pg.h"
#include "importer/run/import.h"
#include "importer/sys/log.h"
#include "importer/sys/program.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define PSQL_ARGS_MAX 1000
#define SIGNAL_BASE   128 /* exit code of a program that a signal ended */

static const struct option_row rows[] = {
    {.name = "db",
     .letter = 'd',
     .kind = OPTION_TEXT,
     .field = offsetof(struct db_call, db),
     .argument = "URI",
     .help = "this database, not the private one; not for start and stop"},
    {.name = "profile",
     .letter = 'p',
     .kind = OPTION_TEXT,
     .field = offsetof(struct db_call, profile),
     .argument = "NAME|FILE",
     .help = "init: also the table of this profile"},
    {.name = "yes",
     .letter = 'y',
     .kind = OPTION_FLAG,
     .field = offsetof(struct db_call, yes),
     .help = "forget: do it; without this it only says what it would do"},
    {.name = "keep-typed",
     .kind = OPTION_FLAG,
     .field = offsetof(struct db_call, keep_typed),
     .help = "forget: leave rows in typed tables where they are"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .field = offsetof(struct db_call, quiet),
     .help = "no remarks"},
};

static const struct command command = {
    .name = "db",
    .usage = "decant db [OPTION]... init|start|stop|status|url|forget|psql "
             "[FILE|-- ARG...]",
    .summary = "The database that decant loads into.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog =
        "  init    create what is missing: the private cluster, the tables\n"
        "  start   start the private cluster\n"
        "  stop    stop it; its data stay\n"
        "  status  what there is, and whether it runs\n"
        "  url     print a libpq URI\n"
        "  forget  take a FILE out again: its rows, rejects, ledger and typed\n"
        "          rows\n"
        "  psql    open psql there, with the ARGs behind --\n",
};

static bool private_only(const struct database *db, struct err *err)
{
    return db->private || err_set(err, ERR_USAGE,
                                  "start and stop are for the private "
                                  "cluster; another server is named by --db, "
                                  "DATABASE_URL or PG*");
}

static bool start(struct database *db, const struct db_call *call,
                  struct err *err)
{
    (void)call;
    if (!private_only(db, err) || !database_start(db, err))
        return false;
    printf("running: %s\n", db->conninfo);
    return true;
}

static bool stop(struct database *db, const struct db_call *call,
                 struct err *err)
{
    bool was_running = false;

    (void)call;
    if (!private_only(db, err) ||
        !cluster_stop(&db->cluster, &was_running, err))
        return false;
    puts(was_running ? "stopped" : "not running");
    return true;
}

static bool status_private(struct database *db, bool *running, struct err *err)
{
    static const char *const words[] = {
        [CLUSTER_ABSENT] = "not created yet; `decant db init` creates it",
        [CLUSTER_STOPPED] = "stopped; `decant db start` starts it",
        [CLUSTER_RUNNING] = "running",
    };
    enum cluster_state state;

    if (!cluster_state(&db->cluster, &state, err))
        return false;
    *running = state == CLUSTER_RUNNING;
    printf("private cluster in %s: %s\n", db->cluster.root, words[state]);
    return true;
}

static bool status(struct database *db, const struct db_call *call,
                   struct err *err)
{
    struct migration_state state;
    bool running = true, ok;
    struct pg *pg;

    (void)call;
    if (db->private && (!status_private(db, &running, err) || !running))
        return err->code == ERR_NONE;
    if (!pg_open(db->conninfo, "db", &pg, err))
        return false;
    ok = migrate_look(pg, &state, err);
    if (ok && state.version)
        printf("%s: tables of decant, version %d of %d\n", pg_where(pg),
               state.version, state.newest);
    else if (ok)
        printf("%s: no tables of decant yet; `decant db init` or the first "
               "import makes them\n",
               pg_where(pg));
    pg_close(pg);
    return ok;
}

static bool url(struct database *db, const struct db_call *call,
                struct err *err)
{
    (void)call;
    (void)err;
    puts(*db->conninfo ? db->conninfo : "postgresql://");
    return true;
}

/* Returns psql's own exit code. */
static int psql(struct database *db, const struct operands *args)
{
    const char *argv[PSQL_ARGS_MAX + 4] = {"psql"};
    struct program program = {.argv = argv, .pass = true};
    char path[CLUSTER_PATH + 8];
    struct err err;
    size_t n = 1;

    if (!database_start(db, &err))
        return cli_fail(&err);
    if (db->private && db->cluster.bin[0]) {
        snprintf(path, sizeof(path), "%s/psql", db->cluster.bin);
        argv[0] = path;
    }
    if (*db->conninfo) {
        argv[n++] = "-d";
        argv[n++] = db->conninfo;
    }
    for (int i = 0; i < args->count && n < PSQL_ARGS_MAX; i++)
        argv[n++] = args->words[i];
    fflush(stdout);
    if (!program_run(&program, &err)) {
        err_while(&err, "psql (package postgresql-client)");
        return cli_fail(&err);
    }
    return program.end.exited ? program.end.status
                              : SIGNAL_BASE + program.end.signal;
}

static const struct {
    const char *name;
    bool files; /* takes operands */
    bool (*run)(struct database *db, const struct db_call *call,
                struct err *err);
} actions[] = {
    {"init", false, db_init},  {"start", false, start},
    {"stop", false, stop},     {"url", false, url},
    {"status", false, status}, {"forget", true, db_forget},
    {"psql", true, NULL},
};

static int unknown(const char *name)
{
    const char *names[countof(actions)];

    for (size_t i = 0; i < countof(actions); i++)
        names[i] = actions[i].name;
    return cli_unknown_action("db", name, names, countof(names));
}

/* Options that mean something to one action only. */
static bool check_options(const char *name, const struct db_call *call,
                          struct err *err)
{
    if (call->profile && strcmp(name, "init") != 0)
        return err_set(err, ERR_USAGE, "--profile is for db init");
    if ((call->yes || call->keep_typed) && strcmp(name, "forget") != 0)
        return err_set(err, ERR_USAGE,
                       "--yes and --keep-typed are for db forget");
    return true;
}

static int act(const char *name, struct database *db,
               const struct db_call *call)
{
    const struct operands *rest = &call->rest;
    struct err err = {0};

    if (!check_options(name, call, &err))
        return cli_usage("db", &err);
    for (size_t i = 0; i < countof(actions); i++) {
        if (strcmp(actions[i].name, name) != 0)
            continue;
        if (!actions[i].run)
            return psql(db, rest);
        if (rest->count && !actions[i].files) {
            err_set(&err, ERR_USAGE, "db %s takes no argument '%s'", name,
                    rest->words[0]);
            return cli_usage("db", &err);
        }
        return actions[i].run(db, call, &err) ? EXIT_DONE : cli_fail(&err);
    }
    return unknown(name);
}

/* What follows `psql` is psql's, with or without the "--" before it. */
static int own_words(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "psql"))
            return i + 1;
        if (!strcmp(argv[i], "--"))
            return i;
    }
    return argc;
}

int cmd_db(int argc, char **argv)
{
    int own = own_words(argc, argv);
    struct operands words = {.count = own, .words = argv};
    struct operands rest = {.count = argc - own, .words = argv + own};
    struct db_call f = {0};
    struct database db;
    struct err err;

    if (!options_parse(&command, &words, &f, &err))
        return cli_usage("db", &err);
    if (words.help)
        return cli_help(&command);
    log_setup(&(struct log_setup){.quiet = f.quiet});
    if (rest.count && !strcmp(rest.words[0], "--")) {
        rest.count--;
        rest.words++;
    }
    if (words.count == 0) {
        err_set(&err, ERR_USAGE,
                "db needs an action: init, start, stop, status, url, forget "
                "or psql");
        return cli_usage("db", &err);
    }
    if (words.count > 1) {
        rest.count = words.count - 1;
        rest.words = words.words + 1;
    }
    if (!database_choose(f.db, &db, &err))
        return cli_fail(&err);
    f.rest = rest;
    return act(words.words[0], &db, &f);
}
