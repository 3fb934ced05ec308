/* test_rules.c - the rules that a schema cannot say. */
#include "tests/judge_profile.h"
#include "validate/record/fold.h"
#include "validate/record/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena, profiles;

static struct slice str(const char *s)
{
    return slice_of(s, strlen(s));
}

static const struct profile *parse(const char *rules)
{
    char text[1000];
    struct slice copy;
    const struct profile *p = NULL;
    struct profile_problem why;

    snprintf(text, sizeof(text), "{\"x-decant\":{\"rules\":{%s}}}", rules);
    copy = arena_copy(&profiles, str(text));
    if (!profile_parse(&(struct profile_source){.text = copy}, &profiles, &p,
                       &why))
        print_error("%s\n\"%.*s\": %.*s\n", text, (int)why.pointer.len,
                    why.pointer.ptr, (int)why.words.len, why.words.ptr);
    assert_non_null(p);
    return p;
}

#define OPTIONS(mark) "\"options\":{\"list\":\"/o\",\"answer\":\"/a\"" mark "}"
#define SOLID         "\"no_placeholder\":[\"/a\"]"

/* Rules, payload, key of the fault or note and where it is; "" when sound. */
static const char *const table[][3] = {
    /* options */
    {OPTIONS(""), "{\"o\":[\"x\",\"y\"],\"a\":\"y\"}", ""},
    {OPTIONS(""), "{\"o\":[\"x\",\"y\"],\"a\":\"z\"}",
     "qa.answer_not_option /a"},
    {OPTIONS(""), "{\"o\":[\"x\",\"y\"],\"a\":\"Y\"}",
     "qa.answer_not_option /a"},
    {OPTIONS(""), "{\"o\":[\"x\",\"y\"],\"a\":null}", ""},
    {OPTIONS(""), "{\"o\":[\"x\",\"y\"]}", ""},
    {OPTIONS(""), "{\"a\":\"y\"}", "qa.answer_not_option /a"},
    {OPTIONS(""), "{}", ""},
    {OPTIONS(""), "[]", ""},
    {OPTIONS(""), "{\"o\":[1,2],\"a\":2}", ""},
    {OPTIONS(""), "{\"o\":[\"x\",\"y\",\"x\"],\"a\":\"y\"}",
     "qa.duplicate_option /o/2"},
    {OPTIONS(""), "{\"o\":[\"a b\",\"\\ta\\u00a0 b\\n\"]}",
     "qa.duplicate_option /o/1"},
    {OPTIONS(""), "{\"o\":[\"Co\",\"CO\"],\"a\":\"CO\"}", ""},
    {OPTIONS(""), "{\"o\":[\"x\",\"y\",\"z\"],\"a\":[\"x\",\"z\"]}", ""},
    {OPTIONS(""), "{\"o\":[\"x\",\"y\"],\"a\":[\"x\",\"w\"]}",
     "qa.answer_not_option /a/1"},
    {OPTIONS(""), "{\"o\":[\"x\"],\"a\":{\"x\":1}}", "qa.answer_not_option /a"},
    {OPTIONS(""), "{\"o\":{\"A\":\"x\",\"B\":\"y\"},\"a\":\"y\"}", ""},
    {OPTIONS(",\"mark\":\"letter\""), "{\"o\":[\"x\",\"y\"],\"a\":\"B\"}", ""},
    {OPTIONS(",\"mark\":\"letter\""), "{\"o\":[\"x\",\"y\"],\"a\":\"b\"}", ""},
    {OPTIONS(",\"mark\":\"letter\""), "{\"o\":[\"x\",\"y\"],\"a\":\"C\"}",
     "qa.answer_not_option /a"},
    {OPTIONS(",\"mark\":\"letter\""), "{\"o\":[\"x\",\"y\"],\"a\":\"x\"}",
     "qa.answer_not_option /a"},
    {OPTIONS(",\"mark\":\"letter\""),
     "{\"o\":{\"P\":\"x\",\"Q\":\"y\"},\"a\":\"Q\"}", ""},
    {OPTIONS(",\"mark\":\"letter\""),
     "{\"o\":{\"P\":\"x\",\"Q\":\"y\"},\"a\":\"B\"}",
     "qa.answer_not_option /a"},
    {OPTIONS(",\"mark\":\"index\""), "{\"o\":[\"x\",\"y\"],\"a\":1}", ""},
    {OPTIONS(",\"mark\":\"index\""), "{\"o\":[\"x\",\"y\"],\"a\":2}",
     "qa.answer_not_option /a"},
    {OPTIONS(",\"mark\":\"index\""), "{\"o\":[\"x\",\"y\"],\"a\":-1}",
     "qa.answer_not_option /a"},
    {OPTIONS(",\"mark\":\"index\""), "{\"o\":[\"x\",\"y\"],\"a\":\"1\"}",
     "qa.answer_not_option /a"},
    {"\"options\":{\"list\":\"/o/*/t\",\"answer\":\"/a\"}",
     "{\"o\":[{\"t\":\"x\"},{\"t\":\"y\"}],\"a\":\"y\"}", ""},
    {"\"options\":{\"list\":\"/o/*/t\"}",
     "{\"o\":[{\"t\":\"x\"},{\"t\":\"x\"}]}", "qa.duplicate_option /o/1/t"},
    /* texts that differ */
    {"\"differ\":[[\"/q\",\"/a\"]]", "{\"q\":\"x\",\"a\":\"y\"}", ""},
    {"\"differ\":[[\"/q\",\"/a\"]]",
     "{\"q\":\"What?\",\"a\":\" \\\"WHAT\\\"\"}", "qa.same /a"},
    {"\"differ\":[[\"/q\",\"/a\"]]",
     "{\"q\":\"\xC3\x89T\xC3\x89\",\"a\":\"\xC3\xA9t\xC3\xA9.\"}",
     "qa.same /a"},
    {"\"differ\":[[\"/q\",\"/a\"]]", "{\"q\":null,\"a\":null}", ""},
    {"\"differ\":[[\"/q\",\"/a\"]]", "{}", ""},
    {"\"differ\":[[\"/0\",\"/1\",\"/2\"]]", "[\"x\",\"y\",\"x\"]",
     "qa.same /2"},
    /* placeholders */
    {SOLID, "{\"a\":\"As an AI.\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\" \\u00a0\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"...\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"\xE2\x80\xA6\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"____\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"???\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"ToDo\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"**TBD**\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"n/a\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"[Insert answer here]\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"Lorem ipsum dolor\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"I\xE2\x80\x99m sorry, but I can\xE2\x80\x99t help.\"}",
     "qa.placeholder /a"},
    {SOLID, "{\"a\":\"as an AI, I\"}", "qa.placeholder /a"},
    {SOLID, "{\"a\":\"As an aid to memory\"}", ""},
    {SOLID, "{\"a\":\"?\"}", ""},
    {SOLID, "{\"a\":\"+\"}", ""},
    {SOLID, "{\"a\":\"None\"}", ""},
    {SOLID, "{\"a\":\"<html>\"}", ""},
    {SOLID, "{\"a\":null}", ""},
    {SOLID, "{\"a\":0}", ""},
    {SOLID ",\"template\":[\"{{topic}}\"]", "{\"a\":\"Explain {{Topic}} now\"}",
     "qa.placeholder /a"},
    {SOLID ",\"template\":[\"{{topic}}\"]", "{\"a\":\"Explain topics\"}", ""},
    {"\"no_placeholder\":[\"/o/*\"]", "{\"o\":[\"x\",\"ToDo\"]}",
     "qa.placeholder /o/1"},
    /* words */
    {"\"min_words\":{\"/q\":3}", "{\"q\":\"one two three\"}", ""},
    {"\"min_words\":{\"/q\":3}", "{\"q\":\"one - two\"}", "qa.min_words /q"},
    {"\"min_words\":{\"/q\":3}", "{\"q\":\"don't stop\"}", ""},
    {"\"min_words\":{\"/q\":3}", "{}", ""},
    {"\"min_words\":{\"/q\":3}",
     "{\"q\":\"\xE6\xB0\xB4\xE6\x98\xAF\xE4\xBB\x80\"}", ""},
    {"\"min_words\":{\"/q\":1}", "{\"q\":\"?!\"}", "qa.min_words /q"},
    /* languages only note */
    {"\"language\":{\"/q\":\"en\"}",
     "{\"q\":\"What is the mass of the water that is in the sea?\"}", ""},
    {"\"language\":{\"/q\":\"fr\"}",
     "{\"q\":\"What is the mass of the water that is in the sea?\"}",
     "note qa.language"},
    {"\"language\":{\"/q\":\"fr\"}",
     "{\"q\":\"Quelle est la masse de l'eau qui est dans la mer ?\"}", ""},
    {"\"language\":{\"/q\":\"de\"}",
     "{\"q\":\"Welche Masse hat das Wasser, das in dem Meer ist?\"}", ""},
    {"\"language\":{\"/q\":\"en\"}",
     "{\"q\":\"Welche Masse hat das Wasser, das in dem Meer ist?\"}",
     "note qa.language"},
    {"\"language\":{\"/q\":\"en\"}", "{\"q\":\"NaCl\"}", ""},
    {"\"language\":{\"/q\":\"ru\"}",
     "{\"q\":\"What is the mass of the water that is in the sea?\"}",
     "note qa.language"},
    {"\"language\":{\"/q\":\"ru\"}",
     "{\"q\":\"\xD0\x9A\xD0\xB0\xD0\xBA\xD0\xBE\xD0\xB2\xD0\xB0 "
     "\xD0\xBC\xD0\xB0\xD1\x81\xD1\x81\xD0\xB0 NaCl (aq), pH 7\"}",
     ""},
    {"\"language\":{\"/q\":\"zh\"}",
     "{\"q\":\"\xE6\xB0\xB4\xE7\x9A\x84\xE5\x8C\x96\xE5\xAD\xA6\xE5\xBC\x8F"
     "\xE6\x98\xAF\xE4\xBB\x80\xE4\xB9\x88\"}",
     ""},
    /* a product among its reactants is noted */
    {"\"not_among\":[[\"/p\",\"/r\"]]", "{\"p\":\"CCO\",\"r\":[\"C\",\"CCO\"]}",
     "note qa.among"},
    {"\"not_among\":[[\"/p\",\"/r\"]]", "{\"p\":\"cco\",\"r\":[\"C\",\"CCO\"]}",
     ""},
    {"\"not_among\":[[\"/p/*\",\"/r/*/s\"]]",
     "{\"p\":[\"C\",\"CC\"],\"r\":[{\"s\":\"CC\"}]}", "note qa.among"},
    {"\"not_among\":[[\"/p\",\"/r\"]]", "{\"p\":\"C\"}", ""},
};

