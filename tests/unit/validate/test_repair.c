/*
 * test_repair.c - json_repair() against a table, and what it promises.
 *
 * What becomes of which text is in tests/golden/repair; here are the places
 * and pointers of edits and faults, and the properties of repair_same.h.
 * SOAK=1 in the environment: a million documents instead of 100,000.
 */
#include "tests/repair_same.h"
#include "validate/json/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const struct repair_options row = {.mode = REPAIR_MODE_LOSSLESS};
static const struct repair_options filter = {
    .mode = REPAIR_MODE_ALL,
    .keep_strings = true,
    .mend = {.on_nul = MEND_KEEP, .join_several = true},
};

static const struct {
    const char *in;
    const char *out; /* NULL: the text itself */
    enum fault fault;
    size_t at;
    const char *where;    /* of a fault */
    const char *pointers; /* of the edits, one per line */
} table[] = {
    {"{\"a\":1}", NULL, FAULT_NONE, 0, "", ""},
    {" [1, \"\\n\\u00e9\\/\"] ", NULL, FAULT_NONE, 0, "", ""},
    {"{\"a\":1,\"a\":2}", NULL, FAULT_NONE, 0, "", ""},
    {"\"\\u0000\"", "\"\xEF\xBF\xBD\"", FAULT_NONE, 0, "", "\n"},
    {"[\"F/C=C\\F\"]", "[\"F/C=C\\\\F\"]", FAULT_NONE, 0, "", "/0\n"},
    {"{\"a~/b\":\"\\c\",\"x\":[1,{\"\\n\":\"\\d\\e\"}]}",
     "{\"a~/b\":\"\\\\c\",\"x\":[1,{\"\\n\":\"\\\\d\\\\e\"}]}", FAULT_NONE, 0,
     "", "/a~0~1b\n/x/1/\n\n/x/1/\n\n"},
    {"{\"\\k\":0}", "{\"\\\\k\":0}", FAULT_NONE, 0, "", "/\\k\n"},
    {"{\"p\":[0,1,[],{},[2,\"\\%\"]]}", "{\"p\":[0,1,[],{},[2,\"\\\\%\"]]}",
     FAULT_NONE, 0, "", "/p/4/1\n"},
    {"\"\\upsilon\"", "\"\\\\upsilon\"", FAULT_NONE, 0, "", "\n"},
    {"\"\\u12\"", "\"\\\\u12\"", FAULT_NONE, 0, "", "\n"},
    {"\"it\\'s\"", "\"it's\"", FAULT_NONE, 0, "", "\n"},
    {"[\"\\ud800\"]", "[\"\xEF\xBF\xBD\"]", FAULT_NONE, 0, "", "/0\n"},
    {"\"a\nb\"", "\"a\\nb\"", FAULT_NONE, 0, "", "\n"},
    {"{\"a\":1,}", "{\"a\":1}", FAULT_NONE, 0, "", "\n"},
    {"{\"a\":[1,],\"b\":[{\"c\":2,}]}", "{\"a\":[1],\"b\":[{\"c\":2}]}",
     FAULT_NONE, 0, "", "/a\n/b/0\n"},
    {"[{'a':'b'},'c']", "[{\"a\":\"b\"},\"c\"]", FAULT_NONE, 0, "",
     "/0/a\n/0/a\n/0/a\n/0/a\n/1\n/1\n"},
    {"x {\"a\":\"\\c\"} y", "{\"a\":\"\\\\c\"}", FAULT_NONE, 0, "", "\n/a\n\n"},
    {"", NULL, FAULT_REPLY_EMPTY, 0, "", ""},
    {"hello", NULL, FAULT_PAYLOAD_NOT_JSON, 0, "", ""},
    {"{\"a\":[1,2", NULL, FAULT_JSON_TRUNCATED, 9, "/a/1", ""},
    {"{\"a\":\"b\\", NULL, FAULT_JSON_TRUNCATED, 8, "/a", ""},
    {"{\"a\":\"\\c\",\"b\":tru", NULL, FAULT_JSON_TRUNCATED, 17, "/b", ""},
    {"{\"a\":\"\\c\\d\",\"b\":nope}", NULL, FAULT_JSON_SYNTAX, 16, "/b", ""},
    {"[\"\\c\\c\\c\",,\"\\d\"]", NULL, FAULT_JSON_SYNTAX, 9, "", ""},
    {"{\"a\":1}{\"b\":2}", NULL, FAULT_JSON_SEVERAL, 7, "", ""},
};

static struct slice text_of(const char *s)
{
    return slice_of(s, strlen(s));
}

