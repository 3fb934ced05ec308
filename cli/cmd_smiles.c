/*
 * cmd_smiles.c - `decant smiles`: the verdict on SMILES as a filter.
 *
 *     file -> lines -> smiles_judge -> (Open Babel) -> one line each on stdout
 *
 * Every input line gives exactly one answer, empty and oversize ones too.
 * Scripts get TSV or JSON; somebody at a terminal gets what is wrong shown
 * under the place where it is wrong.  Open Babel is asked only when its
 * verdict or its names are wanted; lines then wait in a queue, so that several
 * of its processes can work.
 */
#include "cli/commands.h"
#include "cli/filter_input.h"
#include "cli/smiles_out.h"
#include "cli/smiles_queue.h"
#include "importer/report/summary.h"
#include "importer/run/chem_hand.h"
#include "importer/sys/term.h"
#include "validate/json/text.h"
#include "validate/smiles/smiles.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#define EXIT_BAD      3
#define EXIT_IO       74
#define TIMEOUT       5 /* seconds of Open Babel for one molecule */
#define OUT_BUFFER    ((size_t)256 << 10)
#define LINE_SLACK    ((size_t)64 << 10)  /* a line's bytes beside the SMILES */
#define ROOM_PER_BYTE (SMILES_ARENA + 64) /* judging, then writing */

struct fields {
    bool tsv, json;
    int level;
    bool reaction, maps;
    uint64_t column;
    uint64_t max_smiles;
    int engine;
    bool canonical;
    uint64_t workers, timeout;
};

#define AT(member) offsetof(struct fields, member)

/* The order of enum smiles_level. */
static const char *const levels[] = {"strict", "rdkit", "syntax", NULL};
/* The order of enum smiles_engine. */
static const char *const engines[] = {"native", "openbabel", "both", NULL};

static const struct option_row rows[] = {
    {.name = "tsv",
     .kind = OPTION_FLAG,
     .field = AT(tsv),
     .help = "ok or bad, code, offset, words; the default off a terminal"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .field = AT(json),
     .help = "one JSON object a line, with formula, masses, rings"},
    {.name = "level",
     .kind = OPTION_CHOICE,
     .field = AT(level),
     .argument = "LEVEL",
     .choices = levels,
     .help = "strict (the default), rdkit (what RDKit sanitizes) or syntax"},
    {.name = "reaction",
     .kind = OPTION_FLAG,
     .field = AT(reaction),
     .help = "the lines are reactions: reactants>agents>products"},
    {.name = "maps",
     .kind = OPTION_FLAG,
     .field = AT(maps),
     .help = "every atom map of the products must be among the reactants"},
    {.name = "column",
     .kind = OPTION_COUNT,
     .field = AT(column),
     .argument = "N",
     .min = 1,
     .max = 1000,
     .help = "the SMILES is the Nth field of the line, between tabs or, in "
             "a line without tabs, spaces"},
    {.name = "max-smiles",
     .kind = OPTION_SIZE,
     .field = AT(max_smiles),
     .argument = "SIZE",
     .min = 1,
     .max = SMILES_MAX_EVER,
     .help = "longer ones are bad: too_long (1M)"},
    {.name = "engine",
     .kind = OPTION_CHOICE,
     .field = AT(engine),
     .argument = "ENGINE",
     .choices = engines,
     .help = "whose verdict: native (the default), openbabel, or both: ok "
             "only when both say so"},
    {.name = "canonical",
     .kind = OPTION_FLAG,
     .field = AT(canonical),
     .help = "four more columns from Open Babel: canonical SMILES, InChIKey, "
             "formula, weight"},
    {.name = "workers",
     .letter = 'j',
     .kind = OPTION_COUNT,
     .field = AT(workers),
     .argument = "N",
     .min = 1,
     .max = 64,
     .help = "processes that run Open Babel; default: cores"},
    {.name = "timeout",
     .kind = OPTION_COUNT,
     .field = AT(timeout),
     .argument = "SECONDS",
     .min = 1,
     .max = 86400,
     .help = "a molecule that takes Open Babel longer is given up; default 5"},
};

