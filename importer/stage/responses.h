/*
 * responses.h - answers of the Responses API, which come in output items.
 *
 * Each message item with text is an answer, in order, and when there are
 * several their joined text is the last one: a model that starts over
 * leaves a cut item before the whole one.
 */
#ifndef DECANT_STAGE_RESPONSES_H
#define DECANT_STAGE_RESPONSES_H

#include "importer/stage/family.h"

/* The members of the response that count. */
struct response {
    uint32_t output; /* the list of items */
    uint32_t status;
    uint32_t incomplete; /* incomplete_details */
};

void responses_take(struct opening *op, const struct response *response);

#endif
