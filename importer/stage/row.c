/*
 * row.c - see row.h.
 *
 * A row is 2 bytes of field count, then per field 4 bytes of length (-1 for
 * NULL) and the value, all big-endian.  jsonb on the wire is one version
 * byte, 1, and the JSON text.  The put functions latch `full`; seal() takes
 * a torn row back.
 */
#include "importer/stage/row.h"

#include "importer/stage/place.h"

#include <string.h>

#define RAW_MAX       ((size_t)1 << 20) /* of a reject's line: contracts 1 */
#define JSONB_VERSION 1
#define FIRST_ATTEMPT 1 /* a rerun's lines carry their own count */
#define RESULT_FIELDS 19
#define REJECT_FIELDS 22
#define REPLACEMENT   "\xEF\xBF\xBD" /* U+FFFD, for what text cannot hold */

const struct slice rows_header =
    SLICE_INIT("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0");
const struct slice rows_trailer = SLICE_INIT("\377\377");

bool rows_init(struct rows *rows, size_t cap, struct arena *run)
{
    *rows = (struct rows){
        .bytes = arena_bytes(run, cap),
        .cap = cap,
        .places = arena_new(run, ROWS_MAX, struct row_place),
    };
    return rows->bytes && rows->places;
}

void rows_clear(struct rows *rows)
{
    rows->len = 0;
    rows->count = 0;
    rows->full = false;
}

static void put_bytes(struct rows *rows, struct slice bytes)
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
static void put_big(struct rows *rows, uint64_t value, size_t size)
{
    char bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(value >> (8 * (size - 1 - i)));
    put_bytes(rows, slice_of(bytes, size));
}

static void put_length(struct rows *rows, size_t len)
{
    if (len > INT32_MAX)
        rows->full = true;
    put_big(rows, len, 4);
}

static void put_null(struct rows *rows)
{
    put_big(rows, UINT32_MAX, 4);
}

static void put_int8(struct rows *rows, int64_t value)
{
    put_length(rows, 8);
    put_big(rows, (uint64_t)value, 8);
}

static void put_int4(struct rows *rows, int32_t value)
{
    put_length(rows, 4);
    put_big(rows, (uint32_t)value, 4);
}

static void put_count(struct rows *rows, int64_t tokens)
{
    if (tokens == TOKENS_ABSENT)
        put_null(rows);
    else
        put_int8(rows, tokens);
}

static void put_bytea(struct rows *rows, struct slice bytes)
{
    put_length(rows, bytes.len);
    put_bytes(rows, bytes);
}

/* Write over the length field at `place` once the value is behind it. */
static void patch_length(struct rows *rows, size_t place)
{
    size_t end = rows->len, len = end - place - 4;

    if (rows->full)
        return;
    rows->len = place;
    put_length(rows, len);
    rows->len = end;
}

/* Valid UTF-8, but for U+0000, which `text` cannot hold: U+FFFD instead. */
static void put_text(struct rows *rows, struct slice text)
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
    patch_length(rows, place);
}

static void put_text_or_null(struct rows *rows, struct slice text)
{
    if (text.len)
        put_text(rows, text);
    else
        put_null(rows);
}

static void put_jsonb(struct rows *rows, struct slice json)
{
    if (!json.len) {
        put_null(rows);
        return;
    }
    put_length(rows, json.len + 1);
    put_big(rows, JSONB_VERSION, 1);
    put_bytes(rows, json);
}

/* End the row begun at `begin`, or take it back when it did not fit. */
static void seal(struct rows *rows, size_t begin, const struct line *line)
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
    };
}

