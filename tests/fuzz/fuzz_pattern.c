/*
 * fuzz_pattern.c - a pattern, a line feed, and a text.
 *
 * Properties: what is refused has words and a place within the pattern; what
 * format "regex" lets pass compiles, unless PCRE2 or a limit is against it;
 * the table, if there is one, and PCRE2, which alone is asked for groups,
 * agree; a group lies within the text; and all that in bounded time (the
 * fuzzer's own timeout).
 */
#include <stdint.h>

#include "validate/base/utf8.h"
#include "validate/schema/pattern.h"
#include "validate/schema/pattern_dfa.h"
#include "validate/schema/pattern_ecma.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find(const struct pattern *p, const struct dfa *dfa,
                 struct slice text)
{
    struct slice groups[PATTERN_GROUPS_MAX];
    enum pattern_result r = pattern_groups(p, text, groups);

    if (r != PATTERN_LIMIT)
        DEMAND(pattern_find(p, text) == r);
    if (dfa && r != PATTERN_LIMIT)
        DEMAND(dfa_find(dfa, text) == (r == PATTERN_YES));
    for (size_t i = 0; r == PATTERN_YES && i < pattern_n_groups(p); i++)
        DEMAND(!groups[i].ptr ||
               (groups[i].ptr >= text.ptr &&
                groups[i].ptr + groups[i].len <= text.ptr + text.len));
}

static void try(struct slice ecma, struct slice text, struct arena *arena)
{
    struct pattern_problem why = {0};
    struct pattern *p = NULL;
    struct ecma e = {.strict = true, .dry = true};
    enum ecma_result strict = ecma_read(ecma, arena, &e);
    struct ecma lax = {.dry = true};

    if (strict == ECMA_GOOD)
        DEMAND(ecma_read(ecma, arena, &lax) == ECMA_GOOD);
    if (!pattern_compile(ecma, arena, &p, &why)) {
        DEMAND(why.offset <= ecma.len && why.words.len);
        return;
    }
    DEMAND(ecma_read(ecma, arena, &lax) == ECMA_GOOD);
    find(p, dfa_build(ecma, arena), text);
    pattern_drop(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    struct slice all = slice_of((const char *)data, size), text;
    size_t end = slice_find(all, '\n');
    struct err err;
    char *copy;

    if (!arena.base)
        DEMAND(arena_open(&arena, (size_t)64 << 20, &err));
    text = slice_drop(all, end + 1);
    text.len = utf8_prefix(text);
    copy = malloc(text.len ? text.len : 1);
    DEMAND(copy);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    try(slice_take(all, end), slice_of(copy, text.len), &arena);
    arena_rewind(&arena, 0);
    free(copy);
    return 0;
}
