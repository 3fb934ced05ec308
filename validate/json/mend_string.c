/*
 * mend_string.c - everything between quotes; see mend_parts.h.
 *
 * The scan stops at quotes, backslashes and control characters only.  Each
 * quote is the end, or belongs to the text, or shows that the end was
 * forgotten before; mend_fits() tells.  A quote behind an odd number of
 * inner ones more likely closes one of those: only certainty ends the
 * string there.
 */
#include "validate/json/mend_parts.h"

#include "validate/base/utf8.h"
#include "validate/json/escape.h"
#include "validate/json/mend_scan.h"
#include "validate/json/text.h"

struct body {
    size_t begin;    /* first byte behind the opening quote */
    enum quote kind; /* of the opening quote */
    enum place place;
    bool raw;          /* backslashes are text (r'...') */
    uint32_t first;    /* edits before this string */
    size_t n_inner;    /* quotes taken for text */
    size_t n_escaped;  /* the string's own quote behind a backslash */
    size_t escaped_at; /* the last of them: its backslash */
    size_t torn;       /* where an escape begins that the end cuts off */
};

/* mend_plain_end() in a string between ticks, which a straight quote may end. */
static const char *tick_end(const char *p, const char *end)
{
    while (p < end && *p != '"' && *p != '\\' && *p != '`' && *p != '\'' &&
           (uint8_t)*p >= 0x20 && (uint8_t)*p < 0x80)
        p++;
    return p;
}

void mend_control(struct mend *m, size_t at)
{
    static const char digits[] = "0123456789abcdef";
    static const char letters[32] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    unsigned char c = (unsigned char)m->text[at];
    char after[] = {'\\', letters[c], '0', '0', digits[c >> 4], digits[c & 15]};

    if (!c && m->options->on_nul == MEND_REJECT) {
        mend_refuse(m, FAULT_JSON_NUL, at);
    } else if (!c && m->options->on_nul == MEND_REPLACE) {
        mend_edit(m, REPAIR_NUL_REPLACED, at, 1, SLICE(UTF8_REPLACED));
    } else if (letters[c]) {
        mend_edit(m, REPAIR_CONTROL_ESCAPED, at, 1, slice_of(after, 2));
    } else {
        after[1] = 'u';
        mend_edit(m, REPAIR_CONTROL_ESCAPED, at, 1,
                  slice_of(after, sizeof(after)));
    }
}

/* A UTF-16 half as three bytes of UTF-8; 0 when the bytes are none. */
static uint32_t half_at(const struct mend *m, size_t at)
{
    const unsigned char *p = (const unsigned char *)m->text + at;

    if (m->len - at < 3 || p[0] != 0xED || p[1] < 0xA0 || p[1] > 0xBF ||
        (p[2] & 0xC0) != 0x80)
        return 0;
    return 0xD000u | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu);
}

size_t mend_high(struct mend *m, size_t at)
{
    struct slice rest = mend_rest(m, at);
    size_t n = utf8_sequence(rest);

    if (!m->utf8_seen) {
        m->utf8_seen = true;
        m->all_utf8 = json_utf8_valid(rest) == rest.len;
    }
    uint32_t high, low;
    char pair[UTF8_MAX];

    if (n)
        return at + n;
    if (utf8_cut(rest))
        return m->len;
    high = half_at(m, at);
    low = escape_is_high(high) ? half_at(m, at + 3) : 0;
    if (escape_is_low(low)) {
        n = utf8_put(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), pair);
        mend_edit(m, REPAIR_UTF8_REPLACED, at, 6, slice_of(pair, n));
        return at + 6;
    }
    /* One U+FFFD per beginning of a sequence, as the Unicode Standard has
     * it (chapter 3, "U+FFFD substitution of maximal subparts"). */
    for (n = high ? 3 : UTF8_MAX - 1; n > 1 && !high; n--) {
        if (utf8_cut(slice_take(rest, n)))
            break;
    }
    mend_edit(m, REPAIR_UTF8_REPLACED, at, n, SLICE(UTF8_REPLACED));
    return at + n;
}

/* --- escapes -------------------------------------------------------------- */

static size_t double_it(struct mend *m, size_t at)
{
    mend_edit(m, REPAIR_ESCAPE_DOUBLED, at, 1, SLICE("\\\\"));
    return at + 1;
}

