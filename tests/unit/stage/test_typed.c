/* test_typed.c - typed rows as the bytes that PostgreSQL reads. */
#include "importer/stage/numeric.h"
#include "importer/stage/typed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COLUMNS 13

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

static void is_hex(const struct rows *rows, size_t begin, const char *want)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2048];
    size_t n = 0;

    for (size_t i = begin; i < rows->len; i++) {
        assert_true(n + 3 < sizeof(hex));
        hex[n++] = digits[(unsigned char)rows->bytes[i] >> 4];
        hex[n++] = digits[rows->bytes[i] & 15];
    }
    hex[n] = '\0';
    assert_string_equal(hex, want);
}

/* Number of base-10,000 digits, weight, sign, places, digits: what psql shows
 * for numeric_send() of the same literal, but for zeros at the end, which the
 * server takes off. */
static void numerics(void **state)
{
    static const struct {
        struct slice number;
        const char *want;
    } table[] = {
        {SLICE_INIT("0"), "000000080000000000000000"},
        {SLICE_INIT("-0"), "000000080000000000000000"},
        {SLICE_INIT("0.00"), "000000080000000000000002"},
        {SLICE_INIT("1"), "0000000a00010000000000000001"},
        {SLICE_INIT("-1"), "0000000a00010000400000000001"},
        {SLICE_INIT("9999"), "0000000a0001000000000000270f"},
        {SLICE_INIT("10000"), "0000000c000200010000000000010000"},
        {SLICE_INIT("1e4"), "0000000a00010001000000000001"},
        {SLICE_INIT("1E+2"), "0000000a00010000000000000064"},
        {SLICE_INIT("0.1"), "0000000a0001ffff0000000103e8"},
        {SLICE_INIT("0.00001"), "0000000a0001fffe0000000503e8"},
        {SLICE_INIT("1.50"), "0000000c000200000000000200011388"},
        {SLICE_INIT("1.50e1"), "0000000c0002000000000001000f0000"},
        {SLICE_INIT("12345.678901"), "00000010000400010000000600010929"
                                     "1a850064"},
        {SLICE_INIT("15e-1"), "0000000c000200000000000100011388"},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct rows rows;

        assert_true(rows_init(&rows, 4096, &arena));
        put_numeric(&rows, table[i].number);
        assert_false(rows.full);
        is_hex(&rows, 0, table[i].want);
    }
}

/* What numeric cannot hold is refused, not cut. */
static void numerics_too_large(void **state)
{
    static const struct slice table[] = {
        SLICE_INIT("1e200000"),
        SLICE_INIT("1e-17000"),
        SLICE_INIT("1e99999999999999999999"),
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct rows rows;

        assert_true(rows_init(&rows, 4096, &arena));
        put_numeric(&rows, table[i]);
        assert_true(rows.full);
    }
}

/* One column of each type, and a second text that is NULL. */
static struct column columns[COLUMNS];
static struct form_field fields[COLUMNS];
static const struct slice texts[] = {SLICE_INIT("a"),
                                     {NULL, 0},
                                     SLICE_INIT("")};
static const float floats[] = {1.0F, -0.5F};
static struct value values[2 * COLUMNS];
static const struct line line = {.offset = 5, .length = 9};

static struct profile make(void)
{
    for (unsigned i = 0; i < COLUMN_TYPE_COUNT; i++) {
        enum column_type type = (enum column_type)i;

        columns[i].type = type;
        fields[i] = (struct form_field){typed_form(type), typed_element(type)};
    }
    columns[COLUMNS - 1].type = COLUMN_TEXT;
    for (size_t row = 0; row < 2; row++) {
        struct value *v = values + row * COLUMNS;

        v[COLUMN_TEXT].as.text = SLICE("x\0y");
        v[COLUMN_INT4].as.integer = -2;
        v[COLUMN_INT8].as.integer = 3;
        v[COLUMN_NUMERIC].as.text = SLICE("1");
        v[COLUMN_FLOAT8].as.real = 1.5;
        v[COLUMN_BOOL].as.flag = true;
        v[COLUMN_JSONB].as.text = SLICE("[]");
        v[COLUMN_TEXT_ARRAY].as.texts.list = texts;
        v[COLUMN_TEXT_ARRAY].as.texts.count = 3;
        v[COLUMN_FLOAT4_ARRAY].as.floats.list = floats;
        v[COLUMN_FLOAT4_ARRAY].as.floats.count = 2;
        v[COLUMN_TIMESTAMPTZ].as.integer = 1;
        v[COLUMN_DATE].as.integer = -1;
        v[COLUMN_UUID].as.text = SLICE("0123456789abcdef");
        v[COLUMNS - 1].null = true;
    }
    return (struct profile){.columns = columns, .n_columns = COLUMNS};
}

