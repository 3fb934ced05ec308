/*
 * mend_ahead.c - would a string that ends here fit what follows?
 *
 * A quote inside a string is its end when what stands behind is what may
 * follow a string in that place; see mend_parts.h.  Certain is what a sound
 * document would show (a comma and a key, a closing bracket that is open);
 * weak is what fits only if something is missing as well.  All looks are
 * bounded by LOOK_MAX, but for white space.
 */
#include "validate/json/mend_parts.h"

enum quote mend_quote_from(const struct mend *m, size_t at, size_t *width)
{
    unsigned char c = (unsigned char)mend_byte(m, at);
    unsigned char last = (unsigned char)mend_byte(m, at + 2);

    *width = 1;
    switch (c) {
    case '`': return QUOTE_TICK;
    case 0xC2:
        *width = 2;
        return (unsigned char)mend_byte(m, at + 1) == 0xB4 ? QUOTE_TICK
                                                           : QUOTE_NONE;
    case 0xE2:
        *width = 3;
        if ((unsigned char)mend_byte(m, at + 1) != 0x80 || last < 0x98 ||
            last > 0x9F)
            return QUOTE_NONE;
        return last < 0x9C ? QUOTE_CURLY_ONE : QUOTE_CURLY;
    default: return QUOTE_NONE;
    }
}

/* Letters, digits and what joins them in names. */
size_t mend_word_len(const struct mend *m, size_t at)
{
    size_t end = at;

    while (end < m->len &&
           (mend_is_alpha(m->text[end]) || ascii_digit(m->text[end]) ||
            m->text[end] == '-' || m->text[end] == '.' ||
            (unsigned char)m->text[end] >= 0x80) &&
           end - at < LOOK_MAX) {
        size_t width;

        if ((unsigned char)m->text[end] >= 0x80 &&
            (mend_quote(m, end, &width) || mend_blank(m, end) > end))
            break;
        end++;
    }
    return end - at;
}

/* Behind the quote that closes the one at `at`; 0 when none does within
 * reach and on the same line. *open: there was only no room to see it. */
static size_t quoted_end(const struct mend *m, size_t at, bool *open)
{
    size_t width, end = m->len - at > LOOK_MAX ? at + LOOK_MAX : m->len;
    enum quote kind = mend_quote(m, at, &width);

    *open = false;
    for (at += width; at < end; at++) {
        char c = m->text[at];

        if (mend_is_alpha(c)) /* the quick step */
            continue;
        if (c == '\n')
            return 0;
        if (c == '\\')
            at++;
        else if (mend_quote(m, at, &width) == kind)
            return at + width;
    }
    *open = true;
    return 0;
}

bool mend_quoted(const struct mend *m, size_t at)
{
    bool open;

    return quoted_end(m, at, &open) || (open && m->len - at > LOOK_MAX);
}

bool mend_key_at(const struct mend *m, size_t at)
{
    size_t width, end;
    bool open;

    if (mend_quote(m, at, &width)) {
        end = quoted_end(m, at, &open);
    } else {
        end = mend_word_len(m, at);
        end = end ? at + end : 0;
        if (end && mend_quote(m, end, &width))
            end += width;
    }
    return end && mend_byte(m, mend_blank(m, end)) == ':';
}

/* Can a value or token end before this byte? */
static bool delimits(const struct mend *m, size_t at)
{
    char c = mend_byte(m, at);

    return at >= m->len || mend_is_space(c) || c == ',' || c == ']' ||
           c == '}' || c == ')' || c == ':' || c == ';' || mend_comment(m, at);
}

bool mend_element_at(const struct mend *m, size_t at)
{
    bool open;
    size_t end = quoted_end(m, at, &open);
    char c;

    if (!end)
        return open;
    end = mend_blank(m, end);
    c = mend_byte(m, end);
    return end == m->len || c == ',' || c == ']' || c == '}' || c == ')' ||
           c == '"' || ascii_digit(c) || mend_comment(m, end);
}

static bool literal_at(const struct mend *m, size_t at)
{
    static const struct slice words[] = {
        SLICE_INIT("true"),      SLICE_INIT("false"), SLICE_INIT("null"),
        SLICE_INIT("True"),      SLICE_INIT("False"), SLICE_INIT("None"),
        SLICE_INIT("undefined"), SLICE_INIT("NaN"),   SLICE_INIT("Infinity"),
    };

    for (size_t i = 0; i < countof(words); i++) {
        if (mend_starts(m, at, words[i]) && delimits(m, at + words[i].len))
            return true;
    }
    return false;
}

