/* test_files.c - which files are meant, and what identifies them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "importer/sys/files.h"

static char folder[64];

static void shell(const char *words)
{
    char command[1024];

    snprintf(command, sizeof(command), "cd %s && %s", folder, words);
    assert_int_equal(system(command), 0);
}

static const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

struct notes {
    char text[2000];
};

static void say(void *ctx, const char *path, const char *words, bool failed)
{
    struct notes *n = ctx;
    size_t len = strlen(n->text);

    snprintf(n->text + len, sizeof(n->text) - len, "%s%s: %s\n",
             failed ? "!" : "", path, words);
}

/* Expand, and compare with names below the folder, divided by blanks. */
static void expect(const char *const *args, size_t n, const char *want,
                   struct notes *notes)
{
    struct files_note note = {say, notes};
    struct err err = {.code = ERR_NONE};
    char got[2000] = "";
    struct files files;

    notes->text[0] = '\0';
    assert_true(files_expand(&files, args, n, &note, &err));
    for (size_t i = 0; i < files.count; i++) {
        const char *p = files.paths[i];
        size_t len = strlen(got);

        if (!strncmp(p, folder, strlen(folder)))
            p += strlen(folder) + 1;
        snprintf(got + len, sizeof(got) - len, "%s%s", len ? " " : "", p);
    }
    assert_string_equal(got, want);
    files_free(&files);
}

static void test_expand(void **state)
{
    char a[128], b[128], c[128], d[128];
    const char *args[8];
    struct notes notes;

    (void)state;
    shell("mkdir -p d/sub d/B d/.hid none && cd d && touch b.jsonl a.ndjson "
          "a.jsonl.gz a.ndjson.zst B/z.jsonl sub/y.jsonl x.txt w.json "
          "v.jsonl.part .h.jsonl .hid/u.jsonl .jsonl && ln -s b.jsonl "
          "l.jsonl && ln -s sub linked && ln -s nowhere dead.jsonl");
    snprintf(a, sizeof(a), "%s/d", folder);
    snprintf(b, sizeof(b), "%s/d/b.jsonl", folder);
    snprintf(c, sizeof(c), "%s/d/missing.csv", folder);
    snprintf(d, sizeof(d), "%s/none", folder);
    args[0] = a;
    expect(args, 1,
           "d/B/z.jsonl d/a.jsonl.gz d/a.ndjson d/a.ndjson.zst d/b.jsonl "
           "d/l.jsonl d/sub/y.jsonl",
           &notes);
    assert_non_null(strstr(notes.text, "d/.h.jsonl: hidden"));
    assert_non_null(strstr(notes.text, "d/.hid: hidden"));
    assert_non_null(strstr(notes.text, "v.jsonl.part: still"));
    assert_non_null(strstr(notes.text, "d/linked: a link"));
    assert_non_null(strstr(notes.text, "dead.jsonl: No such file"));
    assert_null(strstr(notes.text, "x.txt"));
    /* named files as they are, twins once, in the order given */
    args[0] = c;
    args[1] = b;
    args[2] = "-";
    args[3] = b;
    args[4] = a;
    args[5] = "-";
    expect(args, 6,
           "d/missing.csv d/b.jsonl - d/B/z.jsonl d/a.jsonl.gz d/a.ndjson "
           "d/a.ndjson.zst d/l.jsonl d/sub/y.jsonl",
           &notes);
    args[0] = d;
    expect(args, 1, "", &notes);
    assert_non_null(strstr(notes.text, "no *.jsonl"));
    snprintf(a, sizeof(a), "%s/d/", folder);
    args[0] = a;
    expect(args, 1,
           "d/B/z.jsonl d/a.jsonl.gz d/a.ndjson d/a.ndjson.zst d/b.jsonl "
           "d/l.jsonl d/sub/y.jsonl",
           &notes);
}

