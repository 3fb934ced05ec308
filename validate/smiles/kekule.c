/*
 * kekule.c - has the aromatic system a Kekule form?
 *
 * Atoms that need a double bond (valence.c marks them) must be paired along
 * aromatic ring bonds: a perfect matching.  Going through the atoms from the
 * last to the first and pairing each with its parent is optimal on the tree
 * of the text, since an atom's descendants come behind it; with ring bonds
 * between what is left over, that settles most molecules in one sweep.  The
 * rest goes to a real matching algorithm (match.c), with these pairs as its
 * start.
 *
 * A wildcard in a ring may take part, but need not.  It pairs over any ring
 * bond, as RDKit lets it.
 */
#include "validate/smiles/graph.h"

static bool fail_kekule(struct judge *j, uint32_t i)
{
    return judge_fail(j, SMILES_KEKULIZE, j->graph.atoms[i].at,
                      atom_len(&j->graph, i));
}

static bool unpaired(const struct atom *a)
{
    return (a->flags & ATOM_NEEDY) == ATOM_NEEDY && !(a->bond & BOND_PAIRED);
}

/* Pairs along the tree; the number of atoms left over. */
static uint32_t pair_tree(struct judge *j)
{
    struct atom *atoms = j->graph.atoms;
    uint32_t left = 0, *jump = j->graph.jump;
    const uint32_t *needy = j->graph.spare;

    for (uint32_t k = j->graph.n_needy; k-- > 0;) {
        uint32_t i = needy[k], up = atoms[i].parent;
        struct atom *a = &atoms[i];

        if (a->bond & BOND_PAIRED)
            continue;
        if ((a->flags & ATOM_RING_BOND) &&
            (a->bond & BOND_TYPE) == BOND_AROMATIC && unpaired(&atoms[up])) {
            a->bond |= BOND_PAIRED;
            atoms[up].bond |= BOND_PAIRED;
            jump[i] = up;
            jump[up] = i;
        } else {
            left++;
        }
    }
    return left;
}

/* The number of those left over behind ring bonds, too. */
static uint32_t pair_rings(struct graph *g, uint32_t left)
{
    for (uint32_t i = 0; i < g->n_rings && left; i++) {
        const struct ring_bond *r = &g->rings[i];

        if (!r->ring || (r->bond & BOND_TYPE) != BOND_AROMATIC ||
            !unpaired(&g->atoms[r->a]) || !unpaired(&g->atoms[r->b]))
            continue;
        g->atoms[r->a].bond |= BOND_PAIRED;
        g->atoms[r->b].bond |= BOND_PAIRED;
        g->jump[r->a] = r->b;
        g->jump[r->b] = r->a;
        left -= 2;
    }
    return left;
}

/* --- the rest ------------------------------------------------------------- */

static bool is_needy(const struct atom *a)
{
    return (a->flags & ATOM_NEEDY) == ATOM_NEEDY;
}

static bool is_wild(const struct atom *a)
{
    return !a->z && (a->flags & ATOM_RING) && !(a->bond & BOND_PAIRED);
}

/* May the two ends of this bond be paired? */
static bool is_edge(const struct graph *g, uint32_t bond, uint32_t ends[2])
{
    uint8_t type = *graph_bond(g, bond) & BOND_TYPE;
    const struct atom *a, *b;

    graph_ends(g, bond, ends);
    if (ends[0] == NO_ATOM)
        return false;
    if (bond < g->n_atoms ? !(g->atoms[bond].flags & ATOM_RING_BOND)
                          : !g->rings[bond - g->n_atoms].ring)
        return false;
    a = &g->atoms[ends[0]];
    b = &g->atoms[ends[1]];
    if (type != BOND_AROMATIC && a->z && b->z)
        return false;
    return (is_needy(a) || is_wild(a)) && (is_needy(b) || is_wild(b));
}

