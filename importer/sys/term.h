/*
 * term.h - whether somebody is looking, how wide, and in colour or not.
 *
 * Colour: --no-color, DECANT_NO_COLOR and NO_COLOR (set and not empty) say
 * no; FORCE_COLOR (set, not empty, not "0") says yes; else a terminal whose
 * TERM is set and not "dumb".  Each stream is asked about separately.
 */
#ifndef DECANT_SYS_TERM_H
#define DECANT_SYS_TERM_H

#include <stdbool.h>
#include <stddef.h>

bool term_tty(int fd);
size_t term_width(int fd); /* columns: the terminal's, $COLUMNS, or 80 */
bool term_color(int fd, bool forbidden /* --no-color */);
bool term_progress(int fd); /* may a line be rewritten there? */

#endif
