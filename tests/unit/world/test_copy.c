/*
 * test_copy.c - binary COPY on a server: all rows, refused rows, and how
 * much is sent when many are refused.
 */
#include "tests/unit/world/server.h"

#include <string.h>

#include "importer/pg/copy.h"

#define ROWS 3000

static const char header_bytes[19] = "PGCOPY\n\377\r\n";
static const char trailer_bytes[2] = "\377\377";

/* Rows (id int8, body jsonb, note text) for the table `t5`; the digit in its
 * name must not be taken for a row number. */
struct batch {
    char *bytes;
    size_t len;
    size_t count;
    struct copy_span spans[ROWS];
    size_t refused[ROWS];
    char state[6];
    size_t n_refused;
};

static void put(struct batch *b, const void *bytes, size_t n)
{
    memcpy(b->bytes + b->len, bytes, n);
    b->len += n;
}

static void put_number(struct batch *b, uint64_t value, size_t n)
{
    unsigned char out[8];

    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)(value >> 8 * (n - 1 - i));
    put(b, out, n);
}

static void add(struct batch *b, uint64_t id, const char *json,
                const char *note)
{
    b->spans[b->count].begin = b->len;
    put_number(b, 3, 2);
    put_number(b, 8, 4);
    put_number(b, id, 8);
    put_number(b, strlen(json) + 1, 4);
    put(b, "\001", 1);
    put(b, json, strlen(json));
    put_number(b, strlen(note), 4);
    put(b, note, strlen(note));
    b->spans[b->count++].end = b->len;
}

static struct copy_span span(const void *ctx, size_t i)
{
    const struct batch *b = ctx;

    return b->spans[i];
}

static void refused(void *ctx, size_t i, const struct copy_refusal *why)
{
    struct batch *b = ctx;

    assert_true(why->refused && why->message[0]);
    memcpy(b->state, why->state, sizeof(b->state));
    b->refused[b->n_refused++] = i;
}

static const struct copy_form form = {
    .sql = "COPY t5 (id, body, note) FROM STDIN (FORMAT binary)",
    .header = {header_bytes, sizeof(header_bytes)},
    .trailer = {trailer_bytes, sizeof(trailer_bytes)},
};

static struct batch *batch_open(void)
{
    struct batch *b = calloc(1, sizeof(*b));

    assert_non_null(b);
    b->bytes = malloc((size_t)32 << 20);
    assert_non_null(b->bytes);
    return b;
}

static void batch_close(struct batch *b)
{
    free(b->bytes);
    free(b);
}

/* Send in one transaction, that many parts of it ahead; refusals are in b
 * afterwards. */
static void send_batch(struct pg *pg, struct batch *b, size_t parts)
{
    struct err err = {.code = ERR_NONE};
    struct copy_batch copy = {
        .form = form,
        .bytes = slice_of(b->bytes, b->len),
        .count = b->count,
        .span = span,
        .refused = refused,
        .ctx = b,
    };

    assert_ok(pg_exec(pg,
                      "DROP TABLE IF EXISTS t5; CREATE TABLE t5 "
                      "(id int8, body jsonb, note text);"
                      "CREATE UNIQUE INDEX ON t5 (id); BEGIN",
                      &err));
    for (size_t i = 1; i <= parts; i++) {
        struct copy_span to = b->spans[b->count * i / (parts + 1)];

        assert_ok(copy_ahead(pg, &form, slice_of(b->bytes, to.end), &copy.sent,
                             &err));
        assert_int_equal(copy.sent, to.end);
    }
    assert_ok(copy_rows(pg, &copy, &err));
    assert_ok(pg_exec(pg, "COMMIT", &err));
    assert_int_equal(server_number(pg, "SELECT count(*) FROM t5"),
                     b->count - b->n_refused);
}

/* Which of ROWS rows are bad. */
static bool none(size_t i)
{
    return i == ROWS;
}
static bool first(size_t i)
{
    return i == 0;
}
static bool last(size_t i)
{
    return i == ROWS - 1;
}
static bool some(size_t i)
{
    return i % 311 == 17;
}
static bool half(size_t i)
{
    return i & 1;
}
static bool pairs(size_t i)
{
    return i == 1000 || i == 1001;
}
static bool every(size_t i)
{
    return i < ROWS;
}

