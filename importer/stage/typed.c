/*
 * typed.c - see typed.h.
 *
 * What a value is, its column's type says; how it is written, the form.  Both
 * are looked at per value: a switch each, no tables of functions, since most
 * columns are text, whose way is short.
 */
#include "importer/stage/typed.h"

#include "importer/stage/numeric.h"
#include "importer/stage/put.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Type OIDs of the server, never to change (pg_type.dat). */
#define TEXT_OID   25
#define FLOAT4_OID 700

static const enum form forms[COLUMN_TYPE_COUNT] = {
    [COLUMN_TEXT] = FORM_TEXT,
    [COLUMN_INT4] = FORM_INT4,
    [COLUMN_INT8] = FORM_INT8,
    [COLUMN_NUMERIC] = FORM_NUMERIC,
    [COLUMN_FLOAT8] = FORM_FLOAT8,
    [COLUMN_BOOL] = FORM_BOOL,
    [COLUMN_JSONB] = FORM_JSONB,
    [COLUMN_TEXT_ARRAY] = FORM_TEXT_ARRAY,
    [COLUMN_FLOAT4_ARRAY] = FORM_FLOAT4_ARRAY,
    [COLUMN_TIMESTAMPTZ] = FORM_TIMESTAMPTZ,
    [COLUMN_DATE] = FORM_DATE,
    [COLUMN_UUID] = FORM_UUID,
};

enum form typed_form(enum column_type type)
{
    DEMAND((unsigned)type < COLUMN_TYPE_COUNT);
    return forms[type];
}

uint32_t typed_element(enum column_type type)
{
    if (type == COLUMN_TEXT_ARRAY)
        return TEXT_OID;
    return type == COLUMN_FLOAT4_ARRAY ? FLOAT4_OID : 0;
}

/* Every int4 is a double, not every int8; a double is no decimal number. */
bool typed_fits(enum column_type type, enum form form)
{
    if (form == typed_form(type))
        return true;
    switch (type) {
    case COLUMN_INT4:
        return form == FORM_INT8 || form == FORM_NUMERIC || form == FORM_FLOAT8;
    case COLUMN_INT8: return form == FORM_NUMERIC;
    case COLUMN_JSONB: return form == FORM_JSON;
    case COLUMN_FLOAT4_ARRAY: return form == FORM_VECTOR;
    default: return false;
    }
}

static void put_float8(struct rows *rows, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    put_int8(rows, (int64_t)bits);
}

static void put_float4(struct rows *rows, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    put_big(rows, bits, 4);
}

static void put_texts(struct rows *rows, const struct value *v,
                      uint32_t element)
{
    size_t place = rows->len, count = v->as.texts.count;
    bool nulls = false;

    for (size_t i = 0; i < count; i++)
        nulls |= !v->as.texts.list[i].ptr;
    put_length(rows, 0);
    put_array(rows, element, count, nulls);
    for (size_t i = 0; i < count && !rows->full; i++) {
        if (v->as.texts.list[i].ptr)
            put_text(rows, v->as.texts.list[i]);
        else
            put_null(rows);
    }
    put_patch(rows, place);
}

static void put_floats(struct rows *rows, const struct value *v,
                       uint32_t element)
{
    size_t place = rows->len, count = v->as.floats.count;

    put_length(rows, 0);
    put_array(rows, element, count, false);
    for (size_t i = 0; i < count && !rows->full; i++) {
        put_length(rows, 4);
        put_float4(rows, v->as.floats.list[i]);
    }
    put_patch(rows, place);
}

/* vector_recv() of pgvector: the dimension, two bytes that are 0, floats. */
static void put_vector(struct rows *rows, const struct value *v)
{
    size_t count = v->as.floats.count;

    if (count > INT16_MAX) {
        rows->full = true;
        return;
    }
    put_length(rows, 4 + 4 * count);
    put_big(rows, count, 2);
    put_big(rows, 0, 2);
    for (size_t i = 0; i < count && !rows->full; i++)
        put_float4(rows, v->as.floats.list[i]);
}

/* Of an integer column, or of one that holds numbers as written. */
static void put_decimal(struct rows *rows, enum column_type type,
                        const struct value *v)
{
    char digits[24];

    if (type == COLUMN_NUMERIC) {
        put_numeric(rows, v->as.text);
        return;
    }
    snprintf(digits, sizeof(digits), "%" PRId64, v->as.integer);
    put_numeric(rows, slice_of(digits, strlen(digits)));
}

static void put_value(struct rows *rows, enum column_type type,
                      struct form_field field, const struct value *v)
{
    if (v->null) {
        put_null(rows);
        return;
    }
    switch (field.form) {
    case FORM_TEXT: put_text(rows, v->as.text); break;
    case FORM_JSON:
    case FORM_UUID: put_bytea(rows, v->as.text); break;
    case FORM_JSONB: put_jsonb(rows, v->as.text); break;
    case FORM_INT4:
    case FORM_DATE: put_int4(rows, (int32_t)v->as.integer); break;
    case FORM_INT8:
    case FORM_TIMESTAMPTZ: put_int8(rows, v->as.integer); break;
    case FORM_NUMERIC: put_decimal(rows, type, v); break;
    case FORM_FLOAT8:
        put_float8(rows,
                   type == COLUMN_FLOAT8 ? v->as.real : (double)v->as.integer);
        break;
    case FORM_BOOL:
        put_length(rows, 1);
        put_big(rows, v->as.flag, 1);
        break;
    case FORM_TEXT_ARRAY: put_texts(rows, v, field.element); break;
    case FORM_FLOAT4_ARRAY: put_floats(rows, v, field.element); break;
    case FORM_VECTOR: put_vector(rows, v); break;
    case FORM_COUNT: DEMAND(false);
    }
}

void typed_rows(struct rows *rows, const struct profile *profile,
                const struct form_field *fields, const struct line *line,
                const struct record *record)
{
    const struct value *v = record->values;
    size_t begin = rows->len;

    if (!record->n_rows)
        return;
    if (record->n_rows > UINT32_MAX)
        rows->full = true;
    for (size_t i = 0; i < record->n_rows && !rows->full; i++) {
        put_big(rows, profile->n_columns, 2);
        for (size_t c = 0; c < profile->n_columns; c++, v++)
            put_value(rows, profile->columns[c].type, fields[c], v);
    }
    put_seal(rows, begin, (uint32_t)record->n_rows, line);
}
