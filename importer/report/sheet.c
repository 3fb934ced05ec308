/* sheet.c - see sheet.h. */
#include "importer/report/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sheet_slice_put(struct sheet *s, struct slice text)
{
    struct slice fits = slice_take(text, s->cap - s->len);

    if (fits.len)
        memcpy(s->bytes + s->len, fits.ptr, fits.len);
    s->len += fits.len;
    s->full |= fits.len < text.len;
}

void sheet_put(struct sheet *s, const char *fmt, ...)
{
    size_t room = s->cap - s->len;
    va_list args;
    int n;

    if (!room) {
        s->full = true;
        return;
    }
    va_start(args, fmt);
    n = vsnprintf(s->bytes + s->len, room, fmt, args);
    va_end(args);
    DEMAND(n >= 0);
    if ((size_t)n >= room) { /* the last byte is vsnprintf's terminator */
        s->full = true;
        s->len = s->cap - 1;
    } else {
        s->len += (size_t)n;
    }
}

void sheet_name(struct sheet *s, const char *name)
{
    for (const char *p = name; *p; p++) {
        char c = (unsigned char)*p < 0x20 || *p == 0x7F ? '?' : *p;

        sheet_slice_put(s, slice_of(&c, 1));
    }
}

const char *sheet_count(uint64_t value, char out[SHEET_NUMBER])
{
    char digits[SHEET_NUMBER];
    int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
    size_t len = 0;

    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            out[len++] = ',';
        out[len++] = digits[i];
    }
    out[len] = '\0';
    return out;
}

const char *sheet_bytes(double bytes, char out[SHEET_NUMBER])
{
    static const char units[][3] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;

    while (bytes >= 999.5 && unit + 1 < countof(units)) {
        bytes /= 1000;
        unit++;
    }
    snprintf(out, SHEET_NUMBER, "%.*f %s",
             unit == 0 || bytes >= 99.95 ? 0
             : bytes >= 9.995            ? 1
                                         : 2,
             bytes, units[unit]);
    return out;
}

const char *sheet_clock(double seconds, char out[SHEET_NUMBER])
{
    /* Beyond 1,000 hours it is a guess that helps nobody. */
    unsigned long s =
        seconds < 3.6e6 ? (unsigned long)(seconds + 0.5) : 3600000;

    if (s >= 3600)
        snprintf(out, SHEET_NUMBER, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60,
                 s % 60);
    else
        snprintf(out, SHEET_NUMBER, "%lu:%02lu", s / 60, s % 60);
    return out;
}
