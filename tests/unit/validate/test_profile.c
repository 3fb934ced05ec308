/* test_profile.c - profiles that are none are told where and why. */
#include "tests/judge_profile.h"
#include "validate/record/recipe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

/* A table with one column, and more of "x-decant". */
#define TABLE(more)                                                \
    "{\"x-decant\":{\"table\":\"t\",\"columns\":{\"a\":{\"type\":" \
    "\"text\"}}," more "}}"
#define COLUMN(members) \
    "{\"x-decant\":{\"table\":\"t\",\"columns\":{\"a\":{" members "}}}}"
#define RULES(members) "{\"x-decant\":{\"rules\":{" members "}}}"

static const struct {
    const char *text, *pointer, *words; /* words: a part of them */
} bad[] = {
    /* the document */
    {"", "", "not JSON: line 1, byte 1"},
    {"{\n \"a\": 1,\n}", "", "not JSON: line 3, byte 1"},
    {"[]", "", "a profile is an object"},
    {"{\"a\":\"\\u0000\"}", "", "\\u0000"},
    {"{\"type\":\"strin\"}", "/type", ""},
    {"{\"$ref\":\"other.json\"}", "/$ref", ""},
    {"{\"x-decant\":[]}", "/x-decant", "must be an object"},
    {"{\"x-decant\":{\"colums\":{}}}", "/x-decant/colums",
     "did you mean \"columns\"?"},
    {"{\"x-decant\":{\"qqqqqq\":{}}}", "/x-decant/qqqqqq",
     "here may stand: payload, table"},
    {"{\"x-decant\":{\"payload\":\"xml\"}}", "/x-decant/payload", "\"json\""},
    {"{\"x-decant\":{\"payload\":\"text\",\"payload\":\"text\"}}",
     "/x-decant/payload", "stands twice"},
    {"{\"type\":\"object\",\"x-decant\":{\"payload\":\"text\"}}", "",
     "cannot have a schema"},
    /* the table */
    {"{\"x-decant\":{\"table\":\"t\"}}", "/x-decant", "go together"},
    {"{\"x-decant\":{\"columns\":{}}}", "/x-decant", "go together"},
    {"{\"x-decant\":{\"table\":\"a.b.c\",\"columns\":{}}}", "/x-decant/table",
     "schema and a name"},
    {"{\"x-decant\":{\"table\":\"\",\"columns\":{}}}", "/x-decant/table",
     "schema and a name"},
    {"{\"x-decant\":{\"table\":\"t\",\"columns\":{}}}", "/x-decant/columns",
     "1 to 256"},
    {"{\"x-decant\":{\"table\":\"t\",\"columns\":[]}}", "/x-decant/columns",
     "must be an object"},
    {TABLE("\"spread\":\"steps\""), "/x-decant/spread", "begins with '/'"},
    {TABLE("\"spread\":\"/a/*\""), "/x-decant/spread", "without *"},
    {TABLE("\"spread\":\"/a~2\""), "/x-decant/spread", "~0"},
    {TABLE("\"expect\":{\"b\":{}}"), "/x-decant/expect/b", "no such column"},
    {TABLE("\"expect\":{\"a\":{\"x\":-1}}"), "/x-decant/expect/a/x",
     "whole number"},
    {TABLE("\"dimension\":3"), "/x-decant/dimension", "float4[]"},
    {"{\"x-decant\":{\"table\":\"t\",\"columns\":{\"a\":{\"type\":\"text\"},"
     "\"\\u0061\":{\"type\":\"text\"}}}}",
     "/x-decant/columns/a", "stands twice"},
    /* a column */
    {COLUMN(""), "/x-decant/columns/a", "needs a \"type\""},
    {COLUMN("\"type\":\"int\""), "/x-decant/columns/a/type",
     "did you mean \"int4\"?"},
    {COLUMN("\"type\":\"varchar\""), "/x-decant/columns/a/type",
     "there are text, int4"},
    {COLUMN("\"type\":\"text\",\"form\":\"/a\""), "/x-decant/columns/a/form",
     "did you mean \"from\"?"},
    {COLUMN("\"type\":\"text\",\"from\":\"kye\""), "/x-decant/columns/a/from",
     "did you mean \"key\"?"},
    {COLUMN("\"type\":\"text\",\"from\":\"question\""),
     "/x-decant/columns/a/from", "begins with '/'"},
    {COLUMN("\"type\":\"text\",\"from\":\"/a/*\""), "/x-decant/columns/a/from",
     "several values"},
    {COLUMN("\"type\":\"text\",\"pointer\":\"/a\",\"from\":\"key\""),
     "/x-decant/columns/a/pointer", "\"payload\" only"},
    {COLUMN("\"type\":\"text\",\"from\":\"index\""), "/x-decant/columns/a/type",
     "int4 or int8"},
    {COLUMN("\"type\":\"int4\",\"from\":\"index\""), "/x-decant/columns/a/from",
     "needs a \"spread\""},
    {COLUMN("\"type\":\"text\",\"from\":\"offset\""),
     "/x-decant/columns/a/type", "int4 or int8"},
    {COLUMN("\"type\":\"int8\",\"from\":\"model\""), "/x-decant/columns/a/type",
     "this is text"},
    {COLUMN("\"type\":\"jsonb\",\"from\":\"key\""), "/x-decant/columns/a/type",
     "a key is no jsonb"},
    {COLUMN("\"type\":\"text\",\"required\":1"), "/x-decant/columns/a/required",
     "true or false"},
    {COLUMN("\"type\":\"int4\",\"default\":\"1\""),
     "/x-decant/columns/a/default", "it is text"},
    {COLUMN("\"type\":\"int4\",\"default\":3e9"), "/x-decant/columns/a/default",
     "too large for int4"},
    {COLUMN("\"type\":\"date\",\"from\":\"constant\",\"value\":\"2023-02-29\""),
     "/x-decant/columns/a/value", "no calendar"},
    {COLUMN("\"type\":\"text\",\"from\":\"constant\""), "/x-decant/columns/a",
     "needs a \"value\""},
    {COLUMN("\"type\":\"text\",\"value\":1"), "/x-decant/columns/a/value",
     "\"constant\" only"},
    /* the key */
    {COLUMN("\"type\":\"text\",\"match\":\"x\""), "/x-decant/columns/a/match",
     "\"key\" only"},
    {COLUMN("\"type\":\"text\",\"from\":\"key\",\"group\":\"x\""),
     "/x-decant/columns/a/group", "without \"match\""},
    {COLUMN("\"type\":\"text\",\"from\":\"key\",\"match\":\"(?<b>x)\""),
     "/x-decant/columns/a/match", "no group (?<a>...)"},
    {COLUMN("\"type\":\"text\",\"from\":\"key\",\"match\":\"(?<b>x\""),
     "/x-decant/columns/a/match", "of the pattern"},
    {COLUMN("\"type\":\"text\",\"from\":\"key\",\"match\":\"(?<b>x)\","
            "\"group\":\"c\""),
     "/x-decant/columns/a/group", "no group (?<c>...)"},
    /* text payloads */
    {"{\"x-decant\":{\"payload\":\"text\",\"table\":\"t\",\"columns\":{\"a\":{"
     "\"type\":\"text\"}}}}",
     "/x-decant/columns/a", "\"from\": \"text\""},
    {"{\"x-decant\":{\"payload\":\"text\",\"rules\":{\"differ\":[]}}}",
     "/x-decant/rules", "JSON payloads"},
    /* fields */
    {"{\"x-decant\":{\"fields\":{\"/a\":\"smile\"}}}", "/x-decant/fields/~1a",
     "reaction-smiles"},
    {"{\"x-decant\":{\"fields\":{\"a\":\"smiles\"}}}", "/x-decant/fields/a",
     "begins with '/'"},
    /* rules */
    {RULES("\"option\":{}"), "/x-decant/rules/option",
     "did you mean \"options\"?"},
    {RULES("\"options\":{}"), "/x-decant/rules/options", "needs a \"list\""},
    {RULES("\"options\":{\"list\":\"/a\",\"mark\":\"text\"}"),
     "/x-decant/rules/options/mark", "without \"answer\""},
    {RULES("\"options\":[{\"list\":\"/a\",\"answer\":\"/b\",\"mark\":\"x\"}]"),
     "/x-decant/rules/options/0/mark", "\"letter\""},
    {RULES("\"differ\":[[\"/a\"]]"), "/x-decant/rules/differ/0",
     "at least 2 pointers"},
    {RULES("\"differ\":{}"), "/x-decant/rules/differ", "must be a list"},
    {RULES("\"unique\":[[]]"), "/x-decant/rules/unique/0",
     "at least 1 pointer"},
    {RULES("\"template\":[\"x\"]"), "/x-decant/rules/template",
     "no_placeholder"},
    {RULES("\"no_placeholder\":[\"/a\"],\"template\":[\" \"]"),
     "/x-decant/rules/template/0", "empty template"},
    {RULES("\"min_words\":{\"/a\":\"3\"}"), "/x-decant/rules/min_words/~1a",
     "whole number"},
    {RULES("\"language\":{\"/a\":\"xx\"}"), "/x-decant/rules/language/~1a",
     "decant knows"},
    {RULES("\"not_among\":[[\"/a\"]]"), "/x-decant/rules/not_among/0",
     "two pointers"},
    /* xml */
    {"{\"x-decant\":{\"xml\":{\"kind\":\"qti\"}}}", "/x-decant/xml",
     "needs a \"pointer\""},
    {"{\"x-decant\":{\"xml\":{\"pointer\":\"/x\",\"kind\":\"svg\"}}}",
     "/x-decant/xml/kind", "\"qti\""},
    {"{\"x-decant\":{\"xml\":{\"pointer\":\"/x\",\"kind\":\"qti\",\"xsd\":"
     "\"a.xsd\"}}}",
     "/x-decant/xml/xsd", "no file \"a.xsd\""},
};

