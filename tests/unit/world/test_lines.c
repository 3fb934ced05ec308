/*
 * test_lines.c - reader and line cutter together: however a file is divided,
 * every line comes once, and each part's hash is that of its bytes.
 */
#include "importer/run/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_LINE ((size_t)1 << 20)

static char path[] = "/tmp/decant-lines-XXXXXX";
static struct arena arena;
static char *text;
static size_t length;

/* Lines of all lengths, one longer than a reader's buffer, no last newline. */
static int make_file(void **state)
{
    int fd = mkstemp(path);
    struct err err;
    size_t at = 0;

    (void)state;
    length = 700000;
    text = malloc(length);
    if (fd < 0 || !text || !arena_open(&arena, 8 * MAX_LINE, &err))
        return -1;
    for (size_t n = 0; at < length; n++) {
        size_t len = n == 40 ? 400000 : n * n * 7 % 3000;

        while (len-- && at < length)
            text[at++] = (char)('a' + n % 26);
        if (at < length)
            text[at++] = '\n';
    }
    text[length - 1] = 'z';
    return write(fd, text, length) == (ssize_t)length && close(fd) == 0 ? 0
                                                                        : -1;
}

static int drop_file(void **state)
{
    (void)state;
    free(text);
    arena_close(&arena);
    return unlink(path);
}

/* Read [begin, end), check its hash, return where it ends. */
static uint64_t part(uint64_t begin, uint64_t end, size_t *n_lines)
{
    struct lines_part bounds = {begin, end, MAX_LINE};
    size_t mark = arena_mark(&arena);
    enum lines_step step;
    struct reader *reader;
    struct lines lines;
    struct line line;
    struct hash hash;
    struct err err;
    uint64_t at = 0;
    bool first = true;

    assert_true(reader_open(path, &reader, &err));
    assert_true(lines_open(&lines, reader, bounds, &arena, &err));
    while ((step = lines_next(&lines, &line, &err)) == LINES_READY) {
        if (first)
            assert_int_equal(line.offset, lines_start(&lines));
        else
            assert_int_equal(line.offset, at);
        first = false;
        assert_memory_equal(line.text.ptr, text + line.offset, line.text.len);
        at = lines_end(&lines);
        ++*n_lines;
    }
    assert_int_equal(step, LINES_DONE);
    hash = lines_hash(&lines);
    assert_true(hash_eq(
        hash, hash_of(slice_of(text + lines_start(&lines),
                               lines_end(&lines) - lines_start(&lines)))));
    at = lines_end(&lines);
    assert_int_equal(lines_torn(&lines), at == length && !first);
    reader_close(reader);
    arena_rewind(&arena, mark);
    return at;
}

static void any_division(void **state)
{
    static const uint64_t steps[] = {700000, 262144, 99991, 4096, 1777};
    size_t whole = 0;

    (void)state;
    assert_int_equal(part(0, length, &whole), length);
    for (size_t i = 0; i < countof(steps); i++) {
        size_t n = 0;
        uint64_t last = 0;

        for (uint64_t at = 0; at < length; at += steps[i]) {
            uint64_t stop = at + steps[i] < length ? at + steps[i] : length;
            uint64_t ended = part(at, stop, &n);

            assert_true(ended >= last && ended >= stop);
            last = ended;
        }
        assert_int_equal(last, length);
        assert_int_equal(n, whole);
    }
}

/* A stream's pieces: the hash is asked for and begun anew at line borders. */
static void restarts(void **state)
{
    struct lines_part bounds = {0, UINT64_MAX, MAX_LINE};
    struct reader *reader;
    struct lines lines;
    struct line line;
    struct err err;
    uint64_t from = 0;

    (void)state;
    assert_true(reader_open(path, &reader, &err));
    assert_true(lines_open(&lines, reader, bounds, &arena, &err));
    while (lines_next(&lines, &line, &err) == LINES_READY) {
        struct slice bytes = slice_of(text + from, lines_end(&lines) - from);

        assert_true(hash_eq(lines_hash(&lines), hash_of(bytes)));
        if (line.ordinal % 3 == 0) {
            lines_hash_restart(&lines);
            from = lines_end(&lines);
        }
    }
    assert_int_equal(lines_end(&lines), length);
    reader_close(reader);
    arena_rewind(&arena, 0);
}

static void peeking_takes_nothing(void **state)
{
    struct lines_part bounds = {0, UINT64_MAX, MAX_LINE};
    struct reader *reader;
    struct lines lines;
    struct chunk chunk;
    struct line line;
    struct err err;

    (void)state;
    assert_true(reader_open(path, &reader, &err));
    assert_true(lines_open(&lines, reader, bounds, &arena, &err));
    assert_true(lines_peek(&lines, &chunk, &err));
    assert_true(chunk.bytes.len > 1000);
    assert_memory_equal(chunk.bytes.ptr, text, chunk.bytes.len);
    assert_int_equal(lines_next(&lines, &line, &err), LINES_READY);
    assert_int_equal(line.offset, 0);
    reader_close(reader);
    arena_rewind(&arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_division),
        cmocka_unit_test(restarts),
        cmocka_unit_test(peeking_takes_nothing),
    };

    return cmocka_run_group_tests(tests, make_file, drop_file);
}