static bool number_at(const struct mend *m, size_t at)
{
    size_t end = at;

    while (end - at < LOOK_MAX && end < m->len &&
           (ascii_digit(m->text[end]) || m->text[end] == '.' ||
            m->text[end] == '-' || m->text[end] == '+' ||
            (end > at && (m->text[end] | 32) == 'e')))
        end++;
    if (end == at || !delimits(m, end))
        return false;
    end = mend_blank(m, end);
    /* "72 inches" in a text is no number of ours. */
    return end == m->len || !mend_is_alpha(m->text[end]);
}

bool mend_value_at(const struct mend *m, size_t at)
{
    size_t width;
    char c = mend_byte(m, at);

    return c == '{' || c == '[' || mend_quote(m, at, &width) ||
           number_at(m, at) || literal_at(m, at);
}

static enum frame frame_of(char closer)
{
    return closer == '}' ? FRAME_OBJECT : FRAME_ARRAY;
}

/* Nothing but closing brackets and white space up to the end? */
static bool only_closers(const struct mend *m, size_t at)
{
    while (at < m->len &&
           (m->text[at] == '}' || m->text[at] == ']' || m->text[at] == ')' ||
            m->text[at] == ';' || mend_is_space(m->text[at])))
        at++;
    return at == m->len;
}

/* The string would end before the closing bracket at `at`. */
static enum fit fits_closer(const struct mend *m, size_t at)
{
    char closer = m->text[at], c;
    size_t next = mend_blank(m, at + 1);
    bool open = closer == ')' ? m->open[FRAME_TUPLE] + m->open[FRAME_CALL] > 0
                              : m->open[frame_of(closer)] > 0;

    c = mend_byte(m, next);
    if (next == m->len)
        return open || only_closers(m, at) ? FIT_YES : FIT_WEAK;
    if (c == '}' || c == ']')
        return open ? FIT_YES
                    : (enum fit)(only_closers(m, at) ? FIT_YES : FIT_NO);
    if (!open)
        return FIT_NO;
    if (c == ',') {
        size_t behind = mend_blank(m, next + 1);

        /* A sound document goes on with a key or a value. */
        c = mend_byte(m, behind);
        return mend_value_at(m, behind) || mend_key_at(m, behind) || c == ']' ||
                       c == '}' || behind == m->len
                   ? FIT_YES
                   : FIT_WEAK;
    }
    if (c == ')' || c == ';' || mend_comment(m, next) || mend_fence(m, next))
        return FIT_YES;
    if (m->depth == 1) /* the document's end, and words behind it */
        return slice_find(mend_rest(m, next), '"') == m->len - next ? FIT_YES
                                                                    : FIT_WEAK;
    if (c == '{' || c == '[' || mend_key_at(m, next))
        return FIT_YES;
    return mend_quote(m, next, &next) ? FIT_WEAK : FIT_NO;
}

static bool in_array(const struct mend *m)
{
    return m->depth > 1 && (m->frames[m->depth - 1] == FRAME_ARRAY ||
                            m->frames[m->depth - 1] == FRAME_TUPLE);
}

/* Does a line end in [at, end)? */
static bool has_line(const struct mend *m, size_t at, size_t end)
{
    return slice_find(slice_of(m->text + at, end - at), '\n') < end - at;
}

/* Something that is no sound key stands at `at`, behind a comma. */
static enum fit fits_key(const struct mend *m, size_t at, bool new_line)
{
    size_t width, end;
    bool open;

    if (m->text[at] == '{')
        return in_array(m) ? FIT_YES : FIT_NO;
    if (!mend_quote(m, at, &width)) /* the beginning of a bare key? */
        return mend_is_alpha(m->text[at]) && at + mend_word_len(m, at) == m->len
                   ? FIT_WEAK
                   : FIT_NO;
    end = quoted_end(m, at, &open);
    if (!end)
        return open || new_line ? FIT_WEAK : FIT_NO;
    end = mend_blank(m, end);
    return new_line || mend_value_at(m, end) ? FIT_WEAK : FIT_NO;
}

