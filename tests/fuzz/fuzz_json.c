/*
 * fuzz_json.c - any bytes as JSON.
 *
 * Properties: see json_same.h; and whatever the pointer asked for, it is
 * found without reading outside the text (the copy has no byte to spare).
 */
#include "tests/json_same.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    struct err err = {0};
    struct slice text;
    char *copy = malloc(size ? size : 1);

    if (!arena.base)
        DEMAND(arena_open(&arena, (size_t)64 << 20, &err));
    DEMAND(copy);
    memcpy(copy, data, size);
    text = slice_of(copy, size);
    json_same(text, &arena);
    for (size_t i = 0; i < 8; i++)
        DEMAND(json_locate(text, size * i / 7, &arena).ptr);
    arena_rewind(&arena, 0);
    free(copy);
    return 0;
}
