/*
 * pattern_ecma.h - a regular expression of ECMA-262 (flag u) read, and said
 * again in the syntax of PCRE2.
 *
 * One pass over the text with a stack of open groups; a look ahead before it
 * counts the groups, which references may name before they open.  Every
 * literal comes out as a letter, a digit or \x{...}, so that nothing of the
 * text means more to PCRE2 than it does here.
 *
 * To be compiled with UTF, DOLLAR_ENDONLY, ALLOW_EMPTY_CLASS and
 * MATCH_UNSET_BACKREF, and without UCP: \d, \w and \b are then ASCII.
 */
#ifndef DECANT_SCHEMA_PATTERN_ECMA_H
#define DECANT_SCHEMA_PATTERN_ECMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define ECMA_DEPTH_MAX  200 /* groups in groups; PCRE2 stops at 250 */
#define ECMA_NAMES_MAX  100 /* named groups */
#define ECMA_REPEAT_MAX 65535

enum ecma_result {
    ECMA_GOOD,
    ECMA_BAD,       /* not ECMA-262; offset and words say why */
    ECMA_LIMIT,     /* past one of the limits above; likewise */
    ECMA_NO_MEMORY, /* the arena is full */
};

struct ecma_name {
    struct slice name; /* borrowed from the text */
    uint32_t group;    /* its number, from 1 */
};

struct ecma {
    bool strict;  /* in: nothing that only Annex B or PCRE2 lets pass */
    bool dry;     /* in: only judge, write nothing */
    bool guarded; /* in: a callout (?C) in front of all, and behind every
                     group and repeated atom */

    struct slice text; /* out: for PCRE2, in the arena */
    const struct ecma_name *names;
    size_t n_names;
    uint32_t n_groups; /* capturing ones */
    bool refers;       /* back to what a group matched */
    uint32_t longest;  /* the largest fixed number of rounds of a repeat */

    size_t offset;
    struct slice words;
};

MUST_CHECK
enum ecma_result ecma_read(struct slice text, struct arena *arena,
                           struct ecma *e);

#endif
