/*
 * valence.c - implicit hydrogens and allowed valences.
 *
 * RDKit's rules: an atom counts its bonds (aromatic ones one and a half) and
 * written hydrogens; atoms of the organic subset are then filled up to the
 * next valence in the list of their element.  A charge shifts the list to
 * the isoelectronic neighbour: N+ binds as C, O- as F.
 *
 * Nearly all atoms are of the organic subset and have a load that occurs
 * all the time: one look into `usual` settles them.
 */
#include <stdio.h>

#include "validate/smiles/graph.h"

/* usual[][]: hydrogens to add, and a bit that says so; 0: not usual.  The
 * flag that goes to the atom has its own place. */
#define H(n) ((n) << 5 | 1)
#define D(n) (H(n) | ATOM_DOUBLE)

/*
 * By kind; then the low bits of the load, (load | load >> 16) & 63: twice
 * the sum of the orders, and the number of aromatic bonds above it.
 */
#define AROMATIC(n) ((n) << 4)

static const uint8_t usual[KIND_COUNT][64] = {
    [KIND_B] = {[0] = H(3), [2] = H(2), [4] = H(1), [6] = H(0)},
    [KIND_C] = {[0] = H(4), [2] = H(3), [4] = H(2), [6] = H(1), [8] = H(0)},
    [KIND_N] = {[0] = H(3), [2] = H(2), [4] = H(1), [6] = H(0)},
    [KIND_O] = {[0] = H(2), [2] = H(1), [4] = H(0)},
    [KIND_P] = {[0] = H(3), [2] = H(2), [4] = H(1), [6] = H(0)},
    [KIND_S] = {[0] = H(2),
                [2] = H(1),
                [4] = H(0),
                [6] = H(1),
                [8] = H(0),
                [10] = H(1),
                [12] = H(0)},
    [KIND_F] = {[0] = H(1), [2] = H(0)},
    [KIND_CL] = {[0] = H(1), [2] = H(0)},
    [KIND_BR] = {[0] = H(1), [2] = H(0)},
    [KIND_I] = {[0] = H(1), [2] = H(0)},
    [KIND_c] = {[AROMATIC(2) + 6] = D(1),
                [AROMATIC(2) + 8] = D(0),
                [AROMATIC(2) + 10] = H(0),
                [AROMATIC(3) + 9] = D(0)},
    [KIND_n] = {[AROMATIC(2) + 6] = D(0),
                [AROMATIC(2) + 8] = H(0),
                [AROMATIC(3) + 9] = H(0)},
    [KIND_o] = {[AROMATIC(2) + 6] = H(0)},
    [KIND_s] = {[AROMATIC(2) + 6] = H(0)},
};

/* The list that counts for an atom, charge and all. */
static uint8_t effective_z(const struct atom *a)
{
    int z = a->z - a->charge;

    if (!(element_valences[a->z].flags & ELEMENT_LISTED))
        return a->z;
    return (uint8_t)(z < 0 ? 0 : z >= ELEMENTS ? ELEMENTS - 1 : z);
}

/* So negative that no element has as many electrons: refused of non-metals. */
static bool beyond_elements(const struct atom *a)
{
    return a->z - a->charge >= ELEMENTS &&
           !(element_valences[a->z].flags & ELEMENT_METAL);
}

/* P, S, As and Se keep their own list when a charge would lead past it. */
static bool keeps_list(const struct atom *a, uint8_t effective)
{
    return (effective > 16 && (a->z == 15 || a->z == 16)) ||
           (effective > 34 && (a->z == 33 || a->z == 34));
}

static int written_h(const struct atom *a)
{
    return a->flags & ATOM_BRACKET ? a->h : 0;
}

int valence_explicit(const struct atom *a)
{
    const struct valences *v = &element_valences[effective_z(a)];
    int twice = (int)LOAD_TWICE(a->load) + 2 * written_h(a);
    int best = v->lowest;

    if (v->lowest >= 0 && twice > 2 * best && atom_aromatic(a)) {
        /* an aromatic atom that is full already: down to what fits */
        for (int n = best; n < 8 && 2 * n <= twice; n++) {
            if (v->mask >> n & 1)
                best = n;
        }
        if (twice - 2 * best <= 3)
            twice = 2 * best;
    }
    return (twice + 1) / 2;
}

