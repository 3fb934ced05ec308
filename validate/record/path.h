/*
 * path.h - JSON Pointers read once and followed over many tapes.
 *
 * RFC 6901, and one thing more: a step that is `*` stands for every member
 * or item.  Of members with the same name the last one counts.
 */
#ifndef DECANT_RECORD_PATH_H
#define DECANT_RECORD_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"
#include "validate/json/tape.h"

#define PATH_STEPS_MAX 32
#define PATH_NOWHERE   UINT32_MAX /* no node: 0 is the root */

struct path_step {
    struct slice name; /* unescaped; "*" is one that fans */
    uint32_t index;    /* in an array; UINT32_MAX when name is no number */
};

struct path {
    struct slice text; /* as it was written */
    const struct path_step *steps;
    size_t n_steps;
    bool fans; /* has a `*` */
};

/* Borrows text and the arena.  False: *words says what is wrong with it. */
MUST_CHECK
bool path_parse(struct slice text, struct arena *arena, struct path *out,
                struct slice *words);

/* The value it leads to from `from`, the first one when it fans;
 * PATH_NOWHERE when there is none. */
uint32_t path_find(const struct json_tape *tape, uint32_t from,
                   const struct path *path);

/* All values it leads to: for (path_walk(...); (n = path_next(&w)) !=
 * PATH_NOWHERE;).  All of them together cost no more than reading the tape
 * once. */
struct path_walk {
    const struct json_tape *tape;
    const struct path *path;
    size_t level; /* steps taken */
    bool begun;
    uint32_t at[PATH_STEPS_MAX + 1]; /* the value behind so many steps */
    uint32_t cursor[PATH_STEPS_MAX]; /* the child taken by a fanning step */
};
void path_walk(struct path_walk *walk, const struct json_tape *tape,
               uint32_t from, const struct path *path);
uint32_t path_next(struct path_walk *walk);

#endif
