/* put.c - see put.h. */
#include "importer/stage/put.h"

#define JSONB_VERSION 1
#define REPLACEMENT   "\xEF\xBF\xBD" /* U+FFFD, for what text cannot hold */

void put_patch(struct rows *rows, size_t place)
{
    size_t end = rows->len, len = end - place - 4;

    if (rows->full)
        return;
    rows->len = place;
    put_length(rows, len);
    rows->len = end;
}

void put_text(struct rows *rows, struct slice text)
{
    size_t place = rows->len;

    if (slice_find(text, '\0') == text.len) {
        put_bytea(rows, text);
        return;
    }
    put_length(rows, 0);
    while (text.len && !rows->full) {
        size_t good = slice_find(text, '\0');

        put_bytes(rows, slice_take(text, good));
        if (good < text.len)
            put_bytes(rows, SLICE(REPLACEMENT));
        text = slice_drop(text, good + 1);
    }
    put_patch(rows, place);
}

void put_text_or_null(struct rows *rows, struct slice text)
{
    if (text.len)
        put_text(rows, text);
    else
        put_null(rows);
}

void put_jsonb(struct rows *rows, struct slice json)
{
    if (!json.len) {
        put_null(rows);
        return;
    }
    put_length(rows, json.len + 1);
    put_big(rows, JSONB_VERSION, 1);
    put_bytes(rows, json);
}

/* One dimension, counted from 1; none of elements has no dimension. */
void put_array(struct rows *rows, uint32_t element, size_t count, bool nulls)
{
    if (count > INT32_MAX)
        rows->full = true;
    put_big(rows, count ? 1 : 0, 4);
    put_big(rows, nulls, 4);
    put_big(rows, element, 4);
    if (!count)
        return;
    put_big(rows, count, 4);
    put_big(rows, 1, 4);
}

void put_seal(struct rows *rows, size_t begin, uint32_t n_rows,
              const struct line *line)
{
    DEMAND(rows->count < ROWS_MAX);
    if (rows->full) {
        rows->len = begin;
        return;
    }
    rows->places[rows->count++] = (struct row_place){
        .offset = line->offset,
        .length = line->length,
        .begin = begin,
        .end = rows->len,
        .n_rows = n_rows,
    };
}