bool valence_exceeds(const struct atom *a, int valence)
{
    uint8_t z = effective_z(a);
    int own = element_valences[a->z].most, most = element_valences[z].most;

    /* RDKit keeps the sum in a signed byte and refuses a negative one */
    if (beyond_elements(a) || valence & 128)
        return true;
    if (keeps_list(a, z)) {
        most = own;
        valence -= a->charge;
    }
    if (a->z == 1 && a->charge == -1)
        most = 2;
    return most >= 0 && own >= 0 && valence > most;
}

/* Hydrogens an unbracketed atom is filled up with; -1: it cannot be. */
static int implicit_h(const struct atom *a, int valence)
{
    uint8_t z = effective_z(a);
    const struct valences *v = &element_valences[z];
    const struct valences *own = &element_valences[a->z];
    int lowest = v->lowest;

    if (a->z == 0 || z == 0 || lowest < 0)
        return 0;
    if (keeps_list(a, z)) {
        v = own;
        valence -= a->charge;
    }
    if (atom_aromatic(a)) {
        if (valence <= lowest)
            return lowest - valence;
        return valence > 0 && valence < 8 && (v->mask >> valence & 1) ? 0 : -1;
    }
    if (valence < 8 && v->mask >> valence)
        return __builtin_ctz((unsigned)v->mask >> valence);
    return v->most >= 0 && own->most > 0 ? -1 : 0;
}

/* Orders of the bonds and hydrogens, aromatic bonds as single ones. */
static int kekule_base(const struct atom *a)
{
    int aromatic = (int)LOAD_AROMATIC(a->load);

    return ((int)LOAD_TWICE(a->load) - 3 * aromatic) / 2 + aromatic + a->h;
}

bool valence_wants_double(const struct atom *a, uint32_t ignored, int radicals)
{
    const struct valences *v = &element_valences[a->z];
    bool bracket = a->flags & ATOM_BRACKET;
    int charge = v->flags & ELEMENT_EARLY ? -a->charge : a->charge;
    int base = kekule_base(a), degree = (int)(LOAD_BONDS(a->load) - ignored);
    int total = valence_explicit(a), may;

    if (!bracket) {
        total += a->h;
        degree += a->h;
    }
    if (a->z == 6 && charge > 0)
        charge = -charge;
    may = v->lowest + charge;
    for (int n = v->lowest + 1; total > may && n < 8; n++) {
        if (n > 0 && (v->mask >> n & 1))
            may = n + charge;
    }
    if (!radicals && total == 5 && base == 4 && may == 3 && degree == 3 &&
        !charge && !a->h && (a->z == 7 || a->z == 15 || a->z == 33))
        may = 5; /* O=n1ccccc1 */
    return degree + radicals < may &&
           (may == base + 1 + radicals ||
            (!radicals && bracket && may == base + 2));
}

static bool fail_valence(struct judge *j, uint32_t i)
{
    const struct atom *a = &j->graph.atoms[i];
    int valence = valence_explicit(a), most = element_valences[a->z].most;

    if (!valence_exceeds(a, valence))
        valence = kekule_base(a);
    if (!keeps_list(a, effective_z(a)))
        most = element_valences[effective_z(a)].most;
    if (beyond_elements(a))
        snprintf(j->detail, sizeof(j->detail), "%s cannot have a charge of %d",
                 element_symbol(a->z), a->charge);
    else if (most >= 0 && valence > most)
        snprintf(j->detail, sizeof(j->detail),
                 "%s%s has a valence of %d, more than %d", element_symbol(a->z),
                 a->charge > 0   ? "+"
                 : a->charge < 0 ? "-"
                                 : "",
                 valence, most);
    return judge_fail(j, SMILES_VALENCE, a->at, atom_len(&j->graph, i));
}

/*
 * Too much as soon as nothing is aromatic?  RDKit takes the hydrogen of a
 * neutral [nH] or [pH] back when it looks at the Kekule form.
 */
static bool kekule_exceeds(const struct atom *a)
{
    bool back = (a->z == 7 || a->z == 15) && !a->charge && a->h == 1 &&
                (a->flags & ATOM_BRACKET);

    return valence_exceeds(a, kekule_base(a) - back);
}

