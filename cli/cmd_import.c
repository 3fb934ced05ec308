/* cmd_import.c - `decant import`: options in, summary out. */
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/import_molecules.h"
#include "cli/options_common.h"
#include "importer/run/import.h"
#include "importer/sys/log.h"
#include "importer/sys/proc.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_ROOM ((size_t)16 << 30) /* address space of the supervisor */

struct shard {
    uint64_t i, n;
};

struct fields {
    struct common common;
    const char *db;
    uint64_t workers;
    uint64_t range_bytes;
    struct shard shard;
    struct reject_limit reject_limit;
    bool dry_run, resume, verify, keep_text, keep_payload, no_input;
    bool no_molecules;
};

static bool parse_shard(const char *text, void *field, struct err *err)
{
    struct shard *s = field;
    const char *slash = strchr(text, '/');
    char first[24];

    if (slash && (size_t)(slash - text) < sizeof(first)) {
        memcpy(first, text, (size_t)(slash - text));
        first[slash - text] = '\0';
        if (options_count(first, &s->i) && options_count(slash + 1, &s->n) &&
            s->i < s->n && s->n <= 1000000)
            return true;
    }
    return err_set(err, ERR_USAGE,
                   "I/N with 0 <= I < N is expected, such as "
                   "0/4");
}

static bool parse_reject_limit(const char *text, void *field, struct err *err)
{
    struct reject_limit *limit = field;
    size_t len = strlen(text);
    char *end;

    if (len && text[len - 1] == '%') {
        double percent = strtod(text, &end);

        if (end == text + len - 1 && percent >= 0 && percent <= 100) {
            limit->percent = percent;
            return true;
        }
    } else if (options_count(text, &limit->lines)) {
        return true;
    }
    return err_set(err, ERR_USAGE,
                   "a number of lines or a percentage is expected, such as "
                   "1000 or 5%%");
}

#define AT(member) offsetof(struct fields, member)

static const struct option_row rows[] = {
    {.name = "db",
     .letter = 'd',
     .kind = OPTION_TEXT,
     .field = AT(db),
     .argument = "URI",
     .help = "the database: a libpq URI or conninfo; else "
             "DATABASE_URL, PG*, the private cluster"},
    COMMON_ROWS(struct fields, common),
    {.name = "workers",
     .letter = 'j',
     .kind = OPTION_COUNT,
     .field = AT(workers),
     .argument = "N",
     .min = 1,
     .max = WORKERS_MAX,
     .help = "processes that load, each with a connection; default: cores"},
    {.name = "jobs",
     .kind = OPTION_COUNT,
     .field = AT(workers),
     .argument = "N",
     .min = 1,
     .max = WORKERS_MAX,
     .hidden = true,
     .help = "the same"},
    {.name = "range-bytes",
     .kind = OPTION_SIZE,
     .field = AT(range_bytes),
     .argument = "SIZE",
     .min = RANGE_BYTES_MIN,
     .max = RANGE_BYTES_MAX,
     .help = "bytes of a file that load in one transaction; default "
             "32M, less for small files"},
    {.name = "shard",
     .kind = OPTION_PARSED,
     .field = AT(shard),
     .argument = "I/N",
     .parse = parse_shard,
     .help = "only this part of the ranges, 0 <= I < N"},
    {.name = "reject-limit",
     .kind = OPTION_PARSED,
     .field = AT(reject_limit),
     .argument = "N|P%",
     .parse = parse_reject_limit,
     .help = "stop with exit 5 when more lines than this are rejected"},
    {.name = "resume",
     .kind = OPTION_FLAG,
     .field = AT(resume),
     .help = "finish what is unfinished; without FILE: all of it"},
    {.name = "verify",
     .kind = OPTION_FLAG,
     .field = AT(verify),
     .help = "afterwards read the files again and compare with the ledger"},
    {.name = "keep-text",
     .kind = OPTION_FLAG,
     .field = AT(keep_text),
     .help = "keep the exact bytes of JSON payloads in payload_text too"},
    {.name = "keep-payload",
     .kind = OPTION_FLAG,
     .field = AT(keep_payload),
     .help = "keep payloads in decant.result, too, when the profile has a "
             "table"},
    {.name = "no-molecules",
     .kind = OPTION_FLAG,
     .field = AT(no_molecules),
     .help = "do not look at new molecules afterwards, when the profile has "
             "columns with SMILES: decant molecules does it later"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .field = AT(dry_run),
     .help = "list files and what is known of them; "
             "write nothing"},
    {.name = "no-input",
     .kind = OPTION_FLAG,
     .field = AT(no_input),
     .help = "never ask anything (decant never does)",
     .hidden = true},
};

static const struct command command = {
    .name = "import",
    .usage = "decant import [OPTION]... FILE...",
    .summary = "Load batch result files into PostgreSQL, each line once.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog =
        "FILE: *.jsonl, *.ndjson, .gz, .zst, a directory of them, or - for "
        "stdin.\n"
        "A second run loads nothing twice and finishes what a first one "
        "left.\n"
        "exit: 0 done, 1 failed, 2 usage, 3 done with rejects, 5 reject "
        "limit,\n"
        "      6 books do not balance, 75 try the same command again, 130 "
        "stopped\n",
};

