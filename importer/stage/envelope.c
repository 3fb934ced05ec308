/*
 * envelope.c - which shape a line has, and what became of it.
 *
 * One walk over the line's members and one over those of its "response"
 * give a bit per known name; the first row of shapes[] whose bits are all
 * there is the line's shape.  Rows without a reader say what the line is
 * instead of a result, which also serves to explain whole files (sniff.c).
 */
#include "importer/stage/envelope.h"

#include "importer/stage/family.h"
#include "importer/stage/salvage.h"
#include "importer/stage/shape.h"
#include "validate/json/check.h"

static const struct slice top_names[TOP_COUNT] = {
    [TOP_CUSTOM_ID] = SLICE_INIT("custom_id"),
    [TOP_KEY] = SLICE_INIT("key"),
    [TOP_RESPONSE] = SLICE_INIT("response"),
    [TOP_ERROR] = SLICE_INIT("error"),
    [TOP_ID] = SLICE_INIT("id"),
    [TOP_RESULT] = SLICE_INIT("result"),
    [TOP_STATUS] = SLICE_INIT("status"),
    [TOP_REQUEST] = SLICE_INIT("request"),
    [TOP_METADATA] = SLICE_INIT("metadata"),
    [TOP_RECORD_ID] = SLICE_INIT("recordId"),
    [TOP_MODEL_INPUT] = SLICE_INIT("modelInput"),
    [TOP_MODEL_OUTPUT] = SLICE_INIT("modelOutput"),
    [TOP_BATCH_REQUEST_ID] = SLICE_INIT("batch_request_id"),
    [TOP_BATCH_RESULT] = SLICE_INIT("batch_result"),
    [TOP_PROCESSED_TIME] = SLICE_INIT("processed_time"),
    [TOP_METHOD] = SLICE_INIT("method"),
    [TOP_URL] = SLICE_INIT("url"),
    [TOP_BODY] = SLICE_INIT("body"),
    [TOP_PARAMS] = SLICE_INIT("params"),
    [TOP_TYPE] = SLICE_INIT("type"),
    [TOP_BATCH_REQUEST] = SLICE_INIT("batch_request"),
    [TOP_NAME] = SLICE_INIT("name"),
    [TOP_DONE] = SLICE_INIT("done"),
    [TOP_STATE] = SLICE_INIT("state"),
    [TOP_INPUT_FILE_ID] = SLICE_INIT("input_file_id"),
    [TOP_INPUT_FILES] = SLICE_INIT("input_files"),
    [TOP_PROCESSING_STATUS] = SLICE_INIT("processing_status"),
    [TOP_TOTAL_RECORD_COUNT] = SLICE_INIT("totalRecordCount"),
    [TOP_RESULTS] = SLICE_INIT("results"),
    [TOP_RESPONSES] = SLICE_INIT("inlinedResponses"),
    [TOP_DATA] = SLICE_INIT("data"),
    [TOP_OPERATIONS] = SLICE_INIT("operations"),
    [TOP_CANDIDATES] = SLICE_INIT("candidates"),
    [TOP_CHOICES] = SLICE_INIT("choices"),
};

static const struct slice resp_names[RESP_COUNT] = {
    [RESP_STATUS_CODE] = SLICE_INIT("status_code"),
    [RESP_BODY] = SLICE_INIT("body"),
    [RESP_REQUEST_ID] = SLICE_INIT("request_id"),
    [RESP_CANDIDATES] = SLICE_INIT("candidates"),
    [RESP_USAGE] = SLICE_INIT("usageMetadata"),
    [RESP_MODEL_VERSION] = SLICE_INIT("modelVersion"),
    [RESP_RESPONSE_ID] = SLICE_INIT("responseId"),
    [RESP_FEEDBACK] = SLICE_INIT("promptFeedback"),
    [RESP_EMBEDDING] = SLICE_INIT("embedding"),
    [RESP_TOKEN_COUNT] = SLICE_INIT("tokenCount"),
    [RESP_ERROR] = SLICE_INIT("error"),
    [RESP_CHOICES] = SLICE_INIT("choices"),
    [RESP_OUTPUT] = SLICE_INIT("output"),
    [RESP_DATA] = SLICE_INIT("data"),
};

