/*
 * row.c - see row.h.
 *
 * The fields are written by put.h in the order of RESULT_COLUMNS and
 * REJECT_COLUMNS; a row that does not fit is taken back whole.
 */
#include "importer/stage/row.h"

#include "importer/stage/place.h"
#include "importer/stage/put.h"

#include <string.h>

#define RAW_MAX       ((size_t)1 << 20) /* of a reject's line: contracts 1 */
#define RESULT_FIELDS 20
#define INT8_OID      20 /* pg_type.dat */
#define REJECT_FIELDS 22

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

static void put_count(struct rows *rows, int64_t tokens)
{
    if (tokens == TOKENS_ABSENT)
        put_null(rows);
    else
        put_int8(rows, tokens);
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

/* What must not occur twice, for decant.duplicate to find. */
static void put_digests(struct rows *rows, const struct record *record)
{
    size_t place = rows->len;

    if (!record->n_digests) {
        put_null(rows);
        return;
    }
    put_length(rows, 0);
    put_array(rows, INT8_OID, record->n_digests, false);
    for (size_t i = 0; i < record->n_digests && !rows->full; i++)
        put_int8(rows, record->digests[i]);
    put_patch(rows, place);
}

void row_result(struct rows *rows, const struct row_settings *set,
                const struct line *line, const struct judged *judged,
                struct arena *scratch)
{
    size_t begin = rows->len, mark = arena_mark(scratch);
    const struct record *record = &judged->record;
    uint64_t mask = flow_fix_mask(judged);
    struct slice text = {NULL, 0};

    if (set->keep_payload)
        text = record->text;
    if (set->keep_text)
        text = record->text.ptr ? record->text : record->json;
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
    if (set->keep_payload)
        put_jsonb(rows, record->json);
    else
        put_null(rows);
    if (text.ptr)
        put_text(rows, text);
    else
        put_null(rows);
    put_digests(rows, record);
    put_seal(rows, begin, 1, line);
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
    put_seal(rows, begin, 1, line);
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
    put_seal(rows, begin, 1, line);
}

void row_take_back(struct rows *rows)
{
    DEMAND(rows->count > 0);
    rows->len = rows->places[--rows->count].begin;
    rows->full = false;
}
