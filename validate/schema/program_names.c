/* program_names.c - see program_names.h. */
#include "validate/schema/program_names.h"

/* The middle of a long name counts too, or a thousand names that differ
 * only there would share a slot. */
static uint32_t slot_of(const struct names *names,
                        const struct name_print *print, const char *bytes)
{
    uint64_t h = print->head * UINT64_C(0x9E3779B97F4A7C15);

    h ^= h >> 32;
    h = (h ^ print->tail ^ print->len << 56) * UINT64_C(0xD6E8FEB86659FD93);
    for (size_t i = 8; i + 8 < print->len; i += 8) {
        uint64_t word;

        memcpy(&word, bytes + i, 8);
        h = (h ^ h >> 32 ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    }
    return (uint32_t)(h >> 32) & names->mask;
}

/* The slot that has the name, or the free one where it belongs. */
static uint32_t probe(const struct names *names, const struct name_print *print,
                      const char *bytes)
{
    uint32_t slot = slot_of(names, print, bytes);

    while (names->slots[slot] &&
           !name_is(&names->list[names->slots[slot] - 1], print, bytes))
        slot = (slot + 1) & names->mask;
    return slot;
}

uint32_t names_search(const struct names *names, struct slice text)
{
    struct name_print print = name_print(text, text.ptr + text.len);
    uint32_t slot = probe(names, &print, text.ptr);

    return names->slots[slot] ? names->slots[slot] - 1 : NAMES_NONE;
}

bool names_init(struct names *names, struct arena *arena, size_t n)
{
    size_t room = 4;

    while (room < 2 * n)
        room *= 2;
    *names = (struct names){0};
    names->mask = (uint32_t)(room - 1);
    names->list = arena_new(arena, n + 1, struct name);
    names->slots = arena_new(arena, room, uint32_t);
    return names->list && names->slots;
}

uint32_t names_add(struct names *names, struct slice text)
{
    struct name_print print = name_print(text, text.ptr + text.len);
    uint32_t slot = probe(names, &print, text.ptr);
    /* Ours until the set is complete; read-only to everybody else. */
    struct name *list = (struct name *)(uintptr_t)names->list;
    uint32_t *slots = (uint32_t *)(uintptr_t)names->slots;

    if (!slots[slot]) {
        list[names->n] = (struct name){print, text.ptr};
        slots[slot] = ++names->n;
    }
    return slots[slot] - 1;
}
