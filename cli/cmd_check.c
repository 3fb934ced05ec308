/* cmd_check.c - `decant check`: the straight line without a database. */
#include "cli/commands.h"
#include "cli/options_common.h"
#include "importer/run/survey.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define RUN_ROOM ((size_t)4 << 30)

struct fields {
    struct common common;
    const char *rejects;
    const char *clean;
    bool explain;
};

#define AT(member) offsetof(struct fields, member)

static const struct option_row rows[] = {
    COMMON_ROWS(struct fields, common),
    {.name = "rejects",
     .kind = OPTION_TEXT,
     .field = AT(rejects),
     .argument = "FILE",
     .help = "write one JSON object per rejected line; - "
             "for stdout"},
    {.name = "clean",
     .kind = OPTION_TEXT,
     .field = AT(clean),
     .argument = "FILE",
     .help = "write every sound payload, one per line; - "
             "for stdout"},
    {.name = "explain",
     .kind = OPTION_FLAG,
     .field = AT(explain),
     .help = "tell every repair and every fault, line by line"},
};

static const struct command command = {
    .name = "check",
    .usage = "decant check [OPTION]... FILE...",
    .summary = "Judge batch result files as import does, without a database.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog = "FILE: as for import. exit: 0 all lines are sound, 1 failed, "
              "2 usage,\n3 some lines are rejected\n",
};

/* "-" is stdout; NULL stays NULL. */
static bool open_output(const char *path, FILE **out, struct err *err)
{
    *out = NULL;
    if (!path)
        return true;
    *out = strcmp(path, "-") ? fopen(path, "we") : stdout;
    return *out || err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

static bool close_output(const char *path, FILE *f, struct err *err)
{
    if (!f || (f == stdout ? fflush(f) : fclose(f)) == 0)
        return true;
    return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

/* Only one thing may go to stdout, or nobody could tell them apart. */
static bool check_fields(const struct fields *f, const struct operands *files,
                         struct err *err)
{
    int to_stdout = f->common.json;

    to_stdout += f->rejects && !strcmp(f->rejects, "-");
    to_stdout += f->clean && !strcmp(f->clean, "-");
    if (!files->count)
        return err_set(err, ERR_USAGE,
                       "no file given; name files, a directory or - for "
                       "stdin");
    if (to_stdout > 1)
        return err_set(err, ERR_USAGE,
                       "only one of --json, --rejects - and --clean - can "
                       "have stdout");
    return true;
}

static int run(const struct fields *f, struct survey_setup *set)
{
    struct summary summary;
    struct arena arena;
    struct err err;
    bool silent;

    if (!open_output(f->rejects, &set->rejects, &err) ||
        !open_output(f->clean, &set->clean, &err))
        return cli_fail(&err);
    silent = set->rejects == stdout || set->clean == stdout;
    if (f->explain)
        set->explain = silent || f->common.json ? stderr : stdout;
    if (!arena_open(&arena, RUN_ROOM, &err) ||
        !survey_run(set, &arena, &summary, &err) ||
        !close_output(f->rejects, set->rejects, &err) ||
        !close_output(f->clean, set->clean, &err))
        return common_fail(&f->common, &err);
    /* stdout belongs to the records then; the exit code says the rest. */
    return silent ? summary.exit : common_end(&f->common, &summary, &arena);
}

int cmd_check(int argc, char **argv)
{
    struct operands files = {.count = argc, .words = argv};
    struct fields f = {.common = COMMON_DEFAULTS};
    struct survey_setup set;
    struct err err;

    if (!options_parse(&command, &files, &f, &err))
        return cli_usage("check", &err);
    if (files.help)
        return cli_help(&command);
    if (!check_fields(&f, &files, &err))
        return cli_usage("check", &err);
    common_begin(&f.common);
    set = (struct survey_setup){
        .args = (const char *const *)files.words,
        .n_args = (size_t)files.count,
        .repair = common_repair(&f.common),
        .max_line = f.common.max_line,
        .limit = f.common.limit,
        .progress = common_progress(&f.common),
    };
    if (!common_profile(f.common.profile, &set.profile, &err))
        return common_fail(&f.common, &err);
    return run(&f, &set);
}
