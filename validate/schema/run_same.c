/* run_same.c - ops that have rules tried on the same value. */
#include "validate/schema/run.h"

/* A rule that must hold. The op is done with: the frame above goes on to the
 * next op by itself. */
enum next run_call(struct machine *m, struct frame *f, uint32_t rule)
{
    enum next next = run_check(m, rule, f->node, f->marks);

    if (next != NEXT_FRAME)
        return next;
    f->op++;
    f->phase = PHASE_NEW;
    return run_push(m, rule, f->node, f->marks);
}

enum next run_dynamic(struct machine *m, struct frame *f)
{
    const struct dynamic *d = f->op->dynamic;

    for (uint32_t i = 0; i < m->n_scopes; i++) {
        size_t low = 0, high = d->n;

        m->work--;
        while (low < high) {
            size_t middle = low + (high - low) / 2;

            if (d->targets[middle].scope < m->scopes[i])
                low = middle + 1;
            else
                high = middle;
        }
        if (low < d->n && d->targets[low].scope == m->scopes[i])
            return run_call(m, f, d->targets[low].rule);
    }
    return run_call(m, f, d->rule);
}

/* --- tries ---------------------------------------------------------------- */

/* Begin to try a rule that may fail. NEXT_OP, NEXT_FAIL: it is tried. */
static enum next try_rule(struct machine *m, struct frame *f, uint32_t rule,
                          bool account)
{
    enum next next = run_check(m, rule, f->node, account ? f->marks : NO_MARKS);

    if (next != NEXT_FRAME)
        return next;
    f->phase = PHASE_TRY;
    f->trial = NO_MARKS;
    if (account && f->marks != NO_MARKS) {
        f->trial = run_words_take(m, run_marks_size(m, f->node));
        if (f->trial == NO_MARKS)
            return NEXT_LIMIT;
    }
    return run_push(m, rule, f->node, f->trial);
}

/* The frame of the try is gone. */
static enum next tried(struct machine *m, struct frame *f)
{
    f->phase = PHASE_CALL;
    if (f->trial != NO_MARKS) {
        if (m->back)
            run_marks_add(m, f->node, f->trial, f->marks);
        m->n_words = f->trial;
    }
    return m->back ? NEXT_OP : NEXT_FAIL;
}

enum next run_any(struct machine *m, struct frame *f)
{
    const uint32_t *calls = m->schema->calls + f->op->first;
    enum next next = NEXT_OP;

    if (f->phase == PHASE_NEW) {
        f->n = f->child = 0; /* branches tried, branches that hold */
        m->work -= f->op->rule;
    }
    for (; f->n < f->op->rule; f->n++) {
        if (f->phase == PHASE_TRY)
            next = tried(m, f);
        else
            next = try_rule(m, f, calls[f->n], true);
        if (next == NEXT_FRAME || next == NEXT_LIMIT)
            return next;
        f->child += next == NEXT_OP;
        if (f->child && f->marks == NO_MARKS)
            return NEXT_OP;
    }
    if (f->child)
        return NEXT_OP;
    return run_fail(m, f->rule, KEYWORD_ANY_OF, f->node, 0);
}

enum next run_one(struct machine *m, struct frame *f)
{
    const uint32_t *calls = m->schema->calls + f->op->first;
    enum next next = NEXT_OP;

    if (f->phase == PHASE_NEW) {
        f->n = f->child = 0; /* branches tried; 1 + the one that holds */
        m->work -= f->op->rule;
    }
    for (; f->n < f->op->rule; f->n++) {
        if (f->phase == PHASE_TRY)
            next = tried(m, f);
        else
            next = try_rule(m, f, calls[f->n], true);
        if (next == NEXT_FRAME || next == NEXT_LIMIT)
            return next;
        if (next == NEXT_FAIL)
            continue;
        if (f->child)
            return run_fail(m, f->rule, KEYWORD_ONE_OF, f->node, f->child);
        f->child = f->n + 1;
    }
    if (f->child)
        return NEXT_OP;
    return run_fail(m, f->rule, KEYWORD_ONE_OF, f->node, 0);
}

enum next run_not(struct machine *m, struct frame *f)
{
    enum next next = f->phase == PHASE_TRY ? tried(m, f)
                                           : try_rule(m, f, f->op->rule, false);

    if (next == NEXT_FAIL)
        return NEXT_OP;
    if (next != NEXT_OP)
        return next;
    return run_fail(m, f->rule, KEYWORD_NOT, f->node, 0);
}

enum next run_if(struct machine *m, struct frame *f)
{
    const uint32_t *calls = m->schema->calls + f->op->first;
    enum next next =
        f->phase == PHASE_TRY ? tried(m, f) : try_rule(m, f, calls[0], true);

    if (next == NEXT_FRAME || next == NEXT_LIMIT)
        return next;
    return run_call(m, f, calls[next == NEXT_OP ? 1 : 2]);
}
