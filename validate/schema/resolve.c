/* resolve.c - references followed; see resolve.h. */
#include "validate/schema/resolve.h"

#include <stdio.h>

#include "validate/schema/resolve_parts.h"
#include "validate/schema/uri.h"

/* --- pointers ------------------------------------------------------------- */

#define FEW 16 /* children that are looked through one by one */

/* A container's number: a node of all documents together. */
static uint32_t number_of(const struct document *d, uint32_t node)
{
    return d->first + node;
}

/* Is the child the one that the step names? */
static bool is_step(const struct json_tape *t, uint32_t child, size_t index,
                    struct slice step)
{
    char digits[24];
    int len;

    if (t->nodes[child].flags & JSON_KEY)
        return json_string_is(t, child, step);
    len = snprintf(digits, sizeof(digits), "%zu", index);
    return slice_eq(slice_of(digits, (size_t)len), step);
}

/* Many references lead through the same container: it is read once. */
static bool index_children(struct resolver *r, const struct document *d,
                           uint32_t node)
{
    uint32_t number = number_of(d, node), yes = 1;
    size_t index = 0;

    if (!resolve_put(&r->indexed, r->arena, number, SLICE(""), &yes))
        return false;
    for (uint32_t c = json_first(&d->tape, node); c;
         c = json_next(&d->tape, node, c), index++) {
        uint32_t value = c + ((d->tape.nodes[c].flags & JSON_KEY) != 0);
        struct slice step;
        char digits[24];

        if (value != c)
            step = json_string(&d->tape, c, r->arena);
        else
            step = arena_copy(
                r->arena,
                slice_of(digits, (size_t)snprintf(digits, sizeof(digits), "%zu",
                                                  index)));
        if (!step.ptr ||
            !resolve_put(&r->children, r->arena, number, step, &value))
            return false;
    }
    return true;
}

/* The value that a step leads to; false: none, or the arena is full. */
static bool step_into(struct resolver *r, const struct document *d,
                      uint32_t *node, struct slice step)
{
    uint32_t number = number_of(d, *node), c = JSON_NONE;
    const struct json_tape *t = &d->tape;
    size_t index = 0;

    if (t->nodes[*node].kind >= JSON_ARRAY)
        c = json_first(t, *node);
    for (; c && index < FEW; c = json_next(t, *node, c), index++) {
        if (is_step(t, c, index, step)) {
            *node = c + ((t->nodes[c].flags & JSON_KEY) != 0);
            return true;
        }
    }
    if (!c)
        return false;
    if (resolve_get(&r->indexed, number, SLICE("")) == RESOLVE_NONE &&
        !index_children(r, d, *node))
        return resolve_full(r);
    *node = resolve_get(&r->children, number, step);
    return *node != RESOLVE_NONE;
}

/* Follow a JSON Pointer from the root of a resource. Subschemas with an $id
 * of their own may lie on the way: the last one known is where we are. */
static bool follow(struct resolver *r, const struct resource *from,
                   struct slice pointer, struct place *out, uint32_t *resource)
{
    const struct document *d = resolve_document(r, from->document);
    uint32_t node = from->node;
    struct slice step;

    while (pointer.len) {
        if (!uri_pointer_step(&pointer, r->arena, &step))
            return false;
        if (!step_into(r, d, &node, step))
            return false;
        if (d->resource[node])
            *resource = d->resource[node] - 1;
    }
    *out = (struct place){from->document, node};
    return true;
}

/* --- references ----------------------------------------------------------- */

/* The resource of an absolute URI, loaded if need be. */
static bool resource_at(struct resolver *r, struct place from, struct slice uri,
                        uint32_t *out)
{
    uint32_t found = resolve_get(&r->uris, 0, uri);

    if (found == RESOLVE_NONE)
        return resolve_load(r, from, uri, out);
    *out = found;
    return true;
}

static bool nowhere(struct resolver *r, struct place from, struct slice ref)
{
    return resolve_problem(r, from, "the reference %.*s leads nowhere",
                           ref.len > 200 ? 200 : (int)ref.len, ref.ptr);
}

static bool is_schema(const struct resolver *r, struct place at)
{
    const struct json_tape *t = &resolve_document(r, at.document)->tape;

    return json_is(t, at.node, JSON_OBJECT) || json_is(t, at.node, JSON_TRUE) ||
           json_is(t, at.node, JSON_FALSE);
}

/* "", an anchor's name or a JSON Pointer inside a resource. */
static bool fragment_at(struct resolver *r, uint32_t resource,
                        struct slice fragment, struct target *out)
{
    const struct resource *of = resolve_resource(r, resource);
    uint32_t node, dynamic;

    out->dynamic = RESOLVE_NONE;
    if (fragment.len && fragment.ptr[0] != '/') {
        node = resolve_get(&r->anchors, resource, fragment);
        dynamic = resolve_get(&r->dynamic_at, resource, fragment);
        out->at = (struct place){of->document, node};
        if (dynamic != RESOLVE_NONE)
            out->dynamic = resolve_dynamic(r, dynamic)->name;
        return node != RESOLVE_NONE;
    }
    return follow(r, of, fragment, &out->at, &resource) &&
           (!is_schema(r, out->at) || resolve_walk(r, out->at, resource));
}

bool resolve_ref(struct resolver *r, struct place of, struct place from,
                 struct slice ref, struct target *out)
{
    const struct resource *base =
        resolve_resource(r, resolve_resource_of(r, of));
    struct slice whole, fragment, uri;
    uint32_t resource;
    bool full = false;

    if (!uri_resolve(base->uri, ref, r->arena, &whole))
        return resolve_full(r);
    uri = uri_base(whole, &fragment);
    if (!uri_decode(fragment, r->arena, &fragment, &full))
        return full ? resolve_full(r) : nowhere(r, from, ref);
    if (!resource_at(r, from, uri, &resource))
        return false;
    if (!fragment_at(r, resource, fragment, out))
        return r->failed ? false : nowhere(r, from, ref);
    if (!is_schema(r, out->at))
        return resolve_problem(r, from,
                               "the reference %.*s leads to what is not a "
                               "schema",
                               ref.len > 200 ? 200 : (int)ref.len, ref.ptr);
    return true;
}

uint32_t resolve_resource_of(const struct resolver *r, struct place at)
{
    uint32_t known = resolve_document(r, at.document)->resource[at.node];

    DEMAND(known);
    return known - 1;
}

uint32_t resolve_dynamic_root(const struct resolver *r, struct place at)
{
    uint32_t resource = resolve_resource_of(r, at);
    uint32_t dynamic = resolve_get(&r->dynamic_at, resource, SLICE(""));

    if (dynamic == RESOLVE_NONE ||
        resolve_resource(r, resource)->node != at.node)
        return RESOLVE_NONE;
    return resolve_dynamic(r, dynamic)->name;
}
