/*
 * repair_place.c - repair_place() of repair.h: edits to JSON Pointers.
 *
 * One walk over the tape beside the edits, which stand in the same order.
 * An edit inside a scalar or a key belongs to that value, any other to the
 * innermost container around it.
 */
#include "validate/json/repair.h"

#define INDEX_ROOM 11 /* a slash and the digits of a uint32_t */

/*
 * The way from the root to the node at hand, and the pointer built last: as
 * far as its steps are the same, its bytes are used again.
 */
struct path {
    const struct json_tape *tape;
    struct arena *arena;
    uint32_t depth;
    uint32_t n_built;
    uint32_t container[JSON_DEPTH_MAX + 1];
    uint32_t step[JSON_DEPTH_MAX + 1];  /* the member's key, or an index */
    uint32_t built[JSON_DEPTH_MAX + 1]; /* steps of that pointer, */
    size_t end[JSON_DEPTH_MAX + 2];     /* and where step n - 1 ends */
    struct slice pointer;
};

static bool in_object(const struct path *p, uint32_t d)
{
    return p->tape->nodes[p->container[d]].kind == JSON_OBJECT;
}

/* Append a member's name as a pointer token, at most twice as long as it
 * stands in the text; NULL when the arena is full. */
static char *put_name(struct path *p, uint32_t key, char *out)
{
    struct slice name = json_string(p->tape, key, p->arena);

    if (!name.ptr)
        return NULL;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (c == '~' || c == '/')
            *out++ = '~';
        *out++ = c == '~' ? '0' : c == '/' ? '1' : c;
    }
    return out;
}

static char *put_index(uint32_t index, char *out)
{
    char digits[INDEX_ROOM];
    size_t n = 0;

    do
        digits[n++] = (char)('0' + index % 10);
    while (index /= 10);
    while (n)
        *out++ = digits[--n];
    return out;
}

/* The JSON Pointer of what lies `depth` steps down the path. */
static struct slice path_pointer(struct path *p, uint32_t depth)
{
    size_t room = 1, from;
    uint32_t same = 0;
    char *bytes, *out;

    while (same < depth && same < p->n_built && p->built[same] == p->step[same])
        same++;
    if (same == depth && same == p->n_built)
        return p->pointer;
    from = same ? p->end[same] : 0;
    for (uint32_t d = same; d < depth; d++)
        room += in_object(p, d) ? 2 * (size_t)p->tape->nodes[p->step[d]].len
                                : INDEX_ROOM;
    bytes = out = arena_bytes(p->arena, from + room);
    if (!out)
        return slice_of(NULL, 0);
    if (from)
        memcpy(out, p->pointer.ptr, from);
    out += from;
    for (uint32_t d = same; d < depth && out; d++) {
        p->built[d] = p->step[d];
        *out++ = '/';
        out = in_object(p, d) ? put_name(p, p->step[d], out)
                              : put_index(p->step[d], out);
        p->end[d + 1] = out ? (size_t)(out - bytes) : 0;
    }
    if (!out)
        return slice_of(NULL, 0);
    p->n_built = depth;
    p->pointer = slice_of(bytes, (size_t)(out - bytes));
    return p->pointer;
}

/* Step to node i: close what ends before it, count or name it. */
static void path_step(struct path *p, uint32_t i)
{
    const struct json_node *nodes = p->tape->nodes;
    uint32_t top;

    while (p->depth && i >= nodes[p->container[p->depth - 1]].next)
        p->depth--;
    if (!p->depth)
        return;
    top = p->depth - 1;
    if (nodes[p->container[top]].kind == JSON_ARRAY)
        p->step[top]++;
    else if (nodes[i].flags & JSON_KEY)
        p->step[top] = i;
}

static void path_enter(struct path *p, uint32_t i)
{
    DEMAND(p->depth <= JSON_DEPTH_MAX);
    p->container[p->depth] = i;
    p->step[p->depth] = UINT32_MAX; /* one before the first */
    p->depth++;
}

static size_t node_end(const struct json_node *node)
{
    return (size_t)node->at + node->len;
}

/* Walk on to place `at` of the text; true when it lies in scalar *i, false
 * when in the path's innermost container.  *i: the next node to look at. */
static bool walk_to(struct path *p, size_t at, uint32_t *i)
{
    const struct json_tape *t = p->tape;

    while (*i < t->n_nodes && t->nodes[*i].at <= at) {
        const struct json_node *node = &t->nodes[*i];
        bool inside = at < node_end(node);

        if (inside && node->kind < JSON_ARRAY)
            return true;
        path_step(p, *i);
        if (inside)
            path_enter(p, (*i)++);
        else
            *i = node->next;
    }
    while (p->depth && at >= node_end(&t->nodes[p->container[p->depth - 1]]))
        p->depth--;
    return false;
}

/* The path of one edit and what it has in common with the one before. */
bool repair_place_some(struct repaired *r, uint32_t first, uint32_t end,
                       struct arena *arena)
{
    struct path p; /* its arrays are filled as far as they are used */
    uint32_t i = 0, before = UINT32_MAX;
    struct slice pointer = SLICE("");

    p.tape = &r->tape;
    p.arena = arena;
    p.depth = p.n_built = 0;
    p.pointer = pointer;
    for (uint32_t e = first; e < end; e++) {
        struct repair_edit *edit = &r->edits[e];
        size_t at = (size_t)(edit->after.ptr - r->tape.text.ptr);
        bool scalar = walk_to(&p, at, &i);
        uint32_t owner = scalar    ? i
                         : p.depth ? p.container[p.depth - 1]
                                   : UINT32_MAX;

        if (owner == before && e > first) {
            edit->pointer = pointer;
            continue;
        }
        before = owner;
        if (scalar) {
            path_step(&p, i);
            pointer = path_pointer(&p, p.depth);
            if (p.depth &&
                r->tape.nodes[p.container[p.depth - 1]].kind == JSON_ARRAY)
                p.step[p.depth - 1]--; /* counted when it is left, too */
        } else {
            pointer = p.depth ? path_pointer(&p, p.depth - 1) : SLICE("");
        }
        if (!pointer.ptr)
            return false;
        edit->pointer = pointer;
    }
    return true;
}

/* Those without a pointer are the mended ones, which stand together. */
bool repair_place(struct repaired *r, struct arena *arena)
{
    uint32_t first = 0, end = r->n_edits;

    while (first < end && r->edits[first].pointer.ptr)
        first++;
    while (first < end && r->edits[end - 1].pointer.ptr)
        end--;
    return first == end || repair_place_some(r, first, end, arena);
}
