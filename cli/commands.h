/*
 * commands.h - the commands of the program; each has its own file.
 *
 * A command gets what follows its name and returns the exit code.
 */
#ifndef DECANT_CLI_COMMANDS_H
#define DECANT_CLI_COMMANDS_H

#include <stdbool.h>

#include "importer/sys/options.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/slice.h"

#define DECANT_VERSION "0.1.0"

int cmd_import(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_repair(int argc, char **argv);
int cmd_schema(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_molecules(int argc, char **argv);
int cmd_db(int argc, char **argv);
int cmd_smiles(int argc, char **argv);

/* "decant: words" on stderr; returns the exit code that fits. */
int cli_fail(const struct err *err);
/* The same for a wrong command line: what and where to look. Returns 2. */
int cli_usage(const char *command, const struct err *err);
/* A command has no action of this name: says so, and which of the n names is
 * near. Returns 2. */
int cli_unknown_action(const char *command, const char *name,
                       const char *const *names, size_t n);
/* Print a command's help on stdout. Returns 0. */
int cli_help(const struct command *command);
/* To stdout's buffer, and out of it; false: ERR_IO. */
MUST_CHECK bool cli_put(struct slice text, struct err *err);
MUST_CHECK bool cli_flush(struct err *err);
/* Both at once. */
MUST_CHECK bool cli_print(struct slice text, struct err *err);

#endif
