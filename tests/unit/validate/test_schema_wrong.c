/*
 * test_schema_wrong.c - schemas that are wrong themselves: where and why; and
 * schemas made to hurt, which must be answered all the same.
 *
 * In the tables ' stands for ".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "validate/schema/schema.h"

static struct arena arena, scratch;
static char text[(size_t)8 << 20];
static size_t len;

static void put(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void put(const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(text + len, sizeof(text) - len, fmt, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof(text) - len);
    for (char *p = text + len; *p; p++)
        if (*p == '\'')
            *p = '"';
    len += (size_t)n;
}

/* What was put, as a slice in the arena. */
static struct slice made(void)
{
    struct slice out = arena_copy(&arena, slice_of(text, len));

    assert_non_null(out.ptr);
    len = 0;
    return out;
}

static bool contains(struct slice all, const char *part)
{
    return memmem(all.ptr, all.len, part, strlen(part)) != NULL;
}

static void test_wrong(void **state)
{
    static const struct {
        const char *schema, *pointer, *words;
    } table[] = {
        {"", "", "the schema is not JSON: "},
        {"{'type':'string'", "", "not JSON"},
        {"1", "", "must be an object, true or false"},
        {"{'minimum':'x'}", "/minimum", "\"minimum\" must be a number"},
        {"{'$defs':{'a':{'maxLength':-1}}}", "/$defs/a/maxLength",
         "whole number, 0 or more"},
        {"{'properties':{'a':{'minItems':1.5}}}", "/properties/a/minItems",
         "whole number"},
        {"{'multipleOf':0}", "/multipleOf", "greater than 0"},
        {"{'type':'nmber'}", "/type", "boolean, object"},
        {"{'type':['null','null']}", "/type", "each once"},
        {"{'type':[]}", "/type", "names"},
        {"{'required':'a'}", "/required", "array of strings"},
        {"{'required':[1]}", "/required", "array of strings"},
        {"{'required':['a','b','a']}", "/required/2", "twice"},
        {"{'enum':1}", "/enum", "array"},
        {"{'items':[true]}", "/items", "must be a schema"},
        {"{'properties':{'a':1}}", "/properties/a", "schemas"},
        {"{'properties':[]}", "/properties", "object"},
        {"{'allOf':[]}", "/allOf", "at least one"},
        {"{'anyOf':[1]}", "/anyOf/0", "schemas"},
        {"{'not':null}", "/not", "must be a schema"},
        {"{'dependentRequired':{'a':[1]}}", "/dependentRequired/a", "strings"},
        {"{'uniqueItems':'yes'}", "/uniqueItems", "true or false"},
        {"{'title':1}", "/title", "a string"},
        {"{'pattern':'('}", "/pattern", "not a regular expression"},
        {"{'patternProperties':{'[':true}}", "/patternProperties/[",
         "not a regular expression"},
        {"{'$ref':'#/$defs/a'}", "/$ref", "#/$defs/a leads nowhere"},
        {"{'$ref':'#a'}", "/$ref", "leads nowhere"},
        {"{'$ref':'#/~2'}", "/$ref", "leads nowhere"},
        {"{'$ref':'#%zz'}", "/$ref", "leads nowhere"},
        {"{'$ref':'#/enum/01','enum':[1,true]}", "/$ref", "leads nowhere"},
        {"{'$ref':'#/minimum','minimum':1}", "/$ref", "what is not a schema"},
        {"{'$ref':'http://x/y'}", "/$ref",
         "http://x/y is not known: only files beside this one"},
        {"{'$schema':'http://x/y'}", "", "http://x/y is not known"},
        {"{'$schema':'http://json-schema.org/draft-04/schema#'}", "",
         "draft 4 and older"},
        {"{'$ref':'#'}", "/$ref", "without end"},
        {"{'allOf':[{'$ref':'#'}]}", "/allOf/0/$ref", "without end"},
        {"{'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}}}",
         "/$defs/b/$ref", "without end"},
        {"{'$defs':{'a':{'$anchor':'x'},'b':{'$anchor':'x'}}}", "/$defs/b",
         "anchor x is given twice"},
        {"{'$defs':{'a':{'$id':'http://x/a'},'b':{'$id':'http://x/a'}}}",
         "/$defs/b", "given twice"},
        {"{'$defs':{'a':{'$id':'#x'}}}", "/$defs/a", "fragment"},
        {"{'$anchor':'1a'}", "/$anchor", "must be a name"},
        {"{'$vocabulary':{'a':1}}", "/$vocabulary/a", "true or false"},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct schema_problem why;
        struct schema *s;
        struct slice schema;
        size_t mark;

        put("%s", table[i].schema);
        schema = made();
        mark = arena_mark(&arena);
        if (schema_compile(schema, NULL, &arena, &s, &why))
            fail_msg("%s is taken", table[i].schema);
        if (!slice_eq(why.pointer,
                      slice_of(table[i].pointer, strlen(table[i].pointer))) ||
            !contains(why.words, table[i].words) || why.uri.len)
            fail_msg("%s: at \"%.*s\": %.*s", table[i].schema,
                     (int)why.pointer.len, why.pointer.ptr, (int)why.words.len,
                     why.words.ptr);
        assert_true(arena_mark(&arena) - mark < 1024);
        arena_rewind(&arena, 0);
    }
}

