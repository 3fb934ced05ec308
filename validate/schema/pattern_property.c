/*
 * pattern_property.c - \p{...} of ECMA-262 in PCRE2's words.
 *
 * General categories have long names there and short ones here; scripts must
 * be told from script extensions; other properties have the same names.
 * PCRE2 itself says which names exist.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>

#include "validate/schema/pattern_parts.h"

/* PropertyValueAliases.txt of Unicode, General_Category. */
static const struct {
    const char *name, *code;
} categories[] = {
    {"Other", "C"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Unassigned", "Cn"},
    {"Private_Use", "Co"},
    {"Surrogate", "Cs"},
    {"Letter", "L"},
    {"Cased_Letter", "L&"},
    {"LC", "L&"},
    {"Lowercase_Letter", "Ll"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Titlecase_Letter", "Lt"},
    {"Uppercase_Letter", "Lu"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Nonspacing_Mark", "Mn"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Close_Punctuation", "Pe"},
    {"Final_Punctuation", "Pf"},
    {"Initial_Punctuation", "Pi"},
    {"Other_Punctuation", "Po"},
    {"Open_Punctuation", "Ps"},
    {"Symbol", "S"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Math_Symbol", "Sm"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Space_Separator", "Zs"},
};
static const char *const codes = " C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me "
                                 "Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc "
                                 "Sk Sm So Z Zl Zp Zs ";

/* The short name of a general category, or NULL. */
static const char *category(struct slice name, char code[8])
{
    char framed[8];

    for (size_t i = 0; i < countof(categories); i++)
        if (slice_eq(name,
                     slice_of(categories[i].name, strlen(categories[i].name))))
            return categories[i].code;
    if (name.len < 1 || name.len > 2)
        return NULL;
    snprintf(framed, sizeof(framed), " %.*s ", (int)name.len, name.ptr);
    if (!strstr(codes, framed))
        return NULL;
    snprintf(code, 8, "%.*s", (int)name.len, name.ptr);
    return code;
}

/* Does PCRE2 know \p{name}? Its memory is its own for this moment. */
static bool known(const char *name)
{
    char text[80];
    int error, n = snprintf(text, sizeof(text), "\\p{%s}", name);
    PCRE2_SIZE at;
    pcre2_code *code;

    code = pcre2_compile((PCRE2_SPTR)text, (size_t)n, PCRE2_UTF, &error, &at,
                         NULL);
    pcre2_code_free(code);
    return code != NULL;
}

/* Letters, digits and '_' up to any other byte. */
static struct slice take_word(struct reader *r)
{
    size_t start = r->at;

    while (r->at < r->text.len) {
        char c = r->text.ptr[r->at], lower = (char)(c | 0x20);

        if (!reader_sees_digit(r) && c != '_' && (lower < 'a' || lower > 'z'))
            break;
        r->at++;
    }
    return slice_of(r->text.ptr + start, r->at - start);
}

static bool named(struct slice name, const char *longer, const char *shorter)
{
    return slice_eq(name, slice_of(longer, strlen(longer))) ||
           slice_eq(name, slice_of(shorter, strlen(shorter)));
}

/* Name=Value. */
static bool pair(struct slice name, struct slice value, struct escape *out)
{
    const char *short_name = NULL;
    char code[8];

    if (named(name, "General_Category", "gc")) {
        short_name = category(value, code);
        if (short_name)
            snprintf(out->property, sizeof(out->property), "%s", short_name);
        return short_name != NULL;
    }
    if (named(name, "Script", "sc"))
        short_name = "sc";
    if (named(name, "Script_Extensions", "scx"))
        short_name = "scx";
    if (!short_name)
        return false;
    snprintf(out->property, sizeof(out->property), "%s:%.*s", short_name,
             (int)value.len, value.ptr);
    return known(out->property);
}

/* A name alone: a category, or something that is true or false. */
static bool single(struct slice name, bool strict, struct escape *out)
{
    char code[8], script[80];
    const char *short_name = category(name, code);

    if (short_name) {
        snprintf(out->property, sizeof(out->property), "%s", short_name);
        return true;
    }
    if (slice_eq(name, SLICE("Assigned"))) {
        snprintf(out->property, sizeof(out->property), "Cn");
        out->negated = !out->negated;
        return true;
    }
    /* PCRE2's own: Xan, bidi classes */
    if ((name.len == 3 && name.ptr[0] == 'X') ||
        (name.len > 4 && !memcmp(name.ptr, "bidi", 4)))
        return false;
    snprintf(script, sizeof(script), "sc:%.*s", (int)name.len, name.ptr);
    snprintf(out->property, sizeof(out->property), "%.*s", (int)name.len,
             name.ptr);
    return known(out->property) && !(strict && known(script));
}

bool ecma_property(struct reader *r, struct escape *out)
{
    size_t start = r->at - 2;
    struct slice name, value = {NULL, 0};
    bool ok = reader_sees(r, '{');

    r->at++;
    if (!ok)
        return reader_bad(r, start, "\\p must be followed by {name}");
    name = take_word(r);
    if (reader_sees(r, '=')) {
        r->at++;
        value = take_word(r);
    }
    if (!name.len || !reader_sees(r, '}') || name.len > 40 || value.len > 40)
        return reader_bad(r, start, "\\p{...} names no property");
    r->at++;
    if (value.ptr ? pair(name, value, out) : single(name, r->ecma->strict, out))
        return true;
    return reader_bad(r, start, "\\p{...} names no property of Unicode");
}
