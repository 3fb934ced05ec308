/* test_qti.c - XML that is hostile, schemas, and where errors are. */
#include "validate/record/qti.h"

#include "tests/judge_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NS "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
#define HEAD                                                                  \
    "<qti-assessment-item xmlns=\"" NS "\" identifier=\"i\">\n"               \
    "<qti-response-declaration identifier=\"R\" cardinality=\"single\" "      \
    "base-type=\"identifier\"><qti-correct-response><qti-value>A</qti-value>" \
    "</qti-correct-response></qti-response-declaration>\n<qti-item-body>"
#define CHOICE                                             \
    "<qti-choice-interaction response-identifier=\"R\">\n" \
    "<qti-simple-choice identifier=\"A\"/>"                \
    "</qti-choice-interaction>"
#define TAIL "</qti-item-body></qti-assessment-item>"

static struct arena arena;

static struct slice str(const char *s)
{
    return slice_of(s, strlen(s));
}

static const struct {
    const char *xml;
    enum fault fault;
    const char *words;
} table[] = {
    {HEAD CHOICE TAIL, FAULT_NONE, ""},
    {"\xEF\xBB\xBF" HEAD CHOICE TAIL, FAULT_NONE, ""},
    {HEAD "<p><![CDATA[<b>]]> &amp; &#65;</p>" CHOICE TAIL, FAULT_NONE, ""},
    {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" HEAD
     "\xC3\xA9" CHOICE TAIL,
     FAULT_NONE, ""},
    {HEAD "<m:math xmlns:m=\"http://www.w3.org/1998/Math/MathML\"><m:mi>x"
          "</m:mi></m:math>" CHOICE TAIL,
     FAULT_NONE, ""},
    {"", FAULT_QTI_XML, ""},
    {" ", FAULT_QTI_XML, "line 1"},
    {"<a", FAULT_QTI_XML, "line 1, column 3"},
    {HEAD "\n\n <b>" CHOICE TAIL, FAULT_QTI_XML, "line 6, column"},
    {HEAD "<x:y/>" CHOICE TAIL, FAULT_QTI_XML, "Namespace prefix x"},
    {HEAD "&unknown;" CHOICE TAIL, FAULT_QTI_XML, "Entity 'unknown'"},
    {HEAD "\x01" CHOICE TAIL, FAULT_QTI_XML, "line 3"},
    {HEAD CHOICE TAIL "<more/>", FAULT_QTI_XML, "Extra content"},
    /* a document type in any form */
    {"<!DOCTYPE qti-assessment-item>" HEAD CHOICE TAIL, FAULT_QTI_XML,
     "DOCTYPE"},
    {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" HEAD CHOICE TAIL,
     FAULT_QTI_XML, "DOCTYPE"},
    {"<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/\">" HEAD CHOICE TAIL,
     FAULT_QTI_XML, "DOCTYPE"},
    {"<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
     "\"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
     "\"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;</a>",
     FAULT_QTI_XML, "DOCTYPE"},
    {"<!DOCTYPE a [<!ENTITY % x SYSTEM \"file:///dev/zero\"> %x;]><a/>",
     FAULT_QTI_XML, "DOCTYPE"},
    /* interactions */
    {HEAD TAIL, FAULT_QTI_INTERACTION, "line 1"},
    {HEAD "<qti-choice-interaction/>" TAIL, FAULT_QTI_RESPONSE, "line 3"},
    {HEAD CHOICE
     "\n<qti-text-entry-interaction response-identifier=\"S\"/>" TAIL,
     FAULT_QTI_RESPONSE, "line 5"},
    {HEAD "<qti-choice-interaction response-identifier=\"R\">"
          "<qti-simple-choice identifier=\"B\"/></qti-choice-interaction>" TAIL,
     FAULT_QTI_CORRECT, "\"A\" is none of the choices"},
    {HEAD "<qti-choice-interaction response-identifier=\"R\">\n"
          "<qti-simple-choice identifier=\"A\"/>"
          "<qti-simple-choice identifier=\"B\"/>"
          "<qti-simple-choice identifier=\"A\"/></qti-choice-interaction>" TAIL,
     FAULT_QTI_RESPONSE, "the choice \"A\" is declared twice"},
    /* feedback is called as the choice it is about, printed values twice */
    {HEAD "<qti-choice-interaction response-identifier=\"R\">"
          "<qti-simple-choice identifier=\"A\"><qti-feedback-inline "
          "identifier=\"A\"/><qti-printed-variable identifier=\"X\"/>"
          "<qti-printed-variable identifier=\"X\"/></qti-simple-choice>"
          "</qti-choice-interaction>" TAIL,
     FAULT_NONE, ""},
    /* the choice of another interaction is none of this one's */
    {HEAD "<qti-choice-interaction response-identifier=\"R\">"
          "<qti-simple-choice identifier=\"B\"/></qti-choice-interaction>"
          "<p><qti-hottext identifier=\"A\">x</qti-hottext></p>" TAIL,
     FAULT_QTI_CORRECT, "\"A\" is none of the choices"},
};

