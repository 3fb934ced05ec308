/* resolve_load.c - documents loaded, their resources and anchors found; see
 * resolve.h. */
#include <stdarg.h>
#include <stdio.h>

#include "validate/schema/metaschema.h"
#include "validate/schema/resolve_parts.h"
#include "validate/schema/run_clean.h"
#include "validate/schema/uri.h"

#define METAS_MAX 16 /* a metaschema's metaschema's ... */

/* A known schema to walk. */
struct task {
    struct place at;
    uint32_t resource; /* around it */
};

void *resolve_more(struct arena *arena, struct resolve_list *list, size_t size)
{
    if (list->n == list->room) {
        size_t room = list->room ? list->room * 2 : 16;
        void *items = arena_room(arena, room, size, 16);

        if (!items)
            return NULL;
        if (list->n)
            memcpy(items, list->items, list->n * size);
        list->items = items;
        list->room = room;
    }
    return memset((char *)list->items + list->n++ * size, 0, size);
}

bool resolve_problem(struct resolver *r, struct place at, const char *fmt, ...)
{
    va_list args;

    if (r->failed)
        return false;
    r->failed = true;
    r->problem = at;
    va_start(args, fmt);
    vsnprintf(r->words, sizeof(r->words), fmt, args);
    va_end(args);
    return false;
}

bool resolve_full(struct resolver *r)
{
    return resolve_problem(r, (struct place){0, 0},
                           "the schema needs more memory than allowed");
}

/* Bytes of a text that an explanation shows of it. */
static int shown(struct slice text)
{
    return text.len > 200 ? 200 : (int)text.len;
}

static struct slice without_fragment(struct slice uri)
{
    struct slice fragment;

    return uri_base(uri, &fragment);
}

/* --- one schema object ---------------------------------------------------- */

static bool push(struct resolver *r, struct place at, uint32_t resource)
{
    struct task *task;

    if (resolve_document(r, at.document)->resource[at.node])
        return true;
    task = resolve_more(r->arena, &r->work, sizeof(*task));
    if (!task)
        return resolve_full(r);
    *task = (struct task){at, resource};
    return true;
}

/* The string a member of a schema object has; false when there is none. */
static bool text_of(struct resolver *r, struct place at, struct slice name,
                    struct slice *out)
{
    const struct json_tape *t = &resolve_document(r, at.document)->tape;
    uint32_t node = json_member(t, at.node, name);

    if (!json_is(t, node, JSON_STRING))
        return false;
    *out = json_string(t, node, r->arena);
    return out->ptr || !resolve_full(r);
}

/* The vocabularies that a metaschema of the user's own declares. */
static bool custom(struct resolver *r, struct place at, struct slice uri,
                   struct dialect *out)
{
    const struct resource *meta;
    const struct json_tape *t;
    uint32_t resource, list;

    resource = resolve_get(&r->uris, 0, uri);
    if (resource == RESOLVE_NONE) {
        if (r->metas == METAS_MAX)
            return resolve_problem(r, at, "metaschemas of metaschemas of ...");
        r->metas++;
        if (!resolve_load(r, at, uri, &resource))
            return false;
        r->metas--;
    }
    meta = resolve_resource(r, resource);
    t = &resolve_document(r, meta->document)->tape;
    list = json_member(t, meta->node, SLICE("$vocabulary"));
    *out = meta->dialect; /* of which it is one, if it does not say more */
    if (!json_is(t, list, JSON_OBJECT))
        return true;
    out->vocabularies = VOCABULARY_CORE;
    for (uint32_t c = json_first(t, list); c; c = json_next(t, list, c)) {
        struct slice name = json_string(t, c, r->arena);
        uint8_t bits = metaschema_vocabulary(name, &out->draft);

        out->vocabularies |= bits;
        if (!bits && t->nodes[c + 1].kind == JSON_TRUE)
            return resolve_problem(
                r, at, "the metaschema demands an unknown vocabulary: %.*s",
                shown(name), name.ptr);
    }
    return true;
}

/* What $schema of a resource's root makes of it. */
static bool dialect_of(struct resolver *r, struct place at,
                       struct dialect *dialect)
{
    struct slice uri;

    if (!text_of(r, at, SLICE("$schema"), &uri))
        return !r->failed;
    if (metaschema_dialect(uri, dialect))
        return true;
    if (metaschema_old(uri))
        return resolve_problem(r, at, "draft 4 and older are not supported");
    if (!uri_resolve(slice_of("", 0), uri, r->arena, &uri))
        return resolve_full(r);
    return custom(r, at, without_fragment(uri), dialect);
}

/* A new resource, known by its URI; then $schema is looked at, which may
 * name the resource itself. */
