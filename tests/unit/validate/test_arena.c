/* test_arena.c - caps, marks, trimming; poison where the sanitizer is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "validate/base/arena.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif

#define CAP ((size_t)1 << 16)

static int open_arena(void **state)
{
    static struct arena arena;
    struct err err;

    *state = &arena;
    return arena_open(&arena, CAP, &err) ? 0 : -1;
}

static int close_arena(void **state)
{
    arena_close(*state);
    arena_close(*state); /* twice is fine */
    return 0;
}

static void test_cap(void **state)
{
    struct arena *a = *state;
    char *p = arena_bytes(a, CAP);

    assert_non_null(p);
    p[0] = p[CAP - 1] = 'x';
    assert_null(arena_bytes(a, 1));
    assert_non_null(arena_bytes(a, 0));
    assert_null(arena_copy(a, SLICE("x")).ptr);
    arena_rewind(a, 0);
    assert_null(arena_bytes(a, CAP + 1));
    assert_non_null(arena_bytes(a, CAP));
    arena_rewind(a, 0);
}

/* Sums that would wrap are refused, not wrapped. */
static void test_overflow(void **state)
{
    struct arena *a = *state;

    assert_non_null(arena_bytes(a, 10));
    assert_null(arena_bytes(a, SIZE_MAX));
    assert_null(arena_bytes(a, SIZE_MAX - 5));
    assert_null(arena_alloc(a, SIZE_MAX / 8 + 2, 8, 8));
    assert_null(arena_room(a, SIZE_MAX, 16, 16));
    assert_null(arena_new(a, (size_t)1 << 62, uint64_t));
    assert_int_equal(arena_mark(a), 10);
    arena_rewind(a, 0);
}

/* Padding alone may be more than what is left. */
static void test_odd_cap(void **state)
{
    struct arena a;
    struct err err;

    (void)state;
    assert_true(arena_open(&a, 4099, &err));
    assert_non_null(arena_bytes(&a, 4098));
    assert_null(arena_new(&a, 1, uint64_t));
    assert_null(arena_room(&a, 0, 1, 64));
    assert_int_equal(arena_mark(&a), 4098);
    arena_close(&a);
}

static void test_zero_and_align(void **state)
{
    struct arena *a = *state;

    for (size_t odd = 0; odd < 20; odd++) {
        char *dirt = arena_bytes(a, 1000);
        uint64_t *words;

        assert_non_null(dirt);
        memset(dirt, 0xAA, 1000);
        arena_rewind(a, odd);
        words = arena_new(a, 50, uint64_t);
        assert_non_null(words);
        assert_int_equal((uintptr_t)words % _Alignof(uint64_t), 0);
        for (size_t i = 0; i < 50; i++)
            assert_int_equal(words[i], 0);
        words = arena_array(a, 5, uint64_t);
        assert_non_null(words);
        assert_int_equal((uintptr_t)words % _Alignof(uint64_t), 0);
        arena_rewind(a, 0);
        assert_non_null(arena_bytes(a, odd + 1));
    }
    arena_rewind(a, 0);
}

static void test_trim(void **state)
{
    struct arena *a = *state;
    char *p = arena_bytes(a, 100), *q;

    arena_trim(a, p + 7);
    assert_int_equal(arena_mark(a), 7);
    q = arena_bytes(a, 1);
    assert_ptr_equal(q, p + 7);
    arena_trim(a, q);
    assert_int_equal(arena_mark(a), 7);
    arena_rewind(a, 0);
}

static void test_copy(void **state)
{
    struct arena *a = *state;
    struct slice s = arena_copy(a, SLICE("text")), none;

    assert_true(slice_eq(s, SLICE("text")));
    assert_int_equal(arena_mark(a), 4);
    none = arena_copy(a, slice_of(NULL, 0));
    assert_non_null(none.ptr);
    assert_int_equal(none.len, 0);
    arena_rewind(a, 0);
}

static void test_poison(void **state)
{
#ifdef ASAN_POISON_MEMORY_REGION
    struct arena *a = *state;
    char *p = arena_bytes(a, 64);

    assert_false(__asan_address_is_poisoned(p + 63));
    assert_true(__asan_address_is_poisoned(p + 64));
    arena_trim(a, p + 16);
    assert_false(__asan_address_is_poisoned(p + 15));
    assert_true(__asan_address_is_poisoned(p + 16));
    arena_rewind(a, 0);
    assert_true(__asan_address_is_poisoned(p));
#else
    (void)state;
    skip();
#endif
}

/* A huge use is given back to the system, and the arena still works. */
static void test_gives_back(void **state)
{
    size_t big = (size_t)80 << 20;
    struct arena a;
    struct err err;
    char *p;

    (void)state;
    assert_true(arena_open(&a, (size_t)100 << 20, &err));
    p = arena_bytes(&a, big);
    assert_non_null(p);
    p[0] = p[big - 1] = 'x';
    arena_rewind(&a, 0);
    p = arena_bytes(&a, big);
    assert_non_null(p);
    assert_int_equal(p[0], 'x');
    assert_int_equal(p[big - 1], 0);
    arena_close(&a);
}

static void test_refused(void **state)
{
    struct arena a = {0};
    struct err err = {0};

    (void)state;
    assert_false(arena_open(&a, SIZE_MAX / 2, &err));
    assert_int_equal(err.code, ERR_MEMORY);
    arena_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cap),     cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_odd_cap), cmocka_unit_test(test_zero_and_align),
        cmocka_unit_test(test_trim),    cmocka_unit_test(test_copy),
        cmocka_unit_test(test_poison),  cmocka_unit_test(test_gives_back),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
