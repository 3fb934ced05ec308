/*
 * pattern.h - regular expressions of ECMA-262 (flag u), run by PCRE2.
 *
 *     ECMA text -> [pattern_ecma.h] -> PCRE2 text -> code, with JIT if there is
 *
 * Where the two disagree ECMA-262 wins: \d, \w and \b are ASCII, \s knows
 * U+FEFF, `$` is the very end, `.` stops at U+2028, [] matches nothing.
 * What ECMA-262 refuses only for lack of an Annex B (\@, a lone ] or }) and
 * what can mean one thing only is accepted.  Lookbehind must have a fixed
 * length in each alternative; captures of an earlier round of a repeated
 * group stay, where ECMA-262 forgets them.
 *
 * What is regular in the strict sense is answered in linear time, always.
 * Other patterns, and groups, cost work in proportion to the text and then
 * answer PATTERN_LIMIT, however hostile they are: see pattern.c.
 *
 * All memory is the arena's, but for the machine code of the JIT and a deep
 * search's stack, which PCRE2 maps itself.  Where there is no JIT a search
 * borrows what is left of the arena while it runs.  Compile before fork(),
 * use in every child; one process uses a pattern in one thread.
 */
#ifndef DECANT_SCHEMA_PATTERN_H
#define DECANT_SCHEMA_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define PATTERN_TEXT_MAX   ((size_t)16 << 10) /* bytes of a pattern */
#define PATTERN_GROUPS_MAX 100                /* capturing groups */

struct pattern;

/* Why a text is no pattern. Words are static or in the arena. */
struct pattern_problem {
    size_t offset; /* byte in the ECMA text */
    struct slice words;
};

enum pattern_result {
    PATTERN_YES,
    PATTERN_NO,
    PATTERN_LIMIT, /* too much work: neither yes nor no */
};

/*
 * Borrows the arena, which must outlive the pattern; `ecma` is copied.
 * False: *why says what and where, "out of memory" when the arena is full.
 */
MUST_CHECK
bool pattern_compile(struct slice ecma, struct arena *arena,
                     struct pattern **out, struct pattern_problem *why);

/* Gives back the JIT's machine code; needed only by who compiles patterns
 * without end.  Memory stays the arena's. */
void pattern_drop(struct pattern *p);

/* Does it match anywhere in text, which must be valid UTF-8? */
MUST_CHECK
enum pattern_result pattern_find(const struct pattern *p, struct slice text);

/* Named groups, in the order they open. */
size_t pattern_n_groups(const struct pattern *p);
struct slice pattern_group_name(const struct pattern *p, size_t group);

/*
 * pattern_find(), and what each named group matched: values has room for
 * pattern_n_groups(p) slices of text; {NULL, 0} for a group that took no
 * part.  Untouched unless PATTERN_YES.
 */
MUST_CHECK
enum pattern_result pattern_groups(const struct pattern *p, struct slice text,
                                   struct slice *values);

#endif
