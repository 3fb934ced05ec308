/*
 * infer_shape.h - what infer.c gathers and infer_write.c writes down.
 */
#ifndef DECANT_RECORD_INFER_SHAPE_H
#define DECANT_RECORD_INFER_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/slice.h"
#include "validate/record/infer.h"

#define SHAPE_KINDS    7 /* enum json_kind */
#define SHAPE_DISTINCT 8
#define SHAPE_WORD     40 /* bytes of a string that may be one of an enum */

/* Formats that strings are tried for: bits of shape.formats. */
enum shape_format {
    SHAPE_DATE_TIME,
    SHAPE_DATE,
    SHAPE_UUID,
    SHAPE_URI,
    SHAPE_SMILES, /* could be: no white space, letters of the notation only */
    SHAPE_FORMAT_COUNT
};

struct shape;

struct member {
    struct slice name; /* unescaped */
    struct shape *shape;
    struct member *next;
    uint64_t seen;  /* objects that have it */
    uint64_t stamp; /* the object that had it last */
};

/* The values at one place. */
struct shape {
    uint64_t kinds[SHAPE_KINDS]; /* how many of each */
    /* numbers */
    uint64_t integers; /* written as integers, and within int8 */
    int64_t low, high; /* of those */
    bool wild;         /* one may not fit a float4 */
    /* strings */
    uint32_t formats; /* bit 1 << enum shape_format: all so far have it */
    bool empty;       /* one was "" */
    bool many;        /* more distinct ones than are kept, or a long one */
    unsigned n_distinct;
    struct slice distinct[SHAPE_DISTINCT];
    /* objects */
    struct member *members, *last, *hint; /* hint: what came after the last
                                             one found, most likely */
    unsigned n_members;
    bool open; /* there are members that are not listed */
    /* arrays */
    struct shape *items;
    uint64_t least, most; /* items in one array */
    bool deep;            /* contents are not looked at */
};

struct infer {
    struct arena *arena;
    struct shape *root;
    unsigned n_shapes;
    uint64_t count;
    uint64_t stamp; /* objects so far */
};

/* All values, and those that are null. */
static inline uint64_t shape_count(const struct shape *s)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < SHAPE_KINDS; i++)
        n += s->kinds[i];
    return n;
}

static inline bool shape_all(const struct shape *s, enum json_kind kind)
{
    return s->kinds[kind] > 0 && s->kinds[kind] == shape_count(s);
}

/* JSON as people write it: lines of at most some 100 bytes, two spaces to a
 * level; short containers on one line.  {NULL, 0} when the arena is full or
 * the text is no JSON. */
MUST_CHECK struct slice infer_layout(struct slice json, struct arena *arena);

#endif
