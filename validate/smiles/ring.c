/*
 * ring.c - which atoms and bonds lie in rings; neighbour lists.
 *
 * While the text is read, every ring closure marks the tree path between
 * its two ends.  A bond once marked need not be walked again: `jump` leads
 * from an atom to one further up with nothing but marked bonds in between,
 * halved on the way as in union-find, so that all closures together cost
 * little more than the atoms.  A parent has a smaller number than its child:
 * always moving the end with the larger number makes both meet.
 *
 * That holds as long as the tree spans.  Where a ring number joins two
 * fragments, or a dative bond is part of the tree (RDKit's rings are made
 * without those), the bridges are found by a depth-first search instead.
 */
#include "validate/smiles/graph.h"

/* From u towards its root, over marked bonds or by marking one. */
static inline uint32_t step_up(struct graph *g, uint32_t u)
{
    struct atom *atoms = g->atoms, *p = &atoms[u];
    uint32_t *jump = g->jump, up;

    if (p->flags & ATOM_RING_BOND) {
        up = jump[u];
        if (atoms[up].flags & ATOM_RING_BOND)
            jump[u] = jump[up];
        return up;
    }
    if (p->parent == NO_ATOM)
        return NO_ATOM;
    p->flags |= ATOM_RING_BOND | ATOM_RING;
    jump[u] = p->parent;
    return p->parent;
}

void ring_mark(struct graph *g, uint32_t a, uint32_t b)
{
    while (a != b) {
        while (b > a && b != NO_ATOM)
            b = step_up(g, b);
        while (a > b && a != NO_ATOM)
            a = step_up(g, a);
        if (a == NO_ATOM || b == NO_ATOM) {
            g->seen |= SEEN_ODD_RING;
            return;
        }
    }
    g->atoms[a].flags |= ATOM_RING;
}

bool adjacency_build(struct judge *j, struct adjacency *out)
{
    const struct graph *g = &j->graph;
    uint32_t n = g->n_atoms, total = 0, ends[2];

    out->first = g->spare;
    out->list = arena_array(j->arena, 2 * (n + g->n_rings), struct neighbour);
    if (!out->list)
        return judge_fail(j, SMILES_MEMORY, 0, 0);
    for (uint32_t i = 0; i < n; i++) {
        total += LOAD_BONDS(g->atoms[i].load);
        out->first[i] = total; /* the end; filling moves it to the begin */
    }
    out->first[n] = total;
    /* from the last bond to the first, so that each list is in their order */
    for (uint32_t bond = n + g->n_rings; bond-- > 0;) {
        graph_ends(g, bond, ends);
        if (ends[0] == NO_ATOM)
            continue;
        out->list[--out->first[ends[0]]] = (struct neighbour){ends[1], bond};
        out->list[--out->first[ends[1]]] = (struct neighbour){ends[0], bond};
    }
    return true;
}

/* Where a depth-first search stands in an atom. */
struct visit {
    uint32_t order; /* 0: not yet seen */
    uint32_t low;   /* earliest atom that can be reached from below */
    uint32_t next;  /* neighbour to go to */
    uint32_t from;  /* the bond it came by */
};

static void mark_bond(struct graph *g, uint32_t bond)
{
    uint32_t ends[2];

    graph_ends(g, bond, ends);
    g->atoms[ends[0]].flags |= ATOM_RING;
    g->atoms[ends[1]].flags |= ATOM_RING;
    if (bond < g->n_atoms)
        g->atoms[bond].flags |= ATOM_RING_BOND;
    else
        g->rings[bond - g->n_atoms].ring = true;
}

static void count_system(struct atom *a)
{
    if (a->systems < UINT8_MAX)
        a->systems++;
}

/*
 * Back from v to the atom above.  A ring system ends at an atom when no bond
 * from below leads further up: such an atom may be in another one, too.
 */
static void leave(struct graph *g, struct visit *visit, uint32_t v,
                  uint32_t above)
{
    const struct visit *at = &visit[v];
    struct visit *up = &visit[above];

    if (at->low < up->low)
        up->low = at->low;
    if (at->low > up->order)
        return;
    mark_bond(g, at->from);
    count_system(&g->atoms[v]);
    if (at->low == up->order)
        count_system(&g->atoms[above]);
}

/* All atoms that can be reached from the first one. */
static void search(struct graph *g, const struct adjacency *adj,
                   struct visit *visit, uint32_t *stack, uint32_t *order)
{
    uint32_t depth = 1;

    while (depth) {
        uint32_t v = stack[depth - 1];
        struct visit *at = &visit[v];
        struct neighbour to;

        if (at->next == adj->first[v + 1]) {
            if (--depth)
                leave(g, visit, v, stack[depth - 1]);
            continue;
        }
        to = adj->list[at->next++];
        if (to.bond == at->from || bond_dative(*graph_bond(g, to.bond)))
            continue;
        if (visit[to.atom].order) {
            if (visit[to.atom].order < at->low)
                at->low = visit[to.atom].order;
            mark_bond(g, to.bond);
            continue;
        }
        ++*order;
        visit[to.atom] =
            (struct visit){*order, *order, adj->first[to.atom], to.bond};
        stack[depth++] = to.atom;
    }
}

bool ring_mark_all(struct judge *j)
{
    struct graph *g = &j->graph;
    size_t mark = arena_mark(j->arena);
    struct adjacency adj;
    struct visit *visit;
    uint32_t *stack, order = 0;

    if (!adjacency_build(j, &adj))
        return false;
    visit = arena_new(j->arena, g->n_atoms, struct visit);
    stack = g->jump; /* no longer needed */
    if (!visit)
        return judge_fail(j, SMILES_MEMORY, 0, 0);
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        g->atoms[i].flags &= (uint8_t) ~(ATOM_RING | ATOM_RING_BOND);
        g->atoms[i].systems = 0;
    }
    for (uint32_t i = 0; i < g->n_rings; i++)
        g->rings[i].ring = false;
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        if (visit[i].order)
            continue;
        order++;
        visit[i] = (struct visit){order, order, adj.first[i], UINT32_MAX};
        stack[0] = i;
        search(g, &adj, visit, stack, &order);
    }
    arena_rewind(j->arena, mark);
    return true;
}

/* Two atoms joined twice; the ring number that does it is at fault. */
bool ring_twins(struct judge *j)
{
    const struct graph *g = &j->graph;
    size_t mark = arena_mark(j->arena);
    uint32_t *seen = arena_new(j->arena, g->n_atoms, uint32_t);
    uint32_t twin = UINT32_MAX;
    struct adjacency adj;

    if (!seen || !adjacency_build(j, &adj))
        return judge_fail(j, SMILES_MEMORY, 0, 0);
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        for (uint32_t k = adj.first[i]; k < adj.first[i + 1]; k++) {
            struct neighbour to = adj.list[k];

            if (seen[to.atom] == i + 1 && to.bond < twin)
                twin = to.bond;
            seen[to.atom] = i + 1;
        }
    }
    arena_rewind(j->arena, mark);
    if (twin == UINT32_MAX)
        return true;
    return judge_fail(j, SMILES_RING_DOUBLE, g->rings[twin - g->n_atoms].at, 1);
}
