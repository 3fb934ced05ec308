/* test_table.c - typed tables without a server: names, types, places. */
#include "importer/pg/sql_text.h"
#include "importer/pg/table_fit.h"
#include "importer/report/finding.h"
#include "importer/run/census.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void names_are_quoted(void **state)
{
    static const struct {
        struct slice text;
        const char *name, *string, *element;
    } table[] = {
        {SLICE_INIT("a"), "\"a\"", "'a'", "\"a\""},
        {SLICE_INIT(""), "\"\"", "''", "\"\""},
        {SLICE_INIT("a\"b"), "\"a\"\"b\"", "'a\"b'", "\"a\\\"b\""},
        {SLICE_INIT("\"\""), "\"\"\"\"\"\"", "'\"\"'", "\"\\\"\\\"\""},
        {SLICE_INIT("it's"), "\"it's\"", "'it''s'", "\"it's\""},
        {SLICE_INIT("x\\"), "\"x\\\"", "'x\\'", "\"x\\\\\""},
        {SLICE_INIT("; drop"), "\"; drop\"", "'; drop'", "\"; drop\""},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        char bytes[64];
        struct sql_text t;

        sql_init(&t, bytes, sizeof(bytes));
        sql_name(&t, table[i].text);
        assert_string_equal(bytes, table[i].name);
        sql_init(&t, bytes, sizeof(bytes));
        sql_string(&t, table[i].text);
        assert_string_equal(bytes, table[i].string);
        sql_init(&t, bytes, sizeof(bytes));
        sql_element(&t, table[i].text);
        assert_string_equal(bytes, table[i].element);
    }
}

static void a_full_statement_says_so(void **state)
{
    char bytes[8];
    struct sql_text t;

    (void)state;
    sql_init(&t, bytes, sizeof(bytes));
    sql_put(&t, "1234567");
    assert_false(t.full);
    sql_put(&t, "8");
    assert_true(t.full);
    assert_string_equal(bytes, "1234567");
}

#define NUMERIC(p, s) (((p) << 16 | ((s)&0x7FF)) + 4)

static void types_fit_exactly_or_not(void **state)
{
    static const struct {
        enum form want;
        const char *type, *element;
        int32_t modifier;
        bool fits;
        enum form form;
    } table[] = {
        {FORM_TEXT, "text", "", -1, true, FORM_TEXT},
        {FORM_TEXT, "varchar", "", 14, true, FORM_TEXT},
        {FORM_TEXT, "enum", "", -1, true, FORM_TEXT},
        {FORM_TEXT, "", "", -1, false, 0}, /* a type nobody knows */
        {FORM_TEXT, "uuid", "", -1, false, 0},
        {FORM_INT4, "int2", "", -1, false, 0},
        {FORM_INT4, "int8", "", -1, true, FORM_INT8},
        {FORM_INT4, "numeric", "", NUMERIC(3, 0), true, FORM_NUMERIC},
        {FORM_INT4, "numeric", "", NUMERIC(9, 2), true, FORM_NUMERIC},
        {FORM_INT4, "numeric", "", NUMERIC(9, -2), false, 0},
        {FORM_INT4, "float4", "", -1, false, 0},
        {FORM_INT4, "float8", "", -1, true, FORM_FLOAT8},
        {FORM_INT8, "float8", "", -1, false, 0},
        {FORM_INT8, "int4", "", -1, false, 0},
        {FORM_NUMERIC, "numeric", "", -1, true, FORM_NUMERIC},
        {FORM_NUMERIC, "numeric", "", NUMERIC(10, 2), false, 0},
        {FORM_NUMERIC, "float8", "", -1, false, 0},
        {FORM_FLOAT8, "float8", "", -1, true, FORM_FLOAT8},
        {FORM_FLOAT8, "numeric", "", -1, false, 0},
        {FORM_JSONB, "json", "", -1, true, FORM_JSON},
        {FORM_JSONB, "text", "", -1, false, 0},
        {FORM_TIMESTAMPTZ, "timestamptz", "", -1, true, FORM_TIMESTAMPTZ},
        {FORM_TIMESTAMPTZ, "timestamptz", "", 6, true, FORM_TIMESTAMPTZ},
        {FORM_TIMESTAMPTZ, "timestamptz", "", 3, false, 0},
        {FORM_TIMESTAMPTZ, "timestamp", "", -1, false, 0},
        {FORM_TEXT_ARRAY, "array", "varchar", -1, true, FORM_TEXT_ARRAY},
        {FORM_TEXT_ARRAY, "array", "int4", -1, false, 0},
        {FORM_TEXT_ARRAY, "text", "", -1, false, 0},
        {FORM_TEXT, "array", "text", -1, false, 0},
        {FORM_FLOAT4_ARRAY, "array", "float4", -1, true, FORM_FLOAT4_ARRAY},
        {FORM_FLOAT4_ARRAY, "array", "float8", -1, false, 0},
        {FORM_FLOAT4_ARRAY, "vector", "", 3, true, FORM_VECTOR},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct table_actual column = {
            .type = table[i].type,
            .element = table[i].element,
            .element_oid = 77,
            .modifier = table[i].modifier,
        };
        struct form_field field;
        const char *why;
        bool fits = table_fit(table[i].want, &column, &field, &why);

        if (fits != table[i].fits)
            print_error("row %zu\n", i);
        assert_int_equal(fits, table[i].fits);
        if (fits)
            assert_int_equal(field.form, table[i].form);
        if (fits && table[i].element[0])
            assert_int_equal(field.element, 77);
    }
}