static void test_identity(void **state)
{
    /* Sizes around where all bytes stop being read. */
    static const size_t sizes[] = {
        0, 1, 65536, 4 << 20, (4 << 20) + 1, (8 << 20) + 12345};
    struct file_identity id, again;
    struct err err = {.code = ERR_NONE};

    (void)state;
    for (size_t i = 0; i < countof(sizes); i++) {
        char *bytes = calloc(1, sizes[i] + 1);

        assert_true(file_replace(in_folder("id.jsonl"),
                                 slice_of(bytes, sizes[i]), &err));
        assert_true(file_identify(in_folder("id.jsonl"), &id, &err));
        assert_true(id.kind == FILE_PLAIN && id.size == sizes[i]);
        if (sizes[i] <= 4 << 20)
            assert_true(
                hash_eq(id.fingerprint, hash_of(slice_of(bytes, sizes[i]))));
        /* the last and the first byte count at every size */
        for (size_t k = 0; k < 2 && sizes[i] > 0; k++) {
            size_t at = k ? sizes[i] - 1 : 0;

            bytes[at] ^= 1;
            assert_true(file_replace(in_folder("id.jsonl"),
                                     slice_of(bytes, sizes[i]), &err));
            assert_true(file_identify(in_folder("id.jsonl"), &again, &err));
            assert_false(hash_eq(id.fingerprint, again.fingerprint));
            bytes[at] ^= 1;
        }
        free(bytes);
    }
    assert_true(file_identify("-", &id, &err) && id.kind == FILE_PIPE);
    assert_true(file_identify("/dev/null", &id, &err));
    assert_int_equal(id.kind, FILE_PIPE);
    assert_false(file_identify(in_folder("gone"), &id, &err));
    assert_false(file_identify(folder, &id, &err));
    assert_non_null(strstr(err.text, "directory"));
}

static void test_bytes(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct hash hash;
    char buf[64];
    size_t n;

    (void)state;
    assert_true(file_replace(in_folder("x.jsonl"), SLICE("0123456789"), &err));
    assert_true(file_append(in_folder("x.jsonl"), SLICE("abc"), &err));
    assert_true(file_read_at(in_folder("x.jsonl"), (struct file_span){8, 4},
                             buf, &n, &err));
    assert_int_equal(n, 4);
    assert_memory_equal(buf, "89ab", 4);
    assert_true(file_read_at(in_folder("x.jsonl"), (struct file_span){12, 9},
                             buf, &n, &err));
    assert_int_equal(n, 1);
    assert_true(file_hash(in_folder("x.jsonl"), 2, 5, &hash, &err));
    assert_true(hash_eq(hash, hash_of(SLICE("234"))));
    assert_false(file_hash(in_folder("x.jsonl"), 2, 14, &hash, &err));
    assert_non_null(strstr(err.text, "shrank"));
    assert_false(file_append(in_folder("none.jsonl"), SLICE("abc"), &err));
    shell("gzip -kf x.jsonl");
    assert_true(file_head(in_folder("x.jsonl.gz"), buf, 5, &n, &err));
    assert_int_equal(n, 5);
    assert_memory_equal(buf, "01234", 5);
    assert_true(file_head(in_folder("x.jsonl"), buf, sizeof(buf), &n, &err));
    assert_int_equal(n, 13);
    assert_false(file_head("/dev/null", buf, sizeof(buf), &n, &err));
}

static void test_absolute(void **state)
{
    struct err err = {.code = ERR_NONE};
    char out[FILE_PATH_MAX], cwd[2000], want[2100], *wide;

    (void)state;
    assert_true(file_absolute("/a/../b", out, &err));
    assert_string_equal(out, "/a/../b");
    assert_true(file_absolute("-", out, &err));
    assert_string_equal(out, "-");
    assert_non_null(getcwd(cwd, sizeof(cwd)));
    snprintf(want, sizeof(want), "%s/x/y", cwd);
    assert_true(file_absolute("x/y", out, &err));
    assert_string_equal(out, want);
    assert_true(file_absolute(".//./x/y", out, &err));
    assert_string_equal(out, want);
    wide = malloc(5000);
    memset(wide, 'a', 4999);
    wide[4999] = '\0';
    assert_false(file_absolute(wide, out, &err));
    free(wide);
}

static int start(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/decant-files.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int stop(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expand),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_absolute),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
