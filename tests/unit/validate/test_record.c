/* test_record.c - what PostgreSQL cannot hold is found before it sees it. */
#include "tests/find_profile.h"
#include "validate/record/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const struct {
    const char *profile;
    struct slice text;
    enum fault fault;
    size_t at;
    const char *where;
} table[] = {
    {"raw", SLICE_INIT("{\"a\":1}"), FAULT_NONE, 0, ""},
    {"raw", SLICE_INIT("[1e400,-1E-400,1e+0400]"), FAULT_NONE, 0, ""},
    {"raw", SLICE_INIT("[1,1e401]"), FAULT_JSON_NUMBER_RANGE, 3, "/1"},
    {"raw", SLICE_INIT("{\"x\":1E-401}"), FAULT_JSON_NUMBER_RANGE, 5, "/x"},
    {"raw", SLICE_INIT("1e99999999999999999999"), FAULT_JSON_NUMBER_RANGE, 0,
     ""},
    {"raw", SLICE_INIT("\"a\\u0000b\""), FAULT_JSON_NUL, 2, ""},
    {"raw", SLICE_INIT("[\"\\\\u0000\"]"), FAULT_NONE, 0, ""},
    {"raw", SLICE_INIT("[\"\\\\u0000\",\"\\\\\\u0000\"]"), FAULT_JSON_NUL, 14,
     "/1"},
    {"raw", SLICE_INIT("{\"\\u0000\":1}"), FAULT_JSON_NUL, 2, NULL},
    {"raw", SLICE_INIT("{\"a\":1,\"a\":2}"), FAULT_NONE, 0, ""},
    {"text", SLICE_INIT("plain"), FAULT_NONE, 0, ""},
    {"text", SLICE_INIT("1e999"), FAULT_NONE, 0, ""},
    {"text", SLICE_INIT("a\0b"), FAULT_JSON_NUL, 1, ""},
    {"text", SLICE_INIT(" \r\n\t"), FAULT_REPLY_EMPTY, 0, ""},
    {"text", SLICE_INIT(""), FAULT_REPLY_EMPTY, 0, ""},
};

/* U+0000 stays, for record_judge() to find. */
static const struct repair_options keep = {.mend = {.on_nul = MEND_KEEP}};

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct slice text = table[i].text;
        const struct profile *profile;
        struct repaired sound = {.edits = NULL};
        struct record record;
        struct verdict v;

        assert_true(find_profile(
            slice_of(table[i].profile, strlen(table[i].profile)), &profile));
        if (profile->json)
            assert_int_equal(json_repair(text, &keep, &arena, &sound).fault,
                             FAULT_NONE);
        v = record_judge(profile,
                         &(struct record_input){.text = text, .sound = &sound},
                         &arena, &record);
        if (v.fault != table[i].fault || v.at != table[i].at)
            print_error("row %zu: %.*s at %zu\n", i,
                        (int)fault_key(v.fault).len, fault_key(v.fault).ptr,
                        v.at);
        assert_int_equal(v.fault, table[i].fault);
        assert_int_equal(v.at, table[i].at);
        if (table[i].where)
            assert_true(slice_eq(
                v.where, slice_of(table[i].where, strlen(table[i].where))));
        assert_true(slice_eq(profile->json ? record.json : record.text, text));
        assert_int_equal((profile->json ? record.text : record.json).len, 0);
        arena_rewind(&arena, 0);
    }
}

/* A thousand digits pass, one more does not; a point counts for nothing. */
static void long_numbers(void **state)
{
    static const size_t lens[] = {1000, 1001};
    char text[1100];

    (void)state;
    for (size_t i = 0; i < countof(lens); i++)
        for (int point = 0; point < 2; point++) {
            const struct profile *raw;
            struct repaired sound;
            struct record record;
            struct verdict v;
            size_t len = lens[i] + (size_t)point;

            memset(text, '7', len);
            if (point)
                text[1] = '.';
            assert_true(find_profile(SLICE("raw"), &raw));
            assert_int_equal(
                json_repair(slice_of(text, len), &keep, &arena, &sound).fault,
                FAULT_NONE);
            v = record_judge(raw,
                             &(struct record_input){.text = slice_of(text, len),
                                                    .sound = &sound},
                             &arena, &record);
            assert_int_equal(v.fault, lens[i] > 1000 ? FAULT_JSON_NUMBER_RANGE
                                                     : FAULT_NONE);
            arena_rewind(&arena, 0);
        }
}

static void unknown_profile(void **state)
{
    const struct profile *profile;

    (void)state;
    assert_false(find_profile(SLICE("ra"), &profile));
    assert_false(find_profile(SLICE(""), &profile));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows),
                                       cmocka_unit_test(long_numbers),
                                       cmocka_unit_test(unknown_profile)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)1 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("record", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
