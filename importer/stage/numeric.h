/*
 * numeric.h - a JSON number as the bytes of PostgreSQL's numeric.
 *
 * Digits and their scale are those that are written: 1.50 keeps its zero,
 * as it would if the server read the text.
 */
#ifndef DECANT_STAGE_NUMERIC_H
#define DECANT_STAGE_NUMERIC_H

#include "importer/stage/row.h"
#include "validate/base/slice.h"

/* The number, with its length in front.  One that numeric cannot hold (far
 * beyond what a record lets through) sets rows->full. */
void put_numeric(struct rows *rows, struct slice number);

#endif