static const struct command command = {
    .name = "smiles",
    .usage = "decant smiles [OPTION]... [FILE|-]",
    .summary = "Judge SMILES, one a line: is it a molecule, and where is it "
               "not.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog = "exit: 0 all ok, 3 some bad, 2 usage, 74 trouble with a file\n",
};

struct work {
    const struct fields *set;
    struct smiles_options options;
    struct arena arena;
    struct smiles_form form;
    struct smiles_queue *queue; /* NULL: Open Babel is not asked */
    struct arena written;       /* with a queue: for a line being written */
    uint64_t lines, bad;
};

/* The line from its next field on: spaces may be any number, a tab is one. */
static struct slice field_begin(struct slice line, char between)
{
    size_t n = 0;

    while (between == ' ' && n < line.len && line.ptr[n] == ' ')
        n++;
    return slice_of(line.ptr + n, line.len - n);
}

/* Field `n` (from 1) of the line; empty at its end when there is none. */
static struct slice field_of(struct slice line, uint64_t n)
{
    char between = slice_find(line, '\t') < line.len ? '\t' : ' ';

    line = field_begin(line, between);
    while (--n) {
        size_t at = slice_find(line, between);

        if (at == line.len)
            return slice_of(line.ptr + at, 0);
        line = slice_of(line.ptr + at + 1, line.len - at - 1);
        line = field_begin(line, between);
    }
    return slice_take(line, slice_find(line, between));
}

static bool tell(void *ctx, const struct smiles_line *line, struct err *err)
{
    struct work *w = ctx;

    arena_rewind(&w->written, 0);
    w->bad += smiles_line_bad(&w->form, line);
    return smiles_out(&w->form, line, &w->written, err);
}

/* Text is UTF-8.  Level rdkit overlooks any bytes around the SMILES, as RDKit
 * does, which is no reason to pass on what is no text. */
static bool no_text(struct work *w, struct smiles_line *line)
{
    size_t sound;

    if (w->options.level != SMILES_LEVEL_RDKIT &&
        w->form.engine != SMILES_ENGINE_OPENBABEL)
        return false; /* nothing above ASCII passes anyway */
    sound = json_utf8_valid(line->smiles);
    if (sound == line->smiles.len)
        return false;
    line->verdict = (struct smiles_verdict){
        .code = SMILES_CHAR,
        .at = sound,
        .len = 1,
        .words = SLICE("not UTF-8"),
    };
    return true;
}

/* Our verdict, when anybody wants it. */
static void judge(struct work *w, const struct text *t,
                  struct smiles_line *line)
{
    if (t->oversize || line->smiles.len > w->options.max_bytes)
        line->verdict = (struct smiles_verdict){
            .code = SMILES_TOO_LONG,
            .at = w->options.max_bytes,
            .words = smiles_code_words(SMILES_TOO_LONG),
        };
    else if (no_text(w, line))
        return;
    else if (w->form.engine == SMILES_ENGINE_OPENBABEL)
        line->verdict = (struct smiles_verdict){
            .code = SMILES_OK,
            .words = SLICE(""),
            .properties.formula = SLICE(""),
        };
    else
        (void)smiles_judge(line->smiles, &w->options, &w->arena,
                           &line->verdict);
}

static bool one(struct work *w, const struct text *t, struct err *err)
{
    struct smiles_line line = {.number = ++w->lines, .whole = t->bytes};

    if (t->bytes.len && t->bytes.ptr[t->bytes.len - 1] == '\r')
        line.whole = slice_take(t->bytes, t->bytes.len - 1);
    line.smiles =
        w->set->column ? field_of(line.whole, w->set->column) : line.whole;
    arena_rewind(&w->arena, 0);
    judge(w, t, &line);
    if (w->queue)
        return smiles_queue_put(w->queue, &line, line.verdict.code == SMILES_OK,
                                err);
    w->bad += line.verdict.code != SMILES_OK;
    return smiles_out(&w->form, &line, &w->arena, err);
}

