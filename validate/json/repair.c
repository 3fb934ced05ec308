/*
 * repair.c - see repair.h.
 *
 * A sound text costs one strict parse.  A damaged one is tried in the order
 * of what is cheap and sure: mended as it stands when it begins and ends
 * like JSON, else with its packaging taken off, else from the first place
 * that looks like JSON.  Each try begins with an empty arena, so only the
 * last one's memory stays.
 */
#include "validate/json/repair.h"

#include "validate/base/utf8.h"
#include "validate/json/check.h"
#include "validate/json/looks.h"
#include "validate/json/text.h"
#include "validate/json/unwrap.h"

#include <stdio.h>

#define LAYERS_MAX 2 /* documents inside documents */

static const struct verdict sound = {.fault = FAULT_NONE};
static const struct verdict no_memory = {.fault = FAULT_LINE_MEMORY};

struct job {
    const struct repair_options *options;
    struct arena *arena;
    struct repaired *out;
    struct unwrapped pack; /* pack.text: what is parsed */
    size_t mark;           /* of the arena, where a try begins */
    unsigned layer;
};

static struct verdict repair_layer(struct slice text,
                                   const struct repair_options *options,
                                   struct arena *arena, struct repaired *out,
                                   unsigned layer);

/* The fault of a text that does not parse; `at` counts in text. */
static struct verdict broken(struct slice text, struct arena *arena)
{
    struct json_error why = json_check(text);
    struct verdict v = {
        .fault = FAULT_JSON_SYNTAX,
        .at = why.at,
        .detail = json_code_words(why.code),
    };

    switch (why.code) {
    case JSON_EMPTY: v.fault = FAULT_REPLY_EMPTY; break;
    case JSON_END: v.fault = FAULT_JSON_TRUNCATED; break;
    case JSON_SURROGATE: v.fault = FAULT_JSON_SURROGATE; break;
    case JSON_TOO_DEEP: v.fault = FAULT_JSON_DEPTH; break;
    case JSON_TOO_LONG:
    case JSON_NO_MEMORY: v.fault = FAULT_LINE_MEMORY; return v;
    default: break;
    }
    v.where = json_locate(text, why.at, arena);
    return v;
}

/* --- the edits of a result ------------------------------------------------ */

/* Where the window begins in the whole text. */
static size_t window_at(const struct job *job)
{
    return (size_t)(job->pack.text.ptr - job->pack.whole.ptr);
}

/* Edits of the packaging that stand before the window. */
static uint32_t n_before(const struct job *job)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < job->pack.n_edits; i++)
        n += job->pack.edits[i].at < window_at(job);
    return n;
}

/* Put e among the last edits of the list, which are in order. */
static void insert(struct repair_edit *list, uint32_t n, struct repair_edit e)
{
    for (; n && list[n - 1].at > e.at; n--)
        list[n] = list[n - 1];
    list[n] = e;
}

/* The packaging's edits around those of the value, in the text's order. */
static bool gather(struct job *job, const struct repair_edit *inner,
                   uint32_t n_inner)
{
    const struct unwrapped *u = &job->pack;
    size_t shift = window_at(job);
    uint32_t n = n_before(job), first = 0, last = n + n_inner;
    struct repair_edit *all = arena_array(
        job->arena, u->n_edits + (size_t)n_inner + 1, struct repair_edit);

    if (!all)
        return false;
    for (uint32_t i = 0; i < n_inner; i++) {
        all[n + i] = inner[i];
        all[n + i].at += shift;
    }
    for (uint32_t i = 0; i < u->n_edits; i++) {
        if (u->edits[i].at < shift)
            insert(all, first++, u->edits[i]);
        else
            insert(all + n + n_inner, last++ - n - n_inner, u->edits[i]);
    }
    job->out->edits = all;
    job->out->n_edits = last;
    return true;
}

static void classify(struct repaired *r)
{
    r->mask = 0;
    r->class = REPAIR_LOSSLESS;
    for (uint32_t i = 0; i < r->n_edits; i++) {
        r->mask |= (uint64_t)1 << r->edits[i].rule;
        if (r->edits[i].class == REPAIR_GUESS || r->class == REPAIR_LOSSLESS)
            r->class = r->edits[i].class;
    }
}

