/*
 * test_schema.c - verdicts on small documents: which keyword fails, where,
 * and in which words.
 *
 * Every row is run twice: as the program is, and with every rule in a frame
 * of its own (the way of schemas that contain themselves); both must say the
 * same.  In the tables ' stands for ".  The public suite has the standard's
 * corners; here is what it does not ask: words, places, members that repeat,
 * escapes, older drafts, formats of the caller's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/json/text.h"
#include "validate/schema/program_rule.h"

static struct arena arena, scratch;

/* A text with " for '; the words of a mismatch may have both. */
static struct slice quoted(const char *text)
{
    size_t n = strlen(text);
    char *out = arena_bytes(&arena, n + 1);

    assert_non_null(out);
    for (size_t i = 0; i <= n; i++)
        out[i] = text[i];
    for (size_t i = 0; i < n; i++)
        if (out[i] == '\'')
            out[i] = '"';
    return slice_of(out, n);
}

static void same_text(const char *what, struct slice got, const char *want,
                      const char *row)
{
    bool same = got.len == strlen(want);

    for (size_t i = 0; same && i < got.len; i++)
        same = (got.ptr[i] == '"' ? '\'' : got.ptr[i]) == want[i];
    if (!same)
        fail_msg("%s: %s is \"%.*s\", not \"%s\"", row, what, (int)got.len,
                 got.ptr, want);
}

static struct schema *compiled(const char *text,
                               const struct schema_options *options)
{
    struct schema_problem why;
    struct schema *s = NULL;

    if (!schema_compile(quoted(text), options, &arena, &s, &why))
        fail_msg("%s: %.*s: %.*s", text, (int)why.pointer.len, why.pointer.ptr,
                 (int)why.words.len, why.words.ptr);
    return s;
}

/* The rules are in the test's own arena. */
static void frame_all(struct schema *s)
{
    for (uint32_t i = 0; i < s->n_rules; i++)
        ((struct rule *)(uintptr_t)&s->rules[i])->height = RULE_FRAMED;
}

static enum schema_result judged(const struct schema *s, const char *instance,
                                 struct schema_mismatch *why)
{
    struct json_tape tape;
    struct json_error error;

    if (!json_tape_build(quoted(instance), &arena, &tape, &error))
        fail_msg("%s: no JSON", instance);
    return schema_run(s, &tape, &scratch, why);
}

struct row {
    const char *schema, *instance;
    const char *keyword; /* NULL: valid */
    const char *instance_pointer, *schema_pointer, *message;
};

static void check_verdict(const struct row *row, const struct schema *s)
{
    struct schema_mismatch why;
    enum schema_result got = judged(s, row->instance, &why);

    if ((got == SCHEMA_VALID) != !row->keyword || got == SCHEMA_LIMIT)
        fail_msg("%s %s: %d %.*s", row->schema, row->instance, got,
                 got ? (int)why.message.len : 0, got ? why.message.ptr : "");
    if (row->keyword) {
        same_text("keyword", why.keyword, row->keyword, row->schema);
        same_text("instance pointer", why.instance_pointer,
                  row->instance_pointer, row->schema);
        same_text("schema pointer", why.schema_pointer, row->schema_pointer,
                  row->schema);
        same_text("message", why.message, row->message, row->schema);
    }
    arena_rewind(&scratch, 0);
}

static void check_rows(const struct row *rows, size_t n,
                       const struct schema_options *options)
{
    for (size_t i = 0; i < n; i++) {
        struct schema *s = compiled(rows[i].schema, options);

        check_verdict(&rows[i], s);
        frame_all(s);
        check_verdict(&rows[i], s);
        schema_drop(s);
        arena_rewind(&arena, 0);
    }
}

