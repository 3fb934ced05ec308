/*
 * compile_link.c - the rules as one program.
 *
 * Looks for references that lead back to the same value without end, takes
 * out rules that are only a reference to another, and fills in what can be
 * known only when all rules are.
 */
#include "validate/schema/compile.h"

/* --- loops ---------------------------------------------------------------- */

/* A rule on the way, and how far its ops were followed. */
struct step {
    uint32_t rule;
    uint32_t op;   /* of the rule */
    uint32_t call; /* of a list */
};

enum color { COLOR_NEW, COLOR_OPEN, COLOR_DONE };

/* The next rule that is tried on the same value whatever the value is. */
static bool next_same(const struct compiler *c, struct step *s, uint32_t *out)
{
    const struct rule *rule = compile_rule(c, s->rule);

    for (; s->op < rule->n; s->op++, s->call = 0) {
        const struct op *op = compile_op(c, rule->first + s->op);
        bool list = op->code == OP_ANY || op->code == OP_ONE;
        uint32_t n = list ? op->rule : op->code == OP_IF ? 1 : 0;

        if (op->code == OP_CALL || op->code == OP_NOT) {
            *out = op->rule;
            s->op++;
            return true;
        }
        if (s->call < n) {
            *out = ((uint32_t *)c->calls.items)[op->first + s->call++];
            return true;
        }
    }
    return false;
}

static bool loop(struct compiler *c, const struct step *s)
{
    const struct rule *rule = compile_rule(c, s->rule);
    const struct op *op =
        compile_op(c, rule->first + (s->call ? s->op : s->op - 1));
    struct place at = rule->place;
    const struct json_tape *t = &resolve_document(&c->r, at.document)->tape;

    at.node = json_member(t, at.node, keyword_text((enum keyword)op->keyword));
    return resolve_problem(&c->r, at,
                           "leads back to itself for the same value, "
                           "without end");
}

/* Depth first over what is tried on the same value, from every rule. */
static bool no_loops(struct compiler *c)
{
    uint32_t n = (uint32_t)c->rules.n, to;
    uint8_t *color = arena_new(c->r.arena, n, uint8_t);
    struct step *way = arena_array(c->r.arena, n, struct step);

    if (!color || !way)
        return resolve_full(&c->r);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t depth = 0;

        if (color[i] != COLOR_NEW)
            continue;
        way[depth++] = (struct step){i, 0, 0};
        color[i] = COLOR_OPEN;
        while (depth) {
            struct step *top = &way[depth - 1];

            if (!next_same(c, top, &to)) {
                color[top->rule] = COLOR_DONE;
                depth--;
                continue;
            }
            if (color[to] == COLOR_OPEN)
                return loop(c, top);
            if (color[to] == COLOR_DONE)
                continue;
            color[to] = COLOR_OPEN;
            way[depth++] = (struct step){to, 0, 0};
        }
    }
    return true;
}

/* --- rules that are only another one --------------------------------------- */

static bool is_alias(const struct compiler *c, const struct rule *rule)
{
    return rule->n == 1 && rule->types == TYPE_EVERY &&
           compile_op(c, rule->first)->code == OP_CALL &&
           !(c->dynamic && rule->scope);
}

/* What to call instead of each rule. There are no loops. */
static uint32_t *aliases(struct compiler *c)
{
    uint32_t n = (uint32_t)c->rules.n;
    uint32_t *to = arena_array(c->r.arena, n, uint32_t);

    if (!to)
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        to[i] = i;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t end = i, next;

        while (to[end] == end && is_alias(c, compile_rule(c, end)))
            end = compile_op(c, compile_rule(c, end)->first)->rule;
        end = to[end];
        /* The whole way gets the end, so that no way is walked twice. */
        for (uint32_t at = i; at != end && to[at] == at; at = next) {
            next = compile_op(c, compile_rule(c, at)->first)->rule;
            to[at] = end;
        }
    }
    return to;
}

