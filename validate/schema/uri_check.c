/*
 * uri_check.c - is it a URI, an IRI, a URI template? See format_parts.h.
 *
 * The text is split first (uri.h), which never fails; each part must then
 * hold nothing but what the grammar gives it.  A host may be anything that
 * is a registered name: 999.999.999.999 is one, if no address.
 */
#include "validate/base/utf8.h"
#include "validate/schema/format_parts.h"
#include "validate/schema/uri.h"

/* What a part of a URI may hold, besides letters, digits, "-._~" and %XX. */
enum extra {
    USERINFO,
    REG_NAME,
    SEGMENTS, /* of a path */
    QUERY,
    FRAGMENT,
};
static const char *const extras[] = {
    [USERINFO] = "!$&'()*+,;=:",    [REG_NAME] = "!$&'()*+,;=",
    [SEGMENTS] = "!$&'()*+,;=:@/",  [QUERY] = "!$&'()*+,;=:@/?",
    [FRAGMENT] = "!$&'()*+,;=:@/?",
};

static bool one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static bool is_encoded_byte(struct slice text)
{
    return text.len >= 3 && text.ptr[0] == '%' && part_hex(text.ptr[1]) &&
           part_hex(text.ptr[2]);
}

/*
 * ucschar of RFC 3987: past U+00A0 all that is neither private, nor a
 * noncharacter, nor the specials; iprivate too where `private` says so.
 */
static bool is_ucschar(struct slice text, size_t n, bool private)
{
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t c = (unsigned char)text.ptr[0] & mask[n];

    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)text.ptr[i] & 0x3F);
    if ((c >= 0xE000 && c < 0xF900) || c >= 0xF0000)
        return private && (c & 0xFFFF) < 0xFFFE;
    if (c < 0x10000)
        return c >= 0xA0 && !(c >= 0xFDD0 && c < 0xFDF0) && c < 0xFFF0;
    return (c & 0xFFFF) < 0xFFFE && !(c >= 0xE0000 && c < 0xE1000);
}

/* Is all of text made of what the part may hold? */
static bool is_part(struct slice text, enum extra part, bool iri)
{
    while (text.len) {
        char c = text.ptr[0];
        size_t n = 1;

        if (c == '%') {
            if (!is_encoded_byte(text))
                return false;
            n = 3;
        } else if (part_wide(c)) {
            n = utf8_sequence(text);
            if (!iri || !n || !is_ucschar(text, n, part == QUERY))
                return false;
        } else if (!part_alnum(c) && !one_of(c, "-._~") &&
                   !one_of(c, extras[part])) {
            return false;
        }
        text = slice_drop(text, n);
    }
    return true;
}

/* "v1.anything", what future versions of IP look like. */
static bool is_ip_future(struct slice text)
{
    size_t n = 1;

    if (text.len < 4 || (text.ptr[0] | 0x20) != 'v')
        return false;
    while (n < text.len && part_hex(text.ptr[n]))
        n++;
    if (n == 1 || n + 1 >= text.len || text.ptr[n] != '.')
        return false;
    for (n++; n < text.len; n++)
        if (!part_alnum(text.ptr[n]) && !one_of(text.ptr[n], "-._~") &&
            !one_of(text.ptr[n], extras[USERINFO]))
            return false;
    return true;
}

/* [userinfo@] host [:port] */
static bool is_authority(struct slice text, bool iri)
{
    size_t at = slice_find(text, '@'), end;

    if (at < text.len) {
        if (!is_part(slice_take(text, at), USERINFO, iri))
            return false;
        text = slice_drop(text, at + 1);
    }
    if (text.len && text.ptr[0] == '[') {
        struct slice address;

        end = slice_find(text, ']');
        if (end == text.len)
            return false;
        address = slice_of(text.ptr + 1, end - 1);
        if (!net_is_ipv6(address) && !is_ip_future(address))
            return false;
        text = slice_drop(text, end + 1);
    } else {
        end = slice_find(text, ':');
        if (!is_part(slice_take(text, end), REG_NAME, iri))
            return false;
        text = slice_drop(text, end);
    }
    if (!text.len)
        return true;
    text = slice_of(text.ptr + 1, text.ptr[0] == ':' ? text.len - 1 : 0);
    return text.ptr[-1] == ':' && part_digits(text) == text.len;
}

