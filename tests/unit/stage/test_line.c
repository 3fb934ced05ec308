/* test_line.c - line.c against a table, then against every way to cut. */
#include "importer/stage/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MAX_LEN 8
#define LINES   5

struct want {
    const char *text;
    uint64_t offset, length;
    const char *marks; /* o: oversize, u: not closed, b: BOM, _: blank */
};

static const struct {
    const char *name;
    struct slice file;
    struct want lines[LINES];
} table[] = {
    {"empty file", SLICE_INIT(""), {{0}}},
    {"no final newline",
     SLICE_INIT("ab\ncd"),
     {{"ab", 0, 2, ""}, {"cd", 3, 2, "u"}}},
    {"final newline", SLICE_INIT("ab\n"), {{"ab", 0, 2, ""}}},
    {"blank lines",
     SLICE_INIT("\n \t\r\nx\n\r\n"),
     {{"", 0, 0, "_"}, {" \t", 1, 2, "_"}, {"x", 5, 1, ""}, {"", 7, 0, "_"}}},
    {"crlf", SLICE_INIT("a\r\nb"), {{"a", 0, 1, ""}, {"b", 3, 1, "u"}}},
    {"two CR", SLICE_INIT("a\r\r\nb\n"), {{"a\r", 0, 2, ""}, {"b", 4, 1, ""}}},
    {"CR at the end of the file",
     SLICE_INIT("a\nb\r"),
     {{"a", 0, 1, ""}, {"b\r", 2, 2, "u"}}},
    {"CR alone ends no line", SLICE_INIT("a\rb\n"), {{"a\rb", 0, 3, ""}}},
    {"NUL inside",
     SLICE_INIT("a\0b\nc"),
     {{"a\0b", 0, 3, ""}, {"c", 4, 1, "u"}}},
    {"other separators end no line",
     SLICE_INIT("\xE2\x80\xA8\xC2\x85\v\n"),
     {{"\xE2\x80\xA8\xC2\x85\v", 0, 6, ""}}},
    {"oversize",
     SLICE_INIT("0123456789\nz"),
     {{"01234567", 0, 10, "o"}, {"z", 11, 1, "u"}}},
    {"CR behind a full line",
     SLICE_INIT("01234567\r\nz"),
     {{"01234567", 0, 8, ""}, {"z", 10, 1, "u"}}},
    {"oversize crlf",
     SLICE_INIT("012345678\r\nz"),
     {{"01234567", 0, 9, "o"}, {"z", 11, 1, "u"}}},
    {"oversize, CR at the cap",
     SLICE_INIT("0123456\r8\nz"),
     {{"0123456\r", 0, 9, "o"}, {"z", 10, 1, "u"}}},
    {"oversize, not closed",
     SLICE_INIT("0123456789"),
     {{"01234567", 0, 10, "ou"}}},
    {"exact cap",
     SLICE_INIT("01234567\nz"),
     {{"01234567", 0, 8, ""}, {"z", 9, 1, "u"}}},
    {"BOM",
     SLICE_INIT("\xEF\xBB\xBF"
                "ab\r\n\xEF\xBB\xBF"
                "c\n"),
     {{"ab", 0, 5, "b"},
      {"\xEF\xBB\xBF"
       "c",
       7, 4, ""}}},
    {"BOM alone",
     SLICE_INIT("\xEF\xBB\xBF\nx\n"),
     {{"", 0, 3, "b_"}, {"x", 4, 1, ""}}},
    {"half a BOM",
     SLICE_INIT("\xEF\xBB\nx\n"),
     {{"\xEF\xBB", 0, 2, ""}, {"x", 3, 1, ""}}},
    {"BOM in an oversize line",
     SLICE_INIT("\xEF\xBB\xBF"
                "012345678\n"),
     {{"01234", 0, 12, "bo"}}},
};

static struct arena arena;

static bool marked(const struct want *w, char mark)
{
    return strchr(w->marks, mark) != NULL;
}