static void places_have_stars(void **state)
{
    static const struct {
        struct slice pointer;
        const char *want;
    } table[] = {
        {SLICE_INIT(""), ""},
        {SLICE_INIT("/a"), "/a"},
        {SLICE_INIT("/0"), "/*"},
        {SLICE_INIT("/12/a/3/b~1c/4x"), "/*/a/*/b~1c/4x"},
        {SLICE_INIT("/"), "/"},
        {SLICE_INIT("//7/"), "//*/"},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        char path[64];
        size_t n = finding_path(table[i].pointer, path, sizeof(path));

        assert_int_equal(n, strlen(table[i].want));
        assert_memory_equal(path, table[i].want, n);
        /* A path that is too long is cut, and nothing behind it is hurt. */
        for (size_t cap = 0; cap <= n; cap++) {
            memset(path, '#', sizeof(path));
            assert_int_equal(finding_path(table[i].pointer, path, cap), cap);
            assert_memory_equal(path, table[i].want, cap);
            assert_int_equal(path[cap], '#');
        }
    }
}

/* More places than are told, and more than can be told apart. */
static void a_census_is_bounded(void **state)
{
    static const struct profile profile = {.json = true};
    struct summary summary = {0};
    struct arena arena;
    struct census c;
    struct err err;

    (void)state;
    assert_true(arena_open(&arena, (size_t)256 << 20, &err));
    assert_true(census_open(&c, &profile, &arena, &err));
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 5000 - 1000 * round; i++) {
            char path[32];
            int n = snprintf(path, sizeof(path), "/key%u/%u", i, round);

            census_reject(
                &c, &(struct verdict){.fault = FAULT_COLUMN_TYPE,
                                      .where = slice_of(path, (size_t)n)});
        }
    }
    census_reject(&c, &(struct verdict){.fault = FAULT_LINE_MEMORY});
    for (int64_t i = 0; i < 10000; i++) {
        const int64_t digests[] = {i * 7919, 0, i};
        struct record record = {.digests = digests, .n_digests = 3};

        census_row(&c, &record);
    }
    assert_true(census_end(&c, &summary));
    assert_int_equal(summary.n_findings, FINDING_PATHS_MAX);
    assert_int_equal(summary.findings[0].n, 3);
    assert_string_equal(summary.findings[0].what, "column.type");
    assert_string_equal(summary.findings[0].where, "/key0/*");
    assert_true(summary.duplicates.known);
    assert_true(summary.duplicates.count > 10000);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_quoted),
        cmocka_unit_test(a_full_statement_says_so),
        cmocka_unit_test(types_fit_exactly_or_not),
        cmocka_unit_test(places_have_stars),
        cmocka_unit_test(a_census_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
