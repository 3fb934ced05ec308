/*
 * mend_value.c - numbers, words and what lacks its quotes; see mend_parts.h.
 *
 * A number or literal counts only when nothing but a separator follows it;
 * else it is the beginning of a text without quotes, which runs to the next
 * separator or the end of its line.
 */
#include "validate/json/mend_parts.h"

#include "validate/base/utf8.h"
#include "validate/json/escape.h"

/* Does what stands at `at` belong to the word or number before it? */
static bool goes_on(const struct mend *m, size_t at, enum place place)
{
    size_t next = at, width;
    char c = mend_byte(m, at);

    if (at == m->len || c == ',' || c == ']' || c == '}' || c == '\n')
        return false;
    while (next < m->len && mend_is_space(m->text[next]))
        if (m->text[next++] == '\n')
            return false;
    next = mend_blank(m, next);
    if (next == m->len)
        return false;
    c = m->text[next];
    if (c == ',' || c == ']' || c == '}' || c == ')' || c == ';' || c == '{' ||
        c == '[' || mend_comment(m, next) || mend_fence(m, next) ||
        mend_dots(m, next))
        return false;
    switch (place) {
    case PLACE_MEMBER: return !mend_key_at(m, next);
    case PLACE_ELEMENT:
        return next == at && !mend_quote(m, next, &width)
                   ? true
                   : !mend_value_at(m, next);
    default: return true;
    }
}

/* --- text without quotes -------------------------------------------------- */

/* Does a bare text end at this byte? `parens` are open in it. */
static bool text_ends(const struct mend *m, size_t at, size_t parens,
                      enum place place)
{
    size_t next;
    char c = m->text[at];

    switch (c) {
    case '\n': return true;
    case '}': return m->open[FRAME_OBJECT] > 0 || place == PLACE_ELEMENT;
    case ']': return m->open[FRAME_ARRAY] > 0;
    case ')': return mend_top(m) == FRAME_TUPLE && !parens;
    case '/':
    case '#': return mend_is_space(mend_byte(m, at - 1)) && mend_comment(m, at);
    case ',': break;
    default: return false;
    }
    if (place == PLACE_ELEMENT)
        return true;
    next = mend_blank(m, at + 1);
    c = mend_byte(m, next);
    return next == m->len || c == '}' || c == ']' || mend_key_at(m, next) ||
           mend_comment(m, next) || c == '{' || mend_dots(m, next);
}

static bool quote_behind(struct mend *m, size_t begin, size_t at)
{
    /* The opening quote is missing, this is the closing one. */
    mend_edit(m, REPAIR_QUOTE_ADDED, begin, 0, SLICE("\""));
    mend_plain(m, begin, at);
    m->at = at + 1;
    return true;
}

static bool bare_text(struct mend *m, enum place place)
{
    size_t begin = m->at, at = begin, end, parens = 0;

    if (place == PLACE_ROOT || place == PLACE_CALL || place == PLACE_KEY) {
        mend_refuse(m, FAULT_JSON_SYNTAX, begin);
        return false;
    }
    for (; at < m->len && !text_ends(m, at, parens, place); at++) {
        char c = m->text[at];

        parens += c == '(';
        parens -= c == ')' && parens;
        if (c != '"' || at == begin)
            continue;
        if (mend_is_space(m->text[at - 1])) {
            if (place == PLACE_MEMBER && mend_key_at(m, at))
                break; /* the next member, its comma is missing */
            continue;
        }
        if (mend_fits(m, at + 1, place) != FIT_NO)
            return quote_behind(m, begin, at);
        if (mend_byte(m, mend_blank(m, at + 1)) == ':') {
            mend_refuse(m, FAULT_JSON_SYNTAX, at); /* 1|"b":2 */
            return false;
        }
    }
    end = at;
    while (end > begin && mend_is_space(m->text[end - 1]))
        end--;
    for (size_t n = 1; at == m->len && n < UTF8_MAX && n <= at - begin; n++) {
        if (utf8_cut(mend_rest(m, at - n))) {
            end = at - n;
            break;
        }
    }
    if (end == begin && at == m->len) {
        mend_torn(m);
        return false;
    }
    if (end == begin || (at < m->len && m->text[at] == '"' &&
                         strchr(":|=", m->text[end - 1]))) {
        mend_refuse(m, FAULT_JSON_SYNTAX, begin);
        return false;
    }
    mend_edit(m, REPAIR_WORD_QUOTED, begin, 0, SLICE("\""));
    mend_plain(m, begin, end);
    if (m->refused)
        return false;
    if (at == m->len) {
        mend_truncate(m, end, true);
        return false;
    }
    mend_edit(m, REPAIR_WORD_QUOTED, end, 0, SLICE("\""));
    m->at = end;
    return true;
}

/* --- numbers -------------------------------------------------------------- */

