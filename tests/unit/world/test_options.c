/* test_options.c - command lines against a table, and the words of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "importer/sys/options.h"

struct fields {
    bool quiet;
    uint64_t workers;
    uint64_t range;
    int profile;
    const char *db;
    int shard;
};

static bool parse_shard(const char *text, void *field, struct err *err)
{
    int value = text[0] - '0';

    if (value < 0 || value > 9 || text[1])
        return err_set(err, ERR_USAGE, "expected one digit");
    memcpy(field, &value, sizeof(value));
    return true;
}

static const char *const profiles[] = {"raw", "text", NULL};

static const struct option_row rows[] = {
    {"quiet", 'q', OPTION_FLAG, offsetof(struct fields, quiet), NULL,
     "say nothing but errors", 0, 0, NULL, NULL, false},
    {"workers", 'j', OPTION_COUNT, offsetof(struct fields, workers), "N",
     "processes", 1, 64, NULL, NULL, false},
    {"range-bytes", 0, OPTION_SIZE, offsetof(struct fields, range), "SIZE",
     "bytes per transaction", 4096, (uint64_t)1 << 40, NULL, NULL, false},
    {"profile", 'p', OPTION_CHOICE, offsetof(struct fields, profile), "NAME",
     "raw or text", 0, 0, profiles, NULL, false},
    {"db", 0, OPTION_TEXT, offsetof(struct fields, db), "URI", "a server", 0, 0,
     NULL, NULL, false},
    {"shard", 0, OPTION_PARSED, offsetof(struct fields, shard), "I/N",
     "a part of the ranges", 0, 0, NULL, parse_shard, true},
};

static const struct command command = {
    .name = "import",
    .usage = "decant import [OPTION]... FILE...",
    .summary = "Pour results into PostgreSQL.",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog = "More words.",
};

static const struct {
    const char *line;  /* words divided by one blank */
    const char *words; /* operands, or the error's text */
    struct fields want;
    bool wrong;
    bool help;
} table[] = {
    {"", "", {0}, false, false},
    {"a b", "a b", {0}, false, false},
    {"-q a -", "a -", {.quiet = true}, false, false},
    {"a --workers 4 b", "a b", {.workers = 4}, false, false},
    {"--workers=64", "", {.workers = 64}, false, false},
    {"-j4", "", {.workers = 4}, false, false},
    {"-j 4 x", "x", {.workers = 4}, false, false},
    {"-qj4", "", {.quiet = true, .workers = 4}, false, false},
    {"-qj 4", "", {.quiet = true, .workers = 4}, false, false},
    {"--range-bytes 32M", "", {.range = 32 << 20}, false, false},
    {"--range-bytes 64KiB", "", {.range = 64 << 10}, false, false},
    {"--range-bytes 4096B", "", {.range = 4096}, false, false},
    {"--range-bytes 1g", "", {.range = 1 << 30}, false, false},
    {"--profile text", "", {.profile = 1}, false, false},
    {"--db= x", "x", {.db = ""}, false, false},
    {"--db a=b", "", {.db = "a=b"}, false, false},
    {"--shard 3", "", {.shard = 3}, false, false},
    {"-- -q --db", "-q --db", {0}, false, false},
    {"--help", "", {0}, false, true},
    {"-h x", "x", {0}, false, true},
    {"--wrokers 4", "did you mean --workers?", {0}, true, false},
    {"--work 4", "did you mean --workers?", {0}, true, false},
    {"--quite", "did you mean --quiet?", {0}, true, false},
    {"--nothing-like-it", "decant import --help", {0}, true, false},
    {"-z", "unknown option -z", {0}, true, false},
    {"--workers", "needs a value (N)", {0}, true, false},
    {"--workers 0", "at least 1", {0}, true, false},
    {"--workers 65", "at most 64", {0}, true, false},
    {"--workers four", "not a number", {0}, true, false},
    {"--workers -1", "not a number", {0}, true, false},
    {"--workers 99999999999999999999", "not a number", {0}, true, false},
    {"--range-bytes 32X", "not a size", {0}, true, false},
    {"--range-bytes 99999999T", "not a size", {0}, true, false},
    {"--range-bytes 1k", "at least 4096", {0}, true, false},
    {"--profile xml", "choose one of raw, text", {0}, true, false},
    {"--quiet=1", "takes no value", {0}, true, false},
    {"--shard ab", "--shard ab: expected one digit", {0}, true, false},
};

