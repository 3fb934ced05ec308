/*
 * run_direct.c - rules that are run without frames; see program_rule.h.
 *
 * run_direct() calls itself through run_check(), but never deeper than
 * RULE_DIRECT_MAX: each call is on a rule of a smaller height.  What holds at
 * a glance, which is nearly everything, is not looked at twice.
 */
#include "validate/schema/run.h"

#define ALWAYS __attribute__((always_inline))

/*
 * Where the whole part of a number settles a comparison, the digits behind
 * the point need not be read: I.F lies between I and I + 1.
 */
static bool bound_at_a_glance(const struct op *op, struct slice text)
{
    const char *p = text.ptr, *end = p + text.len;
    bool negative = *p == '-';
    int64_t low = 0, high, limit = op->bound->whole;

    if (!op->bound->exact || text.len > 18)
        return false;
    for (p += negative; p < end && *p != '.'; p++) {
        if ((unsigned)(*p - '0') > 9)
            return false;
        low = low * 10 + (*p - '0');
    }
    high = low;
    if (p < end) {
        high++;
        for (p++; p < end; p++) {
            if ((unsigned)(*p - '0') > 9)
                return false;
        }
    }
    if (negative) {
        int64_t swap = low;

        low = -high;
        high = -swap;
    }
    switch ((enum keyword)op->keyword) {
    case KEYWORD_MINIMUM: return low >= limit;
    case KEYWORD_MAXIMUM: return high <= limit;
    case KEYWORD_EXCLUSIVE_MINIMUM: return low > limit;
    default: return high < limit;
    }
}

/* Does the op surely hold?  False means nothing. */
static inline bool at_a_glance(const struct machine *m, const struct op *op,
                               uint32_t node)
{
    const struct json_node *value = &m->nodes[node];
    size_t len = value->len - 2;

    switch ((enum op_code)op->code) {
    case OP_LENGTH:
        /* A character takes at most 4 bytes, 12 when it is escaped. */
        if (op->keyword == KEYWORD_MIN_LENGTH)
            return len >> (value->flags & JSON_ESCAPED ? 4 : 2) >= op->count;
        return len <= op->count;
    case OP_BOUND: return bound_at_a_glance(op, json_raw(m->t, node));
    case OP_COUNT:
        return op->count == 1 && value->next > node + 1 &&
               (op->keyword == KEYWORD_MIN_ITEMS ||
                op->keyword == KEYWORD_MIN_PROPERTIES);
    default: return false;
    }
}

/* The ops of a rule of height 0. */
static inline ALWAYS enum next plain(struct machine *m, uint32_t rule,
                                     uint32_t node, unsigned bit)
{
    const struct rule *r = &m->rules[rule];
    const struct op *op = m->schema->ops + r->first, *end = op + r->n;

    for (; op != end; op++) {
        enum next next;

        if (!(op->kinds & bit) || at_a_glance(m, op, node))
            continue;
        next = run_plain_op(m, rule, op, node);
        if (next != NEXT_OP)
            return next == NEXT_LIMIT ? run_limit(m, rule, op, node) : next;
    }
    return NEXT_OP;
}

/* run_check() of a child: most are scalars, and not worth a call. */
static inline ALWAYS enum next check(struct machine *m, uint32_t rule,
                                     uint32_t node)
{
    const struct rule *r = &m->rules[rule];
    unsigned bit = 1u << m->nodes[node].kind;

    if ((r->types & bit) && !r->height)
        return r->kinds & bit ? plain(m, rule, node, bit) : NEXT_OP;
    return run_check(m, rule, node, NO_MARKS);
}

/* All that op needs of an object is in its members' names: which it has. */
static enum next required(struct machine *m, uint32_t rule,
                          const struct object *o, uint32_t node, uint64_t seen)
{
    uint64_t missing;

    if (!o->demands)
        return NEXT_OP;
    missing = o->required[0] & ~seen;
    if (!missing)
        return NEXT_OP;
    return run_fail(m, rule, KEYWORD_REQUIRED, node,
                    (uint32_t)__builtin_ctzll(missing));
}

static uint32_t find_escaped(struct machine *m, const struct object *o,
                             uint32_t key)
{
    size_t mark = arena_mark(m->scratch);
    struct slice text = run_name(m, key);
    uint32_t name = NAMES_NONE;

    if (text.ptr)
        name = names_find(&o->names, NAMES_NONE, text, text.ptr + text.len);
    else
        m->work = -1;
    arena_rewind(m->scratch, mark);
    return name;
}

static enum next object(struct machine *m, uint32_t rule, const struct op *op,
                        uint32_t node)
{
    const struct object *o = op->object;
    const struct json_node *nodes = m->nodes;
    const char *text = m->t->text.ptr, *text_end = text + m->t->text.len;
    uint32_t end = nodes[node].next, guess = 0;
    uint64_t seen = 0;

    for (uint32_t key = node + 1; key < end; key = nodes[key + 1].next) {
        struct slice inner =
            slice_of(text + nodes[key].at + 1, nodes[key].len - 2);
        uint32_t name, child = NAMES_NONE;
        enum next next;

        if (nodes[key].flags & JSON_ESCAPED)
            name = find_escaped(m, o, key);
        else
            name = names_find(&o->names, guess, inner, text_end);
        if (name != NAMES_NONE) {
            guess = name + 1;
            seen |= UINT64_C(1) << name;
            child = o->rules[name];
        }
        next = check(m, child == NAMES_NONE ? o->additional : child, key + 1);
        if (next == NEXT_FAIL && child == NAMES_NONE)
            return run_blame(m, rule, key + 1, KEYWORD_ADDITIONAL_PROPERTIES);
        if (next != NEXT_OP)
            return next;
    }
    return required(m, rule, o, node, seen);
}

