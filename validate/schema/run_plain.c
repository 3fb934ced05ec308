/* run_plain.c - ops that speak for themselves; see run.h. */
#include "validate/schema/decimal.h"
#include "validate/schema/run.h"
#include "validate/schema/run_value.h"

/* --- strings -------------------------------------------------------------- */

/* Characters (code points) of valid UTF-8: all bytes but continuations. */
static size_t characters(struct slice text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return n;
}

/*
 * The bytes between the quotes settle most lengths: a character is written
 * with 1 to 12 of them (two \uXXXX), or with 4 at most when nothing is
 * escaped.
 */
static enum next length(struct machine *m, uint32_t rule, const struct op *op,
                        uint32_t node)
{
    struct slice text = json_inner(m->t, node);
    bool escaped = (m->nodes[node].flags & JSON_ESCAPED) != 0;
    bool least = op->keyword == KEYWORD_MIN_LENGTH;
    size_t mark, n, most = escaped ? 12 : 4;

    if (least && text.len / most >= op->count)
        return NEXT_OP;
    if (!least && text.len <= op->count)
        return NEXT_OP;
    m->work -= (int64_t)(text.len / 64);
    mark = arena_mark(m->scratch);
    if (escaped)
        text = json_string(m->t, node, m->scratch);
    if (!text.ptr)
        return NEXT_LIMIT;
    n = characters(text);
    arena_rewind(m->scratch, mark);
    if (least ? n >= op->count : n <= op->count)
        return NEXT_OP;
    return run_fail(m, rule, (enum keyword)op->keyword, node, 0);
}

/* Keywords that look at a string's text. */
static enum next text_op(struct machine *m, uint32_t rule, const struct op *op,
                         uint32_t node)
{
    size_t mark = arena_mark(m->scratch);
    struct slice text = json_string(m->t, node, m->scratch);
    struct slice words = {NULL, 0};
    enum next next = NEXT_OP;
    bool good = false;

    m->work -= (int64_t)(text.len / 64) + 1;
    if (!text.ptr || m->work < 0)
        return NEXT_LIMIT;
    if (op->code == OP_PATTERN) {
        enum pattern_result found = pattern_find(op->pattern, text);

        good = found == PATTERN_YES;
        next = found == PATTERN_LIMIT ? NEXT_LIMIT : NEXT_OP;
    } else if (op->code == OP_FORMAT) {
        enum format_result is = format_check(op->format, text, m->scratch);

        good = is == FORMAT_GOOD;
        next = is == FORMAT_LIMIT ? NEXT_LIMIT : NEXT_OP;
    } else {
        good = op->own->check(op->own->ctx, text, m->scratch, &words);
    }
    arena_rewind(m->scratch, mark);
    if (good || next == NEXT_LIMIT)
        return next;
    return run_fail(m, rule, (enum keyword)op->keyword, node,
                    (uint32_t)(op - m->schema->ops));
}

/* --- numbers -------------------------------------------------------------- */

static enum next bound(struct machine *m, uint32_t rule, const struct op *op,
                       uint32_t node)
{
    struct slice text = json_raw(m->t, node);
    const struct bound *b = op->bound;
    int64_t value;
    int order;
    bool good;

    if (b->exact && !(m->nodes[node].flags & JSON_FRACTION) &&
        run_whole(text, &value)) {
        order = (value > b->whole) - (value < b->whole);
    } else {
        m->work -= (int64_t)(text.len / 64);
        order = decimal_compare(text, b->text);
    }
    switch ((enum keyword)op->keyword) {
    case KEYWORD_MINIMUM: good = order >= 0; break;
    case KEYWORD_MAXIMUM: good = order <= 0; break;
    case KEYWORD_EXCLUSIVE_MINIMUM: good = order > 0; break;
    default: good = order < 0;
    }
    return good ? NEXT_OP
                : run_fail(m, rule, (enum keyword)op->keyword, node, 0);
}

