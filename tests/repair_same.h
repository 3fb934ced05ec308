/*
 * repair_same.h - all that must hold for any bytes given to json_repair().
 *
 * Shared by the unit tests, the pathological ones and the fuzz target: sound
 * text is lent on untouched; what comes out is strict, inside its bound, and
 * is not repaired again; the edits stand in order, quote the text, and
 * applied to it give what came out.  A broken property aborts.
 */
#ifndef DECANT_TESTS_REPAIR_SAME_H
#define DECANT_TESTS_REPAIR_SAME_H

#include "validate/json/check.h"
#include "validate/json/repair.h"

/* Rules after which offsets count in another text. */
static inline bool repair_same_rebases(enum repair_rule rule)
{
    return rule == REPAIR_STRING_OPENED || rule == REPAIR_TEXT_UNESCAPED ||
           rule == REPAIR_TEXT_ENTITIES;
}

/* The edits from `first` on, applied to text; compared with what came out. */
static inline void repair_same_apply(struct slice text,
                                     const struct repaired *r, uint32_t first)
{
    struct slice json = r->tape.text;
    size_t from = 0, len = 0;

    /* White space at the very ends may go without an edit. */
    while (len < json.len && strchr(" \t\r\n", json.ptr[len]))
        len++;
    json = slice_drop(json, len);
    len = 0;
    for (uint32_t i = first; i <= r->n_edits; i++) {
        bool last = i == r->n_edits;
        size_t at = last ? text.len : r->edits[i].at;
        struct slice plain = slice_of(text.ptr + from, at - from), after;

        DEMAND(at >= from && at <= text.len);
        while (!len && plain.len && strchr(" \t\r\n", *plain.ptr))
            plain = slice_drop(plain, 1);
        while (last && plain.len > json.len - len)
            plain.len--;
        DEMAND(plain.len <= json.len - len);
        DEMAND(!plain.len || !memcmp(json.ptr + len, plain.ptr, plain.len));
        len += plain.len;
        if (last)
            break;
        after = r->edits[i].after;
        DEMAND(r->edits[i].before.ptr == text.ptr + at);
        DEMAND(after.len <= json.len - len);
        DEMAND(!after.len || !memcmp(json.ptr + len, after.ptr, after.len));
        len += after.len;
        from = at + r->edits[i].before.len;
    }
    DEMAND(len == json.len);
}

/* An upper bound of what may come out. */
static inline size_t repair_same_bound(struct slice text)
{
    size_t bound = 2 * text.len + JSON_DEPTH_MAX + 16;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        bound += c < 0x20 ? 4 : c >= 0x80 ? 1 : 0;
    }
    return bound;
}

/* True when something came out. */
static inline bool repair_same(struct slice text,
                               const struct repair_options *options,
                               struct arena *arena)
{
    size_t mark = arena_mark(arena);
    bool sound = json_check(text).code == JSON_OK;
    struct repaired once, twice;
    struct verdict v = json_repair(text, options, arena, &once);
    uint32_t rebased = 0;

    DEMAND(v.at <= text.len);
    DEMAND(!sound || v.fault == FAULT_NONE || v.fault == FAULT_JSON_NUL ||
           v.fault == FAULT_LINE_MEMORY);
    if (v.fault) {
        DEMAND(!once.proposal.ptr || json_check(once.proposal).code == JSON_OK);
        arena_rewind(arena, mark);
        return false;
    }
    DEMAND(json_check(once.tape.text).code == JSON_OK);
    if (!repair_place(&once, arena)) {
        arena_rewind(arena, mark);
        return false;
    }
    DEMAND(once.n_edits > 0 || once.tape.text.ptr == text.ptr);
    DEMAND(once.n_edits > 0 || once.tape.text.len == text.len);
    DEMAND(once.tape.text.len <= repair_same_bound(text));
    for (uint32_t i = 0; i < once.n_edits; i++) {
        DEMAND(once.edits[i].pointer.ptr);
        DEMAND(once.mask >> once.edits[i].rule & 1);
        if (repair_same_rebases(once.edits[i].rule))
            rebased = i + 1;
    }
    if (sound && options->keep_strings && options->mend.on_nul == MEND_KEEP)
        DEMAND(once.n_edits == 0);
    repair_same_apply(rebased ? once.edits[rebased - 1].after : text, &once,
                      rebased);
    v = json_repair(once.tape.text, options, arena, &twice);
    DEMAND(v.fault == FAULT_NONE);
    DEMAND(slice_eq(once.tape.text, twice.tape.text));
    arena_rewind(arena, mark);
    return true;
}

#endif
