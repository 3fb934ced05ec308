/*
 * signals.h - signals as flags that a poll() loop can see.
 *
 * Handlers count presses and write one byte to a pipe, nothing else.
 * SIGINT, SIGTERM and SIGHUP ask to stop; SIGCHLD says that a child may have
 * ended; SIGPIPE is ignored, so that writing reports EPIPE.
 */
#ifndef DECANT_SYS_SIGNALS_H
#define DECANT_SYS_SIGNALS_H

#include <stdbool.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* Install the handlers, once per process.  *fd becomes readable when a
 * signal has come. */
MUST_CHECK bool signals_open(int *fd, struct err *err);
void signals_drain(void);   /* empty the pipe; before looking at the flags */
int signals_stop(void);     /* how often a stop was asked for: 0, 1, 2 ... */
int signals_stop_by(void);  /* the first one's number, 0 when none */
bool signals_child(void);   /* a child may have ended; asking clears it */
void signals_worker(void);  /* in a forked child: SIGINT, SIGTERM ignored */
void signals_restore(void); /* before an exec: everything as by default */
void signals_no_pipe(void); /* only ignore SIGPIPE: programs without a loop */

#endif
