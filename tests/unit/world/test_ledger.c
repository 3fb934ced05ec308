/*
 * test_ledger.c - the ledger on a server: known, grown, replaced, renamed
 * files; missing ranges; claims.
 */
#include "tests/unit/world/importing.h"

static void test_new_and_known(void **state)
{
    struct ledger_look look;
    struct source s, again;
    struct list list;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("a.jsonl", lines_5);
    s = open_source(pg, "a.jsonl");
    assert_true(s.id > 0 && !s.known && !s.replaced && !s.complete);
    assert_int_equal(s.range_bytes, RB);
    list = missing(pg, &s, &look);
    assert_int_equal(list.n, 3);
    assert_int_equal(look.missing_bytes, strlen(lines_5));
    assert_int_equal(list.at[1].begin, RB);
    assert_int_equal(list.at[2].end, strlen(lines_5));
    load_all(pg, &s, lines_5);
    check_lines(pg, &s, lines_5);
    again = open_source(pg, "a.jsonl");
    assert_true(again.known && again.complete && again.id == s.id);
    assert_true(!again.renamed_from[0] && !again.extended);
    assert_int_equal(load_range(pg, &again, 1, lines_5, SIZE_MAX), CLAIM_WHOLE);
    /* renamed: the same source under its new path */
    write_file("b.jsonl", lines_5);
    again = open_source(pg, "b.jsonl");
    assert_true(again.known && again.id == s.id);
    assert_string_equal(again.renamed_from, in_folder("a.jsonl"));
    /* another content under a known path: new, and said so */
    write_file("b.jsonl", "something else\n");
    again = open_source(pg, "b.jsonl");
    assert_true(!again.known && again.replaced && again.id != s.id);
    pg_close(pg);
}

static void test_empty_file(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct ledger_look look;
    struct ledger_end end;
    struct source s;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("e.jsonl", "");
    s = open_source(pg, "e.jsonl");
    assert_true(s.complete);
    assert_int_equal(missing(pg, &s, &look).n, 0);
    assert_ok(ledger_finish(pg, &s.id, 1, &end, &err));
    assert_true(end.incomplete == 0 && end.balanced);
    pg_close(pg);
}

/* A file that grows at every possible place, loaded before and after. */
static void test_growth_everywhere(void **state)
{
    char head[sizeof(lines_5)];
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    for (size_t cut = 1; cut < strlen(lines_5); cut++) {
        struct source s, grown;

        pg = server_fresh();
        memcpy(head, lines_5, cut);
        head[cut] = '\0';
        write_file("g.jsonl", head);
        s = open_source(pg, "g.jsonl");
        load_all(pg, &s, head);
        check_lines(pg, &s, head);
        write_file("g.jsonl", lines_5);
        grown = open_source(pg, "g.jsonl");
        assert_int_equal(grown.id, s.id);
        assert_true(grown.known && grown.extended && !grown.replaced);
        load_all(pg, &grown, lines_5);
        check_lines(pg, &grown, lines_5);
        grown = open_source(pg, "g.jsonl");
        assert_true(grown.known && !grown.extended && grown.complete);
        pg_close(pg);
    }
}

/* Sizes on both sides of the 1024 bytes that decant.source.head covers. */
static void test_growth_of_larger_files(void **state)
{
    static const size_t sizes[] = {900, 1023, 1024, 1025, 1500, 3000};
    char text[3001], part[3001];
    struct source s, grown;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = i % 97 == 96 ? '\n' : (char)('a' + i * 7 % 26);
    text[sizeof(text) - 1] = '\0';
    for (size_t i = 0; i + 1 < countof(sizes); i++) {
        pg = server_fresh();
        memcpy(part, text, sizes[i]);
        part[sizes[i]] = '\0';
        write_file("g.jsonl", part);
        s = open_source(pg, "g.jsonl");
        load_all(pg, &s, part);
        memcpy(part, text, sizes[i + 1]);
        part[sizes[i + 1]] = '\0';
        write_file("g.jsonl", part);
        grown = open_source(pg, "g.jsonl");
        assert_true(grown.extended && grown.id == s.id);
        load_all(pg, &grown, part);
        check_lines(pg, &grown, part);
        /* longer, but its last known range has other bytes: another file */
        memcpy(part, text, sizeof(text));
        part[sizes[i + 1] - 5] ^= 1;
        write_file("g.jsonl", part);
        grown = open_source(pg, "g.jsonl");
        assert_true(!grown.extended && !grown.known && grown.id != s.id);
        assert_true(grown.replaced);
        pg_close(pg);
    }
}

