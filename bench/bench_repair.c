/*
 * bench_repair.c - json_repair() on a file of broken texts.
 *
 *     bench_repair FILE [ROUNDS]
 *
 * FILE has one JSON string per line, each a broken text.  Prints the bytes
 * and the best and median thread CPU time of a round over all of them, the
 * edits and their pointers included.  bench/bench_repair sets it beside
 * another program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "validate/json/repair.h"

#define ROUNDS_MAX 1001
#define TEXTS_MAX  100000

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

/* The texts of a file, in the arena. */
static size_t load(const char *path, struct arena *arena, struct slice *texts)
{
    static char line[1 << 20];
    FILE *f = fopen(path, "r");
    size_t n = 0;

    if (!f)
        return 0;
    while (n < TEXTS_MAX && fgets(line, sizeof(line), f)) {
        struct slice copy = arena_copy(arena, slice_of(line, strlen(line)));
        struct json_tape tape;

        if (copy.ptr && json_tape_try(copy, arena, &tape) == JSON_TRY_SOUND &&
            json_is(&tape, 0, JSON_STRING))
            texts[n++] = json_string(&tape, 0, arena);
    }
    fclose(f);
    return n;
}

int main(int argc, char **argv)
{
    static struct slice texts[TEXTS_MAX];
    static double spent[ROUNDS_MAX];
    const struct repair_options all = {.mode = REPAIR_MODE_ALL};
    int rounds = argc > 2 ? atoi(argv[2]) : 51;
    size_t n, bytes = 0, refused = 0, edits = 0;
    struct arena held, arena;
    struct err err;

    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX ||
        !arena_open(&held, (size_t)4 << 30, &err) ||
        !arena_open(&arena, (size_t)1 << 30, &err))
        return 2;
    n = load(argv[1], &held, texts);
    for (size_t i = 0; i < n; i++)
        bytes += texts[i].len;
    for (int round = 0; round < rounds; round++) {
        double start = now();

        refused = edits = 0;
        for (size_t i = 0; i < n; i++) {
            struct repaired r;

            arena_rewind(&arena, 0);
            refused += json_repair(texts[i], &all, &arena, &r).fault != 0;
            edits += r.n_edits;
        }
        spent[round] = now() - start;
    }
    qsort(spent, (size_t)rounds, sizeof(*spent), by_time);
    printf("{\"texts\":%zu,\"bytes\":%zu,\"refused\":%zu,\"edits\":%zu,"
           "\"median\":%.6f,\"best\":%.6f}\n",
           n, bytes, refused, edits, spent[rounds / 2], spent[0]);
    return n ? 0 : 1;
}