static void all_rules(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct record r;
        struct verdict v;
        char got[200] = "";

        arena_rewind(&arena, 0);
        arena_rewind(&profiles, 0);
        v = judge_profile(parse(table[i][0]), SLICE("k"), str(table[i][1]),
                          &arena, &r);
        if (v.fault)
            snprintf(got, sizeof(got), "%s %.*s", fault_key(v.fault).ptr,
                     (int)v.where.len, v.where.ptr);
        for (unsigned n = 0; !v.fault && n < NOTE_COUNT; n++) {
            if (r.notes & 1U << n)
                snprintf(got, sizeof(got), "note %s",
                         note_key((enum note)n).ptr);
        }
        if (strcmp(got, table[i][2]) != 0 || (v.fault && !v.detail.len)) {
            print_error("%s\n  %s: %s\n", table[i][0], table[i][1], got);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

/* --- digests -------------------------------------------------------------- */

static int64_t digest(const struct profile *p, const char *text)
{
    struct record r;
    int64_t d;

    assert_int_equal(judge_profile(p, SLICE("k"), str(text), &arena, &r).fault,
                     FAULT_NONE);
    d = r.n_digests ? r.digests[0] : 0;
    arena_rewind(&arena, 0);
    return d;
}

static void digests(void **state)
{
    static const char *const same[] = {
        "{\"q\":\"What is it?\"}", "{\"q\":\" what  IS it \"}",
        "{\"q\":\"\\u201cWhat is it\\u201d\"}", "{\"q\":\"What is it...\"}"};
    static const char *const other[] = {"{\"q\":\"What is it not?\"}",
                                        "{\"q\":\"What isit?\"}",
                                        "{\"q\":\"Was ist das?\"}"};
    const struct profile *p;
    int64_t first;

    (void)state;
    arena_rewind(&profiles, 0);
    p = parse("\"unique\":[\"/q\"]");
    first = digest(p, same[0]);
    assert_true(first != 0);
    for (size_t i = 1; i < countof(same); i++)
        assert_true(digest(p, same[i]) == first);
    for (size_t i = 0; i < countof(other); i++)
        assert_true(digest(p, other[i]) != first);
    /* Nothing is no duplicate of nothing. */
    assert_true(digest(p, "{}") == 0);
    assert_true(digest(p, "{\"q\":null}") == 0);
    assert_true(digest(p, "{\"q\":\"\"}") == 0);
    /* Two texts as one: their border counts. */
    p = parse("\"unique\":[[\"/a\",\"/b\"]]");
    first = digest(p, "{\"a\":\"x\",\"b\":\"yz\"}");
    assert_true(digest(p, "{\"a\":\"xy\",\"b\":\"z\"}") != first);
    assert_true(digest(p, "{\"a\":\"X\",\"b\":\"YZ\"}") == first);
    /* The same words at another place are another thing. */
    p = parse("\"unique\":[\"/a\"]");
    first = digest(p, "{\"a\":\"x\"}");
    p = parse("\"unique\":[\"/b\"]");
    assert_true(digest(p, "{\"b\":\"x\"}") != first);
    /* SMILES are compared as they are. */
    p = parse("\"unique\":[\"/s\"]},\"fields\":{\"/s\":\"smiles\"");
    first = digest(p, "{\"s\":\"c1ccccc1\"}");
    assert_true(digest(p, "{\"s\":\"C1CCCCC1\"}") != first);
    assert_true(digest(p, "{\"s\":\" c1ccccc1\\n\"}") == first);
}

/* --- folding -------------------------------------------------------------- */

static void folding(void **state)
{
    static const char *const texts[][2] = {
        {"", ""},
        {"  A  b\t\nC ", "a b c"},
        {"\xC3\x84\xC3\x96\xC3\x9C \xC3\x9F",
         "\xC3\xA4\xC3\xB6\xC3\xBC \xC3\x9F"},
        {"\xCE\xA3\xCE\x91\xCF\x82", "\xCF\x83\xCE\xB1\xCF\x83"},
        {"\xD0\x96\xD0\x81", "\xD0\xB6\xD1\x91"},
        {"\xC5\xBD\xC5\xB8\xC4\x90", "\xC5\xBE\xC3\xBF\xC4\x91"},
        {"\xEF\xBC\xA1", "\xEF\xBD\x81"},
        {"\xF0\x9F\x98\x80 x", "\xF0\x9F\x98\x80 x"},
        {"(\"Why?\")", "why"},
        {"?!", "?!"},
        {"a\xE2\x80\x99s", "a's"},
        {"\xEF\xBB\xBFx\xE2\x80\x8B", "x"},
        {"\xFF"
         "A",
         "\xFF"
         "a"},
    };

    (void)state;
    for (size_t i = 0; i < countof(texts); i++) {
        struct slice got = fold_text(str(texts[i][0]), &arena), again;

        if (!slice_eq(got, str(texts[i][1])))
            print_error("%s: %.*s\n", texts[i][0], (int)got.len, got.ptr);
        assert_true(slice_eq(got, str(texts[i][1])));
        again = fold_text(got, &arena);
        assert_true(slice_eq(got, again));
    }
    assert_true(
        slice_eq(fold_spaces(SLICE(" A\xC2\xA0 b? "), &arena), SLICE("A b?")));
    /* No character changes its length or its kind without end. */
    for (uint32_t c = 0; c < 0x11000; c++)
        assert_int_equal(fold_case(fold_case(c)), fold_case(c));
    arena_rewind(&arena, 0);
}

/* --- hostile sizes -------------------------------------------------------- */

/* 20,000 options, all different, then one twice; as many answers. */
static void many_options(void **state)
{
    const size_t n = 20000;
    char *text = arena_bytes(&profiles, 40 * n);
    const struct profile *p;
    struct record r;
    size_t len = 0;

    (void)state;
    assert_non_null(text);
    p = parse("\"options\":{\"list\":\"/o\",\"answer\":\"/a\",\"mark\":"
              "\"letter\"},\"no_placeholder\":[\"/o/*\"],\"template\":["
              "\"aaaaaaaaaaaaaaaab\"],\"not_among\":[[\"/a/*\",\"/o\"]]");
    len += (size_t)sprintf(text, "{\"o\":{");
    for (size_t i = 0; i < n; i++)
        len += (size_t)sprintf(text + len, "%s\"%06zu\":\"a%zu\"", i ? "," : "",
                               i, i);
    len += (size_t)sprintf(text + len, "},\"a\":[");
    for (size_t i = 0; i < 300; i++)
        len += (size_t)sprintf(text + len, "%s\"000001\"", i ? "," : "");
    len += (size_t)sprintf(text + len, "]}");
    arena_rewind(&arena, 0);
    assert_int_equal(
        judge_profile(p, SLICE("k"), slice_of(text, len), &arena, &r).fault,
        FAULT_QA_ANSWER_NOT_OPTION); /* too many marked */
}

/* The words say how the answer should have been marked. */
static void marks(void **state)
{
    static const char *const want[][2] = {
        {"text", "the answer \"y\" is none of the 1 options"},
        {"index", "the answer \"y\" is not the place, from 0, of one of the 1 "
                  "options"},
        {"letter",
         "the answer \"y\" is not the letter of one of the 1 options"},
    };

    (void)state;
    for (size_t i = 0; i < countof(want); i++) {
        char rules[128];
        struct record r;
        struct verdict v;

        snprintf(rules, sizeof(rules), OPTIONS(",\"mark\":\"%s\""), want[i][0]);
        arena_rewind(&arena, 0);
        v = judge_profile(parse(rules), SLICE("k"),
                          SLICE("{\"o\":[\"x\"],\"a\":\"y\"}"), &arena, &r);
        assert_int_equal(v.detail.len, strlen(want[i][1]));
        assert_memory_equal(v.detail.ptr, want[i][1], v.detail.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rules), cmocka_unit_test(digests),
        cmocka_unit_test(folding), cmocka_unit_test(marks),
        cmocka_unit_test(many_options)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)32 << 20, &err) ||
        !arena_open(&profiles, (size_t)32 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("rules", tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&profiles);
    return failed;
}
