/*
 * mass.c - what the molecule is made of, from the atoms of its verdict.
 *
 * Formula in Hill order: C, H, then the others by their symbols (D and T
 * are symbols, too); without carbon all by their symbols.  A charge stands
 * behind it, as Open Babel writes it: C2H3O2-, Ca++.
 */
#include "validate/smiles/graph.h"

#define DEUTERIUM ELEMENTS
#define TRITIUM   (ELEMENTS + 1)
#define COUNTS    (ELEMENTS + 2)

struct sum {
    uint32_t count[COUNTS];
    uint8_t used[COUNTS]; /* slots, as they were met */
    size_t n_used;
    struct smiles_properties *out;
};

/* The number behind the [; atoms do not keep it, it is asked for so rarely. */
static uint32_t isotope_of(const struct graph *g, const struct atom *a)
{
    const char *p = g->text + a->at + 1;
    uint32_t n = 0;

    while (*p >= '0' && *p <= '9')
        n = n * 10 + (uint32_t)(*p++ - '0');
    return n;
}

static void count(struct sum *s, size_t slot, uint32_t n)
{
    if (n && !s->count[slot])
        s->used[s->n_used++] = (uint8_t)slot;
    s->count[slot] += n;
}

static void add_atom(struct sum *s, const struct graph *g, const struct atom *a)
{
    /* a labelled atom weighs in both sums what its isotope weighs */
    uint32_t isotope = a->flags & ATOM_ISOTOPE ? isotope_of(g, a) : 0;
    struct smiles_properties *out = s->out;
    double mass = element_mass(a->z), exact = element_exact_mass(a->z);
    size_t slot = a->z;

    if (isotope && a->z) {
        mass = exact = nuclide_mass(a->z, isotope);
        if (a->z == 1 && isotope == 2)
            slot = DEUTERIUM;
        else if (a->z == 1 && isotope == 3)
            slot = TRITIUM;
    }
    count(s, slot, a->z > 0);
    count(s, 1, a->h);
    out->mass += mass + a->h * element_mass(1);
    out->exact_mass += exact + a->h * element_exact_mass(1);
    out->heavy_atoms += a->z > 1;
    out->charge += a->charge;
}

static void put(struct formula *f, const char *symbol, uint32_t count)
{
    char digits[10];
    size_t n = 0;

    if (!count)
        return;
    while (*symbol)
        f->text[f->len++] = *symbol++;
    if (count == 1)
        return;
    for (; count; count /= 10)
        digits[n++] = (char)('0' + count % 10);
    while (n)
        f->text[f->len++] = digits[--n];
}

static const char *symbol_of(uint8_t slot)
{
    return slot == DEUTERIUM ? "D"
           : slot == TRITIUM ? "T"
                             : element_symbol(slot);
}

/* The slots in use, by symbol. */
static size_t sort_symbols(const struct sum *s, uint8_t sorted[COUNTS])
{
    for (size_t i = 0; i < s->n_used; i++) {
        const char *symbol = symbol_of(s->used[i]);
        size_t k = i;

        while (k > 0 && strcmp(symbol_of(sorted[k - 1]), symbol) > 0) {
            sorted[k] = sorted[k - 1];
            k--;
        }
        sorted[k] = s->used[i];
    }
    return s->n_used;
}

static void write_formula(struct formula *f, const struct sum *s)
{
    bool carbon = s->count[6] > 0;
    uint8_t sorted[COUNTS];
    size_t n = sort_symbols(s, sorted);

    if (carbon) {
        put(f, "C", s->count[6]);
        put(f, "H", s->count[1]);
    }
    for (size_t i = 0; i < n; i++) {
        if (!carbon || (sorted[i] != 6 && sorted[i] != 1))
            put(f, symbol_of(sorted[i]), s->count[sorted[i]]);
    }
}

/* Signs as many as there are charges; a number when that gets silly. */
static void write_charge(struct formula *f, int32_t charge)
{
    uint32_t n = charge < 0 ? 0 - (uint32_t)charge : (uint32_t)charge;

    if (n > 32) {
        put(f, charge < 0 ? "-" : "+", n);
        return;
    }
    memset(f->text + f->len, charge < 0 ? '-' : '+', n);
    f->len += n;
}

/* Ring bonds that join what the text has as separate trees. */
static uint32_t count_fragments(struct graph *g)
{
    uint32_t *up = g->jump, n = g->n_starts;

    if (!(g->seen & SEEN_ODD_RING))
        return n;
    for (uint32_t i = 0; i < g->n_atoms; i++)
        up[i] = g->atoms[i].parent == NO_ATOM ? i : up[g->atoms[i].parent];
    for (uint32_t i = 0; i < g->n_rings; i++) {
        uint32_t a = g->rings[i].a, b = g->rings[i].b;

        while (up[a] != a)
            a = up[a] = up[up[a]];
        while (up[b] != b)
            b = up[b] = up[up[b]];
        if (a != b) {
            up[a > b ? a : b] = a > b ? b : a;
            n--;
        }
    }
    return n;
}

void mass_sum(struct judge *j)
{
    struct formula *f = &j->formula;
    struct graph *g = &j->graph;
    struct smiles_properties *out = &j->out->properties;
    struct sum s;

    f->len = 0;
    memset(s.count, 0, sizeof(s.count));
    s.n_used = 0;
    s.out = out;
    for (uint32_t i = 0; i < g->n_atoms; i++)
        add_atom(&s, g, &g->atoms[i]);
    write_formula(f, &s);
    write_charge(f, out->charge);
    out->atoms = g->n_atoms;
    out->fragments = count_fragments(g);
    out->rings = g->n_rings + out->fragments - g->n_starts;
}
