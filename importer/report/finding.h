/*
 * finding.h - what is only known when everything has been looked at.
 *
 * Two kinds: a place in payloads at which lines were rejected, with how
 * many; and a value of which a certain number of rows was expected.
 */
#ifndef DECANT_REPORT_FINDING_H
#define DECANT_REPORT_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/fault.h"
#include "validate/base/slice.h"

#define FINDING_PATHS_MAX 20  /* of a summary: the commonest */
#define FINDINGS_MAX      320 /* all kinds together */

enum finding_kind { FINDING_PATH, FINDING_EXPECTED };

struct finding {
    enum finding_kind kind;
    uint64_t n;      /* rejects; rows */
    uint64_t want;   /* EXPECTED */
    char what[80];   /* fault; column */
    char where[256]; /* JSON Pointer, indices as `*`; value */
};

void finding_set(struct finding *f, struct slice what, struct slice where);

/* Is the place of such a fault a place in a payload, worth counting? */
bool finding_about(enum fault fault);

/* The pointer with `*` for every index; cut to `cap`. Returns its length. */
size_t finding_path(struct slice pointer, char *out, size_t cap);

#endif
