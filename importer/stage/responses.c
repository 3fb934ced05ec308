/* responses.c - see responses.h. */
#include "importer/stage/responses.h"

enum item { ITEM_TYPE, ITEM_CONTENT, ITEM_STATUS, ITEM_COUNT };

static const struct slice item_names[ITEM_COUNT] = {
    [ITEM_TYPE] = SLICE_INIT("type"),
    [ITEM_CONTENT] = SLICE_INIT("content"),
    [ITEM_STATUS] = SLICE_INIT("status"),
};

static bool says(const struct json_tape *t, uint32_t node, struct slice text)
{
    return node && json_string_is(t, node, text);
}

/* The items that ask for something to be run all end in "_call". */
static bool is_call(const struct json_tape *t, uint32_t type)
{
    struct slice word = json_inner(t, type), end = SLICE("_call");

    return word.len > end.len &&
           slice_eq(slice_drop(word, word.len - end.len), end);
}

/* A refusal beside text refuses the item. */
static void take_content(struct opening *op, struct reply *r, uint32_t node)
{
    static const struct slice names[] = {SLICE_INIT("type"), SLICE_INIT("text"),
                                         SLICE_INIT("refusal")};
    const struct json_tape *t = op->tape;
    uint32_t of[countof(names)];

    members_find(t, node, names, countof(names), of);
    if (says(t, of[0], SLICE("output_text"))) {
        reply_text(op, r, of[1]);
    } else if (says(t, of[0], SLICE("refusal"))) {
        r->refused = true;
        r->message = text_of(op, of[2]);
    }
}

/* What the whole response says about its end. */
struct ending {
    struct slice word; /* "completed", or why it is incomplete */
    uint32_t wrong;
};

static struct ending ending_of(struct opening *op,
                               const struct response *response)
{
    static const struct slice names[] = {SLICE_INIT("reason")};
    uint32_t reason;

    members_find(op->tape, response->incomplete, names, 1, &reason);
    if (!reason)
        reason = response->status;
    return (struct ending){text_of(op, reason), reason};
}

static void take_message(struct opening *op, struct replies *rs,
                         const uint32_t *item, const struct ending *end)
{
    const struct json_tape *t = op->tape;
    uint32_t content = item[ITEM_CONTENT];
    struct reply *r = reply_new(op, rs, elements_count(t, content));

    if (!r)
        return;
    r->finish = end->word;
    r->wrong = end->wrong;
    /* Items that were finished before the limit struck are whole. */
    if (says(t, item[ITEM_STATUS], SLICE("incomplete")) &&
        slice_eq(end->word, SLICE("completed")))
        r->finish = SLICE("incomplete");
    else if (says(t, item[ITEM_STATUS], SLICE("completed")) &&
             slice_eq(end->word, SLICE("max_output_tokens")))
        r->finish = SLICE("completed");
    for (uint32_t c = element_first(t, content); c;
         c = element_next(t, content, c))
        take_content(op, r, c);
}

/* The text of all items, as the last answer. */
static void join_answers(struct opening *op, const struct replies *rs,
                         const struct ending *end)
{
    struct envelope *env = op->env;
    uint32_t n = 0, *parts;

    for (uint32_t i = 0; i < rs->n; i++)
        n += rs->list[i].n_parts;
    parts = arena_new(op->arena, n, uint32_t);
    if (!parts) {
        op->full = true;
        return;
    }
    n = 0;
    for (uint32_t i = 0; i < rs->n; i++) {
        const struct reply *r = &rs->list[i];

        for (uint32_t p = 0; p < r->n_parts; p++)
            parts[n++] = r->parts[p];
    }
    env->answers[env->n_answers++] = (struct answer){
        .parts = parts,
        .n_parts = n,
        .finish = end->word,
        .outcome = slice_eq(end->word, SLICE("completed")) ? OUTCOME_OK
                                                           : OUTCOME_TRUNCATED,
        .whole = true,
    };
}

/* Reasoning, and calls that ran on the provider's servers and were answered,
 * do not count when a message is there. */
static void take_item(struct opening *op, struct replies *rs, uint32_t item,
                      const struct ending *end, bool *tool)
{
    uint32_t of[ITEM_COUNT];

    members_find(op->tape, item, item_names, ITEM_COUNT, of);
    if (!node_text(op->tape, of[ITEM_TYPE]))
        return;
    if (says(op->tape, of[ITEM_TYPE], SLICE("message")))
        take_message(op, rs, of, end);
    else if (says(op->tape, of[ITEM_TYPE], SLICE("image_generation_call")))
        op->env->media = true;
    else
        *tool |= is_call(op->tape, of[ITEM_TYPE]);
}

void responses_take(struct opening *op, const struct response *response)
{
    const struct json_tape *t = op->tape;
    struct ending end = ending_of(op, response);
    uint32_t output = response->output;
    struct replies rs;
    bool tool = false;
    struct reply *r;

    replies_init(op, &rs, elements_count(t, output) + 1);
    for (uint32_t e = element_first(t, output); e && !op->full;
         e = element_next(t, output, e))
        take_item(op, &rs, e, &end, &tool);
    if (op->full)
        return;
    if (says(t, end.wrong, SLICE("cancelled"))) {
        line_ends(op, OUTCOME_CANCELED, slice_of(NULL, 0), end.wrong);
        return;
    }
    /* No message at all: one reply stands for what else there was. */
    if (rs.n == 0) {
        r = reply_new(op, &rs, 0);
        if (!r)
            return;
        r->finish = end.word;
        r->wrong = end.wrong ? end.wrong : output;
        r->tool = tool;
    }
    for (uint32_t i = 0; i < rs.n; i++)
        rs.list[i].tool |= tool;
    replies_end(op, &rs);
    if (!op->full && op->env->n_answers > 1)
        join_answers(op, &rs, &end);
}
