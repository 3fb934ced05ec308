/*
 * openai.c - lines of the OpenAI Batch API and of all who copy its shape.
 *
 * Who wrote a line is told from marks: an id's prefix, members only one
 * server writes.  Without a mark the line is "openai".  The body may be a
 * chat completion, a Responses API response (responses.c) or embeddings.
 */
#include "importer/stage/family.h"
#include "importer/stage/responses.h"

enum body {
    BODY_CHOICES,
    BODY_USAGE,
    BODY_MODEL,
    BODY_ID,
    BODY_OUTPUT,
    BODY_DATA,
    BODY_ERROR,
    BODY_X_GROQ,
    BODY_FILTERS,
    BODY_STATUS,
    BODY_INCOMPLETE,
    BODY_COUNT
};

static const struct slice body_names[BODY_COUNT] = {
    [BODY_CHOICES] = SLICE_INIT("choices"),
    [BODY_USAGE] = SLICE_INIT("usage"),
    [BODY_MODEL] = SLICE_INIT("model"),
    [BODY_ID] = SLICE_INIT("id"),
    [BODY_OUTPUT] = SLICE_INIT("output"),
    [BODY_DATA] = SLICE_INIT("data"),
    [BODY_ERROR] = SLICE_INIT("error"),
    [BODY_X_GROQ] = SLICE_INIT("x_groq"),
    [BODY_FILTERS] = SLICE_INIT("prompt_filter_results"),
    [BODY_STATUS] = SLICE_INIT("status"),
    [BODY_INCOMPLETE] = SLICE_INIT("incomplete_details"),
};

enum usage {
    USAGE_PROMPT,
    USAGE_COMPLETION,
    USAGE_INPUT,
    USAGE_OUTPUT,
    USAGE_PROMPT_DETAILS,
    USAGE_COMPLETION_DETAILS,
    USAGE_INPUT_DETAILS,
    USAGE_OUTPUT_DETAILS,
    USAGE_CACHED,
    USAGE_REASONING,
    USAGE_QUEUE_TIME,
    USAGE_COUNT
};

static const struct slice usage_names[USAGE_COUNT] = {
    [USAGE_PROMPT] = SLICE_INIT("prompt_tokens"),
    [USAGE_COMPLETION] = SLICE_INIT("completion_tokens"),
    [USAGE_INPUT] = SLICE_INIT("input_tokens"),
    [USAGE_OUTPUT] = SLICE_INIT("output_tokens"),
    [USAGE_PROMPT_DETAILS] = SLICE_INIT("prompt_tokens_details"),
    [USAGE_COMPLETION_DETAILS] = SLICE_INIT("completion_tokens_details"),
    [USAGE_INPUT_DETAILS] = SLICE_INIT("input_tokens_details"),
    [USAGE_OUTPUT_DETAILS] = SLICE_INIT("output_tokens_details"),
    [USAGE_CACHED] = SLICE_INIT("cached_tokens"),
    [USAGE_REASONING] = SLICE_INIT("reasoning_tokens"),
    [USAGE_QUEUE_TIME] = SLICE_INIT("queue_time"),
};

/* The first of two that is there. */
static uint32_t either(uint32_t a, uint32_t b)
{
    return a ? a : b;
}

/* Chat and the Responses API name the same counts differently; Together puts
 * the details beside them. */
static void take_usage(struct opening *op, uint32_t node)
{
    static const struct slice cached_name[] = {SLICE_INIT("cached_tokens")};
    static const struct slice reasoning_name[] = {
        SLICE_INIT("reasoning_tokens")};
    struct tokens *tokens = &op->env->tokens;
    const struct json_tape *t = op->tape;
    uint32_t use[USAGE_COUNT], cached, reasoning;

    members_find(t, node, usage_names, USAGE_COUNT, use);
    members_find(t, either(use[USAGE_PROMPT_DETAILS], use[USAGE_INPUT_DETAILS]),
                 cached_name, 1, &cached);
    members_find(
        t, either(use[USAGE_COMPLETION_DETAILS], use[USAGE_OUTPUT_DETAILS]),
        reasoning_name, 1, &reasoning);
    tokens->prompt = node_count(t, either(use[USAGE_PROMPT], use[USAGE_INPUT]),
                                TOKENS_ABSENT);
    tokens->output = node_count(
        t, either(use[USAGE_COMPLETION], use[USAGE_OUTPUT]), TOKENS_ABSENT);
    tokens->cached =
        node_count(t, either(cached, use[USAGE_CACHED]), TOKENS_ABSENT);
    tokens->thinking =
        node_count(t, either(reasoning, use[USAGE_REASONING]), TOKENS_ABSENT);
    if (use[USAGE_QUEUE_TIME] && op->env->provider == PROVIDER_OPENAI)
        op->env->provider = PROVIDER_GROQ;
    /* xAI alone counts thinking beside the completion, not inside it. */
    if (op->env->provider == PROVIDER_XAI && tokens->output >= 0 &&
        tokens->thinking > 0 && tokens->output < INT64_MAX - tokens->thinking)
        tokens->output += tokens->thinking;
}

