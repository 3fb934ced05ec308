/*
 * rewrite.c - see rewrite.h.
 *
 * An edit's `after` lies in the tape's text and says where it wrote; when the
 * text is replaced, older edits move along, so that places can be followed
 * back through all of them.  One whose bytes are among those replaced stays
 * behind with the old text.
 */
#include "validate/record/rewrite.h"

#include <string.h>

/* Where in the sound text edit i wrote; SIZE_MAX when it did not. */
static size_t written(const struct repaired *r, uint32_t i)
{
    const char *text = r->tape.text.ptr, *after = r->edits[i].after.ptr;

    return after && after >= text && after <= text + r->tape.text.len
               ? (size_t)(after - text)
               : SIZE_MAX;
}

size_t origin_of(struct origin *o, size_t at)
{
    const struct repaired *r = o->r;
    const struct repair_edit *before;
    size_t end;

    if (at < o->asked)
        o->cursor = o->passed = 0;
    o->asked = at;
    for (; o->cursor < r->n_edits; o->cursor++) {
        size_t place = written(r, o->cursor);

        if (place == SIZE_MAX)
            continue;
        if (place > at && !o->passed)
            return r->edits[o->cursor].at - (place - at);
        if (place > at)
            break;
        o->passed = o->cursor + 1;
    }
    if (o->passed) {
        before = &r->edits[o->passed - 1];
        end = written(r, o->passed - 1) + before->after.len;
        return before->at + before->before.len + (at > end ? at - end : 0);
    }
    if (r->tape.text.ptr >= o->whole.ptr &&
        r->tape.text.ptr <= o->whole.ptr + o->whole.len)
        at += (size_t)(r->tape.text.ptr - o->whole.ptr);
    return at;
}

/* The new edits among those there are, by their places. */
static bool merge(struct repaired *r, const struct repair_edit *fresh,
                  uint32_t n_fresh, struct arena *arena)
{
    uint32_t n = r->n_edits + n_fresh, from = r->n_edits, i = 0, k = 0;
    struct repair_edit *all = arena_array(arena, n, struct repair_edit);

    if (!all)
        return false;
    /* Places count in the text that the last change of text put there. */
    while (from && r->edits[from - 1].rule != REPAIR_STRING_OPENED &&
           r->edits[from - 1].rule != REPAIR_TEXT_UNESCAPED &&
           r->edits[from - 1].rule != REPAIR_TEXT_ENTITIES)
        from--;
    for (uint32_t o = 0; o < n; o++) {
        bool old = i < r->n_edits &&
                   (i < from || k == n_fresh || r->edits[i].at <= fresh[k].at);

        all[o] = old ? r->edits[i++] : fresh[k++];
    }
    for (k = 0; k < n_fresh; k++)
        r->mask |= (uint64_t)1 << fresh[k].rule;
    r->edits = all;
    r->n_edits = n;
    return true;
}

/* Older edits are looked up in the new text from now on. */
static void move_along(struct repaired *r, const struct rewrite_piece *pieces,
                       size_t n, char *to)
{
    size_t last = 0, k = 0, grown = 0, cut = 0;

    for (uint32_t i = 0; i < r->n_edits; i++) {
        size_t at = written(r, i), end;

        if (at == SIZE_MAX)
            continue;
        if (at < last)
            k = grown = cut = 0;
        last = at;
        end = at + r->edits[i].after.len;
        while (k < n && (size_t)pieces[k].at + pieces[k].len <= at) {
            grown += pieces[k].put.len;
            cut += pieces[k++].len;
        }
        if (k == n || pieces[k].at >= end)
            r->edits[i].after.ptr = to + at + grown - cut;
    }
}

/* The new text at `to`, and an edit for each piece; returns its length. */
static size_t put_all(struct origin *origin, const struct rewrite_piece *pieces,
                      const struct repaired *fresh, char *to)
{
    struct slice text = origin->r->tape.text;
    size_t from = 0, len = 0;

    for (uint32_t i = 0; i < fresh->n_edits; i++) {
        const struct rewrite_piece *p = &pieces[i];

        DEMAND(p->at >= from && p->at + p->len <= text.len);
        memcpy(to + len, text.ptr + from, p->at - from);
        len += p->at - from;
        if (p->put.len)
            memcpy(to + len, p->put.ptr, p->put.len);
        fresh->edits[i] = (struct repair_edit){
            .rule = p->rule,
            .class = repair_rule_class[p->rule],
            .at = origin_of(origin, p->at),
            .before = slice_of(text.ptr + p->at, p->len),
            .after = slice_of(to + len, p->put.len),
        };
        len += p->put.len;
        from = p->at + p->len;
    }
    memcpy(to + len, text.ptr + from, text.len - from);
    return len + text.len - from;
}

bool rewrite(struct repaired *r, struct slice whole,
             const struct rewrite_piece *pieces, size_t n, struct arena *arena)
{
    struct repair_edit *fresh = arena_new(arena, n, struct repair_edit);
    struct repaired placed = {.edits = fresh, .n_edits = (uint32_t)n};
    struct origin origin = {.r = r, .whole = whole};
    size_t room = r->tape.text.len;
    char *bytes;

    for (size_t i = 0; i < n; i++)
        room += pieces[i].put.len;
    bytes = arena_bytes(arena, room);
    if (!bytes || !fresh || !repair_place(r, arena))
        return false;
    room = put_all(&origin, pieces, &placed, bytes);
    if (json_tape_try(slice_of(bytes, room), arena, &placed.tape) !=
            JSON_TRY_SOUND ||
        !repair_place(&placed, arena))
        return false;
    move_along(r, pieces, n, bytes);
    if (!merge(r, fresh, (uint32_t)n, arena))
        return false;
    r->tape = placed.tape;
    return true;
}