#define BIT(name)   ((uint64_t)1 << TOP_##name)
/* Facts about the values, in the bits behind the names'. */
#define STATUS_TEXT ((uint64_t)1 << TOP_COUNT)       /* status is a string */
#define GEMINI      ((uint64_t)1 << (TOP_COUNT + 1)) /* so is the response */
#define WRAPPED     ((uint64_t)1 << (TOP_COUNT + 2)) /* status_code or body */

_Static_assert(TOP_COUNT + 3 <= 64, "a bit each");

struct shape {
    uint64_t all;  /* these are there */
    uint64_t any;  /* and one of these, unless 0 */
    uint64_t none; /* and none of these */
    void (*open)(struct opening *op);
    enum sniff sniff;
    struct slice words; /* of a line that is no result */
};

/* In the order in which to ask; the first that fits is the line's. */
static const struct shape shapes[] = {
    {BIT(RECORD_ID),
     BIT(MODEL_OUTPUT) | BIT(ERROR),
     0,
     bedrock_open,
     SNIFF_RESULTS,
     {0}},
    /* recordId is optional in what one submits to Bedrock */
    {BIT(MODEL_OUTPUT), 0, 0, bedrock_open, SNIFF_RESULTS, {0}},
    {BIT(MODEL_INPUT) | BIT(ERROR), 0, 0, bedrock_open, SNIFF_RESULTS, {0}},
    {BIT(REQUEST) | STATUS_TEXT, 0, 0, vertex_open, SNIFF_RESULTS, {0}},
    {BIT(REQUEST) | BIT(RESPONSE), 0, 0, vertex_open, SNIFF_RESULTS, {0}},
    {BIT(REQUEST) | BIT(PROCESSED_TIME), 0, 0, vertex_open, SNIFF_RESULTS, {0}},
    {BIT(CUSTOM_ID) | BIT(RESULT), 0, 0, anthropic_open, SNIFF_RESULTS, {0}},
    {BIT(BATCH_RESULT), 0, 0, xai_open, SNIFF_RESULTS, {0}},
    /* before the rows of results: a finished job has a response, too */
    {BIT(NAME), BIT(METADATA) | BIT(DONE) | BIT(STATE), BIT(KEY), NULL,
     SNIFF_JOB, SLICE_INIT("a job, not a result")},
    {BIT(ID), BIT(INPUT_FILE_ID) | BIT(INPUT_FILES) | BIT(PROCESSING_STATUS),
     BIT(CUSTOM_ID), NULL, SNIFF_JOB, SLICE_INIT("a job, not a result")},
    {BIT(OPERATIONS), 0, BIT(KEY) | BIT(CUSTOM_ID), NULL, SNIFF_JOB,
     SLICE_INIT("a list of jobs, not a result")},
    {BIT(KEY),
     BIT(RESPONSE) | BIT(ERROR) | BIT(STATUS),
     0,
     gemini_open,
     SNIFF_RESULTS,
     {0}},
    {GEMINI, 0, 0, gemini_open, SNIFF_RESULTS, {0}},
    {BIT(METADATA) | BIT(ERROR), 0, 0, gemini_open, SNIFF_RESULTS, {0}},
    {WRAPPED, 0, 0, openai_open, SNIFF_RESULTS, {0}},
    {BIT(CUSTOM_ID),
     BIT(RESPONSE) | BIT(ERROR),
     0,
     openai_open,
     SNIFF_RESULTS,
     {0}},
    {BIT(ID) | BIT(ERROR), 0, 0, openai_open, SNIFF_RESULTS, {0}},
    {BIT(CUSTOM_ID) | BIT(METHOD) | BIT(URL), 0, 0, NULL, SNIFF_INPUT,
     SLICE_INIT("a request for the OpenAI batch API, not a result")},
    {BIT(CUSTOM_ID) | BIT(BODY), 0, 0, NULL, SNIFF_INPUT,
     SLICE_INIT("a request for Mistral or Fireworks, not a result")},
    {BIT(CUSTOM_ID) | BIT(PARAMS), 0, 0, NULL, SNIFF_INPUT,
     SLICE_INIT("a request for the Anthropic batch API, not a result")},
    {BIT(KEY) | BIT(REQUEST), 0, 0, NULL, SNIFF_INPUT,
     SLICE_INIT("a request for the Gemini batch API, not a result")},
    {BIT(REQUEST), 0, 0, NULL, SNIFF_INPUT,
     SLICE_INIT("a request for Gemini, not a result")},
    {BIT(BATCH_REQUEST), 0, 0, NULL, SNIFF_INPUT,
     SLICE_INIT("a request for the xAI batch API, not a result")},
    {BIT(MODEL_INPUT), 0, 0, NULL, SNIFF_INPUT,
     SLICE_INIT("a request for Bedrock, not a result")},
    {BIT(TOTAL_RECORD_COUNT), 0, 0, NULL, SNIFF_MANIFEST,
     SLICE_INIT("Bedrock's manifest, not a result")},
    {0, BIT(RESULTS) | BIT(RESPONSES), BIT(KEY) | BIT(CUSTOM_ID), NULL,
     SNIFF_PAGE, SLICE_INIT("a page of results, not one of them")},
    /* rows of results without an end, or nobody's */
    {BIT(ERROR), 0, 0, lone_error_open, SNIFF_ERROR, {0}},
    {BIT(RESPONSE), 0, 0, gemini_open, SNIFF_UNKNOWN, {0}},
    {BIT(METADATA), 0, BIT(DATA), gemini_open, SNIFF_UNKNOWN, {0}},
    {BIT(KEY), 0, 0, gemini_open, SNIFF_UNKNOWN, {0}},
    {BIT(CUSTOM_ID), 0, 0, openai_open, SNIFF_UNKNOWN, {0}},
    {0, BIT(CANDIDATES) | BIT(CHOICES), 0, NULL, SNIFF_UNKNOWN,
     SLICE_INIT("a bare answer without the line of a batch around it")},
    {BIT(DATA), 0, 0, NULL, SNIFF_JOB,
     SLICE_INIT("a list from an API, not a result")},
    {0, 0, 0, NULL, SNIFF_UNKNOWN,
     SLICE_INIT("an object without any member that a result has")},
};

