/*
 * filter_input.c - see filter_input.h.
 *
 * A text inside one chunk is lent from the reader; only one that spans
 * chunks is copied together.
 */
#include "cli/filter_input.h"

#include "cli/commands.h"

bool texts_open(struct texts *t, const char *path, struct texts_form form,
                struct err *err)
{
    *t = (struct texts){.lines = form.lines};
    if (!arena_open(&t->held, form.max, err))
        return false;
    if (reader_open(path, &t->reader, err))
        return true;
    arena_close(&t->held);
    return false;
}

void texts_close(struct texts *t)
{
    reader_close(t->reader);
    arena_close(&t->held);
}

/* Append to what is held; it is one piece, since nothing else is there. */
static void hold(struct texts *t, struct slice bytes, struct text *out)
{
    out->oversize |= !arena_copy(&t->held, bytes).ptr;
}

static bool read_more(struct texts *t, struct err *err)
{
    struct chunk chunk;

    if (reader_kind(t->reader) == READER_PIPE && !cli_flush(err))
        return false;
    if (!reader_next(t->reader, &chunk, err))
        return false;
    t->rest = chunk.bytes;
    t->last = chunk.last;
    return true;
}

bool texts_next(struct texts *t, struct text *out, bool *end, struct err *err)
{
    bool held = false;

    *out = (struct text){.newline = false};
    arena_rewind(&t->held, 0);
    for (;;) {
        size_t n = t->lines ? slice_find(t->rest, '\n') : t->rest.len;
        struct slice piece = slice_take(t->rest, n);

        out->newline = n < t->rest.len;
        t->rest = slice_drop(t->rest, n + 1);
        if (out->newline && !held) {
            out->bytes = piece;
            return true;
        }
        if (piece.len)
            hold(t, piece, out);
        held |= piece.len > 0;
        if (out->newline || t->last)
            break;
        if (!read_more(t, err)) {
            *end = false;
            return false;
        }
    }
    out->bytes = slice_of(t->held.base, t->held.used);
    *end = !held && !out->newline && t->lines;
    return !*end;
}
