/*
 * pattern_class.c - escapes and character classes, see pattern_parts.h.
 *
 * PCRE2's \d, \D, \w and \W are what ECMA-262 means as long as PCRE2_UCP is
 * not set; \s is spelled out.  A class is written member by member, with
 * every member that is no letter or digit as \x{...}: "[[:alpha:]]" has no
 * other meaning left than the one it has in ECMA-262.
 */
#include "validate/json/escape.h"
#include "validate/schema/pattern_parts.h"

#define SCALAR_MAX 0x10FFFFu

/* WhiteSpace and LineTerminator of ECMA-262, and all the rest. */
#define SPACES                                                         \
    "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}" \
    "\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define NOT_SPACES                                                \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}" \
    "\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}"   \
    "\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}"   \
    "\\x{ff00}-\\x{10ffff}"

/* Matches nothing.  In a group, since PCRE2 forgets what repeats a bare []
 * (10.42: a[]?b fails on "ab"). */
#define NOTHING "(?:[])"

static bool is_half(uint32_t scalar)
{
    return scalar >= 0xD800 && scalar < 0xE000;
}

static void put_inside(struct reader *r, uint32_t scalar)
{
    bool plain = (scalar >= '0' && scalar <= '9') ||
                 (scalar >= 'A' && scalar <= 'Z') ||
                 (scalar >= 'a' && scalar <= 'z');

    if (plain)
        reader_printf(r, "%c", (int)scalar);
    else
        reader_printf(r, "\\x{%x}", scalar);
}

void ecma_put_scalar(struct reader *r, uint32_t scalar)
{
    if (is_half(scalar))
        reader_printf(r, NOTHING);
    else
        put_inside(r, scalar);
}

/* A range within a class, without the halves of pairs. */
static void put_range(struct reader *r, uint32_t low, uint32_t high)
{
    if (low < 0xD800 && high >= 0xE000) {
        put_range(r, low, 0xD7FF);
        put_range(r, 0xE000, high);
        return;
    }
    if (is_half(low))
        low = 0xE000;
    if (is_half(high))
        high = 0xD7FF;
    if (low > high)
        return;
    put_inside(r, low);
    if (low < high) {
        reader_printf(r, "-");
        put_inside(r, high);
    }
}

void ecma_put_set(struct reader *r, const struct escape *x, bool in_class)
{
    switch (x->set) {
    case SET_NONE: break;
    case SET_DIGIT: reader_printf(r, x->negated ? "\\D" : "\\d"); break;
    case SET_WORD: reader_printf(r, x->negated ? "\\W" : "\\w"); break;
    case SET_SPACE:
        if (in_class)
            reader_printf(r, "%s", x->negated ? NOT_SPACES : SPACES);
        else
            reader_printf(r, x->negated ? "[^%s]" : "[%s]", SPACES);
        break;
    case SET_PROPERTY:
        reader_printf(r, "\\%c{%s}", x->negated ? 'P' : 'p', x->property);
        break;
    }
}

/* Exactly n hexadecimal digits at text[at]. */
static bool take_hex(struct reader *r, size_t n, uint32_t *out)
{
    uint32_t value = 0;

    if (r->at + n > r->text.len)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t digit = escape_digit(r->text.ptr[r->at + i]);

        if (digit > 15)
            return false;
        value = value << 4 | digit;
    }
    r->at += n;
    *out = value;
    return true;
}

/* What follows \u{ up to the brace. */
static bool take_braced(struct reader *r, uint32_t *out)
{
    uint32_t digit;
    size_t start = r->at;

    for (*out = 0; take_hex(r, 1, &digit); *out = *out << 4 | digit)
        if (*out > SCALAR_MAX >> 4)
            return false;
    if (r->at == start || !reader_sees(r, '}') || *out > SCALAR_MAX)
        return false;
    r->at++;
    return true;
}

/* \uXXXX, a pair of them, or \u{X}; text[at] is behind the u. */
static bool take_unicode(struct reader *r, uint32_t *out)
{
    uint32_t low;
    size_t before;

    if (reader_sees(r, '{')) {
        r->at++;
        return take_braced(r, out);
    }
    if (!take_hex(r, 4, out))
        return false;
    /* two halves are one character; a half alone is one that no text has */
    before = r->at;
    if (!escape_is_high(*out) || !reader_sees(r, '\\'))
        return true;
    r->at++;
    if (reader_sees(r, 'u')) {
        r->at++;
        if (take_hex(r, 4, &low) && escape_is_low(low)) {
            *out = 0x10000 + ((*out - 0xD800) << 10) + (low - 0xDC00);
            return true;
        }
    }
    r->at = before;
    return true;
}