/* \u at `at`. */
static size_t unicode(struct mend *m, struct body *b, size_t at)
{
    size_t left = m->len - at, n = 2;
    uint32_t unit, low;

    while (n < ESCAPE_UNICODE && n < left && escape_digit(m->text[at + n]) < 16)
        n++;
    if (n == left && n < ESCAPE_UNICODE) {
        b->torn = at;
        return m->len;
    }
    if (n < ESCAPE_UNICODE || !escape_hex(m->text + at + 2, &unit))
        return double_it(m, at);
    if (!unit && m->options->on_nul != MEND_KEEP) {
        if (m->options->on_nul == MEND_REJECT)
            mend_refuse(m, FAULT_JSON_NUL, at);
        mend_edit(m, REPAIR_NUL_REPLACED, at, n, SLICE(UTF8_REPLACED));
    }
    if (!escape_is_high(unit) && !escape_is_low(unit))
        return at + n;
    if (escape_is_high(unit)) {
        struct slice rest = mend_rest(m, at + n);
        size_t k = 2;

        while (k < rest.len && k < n && escape_digit(rest.ptr[k]) < 16)
            k++;
        if (rest.len >= n && rest.ptr[0] == '\\' && rest.ptr[1] == 'u' &&
            escape_hex(rest.ptr + 2, &low) && escape_is_low(low))
            return at + 2 * n;
        if (rest.len < n && (!rest.len || rest.ptr[0] == '\\') &&
            (rest.len < 2 || (rest.ptr[1] == 'u' && k == rest.len))) {
            b->torn = at; /* the other half is cut off */
            return m->len;
        }
    }
    if (m->options->on_surrogate == MEND_REJECT)
        mend_refuse(m, FAULT_JSON_SURROGATE, at);
    mend_edit(m, REPAIR_SURROGATE_REPLACED, at, n, SLICE(UTF8_REPLACED));
    return at + n;
}

/* The backslash at `at`; returns where to go on. */
static size_t escape(struct mend *m, struct body *b, size_t at)
{
    char c = mend_byte(m, at + 1);

    if (at + 1 == m->len) {
        b->torn = at;
        return m->len;
    }
    if (b->raw)
        return double_it(m, at);
    switch (c) {
    case '"':
        b->n_escaped += b->kind == QUOTE_DOUBLE;
        b->escaped_at = at;
        return at + 2;
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return at + 2;
    case 'u': return unicode(m, b, at);
    case '`':
    case '\'':
        if (c == '`' && b->kind != QUOTE_TICK)
            return double_it(m, at);
        b->n_escaped += b->kind != QUOTE_DOUBLE;
        b->escaped_at = at;
        mend_edit(m, REPAIR_ESCAPE_DROPPED, at, 2, slice_of(&c, 1));
        return at + 2;
    default: return double_it(m, at);
    }
}

/* --- the end -------------------------------------------------------------- */

/* The forgotten closing quote belongs before `end`, unless an escaped one
 * stands there, without a partner: then that is it. */
static void close_before(struct mend *m, struct body *b, size_t end)
{
    size_t last = b->escaped_at, width;

    m->at = end;
    if (b->n_escaped % 2 == 0 || last + 2 != end) {
        bool curly = end >= b->begin + 3 &&
                     mend_quote(m, end - 3, &width) == QUOTE_CURLY;

        mend_rewind(m, curly ? end - 3 : end, b->first);
        if (curly)
            mend_guess(m, REPAIR_QUOTE_REPLACED, end - 3, 3, SLICE("\""));
        else
            mend_edit(m, REPAIR_QUOTE_ADDED, end, 0, SLICE("\""));
        return;
    }
    mend_rewind(m, last, b->first);
    mend_edit(m, REPAIR_ESCAPE_CLOSING, last, 1, SLICE("\\\\"));
    if (b->kind != QUOTE_DOUBLE)
        mend_guess(m, REPAIR_QUOTE_REPLACED, last + 1, 1, SLICE("\""));
}

/* At a quote that cannot be the end: had the string ended before it, with
 * its own quote forgotten?  Where then; 0 if not. */
static size_t forgotten(const struct mend *m, const struct body *b, size_t at)
{
    size_t end = at;
    bool line = false, comma;

    while (end > b->begin && mend_is_space(m->text[end - 1]))
        line |= m->text[--end] == '\n';
    comma = end > b->begin + 1 && m->text[end - 1] == ',';
    switch (b->place) {
    case PLACE_KEY: /* "a:1,"b": the key ended before its colon */
        if (!comma || b->n_inner)
            return 0;
        end = b->begin +
              slice_find(slice_of(m->text + b->begin, at - b->begin), ':');
        return end < at && end > b->begin ? end : 0;
    case PLACE_MEMBER:
        if ((comma || line) && mend_key_at(m, at))
            return comma ? end - 1 : end;
        return 0;
    case PLACE_ELEMENT: return comma && mend_element_at(m, at) ? end - 1 : 0;
    default: return 0;
    }
}

