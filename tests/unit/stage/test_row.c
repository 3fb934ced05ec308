/* test_row.c - rows read back field by field as PostgreSQL would read them. */
#include "importer/stage/place.h"
#include "importer/stage/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NO_TOKENS                                                  \
    {                                                              \
        TOKENS_ABSENT, TOKENS_ABSENT, TOKENS_ABSENT, TOKENS_ABSENT \
    }

static struct arena arena;

static int setup(void **state)
{
    struct err err = {0};

    (void)state;
    return arena_open(&arena, (size_t)64 << 20, &err) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

/* Big-endian number of `size` bytes at *at, which moves on. */
static uint64_t number(const struct rows *rows, size_t *at, size_t size)
{
    uint64_t value = 0;

    assert_true(*at + size <= rows->len);
    while (size--)
        value = value << 8 | (unsigned char)rows->bytes[(*at)++];
    return value;
}

/* The next field; ptr NULL for SQL NULL. */
static struct slice field(const struct rows *rows, size_t *at)
{
    uint64_t len = number(rows, at, 4);
    struct slice value = {NULL, 0};

    if (len == UINT32_MAX)
        return value;
    assert_true(*at + len <= rows->len);
    value = slice_of(rows->bytes + *at, len);
    *at += len;
    return value;
}

static void is_text(struct slice got, const char *want)
{
    if (!want) {
        assert_null(got.ptr);
        return;
    }
    assert_non_null(got.ptr);
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.ptr, want, got.len);
}

static void is_int(struct slice got, uint64_t want, size_t size)
{
    uint64_t value = 0;

    assert_int_equal(got.len, size);
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (unsigned char)got.ptr[i];
    assert_true(value == want);
}

static const struct line line = {.text = SLICE_INIT("{\"key\":\"k\"}"),
                                 .offset = 77,
                                 .length = 11};

static struct judged sound(void)
{
    return (struct judged){
        .kind = JUDGED_ROW,
        .env = {.provider = PROVIDER_GEMINI,
                .outcome = OUTCOME_OK,
                .keyed = true,
                .key = SLICE("k\0y"),
                .model = SLICE("m"),
                .finish = SLICE("STOP"),
                .http_status = 200,
                .tokens = {5, TOKENS_ABSENT, 0, 3}},
        .record = {.json = SLICE("{\"a\":1}")},
    };
}

static void result_fields(void **state)
{
    struct row_settings set = {.source = 9, .keep_payload = true};
    struct judged judged = sound();
    struct rows rows;
    size_t at = 0;

    (void)state;
    assert_true(rows_init(&rows, 4096, &arena));
    row_result(&rows, &set, &line, &judged, &arena);
    assert_false(rows.full);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.places[0].offset, 77);
    assert_int_equal(rows.places[0].end, rows.len);
    assert_int_equal(number(&rows, &at, 2), 20);
    is_int(field(&rows, &at), 9, 8);
    is_int(field(&rows, &at), 77, 8);
    is_int(field(&rows, &at), 11, 8);
    is_text(field(&rows, &at), "k\xEF\xBF\xBDy");
    is_int(field(&rows, &at), 1, 4);
    is_text(field(&rows, &at), "gemini");
    is_text(field(&rows, &at), "m");
    is_text(field(&rows, &at), NULL);
    is_text(field(&rows, &at), "ok");
    is_text(field(&rows, &at), "STOP");
    is_int(field(&rows, &at), 200, 4);
    is_int(field(&rows, &at), 5, 8);
    is_text(field(&rows, &at), NULL);
    is_int(field(&rows, &at), 0, 8);
    is_int(field(&rows, &at), 3, 8);
    is_text(field(&rows, &at), NULL);
    is_int(field(&rows, &at), 0, 8);
    is_text(field(&rows, &at), "\1{\"a\":1}");
    is_text(field(&rows, &at), NULL);
    is_text(field(&rows, &at), NULL);
    assert_int_equal(at, rows.len);
}

