/*
 * options.h - the command line of one command, from one table.
 *
 *     argv -> [options_parse] -> fields of the caller's struct + operands
 *
 * Parsing, bounds, --help and suggestions come from the same rows.  Known
 * forms: --name VALUE, --name=VALUE, -j4, -j 4, grouped flags -qn, "--" for
 * the end, "-" as an operand; options and operands may be mixed.
 * DECANT_NAME in the environment stands for --name, the command line wins.
 */
#ifndef DECANT_SYS_OPTIONS_H
#define DECANT_SYS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"

enum option_kind {
    OPTION_FLAG,   /* bool */
    OPTION_TEXT,   /* const char *, lent from argv or the environment */
    OPTION_COUNT,  /* uint64_t within [min, max] */
    OPTION_SIZE,   /* uint64_t bytes within [min, max]: 4096, 64k, 32M, 1G */
    OPTION_CHOICE, /* int: index into `choices` */
    OPTION_PARSED, /* whatever `parse` makes of the text */
};

struct option_row {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum option_kind kind;
    size_t field;               /* offsetof in the caller's struct */
    const char *argument;       /* "SIZE" in the help; NULL for a flag */
    const char *help;           /* one sentence without a full stop */
    uint64_t min, max;          /* COUNT, SIZE; max 0: no upper bound */
    const char *const *choices; /* CHOICE: NULL-terminated */
    /* PARSED: false with err->text saying what is expected */
    bool (*parse)(const char *text, void *field, struct err *err);
    bool hidden; /* not in the help */
};

struct command {
    const char *name;    /* "import" */
    const char *usage;   /* "decant import [OPTION]... FILE..." */
    const char *summary; /* one sentence */
    const struct option_row *rows;
    size_t n_rows;
    const char *epilog; /* more help behind the options, or NULL */
};

struct operands {
    int count;
    char **words; /* argv, permuted; borrowed */
    bool help;    /* --help or -h: show options_help() and stop */
};

/*
 * `argv` without the names of program and command.  `fields` holds the
 * defaults and receives the values.  False: ERR_USAGE, with the nearest
 * right option named.
 */
MUST_CHECK bool options_parse(const struct command *command,
                              struct operands *argv, void *fields,
                              struct err *err);

/* The help as text; returns its length like snprintf. */
size_t options_help(const struct command *command, char *out, size_t cap);

/* The nearest of `words`, or NULL when none is near. */
const char *options_nearest(const char *word, const char *const *words,
                            size_t n);

/* "32M" -> 33554432: k, M, G, T are powers of 1024.  False: not a size. */
bool options_size(const char *text, uint64_t *out);
bool options_count(const char *text, uint64_t *out);

#endif
