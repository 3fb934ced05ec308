/*
 * filter_input.h - the texts of a filter's input: the whole of it, or its lines.
 *
 *     file -> [texts_next] -> text
 *
 * A line ends at 0x0A and nowhere else.  What was written to stdout is
 * flushed before a read that may have to wait, so that a filter in a
 * conversation answers every line it has been told.
 */
#ifndef DECANT_CLI_FILTER_INPUT_H
#define DECANT_CLI_FILTER_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "importer/sys/reader.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/slice.h"

struct texts {
    struct reader *reader;
    struct arena held; /* the beginning of a text that spans chunks */
    struct slice rest; /* of the chunk at hand */
    bool last;         /* nothing follows it */
    bool lines;
};

/* Lent until the next texts_next(). */
struct text {
    struct slice bytes; /* without its newline */
    bool newline;
    bool oversize; /* longer than `max`: bytes are some of its beginning */
};

/* How the input is cut. */
struct texts_form {
    bool lines;
    size_t max; /* bytes of a text that spans chunks */
};

MUST_CHECK bool texts_open(struct texts *t, const char *path,
                           struct texts_form form, struct err *err);

/* False with *end: there are no more; without: trouble. */
MUST_CHECK bool texts_next(struct texts *t, struct text *out, bool *end,
                           struct err *err);

/* Is the end of a line at hand?  If not, texts_next() reads, and that may have
 * to wait for whoever writes. */
static inline bool texts_ready(const struct texts *t)
{
    return reader_kind(t->reader) != READER_PIPE || t->last ||
           slice_find(t->rest, '\n') < t->rest.len;
}
void texts_close(struct texts *t);

#endif
