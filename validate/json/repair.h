/*
 * repair.h - the sound JSON next to a text, and every change it took.
 *
 *     payload text -> [json_repair] -> repaired
 *
 * Runs only on damage: a text that parses strictly is lent on, byte for
 * byte.  An invalid escape gets its backslash doubled, never deleted;
 * everything else that does not parse is a fault.
 */
#ifndef DECANT_JSON_REPAIR_H
#define DECANT_JSON_REPAIR_H

#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"

/* Whether a change can have altered what was meant. */
enum repair_class { REPAIR_LOSSLESS, REPAIR_GUESS, REPAIR_POLICY };

/* Bit numbers of result.fix_mask; names are forever. See repair.def. */
enum repair_rule {
#define REPAIR(name, key, words, class) REPAIR_##name,
#include "validate/json/repair.def"
#undef REPAIR
    REPAIR_RULE_COUNT
};

struct repair_edit {
    enum repair_rule rule;
    enum repair_class class;
    size_t at;            /* byte offset in the payload text as it came */
    struct slice before;  /* the bytes replaced, lent from that text */
    struct slice after;   /* what stands there now */
    struct slice pointer; /* JSON Pointer of the value, in the arena */
};

struct slice repair_key(enum repair_rule rule);         /* "escape.doubled" */
struct slice repair_words(enum repair_rule rule);       /* for people */
struct slice repair_class_key(enum repair_class class); /* "lossless" */

/* Borrows the payload text and the arena. */
struct repaired {
    struct json_tape tape; /* of the sound JSON: tape.text */
    struct repair_edit *edits;
    uint32_t n_edits;
    uint64_t mask; /* bit per enum repair_rule */
};

/* Linear in text.len; a fault's `at` and `where` point into `text`. */
MUST_CHECK
struct verdict json_repair(struct slice text, struct arena *arena,
                           struct repaired *out);

#endif