static void is_text(const char *in, struct slice got, const char *want)
{
    if (!slice_eq(got, text_of(want)))
        print_error("%s: got %.*s, want %s\n", in, (int)got.len, got.ptr, want);
    assert_true(slice_eq(got, text_of(want)));
}

static void is_placed(const char *in, const struct repaired *r,
                      const char *want)
{
    char got[256];
    size_t len = 0;

    for (uint32_t i = 0; i < r->n_edits; i++) {
        struct slice pointer = r->edits[i].pointer;

        memcpy(got + len, pointer.ptr, pointer.len);
        len += pointer.len;
        got[len++] = '\n';
    }
    is_text(in, slice_of(got, len), want);
}

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        const char *in = table[i].in;
        struct repaired r;
        struct verdict v = json_repair(text_of(in), &row, &arena, &r);

        if (v.fault != table[i].fault || v.at != table[i].at)
            print_error("%s: %.*s at %zu\n", in, (int)fault_key(v.fault).len,
                        fault_key(v.fault).ptr, v.at);
        assert_int_equal(v.fault, table[i].fault);
        assert_int_equal(v.at, table[i].at);
        is_text(in, v.where, table[i].where);
        if (v.fault == FAULT_NONE) {
            is_text(in, r.tape.text, table[i].out ? table[i].out : in);
            assert_int_equal(r.tape.text.ptr == in, table[i].out == NULL);
            assert_true(repair_place(&r, &arena));
            is_placed(in, &r, table[i].pointers);
            assert_int_not_equal(r.class, REPAIR_GUESS);
        }
        arena_rewind(&arena, 0);
    }
}

/* Two slips that explain a text equally well: nothing may come out, or only
 * what stands beside it. */
static void no_guess(void **state)
{
    static const char *const pairs[][2] = {
        {"{\"a\":\"x\":\"b\":\"y\"}", NULL},
        {"[\"a\":1,\"b\":2]", NULL},
        {"{\"a\":1|\"b\":2}", NULL},
        {"{\"a\":1: \"b\":2}", NULL},
        {"{\"a\":{\"b\":1}},\"c\":2}", NULL},
        {"{\"a\":1}}, \"b\":2", NULL},
        {"\"a\":1,\"b\":{\"c\":2}}", NULL},
        {"\"a\":{\"b\":1}", NULL},
        {"\"quoted\" word", NULL},
        {"[Note] nothing here", NULL},
        {"{``a``: 1}", NULL},
        {"{\"a\":\"x \"y\": z\"}", "{\"a\":\"x \\\"y\\\": z\"}"},
        {"{\"a\":b\",\"c\":1}", "{\"a\":\"b\",\"c\":1}"},
        {"{u'a':u'b'}", "{\"a\":\"b\"}"},
        {"`{\"a\":1}`", "{\"a\":1}"},
        {"{\"a\":1.5.}", "{\"a\":\"1.5.\"}"},
        {"{\"a\":\"x\",lon", "{\"a\":\"x\"}"},
        {"{\"a\":1}, as asked", "{\"a\":1}"},
    };

    (void)state;
    for (size_t i = 0; i < countof(pairs); i++) {
        struct repaired r;
        struct verdict v =
            json_repair(text_of(pairs[i][0]), &filter, &arena, &r);

        if ((v.fault == FAULT_NONE) != (pairs[i][1] != NULL))
            print_error("%s\n", pairs[i][0]);
        assert_int_equal(v.fault == FAULT_NONE, pairs[i][1] != NULL);
        if (pairs[i][1])
            is_text(pairs[i][0], r.tape.text, pairs[i][1]);
        arena_rewind(&arena, 0);
    }
}

/* A guess is a fault that says what the guess would be. */
static void proposals(void **state)
{
    static const char *const pairs[][2] = {
        {"{\"a\":1 \"b\":2}", "{\"a\":1, \"b\":2}"},
        {"[1,2", "[1,2]"},
        {"{\"a\":1}{\"b\":2}", "{\"a\":1}"},
        {"{a:1}", "{\"a\":1}"},
    };
    struct repair_options all = row;

    (void)state;
    all.mode = REPAIR_MODE_ALL;
    for (size_t i = 0; i < countof(pairs); i++) {
        struct repaired r;
        struct verdict v = json_repair(text_of(pairs[i][0]), &row, &arena, &r);

        assert_true(v.fault);
        is_text(pairs[i][0], slice_take(v.detail, 14), "needs a guess:");
        is_text(pairs[i][0], r.proposal, pairs[i][1]);
        assert_false(json_repair(text_of(pairs[i][0]), &all, &arena, &r).fault);
        is_text(pairs[i][0], r.tape.text, pairs[i][1]);
        assert_int_equal(r.class, REPAIR_GUESS);
        arena_rewind(&arena, 0);
    }
}

