/*
 * fuzz_line.c - three bytes of settings, the rest is the file.
 *
 * Property: two ranges cover the file, so the lines join without a gap up to
 * its end, whatever the split and the chunk size, and each shows its bytes.
 */
#include "importer/stage/line.h"

#include <stdint.h>

#define MAX_LEN 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's byte behind this line and its ending. */
static uint64_t check(struct slice file, const struct line *line)
{
    uint64_t end = line->offset + line->length;
    size_t bom = line->bom ? 3 : 0;

    DEMAND(line->text.len + bom <= line->length);
    DEMAND(line->oversize == (line->length > MAX_LEN));
    DEMAND(line->oversize || line->text.len + bom == line->length);
    DEMAND(
        !memcmp(line->text.ptr, file.ptr + line->offset + bom, line->text.len));
    DEMAND(slice_find(line->text, '\n') == line->text.len);
    DEMAND(!line->bom || line->offset == 0);
    if (!line->closed) {
        DEMAND(end == file.len);
        return end;
    }
    end += file.ptr[end] == '\r';
    DEMAND(file.ptr[end] == '\n');
    return end + 1;
}

static uint64_t cut(struct slice file, uint64_t begin, uint64_t end,
                    size_t step, struct arena *arena, uint64_t next)
{
    struct line_cutter lc;
    struct line line;
    enum line_step got;
    size_t at;

    DEMAND(line_cutter_init(&lc, begin, end, MAX_LEN, arena));
    at = (size_t)line_cutter_where(&lc);
    while ((got = line_next(&lc, &line)) != LINE_DONE) {
        if (got == LINE_HUNGRY) {
            struct slice bytes = slice_take(slice_drop(file, at), step);

            at += bytes.len;
            line_feed(&lc, (struct chunk){bytes, at == file.len});
            continue;
        }
        DEMAND(line.offset == next);
        next = check(file, &line);
    }
    return next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct err err = {0};
    uint64_t split, next;
    struct slice file;

    if (size < 3)
        return 0;
    file = slice_of((const char *)data + 3, size - 3);
    split = (data[0] | (unsigned)data[1] << 8) % (file.len + 1);
    DEMAND(arena_open(&arena, 4096, &err));
    next = cut(file, 0, split, 1 + data[2], &arena, 0);
    next = cut(file, split, file.len, 1 + data[2], &arena, next);
    DEMAND(next == file.len);
    arena_close(&arena);
    return 0;
}
