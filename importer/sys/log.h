/*
 * log.h - what is said on stderr, one write per line.
 *
 * For people:  decant: results.jsonl is known already
 * --log-json:  {"ts":"...","level":"info","event":"file.known",
 *               "message":"...","path":"results.jsonl"}
 *
 * Only cli/ and importer/run say anything.  Whole lines are written with one
 * call, so that lines of several processes never mix.
 */
#ifndef DECANT_SYS_LOG_H
#define DECANT_SYS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"

enum log_level {
    LOG_LEVEL_DEBUG, /* with --verbose */
    LOG_LEVEL_INFO,  /* not with --quiet */
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR,
};

struct log_setup {
    bool quiet;
    bool verbose;
    bool json;
};

/* One value beside the message; text NULL means the number is meant. */
struct log_field {
    const char *key;
    const char *text;
    int64_t number;
};

/* Before the first fork; without it: text, not quiet. */
void log_setup(const struct log_setup *setup);

/* Text written in front of a line for people, such as the sequence that
 * clears a progress line; NULL for none.  Borrowed until changed. */
void log_before(const char *sequence);

/* `event` is a stable dotted word; the message is for people. */
PRINTF_LIKE(3, 4)
void log_say(enum log_level level, const char *event, const char *fmt, ...);

/* The same with fields, which people see only inside the message. */
struct log_event {
    enum log_level level;
    const char *event;
    const struct log_field *fields;
    size_t n_fields;
};
PRINTF_LIKE(2, 3)
void log_tell(const struct log_event *event, const char *fmt, ...);

#endif
