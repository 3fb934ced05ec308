/*
 * moment.h - dates and moments as PostgreSQL counts them.
 *
 * The proleptic Gregorian calendar; days and microseconds since 2000-01-01,
 * moments in UTC.  Years 0001 to 9999.
 */
#ifndef DECANT_RECORD_MOMENT_H
#define DECANT_RECORD_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/slice.h"

/* "2024-02-29". False: *words says what it lacks. */
MUST_CHECK
bool moment_date(struct slice text, int64_t *days, struct slice *words);

/*
 * RFC 3339: "2024-02-29T23:59:60.5+01:00"; a blank instead of the T, z for Z
 * and :60 at any minute pass.  Of the fraction microseconds are kept,
 * rounded to the nearest, as PostgreSQL does.
 */
MUST_CHECK
bool moment_time(struct slice text, int64_t *microseconds, struct slice *words);

#endif
