/*
 * write.h - JSON being written into a buffer with a fixed end.
 *
 * Writing never fails: what does not fit sets `full` and changes nothing
 * else, so the caller looks once, at the end.  Commas are put by the writer.
 */
#ifndef DECANT_JSON_WRITE_H
#define DECANT_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/slice.h"

struct json_out {
    char *bytes;
    size_t len;
    size_t cap;
    bool full;
    bool comma; /* the next value needs a comma before it */
};

void json_out_init(struct json_out *out, char *bytes, size_t cap);
static inline struct slice json_out_slice(const struct json_out *out)
{
    return slice_of(out->bytes, out->len);
}

void json_put_open(struct json_out *out, char bracket);  /* '{' or '[' */
void json_put_close(struct json_out *out, char bracket); /* '}' or ']' */
void json_put_key(struct json_out *out, struct slice key);
/* Escapes what must be escaped; bytes that are not UTF-8 become U+FFFD. */
void json_put_string(struct json_out *out, struct slice text);
void json_put_uint(struct json_out *out, uint64_t value);
void json_put_int(struct json_out *out, int64_t value);
/* Seconds and ratios: "%.6g", null when not finite. */
void json_put_double(struct json_out *out, double value);
void json_put_bool(struct json_out *out, bool value);
void json_put_null(struct json_out *out);
/* Text that is JSON already. */
void json_put_raw(struct json_out *out, struct slice json);

#endif