static bool is_scheme(struct slice text)
{
    if (!text.len || !part_letter(text.ptr[0]))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!part_alnum(text.ptr[i]) && !one_of(text.ptr[i], "+-."))
            return false;
    return true;
}

static bool is_sound(const struct uri *u, bool iri)
{
    if (u->authority.ptr && !is_authority(u->authority, iri))
        return false;
    return is_part(u->path, SEGMENTS, iri) &&
           (!u->query.ptr || is_part(u->query, QUERY, iri)) &&
           (!u->fragment.ptr || is_part(u->fragment, FRAGMENT, iri));
}

bool uri_is_uri(struct slice text, bool iri)
{
    struct uri u;

    uri_split(text, &u);
    return u.scheme.ptr && is_scheme(u.scheme) && is_sound(&u, iri);
}

/* Without a scheme the first step of a path may hold no colon. */
bool uri_is_reference(struct slice text, bool iri)
{
    struct uri u;

    uri_split(text, &u);
    if (u.scheme.ptr)
        return is_scheme(u.scheme) && is_sound(&u, iri);
    if (!u.authority.ptr &&
        slice_find(slice_take(u.path, slice_find(u.path, '/')), ':') <
            slice_find(u.path, '/'))
        return false;
    return is_sound(&u, iri);
}

/* Bytes of the variable name text begins with; 0 when it is none. */
static size_t variable_len(struct slice text)
{
    size_t at = 0;
    bool dot = true; /* a character must follow */

    for (;;) {
        struct slice rest = slice_drop(text, at);

        if (!rest.len)
            break;
        if (part_alnum(rest.ptr[0]) || rest.ptr[0] == '_') {
            at++;
        } else if (is_encoded_byte(rest)) {
            at += 3;
        } else if (rest.ptr[0] == '.' && !dot) {
            dot = true;
            at++;
            continue;
        } else {
            break;
        }
        dot = false;
    }
    return dot ? 0 : at;
}

/* What stands between braces. */
static bool is_expression(struct slice text)
{
    if (text.len && one_of(text.ptr[0], "+#./;?&=,!@|"))
        text = slice_drop(text, 1);
    for (;;) {
        size_t n = variable_len(text);

        if (n == 0)
            return false;
        text = slice_drop(text, n);
        if (text.len && text.ptr[0] == '*') {
            text = slice_drop(text, 1);
        } else if (text.len && text.ptr[0] == ':') {
            n = part_digits(slice_drop(text, 1));
            if (n == 0 || n > 4 || text.ptr[1] == '0')
                return false;
            text = slice_drop(text, 1 + n);
        }
        if (!text.len)
            return true;
        if (text.ptr[0] != ',')
            return false;
        text = slice_drop(text, 1);
    }
}

bool uri_is_template(struct slice text)
{
    while (text.len) {
        char c = text.ptr[0];
        size_t n = 1;

        if (c == '{') {
            n = slice_find(text, '}');
            if (n == text.len || !is_expression(slice_of(text.ptr + 1, n - 1)))
                return false;
            n++;
        } else if (c == '%') {
            if (!is_encoded_byte(text))
                return false;
            n = 3;
        } else if (part_wide(c)) {
            n = utf8_sequence(text);
            if (!n || !is_ucschar(text, n, true))
                return false;
        } else if (c <= 0x20 || c == 0x7F || one_of(c, "\"<>\\^`|}")) {
            return false;
        }
        text = slice_drop(text, n);
    }
    return true;
}
