/* resolve.c - references followed; see resolve.h. */
#include "validate/schema/resolve.h"

#include "validate/schema/resolve_parts.h"
#include "validate/schema/uri.h"

/* --- pointers ------------------------------------------------------------- */

/* The item that a step of digits names. */
static uint32_t item(const struct json_tape *t, uint32_t array,
                     struct slice step)
{
    size_t index = 0;
    uint32_t c;

    if (!step.len || step.len > 9 || (step.ptr[0] == '0' && step.len > 1))
        return JSON_NONE;
    for (size_t i = 0; i < step.len; i++) {
        if (step.ptr[i] < '0' || step.ptr[i] > '9')
            return JSON_NONE;
        index = index * 10 + (size_t)(step.ptr[i] - '0');
    }
    for (c = json_first(t, array); c && index; index--)
        c = json_next(t, array, c);
    return c;
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
        if (json_is(&d->tape, node, JSON_ARRAY))
            node = item(&d->tape, node, step);
        else
            node = json_member(&d->tape, node, step);
        if (node == JSON_NONE)
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
    if (!follow(r, of, fragment, &out->at, &resource))
        return false;
    return resolve_walk(r, out->at, resource);
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
