/* run_children.c - ops that have rules tried on members and items. */
#include "validate/schema/run.h"

struct slice run_name(struct machine *m, uint32_t key)
{
    if (m->nodes[key].flags & JSON_ESCAPED)
        return json_string(m->t, key, m->scratch);
    return json_inner(m->t, key);
}

/* What an op about children has to pay for: never more than they are. */
static void pay(struct machine *m, const struct frame *f)
{
    m->work -= m->nodes[f->node].next - f->node;
}

/* --- names met ------------------------------------------------------------ */

/* Up to 64 names are bits of `seen`; more are words, `seen` says where. */
static bool seen_init(struct machine *m, struct frame *f, uint32_t n)
{
    uint32_t at;

    f->seen = 0;
    if (n <= 64)
        return true;
    at = run_words_take(m, (n + 63) / 64);
    f->seen = at;
    return at != NO_MARKS;
}

static inline void seen_put(struct machine *m, struct frame *f, uint32_t n,
                            uint32_t name)
{
    if (n <= 64)
        f->seen |= UINT64_C(1) << name;
    else
        m->words[f->seen + name / 64] |= UINT64_C(1) << name % 64;
}

static bool seen_has(const struct machine *m, const struct frame *f, uint32_t n,
                     uint32_t name)
{
    if (n <= 64)
        return f->seen >> name & 1;
    return m->words[f->seen + name / 64] >> name % 64 & 1;
}

static void seen_done(struct machine *m, const struct frame *f, uint32_t n)
{
    if (n > 64)
        m->n_words = (uint32_t)f->seen;
}

/* All members are met: is every required one among them? */
static enum next required(struct machine *m, struct frame *f)
{
    const struct object *o = f->op->object;
    uint32_t n = o->names.n, missing;

    if (!o->demands || (n <= 64 && !(o->required[0] & ~f->seen))) {
        seen_done(m, f, n);
        return NEXT_OP;
    }
    for (missing = 0; missing < n; missing++) {
        if ((o->required[missing / 64] >> missing % 64 & 1) &&
            !seen_has(m, f, n, missing))
            break;
    }
    seen_done(m, f, n);
    if (missing == n)
        return NEXT_OP;
    return run_fail(m, f->rule, KEYWORD_REQUIRED, f->node, missing);
}

/* --- objects -------------------------------------------------------------- */

/* The name's index among those of the object's schema. */
static uint32_t find_name(struct machine *m, struct frame *f,
                          const struct object *o, uint32_t key)
{
    size_t mark = arena_mark(m->scratch);
    struct slice text = run_name(m, key);
    uint32_t name;

    if (!text.ptr) {
        m->work = -1;
        return NAMES_NONE;
    }
    name = names_find(&o->names, f->guess, text, text.ptr + text.len);
    arena_rewind(m->scratch, mark);
    if (name != NAMES_NONE) {
        f->guess = name + 1;
        seen_put(m, f, o->names.n, name);
    }
    return name;
}

static bool begin(struct machine *m, struct frame *f)
{
    f->child = json_first(m->t, f->node);
    f->ordinal = f->n = f->guess = 0;
    pay(m, f);
    return f->op->code == OP_ARRAY || seen_init(m, f, f->op->object->names.n);
}

/* The next child, and the account of the one that was. */
static inline void step(struct machine *m, struct frame *f)
{
    f->child = json_next(m->t, f->node, f->child);
    f->ordinal++;
}

enum next run_object(struct machine *m, struct frame *f)
{
    const struct object *o = f->op->object;

    if (f->phase == PHASE_NEW && !begin(m, f))
        return NEXT_LIMIT;
    while (f->child) {
        uint32_t key = f->child, name = find_name(m, f, o, key);
        uint32_t rule = name != NAMES_NONE ? o->rules[name] : NAMES_NONE;
        bool additional = rule == NAMES_NONE;
        enum next next;

        if (additional)
            rule = o->additional;
        if (!additional || o->closed)
            run_mark(m, f->marks, f->ordinal);
        step(m, f);
        next = run_check(m, rule, key + 1, NO_MARKS);
        if (next == NEXT_OP)
            continue;
        if (next == NEXT_FAIL && additional)
            return run_blame(m, f->rule, key + 1,
                             KEYWORD_ADDITIONAL_PROPERTIES);
        if (next != NEXT_FRAME)
            return next;
        f->phase = PHASE_CALL;
        return run_push(m, rule, key + 1, NO_MARKS);
    }
    return m->work < 0 ? NEXT_LIMIT : required(m, f);
}

/* With patterns or propertyNames a member has several rules; f->n counts
 * them: its name's, its property's, each pattern's. */