static enum next multiple(struct machine *m, uint32_t rule, const struct op *op,
                          uint32_t node)
{
    struct slice text = json_raw(m->t, node);
    const struct bound *b = op->bound;
    int64_t value;
    bool good;

    if (b->exact && !(m->nodes[node].flags & JSON_FRACTION) &&
        run_whole(text, &value)) {
        good = value % b->whole == 0;
    } else {
        m->work -= (int64_t)text.len;
        if (!decimal_multiple_of(text, b->text, &good))
            return NEXT_LIMIT;
    }
    return good ? NEXT_OP : run_fail(m, rule, KEYWORD_MULTIPLE_OF, node, 0);
}

/* --- any value ------------------------------------------------------------ */

/* One of the numbers, arrays and objects? */
static enum next among(struct machine *m, const struct enumeration *e,
                       uint32_t node, bool *found)
{
    struct value v = {m->t, node};
    uint32_t mask = e->n_slots - 1;
    uint64_t h;

    *found = false;
    if (!e->n_slots)
        return NEXT_OP;
    m->work -= m->nodes[node].next - node + m->nodes[node].len / 16;
    if (m->work < 0 || !value_hash(v, m->scratch, &h))
        return NEXT_LIMIT;
    for (uint32_t i = (uint32_t)h & mask; e->slots[i]; i = (i + 1) & mask) {
        struct value other = {&e->tape, e->slots[i]};
        enum value_result same;

        m->work--;
        if (e->hashes[i] != h)
            continue;
        same = value_compare(v, other, m->scratch);
        if (same != VALUE_OTHER || m->work < 0) {
            *found = true;
            return same == VALUE_SAME ? NEXT_OP : NEXT_LIMIT;
        }
    }
    return NEXT_OP;
}

static enum next one_of_values(struct machine *m, uint32_t rule,
                               const struct op *op, uint32_t node)
{
    const struct enumeration *e = op->enumeration;
    uint8_t kind = m->nodes[node].kind;
    size_t mark = arena_mark(m->scratch);
    enum next next;
    struct slice text;
    bool found;

    if (kind < JSON_NUMBER) {
        found = e->literals >> kind & 1;
    } else if (kind == JSON_STRING) {
        text = run_name(m, node);
        if (!text.ptr)
            return NEXT_LIMIT;
        found = names_find(&e->strings, NAMES_NONE, text,
                           text.ptr + text.len) != NAMES_NONE;
        arena_rewind(m->scratch, mark);
    } else {
        next = among(m, e, node, &found);
        if (next != NEXT_OP)
            return next;
    }
    if (found)
        return NEXT_OP;
    return run_fail(m, rule, (enum keyword)op->keyword, node, 0);
}

/* Items or members, counted no further than it takes. */
static enum next count(struct machine *m, uint32_t rule, const struct op *op,
                       uint32_t node)
{
    bool least = op->keyword == KEYWORD_MIN_ITEMS ||
                 op->keyword == KEYWORD_MIN_PROPERTIES;
    size_t n = 0;

    for (uint32_t c = json_first(m->t, node); c && n <= op->count;
         c = json_next(m->t, node, c))
        n++;
    m->work -= (int64_t)n;
    if (least ? n >= op->count : n <= op->count)
        return NEXT_OP;
    return run_fail(m, rule, (enum keyword)op->keyword, node, 0);
}

enum next run_wrong_type(struct machine *m, uint32_t rule, uint32_t node)
{
    uint8_t types = m->rules[rule].types;

    if (json_is(m->t, node, JSON_NUMBER) && (types & TYPE_INTEGER) &&
        decimal_is_integer(json_raw(m->t, node)))
        return NEXT_OP;
    return run_fail(m, rule, types ? KEYWORD_TYPE : KEYWORD_FALSE, node, 0);
}

enum next run_plain_op(struct machine *m, uint32_t rule, const struct op *op,
                       uint32_t node)
{
    switch ((enum op_code)op->code) {
    case OP_ENUM: return one_of_values(m, rule, op, node);
    case OP_BOUND: return bound(m, rule, op, node);
    case OP_MULTIPLE: return multiple(m, rule, op, node);
    case OP_LENGTH: return length(m, rule, op, node);
    case OP_PATTERN:
    case OP_FORMAT:
    case OP_OWN: return text_op(m, rule, op, node);
    case OP_COUNT: return count(m, rule, op, node);
    case OP_UNIQUE: return run_unique(m, rule, node);
    default: DEMAND(false); return NEXT_LIMIT;
    }
}
