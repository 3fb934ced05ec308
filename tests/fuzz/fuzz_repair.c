/*
 * fuzz_repair.c - one byte of settings, the rest is a damaged text.
 *
 * Properties: see repair_same.h.  The text has no byte to spare behind it.
 */
#include "tests/repair_same.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    struct err err = {0};
    struct repair_options options = {.mode = REPAIR_MODE_ALL};
    char *copy;

    if (size < 1)
        return 0;
    if (!arena.base)
        DEMAND(arena_open(&arena, (size_t)64 << 20, &err));
    options.keep_strings = data[0] & 1;
    options.mend.join_several = data[0] & 2;
    options.mend.on_nul = data[0] & 4 ? MEND_KEEP : MEND_REPLACE;
    options.mend.nan_refused = data[0] & 8;
    options.mode = data[0] & 16 ? REPAIR_MODE_LOSSLESS : REPAIR_MODE_ALL;
    copy = malloc(size);
    DEMAND(copy);
    memcpy(copy, data + 1, size - 1);
    repair_same(slice_of(copy, size - 1), &options, &arena);
    arena_rewind(&arena, 0);
    free(copy);
    return 0;
}
