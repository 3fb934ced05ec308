/* shape.h - what one JSON value looks like, for explaining whole files. */
#ifndef DECANT_STAGE_SHAPE_H
#define DECANT_STAGE_SHAPE_H

#include "importer/stage/envelope.h"
#include "validate/json/tape.h"

/* RESULTS, INPUT, JOB, ERROR, MANIFEST, PAGE or UNKNOWN. */
enum sniff shape_sniff(const struct json_tape *tape);

#endif
