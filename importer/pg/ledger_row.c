/* ledger_row.c - see ledger_row.h. */
#include "importer/pg/ledger_row.h"

#include <stdio.h>
#include <string.h>

#include "validate/base/utf8.h"

static const char *const kinds[] = {
    [SOURCE_FILE] = "file",
    [SOURCE_STREAM] = "stream",
    [SOURCE_PACKED] = "packed",
};

/* The words of decant.source.kind. */
const char *ledger_kind(enum source_kind kind)
{
    DEMAND((unsigned)kind < countof(kinds));
    return kinds[kind];
}

const char *ledger_path(const char *path, char out[LEDGER_PATH])
{
    struct slice rest = slice_of(path, strlen(path));
    size_t n = 0;

    while (rest.len && n + 5 < LEDGER_PATH) {
        size_t step = utf8_sequence(rest);

        if (step)
            memcpy(out + n, rest.ptr, step);
        else
            snprintf(out + n, 5, "\\x%02x", (unsigned char)rest.ptr[0]);
        n += step ? step : 4;
        rest = slice_drop(rest, step ? step : 1);
    }
    out[n] = '\0';
    return out;
}

/* Numbers in our tables are never negative: CHECKs see to it. */
static uint64_t place(const struct pg_result *r, int row, int col)
{
    int64_t value = pg_int(r, row, col);

    return value > 0 ? (uint64_t)value : 0;
}

bool ledger_row_get(const struct pg_result *r, int row, struct ledger_row *out,
                    struct err *err)
{
    *out = (struct ledger_row){
        .n = place(r, row, 0),
        .begin = place(r, row, 1),
        .end = place(r, row, 2),
        .open = !pg_null(r, row, 3),
        .open_at = place(r, row, 3),
    };
    return pg_hash(r, row, 4, &out->hash) ||
           err_set(err, ERR_DATABASE, "decant.range holds a damaged hash");
}

bool ledger_source_get(const struct pg_result *r, struct source *out,
                       struct err *err)
{
    *out = (struct source){
        .id = pg_int(r, 0, 0),
        .size = place(r, 0, 3),
        .length = pg_null(r, 0, 4) ? SOURCE_ENDLESS : place(r, 0, 4),
        .range_bytes = place(r, 0, 5),
        .complete = pg_bool(r, 0, 7),
        .known = true,
    };
    snprintf(out->profile, sizeof(out->profile), "%s", pg_text(r, 0, 8));
    out->hashed = !pg_null(r, 0, 9) && pg_hash(r, 0, 9, &out->profile_hash);
    for (size_t k = 0; k < countof(kinds); k++)
        if (!strcmp(pg_text(r, 0, 1), kinds[k]))
            out->kind = (enum source_kind)k;
    return (out->range_bytes > 0 && pg_hash(r, 0, 6, &out->fingerprint)) ||
           err_set(err, ERR_DATABASE, "decant.source %lld is damaged",
                   (long long)out->id);
}

/* Near the top of the number range the border is "no border". */
uint64_t ledger_border(const struct source *source, uint64_t n)
{
    uint64_t rb = source->range_bytes;
    uint64_t border = n < UINT64_MAX / rb - 1 ? (n + 1) * rb : UINT64_MAX;

    return border < source->length ? border : source->length;
}

/* A last line without newline is unfinished as soon as the file is longer. */
bool ledger_whole(const struct source *source, const struct ledger_row *row)
{
    if (row->end < ledger_border(source, row->n))
        return false;
    return source->kind != SOURCE_FILE || !row->open ||
           row->end >= source->size;
}

uint64_t ledger_resume(const struct source *source,
                       const struct ledger_row *row)
{
    /* No line began in it: the end of its row is not a line border. */
    if (row->begin == row->end && source->kind == SOURCE_FILE)
        return row->n * source->range_bytes;
    if (row->open && source->kind == SOURCE_FILE && row->end < source->size)
        return row->open_at;
    return row->end;
}

/* For INSERT, UPDATE and DELETE whose count does not matter. */
bool ledger_run(struct pg *pg, const char *sql, const struct pg_params *params,
                struct err *err)
{
    struct pg_result *r;

    if (!pg_query(pg, sql, params, &r, err))
        return false;
    pg_done(r);
    return true;
}