/* The first guess is what the text is rejected for. */
static struct verdict guessed(struct job *job)
{
    struct repaired *r = job->out;
    struct verdict v = {.fault = FAULT_JSON_SYNTAX};
    const struct repair_edit *edit = r->edits;

    if (!repair_place(r, job->arena))
        return no_memory;
    while (edit->class != REPAIR_GUESS)
        edit++;
    v.at = edit->at;
    v.where = edit->pointer;
    v.detail = repair_guess_words(edit->rule);
    r->proposal = r->tape.text;
    if (r->truncated) {
        v.fault = FAULT_JSON_TRUNCATED;
        v.detail = repair_guess_words(REPAIR_TRUNCATED);
        v.where = r->stop;
        v.at = job->pack.whole.len;
    } else if (r->several) {
        v.fault = FAULT_JSON_SEVERAL;
        v.detail = repair_guess_words(REPAIR_SEVERAL_DROPPED);
        v.at = r->second;
    }
    return v;
}

/* The tape stands; settle what the edits amount to. */
static struct verdict settle(struct job *job)
{
    classify(job->out);
    if (job->out->class == REPAIR_GUESS &&
        job->options->mode != REPAIR_MODE_ALL)
        return guessed(job);
    return sound;
}

/* --- one try -------------------------------------------------------------- */

/* A raw quote, which a document escaped as a whole has none of. */
static bool raw_quote(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            return true;
    }
    return false;
}

/*
 * The text at hand is another text in disguise: repair that one.  The edits
 * so far are followed by one that puts the other text in the place of this
 * one, and those by the other text's own.
 */
static struct verdict undress(struct job *job, enum repair_rule rule,
                              struct slice inside)
{
    struct repair_options options = *job->options;
    struct repaired outer = *job->out, inner;
    struct repair_edit *edits;
    struct verdict v;
    size_t n = outer.n_edits;

    if (!inside.ptr)
        return no_memory;
    options.mode = REPAIR_MODE_ALL;
    v = repair_layer(inside, &options, job->arena, &inner, job->layer + 1);
    if (v.fault) {
        v.at = window_at(job);
        return v;
    }
    edits = arena_array(job->arena, n + 1 + inner.n_edits, struct repair_edit);
    if (!edits)
        return no_memory;
    if (n)
        memcpy(edits, outer.edits, n * sizeof(*edits));
    edits[n] = (struct repair_edit){.rule = rule,
                                    .class = repair_rule_class[rule],
                                    .at = window_at(job),
                                    .before = job->pack.text,
                                    .after = inside,
                                    .pointer = SLICE("")};
    if (rule == REPAIR_TEXT_UNESCAPED && raw_quote(job->pack.text))
        edits[n].class = REPAIR_GUESS;
    if (inner.n_edits)
        memcpy(edits + n + 1, inner.edits, inner.n_edits * sizeof(*edits));
    for (size_t i = 0; i < n; i++) /* what was mended was one string */
        edits[i].pointer = SLICE("");
    inner.n_edits += (uint32_t)n + 1;
    inner.edits = edits;
    *job->out = inner;
    return settle(job);
}

/* The window is sound as it stands. */
static struct verdict take_sound(struct job *job)
{
    struct repaired *r = job->out;

    if (!job->pack.n_edits) {
        r->n_edits = 0;
    } else if (!gather(job, NULL, 0)) {
        return no_memory;
    }
    return settle(job);
}

static struct verdict refused(struct job *job, const struct mended *mended)
{
    struct verdict v = {.fault = mended->fault, .at = mended->at};

    if (v.fault == FAULT_JSON_SYNTAX || v.fault == FAULT_JSON_TRUNCATED)
        v = broken(job->pack.text, job->arena);
    else
        v.where = json_locate(job->pack.text, v.at, job->arena);
    v.at += window_at(job);
    return v;
}

static size_t node_end(const struct json_tape *t, uint32_t node)
{
    return (size_t)t->nodes[node].at + t->nodes[node].len;
}

