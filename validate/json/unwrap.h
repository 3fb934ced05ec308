/*
 * unwrap.h - what stands around the JSON in a model's answer.
 *
 * A byte order mark, thinking, channel markers, a fence and prose are taken
 * off, each as an edit; what is left is the value, or where it begins.
 * Linear; nothing is copied.
 */
#ifndef DECANT_JSON_UNWRAP_H
#define DECANT_JSON_UNWRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/slice.h"
#include "validate/json/edit.h"
#include "validate/json/seek.h"

/* BOM, thinking, harmony's two markers, two fences, prose on both sides. */
#define UNWRAP_EDITS_MAX 8

/* Slices of `whole`; edits count in it and stand in its order, but for
 * harmony's end marker, which is before what stands behind the value. */
struct unwrapped {
    struct slice whole;
    struct slice text; /* what is left */
    struct repair_edit edits[UNWRAP_EDITS_MAX];
    uint32_t n_edits;
};

/* Could the text be one JSON value? Decided by its two ends. */
bool unwrap_bare(struct slice text);

/* Mark, thinking and channels only. */
void unwrap_start(struct slice whole, struct unwrapped *out);

/*
 * Then look for the value in what is left.  FOUND_ONE: text is the value.
 * FOUND_SEVERAL, FOUND_BROKEN: text runs from where the first begins to the
 * end.  FOUND_NONE: text stays.
 */
enum found_what unwrap_value(struct unwrapped *u);

/* The value is [at, end) of u->text. */
void unwrap_part(struct unwrapped *u, size_t at, size_t end);

/* Text begins with JSON that was escaped once more: {\"a\": ... */
bool unwrap_escaped(struct slice text);
/* Text begins with JSON whose quotes are HTML entities. */
bool unwrap_entities(struct slice text);

/* One layer of escapes off; invalid ones stay. {NULL, 0}: no memory. */
struct slice unwrap_unescape(struct slice text, struct arena *arena);
/* The entities of the JSON syntax and of HTML as what they stand for. */
struct slice unwrap_decode(struct slice text, struct arena *arena);

#endif
