/*
 * cxsmiles.c - the extension |...| behind a SMILES, as far as RDKit minds.
 *
 * A list of sections, each begun by its letters: $labels$, (coordinates),
 * atomProp:, bonds C: H: Z:, radicals ^n:, stereo groups a: o1: &1:, wedges
 * w: wU: wD:, double bonds c: t: ctu:, queries rb: s: u:, link nodes LN:,
 * attachments m:, groups Sg: SgD: SgH:.  What begins none of them is passed
 * over.  Most say nothing about whether the molecule is sound; those that do
 * change bonds (C, H, Z) or hydrogens (^) are carried out.  Numbers of atoms
 * and bonds that do not exist are passed over, too.
 */
#include "validate/smiles/graph.h"

struct extension {
    struct judge *j;
    const char *p, *end;
    uint32_t *bonds;   /* in the order of the text: number of the bond */
    uint8_t *wedged;   /* per bond */
    uint32_t *grouped; /* per atom, bits: stereo groups it is in */
    uint64_t groups;   /* bit per Sg and SgD section: it has an atom */
    uint32_t n_groups; /* of those sections */
    uint32_t n_kept;   /* that have an atom */
};

static bool at(const struct extension *x, char c)
{
    return x->p < x->end && *x->p == c;
}

static bool at_digit(const struct extension *x)
{
    return x->p < x->end && *x->p >= '0' && *x->p <= '9';
}

static bool skip(struct extension *x, char c)
{
    if (!at(x, c))
        return false;
    x->p++;
    return true;
}

/* A number; too large ones name nothing that exists. */
static bool number(struct extension *x, uint32_t *n)
{
    uint64_t value = 0;

    if (!at_digit(x))
        return false;
    while (at_digit(x)) {
        value = value * 10 + (uint64_t)(*x->p++ - '0');
        if (value > UINT32_MAX)
            value = UINT32_MAX;
    }
    *n = (uint32_t)value;
    return true;
}

/*
 * Text up to one of the delimiters, or the end, which is for the caller to
 * notice; an escape &#nn; in it must be whole.
 */
static bool text_to(struct extension *x, const char *delimiters)
{
    while (x->p < x->end && !strchr(delimiters, *x->p)) {
        if (*x->p != '&' || x->end - x->p < 3 || x->p[1] != '#') {
            x->p++;
            continue;
        }
        x->p += 2;
        while (at_digit(x))
            x->p++;
        if (!skip(x, ';'))
            return false;
    }
    return true;
}

static bool is_atom(const struct extension *x, uint32_t n)
{
    return n < x->j->graph.n_atoms;
}

/* The bond with this number in the text, or NO_ATOM. */
static uint32_t bond_at(const struct extension *x, uint32_t n)
{
    const struct graph *g = &x->j->graph;

    return n < g->n_atoms - g->n_starts + g->n_rings ? x->bonds[n] : NO_ATOM;
}

static bool bond_has(const struct extension *x, uint32_t bond, uint32_t atom)
{
    uint32_t ends[2];

    graph_ends(&x->j->graph, bond, ends);
    return ends[0] == atom || ends[1] == atom;
}

/* RDKit never finds a Kekule form once such a bond is taken away. */
static bool aromatic(const struct extension *x, uint32_t bond)
{
    return (*graph_bond(&x->j->graph, bond) & BOND_TYPE) == BOND_AROMATIC;
}

/* $...$ and (...): fields between semicolons. */
static bool fields(struct extension *x, const char *delimiters, char close)
{
    while (x->p < x->end && *x->p != close) {
        if (!text_to(x, delimiters))
            return false;
        if (!at(x, close) && x->p < x->end)
            x->p++;
    }
    return skip(x, close);
}

/* atomProp:atom.name.value:atom.name.value,...  A name may be empty. */
static bool atom_properties(struct extension *x)
{
    uint32_t atom;

    while (x->p < x->end && *x->p != '|' && *x->p != ',') {
        if (number(x, &atom)) {
            const char *name = x->p + 1;

            if (!skip(x, '.') || !text_to(x, "."))
                return false;
            if (x->p > name && (!skip(x, '.') || !text_to(x, ":|,")))
                return false;
        }
        if (x->p < x->end && *x->p != '|' && *x->p != ',')
            x->p++;
    }
    (void)skip(x, ',');
    return x->p < x->end;
}

