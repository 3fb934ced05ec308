/*
 * bench_repair.c - json_repair() on a file of broken texts.
 *
 *     bench_repair FILE [ROUNDS]
 *
 * FILE has one JSON string per line, each a broken text.  Prints the best
 * and median thread CPU time of a round over all of them: of the repair, of
 * the repair with the JSON Pointers of its edits (told), and over the sound
 * texts that came out, of json_repair() (sound) and of json_tape_try() alone
 * (strict), which is what a sound text has to pay for at least.  The two of
 * a pair take turns.  bench/bench_repair sets the first beside another program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "validate/json/repair.h"

#define ROUNDS_MAX  1001
#define TEXTS_MAX   100000
#define SOUND_TIMES 8

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

enum side { SIDE_REPAIR, SIDE_TOLD, SIDE_SOUND, SIDE_STRICT, SIDE_COUNT };

struct bench {
    struct slice broken[TEXTS_MAX], mended[TEXTS_MAX];
    double spent[SIDE_COUNT][ROUNDS_MAX];
    size_t n, bytes, mended_bytes, refused, edits;
    struct arena held, arena;
};

static const struct repair_options all = {.mode = REPAIR_MODE_ALL};

/* The sound texts that come out, kept for the later rounds. */
static void mend_once(struct bench *b)
{
    for (size_t i = 0; i < b->n; i++) {
        struct repaired r;
        struct slice copy = SLICE("null");

        arena_rewind(&b->arena, 0);
        b->bytes += b->broken[i].len;
        if (json_repair(b->broken[i], &all, &b->arena, &r).fault)
            b->refused++;
        else
            copy = arena_copy(&b->held, r.tape.text);
        b->edits += r.n_edits;
        b->mended[i] = copy;
        b->mended_bytes += copy.len;
    }
}

/* One text; false when it is not what it should be. */
static bool one(struct bench *b, enum side side, size_t i)
{
    struct repaired r;

    arena_rewind(&b->arena, 0);
    switch (side) {
    case SIDE_REPAIR:
        return json_repair(b->broken[i], &all, &b->arena, &r).fault == 0;
    case SIDE_TOLD:
        return json_repair(b->broken[i], &all, &b->arena, &r).fault == 0 &&
               repair_place(&r, &b->arena);
    case SIDE_SOUND:
        return json_repair(b->mended[i], &all, &b->arena, &r).fault == 0 &&
               r.n_edits == 0;
    default:
        return json_tape_try(b->mended[i], &b->arena, &r.tape) ==
               JSON_TRY_SOUND;
    }
}

/* A sound text is parsed again and again: in the import it comes from the
 * cache, where it has just been unescaped. */
static int times(int side)
{
    return side == SIDE_SOUND || side == SIDE_STRICT ? SOUND_TIMES : 1;
}

static bool some(struct bench *b, enum side side, size_t i)
{
    bool fine = true;

    for (int n = times(side); n; n--)
        fine &= one(b, side, i);
    return fine;
}

/* All texts once; the number of those that are not as they should be. */
static size_t round_of(struct bench *b, enum side side, int round)
{
    double start = now();
    size_t odd = 0;

    for (size_t i = 0; i < b->n; i++)
        odd += !some(b, side, i);
    b->spent[side][round] = (now() - start) / times(side);
    return odd;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"repair", "told", "sound", "strict"};
    static struct bench b;
    int rounds = argc > 2 ? atoi(argv[2]) : 51;
    size_t odd = 0;
    struct err err;

    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX ||
        !arena_open(&b.held, (size_t)4 << 30, &err) ||
        !arena_open(&b.arena, (size_t)1 << 30, &err))
        return 2;
    b.n = load(argv[1], &b.held, b.broken);
    mend_once(&b);
    for (int i = 0; i < SIDE_COUNT * rounds; i++) {
        /* Pairs in turns, each to and fro: who comes second finds the text
         * in the cache. */
        int pair = i / (2 * rounds) * 2, side = pair + (i ^ i >> 1) % 2;

        odd += round_of(&b, (enum side)side, i / 2 % rounds);
    }
    printf("{\"texts\":%zu,\"bytes\":%zu,\"refused\":%zu,\"edits\":%zu,"
           "\"mended_bytes\":%zu,\"odd\":%zu",
           b.n, b.bytes, b.refused, b.edits, b.mended_bytes, odd);
    for (int side = 0; side < SIDE_COUNT; side++) {
        qsort(b.spent[side], (size_t)rounds, sizeof(double), by_time);
        printf(",\"%s\":%.6f,\"%s_best\":%.6f", names[side],
               b.spent[side][rounds / 2], names[side], b.spent[side][0]);
    }
    printf(",\"median\":%.6f,\"best\":%.6f}\n",
           b.spent[SIDE_REPAIR][rounds / 2], b.spent[SIDE_REPAIR][0]);
    return b.n ? 0 : 1;
}