static bool check_fields(const struct fields *f, const struct operands *files,
                         struct err *err)
{
    if (!files->count && !f->resume)
        return err_set(err, ERR_USAGE,
                       "no file given; name files, a directory, - for stdin, "
                       "or --resume");
    for (int i = 0; i < files->count; i++) {
        if (f->shard.n > 1 && !strcmp(files->words[i], "-"))
            return err_set(err, ERR_USAGE,
                           "stdin cannot be divided: --shard needs files");
    }
    return true;
}

/* Is every FILE missing? Then no database is needed to say so. */
static bool all_missing(const struct import_setup *set)
{
    for (size_t i = 0; i < set->n_args; i++) {
        if (!strcmp(set->args[i], "-") || access(set->args[i], F_OK) == 0)
            return false;
    }
    return set->n_args > 0;
}

/* No cluster is created just to find it empty, or for nothing. */
static bool open_database(const struct fields *f, struct database *db,
                          struct import_setup *set, struct err *err)
{
    enum cluster_state state = CLUSTER_RUNNING;

    if (all_missing(set)) {
        set->nowhere = true;
        return true;
    }
    if (!database_choose(f->db, db, err))
        return false;
    if (db->private && f->dry_run && !cluster_state(&db->cluster, &state, err))
        return false;
    set->nowhere = state == CLUSTER_ABSENT;
    if (!set->nowhere && !database_start(db, err))
        return false;
    set->conninfo = db->conninfo;
    set->psql = db->psql;
    return true;
}

static void fill(const struct fields *f, const struct operands *files,
                 struct import_setup *set)
{
    size_t cores = proc_cores();

    *set = (struct import_setup){
        .args = (const char *const *)files->words,
        .n_args = (size_t)files->count,
        .repair = common_repair(&f->common),
        .workers = f->workers            ? f->workers
                   : cores < WORKERS_MAX ? cores
                                         : WORKERS_MAX,
        .range_bytes = f->range_bytes ? f->range_bytes : RANGE_BYTES,
        .even_ranges = !f->range_bytes,
        .max_line = f->common.max_line,
        .limit = f->common.limit,
        .shard = f->shard.i,
        .shards = f->shard.n,
        .reject_limit = f->reject_limit,
        .dry_run = f->dry_run,
        .resume = f->resume,
        .verify = f->verify,
        .keep_text = f->keep_text,
        .keep_payload = f->keep_payload,
        .progress = common_progress(&f->common),
        .patience = PATIENCE_SECONDS,
    };
#ifdef DECANT_FAULTS
    set->crash_key = getenv("DECANT_CRASH_KEY");
    if (getenv("DECANT_PATIENCE"))
        set->patience = strtod(getenv("DECANT_PATIENCE"), NULL);
#endif
    if (set->limit != UINT64_MAX || set->workers == 0)
        set->workers = 1;
}

/* The summary, then the molecules; one JSON object has to wait for both. */
static int finish(const struct fields *f, const struct import_setup *set,
                  struct summary *summary, struct arena *run)
{
    bool due = !f->no_molecules && import_molecules_due(set, summary);
    struct molecules_summary m = {.distinct = 0};
    char line[512];
    struct sheet sheet = {.bytes = line, .cap = sizeof(line)};
    struct err err;
    int code;

    if (due && f->common.json && import_molecules(set, &m))
        summary->molecules = import_molecules_json(&m, run);
    code = common_end(&f->common, summary, run);
    if (!due || f->common.json || !import_molecules(set, &m))
        return code;
    import_molecules_text(&m, &sheet);
    return cli_print(sheet_slice(&sheet), &err) ? code : cli_fail(&err);
}

int cmd_import(int argc, char **argv)
{
    struct operands files = {.count = argc, .words = argv};
    struct fields f = {
        .common = COMMON_DEFAULTS,
        .shard = {0, 1},
        .reject_limit = {UINT64_MAX, 100},
    };
    struct import_setup set;
    struct summary summary;
    struct database db;
    struct arena run;
    struct err err;

    if (!options_parse(&command, &files, &f, &err))
        return cli_usage("import", &err);
    if (files.help)
        return cli_help(&command);
    if (!check_fields(&f, &files, &err))
        return cli_usage("import", &err);
    common_begin(&f.common);
    fill(&f, &files, &set);
    if (!common_profile(f.common.profile, &set.profile, &err) ||
        !common_identity(f.common.profile, set.profile, &set.identity, &err) ||
        !open_database(&f, &db, &set, &err) ||
        !arena_open(&run, RUN_ROOM, &err) ||
        !import_run(&set, &run, &summary, &err))
        return common_fail(&f.common, &err);
    return finish(&f, &set, &summary, &run);
}
