/*
 * payload.h - the model's answer as plain text, packaging taken off.
 *
 *     answer -> [payload_unwrap] -> payload
 *
 * The parts are unescaped once, joined, into the line arena.  When JSON is
 * wanted, fences, thinking, prose around exactly one value and JSON inside
 * a JSON string are taken off; each removal is an edit like any repair.
 *
 * A text that is JSON as it stands is never touched and never read twice:
 * payload_unwrap() looks at its two ends only and leaves the strict parse to
 * json_repair(); when that one finds damage, payload_peel() looks closer.
 */
#ifndef DECANT_STAGE_PAYLOAD_H
#define DECANT_STAGE_PAYLOAD_H

#include "importer/stage/envelope.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/json/repair.h"

/* BOM, thinking, harmony's two markers, two fences, prose on both sides, and
 * a string that is opened. */
#define PAYLOAD_EDITS_MAX 9

/* Borrowed: slices point into the line, or into the line arena. */
struct payload {
    struct slice whole; /* the joined text as the model wrote it */
    struct slice text;  /* what is left of it, to be parsed */
    struct repair_edit edits[PAYLOAD_EDITS_MAX]; /* at: offsets in whole */
    uint32_t n_edits;
    bool peeled; /* payload_peel() was here */
    bool opened; /* text came out of a JSON string: it is not in whole */
};

/*
 * Join and unescape.  With want_json false text is all of it; with want_json
 * a text that cannot be JSON as it stands is peeled.  The faults: reply.empty
 * for nothing but white space, line.memory, and payload_peel()'s.
 */
MUST_CHECK
struct verdict payload_unwrap(const struct envelope *env,
                              const struct answer *answer, bool want_json,
                              struct arena *arena, struct payload *out);

/*
 * Take the packaging off p->whole.  payload.not_json when there is no JSON
 * in it, json.several when there is more than one value; `at` counts in
 * whole.  Text that begins like JSON but is broken is left for json_repair()
 * to explain.  Linear: one candidate that turns out broken ends the search.
 */
MUST_CHECK struct verdict payload_peel(struct payload *p);

/*
 * The payload is a JSON string (the tape's root): the text in it, when it
 * begins like an object or array.  False when not, or the arena is full.
 */
MUST_CHECK
bool payload_inside(const struct json_tape *tape, struct arena *arena,
                    struct slice *out);

/* Take that text instead of the string, which is recorded. */
void payload_open_string(struct payload *p, struct slice inside);

#endif
