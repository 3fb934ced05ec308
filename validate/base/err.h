/*
 * err.h - why an operation failed, told once, where it failed.
 *
 * For faults of the world (disk, server, memory), not of the data: a bad
 * line is an ordinary value, see fault.h.  Functions that
 * can fail take a struct err * last and return bool; both setters return
 * false so that a failure reads `return err_set(err, ...)`.
 */
#ifndef DECANT_BASE_ERR_H
#define DECANT_BASE_ERR_H

#include <stdbool.h>

#include "validate/base/attrs.h"

enum err_code {
    ERR_NONE,
    ERR_USAGE,    /* the operator asked for something impossible */
    ERR_IO,       /* a file, pipe or socket */
    ERR_DATABASE, /* PostgreSQL said no: repeating will not help */
    ERR_RETRY,    /* temporary (exit 75): the same command may succeed */
    ERR_MEMORY,   /* out of memory, or past a configured cap */
    ERR_STOPPED,  /* asked to stop; not a fault */
};

struct err {
    enum err_code code;
    char state[6]; /* SQLSTATE of a server error, or "" */
    char text[480];
};

/* Record the failure. Returns false. */
PRINTF_LIKE(3, 4)
bool err_set(struct err *err, enum err_code code, const char *fmt, ...);

/* Say what was being attempted, in front of what went wrong. Returns false. */
PRINTF_LIKE(2, 3)
bool err_while(struct err *err, const char *fmt, ...);

#endif
