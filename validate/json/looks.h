/*
 * looks.h - what a text looks like from its ends, before anyone reads it.
 *
 * The order in which a damaged text is tried depends on these guesses; no
 * result does, since every way ends in a strict parse.
 */
#ifndef DECANT_JSON_LOOKS_H
#define DECANT_JSON_LOOKS_H

#include <stdbool.h>

#include "validate/base/slice.h"

/* May a strict parse succeed? The text is not blank. */
bool looks_sound(struct slice text);

/* Does it begin like something that mend() can read from here?  The text is
 * not empty and begins with no white space. */
bool looks_like_json(struct slice text);

/* A word with a bracket behind it, or one of the literals. */
bool looks_like_word(struct slice text);

/* White space of JSON. */
static inline bool looks_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#endif
