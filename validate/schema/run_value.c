/* run_value.c - see run_value.h. */
#include "validate/schema/run_value.h"

#include "validate/schema/decimal.h"

#define SPREAD UINT64_C(0x9E3779B97F4A7C15)

static uint64_t mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * SPREAD;
    return h ^ h >> 29;
}

uint64_t value_hash_bytes(struct slice bytes)
{
    uint64_t h = bytes.len * SPREAD, word;

    for (; bytes.len > 8; bytes = slice_drop(bytes, 8)) {
        memcpy(&word, bytes.ptr, 8);
        h = mix(h, word);
    }
    word = 0;
    if (bytes.len)
        memcpy(&word, bytes.ptr, bytes.len);
    return mix(mix(h, word), SPREAD);
}

/* --- members, sorted ------------------------------------------------------ */

static int order(const struct value_member *a, const struct value_member *b)
{
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->name.len != b->name.len)
        return a->name.len < b->name.len ? -1 : 1;
    return a->name.len ? memcmp(a->name.ptr, b->name.ptr, a->name.len) : 0;
}

/* Merge the neighbours [0, half) and [half, n) of from into to. */
static void merge(const struct value_member *from, size_t half, size_t n,
                  struct value_member *to)
{
    size_t i = 0, j = half;

    for (size_t k = 0; k < n; k++) {
        bool left = i < half && (j == n || order(&from[i], &from[j]) <= 0);

        to[k] = left ? from[i++] : from[j++];
    }
}

/* Stable, without recursion; what comes back is one of the two arrays. */
static struct value_member *sort(struct value_member *a,
                                 struct value_member *spare, size_t n)
{
    for (size_t width = 1; width < n; width *= 2) {
        struct value_member *swap = a;

        for (size_t at = 0; at < n; at += 2 * width) {
            size_t here = n - at < 2 * width ? n - at : 2 * width;

            merge(a + at, here < width ? here : width, here, spare + at);
        }
        a = spare;
        spare = swap;
    }
    return a;
}

struct value_member *value_members(struct value object, struct arena *arena,
                                   size_t *n)
{
    const struct json_tape *t = object.tape;
    struct value_member *list, *spare;
    size_t count = 0, i = 0;
    uint32_t node = object.node;

    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c))
        count++;
    list = arena_array(arena, count + 1, struct value_member);
    spare = arena_array(arena, count + 1, struct value_member);
    if (!list || !spare)
        return NULL;
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c)) {
        struct slice name = json_string(t, c, arena);

        if (!name.ptr)
            return NULL;
        list[i++] = (struct value_member){name, value_hash_bytes(name), c};
    }
    *n = count;
    return sort(list, spare, count);
}

/* --- comparing ------------------------------------------------------------ */

/* A pair of containers whose children are being compared. */
struct pair {
    const struct value_member *a, *b; /* objects: the next members */
    size_t left;                      /* objects: members to come */
    uint32_t node_a, child_a;         /* arrays */
    uint32_t node_b, child_b;
    bool object;
};

struct comparison {
    const struct json_tape *a, *b;
    struct arena *scratch;
    struct pair *stack;
    size_t depth;
};

static enum value_result compare_strings(const struct comparison *c, uint32_t a,
                                         uint32_t b)
{
    struct slice text;
    size_t mark;
    bool same;

    if (!(c->b->nodes[b].flags & JSON_ESCAPED))
        return json_string_is(c->a, a, json_inner(c->b, b)) ? VALUE_SAME
                                                            : VALUE_OTHER;
    mark = arena_mark(c->scratch);
    text = json_string(c->b, b, c->scratch);
    same = text.ptr && json_string_is(c->a, a, text);
    arena_rewind(c->scratch, mark);
    return same ? VALUE_SAME : text.ptr ? VALUE_OTHER : VALUE_NO_ROOM;
}

static enum value_result begin_objects(struct comparison *c, uint32_t a,
                                       uint32_t b)
{
    struct pair *p = &c->stack[c->depth++];
    size_t n_a, n_b;

    p->object = true;
    p->a = value_members((struct value){c->a, a}, c->scratch, &n_a);
    p->b = value_members((struct value){c->b, b}, c->scratch, &n_b);
    if (!p->a || !p->b)
        return VALUE_NO_ROOM;
    p->left = n_a;
    return n_a == n_b ? VALUE_SAME : VALUE_OTHER;
}

