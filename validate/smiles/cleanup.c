/*
 * cleanup.c - what RDKit rewrites before it looks at valences.
 *
 * Forms that are written often and mean something else: CN(=O)=O is
 * C[N+](=O)[O-], CN=N#N is CN=[N+]=[N-], O=Cl(=O)(=O)O a Cl+3 with three O-,
 * C=P(=O)C the ylide; and a non-metal with a bond too many to a metal gives
 * that bond as a donor.  The graph is changed in place: bond types, loads
 * and charges.  Rare, so it takes the time to build neighbour lists.
 */
#include "validate/smiles/graph.h"

struct cleaner {
    struct graph *g;
    struct adjacency adj;
};

#define FOR_EACH_NEIGHBOUR(c, i, k) \
    for (uint32_t k = (c)->adj.first[i]; k < (c)->adj.first[(i) + 1]; k++)

static uint8_t type_of(const struct cleaner *c, uint32_t bond)
{
    return *graph_bond(c->g, bond) & BOND_TYPE;
}

/* The first neutral neighbour of element z on a bond of this type. */
static bool lower_order(const struct cleaner *c, uint32_t i, uint8_t z,
                        uint8_t type)
{
    struct atom *atoms = c->g->atoms;

    FOR_EACH_NEIGHBOUR(c, i, k)
    {
        struct neighbour to = c->adj.list[k];

        if (atoms[to.atom].z != z || atoms[to.atom].charge ||
            type_of(c, to.bond) != type)
            continue;
        graph_retype(c->g, to.bond, (uint8_t)(type - 1));
        atoms[i].charge = 1;
        atoms[to.atom].charge = -1;
        return true;
    }
    return false;
}

/*
 * A neutral N with five bonds gives a bond and an electron: first to an O,
 * then to an N, all atoms for the one, then all for the other.
 */
static void clean_nitrogen(const struct cleaner *c)
{
    struct atom *atoms = c->g->atoms;
    uint32_t n = c->g->n_atoms;

    for (uint32_t i = 0; i < n; i++) {
        struct atom *a = &atoms[i];

        a->flags &= (uint8_t)~ATOM_DOUBLE;
        if (a->z != 7 || a->charge || valence_explicit(a) != 5)
            continue;
        a->flags |= ATOM_DOUBLE; /* borrowed: was one of those */
        (void)lower_order(c, i, 8, BOND_DOUBLE);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (atoms[i].flags & ATOM_DOUBLE)
            (void)lower_order(c, i, 7, BOND_TRIPLE);
        atoms[i].flags &= (uint8_t)~ATOM_DOUBLE;
    }
}

static void clean_phosphorus(const struct cleaner *c, uint32_t i)
{
    struct atom *a = &c->g->atoms[i];
    uint32_t oxygen = NO_ATOM, bond = 0;
    bool other = false;

    if (a->charge || LOAD_BONDS(a->load) != 3 || valence_explicit(a) != 5)
        return;
    FOR_EACH_NEIGHBOUR(c, i, k)
    {
        struct neighbour to = c->adj.list[k];
        const struct atom *b = &c->g->atoms[to.atom];

        if (type_of(c, to.bond) != BOND_DOUBLE)
            continue;
        if (b->z == 8 && !b->charge) {
            oxygen = to.atom;
            bond = to.bond;
        } else if ((b->z == 6 || b->z == 7) && LOAD_BONDS(b->load) >= 2) {
            other = true;
        }
    }
    if (oxygen == NO_ATOM || !other)
        return;
    graph_retype(c->g, bond, BOND_SINGLE);
    a->charge = 1;
    c->g->atoms[oxygen].charge = -1;
}

