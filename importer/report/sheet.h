/*
 * sheet.h - plain text being written into a buffer with a fixed end.
 *
 * For what people read: the summary and the progress line.  Writing never
 * fails; what does not fit sets `full` and is cut off there.
 */
#ifndef DECANT_REPORT_SHEET_H
#define DECANT_REPORT_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

struct sheet {
    char *bytes;
    size_t len;
    size_t cap;
    bool full;
};

static inline struct slice sheet_slice(const struct sheet *s)
{
    return slice_of(s->bytes, s->len);
}

PRINTF_LIKE(2, 3) void sheet_put(struct sheet *s, const char *fmt, ...);
void sheet_slice_put(struct sheet *s, struct slice text);

/* A name of the world: bytes that a terminal would obey become '?'. */
void sheet_name(struct sheet *s, const char *name);

/* Room for any number or size below, terminator included. */
#define SHEET_NUMBER 32

/* "1,234,567"; "1.50 GB" (powers of ten); "0:07", "12:34:56". Returns out. */
const char *sheet_count(uint64_t value, char out[SHEET_NUMBER]);
const char *sheet_bytes(double bytes, char out[SHEET_NUMBER]);
const char *sheet_clock(double seconds, char out[SHEET_NUMBER]);

#endif
