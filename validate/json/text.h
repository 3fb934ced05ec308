/*
 * text.h - JSON string bodies to plain text and back.
 *
 * The kernels (AVX-512 VBMI2, AVX2, SSSE3, NEON, scalar) are chosen once at
 * run time, see kernel.h; all give the same bytes.
 */
#ifndef DECANT_JSON_TEXT_H
#define DECANT_JSON_TEXT_H

#include <stddef.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

/* Room that json_unescape() may write behind its result. */
#define JSON_PAD 64

/*
 * Unescape `body`, the inside of a string that json_tape_build() accepted,
 * into out, which has room for body.len + JSON_PAD bytes (unescaping cannot
 * grow).  Returns the length.  Any UTF-16 pair becomes one scalar value.
 */
MUST_CHECK size_t json_unescape(struct slice body, char *out);

/*
 * Length of the valid UTF-8 prefix of bytes (no overlong forms, no
 * surrogates, at most U+10FFFF): bytes.len when all is valid.
 */
MUST_CHECK size_t json_utf8_valid(struct slice bytes);

#endif
