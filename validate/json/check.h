/*
 * check.h - the plain byte-by-byte reading of RFC 8259.
 *
 * Slow and obvious: the reference that names the exact error for texts the
 * fast path refused, the oracle of its tests, and the finder of places.
 */
#ifndef DECANT_JSON_CHECK_H
#define DECANT_JSON_CHECK_H

#include <stddef.h>

#include "validate/base/arena.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"

/* JSON_OK, or the first error; never needs memory. */
struct json_error json_check(struct slice text);

/*
 * How far a text is one JSON value followed by anything: the length of the
 * value that starts at text.ptr (no leading whitespace), 0 when there is no
 * complete one.  Invalid escapes inside strings are let pass when `lax`
 * (a backslash and the byte behind it belong together), nothing else is.
 */
size_t json_extent(struct slice text, bool lax);

/*
 * The JSON Pointer (RFC 6901) of the value that holds byte `at`, by reading
 * text up to there; works on broken text too, as far as its brackets and
 * quotes can be followed.  "" for the root; {NULL, 0} when the arena is
 * full.  Borrows from the arena.
 */
struct slice json_locate(struct slice text, size_t at, struct arena *arena);

#endif
