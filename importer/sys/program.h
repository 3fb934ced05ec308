/*
 * program.h - run another program and keep what it says.
 *
 * fork and exec without a shell; stdin is /dev/null, stdout and stderr go to
 * one buffer of fixed size, whose end is kept when there is more.
 */
#ifndef DECANT_SYS_PROGRAM_H
#define DECANT_SYS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "importer/sys/proc.h"
#include "importer/sys/user.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define PROGRAM_OUTPUT 8192

struct program {
    const char *const *argv; /* NULL-terminated; argv[0] by path or $PATH */
    const struct user *as;   /* become this user (needs root); NULL: stay */
    const char *cwd;         /* NULL: stay */
    bool pass;               /* keep our stdin, stdout, stderr: psql */
    bool detach;         /* a session of its own: a Ctrl-C does not reach it */
    struct proc_end end; /* out: how it ended */
    char output[PROGRAM_OUTPUT]; /* out: its last words, NUL-terminated */
};

/* True when it ran, whatever its status; false when it could not be run. */
MUST_CHECK bool program_run(struct program *program, struct err *err);

/* The last line of the output that says something, for an error message. */
const char *program_last_line(struct program *program);

#endif