/*
 * What is wrong with a keyword's value is wrong for the metaschema too, and
 * the other way round; but for what a metaschema cannot say.
 */
static void test_metaschema(void **state)
{
    static const char *const keywords[] = {"$anchor",
                                           "$dynamicAnchor",
                                           "$vocabulary",
                                           "$comment",
                                           "$defs",
                                           "definitions",
                                           "type",
                                           "enum",
                                           "const",
                                           "minimum",
                                           "maximum",
                                           "exclusiveMinimum",
                                           "exclusiveMaximum",
                                           "multipleOf",
                                           "minLength",
                                           "maxLength",
                                           "pattern",
                                           "format",
                                           "minItems",
                                           "maxItems",
                                           "uniqueItems",
                                           "minProperties",
                                           "maxProperties",
                                           "required",
                                           "properties",
                                           "patternProperties",
                                           "additionalProperties",
                                           "propertyNames",
                                           "prefixItems",
                                           "items",
                                           "contains",
                                           "minContains",
                                           "maxContains",
                                           "dependentRequired",
                                           "dependentSchemas",
                                           "dependencies",
                                           "allOf",
                                           "anyOf",
                                           "oneOf",
                                           "not",
                                           "if",
                                           "then",
                                           "else",
                                           "unevaluatedItems",
                                           "unevaluatedProperties",
                                           "title",
                                           "description",
                                           "default",
                                           "deprecated",
                                           "readOnly",
                                           "writeOnly",
                                           "examples",
                                           "contentEncoding",
                                           "contentMediaType",
                                           "contentSchema",
                                           "unknown"};
    static const char *const values[] = {"null",
                                         "true",
                                         "false",
                                         "0",
                                         "1",
                                         "-1",
                                         "1.5",
                                         "2.0",
                                         "'a'",
                                         "'1'",
                                         "'null'",
                                         "[]",
                                         "['a']",
                                         "['null','array']",
                                         "['null','null']",
                                         "[1]",
                                         "[true]",
                                         "[{}]",
                                         "[true,1]",
                                         "{}",
                                         "{'a':true}",
                                         "{'a':1}",
                                         "{'a':{}}",
                                         "{'a':['b']}",
                                         "{'a':[1]}",
                                         "{'type':'null'}"};
    struct schema_mismatch mismatch;
    struct schema_problem why;
    struct schema *meta, *s;
    struct json_error error;
    struct json_tape tape;

    (void)state;
    put("{'$ref':'https://json-schema.org/draft/2020-12/schema'}");
    assert_true(schema_compile(made(), NULL, &arena, &meta, &why));
    for (size_t i = 0; i < countof(keywords) * countof(values); i++) {
        struct slice schema;
        bool compiles, valid;

        put("{'%s':%s}", keywords[i / countof(values)],
            values[i % countof(values)]);
        schema = made();
        compiles = schema_compile(schema, NULL, &arena, &s, &why);
        assert_true(json_tape_build(schema, &arena, &tape, &error));
        valid = schema_run(meta, &tape, &scratch, &mismatch) == SCHEMA_VALID;
        if (valid != compiles)
            fail_msg("%.*s: %s, %s", (int)schema.len, schema.ptr,
                     valid ? "valid" : "not valid",
                     compiles ? "compiles" : "does not compile");
        arena_rewind(&scratch, 0);
    }
    arena_rewind(&arena, 0);
}