/* C:atom.bond,... the atom gives the bond; H: a hydrogen bond. */
static bool coordinate_bonds(struct extension *x, bool dative)
{
    struct graph *g = &x->j->graph;
    uint32_t atom, n, bond, ends[2];

    if (!skip(x, ':'))
        return false;
    while (at_digit(x)) {
        if (!number(x, &atom) || !skip(x, '.') || !number(x, &n))
            return false;
        bond = bond_at(x, n);
        if (is_atom(x, atom) && bond != NO_ATOM) {
            if (!bond_has(x, bond, atom) || (!dative && aromatic(x, bond)))
                return false;
            graph_ends(g, bond, ends);
            /* the tree of the text no longer tells what lies in rings */
            graph_retype(g, bond,
                         !dative           ? BOND_ANY
                         : ends[0] == atom ? BOND_DATIVE
                                           : BOND_DATIVE_BACK);
            g->seen |= SEEN_DATIVE | SEEN_ANY | SEEN_ODD_RING;
        }
        (void)skip(x, ',');
    }
    return true;
}

/* Z:bond,...: of order zero; others only name bonds. */
static bool bond_list(struct extension *x, bool zero)
{
    uint32_t n, bond;

    if (!skip(x, ':'))
        return false;
    while (number(x, &n)) {
        bond = bond_at(x, n);
        if (zero && bond != NO_ATOM) {
            if (aromatic(x, bond))
                return false;
            graph_retype(&x->j->graph, bond, BOND_ANY);
            x->j->graph.seen |= SEEN_ANY;
        }
        (void)skip(x, ',');
    }
    return true;
}

/* ^n:atom,... with n from 1 to 7. */
static bool radicals(struct extension *x)
{
    static const uint8_t electrons[] = {1, 2, 2, 2, 3, 3, 3};
    uint32_t atom;
    char kind;
    bool first;

    while (skip(x, '^')) {
        if (x->p >= x->end || *x->p < '1' || *x->p > '7')
            return false;
        kind = *x->p++;
        if (!skip(x, ':'))
            return false;
        first = true;
        do {
            if (!first && x->p < x->end && !at_digit(x))
                break;
            first = false;
            if (!number(x, &atom))
                return false;
            if (is_atom(x, atom))
                x->j->radicals[atom] = electrons[kind - '1'];
        } while (skip(x, ','));
        if (x->p >= x->end)
            return false;
    }
    return true;
}

/* a: o1: &1: the atoms of a stereo group; sections of one name are one.  (o16
 * is taken for o1, which nobody will notice.) */
static bool stereo_group(struct extension *x)
{
    char kind = *x->p++;
    uint32_t id = 0, n, group;

    if (kind != 'a')
        (void)number(x, &id);
    if (!skip(x, ':'))
        return false;
    group = (uint32_t)1 << (kind == 'a'   ? 0
                            : kind == 'o' ? 1 + id % 15
                                          : 16 + id % 16);
    while (number(x, &n)) {
        if (is_atom(x, n)) {
            if (x->grouped[n] & group)
                return false;
            x->grouped[n] |= group;
        }
        (void)skip(x, ',');
    }
    return true;
}

/* rb:atom:n and s:atom:n; n may be *. */
static bool counts(struct extension *x, bool ring_bonds)
{
    uint32_t n;

    if (!skip(x, ':'))
        return false;
    while (number(x, &n)) {
        if (!skip(x, ':') || x->p >= x->end)
            return false;
        if (!skip(x, '*')) {
            if (!number(x, &n))
                return false;
            if (ring_bonds && (n == 1 || n > 4))
                return false;
        }
        (void)skip(x, ',');
    }
    return true;
}

/* LN:atom:from.to and, unless the atom has two neighbours, .first.second */
static bool link_nodes(struct extension *x)
{
    uint32_t atom, n;

    if (!skip(x, ':'))
        return false;
    while (number(x, &atom)) {
        if (!skip(x, ':') || !number(x, &n) || !skip(x, '.') || !number(x, &n))
            return false;
        if (skip(x, '.')) {
            /* whatever stands between the two */
            if (!number(x, &n) || x->p >= x->end)
                return false;
            x->p++;
            if (!number(x, &n))
                return false;
        } else if (is_atom(x, atom) &&
                   LOAD_BONDS(x->j->graph.atoms[atom].load) != 2) {
            return false;
        }
        (void)skip(x, ',');
    }
    return true;
}

