/*
 * pattern.c - see pattern.h.
 *
 * A pattern that can be a table (pattern_dfa.h) is one, and where it begins
 * with ^ the table alone answers: one look per byte, and fewer calls than
 * PCRE2 makes.  Where a match may begin anywhere PCRE2 is asked first, which
 * skips faster to where it may, and the table if that comes to a limit.  The
 * rest is PCRE2's alone, and so are groups.
 *
 * What a search may cost is bounded in two ways, since PCRE2's own limits
 * count rounds of backtracking, for each place of the text anew, and say
 * nothing of how far each round looks.  Short texts are searched under
 * PCRE2's match limit: a small limit times a small text is little.  Longer
 * ones are searched by a second code, which calls back at every place it
 * starts from and behind every group and repeated atom; each call is charged
 * with the bytes passed since the last one and with those that a failing
 * atom may have looked at, and a search that has spent its budget ends.  The budget grows with the text, so that honest patterns never meet
 * it.
 *
 * The JIT's stack is 32 KB of the machine's; a search that needs more gets
 * one of JIT_STACK_MAX for itself, and gives it back.  Without a JIT (no
 * executable memory) PCRE2's interpreter takes its frames from the arena,
 * behind everything that is there, and gives them back likewise.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "validate/schema/pattern.h"

#include <pcre2.h>

#include "validate/schema/pattern_dfa.h"
#include "validate/schema/pattern_ecma.h"

#define SHORT_TEXT     256 /* bytes: searched without callouts */
#define MATCH_LIMIT    100000
#define MATCH_SPARING  1000 /* these when there is another way */
#define BUDGET_SPARING 20000
#define BYTE_SPARING   4
#define DEPTH_LIMIT    100000
#define HEAP_LIMIT     8192 /* KB, of the interpreter */
#define BUDGET         10000000
#define BUDGET_BYTE    16 /* more of it for each byte of text */
#define JIT_STACK_MIN  ((size_t)64 << 10)
#define JIT_STACK_MAX  ((size_t)32 << 20)
#define SMALL_ROOM     ((size_t)1 << 10)

#define OPTIONS                                                   \
    (PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS | \
     PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C)

/*
 * Where PCRE2's memory comes from.  While the JIT compiles, small pieces,
 * which it keeps, come out of a room set aside; large ones, which it gives
 * back, from behind it, and all of that is free again afterwards.
 */
struct memory {
    struct arena *arena;
    char *small; /* not NULL: while the JIT compiles */
    size_t n_small;
    size_t n_large; /* pieces not given back */
    size_t refused; /* requests the arena had no room for */
    char words[160];
};

/* What a long search has cost so far; one per pattern, set at each start. */
struct meter {
    uint64_t left;
    size_t last;    /* where the last call was */
    uint32_t fixed; /* charged for every call: what x{n} may look at */
    bool refers;    /* what \\1 may look at is charged too */
};

struct code {
    pcre2_code *code;
    pcre2_match_context *limits;
    bool jit;
};

struct pattern {
    struct memory *memory;
    struct meter *meter;
    struct dfa *dfa;     /* or NULL */
    struct code plain;   /* for short texts */
    struct code guarded; /* for long ones */
    pcre2_match_data *found;
    const struct ecma_name *names;
    size_t n_names;
};

static void *take(size_t size, void *data)
{
    struct memory *m = data;
    void *p;

    size = (size + 15) & ~(size_t)15;
    if (m->small && size <= SMALL_ROOM - m->n_small && size <= SMALL_ROOM / 2) {
        p = m->small + m->n_small;
        m->n_small += size;
        return p;
    }
    p = arena_room(m->arena, size, 1, 16);
    m->refused += p == NULL;
    m->n_large += p != NULL;
    return p;
}

static void give_back(void *p, void *data)
{
    struct memory *m = data;

    if (p && (!m->small || (char *)p < m->small ||
              (char *)p >= m->small + SMALL_ROOM))
        m->n_large--;
}

/* True when it works or the machine has none; false: out of memory. */
static bool compile_jit(struct code *c, struct memory *m)
{
    size_t mark, large = m->n_large, refused = m->refused;
    int rc;

    m->small = arena_room(m->arena, SMALL_ROOM, 1, 16);
    if (!m->small)
        return false;
    m->n_small = 0;
    mark = arena_mark(m->arena);
    rc = pcre2_jit_compile(c->code, PCRE2_JIT_COMPLETE);
    if (m->n_large == large)
        arena_rewind(m->arena, mark);
    m->small = NULL;
    c->jit = rc == 0;
    return rc == 0 || m->refused == refused;
}

