/*
 * test_schema_limit.c - too much work, and where it was met.
 *
 * In the table @ stands for sixty a's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/schema/schema.h"

#define DEAR "{\"pattern\": \"^(a+)+\\\\1$\"}"
#define MANY "aaaaaaaaaaaaaaaaaaaa"

static struct arena arena, scratch;

static const struct {
    const char *schema, *instance, *pointer, *place;
} table[] = {
    {DEAR, "\"@b\"", "", "/pattern"},
    {"{\"properties\": {\"t\": " DEAR "}}", "{\"n\": 1, \"t\": \"@b\"}", "/t",
     "/properties/t/pattern"},
    /* a rule with a frame, and a branch that fails before */
    {"{\"unevaluatedItems\": false, \"items\": {\"anyOf\": [{\"minLength\": 99},"
     "{\"$ref\": \"#/$defs/p\"}]}, \"$defs\": {\"p\": " DEAR "}}",
     "[\"aa\", 1, \"@b\"]", "/2", "/$defs/p/pattern"},
    /* in circles: somewhere among these */
    {"{\"properties\": {\"t\": {\"if\": true, \"then\": "
     "{\"$ref\": \"#/properties/t\"}}}}",
     "{\"t\": 1}", "/t", "/properties/t/"},
};

static struct slice made(const char *from)
{
    char *out = arena_bytes(&arena, 4096);
    size_t len = 0;

    assert_non_null(out);
    for (; *from; from++) {
        const char *part = *from == '@' ? MANY MANY MANY : from;
        size_t n = *from == '@' ? strlen(part) : 1;

        memcpy(out + len, part, n);
        len += n;
    }
    return slice_of(out, len);
}

static void test_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct slice place = slice_of(table[i].place, strlen(table[i].place));
        struct schema_mismatch why = {.node = 0};
        struct schema_problem problem;
        struct json_error error;
        struct json_tape tape;
        struct schema *s;

        arena_rewind(&arena, 0);
        arena_rewind(&scratch, 0);
        assert_true(
            schema_compile(made(table[i].schema), NULL, &arena, &s, &problem));
        assert_true(
            json_tape_build(made(table[i].instance), &arena, &tape, &error));
        assert_int_equal(schema_run(s, &tape, &scratch, &why), SCHEMA_LIMIT);
        assert_true(slice_eq(why.keyword, SLICE("limit")));
        if (!slice_eq(slice_take(why.schema_pointer, place.len), place) ||
            !slice_eq(why.instance_pointer,
                      slice_of(table[i].pointer, strlen(table[i].pointer))) ||
            !memmem(why.message.ptr, why.message.len, place.ptr, place.len))
            fail_msg("%zu: '%.*s' '%.*s': %.*s", i,
                     (int)why.instance_pointer.len, why.instance_pointer.ptr,
                     (int)why.schema_pointer.len, why.schema_pointer.ptr,
                     (int)why.message.len, why.message.ptr);
        assert_int_equal(why.at, tape.nodes[why.node].at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places)};
    struct err err;
    bool ok = arena_open(&arena, (size_t)64 << 20, &err) &&
              arena_open(&scratch, (size_t)256 << 20, &err);

    return ok ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
