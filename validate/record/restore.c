/*
 * restore.c - see restore.h.
 *
 * Per string, decided from that string alone.  How its writer treats
 * backslashes shows in it: an escape that JSON does not know (repair has
 * doubled it) was a single backslash, so others are, too: RAW.  A doubled
 * one was escaped with care: ESCAPED, its \n is a line end.  A SMILES is
 * decided as a whole, see smiles_escape.h.
 */
#include "validate/record/restore.h"

#include "validate/record/latex.h"
#include "validate/record/rewrite.h"
#include "validate/record/smiles_escape.h"

#define WORD_MIN 4 /* letters that make prose of a formula */

static const struct slice class_names[] = {
    [FIELD_NONE] = SLICE_INIT(""),
    [FIELD_SMILES] = SLICE_INIT("smiles"),
    [FIELD_REACTION_SMILES] = SLICE_INIT("reaction-smiles"),
    [FIELD_LATEX] = SLICE_INIT("latex"),
    [FIELD_PATH] = SLICE_INIT("path"),
    [FIELD_REGEX] = SLICE_INIT("regex"),
    [FIELD_CODE] = SLICE_INIT("code"),
    [FIELD_TEXT] = SLICE_INIT("text"),
};

bool field_class_find(struct slice name, enum field_class *out)
{
    for (size_t i = FIELD_SMILES; i < countof(class_names); i++) {
        if (slice_eq(class_names[i], name)) {
            *out = (enum field_class)i;
            return true;
        }
    }
    return false;
}

struct slice field_class_name(enum field_class class)
{
    DEMAND((unsigned)class < FIELD_CLASS_COUNT);
    return class_names[class];
}

/* --- one string ----------------------------------------------------------- */

struct string {
    struct slice body; /* between the quotes, escaped */
    size_t at;         /* of body in the tape's text */
    bool single;       /* a single backslash was doubled by repair */
    bool paired;       /* a pair of backslashes came as one */
    bool math;         /* the byte at hand is inside $...$ or \(...\) */
    bool formula;      /* no prose around the commands */
    const struct repair_edit *edit, *end; /* those of this string */
};

struct work {
    struct repaired *r;
    struct origin origin;
    const struct field_table *fields;
    struct suspects *suspects;
    struct arena *arena;
    struct control_escape *places; /* what is restored, in order */
    size_t n_places, max_places;
    uint32_t edit; /* the next edit that lies in a string not seen yet */
    bool full;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The escapes that stand for a control character. */
static bool is_control_escape(char c)
{
    return c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't';
}

/* The edit of this string that wrote the byte at `at`, or NULL. */
static const struct repair_edit *wrote(const struct work *w,
                                       const struct string *s, size_t at)
{
    for (const struct repair_edit *e = s->edit; e < s->end; e++) {
        size_t from = (size_t)(e->after.ptr - w->r->tape.text.ptr);

        if (from <= at && at < from + e->after.len)
            return e;
    }
    return NULL;
}

/* Words of prose outside braces, commands aside? */
static bool is_formula(struct slice body)
{
    size_t at = 0, depth = 0, len;

    while (at < body.len) {
        char c = body.ptr[at];

        if (c == '\\') {
            at += at + 1 < body.len && body.ptr[at + 1] == '\\' ? 2 : 1;
            for (len = 0; at < body.len && is_letter(body.ptr[at]); len++)
                at++;
            at += !len;
            continue;
        }
        depth += c == '{';
        depth -= c == '}' && depth;
        for (len = 0; at < body.len && is_letter(body.ptr[at]); len++)
            at++;
        if (len >= WORD_MIN && !depth)
            return false;
        at += !len;
    }
    return true;
}

/* How the string treats its backslashes. */
static void look(const struct work *w, struct string *s)
{
    const struct repair_edit *e = s->edit;

    for (size_t at = 0; at + 1 < s->body.len; at++) {
        if (s->body.ptr[at] != '\\')
            continue;
        while (e < s->end &&
               (size_t)(e->after.ptr - w->r->tape.text.ptr) < s->at + at)
            e++;
        if (s->body.ptr[at + 1] == '\\') {
            bool ours =
                e < s->end && e->rule == REPAIR_ESCAPE_DOUBLED &&
                (size_t)(e->after.ptr - w->r->tape.text.ptr) == s->at + at;

            s->single |= ours;
            s->paired |= !ours;
        }
        at++;
    }
    s->formula = is_formula(s->body);
}

/* --- what a class says about one escape ----------------------------------- */

enum reading { READ_AS_IS, READ_SUSPECT, READ_RESTORED };

static enum reading read_latex(const struct string *s, size_t at)
{
    char c = s->body.ptr[at + 1];
    struct slice name = slice_drop(s->body, at + 1);
    size_t len = latex_name(name);

