/* member.c - see member.h. */
#include "importer/stage/member.h"

static bool named(const struct json_tape *t, uint32_t key, struct slice name)
{
    struct slice inner = json_inner(t, key);

    if (t->nodes[key].flags & JSON_ESCAPED)
        return json_string_is(t, key, name);
    return inner.len == name.len && inner.ptr[0] == name.ptr[0] &&
           !memcmp(inner.ptr, name.ptr, name.len);
}

static void walk(const struct json_tape *t, uint32_t object,
                 const struct slice *names, size_t n, uint32_t *out)
{
    memset(out, 0, n * sizeof(*out));
    if (!json_is(t, object, JSON_OBJECT))
        return;
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        size_t i = 0;

        while (i < n && !named(t, c, names[i]))
            i++;
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
