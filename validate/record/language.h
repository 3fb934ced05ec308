/*
 * language.h - does a text look like the language it should be in?
 *
 * A cheap and honest test: the script of its letters, and for languages in
 * Latin letters their commonest words.  It tells an English answer among
 * French ones, not Danish from Norwegian; a short text is never doubted.
 */
#ifndef DECANT_RECORD_LANGUAGE_H
#define DECANT_RECORD_LANGUAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

enum language {
#define LANGUAGE(name, key, script, words) LANGUAGE_##name,
#include "validate/record/language.def"
#undef LANGUAGE
    LANGUAGE_COUNT
};

/* "en", "fr": ISO 639-1. */
MUST_CHECK bool language_find(struct slice key, enum language *out);

/* False only when the text looks like something else.  Looks at no more than
 * the first 4 KiB. */
bool language_plausible(enum language language, struct slice text);

/* Words: runs of letters and digits; a Chinese or Japanese character, which
 * has no blanks around its words, counts as one.  Stops at `enough`. */
uint32_t language_words(struct slice text, uint32_t enough);

#endif