    if (c == 'b' || c == 'f') /* no text holds such a character */
        return is_letter(s->body.len > at + 2 ? s->body.ptr[at + 2] : ' ')
                   ? READ_RESTORED
                   : READ_SUSPECT;
    if (!len)
        return READ_AS_IS;
    if (s->single && !s->paired)
        return READ_RESTORED;
    if (s->paired && !s->math)
        return READ_SUSPECT;
    if (!latex_ambiguous(slice_take(name, len)) || s->math || s->formula)
        return READ_RESTORED;
    return READ_SUSPECT;
}

static enum reading read_path(const struct string *s, size_t at)
{
    /* A line end behind a path that is escaped with care is one. */
    if (at + 2 == s->body.len && s->paired)
        return READ_SUSPECT;
    return READ_RESTORED;
}

static enum reading read_regex(const struct string *s, size_t at)
{
    /* \n and \t mean the same either way; \b is a word's edge. */
    return s->body.ptr[at + 1] == 'b' ? READ_RESTORED : READ_AS_IS;
}

static enum reading read_undeclared(const struct string *s, size_t at)
{
    enum reading reading = read_latex(s, at);

    return reading == READ_AS_IS || s->paired ? READ_AS_IS : READ_SUSPECT;
}

static enum reading read_plain(const struct string *s, size_t at)
{
    (void)s;
    (void)at;
    return READ_AS_IS;
}

static enum reading (*const readers[FIELD_CLASS_COUNT])(const struct string *,
                                                        size_t) = {
    [FIELD_NONE] = read_undeclared, [FIELD_LATEX] = read_latex,
    [FIELD_PATH] = read_path,       [FIELD_REGEX] = read_regex,
    [FIELD_CODE] = read_plain,      [FIELD_TEXT] = read_plain,
};

/* --- suspects and places -------------------------------------------------- */

static void add_suspect(struct work *w, enum suspect_kind kind,
                        struct slice pointer, size_t at, struct slice reads)
{
    struct suspects *list = w->suspects;
    struct suspect *out;

    if (!list || list->count == list->cap)
        return;
    out = &list->list[list->count++];
    *out = (struct suspect){
        .kind = kind,
        .pointer = arena_copy(w->arena, pointer),
        .at = origin_of(&w->origin, at),
        .reads = reads,
    };
    w->full |= !out->pointer.ptr;
    if (kind == SUSPECT_ESCAPE) {
        char *maybe = arena_bytes(w->arena, reads.len + 1);

        w->full |= !maybe;
        if (!maybe)
            return;
        maybe[0] = '\\';
        memcpy(maybe + 1, reads.ptr, reads.len);
        out->maybe = slice_of(maybe, reads.len + 1);
    }
}

/* Two backslashes and the letter: a constant. */
static struct slice restored_as(char letter)
{
    return letter == 'b'   ? SLICE("\\\\b")
           : letter == 'f' ? SLICE("\\\\f")
           : letter == 'n' ? SLICE("\\\\n")
           : letter == 'r' ? SLICE("\\\\r")
                           : SLICE("\\\\t");
}

static void put_back(struct work *w, struct control_escape e)
{
    if (w->n_places == w->max_places)
        w->full = true;
    else
        w->places[w->n_places++] = e;
}

/* The edits that lie in [at, end) of the sound text. */
static void edits_of(struct work *w, struct string *s, size_t end)
{
    const struct repaired *r = w->r;
    const char *text = r->tape.text.ptr;
    uint32_t first;

    while (w->edit < r->n_edits &&
           (!r->edits[w->edit].after.ptr ||
            r->edits[w->edit].after.ptr < text + s->at ||
            r->edits[w->edit].after.ptr > text + r->tape.text.len))
        w->edit++;
    first = w->edit;
    while (w->edit < r->n_edits &&
           r->edits[w->edit].after.ptr >= text + s->at &&
           r->edits[w->edit].after.ptr < text + end)
        w->edit++;
    s->edit = r->edits ? r->edits + first : NULL;
    s->end = r->edits ? r->edits + w->edit : NULL;
}

/* Escapes of control characters that repair did not write; behind the places
 * there are, for the time being. */
static struct smiles_escapes escapes_of(struct work *w, const struct string *s)
{
    struct smiles_escapes out = {.body = s->body,
                                 .list = w->places + w->n_places};
    struct control_escape e;