static bool add_resource(struct resolver *r, const struct resource *what,
                         uint32_t *out)
{
    struct place at = {what->document, what->node};
    struct resource *one = resolve_more(r->arena, &r->resources, sizeof(*one));
    uint32_t index = (uint32_t)r->resources.n - 1, known = index;
    struct dialect dialect = what->dialect;

    if (!one)
        return resolve_full(r);
    *one = *what;
    *out = index;
    if (!resolve_put(&r->uris, r->arena, 0, what->uri, &known))
        return resolve_full(r);
    if (known != index)
        return resolve_problem(r, at, "the $id %.*s is given twice",
                               shown(what->uri), what->uri.ptr);
    if (json_is(&resolve_document(r, at.document)->tape, at.node,
                JSON_OBJECT) &&
        !dialect_of(r, at, &dialect))
        return false;
    resolve_resource(r, index)->dialect = dialect;
    return true;
}

/* Does the schema begin a resource of its own?  Then *resource becomes it.
 * In draft 7 a "#name" is an anchor, and an $id beside a $ref is nothing. */
static bool enter(struct resolver *r, struct place at, uint32_t *resource)
{
    struct resource inner = *resolve_resource(r, *resource);
    const struct json_tape *t = &resolve_document(r, at.document)->tape;
    struct slice id, fragment;

    if (inner.node == at.node && inner.document == at.document)
        return true;
    if (!text_of(r, at, SLICE("$id"), &id))
        return !r->failed;
    id = uri_base(id, &fragment);
    if (inner.dialect.draft == DRAFT_7 &&
        (!id.len || json_member(t, at.node, SLICE("$ref"))))
        return true;
    if (fragment.len)
        return resolve_problem(r, at, "\"$id\" must not have a fragment");
    if (!uri_resolve(inner.uri, id, r->arena, &inner.uri))
        return resolve_full(r);
    inner.document = at.document;
    inner.node = at.node;
    inner.scope = 0;
    return add_resource(r, &inner, resource);
}

static bool add_anchor(struct resolver *r, struct place at, uint32_t resource,
                       struct slice name)
{
    uint32_t node = at.node;

    if (!resolve_put(&r->anchors, r->arena, resource, name, &node))
        return resolve_full(r);
    if (node != at.node)
        return resolve_problem(r, at, "the anchor %.*s is given twice",
                               shown(name), name.ptr);
    return true;
}

static bool add_dynamic(struct resolver *r, struct place at, uint32_t resource,
                        struct slice name)
{
    struct resource *of = resolve_resource(r, resource);
    struct dynamic_anchor *one =
        resolve_more(r->arena, &r->dynamics, sizeof(*one));
    uint32_t index = (uint32_t)r->dynamics.n - 1;
    uint32_t number = (uint32_t)r->names.n;

    if (!one || !resolve_put(&r->names, r->arena, 0, name, &number) ||
        !resolve_put(&r->dynamic_at, r->arena, resource, name, &index))
        return resolve_full(r);
    *one = (struct dynamic_anchor){number, resource, at.document, at.node};
    if (!of->scope)
        of->scope = ++r->n_scopes;
    return true;
}

static bool anchors(struct resolver *r, struct place at, uint32_t resource)
{
    const struct json_tape *t = &resolve_document(r, at.document)->tape;
    uint8_t draft = resolve_resource(r, resource)->dialect.draft;
    struct slice name;

    if (draft == DRAFT_7) {
        if (text_of(r, at, SLICE("$id"), &name) && name.len > 1 &&
            name.ptr[0] == '#')
            return add_anchor(r, at, resource, slice_drop(name, 1));
        return !r->failed;
    }
    if (text_of(r, at, SLICE("$anchor"), &name) &&
        !add_anchor(r, at, resource, name))
        return false;
    if (draft == DRAFT_2019) {
        uint32_t node = json_member(t, at.node, SLICE("$recursiveAnchor"));

        return !json_is(t, node, JSON_TRUE) ||
               add_dynamic(r, at, resource, SLICE(""));
    }
    if (text_of(r, at, SLICE("$dynamicAnchor"), &name))
        return add_anchor(r, at, resource, name) &&
               add_dynamic(r, at, resource, name);
    return !r->failed;
}

/* The subschemas in a keyword's value. Values of the wrong shape are told
 * when they are compiled, if ever. */
static bool nested(struct resolver *r, struct place at, uint32_t resource,
                   enum nest nest)
{
    const struct json_tape *t = &resolve_document(r, at.document)->tape;
    struct place child = at;

    if (nest == NEST_AUTO)
        nest = json_is(t, at.node, JSON_ARRAY) ? NEST_LIST : NEST_SELF;
    if (nest == NEST_SELF)
        return push(r, at, resource);
    if (!json_is(t, at.node, nest == NEST_MAP ? JSON_OBJECT : JSON_ARRAY))
        return true;
    for (uint32_t c = json_first(t, at.node); c; c = json_next(t, at.node, c)) {
        child.node = c + (nest == NEST_MAP);
        if (!push(r, child, resource))
            return false;
    }
    return true;
}