static void test_refusals(void **state)
{
    static const struct {
        const char *name;
        bool (*bad)(size_t i);
    } table[] = {{"none", none},  {"first", first}, {"last", last},
                 {"some", some},  {"half", half},   {"pairs", pairs},
                 {"every", every}};
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_open();
    for (size_t t = 0; t < 3 * countof(table); t++) {
        bool (*bad)(size_t i) = table[t / 3].bad;
        struct batch *b = batch_open();
        size_t n = 0;

        for (size_t i = 0; i < ROWS; i++)
            add(b, i, bad(i) ? "{\"a\":" : "{\"a\": 1}", "x");
        send_batch(pg, b, t % 3 * 4);
        for (size_t i = 0; i < ROWS; i++)
            if (bad(i))
                assert_int_equal(b->refused[n++], i);
        assert_int_equal(n, b->n_refused);
        if (n)
            assert_string_equal(b->state, "22P02");
        batch_close(b);
    }
    pg_close(pg);
}

/* An error without a trustworthy row number: one row too big for a page is
 * noticed when rows are flushed, a unique violation in either order. */
static void test_odd_refusals(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct batch *b = batch_open();
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_open();
    for (size_t i = 0; i < 500; i++)
        add(b, i == 300 ? 7 : i, "1", "x");
    add(b, 600, "1", "nul: \001 is fine");
    add(b, 601, "1", "\xff\xfe");
    send_batch(pg, b, 0);
    assert_int_equal(b->n_refused, 2);
    assert_int_equal(b->refused[0], 300);
    assert_int_equal(b->refused[1], 501);
    assert_string_equal(b->state, "22021");
    batch_close(b);

    /* a trigger whose message names no line, and lies about one */
    b = batch_open();
    for (size_t i = 0; i < 200; i++)
        add(b, i, "1", i % 50 == 20 ? "bad" : "good");
    assert_ok(pg_exec(pg,
                      "CREATE OR REPLACE FUNCTION liar() RETURNS trigger AS $$"
                      "BEGIN IF NEW.note = 'bad' THEN RAISE 'no' USING "
                      "ERRCODE = 'P0001'; END IF; RETURN NEW; END$$ "
                      "LANGUAGE plpgsql",
                      &err));
    assert_ok(pg_exec(pg,
                      "DROP TABLE t5; CREATE TABLE t5 (id int8, body jsonb, "
                      "note text); CREATE CONSTRAINT TRIGGER liar AFTER "
                      "INSERT ON t5 FOR EACH ROW EXECUTE FUNCTION liar();"
                      "BEGIN",
                      &err));
    struct copy_batch copy = {.form = form,
                              .bytes = slice_of(b->bytes, b->len),
                              .count = b->count,
                              .span = span,
                              .refused = refused,
                              .ctx = b};
    assert_ok(copy_rows(pg, &copy, &err));
    assert_ok(pg_exec(pg, "COMMIT", &err));
    assert_int_equal(b->n_refused, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(b->refused[i], 50 * i + 20);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM t5"), 196);
    batch_close(b);
    pg_close(pg);
}

/* Failures are not refusals: nobody's row is to blame. */
static void test_failures(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct batch *b = batch_open();
    struct copy_refusal refusal;
    struct copy_form wrong = form;
    struct pg *pg, *other;
    size_t sent = 0;
    char sql[80];

    (void)state;
    NEED_SERVER();
    pg = server_open();
    other = server_open();
    add(b, 1, "1", "x");
    assert_ok(pg_exec(pg, "DROP TABLE IF EXISTS t5", &err));
    assert_ok(pg_exec(pg, "BEGIN", &err));
    assert_false(
        copy_put(pg, &form, slice_of(b->bytes, b->len), &refusal, &err));
    assert_int_equal(err.code, ERR_DATABASE);
    assert_string_equal(err.state, "42P01");
    pg_rollback(pg);
    /* not inside a transaction */
    wrong.sql = "COPY pg_class FROM STDIN";
    assert_false(
        copy_put(pg, &wrong, slice_of(b->bytes, b->len), &refusal, &err));
    assert_true(pg_alive(pg));
    assert_int_equal(server_number(pg, "SELECT 1"), 1);
    /* given up half way: the connection is good for other things */
    assert_ok(
        pg_exec(pg, "CREATE TABLE t5 (id int8, body jsonb, note text)", &err));
    assert_ok(pg_exec(pg, "BEGIN", &err));
    assert_ok(copy_ahead(pg, &form, slice_of(b->bytes, b->len), &sent, &err));
    pg_rollback(pg);
    assert_true(pg_alive(pg));
    assert_int_equal(server_number(pg, "SELECT count(*) FROM t5"), 0);
    /* killed in a transaction: a lost connection, retry */
    assert_ok(pg_exec(pg, "BEGIN", &err));
    snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d, 5000)",
             pg_backend(pg));
    assert_ok(pg_exec(other, sql, &err));
    assert_false(
        copy_put(pg, &form, slice_of(b->bytes, b->len), &refusal, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_false(pg_alive(pg));
    pg_close(pg);
    pg_close(other);
    batch_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_odd_refusals),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, server_start, server_stop);
}
