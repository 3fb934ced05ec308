/*
 * stereo.c - marks that mean nothing; warnings only, never a fault.
 *
 * A / or \ says on which side of a double bond something lies, so it takes
 * one at both ends of the double bond.  Where a model or a careless reader
 * of JSON dropped the backslashes of a text, single slashes stay behind:
 * that is what the first warning finds.  An @ needs three neighbours, with
 * the hydrogen, and at most one hydrogen.
 */
#include "validate/smiles/graph.h"

/* Per atom, in `jump`, which nobody needs any more. */
#define SIDE_ABOVE    0x1 /* a neighbour lies above it */
#define SIDE_BELOW    0x2
#define SIDE_CONFLICT 0x4 /* two on the same side */
#define SIDE_USED     0x8 /* end of a double bond with marks on both ends */

static uint32_t add_side(uint32_t sides, uint32_t side)
{
    return sides | (sides & side ? SIDE_CONFLICT : side);
}

static void collect_sides(const struct graph *g, uint32_t n_bonds)
{
    uint32_t *sides = g->jump, ends[2];

    for (uint32_t i = 0; i < g->n_atoms; i++)
        sides[i] = 0;
    for (uint32_t i = 0; i < n_bonds; i++) {
        uint8_t bond = *graph_bond(g, i);

        if (!(bond & (BOND_UP | BOND_DOWN)))
            continue;
        graph_ends(g, i, ends);
        if (bond & BOND_DOWN) {
            uint32_t end = ends[0];

            ends[0] = ends[1];
            ends[1] = end;
        }
        sides[ends[0]] = add_side(sides[ends[0]], SIDE_ABOVE);
        sides[ends[1]] = add_side(sides[ends[1]], SIDE_BELOW);
    }
}

/* Where the mark of a bond stands, roughly: in front of its later end. */
static size_t mark_at(const struct graph *g, uint32_t bond)
{
    size_t at =
        bond < g->n_atoms ? g->atoms[bond].at : g->rings[bond - g->n_atoms].at;

    while (at > 0 && g->text[at] != '/' && g->text[at] != '\\')
        at--;
    return at;
}

void direction_judge(struct judge *j)
{
    struct graph *g = &j->graph;
    uint32_t *sides = g->jump, n = g->n_atoms + g->n_rings, ends[2];

    collect_sides(g, n);
    for (uint32_t i = 0; i < n; i++) {
        if ((*graph_bond(g, i) & BOND_TYPE) != BOND_DOUBLE)
            continue;
        graph_ends(g, i, ends);
        if (!sides[ends[0]] || !sides[ends[1]])
            continue;
        for (int k = 0; k < 2; k++) {
            sides[ends[k]] |= SIDE_USED;
            if (sides[ends[k]] & SIDE_CONFLICT)
                judge_warn(j, SMILES_WARN_DIRECTION_CONFLICT,
                           g->atoms[ends[k]].at, atom_len(g, ends[k]));
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!(*graph_bond(g, i) & (BOND_UP | BOND_DOWN)))
            continue;
        graph_ends(g, i, ends);
        if (!((sides[ends[0]] | sides[ends[1]]) & SIDE_USED)) {
            judge_warn(j, SMILES_WARN_DIRECTION, mark_at(g, i), 1);
            return; /* one is enough, and mark_at() walks */
        }
    }
}

static bool can_be_centre(const struct atom *a)
{
    uint32_t n = LOAD_BONDS(a->load) + a->h;

    switch (a->chirality) {
    case CHIRAL_TH: return n >= 3 && n <= 4 && a->h <= 1;
    case CHIRAL_AL: return n >= 2 && n <= 4;
    case CHIRAL_SP: return n >= 3 && n <= 4;
    case CHIRAL_TB: return n >= 4 && n <= 5;
    default: return n >= 5 && n <= 6;
    }
}

void chirality_judge(struct judge *j)
{
    const struct graph *g = &j->graph;

    for (uint32_t i = 0; i < g->n_atoms; i++) {
        const struct atom *a = &g->atoms[i];

        if (a->chirality && !can_be_centre(a))
            judge_warn(j, SMILES_WARN_CENTRE, a->at, atom_len(g, i));
    }
}
