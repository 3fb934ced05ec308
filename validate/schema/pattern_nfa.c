/*
 * pattern_nfa.c - a pattern as bytes and forks, see pattern_dfa.h.
 *
 * Every piece has one node it is entered by and one it is left by, and its
 * nodes lie together, so that a piece is repeated by copying them.  What a
 * character may be is a set of scalar values first, and then the sequences
 * of byte ranges that spell them in UTF-8.
 */
#include "validate/base/utf8.h"
#include "validate/schema/pattern_dfa.h"
#include "validate/schema/pattern_parts.h"

#define SCALAR_MAX 0x10FFFFu
#define RANGES_MAX 120 /* of one class */
#define COPIES_MAX 1000

struct range {
    uint32_t low, high;
};
struct ranges {
    struct range at[RANGES_MAX];
    size_t n;
    bool full;
};

/* A part of the pattern: its nodes are [first, n_nodes at its end). */
struct piece {
    uint16_t first, in, out;
};

/* A group that is open, or the whole. */
struct frame {
    struct piece group;
    uint16_t fork; /* the last choice between alternatives */
};

struct builder {
    struct reader reader;
    struct nfa *nfa;
    struct frame frames[ECMA_DEPTH_MAX + 1];
    size_t depth;
    uint16_t tail;     /* where the next piece is put on */
    uint16_t before;   /* the tail in front of the last piece */
    struct piece last; /* what a quantifier is about */
};

static const struct range digits[] = {{'0', '9'}};
static const struct range words[] = {{'0', '9'},
                                     {'A', 'Z'},
                                     {'_', '_'},
                                     {'a', 'z'}};
