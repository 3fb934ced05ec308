/*
 * latex.h - which command names LaTeX knows.
 *
 * For telling an eaten backslash from a control character: \theta written
 * with one backslash in JSON is a tab and "heta".
 */
#ifndef DECANT_RECORD_LATEX_H
#define DECANT_RECORD_LATEX_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/slice.h"

#define LATEX_NAME_MAX 40 /* bytes; no name is that long */

/* Is this, without its backslash, a command? Binary search. */
bool latex_command(struct slice name);

/* Is the command's rest an English word, so that a line end or tab in front
 * of that word is as likely? */
bool latex_ambiguous(struct slice name);

/* Length of the command that text begins with: all its letters, as TeX
 * reads them; 0 when that is none. */
size_t latex_name(struct slice text);

#endif
