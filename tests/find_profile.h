/* find_profile.h - the built-in profiles, for tests. */
#ifndef DECANT_TESTS_FIND_PROFILE_H
#define DECANT_TESTS_FIND_PROFILE_H

#include "validate/record/profile.h"

/* Parsed into an arena of their own, which lives until exit. */
static inline bool find_profile(struct slice name, const struct profile **out)
{
    static struct arena arena;
    struct err err;

    DEMAND(arena.base || arena_open(&arena, (size_t)64 << 20, &err));
    return profile_find(name, &arena, out);
}

#endif
