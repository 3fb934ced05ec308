/*
 * infer_layout.c - JSON laid out for people to read and edit.
 *
 * A container goes on one line when all of it fits there behind its key,
 * else each child has a line.  Lines are at most some 100 bytes long, strings
 * longer than that aside.
 */
#include "validate/json/tape.h"
#include "validate/record/infer_shape.h"

#define WIDTH  100
#define INDENT 2

struct open {
    uint32_t node;
    bool flat;
    bool begun; /* a child stands in it */
};

struct layout {
    const struct json_tape *tape;
    char *out;
    size_t len, cap, line; /* line: where the current one begins */
    bool full;
    struct open stack[JSON_DEPTH_MAX + 1];
    size_t depth;
};

static void put(struct layout *l, struct slice text)
{
    if (text.len > l->cap - l->len) {
        l->full = true;
        return;
    }
    memcpy(l->out + l->len, text.ptr, text.len);
    l->len += text.len;
}

static void new_line(struct layout *l)
{
    put(l, SLICE("\n"));
    l->line = l->len;
    for (size_t i = 0; i < INDENT * l->depth; i++)
        put(l, SLICE(" "));
}

/* Compact text grows by a space for each comma and colon. */
static bool fits(const struct layout *l, uint32_t node)
{
    const struct json_node *n = &l->tape->nodes[node];

    return l->len - l->line + n->len + (n->next - node) <= WIDTH;
}

static void put_bracket(struct layout *l, uint32_t node, bool close)
{
    bool object = l->tape->nodes[node].kind == JSON_OBJECT;

    put(l, close    ? object ? SLICE("}") : SLICE("]")
              : object ? SLICE("{")
                    : SLICE("["));
}

static void close_ended(struct layout *l, uint32_t node)
{
    while (l->depth &&
           l->tape->nodes[l->stack[l->depth - 1].node].next == node) {
        struct open *o = &l->stack[--l->depth];

        if (o->begun && !o->flat)
            new_line(l);
        put_bracket(l, o->node, true);
    }
}

/* The comma and the space in front of a child. */
static void begin_child(struct layout *l)
{
    struct open *o = &l->stack[l->depth - 1];

    if (o->begun)
        put(l, SLICE(","));
    if (!o->flat)
        new_line(l);
    else if (o->begun)
        put(l, SLICE(" "));
    o->begun = true;
}

static void walk(struct layout *l)
{
    bool valued = false; /* behind a key */

    for (uint32_t node = 0; node < l->tape->n_nodes && !l->full; node++) {
        const struct json_node *n = &l->tape->nodes[node];

        if (!valued) {
            close_ended(l, node);
            if (l->depth)
                begin_child(l);
        }
        valued = (n->flags & JSON_KEY) != 0;
        if (n->kind == JSON_ARRAY || n->kind == JSON_OBJECT) {
            put_bracket(l, node, false);
            l->stack[l->depth++] =
                (struct open){.node = node, .flat = node > 0 && fits(l, node)};
            continue;
        }
        put(l, json_raw(l->tape, node));
        if (valued)
            put(l, SLICE(": "));
    }
    close_ended(l, l->tape->n_nodes);
    put(l, SLICE("\n"));
}

struct slice infer_layout(struct slice json, struct arena *arena)
{
    struct layout *l = arena_new(arena, 1, struct layout);
    struct json_tape tape;

    if (!l || json_tape_try(json, arena, &tape) != JSON_TRY_SOUND)
        return slice_of(NULL, 0);
    l->tape = &tape;
    l->cap = json.len + (size_t)tape.n_nodes * (INDENT * INFER_DEPTH * 2 + 8);
    l->out = arena_bytes(arena, l->cap);
    if (!l->out)
        return slice_of(NULL, 0);
    walk(l);
    return l->full ? slice_of(NULL, 0) : slice_of(l->out, l->len);
}