static const struct slice provider_keys[PROVIDER_COUNT] = {
#define PROVIDER(name, key) [PROVIDER_##name] = SLICE_INIT(key),
#include "importer/stage/provider.def"
#undef PROVIDER
};

static const struct {
    struct slice key;
    enum fault fault;
} outcomes[OUTCOME_COUNT] = {
#define OUTCOME(name, key, fault) \
    [OUTCOME_##name] = {SLICE_INIT(key), FAULT_##fault},
#include "importer/stage/outcome.def"
#undef OUTCOME
};

struct slice provider_key(enum provider provider)
{
    DEMAND((unsigned)provider < PROVIDER_COUNT);
    return provider_keys[provider];
}

struct slice outcome_key(enum outcome outcome)
{
    DEMAND((unsigned)outcome < OUTCOME_COUNT);
    return outcomes[outcome].key;
}

enum fault outcome_fault(enum outcome outcome)
{
    DEMAND((unsigned)outcome < OUTCOME_COUNT);
    return outcomes[outcome].fault;
}

struct slice text_of(struct opening *op, uint32_t node)
{
    struct slice text;

    if (node == JSON_NONE || json_is(op->tape, node, JSON_NULL))
        return slice_of(NULL, 0);
    if (!json_is(op->tape, node, JSON_STRING))
        return json_raw(op->tape, node);
    text = json_string(op->tape, node, op->arena);
    op->full |= text.ptr == NULL;
    return text;
}

void key_take(struct opening *op, uint32_t node)
{
    op->env->keyed = node != JSON_NONE;
    op->env->key = text_of(op, node);
}

void line_ends(struct opening *op, enum outcome outcome, struct slice message,
               uint32_t wrong)
{
    op->env->outcome = outcome;
    op->env->message = message;
    op->wrong = wrong;
}

/* Google's errors have a number for a code, Anthropic's a type beside them. */
void lone_error_open(struct opening *op)
{
    static const struct slice names[] = {SLICE_INIT("code")};
    uint32_t code;

    members_find(op->tape, op->top[TOP_ERROR], names, 1, &code);
    op->env->provider = op->top[TOP_TYPE] ? PROVIDER_ANTHROPIC
                        : code && json_is(op->tape, code, JSON_NUMBER)
                            ? PROVIDER_GEMINI
                            : PROVIDER_OPENAI;
    trouble_take(op, op->top[TOP_ERROR]);
}

/* Look the members up and find the shape they make. */
static const struct shape *shape_of(const struct json_tape *tape, uint32_t *top,
                                    uint32_t *resp)
{
    const struct shape *shape = shapes;
    uint64_t bits = members_top(tape, top_names, TOP_COUNT, top);

    members_find(tape, top[TOP_RESPONSE], resp_names, RESP_COUNT, resp);
    if (top[TOP_STATUS] && json_is(tape, top[TOP_STATUS], JSON_STRING))
        bits |= STATUS_TEXT;
    if (resp[RESP_CANDIDATES] || resp[RESP_USAGE] || resp[RESP_FEEDBACK] ||
        resp[RESP_EMBEDDING] || resp[RESP_MODEL_VERSION])
        bits |= GEMINI;
    if (resp[RESP_STATUS_CODE] || resp[RESP_BODY])
        bits |= WRAPPED;
    while ((shape->all & ~bits) || (shape->any && !(shape->any & bits)) ||
           (shape->none & bits))
        shape++;
    return shape;
}

enum sniff shape_sniff(const struct json_tape *tape)
{
    uint32_t top[TOP_COUNT], resp[RESP_COUNT];

    if (!json_is(tape, 0, JSON_OBJECT))
        return SNIFF_UNKNOWN;
    return shape_of(tape, top, resp)->sniff;
}

/* The reject of a line that is not JSON. Whose it is may still be known. */
static struct verdict broken(const struct line *line, struct arena *arena,
                             struct json_error why, struct envelope *env)
{
    struct verdict v = {
        .fault = FAULT_ENVELOPE_SYNTAX,
        .at = why.at,
        .detail = json_code_words(why.code),
    };

    env->outcome = OUTCOME_MALFORMED;
    switch (why.code) {
    case JSON_SURROGATE: v.fault = FAULT_JSON_SURROGATE; break;
    case JSON_TOO_DEEP: v.fault = FAULT_JSON_DEPTH; break;
    case JSON_TOO_LONG:
    case JSON_NO_MEMORY: v.fault = FAULT_LINE_MEMORY; return v;
    default: break;
    }
    v.where = json_locate(line->text, why.at, arena);
    env->keyed = salvage_key(line->text, arena, &env->key);
    return v;
}

/* The reject of a line without an answer, or none. */
static struct verdict conclude(struct opening *op)
{
    struct envelope *env = op->env;
    struct verdict v = {.fault = FAULT_NONE};
    bool nothing =
        env->outcome == OUTCOME_EMPTY || env->outcome == OUTCOME_TRUNCATED;

    if (op->full)
        return (struct verdict){.fault = FAULT_LINE_MEMORY};
    if (env->n_answers)
        return v;
    if (nothing && env->media) {
        v.fault = FAULT_PAYLOAD_MEDIA;
        if (env->outcome == OUTCOME_EMPTY)
            env->outcome = OUTCOME_OK;
    } else if (nothing) {
        v.fault = FAULT_REPLY_EMPTY;
    } else {
        v.fault = outcome_fault(env->outcome);
    }
    DEMAND(v.fault != FAULT_NONE);
    if (op->wrong) {
        v.at = op->tape->nodes[op->wrong].at;
        v.where = json_locate(op->tape->text, v.at, op->arena);
    }
    return v;
}

struct verdict envelope_open(const struct line *line, struct arena *arena,
                             struct envelope *out)
{
    struct opening op = {.tape = &out->tape, .arena = arena, .env = out};
    const struct shape *shape;
    struct json_error why;

    *out = (struct envelope){
        .provider = PROVIDER_UNKNOWN,
        .outcome = OUTCOME_MALFORMED,
        .tokens = {TOKENS_ABSENT, TOKENS_ABSENT, TOKENS_ABSENT, TOKENS_ABSENT},
    };
    if (!json_tape_build(line->text, arena, &out->tape, &why))
        return broken(line, arena, why, out);
    if (!json_is(&out->tape, 0, JSON_OBJECT)) {
        out->message = SLICE("JSON, but not an object");
        return (struct verdict){.fault = FAULT_ENVELOPE_UNKNOWN};
    }
    shape = shape_of(&out->tape, op.top, op.resp);
    if (shape->open) {
        shape->open(&op);
        return conclude(&op);
    }
    out->message = shape->words;
    key_take(&op,
             op.top[TOP_CUSTOM_ID] ? op.top[TOP_CUSTOM_ID] : op.top[TOP_KEY]);
    return conclude(&op);
}
