/*
 * unwrap.c - see unwrap.h.
 *
 * Peeling works inwards on a window of the text: first what stands at its
 * ends (BOM, thinking, channel markers), then the one value is looked for
 * (seek.c), and what is left around it is named fence or prose.
 */
#include "validate/json/unwrap.h"

#include "validate/base/attrs.h"
#include "validate/json/escape.h"

bool unwrap_bare(struct slice text)
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

/* Record that [begin, end) of the whole text goes; white space just goes. */
static void cut(struct unwrapped *u, enum repair_rule rule, size_t begin,
                size_t end)
{
    struct slice gone = slice_of(u->whole.ptr + begin, end - begin);

    if (!seek_trim(gone).len)
        return;
    DEMAND(u->n_edits < UNWRAP_EDITS_MAX);
    u->edits[u->n_edits++] = (struct repair_edit){
        .rule = rule,
        .class = REPAIR_LOSSLESS,
        .pointer = SLICE(""),
        .at = begin,
        .before = gone,
    };
}

static size_t offset_in(const struct unwrapped *u, struct slice part)
{
    return (size_t)(part.ptr - u->whole.ptr);
}

static bool starts(struct slice text, struct slice with)
{
    return slice_eq(slice_take(text, with.len), with);
}

static void drop_bom(struct unwrapped *u)
{
    const struct slice bom = SLICE("\xEF\xBB\xBF");
    struct slice rest = u->text;

    while (starts(rest, bom))
        rest = slice_drop(rest, bom.len);
    cut(u, REPAIR_BOM_REMOVED, offset_in(u, u->text), offset_in(u, rest));
    u->text = seek_trim(rest);
}

/*
 * Thinking comes first: <think>...</think>, more than once at times, or with
 * the opening tag in the prompt, so that only the closing one is here.  A
 * tag that is never closed leaves nothing: what stands behind it is a draft.
 */
static void drop_thinking(struct unwrapped *u)
{
    static const struct slice tags[][2] = {
        {SLICE_INIT("<think>"), SLICE_INIT("</think>")},
        {SLICE_INIT("<thinking>"), SLICE_INIT("</thinking>")},
    };
    struct slice rest = u->text;
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
    if (rest.ptr == u->text.ptr && !seek_json_start(rest)) {
        struct slice left = rest;
        size_t at;

        while ((at = seek_text(left, tags[0][1])) < left.len) {
            left = seek_trim(slice_drop(left, at + tags[0][1].len));
            if (seek_json_start(left) || starts(left, SLICE("```")))
                rest = left;
        }
    }
    cut(u, REPAIR_THINK_REMOVED, offset_in(u, u->text), offset_in(u, rest));
    u->text = rest;
}

/* gpt-oss: "<|channel|>analysis<|message|>...<|channel|>final<|message|>". */
static void drop_channels(struct unwrapped *u)
{
    const struct slice final = SLICE("<|channel|>final");
    const struct slice message = SLICE("<|message|>");
    static const struct slice ends[] = {SLICE_INIT("<|return|>"),
                                        SLICE_INIT("<|end|>")};
    struct slice rest = u->text, left = u->text;
    size_t at, end = offset_in(u, u->text) + u->text.len;

    if (seek_json_start(rest))
        return;
    while ((at = seek_text(left, final)) < left.len) {
        left = slice_drop(left, at + final.len);
        at = seek_text(left, message);
        if (at == left.len)
            break;
        rest = left = slice_drop(left, at + message.len);
    }
    if (rest.ptr == u->text.ptr)
        return;
    cut(u, REPAIR_THINK_REMOVED, offset_in(u, u->text), offset_in(u, rest));
    u->text = seek_trim(rest);
    for (size_t i = 0; i < countof(ends); i++) {
        struct slice n = u->text;

        if (n.len < ends[i].len ||
            !slice_eq(slice_drop(n, n.len - ends[i].len), ends[i]))
            continue;
        cut(u, REPAIR_THINK_REMOVED, offset_in(u, n) + n.len - ends[i].len,
            end);
        u->text = seek_trim(slice_take(n, n.len - ends[i].len));
        return;
    }
}

