/*
 * run_clean.c - see run_clean.h.
 *
 * Objects of a few members, which are nearly all, are looked at pair by
 * pair: the length of a name and its first bytes tell nearly all of them
 * apart.  What is left is sorted.
 */
#include "validate/schema/run_clean.h"

#include "validate/schema/run_value.h"

#define FEW 24

/* Length and first bytes, quote included, of a name; 0 when escaped. */
static uint64_t glance(const struct json_tape *t, uint32_t key)
{
    const struct json_node *node = &t->nodes[key];
    uint64_t bytes = 0;

    if (node->flags & JSON_ESCAPED)
        return 0;
    memcpy(&bytes, t->text.ptr + node->at, node->len < 6 ? node->len : 6);
    return bytes << 16 | (node->len & 0xFFFF);
}

/* May a name repeat?  False is certain. */
static bool suspect(const struct json_tape *t, uint32_t object)
{
    uint64_t seen[FEW];
    uint32_t keys[FEW];
    size_t n = 0;

    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        uint64_t here = glance(t, c);

        if (n == FEW || !here)
            return true;
        for (size_t i = 0; i < n; i++) {
            if (seen[i] == here &&
                slice_eq(json_inner(t, keys[i]), json_inner(t, c)))
                return true;
        }
        seen[n] = here;
        keys[n++] = c;
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