static bool build_pairing(struct judge *j, struct pairing *p)
{
    struct graph *g = &j->graph;
    uint32_t n = 0, total = 0, ends[2];

    /* vertices: the needy atoms, then the wildcards */
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        p->n_must += is_needy(&g->atoms[i]);
        p->n += is_needy(&g->atoms[i]) || is_wild(&g->atoms[i]);
    }
    p->mate = arena_array(j->arena, p->n, uint32_t);
    p->first = arena_new(j->arena, p->n + 1, uint32_t);
    p->queue = g->spare; /* the list in it has done its work */
    p->edges = arena_array(j->arena, 2 * (g->n_atoms + g->n_rings), uint32_t);
    if (!p->mate || !p->first || !p->edges)
        return judge_fail(j, SMILES_MEMORY, 0, 0);
    /* jump holds the partner of the paired; it becomes the vertex number */
    for (int wild = 0; wild < 2; wild++) {
        for (uint32_t i = 0; i < g->n_atoms; i++) {
            const struct atom *a = &g->atoms[i];

            if (wild ? !is_wild(a) : !is_needy(a))
                continue;
            p->mate[n] = a->bond & BOND_PAIRED ? g->jump[i] : NO_ATOM;
            g->jump[i] = n++;
        }
    }
    for (uint32_t v = 0; v < n; v++) {
        if (p->mate[v] != NO_ATOM)
            p->mate[v] = g->jump[p->mate[v]];
    }
    for (uint32_t bond = 0; bond < g->n_atoms + g->n_rings; bond++) {
        if (!is_edge(g, bond, ends))
            continue;
        p->first[g->jump[ends[0]]]++;
        p->first[g->jump[ends[1]]]++;
    }
    for (uint32_t v = 0; v < n; v++)
        total = p->first[v] += total;
    p->first[n] = total;
    for (uint32_t bond = g->n_atoms + g->n_rings; bond-- > 0;) {
        if (!is_edge(g, bond, ends))
            continue;
        p->edges[--p->first[g->jump[ends[0]]]] = g->jump[ends[1]];
        p->edges[--p->first[g->jump[ends[1]]]] = g->jump[ends[0]];
    }
    return true;
}

/* The atom of a vertex that has to be paired. */
static uint32_t atom_of(const struct graph *g, uint32_t vertex)
{
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        if (is_needy(&g->atoms[i]) && g->jump[i] == vertex)
            return i;
    }
    DEMAND(false);
    return 0;
}

static bool pair_rest(struct judge *j)
{
    struct pairing p = {0};
    uint32_t left = 0;
    size_t mark = arena_mark(j->arena);
    bool ok = build_pairing(j, &p);

    if (!ok)
        return false;
    switch (pairing_complete(&p, j->arena, &left)) {
    case PAIRED: break;
    case UNPAIRED: ok = fail_kekule(j, atom_of(&j->graph, left)); break;
    case PAIRING_TOO_HARD: ok = judge_fail(j, SMILES_TOO_HARD, 0, 0); break;
    case PAIRING_MEMORY: ok = judge_fail(j, SMILES_MEMORY, 0, 0); break;
    }
    arena_rewind(j->arena, mark);
    return ok;
}

/* --- who takes part ------------------------------------------------------- */

/* List the needy atoms anew. */
static void needy_collect(struct graph *g)
{
    g->n_needy = 0;
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        g->spare[g->n_needy] = i;
        g->n_needy += is_needy(&g->atoms[i]);
    }
}

/*
 * With ~ and dative bonds, which count for nothing at one end, the marks of
 * valence.c do not hold: set them again.
 */
