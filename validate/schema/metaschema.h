/*
 * metaschema.h - the metaschemas of draft 2020-12, and what $schema means.
 *
 * Nine documents, written from the keyword tables of the specification: they
 * accept what its own accept.  They are there for schemas that refer to
 * them; a schema is itself checked by keyword.h, which names places better.
 */
#ifndef DECANT_SCHEMA_METASCHEMA_H
#define DECANT_SCHEMA_METASCHEMA_H

#include <stdbool.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/schema/keyword.h"

/* The text of a metaschema by its URI; {NULL, 0} for any other URI. */
struct slice metaschema_text(struct slice uri);

/* The dialect of a draft's own $schema URI (a trailing '#' does not count);
 * false for any other URI. */
MUST_CHECK
bool metaschema_dialect(struct slice uri, struct dialect *out);

/* A draft too old for us: its URI is known, its rules are not. */
bool metaschema_old(struct slice uri);

/* The bits of a vocabulary's URI, 0 when it is unknown; *draft becomes the
 * draft it belongs to. */
uint8_t metaschema_vocabulary(struct slice uri, uint8_t *draft);

#endif
