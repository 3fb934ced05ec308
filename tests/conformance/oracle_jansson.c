/* oracle_jansson.c - see oracle.h. */
#include "tests/conformance/oracle.h"

#include <jansson.h>

enum oracle_word oracle_jansson(const char *text, size_t len)
{
    json_error_t why;
    json_t *root =
        json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);

    if (root) {
        json_decref(root);
        return ORACLE_YES;
    }
    switch (json_error_code(&why)) {
    case json_error_numeric_overflow:
    case json_error_null_byte_in_key:
    case json_error_stack_overflow: return ORACLE_NOT_MINE;
    default: return ORACLE_NO;
    }
}
