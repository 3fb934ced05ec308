/* salvage.h - whose line it was, when the line itself cannot be read. */
#ifndef DECANT_STAGE_SALVAGE_H
#define DECANT_STAGE_SALVAGE_H

#include <stdbool.h>

#include "validate/base/arena.h"
#include "validate/base/slice.h"

/*
 * The key among the top-level members of a damaged line, reading members one
 * by one for as long as each can be followed.  False when none was met; *key
 * borrows from the line or the arena.
 */
bool salvage_key(struct slice line, struct arena *arena, struct slice *key);

#endif
