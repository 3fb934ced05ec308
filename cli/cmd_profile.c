/*
 * cmd_profile.c - `decant profile`: the built-in profiles, and one's own.
 *
 *     list, show NAME|FILE     what there is
 *     check NAME|FILE          is it a profile, and what does it make
 *     init NAME FILE           a copy to edit
 *     infer FILE...            a proposal from a sample of answers
 */
#include "cli/commands.h"
#include "cli/profile_file.h"
#include "importer/run/import.h"
#include "importer/run/sample.h"
#include "importer/sys/texts.h"
#include "validate/record/infer.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define PROFILE_ROOM ((size_t)4 << 30)
#define SAMPLE_LINES 10000

struct fields {
    uint64_t limit;
    uint64_t max_line;
    const char *table;
    bool plain;
};

#define AT(member) offsetof(struct fields, member)

static const struct option_row rows[] = {
    {.name = "limit",
     .kind = OPTION_COUNT,
     .field = AT(limit),
     .argument = "N",
     .min = 1,
     .help = "infer: look at the first N lines (10,000)"},
    {.name = "table",
     .kind = OPTION_TEXT,
     .field = AT(table),
     .argument = "NAME",
     .help = "infer: the table to propose (answer)"},
    {.name = "plain",
     .kind = OPTION_FLAG,
     .field = AT(plain),
     .help = "infer: every line is an answer as it stands, even if it looks "
             "like a batch result"},
    {.name = "max-line",
     .kind = OPTION_SIZE,
     .field = AT(max_line),
     .argument = "SIZE",
     .min = 1024,
     .max = (uint64_t)1 << 30,
     .help = "infer: longer lines are left out (128M)"},
};

static const struct command command = {
    .name = "profile",
    .usage = "decant profile list|show|check|init|infer [ARGUMENT]...",
    .summary = "Profiles: what a sound answer is, and the columns it becomes.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog =
        "  list              the built-in profiles\n"
        "  show NAME|FILE    print it\n"
        "  check NAME|FILE   is it sound? prints the table it makes\n"
        "  init NAME [FILE]  write a copy to edit, NAME.json unless said\n"
        "  infer FILE...     propose one from batch results, or from JSONL "
        "with an\n"
        "                    answer per line\n"
        "A FILE has a '/' in it or ends in .json. exit: 0 done, 1 failed, 2 "
        "usage or a\nprofile that is wrong\n",
};

/* --- list, show, init ----------------------------------------------------- */

static bool list(const struct operands *args, const struct fields *f,
                 struct arena *arena, struct err *err)
{
    int width = 0;

    (void)args, (void)f, (void)arena;
    for (size_t i = 0; i < n_builtins; i++)
        if ((int)builtins[i].name.len > width)
            width = (int)builtins[i].name.len;
    for (size_t i = 0; i < n_builtins; i++)
        printf("%-*.*s  %.*s\n", width, (int)builtins[i].name.len,
               builtins[i].name.ptr, (int)builtins[i].title.len,
               builtins[i].title.ptr);
    return cli_flush(err);
}

static bool text_of(const char *what, struct arena *arena, struct slice *out,
                    struct err *err)
{
    const struct builtin *b;

    if (profile_is_file(what))
        return text_read(what, TEXT_SMALL_MAX, arena, out, err);
    if (!profile_builtin(what, &b, err))
        return false;
    *out = b->text;
    return true;
}

static bool show(const struct operands *args, const struct fields *f,
                 struct arena *arena, struct err *err)
{
    struct slice text;

    (void)f;
    return text_of(args->words[0], arena, &text, err) && cli_print(text, err);
}

static bool init(const struct operands *args, const struct fields *f,
                 struct arena *arena, struct err *err)
{
    const char *name = args->words[0];
    const struct builtin *b;
    char path[256];

    (void)f, (void)arena;
    if (!profile_builtin(name, &b, err))
        return false;
    snprintf(path, sizeof(path), "%s.json", name);
    name = args->count > 1 ? args->words[1] : path;
    if (!profile_is_file(name))
        return err_set(err, ERR_USAGE,
                       "%s: a profile's file has a '/' in its path or ends "
                       "in .json",
                       name);
    if (!text_create(name, b->text, err))
        return false;
    printf("%s: edit it, then decant profile check %s\n", name, name);
    return true;
}

/* --- check ---------------------------------------------------------------- */

/* Names come from a file: nothing in them acts on a terminal. */
static void put_word(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        putchar(c < ' ' || c == 0x7F ? '?' : c);
    }
}

static void put_columns(const struct profile *p)
{
    size_t width = 0;

    for (size_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].name.len > width)
            width = p->columns[i].name.len;
    fputs("table ", stdout);
    put_word(p->table_schema);
    fputs(".", stdout);
    put_word(p->table);
    fputs("\n", stdout);
    for (size_t i = 0; i < p->n_columns; i++) {
        const struct column *c = &p->columns[i];
        struct slice type = column_type_name(c->type);

        fputs("  ", stdout);
        put_word(c->name);
        printf("%*s  %.*s%s\n", (int)(width - c->name.len), "", (int)type.len,
               type.ptr, c->required ? " not null" : "");
    }
}

static bool check(const struct operands *args, const struct fields *f,
                  struct arena *arena, struct err *err)
{
    const struct profile *p;