/* A metaschema of one's own; what it demands must be known. */
static bool custom(void *ctx, struct slice uri, struct slice *out)
{
    (void)ctx;
    *out = SLICE("{\"$schema\":\"http://x/m\",\"$id\":\"http://x/m\","
                 "\"$vocabulary\":{\"http://x/v\":true}}");
    if (slice_eq(uri, SLICE("http://x/n")))
        *out = SLICE("{\"$vocabulary\":{\"http://x/v\":false}}");
    return true;
}

static void test_vocabularies(void **state)
{
    struct schema_options options = {.remote = custom};
    struct schema_problem why;
    struct schema *s;

    (void)state;
    put("{'$schema':'http://x/m'}");
    assert_false(schema_compile(made(), &options, &arena, &s, &why));
    assert_true(contains(why.words, "unknown vocabulary: http://x/v"));
    put("{'$schema':'http://x/n','type':1}"); /* no such keyword there */
    assert_true(schema_compile(made(), &options, &arena, &s, &why));
    arena_rewind(&arena, 0);
}

/* The problem of a document that a reference asked for is told of it. */
static bool broken(void *ctx, struct slice uri, struct slice *out)
{
    (void)ctx;
    *out = SLICE("{\"items\": {\"type\": 1}}");
    if (slice_eq(uri, SLICE("http://x/bad")))
        *out = SLICE("{\"items\"");
    return true;
}

static void test_wrong_elsewhere(void **state)
{
    struct schema_options options = {.remote = broken};
    struct schema_problem why;
    struct schema *s;

    (void)state;
    put("{'$ref':'http://x/a#/items'}");
    assert_false(schema_compile(made(), &options, &arena, &s, &why));
    assert_true(slice_eq(why.uri, SLICE("http://x/a")));
    assert_true(slice_eq(why.pointer, SLICE("/items/type")));
    put("{'not':{'$ref':'http://x/bad'}}");
    assert_false(schema_compile(made(), &options, &arena, &s, &why));
    assert_true(slice_eq(why.pointer, SLICE("/not/$ref")));
    assert_true(contains(why.words, "http://x/bad is not JSON"));
    arena_rewind(&arena, 0);
}

/* --- schemas made to hurt ------------------------------------------------- */

static struct schema *compiled(void)
{
    struct schema_problem why;
    struct schema *s = NULL;

    if (!schema_compile(made(), NULL, &arena, &s, &why))
        fail_msg("%.*s: %.*s", (int)why.pointer.len, why.pointer.ptr,
                 (int)why.words.len, why.words.ptr);
    return s;
}

static enum schema_result judged(const struct schema *s)
{
    struct schema_mismatch why;
    struct json_tape tape;
    struct json_error error;
    enum schema_result result;

    assert_true(json_tape_build(made(), &arena, &tape, &error));
    result = schema_run(s, &tape, &scratch, &why);
    arena_rewind(&scratch, 0);
    return result;
}

static void expect(const struct schema *s, const char *instance,
                   enum schema_result want)
{
    enum schema_result got;

    put("%s", instance);
    got = judged(s);
    if (got != want)
        fail_msg("%s: %d, not %d", instance, got, want);
}

/* d0 -> d1 -> ... -> d<n>, each by the same words. */
static void put_chain(int n, const char *link)
{
    put("{'$ref':'#/$defs/d0','$defs':{");
    for (int i = 0; i < n; i++) {
        put("'d%d':{", i);
        for (const char *p = link; *p; p++) {
            if (*p == '@')
                put("{'$ref':'#/$defs/d%d'}", i + 1);
            else
                put("%c", *p);
        }
        put("},");
    }
    put("'d%d':{'type':'number'}}}", n);
}