/* Where the text's last brackets begin, when they are exactly those that
 * are open; 0 if not. */
static size_t closers_begin(const struct mend *m)
{
    size_t end = m->len;

    for (;;) {
        char c = end ? m->text[end - 1] : '\0';

        if (!mend_is_space(c) && c != '`')
            break;
        end--;
    }
    for (uint32_t d = 1; d <= m->depth; d++) {
        enum frame frame = (enum frame)m->frames[d];
        char want = frame == FRAME_OBJECT  ? '}'
                    : frame == FRAME_ARRAY ? ']'
                                           : ')';

        while (end && mend_is_space(m->text[end - 1]))
            end--;
        if (!end || m->text[end - 1] != want)
            return 0;
        end--;
    }
    while (m->depth && end && mend_is_space(m->text[end - 1]))
        end--;
    return m->depth ? end : 0;
}

/* The text ended inside the string. True: only its quote was missing. */
static bool unclosed(struct mend *m, struct body *b)
{
    size_t end = closers_begin(m), comma;

    if (b->place == PLACE_ROOT && b->n_inner) /* words, some of them quoted */
        mend_refuse(m, FAULT_JSON_SYNTAX, b->begin);
    if (m->refused || b->place == PLACE_KEY) {
        mend_torn(m);
        return false;
    }
    if (end >= b->begin && end && !b->torn) {
        /* Without any other quote, commas separate elements. */
        comma = b->begin +
                slice_find(slice_of(m->text + b->begin, end - b->begin), ',');
        if (b->place == PLACE_ELEMENT && !b->n_inner && !b->n_escaped &&
            comma > b->begin)
            end = comma;
        close_before(m, b, end);
        return true;
    }
    end = m->len;
    if (b->torn)
        end = b->torn;
    for (size_t n = 1; !b->torn && n < UTF8_MAX && n <= m->len - b->begin;
         n++) {
        if (utf8_cut(mend_rest(m, m->len - n)))
            end = m->len - n;
    }
    mend_rewind(m, end, b->first);
    mend_truncate(m, end, true);
    return false;
}

static void open_quote(struct mend *m, struct body *b, size_t at)
{
    struct repair_edit *edit;
    size_t width;

    b->kind = mend_quote(m, at, &width);
    b->begin = at + width;
    b->n_inner = b->n_escaped = b->torn = 0;
    b->first = m->n_edits;
    if (b->kind == QUOTE_DOUBLE)
        return;
    edit = mend_edit(m, REPAIR_QUOTE_REPLACED, at, width, SLICE("\""));
    if (b->kind == QUOTE_TICK)
        edit->class = REPAIR_GUESS;
    if (b->kind == QUOTE_TICK && mend_byte(m, at + 1) == '`' &&
        (mend_is_alpha(mend_byte(m, at + 2)) ||
         ascii_digit(mend_byte(m, at + 2))))
        mend_refuse(m, FAULT_JSON_SYNTAX, at); /* ``x``: whose quotes? */
    b->first = m->n_edits;
}

/* The string ends with the quote at `at`; with a plus and another string
 * behind it, that one is joined: true. */
static bool join(struct mend *m, struct body *b, size_t at, size_t width)
{
    size_t plus = mend_ahead(m, at + width), next, next_width;

    if (mend_byte(m, plus) != '+' || b->place == PLACE_KEY)
        return false;
    next = mend_ahead(m, plus + 1);
    if (!mend_quote(m, next, &next_width))
        return false;
    mend_edit(m, REPAIR_STRING_JOINED, at, next + next_width - at, SLICE(""));
    b->kind = mend_quote(m, next, &next_width);
    b->begin = next + next_width;
    b->n_inner = b->n_escaped = 0;
    b->first = m->n_edits;
    return true;
}

