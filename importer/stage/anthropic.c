/*
 * anthropic.c - result lines of Anthropic's Message Batches, and messages.
 *
 * A line is {"custom_id", "result": {"type": "succeeded" | "errored" |
 * "canceled" | "expired", ...}}.  A refusal is a request that succeeded:
 * only its stop_reason tells.  The message alone is what Bedrock stores, so
 * it has a reader of its own.
 */
#include "importer/stage/family.h"

enum message {
    MESSAGE_CONTENT,
    MESSAGE_STOP_REASON,
    MESSAGE_USAGE,
    MESSAGE_MODEL,
    MESSAGE_ID,
    MESSAGE_STOP_DETAILS,
    MESSAGE_COUNT
};

static const struct slice message_names[MESSAGE_COUNT] = {
    [MESSAGE_CONTENT] = SLICE_INIT("content"),
    [MESSAGE_STOP_REASON] = SLICE_INIT("stop_reason"),
    [MESSAGE_USAGE] = SLICE_INIT("usage"),
    [MESSAGE_MODEL] = SLICE_INIT("model"),
    [MESSAGE_ID] = SLICE_INIT("id"),
    [MESSAGE_STOP_DETAILS] = SLICE_INIT("stop_details"),
};

enum usage {
    USAGE_INPUT,
    USAGE_CREATED,
    USAGE_READ,
    USAGE_OUTPUT,
    USAGE_DETAILS,
    USAGE_COUNT
};

static const struct slice usage_names[USAGE_COUNT] = {
    [USAGE_INPUT] = SLICE_INIT("input_tokens"),
    [USAGE_CREATED] = SLICE_INIT("cache_creation_input_tokens"),
    [USAGE_READ] = SLICE_INIT("cache_read_input_tokens"),
    [USAGE_OUTPUT] = SLICE_INIT("output_tokens"),
    [USAGE_DETAILS] = SLICE_INIT("output_tokens_details"),
};

/* input_tokens leaves out what the cache served or stored. */
static void take_usage(struct opening *op, uint32_t node)
{
    static const struct slice names[] = {SLICE_INIT("thinking_tokens")};
    struct tokens *tokens = &op->env->tokens;
    uint32_t use[USAGE_COUNT], thinking;
    int64_t created, got;

    members_find(op->tape, node, usage_names, USAGE_COUNT, use);
    members_find(op->tape, use[USAGE_DETAILS], names, 1, &thinking);
    tokens->output = node_count(op->tape, use[USAGE_OUTPUT], TOKENS_ABSENT);
    tokens->thinking = node_count(op->tape, thinking, TOKENS_ABSENT);
    tokens->cached = node_count(op->tape, use[USAGE_READ], TOKENS_ABSENT);
    tokens->prompt = node_count(op->tape, use[USAGE_INPUT], TOKENS_ABSENT);
    created = node_count(op->tape, use[USAGE_CREATED], 0);
    got = tokens->cached > 0 ? tokens->cached : 0;
    if (tokens->prompt >= 0 && created >= 0 && tokens->prompt < INT64_MAX / 4 &&
        created < INT64_MAX / 4 && got < INT64_MAX / 4)
        tokens->prompt += created + got;
}

/* Thinking, and what the tools of Anthropic's own servers return, is neither
 * text nor a call. */
static void take_block(struct opening *op, struct reply *r, uint32_t node)
{
    static const struct slice names[] = {SLICE_INIT("type"),
                                         SLICE_INIT("text")};
    const struct json_tape *t = op->tape;
    uint32_t of[countof(names)];

    members_find(t, node, names, countof(names), of);
    if (!of[0])
        return;
    if (json_string_is(t, of[0], SLICE("text")))
        reply_text(op, r, of[1]);
    else if (json_string_is(t, of[0], SLICE("tool_use")) ||
             json_string_is(t, of[0], SLICE("server_tool_use")))
        r->tool = true;
}

void anthropic_message(struct opening *op, uint32_t message)
{
    static const struct slice names[] = {SLICE_INIT("explanation"),
                                         SLICE_INIT("category")};
    const struct json_tape *t = op->tape;
    uint32_t of[MESSAGE_COUNT], why[countof(names)], content;
    struct replies rs;
    struct reply *r;

    members_find(t, message, message_names, MESSAGE_COUNT, of);
    members_find(t, of[MESSAGE_STOP_DETAILS], names, countof(names), why);
    content = of[MESSAGE_CONTENT];
    op->env->model = text_of(op, of[MESSAGE_MODEL]);
    op->env->response_id = text_of(op, of[MESSAGE_ID]);
    if (of[MESSAGE_USAGE])
        take_usage(op, of[MESSAGE_USAGE]);
    replies_init(op, &rs, 1);
    r = reply_new(op, &rs, elements_count(t, content));
    if (!r)
        return;
    r->finish = text_of(op, of[MESSAGE_STOP_REASON]);
    r->message = text_of(op, why[0] ? why[0] : why[1]);
    r->wrong = of[MESSAGE_STOP_REASON] ? of[MESSAGE_STOP_REASON] : message;
    for (uint32_t b = element_first(t, content); b;
         b = element_next(t, content, b))
        take_block(op, r, b);
    replies_end(op, &rs);
}

void anthropic_open(struct opening *op)
{
    static const struct slice names[] = {
        SLICE_INIT("type"), SLICE_INIT("message"), SLICE_INIT("error")};
    const struct json_tape *t = op->tape;
    uint32_t of[countof(names)];

    op->env->provider = PROVIDER_ANTHROPIC;
    key_take(op, op->top[TOP_CUSTOM_ID]);
    members_find(t, op->top[TOP_RESULT], names, countof(names), of);
    if (of[0] && json_string_is(t, of[0], SLICE("canceled")))
        line_ends(op, OUTCOME_CANCELED, slice_of(NULL, 0), of[0]);
    else if (of[0] && json_string_is(t, of[0], SLICE("expired")))
        line_ends(op, OUTCOME_EXPIRED, slice_of(NULL, 0), of[0]);
    /* By its members, not by "succeeded": a new type may bring a message. */
    else if (of[1])
        anthropic_message(op, of[1]);
    else if (of[2])
        trouble_take(op, of[2]);
    else
        line_ends(op, OUTCOME_MALFORMED, SLICE("a result of an unknown type"),
                  of[0] ? of[0] : op->top[TOP_RESULT]);
}
