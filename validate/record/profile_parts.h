/*
 * profile_parts.h - a profile while it is being read.
 *
 * profile.c reads the document and what stands at the top of "x-decant";
 * profile_column.c, profile_rule.c and profile_field.c read a part each.
 * All of them stop at the first thing wrong and return false.
 */
#ifndef DECANT_RECORD_PROFILE_PARTS_H
#define DECANT_RECORD_PROFILE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/json/tape.h"
#include "validate/record/profile.h"
#include "validate/record/recipe.h"

struct making {
    const struct profile_source *source;
    struct arena *arena;
    struct json_tape tape;
    struct profile *profile;
    struct rules *rules;
    struct column *columns;             /* the profile's */
    struct rule_texts *differ, *unique; /* the rules' */
    struct profile_problem *why;
};

/* What is wrong, and at which value; always false. */
PRINTF_LIKE(3, 4)
bool making_fail(struct making *m, uint32_t node, const char *fmt, ...);
/* The arena is full. */
bool making_full(struct making *m);

/* Values of the right kind; `what` names them: "\"table\" is a text". */
MUST_CHECK
bool making_object(struct making *m, uint32_t node, const char *what);
MUST_CHECK
bool making_array(struct making *m, uint32_t node, const char *what);
MUST_CHECK
bool making_text(struct making *m, uint32_t node, const char *what,
                 struct slice *out);
MUST_CHECK
bool making_flag(struct making *m, uint32_t node, const char *what, bool *out);
MUST_CHECK
bool making_count(struct making *m, uint32_t node, const char *what,
                  uint64_t max, uint64_t *out);
MUST_CHECK
bool making_path(struct making *m, uint32_t node, struct path *out);
/* A member's name as a pointer. */
MUST_CHECK
bool making_key_path(struct making *m, uint32_t key, struct path *out);

/* "/name" with its slashes and tildes escaped; {NULL, 0}: full. */
MUST_CHECK
struct slice making_step(struct making *m, struct slice name);

/* Number of members or items; 0 for anything else. */
size_t making_size(const struct making *m, uint32_t node);

/* Every member of the object has one of these names, none twice.  The words
 * of a wrong one guess what was meant. */
MUST_CHECK
bool making_members(struct making *m, uint32_t object,
                    const struct slice *names, size_t n_names);
/* The name closest to `name`, {NULL, 0} when none is close. */
struct slice making_nearest(struct slice name, const struct slice *names,
                            size_t n_names);

/* "spread" and "columns", "expect". */
MUST_CHECK bool making_columns(struct making *m, uint32_t top);
/* "rules", "xml". */
MUST_CHECK bool making_rules(struct making *m, uint32_t top);
/* "fields", and what the schema says by "format"; the molecules among them. */
MUST_CHECK bool making_fields(struct making *m, uint32_t top);

#endif
