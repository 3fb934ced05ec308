/*
 * smiles_field.c - see smiles_field.h.
 *
 * Strings without a backslash, nearly all, are judged where they stand.  What
 * is to be cleaned is collected over all fields and written once.
 */
#include "validate/record/smiles_field.h"

#include <stdlib.h>
#include <string.h>

#include "validate/json/check.h"
#include "validate/json/escape.h"
#include "validate/record/rewrite.h"

#define EXCERPT_MAX 60 /* bytes of a SMILES in a message */

enum fault smiles_fault(enum smiles_code code)
{
    static const enum fault faults[SMILES_CODE_COUNT] = {
#define SMILES_CODE(name, key, words) [SMILES_##name] = FAULT_SMILES_##name,
#include "validate/smiles/smiles_code.def"
#undef SMILES_CODE
    };

    DEMAND((unsigned)code < SMILES_CODE_COUNT);
    return faults[code];
}

static const struct {
    enum smiles_warning warning;
    enum note note;
} notes[] = {
    {SMILES_WARN_DIRECTION, NOTE_SMILES_DIRECTION},
    {SMILES_WARN_DIRECTION_CONFLICT, NOTE_SMILES_DIRECTION_CONFLICT},
    {SMILES_WARN_CENTRE, NOTE_SMILES_CENTRE},
    {SMILES_WARN_RING_BOND, NOTE_SMILES_RING_BOND},
    {SMILES_WARN_ESCAPE, NOTE_SMILES_ESCAPE},
    {SMILES_WARN_EXTENSION, NOTE_SMILES_EXTENSION},
    {SMILES_WARN_PRODUCT_REACTANT, NOTE_SMILES_PRODUCT_REACTANT},
};

static const enum repair_rule trim_rules[SMILES_TRIM_COUNT] = {
    [SMILES_TRIM_SPACE] = REPAIR_SMILES_SPACE,
    [SMILES_TRIM_QUOTES] = REPAIR_SMILES_QUOTES,
    [SMILES_TRIM_PREFIX] = REPAIR_SMILES_PREFIX,
    [SMILES_TRIM_END] = REPAIR_SMILES_END,
    [SMILES_TRIM_ESCAPE] = REPAIR_SMILES_ESCAPE,
};

/* What is to be cut, over all strings. */
struct cuts {
    struct rewrite_piece *list;
    size_t n, cap;
    bool unsorted;
};

/* One string at its judge. */
struct trial {
    const struct judging *j;
    const struct rule_molecule *rule;
    uint32_t node;
    struct slice text; /* unescaped */
    struct smiles_options options;
    struct smiles_verdict verdict;
};

/* A place in a string: unescaped bytes before it, and where that is. */
struct spot {
    size_t seen, at; /* at: in the tape's text; 0: at its beginning */
};

/* Go on to the `want`-th unescaped byte; never back. */
static size_t spot_move(const struct trial *t, struct spot *s, size_t want)
{
    const struct json_tape *tape = t->j->tape;
    struct slice body = json_inner(tape, t->node);
    const char *p = s->at ? tape->text.ptr + s->at : body.ptr;
    const char *end = body.ptr + body.len;
    char bytes[UTF8_MAX];

    if (!(tape->nodes[t->node].flags & JSON_ESCAPED)) {
        p = body.ptr + want;
    } else {
        while (p < end && s->seen < want) {
            size_t used = 1;

            p += *p == '\\' ? escape_read(p, end, bytes, &used) : 1;
            s->seen += used;
        }
    }
    s->at = (size_t)(p - tape->text.ptr);
    return s->at;
}

/* "C1CC: a ring that is never closed, at byte 1 of it". */
static struct slice words_of(const struct trial *t)
{
    const struct smiles_verdict *v = &t->verdict;
    struct smiles_window w =
        smiles_window_at(t->text, v->at, v->len, EXCERPT_MAX);
    char shown[EXCERPT_MAX + 1];
    size_t n = w.text.len < EXCERPT_MAX ? w.text.len : EXCERPT_MAX;

    if (!t->text.len)
        return v->words;
    for (size_t i = 0; i < n; i++)
        shown[i] = (unsigned char)w.text.ptr[i] < ' ' ? '?' : w.text.ptr[i];
    return judging_words(t->j, "%.*s, at byte %zu of %s%.*s%s",
                         (int)v->words.len, v->words.ptr, v->at,
                         w.cut_before ? "..." : "", (int)n, shown,
                         w.cut_after ? "..." : "");
}

static struct verdict fault_of(const struct trial *t)
{
    struct spot spot = {0, 0};
    struct verdict v;

    if (t->verdict.code == SMILES_MEMORY)
        return judging_full();
    v = judging_fault(t->j, smiles_fault(t->verdict.code), t->node,
                      words_of(t));
    v.at = spot_move(t, &spot, t->verdict.at);
    return v;
}

/* --- cleaning ------------------------------------------------------------- */

