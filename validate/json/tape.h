/*
 * tape.h - a strictly valid JSON text as a flat array of nodes.
 *
 *     text -> [json_tape_build] -> tape, or why not
 *
 * Strict means RFC 8259, valid UTF-8 and no unpaired surrogate escape;
 * \u0000 and duplicate keys are valid.  The text is not copied: a node is a
 * span of it, strings still escaped, numbers as written.  Nodes lie in
 * document order; an object's children alternate key, value.  nodes[0] is
 * the one value of the text.
 *
 * How: one SIMD pass (index.h) marks every structural byte and checks
 * strings; a table-driven walk over the marks makes the nodes.  A text that
 * fails is read once more by check.h, which names the exact place.
 */
#ifndef DECANT_JSON_TAPE_H
#define DECANT_JSON_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define JSON_DEPTH_MAX 1024
#define JSON_TEXT_MAX  ((size_t)1 << 30) /* bytes; longer is JSON_TOO_LONG */
#define JSON_NONE      0u /* no such node: the root is nobody's child */

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

enum json_flag {
    JSON_ESCAPED = 1 << 0,  /* a string with a backslash in it */
    JSON_KEY = 1 << 1,      /* a string that names a member */
    JSON_FRACTION = 1 << 2, /* a number with '.', 'e' or 'E' */
    JSON_NUL = 1 << 3,      /* on the tape only: \u0000 occurs somewhere */
};

struct json_node {
    uint32_t at;    /* first byte of the value in the text, quotes included */
    uint32_t len;   /* bytes of the value, closing quote or bracket included */
    uint32_t next;  /* index of the first node behind this value */
    uint8_t kind;   /* enum json_kind */
    uint8_t flags;  /* enum json_flag */
    uint16_t depth; /* 0 for the root */
};

/* Borrows text and the arena's nodes. */
struct json_tape {
    struct slice text;
    const struct json_node *nodes;
    uint32_t n_nodes;
    uint32_t flags; /* enum json_flag of the whole text: ESCAPED, NUL */
};

enum json_code {
    JSON_OK,
    JSON_EMPTY,       /* nothing but whitespace */
    JSON_END,         /* the text stops inside a value */
    JSON_UNEXPECTED,  /* a byte that cannot stand here */
    JSON_BOM,         /* a byte order mark at the beginning */
    JSON_TRAILING,    /* something behind the value */
    JSON_BAD_NUMBER,  /* 01, 1., +1, 0x1 ... */
    JSON_BAD_LITERAL, /* not null, true or false */
    JSON_BAD_ESCAPE,  /* backslash and a letter JSON does not know */
    JSON_BAD_UNICODE, /* \u without four hexadecimal digits */
    JSON_SURROGATE,   /* half a surrogate pair */
    JSON_CONTROL,     /* a raw control character inside a string */
    JSON_BAD_UTF8,    /* overlong, surrogate, cut or stray bytes */
    JSON_TOO_DEEP,    /* more than JSON_DEPTH_MAX brackets open */
    JSON_TOO_LONG,    /* more than JSON_TEXT_MAX bytes */
    JSON_NO_MEMORY,   /* the arena is full */
    JSON_CODE_COUNT
};

/* The first error of the text, reading from the left. */
struct json_error {
    enum json_code code;
    size_t at; /* the offending byte; for an escape its backslash; text.len
                  when the text ends too soon */
};

/* Words for people: "a raw control character inside a string". */
struct slice json_code_words(enum json_code code);

/*
 * False: *why says what and where, the arena is as before.  Linear; takes
 * at most 13 bytes of arena per byte of text plus a constant while building
 * and 8 per byte afterwards.
 */
MUST_CHECK
bool json_tape_build(struct slice text, struct arena *arena,
                     struct json_tape *out, struct json_error *why);

enum json_try {
    JSON_TRY_SOUND,
    JSON_TRY_BROKEN, /* not strict JSON; json_check() knows why */
    JSON_TRY_TOO_LONG,
    JSON_TRY_NO_MEMORY,
};

/* The same without the why: for texts that are mended when they fail, which
 * should not pay for an explanation nobody reads. */
MUST_CHECK
enum json_try json_tape_try(struct slice text, struct arena *arena,
                            struct json_tape *out);

/* The value as it stands in the text, quotes and brackets included. */
static inline struct slice json_raw(const struct json_tape *t, uint32_t node)
{
    return slice_of(t->text.ptr + t->nodes[node].at, t->nodes[node].len);
}

/* A string's bytes between its quotes, still escaped. */
static inline struct slice json_inner(const struct json_tape *t, uint32_t node)
{
    return slice_of(t->text.ptr + t->nodes[node].at + 1,
                    t->nodes[node].len - 2);
}

/*
 * Walking a container: for (c = json_first(t, n); c; c = json_next(t, n, c)).
 * In an object c is a key and c + 1 its value.
 */
static inline uint32_t json_first(const struct json_tape *t, uint32_t node)
{
    return t->nodes[node].next > node + 1 ? node + 1 : JSON_NONE;
}
static inline uint32_t json_next(const struct json_tape *t, uint32_t parent,
                                 uint32_t child)
{
    uint32_t value = child + ((t->nodes[child].flags & JSON_KEY) != 0);
    uint32_t next = t->nodes[value].next;

    return next < t->nodes[parent].next ? next : JSON_NONE;
}

static inline bool json_is(const struct json_tape *t, uint32_t node,
                           enum json_kind kind)
{
    return node < t->n_nodes && t->nodes[node].kind == kind;
}

/* Does the string (or key) say `text` once unescaped? */
bool json_string_is(const struct json_tape *t, uint32_t node,
                    struct slice text);

/*
 * The value of an object's member, the last one when the name repeats;
 * JSON_NONE when there is none or the node is no object.
 */
uint32_t json_member(const struct json_tape *t, uint32_t object,
                     struct slice name);

/* A string's text, borrowed from the tape's text when nothing is escaped,
 * else from the arena; {NULL, 0} when the arena is full. */
MUST_CHECK
struct slice json_string(const struct json_tape *t, uint32_t node,
                         struct arena *arena);

/* An integer written as a JSON number ("12", "-3"; not "1.0", not "1e2")
 * that fits; false and *out untouched otherwise. */
MUST_CHECK
bool json_int64(const struct json_tape *t, uint32_t node, int64_t *out);

#endif
