/*
 * gate.h - may Open Babel see this SMILES?
 *
 * Open Babel 3.1.1 hangs on large aromatic systems and crowded atoms, needs
 * quadratic time and deep stacks for large molecules, and reads beyond its
 * memory at '&'.  The gate counts atoms, bonds per atom and the largest
 * aromatic block in one pass over the text and refuses what is known to end
 * badly.  It judges sizes, not chemistry: nonsense passes, and is for Open
 * Babel's reader to reject.  What still hangs or crashes is the watchdog's.
 */
#ifndef DECANT_CHEM_GATE_H
#define DECANT_CHEM_GATE_H

#include <stddef.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#define GATE_BYTES    ((size_t)32 << 10) /* of text */
#define GATE_HEAVY    400                /* atoms that are not hydrogen */
#define GATE_ATOMS    800                /* hydrogen in brackets among them */
#define GATE_AROMATIC 150 /* aromatic atoms bonded to one another */
#define GATE_DEGREE   8   /* bonds of one atom */

/* NULL when it may pass, else why not: a constant.  Linear; 10 KB of stack. */
MUST_CHECK const char *gate_refuses(struct slice smiles);

#endif
