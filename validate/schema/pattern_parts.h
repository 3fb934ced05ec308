/*
 * pattern_parts.h - what the files that read a pattern share: the reader,
 * escapes and classes.
 *
 * The reader walks the text twice, first only counting what it writes, then
 * with exactly that much room.  A function that returns false has said why
 * in the reader's result.
 */
#ifndef DECANT_SCHEMA_PATTERN_PARTS_H
#define DECANT_SCHEMA_PATTERN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/schema/pattern_ecma.h"

struct reader {
    struct slice text;
    size_t at;
    struct ecma *ecma;
    char *out; /* NULL: only count */
    size_t n_out, room;
    enum ecma_result result;
};

/* Record what is wrong at text[at]. Both return false. */
bool reader_bad(struct reader *r, size_t at, const char *words);
bool reader_beyond(struct reader *r, size_t at, const char *words);

PRINTF_LIKE(2, 3)
void reader_printf(struct reader *r, const char *fmt, ...);

/* The character text[at], and past it. */
uint32_t reader_take_scalar(struct reader *r);

static inline bool reader_sees(const struct reader *r, char c)
{
    return r->at < r->text.len && r->text.ptr[r->at] == c;
}
static inline bool reader_sees_digit(const struct reader *r)
{
    return r->at < r->text.len && r->text.ptr[r->at] >= '0' &&
           r->text.ptr[r->at] <= '9';
}

enum set {
    SET_NONE, /* one character */
    SET_DIGIT,
    SET_WORD,
    SET_SPACE,
    SET_PROPERTY,
};

/* What an escape stands for. */
struct escape {
    enum set set;
    bool negated;
    uint32_t scalar;   /* of SET_NONE; may be half a surrogate pair */
    char property[64]; /* of SET_PROPERTY, in PCRE2's words */
};

/* The escape whose letter, behind the backslash, is text[at]. */
bool ecma_escape(struct reader *r, struct escape *out);

/* {n}, {n,} or {n,m}, text[at] being the brace; no upper bound is
 * UINT32_MAX.  False when it is none of them. */
bool ecma_counts(struct reader *r, uint32_t *least, uint32_t *most);

/* One member of a class, or one end of a range. */
bool ecma_member(struct reader *r, struct escape *out);

/* [...], text[at] being the bracket. */
bool ecma_class(struct reader *r);

/* Write them; halves of pairs, which no text holds, match nothing. */
void ecma_put_scalar(struct reader *r, uint32_t scalar);
void ecma_put_set(struct reader *r, const struct escape *x, bool in_class);

/* {Name} or {Name=Value} of \p, text[at] being the brace. */
bool ecma_property(struct reader *r, struct escape *out);

#endif
