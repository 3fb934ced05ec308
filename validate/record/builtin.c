/*
 * builtin.c - the profiles that come with decant, as their files say.
 *
 * scripts/embed_profiles prints profiles/ into profiles.inc.
 */
#include "validate/record/profile.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

const struct builtin builtins[] = {
#define PROFILE(name, title, text) \
    {SLICE_INIT(name), SLICE_INIT(title), SLICE_INIT(text)},
#include "profiles.inc"
#undef PROFILE
};
const size_t n_builtins = countof(builtins);

bool builtin_find(struct slice name, const struct builtin **out)
{
    for (size_t i = 0; i < n_builtins; i++) {
        if (slice_eq(builtins[i].name, name)) {
            *out = &builtins[i];
            return true;
        }
    }
    return false;
}

bool profile_find(struct slice name, struct arena *arena,
                  const struct profile **out)
{
    const struct builtin *builtin;
    struct profile_problem why;

    return builtin_find(name, &builtin) &&
           profile_parse(&(struct profile_source){.name = builtin->name,
                                                  .text = builtin->text},
                         arena, out, &why);
}
