/* test_tally.c - counts that must add up, and numbers for people. */
#include "importer/report/sheet.h"
#include "importer/report/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void adds_up(void **state)
{
    struct tally a = {0}, b = {0};

    (void)state;
    tally_row(&a, PROVIDER_GEMINI, (struct tally_facts){1, 1, 5});
    tally_row(&a, PROVIDER_GEMINI, (struct tally_facts){0, 1, 2});
    tally_reject(&a, PROVIDER_GEMINI, FAULT_JSON_SYNTAX);
    tally_blank(&a);
    assert_int_equal(a.lines, 4);
    assert_int_equal(a.rows, 2);
    assert_int_equal(a.repaired, 1);
    assert_int_equal(a.rejects, 1);
    assert_int_equal(a.blanks, 1);
    assert_true(tally_balanced(&a));
    tally_demote(&a, (struct tally_facts){1, 1, 5}, FAULT_SERVER);
    assert_int_equal(a.rows, 1);
    assert_int_equal(a.repaired, 0);
    assert_int_equal(a.faults[FAULT_SERVER], 1);
    assert_true(tally_balanced(&a));
    b = a;
    tally_merge(&b, &a);
    assert_int_equal(b.lines, 8);
    tally_remove(&b, &a);
    assert_memory_equal(&a, &b, sizeof(a));
}

static void imbalance_is_seen(void **state)
{
    static const struct tally bad[] = {
        {.lines = 1},
        {.rows = 1},
        {.lines = 1, .rejects = 1},
        {.lines = 1, .blanks = 1, .repaired = 1},
        {.faults = {[FAULT_JSON_NUL] = 1}},
    };

    (void)state;
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(tally_balanced(&bad[i]));
}

static void provider_of_many(void **state)
{
    struct tally t = {0};

    (void)state;
    assert_true(slice_eq(tally_provider(&t), SLICE("unknown")));
    tally_reject(&t, PROVIDER_UNKNOWN, FAULT_ENVELOPE_SYNTAX);
    assert_true(slice_eq(tally_provider(&t), SLICE("unknown")));
    tally_row(&t, PROVIDER_OPENAI, (struct tally_facts){0});
    assert_true(slice_eq(tally_provider(&t), SLICE("openai")));
    tally_row(&t, PROVIDER_VLLM, (struct tally_facts){0});
    assert_true(slice_eq(tally_provider(&t), SLICE("mixed")));
}

static void numbers(void **state)
{
    static const struct {
        uint64_t value;
        const char *count, *bytes, *clock;
    } cases[] = {
        {0, "0", "0 B", "0:00"},
        {7, "7", "7 B", "0:07"},
        {999, "999", "999 B", "16:39"},
        {1000, "1,000", "1.00 kB", "16:40"},
        {12345, "12,345", "12.3 kB", "3:25:45"},
        {999949, "999,949", "1.00 MB", "277:45:49"},
        {123456789, "123,456,789", "123 MB", "1000:00:00"},
        {UINT64_MAX, "18,446,744,073,709,551,615", "18447 PB", "1000:00:00"},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        char out[SHEET_NUMBER];

        assert_string_equal(sheet_count(cases[i].value, out), cases[i].count);
        assert_string_equal(sheet_bytes((double)cases[i].value, out),
                            cases[i].bytes);
        assert_string_equal(sheet_clock((double)cases[i].value, out),
                            cases[i].clock);
    }
}

static void sheet_never_overflows(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 12; cap++) {
        char bytes[16];
        struct sheet s = {.bytes = bytes, .cap = cap};

        memset(bytes, '#', sizeof(bytes));
        sheet_put(&s, "%s", "hello");
        sheet_slice_put(&s, SLICE("world"));
        sheet_name(&s, "\033[");
        assert_true(s.len <= cap);
        assert_int_equal(s.full, cap < 12);
        for (size_t i = cap; i < sizeof(bytes); i++)
            assert_int_equal(bytes[i], '#');
    }
}

static void a_name_cannot_drive_the_terminal(void **state)
{
    char bytes[32];
    struct sheet s = {.bytes = bytes, .cap = sizeof(bytes)};

    (void)state;
    sheet_name(&s, "a\033[2J\nb\x7F\xC3\xA9");
    assert_true(slice_eq(sheet_slice(&s), SLICE("a?[2J?b?\xC3\xA9")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up),
        cmocka_unit_test(imbalance_is_seen),
        cmocka_unit_test(provider_of_many),
        cmocka_unit_test(numbers),
        cmocka_unit_test(sheet_never_overflows),
        cmocka_unit_test(a_name_cannot_drive_the_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
