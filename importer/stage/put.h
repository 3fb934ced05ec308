/*
 * put.h - fields of a binary COPY row, one behind the other.
 *
 * A row is 2 bytes of field count, then per field 4 bytes of length (-1 for
 * NULL) and the value, all big-endian (PostgreSQL manual, COPY, "Binary
 * Format").  All of these latch rows->full; put_seal() takes a torn row back.
 */
#ifndef DECANT_STAGE_PUT_H
#define DECANT_STAGE_PUT_H

#include <stddef.h>
#include <stdint.h>

#include "importer/stage/line.h"
#include "importer/stage/row.h"
#include "validate/base/slice.h"

static inline void put_bytes(struct rows *rows, struct slice bytes)
{
    if (rows->full || bytes.len > rows->cap - rows->len) {
        rows->full = true;
        return;
    }
    if (bytes.len)
        memcpy(rows->bytes + rows->len, bytes.ptr, bytes.len);
    rows->len += bytes.len;
}

/* The low `size` bytes of value, most significant first. */
static inline void put_big(struct rows *rows, uint64_t value, size_t size)
{
    char bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(value >> (8 * (size - 1 - i)));
    put_bytes(rows, slice_of(bytes, size));
}

static inline void put_length(struct rows *rows, size_t len)
{
    if (len > INT32_MAX)
        rows->full = true;
    put_big(rows, len, 4);
}

static inline void put_null(struct rows *rows)
{
    put_big(rows, UINT32_MAX, 4);
}

static inline void put_int8(struct rows *rows, int64_t value)
{
    put_length(rows, 8);
    put_big(rows, (uint64_t)value, 8);
}

static inline void put_int4(struct rows *rows, int32_t value)
{
    put_length(rows, 4);
    put_big(rows, (uint32_t)value, 4);
}

static inline void put_bytea(struct rows *rows, struct slice bytes)
{
    put_length(rows, bytes.len);
    put_bytes(rows, bytes);
}

/* Valid UTF-8, but for U+0000, which `text` cannot hold: U+FFFD instead. */
void put_text(struct rows *rows, struct slice text);
void put_text_or_null(struct rows *rows, struct slice text); /* "" is NULL */
void put_jsonb(struct rows *rows, struct slice json);        /* "" is NULL */

/* What an array begins with; its elements follow, each with its length. */
void put_array(struct rows *rows, uint32_t element, size_t count, bool nulls);

/* Write over the length field at `place` once the value is behind it. */
void put_patch(struct rows *rows, size_t place);

/* End what was begun at `begin`, n_rows rows of one line, or take it back
 * when it did not fit. */
void put_seal(struct rows *rows, size_t begin, uint32_t n_rows,
              const struct line *line);

#endif