/* Oxoacids of Cl, Br and I: every =O becomes an O-. */
static void clean_halogen(const struct cleaner *c, uint32_t i)
{
    struct atom *a = &c->g->atoms[i];
    int valence = valence_explicit(a), charge = 0;

    if (a->charge || (valence != 3 && valence != 5 && valence != 7))
        return;
    FOR_EACH_NEIGHBOUR(c, i, k)
    {
        if (c->g->atoms[c->adj.list[k].atom].z != 8)
            return;
    }
    FOR_EACH_NEIGHBOUR(c, i, k)
    {
        struct neighbour to = c->adj.list[k];

        if (type_of(c, to.bond) != BOND_DOUBLE)
            continue;
        graph_retype(c->g, to.bond, BOND_SINGLE);
        c->g->atoms[to.atom].charge = -1;
        charge++;
    }
    a->charge = (int8_t)charge;
}

static bool is_metal(const struct atom *a)
{
    return element_valences[a->z].flags & ELEMENT_METAL;
}

/* Bound to more than it can be, or a flat carbon with a fourth bond. */
static bool gives_bond(const struct cleaner *c, uint32_t i)
{
    struct atom a = c->g->atoms[i];
    int z = a.z - a.charge, valence, most, degree;

    if (is_metal(&a) || a.z <= 2 || a.z == 9 || a.z == 10 || z <= 0 ||
        z >= ELEMENTS)
        return false;
    most = element_valences[z].most;
    valence = valence_explicit(&a);
    if (most <= 0 || valence < most)
        return false;
    /* such a carbon has no hydrogens but the written ones */
    degree = (int)LOAD_BONDS(a.load) + (a.flags & ATOM_BRACKET ? a.h : 0);
    return valence > most || ((a.flags & ATOM_AROMATIC) && degree == 4);
}

/*
 * The bond to that metal with the fewest donors becomes dative; `donors`
 * counts them for every atom.
 */
static bool give_bond(const struct cleaner *c, uint32_t i)
{
    struct neighbour best = {NO_ATOM, 0};
    uint32_t *donors = c->g->jump, ends[2];

    FOR_EACH_NEIGHBOUR(c, i, k)
    {
        struct neighbour to = c->adj.list[k];

        if (type_of(c, to.bond) == BOND_SINGLE &&
            is_metal(&c->g->atoms[to.atom]) &&
            (best.atom == NO_ATOM || donors[to.atom] < donors[best.atom]))
            best = to;
    }
    if (best.atom == NO_ATOM)
        return false;
    graph_ends(c->g, best.bond, ends);
    graph_retype(c->g, best.bond,
                 ends[1] == best.atom ? BOND_DATIVE : BOND_DATIVE_BACK);
    donors[i]++;
    donors[best.atom]++;
    return true;
}

static bool clean_metals(const struct cleaner *c)
{
    struct graph *g = c->g;
    bool gave = false;

    /* reading is over: jump is free for the counts */
    for (uint32_t i = 0; i < g->n_atoms; i++)
        g->jump[i] = 0;
    for (uint32_t b = 0; b < g->n_atoms + g->n_rings; b++) {
        uint32_t ends[2];

        if (!bond_dative(*graph_bond(g, b)))
            continue;
        graph_ends(g, b, ends);
        g->jump[ends[0]]++;
        g->jump[ends[1]]++;
    }
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        if (gives_bond(c, i) && give_bond(c, i))
            gave = true;
    }
    return gave;
}

bool cleanup(struct judge *j)
{
    struct cleaner c = {&j->graph, {NULL, NULL}};
    size_t mark = arena_mark(j->arena);
    bool gave;

    if (!adjacency_build(j, &c.adj))
        return false;
    clean_nitrogen(&c);
    for (uint32_t i = 0; i < c.g->n_atoms; i++) {
        uint8_t z = c.g->atoms[i].z;

        if (z == 15)
            clean_phosphorus(&c, i);
        else if (z == 17 || z == 35 || z == 53)
            clean_halogen(&c, i);
    }
    gave = clean_metals(&c);
    arena_rewind(j->arena, mark);
    if (!gave)
        return true;
    j->graph.seen |= SEEN_DATIVE | SEEN_ODD_RING;
    return ring_mark_all(j);
}
