/*
 * member.c - see member.h.
 *
 * The names asked for are few and in a fixed order, so a plain search beats
 * any table; what costs is a large object full of other names, such as the
 * settings that the Responses API echoes.  Once one such name was met, a
 * 64-bit filter of length and first letter answers for most of the others.
 */
#include "importer/stage/member.h"

/* Equal bytes of equal length, without a call for the common lengths: two
 * words that may overlap cover them. */
static inline bool same(const char *a, const char *b, size_t len)
{
    if (len >= 8 && len <= 16) {
        uint64_t a0, a1, b0, b1;

        memcpy(&a0, a, 8);
        memcpy(&b0, b, 8);
        memcpy(&a1, a + len - 8, 8);
        memcpy(&b1, b + len - 8, 8);
        return !((a0 ^ b0) | (a1 ^ b1));
    }
    if (len >= 4 && len < 8) {
        uint32_t a0, a1, b0, b1;

        memcpy(&a0, a, 4);
        memcpy(&b0, b, 4);
        memcpy(&a1, a + len - 4, 4);
        memcpy(&b1, b + len - 4, 4);
        return !((a0 ^ b0) | (a1 ^ b1));
    }
    return !memcmp(a, b, len);
}

/* One of 64 bits: names with different bits differ. A name is never empty,
 * and behind a key's last byte stands its quote. */
static inline uint64_t tag(struct slice name)
{
    return (uint64_t)1 << ((name.len + 5 * (size_t)name.ptr[0]) & 63);
}

static uint64_t tags_of(const struct slice *names, size_t n)
{
    uint64_t tags = 0;

    for (size_t i = 0; i < n; i++)
        tags |= tag(names[i]);
    return tags;
}

static size_t find_name(struct slice key, const struct slice *names, size_t n)
{
    size_t i = 0;

    while (i < n && (names[i].len != key.len || names[i].ptr[0] != key.ptr[0] ||
                     !same(names[i].ptr, key.ptr, key.len)))
        i++;
    return i;
}

/* Later members of the same name overwrite earlier ones, null included. */
static uint64_t walk(const struct json_tape *t, uint32_t object,
                     const struct slice *names, size_t n, uint32_t *out)
{
    uint64_t found = 0, tags = UINT64_MAX;

    memset(out, 0, n * sizeof(*out));
    if (!json_is(t, object, JSON_OBJECT))
        return 0;
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        struct slice key = json_inner(t, c);
        size_t i = 0;

        if (t->nodes[c].flags & JSON_ESCAPED) {
            while (i < n && !json_string_is(t, c, names[i]))
                i++;
        } else {
            i = tags & tag(key) ? find_name(key, names, n) : n;
        }
        if (i == n) {
            /* A name nobody asked for seldom comes alone. */
            if (tags == UINT64_MAX)
                tags = tags_of(names, n);
            continue;
        }
        found &= ~((uint64_t)1 << i);
        out[i] = JSON_NONE;
        if (t->nodes[c + 1].kind != JSON_NULL) {
            found |= (uint64_t)1 << i;
            out[i] = c + 1;
        }
    }
    return found;
}

void members_find(const struct json_tape *t, uint32_t object,
                  const struct slice *names, size_t n, uint32_t *out)
{
    if (object == JSON_NONE)
        memset(out, 0, n * sizeof(*out));
    else
        walk(t, object, names, n, out);
}

uint64_t members_top(const struct json_tape *t, const struct slice *names,
                     size_t n, uint32_t *out)
{
    return walk(t, 0, names, n, out);
}

uint32_t elements_count(const struct json_tape *t, uint32_t node)
{
    uint32_t n = 0;

    for (uint32_t e = element_first(t, node); e; e = element_next(t, node, e))
        n++;
    return n;
}

int64_t node_count(const struct json_tape *t, uint32_t node, int64_t otherwise)
{
    struct slice digits;
    int64_t value = 0;

    if (node == JSON_NONE)
        return otherwise;
    if (json_is(t, node, JSON_NUMBER))
        return json_int64(t, node, &value) ? value : otherwise;
    if (!node_text(t, node))
        return otherwise;
    digits = json_inner(t, node);
    if (digits.len > 18)
        return otherwise;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return otherwise;
        value = value * 10 + (digits.ptr[i] - '0');
    }
    return value;
}
