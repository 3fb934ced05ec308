/*
 * bedrock.c - records of Amazon Bedrock's batch inference.
 *
 * modelOutput is whatever the invoked model returns, so its shape is told
 * from its members: Anthropic, Converse (Nova), Titan, Llama, Mistral, an
 * OpenAI-like completion, or an embedding.
 */
#include "importer/stage/family.h"

enum model_output {
    OUT_CONTENT,
    OUT_OUTPUT,
    OUT_RESULTS,
    OUT_GENERATION,
    OUT_OUTPUTS,
    OUT_CHOICES,
    OUT_EMBEDDING,
    OUT_STOP_REASON,
    OUT_CONVERSE_STOP,
    OUT_USAGE,
    OUT_INPUT_COUNT,
    OUT_PROMPT_COUNT,
    OUT_GENERATION_COUNT,
    OUT_COUNT
};

static const struct slice output_names[OUT_COUNT] = {
    [OUT_CONTENT] = SLICE_INIT("content"),
    [OUT_OUTPUT] = SLICE_INIT("output"),
    [OUT_RESULTS] = SLICE_INIT("results"),
    [OUT_GENERATION] = SLICE_INIT("generation"),
    [OUT_OUTPUTS] = SLICE_INIT("outputs"),
    [OUT_CHOICES] = SLICE_INIT("choices"),
    [OUT_EMBEDDING] = SLICE_INIT("embedding"),
    [OUT_STOP_REASON] = SLICE_INIT("stop_reason"),
    [OUT_CONVERSE_STOP] = SLICE_INIT("stopReason"),
    [OUT_USAGE] = SLICE_INIT("usage"),
    [OUT_INPUT_COUNT] = SLICE_INIT("inputTextTokenCount"),
    [OUT_PROMPT_COUNT] = SLICE_INIT("prompt_token_count"),
    [OUT_GENERATION_COUNT] = SLICE_INIT("generation_token_count"),
};

/* A record's model is known to the job, not to the line, unless the model
 * says its own name.  Converse: output.message.content[] with one member per block. */
static void take_block(struct opening *op, struct reply *r, uint32_t node)
{
    static const struct slice names[] = {
        SLICE_INIT("text"), SLICE_INIT("toolUse"), SLICE_INIT("image"),
        SLICE_INIT("video")};
    uint32_t of[countof(names)];

    members_find(op->tape, node, names, countof(names), of);
    reply_text(op, r, of[0]);
    r->tool |= of[1] != JSON_NONE;
    op->env->media |= of[2] || of[3];
}

static void converse_usage(struct opening *op, uint32_t node)
{
    static const struct slice names[] = {SLICE_INIT("inputTokens"),
                                         SLICE_INIT("outputTokens"),
                                         SLICE_INIT("cacheReadInputTokens"),
                                         SLICE_INIT("cacheWriteInputTokens")};
    struct tokens *tokens = &op->env->tokens;
    uint32_t of[countof(names)];
    int64_t read, written;

    members_find(op->tape, node, names, countof(names), of);
    tokens->prompt = node_count(op->tape, of[0], TOKENS_ABSENT);
    tokens->output = node_count(op->tape, of[1], TOKENS_ABSENT);
    tokens->cached = node_count(op->tape, of[2], TOKENS_ABSENT);
    read = tokens->cached > 0 ? tokens->cached : 0;
    written = node_count(op->tape, of[3], 0);
    if (tokens->prompt >= 0 && written >= 0 && tokens->prompt < INT64_MAX / 4 &&
        read < INT64_MAX / 4 && written < INT64_MAX / 4)
        tokens->prompt += read + written;
}

