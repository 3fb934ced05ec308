/*
 * check.c - see check.h.
 *
 * One reader walks the text byte by byte; a bit per open bracket says
 * whether it is an object, so the reader is 200 bytes and never recurses.
 */
#include "validate/json/check.h"

#include "validate/base/ascii.h"
#include "validate/base/utf8.h"
#include "validate/json/escape.h"

/* A place in the text and the brackets open there. */
struct reader {
    const char *text;
    size_t len;
    size_t at; /* the next byte; the offending one after an error */
    size_t depth;
    uint64_t objects[JSON_DEPTH_MAX / 64]; /* bit per open bracket */
    bool lax;
};

static const struct slice code_words[JSON_CODE_COUNT] = {
    [JSON_OK] = SLICE_INIT("sound JSON"),
    [JSON_EMPTY] = SLICE_INIT("nothing but white space"),
    [JSON_END] = SLICE_INIT("the text stops inside a value"),
    [JSON_UNEXPECTED] = SLICE_INIT("a byte that cannot stand here"),
    [JSON_BOM] =
        SLICE_INIT("a byte order mark, which JSON does not allow: save "
                   "the file as UTF-8 without it"),
    [JSON_TRAILING] = SLICE_INIT("something behind the value"),
    [JSON_BAD_NUMBER] = SLICE_INIT("not a number as JSON writes them"),
    [JSON_BAD_LITERAL] = SLICE_INIT("a word other than null, true and false"),
    [JSON_BAD_ESCAPE] = SLICE_INIT("an escape that JSON does not know"),
    [JSON_BAD_UNICODE] =
        SLICE_INIT("\\u without four hexadecimal digits behind it"),
    [JSON_SURROGATE] = SLICE_INIT("half a surrogate pair"),
    [JSON_CONTROL] = SLICE_INIT("a raw control character inside a string"),
    [JSON_BAD_UTF8] = SLICE_INIT("bytes that are not UTF-8"),
    [JSON_TOO_DEEP] = SLICE_INIT("brackets nested too deep"),
    [JSON_TOO_LONG] = SLICE_INIT("a text too long to read at once"),
    [JSON_NO_MEMORY] = SLICE_INIT("no memory left for its nodes"),
};

struct slice json_code_words(enum json_code code)
{
    DEMAND((unsigned)code < JSON_CODE_COUNT);
    return code_words[code];
}

/* The byte at hand as 0..255, or -1 at the end. */
static int peek(const struct reader *r)
{
    return r->at < r->len ? (uint8_t)r->text[r->at] : -1;
}

/* What has not been read. */
static struct slice rest(const struct reader *r)
{
    return slice_of(r->text + r->at, r->len - r->at);
}

static bool is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct reader *r)
{
    while (is_space(peek(r)))
        r->at++;
}

/* May a number or word end in front of c? */
static bool is_delimiter(int c)
{
    return c < 0 || is_space(c) || memchr(",:[]{}\"", c, 7);
}

/* `code` for the byte at hand, JSON_END when there is none. */
static enum json_code wrong_or_end(const struct reader *r, enum json_code code)
{
    return r->at < r->len ? code : JSON_END;
}

/* All digits from here on; false when there is none. */
static bool digits(struct reader *r)
{
    size_t from = r->at;

    while (ascii_digit(peek(r)))
        r->at++;
    return r->at > from;
}

/* RFC 8259 section 6; r->at stays at the first byte that does not fit. */
static enum json_code read_number(struct reader *r)
{
    if (peek(r) == '-')
        r->at++;
    if (peek(r) == '0')
        r->at++;
    else if (!digits(r))
        return wrong_or_end(r, JSON_BAD_NUMBER);
    if (peek(r) == '.') {
        r->at++;
        if (!digits(r))
            return wrong_or_end(r, JSON_BAD_NUMBER);
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (!digits(r))
            return wrong_or_end(r, JSON_BAD_NUMBER);
    }
    return is_delimiter(peek(r)) ? JSON_OK : JSON_BAD_NUMBER;
}

/* Compared byte by byte, so that a word that is cut short is JSON_END. */
static enum json_code read_word(struct reader *r)
{
    int c = peek(r);
    const char *word = c == 'n' ? "null" : c == 't' ? "true" : "false";

    for (; *word; word++, r->at++) {
        if (peek(r) != *word)
            return wrong_or_end(r, JSON_BAD_LITERAL);
    }
    return is_delimiter(peek(r)) ? JSON_OK : JSON_BAD_LITERAL;
}

/* Step over four hexadecimal digits from p on; JSON_END when the text stops
 * among them. */
static enum json_code hex_at(const struct reader *r, size_t p, uint32_t *unit)
{
    *unit = 0;
    for (size_t i = 0; i < 4; i++, p++) {
        uint32_t digit;

        if (p >= r->len)
            return JSON_END;
        digit = escape_digit(r->text[p]);
        if (digit > 15)
            return JSON_BAD_UNICODE;
        *unit = *unit << 4 | digit;
    }
    return JSON_OK;
}

/* \uXXXX at r->at, both halves of a pair at once. */
static enum json_code read_unicode(struct reader *r)
{
    static const char second[] = "\\u";
    size_t p = r->at + ESCAPE_UNICODE;
    uint32_t unit;
    enum json_code code = hex_at(r, r->at + 2, &unit);

