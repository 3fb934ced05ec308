/*
 * table_fit.c - see table_fit.h.
 *
 * One table of pairs that hold the same values, and a few questions about
 * modifiers: numeric(p, s) and timestamptz(p) round silently, and that is
 * not for an import to decide.
 */
#include "importer/pg/table_fit.h"

#include <string.h>

static const struct {
    enum form want;
    const char *type;
    enum form form;
} pairs[] = {
    {FORM_TEXT, "text", FORM_TEXT},
    {FORM_TEXT, "varchar", FORM_TEXT},
    {FORM_TEXT, "bpchar", FORM_TEXT},
    {FORM_TEXT, "name", FORM_TEXT},
    {FORM_TEXT, "citext", FORM_TEXT},
    {FORM_TEXT, "enum", FORM_TEXT},
    {FORM_INT4, "int4", FORM_INT4},
    {FORM_INT4, "int8", FORM_INT8},
    {FORM_INT4, "numeric", FORM_NUMERIC},
    {FORM_INT4, "float8", FORM_FLOAT8}, /* 53 bits hold every int4 */
    {FORM_INT8, "int8", FORM_INT8},
    {FORM_INT8, "numeric", FORM_NUMERIC},
    {FORM_NUMERIC, "numeric", FORM_NUMERIC},
    {FORM_FLOAT8, "float8", FORM_FLOAT8},
    {FORM_BOOL, "bool", FORM_BOOL},
    {FORM_JSONB, "jsonb", FORM_JSONB},
    {FORM_JSONB, "json", FORM_JSON},
    {FORM_FLOAT4_ARRAY, "vector", FORM_VECTOR},
    {FORM_TIMESTAMPTZ, "timestamptz", FORM_TIMESTAMPTZ},
    {FORM_DATE, "date", FORM_DATE},
    {FORM_UUID, "uuid", FORM_UUID},
};

static const char *const text_elements[] = {"text", "varchar", "bpchar",
                                            "name", "citext",  "enum"};

/* The scale of numeric(p, s): the low 11 bits, signed (numeric.c). */
static int32_t scale(int32_t modifier)
{
    int32_t bits = (modifier - 4) & 0x7FF;

    return (bits ^ 1024) - 1024;
}

static bool fit_array(enum form want, const struct table_actual *column,
                      struct form_field *out)
{
    *out = (struct form_field){want, column->element_oid};
    if (want == FORM_FLOAT4_ARRAY)
        return !strcmp(column->element, "float4");
    for (size_t i = 0; want == FORM_TEXT_ARRAY && i < countof(text_elements);
         i++) {
        if (!strcmp(column->element, text_elements[i]))
            return true;
    }
    return false;
}

/* Would the modifier round what comes? */
static bool rounds(enum form want, const struct table_actual *column)
{
    if (column->modifier < 0)
        return false;
    if (!strcmp(column->type, "numeric"))
        return want == FORM_NUMERIC || scale(column->modifier) < 0;
    return !strcmp(column->type, "timestamptz") && column->modifier < 6;
}

bool table_fit(enum form want, const struct table_actual *column,
               struct form_field *out, const char **why)
{
    *why = "cannot hold every value of that type exactly";
    if (!strcmp(column->type, "array"))
        return fit_array(want, column, out);
    for (size_t i = 0; i < countof(pairs); i++) {
        if (pairs[i].want != want || strcmp(pairs[i].type, column->type) != 0)
            continue;
        *out = (struct form_field){pairs[i].form, 0};
        if (!rounds(want, column))
            return true;
        *why = "would round";
        return false;
    }
    return false;
}