static const struct range spaces[] = {
    {0x09, 0x0D},     {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680},
    {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
    {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
static const struct range line_ends[] = {{'\n', '\n'},
                                         {'\r', '\r'},
                                         {0x2028, 0x2029}};

/* NFA_NONE when there is no room. */
static uint16_t node(struct nfa *nfa, enum nfa_kind kind, uint16_t next)
{
    if (nfa->n_nodes == NFA_MAX)
        return NFA_NONE;
    nfa->nodes[nfa->n_nodes] = (struct nfa_node){
        .kind = (uint8_t)kind, .next = next, .other = NFA_NONE};
    return (uint16_t)nfa->n_nodes++;
}

static void add(struct ranges *r, uint32_t low, uint32_t high)
{
    if (r->n == RANGES_MAX)
        r->full = true;
    else
        r->at[r->n++] = (struct range){low, high};
}

/* What the n ranges at `from`, in order and apart, leave out. */
static void add_others(struct ranges *r, const struct range *from, size_t n)
{
    uint32_t low = 0;

    for (size_t i = 0; i < n; i++) {
        if (from[i].low > low)
            add(r, low, from[i].low - 1);
        low = from[i].high + 1;
    }
    if (low <= SCALAR_MAX)
        add(r, low, SCALAR_MAX);
}

static void add_set(struct ranges *r, const struct escape *x)
{
    const struct range *from = x->set == SET_DIGIT  ? digits
                               : x->set == SET_WORD ? words
                                                    : spaces;
    size_t n = x->set == SET_DIGIT  ? countof(digits)
               : x->set == SET_WORD ? countof(words)
                                    : countof(spaces);

    if (x->set == SET_NONE)
        add(r, x->scalar, x->scalar);
    else if (x->negated)
        add_others(r, from, n);
    else
        for (size_t i = 0; i < n; i++)
            add(r, from[i].low, from[i].high);
}

/* In order, and apart. */
static void tidy(struct ranges *r)
{
    size_t n = 0;

    for (size_t i = 1; i < r->n; i++) {
        struct range one = r->at[i];
        size_t to = i;

        for (; to && r->at[to - 1].low > one.low; to--)
            r->at[to] = r->at[to - 1];
        r->at[to] = one;
    }
    for (size_t i = 0; i < r->n; i++) {
        if (n && r->at[i].low <= r->at[n - 1].high + 1) {
            if (r->at[i].high > r->at[n - 1].high)
                r->at[n - 1].high = r->at[i].high;
        } else {
            r->at[n++] = r->at[i];
        }
    }
    r->n = n;
}

/* One more way from `in` to `out`: bytes within those of low and high. */
static bool add_way(struct nfa *nfa, struct piece *p, struct range r)
{
    char low[UTF8_MAX], high[UTF8_MAX];
    size_t n = utf8_put(r.low, low), same = utf8_put(r.high, high);
    uint16_t next = p->out, fork;

    EXPECT(n == same);
    while (n--) {
        next = node(nfa, NFA_BYTE, next);
        if (next == NFA_NONE)
            return false;
        nfa->nodes[next].low = (uint8_t)low[n];
        nfa->nodes[next].high = (uint8_t)high[n];
    }
    fork = node(nfa, NFA_GO, next);
    if (fork == NFA_NONE)
        return false;
    nfa->nodes[fork].other = nfa->nodes[p->in].next;
    nfa->nodes[p->in].next = fork;
    return true;
}

/*
 * Cut a range until both ends have as many bytes and every byte can be any
 * between its two ends whatever the others are: the ways of add_way().
 */
static bool add_range(struct nfa *nfa, struct piece *p, struct range whole)
{
    static const uint32_t last[] = {0x7F, 0x7FF, 0xD7FF, 0xDFFF, 0xFFFF};
    struct range todo[16];
    size_t n = 0;

    todo[n++] = whole;
    while (n) {
        struct range r = todo[--n];
        uint32_t cut = 0; /* the last value of the first half */
        bool split = false;

        for (size_t i = 0; i < countof(last) && !split; i++) {
            split = r.low <= last[i] && r.high > last[i];
            cut = last[i];
        }
        for (uint32_t m = 0x3F; m < 0x40000 && r.high > 0x7F && !split;
             m = m << 6 | 0x3F) {
            if ((r.low & ~m) == (r.high & ~m))
                break;
            split = (r.low & m) != 0;
            cut = r.low | m;
            if (!split && (r.high & m) != m) {
                split = true;
                cut = (r.high & ~m) - 1;
            }
        }
        if (split) {
            DEMAND(n + 2 <= countof(todo));
            todo[n++] = (struct range){cut + 1, r.high};
            todo[n++] = (struct range){r.low, cut};
        } else if ((r.low < 0xD800 || r.low > 0xDFFF) && !add_way(nfa, p, r)) {
            return false;
        }
    }
    return true;
}

/* Put a piece behind the tail. */
static void put_on(struct builder *b, struct piece p)
{
    b->before = b->tail;
    b->nfa->nodes[b->tail].next = p.in;
    b->tail = p.out;
    b->last = p;
}

static bool put_ranges(struct builder *b, const struct ranges *r)
{
    struct piece p = {.first = (uint16_t)b->nfa->n_nodes};

    p.in = node(b->nfa, NFA_GO, NFA_NONE);
    p.out = node(b->nfa, NFA_GO, NFA_NONE);
    if (p.in == NFA_NONE || p.out == NFA_NONE || r->full)
        return false;
    for (size_t i = 0; i < r->n; i++)
        if (!add_range(b->nfa, &p, r->at[i]))
            return false;
    put_on(b, p);
    return true;
}

static bool put_edge(struct builder *b, enum nfa_kind kind)
{
    struct piece p = {.first = (uint16_t)b->nfa->n_nodes};

    p.out = node(b->nfa, NFA_GO, NFA_NONE);
    p.in = node(b->nfa, kind, p.out);
    if (p.out == NFA_NONE || p.in == NFA_NONE)
        return false;
    put_on(b, p);
    b->reader.at++;
    return true;
}

static bool put_class(struct builder *b)
{
    struct reader *r = &b->reader;
    struct ranges set = {.n = 0}, others = {.n = 0};
    bool negated;

    r->at++;
    negated = reader_sees(r, '^');
    r->at += negated;
    while (!reader_sees(r, ']')) {
        struct escape low, high;

        if (!ecma_member(r, &low) || low.set == SET_PROPERTY)
            return false;
        high = low;
        if (reader_sees(r, '-') && r->text.ptr[r->at + 1] != ']') {
            r->at++;
            if (!ecma_member(r, &high) || low.set != SET_NONE ||
                high.set != SET_NONE)
                return false;
            add(&set, low.scalar, high.scalar);
        } else {
            add_set(&set, &low);
        }
    }
    r->at++;
    tidy(&set);
    if (negated)
        add_others(&others, set.at, set.n);
    others.full |= set.full;
    return put_ranges(b, negated ? &others : &set);
}

static bool put_escape(struct builder *b)
{
    struct reader *r = &b->reader;
    struct ranges set = {.n = 0};
    struct escape x;
    char c = r->text.ptr[++r->at];

    if (strchr("bBkpP", c) || (c >= '1' && c <= '9') || !ecma_escape(r, &x))
        return false;
    add_set(&set, &x);
    tidy(&set);
    return put_ranges(b, &set);
}

/* Begin an alternative of the innermost group. */
static bool begin_alternative(struct builder *b, struct frame *f)
{
    uint16_t fork = node(b->nfa, NFA_GO, NFA_NONE);
    uint16_t start = node(b->nfa, NFA_GO, NFA_NONE);

    if (fork == NFA_NONE || start == NFA_NONE)
        return false;
    b->nfa->nodes[f->fork].other = fork;
    b->nfa->nodes[fork].next = start;
    f->fork = fork;
    b->tail = start;
    return true;
}

static bool open_frame(struct builder *b)
{
    struct frame *f = &b->frames[b->depth];
    struct nfa *nfa = b->nfa;

    f->group.first = (uint16_t)nfa->n_nodes;
    f->group.in = node(nfa, NFA_GO, NFA_NONE);
    f->group.out = node(nfa, NFA_GO, NFA_NONE);
    f->fork = f->group.in;
    if (f->group.in == NFA_NONE || f->group.out == NFA_NONE)
        return false;
    /* where to go on when the group is closed */
    nfa->nodes[f->group.out].other = b->tail;
    b->depth++;
    return begin_alternative(b, f);
}

static bool open_group(struct builder *b)
{
    struct reader *r = &b->reader;

    r->at++;
    if (reader_sees(r, '?')) {
        char kind = r->text.ptr[r->at + 1], look = r->text.ptr[r->at + 2];

        if (kind == ':')
            r->at += 2;
        else if (kind == '<' && look != '=' && look != '!')
            r->at += slice_find(slice_drop(r->text, r->at), '>') + 1;
        else
            return false;
    }
    return open_frame(b);
}

static void close_frame(struct builder *b)
{
    struct frame *f = &b->frames[--b->depth];

    b->nfa->nodes[b->tail].next = f->group.out;
    b->tail = b->nfa->nodes[f->group.out].other;
    b->nfa->nodes[f->group.out].other = NFA_NONE;
}

static bool copy_piece(struct nfa *nfa, struct piece p, size_t n,
                       struct piece *out)
{
    uint16_t shift = (uint16_t)(nfa->n_nodes - p.first);

    if (nfa->n_nodes + n > NFA_MAX)
        return false;
    for (size_t i = p.first; i < p.first + n; i++) {
        struct nfa_node copy = nfa->nodes[i];

        if (copy.next != NFA_NONE)
            copy.next = (uint16_t)(copy.next + shift);
        if (copy.other != NFA_NONE)
            copy.other = (uint16_t)(copy.other + shift);
        nfa->nodes[nfa->n_nodes++] = copy;
    }
    *out = (struct piece){(uint16_t)(p.first + shift), (uint16_t)(p.in + shift),
                          (uint16_t)(p.out + shift)};
    return true;
}

/*
 * The last piece, `least` to `most` times (UINT32_MAX: without end): copies
 * in a row, with a way out in front of each one that may be left out.  The
 * copies are made before any is put on, as a piece that leads nowhere yet.
 */
static bool repeat(struct builder *b, uint32_t least, uint32_t most)
{
    struct nfa *nfa = b->nfa;
    bool endless = most == UINT32_MAX;
    uint32_t n = endless ? (least ? least : 1) : most;
    size_t size = nfa->n_nodes - b->last.first;
    struct piece p = b->last, next = p;
    uint16_t out;

    b->tail = b->before;
    out = node(nfa, NFA_GO, NFA_NONE);
    if (out == NFA_NONE || n > COPIES_MAX)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t in;

        p = next;
        if (i + 1 < n && !copy_piece(nfa, p, size, &next))
            return false;
        in = p.in;
        if (i >= least) {
            in = node(nfa, NFA_GO, p.in);
            if (in == NFA_NONE)
                return false;
            nfa->nodes[in].other = out;
        }
        nfa->nodes[b->tail].next = in;
        b->tail = p.out;
    }
    if (endless) {
        uint16_t again = node(nfa, NFA_GO, p.in);

        if (again == NFA_NONE)
            return false;
        nfa->nodes[again].other = out;
        nfa->nodes[b->tail].next = again;
    } else {
        nfa->nodes[b->tail].next = out;
    }
    b->tail = out;
    return true;
}

static bool put_quantifier(struct builder *b)
{
    struct reader *r = &b->reader;
    char c = r->text.ptr[r->at];
    uint32_t least = c == '+', most = c == '?' ? 1 : UINT32_MAX;

    if (c != '{')
        r->at++;
    else if (!ecma_counts(r, &least, &most))
        return false;
    r->at += reader_sees(r, '?');
    return repeat(b, least, most);
}

static bool put_term(struct builder *b)
{
    struct ranges set = {.n = 0};
    struct reader *r = &b->reader;
    uint32_t scalar;

    switch (r->text.ptr[r->at]) {
    case '^': return put_edge(b, NFA_BEGIN);
    case '$': return put_edge(b, NFA_END);
    case '*':
    case '+':
    case '?':
    case '{': return put_quantifier(b);
    case '(': return open_group(b);
    case ')':
        r->at++;
        close_frame(b);
        put_on(b, b->frames[b->depth].group);
        return true;
    case '|':
        r->at++;
        b->nfa->nodes[b->tail].next = b->frames[b->depth - 1].group.out;
        return begin_alternative(b, &b->frames[b->depth - 1]);
    case '\\': return put_escape(b);
    case '[': return put_class(b);
    case '.':
        r->at++;
        add_others(&set, line_ends, countof(line_ends));
        return put_ranges(b, &set);
    default:
        scalar = reader_take_scalar(r);
        add(&set, scalar, scalar);
        return put_ranges(b, &set);
    }
}

bool nfa_build(struct slice ecma, struct nfa *nfa)
{
    struct ecma e = {.dry = true};
    struct builder b = {.reader = {.text = ecma, .ecma = &e}, .nfa = nfa};
    uint16_t start, match;

    nfa->n_nodes = 0;
    start = node(nfa, NFA_GO, NFA_NONE);
    b.tail = start;
    if (!open_frame(&b))
        return false;
    while (b.reader.at < ecma.len)
        if (!put_term(&b))
            return false;
    close_frame(&b);
    put_on(&b, b.frames[0].group);
    match = node(nfa, NFA_MATCH, NFA_NONE);
    if (match == NFA_NONE)
        return false;
    nfa->nodes[b.tail].next = match;
    return true;
}