/* 1,234,567 where no second value can follow: bytes, 0 if it is not that. */
static size_t grouped(const struct mend *m, size_t at)
{
    size_t end = at + (mend_byte(m, at) == '-'), from = end, groups = 0;

    while (end - from < 3 && ascii_digit(mend_byte(m, end)))
        end++;
    if (end == from || m->text[from] == '0')
        return 0;
    while (mend_byte(m, end) == ',' && ascii_digit(mend_byte(m, end + 1)) &&
           ascii_digit(mend_byte(m, end + 2)) &&
           ascii_digit(mend_byte(m, end + 3)) &&
           !ascii_digit(mend_byte(m, end + 4))) {
        end += 4;
        groups++;
    }
    if (!groups || mend_byte(m, mend_blank(m, end)) == ':')
        return 0;
    if (mend_byte(m, end) == '.' && ascii_digit(mend_byte(m, end + 1)))
        do
            end++;
        while (ascii_digit(mend_byte(m, end)));
    return goes_on(m, end, PLACE_MEMBER) ? 0 : end - at;
}

static bool ungroup(struct mend *m, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (m->text[m->at + i] == ',')
            mend_edit(m, REPAIR_NUMBER_RESPELLED, m->at + i, 1, SLICE(""));
    }
    m->at += len;
    return true;
}

static struct slice number_token(const struct mend *m)
{
    size_t end = m->at;

    while (end < m->len &&
           (ascii_digit(m->text[end]) || mend_is_alpha(m->text[end]) ||
            m->text[end] == '.' || m->text[end] == '+' || m->text[end] == '-'))
        end++;
    return slice_of(m->text + m->at, end - m->at);
}

static bool number(struct mend *m, enum place place)
{
    struct slice token = number_token(m);
    size_t sound = mend_number_len(token), end = m->at + token.len, len;
    char out[MEND_NUMBER_MAX + 32];

    if (place == PLACE_MEMBER && mend_byte(m, end) == ',') {
        len = grouped(m, m->at);
        if (len)
            return ungroup(m, len);
    }
    if (goes_on(m, end, place) ||
        (sound < token.len && place == PLACE_ELEMENT &&
         goes_on(m, end, PLACE_CALL)))
        return bare_text(m, place);
    if (sound == token.len) {
        m->at = end;
        return true;
    }
    if (end == m->len && (mend_number_torn(slice_drop(token, sound)) ||
                          slice_eq(token, SLICE("-")))) {
        if (sound)
            mend_truncate(m, m->at + sound, false);
        else
            mend_torn(m);
        return false;
    }
    len = mend_leading_zero(token) ? 0 : mend_respelled(token, out);
    if (len) {
        mend_edit(m, REPAIR_NUMBER_RESPELLED, m->at, token.len,
                  slice_of(out, len));
        m->at = end;
        return true;
    }
    if (!ascii_digit(token.ptr[0]) && !mend_leading_zero(token))
        return bare_text(m, place);
    if (place == PLACE_ROOT && mend_blank(m, end) != m->len) {
        mend_refuse(m, FAULT_JSON_SYNTAX, m->at);
        return false;
    }
    mend_edit(m, REPAIR_NUMBER_QUOTED, m->at, 0, SLICE("\""));
    mend_edit(m, REPAIR_NUMBER_QUOTED, end, 0, SLICE("\""));
    m->at = end;
    return true;
}

/* --- words ---------------------------------------------------------------- */

static const struct word {
    struct slice text, means;
    enum repair_rule rule;
} words[] = {
    {SLICE_INIT("true"), SLICE_INIT("true"), REPAIR_RULE_COUNT},
    {SLICE_INIT("false"), SLICE_INIT("false"), REPAIR_RULE_COUNT},
    {SLICE_INIT("null"), SLICE_INIT("null"), REPAIR_RULE_COUNT},
    {SLICE_INIT("True"), SLICE_INIT("true"), REPAIR_LITERAL_PYTHON},
    {SLICE_INIT("False"), SLICE_INIT("false"), REPAIR_LITERAL_PYTHON},
    {SLICE_INIT("None"), SLICE_INIT("null"), REPAIR_LITERAL_PYTHON},
    {SLICE_INIT("TRUE"), SLICE_INIT("true"), REPAIR_LITERAL_SPELLED},
    {SLICE_INIT("FALSE"), SLICE_INIT("false"), REPAIR_LITERAL_SPELLED},
    {SLICE_INIT("NULL"), SLICE_INIT("null"), REPAIR_LITERAL_SPELLED},
    {SLICE_INIT("Null"), SLICE_INIT("null"), REPAIR_LITERAL_SPELLED},
    {SLICE_INIT("nil"), SLICE_INIT("null"), REPAIR_LITERAL_SPELLED},
    {SLICE_INIT("undefined"), SLICE_INIT("null"), REPAIR_LITERAL_NULLED},
    {SLICE_INIT("NaN"), SLICE_INIT("null"), REPAIR_LITERAL_NULLED},
    {SLICE_INIT("nan"), SLICE_INIT("null"), REPAIR_LITERAL_NULLED},
    {SLICE_INIT("Infinity"), SLICE_INIT("null"), REPAIR_LITERAL_NULLED},
    {SLICE_INIT("inf"), SLICE_INIT("null"), REPAIR_LITERAL_NULLED},
};

