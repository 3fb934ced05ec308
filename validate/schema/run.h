/*
 * run.h - the machine that runs a program over a tape, between its files.
 *
 *     frame = a rule being tried on a value
 *
 * The machine works on the innermost frame, one op after the other.  An op
 * that needs another rule either runs it in place (plain rules) or pushes a
 * frame, says in `phase` how it wants to be told, and is entered again when
 * that frame is gone.  When a rule fails, frames go until one is met whose op
 * expects that (PHASE_TRY); when there is none, the value is invalid.
 *
 * Rules with unevaluated* keep account of children: a set of bits for the
 * children of their value, on a stack of words.  Rules tried on the same
 * value add to it; what is only a try (a branch) has a set of its own, which
 * is added when it succeeds and forgotten when it fails.
 *
 * Everything is paid for in `work`: when it is used up, the answer is a
 * limit.  That, and the ceiling of the stack, is what ends references that
 * lead in circles.
 */
#ifndef DECANT_SCHEMA_RUN_H
#define DECANT_SCHEMA_RUN_H

#include "validate/schema/program_rule.h"

#define RUN_FRAMES_MAX 65536u
#define RUN_WORK       ((int64_t)1 << 24) /* for any value */
#define RUN_WORK_BYTE  256                /* more for each byte of its text */
#define RUN_WORK_MAX   ((int64_t)1 << 31)
#define RUN_WORK_WORDS ((int64_t)1 << 20) /* to find words for a failure */
#define NO_MARKS       UINT32_MAX

/* How an op or a rule ended. */
enum next {
    NEXT_OP,    /* it holds: on to the next */
    NEXT_FRAME, /* another frame is the innermost now */
    NEXT_FAIL,  /* it does not hold; `why` says what */
    NEXT_LIMIT, /* not decided */
};

enum phase {
    PHASE_NEW,  /* the op begins */
    PHASE_CALL, /* the frame above must succeed */
    PHASE_TRY,  /* the frame above may fail: `back` says */
};

struct frame {
    const struct op *op;
    const struct op *end;
    uint32_t rule;
    uint32_t node;
    uint32_t child;   /* the op's next child */
    uint32_t ordinal; /* its number */
    uint32_t n;       /* the op's own count */
    uint32_t guess;   /* the name that may come next */
    uint32_t marks;   /* its account of children: word, or NO_MARKS */
    uint32_t outer;   /* whom to tell in the end, if the account is its own */
    uint32_t trial;   /* the account of a branch being tried */
    uint32_t bottom;  /* words taken below it */
    uint8_t phase;
    bool owns;     /* marks is its own */
    bool scoped;   /* it entered a scope */
    uint64_t seen; /* names met, or where their words are */
};

/* Why a rule failed. */
struct failure {
    uint32_t rule;
    uint32_t node;
    uint32_t detail; /* a name's index, a branch ...: see the keyword */
    uint8_t keyword;
};

struct machine {
    const struct schema *schema;
    const struct json_tape *t;
    const struct rule *rules;
    const struct json_node *nodes;
    struct arena *scratch;
    struct frame *frames;
    uint32_t n_frames;
    uint32_t room_frames;
    uint64_t *words; /* marks, names met */
    uint32_t n_words;
    uint32_t room_words;
    uint32_t *scopes; /* entered, outermost first */
    uint32_t n_scopes;
    uint8_t *in_scope; /* of each scope: entered already */
    int64_t work;
    bool back;  /* did the frame that is gone succeed? */
    bool clean; /* no name repeats in any object */
    bool dirty; /* one may, and that matters: clean the tape and start again */
    bool limited; /* `why` says where the limit was met */
    struct failure why;
};

/* Not decided: remember where, the innermost place counts. */
enum next run_limit(struct machine *m, uint32_t rule, const struct op *op,
                    uint32_t node);

/* Fail: remember why. */
static inline enum next run_fail(struct machine *m, uint32_t rule,
                                 enum keyword keyword, uint32_t node,
                                 uint32_t detail)
{
    m->why = (struct failure){rule, node, detail, (uint8_t)keyword};
    return NEXT_FAIL;
}

/* Ops that speak for themselves. */
enum next run_plain_op(struct machine *m, uint32_t rule, const struct op *op,
                       uint32_t node);
enum next run_wrong_type(struct machine *m, uint32_t rule, uint32_t node);
enum next run_unique(struct machine *m, uint32_t rule, uint32_t node);