    if (code || (!escape_is_high(unit) && !escape_is_low(unit))) {
        r->at += code ? 0 : ESCAPE_UNICODE;
        return code;
    }
    if (escape_is_low(unit))
        return JSON_SURROGATE;
    for (size_t i = 0; i < 2; i++, p++) {
        if (p >= r->len)
            return JSON_END;
        if (r->text[p] != second[i])
            return JSON_SURROGATE;
    }
    code = hex_at(r, p, &unit);
    if (code == JSON_END)
        return JSON_END;
    if (code || !escape_is_low(unit))
        return JSON_SURROGATE;
    r->at = p + 4;
    return JSON_OK;
}

/* r->at is at the backslash, and stays there when the escape is wrong. */
static enum json_code read_escape(struct reader *r)
{
    if (r->at + 1 >= r->len)
        return JSON_END;
    if (r->lax || escape_letter(r->text[r->at + 1])) {
        r->at += 2;
        return JSON_OK;
    }
    return r->text[r->at + 1] == 'u' ? read_unicode(r) : JSON_BAD_ESCAPE;
}

/* r->at is at the opening quote; then behind the closing one. */
static enum json_code read_string(struct reader *r)
{
    enum json_code code = JSON_OK;

    r->at++;
    while (!code && r->at < r->len) {
        uint8_t c = (uint8_t)r->text[r->at];

        if (c == '"') {
            r->at++;
            return JSON_OK;
        }
        if (c == '\\') {
            code = read_escape(r);
        } else if (c < ' ') {
            code = JSON_CONTROL;
        } else if (c < 0x80) {
            r->at++;
        } else {
            size_t n = utf8_sequence(rest(r));

            if (!n)
                code = utf8_cut(rest(r)) ? JSON_END : JSON_BAD_UTF8;
            r->at += n;
        }
    }
    return code ? code : JSON_END;
}

/* Any value without brackets; the first byte says which. */
static enum json_code read_scalar(struct reader *r)
{
    int c = peek(r);

    if (c < 0)
        return JSON_END;
    if (c == '"')
        return read_string(r);
    if (ascii_digit(c) || c == '-' || c == '+' || c == '.')
        return read_number(r);
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        return read_word(r);
    if (!r->at && slice_eq(slice_take(rest(r), 3), SLICE("\xEF\xBB\xBF")))
        return JSON_BOM;
    return JSON_UNEXPECTED;
}

/* Is the innermost open bracket a brace?  One must be open. */
static bool in_object(const struct reader *r)
{
    size_t top = r->depth - 1;

    return r->objects[top / 64] >> top % 64 & 1;
}

/* A member's name and its colon; r->at is at the name. */
static enum json_code read_name(struct reader *r)
{
    enum json_code code;

    if (peek(r) != '"')
        return wrong_or_end(r, JSON_UNEXPECTED);
    code = read_string(r);
    if (code)
        return code;
    skip_space(r);
    if (peek(r) != ':')
        return wrong_or_end(r, JSON_UNEXPECTED);
    r->at++;
    skip_space(r);
    return JSON_OK;
}

/* Step into a bracket. *whole: it closes at once. */
static enum json_code read_open(struct reader *r, bool *whole)
{
    uint64_t bit = (uint64_t)1 << r->depth % 64;
    bool object = peek(r) == '{';

    if (r->depth == JSON_DEPTH_MAX)
        return JSON_TOO_DEEP;
    r->objects[r->depth / 64] &= ~bit;
    r->objects[r->depth / 64] |= object ? bit : 0;
    r->depth++;
    r->at++;
    skip_space(r);
    *whole = peek(r) == (object ? '}' : ']');
    if (*whole || !object)
        return JSON_OK;
    return read_name(r);
}

/* Behind a value: close what closes here, up to the comma of the next value
 * or the end of the outermost bracket. */
static enum json_code read_behind(struct reader *r)
{
    while (r->depth) {
        int c;

        skip_space(r);
        c = peek(r);
        if (c == ',') {
            r->at++;
            skip_space(r);
            return in_object(r) ? read_name(r) : JSON_OK;
        }
        if (c != (in_object(r) ? '}' : ']'))
            return wrong_or_end(r, JSON_UNEXPECTED);
        r->at++;
        r->depth--;
    }
    return JSON_OK;
}

/* One whole value from r->at on. */
static enum json_code read_value(struct reader *r)
{
    enum json_code code;

    do {
        int c = peek(r);
        bool whole = true;

        code = c == '{' || c == '[' ? read_open(r, &whole) : read_scalar(r);
        if (!code && whole)
            code = read_behind(r);
    } while (!code && r->depth);
    return code;
}

struct json_error json_check(struct slice text)
{
    struct reader r = {.text = text.ptr, .len = text.len};
    enum json_code code;

    if (text.len > JSON_TEXT_MAX)
        return (struct json_error){JSON_TOO_LONG, JSON_TEXT_MAX};
    skip_space(&r);
    if (r.at == r.len)
        return (struct json_error){JSON_EMPTY, r.len};
    code = read_value(&r);
    if (!code) {
        skip_space(&r);
        code = r.at < r.len ? JSON_TRAILING : JSON_OK;
    }
    return (struct json_error){code, code == JSON_END ? r.len : r.at};
}

size_t json_extent(struct slice text, bool lax)
{
    struct reader r = {.text = text.ptr, .len = text.len, .lax = lax};

    if (text.len > JSON_TEXT_MAX)
        r.len = JSON_TEXT_MAX;
    return read_value(&r) == JSON_OK ? r.at : 0;
}
