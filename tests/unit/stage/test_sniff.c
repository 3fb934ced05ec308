/* test_sniff.c - files that are none of ours, and ours that look strange. */
#include "importer/stage/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RESULT "{\"custom_id\":\"a\",\"response\":{\"status_code\":500}}\n"
#define INPUT  "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/\"}\n"

static struct arena arena;

static const struct {
    const char *name;
    struct slice head;
    bool whole;
    enum sniff want;
} table[] = {
    {"empty", SLICE_INIT(""), true, SNIFF_EMPTY},
    {"blanks", SLICE_INIT(" \r\n\n\t"), true, SNIFF_EMPTY},
    {"BOM alone", SLICE_INIT("\xEF\xBB\xBF"), true, SNIFF_EMPTY},
    {"blanks for now", SLICE_INIT("\n\n"), false, SNIFF_RESULTS},
    {"results", SLICE_INIT(RESULT), true, SNIFF_RESULTS},
    {"BOM", SLICE_INIT("\xEF\xBB\xBF" RESULT), true, SNIFF_RESULTS},
    {"results behind requests", SLICE_INIT(INPUT INPUT RESULT), true,
     SNIFF_RESULTS},
    {"results behind damage", SLICE_INIT("}{\n\xFF\xFE\n" RESULT), true,
     SNIFF_RESULTS},
    {"only damaged results", SLICE_INIT("{\"key\":\"a\",\"response\":{"), true,
     SNIFF_RESULTS},
    {"a first line longer than the head",
     SLICE_INIT("{\"custom_id\":\"a\",\"response\":{\"body\":\"aaaaaaa"), false,
     SNIFF_RESULTS},
    {"requests", SLICE_INIT(INPUT INPUT), true, SNIFF_INPUT},
    {"requests behind an odd line", SLICE_INIT("{}\n" INPUT), true,
     SNIFF_INPUT},
    {"requests, cut", SLICE_INIT(INPUT "{\"custom_id\":\"b\",\"method\":"),
     false, SNIFF_INPUT},
    {"job", SLICE_INIT("{\n \"name\": \"batches/1\",\n \"done\": true\n}"),
     true, SNIFF_JOB},
    {"job, cut", SLICE_INIT("{\n \"name\": \"batches/1\",\n \"respo"), false,
     SNIFF_JOB},
    {"list of jobs", SLICE_INIT("{\"operations\":[]}"), true, SNIFF_JOB},
    {"list of files", SLICE_INIT("{\"object\":\"list\",\"data\":[]}"), true,
     SNIFF_JOB},
    {"HTTP error", SLICE_INIT("{\n\"error\":{\"code\":404}\n}\n"), true,
     SNIFF_ERROR},
    {"HTTP error in an array", SLICE_INIT("[{\n\"error\":{\"code\":404}}]"),
     true, SNIFF_ERROR},
    {"manifest", SLICE_INIT("{\"totalRecordCount\":1}"), true, SNIFF_MANIFEST},
    {"page", SLICE_INIT("{\"results\":[]}"), true, SNIFF_PAGE},
    {"page, cut", SLICE_INIT("{\"results\":[{\"batch_request_id\":\"0\","),
     false, SNIFF_PAGE},
    {"array of results", SLICE_INIT("[{\"custom_id\":\"a\",\"error\":{}}]"),
     true, SNIFF_PAGE},
    {"result spread over lines",
     SLICE_INIT("{\n\"key\": \"a\",\n\"response\": {}\n}\n"), true, SNIFF_PAGE},
    {"CSV", SLICE_INIT("id,text\n1,\"a\"\n"), true, SNIFF_CSV},
    {"TSV", SLICE_INIT("id\ttext\n1\ta\n"), true, SNIFF_CSV},
    {"CSV, one line", SLICE_INIT("id;text"), true, SNIFF_CSV},
    {"zip", SLICE_INIT("PK\3\4\0\0\0\0\0\0\0\0"), true, SNIFF_BINARY},
    {"UTF-16", SLICE_INIT("\xFF\xFE{\0\"\0k\0e\0y\0\"\0:\0"), true,
     SNIFF_BINARY},
    {"prose", SLICE_INIT("Dear all\nsee below\n"), true, SNIFF_UNKNOWN},
    {"HTML", SLICE_INIT("<html>\n<body>no</body>\n"), true, SNIFF_UNKNOWN},
    {"other JSON", SLICE_INIT("{\"a\":1}\n[1]\n2\n"), true, SNIFF_UNKNOWN},
};

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        enum sniff got = envelope_sniff(table[i].head, table[i].whole, &arena);

        if (got != table[i].want)
            print_error("%s\n", table[i].name);
        assert_int_equal(got, table[i].want);
        assert_int_equal(arena_mark(&arena), 0);
        assert_true(sniff_words(got).len > 0);
    }
}

/* A head that stops anywhere is no worse than "unknown", and never ours
 * taken for somebody else's once a whole line is there. */
static void cut_anywhere(void **state)
{
    struct slice head = SLICE(RESULT RESULT);

    (void)state;
    for (size_t len = slice_find(head, '\n') + 1; len < head.len; len++)
        assert_int_equal(envelope_sniff(slice_take(head, len), false, &arena),
                         SNIFF_RESULTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows),
                                       cmocka_unit_test(cut_anywhere)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)1 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
