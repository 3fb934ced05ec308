/*
 * test_ledger_end.c - the ledger on a server: races, books, streams, and a
 * server that is killed.
 */
#include "tests/unit/world/importing.h"

#define RACE_LINES 400

static const char *race_text(void)
{
    static char text[RACE_LINES * 12];

    text[0] = '\0';
    for (size_t i = 0; i < RACE_LINES; i++)
        snprintf(text + strlen(text), 12, "line %zu\n", i);
    return text;
}

/* One runner of the race: this program, started anew with "race". */
static int race(const char *url, const char *where)
{
    const char *text = race_text();
    struct source source;
    struct pg *pg;

    snprintf(server_url, sizeof(server_url), "%s", url);
    snprintf(folder, sizeof(folder), "%s", where);
    pg = server_open();
    source = open_source(pg, "r.jsonl");
    for (uint64_t n = 0; n * RB < strlen(text); n++)
        (void)load_range(pg, &source, n, text, SIZE_MAX);
    pg_close(pg);
    return 0;
}

/* Processes that all try to load all ranges in the same order. */
static void test_race(void **state)
{
    enum { N = 6 };
    struct ledger_look look;
    const char *text = race_text();
    struct source s;
    struct pg *pg;
    pid_t pids[N];

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("r.jsonl", text);
    for (int i = 0; i < N; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            execl("/proc/self/exe", "test_ledger", "race", server_url, folder,
                  (char *)NULL);
            _exit(127);
        }
    }
    for (int i = 0; i < N; i++) {
        int status = -1;

        assert_true(waitpid(pids[i], &status, 0) == pids[i]);
        assert_int_equal(status, 0);
    }
    s = open_source(pg, "r.jsonl");
    assert_int_equal(missing(pg, &s, &look).n, 0);
    assert_int_equal(look.already.rows, RACE_LINES);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM decant.source"),
                     1);
    load_all(pg, &s, text);
    pg_close(pg);
}

static void test_books(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct ledger_end end;
    struct source s;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("k.jsonl", lines_5);
    s = open_source(pg, "k.jsonl");
    assert_ok(ledger_finish(pg, &s.id, 1, &end, &err));
    assert_int_equal(end.incomplete, 1);
    assert_int_equal(server_number(pg, "SELECT to_regclass('decant.result_key')"
                                       " IS NULL"),
                     1);
    load_all(pg, &s, lines_5);
    assert_int_equal(server_number(pg, "SELECT to_regclass('decant.result_key')"
                                       " IS NULL"),
                     0);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM "
                                       "decant.reconciliation WHERE balanced"),
                     1);
    /* a blank line before it in its range: the number is unknown */
    assert_int_equal(server_number(pg, "SELECT count(*) FROM "
                                       "decant.reject_line WHERE line IS NULL"),
                     1);
    assert_ok(pg_exec(pg, "DELETE FROM decant.reject", &err));
    assert_ok(ledger_finish(pg, &s.id, 1, &end, &err));
    assert_false(end.balanced);
    assert_string_equal(end.unbalanced, in_folder("k.jsonl"));
    assert_non_null(strstr(end.words, "1 rejects"));
    pg_close(pg);
}

static void test_line_numbers(void **state)
{
    static const char text[] = "one\n!two\nthree is a long line, a very long "
                               "line\nfour\n!five\nsix\n!seven";
    struct source s;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("n.jsonl", text);
    s = open_source(pg, "n.jsonl");
    load_all(pg, &s, text);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM decant.reject_line"
                                       " WHERE line IN (2, 5, 7)"),
                     3);
    pg_close(pg);
}

static bool one_path(void *ctx, const char *path, enum source_kind kind)
{
    assert_int_equal(kind, SOURCE_FILE);
    snprintf(ctx, 128, "%s", path);
    return true;
}

static void test_unfinished(void **state)
{
    struct err err = {.code = ERR_NONE};
    char path[128] = "";
    struct source s;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("u.jsonl", lines_5);
    s = open_source(pg, "u.jsonl");
    assert_ok(ledger_unfinished(pg, one_path, path, &err));
    assert_string_equal(path, in_folder("u.jsonl"));
    load_all(pg, &s, lines_5);
    path[0] = '\0';
    assert_ok(ledger_unfinished(pg, one_path, path, &err));
    assert_string_equal(path, "");
    pg_close(pg);
}

