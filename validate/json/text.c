/* text.c - see text.h. */
#include "validate/json/text.h"

#include "validate/json/kernel.h"

size_t json_unescape(struct slice body, char *out)
{
    return body.len ? json_kernel()->unescape(body, out) : 0;
}

size_t json_utf8_valid(struct slice bytes)
{
    return bytes.len ? json_kernel()->utf8_valid(bytes) : 0;
}
