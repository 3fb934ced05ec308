/* test_base.c - slices, hashes, errors and the fault table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/base/err.h"
#include "validate/base/fault.h"
#include "validate/base/hash.h"

static void test_slice(void **state)
{
    struct slice s = SLICE("abc"), none = slice_of(NULL, 0);

    (void)state;
    assert_true(slice_eq(slice_take(s, 2), SLICE("ab")));
    assert_true(slice_eq(slice_take(s, 9), s));
    assert_true(slice_eq(slice_drop(s, 2), SLICE("c")));
    assert_int_equal(slice_drop(s, 9).len, 0);
    assert_int_equal(slice_find(s, 'b'), 1);
    assert_int_equal(slice_find(s, 'z'), 3);
    assert_int_equal(slice_find(none, 'z'), 0);
    assert_true(slice_eq(none, SLICE("")));
    assert_false(slice_eq(s, SLICE("abd")));
}

/* Known answers, and the same however the bytes arrive. */
static void test_hash(void **state)
{
    char text[1000], hex[2 * HASH_BYTES + 1];
    struct hash whole;

    (void)state;
    hash_hex(hash_of(SLICE("")), hex);
    assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 7);
    whole = hash_of(slice_of(text, sizeof(text)));
    for (size_t step = 1; step < sizeof(text); step += 13) {
        struct hasher h;

        hasher_init(&h);
        for (size_t at = 0; at < sizeof(text); at += step) {
            hasher_feed(
                &h,
                slice_take(slice_drop(slice_of(text, sizeof(text)), at), step));
            (void)hasher_digest(&h);
        }
        assert_true(hash_eq(hasher_digest(&h), whole));
    }
    text[999] ^= 1;
    assert_false(hash_eq(hash_of(slice_of(text, sizeof(text))), whole));
}

static void test_err(void **state)
{
    struct err err;
    char big[2000];

    (void)state;
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    assert_false(err_set(&err, ERR_IO, "read %s: %d", "f", 5));
    assert_int_equal(err.code, ERR_IO);
    assert_string_equal(err.text, "read f: 5");
    assert_string_equal(err.state, "");
    assert_false(err_while(&err, "importing %s", "g"));
    assert_string_equal(err.text, "importing g: read f: 5");
    assert_int_equal(err.code, ERR_IO);

    /* Long words are cut, never written past their room. */
    err_set(&err, ERR_USAGE, "%s", big);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    err_while(&err, "again");
    assert_memory_equal(err.text, "again: xxx", 10);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    err_while(&err, "%s", big);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

/* Keys are stored: each fault has one of its own, and words. */
static void test_faults(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FAULT_COUNT; i++) {
        assert_true(fault_key((enum fault)i).len > 0);
        assert_true(fault_words((enum fault)i).len > 0);
        assert_true(advice_words(fault_advice((enum fault)i)).len > 0);
        for (unsigned k = 0; k < i; k++)
            assert_false(
                slice_eq(fault_key((enum fault)i), fault_key((enum fault)k)));
    }
    assert_true(slice_eq(fault_key(FAULT_NONE), SLICE("ok")));
    assert_true(slice_eq(fault_key(FAULT_JSON_SYNTAX), SLICE("json.syntax")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slice),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_err),
        cmocka_unit_test(test_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