static enum next array(struct machine *m, uint32_t rule, const struct op *op,
                       uint32_t node)
{
    const struct array *a = op->array;
    const struct json_node *nodes = m->nodes;
    uint32_t end = nodes[node].next, item = node + 1;

    for (size_t i = 0; i < a->n_prefix && item < end; i++) {
        enum next next = check(m, a->prefix[i], item);

        if (next != NEXT_OP)
            return next;
        item = nodes[item].next;
    }
    for (; a->closed && item < end; item = nodes[item].next) {
        enum next next = check(m, a->rest, item);

        if (next == NEXT_FAIL)
            return run_blame(m, rule, item, (enum keyword)op->keyword);
        if (next != NEXT_OP)
            return next;
    }
    return NEXT_OP;
}

static enum next any(struct machine *m, uint32_t rule, const struct op *op,
                     uint32_t node)
{
    const uint32_t *calls = m->schema->calls + op->first;

    m->work -= op->rule;
    for (uint32_t i = 0; i < op->rule; i++) {
        enum next next = check(m, calls[i], node);

        if (next != NEXT_FAIL)
            return next;
    }
    return run_fail(m, rule, KEYWORD_ANY_OF, node, 0);
}

static enum next one(struct machine *m, uint32_t rule, const struct op *op,
                     uint32_t node)
{
    const uint32_t *calls = m->schema->calls + op->first;
    uint32_t found = 0; /* 1 + the branch that holds */

    m->work -= op->rule;
    for (uint32_t i = 0; i < op->rule; i++) {
        enum next next = check(m, calls[i], node);

        if (next == NEXT_LIMIT)
            return next;
        if (next == NEXT_OP && found)
            return run_fail(m, rule, KEYWORD_ONE_OF, node, found);
        if (next == NEXT_OP)
            found = i + 1;
    }
    return found ? NEXT_OP : run_fail(m, rule, KEYWORD_ONE_OF, node, 0);
}

static enum next not(struct machine * m, uint32_t rule, const struct op *op,
                     uint32_t node) {
    enum next next = check(m, op->rule, node);

    if (next == NEXT_FAIL) return NEXT_OP;
    return next == NEXT_OP ? run_fail(m, rule, KEYWORD_NOT, node, 0) : next;
}

static enum next condition(struct machine *m, const struct op *op,
                           uint32_t node)
{
    const uint32_t *calls = m->schema->calls + op->first;
    enum next next = check(m, calls[0], node);

    if (next == NEXT_LIMIT)
        return next;
    return check(m, calls[next == NEXT_OP ? 1 : 2], node);
}

/* Enough is enough, unless there can be too many. */
static enum next some(struct machine *m, uint32_t rule, const struct op *op,
                      uint32_t node)
{
    const struct contains *c = op->contains;
    uint32_t end = m->nodes[node].next, n = 0;

    for (uint32_t item = node + 1; item < end && (c->bounded || n < c->min);
         item = m->nodes[item].next) {
        enum next next = check(m, c->rule, item);

        if (next == NEXT_LIMIT)
            return next;
        n += next == NEXT_OP;
        if (n > c->max)
            return run_fail(m, rule, KEYWORD_MAX_CONTAINS, node, n);
    }
    if (n >= c->min)
        return NEXT_OP;
    return run_fail(
        m, rule, c->min > 1 ? KEYWORD_MIN_CONTAINS : KEYWORD_CONTAINS, node, n);
}

static enum next one_op(struct machine *m, uint32_t rule, const struct op *op,
                        uint32_t node)
{
    switch ((enum op_code)op->code) {
    case OP_OBJECT: return object(m, rule, op, node);
    case OP_ARRAY: return array(m, rule, op, node);
    case OP_CONTAINS: return some(m, rule, op, node);
    case OP_CALL: return check(m, op->rule, node);
    case OP_ANY: return any(m, rule, op, node);
    case OP_ONE: return one(m, rule, op, node);
    case OP_NOT: return not(m, rule, op, node);
    case OP_IF: return condition(m, op, node);
    default: return run_plain_op(m, rule, op, node);
    }
}

enum next run_direct(struct machine *m, uint32_t rule, uint32_t node)
{
    const struct rule *r = &m->rules[rule];
    const struct op *op = m->schema->ops + r->first, *end = op + r->n;
    unsigned bit = 1u << m->nodes[node].kind;

    m->work -= (int64_t)(m->nodes[node].next - node) + r->n;
    if (m->work < 0)
        return NEXT_LIMIT;
    for (; op != end; op++) {
        enum next next;

        if (!(op->kinds & bit) || at_a_glance(m, op, node))
            continue;
        next = one_op(m, rule, op, node);
        if (next != NEXT_OP)
            return next == NEXT_LIMIT ? run_limit(m, rule, op, node) : next;
    }
    return NEXT_OP;
}
