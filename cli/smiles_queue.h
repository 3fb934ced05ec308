/*
 * smiles_queue.h - lines that wait for Open Babel, told in their order.
 *
 *     line -> [smiles_queue_put] -> children decant-chem -> tell(line)
 *
 * Some lines have to be asked about, some not; all are told in the order in
 * which they came, as soon as everything before them is told.  A child that
 * is late, dies or wants too much memory costs the line it was about, once a
 * fresh child has died of it too.  Memory: a few lines per child.
 */
#ifndef DECANT_CLI_SMILES_QUEUE_H
#define DECANT_CLI_SMILES_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/smiles_out.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* A line that is complete; false stops everything. */
typedef bool smiles_tell(void *ctx, const struct smiles_line *line,
                         struct err *err);

struct smiles_queue_setup {
    const char *program; /* path of decant-chem */
    size_t workers;      /* children, at least 1 */
    double timeout;      /* seconds for a molecule */
    size_t line_max;     /* bytes of a line */
    bool verdict;        /* no names wanted, only whether it is read */
    smiles_tell *tell;
    void *ctx;
};

struct smiles_queue;

MUST_CHECK bool smiles_queue_open(const struct smiles_queue_setup *setup,
                                  struct smiles_queue **out, struct err *err);

/* Copies the line; `ask`: it is a question for Open Babel.  Waits while there
 * is no room.  False: tell() said no, memory, or there is no Open Babel. */
MUST_CHECK bool smiles_queue_put(struct smiles_queue *q,
                                 const struct smiles_line *line, bool ask,
                                 struct err *err);

/* Wait until all are told. */
MUST_CHECK bool smiles_queue_drain(struct smiles_queue *q, struct err *err);

/* Stops the children; what was not told is not told.  NULL is fine. */
void smiles_queue_close(struct smiles_queue *q);

#endif
