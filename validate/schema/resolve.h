/*
 * resolve.h - the documents of a schema, and where its references lead.
 *
 *     URI + fragment -> [resolve_ref] -> document and node
 *
 * A document is loaded once, when it is first referred to.  All its known
 * subschemas are then walked (a list of work, no recursion) to find the
 * resources inside ($id) and their anchors.  A place that only a JSON
 * Pointer leads to, inside an unknown keyword, is walked when it is met.
 */
#ifndef DECANT_SCHEMA_RESOLVE_H
#define DECANT_SCHEMA_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/json/tape.h"
#include "validate/schema/keyword.h"
#include "validate/schema/resolve_map.h"
#include "validate/schema/schema.h"

#define RESOLVE_DOCUMENTS_MAX 1024u
#define RESOLVE_WORDS         512  /* bytes of an explanation */
#define RESOLVE_POINTER       1024 /* bytes of a place */

struct document {
    struct slice uri;      /* it was asked for by; empty for the first one */
    struct json_tape tape; /* without overridden members */
    uint32_t *resource;    /* of each node that is a known schema: 1 + index */
    uint32_t *rule;        /* of each node that was compiled: 1 + index */
    uint32_t first;        /* nodes of the documents before it */
};

/* A document's root, or a subschema with an $id of its own. */
struct resource {
    struct slice uri; /* absolute if it can be; no fragment */
    uint32_t document;
    uint32_t node;
    struct dialect dialect;
    uint32_t scope; /* dynamic anchors inside: 1 + number; else 0 */
};

/* A $dynamicAnchor. $recursiveAnchor: true is one named "". */
struct dynamic_anchor {
    uint32_t name;     /* a number for its text */
    uint32_t resource; /* it belongs to */
    uint32_t document;
    uint32_t node;
};

struct place {
    uint32_t document;
    uint32_t node;
};

/* A reference's end. */
struct target {
    struct place at;
    bool anchor;      /* reached by a fragment that is a name, or by none in the
                    case of $recursiveRef */
    uint32_t dynamic; /* number of the dynamic anchor's name, if it is one */
};

/* A growing array in an arena. */
struct resolve_list {
    void *items;
    size_t n;
    size_t room;
};

struct resolver {
    struct arena *arena;
    const struct schema_options *options;
    struct resolve_list documents; /* struct document */
    struct resolve_list resources; /* struct resource */
    struct resolve_list dynamics;  /* struct dynamic_anchor */
    struct resolve_list work;      /* struct task: known schemas to walk */
    struct resolve_map uris;       /* (0, uri) -> resource */
    struct resolve_map anchors;    /* (resource, name) -> node */
    struct resolve_map dynamic_at; /* (resource, name) -> index in dynamics */
    struct resolve_map names;      /* (0, dynamic name) -> number */
    struct resolve_map indexed;    /* (container, "") of those in children */
    struct resolve_map children;   /* (container, step) -> node */
    uint32_t n_scopes;
    uint32_t metas; /* metaschemas being loaded, one for the other */
    /* The first problem: its words are told, its place is a document's. */
    bool failed;
    struct place problem;
    char words[RESOLVE_WORDS];
};

/* One more item, zeroed; NULL when the arena is full. Items move. */
MUST_CHECK
void *resolve_more(struct arena *arena, struct resolve_list *list, size_t size);

static inline struct document *resolve_document(const struct resolver *r,
                                                uint32_t i)
{
    return (struct document *)r->documents.items + i;
}
static inline struct resource *resolve_resource(const struct resolver *r,
                                                uint32_t i)
{
    return (struct resource *)r->resources.items + i;
}
static inline const struct dynamic_anchor *resolve_dynamic(
    const struct resolver *r, uint32_t i)
{
    return (const struct dynamic_anchor *)r->dynamics.items + i;
}

/* Remember what is wrong and where; the first one counts. Returns false. */
PRINTF_LIKE(3, 4)
bool resolve_problem(struct resolver *r, struct place at, const char *fmt, ...);
bool resolve_full(struct resolver *r);

/* The first document; its index is 0. */
MUST_CHECK bool resolve_first(struct resolver *r, struct slice text);

/* Follow ref, a keyword of the known schema `of` that stands at `from`.
 * False: a problem there. */
MUST_CHECK
bool resolve_ref(struct resolver *r, struct place of, struct place from,
                 struct slice ref, struct target *out);

/* The resource a known schema belongs to. */
uint32_t resolve_resource_of(const struct resolver *r, struct place at);

/* The number of the name "" when the known schema is the root of a resource
 * that has $recursiveAnchor: true, else RESOLVE_NONE. */
uint32_t resolve_dynamic_root(const struct resolver *r, struct place at);

#endif