static void test_words(void **state)
{
    static const struct row rows[] = {
        {"true", "1", NULL, NULL, NULL, NULL},
        {"false", "1", "false", "", "", "the schema allows nothing at all"},
        {"{'properties':{'yield':{'maximum':100}}}", "{'yield':140}", "maximum",
         "/yield", "/properties/yield/maximum",
         "yield is 140, at most 100 is allowed"},
        {"{'properties':{'yield':{'minimum':0}}}", "{'yield':-0.5}", "minimum",
         "/yield", "/properties/yield/minimum",
         "yield is -0.5, at least 0 is allowed"},
        {"{'items':{'exclusiveMinimum':0}}", "[1,0]", "exclusiveMinimum", "/1",
         "/items/exclusiveMinimum", "item [1] is 0, more than 0 is needed"},
        {"{'exclusiveMaximum':1e2}", "100", "exclusiveMaximum", "",
         "/exclusiveMaximum", "the document is 100, less than 1e2 is needed"},
        {"{'multipleOf':0.1}", "0.25", "multipleOf", "", "/multipleOf",
         "the document is 0.25, a multiple of 0.1 is expected"},
        {"{'required':['products']}", "{}", "required", "", "/required",
         "the property 'products' is missing"},
        {"{'properties':{'r':{'items':{'required':['smiles']}}}}",
         "{'r':[{'smiles':1},{}]}", "required", "/r/1",
         "/properties/r/items/required",
         "the property 'smiles' is missing in r[1]"},
        {"{'properties':{'n':{'type':['number','null']}}}", "{'n':'12 %'}",
         "type", "/n", "/properties/n/type",
         "n is the string '12 %', a number or null is expected"},
        {"{'type':'integer'}", "1.5", "type", "", "/type",
         "the document is the number 1.5, a whole number is expected"},
        {"{'type':['number','integer','object']}", "'x'", "type", "", "/type",
         "the document is the string 'x', an object or a number is expected"},
        {"{'properties':{'d':{'enum':['Easy','Hard',3]}}}", "{'d':'easy'}",
         "enum", "/d", "/properties/d/enum",
         "d is 'easy', allowed: 'Easy', 'Hard', 3"},
        {"{'properties':{'u':{'const':'g'}}}", "{'u':'mg'}", "const", "/u",
         "/properties/u/const", "u is 'mg', 'g' is expected"},
        {"{'properties':{'t':{'minLength':5}}}", "{'t':'ab'}", "minLength",
         "/t", "/properties/t/minLength",
         "t has 2 characters, at least 5 are needed"},
        {"{'maxLength':1}", "'\\ud83d\\ude00b'", "maxLength", "", "/maxLength",
         "the document has 2 characters, at most 1 are allowed"},
        {"{'maxLength':1}", "'\\ud83d\\ude00'", NULL, NULL, NULL, NULL},
        {"{'minItems':1}", "[]", "minItems", "", "/minItems",
         "the document has 0 items, at least 1 are needed"},
        {"{'maxProperties':1}", "{'a':1,'b':2}", "maxProperties", "",
         "/maxProperties",
         "the document has 2 properties, at most 1 are "
         "allowed"},
        {"{'pattern':'^a'}", "'b'", "pattern", "", "/pattern",
         "the document is 'b', which does not match '^a'"},
        {"{'uniqueItems':true}", "['a',1,'a']", "uniqueItems", "/2",
         "/uniqueItems", "item [2] repeats item [0]: 'a'"},
        {"{'properties':{'a':true},'additionalProperties':false}", "{'b':1}",
         "additionalProperties", "/b", "/additionalProperties",
         "the property 'b' is not allowed"},
        {"{'properties':{'a':false}}", "{'a':1}", "false", "/a",
         "/properties/a", "the property 'a' is not allowed"},
        {"{'prefixItems':[true],'items':false}", "[1,2]", "items", "/1",
         "/items", "item [1] is not allowed"},
        {"{'unevaluatedProperties':false}", "{'x':1}", "unevaluatedProperties",
         "/x", "/unevaluatedProperties", "the property 'x' is not allowed"},
        {"{'propertyNames':{'maxLength':2}}", "{'abc':1}", "maxLength", "/abc",
         "/propertyNames/maxLength",
         "the name 'abc' has 3 characters, at most 2 are allowed"},
        {"{'contains':{'type':'null'}}", "[1]", "contains", "", "/contains",
         "the document has no item of the kind it must contain"},
        {"{'contains':{'type':'null'},'minContains':2}", "[1,null]",
         "minContains", "", "/minContains",
         "the document has 1 item of the kind it must contain, at least 2 are "
         "needed"},
        {"{'contains':true,'maxContains':1}", "[1,2,3]", "maxContains", "",
         "/maxContains",
         "the document has 2 items or more of a kind, at most 1 are allowed"},
        {"{'dependentRequired':{'a':['b']}}", "{'a':1}", "dependentRequired",
         "", "/dependentRequired",
         "the property 'b' is missing; another property asks for it"},
        {"{'not':{'type':'null'}}", "null", "not", "", "/not",
         "the document has a form that is not allowed"},
        {"{'properties':{'x':{'anyOf':[{'type':'string'},{'type':'null'}]}}}",
         "{'x':1}", "anyOf", "/x", "/properties/x/anyOf",
         "x is the number 1, a string or null is expected"},
        {"{'anyOf':[{'type':'null'},{'required':['a']}]}", "{}", "anyOf", "",
         "/anyOf",
         "the document has none of the 2 allowed forms; the nearest one: the "
         "property 'a' is missing"},
        {"{'oneOf':[{'type':'null'},true,true]}", "1", "oneOf", "", "/oneOf",
         "the document has more than one of the 3 forms of which exactly one "
         "is allowed"},
        {"{'$ref':'#/$defs/a~1b','$defs':{'a/b':{'type':'null'}}}", "1", "type",
         "", "/$defs/a~1b/type",
         "the document is the number 1, null is expected"},
        {"{'properties':{'a':{'$ref':'https://json-schema.org/draft/2020-12/"
         "schema'}}}",
         "{'a':{'minLength':'x'}}", "type", "/a/minLength",
         "https://json-schema.org/draft/2020-12/meta/validation#/properties/"
         "minLength/type",
         "minLength is the string 'x', a whole number is expected"},
    };

    (void)state;
    check_rows(rows, countof(rows), NULL);
}

