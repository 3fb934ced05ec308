/* member.c - see member.h. */
#include "importer/stage/member.h"

/* Equal bytes of equal length, without a call: names are 2 to 16 long but
 * for a few, so two words that may overlap cover them. */
static inline bool same(const char *a, const char *b, size_t len)
{
    uint64_t a0, a1, b0, b1;

    if (len < 8 || len > 16)
        return !memcmp(a, b, len);
    memcpy(&a0, a, 8);
    memcpy(&b0, b, 8);
    memcpy(&a1, a + len - 8, 8);
    memcpy(&b1, b + len - 8, 8);
    return !((a0 ^ b0) | (a1 ^ b1));
}

static void walk(const struct json_tape *t, uint32_t object,
                 const struct slice *names, size_t n, uint32_t *out)
{
    memset(out, 0, n * sizeof(*out));
    if (!json_is(t, object, JSON_OBJECT))
        return;
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        struct slice key = json_inner(t, c);
        size_t i = 0;

        if (t->nodes[c].flags & JSON_ESCAPED) {
            while (i < n && !json_string_is(t, c, names[i]))
                i++;
        } else {
            while (i < n && (names[i].len != key.len ||
                             names[i].ptr[0] != key.ptr[0] ||
                             !same(names[i].ptr, key.ptr, key.len)))
                i++;
        }
        if (i < n)
            out[i] = json_is(t, c + 1, JSON_NULL) ? JSON_NONE : c + 1;
    }
}

void members_find(const struct json_tape *t, uint32_t object,
                  const struct slice *names, size_t n, uint32_t *out)
{
    if (object == JSON_NONE)
        memset(out, 0, n * sizeof(*out));
    else
        walk(t, object, names, n, out);
}

void members_top(const struct json_tape *t, const struct slice *names, size_t n,
                 uint32_t *out)
{
    walk(t, 0, names, n, out);
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