static void test_chains(void **state)
{
    struct schema *s;

    (void)state;
    put_chain(10000, "'allOf':[@]");
    s = compiled();
    expect(s, "1", SCHEMA_VALID);
    expect(s, "'x'", SCHEMA_INVALID);
    put_chain(10000, "'allOf':[@],'minimum':0");
    s = compiled();
    expect(s, "1", SCHEMA_VALID);
    expect(s, "-1", SCHEMA_INVALID);
    put_chain(100000, "'allOf':[@],'minimum':0"); /* more frames than allowed */
    s = compiled();
    expect(s, "1", SCHEMA_LIMIT);
    /* twice at each of 60 steps, in all ways there are */
    put_chain(60, "'allOf':[@,@]");
    expect(compiled(), "1", SCHEMA_LIMIT);
    put_chain(60, "'anyOf':[@,@]");
    s = compiled();
    expect(s, "1", SCHEMA_VALID);
    expect(s, "'x'", SCHEMA_LIMIT);
    put_chain(60, "'oneOf':[@,@]");
    expect(compiled(), "1", SCHEMA_LIMIT);
    put_chain(6, "'allOf':[@,@,@,@,@,@,@,@,@,@,@,@,@,@,@,@,@,@,@,@,@]");
    expect(compiled(), "1", SCHEMA_LIMIT);
    put("{'if':true,'then':{'$ref':'#'}}");
    expect(compiled(), "1", SCHEMA_LIMIT);
    put("{'$dynamicAnchor':'a','$dynamicRef':'#a'}");
    expect(compiled(), "1", SCHEMA_LIMIT);
    put("{'dependentSchemas':{'a':{'$ref':'#'}}}");
    s = compiled();
    expect(s, "{'a':1}", SCHEMA_LIMIT);
    expect(s, "{'b':1}", SCHEMA_VALID);
    arena_rewind(&arena, 0);
}

static void test_wide(void **state)
{
    enum { MANY = 200000, IDS = 5000 };
    struct schema *s;

    (void)state;
    put("{'enum':[");
    for (int i = 0; i < MANY; i++)
        put(i % 2 ? "'v%d'," : "%d,", i);
    put("null]}");
    s = compiled();
    expect(s, "'v199999'", SCHEMA_VALID);
    expect(s, "199998.0", SCHEMA_VALID);
    expect(s, "199999", SCHEMA_INVALID);
    put("{'$defs':{");
    for (int i = 0; i < IDS; i++)
        put("'d%d':{'$id':'http://x/%d','$anchor':'a','$dynamicAnchor':'n',"
            "'items':{'$dynamicRef':'#n'},'not':{'const':%d}},",
            i, i, i);
    put("'last':true},'allOf':[");
    for (int i = 0; i < IDS; i++)
        put("{'$ref':'http://x/%d#a'},", i);
    put("{'$ref':'#/$defs/last'}]}");
    s = compiled();
    expect(s, "[[-1],-2]", SCHEMA_VALID);
    expect(s, "4999", SCHEMA_INVALID);
    put("{'additionalProperties':false,'properties':{");
    for (int i = 0; i < MANY; i++)
        put("'p%d':{'const':%d},", i, i);
    put("'q':true},'required':['p199999']}");
    s = compiled();
    expect(s, "{'p199999':199999}", SCHEMA_VALID);
    expect(s, "{'p7':7}", SCHEMA_INVALID);
    expect(s, "{'p7':8,'p199999':199999}", SCHEMA_INVALID);
    expect(s, "{'r':8,'p199999':199999}", SCHEMA_INVALID);
    arena_rewind(&arena, 0);
}

/* Values as deep as they may be, through a schema that contains itself. */
static void test_deep(void **state)
{
    struct schema *s;

    (void)state;
    put("{'$id':'http://x/t','$dynamicAnchor':'n','properties':{'c':{'items':"
        "{'$dynamicRef':'#n'}}},'unevaluatedProperties':false}");
    s = compiled();
    for (int wrong = 0; wrong < 2; wrong++) {
        for (int i = 0; i < 500; i++)
            put("{'c':[");
        put(wrong ? "{'d':1}" : "{}");
        for (int i = 0; i < 500; i++)
            put("]}");
        assert_int_equal(judged(s), wrong ? SCHEMA_INVALID : SCHEMA_VALID);
    }
    for (int i = 0; i < JSON_DEPTH_MAX + 1; i++)
        put("{'not':");
    len = 0;
    arena_rewind(&arena, 0);
}

