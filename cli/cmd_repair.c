/*
 * cmd_repair.c - `decant repair`: the repair engine as a filter.
 *
 *     file -> texts (the whole of it, or its lines) -> json_repair -> stdout
 *
 * A sound text leaves as it came, byte for byte.  With --lines every input
 * line gives one output line, an empty one when nothing can be made of it.
 */
#include "cli/commands.h"
#include "cli/filter_input.h"
#include "cli/options_common.h"
#include "validate/json/seek.h"
#include "validate/json/write.h"
#include "validate/record/restore.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define EXIT_REPAIRED 3
#define EXIT_IO       74
#define FIELDS_MAX    256
#define SUSPECTS_MAX  1000
#define TEXT_MAX      ((size_t)256 << 20)
/* Bytes of arena per byte of text: the repaired text, its edits and tapes. */
#define ROOM_PER_BYTE 100
#define ROOM_MIN      ((size_t)64 << 20)
#define EXPLAIN_ROOM  256 /* punctuation and names of one edit */
#define ESCAPED       6   /* a byte of text as JSON at most */

struct field_list {
    struct field list[FIELDS_MAX];
    size_t count;
};

struct fields {
    struct common common;
    struct field_list fields;
    bool lines;
    bool explain;
};

/* POINTER=CLASS, one more each time. */
static bool parse_field(const char *text, void *field, struct err *err)
{
    struct field_list *fields = field;
    const char *equals = strrchr(text, '=');
    struct field *out = &fields->list[fields->count];

    if (fields->count == FIELDS_MAX)
        return err_set(err, ERR_USAGE, "more than %d fields", FIELDS_MAX);
    if (!equals || (equals > text && *text != '/') ||
        !field_class_find(slice_of(equals + 1, strlen(equals + 1)),
                          &out->class))
        return err_set(err, ERR_USAGE,
                       "a JSON Pointer and a class are expected, such as "
                       "/steps/*/formula=latex; classes: smiles latex path "
                       "regex code text");
    out->pointer = slice_of(text, (size_t)(equals - text));
    fields->count++;
    return true;
}

#define AT(member) offsetof(struct fields, member)

static const char *const nul_policies[] = {"replace", "reject", "keep", NULL};

static const struct option_row rows[] = {
    {.name = "lines",
     .letter = 'l',
     .kind = OPTION_FLAG,
     .field = AT(lines),
     .help = "every line is a text of its own; output lines stay aligned"},
    {.name = "field",
     .letter = 'f',
     .kind = OPTION_PARSED,
     .field = AT(fields),
     .argument = "POINTER=CLASS",
     .parse = parse_field,
     .help =
         "what the strings there hold: smiles, reaction-smiles, latex, path, "
         "regex, code or text; repeatable, * is any one step"},
    {.name = "repair",
     .kind = OPTION_CHOICE,
     .field = AT(common.repair),
     .argument = "WHAT",
     .choices = common_repairs,
     .help = "all repairs (the default), lossless ones or none"},
    {.name = "explain",
     .kind = OPTION_FLAG,
     .field = AT(explain),
     .help = "one JSON object per text instead: status, json, edits, "
             "suspects"},
    {.name = "on-nul",
     .kind = OPTION_CHOICE,
     .field = AT(common.on_nul),
     .argument = "WHAT",
     .choices = nul_policies,
     .help = "U+0000: keep (the default), replace by U+FFFD or reject"},
    {.name = "on-surrogate",
     .kind = OPTION_CHOICE,
     .field = AT(common.on_surrogate),
     .argument = "WHAT",
     .choices = common_policies,
     .help = "half a surrogate pair: replace by U+FFFD (the default) or "
             "reject"},
};

static const struct command command = {
    .name = "repair",
    .usage = "decant repair [OPTION]... [FILE|-]",
    .summary = "Make sound JSON of almost-JSON; sound JSON passes unchanged.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog = "exit: 0 nothing to repair, 3 repaired, 1 beyond repair "
              "(nothing on stdout,\nan empty line with --lines), 2 usage, 74 "
              "trouble with a file\n",
};

/* --- one text ------------------------------------------------------------- */

struct work {
    const struct fields *set;
    const char *path;
    struct repair_options options;
    struct arena arena;
    struct suspect suspects[SUSPECTS_MAX];
    uint64_t n, repaired, hopeless;
    uint64_t first; /* with --lines: the first hopeless one, and why */
    char why[256];
};

/* Strict JSON holds raw line ends only between tokens. */
static struct slice one_line(struct slice json, struct arena *arena)
{
    struct slice copy;

    if (slice_find(json, '\n') == json.len &&
        slice_find(json, '\r') == json.len)
        return json;
    copy = arena_copy(arena, json);
    for (size_t i = 0; copy.ptr && i < copy.len; i++) {
        char *c = arena->base + (copy.ptr - arena->base) + i;

        if (*c == '\n' || *c == '\r')
            *c = ' ';
    }
    return copy;
}

