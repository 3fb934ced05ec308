/*
 * profile_file.h - a profile by what the command line calls it.
 *
 *     NAME or FILE -> text -> [profile_parse] -> profile
 *
 * What contains a '/' or ends in ".json" is a file, anything else the name
 * of a built-in profile.  What a file refers to is read beside it or below,
 * and from nowhere else.
 */
#ifndef DECANT_CLI_PROFILE_FILE_H
#define DECANT_CLI_PROFILE_FILE_H

#include <stdbool.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/record/profile.h"

/* Does the command line mean a file? */
bool profile_is_file(const char *what);

/* The built-in profile of that name; ERR_USAGE names the nearest. */
MUST_CHECK bool profile_builtin(const char *name, const struct builtin **out,
                                struct err *err);

/*
 * The profile lives in the arena.  A profile that is wrong is ERR_USAGE:
 * "FILE: #/x-decant/columns/yield: words".
 */
MUST_CHECK bool profile_open(const char *what, struct arena *arena,
                             const struct profile **out, struct err *err);

#endif
