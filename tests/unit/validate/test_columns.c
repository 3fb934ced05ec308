/* test_columns.c - values as columns: exactly, or with words why not. */
#include "tests/judge_profile.h"
#include "validate/record/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena, profiles;

static struct slice str(const char *s)
{
    return slice_of(s, strlen(s));
}

static const struct profile *parse(const char *text)
{
    struct profile_source source = {.name = SLICE("p.json"), .text = str(text)};
    const struct profile *p = NULL;
    struct profile_problem why;

    if (!profile_parse(&source, &profiles, &p, &why))
        print_error("%s\n\"%.*s\": %.*s\n", text, (int)why.pointer.len,
                    why.pointer.ptr, (int)why.words.len, why.words.ptr);
    assert_non_null(p);
    return p;
}

/* The first row's first column, or the words of the fault. */
static void first_value(const struct profile *p, const char *key,
                        const char *text, char *got, size_t room)
{
    struct record record;
    struct verdict v;
    FILE *to = fmemopen(got, room, "w");

    assert_non_null(to);
    v = judge_profile(p, key ? str(key) : slice_of(NULL, 0), str(text), &arena,
                      &record);
    if (v.fault)
        fprintf(to, "!%.*s", (int)v.detail.len, v.detail.ptr);
    else if (!record.n_rows)
        fputs("no row", to);
    else
        print_value(to, p->columns[0].type, &record.values[0]);
    fclose(to);
}

/* Type, JSON value, value or "!" and words. */
static const char *const values[][3] = {
    {"text", "\"a\\u00e9\\n\"", "a\xC3\xA9\n"},
    {"text", "\"\"", ""},
    {"text", "12.50", "12.50"},
    {"text", "true", "true"},
    {"text", "null", "NULL"},
    {"text", "[1]", "!v (text): [1] is a list, not text"},
    {"text", "{}", "!v (text): {} is an object, not text"},
    {"int4", "0", "0"},
    {"int4", "-0", "0"},
    {"int4", "1.0", "1"},
    {"int4", "1e2", "100"},
    {"int4", "12.5e1", "125"},
    {"int4", "2147483647", "2147483647"},
    {"int4", "-2147483648", "-2147483648"},
    {"int4", "2147483648", "!v (int4): 2147483648 is too large for int4"},
    {"int4", "-2147483649", "!v (int4): -2147483649 is too large for int4"},
    {"int4", "1.5", "!v (int4): 1.5 is not whole, not a whole number"},
    {"int4", "\"12\"", "!v (int4): \"12\" is text, not a whole number"},
    {"int4", "true", "!v (int4): true is true, not a whole number"},
    {"int8", "9223372036854775807", "9223372036854775807"},
    {"int8", "-9223372036854775808", "-9223372036854775808"},
    {"int8", "9223372036854775808",
     "!v (int8): 9223372036854775808 is too large for int8"},
    {"int8", "1e400", "!v (int8): 1e400 is too large for int8"},
    {"numeric", "1.10", "1.10"},
    {"numeric", "-1E-400", "-1E-400"},
    {"numeric", "\"1\"", "!v (numeric): \"1\" is text, not a number"},
    {"float8", "0.1", "0.10000000000000001"},
    {"float8", "9007199254740993", "9007199254740992"},
    {"float8", "1.7976931348623157e308", "1.7976931348623157e+308"},
    {"float8", "1e309", "!v (float8): 1e309 is too large for float8"},
    {"float8", "4.9e-324", "4.9406564584124654e-324"},
    {"float8", "-0.0", "-0"},
    {"bool", "true", "true"},
    {"bool", "false", "false"},
    {"bool", "1", "!v (bool): 1 is a number, not true or false"},
    {"jsonb", "{\"b\": [1, 2]}", "{\"b\": [1, 2]}"},
    {"jsonb", "\"x\\n\"", "\"x\\n\""},
    {"jsonb", "null", "NULL"},
    {"text[]", "[]", "{}"},
    {"text[]", "[\"a\",null,1e3,\"\\\"\"]", "{a | NULL | 1e3 | \"}"},
    {"text[]", "\"a\"", "!v (text[]): \"a\" is text, not a list of texts"},
    {"text[]", "[[\"a\"]]", "!v (text[]): [\"a\"] is a list, not text"},
    {"float4[]", "[]", "{}"},
    {"float4[]", "[1,-0.5,1e-50]", "{1 | -0.5 | 0}"},
    /* Right between two floats, and a bit beyond: doubles cannot tell. */
    {"float4[]", "[16777217,16777217.0000000000001,16777219]",
     "{16777216 | 16777218 | 16777220}"},
    {"float4[]", "[3.4028235e38,3.40282356e38]",
     "{3.40282347e+38 | 3.40282347e+38}"},
    {"float4[]", "[3.4028236e38]",
     "!v (float4[]): 3.4028236e38 is too large for float4"},
    {"float4[]", "[null]", "!v (float4[]): null is null, not a number"},
    {"timestamptz", "\"2000-01-01T00:00:00Z\"", "0"},
    {"timestamptz", "\"2000-01-01T01:30:00.5+01:30\"", "500000"},
    {"timestamptz", "\"1999-12-31 23:59:59.999999z\"", "-1"},
    {"timestamptz", "\"2000-01-01T00:00:00.0000005Z\"", "1"},
    {"timestamptz", "\"2000-01-01T00:00:00.00000049Z\"", "0"},
    {"timestamptz", "\"2016-12-31T23:59:60Z\"", "536544000000000"},
    {"timestamptz", "\"2000-01-01T00:00:00\"",
     "!v (timestamptz): \"2000-01-01T00:00:00\" has no offset from UTC (Z or "
     "+01:00) behind the time"},
    {"timestamptz", "\"2000-01-01T24:00:00Z\"",
     "!v (timestamptz): \"2000-01-01T24:00:00Z\" is a time that no clock has"},
    {"timestamptz", "\"2000-01-01\"",
     "!v (timestamptz): \"2000-01-01\" is not a time like "
     "2024-02-29T12:30:00Z"},
    {"timestamptz", "946684800",
     "!v (timestamptz): 946684800 is a number, not the text of a time"},
    {"date", "\"2024-02-29\"", "8825"},
    {"date", "\"0001-01-01\"", "-730119"},
    {"date", "\"9999-12-31\"", "2921939"},
    {"date", "\"2023-02-29\"",
     "!v (date): \"2023-02-29\" is a date that no calendar has"},
    {"date", "\"0000-01-01\"",
     "!v (date): \"0000-01-01\" is a date that no calendar has"},
    {"date", "\"29.02.2024\"",
     "!v (date): \"29.02.2024\" is not a date like 2024-02-29"},
    {"date", "\"2024-02-29T00:00:00Z\"",
     "!v (date): \"2024-02-29T00:00:00Z\" is not a date like 2024-02-29"},
    {"uuid", "\"00112233-4455-6677-8899-AABBccddeeff\"",
     "00112233445566778899aabbccddeeff"},
    {"uuid", "\"00112233445566778899AABBccddeeff\"",
     "!v (uuid): \"00112233445566778899AABBccddeeff\" is no UUID"},
    {"uuid", "\"00112233-4455-6677-8899-AABBccddeefg\"",
     "!v (uuid): \"00112233-4455-6677-8899-AABBccddeefg\" is no UUID"},
    {"uuid", "\"0011223-34455-6677-8899-AABBccddeeff\"",
     "!v (uuid): \"0011223-34455-6677-8899-AABBccddeeff\" is no UUID"},
};

