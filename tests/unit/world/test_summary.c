/* test_summary.c - the summary in both forms, and the progress line. */
#include "importer/report/progress.h"
#include "importer/report/summary.h"
#include "validate/json/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int begin(void **state)
{
    struct err err;

    (void)state;
    return arena_open(&arena, (size_t)64 << 20, &err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static bool holds(struct slice text, const char *words)
{
    return memmem(text.ptr, text.len, words, strlen(words)) != NULL;
}

static const struct file_report two[] = {
    {.path = "a.jsonl",
     .tally = {.bytes = 900,
               .lines = 5,
               .rows = 3,
               .rejects = 1,
               .blanks = 1,
               .repaired = 2,
               .faults = {[FAULT_PAYLOAD_NOT_JSON] = 1},
               .providers = 1u << PROVIDER_GEMINI}},
    {.path = "dir/\"b\"\n.jsonl",
     .already_lines = 7,
     .already_bytes = 1234,
     .note = "known already",
     .error = "this is CSV"},
};

static void json_form(void **state)
{
    struct summary s = {
        .files = two,
        .n_files = 2,
        .seconds = 1.5,
        .run = "0-0",
        .database = "here",
        .exit = 1,
    };
    struct slice json = summary_json(&s, &arena);

    (void)state;
    assert_non_null(json.ptr);
    assert_int_equal(json_check(json).code, JSON_OK);
    assert_true(holds(json, "{\"totals\":{\"lines\":5,\"rows\":3,\"rejects\":1,"
                            "\"blanks\":1,\"repaired\":2,\"bytes\":900,"
                            "\"seconds\":1.5,\"already_lines\":7,"
                            "\"already_bytes\":1234"));
    assert_true(holds(json, "\"provider\":\"gemini\""));
    assert_true(holds(json, "\"faults\":{\"payload.not_json\":1}"));
    assert_true(holds(json, "\"path\":\"dir/\\\"b\\\"\\n.jsonl\""));
    assert_true(holds(json, "\"error\":\"this is CSV\""));
    assert_true(
        holds(json, "\"run\":\"0-0\",\"database\":\"here\",\"exit\":1}"));
}

static void text_form(void **state)
{
    struct summary s = {
        .files = two, .n_files = 2, .seconds = 1.5, .psql = "psql"};
    struct slice text = summary_text(&s, &arena);

    (void)state;
    assert_non_null(text.ptr);
    assert_true(holds(text, "gemini"));
    assert_true(holds(text, "payload.not_json"));
    assert_true(holds(text, "--profile text"));
    assert_true(holds(text, "change the request"));
    assert_true(holds(text, "already in the database: 7 lines (1.23 kB)"));
    assert_true(holds(text, "not loaded: dir/\"b\"?.jsonl: this is CSV"));
    assert_true(
        holds(text, "psql -c \"select * from decant.failure_summary\""));
    assert_false(holds(text, "\n.jsonl"));
}

/* However many files and however long their names: never cut. */
static void any_number_of_files(void **state)
{
    static char name[5000];
    struct file_report *files = arena_new(&arena, 3000, struct file_report);

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    assert_non_null(files);
    for (size_t i = 0; i < 3000; i++) {
        files[i] = two[i % 2];
        files[i].path = i % 10 ? "short" : name;
        for (unsigned f = 1; i % 2 == 0 && f < FAULT_COUNT; f++) {
            files[i].tally.faults[f] = 1;
            files[i].tally.rejects = FAULT_COUNT - 1;
        }
        files[i].tally.lines = files[i].tally.rows + files[i].tally.rejects +
                               files[i].tally.blanks;
    }
    for (size_t n = 0; n <= 3000; n = n * 3 + 1) {
        struct summary s = {.files = files, .n_files = n, .psql = name};

        assert_non_null(summary_text(&s, &arena).ptr);
        assert_int_equal(json_check(summary_json(&s, &arena)).code, JSON_OK);
    }
}

static void progress_fits(void **state)
{
    struct progress p = {
        .done_bytes = 1200000000,
        .total_bytes = 2800000000,
        .tally = {.lines = 480000, .rows = 470000, .rejects = 10000},
        .seconds = 4,
    };
    char bytes[300];

    (void)state;
    for (size_t width = 0; width < 200; width++) {
        struct sheet s = {.bytes = bytes, .cap = sizeof(bytes)};

        progress_put(&s, &p, width);
        assert_true(s.len <= width);
        if (width == 199) {
            assert_true(holds(sheet_slice(&s), " 43%  1.20 GB of 2.80 GB"));
            assert_true(holds(sheet_slice(&s), "300 MB/s"));
            assert_true(holds(sheet_slice(&s), "120,000 lines/s"));
            assert_true(holds(sheet_slice(&s), "ETA 0:05"));
            assert_true(holds(sheet_slice(&s), "470,000 rows"));
        }
    }
    p.total_bytes = 0;
    p.seconds = 0;
    progress_put(&(struct sheet){.bytes = bytes, .cap = sizeof(bytes)}, &p, 80);
    assert_memory_equal(bytes, "1.20 GB", 7);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(json_form),
        CASE(text_form),
        CASE(any_number_of_files),
        CASE(progress_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