#define LITERALS 6 /* of them: what a text in Python or JSON has */

/* The word `text` is, or begins when the text ends with it (torn). */
static const struct word *find_word(struct slice text, bool torn)
{
    for (size_t i = 0; i < countof(words); i++) {
        if (slice_eq(words[i].text, text))
            return &words[i];
    }
    for (size_t i = 0; torn && i < LITERALS; i++) {
        if (slice_eq(slice_take(words[i].text, text.len), text))
            return &words[i];
    }
    return NULL;
}

static bool literal(struct mend *m, const struct word *word, size_t at,
                    size_t len)
{
    if (len < word->text.len && at + len == m->len) {
        mend_edit(m, REPAIR_TRUNCATED, m->at, len, word->means);
        m->at += len;
        return true;
    }
    if (word->rule == REPAIR_LITERAL_NULLED && m->options->nan_refused) {
        mend_refuse(m, FAULT_JSON_SYNTAX, m->at);
        return false;
    }
    if (word->rule != REPAIR_RULE_COUNT)
        mend_edit(m, word->rule, m->at, at + len - m->at, word->means);
    m->at = at + len;
    return true;
}

/* Is a number an argument that calls of this name take? */
static bool takes_number(struct slice name)
{
    static const struct slice parts[] = {
        SLICE_INIT("umber"), SLICE_INIT("ong"),      SLICE_INIT("nt"),
        SLICE_INIT("imal"),  SLICE_INIT("loat"),     SLICE_INIT("ouble"),
        SLICE_INIT("ate"),   SLICE_INIT("imestamp"),
    };

    for (size_t i = 0; i < countof(parts); i++) {
        for (size_t at = 0; at + parts[i].len <= name.len; at++) {
            if (slice_eq(slice_take(slice_drop(name, at), parts[i].len),
                         parts[i]))
                return true;
        }
    }
    return false;
}

/* ObjectId("..."), callback(...): behind the bracket, 0 when it is none. */
static size_t call_at(const struct mend *m, enum place place)
{
    size_t at = m->at, width, open, next, len;

    if (mend_starts(m, at, SLICE("new ")))
        at += 4;
    len = mend_word_len(m, at);
    if (!len || len == LOOK_MAX || !mend_is_alpha(m->text[at]))
        return 0;
    open = place == PLACE_ROOT ? mend_blank(m, at + len) : at + len;
    if (mend_byte(m, open) != '(')
        return 0;
    next = mend_blank(m, open + 1);
    if (mend_byte(m, next) == '{' || mend_byte(m, next) == '[' ||
        mend_byte(m, next) == ')' || mend_quote(m, next, &width))
        return open + 1;
    if (place == PLACE_ROOT || takes_number(slice_of(m->text + at, len)))
        return mend_value_at(m, next) ? open + 1 : 0;
    return 0;
}

static bool call(struct mend *m, size_t behind)
{
    if (m->depth >= JSON_DEPTH_MAX) {
        mend_refuse(m, FAULT_JSON_DEPTH, m->at);
        return false;
    }
    mend_edit(m, REPAIR_WRAPPER_REMOVED, m->at, behind - m->at, SLICE(""));
    m->at = behind;
    m->frames[++m->depth] = FRAME_CALL;
    m->open[FRAME_CALL]++;
    m->await = AWAIT_VALUE;
    m->first = true;
    return true;
}

/* u'..', b"..", r'..': bytes of the prefix. */
static size_t prefix_len(const struct mend *m, enum place place)
{
    size_t n = 0, width;

    while (n < 2 && mend_byte(m, m->at + n) &&
           strchr("uUbBrRfF", m->text[m->at + n]))
        n++;
    if (!n || mend_quote(m, m->at + n, &width) < QUOTE_DOUBLE || width != 1 ||
        mend_byte(m, m->at + n) == '`' || !mend_quoted(m, m->at + n))
        return 0;
    /* "a":b","c":1 - the quote ends a string whose first one is missing. */
    return mend_fits(m, m->at + n + 1, place) == FIT_YES ? 0 : n;
}

static bool prefixed(struct mend *m, enum place place, size_t prefix)
{
    const char *p = m->text + m->at;
    bool raw = memchr(p, 'r', prefix) || memchr(p, 'R', prefix);

    mend_edit(m, REPAIR_PREFIX_REMOVED, m->at, prefix, SLICE(""));
    m->at += prefix;
    return mend_string(m, place, raw);
}

