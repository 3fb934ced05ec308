/*
 * reaction.c - reactants>agents>products.
 *
 * Each of the three fields is a molecule of its own, or empty; ring numbers
 * do not reach across.  The > of a dative bond, ->, parts nothing.
 */
#include "validate/smiles/graph.h"

/* The next > from `at` on that is not the head of a dative bond. */
static size_t next_arrow(const char *text, size_t at, size_t to)
{
    while (at < to && !(text[at] == '>' && (!at || text[at - 1] != '-')))
        at++;
    return at;
}

size_t reaction_arrows(const char *text, size_t from, size_t to)
{
    size_t n = 0;

    for (size_t at = next_arrow(text, from, to); at < to;
         at = next_arrow(text, at + 1, to))
        n++;
    return n;
}

/* --- atom maps ------------------------------------------------------------ */

/* The next bracket with a class from *at on; false when there is none. */
static bool next_map(const char *text, size_t *at, size_t to, size_t *open,
                     uint32_t *map)
{
    while (*at < to) {
        size_t p = *at, colon = 0;

        if (text[p] != '[') {
            ++*at;
            continue;
        }
        *open = p;
        while (p < to && text[p] != ']') {
            if (text[p] == ':')
                colon = p;
            p++;
        }
        *at = p;
        *map = 0;
        for (p = colon + 1; colon && p < *at; p++)
            *map = *map * 10 + (uint32_t)(text[p] - '0');
        if (*map)
            return true;
    }
    return false;
}

/*
 * Sort by bytes, from the lowest: linear whatever the numbers are, where a
 * hash table could be made to collide.
 */
static void sort_numbers(uint32_t *list, uint32_t *other, size_t n)
{
    for (int shift = 0; shift < 32; shift += 8) {
        size_t first[257] = {0};
        uint32_t *was = list;

        for (size_t i = 0; i < n; i++)
            first[(list[i] >> shift & 0xFF) + 1]++;
        for (size_t k = 1; k < 257; k++)
            first[k] += first[k - 1];
        for (size_t i = 0; i < n; i++)
            other[first[list[i] >> shift & 0xFF]++] = list[i];
        list = other; /* four rounds: it ends where it began */
        other = was;
    }
}

static bool contains(const uint32_t *sorted, size_t n, uint32_t number)
{
    size_t from = 0;

    while (from < n) {
        size_t middle = from + (n - from) / 2;

        if (sorted[middle] == number)
            return true;
        if (sorted[middle] < number)
            from = middle + 1;
        else
            n = middle;
    }
    return false;
}

/* Both fields are sound, so their brackets are. */
static bool judge_maps(struct judge *j, const size_t reactants[2],
                       const size_t products[2])
{
    const char *text = j->graph.text;
    size_t at, open, n = 0, mark = arena_mark(j->arena);
    uint32_t map, *list;
    bool ok = true;

    for (at = reactants[0]; next_map(text, &at, reactants[1], &open, &map);)
        n++;
    list = arena_array(j->arena, 2 * n + 1, uint32_t);
    if (!list)
        return judge_fail(j, SMILES_MEMORY, 0, 0);
    n = 0;
    for (at = reactants[0]; next_map(text, &at, reactants[1], &open, &map);)
        list[n++] = map;
    sort_numbers(list, list + n, n);
    at = products[0];
    while (ok && next_map(text, &at, products[1], &open, &map)) {
        if (!contains(list, n, map))
            ok = judge_fail(j, SMILES_MAP, open, at + 1 - open);
    }
    arena_rewind(j->arena, mark);
    return ok;
}

/* --- product and reactant ------------------------------------------------- */

#define PARTS_MAX 32 /* compared with each other; more are left alone */

static size_t split(struct slice text, struct slice part[PARTS_MAX])
{
    size_t n = 0;

    while (text.len && n < PARTS_MAX) {
        part[n] = slice_take(text, slice_find(text, '.'));
        text = slice_drop(text, part[n++].len + 1);
    }
    return text.len ? 0 : n;
}

/* Is every product written just as one of the reactants? */
static void warn_unchanged(struct judge *j, const size_t reactants[2],
                           const size_t products[2])
{
    const char *text = j->graph.text;
    struct slice from[PARTS_MAX], to[PARTS_MAX];
    size_t n_from =
        split(slice_of(text + reactants[0], reactants[1] - reactants[0]), from);
    size_t n_to =
        split(slice_of(text + products[0], products[1] - products[0]), to);

    for (size_t i = 0; i < n_to; i++) {
        size_t k = 0;

        while (k < n_from && !slice_eq(from[k], to[i]))
            k++;
        if (k == n_from)
            return;
    }
    if (n_from && n_to)
        judge_warn(j, SMILES_WARN_PRODUCT_REACTANT, products[0],
                   products[1] - products[0]);
}

bool reaction_judge(struct judge *j, size_t from, size_t to)
{
    const char *text = j->graph.text;
    size_t first = next_arrow(text, from, to);
    size_t second = next_arrow(text, first + 1, to), third;
    size_t field[3][2] = {{from, first}, {first + 1, second}, {second + 1, to}};

    if (first >= to || second >= to)
        return judge_fail(j, SMILES_REACTION_ARROWS, to, 0);
    third = next_arrow(text, second + 1, to);
    if (third < to)
        return judge_fail(j, SMILES_REACTION_ARROWS, third, 1);
    if (to - from == 2 && j->level != SMILES_LEVEL_RDKIT)
        return judge_fail(j, SMILES_EMPTY, from, 2);
    for (int i = 0; i < 3; i++) {
        if (field[i][0] < field[i][1] &&
            !molecule_judge(j, field[i][0], field[i][1]))
            return false;
    }
    if (j->options->maps && !judge_maps(j, field[0], field[2]))
        return false;
    warn_unchanged(j, field[0], field[2]);
    return true;
}