/* m:atom:atom.atom...,  where the first has one bond. */
static bool attachments(struct extension *x)
{
    uint32_t n;

    if (!skip(x, ':'))
        return false;
    while (number(x, &n)) {
        if (is_atom(x, n) && LOAD_BONDS(x->j->graph.atoms[n].load) != 1)
            return false;
        if (!skip(x, ':'))
            return false;
        while (number(x, &n))
            (void)skip(x, '.');
        (void)skip(x, ',');
    }
    return true;
}

/* A wedge begins at its atom; a dative bond is turned with it. */
static void turn_dative(struct graph *g, uint32_t bond, uint32_t atom)
{
    uint8_t type = *graph_bond(g, bond) & BOND_TYPE;
    uint32_t ends[2];

    graph_ends(g, bond, ends);
    if (type == BOND_DATIVE && ends[1] == atom)
        graph_retype(g, bond, BOND_DATIVE_BACK);
    else if (type == BOND_DATIVE_BACK && ends[0] == atom)
        graph_retype(g, bond, BOND_DATIVE);
}

/* w: wU: wD: atom.bond,... no bond twice, and the atom at one of its ends */
static bool wedges(struct extension *x)
{
    uint32_t atom, n, bond;

    if (!skip(x, 'U'))
        (void)skip(x, 'D');
    if (!skip(x, ':') || x->p >= x->end)
        return false;
    while (number(x, &atom)) {
        if (!skip(x, '.') || !number(x, &n))
            return false;
        bond = bond_at(x, n);
        if (is_atom(x, atom) && bond != NO_ATOM) {
            if (x->wedged[bond] || !bond_has(x, bond, atom))
                return false;
            x->wedged[bond] = 1;
            turn_dative(&x->j->graph, bond, atom);
        }
        (void)skip(x, ',');
    }
    return true;
}

/* Numbers between commas, any of them left out. */
static bool number_list(struct extension *x)
{
    bool atom = false;
    uint32_t n;

    do
        atom |= number(x, &n) && is_atom(x, n);
    while (skip(x, ','));
    return atom;
}

/* A group begins; it is kept when it has an atom. */
static void begin_group(struct extension *x, bool kept)
{
    if (kept && x->n_groups < 64)
        x->groups |= (uint64_t)1 << x->n_groups;
    x->n_groups++;
    x->n_kept += kept;
}

/* Sg:type:atoms:subscript:superscript:heads:tails */
static bool polymer(struct extension *x)
{
    static const char types[][4] = {"n",   "mon", "mer", "co",  "xl",
                                    "mod", "mix", "f",   "any", "gen",
                                    "c",   "grf", "alt", "ran", "blk"};
    const char *from = x->p;
    size_t len, i = 0;

    if (!text_to(x, ":"))
        return false;
    len = (size_t)(x->p - from);
    while (i < countof(types) &&
           (strlen(types[i]) != len || memcmp(types[i], from, len)))
        i++;
    if (i == countof(types) || !skip(x, ':'))
        return false;
    begin_group(x, number_list(x));
    if (!skip(x, ':'))
        return true;
    if (!text_to(x, ":|"))
        return false;
    if (!skip(x, ':'))
        return true;
    if (!text_to(x, ":|,"))
        return false;
    for (int k = 0; k < 2 && skip(x, ':'); k++)
        (void)number_list(x);
    return true;
}

/* SgD:atoms:name:data:query:unit:tag:(coordinates) */
static bool data_group(struct extension *x)
{
    begin_group(x, number_list(x));
    if (x->p < x->end)
        x->p++;
    for (int k = 0; k < 5 && x->p < x->end && *x->p != '|'; k++) {
        if (!text_to(x, ":"))
            return false;
        if (x->p < x->end)
            x->p++;
    }
    if (!at(x, '('))
        return true;
    if (!text_to(x, ")"))
        return false;
    (void)skip(x, ')');
    return true;
}

