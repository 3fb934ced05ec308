/*
 * salvage.c - see salvage.h.
 *
 * A reject with its key can be asked again.  Half surrogates and invalid
 * escapes do not hide a member's end, so most damaged lines give their key
 * wherever it stands; a line that is cut gives it when it stands in front.
 */
#include "importer/stage/salvage.h"

#include "validate/base/attrs.h"
#include "validate/json/check.h"
#include "validate/json/seek.h"
#include "validate/json/tape.h"

static const struct slice names[] = {
    SLICE_INIT("\"custom_id\""), SLICE_INIT("\"key\""),
    SLICE_INIT("\"recordId\""), SLICE_INIT("\"batch_request_id\"")};

/* Take one value, its escapes invalid at times, off the front of *rest. */
static struct slice take_value(struct slice *rest)
{
    struct slice value;

    *rest = seek_trim(*rest);
    value = slice_take(*rest, rest->len ? json_extent(*rest, true) : 0);
    *rest = seek_trim(slice_drop(*rest, value.len));
    return value;
}

static bool take_byte(struct slice *rest, char byte)
{
    if (!rest->len || rest->ptr[0] != byte)
        return false;
    *rest = slice_drop(*rest, 1);
    return true;
}

/* A string is unescaped, a number stays; the rest is nobody's key. */
static bool read_key(struct slice value, struct arena *arena, struct slice *key)
{
    struct json_error why;
    struct json_tape tape;
    struct slice text = value;

    if (!json_tape_build(value, arena, &tape, &why))
        return false;
    if (json_is(&tape, 0, JSON_STRING))
        text = json_string(&tape, 0, arena);
    else if (!json_is(&tape, 0, JSON_NUMBER))
        return false;
    if (text.ptr)
        *key = text;
    return text.ptr != NULL;
}

bool salvage_key(struct slice line, struct arena *arena, struct slice *key)
{
    struct slice rest = seek_trim(line);

    if (!take_byte(&rest, '{'))
        return false;
    for (;;) {
        struct slice name = take_value(&rest);
        struct slice value;

        if (!name.len || !take_byte(&rest, ':'))
            return false;
        value = take_value(&rest);
        if (!value.len)
            return false;
        for (size_t i = 0; i < countof(names); i++) {
            if (slice_eq(name, names[i]))
                return read_key(value, arena, key);
        }
        if (!take_byte(&rest, ','))
            return false;
    }
}
