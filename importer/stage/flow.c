/*
 * flow.c - see flow.h.
 *
 * A line's answers are tried in order; the first whose payload is sound is
 * the row.  When none is, the first one's verdict is the reject, and what
 * it allocated stays, so that the reject can quote it.
 */
#include "importer/stage/flow.h"

#include "validate/json/write.h"

#define QUOTE_MAX 200 /* bytes of before and after in the fixes */
#define EDIT_ROOM 160 /* punctuation, names and numbers of one edit */

static const struct verdict sound = {.fault = FAULT_NONE};

/* Offset in payload.whole of what lies in the text that was parsed. */
static size_t whole_at(const struct payload *p, size_t at)
{
    if (p->opened)
        return p->edits[p->n_edits - 1].at;
    return (size_t)(p->text.ptr - p->whole.ptr) + at;
}

/* A JSON string with JSON inside is opened, if what is inside can be read;
 * otherwise the string is the payload, as the model wrote it. */
static void look_inside(struct arena *arena, struct judged *out)
{
    size_t mark = arena_mark(arena);
    struct repaired inner;
    struct slice inside;

    if (payload_inside(&out->repaired.tape, arena, &inside) &&
        !json_repair(inside, arena, &inner).fault) {
        payload_open_string(&out->payload, inside);
        out->repaired = inner;
        return;
    }
    arena_rewind(arena, mark);
}

/*
 * Make the payload's text sound JSON, peeling it when it is not.  When the
 * peel finds nothing to take off, the first verdict stands: the second would
 * be the same.
 */
static struct verdict parse(struct arena *arena, struct judged *out)
{
    struct payload *p = &out->payload;
    struct slice tried = p->text;
    struct verdict v = json_repair(tried, arena, &out->repaired);

    if (v.fault && v.fault != FAULT_LINE_MEMORY && !p->peeled) {
        struct verdict peel = payload_peel(p);

        if (peel.fault)
            return peel;
        if (p->text.ptr != tried.ptr || p->text.len != tried.len)
            v = json_repair(p->text, arena, &out->repaired);
    }
    if (v.fault)
        v.at = whole_at(p, v.at);
    else
        look_inside(arena, out);
    return v;
}

/* One answer all the way. */
static struct verdict try_answer(struct flow *flow, const struct answer *a,
                                 struct judged *out)
{
    struct verdict v;

    out->answer = a;
    out->repaired.n_edits = 0;
    out->repaired.mask = 0;
    v = payload_unwrap(&out->env, a, flow->profile->json, flow->arena,
                       &out->payload);
    if (!v.fault && flow->profile->json)
        v = parse(flow->arena, out);
    if (v.fault)
        return v;
    v = record_judge(flow->profile, out->payload.text, &out->repaired,
                     flow->arena, &out->record);
    if (v.fault)
        v.at = whole_at(&out->payload, v.at);
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

static void try_answers(struct flow *flow, struct judged *out)
{
    struct verdict first = sound;
    struct judged kept;
    uint32_t begin = first_answer(flow, &out->env);
    size_t mark = 0;

    for (uint32_t i = begin; i < out->env.n_answers; i++) {
        struct verdict v = try_answer(flow, &out->env.answers[i], out);

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
    out->payload.whole = out->payload.text = slice_of(NULL, 0);
    out->payload.n_edits = 0;
    out->payload.peeled = out->payload.opened = false;
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
        try_answers(flow, out);
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

static void put_edit(struct json_out *json, const struct repair_edit *edit,
                     size_t offset)
{
    json_put_open(json, '{');
    json_put_key(json, SLICE("rule"));
    json_put_string(json, repair_key(edit->rule));
    json_put_key(json, SLICE("class"));
    json_put_string(json, repair_class_key(edit->class));
    json_put_key(json, SLICE("pointer"));
    json_put_string(json, edit->pointer);
    json_put_key(json, SLICE("offset"));
    json_put_uint(json, offset);
    json_put_key(json, SLICE("before"));
    json_put_string(json, quote(edit->before));
    json_put_key(json, SLICE("after"));
    json_put_string(json, quote(edit->after));
    json_put_close(json, '}');
}

struct slice flow_fixes(const struct judged *judged, struct arena *arena)
{
    const struct payload *p = &judged->payload;
    const struct repaired *r = &judged->repaired;
    size_t room = 2, base = p->opened ? 0 : whole_at(p, 0);
    struct json_out json;
    char *bytes;

    if (!p->n_edits && !r->n_edits)
        return slice_of(NULL, 0);
    for (uint32_t i = 0; i < p->n_edits; i++)
        room += edit_room(&p->edits[i]);
    for (uint32_t i = 0; i < r->n_edits; i++)
        room += edit_room(&r->edits[i]);
    bytes = arena_bytes(arena, room);
    if (!bytes)
        return slice_of(NULL, 0);
    json_out_init(&json, bytes, room);
    json_put_open(&json, '[');
    for (uint32_t i = 0; i < p->n_edits; i++)
        put_edit(&json, &p->edits[i], p->edits[i].at);
    for (uint32_t i = 0; i < r->n_edits; i++)
        put_edit(&json, &r->edits[i], base + r->edits[i].at);
    json_put_close(&json, ']');
    DEMAND(!json.full);
    arena_trim(arena, bytes + json.len);
    return json_out_slice(&json);
}

uint64_t flow_fix_mask(const struct judged *judged)
{
    uint64_t mask = judged->repaired.mask;

    for (uint32_t i = 0; i < judged->payload.n_edits; i++)
        mask |= (uint64_t)1 << judged->payload.edits[i].rule;
    return mask;
}