    for (size_t at = 0; at < s->body.len; at++) {
        if (s->body.ptr[at] != '\\')
            continue;
        if (control_escape_at(slice_drop(s->body, at), &e) &&
            !wrote(w, s, s->at + at)) {
            DEMAND(w->n_places + out.n < w->max_places);
            e.at = (uint32_t)at;
            w->places[w->n_places + out.n++] = e;
        }
        at++;
    }
    return out;
}

/* A SMILES is judged as a whole: all its escapes together. */
static void molecule(struct work *w, const struct string *s,
                     enum field_class class, struct slice pointer)
{
    struct smiles_escapes found = escapes_of(w, s);

    found.reaction = class == FIELD_REACTION_SMILES;
    if (found.n && !smiles_escapes_find(&found, w->arena))
        w->full = true;
    for (size_t i = 0; i < found.n; i++) {
        struct control_escape e = found.list[i];

        if (i < found.first || i >= found.end) {
            add_suspect(w, SUSPECT_ESCAPE, pointer, s->at + e.at,
                        slice_of(s->body.ptr + e.at, e.len));
            continue;
        }
        e.at += (uint32_t)s->at;
        put_back(w, e);
    }
}

static void string(struct work *w, uint32_t node, enum field_class class,
                   struct slice pointer)
{
    const struct json_node *n = &w->r->tape.nodes[node];
    struct string s = {.body = json_inner(&w->r->tape, node), .at = n->at + 1};

    edits_of(w, &s, (size_t)n->at + n->len);
    if (class == FIELD_SMILES || class == FIELD_REACTION_SMILES) {
        molecule(w, &s, class, pointer);
        return;
    }
    look(w, &s);
    for (size_t at = 0; at < s.body.len; at++) {
        char c = s.body.ptr[at], next;
        enum reading reading;
        size_t len;

        s.math ^= c == '$';
        if (c != '\\')
            continue;
        next = s.body.ptr[++at];
        if (next == '\\' && at + 1 < s.body.len) {
            char bracket = s.body.ptr[at + 1];

            s.math |= bracket == '(' || bracket == '[';
            s.math &= bracket != ')' && bracket != ']';
        }
        if (!is_control_escape(next) || wrote(w, &s, s.at + at))
            continue;
        reading = readers[class](&s, at - 1);
        len = latex_name(slice_drop(s.body, at));
        if (reading == READ_RESTORED)
            put_back(
                w, (struct control_escape){(uint32_t)(s.at + at - 1), 2, next});
        else if (reading == READ_SUSPECT)
            add_suspect(w, SUSPECT_ESCAPE, pointer, s.at + at - 1,
                        slice_of(s.body.ptr + at - 1, 1 + (len ? len : 1)));
    }
}

/* --- the walk ------------------------------------------------------------- */

/* The pointer under construction: its bytes and where each step begins. */
struct trail {
    char *bytes;
    size_t len, cap;
};

static void push_index(struct trail *t, uint32_t index)
{
    char digits[11];
    size_t n = 0;

    do
        digits[n++] = (char)('0' + index % 10);
    while (index /= 10);
    if (t->cap - t->len < n + 1)
        return;
    t->bytes[t->len++] = '/';
    while (n)
        t->bytes[t->len++] = digits[--n];
}

static void push_name(struct trail *t, struct slice name)
{
    if (t->cap - t->len < 2 * name.len + 1)
        return;
    t->bytes[t->len++] = '/';
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (c == '~' || c == '/')
            t->bytes[t->len++] = '~';
        t->bytes[t->len++] = c == '~' ? '0' : c == '/' ? '1' : c;
    }
}

static struct slice next_step(struct slice *pointer)
{
    struct slice rest = slice_drop(*pointer, 1);
    struct slice step = slice_take(rest, slice_find(rest, '/'));

    *pointer = slice_drop(*pointer, 1 + step.len);
    return step;
}

static bool matches(struct slice pattern, struct slice pointer)
{
    while (pattern.len && pointer.len) {
        struct slice want = next_step(&pattern), got = next_step(&pointer);

        if (!slice_eq(want, SLICE("*")) && !slice_eq(want, got))
            return false;
    }
    return !pattern.len && !pointer.len;
}

