/* mend_space.c - what stands between tokens; see mend_parts.h. */
#include "validate/json/mend_parts.h"

#include "validate/json/seek.h"

/* Bytes of one space that JSON does not know: no-break, zero-width and the
 * like, and control characters. */
static size_t odd_space(const struct mend *m, size_t at)
{
    const unsigned char *p = (const unsigned char *)m->text + at;
    size_t left = m->len - at;

    if (p[0] < 0x20 || p[0] == 0x7F)
        return 1;
    if (p[0] < 0xC2 || left < 2)
        return 0;
    if (p[0] == 0xC2) /* next line, no-break space, soft hyphen */
        return p[1] == 0x85 || p[1] == 0xA0 || p[1] == 0xAD ? 2 : 0;
    if (left < 3)
        return 0;
    switch ((unsigned)p[0] << 8 | p[1]) {
    case 0xE19A: return p[2] == 0x80 ? 3 : 0; /* Ogham space */
    case 0xE1A0: return p[2] == 0x8E ? 3 : 0; /* Mongolian separator */
    case 0xE280: /* the widths, zero width, directions, line separators */
        return p[2] <= 0x8F || (p[2] >= 0xA8 && p[2] <= 0xAF) ? 3 : 0;
    case 0xE281: return p[2] >= 0x9F && p[2] <= 0xAF ? 3 : 0;
    case 0xE380: return p[2] == 0x80 ? 3 : 0; /* ideographic space */
    case 0xEFBB: return p[2] == 0xBF ? 3 : 0; /* byte order mark */
    default: return 0;
    }
}

size_t mend_blank_from(const struct mend *m, size_t at)
{
    while (at < m->len) {
        unsigned char c = (unsigned char)m->text[at];
        size_t n;

        if (mend_is_space((char)c)) {
            at++;
            continue;
        }
        if (c > 0x20 && c < 0x7F)
            break;
        n = odd_space(m, at);
        if (!n)
            break;
        at += n;
    }
    return at;
}

size_t mend_fence(const struct mend *m, size_t at)
{
    size_t end = at + 3;

    if (!mend_starts(m, at, SLICE("```")))
        return 0;
    while (end < m->len &&
           (mend_is_alpha(m->text[end]) || ascii_digit(m->text[end]) ||
            m->text[end] == '`' || m->text[end] == '+'))
        end++;
    return end - at;
}

bool mend_comment(const struct mend *m, size_t at)
{
    char c = mend_byte(m, at), next = mend_byte(m, at + 1);

    if (c == '/')
        return next == '/' || next == '*';
    if (c != '#')
        return false;
    /* Where a value may stand, #fff is a color. */
    return m->await != AWAIT_VALUE || mend_is_space(next) || next == '#' ||
           next == '!' || !next;
}

static size_t comment_len(const struct mend *m, size_t at)
{
    struct slice rest = mend_rest(m, at);
    size_t end;

    if (rest.ptr[0] == '#' || rest.ptr[1] == '/')
        return slice_find(rest, '\n');
    end = 2 + seek_text(slice_drop(rest, 2), SLICE("*/")) + 2;
    return end < rest.len ? end : rest.len;
}

static size_t dots_len(const struct mend *m, size_t at)
{
    size_t n = 0;

    if (mend_starts(m, at, SLICE("\xE2\x80\xA6")))
        return 3;
    while (mend_byte(m, at + n) == '.')
        n++;
    return n;
}

bool mend_dots(const struct mend *m, size_t at)
{
    size_t n = dots_len(m, at), end = mend_blank(m, at + n);
    char c = mend_byte(m, end);

    if (n < 3 || !m->depth)
        return false;
    return end == m->len || c == ',' || c == ']' || c == '}' || c == ')' ||
           c == '"' || mend_comment(m, end);
}

/* Bytes of one thing between tokens that is not white space; 0 if none. */
static size_t trivia(const struct mend *m, size_t at, enum repair_rule *rule)
{
    unsigned char c = (unsigned char)mend_byte(m, at);

    if (at >= m->len)
        return 0;
    if (c < 0x20 || c >= 0x7F) {
        size_t n = odd_space(m, at);

        *rule = REPAIR_SPACE_REMOVED;
        if (n)
            return n;
    }
    if ((c == '/' || c == '#') && mend_comment(m, at)) {
        *rule = REPAIR_COMMENT_REMOVED;
        return comment_len(m, at);
    }
    if ((c == '.' || c == 0xE2) && mend_dots(m, at)) {
        *rule = REPAIR_ELLIPSIS_REMOVED;
        return dots_len(m, at);
    }
    *rule = REPAIR_FENCE_REMOVED;
    return c == '`' ? mend_fence(m, at) : 0;
}

size_t mend_ahead_from(const struct mend *m, size_t at)
{
    enum repair_rule rule;
    size_t n;

    do {
        at = mend_blank(m, at);
        n = trivia(m, at, &rule);
        at += n;
    } while (n);
    return at;
}

void mend_cut_tail(struct mend *m, enum repair_rule rule, size_t at, size_t end)
{
    while (at > m->from && mend_is_space(m->text[at - 1]))
        at--;
    mend_edit(m, rule, at, end - at, SLICE(""));
}

void mend_skip_from(struct mend *m)
{
    while (m->at < m->len) {
        enum repair_rule rule;
        size_t n;

        if (mend_is_space(m->text[m->at])) {
            m->at++;
            continue;
        }
        n = trivia(m, m->at, &rule);
        if (!n)
            return;
        if (rule == REPAIR_FENCE_REMOVED && m->depth)
            mend_guess(m, rule, m->at, n, SLICE(""));
        else if (rule == REPAIR_FENCE_REMOVED && m->await == AWAIT_BEHIND)
            mend_cut_tail(m, rule, m->at, m->at + n);
        else
            mend_edit(m, rule, m->at, n, SLICE(""));
        m->at += n;
    }
}
