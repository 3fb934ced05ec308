/*
 * resolve_parts.h - what resolve.c and resolve_load.c share.
 */
#ifndef DECANT_SCHEMA_RESOLVE_PARTS_H
#define DECANT_SCHEMA_RESOLVE_PARTS_H

#include "validate/schema/resolve.h"

/* Load the document of a URI that is not known yet: one of ours, or the
 * caller's. *out: the resource of its root. False: a problem at `from`. */
MUST_CHECK
bool resolve_load(struct resolver *r, struct place from, struct slice uri,
                  uint32_t *out);

/* Make the node and all known subschemas below known, as parts of the
 * resource unless they begin one. What is known is not walked again. */
MUST_CHECK
bool resolve_walk(struct resolver *r, struct place at, uint32_t resource);

#endif