enum { STAGE_NAME, STAGE_PROPERTY, STAGE_PATTERNS };
#define STAGE_ADDITIONAL (STAGE_PATTERNS + (uint32_t)o->n_patterns)

/* The rule of a stage; NAMES_NONE when it has none for this member. */
static enum next stage_rule(struct machine *m, struct frame *f, uint32_t *rule)
{
    const struct object *o = f->op->object;
    uint32_t key = f->child, stage = f->n, name;
    size_t mark = arena_mark(m->scratch);
    enum pattern_result found;
    struct slice text;

    *rule = NAMES_NONE;
    if (stage == STAGE_NAME) {
        f->trial = false; /* no rule was for this member yet */
        *rule = o->every_name;
    } else if (stage == STAGE_PROPERTY) {
        name = find_name(m, f, o, key);
        if (name != NAMES_NONE)
            *rule = o->rules[name];
    } else if (stage < STAGE_ADDITIONAL) {
        text = run_name(m, key);
        m->work -= (int64_t)(text.len / 64) + 1;
        found = text.ptr && m->work >= 0
                    ? pattern_find(o->patterns[stage - STAGE_PATTERNS].pattern,
                                   text)
                    : PATTERN_LIMIT;
        arena_rewind(m->scratch, mark);
        if (found == PATTERN_LIMIT)
            return NEXT_LIMIT;
        if (found == PATTERN_YES)
            *rule = o->patterns[stage - STAGE_PATTERNS].rule;
    } else if (!f->trial && o->closed) {
        *rule = o->additional;
    }
    if (stage != STAGE_NAME && *rule != NAMES_NONE) {
        f->trial = true;
        run_mark(m, f->marks, f->ordinal);
    }
    return NEXT_OP;
}

enum next run_members(struct machine *m, struct frame *f)
{
    const struct object *o = f->op->object;

    if (f->phase == PHASE_NEW && !begin(m, f))
        return NEXT_LIMIT;
    while (f->child) {
        uint32_t key = f->child, stage = f->n, rule;
        uint32_t node = key + (stage != STAGE_NAME);
        enum next next = stage_rule(m, f, &rule);

        if (next != NEXT_OP)
            return next;
        if (f->n++ == STAGE_ADDITIONAL) {
            f->n = STAGE_NAME;
            step(m, f);
        }
        if (rule == NAMES_NONE)
            continue;
        next = run_check(m, rule, node, NO_MARKS);
        if (next == NEXT_FRAME) {
            f->phase = PHASE_CALL;
            return run_push(m, rule, node, NO_MARKS);
        }
        if (next == NEXT_FAIL && stage == STAGE_ADDITIONAL)
            return run_blame(m, f->rule, key + 1,
                             KEYWORD_ADDITIONAL_PROPERTIES);
        if (next != NEXT_OP)
            return next;
    }
    return m->work < 0 ? NEXT_LIMIT : required(m, f);
}

/* --- arrays --------------------------------------------------------------- */

enum next run_array(struct machine *m, struct frame *f)
{
    const struct array *a = f->op->array;

    if (f->phase == PHASE_NEW)
        (void)begin(m, f);
    while (f->child && (a->closed || f->ordinal < a->n_prefix)) {
        uint32_t node = f->child, rule = a->rest;
        enum next next;

        if (f->ordinal < a->n_prefix)
            rule = a->prefix[f->ordinal];
        run_mark(m, f->marks, f->ordinal);
        next = run_check(m, rule, node, NO_MARKS);
        if (next == NEXT_FAIL && f->ordinal >= a->n_prefix)
            return run_blame(m, f->rule, node, (enum keyword)f->op->keyword);
        step(m, f);
        if (next == NEXT_OP)
            continue;
        if (next != NEXT_FRAME)
            return next;
        f->phase = PHASE_CALL;
        return run_push(m, rule, node, NO_MARKS);
    }
    return m->work < 0 ? NEXT_LIMIT : NEXT_OP;
}

/* f->n counts the items that match. Enough is enough, unless an account is
 * kept or there can be too many. */
enum next run_contains(struct machine *m, struct frame *f)
{
    const struct contains *c = f->op->contains;
    bool account = f->marks != NO_MARKS && c->marks;
    enum next next = m->back ? NEXT_OP : NEXT_FAIL;

