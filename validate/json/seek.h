/*
 * seek.h - finding the one JSON value in what a model wrote around it.
 *
 * An object counts wherever it stands; an array only where a line begins or
 * behind a colon, so that "[1]" in prose is a citation.  What only looks
 * like a beginning of JSON and cannot be followed ends the search: inside
 * broken JSON every piece would look like a value of its own.
 */
#ifndef DECANT_JSON_SEEK_H
#define DECANT_JSON_SEEK_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/slice.h"

enum found_what {
    FOUND_NONE,    /* no JSON at all */
    FOUND_ONE,     /* `value` is it; its escapes may be invalid */
    FOUND_SEVERAL, /* `value` is the second */
    FOUND_BROKEN,  /* `value` begins like JSON and cannot be followed */
};

struct found {
    enum found_what what;
    struct slice value; /* part of the text searched */
    struct slice first; /* the first of several, else as value */
};

/* Linear in the length of text, which has no white space at its ends. */
void seek_value(struct slice text, struct found *out);

/*
 * Where something begins that a model may have meant for JSON but for slips:
 * {'a':, {a:, [ at the beginning of a line.  text.len when nowhere.
 */
size_t seek_loose(struct slice text);

/* Without JSON white space at both ends. */
struct slice seek_trim_from(struct slice text);
static inline struct slice seek_trim(struct slice text)
{
    return text.len && (unsigned char)text.ptr[0] > ' ' &&
                   (unsigned char)text.ptr[text.len - 1] > ' '
               ? text
               : seek_trim_from(text);
}

/* Offset of the first `what`, text.len when there is none. */
size_t seek_text(struct slice text, struct slice what);

/* Offset of the first \u0000 escape of a sound text, text.len if none. */
size_t seek_nul_escape(struct slice text);

/* Does it begin with a bracket or brace? */
static inline bool seek_json_start(struct slice text)
{
    return text.len && (text.ptr[0] == '{' || text.ptr[0] == '[');
}

/* Where the fence line right before text[at] begins; `at` when there is
 * none.  A fence line begins with three backticks or tildes. */
size_t seek_fence_before(struct slice text, size_t at);

/* Where the closing fence right behind text[at] ends; `at` without one. */
size_t seek_fence_behind(struct slice text, size_t at);

#endif
