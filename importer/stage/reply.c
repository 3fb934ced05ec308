/*
 * reply.c - from a line's candidates to the answers worth looking at.
 *
 * A candidate with text whose reason to stop lets it count is an answer; OK
 * ones go before TRUNCATED ones, otherwise by index.  Without any, the line
 * ends as its first candidate does.  Reasons to stop: finish.def.
 */
#include "importer/stage/family.h"

static const struct finish {
    struct slice word;
    enum outcome with, without;
} finishes[] = {
#define FINISH(word, with, without) \
    {SLICE_INIT(word), OUTCOME_##with, OUTCOME_##without},
#include "importer/stage/finish.def"
#undef FINISH
};

static const struct finish *finish_find(struct slice word)
{
    for (size_t i = 0; i < countof(finishes); i++) {
        if (slice_eq(word, finishes[i].word))
            return &finishes[i];
    }
    return &finishes[0];
}

void replies_init(struct opening *op, struct replies *rs, uint32_t room)
{
    *rs = (struct replies){
        .list = arena_new(op->arena, room, struct reply),
        .room = room,
    };
    op->full |= rs->list == NULL;
}

struct reply *reply_new(struct opening *op, struct replies *rs, uint32_t parts)
{
    struct reply *r;

    if (op->full)
        return NULL;
    DEMAND(rs->n < rs->room);
    r = &rs->list[rs->n];
    r->parts = arena_new(op->arena, parts, uint32_t);
    r->index = rs->n;
    if (!r->parts) {
        op->full = true;
        return NULL;
    }
    rs->n++;
    return r;
}

void reply_text(struct opening *op, struct reply *r, uint32_t node)
{
    if (r && node_text(op->tape, node))
        r->parts[r->n_parts++] = node;
}

/* Stable; the common case is one reply. */
static void sort_by_index(struct replies *rs)
{
    if (rs->n > REPLY_SORT_MAX)
        return;
    for (uint32_t i = 1; i < rs->n; i++) {
        struct reply moved = rs->list[i];
        uint32_t at = i;

        for (; at && rs->list[at - 1].index > moved.index; at--)
            rs->list[at] = rs->list[at - 1];
        rs->list[at] = moved;
    }
}

static enum outcome reply_outcome(const struct reply *r)
{
    const struct finish *f = finish_find(r->finish);

    if (r->refused)
        return OUTCOME_REFUSED;
    if (r->n_parts)
        return f->with;
    return f->without == OUTCOME_EMPTY && r->tool ? OUTCOME_TOOL : f->without;
}

/* Append the answers that ended like this. */
static void put_answers(struct envelope *env, const struct replies *rs,
                        enum outcome outcome)
{
    for (uint32_t i = 0; i < rs->n; i++) {
        const struct reply *r = &rs->list[i];

        if (!r->n_parts || reply_outcome(r) != outcome)
            continue;
        env->answers[env->n_answers++] = (struct answer){
            .parts = r->parts,
            .n_parts = r->n_parts,
            .finish = r->finish,
            .outcome = outcome,
        };
    }
}

void replies_end(struct opening *op, struct replies *rs)
{
    struct envelope *env = op->env;
    const struct reply *first = rs->list;

    if (op->full)
        return;
    if (rs->n == 0) {
        line_ends(op, OUTCOME_EMPTY, slice_of(NULL, 0), op->wrong);
        return;
    }
    /* One more: the joined text of several output items. */
    env->answers = arena_new(op->arena, rs->n + 1, struct answer);
    if (!env->answers) {
        op->full = true;
        return;
    }
    sort_by_index(rs);
    put_answers(env, rs, OUTCOME_OK);
    put_answers(env, rs, OUTCOME_TRUNCATED);
    if (env->n_answers) {
        env->outcome = env->answers[0].outcome;
        env->finish = env->answers[0].finish;
        return;
    }
    env->finish = first->finish;
    line_ends(op, reply_outcome(first), first->message, first->wrong);
}