const struct field *field_matching(const struct field_table *fields,
                                   struct slice pointer)
{
    for (size_t i = 0; fields && i < fields->count; i++) {
        if (matches(fields->list[i].pointer, pointer))
            return &fields->list[i];
    }
    return NULL;
}

enum field_class field_class_of(const struct field_table *fields,
                                struct slice pointer)
{
    const struct field *field = field_matching(fields, pointer);

    return field ? field->class : FIELD_NONE;
}

static int by_name(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int order = n ? memcmp(x->ptr, y->ptr, n) : 0;

    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Keys that stand twice in the object, told by their bytes. */
static void duplicates(struct work *w, uint32_t object, struct slice pointer)
{
    const struct json_tape *t = &w->r->tape;
    size_t mark = arena_mark(w->arena), n = 0, i = 0, n_found = 0;
    struct slice *names, found[8];

    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c))
        n++;
    names = n > 1 ? arena_array(w->arena, n, struct slice) : NULL;
    if (!names)
        return;
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c))
        names[i++] = json_inner(t, c);
    qsort(names, n, sizeof(*names), by_name);
    for (i = 1; i < n && n_found < countof(found); i++) {
        if (slice_eq(names[i], names[i - 1]))
            found[n_found++] = names[i];
    }
    arena_rewind(w->arena, mark);
    for (i = 0; i < n_found; i++)
        add_suspect(w, SUSPECT_DUPLICATE, pointer,
                    (size_t)(found[i].ptr - t->text.ptr), found[i]);
}

struct level {
    uint32_t container;
    uint32_t index;
    size_t len; /* of the pointer to it */
};

static void walk(struct work *w, struct trail *t, struct level *levels)
{
    const struct json_tape *tape = &w->r->tape;
    uint32_t depth = 0;

    for (uint32_t i = 0; i < tape->n_nodes && !w->full; i++) {
        const struct json_node *node = &tape->nodes[i];
        struct level *top;
        struct slice pointer;

        while (depth && i >= tape->nodes[levels[depth - 1].container].next)
            depth--;
        top = depth ? &levels[depth - 1] : NULL;
        if (node->flags & JSON_KEY) {
            t->len = top ? top->len : 0;
            push_name(t, json_inner(tape, i)); /* still escaped: rare */
            continue;
        }
        if (top && tape->nodes[top->container].kind == JSON_ARRAY) {
            t->len = top->len;
            push_index(t, top->index++);
        }
        pointer = slice_of(t->bytes, t->len);
        if (node->kind == JSON_STRING && (node->flags & JSON_ESCAPED))
            string(w, i, field_class_of(w->fields, pointer), pointer);
        if (node->kind < JSON_ARRAY)
            continue;
        if (w->suspects && node->kind == JSON_OBJECT)
            duplicates(w, i, pointer);
        levels[depth++] = (struct level){.container = i, .len = t->len};
    }
}

/* --- the new text --------------------------------------------------------- */

static bool put_all(struct work *w)
{
    struct rewrite_piece *pieces =
        arena_array(w->arena, w->n_places, struct rewrite_piece);

    if (!pieces)
        return false;
    for (size_t i = 0; i < w->n_places; i++)
        pieces[i] = (struct rewrite_piece){
            .at = w->places[i].at,
            .len = w->places[i].len,
            .rule = REPAIR_ESCAPE_RESTORED,
            .put = restored_as(w->places[i].letter),
        };
    return rewrite(w->r, w->origin.whole, pieces, w->n_places, w->arena);
}

bool restore(struct repaired *r, struct slice whole,
             const struct field_table *fields, struct suspects *suspects,
             struct arena *arena)
{
    struct work w = {.r = r,
                     .origin = {.r = r, .whole = whole},
                     .fields = fields,
                     .suspects = suspects,
                     .arena = arena};
    struct trail t = {.cap = 2 * r->tape.text.len + 16};
    struct level *levels;

    if (!suspects &&
        (!fields || !fields->count || !(r->tape.flags & JSON_ESCAPED)))
        return true;
    t.cap += (size_t)11 * JSON_DEPTH_MAX;
    t.bytes = arena_bytes(arena, t.cap);
    levels = arena_array(arena, JSON_DEPTH_MAX + 1, struct level);
    w.max_places = r->tape.text.len / 2 + 1;
    w.places = arena_array(arena, w.max_places, struct control_escape);
    if (!t.bytes || !levels || !w.places)
        return false;
    walk(&w, &t, levels);
    if (w.full)
        return false;
    return !w.n_places || put_all(&w);
}
