/*
 * program_names.h - a fixed set of names that is asked often.
 *
 * A name's print is its length and its first and last eight bytes: up to 16
 * bytes it says it all.  Members tend to come in the order in which a schema
 * lists them, so the name behind the last one found is tried first; only
 * when it is another one is a hash made of the print.
 */
#ifndef DECANT_SCHEMA_PROGRAM_NAMES_H
#define DECANT_SCHEMA_PROGRAM_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define NAMES_NONE UINT32_MAX

struct name_print {
    uint64_t head; /* the first 8 bytes; of a shorter name all of it */
    uint64_t tail; /* the last 8 */
    size_t len;
};

struct name {
    struct name_print print;
    const char *bytes;
};

struct names {
    const struct name *list; /* in the order they were given */
    const uint32_t *slots;   /* 1 + index, or 0 */
    uint32_t n;
    uint32_t mask; /* slots - 1 */
};

static inline struct name_print name_print(struct slice s)
{
    struct name_print print = {0, 0, s.len};
    uint32_t low, high;

    if (s.len >= 8) {
        memcpy(&print.head, s.ptr, 8);
        memcpy(&print.tail, s.ptr + s.len - 8, 8);
    } else if (s.len >= 4) {
        memcpy(&low, s.ptr, 4);
        memcpy(&high, s.ptr + s.len - 4, 4);
        print.head = low | (uint64_t)high << 32;
    } else if (s.len) {
        print.head = (uint64_t)(uint8_t)s.ptr[0] |
                     (uint64_t)(uint8_t)s.ptr[s.len / 2] << 8 |
                     (uint64_t)(uint8_t)s.ptr[s.len - 1] << 16;
    }
    return print;
}

static inline bool name_is(const struct name *name,
                           const struct name_print *print, const char *bytes)
{
    if (name->print.head != print->head || name->print.tail != print->tail ||
        name->print.len != print->len)
        return false;
    return print->len <= 16 ||
           !memcmp(name->bytes + 8, bytes + 8, print->len - 16);
}

/* The index of a name, or NAMES_NONE. `guess` is the one it may be. */
uint32_t names_search(const struct names *names, struct slice text);
static inline uint32_t names_find(const struct names *names, uint32_t guess,
                                  struct slice text)
{
    struct name_print print = name_print(text);

    if (guess < names->n && name_is(&names->list[guess], &print, text.ptr))
        return guess;
    return names->n ? names_search(names, text) : NAMES_NONE;
}

/* Building one: room for n names, then each of them; what is there already
 * stays where it is.  The texts are borrowed. */
MUST_CHECK bool names_init(struct names *names, struct arena *arena, size_t n);
uint32_t names_add(struct names *names, struct slice text);

#endif
