/*
 * run_clean.h - a tape without the members that a later one of the same name
 * overrides.
 */
#ifndef DECANT_SCHEMA_RUN_CLEAN_H
#define DECANT_SCHEMA_RUN_CLEAN_H

#include <stdbool.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/json/tape.h"

enum clean_result {
    CLEAN_ALREADY, /* no name repeats: *out is the tape */
    CLEAN_MADE,    /* *out is another one, over the same text */
    CLEAN_NO_ROOM, /* the arena is full */
};

/* Linear but for sorting names. Takes arena only for what it makes. */
MUST_CHECK
enum clean_result clean_tape(const struct json_tape *t, struct arena *arena,
                             struct json_tape *out);

#endif
