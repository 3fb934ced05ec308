/*
 * payload.c - see payload.h.
 *
 * Joining is cheap: one part without escapes is lent from the line, others
 * are unescaped behind one another.  Peeling works inwards on a window of
 * the text: first what stands at its ends (BOM, thinking, channel markers),
 * then the one value is looked for (seek.c), and what is left around it is
 * named fence or prose.
 */
#include "importer/stage/payload.h"

#include "validate/json/seek.h"
#include "validate/json/check.h"
#include "validate/json/text.h"

static struct verdict fault_at(enum fault fault, size_t at)
{
    return (struct verdict){.fault = fault, .at = at};
}

/* All parts unescaped into one text; {NULL, 0} when the arena is full. */
static struct slice join(const struct json_tape *t, const struct answer *a,
                         struct arena *arena)
{
    size_t room = JSON_PAD, len = 0;
    char *bytes;

    if (a->n_parts == 1 && !(t->nodes[a->parts[0]].flags & JSON_ESCAPED))
        return json_inner(t, a->parts[0]);
    for (uint32_t i = 0; i < a->n_parts; i++)
        room += t->nodes[a->parts[i]].len;
    bytes = arena_bytes(arena, room);
    if (!bytes)
        return slice_of(NULL, 0);
    for (uint32_t i = 0; i < a->n_parts; i++)
        len += json_unescape(json_inner(t, a->parts[i]), bytes + len);
    arena_trim(arena, bytes + len);
    return slice_of(bytes, len);
}

/* Could the text be one JSON value? Decided by its two ends. */
static bool bare(struct slice text)
{
    char first, last;

    text = seek_trim(text);
    if (!text.len)
        return false;
    first = text.ptr[0];
    last = text.ptr[text.len - 1];
    switch (first) {
    case '{': return last == '}';
    case '[': return last == ']';
    case '"': return last == '"' && text.len > 1;
    case 't':
    case 'f':
    case 'n': return text.len <= 5 && last >= 'e' && last <= 'l';
    default:
        return (first == '-' || (first >= '0' && first <= '9')) &&
               last >= '0' && last <= '9' && slice_find(text, ' ') == text.len;
    }
}

struct verdict payload_unwrap(const struct envelope *env,
                              const struct answer *answer, bool want_json,
                              struct arena *arena, struct payload *out)
{
    out->n_edits = 0;
    out->peeled = out->opened = false;
    out->whole =
        answer->json.ptr ? answer->json : join(&env->tape, answer, arena);
    out->text = out->whole;
    if (!out->whole.ptr)
        return fault_at(FAULT_LINE_MEMORY, 0);
    if (!seek_trim(out->whole).len)
        return fault_at(FAULT_REPLY_EMPTY, 0);
    if (want_json && !answer->json.ptr && !bare(out->whole))
        return payload_peel(out);
    return fault_at(FAULT_NONE, 0);
}

/* Record that [begin, end) of the whole text goes; white space just goes. */
static void cut(struct payload *p, enum repair_rule rule, size_t begin,
                size_t end)
{
    struct slice gone = slice_of(p->whole.ptr + begin, end - begin);

    if (!seek_trim(gone).len)
        return;
    DEMAND(p->n_edits < PAYLOAD_EDITS_MAX);
    p->edits[p->n_edits++] = (struct repair_edit){
        .rule = rule,
        .class = REPAIR_LOSSLESS,
        .at = begin,
        .before = gone,
    };
}

static size_t offset_in(const struct payload *p, struct slice part)
{
    return (size_t)(part.ptr - p->whole.ptr);
}

static bool starts(struct slice text, struct slice with)
{
    return slice_eq(slice_take(text, with.len), with);
}

static void drop_bom(struct payload *p)
{
    const struct slice bom = SLICE("\xEF\xBB\xBF");
    struct slice rest = p->text;

    while (starts(rest, bom))
        rest = slice_drop(rest, bom.len);
    cut(p, REPAIR_BOM_REMOVED, offset_in(p, p->text), offset_in(p, rest));
    p->text = seek_trim(rest);
}

/*
 * Thinking comes first: <think>...</think>, more than once at times, or with
 * the opening tag in the prompt, so that only the closing one is here.  A
 * tag that is never closed leaves nothing: what stands behind it is a draft.
 */