/* The fields that result and reject share, up to thinking_tokens. */
static void put_head(struct rows *rows, const struct row_settings *set,
                     const struct line *line, const struct judged *judged)
{
    const struct envelope *env = &judged->env;
    enum outcome outcome =
        judged->answer ? judged->answer->outcome : env->outcome;

    put_int8(rows, set->source);
    put_int8(rows, (int64_t)line->offset);
    put_int8(rows, (int64_t)line->length);
    if (env->keyed)
        put_text(rows, env->key);
    else
        put_null(rows);
    put_int4(rows, FIRST_ATTEMPT);
    put_text(rows, provider_key(env->provider));
    put_text_or_null(rows, env->model);
    put_text_or_null(rows, env->response_id);
    put_text(rows, outcome_key(outcome));
    put_text_or_null(rows, judged->answer && judged->answer->finish.len
                               ? judged->answer->finish
                               : env->finish);
    if (env->http_status)
        put_int4(rows, env->http_status);
    else
        put_null(rows);
    put_count(rows, env->tokens.prompt);
    put_count(rows, env->tokens.cached);
    put_count(rows, env->tokens.output);
    put_count(rows, env->tokens.thinking);
}

void row_result(struct rows *rows, const struct row_settings *set,
                const struct line *line, const struct judged *judged,
                struct arena *scratch)
{
    size_t begin = rows->len, mark = arena_mark(scratch);
    const struct record *record = &judged->record;
    uint64_t mask = flow_fix_mask(judged);
    struct slice text = record->text;

    if (set->keep_text && !text.ptr)
        text = record->json;
    put_big(rows, RESULT_FIELDS, 2);
    put_head(rows, set, line, judged);
    if (mask) {
        struct slice fixes = flow_fixes(judged, scratch);

        if (!fixes.len)
            rows->full = true; /* the arena cannot hold the audit trail */
        put_jsonb(rows, fixes);
    } else {
        put_null(rows);
    }
    put_int8(rows, (int64_t)mask);
    put_jsonb(rows, record->json);
    if (text.ptr)
        put_text(rows, text);
    else
        put_null(rows);
    seal(rows, begin, line);
    arena_rewind(scratch, mark);
}

/* The text a reject's place counts in. */
static struct slice judged_text(const struct line *line,
                                const struct judged *judged)
{
    return judged->in_payload ? judged->payload.whole : line->text;
}

void row_reject(struct rows *rows, const struct row_settings *set,
                const struct line *line, const struct judged *judged,
                struct arena *scratch)
{
    const struct verdict *why = &judged->verdict;
    size_t begin = rows->len, mark = arena_mark(scratch);

    put_big(rows, REJECT_FIELDS, 2);
    put_head(rows, set, line, judged);
    put_text(rows, fault_key(why->fault));
    if (why->where.ptr)
        put_text(rows, why->where);
    else
        put_null(rows);
    put_int8(rows, (int64_t)place_in_line(judged));
    put_text(rows, flow_message(judged));
    put_text(rows, place_excerpt(judged_text(line, judged), why->at, scratch));
    put_bytea(rows, slice_take(line->text, RAW_MAX));
    if (judged->repaired.proposal.len)
        put_text(rows, judged->repaired.proposal);
    else
        put_null(rows);
    seal(rows, begin, line);
    arena_rewind(scratch, mark);
}

void row_refusal(struct rows *rows, const struct row_settings *set,
                 const struct line *line, const struct judged *judged,
                 const struct refusal *refusal)
{
    static const struct judged nothing = {
        .env = {.outcome = OUTCOME_MALFORMED,
                .tokens = {TOKENS_ABSENT, TOKENS_ABSENT, TOKENS_ABSENT,
                           TOKENS_ABSENT}},
    };
    size_t begin = rows->len;

    put_big(rows, REJECT_FIELDS, 2);
    put_head(rows, set, line, judged ? judged : &nothing);
    put_text(rows, refusal->fault);
    put_null(rows);
    put_null(rows);
    put_text(rows, refusal->message);
    put_null(rows);
    put_bytea(rows, slice_take(line->text, RAW_MAX));
    put_null(rows);
    seal(rows, begin, line);
}