static void converse_open(struct opening *op, const uint32_t *out)
{
    static const struct slice message_name[] = {SLICE_INIT("message")};
    static const struct slice content_name[] = {SLICE_INIT("content")};
    const struct json_tape *t = op->tape;
    uint32_t message, content;
    struct replies rs;
    struct reply *r;

    members_find(t, out[OUT_OUTPUT], message_name, 1, &message);
    members_find(t, message, content_name, 1, &content);
    if (out[OUT_USAGE])
        converse_usage(op, out[OUT_USAGE]);
    replies_init(op, &rs, 1);
    r = reply_new(op, &rs, elements_count(t, content));
    if (!r)
        return;
    r->finish = text_of(op, out[OUT_CONVERSE_STOP]);
    r->wrong =
        out[OUT_CONVERSE_STOP] ? out[OUT_CONVERSE_STOP] : out[OUT_OUTPUT];
    for (uint32_t b = element_first(t, content); b;
         b = element_next(t, content, b))
        take_block(op, r, b);
    replies_end(op, &rs);
}

/* Titan's results[] and Mistral's outputs[]: a text and a reason each. */
static void list_open(struct opening *op, uint32_t list)
{
    static const struct slice names[] = {
        SLICE_INIT("outputText"), SLICE_INIT("text"),
        SLICE_INIT("completionReason"), SLICE_INIT("stop_reason"),
        SLICE_INIT("tokenCount")};
    const struct json_tape *t = op->tape;
    int64_t counted = 0;
    struct replies rs;

    replies_init(op, &rs, elements_count(t, list));
    for (uint32_t e = element_first(t, list); e && !op->full;
         e = element_next(t, list, e)) {
        uint32_t of[countof(names)];
        struct reply *r = reply_new(op, &rs, 1);
        int64_t n;

        if (!r)
            return;
        members_find(t, e, names, countof(names), of);
        reply_text(op, r, of[0] ? of[0] : of[1]);
        r->finish = text_of(op, of[2] ? of[2] : of[3]);
        r->wrong = e;
        n = node_count(t, of[4], TOKENS_ABSENT);
        if (n >= 0 && n < INT64_MAX - counted) {
            counted += n;
            op->env->tokens.output = counted;
        }
    }
    replies_end(op, &rs);
}

/* Llama's native format: one text, with its counts beside it. */
static void llama_open(struct opening *op, const uint32_t *out)
{
    struct replies rs;
    struct reply *r;

    op->env->tokens.output =
        node_count(op->tape, out[OUT_GENERATION_COUNT], TOKENS_ABSENT);
    replies_init(op, &rs, 1);
    r = reply_new(op, &rs, 1);
    if (!r)
        return;
    r->finish = text_of(op, out[OUT_STOP_REASON]);
    r->wrong = out[OUT_GENERATION];
    reply_text(op, r, out[OUT_GENERATION]);
    replies_end(op, &rs);
}

/* The order matters: Converse and Anthropic outputs share `usage`, and a
 * completion may have an `output`, too. */
static void take_output(struct opening *op, uint32_t node)
{
    uint32_t out[OUT_COUNT];

    members_find(op->tape, node, output_names, OUT_COUNT, out);
    op->env->tokens.prompt = node_count(
        op->tape,
        out[OUT_INPUT_COUNT] ? out[OUT_INPUT_COUNT] : out[OUT_PROMPT_COUNT],
        TOKENS_ABSENT);
    if (out[OUT_CONTENT])
        anthropic_message(op, node);
    else if (out[OUT_CHOICES])
        openai_body(op, node);
    else if (out[OUT_OUTPUT])
        converse_open(op, out);
    else if (out[OUT_RESULTS] || out[OUT_OUTPUTS])
        list_open(op, out[OUT_RESULTS] ? out[OUT_RESULTS] : out[OUT_OUTPUTS]);
    else if (out[OUT_GENERATION])
        llama_open(op, out);
    else if (out[OUT_EMBEDDING])
        embedding_take(op, &out[OUT_EMBEDDING], 1);
    else
        line_ends(op, OUTCOME_MALFORMED,
                  SLICE("a modelOutput of no known shape"), node);
}

void bedrock_open(struct opening *op)
{
    op->env->provider = PROVIDER_BEDROCK;
    key_take(op, op->top[TOP_RECORD_ID]);
    if (op->top[TOP_MODEL_OUTPUT])
        take_output(op, op->top[TOP_MODEL_OUTPUT]);
    else
        trouble_take(op, op->top[TOP_ERROR]);
}
