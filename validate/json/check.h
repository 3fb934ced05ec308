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

/*
 * JSON_OK, or the first error from the left; never needs memory.  `at` is
 *
 *   EMPTY, END       text.len: also when it stops inside an escape, a pair,
 *                    a UTF-8 sequence, a number or a word that could go on
 *   UNEXPECTED       the byte; outside strings that covers what is not ASCII
 *   TRAILING         the first byte behind the value
 *   BAD_NUMBER       the byte that no number can have there ("01": the 1)
 *   BAD_LITERAL      the byte where the word stops being null, true or false
 *   BAD_ESCAPE, BAD_UNICODE
 *                    the backslash
 *   SURROGATE        the backslash of the half that has no other half
 *   CONTROL, BAD_UTF8
 *                    the byte; of a bad sequence its first
 *   TOO_DEEP         the bracket that is one too many
 *   TOO_LONG         JSON_TEXT_MAX, and nothing else was looked at
 *   OK               text.len
 */
struct json_error json_check(struct slice text);

/*
 * How far a text is one JSON value followed by anything: the length of the
 * value that starts at text.ptr (no leading whitespace), 0 when there is no
 * complete one.  Invalid escapes inside strings, half pairs among them, are
 * let pass when `lax` (a backslash and the byte behind it belong together),
 * nothing else is.  A number or word must end in front of white space, a
 * quote or one of , : [ ] { }.
 */
size_t json_extent(struct slice text, bool lax);

/*
 * The JSON Pointer (RFC 6901) of the value that holds byte `at`, by reading
 * text up to there; works on broken text too, as far as its brackets and
 * quotes can be followed.  Brackets, commas, colons and names belong to the
 * container around them; at text.len it is the value that was not finished.
 * "" for the root; {NULL, 0} when the arena is full.  Always valid UTF-8
 * without U+0000 (U+FFFD stands for what is not); no deeper than
 * JSON_DEPTH_MAX steps.  Borrows from the arena.
 */
struct slice json_locate(struct slice text, size_t at, struct arena *arena);

#endif
