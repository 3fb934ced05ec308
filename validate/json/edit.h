/*
 * edit.h - one change made to a payload: which rule, where, what for what.
 *
 * Repair, the packaging and the restoring of escapes all record their
 * changes in this form; result.fixes and --explain print it.
 */
#ifndef DECANT_JSON_EDIT_H
#define DECANT_JSON_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "validate/base/slice.h"

/* Whether a change can have altered what was meant; a policy is the user's
 * decision about what PostgreSQL cannot hold. */
enum repair_class { REPAIR_LOSSLESS, REPAIR_GUESS, REPAIR_POLICY };

/* Bit numbers of result.fix_mask; names are forever. See repair.def. */
enum repair_rule {
#define REPAIR(name, key, damage, words, class) REPAIR_##name,
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
    struct slice pointer; /* JSON Pointer of the value, in the arena;
                             {NULL, 0}: not told yet, see repair_place() */
};

struct slice repair_key(enum repair_rule rule);   /* for programs */
struct slice repair_words(enum repair_rule rule); /* what was done */

/* What a text is rejected for when this would be a guess and guesses may not
 * pass: "needs a guess: a comma is missing; --repair=all loads it". */
struct slice repair_guess_words(enum repair_rule rule);

/* The class of a rule itself. */
extern const enum repair_class repair_rule_class[REPAIR_RULE_COUNT];

struct slice repair_class_key(enum repair_class class); /* "lossless" */

#endif
