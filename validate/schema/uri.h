/*
 * uri.h - URI references taken apart, put together and resolved (RFC 3986).
 *
 * IRIs pass too: bytes past ASCII are let through as they are.  Splitting
 * never fails; whether a text is a URI at all is what format.h tells.
 */
#ifndef DECANT_SCHEMA_URI_H
#define DECANT_SCHEMA_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

/* A part that is not there has a NULL ptr; one that is there and empty has
 * not ("a?" has an empty query).  The path is always there.  Borrows. */
struct uri {
    struct slice scheme;    /* without ':' */
    struct slice authority; /* without "//" */
    struct slice path;
    struct slice query;    /* without '?' */
    struct slice fragment; /* without '#' */
};

/* RFC 3986 appendix B. */
void uri_split(struct slice text, struct uri *out);

/* Does it begin with a scheme? */
bool uri_is_absolute(struct slice text);

/* text without its fragment; *fragment (not NULL) gets what stood behind
 * the '#', {NULL, 0} without one. */
struct slice uri_base(struct slice text, struct slice *fragment);

/*
 * RFC 3986 section 5.2 (strict), dot segments removed; scheme and host in
 * lower case, as they mean the same.  A base without a scheme serves too:
 * what can be merged is merged.  An opaque base (urn:...) takes fragments
 * and full URIs only; another reference replaces its path.  *out lies in
 * the arena; false when it is full.
 */
MUST_CHECK
bool uri_resolve(struct slice base, struct slice ref, struct arena *arena,
                 struct slice *out);

/*
 * %XX as the bytes they stand for, every other byte as it is: what a
 * fragment means as anchor or JSON Pointer.  Borrowed from text when nothing
 * is encoded.  False when a '%' has no two digits, when what comes out is
 * not UTF-8, or when the arena is full (then *full is true).
 */
MUST_CHECK
bool uri_decode(struct slice text, struct arena *arena, struct slice *out,
                bool *full);

/* One step of a JSON Pointer (RFC 6901), ~0 and ~1 decoded: cuts "/step"
 * off *pointer.  False when the pointer is empty, does not begin with '/',
 * has a bad '~', or the arena is full. */
MUST_CHECK
bool uri_pointer_step(struct slice *pointer, struct arena *arena,
                      struct slice *step);

#endif
