/*
 * flow.c - see flow.h.
 *
 * A line's answers are tried in order; the first whose payload is sound is
 * the row.  When none is, the first one's verdict is the reject, and what
 * it allocated stays, so that the reject can quote it.
 */
#include "importer/stage/flow.h"

#include "validate/json/write.h"
#include "validate/record/rewrite.h"

#define QUOTE_MAX 200 /* bytes of before and after in the fixes */
#define EDIT_ROOM 160 /* punctuation, names and numbers of one edit */

static const struct verdict sound = {.fault = FAULT_NONE};

/* A place in the sound JSON as one in the payload. */
static size_t whole_at(const struct judged *j, size_t at)
{
    struct slice whole = j->payload.whole;
    struct origin origin = {.r = &j->repaired, .whole = whole};

    at = origin_of(&origin, at);
    return at < whole.len ? at : whole.len;
}

static int64_t known(int64_t count)
{
    return count >= 0 ? count : RECORD_ABSENT;
}

/* What columns can take from the line around the answer at hand. */
static void describe(const struct flow *flow, const struct line *line,
                     const struct judged *j, struct record_line *out)
{
    const struct envelope *env = &j->env;

    *out = (struct record_line){
        .key = env->keyed ? env->key : slice_of(NULL, 0),
        .provider = provider_key(env->provider),
        .model = env->model,
        .response_id = env->response_id,
        .outcome = outcome_key(j->answer->outcome),
        .finish_reason = j->answer->finish,
        .source = flow->source,
        .offset = (int64_t)line->offset,
        .attempt = FIRST_ATTEMPT,
        .http_status = env->http_status ? env->http_status : RECORD_ABSENT,
        .prompt_tokens = known(env->tokens.prompt),
        .cached_tokens = known(env->tokens.cached),
        .output_tokens = known(env->tokens.output),
        .thinking_tokens = known(env->tokens.thinking),
    };
}

/* One answer all the way. */
static struct verdict try_answer(struct flow *flow, const struct line *line,
                                 const struct answer *a, struct judged *out)
{
    struct payload *p = &out->payload;
    struct record_line about;
    struct verdict v;

    out->answer = a;
    out->repaired = (struct repaired){.edits = NULL};
    v = payload_unwrap(&out->env, a, flow->arena, p);
    if (!v.fault && flow->profile->json)
        v = json_repair(p->whole, &flow->repair, flow->arena, &out->repaired);
    if (v.fault)
        return v;
    if (!repair_place(&out->repaired, flow->arena))
        return (struct verdict){.fault = FAULT_LINE_MEMORY};
    describe(flow, line, out, &about);
    v = record_judge(
        flow->profile,
        &(struct record_input){.text = p->whole,
                               .sound = &out->repaired,
                               .line = &about,
                               .as_is = flow->repair.mode == REPAIR_MODE_NONE},
        flow->arena, &out->record);
    if (v.fault && flow->profile->json)
        v.at = whole_at(out, v.at);
    return v;
}

/* Where to begin: plain text is taken joined, not item by item. */
static uint32_t first_answer(const struct flow *flow,
                             const struct envelope *env)
{
    uint32_t last = env->n_answers - 1;

    return !flow->profile->json && env->answers[last].whole ? last : 0;
}

static void reject(struct judged *out, struct verdict v)
{
    out->kind = JUDGED_REJECT;
    out->verdict = v;
    out->in_payload = out->answer != NULL && v.fault != FAULT_LINE_MEMORY;
    if (v.fault != FAULT_REPLY_EMPTY || !out->answer)
        return;
    /* White space only: the line ends as one without any text does. */
    if (out->answer->outcome == OUTCOME_OK)
        out->env.outcome = OUTCOME_EMPTY;
    out->env.finish = out->answer->finish;
    out->answer = NULL;
    out->in_payload = false;
    out->verdict.at = 0;
}

static void try_answers(struct flow *flow, const struct line *line,
                        struct judged *out)
{
    struct verdict first = sound;
    struct judged kept;
    uint32_t begin = first_answer(flow, &out->env);
    size_t mark = 0;