static bool walk_one(struct resolver *r, struct place at, uint32_t resource)
{
    struct document *d = resolve_document(r, at.document);
    struct json_tape tape = d->tape; /* documents move, tapes stay */
    struct dialect dialect;

    if (d->resource[at.node])
        return true;
    if (!json_is(&tape, at.node, JSON_OBJECT)) {
        d->resource[at.node] = resource + 1;
        return true;
    }
    if (!enter(r, at, &resource) || !anchors(r, at, resource))
        return false;
    resolve_document(r, at.document)->resource[at.node] = resource + 1;
    dialect = resolve_resource(r, resource)->dialect;
    for (uint32_t c = json_first(&tape, at.node); c;
         c = json_next(&tape, at.node, c)) {
        struct place value = {at.document, c + 1};
        struct slice name = json_string(&tape, c, r->arena);
        enum keyword k;

        if (!name.ptr)
            return resolve_full(r);
        if (keyword_find(name, dialect, &k) && keyword_nest(k) != NEST_NONE &&
            !nested(r, value, resource, keyword_nest(k)))
            return false;
    }
    return true;
}

bool resolve_walk(struct resolver *r, struct place at, uint32_t resource)
{
    size_t bottom = r->work.n;

    if (!push(r, at, resource))
        return false;
    for (size_t i = bottom; i < r->work.n; i++) {
        struct task task = ((struct task *)r->work.items)[i];

        if (!walk_one(r, task.at, task.resource))
            return false;
    }
    r->work.n = bottom;
    return true;
}

/* --- documents ------------------------------------------------------------ */

/* Read the text; the document is there, its resources are not. */
static bool add_document(struct resolver *r, struct place from,
                         struct slice uri, struct slice text)
{
    struct document *d = resolve_more(r->arena, &r->documents, sizeof(*d));
    uint32_t index = (uint32_t)r->documents.n - 1;
    struct json_tape tape;
    struct json_error why;

    if (!d)
        return resolve_full(r);
    d->uri = uri;
    if (index)
        d->first = d[-1].first + d[-1].tape.n_nodes;
    if (!json_tape_build(text, r->arena, &tape, &why)) {
        struct slice words = json_code_words(why.code);

        return resolve_problem(r, from, "%.*s is not JSON: %.*s at byte %zu",
                               uri.len ? shown(uri) : 10,
                               uri.len ? uri.ptr : "the schema", (int)words.len,
                               words.ptr, why.at);
    }
    if (clean_tape(&tape, r->arena, &d->tape) == CLEAN_NO_ROOM)
        return resolve_full(r);
    d->resource = arena_new(r->arena, d->tape.n_nodes, uint32_t);
    d->rule = arena_new(r->arena, d->tape.n_nodes, uint32_t);
    if (!d->resource || !d->rule)
        return resolve_full(r);
    if (!json_is(&d->tape, 0, JSON_OBJECT) &&
        !json_is(&d->tape, 0, JSON_TRUE) && !json_is(&d->tape, 0, JSON_FALSE))
        return resolve_problem(
            r, index ? from : (struct place){0, 0},
            "%.*s%sa schema must be an object, true or false", shown(uri),
            uri.ptr, uri.len ? ": " : "");
    return true;
}

/* The root's resource: known by the URI asked for, and by its $id.  When
 * another document has that $id already, it is that document. */
static bool add_root(struct resolver *r, struct slice uri, uint32_t *out)
{
    uint32_t document = (uint32_t)r->documents.n - 1;
    struct place root = {document, 0};
    struct resource one = {uri, document, 0, {0, 0}, 0};
    struct slice id;
    uint32_t known;

    DEMAND(metaschema_dialect(
        SLICE("https://json-schema.org/draft/2020-12/schema"), &one.dialect));
    if (text_of(r, root, SLICE("$id"), &id) &&
        !uri_resolve(uri, without_fragment(id), r->arena, &one.uri))
        return resolve_full(r);
    if (r->failed)
        return false;
    known = *out = resolve_get(&r->uris, 0, one.uri);
    if (known == RESOLVE_NONE && !add_resource(r, &one, out))
        return false;
    if (!resolve_put(&r->uris, r->arena, 0, uri, &(uint32_t){*out}))
        return resolve_full(r);
    return known != RESOLVE_NONE || resolve_walk(r, root, *out);
}

bool resolve_first(struct resolver *r, struct slice text)
{
    struct place here = {0, 0};
    struct slice uri = r->options->base_uri;
    uint32_t resource;

    if (!uri_resolve(slice_of("", 0), uri, r->arena, &uri))
        return resolve_full(r);
    if (!add_document(r, here, slice_of("", 0), text))
        return false;
    return add_root(r, without_fragment(uri), &resource);
}

bool resolve_load(struct resolver *r, struct place from, struct slice uri,
                  uint32_t *out)
{
    struct slice text = metaschema_text(uri);
    const struct schema_options *o = r->options;

    if (!text.ptr && (!o->remote || !o->remote(o->ctx, uri, &text)))
        return resolve_problem(r, from,
                               "the document %.*s is not known: only files "
                               "beside this one or below it are read, and "
                               "nothing is fetched",
                               shown(uri), uri.ptr);
    if (r->documents.n == RESOLVE_DOCUMENTS_MAX)
        return resolve_problem(r, from, "more than %u documents",
                               RESOLVE_DOCUMENTS_MAX);
    return add_document(r, from, uri, text) && add_root(r, uri, out);
}
