/*
 * tally.h - how many lines became what.
 *
 * One law: lines == rows + rejects + blanks.  It is checked wherever two
 * tallies meet, so a line that got lost stops the program, not the user.
 */
#ifndef DECANT_REPORT_TALLY_H
#define DECANT_REPORT_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/stage/envelope.h"
#include "validate/base/fault.h"
#include "validate/json/edit.h"

struct tally {
    uint64_t bytes; /* of the lines, line endings included */
    uint64_t lines;
    uint64_t rows;
    uint64_t rejects;
    uint64_t blanks;
    uint64_t repaired;                   /* rows whose payload was changed */
    uint64_t repairs[REPAIR_RULE_COUNT]; /* rows that each rule changed */
    uint64_t faults[FAULT_COUNT]; /* of the rejects; their sum is rejects */
    uint32_t providers;           /* bit per enum provider seen */
};

void tally_blank(struct tally *t);
/* `mask` says which rules changed the row: bit per enum repair_rule. */
void tally_row(struct tally *t, enum provider provider, uint64_t mask);
void tally_reject(struct tally *t, enum provider provider, enum fault fault);

/* A counted row became a reject after all: the server refused it. */
void tally_demote(struct tally *t, uint64_t mask, enum fault fault);

/* Add `part`, or take it out again. Both sides must balance (DEMAND). */
void tally_merge(struct tally *t, const struct tally *part);
void tally_remove(struct tally *t, const struct tally *part);

/* lines == rows + rejects + blanks, and the faults add up to the rejects. */
bool tally_balanced(const struct tally *t);

/* "gemini", "mixed" when several wrote the lines, "unknown" when none. */
struct slice tally_provider(const struct tally *t);

#endif