static void test_values(void **state)
{
    static const struct row rows[] = {
        /* numbers are what they are, however they are written */
        {"{'const':100}", "1e2", NULL, NULL, NULL, NULL},
        {"{'enum':[1.0,9007199254740993]}", "9007199254740993", NULL, NULL,
         NULL, NULL},
        {"{'const':9007199254740993}", "9007199254740992", "const", "",
         "/const",
         "the document is 9007199254740992, 9007199254740993 is expected"},
        {"{'uniqueItems':true}", "[1,1.0]", "uniqueItems", "/1", "/uniqueItems",
         "item [1] repeats item [0]: 1.0"},
        {"{'minimum':-0.5,'maximum':99.5}", "99.50", NULL, NULL, NULL, NULL},
        {"{'maximum':99.5}", "99.51", "maximum", "", "/maximum",
         "the document is 99.51, at most 99.5 is allowed"},
        {"{'minimum':-273}", "-272.9", NULL, NULL, NULL, NULL},
        {"{'minimum':-273}", "-273.01", "minimum", "", "/minimum",
         "the document is -273.01, at least -273 is allowed"},
        {"{'exclusiveMinimum':0}", "0.0001", NULL, NULL, NULL, NULL},
        {"{'exclusiveMinimum':0}", "-0.0", "exclusiveMinimum", "",
         "/exclusiveMinimum", "the document is -0.0, more than 0 is needed"},
        {"{'maximum':9223372036854775807}", "9223372036854775808", "maximum",
         "", "/maximum",
         "the document is 9223372036854775808, at most 9223372036854775807 is "
         "allowed"},
        {"{'type':'integer'}", "1e400", NULL, NULL, NULL, NULL},
        /* names and strings are what they say */
        {"{'properties':{'a\\u0062c':{'type':'null'}}}", "{'\\u0061bc':1}",
         "type", "/abc", "/properties/abc/type",
         "\\u0061bc is the number 1, null is expected"},
        {"{'required':['\\u00e9']}", "{'\xC3\xA9':1}", NULL, NULL, NULL, NULL},
        {"{'enum':['a\\/b']}", "'a/b'", NULL, NULL, NULL, NULL},
        {"{'pattern':'^\xC3\xA9$'}", "'\\u00e9'", NULL, NULL, NULL, NULL},
        {"{'const':{'a':[1,{'b':2}],'c':null}}", "{'c':null,'a':[1.0,{'b':2}]}",
         NULL, NULL, NULL, NULL},
        {"{'const':{'a':1}}", "{'a':1,'b':1}", "const", "", "/const",
         "the document is an object, an object is expected"},
        {"{'uniqueItems':true}", "[{'a':1,'b':[]},{'b':[],'a':1}]",
         "uniqueItems", "/1", "/uniqueItems",
         "item [1] repeats item [0]: an object"},
        {"{'uniqueItems':true}",
         "[{'a':1},{'a':1,'b':2},{},[1],[1,2],[],[[]],'a']", NULL, NULL, NULL,
         NULL},
        {"{'properties':{'aaaaaaaaXaaaaaaaa':{'type':'null'},"
         "'aaaaaaaaYaaaaaaaa':{'type':'number'}}}",
         "{'aaaaaaaaYaaaaaaaa':1,'aaaaaaaaZaaaaaaaa':'x'}", NULL, NULL, NULL,
         NULL},
        {"{'uniqueItems':true}", "[0,1,2,3,4,5,6,7,8,9,'a',[],{},null,true,1]",
         "uniqueItems", "/15", "/uniqueItems", "item [15] repeats item [1]: 1"},
        /* of members that repeat the last one counts */
        {"{'properties':{'a':{'type':'null'}}}", "{'a':1,'a':null}", NULL, NULL,
         NULL, NULL},
        {"{'properties':{'a':{'type':'null'}}}", "{'a':null,'\\u0061':1}",
         "type", "/a", "/properties/a/type",
         "\\u0061 is the number 1, null is expected"},
        {"{'minProperties':2}", "{'a':1,'a':2}", "minProperties", "",
         "/minProperties",
         "the document has 1 property, at least 2 are needed"},
        {"{'uniqueItems':true}", "[{'a':1},{'a':2,'a':1}]", "uniqueItems", "/1",
         "/uniqueItems", "item [1] repeats item [0]: an object"},
        {"{'not':{'required':['a'],'properties':{'a':{'const':1}}}}",
         "{'a':2,'a':1}", "not", "", "/not",
         "the document has a form that is not allowed"},
        {"{'properties':{'a':{'minimum':1},'a':true}}", "{'a':0}", NULL, NULL,
         NULL, NULL},
        {"{'items':{'properties':{'a':{'items':{'type':'null'}}}}}",
         "[{'a':[1],'b':[{'c':1}],'a':[null]},{'a':[null,2]}]", "type",
         "/1/a/1", "/items/properties/a/items/type",
         "a[1] is the number 2, null is expected"},
    };

    (void)state;
    check_rows(rows, countof(rows), NULL);
}