/* pointer + "/" + index */
static struct slice step_into(struct slice pointer, uint32_t index,
                              struct arena *arena)
{
    char *bytes = arena_bytes(arena, pointer.len + 12);
    int n;

    if (!bytes)
        return pointer;
    memcpy(bytes, pointer.ptr, pointer.len);
    n = snprintf(bytes + pointer.len, 12, "/%u", (unsigned)index);
    return slice_of(bytes, pointer.len + (size_t)n);
}

/*
 * Where a truncated text stopped, told from what was closed: the value whose
 * last byte is the last one kept, or in an array the element that would
 * have come next.  The edit's own pointer is the container.
 */
static struct slice stop_of(struct job *job, const struct repair_edit *edit)
{
    const struct json_tape *t = &job->out->tape;
    size_t at = (size_t)(edit->after.ptr - t->text.ptr);
    uint32_t node = 0, last = 0, n;

    if (!edit->after.len || *edit->after.ptr == '"')
        return edit->pointer;
    for (;; node = last) {
        n = 0;
        for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c)) {
            last = c + ((t->nodes[c].flags & JSON_KEY) != 0);
            n++;
        }
        if (!n || t->nodes[last].kind < JSON_ARRAY || node_end(t, last) <= at)
            break;
    }
    if (t->nodes[node].kind == JSON_ARRAY) {
        bool within = n && node_end(t, last) == at && !edit->before.len &&
                      t->nodes[last].kind == JSON_NUMBER;

        return step_into(edit->pointer, within ? n - 1 : n, job->arena);
    }
    if (n && node_end(t, last) == at && t->nodes[last].kind <= JSON_NUMBER)
        return json_locate(job->pack.text, job->pack.text.len, job->arena);
    return edit->pointer;
}

/* Mend the window; a fault when that cannot be done. */
static struct verdict try_mend(struct job *job)
{
    struct repaired *r = job->out;
    struct mended mended;
    uint32_t last;

    arena_rewind(job->arena, job->mark);
    *r = (struct repaired){.edits = NULL};
    if (job->layer < LAYERS_MAX &&
        (unwrap_escaped(job->pack.text) || unwrap_entities(job->pack.text))) {
        bool escaped = unwrap_escaped(job->pack.text);

        if (!gather(job, NULL, 0))
            return no_memory;
        return undress(job,
                       escaped ? REPAIR_TEXT_UNESCAPED : REPAIR_TEXT_ENTITIES,
                       escaped ? unwrap_unescape(job->pack.text, job->arena)
                               : unwrap_decode(job->pack.text, job->arena));
    }
    switch (mend(job->pack.text, &job->options->mend, job->arena, &mended)) {
    case MEND_NO_MEMORY: return no_memory;
    case MEND_REFUSED: return refused(job, &mended);
    case MEND_DONE: break;
    }
    switch (json_tape_try(mended.json, job->arena, &r->tape)) {
    case JSON_TRY_SOUND: break;
    case JSON_TRY_BROKEN:
        arena_rewind(job->arena, job->mark);
        mended.fault = FAULT_JSON_SYNTAX;
        return refused(job, &mended);
    default: return no_memory;
    }
    r->truncated = mended.truncated;
    r->several = mended.several;
    r->second = mended.second + window_at(job);
    if (job->pack.n_edits || window_at(job)) {
        if (!gather(job, mended.edits, mended.n_edits))
            return no_memory;
    } else {
        r->edits = mended.edits;
        r->n_edits = mended.n_edits;
    }
    if (mended.truncated && mended.n_edits) {
        last = n_before(job) + mended.n_edits - 1;
        if (!repair_place_some(r, last, last + 1, job->arena))
            return no_memory;
        r->stop = stop_of(job, &r->edits[last]);
    }
    return settle(job);
}

/* --- the order of tries --------------------------------------------------- */

/*
 * The usual case without a search: the first bracket of the text begins an
 * object with a name.  True when that settled it; else nothing has happened.
 */