/* A stream loaded up to `end` as one range of a new source. */
static struct source stream_range(struct pg *pg, const char *text, size_t end,
                                  bool *ours)
{
    struct err err = {.code = ERR_NONE};
    struct source s;
    struct load load;

    assert_ok(ledger_stream_begin(pg, "-", RB, &raw_profile, &s, &err));
    load =
        load_lines(pg, &s, &(struct range){.source = s.id, .end = UINT64_MAX},
                   slice_of(text, end), SIZE_MAX);
    load.last = true;
    assert_ok(ledger_commit(pg, &s, &load, ours, &err));
    return s;
}

static void test_streams(void **state)
{
    static struct stream_pieces pieces;
    struct err err = {.code = ERR_NONE};
    struct ledger_end end;
    struct source s, other;
    struct pg *pg;
    bool ours;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    assert_ok(ledger_stream_known(pg, 0, &pieces, &err));
    assert_int_equal(pieces.n, 0);
    s = stream_range(pg, lines_5, strlen(lines_5), &ours);
    assert_true(ours);
    assert_ok(ledger_stream_known(pg, 0, &pieces, &err));
    assert_int_equal(pieces.n, 1);
    assert_int_equal(pieces.at[0].end, strlen(lines_5));
    assert_true(pieces.at[0].last && pieces.at[0].source == s.id);
    assert_int_equal(pieces.at[0].counts.blanks, 1);
    assert_true(hash_eq(pieces.at[0].hash,
                        hash_of(slice_of(lines_5, strlen(lines_5)))));
    /* the same beginning committed by somebody else meanwhile */
    (void)stream_range(pg, lines_5, strlen(lines_5), &ours);
    assert_false(ours);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM decant.source"),
                     1);
    /* a shorter one is another stream */
    other = stream_range(pg, lines_5, 11, &ours);
    assert_true(ours);
    assert_ok(ledger_stream_known(pg, 0, &pieces, &err));
    assert_int_equal(pieces.n, 2);
    assert_int_equal(pieces.at[0].end, 11);
    assert_ok(ledger_stream_known(pg, 11, &pieces, &err));
    assert_int_equal(pieces.n, 0);
    assert_ok(ledger_finish(pg, (int64_t[]){s.id, other.id}, 2, &end, &err));
    assert_true(end.incomplete == 0 && end.balanced);
    assert_ok(ledger_source(pg, s.id, &other, &err));
    assert_true(other.kind == SOURCE_STREAM && other.length == strlen(lines_5));
    pg_close(pg);
}

/* kill -9 of the server between rows and commit: nothing of them stays. */
static void test_server_killed(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct range range = {.n = 1};
    struct ledger_look look;
    enum claim claim;
    struct load load;
    struct source s;
    struct pg *pg;
    bool ours;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("x.jsonl", lines_5);
    s = open_source(pg, "x.jsonl");
    assert_int_equal(load_range(pg, &s, 0, lines_5, SIZE_MAX), CLAIM_OURS);
    assert_ok(pg_exec(pg, "CHECKPOINT", &err));
    range.source = s.id;
    assert_ok(ledger_claim(pg, &s, &range, &claim, &err));
    load = load_lines(pg, &s, &range, slice_of(lines_5, strlen(lines_5)),
                      SIZE_MAX);
    assert_int_equal(server_do("kill"), 0);
    assert_false(ledger_commit(pg, &s, &load, &ours, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_false(pg_alive(pg));
    pg_close(pg);
    assert_int_equal(server_do("start"), 0);
    pg = server_open();
    s = open_source(pg, "x.jsonl");
    assert_true(s.known && missing(pg, &s, &look).n >= 2);
    load_all(pg, &s, lines_5);
    check_lines(pg, &s, lines_5);
    pg_close(pg);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_race),
        cmocka_unit_test(test_books),
        cmocka_unit_test(test_line_numbers),
        cmocka_unit_test(test_unfinished),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_server_killed),
    };

    if (argc == 4)
        return race(argv[2], argv[3]);
    return cmocka_run_group_tests(tests, start, stop);
}
