/* clock.h - time that only runs forwards, and time for people. */
#ifndef DECANT_SYS_CLOCK_H
#define DECANT_SYS_CLOCK_H

#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define CLOCK_STAMP 32
#define UUID_TEXT   37

/* Seconds since some moment; runs on while a laptop sleeps. */
double clock_seconds(void);

/* Sleep; a signal ends it early. */
void clock_sleep(double seconds);

/* "2026-01-31T12:00:00.123Z" */
const char *clock_stamp(char out[CLOCK_STAMP]);

/* A random (version 4) UUID as text: the identity of a run. */
MUST_CHECK bool clock_uuid(char out[UUID_TEXT], struct err *err);

#endif
