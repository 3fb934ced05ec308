/*
 * fuzz_qti.c - one byte of settings, the rest is the XML of an item.
 *
 * Properties: no crash, no leak; the same verdict twice, and in a small
 * arena the same or line.memory; words are UTF-8 without control characters;
 * with a schema that allows anything nothing changes.
 */
#include "validate/record/qti.h"

#include "validate/json/text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char any[] =
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
    "targetNamespace=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\">"
    "<xs:element name=\"qti-assessment-item\" type=\"xs:anyType\"/>"
    "</xs:schema>";

static struct verdict judge(const struct qti_schema *schema, struct slice xml,
                            size_t room)
{
    struct arena arena;
    struct err err;
    struct verdict v;

    DEMAND(arena_open(&arena, room, &err));
    v = qti_judge(schema, xml, &arena);
    DEMAND(json_utf8_valid(v.detail) == v.detail.len);
    DEMAND(!v.detail.len || v.fault);
    for (size_t i = 0; i < v.detail.len; i++)
        DEMAND((unsigned char)v.detail.ptr[i] >= ' ');
    v.detail.len = 0; /* gone with the arena */
    arena_close(&arena);
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct qti_schema *schema;
    static struct arena kept;
    struct slice xml, words;
    struct err err;
    struct verdict v, w;

    if (!schema) {
        DEMAND(arena_open(&kept, (size_t)1 << 20, &err));
        DEMAND(qti_schema_open(slice_of(any, sizeof(any) - 1), NULL, &kept,
                               &schema, &words));
    }
    if (!size)
        return 0;
    xml = slice_of((const char *)data + 1, size - 1);
    xml.len = json_utf8_valid(xml); /* as every text of a payload */
    v = judge(NULL, xml, (size_t)32 << 20);
    w = judge(data[0] & 1 ? schema : NULL, xml, (size_t)32 << 20);
    DEMAND(w.fault == v.fault || w.fault == FAULT_QTI_SCHEMA);
    w = judge(NULL, xml, 100 + (size_t)data[0] * 16);
    DEMAND(w.fault == v.fault || w.fault == FAULT_LINE_MEMORY);
    return 0;
}
