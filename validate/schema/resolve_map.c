/* resolve_map.c - see resolve_map.h.  Open addressing, half full at most. */
#include "validate/schema/resolve_map.h"

#include "validate/base/hash.h"

struct resolve_entry {
    struct slice text; /* ptr NULL: free */
    uint64_t hash;
    uint32_t number;
    uint32_t value;
};

static uint64_t hash(uint32_t number, struct slice text)
{
    struct hash of = hash_of(text);
    uint64_t h;

    memcpy(&h, of.bytes, sizeof(h));
    return h + number * UINT64_C(0x9E3779B97F4A7C15);
}

/* The entry that has it, or the free one where it belongs. */
static struct resolve_entry *find(const struct resolve_map *map, uint64_t h,
                                  uint32_t number, struct slice text)
{
    size_t i = h & (map->room - 1);

    for (;; i = (i + 1) & (map->room - 1)) {
        struct resolve_entry *e = &map->entries[i];

        if (!e->text.ptr ||
            (e->hash == h && e->number == number && slice_eq(e->text, text)))
            return e;
    }
}

uint32_t resolve_get(const struct resolve_map *map, uint32_t number,
                     struct slice text)
{
    const struct resolve_entry *e;

    if (!map->room)
        return RESOLVE_NONE;
    e = find(map, hash(number, text), number, text);
    return e->text.ptr ? e->value : RESOLVE_NONE;
}

static bool grow(struct resolve_map *map, struct arena *arena)
{
    struct resolve_map old = *map;

    map->room = old.room ? old.room * 2 : 16;
    map->entries = arena_new(arena, map->room, struct resolve_entry);
    if (!map->entries) {
        *map = old;
        return false;
    }
    for (size_t i = 0; i < old.room; i++) {
        const struct resolve_entry *e = &old.entries[i];

        if (e->text.ptr)
            *find(map, e->hash, e->number, e->text) = *e;
    }
    return true;
}

bool resolve_put(struct resolve_map *map, struct arena *arena, uint32_t number,
                 struct slice text, uint32_t *value)
{
    uint64_t h = hash(number, text);
    struct resolve_entry *e;

    if (map->n >= map->room / 2 && !grow(map, arena))
        return false;
    e = find(map, h, number, text);
    if (e->text.ptr) {
        *value = e->value;
        return true;
    }
    if (!text.ptr)
        text.ptr = "";
    *e = (struct resolve_entry){text, h, number, *value};
    map->n++;
    return true;
}
