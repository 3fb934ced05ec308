/*
 * test_reader.c - every kind of file gives the same bytes; damage is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "importer/sys/files.h"
#include "importer/sys/reader.h"

#define SIZE ((size_t)900000) /* several buffers */

static char folder[64];
static char *text; /* SIZE bytes, not very compressible */

static const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void shell(const char *fmt, const char *a, const char *b)
{
    char command[512];

    snprintf(command, sizeof(command), "cd %s && ", folder);
    snprintf(command + strlen(command), sizeof(command) - strlen(command),
             "%s %s %s", fmt, a, b);
    assert_int_equal(system(command), 0);
}

static void put(const char *name, const char *bytes, size_t n)
{
    struct err err;

    assert_true(file_replace(in_folder(name), slice_of(bytes, n), &err));
}

/* Everything a reader gives, at most `cap` bytes. */
static bool drain(struct reader *r, char *out, size_t cap, size_t *n,
                  struct err *err)
{
    struct chunk chunk;

    *n = 0;
    do {
        if (!reader_next(r, &chunk, err))
            return false;
        assert_true(chunk.bytes.len <= ((size_t)256 << 10));
        assert_true(*n + chunk.bytes.len <= cap);
        if (chunk.bytes.len)
            memcpy(out + *n, chunk.bytes.ptr, chunk.bytes.len);
        *n += chunk.bytes.len;
    } while (!chunk.last);
    return true;
}

static bool read_file(const char *name, char *out, size_t *n, struct err *err)
{
    struct reader *r;
    bool ok;

    if (!reader_open(in_folder(name), &r, err))
        return false;
    ok = drain(r, out, 3 * SIZE, n, err);
    reader_close(r);
    return ok;
}

static void test_same_bytes(void **state)
{
    static const struct {
        const char *name;
        enum reader_kind kind;
        size_t copies; /* of the text */
    } table[] = {
        {"plain.jsonl", READER_FILE, 1}, {"one.gz", READER_GZIP, 1},
        {"two.gz", READER_GZIP, 2},      {"padded.gz", READER_GZIP, 1},
        {"one.zst", READER_ZSTD, 1},     {"two.zst", READER_ZSTD, 2},
        {"skip.zst", READER_ZSTD, 1},    {"empty.jsonl", READER_FILE, 0},
        {"empty.gz", READER_GZIP, 0},    {"empty.zst", READER_ZSTD, 0},
    };
    static const char skippable[] = "\x50\x2a\x4d\x18\x04\0\0\0abcd";
    char *out = malloc(3 * SIZE);

    (void)state;
    assert_non_null(out);
    put("plain.jsonl", text, SIZE);
    put("empty.jsonl", "", 0);
    put("skip", skippable, sizeof(skippable) - 1);
    shell("gzip -1 -c plain.jsonl > one.gz; gzip -c empty.jsonl > empty.gz;",
          "zstd -q -c plain.jsonl > one.zst; zstd -q -c empty.jsonl",
          "> empty.zst; cat one.gz one.gz > two.gz; cat one.zst one.zst "
          "> two.zst; (cat one.gz; head -c 600 /dev/zero) > padded.gz;"
          "cat skip one.zst skip > skip.zst");
    for (size_t i = 0; i < countof(table); i++) {
        struct err err = {.code = ERR_NONE};
        struct reader *r;
        size_t n;

        assert_true(reader_open(in_folder(table[i].name), &r, &err));
        assert_int_equal(reader_kind(r), table[i].kind);
        if (!drain(r, out, 3 * SIZE, &n, &err))
            fail_msg("%s: %s", table[i].name, err.text);
        assert_int_equal(n, table[i].copies * SIZE);
        for (size_t k = 0; k < table[i].copies; k++)
            assert_memory_equal(out + k * SIZE, text, SIZE);
        reader_close(r);
    }
    free(out);
}

/* Cut at places all over the file: never silently short. */
static void test_cut_streams(void **state)
{
    static const char *const names[] = {"one.gz", "one.zst"};
    char *bytes = malloc(SIZE * 2), *out = malloc(3 * SIZE);

    (void)state;
    for (size_t i = 0; i < countof(names); i++) {
        struct err err = {.code = ERR_NONE};
        size_t size, n;
        char cut[32];

        assert_true(file_read_at(in_folder(names[i]),
                                 (struct file_span){0, SIZE * 2}, bytes, &size,
                                 &err));
        snprintf(cut, sizeof(cut), "cut%s", strchr(names[i], '.'));
        for (size_t at = 4; at < size; at += at < 20 ? 1 : size / 13 + 1) {
            put(cut, bytes, at);
            assert_false(read_file(cut, out, &n, &err));
            assert_int_equal(err.code, ERR_IO);
            assert_non_null(strstr(err.text, cut));
        }
        put(cut, bytes, size - 1);
        assert_false(read_file(cut, out, &n, &err));
        assert_non_null(strstr(err.text, "cut off after"));
        /* one damaged byte in the middle: the checksum sees it */
        bytes[size / 2] ^= 0x10;
        put(cut, bytes, size);
        assert_false(read_file(cut, out, &n, &err));
    }
    free(bytes);
    free(out);
}