static void put_edit(struct json_out *out, const struct repair_edit *e)
{
    json_put_open(out, '{');
    json_put_key(out, SLICE("rule"));
    json_put_string(out, repair_key(e->rule));
    json_put_key(out, SLICE("class"));
    json_put_string(out, repair_class_key(e->class));
    json_put_key(out, SLICE("pointer"));
    json_put_string(out, e->pointer);
    json_put_key(out, SLICE("offset"));
    json_put_uint(out, e->at);
    json_put_key(out, SLICE("before"));
    json_put_string(out, e->before);
    json_put_key(out, SLICE("after"));
    json_put_string(out, e->after);
    json_put_close(out, '}');
}

static void put_suspect(struct json_out *out, const struct suspect *s)
{
    json_put_open(out, '{');
    json_put_key(out, SLICE("kind"));
    json_put_string(out, s->kind == SUSPECT_ESCAPE ? SLICE("escape")
                                                   : SLICE("duplicate_key"));
    json_put_key(out, SLICE("pointer"));
    json_put_string(out, s->pointer);
    json_put_key(out, SLICE("offset"));
    json_put_uint(out, s->at);
    json_put_key(out, SLICE("reads"));
    json_put_string(out, s->reads);
    if (s->kind == SUSPECT_ESCAPE) {
        json_put_key(out, SLICE("maybe"));
        json_put_string(out, s->maybe);
    }
    json_put_close(out, '}');
}

static void put_fault(struct json_out *out, const struct verdict *v)
{
    struct slice words = v->detail.len ? v->detail : fault_words(v->fault);

    json_put_key(out, SLICE("fault"));
    json_put_open(out, '{');
    json_put_key(out, SLICE("key"));
    json_put_string(out, fault_key(v->fault));
    json_put_key(out, SLICE("pointer"));
    json_put_string(out, v->where);
    json_put_key(out, SLICE("offset"));
    json_put_uint(out, v->at);
    json_put_key(out, SLICE("message"));
    json_put_string(out, words);
    json_put_close(out, '}');
}

static size_t explain_room(const struct repaired *r,
                           const struct suspects *suspects)
{
    size_t room = 4096 + r->tape.text.len + r->proposal.len;

    for (uint32_t i = 0; i < r->n_edits; i++)
        room += EXPLAIN_ROOM +
                ESCAPED * (r->edits[i].before.len + r->edits[i].after.len +
                           r->edits[i].pointer.len);
    for (size_t i = 0; i < suspects->count; i++)
        room += EXPLAIN_ROOM + ESCAPED * (suspects->list[i].pointer.len +
                                          suspects->list[i].reads.len +
                                          suspects->list[i].maybe.len);
    return room;
}

static bool explain(struct work *w, const struct verdict *v,
                    const struct repaired *r, const struct suspects *suspects,
                    struct err *err)
{
    size_t room = explain_room(r, suspects);
    char *bytes = arena_bytes(&w->arena, room + 1);
    struct slice json =
        v->fault ? r->proposal : one_line(r->tape.text, &w->arena);
    struct json_out out;

    if (!bytes)
        return err_set(err, ERR_MEMORY, "no room for an explanation");
    json_out_init(&out, bytes, room);
    json_put_open(&out, '{');
    json_put_key(&out, SLICE("status"));
    json_put_string(&out, v->fault     ? SLICE("hopeless")
                          : r->n_edits ? SLICE("repaired")
                                       : SLICE("untouched"));
    json_put_key(&out, SLICE("json"));
    if (v->fault)
        json_put_null(&out);
    else
        json_put_raw(&out, json);
    json_put_key(&out, SLICE("edits"));
    json_put_open(&out, '[');
    for (uint32_t i = 0; i < r->n_edits && !v->fault; i++)
        put_edit(&out, &r->edits[i]);
    json_put_close(&out, ']');
    json_put_key(&out, SLICE("suspects"));
    json_put_open(&out, '[');
    for (size_t i = 0; i < suspects->count; i++)
        put_suspect(&out, &suspects->list[i]);
    json_put_close(&out, ']');
    if (v->fault)
        put_fault(&out, v);
    json_put_close(&out, '}');
    DEMAND(!out.full);
    bytes[out.len] = '\n';
    return cli_put(slice_of(bytes, out.len + 1), err);
}

/* What goes out for the text, its line end aside. */
static bool answer(struct work *w, const struct text *t, struct slice json,
                   bool changed, struct err *err)
{
    bool newline = t->newline;

    if (w->set->lines && changed)
        json = one_line(json, &w->arena);
    /* A text that ended in a line end still does. */
    if (!w->set->lines && changed && t->bytes.len &&
        t->bytes.ptr[t->bytes.len - 1] == '\n' && json.len)
        newline = json.ptr[json.len - 1] != '\n';
    return cli_put(json, err) && (!newline || cli_put(SLICE("\n"), err));
}

static bool blank(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr(" \t\r", text.ptr[i]) || !text.ptr[i])
            return false;
    }
    return true;
}

