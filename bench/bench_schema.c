/*
 * bench_schema.c - schema_run() on documents, alone and with the parsing.
 *
 *     bench_schema SCHEMA DOCUMENTS [ROUNDS]
 *
 * DOCUMENTS has one JSON text per line.  Prints the medians of the thread
 * CPU time of a round, in nanoseconds per document: of the verdicts on tapes
 * that stand ready, and of building each tape and judging it.
 * bench/bench_schema sets it beside another program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "validate/schema/schema.h"

#define ROUNDS_MAX 1001
#define TEXTS_MAX  100000
#define FILE_LIMIT ((size_t)1 << 30)

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

static struct slice load(const char *path, struct arena *arena)
{
    FILE *f = fopen(path, "r");
    char *bytes = arena_bytes(arena, FILE_LIMIT);
    size_t n;

    if (!f || !bytes)
        exit(2);
    n = fread(bytes, 1, FILE_LIMIT, f);
    fclose(f);
    arena_trim(arena, bytes + n);
    return slice_of(bytes, n);
}

struct work {
    struct slice texts[TEXTS_MAX];
    struct json_tape tapes[TEXTS_MAX];
    size_t n, bytes, valid;
    const struct schema *schema;
    struct arena scratch;
};

static void cut(struct slice all, struct work *w)
{
    while (all.len && w->n < TEXTS_MAX) {
        size_t n = slice_find(all, '\n');

        w->texts[w->n++] = slice_take(all, n);
        w->bytes += n;
        all = slice_drop(all, n + 1);
    }
}

static void judge(struct work *w, const struct json_tape *tape)
{
    w->valid += schema_run(w->schema, tape, &w->scratch, NULL) == SCHEMA_VALID;
    arena_rewind(&w->scratch, 0);
}

static void verdicts(struct work *w)
{
    for (size_t i = 0; i < w->n; i++)
        judge(w, &w->tapes[i]);
}

static void both(struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        struct json_tape tape;

        if (json_tape_try(w->texts[i], &w->scratch, &tape) == JSON_TRY_SOUND)
            judge(w, &tape);
    }
}

static double median(struct work *w, int rounds, void (*round)(struct work *))
{
    static double spent[ROUNDS_MAX];

    for (int i = 0; i < rounds; i++) {
        double start = now();

        w->valid = 0;
        round(w);
        spent[i] = (now() - start) * 1e9 / (double)w->n;
    }
    qsort(spent, (size_t)rounds, sizeof(*spent), by_time);
    return spent[rounds / 2];
}

int main(int argc, char **argv)
{
    static struct work w;
    int rounds = argc > 3 ? atoi(argv[3]) : 21;
    struct schema_problem why;
    struct schema *schema;
    struct arena held;
    struct err err;
    double alone, parsing;

    if (argc < 3 || rounds < 1 || rounds > ROUNDS_MAX ||
        !arena_open(&held, (size_t)8 << 30, &err) ||
        !arena_open(&w.scratch, (size_t)1 << 30, &err))
        return 2;
    if (!schema_compile(load(argv[1], &held), NULL, &held, &schema, &why)) {
        fprintf(stderr, "%.*s\n", (int)why.words.len, why.words.ptr);
        return 2;
    }
    w.schema = schema;
    cut(load(argv[2], &held), &w);
    for (size_t i = 0; i < w.n; i++)
        if (json_tape_try(w.texts[i], &held, &w.tapes[i]) != JSON_TRY_SOUND)
            return 2;
    alone = median(&w, rounds, verdicts);
    parsing = median(&w, rounds, both);
    printf("{\"documents\":%zu,\"bytes\":%zu,\"run_ns\":%.1f,"
           "\"both_ns\":%.1f,\"valid\":%zu}\n",
           w.n, w.bytes, alone, parsing, w.valid);
    return w.n ? 0 : 1;
}