/* Every text of a few bytes from a nasty alphabet. */
static void promises(void **state)
{
    static const char *const pieces[] = {
        "\"",     "\\",   "u", "0", "d8", "n", "F",   "[", "]", "{",
        "}",      ":",    ",", "1", "\n", "'", "/",   "*", " ", "\xE2\x80\x9C",
        "\xFF",   "`",    "#", "e", "-",  ".", "tru", "(", ")", "+",
        "\"a\":", "\x01",
    };
    size_t out = 0;

    (void)state;
    for (uint32_t seed = 0; seed < 400000; seed++) {
        uint64_t bits = seed * UINT64_C(0x9E3779B97F4A7C15);
        char text[64];
        size_t len = 0;

        for (size_t n = 1 + seed % 11; n; n--, bits >>= 5) {
            const char *piece = pieces[bits & 31];

            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        out +=
            repair_same(slice_of(text, len), seed & 1 ? &row : &filter, &arena);
        arena_rewind(&arena, 0);
    }
    assert_true(out > 20000);
}

/* --- sound documents ------------------------------------------------------ */

static uint32_t draw(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*seed >> 33) % n;
}

static void put_text(struct json_out *out, uint64_t *seed, bool key)
{
    static const char *const pieces[] = {
        "C/C=C\\C",
        "say \"hi\"",
        ", ",
        "{a}",
        "[1]",
        "a: b",
        "it's",
        "\n",
        "\xE2\x80\x9Cq\xE2\x80\x9D",
        "//x",
        "/* */",
        "```",
        "<think>",
        "# no",
        "None",
        "\\frac",
        "\"",
        "\\",
        "\t",
        "\xF0\x9F\x98\x80",
        "'",
        "`",
        "\x7F",
    };
    char text[200];
    size_t len = 0;

    for (uint32_t n = draw(seed, 5); n; n--) {
        const char *piece = pieces[draw(seed, countof(pieces))];

        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    if (key)
        json_put_key(out, slice_of(text, len));
    else
        json_put_string(out, slice_of(text, len));
}

static void put_value(struct json_out *out, unsigned depth, uint64_t *seed)
{
    uint32_t kind = depth ? draw(seed, 8) : 6 + draw(seed, 2);

    switch (kind) {
    case 0: json_put_null(out); break;
    case 1: json_put_bool(out, draw(seed, 2)); break;
    case 2: json_put_int(out, (int64_t)draw(seed, 100000) - 50000); break;
    case 3: json_put_double(out, draw(seed, 99999) / 7.0); break;
    case 4:
    case 5: put_text(out, seed, false); break;
    default:
        json_put_open(out, kind == 6 ? '{' : '[');
        for (uint32_t n = depth < 5 ? draw(seed, 6) : 0; n; n--) {
            if (kind == 6)
                put_text(out, seed, true);
            put_value(out, depth + 1, seed);
        }
        json_put_close(out, kind == 6 ? '}' : ']');
    }
}

/* A sound document is lent on, byte for byte. */
static void identity(void **state)
{
    static char bytes[1 << 20];
    uint64_t seed = 1;
    size_t count = getenv("SOAK") ? 1000000 : 100000;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct json_out out;
        struct repaired r;
        struct verdict v;

        json_out_init(&out, bytes, sizeof(bytes));
        put_value(&out, 0, &seed);
        assert_false(out.full);
        v = json_repair(json_out_slice(&out), i & 1 ? &row : &filter, &arena,
                        &r);
        assert_int_equal(v.fault, FAULT_NONE);
        assert_int_equal(r.n_edits, 0);
        assert_ptr_equal(r.tape.text.ptr, bytes);
        assert_int_equal(r.tape.text.len, out.len);
        arena_rewind(&arena, 0);
    }
}

/* However little memory there is, the answer is line.memory or the right
 * one. */
static void little_memory(void **state)
{
    const char *in = "x {'k\\y':[\"\\c\",{\"n\":\"\\d\",}],\"z\":nope} y";
    struct verdict v = {.fault = FAULT_LINE_MEMORY};
    size_t cap = 64;

    (void)state;
    for (; v.fault == FAULT_LINE_MEMORY; cap += 8) {
        struct arena small;
        struct err err = {0};
        struct repaired r;

        assert_true(arena_open(&small, cap, &err));
        v = json_repair(text_of(in), &row, &small, &r);
        arena_close(&small);
        assert_true(cap < 32768);
    }
    assert_int_equal(v.fault, FAULT_JSON_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),     cmocka_unit_test(proposals),
        cmocka_unit_test(no_guess), cmocka_unit_test(promises),
        cmocka_unit_test(identity), cmocka_unit_test(little_memory),
    };
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)32 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("repair", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
