/*
 * fuzz_smiles.c - one byte of settings, the rest is a SMILES.
 *
 * The text has no byte to spare behind it, the arena is of exactly the
 * promised size.  Places lie inside the text; the same text gets the same
 * verdict; what strict accepts, the other levels accept; a sound molecule
 * written twice, with a dot between, is sound and weighs double; cleaning
 * accounts for every byte it takes, and a second one finds no more quotes,
 * prefixes or ends.
 */
#include <stdint.h>
#include <string.h>

#include "validate/smiles/smiles.h"

#define ARENA_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static struct smiles_verdict judge(struct slice text,
                                   const struct smiles_options *options)
{
    struct smiles_verdict v, again;
    size_t cap = arena.cap;
    bool ok;

    arena.cap = SMILES_ARENA * text.len + SMILES_ARENA_MIN;
    DEMAND(arena.cap <= cap);
    ok = smiles_judge(text, options, &arena, &v);
    DEMAND(ok == (v.code == SMILES_OK));
    DEMAND(v.code < SMILES_CODE_COUNT && v.code != SMILES_MEMORY);
    DEMAND(v.at <= text.len && v.len <= text.len - v.at);
    DEMAND(v.words.len > 0 && arena.used <= 2048 + 128);
    if (v.warnings) {
        DEMAND(v.warned_at <= text.len &&
               v.warned_len <= text.len - v.warned_at);
        DEMAND(v.warnings >> v.warned & 1);
    }
    arena_rewind(&arena, 0);
    (void)smiles_judge(text, options, &arena, &again);
    DEMAND(again.code == v.code && again.at == v.at && again.len == v.len &&
           again.warnings == v.warnings);
    arena_rewind(&arena, 0);
    arena.cap = cap;
    return v;
}

static void twice(struct slice text, const struct smiles_options *options,
                  const struct smiles_properties *once)
{
    size_t n = 2 * text.len + 1;
    char *both = malloc(n);
    struct smiles_verdict v;

    DEMAND(both);
    memcpy(both, text.ptr, text.len);
    both[text.len] = '.';
    memcpy(both + text.len + 1, text.ptr, text.len);
    v = judge(slice_of(both, n), options);
    DEMAND(v.code == SMILES_OK);
    DEMAND(v.properties.atoms == 2 * once->atoms);
    DEMAND(v.properties.rings == 2 * once->rings);
    DEMAND(v.properties.charge == 2 * once->charge);
    DEMAND(v.properties.mass >= 1.999999 * once->mass &&
           v.properties.mass <= 2.000001 * once->mass);
    free(both);
}

static void clean(struct slice text)
{
    struct smiles_cleaned first, second;
    size_t taken = 0, last = 0;

    DEMAND(smiles_clean(text, &arena, &first));
    for (size_t i = 0; i < first.n_edits; i++) {
        DEMAND(first.edits[i].at >= last && first.edits[i].len > 0);
        last = first.edits[i].at + first.edits[i].len;
        taken += first.edits[i].len;
    }
    DEMAND(last <= text.len && taken == text.len - first.text.len);
    if (first.n_edits < 16) { /* else it may have stopped early */
        DEMAND(smiles_clean(first.text, &arena, &second));
        for (size_t i = 0; i < second.n_edits; i++)
            DEMAND(second.edits[i].what == SMILES_TRIM_ESCAPE);
    }
    arena_rewind(&arena, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smiles_options options = {.properties = true};
    struct smiles_verdict v, lax;
    struct err err = {0};
    struct slice text;
    char *copy;

    if (size < 1 || size > 20000)
        return 0;
    if (!arena.base)
        DEMAND(arena_open(&arena, ARENA_MAX, &err));
    options.reaction = data[0] & 1;
    options.maps = data[0] & 2;
    copy = malloc(size);
    DEMAND(copy);
    memcpy(copy, data + 1, size - 1);
    text = slice_of(copy, size - 1);
    v = judge(text, &options);
    options.level = SMILES_LEVEL_RDKIT;
    lax = judge(text, &options);
    DEMAND(v.code != SMILES_OK || lax.code == SMILES_OK);
    options.level = SMILES_LEVEL_SYNTAX;
    lax = judge(text, &options);
    DEMAND(v.code != SMILES_OK || lax.code == SMILES_OK);
    options.level = SMILES_LEVEL_STRICT;
    if (v.code == SMILES_OK && !options.reaction)
        twice(text, &options, &v.properties);
    clean(text);
    free(copy);
    return 0;
}
