/*
 * chunk.h - file bytes, as they leave the reader.
 *
 * Borrowed from the reader: valid until the next reader_next().
 */
#ifndef DECANT_BASE_CHUNK_H
#define DECANT_BASE_CHUNK_H

#include <stdbool.h>

#include "validate/base/slice.h"

struct chunk {
    struct slice bytes;
    bool last; /* nothing follows: end of file */
};

#endif