static bool word(struct mend *m, enum place place)
{
    size_t sign = m->text[m->at] == '-' || m->text[m->at] == '+';
    size_t at = m->at + sign, end = at, prefix, behind;
    const struct word *found;

    prefix = sign ? 0 : prefix_len(m, place);
    if (prefix)
        return prefixed(m, place, prefix);
    behind = call_at(m, place);
    if (behind)
        return call(m, behind);
    while (end < m->len &&
           (mend_is_alpha(m->text[end]) || ascii_digit(m->text[end])))
        end++;
    found = end > at ? find_word(slice_of(m->text + at, end - at),
                                 end == m->len && m->depth)
                     : NULL;
    if (!found || goes_on(m, end, place) ||
        (sign && found->rule != REPAIR_LITERAL_NULLED))
        return bare_text(m, place);
    return literal(m, found, at, end - at);
}

/* Does a value surely end before `at`? */
static bool ends_here(const struct mend *m, size_t at)
{
    char c = mend_byte(m, at);

    return c == ']' || c == '}' ||
           (c == ',' && !ascii_digit(mend_byte(m, at + 1)));
}

/* What a sound text shows: digits with at most a point between them, or a
 * literal, and a separator right behind.  Python's literals, too. */
static bool usual(struct mend *m)
{
    size_t at = m->at + (m->text[m->at] == '-'), end = at;

    while (ascii_digit(mend_byte(m, end)))
        end++;
    if (end > at) {
        if (m->text[at] == '0' && end > at + 1)
            return false;
        if (mend_byte(m, end) == '.' && ascii_digit(mend_byte(m, end + 1))) {
            do
                end++;
            while (ascii_digit(mend_byte(m, end)));
        }
        if (!ends_here(m, end))
            return false;
        m->at = end;
        return true;
    }
    for (size_t i = 0; i < LITERALS && at == m->at; i++) {
        struct slice text = words[i].text;

        if (m->text[at] == text.ptr[0] && ends_here(m, at + text.len) &&
            mend_starts(m, at, text))
            return literal(m, &words[i], at, text.len);
    }
    return false;
}

bool mend_scalar(struct mend *m, enum place place)
{
    char c = m->text[m->at], next = mend_byte(m, m->at + 1);

    m->bare_root = true;
    if (m->depth && usual(m))
        return true;
    if (ascii_digit(c) || c == '.' ||
        ((c == '-' || c == '+') && !mend_is_alpha(next)))
        return number(m, place);
    if (mend_is_alpha(c) || c == '-' || c == '+')
        return word(m, place);
    return bare_text(m, place);
}

/* --- keys ----------------------------------------------------------------- */

/* Several words up to a colon on the same line. */
static size_t long_key(const struct mend *m)
{
    size_t end = m->at;

    while (end < m->len && end - m->at < LOOK_MAX &&
           !strchr("\n:,{}[]\"'", m->text[end]) && m->text[end])
        end++;
    if (mend_byte(m, end) != ':')
        return 0;
    while (end > m->at && mend_is_space(m->text[end - 1]))
        end--;
    return end - m->at;
}

bool mend_bare_key(struct mend *m)
{
    size_t len = mend_word_len(m, m->at), end = m->at + len, next, width;
    size_t prefix = prefix_len(m, PLACE_KEY);

    if (prefix && mend_key_at(m, m->at + prefix))
        return prefixed(m, PLACE_KEY, prefix);

    if (len && end == m->len) {
        mend_torn(m);
        return false;
    }
    next = mend_blank(m, end);
    if (len && mend_byte(m, end) == '"' &&
        mend_byte(m, mend_blank(m, end + 1)) == ':') {
        mend_edit(m, REPAIR_QUOTE_ADDED, m->at, 0, SLICE("\""));
        mend_plain(m, m->at, end);
        m->at = end + 1;
        return true;
    }
    if (len && mend_quote(m, next, &width) && next > end &&
        mend_key_at(m, next)) {
        mend_edit(m, REPAIR_WORD_DROPPED, m->at, next - m->at, SLICE(""));
        m->at = next;
        return mend_string(m, PLACE_KEY, false);
    }
    if (!len || (mend_byte(m, next) != ':' && mend_byte(m, next) != '=' &&
                 !mend_value_at(m, next)))
        len = long_key(m);
    if (!len) {
        mend_refuse(m, FAULT_JSON_SYNTAX, m->at);
        return false;
    }
    mend_edit(m, REPAIR_KEY_QUOTED, m->at, 0, SLICE("\""));
    mend_plain(m, m->at, m->at + len);
    mend_edit(m, REPAIR_KEY_QUOTED, m->at + len, 0, SLICE("\""));
    m->at += len;
    return !m->refused;
}
