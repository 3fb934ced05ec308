/*
 * line.c - cut chunks into lines.  Contract and ownership: line.h.
 *
 * The common line lies inside one chunk and is lent straight out of it.
 * Only a line that spans chunks is copied, into `carry`, and only its first
 * max_len bytes are: a file without newlines costs time, not memory.
 */
#include "importer/stage/line.h"

static const struct slice bom = SLICE_INIT("\xEF\xBB\xBF");

bool line_cutter_init(struct line_cutter *lc, uint64_t begin, uint64_t end,
                      size_t max_len, struct arena *range)
{
    DEMAND(begin <= end && max_len > 0);
    *lc = (struct line_cutter){
        .carry = arena_bytes(range, max_len),
        .max_len = max_len,
        .offset = begin ? begin - 1 : 0,
        .end = end,
        .skipping = begin > 0,
    };
    return lc->carry != NULL;
}

void line_feed(struct line_cutter *lc, struct chunk chunk)
{
    DEMAND(lc->rest.len == 0 && !lc->last);
    lc->rest = chunk.bytes;
    lc->last = chunk.last;
}

/* Remember a piece of a line whose newline has not been seen yet. */
static void keep(struct line_cutter *lc, struct slice piece)
{
    if (lc->pending < lc->max_len && !lc->skipping) {
        struct slice fits = slice_take(piece, lc->max_len - lc->pending);

        if (fits.len)
            memcpy(lc->carry + lc->pending, fits.ptr, fits.len);
    }
    if (piece.len)
        lc->tail = piece.ptr[piece.len - 1];
    lc->pending += piece.len;
}

/* The pending line ends with `tail`; its newline was seen or the file ends. */
static void finish(struct line_cutter *lc, struct slice tail, bool closed,
                   struct line *out)
{
    struct slice text = tail;
    uint64_t length = tail.len;
    bool cr = tail.len && tail.ptr[tail.len - 1] == '\r';

    if (lc->pending > 0) {
        keep(lc, tail);
        length = lc->pending;
        text = slice_of(lc->carry,
                        length < lc->max_len ? (size_t)length : lc->max_len);
        cr = lc->tail == '\r';
    }
    /* Without a newline behind it a CR is the line's own last byte: the rest
     * of the file may not have been written yet. */
    cr = cr && closed;
    length -= cr;
    *out = (struct line){
        .text = length < text.len ? slice_take(text, (size_t)length) : text,
        .offset = lc->offset,
        .length = length,
        .ordinal = lc->ordinal++,
        .oversize = length > lc->max_len,
        .closed = closed,
    };
    if (out->oversize)
        out->text =
            slice_take(text, lc->max_len < LINE_KEPT ? lc->max_len : LINE_KEPT);
    if (lc->offset == 0 && slice_eq(slice_take(out->text, bom.len), bom)) {
        out->bom = true;
        out->text = slice_drop(out->text, bom.len);
    }
    lc->offset += length + cr + closed;
    lc->pending = 0;
}

enum line_step line_next(struct line_cutter *lc, struct line *out)
{
    while (lc->skipping || lc->offset < lc->end) {
        size_t at = slice_find(lc->rest, '\n');
        bool found = at < lc->rest.len;
        struct slice piece = slice_take(lc->rest, at);

        lc->rest = slice_drop(lc->rest, at + 1);
        if (!found && !lc->last) {
            keep(lc, piece);
            return LINE_HUNGRY;
        }
        if (lc->skipping) {
            lc->offset += lc->pending + piece.len + found;
            lc->pending = 0;
            lc->skipping = false;
            continue;
        }
        if (!found && lc->pending + piece.len == 0)
            return LINE_DONE;
        finish(lc, piece, found, out);
        return LINE_READY;
    }
    return LINE_DONE;
}

bool line_blank(const struct line *line)
{
    if (line->oversize)
        return false;
    for (size_t i = 0; i < line->text.len; i++) {
        char c = line->text.ptr[i];

        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return false;
    }
    return true;
}
