/*
 * lines.h - the lines of a part of a file, straight from the reader.
 *
 *     reader -> line cutter -> lines_next()
 *
 * Ties the two together and keeps the XXH3-128 of the bytes of the lines
 * handed out, exactly: neither the line before the part nor the read-ahead
 * behind it is in the hash.  Used by every consumer of lines: the loaders,
 * `decant check`, and the search for a line that kills.
 */
#ifndef DECANT_RUN_LINES_H
#define DECANT_RUN_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/stage/line.h"
#include "importer/sys/reader.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/hash.h"

struct lines {
    struct reader *reader; /* borrowed */
    struct line_cutter cutter;
    struct hasher hasher;
    struct slice chunk; /* lent by the reader */
    bool last;          /* nothing follows it */
    uint64_t chunk_at;  /* file offset of its first byte */
    uint64_t hashed;    /* everything from start up to here is hashed */
    bool unhashed;      /* nothing is: nobody wants to know */
    uint64_t begin;
    uint64_t start; /* offset of the first line; only once `started` */
    bool started;
    uint64_t last_at; /* offset of the line handed out last */
    bool torn;        /* it has no newline: the file ends inside it */
};

enum lines_step { LINES_READY, LINES_DONE, LINES_FAILED };

/*
 * The lines whose first byte lies in [begin, end).  A reader that cannot
 * seek must stand at its beginning and begin must be 0.  Takes max_line
 * bytes of address space from `range`.
 */
struct lines_part {
    uint64_t begin, end;
    size_t max_line;
};
MUST_CHECK
bool lines_open(struct lines *l, struct reader *reader, struct lines_part part,
                struct arena *range, struct err *err);

/* Before the first step: there will be no lines_hash(). */
static inline void lines_spare_hash(struct lines *l)
{
    l->unhashed = true;
}

/* The line is lent until the next call. */
MUST_CHECK
enum lines_step lines_next(struct lines *l, struct line *out, struct err *err);

/* Where the first line starts: begin or behind it. After the first step. */
static inline uint64_t lines_start(const struct lines *l)
{
    return l->start;
}

/* Where the line behind the last one handed out starts. */
static inline uint64_t lines_end(const struct lines *l)
{
    return line_cutter_where(&l->cutter);
}

/* Where the line handed out last starts. */
static inline uint64_t lines_last(const struct lines *l)
{
    return l->last_at;
}

/* Does that line lack its newline, because the file ends there? */
static inline bool lines_torn(const struct lines *l)
{
    return l->torn;
}

/* Of the bytes from lines_start() to lines_end(), or since the restart. */
struct hash lines_hash(struct lines *l);
void lines_hash_restart(struct lines *l);

/* The first bytes, before the first line is asked for: what a stream starts
 * with can be judged without taking it. Lent like a line. */
MUST_CHECK
bool lines_peek(struct lines *l, struct chunk *out, struct err *err);

#endif
