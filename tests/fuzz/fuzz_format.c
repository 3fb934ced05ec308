/*
 * fuzz_format.c - any text as any format, and as a URI reference.
 *
 * The first byte chooses the format.  Properties: nothing is read past the
 * end (the copy has no byte to spare); a URI is a URI reference, an IRI and
 * an IRI reference too, a date-time is a date and a time; a resolved
 * reference resolves to itself.
 */
#include <stdint.h>

#include "validate/base/utf8.h"
#include "validate/schema/format.h"
#include "validate/schema/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool good(enum format f, struct slice text, struct arena *arena)
{
    return format_check(f, text, arena) == FORMAT_GOOD;
}

static void families(struct slice text, struct arena *arena)
{
    if (good(FORMAT_URI, text, arena)) {
        DEMAND(good(FORMAT_URI_REFERENCE, text, arena));
        DEMAND(good(FORMAT_IRI, text, arena));
    }
    if (good(FORMAT_URI_REFERENCE, text, arena) ||
        good(FORMAT_IRI, text, arena))
        DEMAND(good(FORMAT_IRI_REFERENCE, text, arena));
    if (good(FORMAT_DATE_TIME, text, arena)) {
        DEMAND(good(FORMAT_DATE, slice_take(text, 10), arena));
        DEMAND(good(FORMAT_TIME, slice_drop(text, 11), arena));
    }
    if (good(FORMAT_HOSTNAME, text, arena))
        DEMAND(good(FORMAT_IDN_HOSTNAME, text, arena));
    if (good(FORMAT_EMAIL, text, arena))
        DEMAND(good(FORMAT_IDN_EMAIL, text, arena));
}

static void resolving(struct slice text, struct arena *arena)
{
    struct slice one, two, three, fragment, step;
    bool full;

    if (uri_decode(text, arena, &one, &full))
        DEMAND(one.len <= text.len);
    DEMAND(!full);
    one = text;
    while (uri_pointer_step(&one, arena, &step))
        DEMAND(step.len <= text.len);
    DEMAND(uri_resolve(SLICE("http://h/a/b"), text, arena, &one));
    if (good(FORMAT_URI_REFERENCE, text, arena))
        DEMAND(good(FORMAT_URI, one, arena));
    DEMAND(uri_resolve(SLICE("http://h/a/b"), one, arena, &two));
    DEMAND(slice_eq(one, two));
    DEMAND(uri_resolve(text, SLICE("../c"), arena, &three));
    DEMAND(uri_base(text, &fragment).len <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    struct err err;
    struct slice text;
    char *copy;

    if (!arena.base)
        DEMAND(arena_open(&arena, (size_t)64 << 20, &err));
    if (!size)
        return 0;
    text = slice_of((const char *)data + 1, size - 1);
    text.len = utf8_prefix(text);
    copy = malloc(text.len ? text.len : 1);
    DEMAND(copy);
    memcpy(copy, text.ptr, text.len);
    text.ptr = copy;
    (void)good((enum format)(data[0] % FORMAT_COUNT), text, &arena);
    DEMAND(arena_mark(&arena) == 0);
    families(text, &arena);
    resolving(text, &arena);
    arena_rewind(&arena, 0);
    free(copy);
    return 0;
}