static void items(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct verdict v;

        arena_rewind(&arena, 0);
        v = qti_judge(NULL, str(table[i].xml), &arena);
        if (v.fault == table[i].fault &&
            (!*table[i].words ||
             memmem(v.detail.ptr, v.detail.len, table[i].words,
                    strlen(table[i].words))))
            continue;
        print_error("%zu: %s %.*s\n", i, fault_key(v.fault).ptr,
                    (int)v.detail.len, v.detail.ptr);
        bad++;
    }
    assert_int_equal(bad, 0);
}

/* Every prefix of an item is refused, and nothing is read behind it. */
static void cut(void **state)
{
    static const char whole[] = HEAD CHOICE TAIL;

    (void)state;
    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        char *copy = malloc(len + 1);
        struct verdict v;

        assert_non_null(copy);
        memcpy(copy, whole, len);
        arena_rewind(&arena, 0);
        v = qti_judge(NULL, slice_of(copy, len), &arena);
        assert_int_equal(v.fault, FAULT_QTI_XML);
        free(copy);
    }
}

static size_t put(char *to, const char *text)
{
    memcpy(to, text, strlen(text));
    return strlen(text);
}

/* Repetitions that would be slow or deep in a careless reader. */
static void large(void **state)
{
    static const char *const parts[][2] = {
        {"<b>", "line"},     /* never closed: too deep */
        {"<b><b/></b>", ""}, /* many */
        {"<qti-value>A</qti-value>", ""},
        {"<qti-simple-choice identifier=\"B\"/>", ""},
        {"<qti-choice-interaction response-identifier=\"R\">"
         "<qti-simple-choice identifier=\"A\"/></qti-choice-interaction>",
         ""},
        {"&amp;", ""},
        {"<!-- -->", ""},
    };
    const size_t room = QTI_XML_MAX;
    char *text = malloc(room + 1000);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < countof(parts); i++) {
        size_t len = put(text, HEAD CHOICE);
        struct verdict v;

        while (len + strlen(parts[i][0]) + sizeof(TAIL) < room)
            len += put(text + len, parts[i][0]);
        len += put(text + len, TAIL);
        arena_rewind(&arena, 0);
        v = qti_judge(NULL, slice_of(text, len), &arena);
        if ((v.fault != FAULT_NONE) != (parts[i][1][0] != '\0'))
            print_error("%s: %.*s\n", parts[i][0], (int)v.detail.len,
                        v.detail.ptr);
        assert_int_equal(v.fault, parts[i][1][0] ? FAULT_QTI_XML : FAULT_NONE);
    }
    memset(text, ' ', room + 1);
    assert_int_equal(qti_judge(NULL, slice_of(text, room + 1), &arena).fault,
                     FAULT_QTI_XML);
    free(text);
}

static void little_memory(void **state)
{
    (void)state;
    for (size_t cap = 1; cap < 4096; cap += 64) {
        struct arena small;
        struct err err;
        struct verdict v;

        assert_true(arena_open(&small, cap, &err));
        v = qti_judge(NULL, str(HEAD TAIL), &small);
        assert_true(v.fault == FAULT_LINE_MEMORY ||
                    v.fault == FAULT_QTI_INTERACTION);
        v = qti_judge(NULL, str(HEAD CHOICE TAIL), &small);
        assert_true(v.fault == FAULT_LINE_MEMORY || !v.fault);
        arena_close(&small);
    }
}

/* --- schemas -------------------------------------------------------------- */

#define XSD(more)                                                    \
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "      \
    "targetNamespace=\"" NS "\" xmlns:q=\"" NS "\" "                 \
    "elementFormDefault=\"qualified\">" more                         \
    "<xs:element name=\"qti-assessment-item\"><xs:complexType>"      \
    "<xs:sequence><xs:any processContents=\"skip\" minOccurs=\"0\" " \
    "maxOccurs=\"unbounded\"/></xs:sequence>"                        \
    "<xs:attribute name=\"identifier\" type=\"q:id\" "               \
    "use=\"required\"/></xs:complexType></xs:element></xs:schema>"
#define ID(pattern)                                                  \
    "<xs:simpleType name=\"id\"><xs:restriction base=\"xs:string\">" \
    "<xs:pattern value=\"" pattern "\"/></xs:restriction></xs:simpleType>"

struct beside {
    const char *name, *text;
    int asked;
};