/* One line longer than several ranges; no line begins in some of them. */
static void test_long_line(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct ledger_proof proof;
    struct source s;
    char text[300];
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    memset(text, 'x', sizeof(text));
    memcpy(text, "short\n", 6);
    text[200] = '\n';
    text[299] = '\0';
    write_file("l.jsonl", text);
    s = open_source(pg, "l.jsonl");
    load_all(pg, &s, text);
    check_lines(pg, &s, text);
    assert_ok(ledger_verify(pg, &s, in_folder("l.jsonl"), &proof, &err));
    assert_true(proof.same && proof.bytes == strlen(text));
    /* it goes on where it had no newline, across empty ranges */
    memset(text + 250, 'y', 49);
    text[250] = '\0';
    write_file("m.jsonl", text);
    s = open_source(pg, "m.jsonl");
    load_all(pg, &s, text);
    text[250] = 'y';
    write_file("m.jsonl", text);
    s = open_source(pg, "m.jsonl");
    assert_true(s.extended);
    load_all(pg, &s, text);
    check_lines(pg, &s, text);
    pg_close(pg);
}

static void test_limit_and_verify(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct ledger_proof proof;
    struct ledger_look look;
    struct source s;
    struct list list;
    struct pg *pg;
    char changed[sizeof(lines_5)];

    (void)state;
    NEED_SERVER();
    pg = server_fresh();
    write_file("v.jsonl", lines_5);
    s = open_source(pg, "v.jsonl");
    assert_int_equal(load_range(pg, &s, 0, lines_5, 1), CLAIM_OURS);
    list = missing(pg, &s, &look);
    assert_int_equal(list.n, 3);
    assert_int_equal(list.at[0].begin, 11); /* behind the first line */
    assert_int_equal(look.already.lines, 1);
    load_all(pg, &s, lines_5);
    check_lines(pg, &s, lines_5);
    assert_ok(ledger_verify(pg, &s, in_folder("v.jsonl"), &proof, &err));
    assert_true(proof.same && proof.ranges == 3);
    assert_int_equal(proof.bytes, strlen(lines_5));
    memcpy(changed, lines_5, sizeof(lines_5));
    changed[40] ^= 1;
    write_file("v.jsonl", changed);
    assert_ok(ledger_verify(pg, &s, in_folder("v.jsonl"), &proof, &err));
    assert_false(proof.same);
    assert_true(proof.begin <= 40 && proof.end > 40);
    pg_close(pg);
}

static void test_look_only(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct ledger_file file = {.profile = raw_profile,
                               .path = "/nowhere",
                               .size = 100,
                               .range_bytes = RB,
                               .look_only = true};
    struct ledger_look look;
    struct source s;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_open();
    assert_ok(pg_exec(pg, "DROP SCHEMA IF EXISTS decant CASCADE", &err));
    assert_ok(ledger_file(pg, &file, &s, &err));
    assert_true(s.id == 0 && !s.known);
    assert_int_equal(missing(pg, &s, &look).n, 4);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM pg_namespace "
                                       "WHERE nspname = 'decant'"),
                     0);
    pg_close(pg);
    pg = server_fresh();
    file.kind = SOURCE_PACKED;
    assert_ok(ledger_file(pg, &file, &s, &err));
    assert_int_equal(s.id, 0);
    assert_int_equal(missing(pg, &s, &look).n, 1);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM decant.source"),
                     0);
    pg_close(pg);
}

static void test_busy_and_lost_claims(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct range range = {.n = 0};
    enum claim claim;
    struct pg *one, *two;
    struct source s;

    (void)state;
    NEED_SERVER();
    one = server_fresh();
    two = server_open();
    write_file("c.jsonl", lines_5);
    s = open_source(one, "c.jsonl");
    range.source = s.id;
    assert_ok(ledger_claim(one, &s, &range, &claim, &err));
    assert_int_equal(claim, CLAIM_OURS);
    assert_int_equal(
        server_number(one, "SELECT current_setting('synchronous_commit') "
                           "= 'off'"),
        1);
    assert_int_equal(load_range(two, &s, 0, lines_5, SIZE_MAX), CLAIM_BUSY);
    assert_int_equal(load_range(two, &s, 1, lines_5, SIZE_MAX), CLAIM_OURS);
    ledger_abandon(one);
    assert_int_equal(load_range(two, &s, 0, lines_5, SIZE_MAX), CLAIM_OURS);
    assert_int_equal(load_range(one, &s, 0, lines_5, SIZE_MAX), CLAIM_WHOLE);
    pg_close(one);
    pg_close(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_and_known),
        cmocka_unit_test(test_empty_file),
        cmocka_unit_test(test_growth_everywhere),
        cmocka_unit_test(test_growth_of_larger_files),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_limit_and_verify),
        cmocka_unit_test(test_look_only),
        cmocka_unit_test(test_busy_and_lost_claims),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