static void conversions(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < countof(values); i++) {
        char profile[300], text[300], got[300] = "";

        snprintf(profile, sizeof(profile),
                 "{\"x-decant\":{\"table\":\"t\",\"columns\":{\"v\":{\"type\":"
                 "\"%s\"}}}}",
                 values[i][0]);
        snprintf(text, sizeof(text), "{\"v\": %s}", values[i][1]);
        arena_rewind(&arena, 0);
        arena_rewind(&profiles, 0);
        first_value(parse(profile), "k", text, got, sizeof(got));
        if (strcmp(got, values[i][2]) != 0) {
            print_error("%s %s: %s\n", values[i][0], values[i][1], got);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

/* The members of a column, key, payload; value or "!" and words. */
static const char *const sources[][4] = {
    {"\"type\":\"text\",\"from\":\"\"", "k", "\"x\"", "x"},
    {"\"type\":\"text\",\"from\":\"/a~1b/1\"", "k", "{\"a/b\":[1,\"y\"]}", "y"},
    {"\"type\":\"text\",\"from\":\"/a~0b~01\"", "k", "{\"a~b~1\":1,\"a/b/\":2}",
     "1"},
    {"\"type\":\"text\"", "k", "{\"v\":1,\"v\":2}", "2"},
    {"\"type\":\"text\"", "k", "{\"w\":1}", "NULL"},
    {"\"type\":\"text\"", "k", "3", "NULL"},
    {"\"type\":\"text\",\"default\":\"d\"", "k", "{}", "d"},
    {"\"type\":\"text\",\"default\":\"d\"", "k", "{\"v\":null}", "d"},
    {"\"type\":\"text\",\"default\":\"d\"", "k", "{\"v\":\"\"}", ""},
    {"\"type\":\"text\",\"required\":true", "k", "{}", "!v gets no value"},
    {"\"type\":\"text\",\"required\":true", "k", "{\"v\":null}",
     "!v gets no value"},
    {"\"type\":\"int4\",\"required\":true,\"default\":7", "k", "{}", "7"},
    {"\"type\":\"date\",\"from\":\"constant\",\"value\":\"2000-01-02\"", "k",
     "{}", "1"},
    {"\"type\":\"text[]\",\"from\":\"constant\",\"value\":[\"a\",\"b\"]", "k",
     "{}", "{a | b}"},
    {"\"type\":\"text[]\",\"from\":\"/s/*/n\"", "k",
     "{\"s\":[{\"n\":\"a\"},{},{\"n\":null},{\"n\":\"b\"}]}", "{a | NULL | b}"},
    {"\"type\":\"text[]\",\"from\":\"/s/*/n\"", "k", "{\"s\":[]}", "NULL"},
    {"\"type\":\"float4[]\",\"from\":\"/*\"", "k", "{\"x\":1,\"y\":2.5}",
     "{1 | 2.5}"},
    /* the line */
    {"\"type\":\"text\",\"from\":\"key\"", "k1", "{}", "k1"},
    {"\"type\":\"text\",\"from\":\"key\"", "", "{}", ""},
    {"\"type\":\"text\",\"from\":\"key\"", NULL, "{}", "NULL"},
    {"\"type\":\"text\",\"from\":\"key\",\"required\":true", NULL, "{}",
     "!v gets no value"},
    {"\"type\":\"text\",\"from\":\"text\"", "k", " {} ", " {} "},
    {"\"type\":\"text\",\"from\":\"model\"", "k", "{}", "m-1"},
    {"\"type\":\"text\",\"from\":\"response_id\"", "k", "{}", "NULL"},
    {"\"type\":\"text\",\"from\":\"finish_reason\"", "k", "{}", "STOP"},
    {"\"type\":\"int4\",\"from\":\"http_status\"", "k", "{}", "200"},
    {"\"type\":\"int4\",\"from\":\"attempt\"", "k", "{}", "NULL"},
    {"\"type\":\"int8\",\"from\":\"thinking_tokens\"", "k", "{}", "0"},
    {"\"type\":\"int8\",\"from\":\"cached_tokens\",\"default\":0", "k", "{}",
     "0"},
    {"\"type\":\"int8\",\"from\":\"source\"", "k", "{}", "7"},
    {"\"type\":\"int8\",\"from\":\"offset\"", "k", "{}", "4096"},
    /* parts of the key */
    {"\"type\":\"int4\",\"from\":\"key\",\"match\":\"^(?<s>.+)-(?<v>\\\\d+)$\"",
     "a-b-007", "{}", "7"},
    {"\"type\":\"text\",\"from\":\"key\",\"match\":\"^(?<s>.+)-(?<v>\\\\d+)$\","
     "\"group\":\"s\"",
     "a-b-007", "{}", "a-b"},
    {"\"type\":\"text\",\"from\":\"key\",\"match\":\"^(?<s>.+)-(?<v>\\\\d+)$\"",
     "ab", "{}", "!the key does not match ^(?<s>.+)-(?<v>\\d+)$"},
    {"\"type\":\"text\",\"from\":\"key\",\"match\":\"^(?<v>.+)$\"", NULL, "{}",
     "!the line has no key"},
    {"\"type\":\"text\",\"from\":\"key\",\"match\":\"a(?<v>x)?\"", "ab", "{}",
     "NULL"},
    {"\"type\":\"int8\",\"from\":\"key\"", "-0012", "{}", "-12"},
    {"\"type\":\"int8\",\"from\":\"key\"", "12x", "{}",
     "!v (int8): 12x is text, not a whole number"},
    {"\"type\":\"int8\",\"from\":\"key\"", "", "{}",
     "!v (int8):  is text, not a whole number"},
    {"\"type\":\"numeric\",\"from\":\"key\"", "000.50", "{}", "0.50"},
    {"\"type\":\"numeric\",\"from\":\"key\"", ".5", "{}",
     "!v (numeric): .5 is text, not a number"},
    {"\"type\":\"numeric\",\"from\":\"key\"", "1e5", "{}",
     "!v (numeric): 1e5 is text, not a number"},
    {"\"type\":\"bool\",\"from\":\"key\"", "true", "{}", "true"},
    {"\"type\":\"date\",\"from\":\"key\"", "2000-01-02", "{}", "1"},
    {"\"type\":\"uuid\",\"from\":\"key\"",
     "00000000-0000-0000-0000-000000000001", "{}",
     "00000000000000000000000000000001"},
};

static void recipes(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < countof(sources); i++) {
        char profile[400], got[300] = "";

        snprintf(profile, sizeof(profile),
                 "{\"x-decant\":{\"table\":\"t\",\"columns\":{\"v\":{%s}}}}",
                 sources[i][0]);
        arena_rewind(&arena, 0);
        arena_rewind(&profiles, 0);
        first_value(parse(profile), sources[i][1], sources[i][2], got,
                    sizeof(got));
        if (strcmp(got, sources[i][3]) != 0) {
            print_error("%s, %s: %s\n", sources[i][0], sources[i][2], got);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

/* --- rows ----------------------------------------------------------------- */

static const char spread_profile[] =
    "{\"x-decant\":{\"table\":\"t\",\"spread\":\"/steps\",\"columns\":{"
    "\"i\":{\"type\":\"int4\",\"from\":\"index\"},"
    "\"n\":{\"type\":\"int4\",\"required\":true},"
    "\"of\":{\"type\":\"text\",\"from\":\"payload\",\"pointer\":\"/name\"},"
    "\"k\":{\"type\":\"text\",\"from\":\"key\"}},"
    "\"rules\":{\"unique\":[\"/n\"]}}}";

/* All values in a line, rows apart by a slash; or where, and the words. */
static void spread(void **state)
{
    static const char *const table[][2] = {
        {"{\"name\":\"x\",\"steps\":[{\"n\":5},{\"n\":6}]}",
         "0 5 x k / 1 6 x k / "},
        {"{\"name\":\"x\",\"steps\":{\"n\":5}}", "0 5 x k / "},
        {"{\"name\":\"x\",\"steps\":[]}", ""},
        {"{\"name\":\"x\",\"steps\":null}", ""},
        {"{}", ""},
        {"[]", ""},
        {"{\"steps\":7}", "/steps: is no list, and rows are made of its items"},
        {"{\"steps\":[{\"n\":1},{}]}", "/steps/1/n: n gets no value"},
        {"{\"steps\":[{\"n\":1},8]}", "/steps/1/n: n gets no value"},
        {"{\"steps\":[{\"n\":1},{\"n\":\"x\"}]}",
         "/steps/1/n: n (int4): \"x\" is text, not a whole number"},
    };
    const struct profile *p;

    (void)state;
    arena_rewind(&profiles, 0);
    p = parse(spread_profile);
    for (size_t i = 0; i < countof(table); i++) {
        char got[300] = "";
        FILE *to = fmemopen(got, sizeof(got), "w");
        struct record r;
        struct verdict v;

        assert_non_null(to);
        arena_rewind(&arena, 0);
        v = judge_profile(p, SLICE("k"), str(table[i][0]), &arena, &r);
        if (v.fault)
            fprintf(to, "%.*s: %.*s", (int)v.where.len, v.where.ptr,
                    (int)v.detail.len, v.detail.ptr);
        for (size_t k = 0; !v.fault && k < r.n_rows * p->n_columns; k++) {
            print_value(to, p->columns[k % p->n_columns].type, &r.values[k]);
            fputs(k % p->n_columns == p->n_columns - 1 ? " / " : " ", to);
        }
        fclose(to);
        assert_string_equal(got, table[i][1]);
        if (!v.fault)
            assert_int_equal(r.n_digests, r.n_rows);
    }
}

/* Text has columns, too; U+0000 around sound JSON is found. */
static void texts(void **state)
{
    const struct profile *p;
    struct record r;
    char got[100] = "";

    (void)state;
    arena_rewind(&arena, 0);
    arena_rewind(&profiles, 0);
    p = parse("{\"x-decant\":{\"payload\":\"text\",\"table\":\"t\",\"columns\":"
              "{\"v\":{\"type\":\"text\",\"from\":\"text\"},\"s\":{\"type\":"
              "\"text\",\"from\":\"key\",\"match\":\"^(?<s>.)\"}}}}");
    first_value(p, "k", "any {text", got, sizeof(got));
    assert_string_equal(got, "any {text");
    assert_int_equal(judge_profile(p, SLICE(""), SLICE("x"), &arena, &r).fault,
                     FAULT_KEY_SHAPE);
    assert_int_equal(
        judge_profile(p, SLICE("k"), SLICE("x\0y"), &arena, &r).fault,
        FAULT_JSON_NUL);
}

/* 256 columns, and a group of rows that fills the arena: line.memory. */
static void many(void **state)
{
    static char profile[30000], text[60010];
    const struct profile *p;
    size_t len, n;
    struct record r;
    struct verdict v;

    (void)state;
    arena_rewind(&arena, 0);
    arena_rewind(&profiles, 0);
    len = (size_t)snprintf(profile, sizeof(profile),
                           "{\"x-decant\":{\"table\":\"t\",\"spread\":\"\","
                           "\"columns\":{");
    for (n = 0; n < PROFILE_COLUMNS_MAX; n++)
        len +=
            (size_t)snprintf(profile + len, sizeof(profile) - len,
                             "%s\"c%zu\":{\"type\":\"text\"}", n ? "," : "", n);
    snprintf(profile + len, sizeof(profile) - len, "}}}");
    p = parse(profile);
    assert_int_equal(p->n_columns, PROFILE_COLUMNS_MAX);
    text[0] = '[';
    for (n = 0; n < 20000; n++)
        memcpy(text + 1 + 3 * n, "{},", 3);
    text[3 * n] = ']';
    text[3 * n + 1] = '\0';
    v = judge_profile(p, SLICE("k"), str(text), &arena, &r);
    assert_int_equal(v.fault, FAULT_LINE_MEMORY);
    arena_rewind(&arena, 0);
    text[30] = ']';
    text[31] = '\0';
    v = judge_profile(p, SLICE("k"), str(text), &arena, &r);
    assert_int_equal(v.fault, FAULT_NONE);
    assert_int_equal(r.n_rows, 10);
}

/* The dimension of vectors. */
static void dimension(void **state)
{
    const struct profile *p;
    struct record r;
    struct verdict v;

    (void)state;
    arena_rewind(&arena, 0);
    arena_rewind(&profiles, 0);
    p = parse("{\"x-decant\":{\"table\":\"t\",\"dimension\":3,\"columns\":{"
              "\"v\":{\"type\":\"float4[]\",\"from\":\"\"}}}}");
    v = judge_profile(p, SLICE("k"), SLICE("[1,2,3]"), &arena, &r);
    assert_int_equal(v.fault, FAULT_NONE);
    v = judge_profile(p, SLICE("k"), SLICE("[1,2]"), &arena, &r);
    assert_int_equal(v.fault, FAULT_EMBEDDING_DIMENSION);
    assert_true(slice_eq(v.detail, SLICE("2 numbers instead of 3")));
}

/* Every day of 400 years follows the one before. */
static void calendar(void **state)
{
    static const int lens[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t want = 0, got, other;
    struct slice words;
    char text[40];

    (void)state;
    for (int y = 2000; y < 2400; y++)
        for (int m = 1; m <= 12; m++) {
            bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
            int days = lens[m - 1] + (m == 2 && leap);

            for (int d = 1; d <= 32; d++) {
                snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
                if (d > days) {
                    assert_false(moment_date(str(text), &got, &words));
                    continue;
                }
                assert_true(moment_date(str(text), &got, &words));
                assert_int_equal(got, want++);
                snprintf(text, sizeof(text), "%04d-%02d-%02dT12:00:00-11:45", y,
                         m, d);
                assert_true(moment_time(str(text), &other, &words));
                assert_int_equal(other, (got * 86400 + 23 * 3600 + 45 * 60) *
                                            INT64_C(1000000));
            }
        }
}

/* Any cut of a time is no time, and no read past its end. */
static void cut_times(void **state)
{
    static const char whole[] = "2024-02-29T12:30:00.123456+01:00";
    struct slice words;
    int64_t got;

    (void)state;
    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        char *copy = malloc(len + 1);

        assert_non_null(copy);
        memcpy(copy, whole, len);
        assert_false(moment_time(slice_of(copy, len), &got, &words));
        assert_true(words.len > 0);
        free(copy);
    }
    assert_true(moment_time(str(whole), &got, &words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions), cmocka_unit_test(recipes),
        cmocka_unit_test(spread),      cmocka_unit_test(texts),
        cmocka_unit_test(many),        cmocka_unit_test(dimension),
        cmocka_unit_test(calendar),    cmocka_unit_test(cut_times),
    };
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)8 << 20, &err) ||
        !arena_open(&profiles, (size_t)8 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("columns", tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&profiles);
    return failed;
}
