/*
 * mend_number.c - how numbers are spelled; see mend_parts.h.
 *
 * Other languages write 0x1F, +1, .5, 5. and 007.  All of these are told
 * from the token alone.
 */
#include "validate/json/mend_parts.h"

#include "validate/json/escape.h"

#include <inttypes.h>
#include <stdio.h>

static size_t digits_from(struct slice s, size_t at)
{
    while (at < s.len && ascii_digit(s.ptr[at]))
        at++;
    return at;
}

size_t mend_number_len(struct slice s)
{
    size_t at = s.len && s.ptr[0] == '-', end = digits_from(s, at), next;

    if (end == at)
        return 0;
    if (s.ptr[at] == '0')
        end = at + 1;
    if (end < s.len && s.ptr[end] == '.') {
        next = digits_from(s, end + 1);
        if (next == end + 1)
            return end;
        end = next;
    }
    if (end < s.len && (s.ptr[end] | 32) == 'e') {
        at = end + 1;
        at += at < s.len && (s.ptr[at] == '+' || s.ptr[at] == '-');
        next = digits_from(s, at);
        if (next > at)
            end = next;
    }
    return end;
}

bool mend_number_torn(struct slice s)
{
    if (s.len == 1)
        return s.ptr[0] == '.' || (s.ptr[0] | 32) == 'e';
    return s.len == 2 && (s.ptr[0] | 32) == 'e' &&
           (s.ptr[1] == '+' || s.ptr[1] == '-');
}

bool mend_leading_zero(struct slice s)
{
    size_t at = s.ptr[0] == '-' || s.ptr[0] == '+';

    if (s.len < at + 2 || s.ptr[at] != '0' || !ascii_digit(s.ptr[at + 1]))
        return false;
    for (; at < s.len; at++) {
        if (!ascii_digit(s.ptr[at]) && !strchr(".eE+-", s.ptr[at]))
            return false;
    }
    return true;
}

/* 0x1F; its length in decimal, 0 when it is none or too large. */
static size_t hexadecimal(struct slice s, char *out)
{
    size_t at = 0, len = 0;
    uint64_t value = 0;

    if (s.ptr[0] == '-' || s.ptr[0] == '+') {
        if (s.ptr[0] == '-')
            out[len++] = '-';
        at++;
    }
    if (s.len < at + 3 || s.len > at + 18 || s.ptr[at] != '0' ||
        (s.ptr[at + 1] | 32) != 'x')
        return 0;
    for (at += 2; at < s.len; at++) {
        uint32_t digit = escape_digit(s.ptr[at]);

        if (digit > 15)
            return 0;
        value = value << 4 | digit;
    }
    return len + (size_t)snprintf(out + len, 21, "%" PRIu64, value);
}

size_t mend_respelled(struct slice s, char *out)
{
    size_t at = 0, len = 0, end;

    if (s.len > MEND_NUMBER_MAX)
        return 0;
    len = hexadecimal(s, out);
    if (len)
        return len;
    if (s.ptr[0] == '-')
        out[len++] = '-';
    at = s.ptr[0] == '-' || s.ptr[0] == '+';
    end = digits_from(s, at);
    if (end == at &&
        (end + 1 >= s.len || s.ptr[end] != '.' || !ascii_digit(s.ptr[end + 1])))
        return 0;
    if (end == at)
        out[len++] = '0';
    memcpy(out + len, s.ptr + at, end - at);
    len += end - at;
    at = end;
    if (at < s.len && s.ptr[at] == '.') {
        end = digits_from(s, at + 1);
        memcpy(out + len, s.ptr + at, end - at);
        len += end - at;
        if (end == at + 1)
            out[len++] = '0';
        at = end;
    }
    if (at < s.len && s.ptr[at] == '.') /* 1.5. */
        return 0;
    if (at < s.len && !mend_number_torn(slice_drop(s, at))) {
        memcpy(out + len, s.ptr + at, s.len - at);
        len += s.len - at;
    }
    return mend_number_len(slice_of(out, len)) == len ? len : 0;
}