static bool try_quickly(struct job *job, struct verdict *v)
{
    struct unwrapped *u = &job->pack;
    struct slice before = u->text;
    uint32_t n_before = u->n_edits;
    size_t at = 0, next, end = u->text.len;

    while (at < end && u->text.ptr[at] != '{' && u->text.ptr[at] != '[')
        at++;
    next = at + 1;
    while (next < end && looks_blank(u->text.ptr[next]))
        next++;
    if (next >= end || u->text.ptr[at] != '{' || u->text.ptr[next] != '"')
        return false;
    while (end > at && u->text.ptr[end - 1] != '}' &&
           u->text.ptr[end - 1] != ']' && u->text.ptr[end - 1] != '[')
        end--;
    *job->out = (struct repaired){.edits = NULL};
    if (end > at && u->text.ptr[end - 1] == '}') {
        unwrap_part(u, at, end);
        switch (json_tape_try(u->text, job->arena, &job->out->tape)) {
        case JSON_TRY_SOUND: *v = take_sound(job); return true;
        case JSON_TRY_BROKEN: break;
        default: *v = no_memory; return true;
        }
        u->text = before;
        u->n_edits = n_before;
    }
    unwrap_part(u, at, u->text.len);
    *v = try_mend(job);
    if (!v->fault || v->fault == FAULT_LINE_MEMORY || job->out->proposal.ptr)
        return true;
    u->text = before;
    u->n_edits = n_before;
    return false;
}

/*
 * Is what would be cut off around the window no prose, but more of the same
 * JSON?  {"a":{"b":1}},"c":2} closes too early; "a":{"b":1} never opened.
 */
static bool torn_out(const struct job *job)
{
    const struct unwrapped *u = &job->pack;
    struct slice before = seek_trim(slice_take(u->whole, window_at(job)));
    struct slice behind =
        seek_trim(slice_drop(u->whole, window_at(job) + u->text.len));
    char last = before.len ? before.ptr[before.len - 1] : '\0';
    char next = behind.len ? behind.ptr[0] : '\0';

    if ((next == '}' || next == ']') && (last == ':' || last == ','))
        return true;
    while (behind.len && (behind.ptr[0] == '}' || behind.ptr[0] == ']'))
        behind = seek_trim(slice_drop(behind, 1));
    if (behind.len && behind.ptr[0] == ',') {
        behind = seek_trim(slice_drop(behind, 1));
        return behind.len && (behind.ptr[0] == '"' || behind.ptr[0] == '\'');
    }
    return last == ':' && before.ptr[0] == '"';
}

/* Take the packaging off and try what is in it. */
static struct verdict try_window(struct job *job)
{
    struct unwrapped *u = &job->pack;
    struct verdict quick;
    enum found_what what;
    size_t at;

    arena_rewind(job->arena, job->mark);
    unwrap_start(u->whole, u);
    if (try_quickly(job, &quick))
        return quick;
    what = unwrap_value(u);
    if (what == FOUND_NONE) {
        at = seek_loose(u->text);
        if (at == u->text.len)
            return (struct verdict){.fault = FAULT_PAYLOAD_NOT_JSON,
                                    .at = window_at(job)};
        unwrap_part(u, at, u->text.len);
    }
    if (what == FOUND_ONE) {
        *job->out = (struct repaired){.edits = NULL};
        switch (json_tape_try(u->text, job->arena, &job->out->tape)) {
        case JSON_TRY_SOUND: return take_sound(job);
        case JSON_TRY_BROKEN: break;
        default: return no_memory;
        }
    }
    return try_mend(job);
}

static struct verdict try_inside(struct job *job)
{
    struct verdict v = try_window(job);

    if (v.fault || !torn_out(job))
        return v;
    arena_rewind(job->arena, job->mark);
    *job->out = (struct repaired){.edits = NULL};
    return (struct verdict){.fault = FAULT_JSON_SYNTAX,
                            .at = window_at(job) + job->pack.text.len,
                            .detail = SLICE("more JSON stands outside")};
}

/* Is one of the edits from number `first` on a guess? */
static bool guesses(const struct repaired *r, uint32_t first)
{
    for (; first < r->n_edits; first++) {
        if (r->edits[first].class == REPAIR_GUESS)
            return true;
    }
    return false;
}

