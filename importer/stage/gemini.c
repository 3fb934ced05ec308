/*
 * gemini.c - lines of the Gemini API: batch files, inlined items, Vertex AI.
 *
 * All three hold the same GenerateContentResponse; they differ in where the
 * key stands and how an error is told.  The JSON is protocol buffers': zeros
 * and empty lists are left out, 64-bit numbers are strings, and a list of
 * one may be its element.
 */
#include "importer/stage/family.h"

enum candidate {
    CANDIDATE_CONTENT,
    CANDIDATE_FINISH,
    CANDIDATE_INDEX,
    CANDIDATE_MESSAGE,
    CANDIDATE_COUNT
};

static const struct slice candidate_names[CANDIDATE_COUNT] = {
    [CANDIDATE_CONTENT] = SLICE_INIT("content"),
    [CANDIDATE_FINISH] = SLICE_INIT("finishReason"),
    [CANDIDATE_INDEX] = SLICE_INIT("index"),
    [CANDIDATE_MESSAGE] = SLICE_INIT("finishMessage"),
};

enum part {
    PART_TEXT,
    PART_THOUGHT,
    PART_INLINE_DATA,
    PART_FILE_DATA,
    PART_FUNCTION_CALL,
    PART_TOOL_CALL,
    PART_COUNT
};

static const struct slice part_names[PART_COUNT] = {
    [PART_TEXT] = SLICE_INIT("text"),
    [PART_THOUGHT] = SLICE_INIT("thought"),
    [PART_INLINE_DATA] = SLICE_INIT("inlineData"),
    [PART_FILE_DATA] = SLICE_INIT("fileData"),
    [PART_FUNCTION_CALL] = SLICE_INIT("functionCall"),
    [PART_TOOL_CALL] = SLICE_INIT("toolCall"),
};

enum usage {
    USAGE_PROMPT,
    USAGE_OUTPUT,
    USAGE_THOUGHTS,
    USAGE_CACHED,
    USAGE_TOOL_PROMPT,
    USAGE_COUNT
};

static const struct slice usage_names[USAGE_COUNT] = {
    [USAGE_PROMPT] = SLICE_INIT("promptTokenCount"),
    [USAGE_OUTPUT] = SLICE_INIT("candidatesTokenCount"),
    [USAGE_THOUGHTS] = SLICE_INIT("thoughtsTokenCount"),
    [USAGE_CACHED] = SLICE_INIT("cachedContentTokenCount"),
    [USAGE_TOOL_PROMPT] = SLICE_INIT("toolUsePromptTokenCount"),
};

