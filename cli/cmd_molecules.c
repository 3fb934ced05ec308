/* cmd_molecules.c - `decant molecules`: properties of every SMILES found. */
#include "cli/commands.h"
#include "cli/database.h"
#include "importer/report/sheet.h"
#include "importer/report/summary.h"
#include "importer/run/molecules.h"
#include "importer/sys/log.h"
#include "validate/json/write.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define TEXT_ROOM 8192

struct fields {
    const char *db, *column;
    uint64_t workers, limit, timeout, memory;
    bool reaction, retry, json, quiet, log_json;
};

#define AT(member) offsetof(struct fields, member)

static const struct option_row rows[] = {
    {.name = "db",
     .letter = 'd',
     .kind = OPTION_TEXT,
     .field = AT(db),
     .argument = "URI",
     .help = "the database: a libpq URI, conninfo or name; default: "
             "DATABASE_URL, PG*, the private cluster"},
    {.name = "column",
     .kind = OPTION_TEXT,
     .field = AT(column),
     .argument = "NAME",
     .help = "also look into [schema.]table.column, from now on; text or an "
             "array of text"},
    {.name = "reaction",
     .kind = OPTION_FLAG,
     .field = AT(reaction),
     .help = "that column holds reactions: their components are molecules"},
    {.name = "workers",
     .letter = 'j',
     .kind = OPTION_COUNT,
     .field = AT(workers),
     .argument = "N",
     .min = 1,
     .max = MOLECULES_WORKERS_MAX,
     .help = "processes that run Open Babel; default: cores"},
    {.name = "limit",
     .kind = OPTION_COUNT,
     .field = AT(limit),
     .argument = "N",
     .min = 1,
     .max = MOLECULES_LIMIT_MAX,
     .help = "at most N molecules"},
    {.name = "timeout",
     .kind = OPTION_COUNT,
     .field = AT(timeout),
     .argument = "SECONDS",
     .min = 1,
     .max = 86400,
     .help = "a molecule that takes Open Babel longer is given up; default 5"},
    {.name = "memory",
     .kind = OPTION_SIZE,
     .field = AT(memory),
     .argument = "SIZE",
     .min = (uint64_t)256 << 20,
     .help = "address space of each process of Open Babel; default 2G"},
    {.name = "retry",
     .kind = OPTION_FLAG,
     .field = AT(retry),
     .help = "again those that crashed, hung or wanted too much memory"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .field = AT(json),
     .help = "the summary as one JSON object on stdout, nothing else"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .field = AT(quiet),
     .help = "no progress, no remarks; only errors and the summary"},
    {.name = "log-json",
     .kind = OPTION_FLAG,
     .field = AT(log_json),
     .help = "remarks and errors on stderr as JSON lines"},
};

static const struct command command = {
    .name = "molecules",
    .usage = "decant molecules [OPTION]...",
    .summary = "Give each distinct SMILES of the database its row in "
               "decant.molecule.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog =
        "Formula, masses, rings and charge are decant's own; canonical SMILES "
        "and InChIKey\ncome from Open Babel, in processes of their own "
        "(decant-chem). What is done stays\ndone: run it again after each "
        "import, or after a stop.\n",
};

/* --- the summary ---------------------------------------------------------*/

/* In the order of enum molecule_state. */
static const struct {
    const char *one, *many;
} words[MOLECULE_STATES] = {
    [MOLECULE_DONE] = {"answered by Open Babel", "answered by Open Babel"},
    [MOLECULE_CRASHED] = {"crashed it", "crashed it"},
    [MOLECULE_TIMEOUT] = {"took too long", "took too long"},
    [MOLECULE_MEMORY] = {"wanted too much memory", "wanted too much memory"},
    [MOLECULE_REFUSED] = {"was not given to it: too large, or known to hang "
                          "it",
                          "were not given to it: too large, or known to hang "
                          "it"},
    [MOLECULE_INVALID] = {"is no sound SMILES", "are no sound SMILES"},
    [MOLECULE_NATIVE] = {"without Open Babel, which is not here",
                         "without Open Babel, which is not here"},
};

static void put_text(struct sheet *s, const struct molecules_summary *m)
{
    char number[SHEET_NUMBER], time[SHEET_NUMBER];

    sheet_put(s, "%s new molecule%s in %s, %s",
              sheet_count(m->distinct, number), m->distinct == 1 ? "" : "s",
              m->where, sheet_clock(m->seconds, time));
    if (*m->version)
        sheet_put(s, " (Open Babel %s)", m->version);
    sheet_put(s, "\n");
    for (size_t i = 0; i < MOLECULE_STATES; i++) {
        if (m->states[i])
            sheet_put(s, "%12s %s\n", sheet_count(m->states[i], number),
                      m->states[i] == 1 ? words[i].one : words[i].many);
    }
    if (m->disagree)
        sheet_put(s,
                  "%12s on which decant and Open Babel do not agree: "
                  "decant.molecule_disagreement\n",
                  sheet_count(m->disagree, number));
    if (!m->columns)
        sheet_put(s, "No column with SMILES is known: import with a profile "
                     "that has SMILES fields,\nor name one with --column "
                     "table.column\n");
    if (!m->balanced)
        sheet_put(s, "The books do not balance: not every molecule has its "
                     "row\n");
}

