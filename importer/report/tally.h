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

#include "importer/stage/flow.h"
#include "validate/base/fault.h"
#include "validate/json/edit.h"

struct tally {
    uint64_t bytes; /* of the lines, line endings included */
    uint64_t lines;
    uint64_t rows;
    uint64_t rejects;
    uint64_t blanks;
    uint64_t typed_rows;        /* that rows became beside themselves */
    uint64_t notes[NOTE_COUNT]; /* rows that each note is about */
    uint64_t repaired;          /* rows whose payload was changed */
    uint64_t repairs[REPAIR_RULE_COUNT]; /* rows that each rule changed */
    uint64_t faults[FAULT_COUNT]; /* of the rejects; their sum is rejects */
    uint32_t providers;           /* bit per enum provider seen */
};

/* What is counted of a row beside the row. */
struct tally_facts {
    uint64_t mask;       /* rules that changed it: bit per enum repair_rule */
    uint32_t notes;      /* bit per enum note */
    uint32_t typed_rows; /* that it became */
};

void tally_blank(struct tally *t);
void tally_row(struct tally *t, enum provider provider,
               struct tally_facts facts);
void tally_reject(struct tally *t, enum provider provider, enum fault fault);

/* A counted row became a reject after all: the server refused it. */
void tally_demote(struct tally *t, struct tally_facts facts, enum fault fault);

/* Add `part`, or take it out again. Both sides must balance (DEMAND). */
void tally_merge(struct tally *t, const struct tally *part);
void tally_remove(struct tally *t, const struct tally *part);

/* lines == rows + rejects + blanks, and the faults add up to the rejects. */
bool tally_balanced(const struct tally *t);

/* "gemini", "mixed" when several wrote the lines, "unknown" when none. */
struct slice tally_provider(const struct tally *t);

#endif
