/*
 * lines.c - see lines.h.
 *
 * A chunk's bytes may only be hashed as far as they belong to lines handed
 * out, or, when the chunk runs dry inside a line, all of it: that line's
 * bytes are gone at the next read.  Hence `hashed`, moved forward in steps.
 */
#include "importer/run/lines.h"

bool lines_open(struct lines *l, struct reader *reader, struct lines_part part,
                struct arena *range, struct err *err)
{
    *l = (struct lines){.reader = reader, .begin = part.begin};
    hasher_init(&l->hasher);
    if (!line_cutter_init(&l->cutter, part.begin, part.end, part.max_line,
                          range))
        return err_set(err, ERR_MEMORY,
                       "no room for lines of %zu bytes; lower --max-line",
                       part.max_line);
    l->chunk_at = line_cutter_where(&l->cutter);
    if (reader_kind(reader) == READER_FILE)
        reader_seek(reader, l->chunk_at);
    else
        DEMAND(part.begin == 0);
    return true;
}

/* Hash what lies before `to` and is not hashed yet; it is in the chunk. */
static void hash_to(struct lines *l, uint64_t to)
{
    struct slice bytes;

    if (to <= l->hashed || l->unhashed)
        return;
    DEMAND(l->hashed >= l->chunk_at && to - l->chunk_at <= l->chunk.len);
    bytes = slice_take(l->chunk, (size_t)(to - l->chunk_at));
    hasher_feed(&l->hasher, slice_drop(bytes, l->hashed - l->chunk_at));
    l->hashed = to;
}

/* The first line starts at `at`.  A file's first line starts at 0 even when
 * a byte order mark precedes its text. */
static void started(struct lines *l, uint64_t at)
{
    if (l->started)
        return;
    l->started = true;
    l->start = l->begin ? at : 0;
    l->hashed = l->start;
}

static bool feed(struct lines *l, struct err *err)
{
    struct chunk chunk;

    if (!reader_next(l->reader, &chunk, err))
        return false;
    l->chunk_at += l->chunk.len;
    l->chunk = chunk.bytes;
    l->last = chunk.last;
    line_feed(&l->cutter, chunk);
    return true;
}

bool lines_peek(struct lines *l, struct chunk *out, struct err *err)
{
    DEMAND(!l->started && l->chunk.len == 0);
    if (!feed(l, err))
        return false;
    *out = (struct chunk){.bytes = l->chunk, .last = l->last};
    return true;
}

enum lines_step lines_next(struct lines *l, struct line *out, struct err *err)
{
    for (;;) {
        switch (line_next(&l->cutter, out)) {
        case LINE_READY:
            started(l, out->offset);
            l->last_at = out->offset;
            l->torn = !out->closed;
            return LINES_READY;
        case LINE_DONE: started(l, lines_end(l)); return LINES_DONE;
        case LINE_HUNGRY: break;
        }
        /* Still at begin - 1 means: inside the line of the range before. */
        if (lines_end(l) >= l->begin)
            started(l, lines_end(l));
        if (l->started)
            hash_to(l, l->chunk_at + l->chunk.len);
        if (!feed(l, err))
            return LINES_FAILED;
    }
}

struct hash lines_hash(struct lines *l)
{
    DEMAND(!l->unhashed);
    hash_to(l, lines_end(l));
    return hasher_digest(&l->hasher);
}

void lines_hash_restart(struct lines *l)
{
    hash_to(l, lines_end(l));
    hasher_init(&l->hasher);
}
