/*
 * pattern_dfa.c - see pattern_dfa.h.
 *
 * The usual construction: a state of the table is a set of places in the
 * NFA; since a match may begin anywhere, each set holds the places to begin
 * from too.  Bytes that every range of the NFA treats alike share a column.
 * A set that holds the end of the pattern is ROW_YES, an empty one ROW_NO;
 * neither is ever left, and the search stops there.
 */
#include "validate/schema/pattern_dfa.h"

#define ROW_NO    0
#define ROW_YES   1
#define ROWS_MAX  400
#define CELLS_MAX ((size_t)16 << 10)
#define HASH_ROOM ((size_t)1 << 10) /* a power of two, above ROWS_MAX */
#define WORK_MAX  2000000           /* nodes looked at while building */
#define TODO_MAX  (4 * NFA_MAX + 2) /* each comes twice, and calls for two */
#define SET_WORDS (NFA_MAX / 64 + 1)

/* Places that take a byte, and what is true without one. */
struct set {
    uint64_t bits[SET_WORDS];
    bool match;  /* the end of the pattern is reached */
    bool at_end; /* it would be if the text ended here */
};

struct maker {
    struct nfa nfa;
    struct dfa *dfa;
    struct set *sets; /* by row; NO and YES have none */
    size_t n_rows;
    uint16_t *hash; /* row by hash of its set; 0 is free */
    uint16_t *todo; /* nodes to look at */
    uint8_t *seen;  /* by node: in which of two ways it was reached */
    size_t work;
    uint8_t sample[256]; /* a byte of each column */
};

/* How a node was reached: as it is, or only if the text ends here. */
enum { SEEN = 1, SEEN_AT_END = 2 };

static void push(struct maker *m, size_t *n, uint16_t node, uint8_t how)
{
    if (node == NFA_NONE)
        return;
    DEMAND(*n < TODO_MAX);
    m->todo[(*n)++] = (uint16_t)(how == SEEN ? node : node + NFA_MAX);
}

/* What is reached from `node` without a byte, into *set; `begin`: the text
 * begins here. */
static void reach(struct maker *m, uint16_t node, bool begin, struct set *set)
{
    size_t n = 0;

    push(m, &n, node, SEEN);
    while (n) {
        uint16_t id = m->todo[--n];
        uint8_t how = id < NFA_MAX ? SEEN : SEEN_AT_END;
        const struct nfa_node *at;

        id = (uint16_t)(id % NFA_MAX);
        if (m->seen[id] & (how | SEEN))
            continue;
        m->seen[id] |= how;
        m->work++;
        at = &m->nfa.nodes[id];
        if (at->kind == NFA_MATCH) {
            set->match |= how == SEEN;
            set->at_end = true;
        } else if (at->kind == NFA_BYTE) {
            if (how == SEEN)
                set->bits[id / 64] |= UINT64_C(1) << id % 64;
        } else if (at->kind != NFA_BEGIN || begin) {
            if (at->kind == NFA_END)
                how = SEEN_AT_END;
            push(m, &n, at->next, how);
            push(m, &n, at->other, how);
        }
    }
}

static void set_clear(struct maker *m, struct set *set)
{
    memset(set, 0, sizeof(*set));
    memset(m->seen, 0, m->nfa.n_nodes);
}

static bool set_empty(const struct set *set)
{
    for (size_t i = 0; i < SET_WORDS; i++)
        if (set->bits[i])
            return false;
    return !set->match && !set->at_end;
}