static void test_refused(void **state)
{
    static const struct {
        const char *name, *bytes, *words;
    } table[] = {
        {"no.gz", "{\"a\": 1}\n", "not gzip"},
        {"no.zst", "{\"a\": 1}\n", "not zstd"},
        {"zero.gz", "", "not gzip"},
        {"missing.jsonl", NULL, "No such file"},
        {".", NULL, "a directory"},
    };

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct err err = {.code = ERR_NONE};
        struct reader *r;

        if (table[i].bytes)
            put(table[i].name, table[i].bytes, strlen(table[i].bytes));
        assert_false(reader_open(in_folder(table[i].name), &r, &err));
        assert_non_null(strstr(err.text, table[i].words));
    }
    /* garbage behind a whole member is not padding */
    {
        struct err err = {.code = ERR_NONE};
        char *out = malloc(3 * SIZE);
        size_t n;

        shell("(cat one.gz; echo garbage) > tail.gz", "", "");
        assert_false(read_file("tail.gz", out, &n, &err));
        free(out);
    }
}

/* 300 MB of zeros in few bytes: time, not memory. */
static void test_bomb(void **state)
{
    static const char *const names[] = {"bomb.gz", "bomb.zst"};

    (void)state;
    shell("head -c 300000000 /dev/zero | gzip -1 > bomb.gz;",
          "head -c 300000000 /dev/zero | zstd -q", "> bomb.zst");
    for (size_t i = 0; i < countof(names); i++) {
        struct err err = {.code = ERR_NONE};
        struct chunk chunk;
        struct reader *r;
        uint64_t n = 0;

        assert_true(reader_open(in_folder(names[i]), &r, &err));
        do {
            assert_true(reader_next(r, &chunk, &err));
            assert_true(chunk.bytes.len <= ((size_t)256 << 10));
            n += chunk.bytes.len;
        } while (!chunk.last);
        assert_int_equal(n, 300000000);
        reader_close(r);
    }
}

static void test_seek_and_limit(void **state)
{
    struct err err = {.code = ERR_NONE};
    char *out = malloc(3 * SIZE);
    struct reader *r;
    size_t n;

    (void)state;
    assert_true(reader_open(in_folder("plain.jsonl"), &r, &err));
    assert_int_equal(reader_size(r), SIZE);
    for (size_t at = 0; at <= SIZE; at += SIZE / 7) {
        reader_seek(r, at);
        assert_true(drain(r, out, 3 * SIZE, &n, &err));
        assert_int_equal(n, SIZE - at);
        assert_memory_equal(out, text + at, n);
    }
    reader_limit(r, 1000);
    reader_seek(r, 10);
    assert_true(drain(r, out, 3 * SIZE, &n, &err));
    assert_int_equal(n, 990);
    reader_seek(r, 1000);
    assert_true(drain(r, out, 3 * SIZE, &n, &err));
    assert_int_equal(n, 0);
    reader_limit(r, SIZE + 1);
    reader_seek(r, SIZE - 5);
    assert_false(drain(r, out, 3 * SIZE, &n, &err));
    assert_non_null(strstr(err.text, "shrank"));
    reader_close(r);
    free(out);
}

static void test_pipe(void **state)
{
    struct err err = {.code = ERR_NONE};
    char *out = malloc(3 * SIZE);
    struct reader *r;
    size_t n;
    pid_t pid;

    (void)state;
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    pid = fork();
    if (pid == 0) {
        FILE *f = fopen(in_folder("fifo"), "w");

        _exit(!f || fwrite(text, 1, SIZE, f) != SIZE || fclose(f) != 0);
    }
    assert_true(reader_open(in_folder("fifo"), &r, &err));
    assert_int_equal(reader_kind(r), READER_PIPE);
    assert_int_equal(reader_size(r), 0);
    assert_true(drain(r, out, 3 * SIZE, &n, &err));
    assert_int_equal(n, SIZE);
    assert_memory_equal(out, text, SIZE);
    reader_close(r);
    waitpid(pid, NULL, 0);
    free(out);
}

static int start(void **state)
{
    uint64_t seed = 42;

    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/decant-reader.XXXXXX");
    text = malloc(SIZE);
    if (!text || !mkdtemp(folder))
        return -1;
    for (size_t i = 0; i < SIZE; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        text[i] = (char)(seed >> 58);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    shell("rm -rf", folder, "");
    free(text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_cut_streams),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_seek_and_limit),
        cmocka_unit_test(test_pipe),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
