/* fault.h - what is wrong with a line: a value, never an error. */
#ifndef DECANT_BASE_FAULT_H
#define DECANT_BASE_FAULT_H

#include <stdint.h>

#include "validate/base/slice.h"

enum fault {
    FAULT_NONE,
#define FAULT(name, key, words, advice) FAULT_##name,
#include "validate/base/fault.def"
#undef FAULT
    FAULT_COUNT
};

/* What helps against a fault. */
enum advice {
    ADVICE_NONE,
    ADVICE_ASK,    /* ask again, unchanged */
    ADVICE_CHANGE, /* change the request, then ask again */
    ADVICE_LOOK,   /* look at the line */
};

/* What, and where in the text being judged. Borrows like that text. */
struct verdict {
    enum fault fault;
    size_t at;           /* byte offset in the batch line, or in the payload */
    struct slice where;  /* JSON Pointer, or empty */
    struct slice detail; /* more words ("expected ',' or '}'"), or empty */
};

struct slice fault_key(enum fault fault);   /* "json.syntax" */
struct slice fault_words(enum fault fault); /* "the reply is broken JSON" */
enum advice fault_advice(enum fault fault);
struct slice advice_words(enum advice advice); /* "ask again" */

#endif