static size_t set_hash(const struct set *set)
{
    uint64_t h = set->at_end;

    for (size_t i = 0; i < SET_WORDS; i++) {
        h = (h ^ set->bits[i]) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return (size_t)h;
}

/* The row of a set, a new one if need be; false when there is no room. */
static bool row_of(struct maker *m, const struct set *set, size_t *row)
{
    size_t at;

    *row = set->match ? ROW_YES : ROW_NO;
    if (set->match || set_empty(set))
        return true;
    for (at = set_hash(set) % HASH_ROOM; m->hash[at];
         at = (at + 1) % HASH_ROOM) {
        *row = m->hash[at];
        if (m->sets[*row].at_end == set->at_end &&
            !memcmp(m->sets[*row].bits, set->bits, sizeof(set->bits)))
            return true;
    }
    *row = m->n_rows;
    if (m->n_rows == ROWS_MAX ||
        (m->n_rows + 1) * m->dfa->n_columns > CELLS_MAX)
        return false;
    m->hash[at] = (uint16_t)m->n_rows;
    m->sets[m->n_rows++] = *set;
    return true;
}

/* Bytes between two borders of any range are alike. */
static void make_columns(struct maker *m)
{
    bool border[257] = {false};
    size_t n = 0;

    for (size_t i = 0; i < m->nfa.n_nodes; i++)
        if (m->nfa.nodes[i].kind == NFA_BYTE) {
            border[m->nfa.nodes[i].low] = true;
            border[m->nfa.nodes[i].high + 1] = true;
        }
    for (size_t c = 0; c < 256; c++) {
        n += c && border[c];
        m->dfa->column[c] = (uint8_t)n;
        m->sample[n] = (uint8_t)c;
    }
    m->dfa->n_columns = (uint16_t)(n + 2);
}

/* Where a row leads with the bytes of a column. */
static bool make_cell(struct maker *m, size_t row, size_t column)
{
    uint16_t n_columns = m->dfa->n_columns;
    const struct set *from = &m->sets[row];
    uint8_t byte = m->sample[column];
    struct set to;
    size_t next;

    set_clear(m, &to);
    for (size_t i = 0; i < SET_WORDS; i++)
        for (uint64_t w = from->bits[i]; w; w &= w - 1) {
            const struct nfa_node *node =
                &m->nfa.nodes[i * 64 + (size_t)__builtin_ctzll(w)];

            m->work++;
            if (node->low <= byte && byte <= node->high)
                reach(m, node->next, false, &to);
        }
    reach(m, 0, false, &to);
    if (m->work > WORK_MAX || !row_of(m, &to, &next))
        return false;
    m->dfa->next[row * n_columns + column] = (uint16_t)(next * n_columns);
    return true;
}

static bool make_table(struct maker *m)
{
    struct dfa *dfa = m->dfa;
    uint16_t n_columns;
    struct set set;
    size_t row;

    make_columns(m);
    n_columns = dfa->n_columns;
    m->n_rows = ROW_YES + 1;
    set_clear(m, &set);
    reach(m, 0, false, &set);
    dfa->anchored = set_empty(&set);
    set_clear(m, &set);
    reach(m, 0, true, &set);
    if (!row_of(m, &set, &row))
        return false;
    dfa->start = (uint16_t)(row * n_columns);
    for (row = ROW_YES + 1; row < m->n_rows; row++) {
        for (size_t c = 0; c + 1u < n_columns; c++)
            if (!make_cell(m, row, c))
                return false;
        dfa->next[row * n_columns + n_columns - 1] =
            m->sets[row].at_end ? (uint16_t)(ROW_YES * n_columns) : ROW_NO;
    }
    return true;
}

static bool make(struct maker *m, struct slice ecma, struct arena *arena)
{
    m->nfa.nodes = arena_array(arena, NFA_MAX, struct nfa_node);
    m->hash = arena_new(arena, HASH_ROOM, uint16_t);
    m->todo = arena_array(arena, TODO_MAX, uint16_t);
    m->seen = arena_array(arena, NFA_MAX, uint8_t);
    m->sets = arena_array(arena, ROWS_MAX, struct set);
    return m->nfa.nodes && m->hash && m->todo && m->seen && m->sets &&
           nfa_build(ecma, &m->nfa) && make_table(m);
}

struct dfa *dfa_build(struct slice ecma, struct arena *arena)
{
    size_t mark = arena_mark(arena), kept;
    struct maker m = {.dfa = arena_new(arena, 1, struct dfa)};
    bool ok;

    if (m.dfa)
        m.dfa->next = arena_array(arena, CELLS_MAX, uint16_t);
    kept = arena_mark(arena);
    ok = m.dfa && m.dfa->next && make(&m, ecma, arena);
    arena_rewind(arena, ok ? kept : mark);
    if (!ok)
        return NULL;
    arena_trim(arena, m.dfa->next + m.n_rows * m.dfa->n_columns);
    return m.dfa;
}

bool dfa_find(const struct dfa *dfa, struct slice text)
{
    const uint16_t *next = dfa->next;
    size_t yes = (size_t)ROW_YES * dfa->n_columns, state = dfa->start;

    for (size_t i = 0; i < text.len && state > yes; i++)
        state = next[state + dfa->column[(unsigned char)text.ptr[i]]];
    if (state > yes)
        state = next[state + dfa->n_columns - 1u];
    return state == yes;
}
