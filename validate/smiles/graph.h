/*
 * graph.h - a SMILES as atoms and bonds; shared by the steps of the verdict.
 *
 * Atoms stand in the order of the text.  The bond that led to an atom is
 * kept in the atom itself (`parent`, always an earlier one, and `bond`), so
 * that only ring closures need records of their own: bond number i is the
 * tree bond of atom i, bond number n_atoms + i is rings[i].
 *
 * What most questions about an atom need - how many bonds, how many of them
 * aromatic, twice the sum of their orders - is one number, `load`, kept up
 * to date with one addition per bond.  Neighbour lists (struct adjacency)
 * are built only for what is rare.
 */
#ifndef DECANT_SMILES_GRAPH_H
#define DECANT_SMILES_GRAPH_H

#include "validate/smiles/element.h"
#include "validate/smiles/smiles.h"

#define NO_ATOM UINT32_MAX

/* Keeps the registers of a hot loop free of what it calls now and then. */
#define NEVER_INLINE __attribute__((noinline))

enum bond_type {
    BOND_NONE, /* not written */
    BOND_SINGLE,
    BOND_DOUBLE,
    BOND_TRIPLE,
    BOND_QUADRUPLE,
    BOND_AROMATIC,
    BOND_DATIVE,      /* the later end receives */
    BOND_DATIVE_BACK, /* the earlier end receives */
    BOND_ANY,         /* ~ */
};

/* A bond byte: the type, what the symbol said besides, and two marks that
 * belong to the later atom of a tree bond rather than to the bond. */
#define BOND_TYPE   0x0F
#define BOND_UP     0x10 /* / : the later end lies above the earlier */
#define BOND_DOWN   0x20 /* a backslash: below */
#define BOND_PAIRED 0x40 /* of an atom: it has got its double bond */
#define BOND_CLOSED 0x80 /* of an atom: it is the end of a ring closure */

/* struct atom: flags */
#define ATOM_AROMATIC  0x01 /* written in lower case */
#define ATOM_BRACKET   0x02
#define ATOM_RING      0x04 /* member of a ring */
#define ATOM_RING_BOND 0x08 /* so is the bond to the parent */
#define ATOM_DOUBLE    0x10 /* has to get a double bond */
#define ATOM_ISOTOPE   0x40 /* a number stands behind the [ */

/* Must be paired with another one like it. */
#define ATOM_NEEDY (ATOM_DOUBLE | ATOM_RING)

/* load: bonds, aromatic bonds, twice the sum of the orders */
#define LOAD(bonds, aromatic, twice) \
    ((uint64_t)(bonds) << 40 | (uint64_t)(aromatic) << 20 | (uint64_t)(twice))
#define LOAD_BONDS(load)    ((uint32_t)((load) >> 40))
#define LOAD_AROMATIC(load) ((uint32_t)((load) >> 20) & 0xFFFFF)
#define LOAD_TWICE(load)    ((uint32_t)(load)&0xFFFFF)
#define LOAD_MAX_BONDS      (1 << 15) /* of one atom: nothing overflows */

/* What an atom was written as; the organic subset has fast paths. */
enum kind {
    KIND_BRACKET,
    KIND_B,
    KIND_C,
    KIND_N,
    KIND_O,
    KIND_P,
    KIND_S,
    KIND_F,
    KIND_CL,
    KIND_BR,
    KIND_I,
    KIND_ANY, /* * */
    KIND_b,
    KIND_c,
    KIND_n,
    KIND_o,
    KIND_p,
    KIND_s,
    KIND_COUNT
};

enum chirality {
    CHIRAL_NONE,
    CHIRAL_TH,
    CHIRAL_AL,
    CHIRAL_SP,
    CHIRAL_TB,
    CHIRAL_OH,
};

struct atom {
    uint64_t load;
    uint32_t at;     /* where it begins in the text */
    uint32_t parent; /* or NO_ATOM */
    uint8_t z;
    uint8_t kind; /* enum kind */
    uint8_t flags;
    uint8_t bond;      /* to the parent */
    uint8_t h;         /* hydrogens: written, then all that are not atoms */
    uint8_t chirality; /* enum chirality */
    int8_t charge;
    uint8_t systems; /* of rings it is in; only after ring_mark_all() */
};

struct ring_bond {
    uint32_t a, b; /* the bond symbol is read from a to b */
    uint32_t at;   /* of the closing number */
    uint8_t bond;
    bool ring; /* really closes one */
};

/* What occurs in the text; decides which of the rarer steps are needed. */
#define SEEN_DIRECTION 0x001 /* / or a backslash */
#define SEEN_CHIRALITY 0x002
#define SEEN_ANY       0x004 /* ~ */
#define SEEN_DATIVE    0x008
#define SEEN_ODD_RING  0x010 /* the tree cannot tell what lies in rings */
#define SEEN_TWINS     0x020 /* two atoms may be bonded twice */
#define SEEN_METAL     0x040
#define SEEN_WILDCARD  0x080
#define SEEN_REWRITE   0x100 /* a P that clean-up may rewrite */
#define SEEN_STRAY     0x200 /* an aromatic atom in no ring */
#define SEEN_CROWDED   0x400 /* four bonds and still a double one to get */

struct graph {
    const char *text; /* the whole of it */
    struct atom *atoms;
    struct ring_bond *rings; /* behind the atoms */
    uint32_t *jump;          /* per atom, see ring.c; free once all is read */
    uint32_t *spare; /* one more than atoms; neighbour lists use it, then
                        it lists the atoms that are ATOM_NEEDY, ascending */
    uint32_t n_needy;
    uint32_t n_atoms, n_rings;
    uint32_t n_starts; /* atoms without a parent */
    uint32_t seen;
};

