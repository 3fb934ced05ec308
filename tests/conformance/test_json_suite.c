/*
 * test_json_suite.c - JSONTestSuite: every y_ file is accepted, every n_ file
 * refused, by the tape under every kernel and by json_check().
 *
 *     test_json_suite [FOLDER]
 *
 * The folder is optional data; without it the test is skipped with a word.
 * The i_ files may go either way, but must go the same way everywhere.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/json_same.h"

#define FOLDER   "../shared/conformance/json/test_parsing"
#define FILE_MAX ((size_t)1 << 20)

static int judge(const char *folder, const char *name, int number,
                 struct arena *arena)
{
    char path[1024], *bytes = malloc(FILE_MAX);
    struct slice text;
    FILE *f;
    int bad;
    bool ok;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "rb");
    DEMAND(f && bytes);
    text = slice_of(bytes, fread(bytes, 1, FILE_MAX, f));
    fclose(f);
    ok = json_same(text, arena);
    bad = (name[0] == 'y' && !ok) || (name[0] == 'n' && ok);
    printf("%sok %d - %s %s\n", bad ? "not " : "", number, name,
           ok ? "accepted" : "refused");
    free(bytes);
    return bad;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : FOLDER;
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int n[256] = {0}, bad = 0, number = 0;
    struct arena arena;
    struct err err;

    if (!dir) {
        printf("1..1\nok 1 # skip no JSONTestSuite at %s\n", folder);
        return 0;
    }
    DEMAND(arena_open(&arena, (size_t)256 << 20, &err));
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        n[(unsigned char)entry->d_name[0]]++;
        bad += judge(folder, entry->d_name, ++number, &arena);
    }
    closedir(dir);
    arena_close(&arena);
    printf("1..%d\n# %d to accept, %d to refuse, %d free, %d wrong\n", number,
           n['y'], n['n'], n['i'], bad);
    return bad || n['y'] < 95 || n['n'] < 188;
}