/* The value is a string with JSON in it: take that, if it can be read. */
static struct verdict look_inside(struct job *job)
{
    struct repaired outer = *job->out;
    size_t mark = arena_mark(job->arena);
    struct slice inside;
    struct verdict v;

    inside = json_string(&outer.tape, 0, job->arena);
    if (!inside.ptr)
        return no_memory;
    if (!seek_json_start(seek_trim(inside)))
        return sound;
    /* What takes guessing is a text that only begins like JSON. */
    v = undress(job, REPAIR_STRING_OPENED, inside);
    if (v.fault == FAULT_LINE_MEMORY || (job->out->n_edits > outer.n_edits &&
                                         !guesses(job->out, outer.n_edits + 1)))
        return v;
    arena_rewind(job->arena, mark);
    *job->out = outer;
    return sound;
}

static struct verdict try_all(struct job *job)
{
    struct unwrapped *u = &job->pack;
    struct slice whole = u->whole;
    struct verdict v = {.fault = FAULT_PAYLOAD_NOT_JSON}, inside;

    if (job->options->mode == REPAIR_MODE_NONE && !job->out->tape.nodes)
        return broken(whole, job->arena);
    unwrap_start(whole, u);
    if (!u->text.len)
        return (struct verdict){.fault = FAULT_PAYLOAD_NOT_JSON};
    if (looks_like_json(u->text) || looks_like_word(u->text)) {
        if (!u->n_edits)
            u->text = whole;
        v = try_mend(job);
        if (!v.fault || v.fault == FAULT_LINE_MEMORY || job->out->proposal.ptr)
            return v;
    }
    inside = try_inside(job);
    /* The first try knows better why, when nothing else was found. */
    return inside.fault == FAULT_PAYLOAD_NOT_JSON &&
                   seek_json_start(seek_trim(whole))
               ? v
               : inside;
}

/* Member by member: a store each is faster than a loop over all bytes. */
static inline void clear(struct repaired *r)
{
    r->tape.text = slice_of(NULL, 0);
    r->tape.nodes = NULL;
    r->tape.n_nodes = r->tape.flags = 0;
    r->edits = NULL;
    r->n_edits = 0;
    r->mask = 0;
    r->class = REPAIR_LOSSLESS;
    r->truncated = r->several = false;
    r->second = 0;
    r->stop = r->proposal = slice_of(NULL, 0);
}

/* A sound text costs one strict parse and little else: nothing is prepared
 * for the other case before. */
static struct verdict repair_layer(struct slice text,
                                   const struct repair_options *options,
                                   struct arena *arena, struct repaired *out,
                                   unsigned layer)
{
    struct job job;
    struct verdict v = sound;
    bool taken = false;

    /* Both ends are looked at first; let a cold text come at once. */
    __builtin_prefetch(text.ptr + text.len);
    clear(out);
    if (!seek_trim(text).len)
        return (struct verdict){.fault = FAULT_REPLY_EMPTY,
                                .detail = json_code_words(JSON_EMPTY)};
    job.options = options;
    job.arena = arena;
    job.out = out;
    job.pack.whole = job.pack.text = text;
    job.pack.n_edits = 0;
    job.mark = arena_mark(arena);
    job.layer = layer;
    if (looks_sound(text)) {
        switch (json_tape_try(text, arena, &out->tape)) {
        case JSON_TRY_SOUND:
            taken = !(out->tape.flags & JSON_NUL) ||
                    options->mend.on_nul != MEND_REPLACE;
            break;
        case JSON_TRY_BROKEN: break;
        default: return no_memory;
        }
    }
    if (!taken)
        v = try_all(&job);
    if (!v.fault && !options->keep_strings && layer <= LAYERS_MAX &&
        json_is(&out->tape, 0, JSON_STRING))
        v = look_inside(&job);
    return v;
}

struct verdict json_repair(struct slice text,
                           const struct repair_options *options,
                           struct arena *arena, struct repaired *out)
{
    return repair_layer(text, options, arena, out, 0);
}