/* However little memory there is, it is said, and given back. */
static void test_no_memory(void **state)
{
    struct schema_problem why;
    struct schema *s;
    struct slice schema;
    struct arena small;
    struct err err;
    bool compiles = false;

    (void)state;
    put("{'$defs':{'a':{'$dynamicAnchor':'x','pattern':'^a+$'},'b':{'$ref':"
        "'https://json-schema.org/draft/2020-12/schema'}},'enum':[1,'a',[2]],"
        "'dependentSchemas':{'a':{'$dynamicRef':'#x'}},'anyOf':[{'not':true},"
        "true],'patternProperties':{'b':{'contains':{'const':1}}}}");
    schema = made();
    for (size_t cap = 4096; !compiles; cap += 4096) {
        assert_true(arena_open(&small, cap, &err));
        compiles = schema_compile(schema, NULL, &small, &s, &why);
        if (!compiles)
            assert_true(contains(why.words, "memory"));
        arena_close(&small);
    }
    arena_rewind(&arena, 0);
}

static void test_no_scratch(void **state)
{
    enum schema_result got = SCHEMA_LIMIT;
    struct schema_mismatch why;
    struct json_tape tape;
    struct json_error error;
    struct schema *s;
    struct arena small;
    struct err err;

    (void)state;
    put("{'$ref':'#/$defs/n','$defs':{'n':{'items':{'$ref':'#/$defs/n'},"
        "'uniqueItems':true,'unevaluatedItems':false,'not':{'const':'\\u0061'}"
        "}}}");
    s = compiled();
    put("[[[[[[[[{'a':1,'a':2}]]]],{'b':[1,2,3,4,5,6,7,8,9]}]]],'\\u0061b',"
        "'\\u0061']");
    assert_true(json_tape_build(made(), &arena, &tape, &error));
    for (size_t cap = 4096; got == SCHEMA_LIMIT; cap += 4096) {
        assert_true(arena_open(&small, cap, &err));
        got = schema_run(s, &tape, &small, &why);
        arena_close(&small);
    }
    assert_int_equal(got, SCHEMA_INVALID);
    arena_rewind(&arena, 0);
}

/* What a rule that failed had taken is given back, so that many that fail
 * need no more than one. */
static void test_given_back(void **state)
{
    enum { NAMES = 70, TRIES = 2000, SMALL = 256 << 10 };
    struct schema *s;
    struct arena large = scratch;
    struct err err;

    (void)state;
    assert_true(arena_open(&scratch, SMALL, &err));
    put("{'items':{'anyOf':[{'properties':{'a':false},'required':[");
    for (int i = 0; i < NAMES; i++)
        put("'p%d',", i);
    put("'q']},true]}}");
    s = compiled();
    put("[");
    for (int i = 0; i < 10 * TRIES; i++)
        put("{'a':1},");
    put("{}]");
    assert_int_equal(judged(s), SCHEMA_VALID);
    put("{'unevaluatedProperties':true,'anyOf':[");
    for (int i = 0; i < TRIES; i++)
        put("{'required':['x']},");
    put("true]}");
    s = compiled();
    put("{");
    for (int i = 0; i < TRIES; i++)
        put("'p%d':1,", i);
    put("'q':1}");
    assert_int_equal(judged(s), SCHEMA_VALID);
    arena_close(&scratch);
    scratch = large;
    arena_rewind(&arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_metaschema),
        cmocka_unit_test(test_vocabularies),
        cmocka_unit_test(test_wrong_elsewhere),
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_no_scratch),
        cmocka_unit_test(test_given_back),
    };
    struct err err;
    int failed;

    if (!arena_open(&arena, (size_t)1 << 30, &err) ||
        !arena_open(&scratch, (size_t)1 << 30, &err))
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&scratch);
    return failed;
}
