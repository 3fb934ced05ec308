/*
 * write.c - see write.h.
 *
 * Everything goes through put(), which is where the buffer ends.  Once full
 * it stays full, so what was written is a prefix of the whole.
 */
#include "validate/json/write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "validate/base/utf8.h"

#define NUMBER_MAX 32 /* bytes of the longest number written here */

/* What stands behind the backslash of a byte's escape, 'u' when there is no
 * short one, 0 when the byte stands for itself. */
static char escape_of(uint8_t c)
{
    static const char control[] = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";

    if (c < ' ')
        return control[c];
    return c == '"' || c == '\\' ? (char)c : '\0';
}

void json_out_init(struct json_out *out, char *bytes, size_t cap)
{
    *out = (struct json_out){.bytes = bytes, .cap = cap};
}

static void put(struct json_out *out, const char *bytes, size_t n)
{
    if (out->full || n > out->cap - out->len) {
        out->full = true;
        return;
    }
    if (n)
        memcpy(out->bytes + out->len, bytes, n);
    out->len += n;
}

/* The comma in front of a value that needs one. */
static void begin(struct json_out *out)
{
    if (out->comma)
        put(out, ",", 1);
    out->comma = true;
}

void json_put_open(struct json_out *out, char bracket)
{
    begin(out);
    put(out, &bracket, 1);
    out->comma = false;
}

void json_put_close(struct json_out *out, char bracket)
{
    put(out, &bracket, 1);
    out->comma = true;
}

/* How many bytes from p on can be copied as they are. */
static size_t plain_run(struct slice text)
{
    size_t n = 0;

    while (n < text.len) {
        uint8_t c = (uint8_t)text.ptr[n];
        size_t step = 1;

        if (c >= 0x80)
            step = utf8_sequence(slice_drop(text, n));
        if (escape_of(c) || !step)
            break;
        n += step;
    }
    return n;
}

/* A byte that cannot stand for itself; one of a broken UTF-8 sequence is
 * replaced. */
static void put_escaped(struct json_out *out, uint8_t c)
{
    static const char digits[] = "0123456789abcdef";
    char escape[6] = {'\\', escape_of(c),   '0',
                      '0',  digits[c >> 4], digits[c & 15]};

    if (c >= 0x80)
        put(out, UTF8_REPLACED, sizeof(UTF8_REPLACED) - 1);
    else
        put(out, escape, escape[1] == 'u' ? 6 : 2);
}

/* A string or name: runs of plain bytes, with escapes between them. */
static void put_quoted(struct json_out *out, struct slice text)
{
    put(out, "\"", 1);
    while (text.len && !out->full) {
        size_t run = plain_run(text);

        put(out, text.ptr, run);
        text = slice_drop(text, run);
        if (!text.len)
            break;
        put_escaped(out, (uint8_t)text.ptr[0]);
        text = slice_drop(text, 1);
    }
    put(out, "\"", 1);
}

void json_put_key(struct json_out *out, struct slice key)
{
    begin(out);
    put_quoted(out, key);
    put(out, ":", 1);
    out->comma = false;
}

void json_put_string(struct json_out *out, struct slice text)
{
    begin(out);
    put_quoted(out, text);
}

void json_put_raw(struct json_out *out, struct slice json)
{
    begin(out);
    put(out, json.ptr, json.len);
}

void json_put_uint(struct json_out *out, uint64_t value)
{
    char text[NUMBER_MAX];
    int n = snprintf(text, sizeof(text), "%" PRIu64, value);

    json_put_raw(out, slice_of(text, (size_t)n));
}

void json_put_int(struct json_out *out, int64_t value)
{
    char text[NUMBER_MAX];
    int n = snprintf(text, sizeof(text), "%" PRId64, value);

    json_put_raw(out, slice_of(text, (size_t)n));
}

void json_put_double(struct json_out *out, double value)
{
    char text[NUMBER_MAX];
    int n;

    if (!isfinite(value)) {
        json_put_null(out);
        return;
    }
    n = snprintf(text, sizeof(text), "%.6g", value);
    for (int i = 0; i < n; i++) {
        if (!strchr("0123456789+-e", text[i]))
            text[i] = '.'; /* the locale's decimal point */
    }
    json_put_raw(out, slice_of(text, (size_t)n));
}

void json_put_bool(struct json_out *out, bool value)
{
    json_put_raw(out, value ? SLICE("true") : SLICE("false"));
}

void json_put_null(struct json_out *out)
{
    json_put_raw(out, SLICE("null"));
}