#define ROW_HEX                                \
    "000d"                                     \
    "0000000578efbfbd79"                       \
    "00000004fffffffe"                         \
    "000000080000000000000003"                 \
    "0000000a00010000000000000001"             \
    "000000083ff8000000000000"                 \
    "0000000101"                               \
    "00000003015b5d"                           \
    "00000021"                                 \
    "0000000100000001000000190000000300000001" \
    "0000000161ffffffff00000000"               \
    "00000024"                                 \
    "0000000100000000000002bc0000000200000001" \
    "000000043f80000000000004bf000000"         \
    "000000080000000000000001"                 \
    "00000004ffffffff"                         \
    "0000001030313233343536373839616263646566" \
    "ffffffff"

static void all_types(void **state)
{
    struct profile profile = make();
    struct record record = {.values = values, .n_rows = 2};
    struct rows rows;

    (void)state;
    assert_true(rows_init(&rows, 4096, &arena));
    typed_rows(&rows, &profile, fields, &line, &record);
    assert_false(rows.full);
    is_hex(&rows, 0, ROW_HEX ROW_HEX);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.places[0].n_rows, 2);
    assert_int_equal(rows.places[0].offset, 5);
    record.n_rows = 0;
    typed_rows(&rows, &profile, fields, &line, &record);
    assert_int_equal(rows.count, 1);
    row_take_back(&rows);
    assert_int_equal(rows.count, 0);
    assert_int_equal(rows.len, 0);
}

/* The forms of columns that are not of the profile's type. */
static void other_forms(void **state)
{
    static const struct {
        enum column_type type;
        struct form_field field;
        const char *want;
    } table[] = {
        {COLUMN_INT4, {FORM_INT8, 0}, "000100000008fffffffffffffffe"},
        {COLUMN_INT4, {FORM_NUMERIC, 0}, "00010000000a00010000400000000002"},
        {COLUMN_INT4, {FORM_FLOAT8, 0}, "000100000008c000000000000000"},
        {COLUMN_INT8, {FORM_NUMERIC, 0}, "00010000000a00010000000000000003"},
        {COLUMN_JSONB, {FORM_JSON, 0}, "0001000000025b5d"},
        {COLUMN_FLOAT4_ARRAY,
         {FORM_VECTOR, 0},
         "00010000000c000200003f800000bf000000"},
    };

    (void)state;
    (void)make();
    for (size_t i = 0; i < countof(table); i++) {
        struct profile profile = {.columns = &columns[table[i].type],
                                  .n_columns = 1};
        struct record record = {.values = &values[table[i].type], .n_rows = 1};
        struct rows rows;

        assert_true(typed_fits(table[i].type, table[i].field.form));
        assert_true(rows_init(&rows, 4096, &arena));
        typed_rows(&rows, &profile, &table[i].field, &line, &record);
        is_hex(&rows, 0, table[i].want);
    }
    assert_false(typed_fits(COLUMN_INT8, FORM_FLOAT8));
    assert_false(typed_fits(COLUMN_NUMERIC, FORM_FLOAT8));
    assert_false(typed_fits(COLUMN_INT8, FORM_INT4));
    assert_false(typed_fits(COLUMN_TEXT, FORM_UUID));
}

/* A group that does not fit leaves no trace, whatever the room. */
static void no_torn_groups(void **state)
{
    struct profile profile = make();
    struct record record = {.values = values, .n_rows = 2};
    struct rows rows;
    size_t whole;

    (void)state;
    assert_true(rows_init(&rows, 4096, &arena));
    typed_rows(&rows, &profile, fields, &line, &record);
    whole = rows.len;
    for (size_t room = 0; room <= whole; room++) {
        rows_clear(&rows);
        rows.cap = room;
        typed_rows(&rows, &profile, fields, &line, &record);
        assert_int_equal(rows.full, room < whole);
        assert_int_equal(rows.len, room < whole ? 0 : whole);
        assert_int_equal(rows.count, room < whole ? 0 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numerics),       cmocka_unit_test(numerics_too_large),
        cmocka_unit_test(all_types),      cmocka_unit_test(other_forms),
        cmocka_unit_test(no_torn_groups),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
