/*
 * repair.h - the sound JSON next to a text, and every change it took.
 *
 *     payload text -> [json_repair] -> repaired
 *
 * Runs only on damage: a text that parses strictly is lent on, byte for
 * byte.  Otherwise what stands around the value is taken off (unwrap.h) and
 * the value mended (mend.h); the result is parsed again, so what comes out
 * is strict JSON, always.  A change is lossless or a guess, as repair.def
 * and docs/repairs.md say; the caller decides whether guesses may pass.
 *
 * What comes out has at most twice the bytes of the text plus one per open
 * bracket, with two exceptions that no spelling avoids: a raw control
 * character without a letter of its own is six bytes (\u001b), since JSON has
 * nothing shorter, and a byte that is no UTF-8 is the three of U+FFFD.
 */
#ifndef DECANT_JSON_REPAIR_H
#define DECANT_JSON_REPAIR_H

#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/base/slice.h"
#include "validate/json/edit.h"
#include "validate/json/mend.h"
#include "validate/json/tape.h"

enum repair_mode {
    REPAIR_MODE_LOSSLESS, /* guesses are faults that carry a proposal */
    REPAIR_MODE_ALL,
    REPAIR_MODE_NONE, /* whatever is not strict JSON is a fault */
};

/* All zero: what suits a row of a database. */
struct repair_options {
    enum repair_mode mode;
    struct mend_options mend;
    bool keep_strings; /* else JSON in a string that is all is taken out */
};

/* Borrows the payload text and the arena. */
struct repaired {
    struct json_tape tape;     /* of the sound JSON: tape.text */
    struct repair_edit *edits; /* in the order of the text, their pointers
                                  left to repair_place(); those behind an
                                  edit that replaced the whole text (a string
                                  opened, a document unescaped) count in what
                                  it put there */
    uint32_t n_edits;
    uint64_t mask;           /* bit per enum repair_rule */
    enum repair_class class; /* the worst: guess, policy, lossless */
    bool truncated;          /* a part of the value is missing at its end */
    bool several;            /* the text held more than one value */
    size_t second;           /* where the second of several begins */
    struct slice stop;       /* pointer of where a truncated text stopped */
    struct slice proposal;   /* with a fault: the guess that was not allowed */
};

/*
 * Linear in text.len.  A fault's `at` and `where` point into `text`:
 * reply.empty, payload.not_json, json.truncated, json.several, json.syntax,
 * json.depth, json.nul, json.surrogate, line.memory.
 */
MUST_CHECK
struct verdict json_repair(struct slice text,
                           const struct repair_options *options,
                           struct arena *arena, struct repaired *out);

/*
 * Give every edit the JSON Pointer of the value it lies in.  Left to whoever
 * tells the edits: a filter that only wants the sound JSON does not pay for
 * it.  To be called before the tape of r is replaced; the second time does
 * nothing.  False when the arena is full.
 */
MUST_CHECK
bool repair_place(struct repaired *r, struct arena *arena);

/* The same for the edits [first, end) only, whose `after` lies in the tape's
 * text. */
MUST_CHECK
bool repair_place_some(struct repaired *r, uint32_t first, uint32_t end,
                       struct arena *arena);

#endif