/* What stands before and behind the value is a fence's line, or prose. */
static void keep_value(struct unwrapped *u, struct slice value)
{
    size_t begin = offset_in(u, u->text), end = begin + u->text.len;
    size_t from = offset_in(u, value), to = from + value.len;
    size_t fence = begin + seek_fence_before(u->text, from - begin);
    size_t close = begin + seek_fence_behind(u->text, to - begin);

    /* Edits stand in the order of the text, but for harmony's end marker. */
    cut(u, REPAIR_PROSE_REMOVED, begin, fence);
    cut(u, REPAIR_FENCE_REMOVED, fence, from);
    cut(u, REPAIR_FENCE_REMOVED, to, close);
    cut(u, REPAIR_PROSE_REMOVED, close, end);
    u->text = value;
}

void unwrap_start(struct slice whole, struct unwrapped *out)
{
    out->whole = whole;
    out->text = seek_trim(whole);
    out->n_edits = 0; /* the rest is written as it is needed */
    drop_bom(out);
    drop_thinking(out);
    drop_channels(out);
}

enum found_what unwrap_value(struct unwrapped *u)
{
    const char *end = u->text.ptr + u->text.len;
    struct found found;

    seek_value(u->text, &found);
    switch (found.what) {
    case FOUND_NONE: break;
    case FOUND_ONE: keep_value(u, found.value); break;
    case FOUND_SEVERAL:
    case FOUND_BROKEN:
        keep_value(u,
                   slice_of(found.first.ptr, (size_t)(end - found.first.ptr)));
    }
    return found.what;
}

void unwrap_part(struct unwrapped *u, size_t at, size_t end)
{
    keep_value(u, slice_of(u->text.ptr + at, end - at));
}

/* What stands at the first place for a value: behind brackets and space. */
static struct slice first_token(struct slice text)
{
    size_t at = 0;

    while (at < text.len && (text.ptr[at] == '[' || text.ptr[at] == '{' ||
                             text.ptr[at] == ' ' || text.ptr[at] == '\t' ||
                             text.ptr[at] == '\r' || text.ptr[at] == '\n'))
        at++;
    return slice_drop(text, at);
}

bool unwrap_escaped(struct slice text)
{
    struct slice token = first_token(text);

    if (!token.len || token.ptr[0] != '\\')
        return false;
    while (starts(token, SLICE("\\n")) || starts(token, SLICE("\\t")) ||
           starts(token, SLICE("\\r")))
        token = first_token(slice_drop(token, 2));
    return starts(token, SLICE("\\\""));
}

bool unwrap_entities(struct slice text)
{
    struct slice token = first_token(text);

    if (!token.len || token.ptr[0] != '&')
        return false;
    return starts(token, SLICE("&quot;")) || starts(token, SLICE("&#34;")) ||
           starts(token, SLICE("&#39;")) || starts(token, SLICE("&apos;"));
}

struct slice unwrap_unescape(struct slice text, struct arena *arena)
{
    const char *p = text.ptr, *end = p + text.len;
    char *bytes = arena_bytes(arena, text.len + 1), *to = bytes;

    while (bytes && p < end) {
        size_t used = 1;

        if (*p == '\\') {
            p += escape_read(p, end, to, &used);
            to += used;
        } else {
            *to++ = *p++;
        }
    }
    return slice_of(bytes, bytes ? (size_t)(to - bytes) : 0);
}

struct slice unwrap_decode(struct slice text, struct arena *arena)
{
    static const struct slice names[][2] = {
        {SLICE_INIT("&quot;"), SLICE_INIT("\"")},
        {SLICE_INIT("&#34;"), SLICE_INIT("\"")},
        {SLICE_INIT("&apos;"), SLICE_INIT("'")},
        {SLICE_INIT("&#39;"), SLICE_INIT("'")},
        {SLICE_INIT("&lt;"), SLICE_INIT("<")},
        {SLICE_INIT("&gt;"), SLICE_INIT(">")},
        {SLICE_INIT("&nbsp;"), SLICE_INIT(" ")},
        {SLICE_INIT("&amp;"), SLICE_INIT("&")},
    };
    char *bytes = arena_bytes(arena, text.len + 1), *to = bytes;

    while (bytes && text.len) {
        size_t i = 0;

        while (i < countof(names) &&
               (*text.ptr != '&' ||
                !slice_eq(slice_take(text, names[i][0].len), names[i][0])))
            i++;
        *to++ = i < countof(names) ? names[i][1].ptr[0] : *text.ptr;
        text = slice_drop(text, i < countof(names) ? names[i][0].len : 1);
    }
    return slice_of(bytes, bytes ? (size_t)(to - bytes) : 0);
}
