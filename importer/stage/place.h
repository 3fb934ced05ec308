/*
 * place.h - where in the line a fault lies, and how it looks there.
 */
#ifndef DECANT_STAGE_PLACE_H
#define DECANT_STAGE_PLACE_H

#include <stddef.h>

#include "importer/stage/flow.h"
#include "validate/base/arena.h"
#include "validate/base/slice.h"

#define EXCERPT_BYTES 80 /* of the text, on either side of the place */

/*
 * The verdict's byte offset in line.text.  A place in the payload is followed
 * back through the escapes of the answer's parts, so it names the byte of
 * the file that is wrong.
 */
size_t place_in_line(const struct judged *judged);

/*
 * All of the text, fit to be shown: control characters, invalid UTF-8 and
 * backslash-x look-alikes as \xNN.  In the arena; empty when it is full.
 */
struct slice place_shown(struct slice text, struct arena *arena);

/* The bytes around `at`, shown so. */
struct slice place_excerpt(struct slice text, size_t at, struct arena *arena);

#endif