static bool holds(struct slice text, const char *part)
{
    return !*part || memmem(text.ptr, text.len, part, strlen(part));
}

static void bad_profiles(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < countof(bad); i++) {
        struct profile_source source = {
            .name = SLICE("p.json"),
            .text = slice_of(bad[i].text, strlen(bad[i].text))};
        struct slice pointer = slice_of(bad[i].pointer, strlen(bad[i].pointer));
        const struct profile *p;
        struct profile_problem why;
        bool parsed;

        arena_rewind(&arena, 0);
        parsed = profile_parse(&source, &arena, &p, &why);
        if (!parsed && slice_eq(why.pointer, pointer) && why.words.len &&
            holds(why.words, bad[i].words))
            continue;
        wrong++;
        if (parsed)
            print_error("%s: parsed\n", bad[i].text);
        else
            print_error("%s:\n  \"%.*s\": %.*s\n", bad[i].text,
                        (int)why.pointer.len, why.pointer.ptr,
                        (int)why.words.len, why.words.ptr);
    }
    assert_int_equal(wrong, 0);
}

/* --- sound ones ----------------------------------------------------------- */

static const struct profile *parse(const char *text)
{
    struct profile_source source = {.name = SLICE("p.json"),
                                    .text = slice_of(text, strlen(text))};
    const struct profile *p = NULL;
    struct profile_problem why;

    if (!profile_parse(&source, &arena, &p, &why))
        print_error("\"%.*s\": %.*s\n", (int)why.pointer.len, why.pointer.ptr,
                    (int)why.words.len, why.words.ptr);
    assert_non_null(p);
    return p;
}

