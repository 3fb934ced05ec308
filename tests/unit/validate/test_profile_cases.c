/*
 * test_profile_cases.c - what the built-in profiles make of which payload.
 *
 * tests/golden/profiles/NAME.cases hold blocks for the profile NAME:
 *
 *     === title
 *     --- key         (only when it is not "k")
 *     --- in
 *     the payload, without the line end before the next marker
 *     --- out
 *     its rows, or the fault with its place and words
 *
 * With GOLDEN_UPDATE set the answers are written anew; review the diff.
 */
#include "tests/find_profile.h"
#include "tests/judge_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER "tests/golden/profiles/"
#define ROOM   ((size_t)1 << 20)

static struct arena arena;
static char file_bytes[ROOM];
static size_t n_good, n_bad; /* cases of the profile at hand */

static struct slice slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t len;

    if (!f)
        return slice_of(NULL, 0);
    len = fread(file_bytes, 1, ROOM, f);
    fclose(f);
    assert_true(len < ROOM);
    return slice_of(file_bytes, len);
}

/* The part up to the marker, which is taken off the rest. */
static struct slice upto(struct slice *rest, const char *marker)
{
    const char *hit = memmem(rest->ptr, rest->len, marker, strlen(marker));
    size_t len = hit ? (size_t)(hit - rest->ptr) : rest->len;
    struct slice part = slice_take(*rest, len);

    *rest = slice_drop(*rest, hit ? len + strlen(marker) : len);
    return part;
}

static void answer(FILE *to, const struct profile *profile, struct slice key,
                   struct slice text)
{
    struct record record;
    struct verdict v;

    arena_rewind(&arena, 0);
    v = judge_profile(profile, key, text, &arena, &record);
    n_bad += v.fault != FAULT_NONE;
    n_good += v.fault == FAULT_NONE;
    if (v.fault)
        print_verdict(to, v);
    else
        print_record(to, profile, &record);
}

/* The file as it should be. */
static void rewrite(const struct profile *profile, struct slice rest, FILE *to)
{
    (void)upto(&rest, "=== ");
    while (rest.len) {
        struct slice block = upto(&rest, "\n=== ");
        struct slice title = upto(&block, "\n"), key = SLICE("k");
        struct slice head = upto(&block, "--- in\n");
        struct slice text = upto(&block, "\n--- out");

        fprintf(to, "=== %.*s\n", (int)title.len, title.ptr);
        if (head.len) {
            (void)upto(&head, "--- key\n");
            key = upto(&head, "\n");
            fprintf(to, "--- key\n%.*s\n", (int)key.len, key.ptr);
        }
        fprintf(to, "--- in\n%.*s\n--- out\n", (int)text.len, text.ptr);
        answer(to, profile, key, text);
    }
}

static bool check_profile(struct slice name)
{
    char path[200];
    const struct profile *profile;
    struct slice file;
    char *made;
    size_t len;
    bool same;
    FILE *to = open_memstream(&made, &len);

    assert_non_null(to);
    assert_true(find_profile(name, &profile));
    snprintf(path, sizeof(path), FOLDER "%.*s.cases", (int)name.len, name.ptr);
    file = slurp(path);
    n_good = n_bad = 0;
    rewrite(profile, file, to);
    fclose(to);
    same = slice_eq(file, slice_of(made, len));
    if (!same && getenv("GOLDEN_UPDATE")) {
        to = fopen(path, "wb");
        assert_non_null(to);
        fwrite(made, 1, len, to);
        fclose(to);
        same = true;
    }
    for (size_t i = 0, line = 1; !same && i < len; i++) {
        line += made[i] == '\n';
        if (i < file.len && file.ptr[i] == made[i])
            continue;
        print_error("%s:%zu: is now\n%.*s\n", path, line,
                    (int)(len - i < 300 ? len - i : 300), made + i);
        break;
    }
    if (!n_good || !n_bad)
        print_error("%s: %zu accepted, %zu rejected\n", path, n_good, n_bad);
    free(made);
    return same && n_good && n_bad;
}

static void cases(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < n_builtins; i++)
        bad += !check_profile(builtins[i].name);
    assert_true(n_builtins >= 7);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)64 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("profile_cases", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
