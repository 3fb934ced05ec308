/*
 * hash.h - XXH3-128 of bytes that arrive piece by piece (xxHash library).
 *
 * Not cryptographic: it tells files apart, it does not seal them.  Stored as
 * 16 bytes in xxHash's canonical (big-endian) form.
 */
#ifndef DECANT_BASE_HASH_H
#define DECANT_BASE_HASH_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define HASH_BYTES 16
#define HASH_STATE 576 /* sizeof(XXH3_state_t), checked in hash.c */

struct hash {
    unsigned char bytes[HASH_BYTES];
};

struct hasher {
    alignas(64) unsigned char state[HASH_STATE];
};

void hasher_init(struct hasher *h);
void hasher_feed(struct hasher *h, struct slice bytes);

/* Of everything fed so far; feeding may go on afterwards. */
struct hash hasher_digest(const struct hasher *h);

struct hash hash_of(struct slice bytes);

static inline bool hash_eq(struct hash a, struct hash b)
{
    return !memcmp(a.bytes, b.bytes, HASH_BYTES);
}

/* Lower-case hexadecimal, NUL-terminated. */
void hash_hex(struct hash hash, char out[2 * HASH_BYTES + 1]);

#endif