static void replace_in_object(struct object *o, const uint32_t *to)
{
    for (uint32_t i = 0; i < o->names.n; i++) {
        if (o->rules[i] != NAMES_NONE)
            o->rules[i] = to[o->rules[i]];
    }
    for (size_t i = 0; i < o->n_patterns; i++)
        o->patterns[i].rule = to[o->patterns[i].rule];
    o->additional = to[o->additional];
    o->every_name = to[o->every_name];
}

static void replace_in(struct op *op, const uint32_t *to)
{
    switch ((enum op_code)op->code) {
    case OP_OBJECT:
    case OP_MEMBERS: replace_in_object(op->object, to); return;
    case OP_ARRAY:
        op->array->rest = to[op->array->rest];
        for (size_t i = 0; i < op->array->n_prefix; i++)
            op->array->prefix[i] = to[op->array->prefix[i]];
        return;
    case OP_CONTAINS: op->contains->rule = to[op->contains->rule]; return;
    case OP_DEPEND:
        for (size_t i = 0; i < op->depend->n; i++) {
            struct dependence *one = &op->depend->list[i];

            if (one->is_rule)
                one->rule = to[one->rule];
        }
        return;
    case OP_DYNAMIC: op->dynamic->rule = to[op->dynamic->rule]; return;
    case OP_CALL:
    case OP_NOT:
    case OP_REST_ITEMS:
    case OP_REST_MEMBERS: op->rule = to[op->rule]; return;
    default: return;
    }
}

/* --- dynamic anchors ------------------------------------------------------ */

/* All anchors sorted by name, then by scope: two stable counting sorts. */
static bool sort_by(struct compiler *c, const uint32_t *from, uint32_t *into,
                    bool by_name)
{
    uint32_t n = (uint32_t)c->r.dynamics.n;
    size_t keys = (by_name ? c->r.names.n : c->r.n_scopes + 1) + 1;
    uint32_t *start = arena_new(c->r.arena, keys + 1, uint32_t);

    if (!start)
        return resolve_full(&c->r);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < n; i++) {
            const struct dynamic_anchor *a = resolve_dynamic(&c->r, from[i]);
            uint32_t key =
                by_name ? a->name : resolve_resource(&c->r, a->resource)->scope;

            if (pass)
                into[start[key]++] = from[i];
            else
                start[key + 1]++;
        }
        for (size_t i = 1; !pass && i <= keys; i++)
            start[i] += start[i - 1];
    }
    return true;
}

/* What each dynamic reference may lead to. */
static bool fill_dynamic(struct compiler *c, const uint32_t *to)
{
    uint32_t n = (uint32_t)c->r.dynamics.n;
    uint32_t *a = arena_array(c->r.arena, n + 1, uint32_t);
    uint32_t *b = arena_array(c->r.arena, n + 1, uint32_t);
    uint32_t *first = arena_new(c->r.arena, c->r.names.n + 2, uint32_t);
    struct dynamic_target *targets =
        arena_array(c->r.arena, n + 1, struct dynamic_target);

    if (!a || !b || !first || !targets)
        return resolve_full(&c->r);
    for (uint32_t i = 0; i < n; i++)
        a[i] = i;
    if (!sort_by(c, a, b, false) || !sort_by(c, b, a, true))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        const struct dynamic_anchor *one = resolve_dynamic(&c->r, a[i]);
        const struct document *d = resolve_document(&c->r, one->document);
        uint32_t rule = d->rule[one->node];

        targets[i].scope = resolve_resource(&c->r, one->resource)->scope;
        targets[i].rule = rule ? to[rule - 1] : RULE_TRUE;
        first[one->name + 1] = i + 1;
    }
    for (uint32_t i = 0; i < c->ops.n; i++) {
        struct op *op = compile_op(c, i);

        if (op->code != OP_DYNAMIC)
            continue;
        op->dynamic->targets = targets + first[op->rule];
        op->dynamic->n = first[op->rule + 1] - first[op->rule];
    }
    return true;
}

/* --- the program ---------------------------------------------------------- */