/* Start Open Babel's processes, when they are wanted. */
static bool open_queue(struct work *w, size_t line_max, struct err *err)
{
    static char program[FILE_PATH_MAX];
    struct smiles_queue_setup setup = {
        .program = program,
        .workers = w->set->workers ? (size_t)w->set->workers : proc_cores(),
        .timeout = (double)w->set->timeout,
        .line_max = line_max,
        .verdict = !w->form.canonical,
        .tell = tell,
        .ctx = w,
    };

    if (w->form.engine == SMILES_ENGINE_NATIVE && !w->form.canonical)
        return true;
    if (!chem_find(program))
        return err_set(err, ERR_USAGE,
                       "Open Babel is wanted, but no decant-chem is beside "
                       "this program nor at $DECANT_CHEM: install "
                       "libopenbabel-dev, then make");
    return arena_open(&w->written, ROOM_PER_BYTE * line_max, err) &&
           smiles_queue_open(&setup, &w->queue, err);
}

static bool lines(struct work *w, struct texts *texts, struct err *err)
{
    struct text text;
    bool end = false;

    while (true) {
        if (w->queue && !texts_ready(texts) &&
            !smiles_queue_drain(w->queue, err))
            return false;
        if (!texts_next(texts, &text, &end, err))
            break;
        if (!one(w, &text, err))
            return false;
    }
    return end && (!w->queue || smiles_queue_drain(w->queue, err)) &&
           cli_flush(err);
}

static bool all(struct work *w, const char *path, struct err *err)
{
    size_t max = w->options.max_bytes + LINE_SLACK;
    struct texts texts;
    bool good;

    if (!arena_open(&w->arena, ROOM_PER_BYTE * max, err) ||
        !texts_open(&texts, path, (struct texts_form){true, max}, err))
        return false;
    good = open_queue(w, max, err) && lines(w, &texts, err);
    smiles_queue_close(w->queue);
    texts_close(&texts);
    arena_close(&w->written);
    arena_close(&w->arena);
    return good;
}

/* What excludes what, in words; NULL: nothing. */
static const char *refused(const struct fields *f, size_t n_files)
{
    if (n_files > 1)
        return "one file at a time, or - for stdin";
    if (f->tsv && f->json)
        return "--tsv and --json exclude each other";
    if ((f->reaction || f->maps) && (f->engine || f->canonical))
        return "Open Babel is asked about molecules, not about reactions";
    return NULL;
}

static void set_up(struct work *w, const struct fields *f)
{
    bool people = term_tty(STDOUT_FILENO);

    w->set = f;
    w->form = (struct smiles_form){
        .kind = f->json             ? SMILES_FORM_JSON
                : f->tsv || !people ? SMILES_FORM_TSV
                                    : SMILES_FORM_PEOPLE,
        .engine = (enum smiles_engine)f->engine,
        .canonical = f->canonical,
        .color = term_color(STDOUT_FILENO, false),
        .width = term_width(STDOUT_FILENO),
    };
    w->options = (struct smiles_options){
        .level = (enum smiles_level)f->level,
        .reaction = f->reaction || f->maps,
        .maps = f->maps,
        .properties = f->json,
        .max_bytes = f->max_smiles ? f->max_smiles : SMILES_MAX_BYTES,
    };
    if (!people)
        setvbuf(stdout, NULL, _IOFBF, OUT_BUFFER);
}

int cmd_smiles(int argc, char **argv)
{
    static struct fields f = {.timeout = TIMEOUT};
    static struct work w;
    struct operands files = {.count = argc, .words = argv};
    struct err err = {0};
    const char *why;

    if (!options_parse(&command, &files, &f, &err))
        return cli_usage("smiles", &err);
    if (files.help)
        return cli_help(&command);
    why = refused(&f, (size_t)files.count);
    if (why) {
        err_set(&err, ERR_USAGE, "%s", why);
        return cli_usage("smiles", &err);
    }
    set_up(&w, &f);
    if (!all(&w, files.count ? files.words[0] : "-", &err)) {
        int code = cli_fail(&err);

        return err.code == ERR_IO ? EXIT_IO : code;
    }
    if (w.form.kind == SMILES_FORM_PEOPLE && w.lines > 1)
        fprintf(stderr, "%llu lines: %llu ok, %llu bad\n",
                (unsigned long long)w.lines,
                (unsigned long long)(w.lines - w.bad),
                (unsigned long long)w.bad);
    return w.bad ? EXIT_BAD : EXIT_DONE;
}
