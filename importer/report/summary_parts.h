/*
 * summary_parts.h - what a profile adds to a summary, in both its forms.
 */
#ifndef DECANT_REPORT_SUMMARY_PARTS_H
#define DECANT_REPORT_SUMMARY_PARTS_H

#include "importer/report/sheet.h"
#include "importer/report/summary.h"
#include "validate/json/write.h"

/* Places of rejects, notes, expected counts: each with a heading, where there
 * are any. */
void summary_put_more(struct sheet *out, const struct summary *s,
                      const struct tally *total);

/* The members "notes", "places", "expected" and "table". */
void summary_json_more(struct json_out *out, const struct summary *s,
                       const struct tally *total);

/* Bytes that either needs at most, before JSON escapes. */
size_t summary_more_room(const struct summary *s);

#endif
