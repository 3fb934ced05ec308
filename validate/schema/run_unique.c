/*
 * run_unique.c - uniqueItems.
 *
 * A few items are compared pair by pair, telling most apart by kind and
 * length; many go through a hash table, and are compared only when their
 * hashes are equal.
 */
#include "validate/schema/run.h"
#include "validate/schema/run_value.h"

#define FEW 8

struct items {
    struct machine *m;
    uint32_t rule;
    uint32_t node;
};

/* Two values may be the same; false is certain. */
static bool alike(const struct json_node *a, const struct json_node *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind != JSON_STRING || a->len == b->len ||
           ((a->flags | b->flags) & JSON_ESCAPED);
}

static enum next compare(const struct items *u, uint32_t a, uint32_t b)
{
    struct machine *m = u->m;
    const struct json_node *na = &m->nodes[a], *nb = &m->nodes[b];

    m->work -= (na->next - a) + na->len / 32;
    if (m->work < 0)
        return NEXT_LIMIT;
    if (!alike(na, nb))
        return NEXT_OP;
    switch (value_compare((struct value){m->t, a}, (struct value){m->t, b},
                          m->scratch)) {
    case VALUE_OTHER: return NEXT_OP;
    case VALUE_SAME: return run_fail(m, u->rule, KEYWORD_UNIQUE_ITEMS, b, a);
    default: return NEXT_LIMIT;
    }
}

static enum next few(const struct items *u, const uint32_t *list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            enum next next = compare(u, list[j], list[i]);

            if (next != NEXT_OP)
                return next;
        }
    }
    return NEXT_OP;
}

struct slot {
    uint64_t hash;
    uint32_t node; /* JSON_NONE: free */
};

static enum next put(const struct items *u, struct slot *slots, size_t mask,
                     struct slot item)
{
    size_t i = item.hash & mask;

    for (; slots[i].node; i = (i + 1) & mask) {
        enum next next;

        u->m->work--;
        if (slots[i].hash != item.hash)
            continue;
        next = compare(u, slots[i].node, item.node);
        if (next != NEXT_OP)
            return next;
    }
    slots[i] = item;
    return u->m->work < 0 ? NEXT_LIMIT : NEXT_OP;
}

static enum next many(const struct items *u, size_t n)
{
    struct machine *m = u->m;
    size_t mark = arena_mark(m->scratch), room = 32;
    enum next next = NEXT_OP;
    struct slot *slots;

    while (room < 2 * n)
        room *= 2;
    slots = arena_new(m->scratch, room, struct slot);
    m->work -= (int64_t)room;
    if (!slots || m->work < 0)
        return NEXT_LIMIT;
    for (uint32_t c = json_first(m->t, u->node); c && next == NEXT_OP;
         c = json_next(m->t, u->node, c)) {
        struct slot item = {0, c};

        m->work -= (m->nodes[c].next - c) + m->nodes[c].len / 32;
        next = value_hash((struct value){m->t, c}, m->scratch, &item.hash)
                   ? put(u, slots, room - 1, item)
                   : NEXT_LIMIT;
    }
    arena_rewind(m->scratch, mark);
    return next;
}

enum next run_unique(struct machine *m, uint32_t rule, uint32_t node)
{
    struct items u = {m, rule, node};
    uint32_t list[FEW];
    size_t n = 0;

    for (uint32_t c = json_first(m->t, node); c; c = json_next(m->t, node, c)) {
        if (m->nodes[c].kind >= JSON_ARRAY && !m->clean)
            m->dirty = true;
        if (n < FEW)
            list[n] = c;
        n++;
    }
    if (n < 2 || (m->dirty && !m->clean))
        return NEXT_OP;
    return n <= FEW ? few(&u, list, n) : many(&u, n);
}
