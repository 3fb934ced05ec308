/*
 * import_molecules.h - what follows an import that may have brought SMILES.
 *
 *     a finished load -> [import_molecules] -> rows of decant.molecule
 *
 * The load is over and committed: whatever goes wrong here is a word on
 * stderr, and `decant molecules` does later what is missing.
 */
#ifndef DECANT_CLI_IMPORT_MOLECULES_H
#define DECANT_CLI_IMPORT_MOLECULES_H

#include <stdbool.h>

#include "importer/report/sheet.h"
#include "importer/report/summary.h"
#include "importer/run/import.h"
#include "importer/run/molecules.h"

/* Has the profile columns with SMILES, and did the load end so that it makes
 * sense to look into them? */
bool import_molecules_due(const struct import_setup *set,
                          const struct summary *load);

/* False: it failed, or was stopped, and that was said. */
bool import_molecules(const struct import_setup *set,
                      struct molecules_summary *out);

/* One line for people; nothing when there was nothing new. */
void import_molecules_text(const struct molecules_summary *m,
                           struct sheet *out);

/* The member "molecules" of a summary; {NULL, 0} when the arena is full. */
struct slice import_molecules_json(const struct molecules_summary *m,
                                   struct arena *arena);

#endif