    for (uint32_t i = begin; i < out->env.n_answers; i++) {
        struct verdict v = try_answer(flow, line, &out->env.answers[i], out);

        if (!v.fault) {
            out->kind = JUDGED_ROW;
            out->env.outcome = out->answer->outcome;
            out->env.finish = out->answer->finish;
            return;
        }
        if (i > begin) {
            arena_rewind(flow->arena, mark);
            continue;
        }
        first = v;
        mark = arena_mark(flow->arena);
        if (out->env.n_answers - begin > 1)
            kept = *out;
    }
    if (out->env.n_answers - begin > 1)
        *out = kept;
    reject(out, first);
}

struct slice flow_message(const struct judged *judged)
{
    const struct verdict *why = &judged->verdict;

    if (judged->env.message.len && !judged->in_payload)
        return judged->env.message;
    return why->detail.len ? why->detail : fault_words(why->fault);
}

void flow_judge(struct flow *flow, const struct line *line, struct judged *out)
{
    struct verdict v;

    arena_rewind(flow->arena, 0);
    out->answer = NULL;
    out->payload.whole = slice_of(NULL, 0);
    out->repaired = (struct repaired){.edits = NULL};
    out->record = (struct record){.json = {NULL, 0}};
    out->verdict = sound;
    out->in_payload = false;
    out->env = (struct envelope){
        .outcome = OUTCOME_MALFORMED,
        .tokens = {TOKENS_ABSENT, TOKENS_ABSENT, TOKENS_ABSENT, TOKENS_ABSENT},
    };
    if (line_blank(line)) {
        out->kind = JUDGED_BLANK;
        return;
    }
    if (line->oversize) {
        reject(out, (struct verdict){.fault = FAULT_LINE_OVERSIZE});
        return;
    }
    v = envelope_open(line, flow->arena, &out->env);
    if (v.fault)
        reject(out, v);
    else
        try_answers(flow, line, out);
}

/* Long quotes would make the audit trail larger than the reply; the cut is
 * where a character begins. */
static struct slice quote(struct slice text)
{
    size_t len = QUOTE_MAX;

    if (text.len <= len)
        return text;
    while (len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
        len--;
    return slice_take(text, len);
}

static size_t edit_room(const struct repair_edit *edit)
{
    return EDIT_ROOM + 6 * (quote(edit->before).len + quote(edit->after).len +
                            edit->pointer.len);
}

static void put_edit(struct json_out *json, const struct repair_edit *edit)
{
    json_put_open(json, '{');
    json_put_key(json, SLICE("rule"));
    json_put_string(json, repair_key(edit->rule));
    json_put_key(json, SLICE("class"));
    json_put_string(json, repair_class_key(edit->class));
    json_put_key(json, SLICE("pointer"));
    json_put_string(json, edit->pointer);
    json_put_key(json, SLICE("offset"));
    json_put_uint(json, edit->at);
    json_put_key(json, SLICE("before"));
    json_put_string(json, quote(edit->before));
    json_put_key(json, SLICE("after"));
    json_put_string(json, quote(edit->after));
    json_put_close(json, '}');
}

struct slice flow_fixes(const struct judged *judged, struct arena *arena)
{
    const struct repaired *r = &judged->repaired;
    size_t room = 2;
    struct json_out json;
    char *bytes;

    if (!r->n_edits)
        return slice_of(NULL, 0);
    for (uint32_t i = 0; i < r->n_edits; i++)
        room += edit_room(&r->edits[i]);
    bytes = arena_bytes(arena, room);
    if (!bytes)
        return slice_of(NULL, 0);
    json_out_init(&json, bytes, room);
    json_put_open(&json, '[');
    for (uint32_t i = 0; i < r->n_edits; i++)
        put_edit(&json, &r->edits[i]);
    json_put_close(&json, ']');
    DEMAND(!json.full);
    arena_trim(arena, bytes + json.len);
    return json_out_slice(&json);
}

uint64_t flow_fix_mask(const struct judged *judged)
{
    return judged->repaired.mask;
}