/* A neutral P with three neighbours and five bonds may be rewritten. */
static bool maybe_rewritten(const struct atom *a)
{
    return a->z == 15 && !a->charge && LOAD_TWICE(a->load) >= 9 &&
           LOAD_BONDS(a->load) == 3;
}

/*
 * The rules in full.  Radical electrons, which only an extension can give,
 * take the place of hydrogens.
 */
static NEVER_INLINE bool judge_atom(struct judge *j, uint32_t i)
{
    struct graph *g = &j->graph;
    struct atom *a = &g->atoms[i];
    int radicals = j->radicals ? j->radicals[i] : 0;
    int valence = valence_explicit(a);

    if (maybe_rewritten(a))
        g->seen |= SEEN_REWRITE;
    /* RDKit looks a non-metal's neighbour up in the periodic table */
    if (!(element_valences[a->z].flags & ELEMENT_METAL) &&
        a->z - a->charge >= ELEMENTS)
        return false;
    if (valence_exceeds(a, valence))
        return false;
    if (!(a->flags & ATOM_BRACKET)) {
        int h = implicit_h(a, valence + radicals);

        if (h < 0)
            return false;
        a->h = (uint8_t)h;
    }
    a->flags &= (uint8_t)~ATOM_DOUBLE;
    if (a->z && (a->flags & ATOM_RING) && atom_aromatic(a)) {
        if (valence_wants_double(a, 0, radicals)) {
            a->flags |= ATOM_DOUBLE;
            g->seen |= LOAD_BONDS(a->load) > 3 ? SEEN_CROWDED : 0;
        } else if (kekule_exceeds(a)) {
            return false;
        }
    }
    return true;
}

/* ATOM_RING lies two bits above ATOM_AROMATIC. */
#define RING_OVER_AROMATIC 2
_Static_assert(ATOM_AROMATIC << RING_OVER_AROMATIC == ATOM_RING, "bits");

/*
 * The number of the first atom that is not in order, or n_atoms; with
 * `usually`, most atoms need only the table.  Lists the needy ones.
 */
static inline uint32_t judge_all(struct judge *j, bool usually)
{
    const uint64_t odd = ~LOAD(UINT32_MAX >> 8, 3, 15);
    struct graph *g = &j->graph;
    struct atom *atoms = g->atoms;
    uint32_t n = g->n_atoms, stray = 0, n_needy = 0, *needy = g->spare;

    for (uint32_t i = 0; i < n; i++) {
        struct atom *a = &atoms[i];
        uint64_t load = a->load;
        uint8_t found = 0, flags;

        if (usually && !(load & odd))
            found = usual[a->kind][(load | load >> 16) & 63];
        if (found) {
            flags = a->flags | (found & ATOM_DOUBLE);
            a->h = found >> 5;
            a->flags = flags;
        } else {
            if (!judge_atom(j, i))
                return i;
            flags = a->flags;
        }
        needy[n_needy] = i;
        n_needy += (flags & ATOM_NEEDY) == ATOM_NEEDY;
        stray |= flags & ~(uint32_t)(flags >> RING_OVER_AROMATIC);
    }
    g->n_needy = n_needy;
    g->seen |= stray & ATOM_AROMATIC ? SEEN_STRAY : 0;
    return n;
}

/* Does a metal have bonds?  Those may have to become dative. */
static bool metal_bound(const struct graph *g)
{
    for (uint32_t i = 0; i < g->n_atoms; i++) {
        const struct atom *a = &g->atoms[i];

        if ((element_valences[a->z].flags & ELEMENT_METAL) && a->load)
            return true;
    }
    return false;
}

bool valence_judge(struct judge *j)
{
    struct graph *g = &j->graph;
    uint32_t i;

    if (!(g->seen & SEEN_METAL) || !metal_bound(g)) {
        if (judge_all(j, !j->radicals) == g->n_atoms &&
            !(g->seen & SEEN_REWRITE))
            return true;
    }
    if (!cleanup(j))
        return false;
    i = judge_all(j, false);
    return i == g->n_atoms || fail_valence(j, i);
}