/* The height a rule of these heights below it would have. */
static void raise(uint8_t *height, const struct compiler *c, uint32_t below)
{
    uint8_t least = compile_rule(c, below)->height;

    if (least < RULE_FRAMED)
        least++;
    if (*height < least)
        *height = least;
}

static uint8_t height_of(const struct compiler *c, const struct op *op)
{
    const uint32_t *calls = c->calls.items;
    uint8_t height = 0;

    switch ((enum op_code)op->code) {
    case OP_OBJECT:
        for (uint32_t i = 0; i < op->object->names.n; i++) {
            if (op->object->rules[i] != NAMES_NONE)
                raise(&height, c, op->object->rules[i]);
        }
        raise(&height, c, op->object->additional);
        return op->object->names.n > 64 ? RULE_FRAMED : height;
    case OP_ARRAY:
        for (size_t i = 0; i < op->array->n_prefix; i++)
            raise(&height, c, op->array->prefix[i]);
        raise(&height, c, op->array->rest);
        return height;
    case OP_CONTAINS: raise(&height, c, op->contains->rule); return height;
    case OP_CALL:
    case OP_NOT: raise(&height, c, op->rule); return height;
    case OP_ANY:
    case OP_ONE:
    case OP_IF:
        for (uint32_t i = 0; i < op->rule; i++)
            raise(&height, c, calls[op->first + i]);
        return height;
    default: return op->code < OP_OBJECT ? 0 : RULE_FRAMED;
    }
}

/* Every rule is taken for framed until all below it turn out not to be: one
 * round for each height, and what contains itself stays framed. */
static void find_heights(struct compiler *c)
{
    bool changed = true;

    for (size_t i = 0; i < c->rules.n; i++)
        compile_rule(c, (uint32_t)i)->height = RULE_FRAMED;
    for (int round = 0; changed && round <= RULE_DIRECT_MAX; round++) {
        changed = false;
        for (size_t i = 0; i < c->rules.n; i++) {
            struct rule *rule = compile_rule(c, (uint32_t)i);
            uint8_t height = 0;

            if (rule->height != RULE_FRAMED)
                continue;
            for (uint32_t j = 0; j < rule->n && height < RULE_FRAMED; j++) {
                uint8_t one = height_of(c, compile_op(c, rule->first + j));

                height = one > height ? one : height;
            }
            rule->height = height;
            changed |= height != RULE_FRAMED;
        }
    }
}

static void finish_rule(struct compiler *c, struct rule *rule)
{
    for (uint32_t i = 0; i < rule->n; i++)
        rule->kinds |= compile_op(c, rule->first + i)->kinds;
    if (!c->dynamic)
        rule->scope = 0;
}

bool compile_link(struct compiler *c, struct schema **out)
{
    struct schema *s = arena_new(c->r.arena, 1, struct schema);
    uint32_t *to, *calls = c->calls.items;
    uint32_t root = resolve_document(&c->r, 0)->rule[0];

    if (!no_loops(c))
        return false;
    to = aliases(c);
    if (!s || !to)
        return resolve_full(&c->r);
    for (uint32_t i = 0; i < c->ops.n; i++)
        replace_in(compile_op(c, i), to);
    for (size_t i = 0; i < c->calls.n; i++)
        calls[i] = to[calls[i]];
    if (c->dynamic && !fill_dynamic(c, to))
        return false;
    for (uint32_t i = 0; i < c->rules.n; i++)
        finish_rule(c, compile_rule(c, i));
    find_heights(c);
    *s = (struct schema){
        .rules = c->rules.items,
        .ops = c->ops.items,
        .calls = calls,
        .n_rules = (uint32_t)c->rules.n,
        .n_ops = (uint32_t)c->ops.n,
        .start = root ? to[root - 1] : RULE_TRUE,
        .n_scopes = c->dynamic ? c->r.n_scopes : 0,
        .careful = c->careful,
        .documents = c->r.documents.items,
        .patterns = c->patterns.items,
        .n_patterns = c->patterns.n,
    };
    *out = s;
    return true;
}