/* Mistral's content in chunks: text, and thinking that is passed over. */
static void take_chunks(struct opening *op, struct reply *r, uint32_t content)
{
    static const struct slice names[] = {SLICE_INIT("type"),
                                         SLICE_INIT("text")};
    const struct json_tape *t = op->tape;

    for (uint32_t e = element_first(t, content); e;
         e = element_next(t, content, e)) {
        uint32_t of[countof(names)];

        members_find(t, e, names, countof(names), of);
        if (of[0] && (json_string_is(t, of[0], SLICE("text")) ||
                      json_string_is(t, of[0], SLICE("output_text"))))
            reply_text(op, r, of[1]);
        else if (of[0] && json_string_is(t, of[0], SLICE("image_url")))
            op->env->media = true;
    }
}

/* `text` is what the old completions API has instead of a message. */
static void take_message(struct opening *op, struct replies *rs,
                         uint32_t message, uint32_t text)
{
    static const struct slice names[] = {
        SLICE_INIT("content"), SLICE_INIT("refusal"), SLICE_INIT("tool_calls"),
        SLICE_INIT("function_call"), SLICE_INIT("audio")};
    const struct json_tape *t = op->tape;
    uint32_t of[countof(names)];
    struct reply *r;

    members_find(t, message, names, countof(names), of);
    r = reply_new(op, rs, elements_count(t, of[0]) + 1);
    if (!r)
        return;
    if (of[0] && json_is(t, of[0], JSON_ARRAY))
        take_chunks(op, r, of[0]);
    else
        reply_text(op, r, of[0] ? of[0] : text);
    if (node_text(t, of[1])) {
        r->refused = true;
        r->message = text_of(op, of[1]);
    }
    r->tool = (of[2] && elements_count(t, of[2])) || of[3];
    op->env->media |= of[4] != JSON_NONE;
}

/* Index, reason and message of each choice, in any order. */
static void take_choices(struct opening *op, uint32_t choices)
{
    static const struct slice names[] = {
        SLICE_INIT("index"), SLICE_INIT("message"), SLICE_INIT("finish_reason"),
        SLICE_INIT("text"), SLICE_INIT("content_filter_results")};
    const struct json_tape *t = op->tape;
    struct replies rs;

    replies_init(op, &rs, elements_count(t, choices));
    for (uint32_t c = element_first(t, choices); c && !op->full;
         c = element_next(t, choices, c)) {
        uint32_t of[countof(names)];
        struct reply *r;

        members_find(t, c, names, countof(names), of);
        take_message(op, &rs, of[1], of[3]);
        if (op->full)
            return;
        r = &rs.list[rs.n - 1];
        r->index = node_count(t, of[0], r->index);
        r->finish = text_of(op, of[2]);
        r->wrong = of[2] ? of[2] : c;
        if (of[4] && op->env->provider == PROVIDER_OPENAI)
            op->env->provider = PROVIDER_AZURE;
    }
    op->wrong = choices;
    replies_end(op, &rs);
}

/* data[]: embeddings in order of their index, or images. */
static void take_data(struct opening *op, uint32_t data)
{
    static const struct slice names[] = {
        SLICE_INIT("embedding"), SLICE_INIT("index"), SLICE_INIT("b64_json"),
        SLICE_INIT("url")};
    const struct json_tape *t = op->tape;
    uint32_t n = elements_count(t, data), i = 0, *vectors;

    op->wrong = data;
    vectors = arena_new(op->arena, (size_t)n + 1, uint32_t);
    if (!vectors) {
        op->full = true;
        return;
    }
    for (uint32_t e = element_first(t, data); e;
         e = element_next(t, data, e), i++) {
        uint32_t of[countof(names)];
        int64_t index;

        members_find(t, e, names, countof(names), of);
        op->env->media |= of[2] || of[3];
        index = node_count(t, of[1], i);
        /* An index out of range or taken: stay where the list has it. */
        if (index < 0 || index >= n || vectors[index])
            index = i;
        vectors[index] = of[0];
    }
    embedding_take(op, vectors, n);
}

