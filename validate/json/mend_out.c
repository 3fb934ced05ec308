/* mend_out.c - the copy of the text and its edits; see mend_parts.h. */
#include "validate/json/mend_parts.h"

#define COPY_AT_ONCE 32

/* The next n bytes of the text; a few go as fast as one. */
static inline void copy(const struct mend *m, char *to, size_t n)
{
    if (n <= COPY_AT_ONCE && m->len - m->from >= COPY_AT_ONCE &&
        m->cap - m->used >= COPY_AT_ONCE)
        memcpy(to, m->text + m->from, COPY_AT_ONCE);
    else
        memcpy(to, m->text + m->from, n);
}

struct repair_edit *mend_edit(struct mend *m, enum repair_rule rule, size_t at,
                              size_t n, struct slice after)
{
    size_t plain = at - m->from;
    struct repair_edit *edit;
    char *to = m->out + m->used;

    DEMAND(at >= m->from && at <= m->len && n <= m->len - at);
    if (m->n_edits == m->max_edits || plain + after.len > m->cap - m->used) {
        m->full = true;
        return &m->spare;
    }
    copy(m, to, plain);
    to += plain;
    if (after.len == 1)
        *to = *after.ptr;
    else
        memcpy(to, after.ptr, after.len);
    edit = &m->edits[m->n_edits++];
    *edit = (struct repair_edit){
        .rule = rule,
        .class = repair_rule_class[rule],
        .at = at,
        .before = slice_of(m->text + at, n),
        .after = slice_of(to, after.len),
    };
    m->used += plain + after.len;
    m->from = at + n;
    return edit;
}

void mend_guess(struct mend *m, enum repair_rule rule, size_t at, size_t n,
                struct slice after)
{
    mend_edit(m, rule, at, n, after)->class = REPAIR_GUESS;
}

void mend_rewind(struct mend *m, size_t at, uint32_t first)
{
    if (m->full)
        return;
    while (m->n_edits > first && m->edits[m->n_edits - 1].at >= at) {
        const struct repair_edit *edit = &m->edits[--m->n_edits];

        m->used = (size_t)(edit->after.ptr - m->out);
        m->from = edit->at;
    }
    if (m->from > at) {
        /* Copied as they came on the way to an edit taken back. */
        m->used -= m->from - at;
        m->from = at;
    }
}

void mend_refuse(struct mend *m, enum fault fault, size_t at)
{
    if (m->refused)
        return;
    m->refused = true;
    m->fault = fault;
    m->wrong = at;
}

struct slice mend_closer(enum frame frame)
{
    switch (frame) {
    case FRAME_OBJECT: return SLICE("}");
    case FRAME_ARRAY:
    case FRAME_TUPLE: return SLICE("]");
    default: return SLICE("");
    }
}

void mend_truncate(struct mend *m, size_t cut, bool in_string)
{
    char closers[JSON_DEPTH_MAX + 2];
    size_t n = 0;

    if (in_string)
        closers[n++] = '"';
    for (; m->depth; m->depth--) {
        struct slice closer = mend_closer(mend_top(m));

        if (closer.len)
            closers[n++] = closer.ptr[0];
    }
    mend_edit(m, REPAIR_TRUNCATED, cut, m->len - cut, slice_of(closers, n));
    m->truncated = true;
    m->at = m->len;
    m->await = AWAIT_NOTHING;
}

void mend_torn(struct mend *m)
{
    const struct keep *k = &m->keep;

    if (m->full)
        return;
    m->used = k->used;
    m->from = k->from;
    m->n_edits = k->n_edits;
    DEMAND(k->depth <= m->depth);
    m->depth = k->depth;
    if (!k->depth) /* not even the beginning of a value is whole */
        mend_refuse(m, FAULT_JSON_TRUNCATED, m->len);
    else
        mend_truncate(m, k->at, false);
}