/* A quote taken for text. */
static void inner(struct mend *m, struct body *b, size_t at)
{
    /* An apostrophe has no partner. */
    b->n_inner += m->text[at] != '\'' || !mend_is_alpha(m->text[at - 1]) ||
                  !mend_is_alpha(mend_byte(m, at + 1));
    if (m->text[at] == '"')
        mend_guess(m, REPAIR_QUOTE_ESCAPED, at, 1, SLICE("\\\""));
    else if (b->first && !m->full) /* the opening one: no sure pair */
        m->edits[b->first - 1].class = REPAIR_GUESS;
}

/* Behind a member's string that ends before `at`: a comma and the next
 * member's name?  It is remembered. */
static inline bool next_member(struct mend *m, size_t at)
{
    size_t end;

    if (mend_byte(m, at) != ',')
        return false;
    do
        at++;
    while (at < m->len && mend_is_space(m->text[at]));
    end = mend_plain_key(m, at);
    if (!end || end - at > LOOK_MAX)
        return false;
    m->key_at = at;
    m->key_end = end;
    return true;
}

enum verdict_on_quote { QUOTE_ENDS, QUOTE_INNER, QUOTE_LATE };

static enum verdict_on_quote judge_quote(struct mend *m, struct body *b,
                                         size_t at, size_t width)
{
    enum fit fit = b->place == PLACE_MEMBER && next_member(m, at + width)
                       ? FIT_YES
                       : mend_fits(m, at + width, b->place);
    size_t end;

    if (fit == FIT_YES)
        return QUOTE_ENDS;
    end = forgotten(m, b, at);
    /* "a":"x":"b": a comma or a key is wrong, and nobody can tell which. */
    if (!end && (b->place == PLACE_MEMBER || b->place == PLACE_ELEMENT) &&
        b->n_inner % 2 == 0 && mend_byte(m, mend_blank(m, at + width)) == ':') {
        mend_refuse(m, FAULT_JSON_SYNTAX, at);
        return QUOTE_INNER;
    }
    if (!end)
        return fit == FIT_WEAK && b->n_inner % 2 == 0 ? QUOTE_ENDS
                                                      : QUOTE_INNER;
    close_before(m, b, end);
    return QUOTE_LATE;
}

/* The triple-quoted string at m->at, if it is one that ends. */
static bool triple(struct mend *m, enum place place)
{
    struct body b = {.place = place, .kind = QUOTE_DOUBLE};
    struct slice mark = slice_of(m->text + m->at, 3);
    size_t at = m->at + 3, end = at;

    if (m->len - m->at < 6 || mark.ptr[1] != *mark.ptr ||
        mark.ptr[2] != *mark.ptr)
        return false;
    for (;; end++) {
        end += slice_find(mend_rest(m, end), *mark.ptr);
        if (m->len - end < 3)
            return false;
        if (mend_starts(m, end, mark))
            break;
    }
    while (mend_byte(m, end + 3) == *mark.ptr)
        end++; /* the text's last byte is a quote */
    mend_guess(m, REPAIR_QUOTE_REPLACED, m->at, 3, SLICE("\""));
    while (at < end) {
        const char *p =
            mend_plain_end(m->text + at, m->text + end, '"', !m->all_utf8);
        unsigned char c = (unsigned char)*p;

        at = (size_t)(p - m->text);
        if (at >= end)
            break;
        if (c == '\\') {
            at = escape(m, &b, at);
        } else if (c == '"') {
            mend_guess(m, REPAIR_QUOTE_ESCAPED, at, 1, SLICE("\\\""));
            at++;
        } else if (c >= 0x80) {
            at = mend_high(m, at);
        } else {
            mend_control(m, at++);
        }
    }
    if (at > end) { /* an escape or sequence that the end cuts in two */
        mend_refuse(m, FAULT_JSON_SYNTAX, end);
        return true;
    }
    mend_guess(m, REPAIR_QUOTE_REPLACED, end, 3, SLICE("\""));
    m->at = end + 3;
    return true;
}

/* One byte that the scan stopped at; *over: the string ended. Returns where
 * to go on. */
