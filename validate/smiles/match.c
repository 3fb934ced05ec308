/*
 * match.c - pairs along edges until everyone who must has a partner.
 *
 * Edmonds' algorithm: from each vertex left over, grow an alternating tree
 * breadth first until it reaches a free vertex; odd cycles on the way are
 * shrunk to their base (union-find).  A vertex that gets a partner never
 * loses it, and each search looks only at its neighbourhood, so what a good
 * start leaves over is settled in little time; marks carry the number of their
 * search, so none are ever cleared.  A budget of steps, linear in the size,
 * makes sure that no input can turn that into quadratic time.
 *
 * Vertices from n_must on may be paired, but need not be: reaching one that
 * has a partner is as good as reaching a free one, it is left alone.
 */
#include "validate/smiles/graph.h"

#define STEPS_PER_VERTEX 400
#define STEPS_FREE       100000

enum label { UNSEEN, EVEN, ODD };

struct search {
    struct pairing *p;
    uint32_t *state; /* number of the search and label; others: unseen */
    uint32_t *link;  /* of an odd vertex: the even one it was reached from */
    uint32_t *base;  /* union-find: the base of the shrunk cycle */
    uint32_t *met;   /* stamps of the walks to the common base */
    uint32_t head, tail; /* of the queue of even vertices */
    uint32_t stamp, number;
    uint64_t steps; /* left to be spent */
};

static uint32_t find(struct search *s, uint32_t v)
{
    while (s->base[v] != v) {
        s->base[v] = s->base[s->base[v]];
        v = s->base[v];
    }
    return v;
}

static enum label label_of(const struct search *s, uint32_t v)
{
    return s->state[v] / 4 == s->number ? s->state[v] % 4 : UNSEEN;
}

static void set_label(struct search *s, uint32_t v, enum label label)
{
    s->state[v] = s->number * 4 + label;
}

static void touch(struct search *s, uint32_t v, enum label label)
{
    set_label(s, v, label);
    s->base[v] = v;
    s->link[v] = NO_ATOM;
}

static void enqueue(struct search *s, uint32_t v)
{
    s->p->queue[s->tail++] = v;
}

/* Where the ways from two even vertices back to the root come together. */
static uint32_t common_base(struct search *s, uint32_t a, uint32_t b)
{
    s->stamp++;
    for (;;) {
        if (a != NO_ATOM) {
            a = find(s, a);
            if (s->met[a] == s->stamp)
                return a;
            s->met[a] = s->stamp;
            s->steps -= s->steps > 0;
            /* an even base: over its partner to the one before */
            a = s->p->mate[a];
            a = a == NO_ATOM ? NO_ATOM : s->link[a];
        }
        {
            uint32_t other = a;

            a = b;
            b = other;
        }
    }
}

/* w, free and reached from v, ends the way: change partners along it. */
static void augment(struct search *s, uint32_t v, uint32_t w)
{
    uint32_t *mate = s->p->mate;

    s->link[w] = v;
    while (w != NO_ATOM) {
        uint32_t before = s->link[w], next = mate[before];

        mate[w] = before;
        mate[before] = w;
        w = next;
    }
}

/*
 * Make everything between v and the base of the cycle even.  An even way to
 * a wildcard is as good as a free vertex: it gives up its partner, which
 * ends the way instead; then true.
 */
static bool shrink(struct search *s, uint32_t v, uint32_t from, uint32_t base)
{
    uint32_t *mate = s->p->mate;

    while (find(s, v) != base) {
        uint32_t w = mate[v];

        if (w >= s->p->n_must) {
            mate[w] = NO_ATOM;
            augment(s, from, v);
            return true;
        }
        s->link[v] = from;
        from = w;
        if (label_of(s, w) == ODD) {
            set_label(s, w, EVEN);
            enqueue(s, w);
        }
        if (s->base[v] == v)
            s->base[v] = base;
        if (s->base[w] == w)
            s->base[w] = base;
        v = s->link[w];
        s->steps -= s->steps > 0;
    }
    return false;
}

/* Look at the edge from the even vertex v to w; true: v's tree is done. */
static bool step(struct search *s, uint32_t v, uint32_t w)
{
    uint32_t *mate = s->p->mate, partner;
    enum label label = label_of(s, w);

    if (label == UNSEEN) {
        partner = mate[w];
        if (partner != NO_ATOM && partner >= s->p->n_must) {
            mate[partner] = mate[w] = NO_ATOM;
            partner = NO_ATOM;
        }
        touch(s, w, ODD);
        if (partner == NO_ATOM) {
            augment(s, v, w);
            return true;
        }
        s->link[w] = v;
        touch(s, partner, EVEN);
        enqueue(s, partner);
    } else if (label == EVEN && find(s, v) != find(s, w)) {
        uint32_t base = common_base(s, v, w);

        return shrink(s, v, w, base) || shrink(s, w, v, base);
    }
    return false;
}

static bool grow(struct search *s, uint32_t root)
{
    const struct pairing *p = s->p;

    s->head = s->tail = 0;
    s->number++;
    touch(s, root, EVEN);
    enqueue(s, root);
    while (s->head < s->tail && s->steps) {
        uint32_t v = s->p->queue[s->head++];

        for (uint32_t k = p->first[v]; k < p->first[v + 1]; k++) {
            s->steps -= s->steps > 0;
            if (step(s, v, p->edges[k]))
                return true;
        }
    }
    return false;
}

static enum pairing_result pair_all(struct search *s, uint32_t *left)
{
    for (uint32_t v = 0; v < s->p->n_must; v++) {
        if (s->p->mate[v] != NO_ATOM || grow(s, v))
            continue;
        *left = v;
        return s->steps ? UNPAIRED : PAIRING_TOO_HARD;
    }
    return PAIRED;
}

enum pairing_result pairing_complete(struct pairing *p, struct arena *arena,
                                     uint32_t *left)
{
    struct search s = {.p = p};
    uint32_t n = p->n;

    s.state = arena_new(arena, n, uint32_t);
    s.met = arena_new(arena, n, uint32_t);
    s.link = arena_array(arena, n, uint32_t);
    s.base = arena_array(arena, n, uint32_t);
    if (!s.state || !s.met || !s.link || !s.base)
        return PAIRING_MEMORY;
    s.steps = (uint64_t)n * STEPS_PER_VERTEX + STEPS_FREE;
    return pair_all(&s, left);
}