/* A body with an error in it failed, whatever its status says: a response
 * of the Responses API with status "failed" comes as HTTP 200. */
void openai_body(struct opening *op, uint32_t body)
{
    uint32_t of[BODY_COUNT];
    struct envelope *env = op->env;
    struct response response;

    members_find(op->tape, body, body_names, BODY_COUNT, of);
    response = (struct response){of[BODY_OUTPUT], of[BODY_STATUS],
                                 of[BODY_INCOMPLETE]};
    env->model = text_of(op, of[BODY_MODEL]);
    env->response_id = text_of(op, of[BODY_ID]);
    if (env->provider == PROVIDER_OPENAI && of[BODY_X_GROQ])
        env->provider = PROVIDER_GROQ;
    if (env->provider == PROVIDER_OPENAI && of[BODY_FILTERS])
        env->provider = PROVIDER_AZURE;
    if (of[BODY_USAGE])
        take_usage(op, of[BODY_USAGE]);
    if (of[BODY_ERROR])
        trouble_take(op, of[BODY_ERROR]);
    else if (of[BODY_CHOICES])
        take_choices(op, of[BODY_CHOICES]);
    else if (of[BODY_OUTPUT])
        responses_take(op, &response);
    else if (of[BODY_DATA])
        take_data(op, of[BODY_DATA]);
    else
        line_ends(op, OUTCOME_MALFORMED, SLICE("a body of no known shape"),
                  body);
}

static bool starts(const struct json_tape *t, uint32_t node,
                   struct slice prefix)
{
    return node_text(t, node) &&
           slice_eq(slice_take(json_inner(t, node), prefix.len), prefix);
}

static enum provider provider_of(const struct opening *op)
{
    const struct json_tape *t = op->tape;
    uint32_t id = op->top[TOP_ID];

    if (starts(t, id, SLICE("br_")))
        return PROVIDER_TOGETHER;
    if (starts(t, id, SLICE("vllm-")))
        return PROVIDER_VLLM;
    if (starts(t, id, SLICE("batch-")) && !op->resp[RESP_REQUEST_ID])
        return PROVIDER_MISTRAL;
    if (!id && !op->resp[RESP_STATUS_CODE] && !op->resp[RESP_BODY])
        return PROVIDER_FIREWORKS; /* neither an id nor a wrapper */
    return PROVIDER_OPENAI;
}

/* Azure says in an error what its filter found. */
static bool azure_error(const struct opening *op, uint32_t body)
{
    static const struct slice error_name[] = {SLICE_INIT("error")};
    static const struct slice names[] = {SLICE_INIT("innererror")};
    uint32_t error, inner;

    members_find(op->tape, body, error_name, 1, &error);
    members_find(op->tape, error, names, 1, &inner);
    return inner != JSON_NONE;
}

/*
 * A row that ran has a response with a status and a body, one that never ran
 * has an error and a null response.  A status of 400 and more is an error
 * wherever its words are: in the body, as an object or as text, or beside
 * the response.
 */
void openai_open(struct opening *op)
{
    struct envelope *env = op->env;
    uint32_t response = op->top[TOP_RESPONSE], body = op->resp[RESP_BODY];
    int64_t status = node_count(op->tape, op->resp[RESP_STATUS_CODE], 0);
    bool failed = status >= 400;

    env->provider = provider_of(op);
    key_take(op, op->top[TOP_CUSTOM_ID]);
    if (status > 0 && status < 1000)
        env->http_status = (int32_t)status;
    if (env->provider == PROVIDER_FIREWORKS && response)
        body = response;
    if (env->provider == PROVIDER_OPENAI && failed && azure_error(op, body))
        env->provider = PROVIDER_AZURE;
    if (failed || (!body && op->top[TOP_ERROR]))
        trouble_take(op, body ? body : op->top[TOP_ERROR]);
    else if (body && json_is(op->tape, body, JSON_OBJECT))
        openai_body(op, body);
    else if (body)
        line_ends(op, OUTCOME_MALFORMED, SLICE("a body that is not an object"),
                  body);
    else if (op->resp[RESP_STATUS_CODE])
        line_ends(op, OUTCOME_MALFORMED, SLICE("a response without a body"),
                  response);
    else if (response)
        line_ends(op, OUTCOME_MALFORMED, SLICE("a response of no known shape"),
                  response);
    else
        line_ends(op, OUTCOME_MALFORMED, SLICE("no response and no error"),
                  JSON_NONE);
}
