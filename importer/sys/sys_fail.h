/*
 * sys_fail.h - make the Nth fallible call fail, to see what becomes of it.
 *
 * Every call that the world may refuse stands behind FAIL_POINT("kind"):
 * true means "pretend it failed".  Kinds: read, write, alloc, fork, pq (any
 * libpq call), connect.  Without -DDECANT_FAULTS the macro is the constant
 * false and nothing of this is in the program.
 *
 * Counts are per process; a forked worker goes on from its parent's.
 */
#ifndef DECANT_SYS_FAIL_H
#define DECANT_SYS_FAIL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef DECANT_FAULTS

#define FAIL_POINT(kind) sys_fail(kind)

/* "read:3": the 3rd read fails; "any:3": the 3rd call of any kind;
 * "read:3+": the 3rd and all later ones; NULL: none.  Restarts the counts.
 * False: not such a text. */
bool sys_fail_arm(const char *spec);
bool sys_fail(const char *kind);
/* Calls of the armed kind so far: once this is below N, all have had their
 * turn. */
uint64_t sys_fail_calls(void);
bool sys_fail_fired(void);

#else
#define FAIL_POINT(kind) false
#endif

#endif
