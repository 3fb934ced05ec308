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
    uint64_t head; /* the first 8 bytes; of a shorter name all, then zeros */
    uint64_t tail; /* the last 8; of a shorter name 0 */
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

/* `end`: up to where bytes may be read, s.ptr + s.len at least. */
static inline struct name_print name_print(struct slice s, const char *end)
{
    struct name_print print = {0, 0, s.len};

    if (s.len >= 8) {
        memcpy(&print.head, s.ptr, 8);
        memcpy(&print.tail, s.ptr + s.len - 8, 8);
    } else if (s.len && end - s.ptr >= 8) {
        memcpy(&print.head, s.ptr, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        print.head &= ~UINT64_C(0) >> (64 - 8 * s.len);
#else
        print.head &= ~UINT64_C(0) << (64 - 8 * s.len);
#endif
    } else if (s.len) {
        memcpy(&print.head, s.ptr, s.len);
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

/* The index of a name, or NAMES_NONE. `guess` is the one it may be, `end`
 * is as above. */
uint32_t names_search(const struct names *names, struct slice text);
static inline uint32_t names_find(const struct names *names, uint32_t guess,
                                  struct slice text, const char *end)
{
    struct name_print print = name_print(text, end);

    if (guess < names->n && name_is(&names->list[guess], &print, text.ptr))
        return guess;
    /* The print is made again: to hand it over would put it into memory,
     * which costs more, in every call. */
    return names->n ? names_search(names, text) : NAMES_NONE;
}

/* Building one: room for n names, then each of them; what is there already
 * stays where it is.  The texts are borrowed. */
MUST_CHECK bool names_init(struct names *names, struct arena *arena, size_t n);
uint32_t names_add(struct names *names, struct slice text);

#endif
