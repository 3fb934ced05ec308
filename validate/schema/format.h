/*
 * format.h - the named formats of JSON Schema 2020-12, as assertions.
 *
 * Each is a reading of the RFC that the specification names, from the left,
 * once: linear in the text.  Formats are about strings; whoever calls has
 * let other values pass already.
 */
#ifndef DECANT_SCHEMA_FORMAT_H
#define DECANT_SCHEMA_FORMAT_H

#include <stdbool.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

enum format {
#define FORMAT(name, key, words) FORMAT_##name,
#include "validate/schema/format.def"
#undef FORMAT
    FORMAT_COUNT
};

enum format_result {
    FORMAT_GOOD,
    FORMAT_BAD,
    FORMAT_LIMIT, /* no memory to tell: neither good nor bad */
};

/* False for a name that is not in format.def: such a format only annotates. */
MUST_CHECK bool format_find(struct slice name, enum format *out);

struct slice format_name(enum format f);  /* "date" */
struct slice format_words(enum format f); /* "is not a date (YYYY-MM-DD)" */

/* text: the string's content, unescaped, valid UTF-8. Nothing stays in the
 * scratch arena. */
MUST_CHECK
enum format_result format_check(enum format f, struct slice text,
                                struct arena *scratch);

#endif
