/*
 * cmd_smiles.c - `decant smiles`: the verdict on SMILES as a filter.
 *
 *     file -> lines -> smiles_judge -> one line each on stdout
 *
 * Every input line gives exactly one answer, empty and oversize ones too.
 * Scripts get TSV or JSON; somebody at a terminal gets what is wrong shown
 * under the place where it is wrong.
 */
#include "cli/commands.h"
#include "cli/smiles_out.h"
#include "cli/texts.h"
#include "importer/report/summary.h"
#include "importer/sys/term.h"
#include "validate/smiles/smiles.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_BAD      3
#define EXIT_IO       74
#define OUT_BUFFER    ((size_t)256 << 10)
#define LINE_SLACK    ((size_t)64 << 10)  /* a line's bytes beside the SMILES */
#define ROOM_PER_BYTE (SMILES_ARENA + 64) /* judging, then writing */

struct fields {
    bool tsv, json;
    int level;
    bool reaction, maps;
    uint64_t column;
    uint64_t max_smiles;
};

#define AT(member) offsetof(struct fields, member)

/* The order of enum smiles_level. */
static const char *const levels[] = {"strict", "rdkit", "syntax", NULL};

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
    uint64_t lines, bad;
};

/* Field `n` (from 1) of the line; empty at its end when there is none. */
static struct slice field_of(struct slice line, uint64_t n)
{
    char between = slice_find(line, '\t') < line.len ? '\t' : ' ';

    while (--n && line.len)
        line = slice_drop(line, slice_find(line, between) + 1);
    return slice_take(line, slice_find(line, between));
}

static bool one(struct work *w, const struct text *t, struct err *err)
{
    struct smiles_line line = {.number = ++w->lines, .whole = t->bytes};

    if (t->bytes.len && t->bytes.ptr[t->bytes.len - 1] == '\r')
        line.whole = slice_take(t->bytes, t->bytes.len - 1);
    line.smiles =
        w->set->column ? field_of(line.whole, w->set->column) : line.whole;
    arena_rewind(&w->arena, 0);
    if (t->oversize)
        line.verdict = (struct smiles_verdict){
            .code = SMILES_TOO_LONG,
            .at = w->options.max_bytes,
            .words = smiles_code_words(SMILES_TOO_LONG),
        };
    else
        (void)smiles_judge(line.smiles, &w->options, &w->arena, &line.verdict);
    w->bad += line.verdict.code != SMILES_OK;
    return smiles_out(&w->form, &line, &w->arena, err);
}

static bool all(struct work *w, const char *path, struct err *err)
{
    size_t max = w->options.max_bytes + LINE_SLACK;
    struct texts texts;
    struct text text;
    bool end = false, good = true;

    if (!arena_open(&w->arena, ROOM_PER_BYTE * max, err) ||
        !texts_open(&texts, path, (struct texts_form){true, max}, err))
        return false;
    while (good && texts_next(&texts, &text, &end, err))
        good = one(w, &text, err);
    texts_close(&texts);
    arena_close(&w->arena);
    return good && end &&
           (fflush(stdout) == 0 ||
            err_set(err, ERR_IO, "write to stdout: %s", strerror(errno)));
}

int cmd_smiles(int argc, char **argv)
{
    static struct fields f;
    static struct work w;
    struct operands files = {.count = argc, .words = argv};
    struct err err = {0};
    bool people = term_tty(STDOUT_FILENO);

    if (!options_parse(&command, &files, &f, &err))
        return cli_usage("smiles", &err);
    if (files.help)
        return cli_help(&command);
    if (files.count > 1 || (f.tsv && f.json)) {
        err_set(&err, ERR_USAGE,
                files.count > 1 ? "one file at a time, or - for stdin"
                                : "--tsv and --json exclude each other");
        return cli_usage("smiles", &err);
    }
    w.set = &f;
    w.form = (struct smiles_form){
        .kind = f.json             ? SMILES_FORM_JSON
                : f.tsv || !people ? SMILES_FORM_TSV
                                   : SMILES_FORM_PEOPLE,
        .color = term_color(STDOUT_FILENO, false),
        .width = term_width(STDOUT_FILENO),
    };
    w.options = (struct smiles_options){
        .level = (enum smiles_level)f.level,
        .reaction = f.reaction || f.maps,
        .maps = f.maps,
        .properties = f.json,
        .max_bytes = f.max_smiles ? f.max_smiles : SMILES_MAX_BYTES,
    };
    if (!people)
        setvbuf(stdout, NULL, _IOFBF, OUT_BUFFER);
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
