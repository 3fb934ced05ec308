/* verdicts.c - see verdicts.h. */
#include "importer/run/verdicts.h"

#include "importer/stage/place.h"
#include "validate/json/write.h"

#include <errno.h>
#include <string.h>

#define ESCAPED    6 /* a byte becomes at most \u00XX */
#define ROOM_SLACK ((size_t)64 << 10)
#define SHOWN_MAX  60  /* bytes of an edit's text */
#define WORDS_MAX  600 /* bytes of a reject's words; they come shorter */

static bool put(FILE *f, struct slice bytes, struct err *err)
{
    return fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len ||
           err_set(err, ERR_IO, "write: %s", strerror(errno));
}

static bool full(struct err *err)
{
    return err_set(err, ERR_MEMORY, "a line's report does not fit");
}

static void member(struct json_out *out, struct slice key, struct slice text)
{
    json_put_key(out, key);
    json_put_string(out, text);
}

static void put_reject(struct json_out *out, const struct verdict_line *v)
{
    const struct judged *j = v->judged;
    const struct verdict *why = &j->verdict;
    struct slice text = j->in_payload ? j->payload.whole : v->line->text;

    json_put_open(out, '{');
    member(out, SLICE("path"), slice_of(v->path, strlen(v->path)));
    json_put_key(out, SLICE("line"));
    json_put_uint(out, v->number);
    json_put_key(out, SLICE("offset"));
    json_put_uint(out, v->line->offset);
    json_put_key(out, SLICE("length"));
    json_put_uint(out, v->line->length);
    json_put_key(out, SLICE("key"));
    if (j->env.keyed)
        json_put_string(out, j->env.key);
    else
        json_put_null(out);
    member(out, SLICE("provider"), provider_key(j->env.provider));
    member(out, SLICE("outcome"), outcome_key(j->env.outcome));
    member(out, SLICE("fault"), fault_key(why->fault));
    json_put_key(out, SLICE("pointer"));
    if (why->where.ptr)
        json_put_string(out, why->where);
    else
        json_put_null(out);
    json_put_key(out, SLICE("at"));
    json_put_uint(out, place_in_line(j));
    member(out, SLICE("message"), flow_message(j));
    member(out, SLICE("excerpt"), place_excerpt(text, why->at, v->scratch));
    member(out, SLICE("raw"), slice_take(v->line->text, VERDICT_RAW_MAX));
    json_put_close(out, '}');
}

bool verdict_reject(FILE *f, const struct verdict_line *v, struct err *err)
{
    const struct judged *j = v->judged;
    size_t mark = arena_mark(v->scratch);
    size_t room =
        ROOM_SLACK + ESCAPED * (strlen(v->path) + j->env.key.len +
                                flow_message(j).len + j->verdict.where.len);
    struct json_out out;
    char *bytes;
    bool ok;

    room += ESCAPED * slice_take(v->line->text, VERDICT_RAW_MAX).len;
    bytes = arena_bytes(v->scratch, room);
    if (!bytes)
        return full(err);
    json_out_init(&out, bytes, room - 1);
    put_reject(&out, v);
    if (out.full)
        return full(err);
    bytes[out.len++] = '\n';
    ok = put(f, json_out_slice(&out), err);
    arena_rewind(v->scratch, mark);
    return ok;
}

/* Strict JSON holds raw line ends only between tokens. */
static void one_line(char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r')
            bytes[i] = ' ';
    }
}

bool verdict_clean(FILE *f, const struct verdict_line *v, struct err *err)
{
    const struct record *record = &v->judged->record;
    size_t mark = arena_mark(v->scratch), len = record->json.len;
    bool ok;
    char *bytes;

    if (record->json.len) {
        bytes = arena_bytes(v->scratch, len + 1);
        if (!bytes)
            return full(err);
        memcpy(bytes, record->json.ptr, len);
        one_line(bytes, len);
    } else {
        size_t room = ROOM_SLACK + ESCAPED * record->text.len;
        struct json_out out;

        bytes = arena_bytes(v->scratch, room);
        if (!bytes)
            return full(err);
        json_out_init(&out, bytes, room - 1);
        json_put_string(&out, record->text);
        if (out.full)
            return full(err);
        len = out.len;
    }
    bytes[len] = '\n';
    ok = put(f, slice_of(bytes, len + 1), err);
    arena_rewind(v->scratch, mark);
    return ok;
}

/* --- for people ----------------------------------------------------------*/

static void put_key(FILE *f, const struct verdict_line *v)
{
    struct slice key = slice_take(v->judged->env.key, SHOWN_MAX);

    fprintf(f, "%s:%llu: ", v->path, (unsigned long long)v->number);
    key = place_shown(key, v->scratch);
    if (key.len)
        fprintf(f, "%.*s: ", (int)key.len, key.ptr);
}

static void explain_edit(FILE *f, const struct verdict_line *v,
                         const struct repair_edit *e)
{
    size_t mark = arena_mark(v->scratch);
    struct slice rule = repair_key(e->rule), words = repair_words(e->rule);
    struct slice before, after;

    put_key(f, v);
    before = place_shown(slice_take(e->before, SHOWN_MAX), v->scratch);
    after = place_shown(slice_take(e->after, SHOWN_MAX), v->scratch);
    fprintf(f, "%.*s (%.*s) at byte %zu of the reply", (int)rule.len, rule.ptr,
            (int)words.len, words.ptr, e->at);
    if (e->pointer.len)
        fprintf(f, ", %.*s", (int)e->pointer.len, e->pointer.ptr);
    fprintf(f, ": `%.*s` -> `%.*s`\n", (int)before.len, before.ptr,
            (int)after.len, after.ptr);
    arena_rewind(v->scratch, mark);
}

static void explain_reject(FILE *f, const struct verdict_line *v)
{
    size_t mark = arena_mark(v->scratch);
    struct slice key = fault_key(v->judged->verdict.fault);
    struct slice words = slice_take(flow_message(v->judged), WORDS_MAX);
    struct slice where = slice_take(v->judged->verdict.where, WORDS_MAX);

    put_key(f, v);
    words = place_shown(words, v->scratch);
    where = place_shown(where, v->scratch);
    fprintf(f, "%.*s: %.*s, at byte %zu of the line%s%.*s\n", (int)key.len,
            key.ptr, (int)words.len, words.ptr, place_in_line(v->judged),
            where.len ? ", " : "", (int)where.len, where.ptr);
    arena_rewind(v->scratch, mark);
}

bool verdict_explain(FILE *f, const struct verdict_line *v, struct err *err)
{
    const struct judged *j = v->judged;

    if (j->kind == JUDGED_REJECT)
        explain_reject(f, v);
    /* Of a reject: what it would take. */
    if (j->kind != JUDGED_REJECT || j->repaired.proposal.ptr) {
        for (uint32_t i = 0; i < j->repaired.n_edits; i++)
            explain_edit(f, v, &j->repaired.edits[i]);
    }
    return !ferror(f) || err_set(err, ERR_IO, "write: %s", strerror(errno));
}
