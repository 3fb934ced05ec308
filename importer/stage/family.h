/*
 * family.h - how the envelope's families work together.
 *
 *     envelope.c: which family?  ->  family: *_open(op)  ->  op->env
 *
 * envelope.c has looked up the members of the line and of its "response"
 * once; a family reads on from there, with the three tools all share:
 * replies (reply.c), errors (trouble.c) and vectors (embedding.c).  Nothing
 * here fails: a full arena latches op->full, looked at once, at the end.
 */
#ifndef DECANT_STAGE_FAMILY_H
#define DECANT_STAGE_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/stage/envelope.h"
#include "importer/stage/member.h"
#include "validate/base/arena.h"
#include "validate/base/slice.h"

/* Members of a line that tell its shape; the bit numbers of shapes[]. */
enum top {
    TOP_CUSTOM_ID,
    TOP_KEY,
    TOP_RESPONSE,
    TOP_ERROR,
    TOP_ID,
    TOP_RESULT,
    TOP_STATUS,
    TOP_REQUEST,
    TOP_METADATA,
    TOP_RECORD_ID,
    TOP_MODEL_INPUT,
    TOP_MODEL_OUTPUT,
    TOP_BATCH_REQUEST_ID,
    TOP_BATCH_RESULT,
    TOP_PROCESSED_TIME,
    TOP_METHOD,
    TOP_URL,
    TOP_BODY,
    TOP_PARAMS,
    TOP_TYPE,
    TOP_BATCH_REQUEST,
    TOP_NAME,
    TOP_DONE,
    TOP_STATE,
    TOP_INPUT_FILE_ID,
    TOP_INPUT_FILES,
    TOP_PROCESSING_STATUS,
    TOP_TOTAL_RECORD_COUNT,
    TOP_RESULTS,
    TOP_RESPONSES,
    TOP_DATA,
    TOP_OPERATIONS,
    TOP_CANDIDATES,
    TOP_CHOICES,
    TOP_COUNT
};

/* Members of a line's "response". */
enum resp {
    RESP_STATUS_CODE,
    RESP_BODY,
    RESP_REQUEST_ID,
    RESP_CANDIDATES,
    RESP_USAGE,
    RESP_MODEL_VERSION,
    RESP_RESPONSE_ID,
    RESP_FEEDBACK,
    RESP_EMBEDDING,
    RESP_TOKEN_COUNT,
    RESP_ERROR,
    RESP_CHOICES,
    RESP_OUTPUT,
    RESP_DATA,
    RESP_COUNT
};

/* One line while it is being opened. */
struct opening {
    const struct json_tape *tape;
    struct arena *arena;
    struct envelope *env;
    uint32_t top[TOP_COUNT];
    uint32_t resp[RESP_COUNT];
    uint32_t wrong; /* the node a reject points at, or JSON_NONE */
    bool full;      /* the arena was too small: line.memory */
};

/* The families. Each sets env's provider, key, outcome and answers. */
void gemini_open(struct opening *op);
void vertex_open(struct opening *op);
void openai_open(struct opening *op);
void anthropic_open(struct opening *op);
void xai_open(struct opening *op);
void bedrock_open(struct opening *op);
void lone_error_open(struct opening *op); /* an error and nothing else */

/* A completion, a response or embeddings as the OpenAI API returns them. */
void openai_body(struct opening *op, uint32_t body);
/* A message as the Anthropic API returns it. */
void anthropic_message(struct opening *op, uint32_t message);

/* Tools that the families share. */

/* A string unescaped, a number as written; empty for null and nothing. */
struct slice text_of(struct opening *op, uint32_t node);

/* The key of the line; JSON_NONE leaves the line without one. */
void key_take(struct opening *op, uint32_t node);

/* The line ends like this and holds no answer. */
void line_ends(struct opening *op, enum outcome outcome, struct slice message,
               uint32_t wrong);

/* trouble.c: the line ends with the error at `node`: an object, free text,
 * or text with JSON in it.  env->http_status, when set, decides first. */
void trouble_take(struct opening *op, uint32_t node);

/* embedding.c: n vectors, each an array or base64 of float32, as JSON. */
void embedding_take(struct opening *op, const uint32_t *vectors, uint32_t n);

/* reply.c: the candidates of a line. */
#define REPLY_SORT_MAX 64 /* more candidates stay in the order they came */

struct reply {
    uint32_t *parts; /* string nodes with text, in order */
    uint32_t n_parts;
    int64_t index;        /* candidates are tried in this order */
    struct slice finish;  /* the provider's word */
    struct slice message; /* its explanation, or a refusal's text */
    uint32_t wrong;       /* the node that explains a missing answer */
    bool refused;         /* whatever the finish reason says */
    bool tool;            /* tool calls came */
};

struct replies {
    struct reply *list;
    uint32_t n;
    uint32_t room;
};

/* Room for so many replies; with none, the reply functions do nothing. */
void replies_init(struct opening *op, struct replies *rs, uint32_t room);

/* A new reply with room for so many parts; NULL when the arena is full. */
struct reply *reply_new(struct opening *op, struct replies *rs, uint32_t parts);

/* Another string of the answer's text; no text in it is fine. */
void reply_text(struct opening *op, struct reply *r, uint32_t node);

/* All replies are there: fill env's answers and outcome. */
void replies_end(struct opening *op, struct replies *rs);

#endif