/* \cX, text[at] being the X. */
static bool take_control(struct reader *r, uint32_t *out)
{
    char c = r->at < r->text.len ? (char)(r->text.ptr[r->at] | 0x20) : 0;

    if (c < 'a' || c > 'z')
        return false;
    *out = (uint32_t)c & 31;
    r->at++;
    return true;
}

/* A backslash in front of what is no letter: the character itself. */
static bool take_itself(struct reader *r, uint32_t *out)
{
    char c = r->text.ptr[r->at];
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                 (c >= 'a' && c <= 'z');

    if (plain || (unsigned char)c < 0x20 || (unsigned char)c >= 0x7F)
        return false;
    if (r->ecma->strict && !strchr("^$\\.*+?()[]{}|/", c))
        return false;
    *out = (uint32_t)c;
    r->at++;
    return true;
}

static bool take_character(struct reader *r, uint32_t *out)
{
    static const char letters[] = "fnrtv", means[] = "\f\n\r\t\v";
    char c = r->text.ptr[r->at];
    const char *found = c ? strchr(letters, c) : NULL;

    if (found) {
        *out = (uint32_t)means[found - letters];
        r->at++;
        return true;
    }
    switch (c) {
    case 'c': r->at++; return take_control(r, out);
    case 'x': r->at++; return take_hex(r, 2, out);
    case 'u': r->at++; return take_unicode(r, out);
    case '0':
        r->at++;
        *out = 0;
        return !reader_sees_digit(r);
    default: return take_itself(r, out);
    }
}

bool ecma_escape(struct reader *r, struct escape *out)
{
    size_t start = r->at - 1;
    char c = r->text.ptr[r->at], lower = (char)(c | 0x20);

    *out = (struct escape){.set = lower == 'd'   ? SET_DIGIT
                                  : lower == 'w' ? SET_WORD
                                  : lower == 's' ? SET_SPACE
                                  : lower == 'p' ? SET_PROPERTY
                                                 : SET_NONE,
                           .negated = (c & 0x20) == 0};
    if (out->set != SET_NONE)
        r->at++;
    if (out->set == SET_PROPERTY)
        return ecma_property(r, out);
    if (out->set == SET_NONE && !take_character(r, &out->scalar))
        return reader_bad(r, start, "no escape of ECMA-262");
    return true;
}

bool ecma_member(struct reader *r, struct escape *out)
{
    *out = (struct escape){.set = SET_NONE};
    if (!reader_sees(r, '\\')) {
        out->scalar = reader_take_scalar(r);
        return true;
    }
    if (r->at + 1 >= r->text.len)
        return reader_bad(r, r->at, "ends with a backslash");
    r->at++;
    if (reader_sees(r, 'b') || reader_sees(r, '-')) {
        out->scalar = r->text.ptr[r->at] == 'b' ? '\b' : '-';
        r->at++;
        return true;
    }
    return ecma_escape(r, out);
}

static void put_member(struct reader *r, const struct escape *x)
{
    if (x->set == SET_NONE)
        put_range(r, x->scalar, x->scalar);
    else
        ecma_put_set(r, x, true);
}

/* A member, or a range of them. */
static bool read_members(struct reader *r)
{
    size_t start = r->at;
    struct escape low, high;

    if (!ecma_member(r, &low))
        return false;
    if (!reader_sees(r, '-') || r->at + 1 >= r->text.len ||
        r->text.ptr[r->at + 1] == ']') {
        put_member(r, &low);
        return true;
    }
    r->at++;
    if (!ecma_member(r, &high))
        return false;
    if (low.set == SET_NONE && high.set == SET_NONE) {
        if (low.scalar > high.scalar)
            return reader_bad(r, start, "a range is out of order");
        put_range(r, low.scalar, high.scalar);
        return true;
    }
    if (r->ecma->strict)
        return reader_bad(r, start, "a range from or to a class");
    put_member(r, &low);
    put_member(r, &high);
    put_inside(r, '-');
    return true;
}

bool ecma_class(struct reader *r)
{
    size_t start = r->at++, before = r->n_out;
    bool negated = reader_sees(r, '^');

    reader_printf(r, negated ? "[^" : "[");
    r->at += negated;
    while (!reader_sees(r, ']')) {
        if (r->at >= r->text.len)
            return reader_bad(r, start, "a [ without its ]");
        if (!read_members(r))
            return false;
    }
    if (r->n_out == before + 1) {
        r->n_out = before;
        reader_printf(r, NOTHING);
    } else {
        reader_printf(r, "]");
    }
    r->at++;
    return true;
}
