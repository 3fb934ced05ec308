/* err.c - see err.h. */
#include "validate/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list args;

    err->code = code;
    err->state[0] = '\0';
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    return false;
}

bool err_while(struct err *err, const char *fmt, ...)
{
    struct err inner = *err;
    va_list args;
    int used;

    DEMAND(err->code != ERR_NONE);
    va_start(args, fmt);
    used = vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    if (used >= 0 && used + 2 < (int)sizeof(err->text)) {
        size_t room = sizeof(err->text) - (size_t)used - 2;

        memcpy(err->text + used, ": ", 2);
        memcpy(err->text + used + 2, inner.text, room);
        err->text[sizeof(err->text) - 1] = '\0';
    }
    return false;
}
