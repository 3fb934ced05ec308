/* hash.c - see hash.h. */
#include "validate/base/hash.h"

#define XXH_STATIC_LINKING_ONLY
#define XXH_INLINE_ALL
#ifdef DECANT_DEBUG /* gcc -Og cannot obey the hints, and says so */
#define XXH_NO_INLINE_HINTS 1
#endif
#include <xxhash.h>

_Static_assert(sizeof(XXH3_state_t) <= HASH_STATE, "room for the state");
_Static_assert(sizeof(XXH128_canonical_t) == HASH_BYTES, "canonical form");

static struct hash canonical(XXH128_hash_t value)
{
    XXH128_canonical_t form;
    struct hash out;

    XXH128_canonicalFromHash(&form, value);
    memcpy(out.bytes, &form, sizeof(out.bytes));
    return out;
}

void hasher_init(struct hasher *h)
{
    memset(h->state, 0, sizeof(h->state));
    DEMAND(XXH3_128bits_reset((XXH3_state_t *)(void *)h->state) == XXH_OK);
}

void hasher_feed(struct hasher *h, struct slice bytes)
{
    DEMAND(XXH3_128bits_update((XXH3_state_t *)(void *)h->state, bytes.ptr,
                               bytes.len) == XXH_OK);
}

struct hash hasher_digest(const struct hasher *h)
{
    return canonical(
        XXH3_128bits_digest((const XXH3_state_t *)(const void *)h->state));
}

struct hash hash_of(struct slice bytes)
{
    return canonical(XXH3_128bits(bytes.ptr, bytes.len));
}

void hash_hex(struct hash hash, char out[2 * HASH_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < HASH_BYTES; i++) {
        out[2 * i] = digits[hash.bytes[i] >> 4];
        out[2 * i + 1] = digits[hash.bytes[i] & 15];
    }
    out[2 * HASH_BYTES] = '\0';
}