static size_t special(struct mend *m, struct body *b, size_t at, bool *over)
{
    unsigned char c = (unsigned char)m->text[at];
    size_t width;

    if (c == '\\')
        return escape(m, b, at);
    if (c < 0x20) {
        mend_control(m, at);
        return at + 1;
    }
    if (mend_quote(m, at, &width) != b->kind &&
        !(b->kind == QUOTE_TICK && c == '\'') &&
        !(b->kind == QUOTE_CURLY && c == '"' &&
          mend_fits(m, at + 1, b->place) == FIT_YES)) {
        if (c == '"') /* of another kind: text */
            mend_edit(m, REPAIR_QUOTE_ESCAPED, at, 1, SLICE("\\\""))->class =
                REPAIR_LOSSLESS;
        return c >= 0x80 ? mend_high(m, at) : at + 1;
    }
    switch (judge_quote(m, b, at, width)) {
    case QUOTE_LATE: *over = true; return at;
    case QUOTE_INNER: inner(m, b, at); return at + width;
    case QUOTE_ENDS: break;
    }
    if (join(m, b, at, width))
        return b->begin;
    if (b->kind != QUOTE_DOUBLE)
        mend_edit(m, REPAIR_QUOTE_REPLACED, at, width, SLICE("\""))->class =
            b->kind == QUOTE_TICK || c == '"' ? REPAIR_GUESS : REPAIR_LOSSLESS;
    else if (c != '"')
        mend_guess(m, REPAIR_QUOTE_REPLACED, at, width, SLICE("\""));
    m->at = at + width;
    *over = true;
    return at;
}

/*
 * The usual string: nothing odd inside, and its end fits.  When it is not,
 * *scanned is the first byte inside that is to be looked at.
 */
static inline bool usual(struct mend *m, enum place place, size_t *scanned)
{
    const char *end = m->text + m->len, *p;
    char quote = m->text[m->at], next;
    size_t at, begin = m->at;

    if (quote != '"' && quote != '\'')
        return false;
    p = mend_plain_end(m->text + m->at + 1, end, quote, !m->all_utf8);
    while (p + 1 < end && *p == '\\' && p[1] != 'u' && escape_letter(p[1]) &&
           p[1] != '"')
        p = mend_plain_end(p + 2, end, quote, !m->all_utf8);
    at = *scanned = (size_t)(p - m->text);
    next = mend_byte(m, at + 1);
    if (p == end || *p != quote || next == quote)
        return false;
    if (place == PLACE_KEY) {
        if (next != ':')
            return false;
    } else if (place != PLACE_MEMBER || !next_member(m, at + 1)) {
        if (mend_fits(m, at + 1, place) != FIT_YES)
            return false;
        if (next != ',' && next != '}' && next != ']' &&
            (quote != '"' || mend_byte(m, mend_ahead(m, at + 1)) == '+'))
            return false;
    }
    if (quote != '"') {
        mend_edit(m, REPAIR_QUOTE_REPLACED, begin, 1, SLICE("\""));
        mend_edit(m, REPAIR_QUOTE_REPLACED, at, 1, SLICE("\""));
    }
    m->at = at + 1;
    return true;
}

bool mend_string(struct mend *m, enum place place, bool raw)
{
    static const char stops[] = {[QUOTE_DOUBLE] = '"',
                                 [QUOTE_SINGLE] = '\'',
                                 [QUOTE_CURLY] = '\xE2',
                                 [QUOTE_CURLY_ONE] = '\xE2',
                                 [QUOTE_TICK] = '`'};
    struct body b = {.place = place, .raw = raw};
    const char *end = m->text + m->len;
    bool over = false;
    size_t at, scanned = 0;

    if (!raw && usual(m, place, &scanned))
        return true;
    if (!raw && triple(m, place))
        return !m->refused;
    open_quote(m, &b, m->at);
    at = scanned ? scanned : b.begin;
    while (!over && !m->full && !m->refused) {
        const char *p = b.kind == QUOTE_TICK
                            ? tick_end(m->text + at, end)
                            : mend_plain_end(m->text + at, end, stops[b.kind],
                                             !m->all_utf8);

        at = (size_t)(p - m->text);
        if (at == m->len)
            return unclosed(m, &b);
        at = special(m, &b, at, &over);
    }
    return over;
}

void mend_plain(struct mend *m, size_t at, size_t end)
{
    while (at < end) {
        const char *p =
            mend_plain_end(m->text + at, m->text + end, '"', !m->all_utf8);
        unsigned char c;

        at = (size_t)(p - m->text);
        if (at >= end)
            return;
        c = (unsigned char)*p;
        if (c == '\\')
            at = double_it(m, at);
        else if (c == '"')
            mend_guess(m, REPAIR_QUOTE_ESCAPED, at++, 1, SLICE("\\\""));
        else if (c >= 0x80)
            at = mend_high(m, at);
        else
            mend_control(m, at++);
    }
    if (at > end) /* a cut sequence at the end of the text */
        mend_refuse(m, FAULT_JSON_SYNTAX, end);
}