static void put_member(struct json_out *out, const char *key, uint64_t value)
{
    json_put_key(out, slice_of(key, strlen(key)));
    json_put_uint(out, value);
}

static void put_words(struct json_out *out, const char *key, const char *text)
{
    json_put_key(out, slice_of(key, strlen(key)));
    if (text && *text)
        json_put_string(out, slice_of(text, strlen(text)));
    else
        json_put_null(out);
}

static void put_json(struct json_out *out, const struct molecules_summary *m,
                     const char *error, int status)
{
    json_put_open(out, '{');
    put_member(out, "distinct", m->distinct);
    for (size_t i = 0; i < MOLECULE_STATES; i++) {
        json_put_key(out, molecule_state_key((enum molecule_state)i));
        json_put_uint(out, m->states[i]);
    }
    put_member(out, "disagree", m->disagree);
    json_put_key(out, SLICE("balanced"));
    json_put_bool(out, m->balanced);
    json_put_key(out, SLICE("seconds"));
    json_put_double(out, m->seconds);
    put_words(out, "openbabel", m->version);
    put_words(out, "database", m->where);
    if (error)
        put_words(out, "error", error);
    put_member(out, "exit", (uint64_t)status);
    json_put_close(out, '}');
}

static int tell(const struct fields *f, const struct molecules_summary *m,
                const char *error, int status)
{
    char bytes[TEXT_ROOM];
    struct sheet sheet = {.bytes = bytes, .cap = sizeof(bytes)};
    struct json_out out;
    struct err err;

    if (f->json) {
        json_out_init(&out, bytes, sizeof(bytes) - 1);
        put_json(&out, m, error, status);
        bytes[out.len++] = '\n';
        sheet.len = out.len;
    } else if (!error) {
        put_text(&sheet, m);
    }
    return cli_print(sheet_slice(&sheet), &err) ? status : cli_fail(&err);
}

static int status_of(const struct molecules_summary *m)
{
    if (m->stopped)
        return EXIT_STOPPED;
    return m->balanced ? EXIT_DONE : EXIT_BOOKS;
}

/* --- the command ---------------------------------------------------------*/

static int run(const struct fields *f, struct database *db)
{
    static char chem[FILE_PATH_MAX];
    size_t cores = proc_cores();
    struct molecules_setup set = {
        .conninfo = db->conninfo,
        .chem = chem_find(chem) ? chem : NULL,
        .column = f->column,
        .reaction = f->reaction,
        .workers = f->workers ? (size_t)f->workers : cores,
        .limit = f->limit,
        .memory = f->memory,
        .timeout = (double)f->timeout,
        .retry = f->retry,
        .progress = !f->quiet && !f->log_json,
    };
    struct molecules_summary summary;
    struct err err;

    if (set.workers > MOLECULES_WORKERS_MAX)
        set.workers = MOLECULES_WORKERS_MAX;
    if (!set.chem)
        log_say(LOG_LEVEL_WARN, "molecules.no_engine",
                "no decant-chem beside this program nor at $DECANT_CHEM: no "
                "canonical SMILES and no InChIKey");
    if (!molecules_run(&set, &summary, &err))
        return tell(f, &summary, err.text, cli_fail(&err));
    if (summary.stopped)
        log_say(LOG_LEVEL_WARN, "molecules.stopped",
                "stopped; run it again for the rest");
    return tell(f, &summary, NULL, status_of(&summary));
}

int cmd_molecules(int argc, char **argv)
{
    struct operands words_left = {.count = argc, .words = argv};
    struct fields f = {.limit = UINT64_MAX,
                       .timeout = MOLECULES_TIMEOUT,
                       .memory = CHEM_MEMORY_DEFAULT};
    struct database db;
    struct err err;

    if (!options_parse(&command, &words_left, &f, &err) ||
        (words_left.count && !err_set(&err, ERR_USAGE, "takes no operand '%s'",
                                      words_left.words[0])) ||
        (f.reaction && !f.column &&
         !err_set(&err, ERR_USAGE, "--reaction says what --column holds")))
        return cli_usage("molecules", &err);
    if (words_left.help)
        return cli_help(&command);
    log_setup(&(struct log_setup){.quiet = f.quiet, .json = f.log_json});
    if (!database_choose(f.db, &db, &err) || !database_start(&db, &err))
        return cli_fail(&err);
    return run(&f, &db);
}
