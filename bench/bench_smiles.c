/*
 * bench_smiles.c - smiles_judge() on a file of SMILES, one thread.
 *
 *     bench_smiles FILE [ROUNDS]
 *
 * One SMILES a line.  Prints how many there are, how many are sound, and the
 * best and median thread CPU time of a round over all of them at the default
 * level, without and with properties.  bench/bench_smiles sets it beside
 * other programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "validate/smiles/smiles.h"

#define ROUNDS_MAX 1001
#define TEXTS_MAX  1000000

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The lines of a file, in the arena. */
static size_t load(const char *path, struct arena *arena, struct slice *texts)
{
    static char line[1 << 20];
    FILE *f = fopen(path, "r");
    size_t n = 0;

    if (!f)
        return 0;
    while (n < TEXTS_MAX && fgets(line, sizeof(line), f)) {
        texts[n] = arena_copy(arena, slice_of(line, strcspn(line, "\r\n")));
        n += texts[n].ptr && texts[n].len;
    }
    fclose(f);
    return n;
}

static size_t judge_all(const struct slice *texts, size_t n, bool properties,
                        struct arena *arena)
{
    const struct smiles_options options = {.properties = properties};
    size_t sound = 0;

    for (size_t i = 0; i < n; i++) {
        struct smiles_verdict verdict;

        arena_rewind(arena, 0);
        sound += smiles_judge(texts[i], &options, arena, &verdict);
    }
    return sound;
}

int main(int argc, char **argv)
{
    static struct slice texts[TEXTS_MAX];
    static double spent[2][ROUNDS_MAX];
    int rounds = argc > 2 ? atoi(argv[2]) : 21;
    size_t n, bytes = 0, sound = 0;
    struct arena held, arena;
    struct err err;

    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX ||
        !arena_open(&held, (size_t)4 << 30, &err) ||
        !arena_open(&arena, (size_t)1 << 28, &err))
        return 2;
    n = load(argv[1], &held, texts);
    for (size_t i = 0; i < n; i++)
        bytes += texts[i].len;
    for (int round = 0; round < 2 * rounds; round++) {
        double start = now();

        sound = judge_all(texts, n, round % 2, &arena);
        spent[round % 2][round / 2] = now() - start;
    }
    for (int i = 0; i < 2; i++)
        qsort(spent[i], (size_t)rounds, sizeof(**spent), by_time);
    printf("{\"n\":%zu,\"bytes\":%zu,\"sound\":%zu,\"median\":%.6f,"
           "\"best\":%.6f,\"properties\":%.6f}\n",
           n, bytes, sound, spent[0][rounds / 2], spent[0][0],
           spent[1][rounds / 2]);
    return n ? 0 : 1;
}