/* A whole number of up to 18 digits; false when it has more. */
static inline bool run_whole(struct slice text, int64_t *out)
{
    bool negative = text.ptr[0] == '-';
    int64_t value = 0;

    if (text.len - negative > 18)
        return false;
    for (size_t i = negative; i < text.len; i++)
        value = value * 10 + (text.ptr[i] - '0');
    *out = negative ? -value : value;
    return true;
}

/* A direct rule: no frames; see run_direct.c. */
enum next run_direct(struct machine *m, uint32_t rule, uint32_t node);

/* Does the rule hold?  NEXT_FRAME: only a frame can tell, none is pushed.
 * marks: where an account of the value's children is kept, or NO_MARKS; a
 * direct rule keeps none. */
static inline enum next run_check(struct machine *m, uint32_t rule,
                                  uint32_t node, uint32_t marks)
{
    const struct rule *r = &m->rules[rule];
    const struct json_node *value = &m->nodes[node];
    unsigned bit = 1u << value->kind;

    if (!(r->types & bit) &&
        (value->kind != JSON_NUMBER || !(r->types & TYPE_INTEGER) ||
         (value->flags & JSON_FRACTION)) &&
        run_wrong_type(m, rule, node) != NEXT_OP)
        return NEXT_FAIL;
    if (!(r->kinds & bit))
        return NEXT_OP;
    if (r->height > (marks == NO_MARKS ? RULE_DIRECT_MAX : 0))
        return NEXT_FRAME;
    return run_direct(m, rule, node);
}

/* The rule of a child has failed; when the reason is that it must not be
 * there at all, that is better told of the keyword. */
static inline enum next run_blame(struct machine *m, uint32_t rule,
                                  uint32_t child, enum keyword k)
{
    if (m->why.keyword == KEYWORD_FALSE && m->why.node == child)
        return run_fail(m, rule, k, child, 0);
    return NEXT_FAIL;
}

/* Push a frame. marks: the account it adds to, or NO_MARKS. Frames move. */
MUST_CHECK
enum next run_push(struct machine *m, uint32_t rule, uint32_t node,
                   uint32_t marks);

/* --- accounts of children ------------------------------------------------- */

/* Words on the stack, all zero; NO_MARKS when that is too much. */
uint32_t run_words_take(struct machine *m, size_t n);

/* Bit 0: all children; bit n + 1: child n. */
static inline size_t run_marks_size(const struct machine *m, uint32_t node)
{
    return (m->nodes[node].next - node) / 64 + 1;
}
static inline void run_mark(struct machine *m, uint32_t marks, uint32_t child)
{
    if (marks != NO_MARKS)
        m->words[marks + (child + 1) / 64] |= UINT64_C(1) << (child + 1) % 64;
}
static inline void run_mark_all(struct machine *m, uint32_t marks)
{
    if (marks != NO_MARKS)
        m->words[marks] |= 1;
}
/* Add one account to another, of the same value. */
void run_marks_add(struct machine *m, uint32_t node, uint32_t from,
                   uint32_t into);

/* --- ops, by file --------------------------------------------------------- */

enum next run_object(struct machine *m, struct frame *f);  /* OP_OBJECT */
enum next run_members(struct machine *m, struct frame *f); /* OP_MEMBERS */
enum next run_array(struct machine *m, struct frame *f);
enum next run_contains(struct machine *m, struct frame *f);
enum next run_rest(struct machine *m, struct frame *f);
enum next run_depend(struct machine *m, struct frame *f);
enum next run_call(struct machine *m, struct frame *f, uint32_t rule);
enum next run_dynamic(struct machine *m, struct frame *f);
enum next run_any(struct machine *m, struct frame *f);
enum next run_one(struct machine *m, struct frame *f);
enum next run_not(struct machine *m, struct frame *f);
enum next run_if(struct machine *m, struct frame *f);

/* The name of a member, unescaped; borrowed from the text or the scratch
 * arena, {NULL, 0} when that is full. */
struct slice run_name(struct machine *m, uint32_t key);

/* --- the whole ------------------------------------------------------------ */

/* Run one rule on one value. */
MUST_CHECK
enum schema_result run_rule(struct machine *m, uint32_t rule, uint32_t node);

/* A machine at rest; false when the arena is full. */
MUST_CHECK
bool run_start(struct machine *m, const struct schema *s,
               const struct json_tape *t, struct arena *scratch);

/* What m->why means, in words and places; of a limit the places only. */
void run_explain(const struct machine *m, struct schema_mismatch *out);

#endif