/* Called by PCRE2 at every (?C); not 0 ends the search. */
static int charge(pcre2_callout_block *block, void *data)
{
    struct meter *meter = data;
    size_t at = block->current_position;
    uint64_t cost = at > meter->last ? at - meter->last : meter->last - at;

    meter->last = at;
    cost += 1 + meter->fixed;
    for (size_t i = 1; meter->refers && i < block->capture_top; i++) {
        const size_t *end = block->offset_vector + 2 * i;

        if (end[0] != PCRE2_UNSET && end[1] > end[0])
            cost += end[1] - end[0];
    }
    if (cost > meter->left)
        return PCRE2_ERROR_CALLOUT;
    meter->left -= cost;
    return 0;
}

static bool fail(struct pattern_problem *why, size_t at, struct slice words)
{
    *why = (struct pattern_problem){at, words};
    return false;
}

/* PCRE2's words for what the translation could not know to be wrong. */
static bool fail_pcre(struct pattern_problem *why, int error, struct memory *m)
{
    int n = pcre2_get_error_message(error, (PCRE2_UCHAR *)m->words,
                                    sizeof(m->words));

    if (n <= 0 || m->refused)
        return fail(why, 0, SLICE("out of memory"));
    return fail(why, 0, slice_of(m->words, (size_t)n));
}

static bool compile_one(struct slice text, struct code *c,
                        pcre2_general_context *general, struct memory *m,
                        struct pattern_problem *why)
{
    pcre2_compile_context *context = pcre2_compile_context_create(general);
    PCRE2_SIZE at;
    int error = 0;

    c->limits = pcre2_match_context_create(general);
    if (!context || !c->limits)
        return fail(why, 0, SLICE("out of memory"));
    c->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, OPTIONS, &error,
                            &at, context);
    if (!c->code)
        return fail_pcre(why, error, m);
    pcre2_set_depth_limit(c->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(c->limits, HEAP_LIMIT);
    if (!compile_jit(c, m)) {
        pcre2_code_free(c->code);
        return fail(why, 0, SLICE("out of memory"));
    }
    return true;
}

static bool compile_both(struct pattern *p, struct slice ecma,
                         struct pattern_problem *why)
{
    struct memory *m = p->memory;
    pcre2_general_context *general =
        pcre2_general_context_create(take, give_back, m);
    struct ecma e = {.guarded = false};
    struct ecma guarded = {.guarded = true};

    if (!general)
        return fail(why, 0, SLICE("out of memory"));
    if (ecma_read(ecma, m->arena, &e) != ECMA_GOOD)
        return fail(why, e.offset, e.words);
    if (e.n_groups > PATTERN_GROUPS_MAX)
        return fail(why, 0, SLICE("too many groups"));
    if (ecma_read(ecma, m->arena, &guarded) != ECMA_GOOD)
        return fail(why, guarded.offset, guarded.words);
    p->names = e.names;
    p->n_names = e.n_names;
    p->meter->fixed = e.longest;
    p->meter->refers = e.refers;
    if (!compile_one(e.text, &p->plain, general, m, why))
        return false;
    if (!compile_one(guarded.text, &p->guarded, general, m, why)) {
        pcre2_code_free(p->plain.code);
        return false;
    }
    /* the budget is what ends a long search; the rounds it may take are no
     * fewer than that */
    pcre2_set_match_limit(p->guarded.limits, UINT32_MAX);
    pcre2_set_callout(p->guarded.limits, charge, p->meter);
    p->dfa = dfa_build(ecma, m->arena);
    p->found = pcre2_match_data_create(e.n_groups + 1, general);
    if (p->found)
        return true;
    pattern_drop(p);
    return fail(why, 0, SLICE("out of memory"));
}

bool pattern_compile(struct slice ecma, struct arena *arena,
                     struct pattern **out, struct pattern_problem *why)
{
    size_t mark = arena_mark(arena);
    struct pattern *p = arena_new(arena, 1, struct pattern);
    struct slice copy = arena_copy(arena, ecma);
    bool ok = false;

    if (p && copy.ptr) {
        p->memory = arena_new(arena, 1, struct memory);
        p->meter = arena_new(arena, 1, struct meter);
    }
    if (ecma.len > PATTERN_TEXT_MAX) {
        fail(why, PATTERN_TEXT_MAX, SLICE("is too long"));
    } else if (!p || !copy.ptr || !p->memory || !p->meter) {
        fail(why, 0, SLICE("out of memory"));
    } else {
        p->memory->arena = arena;
        ok = compile_both(p, copy, why);
    }
    if (ok) {
        *out = p;
        return true;
    }
    /* the words go where the pattern would have been */
    char words[sizeof(p->memory->words)];
    struct slice kept = slice_take(why->words, sizeof(words));

