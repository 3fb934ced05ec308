/*
 * test_utf8.c - every sequence of one to four bytes that can matter.
 *
 * The oracle is the definition: a sequence is valid exactly when it is what
 * utf8_put() writes for some scalar value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/base/attrs.h"
#include "validate/base/utf8.h"

/* The scalar value that len bytes spell, however badly. */
static uint32_t spelled(const uint8_t *p, size_t len)
{
    static const uint8_t mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t c = p[0] & mask[len];

    for (size_t i = 1; i < len; i++)
        c = c << 6 | (p[i] & 0x3F);
    return c;
}

static size_t oracle(const uint8_t *p, size_t n)
{
    for (size_t len = 1; len <= n && len <= UTF8_MAX; len++) {
        uint32_t c = spelled(p, len);
        char put[UTF8_MAX];

        if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
            continue;
        if (utf8_put(c, put) == len && !memcmp(put, p, len))
            return len;
    }
    return 0;
}

/* Bytes at the edges of every range of the table, and their neighbours. */
static const uint8_t edges[] = {0x00, 0x22, 0x7F, 0x80, 0x81, 0x8F, 0x90,
                                0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                                0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0,
                                0xF1, 0xF3, 0xF4, 0xF5, 0xFF};

static void test_sequences(void **state)
{
    const size_t n = countof(edges);

    (void)state;
    for (size_t i = 0; i < n * n * n * n; i++) {
        uint8_t p[4] = {edges[i % n], edges[i / n % n], edges[i / n / n % n],
                        edges[i / n / n / n]};

        for (size_t len = 0; len <= 4; len++) {
            struct slice s = slice_of((const char *)p, len);

            assert_int_equal(utf8_sequence(s), oracle(p, len));
        }
    }
}

/* Can these bytes become a valid sequence by adding more? */
static bool completes(const uint8_t *p, size_t len)
{
    static const uint8_t next[] = {0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF};

    for (size_t i = 0; i < countof(next); i++) {
        uint8_t q[8] = {p[0], p[1], p[2], 0x80, 0x80, 0x80};

        memset(q + len, 0x80, 3);
        q[len] = next[i];
        if (oracle(q, UTF8_MAX) > len)
            return true;
    }
    return false;
}

static void test_cut(void **state)
{
    const size_t n = countof(edges);

    (void)state;
    for (size_t i = 0; i < n * n * n; i++) {
        uint8_t p[3] = {edges[i % n], edges[i / n % n], edges[i / n / n]};

        for (size_t len = 1; len <= 3; len++)
            assert_int_equal(utf8_cut(slice_of((const char *)p, len)),
                             !oracle(p, len) && completes(p, len));
    }
    assert_false(utf8_cut(slice_of("", 0)));
}

static void test_prefix(void **state)
{
    char text[100];

    (void)state;
    for (size_t at = 0; at < sizeof(text); at++) {
        memset(text, 'a', sizeof(text));
        assert_int_equal(utf8_prefix(slice_of(text, at)), at);
        text[at] = (char)0x80;
        assert_int_equal(utf8_prefix(slice_of(text, sizeof(text))), at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