    (void)f;
    if (!profile_open(args->words[0], arena, &p, err))
        return false;
    put_word(p->name);
    printf(": a sound profile; an answer is %s\n", p->json ? "JSON" : "text");
    if (p->n_columns)
        put_columns(p);
    else
        puts("no table of its own: decant.result holds the answers");
    return cli_flush(err);
}

/* --- infer ---------------------------------------------------------------- */

static void add(void *ctx, const struct json_tape *answer,
                struct arena *scratch)
{
    infer_add(ctx, answer, scratch);
}

/* What is proposed must be a profile itself. */
static bool propose(const struct infer *in, const struct infer_words *words,
                    struct arena *arena, struct err *err)
{
    struct profile_source source = {.name = SLICE("the proposal")};
    const struct profile *profile;
    struct profile_problem why;

    source.text = infer_profile(in, words, arena);
    if (!source.text.ptr)
        return err_set(err, ERR_MEMORY, "no room for a profile");
    if (!profile_parse(&source, arena, &profile, &why))
        return err_set(err, ERR_USAGE, "the proposal: #%.*s: %.*s",
                       (int)why.pointer.len, why.pointer.ptr,
                       (int)why.words.len, why.words.ptr);
    return cli_print(source.text, err);
}

static bool infer(const struct operands *args, const struct fields *f,
                  struct arena *arena, struct err *err)
{
    struct infer_words words = {.table = SLICE("answer")};
    struct infer *in = infer_new(arena);
    struct sample_setup set = {
        .args = (const char *const *)args->words,
        .n_args = (size_t)args->count,
        .max_line = f->max_line,
        .limit = f->limit,
        .plain = f->plain,
        .answer = add,
        .ctx = in,
    };
    struct sample_counts counts;
    char title[128];
    int len;

    if (!in)
        return err_set(err, ERR_MEMORY, "no room for a sample");
    if (!profile_open("raw", arena, &set.raw, err) ||
        !sample_run(&set, &counts, err))
        return false;
    if (!counts.answers && counts.texts)
        return err_set(
            err, ERR_IO,
            "no JSON in %llu answers: they are text, which --profile "
            "text takes",
            (unsigned long long)counts.texts);
    if (!counts.answers)
        return err_set(err, ERR_IO,
                       "no sound JSON answer in it (%llu lines left out): "
                       "batch results are expected, or JSONL with an answer "
                       "per line (--plain says so)",
                       (unsigned long long)counts.left_out);
    len = snprintf(title, sizeof(title), "inferred from %llu answers",
                   (unsigned long long)counts.answers);
    words.title = slice_of(title, (size_t)len);
    if (f->table)
        words.table = slice_of(f->table, strlen(f->table));
    if (!propose(in, &words, arena, err))
        return false;
    fprintf(stderr,
            "decant: looked at %llu answers, left out %llu lines; "
            "edit what it says\n",
            (unsigned long long)counts.answers,
            (unsigned long long)counts.left_out);
    return true;
}

/* --- the command ---------------------------------------------------------- */

static const struct {
    const char *name;
    int least, most; /* arguments */
    bool (*run)(const struct operands *args, const struct fields *f,
                struct arena *arena, struct err *err);
} actions[] = {
    {"list", 0, 0, list},           {"show", 1, 1, show},
    {"check", 1, 1, check},         {"init", 1, 2, init},
    {"infer", 1, INT32_MAX, infer},
};

static int unknown(const char *name)
{
    const char *names[countof(actions)];

    for (size_t i = 0; i < countof(actions); i++)
        names[i] = actions[i].name;
    return cli_unknown_action("profile", name, names, countof(names));
}

static int act(const char *name, const struct operands *args,
               const struct fields *f)
{
    struct arena arena;
    struct err err = {0};

    for (size_t i = 0; i < countof(actions); i++) {
        if (strcmp(actions[i].name, name) != 0)
            continue;
        if (args->count < actions[i].least || args->count > actions[i].most) {
            err_set(&err, ERR_USAGE, "profile %s takes %s", name,
                    actions[i].most == 0   ? "no argument"
                    : actions[i].most == 1 ? "a NAME or FILE"
                    : actions[i].most == 2 ? "a NAME and a FILE to write"
                                           : "files to look at");
            return cli_usage("profile", &err);
        }
        if (!arena_open(&arena, PROFILE_ROOM, &err))
            return cli_fail(&err);
        return actions[i].run(args, f, &arena, &err) ? EXIT_DONE
                                                     : cli_fail(&err);
    }
    return unknown(name);
}

int cmd_profile(int argc, char **argv)
{
    struct operands words = {.count = argc, .words = argv};
    struct fields f = {.limit = SAMPLE_LINES, .max_line = MAX_LINE};
    struct err err = {0};

    if (!options_parse(&command, &words, &f, &err))
        return cli_usage("profile", &err);
    if (words.help)
        return cli_help(&command);
    if (!words.count) {
        err_set(&err, ERR_USAGE,
                "profile needs an action: list, show, check, init or infer");
        return cli_usage("profile", &err);
    }
    return act(
        words.words[0],
        &(struct operands){.count = words.count - 1, .words = words.words + 1},
        &f);
}
