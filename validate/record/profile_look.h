/*
 * profile_look.h - what a table's owner asks about a profile's columns.
 */
#ifndef DECANT_RECORD_PROFILE_LOOK_H
#define DECANT_RECORD_PROFILE_LOOK_H

#include <stddef.h>

#include "validate/record/profile.h"

#define COLUMN_NONE SIZE_MAX

/* The first column that holds the line's source, its offset: together they
 * say where a row came from. */
size_t profile_source_column(const struct profile *profile);
size_t profile_offset_column(const struct profile *profile);

/* How many numbers a float4[] column has; 0: any number. */
size_t profile_dimension(const struct profile *profile);

#endif