    memcpy(words, kept.ptr, kept.len);
    arena_rewind(arena, mark);
    why->words = arena_copy(arena, slice_of(words, kept.len));
    if (!why->words.ptr)
        why->words = SLICE("out of memory");
    return false;
}

void pattern_drop(struct pattern *p)
{
    pcre2_code_free(p->plain.code);
    pcre2_code_free(p->guarded.code);
}

/* By the interpreter, with frames from the arena for as long as it takes. */
static int interpret(const struct pattern *p, const struct code *c,
                     struct slice text)
{
    struct arena *arena = p->memory->arena;
    size_t mark = arena_mark(arena);
    struct memory m = {.arena = arena};
    pcre2_general_context *general =
        pcre2_general_context_create(take, give_back, &m);
    pcre2_match_data *data = NULL;
    int rc = PCRE2_ERROR_NOMEMORY;

    if (general)
        data = pcre2_match_data_create_from_pattern(c->code, general);
    if (data)
        rc = pcre2_match(c->code, (PCRE2_SPTR)text.ptr, text.len, 0,
                         PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data, c->limits);
    if (rc > 0)
        memcpy(pcre2_get_ovector_pointer(p->found),
               pcre2_get_ovector_pointer(data),
               2 * sizeof(size_t) * pcre2_get_ovector_count(data));
    arena_rewind(arena, mark);
    return rc;
}

/* Again, with a stack of its own. */
static int match_deep(const struct pattern *p, const struct code *c,
                      struct slice text)
{
    pcre2_jit_stack *stack =
        pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
    int rc = PCRE2_ERROR_NOMEMORY;

    if (!stack)
        return rc;
    pcre2_jit_stack_assign(c->limits, NULL, stack);
    rc = pcre2_jit_match(c->code, (PCRE2_SPTR)text.ptr, text.len, 0, 0,
                         p->found, c->limits);
    pcre2_jit_stack_assign(c->limits, NULL, NULL);
    pcre2_jit_stack_free(stack);
    return rc;
}

static void fill_meter(const struct pattern *p, size_t bytes, bool sparing)
{
    uint64_t left = sparing ? BUDGET_SPARING : BUDGET;

    p->meter->left =
        left + (uint64_t)(sparing ? BYTE_SPARING : BUDGET_BYTE) * bytes;
    p->meter->last = 0;
}

/* By PCRE2; what matched is in p->found.  Sparing: there is another way. */
static enum pattern_result find(const struct pattern *p, struct slice text,
                                bool sparing)
{
    bool small = text.len <= SHORT_TEXT;
    const struct code *c = small ? &p->plain : &p->guarded;
    int rc;

    if (!text.ptr)
        text.ptr = "";
    if (small)
        pcre2_set_match_limit(c->limits, sparing ? MATCH_SPARING : MATCH_LIMIT);
    fill_meter(p, text.len, sparing);
    if (!c->jit)
        rc = interpret(p, c, text);
    else
        rc = pcre2_jit_match(c->code, (PCRE2_SPTR)text.ptr, text.len, 0, 0,
                             p->found, c->limits);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT && c->jit && !sparing) {
        fill_meter(p, text.len, sparing);
        rc = match_deep(p, c, text);
    }
    return rc >= 0                     ? PATTERN_YES
           : rc == PCRE2_ERROR_NOMATCH ? PATTERN_NO
                                       : PATTERN_LIMIT;
}

enum pattern_result pattern_find(const struct pattern *p, struct slice text)
{
    enum pattern_result result = PATTERN_LIMIT;

    if (!p->dfa || !p->dfa->anchored)
        result = find(p, text, p->dfa != NULL);
    if (result == PATTERN_LIMIT && p->dfa)
        result = dfa_find(p->dfa, text) ? PATTERN_YES : PATTERN_NO;
    return result;
}

size_t pattern_n_groups(const struct pattern *p)
{
    return p->n_names;
}

struct slice pattern_group_name(const struct pattern *p, size_t group)
{
    DEMAND(group < p->n_names);
    return p->names[group].name;
}

enum pattern_result pattern_groups(const struct pattern *p, struct slice text,
                                   struct slice *values)
{
    enum pattern_result result = find(p, text, false);
    const size_t *ends = pcre2_get_ovector_pointer(p->found);

    for (size_t i = 0; result == PATTERN_YES && i < p->n_names; i++) {
        const size_t *end = ends + (size_t)2 * p->names[i].group;

        values[i] = end[0] == PCRE2_UNSET
                        ? slice_of(NULL, 0)
                        : slice_of(text.ptr + end[0], end[1] - end[0]);
    }
    return result;
}
