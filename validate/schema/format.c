/* format.c - see format.h. */
#include "validate/schema/format.h"

#include "validate/schema/format_parts.h"
#include "validate/schema/pattern_ecma.h"

static const struct {
    struct slice name, words;
} table[FORMAT_COUNT] = {
#define FORMAT(name, key, words) {SLICE_INIT(key), SLICE_INIT(words)},
#include "validate/schema/format.def"
#undef FORMAT
};

bool format_find(struct slice name, enum format *out)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (slice_eq(name, table[i].name)) {
            *out = (enum format)i;
            return true;
        }
    return false;
}

struct slice format_name(enum format f)
{
    DEMAND(f < FORMAT_COUNT);
    return table[f].name;
}

struct slice format_words(enum format f)
{
    DEMAND(f < FORMAT_COUNT);
    return table[f].words;
}

static bool is_uuid(struct slice text)
{
    if (text.len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text.ptr[i] != '-' : !part_hex(text.ptr[i]))
            return false;
    }
    return true;
}

/* RFC 6901: empty, or steps behind slashes with ~0 and ~1 in them. */
static bool is_pointer(struct slice text)
{
    if (text.len && text.ptr[0] != '/')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '~' &&
            (i + 1 == text.len ||
             (text.ptr[i + 1] != '0' && text.ptr[i + 1] != '1')))
            return false;
    return true;
}

/* Digits without a zero in front, taken off text. */
static bool take_count(struct slice *text)
{
    size_t n = part_digits(*text);

    if (n == 0 || (n > 1 && text->ptr[0] == '0'))
        return false;
    *text = slice_drop(*text, n);
    return true;
}

/* Steps up, an optional move among neighbours ("+1"), then # or a pointer. */
static bool is_relative_pointer(struct slice text)
{
    if (!take_count(&text))
        return false;
    if (text.len && (text.ptr[0] == '+' || text.ptr[0] == '-')) {
        text = slice_drop(text, 1);
        if (!take_count(&text))
            return false;
    }
    return slice_eq(text, SLICE("#")) || is_pointer(text);
}

static enum format_result is_regex(struct slice text, struct arena *scratch)
{
    size_t mark = arena_mark(scratch);
    struct ecma e = {.strict = true, .dry = true};
    enum ecma_result r = ecma_read(text, scratch, &e);

    arena_rewind(scratch, mark);
    return r == ECMA_GOOD  ? FORMAT_GOOD
           : r == ECMA_BAD ? FORMAT_BAD
                           : FORMAT_LIMIT;
}

static bool holds(enum format f, struct slice text)
{
    switch (f) {
    case FORMAT_DATE_TIME: return datetime_is_both(text);
    case FORMAT_DATE: return datetime_is_date(text);
    case FORMAT_TIME: return datetime_is_time(text);
    case FORMAT_DURATION: return datetime_is_duration(text);
    case FORMAT_EMAIL: return net_is_email(text, false);
    case FORMAT_IDN_EMAIL: return net_is_email(text, true);
    case FORMAT_HOSTNAME: return net_is_hostname(text, false);
    case FORMAT_IDN_HOSTNAME: return net_is_hostname(text, true);
    case FORMAT_IPV4: return net_is_ipv4(text);
    case FORMAT_IPV6: return net_is_ipv6(text);
    case FORMAT_URI: return uri_is_uri(text, false);
    case FORMAT_URI_REFERENCE: return uri_is_reference(text, false);
    case FORMAT_IRI: return uri_is_uri(text, true);
    case FORMAT_IRI_REFERENCE: return uri_is_reference(text, true);
    case FORMAT_URI_TEMPLATE: return uri_is_template(text);
    case FORMAT_UUID: return is_uuid(text);
    case FORMAT_JSON_POINTER: return is_pointer(text);
    case FORMAT_RELATIVE_JSON_POINTER: return is_relative_pointer(text);
    case FORMAT_REGEX:
    case FORMAT_COUNT: break;
    }
    DEMAND(false);
    return false;
}

enum format_result format_check(enum format f, struct slice text,
                                struct arena *scratch)
{
    if (f == FORMAT_REGEX)
        return is_regex(text, scratch);
    return holds(f, text) ? FORMAT_GOOD : FORMAT_BAD;
}
