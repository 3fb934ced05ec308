/*
 * bench_json.c - the JSON core against simdjson on a file of Gemini lines.
 *
 *     bench_json FILE [ROUNDS]
 *
 * Per line: index and nodes of the envelope, key, text and tokens out of it,
 * the text unescaped, index and nodes of the answer.  Everything is in
 * memory.  Both sides take turns in every round, in thread CPU time; medians
 * (and bests) are printed, and what counts is their ratio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/simdjson_side.h"
#include "validate/json/kernel.h"
#include "validate/json/tape.h"
#include "validate/json/text.h"

#define ROUNDS_MAX 101

struct job {
    struct slice file;
    struct slice *lines;
    size_t n_lines;
    struct arena arena;
    struct side *side;
    size_t checksum;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint32_t find(const struct json_tape *t, uint32_t node,
                     struct slice name)
{
    return json_member(t, node, name);
}

static uint32_t first(const struct json_tape *t, uint32_t node)
{
    return node && json_is(t, node, JSON_ARRAY) ? json_first(t, node) : 0;
}

/* The node of the answer's text; 0 when the line has none. */
static uint32_t envelope(struct job *job, struct slice line,
                         struct json_tape *t)
{
    struct json_error why;
    uint32_t key, response, text, usage;
    int64_t tokens;

    if (!json_tape_build(line, &job->arena, t, &why))
        return 0;
    key = find(t, 0, SLICE("key"));
    response = find(t, 0, SLICE("response"));
    if (!key || !response)
        return 0;
    text = first(t, find(t, response, SLICE("candidates")));
    text = text ? find(t, text, SLICE("content")) : 0;
    text = text ? first(t, find(t, text, SLICE("parts"))) : 0;
    text = text ? find(t, text, SLICE("text")) : 0;
    usage = find(t, response, SLICE("usageMetadata"));
    usage = usage ? find(t, usage, SLICE("totalTokenCount")) : 0;
    return usage && json_int64(t, usage, &tokens) ? text : 0;
}

static void ours(struct job *job, size_t i, int parts)
{
    size_t mark = arena_mark(&job->arena);
    struct json_tape tape, inner;
    struct json_error why;
    uint32_t text = envelope(job, job->lines[i], &tape);
    struct slice answer;

    if (text && parts > 1) {
        answer = json_string(&tape, text, &job->arena);
        job->checksum += answer.len;
        if (parts > 2 && json_tape_build(answer, &job->arena, &inner, &why))
            job->checksum += inner.n_nodes;
    }
    arena_rewind(&job->arena, mark);
}

static void envelope_only(struct job *job, size_t i)
{
    ours(job, i, 1);
}
static void unescaped(struct job *job, size_t i)
{
    ours(job, i, 2);
}
static void whole(struct job *job, size_t i)
{
    ours(job, i, 3);
}

static void side_unescaped(struct job *job, size_t i)
{
    const char *text;

    job->checksum +=
        side_envelope(job->side, job->lines[i].ptr, job->lines[i].len, &text);
}

static void side_whole(struct job *job, size_t i)
{
    const char *text;
    size_t len =
        side_envelope(job->side, job->lines[i].ptr, job->lines[i].len, &text);

    job->checksum += len ? side_inner(job->side, text, len) : 0;
}

static const struct {
    const char *name, *kernel;
    void (*run)(struct job *job, size_t i);
} runs[] = {
    {"simdjson: envelope, unescape", NULL, side_unescaped},
    {"simdjson: envelope, unescape, inner DOM", NULL, side_whole},
    {"decant avx512: envelope", "avx512", envelope_only},
    {"decant avx512: + unescape", "avx512", unescaped},
    {"decant avx512: + inner tape", "avx512", whole},
    {"decant avx2: + inner tape", "avx2", whole},
    {"decant ssse3: + inner tape", "ssse3", whole},
    {"decant neon: + inner tape", "neon", whole},
    {"decant scalar: + inner tape", "scalar", whole},
};
#define REFERENCE 1 /* what the ratios are against */

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool load(struct job *job, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct slice rest;
    struct err err;
    char *bytes;
    long size;

    if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0)
        return false;
    rewind(f);
    bytes = calloc((size_t)size + SIDE_PAD, 1);
    if (!bytes || fread(bytes, 1, (size_t)size, f) != (size_t)size)
        return false;
    fclose(f);
    rest = job->file = slice_of(bytes, (size_t)size);
    job->lines = calloc((size_t)size / 2 + 1, sizeof(*job->lines));
    if (!job->lines || !arena_open(&job->arena, (size_t)1 << 30, &err))
        return false;
    while (rest.len) {
        size_t len = slice_find(rest, '\n');

        job->lines[job->n_lines++] = slice_take(rest, len);
        rest = slice_drop(rest, len + 1);
    }
    return true;
}

static double time_of(struct job *job, size_t run)
{
    double start;

    start = now();
    for (size_t i = 0; i < job->n_lines; i++)
        runs[run].run(job, i);
    return now() - start;
}

int main(int argc, char **argv)
{
    static double times[countof(runs)][ROUNDS_MAX];
    struct job job = {.side = side_open()};
    size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 9;

    if (argc < 2 || !rounds || rounds > ROUNDS_MAX || !load(&job, argv[1])) {
        fprintf(stderr, "usage: bench_json FILE [ROUNDS]\n");
        return 2;
    }
    for (size_t k = 0; k < rounds; k++) {
        for (size_t r = 0; r < countof(runs); r++)
            if (json_kernel_use(runs[r].kernel))
                times[r][k] = time_of(&job, r);
    }
    for (size_t r = 0; r < countof(runs); r++)
        qsort(times[r], rounds, sizeof(double), ascending);
    printf("%zu lines of %zu bytes, simdjson %s, %zu rounds\n", job.n_lines,
           job.file.len / (job.n_lines ? job.n_lines : 1), side_kernel(),
           rounds);
    for (size_t r = 0; r < countof(runs); r++) {
        double median = times[r][rounds / 2], best = times[r][0];

        if (best <= 0)
            continue;
        printf("%-42s %5.2f GB/s (best %5.2f) %6.0f ns/line  ratio %5.2f\n",
               runs[r].name, (double)job.file.len / median * 1e-9,
               (double)job.file.len / best * 1e-9,
               median / (double)job.n_lines * 1e9,
               times[REFERENCE][rounds / 2] / median);
    }
    printf("checksum %zu\n", job.checksum);
    side_close(job.side);
    return 0;
}