static void drop_thinking(struct payload *p)
{
    static const struct slice tags[][2] = {
        {SLICE_INIT("<think>"), SLICE_INIT("</think>")},
        {SLICE_INIT("<thinking>"), SLICE_INIT("</thinking>")},
    };
    struct slice rest = p->text;
    bool again = true;

    while (again) {
        again = false;
        for (size_t i = 0; i < countof(tags); i++) {
            if (!starts(rest, tags[i][0]))
                continue;
            rest = slice_drop(rest, seek_text(rest, tags[i][1]));
            rest = seek_trim(slice_drop(rest, tags[i][1].len));
            again = true;
        }
    }
    if (rest.ptr == p->text.ptr && !seek_json_start(rest)) {
        struct slice left = rest;
        size_t at;

        while ((at = seek_text(left, tags[0][1])) < left.len) {
            left = seek_trim(slice_drop(left, at + tags[0][1].len));
            if (seek_json_start(left) || starts(left, SLICE("```")))
                rest = left;
        }
    }
    cut(p, REPAIR_THINK_REMOVED, offset_in(p, p->text), offset_in(p, rest));
    p->text = rest;
}

/* gpt-oss: "<|channel|>analysis<|message|>...<|channel|>final<|message|>". */
static void drop_channels(struct payload *p)
{
    const struct slice final = SLICE("<|channel|>final");
    const struct slice message = SLICE("<|message|>");
    static const struct slice ends[] = {SLICE_INIT("<|return|>"),
                                        SLICE_INIT("<|end|>")};
    struct slice rest = p->text, left = p->text;
    size_t at, end = offset_in(p, p->text) + p->text.len;

    if (seek_json_start(rest))
        return;
    while ((at = seek_text(left, final)) < left.len) {
        left = slice_drop(left, at + final.len);
        at = seek_text(left, message);
        if (at == left.len)
            break;
        rest = left = slice_drop(left, at + message.len);
    }
    if (rest.ptr == p->text.ptr)
        return;
    cut(p, REPAIR_THINK_REMOVED, offset_in(p, p->text), offset_in(p, rest));
    p->text = seek_trim(rest);
    for (size_t i = 0; i < countof(ends); i++) {
        struct slice n = p->text;

        if (n.len < ends[i].len ||
            !slice_eq(slice_drop(n, n.len - ends[i].len), ends[i]))
            continue;
        cut(p, REPAIR_THINK_REMOVED, offset_in(p, n) + n.len - ends[i].len,
            end);
        p->text = seek_trim(slice_take(n, n.len - ends[i].len));
        return;
    }
}

/* What stands before and behind the value is a fence's line, or prose. */
static void keep_value(struct payload *p, struct slice value)
{
    size_t begin = offset_in(p, p->text), end = begin + p->text.len;
    size_t from = offset_in(p, value), to = from + value.len;
    size_t fence = begin + seek_fence_before(p->text, from - begin);
    size_t close = begin + seek_fence_behind(p->text, to - begin);

    /* Edits stand in the order of the text, but for harmony's end marker. */
    cut(p, REPAIR_PROSE_REMOVED, begin, fence);
    cut(p, REPAIR_FENCE_REMOVED, fence, from);
    cut(p, REPAIR_FENCE_REMOVED, to, close);
    cut(p, REPAIR_PROSE_REMOVED, close, end);
    p->text = value;
}

struct verdict payload_peel(struct payload *p)
{
    struct found found;

    p->n_edits = 0;
    p->peeled = true;
    p->text = seek_trim(p->whole);
    drop_bom(p);
    drop_thinking(p);
    drop_channels(p);
    seek_value(p->text, &found);
    switch (found.what) {
    case FOUND_NONE:
        return fault_at(FAULT_PAYLOAD_NOT_JSON, offset_in(p, p->text));
    case FOUND_SEVERAL:
        return fault_at(FAULT_JSON_SEVERAL, offset_in(p, found.value));
    case FOUND_ONE:
    case FOUND_BROKEN: break;
    }
    /* Nothing but white space around it: that is JSON as it stands. */
    if (!p->n_edits && found.value.ptr == p->text.ptr &&
        found.value.len == p->text.len)
        p->text = p->whole;
    else
        keep_value(p, found.value);
    return fault_at(FAULT_NONE, 0);
}

bool payload_inside(const struct json_tape *tape, struct arena *arena,
                    struct slice *out)
{
    if (!json_is(tape, 0, JSON_STRING))
        return false;
    *out = json_string(tape, 0, arena);
    return out->ptr && seek_json_start(seek_trim(*out));
}

void payload_open_string(struct payload *p, struct slice inside)
{
    DEMAND(p->n_edits < PAYLOAD_EDITS_MAX);
    p->edits[p->n_edits++] = (struct repair_edit){
        .rule = REPAIR_STRING_OPENED,
        .class = REPAIR_LOSSLESS,
        .at = offset_in(p, p->text),
        .before = p->text,
        .after = inside,
    };
    p->text = inside;
    p->opened = true;
}