/* SgH:parent:child.child,...  A parent that exists needs such children. */
static bool group_tree(struct extension *x)
{
    uint32_t n;
    bool parent;

    do {
        if (!number(x, &n) || !skip(x, ':'))
            return false;
        parent = n < 64 && (x->groups >> n & 1);
        while (number(x, &n)) {
            if (parent && n >= x->n_kept)
                return false;
            if (!skip(x, '.'))
                break;
        }
    } while (skip(x, ','));
    return true;
}

static bool begins(struct extension *x, const char *with)
{
    size_t n = strlen(with);

    if ((size_t)(x->end - x->p) < n || memcmp(x->p, with, n))
        return false;
    x->p += n;
    return true;
}

/* One section, or one character of none. */
static bool section(struct extension *x)
{
    if (begins(x, "("))
        return fields(x, ";)", ')');
    if (begins(x, "$_AV:") || begins(x, "$"))
        return fields(x, ";$", '$');
    if (x->end - x->p > 9 && begins(x, "atomProp:"))
        return atom_properties(x);
    if (begins(x, "C"))
        return coordinate_bonds(x, true);
    if (begins(x, "H"))
        return coordinate_bonds(x, false);
    if (begins(x, "Z"))
        return bond_list(x, true);
    if (at(x, '^'))
        return radicals(x);
    if (at(x, 'a') || at(x, 'o') ||
        (at(x, '&') && x->end - x->p > 1 && x->p[1] != '#'))
        return stereo_group(x);
    if (begins(x, "rb"))
        return counts(x, true);
    if (begins(x, "LN"))
        return link_nodes(x);
    if (begins(x, "SgD:"))
        return data_group(x);
    if (begins(x, "SgH:"))
        return group_tree(x);
    if (begins(x, "Sg"))
        return skip(x, ':') && polymer(x);
    if (begins(x, "u"))
        return bond_list(x, false);
    if (begins(x, "s"))
        return counts(x, false);
    if (begins(x, "m"))
        return attachments(x);
    if (begins(x, "w"))
        return wedges(x);
    /* c: t: ctu: and whatever else has a colon behind these letters */
    if (at(x, 'c') || at(x, 't')) {
        while (x->p < x->end && *x->p != ':')
            x->p++;
        return bond_list(x, false);
    }
    x->p++;
    return true;
}

/* Bonds are numbered in the order of the text, ring bonds where they close. */
static void order_bonds(struct extension *x)
{
    const struct graph *g = &x->j->graph;
    uint32_t n = 0, ring = 0;

    for (uint32_t i = 0; i < g->n_atoms; i++) {
        while (ring < g->n_rings && g->rings[ring].at < g->atoms[i].at)
            x->bonds[n++] = g->n_atoms + ring++;
        if (g->atoms[i].parent != NO_ATOM)
            x->bonds[n++] = i;
    }
    while (ring < g->n_rings)
        x->bonds[n++] = g->n_atoms + ring++;
}

bool cxsmiles_judge(struct judge *j)
{
    const struct graph *g = &j->graph;
    const char *text = g->text;
    struct extension x = {
        .j = j, .p = text + j->cx + 1, .end = text + j->cx_end};
    uint32_t n = g->n_atoms + g->n_rings;
    size_t mark;

    j->radicals = arena_new(j->arena, g->n_atoms, uint8_t);
    mark = arena_mark(j->arena);
    x.bonds = arena_array(j->arena, n, uint32_t);
    x.wedged = arena_new(j->arena, n, uint8_t);
    x.grouped = arena_new(j->arena, g->n_atoms, uint32_t);
    if (!j->radicals || !x.bonds || !x.wedged || !x.grouped)
        return judge_fail(j, SMILES_MEMORY, 0, 0);
    order_bonds(&x);
    while (x.p < x.end && *x.p != '|') {
        if (!section(&x))
            return judge_fail(j, SMILES_CXSMILES_BAD, (size_t)(x.p - text), 0);
    }
    if (x.p >= x.end)
        return judge_fail(j, SMILES_CXSMILES_BAD, (size_t)(x.p - text), 0);
    arena_rewind(j->arena, mark);
    return true;
}
