/*
 * payload.h - the model's answer as plain text.
 *
 *     answer -> [payload_unwrap] -> payload
 *
 * The parts are unescaped once, joined, into the line arena.  What a model
 * writes around JSON - fences, thinking, prose - is json_repair()'s concern:
 * a text that is JSON as it stands is never looked at twice.
 */
#ifndef DECANT_STAGE_PAYLOAD_H
#define DECANT_STAGE_PAYLOAD_H

#include "importer/stage/envelope.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"

/* Borrowed: points into the line, or into the line arena. */
struct payload {
    struct slice whole; /* the joined text as the model wrote it */
};

/* Join and unescape.  The faults: reply.empty for nothing but white space,
 * line.memory. */
MUST_CHECK
struct verdict payload_unwrap(const struct envelope *env,
                              const struct answer *answer, struct arena *arena,
                              struct payload *out);

#endif