/* A scope that was left may be entered again. */
static void test_scopes(void **state)
{
#define SCOPES                                                             \
    "{'$id':'http://x/','prefixItems':[{'$ref':'a'},{'$ref':'list'},"      \
    "{'$ref':'a'}],'$defs':{'a':{'$id':'a','$ref':'list','$defs':{'n':"    \
    "{'$dynamicAnchor':'n','type':'null'}}},'list':{'$id':'list','items':" \
    "{'$dynamicRef':'#n'},'$defs':{'n':{'$dynamicAnchor':'n'}}}}}"
    static const struct row rows[] = {
        {SCOPES, "[[null],[1],[null]]", NULL, NULL, NULL, NULL},
        {SCOPES, "[[1]]", "type", "/0/0", "/$defs/a/$defs/n/type",
         "item [0][0] is the number 1, null is expected"},
        {SCOPES, "[[null],[1],[1]]", "type", "/2/0", "/$defs/a/$defs/n/type",
         "item [2][0] is the number 1, null is expected"},
    };

    (void)state;
    check_rows(rows, countof(rows), NULL);
}

/* Rules of older drafts, where a document declares one. */
static void test_drafts(void **state)
{
#define DRAFT7    "'$schema':'http://json-schema.org/draft-07/schema#'"
#define DRAFT2019 "'$schema':'https://json-schema.org/draft/2019-09/schema'"
    static const struct row rows[] = {
        {"{" DRAFT7 ",'items':[{'type':'null'}],'additionalItems':false}",
         "[null,1]", "additionalItems", "/1", "/additionalItems",
         "item [1] is not allowed"},
        {"{" DRAFT7 ",'$ref':'#/definitions/a','type':'null','definitions':"
         "{'a':{'type':'number'}}}",
         "1", NULL, NULL, NULL, NULL},
        {"{" DRAFT7 ",'$ref':'#a','definitions':{'x':{'$id':'#a','type':"
         "'number'}}}",
         "'x'", "type", "", "/definitions/x/type",
         "the document is the string 'x', a number is expected"},
        {"{" DRAFT7 ",'unevaluatedItems':false,'prefixItems':[false]}", "[1]",
         NULL, NULL, NULL, NULL},
        {"{" DRAFT2019 ",'prefixItems':[false],'items':[{'type':'null'}]}",
         "[1]", "type", "/0", "/items/0/type",
         "item [0] is the number 1, null is expected"},
        {"{" DRAFT2019 ",'$id':'http://x/tree','$recursiveAnchor':true,"
         "'$ref':'list','$defs':{'list':{'$id':'list','$recursiveAnchor':true,"
         "'items':{'$recursiveRef':'#'}}},'maxItems':1}",
         "[[1,2]]", "maxItems", "/0", "/maxItems",
         "item [0] has 2 items, at most 1 are allowed"},
        {"{" DRAFT2019 ",'contains':true,'unevaluatedItems':false}", "[1]",
         "unevaluatedItems", "/0", "/unevaluatedItems",
         "item [0] is not allowed"},
        {"{'contains':true,'unevaluatedItems':false}", "[1]", NULL, NULL, NULL,
         NULL},
        {"{'dependencies':{'a':['b'],'c':{'required':['d']}}}", "{'a':1}",
         "dependencies", "", "/dependencies",
         "the property 'b' is missing; another property asks for it"},
        {"{'dependencies':{'a':['b'],'c':{'required':['d']}}}", "{'c':1}",
         "required", "", "/dependencies/c/required",
         "the property 'd' is missing"},
    };

    (void)state;
    check_rows(rows, countof(rows), NULL);
}