static void mark_again(struct judge *j)
{
    struct graph *g = &j->graph;
    uint32_t *ignored = g->jump, n = g->n_atoms, ends[2];

    for (uint32_t i = 0; i < n; i++)
        ignored[i] = 0;
    for (uint32_t bond = 0; bond < n + g->n_rings; bond++) {
        uint8_t type = *graph_bond(g, bond) & BOND_TYPE;

        graph_ends(g, bond, ends);
        if (type == BOND_ANY || type == BOND_DATIVE)
            ignored[ends[0]]++;
        if (type == BOND_ANY || type == BOND_DATIVE_BACK)
            ignored[ends[1]]++;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct atom *a = &g->atoms[i];

        a->flags &= (uint8_t)~ATOM_DOUBLE;
        if (a->z && (a->flags & ATOM_RING) && atom_aromatic(a) &&
            valence_wants_double(a, ignored[i],
                                 j->radicals ? j->radicals[i] : 0))
            a->flags |= ATOM_DOUBLE;
    }
}

/*
 * A wildcard takes part unless as many of its neighbours in the ring system
 * are neither aromatic nor wildcards as it has rings; then it counts as
 * served.  RDKit sees only neighbours in front of it.
 */
static void choose_wild(struct graph *g)
{
    uint32_t *plain = g->jump, n = g->n_atoms, ends[2];

    for (uint32_t i = 0; i < n; i++)
        plain[i] = 0;
    for (uint32_t bond = 0; bond < n + g->n_rings; bond++) {
        const struct atom *a, *b;

        graph_ends(g, bond, ends);
        if (ends[0] == NO_ATOM ||
            (bond < n ? !(g->atoms[bond].flags & ATOM_RING_BOND)
                      : !g->rings[bond - n].ring))
            continue;
        a = &g->atoms[ends[0]];
        b = &g->atoms[ends[1]];
        plain[ends[0]] += 1U << 16;
        plain[ends[1]] += 1U << 16;
        if (ends[0] < ends[1])
            plain[ends[1]] += a->z && !(a->flags & ATOM_AROMATIC);
        else
            plain[ends[0]] += b->z && !(b->flags & ATOM_AROMATIC);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bonds = plain[i] >> 16, others = plain[i] & 0xFFFF;

        if (!g->atoms[i].z && bonds && others >= bonds - 1)
            g->atoms[i].bond |= BOND_PAIRED;
    }
}

/*
 * RDKit gives every ring system its double bonds by itself.  An atom that
 * joins two of them and needs one - a P with four ring bonds - would have to
 * get one in each, which is one too many.
 */
static bool judge_spiro(struct judge *j)
{
    struct graph *g = &j->graph;

    if (!ring_mark_all(j))
        return false;
    needy_collect(g);
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        if (is_needy(&g->atoms[i]) && g->atoms[i].systems > 1)
            return fail_kekule(j, i);
    }
    return true;
}

static bool fail_stray(struct judge *j)
{
    const struct graph *g = &j->graph;
    uint32_t i = 0;

    while ((g->atoms[i].flags & (ATOM_AROMATIC | ATOM_RING)) != ATOM_AROMATIC)
        i++;
    return judge_fail(j, SMILES_AROMATIC, g->atoms[i].at, atom_len(g, i));
}

#define RARE (SEEN_ANY | SEEN_DATIVE | SEEN_WILDCARD | SEEN_CROWDED)

/* What only few molecules need. */
static bool prepare(struct judge *j)
{
    struct graph *g = &j->graph;

    if (g->seen & (SEEN_ANY | SEEN_DATIVE)) {
        mark_again(j);
        needy_collect(g);
    }
    if (g->seen & SEEN_WILDCARD)
        choose_wild(g);
    return !(g->seen & SEEN_CROWDED) || judge_spiro(j);
}

bool kekule_judge(struct judge *j)
{
    struct graph *g = &j->graph;
    uint32_t left;

    if (g->seen & SEEN_STRAY)
        return fail_stray(j);
    if ((g->seen & RARE) && !prepare(j))
        return false;
    left = pair_tree(j);
    if (left)
        left = pair_rings(g, left);
    return !left || pair_rest(j);
}
