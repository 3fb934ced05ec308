/*
 * proc.h - forked workers on a socketpair each, and how they ended.
 *
 *     [proc_start] -> child: body(fd, ctx), then _exit with its result
 *                  -> parent: struct child {pid, fd}
 *
 * The pair is SOCK_SEQPACKET: one send is one receive; end of file tells a
 * worker that its parent has closed or died.  A child keeps no end of its
 * siblings' pairs, and is killed by the kernel when the parent dies.
 */
#ifndef DECANT_SYS_PROC_H
#define DECANT_SYS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define PROC_MAX   1024 /* children at a time */
#define PROC_WORDS 96

struct child {
    pid_t pid; /* 0: none */
    int fd;    /* our end of the pair; -1 once closed */
};

/* The child's life.  Its result is the exit status. */
typedef int proc_body(int fd, void *ctx);

/* Flushes stdio before the fork.  The child runs with SIGINT and SIGTERM
 * ignored: the parent decides, a Ctrl-C reaches the whole process group. */
MUST_CHECK bool proc_start(proc_body *body, void *ctx, struct child *out,
                           struct err *err);

/* Close our end: a worker that waits for orders stops.  Twice is fine. */
void proc_hang_up(struct child *child);
void proc_kill(const struct child *child); /* SIGKILL */

/* One message, whole or not at all; false with ERR_IO when the other end is
 * gone.  *got is 0 at end of file.  Interrupted calls are repeated. */
MUST_CHECK bool proc_send(int fd, const void *message, size_t len,
                          struct err *err);
MUST_CHECK bool proc_receive(int fd, void *message, size_t room, size_t *got,
                             struct err *err);

/* How a process ended. */
struct proc_end {
    bool exited; /* by itself, with `status`; else killed by `signal` */
    int status;
    int signal;
};

/* True once, when the child has ended: its pid is then 0 and fd closed. */
bool proc_ended(struct child *child, struct proc_end *out);
/* The same, but waits for it. */
void proc_wait(struct child *child, struct proc_end *out);
/* "exited with status 3", "killed by signal 9 (Killed)". */
const char *proc_words(struct proc_end end, char out[PROC_WORDS]);

/* Processors this process may use, at least 1. */
size_t proc_cores(void);

#endif
