/*
 * test_ledger.c - the ledger on a server: known, grown, replaced, renamed
 * files; missing ranges; claims in competition; streams; the books.
 *
 * load() stands for the importer: it takes the lines of a small file whose
 * first byte lies in the range, and writes a result row for each line (a
 * reject for a line that begins with '!', nothing for a blank one).
 */
#include "tests/unit/world/server.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#include "importer/pg/ledger.h"
#include "importer/sys/files.h"

#define RUN "00000000-0000-4000-8000-000000000001"
#define RB  32 /* bytes per range */

static char folder[64];

static const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    struct err err = {.code = ERR_NONE};

    assert_ok(
        file_replace(in_folder(name), slice_of(text, strlen(text)), &err));
}

static struct source open_source(struct pg *pg, const char *name)
{
    struct err err = {.code = ERR_NONE};
    struct file_identity id;
    struct source source;
    struct ledger_file file = {.path = in_folder(name), .range_bytes = RB};

    assert_ok(file_identify(file.path, &id, &err));
    file.size = id.size;
    file.fingerprint = id.fingerprint;
    assert_ok(ledger_file(pg, &file, &source, &err));
    return source;
}

static void insert_line(struct pg *pg, const struct source *source, size_t at,
                        struct slice line, struct counts *counts)
{
    struct err err = {.code = ERR_NONE};
    char sql[200];

    counts->lines++;
    if (line.len == 0) {
        counts->blanks++;
        return;
    }
    if (line.ptr[0] == '!')
        counts->rejects++;
    else
        counts->rows++;
    snprintf(sql, sizeof(sql),
             line.ptr[0] == '!'
                 ? "INSERT INTO decant.reject (source, \"offset\", length, "
                   "fault) VALUES (%lld, %zu, %zu, 'json.syntax')"
                 : "INSERT INTO decant.result (source, \"offset\", length) "
                   "VALUES (%lld, %zu, %zu)",
             (long long)source->id, at, line.len);
    assert_ok(pg_exec(pg, sql, &err));
}

/* Load a claimed range of `text`, at most `limit` lines. */
static struct load load_lines(struct pg *pg, const struct source *source,
                              const struct range *range, struct slice text,
                              size_t limit)
{
    struct load load = {.range = *range, .run = RUN};
    size_t at = (size_t)range->begin;

    if (at > 0 && text.ptr[at - 1] != '\n')
        at += slice_find(slice_drop(text, at), '\n') + 1;
    at = at < text.len ? at : text.len;
    load.first = at;
    while (at < range->end && at < text.len && limit-- > 0) {
        struct slice rest = slice_drop(text, at);
        size_t len = slice_find(rest, '\n');

        insert_line(pg, source, at, slice_take(rest, len), &load.counts);
        load.open = len == rest.len;
        load.open_at = at;
        at += len + !load.open;
    }
    load.end = at;
    at = (size_t)(range->hash_from < range->begin ? range->hash_from
                                                  : load.first);
    load.hash = hash_of(slice_of(text.ptr + at, (size_t)load.end - at));
    return load;
}

static enum claim load_range(struct pg *pg, const struct source *source,
                             uint64_t n, const char *text, size_t limit)
{
    struct err err = {.code = ERR_NONE};
    struct range range = {.source = source->id, .n = n};
    enum claim claim;
    struct load load;
    bool ours;

    assert_ok(ledger_claim(pg, source, &range, &claim, &err));
    if (claim != CLAIM_OURS)
        return claim;
    load = load_lines(pg, source, &range, slice_of(text, strlen(text)), limit);
    assert_ok(ledger_commit(pg, source, &load, &ours, &err));
    assert_true(ours);
    return claim;
}

struct list {
    size_t n;
    struct range at[64];
};

static bool collect(void *ctx, const struct range *range)
{
    struct list *list = ctx;

    list->at[list->n++] = *range;
    return list->n < countof(list->at);
}

static struct list missing(struct pg *pg, const struct source *source,
                           struct ledger_look *look)
{
    struct err err = {.code = ERR_NONE};
    struct list list = {0};
    struct ledger_visit visit = {collect, &list};

    assert_ok(ledger_missing(pg, source, &visit, look, &err));
    assert_int_equal(list.n, look->n_missing);
    return list;
}

/* Load what is missing; everything must fit afterwards. */
static void load_all(struct pg *pg, const struct source *source,
                     const char *text)
{
    struct err err = {.code = ERR_NONE};
    struct ledger_look look;
    struct ledger_end end;
    struct list list = missing(pg, source, &look);

    for (size_t i = 0; i < list.n; i++)
        assert_int_equal(load_range(pg, source, list.at[i].n, text, SIZE_MAX),
                         CLAIM_OURS);
    list = missing(pg, source, &look);
    assert_int_equal(list.n, 0);
    assert_int_equal(look.already.bytes, strlen(text));
    assert_ok(ledger_finish(pg, &source->id, 1, &end, &err));
    assert_int_equal(end.incomplete, 0);
    assert_true(end.balanced);
}

/* The places of all rows and rejects must be exactly the lines of text. */
static void check_lines(struct pg *pg, const struct source *source,
                        const char *text)
{
    char sql[512];
    int64_t lines = 0;

    for (const char *p = text; *p; p += strcspn(p, "\n") + 1) {
        if (*p == '\n') {
            continue;
        }
        snprintf(sql, sizeof(sql),
                 "SELECT count(*) FROM (SELECT source, \"offset\", length "
                 "FROM decant.result UNION ALL SELECT source, \"offset\", "
                 "length FROM decant.reject) x WHERE source = %lld AND "
                 "\"offset\" = %td AND length = %zu",
                 (long long)source->id, p - text, strcspn(p, "\n"));
        assert_int_equal(server_number(pg, sql), 1);
        lines++;
        if (!p[strcspn(p, "\n")])
            break;
    }
    snprintf(sql, sizeof(sql),
             "SELECT (SELECT count(*) FROM decant.result WHERE source = %lld)"
             "+ (SELECT count(*) FROM decant.reject WHERE source = %lld)",
             (long long)source->id, (long long)source->id);
    assert_int_equal(server_number(pg, sql), lines);
}

static const char lines_5[] = "0123456789\nabcdefghijklmnop\n\n"
                              "!bad line with a fault in it\nlast line\n";

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
    struct ledger_file file = {
        .path = "/nowhere", .size = 100, .range_bytes = RB, .look_only = true};
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

    assert_ok(ledger_stream_begin(pg, "-", RB, &s, &err));
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

static int start(void **state)
{
    snprintf(folder, sizeof(folder), "/tmp/decant-ledger.XXXXXX");
    return mkdtemp(folder) ? server_start(state) : -1;
}

static int stop(void **state)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) == 0 ? server_stop(state) : -1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_and_known),
        cmocka_unit_test(test_empty_file),
        cmocka_unit_test(test_growth_everywhere),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_limit_and_verify),
        cmocka_unit_test(test_look_only),
        cmocka_unit_test(test_busy_and_lost_claims),
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