static void reject_fields(void **state)
{
    struct row_settings set = {.source = 1};
    struct judged judged = sound();
    struct rows rows;
    size_t at = 0;

    (void)state;
    judged.env.keyed = false;
    judged.env.message = SLICE("quota");
    judged.verdict = (struct verdict){
        .fault = FAULT_PROVIDER_RETRYABLE, .at = 2, .where = SLICE("/error")};
    assert_true(rows_init(&rows, 4096, &arena));
    row_reject(&rows, &set, &line, &judged, &arena);
    assert_int_equal(number(&rows, &at, 2), 22);
    for (int i = 0; i < 3; i++)
        (void)field(&rows, &at);
    is_text(field(&rows, &at), NULL); /* key */
    for (int i = 0; i < 11; i++)
        (void)field(&rows, &at);
    is_text(field(&rows, &at), "provider.retryable");
    is_text(field(&rows, &at), "/error");
    is_int(field(&rows, &at), 2, 8);
    is_text(field(&rows, &at), "quota");
    is_text(field(&rows, &at), "{\"key\":\"k\"}");
    is_text(field(&rows, &at), "{\"key\":\"k\"}");
    is_text(field(&rows, &at), NULL);
    assert_int_equal(at, rows.len);
}

/* A row that does not fit leaves no trace, whatever the room. */
static void no_torn_rows(void **state)
{
    struct row_settings set = {.source = 1};
    struct judged judged = sound();
    struct rows rows;
    size_t whole;

    (void)state;
    assert_true(rows_init(&rows, 4096, &arena));
    row_result(&rows, &set, &line, &judged, &arena);
    whole = rows.len;
    for (size_t room = 0; room <= whole; room++) {
        rows_clear(&rows);
        rows.cap = room;
        row_result(&rows, &set, &line, &judged, &arena);
        assert_int_equal(rows.full, room < whole);
        assert_int_equal(rows.len, room < whole ? 0 : whole);
        assert_int_equal(rows.count, room < whole ? 0 : 1);
    }
}

static void refusal_fields(void **state)
{
    const struct refusal refusal = {SLICE_INIT("server.22P02"),
                                    SLICE_INIT("no")};
    struct row_settings set = {.source = 1};
    struct rows rows;
    size_t at = 0;

    (void)state;
    assert_true(rows_init(&rows, 4096, &arena));
    row_refusal(&rows, &set, &line, NULL, &refusal);
    assert_int_equal(number(&rows, &at, 2), 22);
    for (int i = 0; i < 15; i++)
        (void)field(&rows, &at);
    is_text(field(&rows, &at), "server.22P02");
    assert_int_equal(rows.count, 1);
}

/* The place of a fault in the payload, followed back into the line. */
static void places(void **state)
{
    static const struct {
        struct slice line; /* a JSON array of strings: the parts */
        size_t at;         /* in the joined text */
        size_t want;       /* in the line */
    } table[] = {
        {SLICE_INIT("[\"abc\"]"), 0, 2},
        {SLICE_INIT("[\"abc\"]"), 2, 4},
        {SLICE_INIT("[\"a\\nbc\"]"), 2, 5},
        {SLICE_INIT("[\"a\\\\bc\"]"), 1, 3},
        {SLICE_INIT("[\"\\u00e9x\"]"), 2, 8},
        {SLICE_INIT("[\"\\u20acx\"]"), 3, 8},
        {SLICE_INIT("[\"\\ud83d\\ude00x\"]"), 4, 14},
        {SLICE_INIT("[\"\\ud83d\\ude00x\"]"), 3, 2},
        {SLICE_INIT("[\"ab\",\"cd\"]"), 2, 7},
        {SLICE_INIT("[\"ab\",\"cd\"]"), 4, 9},
    };
    static const uint32_t parts[] = {1, 2};

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct answer answer = {.parts = parts};
        struct judged judged = {.answer = &answer, .in_payload = true};
        struct json_error why;

        assert_true(
            json_tape_build(table[i].line, &arena, &judged.env.tape, &why));
        answer.n_parts = judged.env.tape.n_nodes - 1;
        judged.verdict.at = table[i].at;
        assert_int_equal(place_in_line(&judged), table[i].want);
    }
}

static void excerpts(void **state)
{
    static const struct {
        struct slice text;
        size_t at;
        const char *want;
    } table[] = {
        {SLICE_INIT(""), 0, ""},
        {SLICE_INIT("plain"), 9, "plain"},
        {SLICE_INIT("a\nb\0c\x7F"), 1, "a\\x0Ab\\x00c\\x7F"},
        {SLICE_INIT("\xC3\xA9\xC3"), 0, "\xC3\xA9\\xC3"},
        {SLICE_INIT("\xFF\xED\xA0\x80"), 0, "\\xFF\\xED\\xA0\\x80"},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++)
        is_text(place_excerpt(table[i].text, table[i].at, &arena),
                table[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(result_fields), cmocka_unit_test(reject_fields),
        cmocka_unit_test(no_torn_rows),  cmocka_unit_test(refusal_fields),
        cmocka_unit_test(places),        cmocka_unit_test(excerpts),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