static bool even(void *ctx, struct slice text, struct arena *room,
                 struct slice *words)
{
    (void)room;
    *words = *(struct slice *)ctx;
    return text.len % 2 == 0;
}

static void test_formats(void **state)
{
    struct slice words = SLICE("is odd"), none = {NULL, 0};
    struct schema_format own[] = {{SLICE("even"), even, &words},
                                  {SLICE("mute"), even, &none}};
    struct schema_options options = {.formats = own, .n_formats = 2};
    static const struct row quiet[] = {
        {"{'format':'date'}", "'never'", NULL, NULL, NULL, NULL},
        {"{'format':'even'}", "'abc'", "format", "", "/format",
         "the document 'abc' is odd"},
        {"{'format':'mute'}", "'abc'", "format", "", "/format",
         "the document 'abc' is no mute"},
        {"{'format':'even'}", "'a\\u0062'", NULL, NULL, NULL, NULL},
        {"{'format':'even'}", "1", NULL, NULL, NULL, NULL},
        {"{'format':'unheard-of'}", "'abc'", NULL, NULL, NULL, NULL},
    };
    static const struct row loud[] = {
        {"{'properties':{'d':{'format':'date'}}}", "{'d':'never'}", "format",
         "/d", "/properties/d/format", "d 'never' is not a date (YYYY-MM-DD)"},
        {"{'format':'date'}", "'2024-02-29'", NULL, NULL, NULL, NULL},
        {"{'format':'unheard-of'}", "'abc'", NULL, NULL, NULL, NULL},
    };

    (void)state;
    check_rows(quiet, countof(quiet), &options);
    options.format_assertion = true;
    check_rows(loud, countof(loud), &options);
}

static bool library(void *ctx, struct slice uri, struct slice *text)
{
    ++*(int *)ctx;
    if (slice_eq(uri, SLICE("http://x/a.json")))
        *text = SLICE("{\"$ref\":\"b.json#/x\"}");
    else if (slice_eq(uri, SLICE("http://x/b.json")))
        *text = SLICE("{\"x\":{\"type\":\"null\"}}");
    else
        return false;
    return true;
}

static void test_remotes(void **state)
{
    int asked = 0;
    struct schema_options options = {.remote = library,
                                     .ctx = &asked,
                                     .base_uri = SLICE("http://x/main.json")};
    static const struct row rows[] = {
        {"{'items':{'$ref':'a.json'},'contains':{'$ref':'a.json#'}}", "[1]",
         "type", "/0", "http://x/b.json#/x/type",
         "item [0] is the number 1, null is expected"},
    };

    (void)state;
    check_rows(rows, countof(rows), &options);
    assert_int_equal(asked, 2); /* each document once */
}

/* Words stay whole characters, of bearable length, without control bytes. */
static void test_long_words(void **state)
{
    char instance[4096] = "{'", *p = instance + 2;
    struct schema_mismatch why;
    struct schema *s;

    (void)state;
    for (int i = 0; i < 100; i++)
        p = (char *)memcpy(p, "\xE2\x82\xAC", 3) + 3;
    p = (char *)memcpy(p, "':'", 3) + 3;
    for (int i = 0; i < 1000; i++)
        p = (char *)memcpy(p, "\xC3\xA9", 2) + 2;
    memcpy(p, "'}", 3);
    s = compiled("{'additionalProperties':{'enum':['\\u0000\\n','abc']}}",
                 NULL);
    assert_int_equal(judged(s, instance, &why), SCHEMA_INVALID);
    assert_true(why.message.len < 300);
    for (size_t i = 0; i < why.message.len; i++)
        assert_true((unsigned char)why.message.ptr[i] >= ' ');
    assert_int_equal(json_utf8_valid(why.message), why.message.len);
    arena_rewind(&scratch, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),      cmocka_unit_test(test_values),
        cmocka_unit_test(test_drafts),     cmocka_unit_test(test_formats),
        cmocka_unit_test(test_remotes),    cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_long_words),
    };
    struct err err;
    int failed;

    if (!arena_open(&arena, (size_t)64 << 20, &err) ||
        !arena_open(&scratch, (size_t)64 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&scratch);
    return failed;
}
