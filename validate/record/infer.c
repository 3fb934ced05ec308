/*
 * infer.c - see infer.h.
 *
 * A tape is walked once, beside the tree of shapes, with a stack of its own.
 * Members are looked for where the last object had them first.
 */
#include "validate/record/infer.h"

#include "validate/record/infer_shape.h"
#include "validate/schema/format.h"

#define WILD_EXPONENT 30 /* float4 ends at 3.4e38 */

static struct shape *shape_new(struct infer *in)
{
    struct shape *s;

    if (in->n_shapes == INFER_SHAPES)
        return NULL;
    s = arena_new(in->arena, 1, struct shape);
    if (!s)
        return NULL;
    in->n_shapes++;
    s->formats = (1u << SHAPE_FORMAT_COUNT) - 1;
    s->least = UINT64_MAX;
    return s;
}

struct infer *infer_new(struct arena *arena)
{
    struct infer *in = arena_new(arena, 1, struct infer);

    if (!in)
        return NULL;
    in->arena = arena;
    in->root = shape_new(in);
    return in->root ? in : NULL;
}

uint64_t infer_count(const struct infer *in)
{
    return in->count;
}

/* --- numbers and strings -------------------------------------------------- */

/* Digits before the point and a written exponent say enough. */
static bool wild(struct slice number)
{
    size_t whole = 0;
    long exponent = 0;
    size_t i = number.ptr[0] == '-';

    for (; i < number.len && number.ptr[i] >= '0' && number.ptr[i] <= '9'; i++)
        whole++;
    while (i < number.len && (number.ptr[i] | 0x20) != 'e')
        i++;
    for (i++; i < number.len && exponent < 1000; i++)
        if (number.ptr[i] >= '0' && number.ptr[i] <= '9')
            exponent = 10 * exponent + (number.ptr[i] - '0');
    return whole + (size_t)exponent > WILD_EXPONENT;
}

static void add_number(struct shape *s, const struct json_tape *t,
                       uint32_t node)
{
    int64_t value;

    s->wild |= wild(json_raw(t, node));
    if (!json_int64(t, node, &value))
        return;
    if (!s->integers || value < s->low)
        s->low = value;
    if (!s->integers || value > s->high)
        s->high = value;
    s->integers++;
}

/* Those with words of their own in the format vocabulary. */
static bool has_format(struct slice text, enum format f, struct arena *scratch)
{
    return format_check(f, text, scratch) == FORMAT_GOOD;
}

/* PostgreSQL has no year 0. */
static bool date_like(struct slice text, enum format f, struct arena *scratch)
{
    return !slice_eq(slice_take(text, 4), SLICE("0000")) &&
           has_format(text, f, scratch);
}

static bool uri_like(struct slice text, struct arena *scratch)
{
    size_t colon = slice_find(text, ':');

    return slice_eq(slice_take(slice_drop(text, colon), 3), SLICE("://")) &&
           has_format(text, FORMAT_URI, scratch);
}

static bool smiles_like(struct slice text)
{
    static const char letters[] = "ABCDEFGHIKLMNOPRSTUVWXYZabcdefghiklmnoprstuy"
                                  "0123456789()[]{}.=#$:/\\@+-*%~>";

    for (size_t i = 0; i < text.len; i++)
        if (!text.ptr[i] || !strchr(letters, text.ptr[i]))
            return false;
    return text.len > 0;
}

static bool is_format(struct slice text, enum shape_format f,
                      struct arena *scratch)
{
    switch (f) {
    case SHAPE_DATE_TIME: return date_like(text, FORMAT_DATE_TIME, scratch);
    case SHAPE_DATE: return date_like(text, FORMAT_DATE, scratch);
    case SHAPE_UUID: return has_format(text, FORMAT_UUID, scratch);
    case SHAPE_URI: return uri_like(text, scratch);
    case SHAPE_SMILES: return smiles_like(text);
    case SHAPE_FORMAT_COUNT: break;
    }
    return false;
}

/* Keep the first few distinct ones. */
static void add_distinct(struct infer *in, struct shape *s, struct slice text)
{
    struct slice copy;

    if (s->many)
        return;
    for (unsigned i = 0; i < s->n_distinct; i++)
        if (slice_eq(s->distinct[i], text))
            return;
    s->many = s->n_distinct == SHAPE_DISTINCT || text.len > SHAPE_WORD;
    if (s->many)
        return;
    copy = arena_copy(in->arena, text);
    if (copy.ptr)
        s->distinct[s->n_distinct++] = copy;
    else
        s->many = true;
}

