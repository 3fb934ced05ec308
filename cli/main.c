/* main.c - the program `decant`: which command is meant. */
#include "cli/commands.h"

#include "importer/run/import.h"
#include "importer/sys/signals.h"
#include "importer/sys/sys_fail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef DECANT_FAULTS
#define BUILD " (with fault injection)"
#else
#define BUILD ""
#endif

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"import", cmd_import, "load batch result files into PostgreSQL"},
    {"check", cmd_check, "judge batch result files without a database"},
    {"repair", cmd_repair, "make sound JSON of almost-JSON, as a filter"},
    {"schema", cmd_schema, "validate JSON files against a JSON Schema"},
    {"profile", cmd_profile, "what a sound answer is, and its columns"},
    {"smiles", cmd_smiles, "judge SMILES, one a line, as a filter"},
    {"molecules", cmd_molecules, "properties of every SMILES in the database"},
    {"db", cmd_db, "the database: init, start, stop, status, url, psql"},
};

static const char help_text[] =
    "decant pours the results of LLM batch jobs into PostgreSQL and holds\n"
    "back the lines that failed, with the reason, the place and the bytes.\n"
    "\n"
    "usage: decant COMMAND [OPTION]... [FILE]...\n"
    "\n"
    "commands\n";

static const char help_tail[] =
    "\n"
    "decant help COMMAND shows its options; man decant has it all.\n"
    "\n"
    "  decant import results/*.jsonl\n"
    "  decant db psql -- -c 'select * from decant.failure_summary'\n";

int cli_fail(const struct err *err)
{
    fprintf(stderr, "decant: %s\n", err->text);
    switch (err->code) {
    case ERR_USAGE: return EXIT_USAGE;
    case ERR_RETRY: return EXIT_AGAIN;
    case ERR_STOPPED: return EXIT_STOPPED;
    default: return EXIT_FAILED;
    }
}

int cli_usage(const char *command, const struct err *err)
{
    fprintf(stderr, "decant: %s; see decant help%s%s\n", err->text,
            *command ? " " : "", command);
    return EXIT_USAGE;
}

int cli_unknown_action(const char *command, const char *name,
                       const char *const *names, size_t n)
{
    const char *near = options_nearest(name, names, n);
    struct err err;

    err_set(&err, ERR_USAGE, "unknown action '%s'%s%s%s", name,
            near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    return cli_usage(command, &err);
}

bool cli_put(struct slice text, struct err *err)
{
    return !text.len || fwrite(text.ptr, 1, text.len, stdout) == text.len ||
           err_set(err, ERR_IO, "write to stdout: %s", strerror(errno));
}

bool cli_flush(struct err *err)
{
    return fflush(stdout) == 0 ||
           err_set(err, ERR_IO, "write to stdout: %s", strerror(errno));
}

bool cli_print(struct slice text, struct err *err)
{
    return cli_put(text, err) && cli_flush(err);
}

int cli_help(const struct command *command)
{
    char text[16384];
    size_t len = options_help(command, text, sizeof(text));
    struct err err;

    DEMAND(len < sizeof(text));
    return cli_print(slice_of(text, len), &err) ? EXIT_DONE : cli_fail(&err);
}

static int help(FILE *f)
{
    fputs(help_text, f);
    for (size_t i = 0; i < countof(commands); i++)
        fprintf(f, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs(help_tail, f);
    return EXIT_DONE;
}

static int unknown(const char *name)
{
    const char *names[countof(commands) + 1] = {"help"};
    const char *near;
    struct err err;

    for (size_t i = 0; i < countof(commands); i++)
        names[i + 1] = commands[i].name;
    near = options_nearest(name, names, countof(names));
    if (near)
        err_set(&err, ERR_USAGE, "unknown command '%s', did you mean '%s'?",
                name, near);
    else
        err_set(&err, ERR_USAGE, "unknown command '%s'", name);
    return cli_usage("", &err);
}

/* `decant help CMD` is `decant CMD --help`. */
static int help_about(const char *name)
{
    char word[] = "--help";
    char *argv[] = {word, NULL};

    for (size_t i = 0; i < countof(commands); i++) {
        if (!strcmp(commands[i].name, name))
            return commands[i].run(1, argv);
    }
    return unknown(name);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

#ifdef DECANT_FAULTS
    if (getenv("DECANT_FAIL") && !sys_fail_arm(getenv("DECANT_FAIL")))
        return EXIT_USAGE;
#endif
    signals_no_pipe();
    if (!name) {
        help(stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
        puts("decant " DECANT_VERSION BUILD);
        return EXIT_DONE;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))
        return argc > 2 ? help_about(argv[2]) : help(stdout);
    for (size_t i = 0; i < countof(commands); i++) {
        if (!strcmp(commands[i].name, name))
            return commands[i].run(argc - 2, argv + 2);
    }
    return unknown(name);
}
