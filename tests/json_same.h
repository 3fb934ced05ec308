/*
 * json_same.h - all that must hold for any bytes taken as JSON.
 *
 * Shared by the unit tests, the pathological ones and the fuzz target:
 * every kernel of this CPU, the tape and json_check() must agree, and what
 * is accepted must survive being written and read again.  A broken property
 * aborts.
 */
#ifndef DECANT_TESTS_JSON_SAME_H
#define DECANT_TESTS_JSON_SAME_H

#include "validate/base/utf8.h"
#include "validate/json/check.h"
#include "validate/json/kernel.h"
#include "validate/json/tape.h"
#include "validate/json/text.h"
#include "validate/json/write.h"

static const char *const json_kernels[] = {"scalar", "ssse3", "avx2", "avx512",
                                           "neon"};

/* One string of a tape: equal under every kernel, and after a round trip. */
static inline void json_same_string(const struct json_tape *t, uint32_t node,
                                    struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct slice inner = json_inner(t, node), first = {0}, text;
    struct json_out out;
    struct json_tape again;
    struct json_error why;
    char *room;

    for (size_t k = 0; k < countof(json_kernels); k++) {
        size_t len;

        if (!json_kernel_use(json_kernels[k]))
            continue;
        room = arena_bytes(arena, inner.len + JSON_PAD);
        DEMAND(room);
        len = json_unescape(inner, room);
        DEMAND(len <= inner.len);
        if (!first.ptr)
            first = slice_of(room, len);
        DEMAND(slice_eq(first, slice_of(room, len)));
        DEMAND(json_utf8_valid(first) == len);
    }
    text = json_string(t, node, arena);
    DEMAND(slice_eq(first, text) && json_string_is(t, node, text));
    DEMAND(!json_string_is(t, node, slice_take(text, text.len - 1)) ||
           !text.len);
    room = arena_bytes(arena, 6 * text.len + 2);
    DEMAND(room);
    json_out_init(&out, room, 6 * text.len + 2);
    json_put_string(&out, text);
    DEMAND(!out.full);
    DEMAND(json_tape_build(json_out_slice(&out), arena, &again, &why));
    DEMAND(slice_eq(json_string(&again, 0, arena), first));
    arena_rewind(arena, mark);
}

/* A tape's nodes against one another and the text. */
static inline void json_same_nodes(const struct json_tape *t)
{
    DEMAND(t->n_nodes > 0 && t->nodes[0].next == t->n_nodes);
    for (uint32_t i = 0; i < t->n_nodes; i++) {
        const struct json_node *n = &t->nodes[i];
        struct slice raw = json_raw(t, i);
        uint32_t last = i;

        DEMAND(n->at + (size_t)n->len <= t->text.len && n->len > 0);
        DEMAND(n->next > i && n->next <= t->n_nodes);
        DEMAND(json_extent(slice_drop(t->text, n->at), false) == n->len ||
               n->kind == JSON_OBJECT || n->kind == JSON_ARRAY);
        if (n->kind != JSON_OBJECT && n->kind != JSON_ARRAY)
            continue;
        DEMAND(raw.ptr[0] == (n->kind == JSON_OBJECT ? '{' : '['));
        DEMAND(raw.ptr[raw.len - 1] == (n->kind == JSON_OBJECT ? '}' : ']'));
        for (uint32_t c = json_first(t, i); c; c = json_next(t, i, c)) {
            DEMAND(c > last && t->nodes[c].depth == n->depth + 1);
            DEMAND(((t->nodes[c].flags & JSON_KEY) != 0) ==
                   (n->kind == JSON_OBJECT));
            last = c;
        }
    }
}

/* Returns whether the text is sound. */
static inline bool json_same(struct slice text, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct json_error first = json_check(text), why;
    struct json_tape tape = {0}, one = {0};
    size_t extent = json_extent(text, false);

    DEMAND(json_utf8_valid(text) == utf8_prefix(text));
    for (size_t k = 0; k < countof(json_kernels); k++) {
        size_t before = arena_mark(arena);

        if (!json_kernel_use(json_kernels[k]))
            continue;
        DEMAND(json_utf8_valid(text) == utf8_prefix(text));
        if (!json_tape_build(text, arena, &tape, &why)) {
            DEMAND(why.code == first.code && why.at == first.at);
            DEMAND(arena_mark(arena) == before);
            continue;
        }
        DEMAND(first.code == JSON_OK);
        if (!one.nodes)
            one = tape;
        DEMAND(tape.n_nodes == one.n_nodes && tape.flags == one.flags);
        DEMAND(
            !memcmp(tape.nodes, one.nodes, tape.n_nodes * sizeof(*tape.nodes)));
    }
    DEMAND(extent <= text.len && json_extent(text, true) >= extent);
    DEMAND(json_locate(text, first.at, arena).ptr);
    if (one.nodes) {
        json_same_nodes(&one);
        for (uint32_t i = 0; i < one.n_nodes; i++)
            if (one.nodes[i].kind == JSON_STRING)
                json_same_string(&one, i, arena);
    }
    DEMAND(json_kernel_use(NULL));
    arena_rewind(arena, mark);
    return one.nodes != NULL;
}

#endif