static void tables(void **state)
{
    const struct profile *p;

    (void)state;
    arena_rewind(&arena, 0);
    p = parse(TABLE("\"payload\":\"json\""));
    assert_true(slice_eq(p->table_schema, SLICE("decant")));
    assert_true(slice_eq(p->table, SLICE("t")));
    assert_null(p->schema);
    p = parse("{\"type\":\"object\",\"x-decant\":{\"table\":\"Lab 1.R\\\"x\","
              "\"columns\":{\"a b\":{\"type\":\"text[]\",\"from\":\"\","
              "\"required\":true}},\"expect\":{\"a b\":{\"x\":3,\"\":0}}}}");
    assert_true(slice_eq(p->table_schema, SLICE("Lab 1")));
    assert_true(slice_eq(p->table, SLICE("R\"x")));
    assert_true(p->columns[0].required);
    assert_int_equal(p->columns[0].type, COLUMN_TEXT_ARRAY);
    assert_non_null(p->schema);
    assert_int_equal(p->n_expected, 2);
    assert_int_equal(p->expected[0].count, 3);
    assert_true(slice_eq(p->expected[1].value, SLICE("")));
    /* A plain schema is a profile without a table. */
    p = parse("{\"type\":\"object\"}");
    assert_int_equal(p->n_columns, 0);
    assert_non_null(p->schema);
}

