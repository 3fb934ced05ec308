/*
 * form.h - the forms in which PostgreSQL takes values in a binary COPY.
 *
 * A profile's column type has one form of its own; the column of a table that
 * somebody else made may want another that holds the same values exactly,
 * such as int4 in a numeric column.
 */
#ifndef DECANT_BASE_FORM_H
#define DECANT_BASE_FORM_H

#include <stdint.h>

enum form {
    FORM_TEXT, /* text, varchar, char, name, citext, enums */
    FORM_INT4,
    FORM_INT8,
    FORM_NUMERIC,
    FORM_FLOAT8,
    FORM_BOOL,
    FORM_JSONB,
    FORM_TEXT_ARRAY,
    FORM_FLOAT4_ARRAY,
    FORM_TIMESTAMPTZ,
    FORM_DATE,
    FORM_UUID,
    FORM_JSON,   /* jsonb's text without its version byte */
    FORM_VECTOR, /* pgvector's vector */
    FORM_COUNT
};

/* How one column wants its values. */
struct form_field {
    enum form form;
    uint32_t element; /* type OID of an array's elements */
};

#endif
