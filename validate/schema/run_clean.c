/*
 * run_clean.c - see run_clean.h.
 *
 * Objects of a few members, which are nearly all, go through a filter of 64
 * bits, chosen by the length of a name and its first bytes; names that meet
 * in it are compared.  The members of what is left are sorted.
 */
#include "validate/schema/run_clean.h"

#include "validate/schema/run_value.h"

#define FEW    24
#define SPREAD UINT64_C(0x9E3779B97F4A7C15)

/* Up to 8 bytes from the opening quote on: few names share them. */
static uint64_t glance(const struct json_tape *t, uint32_t key)
{
    const struct json_node *node = &t->nodes[key];
    uint64_t bytes = 0;

    if (node->len >= 8)
        memcpy(&bytes, t->text.ptr + node->at, 8);
    else if (node->at + 8 <= t->text.len) {
        memcpy(&bytes, t->text.ptr + node->at, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        bytes &= ~UINT64_C(0) >> (64 - 8 * node->len);
#else
        bytes &= ~UINT64_C(0) << (64 - 8 * node->len);
#endif
    } else
        memcpy(&bytes, t->text.ptr + node->at, node->len);
    return bytes;
}

/* Is one of the names before this key the same?  None is escaped. */
static bool was_there(const struct json_tape *t, uint32_t object, uint32_t key)
{
    for (uint32_t c = object + 1; c < key; c = t->nodes[c + 1].next) {
        if (slice_eq(json_inner(t, c), json_inner(t, key)))
            return true;
    }
    return false;
}

/* May a name repeat?  False is certain. */
static bool suspect(const struct json_tape *t, uint32_t object)
{
    uint64_t filter = 0;
    uint32_t end = t->nodes[object].next;
    size_t n = 0;

    for (uint32_t c = object + 1; c < end; c = t->nodes[c + 1].next) {
        uint64_t h = (glance(t, c) + t->nodes[c].len) * SPREAD, bit;

        bit = UINT64_C(1) << (h >> 58);
        if (++n > FEW || (t->nodes[c].flags & JSON_ESCAPED) ||
            ((filter & bit) && was_there(t, object, c)))
            return true;
        filter |= bit;
    }
    return false;
}

/* Marks in gone[] every node of overridden members; false when the arena is
 * full.  Sorting is stable: of one name the last counts. */
static bool strike(const struct json_tape *t, uint32_t object,
                   struct arena *arena, uint8_t *gone, bool *any)
{
    size_t mark = arena_mark(arena), n;
    const struct value_member *list =
        value_members((struct value){t, object}, arena, &n);

    for (size_t i = 0; list && i + 1 < n; i++) {
        uint32_t key = list[i].key;

        if (!slice_eq(list[i].name, list[i + 1].name))
            continue;
        memset(gone + key, 1, t->nodes[key + 1].next - key);
        *any = true;
    }
    arena_rewind(arena, mark);
    return list != NULL;
}

/* Copy what stays; `next` counts what stays before it. */
static bool copy(const struct json_tape *t, struct arena *arena,
                 const uint8_t *gone, struct json_tape *out)
{
    uint32_t *place = arena_array(arena, (size_t)t->n_nodes + 1, uint32_t);
    struct json_node *nodes = arena_array(arena, t->n_nodes, struct json_node);
    uint32_t n = 0;

    if (!place || !nodes)
        return false;
    for (uint32_t i = 0; i < t->n_nodes; i++) {
        place[i] = n;
        n += !gone[i];
    }
    place[t->n_nodes] = n;
    for (uint32_t i = 0; i < t->n_nodes; i++) {
        if (gone[i])
            continue;
        nodes[place[i]] = t->nodes[i];
        nodes[place[i]].next = place[t->nodes[i].next];
    }
    *out = (struct json_tape){t->text, nodes, n, t->flags};
    return true;
}

enum clean_result clean_tape(const struct json_tape *t, struct arena *arena,
                             struct json_tape *out)
{
    size_t mark = arena_mark(arena);
    uint8_t *gone = NULL;
    bool any = false, ok = true;

    for (uint32_t i = 0; ok && i < t->n_nodes; i++) {
        if (t->nodes[i].kind != JSON_OBJECT || !suspect(t, i))
            continue;
        if (!gone)
            gone = arena_new(arena, t->n_nodes, uint8_t);
        if (!gone || !strike(t, i, arena, gone, &any))
            ok = false;
    }
    if (ok && any) {
        ok = copy(t, arena, gone, out);
        if (ok)
            return CLEAN_MADE;
    }
    arena_rewind(arena, mark);
    *out = *t;
    return ok ? CLEAN_ALREADY : CLEAN_NO_ROOM;
}
