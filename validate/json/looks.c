/* looks.c - see looks.h. */
#include "validate/json/looks.h"

#include <string.h>

#include "validate/base/attrs.h"
#include "validate/json/seek.h"
#include "validate/json/unwrap.h"

/* {"...: an object, even when the end is missing. */
static bool begins_with_name(struct slice text)
{
    size_t at = 1;

    while (at < text.len && looks_blank(text.ptr[at]))
        at++;
    return text.ptr[0] == '{' && at < text.len && text.ptr[at] == '"';
}

bool looks_like_json(struct slice text)
{
    char c = text.ptr[0];
    bool fence = text.len > 2 && c == '`' && text.ptr[1] == '`';
    struct slice list = text, inside = text;

    /* `{...}` and three quotes around an object are packaging. */
    while (inside.len && (inside.ptr[0] == '`' || inside.ptr[0] == '"' ||
                          looks_blank(inside.ptr[0])))
        inside = slice_drop(inside, 1);
    if ((c == '`' || slice_eq(slice_take(text, 3), SLICE("\"\"\""))) &&
        seek_json_start(inside))
        return false;

    while (list.len &&
           (list.ptr[list.len - 1] == ',' || list.ptr[list.len - 1] == ';' ||
            looks_blank(list.ptr[list.len - 1])))
        list.len--; /* "[1,2]," */
    return unwrap_bare(list) || begins_with_name(text) || c == '\'' ||
           (unsigned char)c >= 0x80 || (c == '`' && !fence) || c == '"' ||
           c == '/' || c == '#' || c == '.' || c == '+' || c == '-' ||
           (c >= '0' && c <= '9') || unwrap_escaped(text) ||
           unwrap_entities(text);
}

/* An object whose first name lacks its double quotes: no strict parse needs
 * to be tried. */
static bool begins_oddly(struct slice text)
{
    text = seek_trim(text);
    if (text.ptr[0] != '{')
        return false;
    text = seek_trim(slice_drop(text, 1));
    return !text.len || (text.ptr[0] != '"' && text.ptr[0] != '}');
}

bool looks_like_word(struct slice text)
{
    static const char *const words[] = {"True",      "False", "None",
                                        "undefined", "NaN",   "Infinity",
                                        "true",      "false", "null"};
    size_t n = 0;

    while (n < text.len &&
           ((text.ptr[n] | 32) >= 'a' && (text.ptr[n] | 32) <= 'z'))
        n++;
    for (size_t i = 0; i < countof(words); i++) {
        if (slice_eq(slice_take(text, n), slice_of(words[i], strlen(words[i]))))
            return true;
    }
    while (n < text.len && text.ptr[n] != '(' && text.ptr[n] != '\n' && n < 64)
        n++;
    return n && n < text.len && text.ptr[n] == '(';
}

bool looks_sound(struct slice text)
{
    if (text.len > 2 && text.ptr[0] == '{' && text.ptr[1] == '"' &&
        text.ptr[text.len - 1] == '}')
        return true;
    return unwrap_bare(text) && !begins_oddly(text);
}