static void is_line(const char *name, const struct line *got,
                    const struct want *w)
{
    size_t len = w->length < MAX_LEN ? (size_t)w->length : MAX_LEN;
    bool same;

    len -= marked(w, 'b') ? 3 : 0;
    same = got->text.len == len && !memcmp(got->text.ptr, w->text, len);
    if (!same || got->offset != w->offset || got->length != w->length)
        print_error("%s: \"%.*s\" offset %ju length %ju\n", name,
                    (int)got->text.len, got->text.ptr, (uintmax_t)got->offset,
                    (uintmax_t)got->length);
    assert_true(same);
    assert_int_equal(got->offset, w->offset);
    assert_int_equal(got->length, w->length);
    assert_int_equal(got->oversize, marked(w, 'o'));
    assert_int_equal(got->closed, !marked(w, 'u'));
    assert_int_equal(got->bom, marked(w, 'b'));
    assert_int_equal(line_blank(got), marked(w, '_'));
}

/* Cut [begin, end) in chunks of `step`; its lines are those from *seen on. */
static void cut(size_t row, uint64_t begin, uint64_t end, size_t step,
                size_t *seen)
{
    struct slice file = table[row].file;
    size_t first = *seen, at;
    struct line_cutter lc;
    struct line line;
    enum line_step got;

    assert_true(line_cutter_init(&lc, begin, end, MAX_LEN, &arena));
    at = (size_t)line_cutter_where(&lc);
    while ((got = line_next(&lc, &line)) != LINE_DONE) {
        if (got == LINE_HUNGRY) {
            struct slice bytes = slice_take(slice_drop(file, at), step);

            at += bytes.len;
            line_feed(&lc, (struct chunk){bytes, at == file.len});
            continue;
        }
        assert_true(*seen < LINES && table[row].lines[*seen].text);
        assert_int_equal(line.ordinal, *seen - first);
        is_line(table[row].name, &line, &table[row].lines[*seen]);
        ++*seen;
    }
    assert_true(at == file.len || line_cutter_where(&lc) >= end);
}

static void every_split(void **state)
{
    (void)state;
    for (size_t row = 0; row < countof(table); row++) {
        size_t len = table[row].file.len, want = 0;

        while (want < LINES && table[row].lines[want].text)
            want++;
        for (size_t split = 0; split <= len; split++)
            for (size_t step = 1; step <= len + 1; step++) {
                size_t seen = 0;

                cut(row, 0, split, step, &seen);
                cut(row, split, len, step, &seen);
                if (seen != want)
                    print_error("%s: split %zu, step %zu\n", table[row].name,
                                split, step);
                assert_int_equal(seen, want);
                arena_rewind(&arena, 0);
            }
    }
}

/* An absurd line leaves the first LINE_KEPT bytes, and the carry buffer is
 * touched no further than a line needs. */
static void flat(void **state)
{
    static char chunk[1 << 12];
    struct line_cutter lc;
    struct line line;

    (void)state;
    memset(chunk, 'x', sizeof(chunk));
    assert_true(line_cutter_init(&lc, 0, UINT64_MAX, LINE_KEPT * 4, &arena));
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(line_next(&lc, &line), LINE_HUNGRY);
        line_feed(&lc, (struct chunk){SLICE_INIT(""), false});
        assert_int_equal(line_next(&lc, &line), LINE_HUNGRY);
        line_feed(&lc, (struct chunk){slice_of(chunk, sizeof(chunk)), false});
    }
    assert_int_equal(line_next(&lc, &line), LINE_HUNGRY);
    line_feed(&lc, (struct chunk){SLICE_INIT("\n"), true});
    assert_int_equal(line_next(&lc, &line), LINE_READY);
    assert_true(line.oversize && line.closed && !line_blank(&line));
    assert_int_equal(line.length, 100 * sizeof(chunk));
    assert_int_equal(line.text.len, LINE_KEPT);
    assert_int_equal(line_next(&lc, &line), LINE_DONE);
    arena_rewind(&arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_split),
                                       cmocka_unit_test(flat)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, 1 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("line", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