/* An empty arena with room for a text of this length. */
static bool make_room(struct work *w, size_t len, struct err *err)
{
    size_t need = ROOM_PER_BYTE * len + ROOM_MIN;

    if (w->arena.cap < need) {
        arena_close(&w->arena);
        return arena_open(&w->arena, 2 * need, err);
    }
    arena_rewind(&w->arena, 0);
    return true;
}

/* Why nothing goes out, in words; of lines only the first is told, at the
 * end. */
static void hopeless(struct work *w, const struct verdict *v)
{
    struct slice words = v->detail.len ? v->detail : fault_words(v->fault);

    if (w->hopeless++)
        return;
    w->first = w->n;
    snprintf(w->why, sizeof(w->why), "%.*s, at byte %zu", (int)words.len,
             words.ptr, v->at);
}

static void say(const struct work *w)
{
    if (!w->hopeless || w->set->explain)
        return;
    if (!w->set->lines)
        fprintf(stderr, "decant: %s: %s\n", w->path, w->why);
    else
        fprintf(stderr,
                "decant: %s: %" PRIu64 " of %" PRIu64
                " lines beyond repair; the first is line %" PRIu64 ": %s\n",
                w->path, w->hopeless, w->n, w->first, w->why);
}

/* Sound JSON may spell U+0000, which json_repair() leaves to its caller. */
static struct verdict judge(struct work *w, struct slice text,
                            struct repaired *r)
{
    struct verdict v = json_repair(text, &w->options, &w->arena, r);

    if (!v.fault && r->tape.flags & JSON_NUL &&
        w->options.mend.on_nul == MEND_REJECT)
        v = (struct verdict){.fault = FAULT_JSON_NUL,
                             .at = seek_nul_escape(r->tape.text)};
    return v;
}

static bool one(struct work *w, const struct text *t, struct err *err)
{
    /* Nothing is put back when nothing may be repaired. */
    bool none = w->options.mode == REPAIR_MODE_NONE;
    const struct field_table fields = {w->set->fields.list,
                                       none ? 0 : w->set->fields.count};
    struct suspects suspects = {w->suspects, 0, SUSPECTS_MAX};
    struct repaired r = {.edits = NULL};
    struct verdict v = {.fault = FAULT_LINE_OVERSIZE};

    if (!make_room(w, t->bytes.len, err))
        return false;
    w->n++;
    if (w->set->lines && !t->oversize && blank(t->bytes) && !w->set->explain)
        return answer(w, t, t->bytes, false, err);
    if (!t->oversize)
        v = judge(w, t->bytes, &r);
    if (!v.fault && !restore(&r, t->bytes, &fields,
                             w->set->explain ? &suspects : NULL, &w->arena))
        v = (struct verdict){.fault = FAULT_LINE_MEMORY};
    if (v.fault)
        hopeless(w, &v);
    w->repaired += !v.fault && r.n_edits;
    if (w->set->explain && !v.fault && !repair_place(&r, &w->arena))
        v = (struct verdict){.fault = FAULT_LINE_MEMORY};
    if (w->set->explain)
        return explain(w, &v, &r, &suspects, err);
    if (v.fault)
        return !w->set->lines || answer(w, t, slice_of(NULL, 0), false, err);
    return answer(w, t, r.n_edits ? r.tape.text : t->bytes, r.n_edits > 0, err);
}

static bool all(struct work *w, const char *path, struct err *err)
{
    struct texts_form form = {.lines = w->set->lines, .max = TEXT_MAX};
    struct texts texts;
    struct text text;
    bool end = false;

    if (!texts_open(&texts, path, form, err))
        return false;
    while (texts_next(&texts, &text, &end, err)) {
        if (!one(w, &text, err))
            return false;
        if (texts.last && !texts.rest.len)
            end = true;
        if (end)
            break;
    }
    texts_close(&texts);
    return end && cli_flush(err);
}

static int fail(const struct err *err)
{
    int code = cli_fail(err);

    return err->code == ERR_IO ? EXIT_IO : code;
}

int cmd_repair(int argc, char **argv)
{
    static struct fields f = {
        .common = {.repair = REPAIR_MODE_ALL, .on_nul = MEND_KEEP}};
    static struct work w;
    struct operands files = {.count = argc, .words = argv};
    struct err err = {0};

    if (!options_parse(&command, &files, &f, &err))
        return cli_usage("repair", &err);
    if (files.help)
        return cli_help(&command);
    if (files.count > 1) {
        err_set(&err, ERR_USAGE, "one file at a time, or - for stdin");
        return cli_usage("repair", &err);
    }
    w.set = &f;
    w.path = files.count ? files.words[0] : "-";
    w.options = common_repair(&f.common);
    w.options.keep_strings = true;
    w.options.mend.join_several = true;
    if (!all(&w, w.path, &err))
        return fail(&err);
    say(&w);
    return w.hopeless ? EXIT_FAILED : w.repaired ? EXIT_REPAIRED : EXIT_DONE;
}
