/*
 * mend_root.c - what stands behind the value; see mend_parts.h.
 *
 * Brackets too many go, words go, and another value makes several: an array
 * of them, or the first alone, as the options say.
 */
#include "validate/json/mend_parts.h"

/* The first of several values begins here: make room for "[". */
static void join_values(struct mend *m, size_t at)
{
    if (!m->several) {
        m->several = true;
        m->second = at;
        m->edits--;
        m->n_edits++;
        m->max_edits++;
        m->out--;
        m->used++;
        m->cap++;
        *m->out = '[';
        *m->edits = (struct repair_edit){
            .rule = REPAIR_SEVERAL_JOINED,
            .class = REPAIR_GUESS,
            .before = slice_of(m->text, 0),
            .after = slice_of(m->out, 1),
        };
    }
    if (mend_byte(m, at) == ',') {
        mend_skip(m);
        m->at = at + 1;
    } else
        mend_edit(m, REPAIR_COMMA_ADDED, m->at, 0, SLICE(","));
    m->await = AWAIT_VALUE;
}

/* Could JSON begin at this bracket in the words behind the value? */
static bool likely(const struct mend *m, size_t at)
{
    size_t next = mend_blank(m, at + 1), width;

    if (m->text[at] == '{')
        return mend_byte(m, next) == '}' || mend_quote(m, next, &width) ||
               mend_key_at(m, next);
    return mend_byte(m, next) == '{' || mend_byte(m, next) == '[' ||
           mend_quote(m, next, &width);
}

static void drop_others(struct mend *m, size_t second)
{
    m->several = true;
    m->second = second;
    mend_edit(m, REPAIR_SEVERAL_DROPPED, m->at, m->len - m->at, SLICE(""));
    m->at = m->len;
    m->await = AWAIT_NOTHING;
}

/* Words behind the value go; another value in them makes several. */
static void tail(struct mend *m, size_t from)
{
    size_t at, end;

    /* [Note] and more words: no array. */
    if (m->n_edits && m->edits->rule == REPAIR_WORD_QUOTED && m->edits->at &&
        m->text[m->edits->at - 1] == '[' && !m->several) {
        mend_refuse(m, FAULT_JSON_SYNTAX, m->edits->at);
        return;
    }
    if (m->text[from] == ',')
        from = mend_ahead(m, from + 1);
    at = from;

    while (at < m->len &&
           ((m->text[at] != '{' && m->text[at] != '[') || !likely(m, at)))
        at++;
    if (at < m->len && !m->options->join_several) {
        drop_others(m, at);
        return;
    }
    if (at < m->len) /* the comma comes before what is taken off */
        join_values(m, mend_ahead(m, m->at));
    mend_skip(m);
    if (m->at < from) /* a comma, and no value behind it */
        from = m->at;
    for (end = at; end > from && mend_is_space(m->text[end - 1]);)
        end--;
    if (at == m->len)
        m->await = AWAIT_NOTHING;
    if (end > from && at == m->len)
        mend_cut_tail(m, REPAIR_PROSE_REMOVED, from, end);
    else if (end > from)
        mend_guess(m, REPAIR_PROSE_REMOVED, from, end - from, SLICE(""));
    m->at = at;
}

/* A value is complete and no bracket is open. */
void mend_root(struct mend *m)
{
    size_t next = mend_ahead(m, m->at), behind;
    char c = mend_byte(m, next);
    bool more;

    if (next == m->len) {
        mend_skip(m);
        m->await = AWAIT_NOTHING;
        return;
    }
    if (mend_is_closer(c)) {
        mend_skip(m);
        mend_edit(m, REPAIR_BRACKET_DROPPED, m->at++, 1, SLICE(""));
        return;
    }
    behind = c == ',' ? mend_ahead(m, next + 1) : next;
    if (c == ',' && (behind == m->len || mend_is_closer(m->text[behind]))) {
        mend_skip(m);
        mend_edit(m, REPAIR_COMMA_TRAILING, m->at++, 1, SLICE(""));
        return;
    }
    if (c == ',' && mend_key_at(m, behind)) { /* a bracket closed too early */
        mend_refuse(m, FAULT_JSON_SYNTAX, next);
        return;
    }
    more = mend_value_at(m, behind) &&
           (m->bare_root || c == ',' ||
            (c == '[' && mend_value_at(m, mend_blank(m, behind + 1))));
    if (more && !m->options->join_several) {
        drop_others(m, behind);
    } else if (more) {
        join_values(m, next);
    } else {
        tail(m, next);
    }
}
