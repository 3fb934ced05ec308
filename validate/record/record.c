/*
 * record.c - see record.h.
 *
 * In this order: what costs nothing on sound data (whether \u0000 occurs,
 * which numbers are long or have an exponent: the tape knows), the schema,
 * what declared fields hold, then per element the rules and the columns.
 */
#include "validate/record/record.h"

#include <stdarg.h>
#include <stdio.h>

#include "validate/base/ascii.h"
#include "validate/base/utf8.h"
#include "validate/json/check.h"
#include "validate/json/seek.h"
#include "validate/record/columns.h"
#include "validate/record/rules.h"
#include "validate/record/smiles_field.h"

#define DIGITS_MAX   1000
#define EXPONENT_MAX 400
#define WORDS_MAX    480 /* bytes of a verdict's words */
#define SHOWN_MAX    60  /* bytes of a value in them */

static const struct {
    struct slice key, words;
} notes[] = {
#define NOTE(name, key, words) {SLICE_INIT(key), SLICE_INIT(words)},
#include "validate/record/note.def"
#undef NOTE
};

struct slice note_key(enum note note)
{
    DEMAND((unsigned)note < NOTE_COUNT);
    return notes[note].key;
}

struct slice note_words(enum note note)
{
    DEMAND((unsigned)note < NOTE_COUNT);
    return notes[note].words;
}

static const struct verdict fine = {.fault = FAULT_NONE};

/* --- what the steps share (rules.h) --------------------------------------- */

struct verdict judging_full(void)
{
    return (struct verdict){.fault = FAULT_LINE_MEMORY};
}

static struct verdict fault_at(enum fault fault, const struct json_tape *tape,
                               size_t at, struct arena *arena)
{
    return (struct verdict){
        .fault = fault,
        .at = at,
        .where = json_locate(tape->text, at, arena),
    };
}

struct verdict judging_fault(const struct judging *j, enum fault fault,
                             uint32_t node, struct slice detail)
{
    struct verdict v = {.fault = fault, .detail = detail};

    if (!j->tape || node >= j->tape->n_nodes)
        return v;
    v = fault_at(fault, j->tape, j->tape->nodes[node].at, j->arena);
    v.detail = detail;
    return v;
}

struct slice judging_words(const struct judging *j, const char *fmt, ...)
{
    char *words = arena_bytes(j->arena, WORDS_MAX);
    va_list args;
    int n;

    if (!words)
        return slice_of(NULL, 0);
    va_start(args, fmt);
    n = vsnprintf(words, WORDS_MAX, fmt, args);
    va_end(args);
    DEMAND(n >= 0);
    n = n < WORDS_MAX ? n : WORDS_MAX - 1;
    return slice_of(words, utf8_prefix(slice_of(words, (size_t)n)));
}

struct slice judging_shown(const struct judging *j, uint32_t node)
{
    struct slice raw = json_raw(j->tape, node);
    size_t len = utf8_prefix(slice_take(raw, SHOWN_MAX));

    if (raw.len <= SHOWN_MAX)
        return raw;
    raw = judging_words(j, "%.*s...", (int)len, raw.ptr);
    return raw.ptr ? raw : SLICE("...");
}

/* --- the JSON ------------------------------------------------------------- */

/* A number as JSON writes them that PostgreSQL should not be given: it would
 * take 1e131071 and print all its digits.  The exponent is judged as it is
 * written, its sign and leading zeros do not count. */
static bool out_of_range(struct slice number)
{
    size_t i = 0, digits = 0;
    unsigned exponent = 0;

    for (; i < number.len && (number.ptr[i] | 32) != 'e'; i++)
        digits += ascii_digit(number.ptr[i]);
    for (; i < number.len && exponent <= EXPONENT_MAX; i++) {
        if (ascii_digit(number.ptr[i]))
            exponent = exponent * 10 + (unsigned)(number.ptr[i] - '0');
    }
    return digits > DIGITS_MAX || exponent > EXPONENT_MAX;
}

static struct verdict judge_json(const struct json_tape *tape,
                                 struct arena *arena)
{
    if (tape->flags & JSON_NUL)
        return fault_at(FAULT_JSON_NUL, tape, seek_nul_escape(tape->text),
                        arena);
    for (uint32_t i = 0; i < tape->n_nodes; i++) {
        const struct json_node *node = &tape->nodes[i];

        if (node->kind != JSON_NUMBER ||
            (node->len <= DIGITS_MAX && !(node->flags & JSON_FRACTION)))
            continue;
        if (out_of_range(json_raw(tape, i)))
            return fault_at(FAULT_JSON_NUMBER_RANGE, tape, node->at, arena);
    }
    return (struct verdict){.fault = FAULT_NONE};
}

/* --- the schema ----------------------------------------------------------- */

/* "maximum" to schema.maximum. */
static enum fault schema_fault(struct slice keyword)
{
    for (int f = FAULT_NONE + 1; f < FAULT_COUNT; f++) {
        struct slice key = fault_key((enum fault)f), head = SLICE("schema.");

        if (key.len == head.len + keyword.len &&
            slice_eq(slice_take(key, head.len), head) &&
            slice_eq(slice_drop(key, head.len), keyword))
            return (enum fault)f;
    }
    return FAULT_SCHEMA_OTHER;
}

static struct verdict judge_schema(const struct judging *j)
{
    size_t mark = arena_mark(j->arena);
    enum fault fault = FAULT_SCHEMA_LIMIT;
    struct schema_mismatch why;