    if (f->phase == PHASE_NEW) {
        f->child = json_first(m->t, f->node);
        f->ordinal = f->n = 0;
        pay(m, f);
    }
    while (f->child && (account || c->bounded || f->n < c->min)) {
        if (f->phase != PHASE_TRY) {
            next = run_check(m, c->rule, f->child, NO_MARKS);
            if (next == NEXT_LIMIT)
                return next;
            if (next == NEXT_FRAME) {
                f->phase = PHASE_TRY;
                return run_push(m, c->rule, f->child, NO_MARKS);
            }
        }
        f->phase = PHASE_CALL;
        if (next == NEXT_OP) {
            f->n++;
            if (account)
                run_mark(m, f->marks, f->ordinal);
        }
        if (c->bounded && f->n > c->max)
            return run_fail(m, f->rule, KEYWORD_MAX_CONTAINS, f->node, f->n);
        step(m, f);
    }
    if (m->work < 0)
        return NEXT_LIMIT;
    if (f->n >= c->min)
        return NEXT_OP;
    return run_fail(m, f->rule,
                    c->min > 1 ? KEYWORD_MIN_CONTAINS : KEYWORD_CONTAINS,
                    f->node, f->n);
}

/* --- what is left --------------------------------------------------------- */

static bool is_marked(const struct machine *m, const struct frame *f)
{
    uint32_t bit = f->ordinal + 1;

    return (m->words[f->marks] & 1) ||
           (m->words[f->marks + bit / 64] >> bit % 64 & 1);
}

/* unevaluatedItems, unevaluatedProperties: the last of its rule's ops, but
 * maybe for the other one. */
enum next run_rest(struct machine *m, struct frame *f)
{
    bool object = f->op->code == OP_REST_MEMBERS;
    uint32_t rule = f->op->rule;

    if (f->phase == PHASE_NEW) {
        f->child = json_first(m->t, f->node);
        f->ordinal = 0;
        pay(m, f);
    }
    while (f->child) {
        uint32_t node = f->child + object;
        bool marked = is_marked(m, f);
        enum next next;

        step(m, f);
        if (marked)
            continue;
        next = run_check(m, rule, node, NO_MARKS);
        if (next == NEXT_FRAME) {
            f->phase = PHASE_CALL;
            return run_push(m, rule, node, NO_MARKS);
        }
        if (next == NEXT_FAIL && m->why.keyword == KEYWORD_FALSE)
            return run_fail(m, f->rule, (enum keyword)f->op->keyword, node, 0);
        if (next != NEXT_OP)
            return next;
    }
    run_mark_all(m, f->marks);
    return m->work < 0 ? NEXT_LIMIT : NEXT_OP;
}

/* --- dependent ------------------------------------------------------------ */

/* One dependence of a name that is there; NAMES_NONE: nothing is missing. */
static uint32_t missing_need(const struct machine *m, const struct frame *f,
                             const struct dependence *one)
{
    const struct depend *d = f->op->depend;

    for (uint32_t i = 0; i < one->n; i++) {
        uint32_t name = d->needs[one->rule + i];

        if (!seen_has(m, f, d->names.n, name))
            return name;
    }
    return NAMES_NONE;
}

static bool see_names(struct machine *m, struct frame *f)
{
    const struct depend *d = f->op->depend;

    f->n = 0;
    pay(m, f);
    if (!seen_init(m, f, d->names.n))
        return false;
    for (uint32_t c = json_first(m->t, f->node); c;
         c = json_next(m->t, f->node, c)) {
        size_t mark = arena_mark(m->scratch);
        struct slice text = run_name(m, c);
        uint32_t name;

        if (!text.ptr)
            return false;
        name = names_find(&d->names, NAMES_NONE, text, text.ptr + text.len);
        arena_rewind(m->scratch, mark);
        if (name != NAMES_NONE)
            seen_put(m, f, d->names.n, name);
    }
    return true;
}

enum next run_depend(struct machine *m, struct frame *f)
{
    const struct depend *d = f->op->depend;

    if (f->phase == PHASE_NEW && !see_names(m, f))
        return NEXT_LIMIT;
    m->work -= (int64_t)(d->n - f->n);
    while (f->n < d->n) {
        const struct dependence *one = &d->list[f->n++];
        uint32_t missing;
        enum next next;

        if (!seen_has(m, f, d->names.n, one->name))
            continue;
        if (one->is_rule) {
            next = run_check(m, one->rule, f->node, f->marks);
            if (next == NEXT_FRAME) {
                f->phase = PHASE_CALL;
                return run_push(m, one->rule, f->node, f->marks);
            }
            if (next != NEXT_OP)
                return next;
            continue;
        }
        missing = missing_need(m, f, one);
        if (missing != NAMES_NONE)
            return run_fail(m, f->rule, (enum keyword)one->keyword, f->node,
                            missing);
    }
    seen_done(m, f, d->names.n);
    return m->work < 0 ? NEXT_LIMIT : NEXT_OP;
}