/*
 * Neighbours of atom i: list[first[i]] to list[first[i + 1] - 1].  `first`
 * lies in g->spare.
 */
struct neighbour {
    uint32_t atom;
    uint32_t bond; /* number, see above */
};

struct adjacency {
    uint32_t *first;
    struct neighbour *list;
};

struct formula {
    char text[2048]; /* 120 symbols of two letters with counts, charge */
    size_t len;
};

/* The work on one molecule: where it goes wrong is written to `out`. */
struct judge {
    struct graph graph;
    struct arena *arena;
    struct smiles_verdict *out;
    const struct smiles_options *options;
    enum smiles_level level;
    uint8_t *radicals; /* per atom, from a CXSMILES extension; or NULL */
    size_t cx, cx_end; /* where that extension stands; 0, 0: none */
    char detail[120];  /* words about this very fault; or "" */
    struct formula formula;
};

/* Record a fault; false, so that a failure reads `return judge_fail(...)`. */
bool judge_fail(struct judge *j, enum smiles_code code, size_t at, size_t len);

/* Record a warning; the first one keeps its place. */
void judge_warn(struct judge *j, enum smiles_warning warning, size_t at,
                size_t len);

/* The bytes of an atom in the text. */
size_t atom_len(const struct graph *g, uint32_t i);

/* read.c: the text between two places becomes j->graph. */
MUST_CHECK bool graph_read(struct judge *j, size_t from, size_t to);

/* bracket.c: text[*at] is '['; fills the atom, moves *at behind the ']'. */
MUST_CHECK
bool bracket_read(struct judge *j, size_t *at, size_t to, struct atom *atom);

/*
 * ring.c.  ring_mark(): a bond between a and b closes a ring, mark it; the
 * tree tells, or SEEN_ODD_RING is set and ring_mark_all() has to.
 * ring_twins(): fail when two atoms are bonded twice.
 */
void ring_mark(struct graph *g, uint32_t a, uint32_t b);
MUST_CHECK bool adjacency_build(struct judge *j, struct adjacency *out);
MUST_CHECK bool ring_mark_all(struct judge *j);
MUST_CHECK bool ring_twins(struct judge *j);

static inline uint8_t *graph_bond(const struct graph *g, uint32_t bond)
{
    return bond < g->n_atoms ? &g->atoms[bond].bond
                             : &g->rings[bond - g->n_atoms].bond;
}

/* The two ends, in the order in which the symbol is read. */
static inline void graph_ends(const struct graph *g, uint32_t bond,
                              uint32_t ends[2])
{
    if (bond < g->n_atoms) {
        ends[0] = g->atoms[bond].parent;
        ends[1] = bond;
    } else {
        ends[0] = g->rings[bond - g->n_atoms].a;
        ends[1] = g->rings[bond - g->n_atoms].b;
    }
}

/* Make another bond of it; closure.c. */
void graph_retype(struct graph *g, uint32_t bond, uint8_t type);

static inline bool bond_dative(uint8_t bond)
{
    uint8_t type = bond & BOND_TYPE;

    return type == BOND_DATIVE || type == BOND_DATIVE_BACK;
}

/* Written in lower case, or part of an aromatic bond. */
static inline bool atom_aromatic(const struct atom *a)
{
    return (a->flags & ATOM_AROMATIC) || LOAD_AROMATIC(a->load);
}

/*
 * valence.c: every atom gets its hydrogens and is checked; those that need
 * a double bond of the aromatic system are marked ATOM_DOUBLE.
 */
MUST_CHECK bool valence_judge(struct judge *j);

/* Bonds and written hydrogens, aromatic halves rounded as RDKit does. */
int valence_explicit(const struct atom *a);

/* More than this atom may have? */
bool valence_exceeds(const struct atom *a, int valence);

/* Needs a double bond; `ignored` of its bonds count for nothing. */
bool valence_wants_double(const struct atom *a, uint32_t ignored, int radicals);

/* cleanup.c: what RDKit rewrites before it looks at valences. */
MUST_CHECK bool cleanup(struct judge *j);

/* kekule.c: the aromatic system has a Kekule form. */
MUST_CHECK bool kekule_judge(struct judge *j);

/* The atoms to be paired, and who may pair with whom; see match.c. */
struct pairing {
    uint32_t n;      /* vertices */
    uint32_t n_must; /* the first ones have to be paired */
    uint32_t *mate;  /* NO_ATOM: free */
    uint32_t *first; /* edges of v: edges[first[v]] .. edges[first[v+1]-1] */
    uint32_t *edges;
    uint32_t *queue; /* room for n */
};

enum pairing_result { PAIRED, UNPAIRED, PAIRING_TOO_HARD, PAIRING_MEMORY };

/* Pair all that must be; UNPAIRED: impossible, *left is one left over. */
MUST_CHECK
enum pairing_result pairing_complete(struct pairing *p, struct arena *arena,
                                     uint32_t *left);

/* stereo.c, mass.c: after the others. */
void chirality_judge(struct judge *j);
void direction_judge(struct judge *j);

/* Fill out->properties except the formula, which goes to j->formula. */
void mass_sum(struct judge *j);

/* smiles.c: all of that on the molecule between two places of the text. */
MUST_CHECK bool molecule_judge(struct judge *j, size_t from, size_t to);

/* reaction.c */
MUST_CHECK bool reaction_judge(struct judge *j, size_t from, size_t to);
size_t reaction_arrows(const char *text, size_t from, size_t to);

/* tell.c: text from..to cannot be read; find a better code than that. */
void tell(struct judge *j, size_t from, size_t to);

/* cxsmiles.c: text[j->cx] is the | behind a molecule that was read. */
MUST_CHECK bool cxsmiles_judge(struct judge *j);

#endif