/* Words without quotes up to a separator, or with only the closing one? */
static bool bare_element_at(const struct mend *m, size_t at)
{
    size_t end = at;

    while (end < m->len && end - at < LOOK_MAX &&
           !strchr(",]}\n\"", m->text[end]))
        end++;
    if (end == at || end - at == LOOK_MAX)
        return false;
    return mend_byte(m, end) != '"' || delimits(m, mend_blank(m, end + 1));
}

/* An element should stand at `at`, behind a comma. */
static enum fit fits_element(const struct mend *m, size_t at)
{
    size_t width;

    if (mend_quote(m, at, &width))
        return mend_element_at(m, at) ? FIT_YES : FIT_WEAK;
    if (m->text[at] == '(' || mend_value_at(m, at))
        return FIT_YES;
    return bare_element_at(m, at) ? FIT_WEAK : FIT_NO;
}

/* The string would end before the comma in front of `at`. */
static enum fit fits_comma(const struct mend *m, size_t at, enum place place)
{
    size_t next = mend_blank(m, at);
    char c = mend_byte(m, next);
    size_t width;

    if (next == m->len || mend_comment(m, next) || mend_dots(m, next))
        return FIT_YES;
    if (c == '}' || c == ']' || c == ')')
        return fits_closer(m, next);
    if (c == ',')
        return FIT_WEAK;
    switch (place) {
    case PLACE_MEMBER:
        if (mend_key_at(m, next))
            return FIT_YES;
        return fits_key(m, next, has_line(m, at, next));
    case PLACE_ELEMENT: return fits_element(m, next);
    case PLACE_ROOT:
        return c == '{' || c == '[' || mend_quote(m, next, &width) ? FIT_WEAK
                                                                   : FIT_NO;
    default: return FIT_NO;
    }
}

/* No separator stands behind the string: is it missing? */
static enum fit fits_missing(const struct mend *m, size_t at, size_t next,
                             enum place place)
{
    char c = m->text[next];
    bool new_line = has_line(m, at, next);
    size_t width, word, behind;

    switch (place) {
    case PLACE_KEY: return mend_value_at(m, next) ? FIT_WEAK : FIT_NO;
    case PLACE_MEMBER:
        if (mend_key_at(m, next)) {
            /* x "y": z - there the quote opens, and ends nothing. */
            if (next == at && !mend_quote(m, next, &width))
                return FIT_NO;
            return new_line ? FIT_YES : FIT_WEAK;
        }
        /* a stray word, and the next key */
        word = mend_word_len(m, next);
        behind = mend_blank(m, next + word);
        if (word && next > at && behind > next + word &&
            mend_quote(m, behind, &width) && mend_key_at(m, behind))
            return FIT_WEAK;
        return c == '{' && in_array(m) ? FIT_WEAK : FIT_NO;
    case PLACE_ELEMENT:
        if (mend_quote(m, next, &width))
            return mend_element_at(m, next) ? FIT_WEAK : FIT_NO;
        return mend_value_at(m, next) ? FIT_WEAK : FIT_NO;
    case PLACE_ROOT:
        return new_line && mend_value_at(m, next) ? FIT_WEAK : FIT_NO;
    default: return FIT_NO;
    }
}

enum fit mend_fits(const struct mend *m, size_t at, enum place place)
{
    size_t next = mend_blank(m, at), width;
    char c = mend_byte(m, next);

    if (next == m->len)
        return FIT_YES;
    switch (c) {
    case ':': return place == PLACE_KEY ? FIT_YES : FIT_NO;
    case '=': return place == PLACE_KEY ? FIT_WEAK : FIT_NO;
    case ',':
        /* A key without a value: let the colon be missed. */
        return place == PLACE_KEY ? FIT_WEAK : fits_comma(m, next + 1, place);
    case '}':
    case ']':
    case ')': return place == PLACE_KEY ? FIT_WEAK : fits_closer(m, next);
    case ';':
        return place == PLACE_MEMBER && fits_comma(m, next + 1, place)
                   ? FIT_WEAK
                   : FIT_NO;
    case '+':
        return mend_quote(m, mend_ahead(m, next + 1), &width) ? FIT_YES
                                                              : FIT_NO;
    default: break;
    }
    if (mend_comment(m, next))
        return c == '/' ? FIT_YES : FIT_WEAK;
    if (mend_fence(m, next))
        return FIT_YES;
    return fits_missing(m, at, next, place);
}