static bool cuts_room(struct cuts *c, size_t n, struct arena *arena)
{
    struct rewrite_piece *list;
    size_t cap = 2 * c->cap + n;

    if (c->n + n <= c->cap)
        return true;
    list = arena_array(arena, cap, struct rewrite_piece);
    if (!list)
        return false;
    if (c->n)
        memcpy(list, c->list, c->n * sizeof(*list));
    c->list = list;
    c->cap = cap;
    return true;
}

static bool cut(const struct trial *t, const struct smiles_cleaned *cleaned,
                struct cuts *cuts)
{
    struct spot spot = {0, 0};

    if (!cuts_room(cuts, cleaned->n_edits, t->j->arena))
        return false;
    for (size_t i = 0; i < cleaned->n_edits; i++) {
        const struct smiles_edit *e = &cleaned->edits[i];
        size_t from = spot_move(t, &spot, e->at);
        size_t end = spot_move(t, &spot, e->at + e->len);
        struct rewrite_piece *p = &cuts->list[cuts->n++];

        *p = (struct rewrite_piece){.at = (uint32_t)from,
                                    .len = (uint32_t)(end - from),
                                    .rule = trim_rules[e->what]};
        cuts->unsorted |= cuts->n > 1 && p[-1].at > p->at;
    }
    return true;
}

/* Not sound as it stands, or only by courtesy: is it when cleaned?  False:
 * the arena is full. */
static bool try_cleaned(struct trial *t, struct cuts *cuts)
{
    struct arena *arena = t->j->arena;
    struct smiles_cleaned cleaned;
    struct smiles_verdict v;

    if (!smiles_clean(t->text, arena, &cleaned))
        return false;
    if (!cleaned.n_edits || !smiles_judge(cleaned.text, &t->options, arena, &v))
        return true;
    t->verdict = v;
    return cut(t, &cleaned, cuts);
}

static int by_place(const void *a, const void *b)
{
    const struct rewrite_piece *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* --- one string, and all -------------------------------------------------- */

static struct verdict judge_one(struct trial *t, struct cuts *cuts)
{
    const struct judging *j = t->j;
    size_t mark = arena_mark(j->arena), n_cuts = cuts->n;
    bool ok;

    t->text = json_string(j->tape, t->node, j->arena);
    if (!t->text.ptr)
        return judging_full();
    t->options = (struct smiles_options){.reaction = t->rule->class ==
                                                     FIELD_REACTION_SMILES};
    ok = smiles_judge(t->text, &t->options, j->arena, &t->verdict);
    if (!j->in->as_is &&
        (!ok || t->verdict.warnings & 1U << SMILES_WARN_ESCAPE) &&
        t->verdict.code != SMILES_MEMORY && !try_cleaned(t, cuts))
        return judging_full();
    for (size_t i = 0; t->verdict.warnings && i < countof(notes); i++) {
        if (t->verdict.warnings & 1U << notes[i].warning)
            j->out->notes |= 1U << notes[i].note;
    }
    if (t->verdict.code != SMILES_OK)
        return fault_of(t);
    if (cuts->n == n_cuts)
        arena_rewind(j->arena, mark);
    return (struct verdict){.fault = FAULT_NONE};
}

/* Another field may claim the place, or have judged it. */
static bool claimed(const struct judging *j, const struct rule_molecule *rule,
                    uint32_t node)
{
    size_t mark = arena_mark(j->arena);
    const struct field *field;
    struct slice pointer;

    if (!rule->shadowed)
        return false;
    pointer = json_locate(j->tape->text, j->tape->nodes[node].at, j->arena);
    field = field_matching(&j->profile->fields, pointer);
    arena_rewind(j->arena, mark);
    return field && field->pointer.ptr != rule->path.text.ptr;
}

static struct verdict judge_rule(const struct judging *j,
                                 const struct rule_molecule *rule,
                                 struct cuts *cuts)
{
    struct trial t = {.j = j, .rule = rule};
    struct verdict v = {.fault = FAULT_NONE};
    struct path_walk walk;

    path_walk(&walk, j->tape, 0, &rule->path);
    while (!v.fault && (t.node = path_next(&walk)) != PATH_NOWHERE) {
        if (json_is(j->tape, t.node, JSON_STRING) && !claimed(j, rule, t.node))
            v = judge_one(&t, cuts);
    }
    return v;
}

struct verdict smiles_fields_judge(const struct judging *j)
{
    const struct rules *r = j->profile->rules;
    struct verdict v = {.fault = FAULT_NONE};
    struct cuts cuts = {.n = 0};

    for (size_t i = 0; i < r->n_molecules && !v.fault; i++)
        v = judge_rule(j, &r->molecules[i], &cuts);
    if (v.fault || !cuts.n)
        return v;
    if (cuts.unsorted)
        qsort(cuts.list, cuts.n, sizeof(*cuts.list), by_place);
    if (!rewrite(j->in->sound, j->in->text, cuts.list, cuts.n, j->arena))
        return judging_full();
    return v;
}