static void add_string(struct infer *in, struct shape *s, struct slice text,
                       struct arena *scratch)
{
    s->empty |= !text.len;
    add_distinct(in, s, text);
    for (unsigned f = 0; f < SHAPE_FORMAT_COUNT; f++)
        if (s->formats & 1u << f &&
            !is_format(text, (enum shape_format)f, scratch))
            s->formats &= ~(1u << f);
}

/* --- objects -------------------------------------------------------------- */

static struct member *find(struct shape *s, struct slice name)
{
    struct member *m = s->hint;

    if (!m || !slice_eq(m->name, name))
        for (m = s->members; m && !slice_eq(m->name, name); m = m->next)
            ;
    if (m)
        s->hint = m->next;
    return m;
}

/* NULL: it is not listed, and the shape is open. */
static struct member *find_or_add(struct infer *in, struct shape *s,
                                  struct slice name)
{
    struct member *m = find(s, name);

    if (m)
        return m;
    if (s->n_members < INFER_MEMBERS && name.len <= INFER_NAME)
        m = arena_new(in->arena, 1, struct member);
    if (m) {
        m->shape = shape_new(in);
        m->name = arena_copy(in->arena, name);
    }
    if (!m || !m->shape || (name.len && !m->name.ptr)) {
        s->open = true;
        return NULL;
    }
    if (s->last)
        s->last->next = m;
    else
        s->members = m;
    s->last = m;
    s->n_members++;
    return m;
}

/* --- the walk ------------------------------------------------------------- */

struct frame {
    struct shape *shape; /* of a container that is open */
    uint32_t end;        /* the node behind it */
    uint64_t stamp;      /* which object */
};

struct walk {
    struct infer *in;
    const struct json_tape *tape;
    struct arena *scratch;
    struct frame stack[INFER_DEPTH];
    unsigned depth;
};

/* The shape of the member whose key stands at node; NULL: not listed. */
static struct shape *member_shape(struct walk *w, uint32_t node)
{
    struct frame *f = &w->stack[w->depth - 1];
    size_t mark = arena_mark(w->scratch);
    struct slice name = json_string(w->tape, node, w->scratch);
    struct member *m = name.ptr ? find_or_add(w->in, f->shape, name) : NULL;

    arena_rewind(w->scratch, mark);
    if (!m)
        return NULL;
    /* a name that stands twice in an object is seen once */
    m->seen += m->stamp != f->stamp;
    m->stamp = f->stamp;
    return m->shape;
}

static uint64_t n_items(const struct json_tape *t, uint32_t node)
{
    uint64_t n = 0;

    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c))
        n++;
    return n;
}

/* Returns the node to go on with: inside a container that is looked at. */
static uint32_t enter(struct walk *w, struct shape *s, uint32_t node)
{
    const struct json_node *n = &w->tape->nodes[node];

    if (n->kind == JSON_ARRAY) {
        uint64_t items = n_items(w->tape, node);

        s->least = items < s->least ? items : s->least;
        s->most = items > s->most ? items : s->most;
        if (!s->items && items)
            s->items = shape_new(w->in);
    }
    if (n->next == node + 1)
        return n->next;
    if (w->depth == INFER_DEPTH || (n->kind == JSON_ARRAY && !s->items)) {
        s->deep = true;
        return n->next;
    }
    s->hint = s->members;
    w->stack[w->depth++] = (struct frame){s, n->next, ++w->in->stamp};
    return node + 1;
}

/* One value; returns the node to go on with. */
static uint32_t add_value(struct walk *w, struct shape *s, uint32_t node)
{
    const struct json_node *n = &w->tape->nodes[node];
    size_t mark = arena_mark(w->scratch);

    s->kinds[n->kind]++;
    if (n->kind == JSON_ARRAY || n->kind == JSON_OBJECT)
        return enter(w, s, node);
    if (n->kind == JSON_NUMBER)
        add_number(s, w->tape, node);
    if (n->kind == JSON_STRING) {
        struct slice text = json_string(w->tape, node, w->scratch);

        if (text.ptr)
            add_string(w->in, s, text, w->scratch);
        else
            s->formats = 0, s->many = true, s->empty = true;
        arena_rewind(w->scratch, mark);
    }
    return n->next;
}

void infer_add(struct infer *in, const struct json_tape *answer,
               struct arena *scratch)
{
    struct walk w = {.in = in, .tape = answer, .scratch = scratch};
    uint32_t node = 0;

    in->count++;
    node = add_value(&w, in->root, node);
    while (w.depth) {
        struct frame *f = &w.stack[w.depth - 1];
        struct shape *s = f->shape->items;

        if (node == f->end) {
            w.depth--;
            continue;
        }
        if (answer->nodes[node].flags & JSON_KEY)
            s = member_shape(&w, node++);
        node = s ? add_value(&w, s, node) : answer->nodes[node].next;
    }
}
