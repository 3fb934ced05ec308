/*
 * smiles_field.h - molecules and reactions of declared fields, judged.
 *
 *     sound JSON -> [smiles_fields_judge] -> fault, notes, cleaned strings
 *
 * A SMILES that is none as it stands but is one without what surely does not
 * belong to it (smiles_clean) is rewritten, as recorded edits.  Every atom and
 * bond stays.
 */
#ifndef DECANT_RECORD_SMILES_FIELD_H
#define DECANT_RECORD_SMILES_FIELD_H

#include "validate/record/rules.h"
#include "validate/smiles/smiles.h"

/* The fault of a code: smiles.ring_open of ring_open. */
enum fault smiles_fault(enum smiles_code code);

/*
 * The first declared string that is not sound, or no fault.  Notes go to the
 * record; j->in->sound gets a new text when something was cleaned.  Faults:
 * smiles.*, line.memory.
 */
MUST_CHECK struct verdict smiles_fields_judge(const struct judging *j);

#endif
