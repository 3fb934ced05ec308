/*
 * format_parts.h - the readers behind format.h, one per grammar.
 *
 * All are linear, look at the whole text, and know ASCII letters and digits
 * only: a Bengali two is no digit.
 */
#ifndef DECANT_SCHEMA_FORMAT_PARTS_H
#define DECANT_SCHEMA_FORMAT_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/ascii.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

static inline bool part_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool part_alnum(char c)
{
    return ascii_digit(c) || part_letter(c);
}
static inline bool part_hex(char c)
{
    return ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
/* A byte of a character past ASCII. */
static inline bool part_wide(char c)
{
    return (unsigned char)c >= 0x80;
}

/* How many digits text begins with. */
static inline size_t part_digits(struct slice text)
{
    size_t n = 0;

    while (n < text.len && ascii_digit(text.ptr[n]))
        n++;
    return n;
}

/* Dates and times of RFC 3339; durations of its appendix A. */
bool datetime_is_date(struct slice text);
bool datetime_is_time(struct slice text);
bool datetime_is_both(struct slice text);
bool datetime_is_duration(struct slice text);

/* RFC 2673 section 3.2 and RFC 4291 section 2.2. */
bool net_is_ipv4(struct slice text);
bool net_is_ipv6(struct slice text);

/* RFC 1123 section 2.1, A-labels looked into; with `idn` U-labels of RFC
 * 5890 too. False also when libidn2 finds no memory. */
bool net_is_hostname(struct slice text, bool idn);

/* RFC 5321 section 4.1.2, with `idn` RFC 6531. */
bool net_is_email(struct slice text, bool idn);

/* RFC 3986; with `iri` RFC 3987. */
bool uri_is_reference(struct slice text, bool iri);
bool uri_is_uri(struct slice text, bool iri);

/* RFC 6570. */
bool uri_is_template(struct slice text);

#endif
