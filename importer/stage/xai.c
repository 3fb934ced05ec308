/* xai.c - items of xAI's batch results, one per line. */
#include "importer/stage/family.h"

void xai_open(struct opening *op)
{
    static const struct slice result_names[] = {SLICE_INIT("response"),
                                                SLICE_INIT("error")};
    static const struct slice names[] = {SLICE_INIT("chat_get_completion"),
                                         SLICE_INIT("responses")};
    uint32_t result[countof(result_names)], of[countof(names)];

    op->env->provider = PROVIDER_XAI;
    key_take(op, op->top[TOP_BATCH_REQUEST_ID]);
    members_find(op->tape, op->top[TOP_BATCH_RESULT], result_names,
                 countof(result_names), result);
    members_find(op->tape, result[0], names, countof(names), of);
    if (of[0] || of[1])
        openai_body(op, of[0] ? of[0] : of[1]);
    else if (result[1])
        trouble_take(op, result[1]);
    else
        line_ends(op, OUTCOME_MALFORMED, SLICE("no response and no error"),
                  op->top[TOP_BATCH_RESULT]);
}