static bool read_one(void *ctx, struct slice path, struct slice *text)
{
    struct beside *b = ctx;

    b->asked++;
    if (!b->name || !slice_eq(path, str(b->name)))
        return false;
    *text = str(b->text);
    return true;
}

static const struct {
    const char *xsd, *name, *file; /* what is beside it */
    bool sound;
    enum fault fault;
    const char *words;
} schemas[] = {
    {XSD(ID("[a-z]")), NULL, NULL, true, FAULT_NONE, ""},
    {XSD(ID("[0-9]")), NULL, NULL, true, FAULT_QTI_SCHEMA, "line 1"},
    {XSD("<xs:include schemaLocation=\"id.xsd\"/>"), "id.xsd",
     "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">" ID(
         "[0-9]") "</xs:schema>",
     true, FAULT_QTI_SCHEMA, "identifier"},
    {XSD("<xs:include schemaLocation=\"none.xsd\"/>"), "id.xsd", "", false,
     FAULT_NONE, "none.xsd"},
    {XSD("<xs:include schemaLocation=\"file:///etc/passwd\"/>"), "x", "", false,
     FAULT_NONE, ""},
    {XSD("<xs:include schemaLocation=\"http://127.0.0.1:1/a.xsd\"/>"), "x", "",
     false, FAULT_NONE, ""},
    {"<xs:schema", NULL, NULL, false, FAULT_NONE, "line 1"},
    {"", NULL, NULL, false, FAULT_NONE, ""},
    {"<html/>", NULL, NULL, false, FAULT_NONE, ""},
};

static void validation(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(schemas); i++) {
        struct beside beside = {schemas[i].name, schemas[i].file, 0};
        struct qti_files files = {.read = read_one, .ctx = &beside};
        const struct qti_schema *schema, *again;
        struct slice words = SLICE("");
        struct verdict v;
        bool ok;

        arena_rewind(&arena, 0);
        ok = qti_schema_open(str(schemas[i].xsd), &files, &arena, &schema,
                             &words);
        if (ok != schemas[i].sound)
            print_error("%zu: %.*s\n", i, ok ? 0 : (int)words.len, words.ptr);
        assert_int_equal(ok, schemas[i].sound);
        if (strstr(schemas[i].xsd, "://127") || strstr(schemas[i].xsd, ":///"))
            assert_int_equal(beside.asked, 0);
        if (!ok) {
            assert_true(words.len > 0);
            if (*schemas[i].words &&
                !memmem(words.ptr, words.len, schemas[i].words,
                        strlen(schemas[i].words)))
                fail_msg("%zu: %.*s", i, (int)words.len, words.ptr);
            continue;
        }
        assert_true(qti_schema_open(str(schemas[i].xsd), &files, &arena, &again,
                                    &words));
        assert_ptr_equal(schema, again);
        v = qti_judge(schema, str(HEAD CHOICE TAIL), &arena);
        assert_int_equal(v.fault, schemas[i].fault);
        assert_true(!*schemas[i].words ||
                    memmem(v.detail.ptr, v.detail.len, schemas[i].words,
                           strlen(schemas[i].words)));
        /* What is no item is not even validated. */
        v = qti_judge(schema, str("<a/>"), &arena);
        assert_int_equal(v.fault, FAULT_QTI_XML);
    }
}

/* Through a profile: the schema is read beside it. */
static void profile_with_schema(void **state)
{
    struct beside beside = {"item.xsd", XSD(ID("[a-z]+")), 0};
    struct profile_source source = {
        .text = SLICE("{\"x-decant\":{\"xml\":{\"pointer\":\"/xml\",\"kind\":"
                      "\"qti\",\"xsd\":\"item.xsd\"}}}"),
        .read = read_one,
        .ctx = &beside};
    const struct profile *p;
    struct profile_problem why;
    struct record r;
    struct verdict v;

    (void)state;
    arena_rewind(&arena, 0);
    assert_true(profile_parse(&source, &arena, &p, &why));
    v = judge_profile(p, SLICE("k"),
                      SLICE("{\"xml\":\"<qti-assessment-item xmlns='" NS
                            "' identifier='1'/>\"}"),
                      &arena, &r);
    assert_int_equal(v.fault, FAULT_QTI_INTERACTION);
    assert_true(slice_eq(v.where, SLICE("/xml")));
    v = judge_profile(p, SLICE("k"), SLICE("{\"xml\":7}"), &arena, &r);
    assert_int_equal(v.fault, FAULT_QTI_XML);
    v = judge_profile(p, SLICE("k"), SLICE("{}"), &arena, &r);
    assert_int_equal(v.fault, FAULT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items),      cmocka_unit_test(cut),
        cmocka_unit_test(large),      cmocka_unit_test(little_memory),
        cmocka_unit_test(validation), cmocka_unit_test(profile_with_schema),
    };
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)64 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("qti", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
