/*
 * openbabel.h - Open Babel behind a C interface.
 *
 *     [chem_open] -> [chem_read] a SMILES -> ask: canonical, key, mass ...
 *
 * Open Babel 3 is C++, not thread-safe, and crashes, hangs or eats memory on
 * some strings, so this is linked only into the worker `decant-chem`, which
 * lets gate.h look at a string first, has limits, and may die.  No C++ type
 * and no exception crosses this header: running out of memory is an answer.
 *
 * At most one `struct chem` per process: Open Babel's tables are global.
 * Linking libopenbabel makes the executable a work under the GPL-2.
 */
#ifndef DECANT_CHEM_OPENBABEL_H
#define DECANT_CHEM_OPENBABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CHEM_WORDS 256

struct chem; /* Open Babel and the molecule that was read last */

/* Why not; always NUL-terminated, one line, "" when all went well. */
struct chem_words {
    char text[CHEM_WORDS];
};

enum chem_status {
    CHEM_OK,
    CHEM_REJECTED, /* Open Babel does not take the string, or has no answer */
    CHEM_MEMORY,   /* out of memory: start a new process */
    CHEM_FAILED,   /* Open Babel threw something else */
};

/* The version of the library, such as "3.1.1". */
const char *chem_version(void);

/*
 * Find plugins and data, silence the log, convert one molecule so that every
 * table is loaded.  False, with the remedy in words, when a part of Open
 * Babel is not installed.  Costs about 20 ms.
 */
MUST_CHECK bool chem_open(struct chem **out, struct chem_words *words);
void chem_close(struct chem *chem); /* NULL is fine */

/*
 * Read a SMILES (no newline, no NUL): the molecule of the calls below.  With
 * CHEM_OK words may hold a warning of Open Babel's ("Failed to kekulize
 * aromatic SMILES"), which takes much that is no molecule.
 */
MUST_CHECK enum chem_status chem_read(struct chem *chem, struct slice smiles,
                                      struct chem_words *words);

/*
 * Texts about the molecule.  They belong to `chem` and stay until the next
 * call.  chem_inchikey() first drops tetrahedral marks on atoms that cannot
 * be stereocentres, since libinchi 1.03 dies of them.
 */
MUST_CHECK enum chem_status chem_canonical(struct chem *chem, struct slice *out,
                                           struct chem_words *words);
MUST_CHECK enum chem_status chem_inchikey(struct chem *chem, struct slice *out,
                                          struct chem_words *words);
MUST_CHECK enum chem_status chem_formula(struct chem *chem, struct slice *out,
                                         struct chem_words *words);
/* A drawing, white background, as a complete SVG document. */
MUST_CHECK enum chem_status chem_depict(struct chem *chem, struct slice *out,
                                        struct chem_words *words);

/* Numbers about the molecule. */
struct chem_figures {
    double weight;     /* average mass, u */
    double exact_mass; /* of the isotopes given, else the commonest ones */
    unsigned heavy;    /* atoms that are not hydrogen */
    unsigned rings;    /* smallest set of smallest rings */
    int charge;
};
MUST_CHECK enum chem_status chem_measure(struct chem *chem,
                                         struct chem_figures *out,
                                         struct chem_words *words);

#ifdef __cplusplus
}
#endif

#endif