/* SAME: so far; containers are put on the stack. */
static enum value_result compare_one(struct comparison *c, uint32_t a,
                                     uint32_t b)
{
    const struct json_node *na = &c->a->nodes[a], *nb = &c->b->nodes[b];

    if (na->kind != nb->kind)
        return VALUE_OTHER;
    switch ((enum json_kind)na->kind) {
    case JSON_NUMBER:
        return decimal_equal(json_raw(c->a, a), json_raw(c->b, b))
                   ? VALUE_SAME
                   : VALUE_OTHER;
    case JSON_STRING: return compare_strings(c, a, b);
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    default: return VALUE_SAME;
    }
    if (!c->stack)
        c->stack = arena_array(c->scratch, JSON_DEPTH_MAX + 1, struct pair);
    if (!c->stack)
        return VALUE_NO_ROOM;
    if (na->kind == JSON_OBJECT)
        return begin_objects(c, a, b);
    c->stack[c->depth++] = (struct pair){.node_a = a,
                                         .child_a = json_first(c->a, a),
                                         .node_b = b,
                                         .child_b = json_first(c->b, b)};
    return VALUE_SAME;
}

/* The next children of the innermost pair. */
static enum value_result compare_next(struct comparison *c)
{
    struct pair *p = &c->stack[c->depth - 1];
    uint32_t a, b;

    if (p->object) {
        if (!p->left) {
            c->depth--;
            return VALUE_SAME;
        }
        a = p->a->key + 1;
        b = p->b->key + 1;
        if (!slice_eq(p->a->name, p->b->name))
            return VALUE_OTHER;
        p->left--;
        p->a++;
        p->b++;
        return compare_one(c, a, b);
    }
    a = p->child_a;
    b = p->child_b;
    if (!a || !b) {
        c->depth--;
        return a == b ? VALUE_SAME : VALUE_OTHER;
    }
    p->child_a = json_next(c->a, p->node_a, a);
    p->child_b = json_next(c->b, p->node_b, b);
    return compare_one(c, a, b);
}

enum value_result value_compare(struct value a, struct value b,
                                struct arena *scratch)
{
    struct comparison c = {.a = a.tape, .b = b.tape, .scratch = scratch};
    size_t mark = arena_mark(scratch);
    enum value_result result = compare_one(&c, a.node, b.node);

    while (result == VALUE_SAME && c.depth)
        result = compare_next(&c);
    arena_rewind(scratch, mark);
    return result;
}

/* --- hashing -------------------------------------------------------------- */

static bool hash_scalar(struct value v, struct arena *scratch, uint64_t *out)
{
    const struct json_node *node = &v.tape->nodes[v.node];
    size_t mark = arena_mark(scratch);
    struct slice text;

    switch ((enum json_kind)node->kind) {
    case JSON_NUMBER:
        *out = decimal_hash(json_raw(v.tape, v.node));
        return true;
    case JSON_STRING:
        text = json_string(v.tape, v.node, scratch);
        *out = text.ptr ? value_hash_bytes(text) : 0;
        arena_rewind(scratch, mark);
        return text.ptr != NULL;
    default: *out = mix(SPREAD, node->kind); return true;
    }
}

/* From the hashes of the nodes behind it; of an object a sum, since members
 * have no order. */
static uint64_t hash_container(struct value v, const uint64_t *hashes,
                               uint32_t base)
{
    const struct json_tape *t = v.tape;
    bool object = t->nodes[v.node].kind == JSON_OBJECT;
    uint64_t h = mix(SPREAD, t->nodes[v.node].kind);

    for (uint32_t c = json_first(t, v.node); c; c = json_next(t, v.node, c)) {
        if (object)
            h += mix(hashes[c - base], hashes[c + 1 - base]);
        else
            h = mix(h, hashes[c - base]);
    }
    return mix(h, SPREAD);
}

bool value_hash(struct value v, struct arena *scratch, uint64_t *out)
{
    const struct json_tape *t = v.tape;
    uint32_t n = t->nodes[v.node].next - v.node;
    size_t mark = arena_mark(scratch);
    uint64_t *hashes;

    if (t->nodes[v.node].kind < JSON_ARRAY)
        return hash_scalar(v, scratch, out);
    hashes = arena_array(scratch, n, uint64_t);
    for (uint32_t i = n; hashes && i-- > 0;) {
        struct value one = {t, v.node + i};

        if (t->nodes[one.node].kind >= JSON_ARRAY) {
            hashes[i] = hash_container(one, hashes, v.node);
        } else if (!hash_scalar(one, scratch, &hashes[i])) {
            arena_rewind(scratch, mark);
            return false;
        }
    }
    if (hashes)
        *out = hashes[0];
    arena_rewind(scratch, mark);
    return hashes != NULL;
}
