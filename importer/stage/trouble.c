/*
 * trouble.c - what a provider's error says about asking again.
 *
 * Errors come as objects (nested up to three deep), as free text, as text
 * with JSON in it, or as a web page.  What counts, in this order: words that
 * no number can say (expired, canceled, filtered), the HTTP status, a
 * google.rpc code, other known words (trouble.def), else "permanent".
 */
#include "importer/stage/family.h"

#define NESTING_MAX 3

/* Members of an error object. */
enum part {
    PART_MESSAGE,
    PART_CODE,
    PART_TYPE,
    PART_STATUS,
    PART_ERROR,
    PART_ERROR_CODE,
    PART_ERROR_MESSAGE,
    PART_RAW_STATUS,
    PART_DETAIL,
    PART_EXPIRED,
    PART_RETRYABLE,
    PART_COUNT
};

static const struct slice part_names[PART_COUNT] = {
    [PART_MESSAGE] = SLICE_INIT("message"),
    [PART_CODE] = SLICE_INIT("code"),
    [PART_TYPE] = SLICE_INIT("type"),
    [PART_STATUS] = SLICE_INIT("status"),
    [PART_ERROR] = SLICE_INIT("error"),
    [PART_ERROR_CODE] = SLICE_INIT("errorCode"),
    [PART_ERROR_MESSAGE] = SLICE_INIT("errorMessage"),
    [PART_RAW_STATUS] = SLICE_INIT("raw_status_code"),
    [PART_DETAIL] = SLICE_INIT("detail"),
    [PART_EXPIRED] = SLICE_INIT("expired"),
    [PART_RETRYABLE] = SLICE_INIT("retryable"),
};

static const struct {
    struct slice word;
    enum outcome outcome;
} words[] = {
#define TROUBLE(word, outcome) {SLICE_INIT(word), OUTCOME_##outcome},
#include "importer/stage/trouble.def"
#undef TROUBLE
};

/* What an error says, gathered from the outside in. */
struct facts {
    struct slice message;
    int64_t number;    /* of code, 0: none */
    enum outcome word; /* OK: no known word */
};

static void note_word(struct facts *facts, const struct json_tape *t,
                      uint32_t node)
{
    if (!node_text(t, node) || facts->word != OUTCOME_OK)
        return;
    for (size_t i = 0; i < countof(words); i++) {
        if (slice_eq(json_inner(t, node), words[i].word)) {
            facts->word = words[i].outcome;
            return;
        }
    }
}

static void note_number(struct facts *facts, const struct json_tape *t,
                        uint32_t node)
{
    /* Codes in strings count something else: Mistral's "3310". */
    if (node && json_is(t, node, JSON_NUMBER) && !facts->number)
        facts->number = node_count(t, node, 0);
}

static void note_message(struct opening *op, struct facts *facts,
                         const struct json_tape *t, uint32_t node)
{
    struct slice text;

    if (!node_text(t, node))
        return;
    text = json_string(t, node, op->arena);
    op->full |= text.ptr == NULL;
    if (text.ptr)
        facts->message = text;
}

/* The members that were found in one object. Returns what lies inside. */
static uint32_t note_parts(struct opening *op, struct facts *facts,
                           const struct json_tape *t, const uint32_t *parts)
{
    note_message(op, facts, t, parts[PART_DETAIL]);
    note_message(op, facts, t, parts[PART_ERROR_MESSAGE]);
    note_message(op, facts, t, parts[PART_MESSAGE]);
    note_number(facts, t, parts[PART_CODE]);
    note_number(facts, t, parts[PART_ERROR_CODE]);
    note_number(facts, t, parts[PART_RAW_STATUS]);
    note_word(facts, t, parts[PART_CODE]);
    note_word(facts, t, parts[PART_ERROR_CODE]);
    note_word(facts, t, parts[PART_TYPE]);
    note_word(facts, t, parts[PART_STATUS]);
    if (facts->word == OUTCOME_OK && parts[PART_RETRYABLE] &&
        json_is(t, parts[PART_RETRYABLE], JSON_TRUE))
        facts->word = OUTCOME_RETRYABLE;
    if (parts[PART_EXPIRED] && json_is(t, parts[PART_EXPIRED], JSON_TRUE))
        facts->word = OUTCOME_EXPIRED;
    if (json_is(t, parts[PART_ERROR], JSON_STRING))
        note_message(op, facts, t, parts[PART_ERROR]);
    return parts[PART_ERROR];
}

static void note_object(struct opening *op, struct facts *facts,
                        const struct json_tape *t, uint32_t node)
{
    uint32_t parts[PART_COUNT];

    for (int i = 0; i < NESTING_MAX && node; i++) {
        members_find(t, node, part_names, PART_COUNT, parts);
        node = note_parts(op, facts, t, parts);
    }
}

/* Free text; from its first brace on it may be the provider's JSON. */
static void note_text(struct opening *op, struct facts *facts, uint32_t node)
{
    struct slice text = text_of(op, node);
    struct slice tail = slice_drop(text, slice_find(text, '{'));
    uint32_t parts[PART_COUNT];
    struct json_error why;
    struct json_tape inner;

    facts->message = text;
    if (!tail.len || !json_tape_build(tail, op->arena, &inner, &why))
        return;
    (void)members_top(&inner, part_names, PART_COUNT, parts);
    note_object(op, facts, &inner, note_parts(op, facts, &inner, parts));
}

static enum outcome http_outcome(int64_t status)
{
    switch (status) {
    case 408:
    case 409:
    case 429: return OUTCOME_RETRYABLE;
    default: return status >= 500 ? OUTCOME_RETRYABLE : OUTCOME_PERMANENT;
    }
}

/* google.rpc.Code */
static enum outcome rpc_outcome(int64_t code)
{
    switch (code) {
    case 1: return OUTCOME_CANCELED;
    case 2:  /* UNKNOWN */
    case 4:  /* DEADLINE_EXCEEDED */
    case 8:  /* RESOURCE_EXHAUSTED */
    case 10: /* ABORTED */
    case 13: /* INTERNAL */
    case 14: /* UNAVAILABLE */ return OUTCOME_RETRYABLE;
    default: return OUTCOME_PERMANENT;
    }
}

static enum outcome facts_outcome(const struct facts *facts, int32_t status)
{
    bool weak =
        facts->word == OUTCOME_RETRYABLE || facts->word == OUTCOME_PERMANENT;

    if (facts->word != OUTCOME_OK && !weak)
        return facts->word;
    if (status >= 400)
        return http_outcome(status);
    if (facts->number > 0)
        return rpc_outcome(facts->number);
    return weak ? facts->word : OUTCOME_PERMANENT;
}

void trouble_take(struct opening *op, uint32_t node)
{
    struct facts facts = {.word = OUTCOME_OK};
    struct envelope *env = op->env;

    if (node && json_is(op->tape, node, JSON_STRING))
        note_text(op, &facts, node);
    else if (node)
        note_object(op, &facts, op->tape, node);
    if (facts.number >= 100 && facts.number < 600 && !env->http_status)
        env->http_status = (int32_t)facts.number;
    line_ends(op, facts_outcome(&facts, env->http_status), facts.message, node);
}
