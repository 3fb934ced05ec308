/*
 * test_world_faults.c - fail every fallible call of an import in turn.
 *
 * After each failure the same import, undisturbed, must finish the rest:
 * nothing lost, nothing twice, books balanced.  Under AddressSanitizer the
 * failing runs must not leak either.  Only in builds with fail points.
 */
#include "tests/unit/world/importing.h"

#ifdef DECANT_FAULTS

#include "importer/pg/copy.h"
#include "importer/sys/sys_fail.h"

static const char header_bytes[19] = "PGCOPY\n\377\r\n";
static const char trailer_bytes[2] = "\377\377";

static const struct copy_form form = {
    .sql = "COPY decant.result (source, \"offset\", length) FROM STDIN "
           "(FORMAT binary)",
    .header = {header_bytes, sizeof(header_bytes)},
    .trailer = {trailer_bytes, sizeof(trailer_bytes)},
};

struct rows {
    char bytes[4000];
    size_t len;
    size_t count;
};

#define ROW_BYTES (2 + 3 * (4 + 8))

static void put_number(struct rows *rows, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rows->bytes[rows->len++] = (char)(value >> 8 * (n - 1 - i));
}

static void put_row(struct rows *rows, int64_t source, size_t at, size_t len)
{
    const uint64_t values[] = {(uint64_t)source, at, len};

    put_number(rows, 3, 2);
    for (size_t i = 0; i < 3; i++) {
        put_number(rows, 8, 4);
        put_number(rows, values[i], 8);
    }
    rows->count++;
}

static struct copy_span span(const void *ctx, size_t i)
{
    (void)ctx;
    return (struct copy_span){i * ROW_BYTES, (i + 1) * ROW_BYTES};
}

static void refused(void *ctx, size_t i, const struct copy_refusal *why)
{
    (void)ctx;
    (void)i;
    fail_msg("refused: %s", why->message);
}

/* Every line of the range becomes a row. */
static bool import_range(struct pg *pg, const struct source *source, uint64_t n,
                         const char *text, struct err *err)
{
    struct range range = {.source = source->id, .n = n};
    struct load load = {.run = RUN};
    struct rows rows = {.len = 0};
    enum claim claim;
    size_t at;
    bool ours;

    if (!ledger_claim(pg, source, &range, &claim, err))
        return false;
    if (claim != CLAIM_OURS)
        return true;
    at = (size_t)range.begin;
    while (at > 0 && text[at] && text[at - 1] != '\n')
        at++;
    load.range = range;
    load.first = at;
    while (text[at] && at < range.end) {
        size_t len = strcspn(text + at, "\n");

        put_row(&rows, source->id, at, len);
        load.counts.lines++;
        load.counts.rows++;
        at += len + 1;
    }
    load.end = at;
    load.hash = hash_of(slice_of(text + load.first, at - load.first));
    struct copy_batch batch = {
        .form = form,
        .bytes = slice_of(rows.bytes, rows.len),
        .count = rows.count,
        .span = span,
        .refused = refused,
    };
    return copy_rows(pg, &batch, err) &&
           ledger_commit(pg, source, &load, &ours, err);
}

static bool import_all(struct pg *pg, const char *path, const char *text,
                       struct err *err)
{
    struct migration_state state;
    struct file_identity id;
    struct ledger_file file = {
        .path = path, .range_bytes = RB, .profile = {.name = "raw"}};
    struct list list = {0};
    struct ledger_visit visit = {collect, &list};
    struct ledger_look look;
    struct ledger_end end;
    struct source source;

    if (!migrate(pg, &state, err) || !file_identify(path, &id, err))
        return false;
    file.size = id.size;
    file.fingerprint = id.fingerprint;
    if (!ledger_file(pg, &file, &source, err) ||
        !ledger_missing(pg, &source, &visit, &look, err))
        return false;
    for (size_t i = 0; i < list.n; i++)
        if (!import_range(pg, &source, list.at[i].n, text, err))
            return false;
    if (!ledger_finish(pg, &source.id, 1, &end, err))
        return false;
    assert_int_equal(end.incomplete, 0);
    assert_true(end.balanced);
    return true;
}

static bool import(const char *path, const char *text, struct err *err)
{
    struct pg *pg;
    bool ok;

    if (!pg_open(server_url, "test", &pg, err))
        return false;
    ok = import_all(pg, path, text, err);
    pg_close(pg);
    return ok;
}

static void test_every_call(void **state)
{
    static const char text[] = "one line of text\nanother one, a bit longer\n"
                               "and the third and last one\n";
    struct err err = {.code = ERR_NONE};
    bool fired = true;
    int n = 0;

    (void)state;
    NEED_SERVER();
    write_file("f.jsonl", text);
    while (fired) {
        char spec[32], path[128];
        struct pg *pg = server_open();
        struct source source;
        bool ok;

        assert_ok(pg_exec(pg, "DROP SCHEMA IF EXISTS decant CASCADE", &err));
        snprintf(path, sizeof(path), "%s", in_folder("f.jsonl"));
        snprintf(spec, sizeof(spec), "any:%d", ++n);
        assert_true(sys_fail_arm(spec));
        err = (struct err){.code = ERR_NONE};
        ok = import(path, text, &err);
        fired = sys_fail_fired();
        assert_true(sys_fail_arm(NULL));
        if (ok == fired)
            fail_msg("call %d: %s", n, fired ? "not noticed" : err.text);
        if (fired)
            assert_true(err.code != ERR_NONE && err.text[0]);
        assert_ok(import(path, text, &err));
        source = open_source(pg, "f.jsonl");
        assert_true(source.complete);
        check_lines(pg, &source, text);
        pg_close(pg);
    }
    print_message("%d calls failed in turn\n", n - 1);
    assert_true(n > 40);
}

#else
static void test_every_call(void **state)
{
    (void)state;
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_call),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
