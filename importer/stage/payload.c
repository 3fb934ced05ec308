/*
 * payload.c - see payload.h.
 *
 * Joining is cheap: one part without escapes is lent from the line, others
 * are unescaped behind one another.
 */
#include "importer/stage/payload.h"

#include "validate/json/seek.h"
#include "validate/json/text.h"

static struct verdict fault_at(enum fault fault, size_t at)
{
    return (struct verdict){.fault = fault, .at = at};
}

/* All parts unescaped into one text; {NULL, 0} when the arena is full. */
static struct slice join(const struct json_tape *t, const struct answer *a,
                         struct arena *arena)
{
    size_t room = JSON_PAD, len = 0;
    char *bytes;

    if (a->n_parts == 1 && !(t->nodes[a->parts[0]].flags & JSON_ESCAPED))
        return json_inner(t, a->parts[0]);
    for (uint32_t i = 0; i < a->n_parts; i++)
        room += t->nodes[a->parts[i]].len;
    bytes = arena_bytes(arena, room);
    if (!bytes)
        return slice_of(NULL, 0);
    for (uint32_t i = 0; i < a->n_parts; i++)
        len += json_unescape(json_inner(t, a->parts[i]), bytes + len);
    arena_trim(arena, bytes + len);
    return slice_of(bytes, len);
}

struct verdict payload_unwrap(const struct envelope *env,
                              const struct answer *answer, struct arena *arena,
                              struct payload *out)
{
    out->whole =
        answer->json.ptr ? answer->json : join(&env->tape, answer, arena);
    if (!out->whole.ptr)
        return fault_at(FAULT_LINE_MEMORY, 0);
    if (!seek_trim(out->whole).len)
        return fault_at(FAULT_REPLY_EMPTY, 0);
    return fault_at(FAULT_NONE, 0);
}
