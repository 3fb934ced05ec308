/*
 * line.h - the lines of one byte range of a file.
 *
 *     chunk -> [line_cutter] -> line
 *
 * Several workers read one file, each a range [begin, end).  A line belongs
 * to the range its first byte lies in.  So a range starts after the first
 * newline found from begin - 1 on, and finishes the line that crosses its
 * end: every line is cut exactly once, however the file is divided.
 *
 * A line ends at 0x0A and nowhere else; one 0x0D before it is dropped too.
 * So offset + length is where the line ending starts, or the end of file.
 */
#ifndef DECANT_STAGE_LINE_H
#define DECANT_STAGE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/chunk.h"
#include "validate/base/slice.h"

#define LINE_KEPT ((size_t)64 << 10) /* bytes kept of an oversize line */

/* Borrowed: text is valid until the next line_next() or line_feed(). */
struct line {
    struct slice text; /* without BOM and line ending; short if oversize */
    uint64_t offset;   /* of the first byte in the file; a BOM's, if any */
    uint64_t length;   /* bytes in the file, BOM but not ending included */
    uint64_t ordinal;  /* 0 for the first line of the range */
    bool oversize;     /* longer than max_len: reject, do not parse */
    bool closed;       /* its 0x0A was seen: false at most for the last */
    bool bom;          /* text begins 3 bytes behind offset */
};

/* Nothing but JSON white space: counted, neither a row nor a reject. */
bool line_blank(const struct line *line);

enum line_step {
    LINE_READY,  /* *out holds the next line */
    LINE_HUNGRY, /* feed another chunk */
    LINE_DONE,   /* the range is exhausted */
};

/* Private to line.c, but for line_cutter_where(). */
struct line_cutter {
    struct slice rest; /* of the current chunk, not yet cut */
    bool last;         /* no chunk follows the current one */
    bool skipping;     /* inside a line that belongs to the range before */
    char *carry;       /* start of a line that spans chunks, capped */
    size_t max_len;
    uint64_t pending; /* bytes of that line so far, uncapped */
    char tail;        /* the last of them */
    uint64_t offset;  /* of the line being cut */
    uint64_t end;
    uint64_t ordinal;
};

/*
 * Takes max_len bytes from `range`, once; only as many are ever touched as
 * the longest line that spans chunks has.  False when they do not fit.
 */
MUST_CHECK
bool line_cutter_init(struct line_cutter *lc, uint64_t begin, uint64_t end,
                      size_t max_len, struct arena *range);

/* Where in the file the first chunk must come from. */
static inline uint64_t line_cutter_where(const struct line_cutter *lc)
{
    return lc->offset;
}

/* Only after LINE_HUNGRY (or first of all); chunks arrive in file order. */
void line_feed(struct line_cutter *lc, struct chunk chunk);

MUST_CHECK
enum line_step line_next(struct line_cutter *lc, struct line *out);

#endif