/* Every column type by its name, and back. */
static void types(void **state)
{
    enum column_type type;

    (void)state;
    for (unsigned i = 0; i < COLUMN_TYPE_COUNT; i++) {
        assert_true(
            column_type_find(column_type_name((enum column_type)i), &type));
        assert_int_equal(type, i);
    }
    assert_false(column_type_find(SLICE("TEXT"), &type));
}

/* "/path=class ..." of all fields, in order. */
static void fields_are(const char *text, const char *want)
{
    const struct profile *p;
    char got[2000];
    size_t len = 0;

    arena_rewind(&arena, 0);
    p = parse(text);
    for (size_t i = 0; i < p->fields.count; i++) {
        struct slice class = field_class_name(p->fields.list[i].class);
        struct slice at = p->fields.list[i].pointer;

        len += (size_t)snprintf(got + len, sizeof(got) - len, "%s%.*s=%.*s",
                                i ? " " : "", (int)at.len, at.ptr,
                                (int)class.len, class.ptr);
    }
    got[len] = '\0';
    assert_string_equal(got, want);
}

static void fields(void **state)
{
    (void)state;
    fields_are("{\"properties\":{\"a\":{\"format\":\"smiles\"},\"b/c\":{"
               "\"items\":{\"format\":\"latex\"}}}}",
               "/a=smiles /b~1c/*=latex");
    /* Declared ones come first and win. */
    fields_are("{\"properties\":{\"a\":{\"format\":\"smiles\"}},\"x-decant\":{"
               "\"fields\":{\"/b\":\"code\",\"/a\":\"text\"}}}",
               "/b=code /a=text");
    fields_are("{\"$defs\":{\"m\":{\"format\":\"smiles\"}},\"prefixItems\":[{"
               "\"$ref\":\"#/$defs/m\"},{\"type\":\"object\","
               "\"additionalProperties\":{\"format\":\"path\"}}],\"items\":{"
               "\"format\":\"reaction-smiles\"}}",
               "/0=smiles /*=reaction-smiles /1/*=path");
    fields_are("{\"anyOf\":[{\"oneOf\":[{\"format\":\"regex\"}]}],\"if\":{"
               "\"properties\":{\"x\":{\"format\":\"date\"}}},\"then\":{"
               "\"patternProperties\":{\"^s\":{\"format\":\"smiles\"}}}}",
               "=regex /*=smiles");
    /* A format is no property's name, and no reference leads outside. */
    fields_are("{\"properties\":{\"format\":{\"const\":\"smiles\"}}}", "");
    /* One that refers to itself ends. */
    fields_are("{\"properties\":{\"s\":{\"format\":\"smiles\"},\"sub\":{"
               "\"$ref\":\"#\"}},\"maxProperties\":1}",
               "/s=smiles /sub/s=smiles /sub/sub/s=smiles "
               "/sub/sub/sub/s=smiles /sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/"
               "s=smiles "
               "/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/sub/"
               "s=smiles");
}

/* What columns hold follows from the fields. */
static void column_classes(void **state)
{
    const struct profile *p;

    (void)state;
    arena_rewind(&arena, 0);
    p = parse("{\"properties\":{\"name\":{\"format\":\"smiles\"},\"steps\":{"
              "\"items\":{\"properties\":{\"in\":{\"items\":{\"format\":"
              "\"smiles\"}},\"out\":{\"format\":\"smiles\"}}}}},\"x-decant\":{"
              "\"table\":\"t\",\"spread\":\"/steps\",\"columns\":{"
              "\"in\":{\"type\":\"text[]\"},\"out\":{\"type\":\"text\"},"
              "\"all\":{\"type\":\"text[]\",\"from\":\"/in/*\"},"
              "\"name\":{\"type\":\"text\",\"from\":\"payload\",\"pointer\":"
              "\"/name\"},\"name2\":{\"type\":\"text\",\"from\":\"/name\"}},"
              "\"rules\":{\"unique\":[\"/out\",\"/text\"]}}}");
    assert_int_equal(p->columns[0].class, FIELD_SMILES);
    assert_int_equal(p->columns[1].class, FIELD_SMILES);
    assert_int_equal(p->columns[2].class, FIELD_SMILES);
    assert_int_equal(p->columns[3].class, FIELD_SMILES);
    assert_int_equal(p->columns[4].class, FIELD_NONE);
    assert_true(p->unique);
    assert_true(p->rules->unique[0].exact);
    assert_false(p->rules->unique[1].exact);
}