/* The sum of two counts of which either may not have been told. */
static int64_t sum(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void take_usage(struct opening *op, uint32_t node)
{
    struct tokens *tokens = &op->env->tokens;
    uint32_t use[USAGE_COUNT];
    int64_t n[USAGE_COUNT];

    members_find(op->tape, node, usage_names, USAGE_COUNT, use);
    for (size_t i = 0; i < USAGE_COUNT; i++)
        n[i] = node_count(op->tape, use[i], TOKENS_ABSENT);
    tokens->prompt = sum(n[USAGE_PROMPT], n[USAGE_TOOL_PROMPT]);
    tokens->cached = n[USAGE_CACHED];
    tokens->thinking = n[USAGE_THOUGHTS];
    tokens->output = sum(n[USAGE_OUTPUT], n[USAGE_THOUGHTS]);
}

/* A part is one of many things; flags may stand beside it.  Drafts of text
 * and of images are marked as thoughts, too. */
static void take_part(struct opening *op, struct reply *r, uint32_t node)
{
    const struct json_tape *t = op->tape;
    uint32_t part[PART_COUNT];

    members_find(t, node, part_names, PART_COUNT, part);
    if (part[PART_THOUGHT] && json_is(t, part[PART_THOUGHT], JSON_TRUE))
        return;
    reply_text(op, r, part[PART_TEXT]);
    op->env->media |= part[PART_INLINE_DATA] || part[PART_FILE_DATA];
    r->tool |= part[PART_FUNCTION_CALL] || part[PART_TOOL_CALL];
}

/* Blocked candidates and those cut short by thinking have no content. */
static void take_candidate(struct opening *op, struct replies *rs,
                           uint32_t node)
{
    static const struct slice parts_name[] = {SLICE_INIT("parts")};
    const struct json_tape *t = op->tape;
    uint32_t of[CANDIDATE_COUNT], parts;
    struct reply *r;

    members_find(t, node, candidate_names, CANDIDATE_COUNT, of);
    members_find(t, of[CANDIDATE_CONTENT], parts_name, 1, &parts);
    r = reply_new(op, rs, elements_count(t, parts));
    if (!r)
        return;
    r->finish = text_of(op, of[CANDIDATE_FINISH]);
    r->message = text_of(op, of[CANDIDATE_MESSAGE]);
    r->wrong = of[CANDIDATE_FINISH] ? of[CANDIDATE_FINISH] : node;
    r->index = node_count(t, of[CANDIDATE_INDEX], 0); /* proto3 omits 0 */
    for (uint32_t p = element_first(t, parts); p; p = element_next(t, parts, p))
        take_part(op, r, p);
}

/* No candidates: the prompt was blocked, or nothing came. */
static void take_feedback(struct opening *op, uint32_t response)
{
    static const struct slice names[] = {SLICE_INIT("blockReason"),
                                         SLICE_INIT("blockReasonMessage")};
    uint32_t why[countof(names)];

    members_find(op->tape, op->resp[RESP_FEEDBACK], names, countof(names), why);
    if (why[0])
        line_ends(op, OUTCOME_BLOCKED, text_of(op, why[1] ? why[1] : why[0]),
                  why[0]);
    else
        line_ends(op, OUTCOME_EMPTY, SLICE("a response without candidates"),
                  response);
}

/* An embedding without values is an empty reply, like a text without any. */
static void take_embedding(struct opening *op)
{
    static const struct slice names[] = {SLICE_INIT("values")};
    uint32_t values;

    members_find(op->tape, op->resp[RESP_EMBEDDING], names, 1, &values);
    op->wrong = op->resp[RESP_EMBEDDING];
    op->env->tokens.prompt =
        node_count(op->tape, op->resp[RESP_TOKEN_COUNT], TOKENS_ABSENT);
    embedding_take(op, &values, 1);
}

static void take_response(struct opening *op, uint32_t response)
{
    uint32_t candidates = op->resp[RESP_CANDIDATES];
    struct replies rs;

    op->env->model = text_of(op, op->resp[RESP_MODEL_VERSION]);
    op->env->response_id = text_of(op, op->resp[RESP_RESPONSE_ID]);
    if (op->resp[RESP_USAGE])
        take_usage(op, op->resp[RESP_USAGE]);
    if (op->resp[RESP_EMBEDDING]) {
        take_embedding(op);
        return;
    }
    if (!candidates || elements_count(op->tape, candidates) == 0) {
        if (op->resp[RESP_ERROR])
            trouble_take(op, op->resp[RESP_ERROR]);
        else
            take_feedback(op, response);
        return;
    }
    replies_init(op, &rs, elements_count(op->tape, candidates));
    for (uint32_t c = element_first(op->tape, candidates); c && !op->full;
         c = element_next(op->tape, candidates, c))
        take_candidate(op, &rs, c);
    replies_end(op, &rs);
}

/* The response, if it is one; else the error; else nothing is there. */
static void take_outcome(struct opening *op, uint32_t error)
{
    uint32_t response = op->top[TOP_RESPONSE];

    if (error && !op->resp[RESP_CANDIDATES])
        trouble_take(op, error);
    else if (response && json_is(op->tape, response, JSON_OBJECT))
        take_response(op, response);
    else if (response)
        line_ends(op, OUTCOME_MALFORMED,
                  SLICE("a response that is not an object"), response);
    else
        line_ends(op, OUTCOME_MALFORMED, SLICE("no response and no error"),
                  JSON_NONE);
}

/* Batch files have `key`, inlined items metadata.key; people who convert
 * files put custom_id.  An error stands in `error`, once in `status`. */
void gemini_open(struct opening *op)
{
    static const struct slice names[] = {SLICE_INIT("key"),
                                         SLICE_INIT("custom_id")};
    uint32_t meta[countof(names)];
    uint32_t key = op->top[TOP_KEY];

    op->env->provider = PROVIDER_GEMINI;
    members_find(op->tape, op->top[TOP_METADATA], names, countof(names), meta);
    if (!key)
        key = op->top[TOP_CUSTOM_ID];
    if (!key)
        key = meta[0] ? meta[0] : meta[1];
    key_take(op, key);
    take_outcome(op,
                 op->top[TOP_ERROR] ? op->top[TOP_ERROR] : op->top[TOP_STATUS]);
}

/*
 * A label of the echoed request that serves as key: the only one, or the one
 * with a telling name.
 */
static uint32_t label_key(struct opening *op)
{
    static const struct slice labels_name[] = {SLICE_INIT("labels")};
    static const struct slice names[] = {SLICE_INIT("custom_id"),
                                         SLICE_INIT("key"), SLICE_INIT("id"),
                                         SLICE_INIT("row")};
    const struct json_tape *t = op->tape;
    uint32_t labels, key[countof(names)], first;

    members_find(t, op->top[TOP_REQUEST], labels_name, 1, &labels);
    if (!labels || !json_is(t, labels, JSON_OBJECT))
        return JSON_NONE;
    first = json_first(t, labels);
    if (first && !json_next(t, labels, first))
        return first + 1;
    members_find(t, labels, names, countof(names), key);
    for (size_t i = 0; i < countof(names); i++) {
        if (key[i])
            return key[i];
    }
    return JSON_NONE;
}

/* Vertex tells errors in `status`: text that is empty when all went well,
 * else with the API's JSON in it; an empty response may stand beside it. */
void vertex_open(struct opening *op)
{
    static const enum top places[] = {TOP_CUSTOM_ID, TOP_KEY, TOP_ID};
    uint32_t status = op->top[TOP_STATUS], key = JSON_NONE;

    op->env->provider = PROVIDER_VERTEX;
    for (size_t i = 0; i < countof(places) && !key; i++)
        key = op->top[places[i]];
    key_take(op, key ? key : label_key(op));
    take_outcome(op, node_text(op->tape, status) ? status : op->top[TOP_ERROR]);
}