static void run(size_t row)
{
    struct fields got = {0}, want = table[row].want;
    struct err err = {.code = ERR_NONE};
    char line[200], joined[200] = "";
    char *words[16], *rest;
    struct operands argv = {.words = words};
    bool ok;

    snprintf(line, sizeof(line), "%s", table[row].line);
    for (char *w = strtok_r(line, " ", &rest); w;
         w = strtok_r(NULL, " ", &rest))
        words[argv.count++] = w;
    ok = options_parse(&command, &argv, &got, &err);
    if (ok == table[row].wrong)
        fail_msg("%s: %s", table[row].line, err.text);
    if (!ok) {
        assert_int_equal(err.code, ERR_USAGE);
        if (!strstr(err.text, table[row].words))
            fail_msg("%s: %s", table[row].line, err.text);
        return;
    }
    for (int i = 0; i < argv.count; i++)
        snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined),
                 "%s%s", i ? " " : "", argv.words[i]);
    assert_string_equal(joined, table[row].words);
    assert_int_equal(argv.help, table[row].help);
    assert_true(got.quiet == want.quiet && got.workers == want.workers &&
                got.range == want.range && got.profile == want.profile &&
                got.shard == want.shard);
    if (want.db)
        assert_string_equal(got.db, want.db);
}

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++)
        run(i);
}

static void test_environment(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct fields f = {0};
    char first[] = "-j3";
    char *words[] = {first};
    struct operands argv = {.count = 1, .words = words};

    (void)state;
    setenv("DECANT_WORKERS", "9", 1);
    setenv("DECANT_RANGE_BYTES", "8k", 1);
    setenv("DECANT_QUIET", "0", 1);
    assert_true(options_parse(&command, &argv, &f, &err));
    assert_true(f.workers == 3 && f.range == 8192 && !f.quiet);
    setenv("DECANT_WORKERS", "many", 1);
    argv.count = 0;
    assert_false(options_parse(&command, &argv, &f, &err));
    assert_non_null(strstr(err.text, "DECANT_WORKERS"));
    unsetenv("DECANT_WORKERS");
    unsetenv("DECANT_RANGE_BYTES");
    unsetenv("DECANT_QUIET");
}

static void test_help(void **state)
{
    char text[2000], little[10];
    size_t n = options_help(&command, text, sizeof(text));

    (void)state;
    assert_int_equal(n, strlen(text));
    assert_int_equal(options_help(&command, little, sizeof(little)), n);
    assert_int_equal(strlen(little), sizeof(little) - 1);
    assert_non_null(strstr(text, "Usage: decant import"));
    assert_non_null(strstr(text, "  -j, --workers N         processes\n"));
    assert_non_null(strstr(text, "      --range-bytes SIZE  bytes"));
    assert_non_null(strstr(text, "-h, --help"));
    assert_null(strstr(text, "shard"));
    assert_non_null(strstr(text, "\nMore words.\n"));
}

static void test_nearest(void **state)
{
    static const char *const words[] = {"import", "check", "db", "help"};

    (void)state;
    assert_string_equal(options_nearest("imprt", words, 4), "import");
    assert_string_equal(options_nearest("chekc", words, 4), "check");
    assert_string_equal(options_nearest("imp", words, 4), "import");
    assert_null(options_nearest("xyzzy", words, 4));
    assert_null(options_nearest("", words, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