/* --- files beside it ------------------------------------------------------ */

static bool read_beside(void *ctx, struct slice path, struct slice *text)
{
    size_t *asked = ctx;

    ++*asked;
    if (slice_eq(path, SLICE("defs/step.json")))
        *text = SLICE("{\"$defs\":{\"n\":{\"type\":\"integer\"}}}");
    else if (slice_eq(path, SLICE("bad.json")))
        *text = SLICE("{\"type\":7}");
    else
        return false;
    return true;
}

static void references(void **state)
{
    static const struct {
        const char *text;
        bool sound;
    } table[] = {
        {"{\"$ref\":\"defs/step.json#/$defs/n\"}", true},
        {"{\"$ref\":\"./x/../defs/step.json#/$defs/n\"}", true},
        {"{\"$id\":\"https://a.example/p/q.json\",\"$ref\":"
         "\"defs/step.json#/$defs/n\"}",
         true},
        {"{\"$ref\":\"bad.json\"}", false},
        {"{\"$ref\":\"https://a.example/defs/step.json\"}", false},
        {"{\"$ref\":\"file:///etc/passwd\"}", false},
        {"{\"$ref\":\"none.json\"}", false},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        size_t asked = 0;
        struct profile_source source = {
            .name = SLICE("p.json"),
            .text = slice_of(table[i].text, strlen(table[i].text)),
            .read = read_beside,
            .ctx = &asked};
        const struct profile *p;
        struct profile_problem why;
        struct record record;
        bool ok;

        arena_rewind(&arena, 0);
        ok = profile_parse(&source, &arena, &p, &why);
        if (ok != table[i].sound)
            print_error("%s: %.*s\n", table[i].text,
                        ok ? 0 : (int)why.words.len, why.words.ptr);
        assert_int_equal(ok, table[i].sound);
        /* What is not beside the profile is not even asked for. */
        assert_int_equal(asked,
                         strstr(table[i].text, "\"https://a.example/defs") ||
                                 strstr(table[i].text, "file:")
                             ? 0
                             : 1);
        if (!ok)
            continue;
        assert_int_equal(
            judge_profile(p, SLICE("k"), SLICE("1"), &arena, &record).fault,
            FAULT_NONE);
        assert_int_equal(
            judge_profile(p, SLICE("k"), SLICE("\"1\""), &arena, &record).fault,
            FAULT_SCHEMA_TYPE);
    }
}

/* Whatever the arena holds, the answer is a profile or words. */
static void little_memory(void **state)
{
    const struct builtin *qa;
    struct profile_problem why;
    const struct profile *p;
    size_t n_full = 0;

    (void)state;
    assert_true(builtin_find(SLICE("synthesis"), &qa));
    for (size_t cap = 0; cap < 1 << 20; cap += cap / 16 + 64) {
        struct profile_source source = {.name = qa->name, .text = qa->text};
        struct arena small;
        struct err err;

        assert_true(arena_open(&small, cap + 1, &err));
        if (!profile_parse(&source, &small, &p, &why)) {
            assert_true(why.words.len > 0);
            n_full++;
        }
        arena_close(&small);
    }
    assert_true(n_full > 20);
    assert_true(profile_parse(
        &(struct profile_source){.name = qa->name, .text = qa->text}, &arena,
        &p, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_profiles),   cmocka_unit_test(tables),
        cmocka_unit_test(types),          cmocka_unit_test(fields),
        cmocka_unit_test(column_classes), cmocka_unit_test(references),
        cmocka_unit_test(little_memory),
    };
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)64 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("profile", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