    if (!j->profile->schema)
        return fine;
    switch (schema_run(j->profile->schema, j->tape, j->arena, &why)) {
    case SCHEMA_VALID: arena_rewind(j->arena, mark); return fine;
    case SCHEMA_INVALID: fault = schema_fault(why.keyword); break;
    case SCHEMA_LIMIT: break;
    }
    return (struct verdict){
        .fault = fault,
        .at = why.at,
        .where = why.instance_pointer,
        .detail = why.message,
    };
}

/* --- rows ----------------------------------------------------------------- */

/* Room for the rows of so many elements, and their digests. */
struct rows {
    struct value *values;
    int64_t *digests;
    size_t done;
};

static bool rows_room(const struct judging *j, size_t n, struct rows *out)
{
    const struct profile *p = j->profile;

    *out = (struct rows){.done = 0};
    if (p->n_columns && n) {
        if (n > SIZE_MAX / sizeof(struct value) / p->n_columns)
            return false;
        out->values = arena_array(j->arena, n * p->n_columns, struct value);
        if (!out->values)
            return false;
    }
    if (!p->rules->n_unique || !n)
        return true;
    if (n > SIZE_MAX / sizeof(int64_t) / p->rules->n_unique)
        return false;
    out->digests = arena_array(j->arena, n * p->rules->n_unique, int64_t);
    return out->digests != NULL;
}

/* One element: its rules, its digests, its row. */
static struct verdict judge_element(const struct judging *j,
                                    const struct key_groups *key,
                                    struct rows *rows, uint32_t node)
{
    const struct profile *p = j->profile;
    struct element e = {.node = node, .index = rows->done};
    struct verdict v = j->tape ? rules_judge(j, node) : fine;
    struct value *row = rows->values;

    if (v.fault)
        return v;
    if (rows->digests) {
        size_t n = rules_digest(j, node, rows->digests + j->out->n_digests);

        if (n == SIZE_MAX)
            return judging_full();
        j->out->n_digests += n;
    }
    if (row) {
        row += rows->done * p->n_columns;
        e.before = rows->done ? row - p->n_columns : NULL;
        v = columns_fill(j, key, &e, row);
    }
    rows->done++;
    return v;
}

/* The items of the array that is spread. */
static struct verdict judge_spread(const struct judging *j,
                                   const struct key_groups *key,
                                   struct rows *rows, uint32_t array)
{
    struct verdict v = fine;

    for (uint32_t c = json_first(j->tape, array); c && !v.fault;
         c = json_next(j->tape, array, c))
        v = judge_element(j, key, rows, c);
    return v;
}

static void rows_done(const struct judging *j, const struct rows *rows)
{
    j->out->values = rows->values;
    j->out->n_rows = rows->values ? rows->done : 0;
    j->out->digests = rows->digests;
}

/* Nothing is spread, or an object stands where a list of one might. */
static struct verdict judge_alone(const struct judging *j,
                                  const struct key_groups *key, uint32_t node)
{
    struct rows rows;
    struct verdict v;

    if (!rows_room(j, 1, &rows))
        return judging_full();
    v = judge_element(j, key, &rows, node);
    rows_done(j, &rows);
    return v;
}

static struct verdict judge_rows(const struct judging *j)
{
    const struct rules *r = j->profile->rules;
    uint32_t node = j->tape ? 0 : PATH_NOWHERE;
    struct key_groups key;
    struct verdict v = columns_match(j, &key);
    struct rows rows;
    size_t n = 0;

    if (v.fault)
        return v;
    if (!r->spreads)
        return judge_alone(j, &key, node);
    node = path_find(j->tape, 0, &r->spread);
    if (node == PATH_NOWHERE || json_is(j->tape, node, JSON_NULL))
        return fine;
    if (json_is(j->tape, node, JSON_OBJECT))
        return judge_alone(j, &key, node);
    if (!json_is(j->tape, node, JSON_ARRAY))
        return judging_fault(j, FAULT_COLUMN_TYPE, node,
                             SLICE("is no list, and rows are made of its "
                                   "items"));
    for (uint32_t c = json_first(j->tape, node); c;
         c = json_next(j->tape, node, c))
        n++;
    if (!rows_room(j, n, &rows))
        return judging_full();
    v = judge_spread(j, &key, &rows, node);
    rows_done(j, &rows);
    return v;
}

/* --- text, and all of it -------------------------------------------------- */

static bool blank(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return false;
    }
    return true;
}

static struct verdict judge_text(struct slice text)
{
    size_t nul = slice_find(text, '\0');

    if (blank(text))
        return (struct verdict){.fault = FAULT_REPLY_EMPTY};
    if (nul < text.len)
        return (struct verdict){.fault = FAULT_JSON_NUL, .at = nul};
    return (struct verdict){.fault = FAULT_NONE};
}

static struct verdict judge_payload(struct judging *j)
{
    const struct record_input *in = j->in;
    struct verdict v, molecules;

    if (!j->profile->json) {
        j->out->text = in->text;
        return judge_text(in->text);
    }
    if (!in->as_is &&
        !restore(in->sound, in->text, &j->profile->fields, NULL, j->arena))
        return judging_full();
    j->tape = &in->sound->tape;
    /* The schema sees the cleaned text; its verdict comes first. */
    molecules = smiles_fields_judge(j);
    if (molecules.fault == FAULT_LINE_MEMORY)
        return molecules;
    j->out->json = j->tape->text;
    v = judge_json(j->tape, j->arena);
    if (!v.fault)
        v = judge_schema(j);
    return v.fault ? v : molecules;
}

struct verdict record_judge(const struct profile *profile,
                            const struct record_input *in, struct arena *arena,
                            struct record *out)
{
    struct judging j = {
        .profile = profile, .in = in, .arena = arena, .out = out};
    struct verdict v;

    *out = (struct record){.json = {NULL, 0}};
    v = judge_payload(&j);
    return v.fault ? v : judge_rows(&j);
}
