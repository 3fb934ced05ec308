/*
 * index.h - where the structure of a JSON text is, before anyone reads it.
 *
 * The result of the kernels' one pass over the bytes (kernel.h): the place
 * of every { } [ ] : , outside strings, of both quotes of every string and
 * of the first byte of everything else.  Whatever can be wrong inside a
 * string - escapes, surrogates, control characters, UTF-8, no closing quote
 * - is folded into `bad`.  What stands between the marks is white space or
 * the rest of a number or word.
 */
#ifndef DECANT_JSON_INDEX_H
#define DECANT_JSON_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_ESCAPED 0x80000000u /* on a closing quote: a backslash inside */
#define INDEX_PLACE   0x7FFFFFFFu
#define INDEX_PAD     64 /* marks written behind the last one */

struct json_index {
    uint32_t *marks; /* the caller's: room for text.len + INDEX_PAD */
    size_t n_marks;  /* a string's quotes are neighbours */
    uint32_t flags;  /* enum json_flag: JSON_ESCAPED, JSON_NUL */
    bool bad;        /* the rest is then not to be relied on */
};

#endif
