/* convert.c - see convert.h. */
#include "validate/record/convert.h"

#include <math.h>

#include "validate/json/escape.h"
#include "validate/record/moment.h"
#include "validate/schema/decimal.h"

#define UUID_BYTES     16
#define UUID_CHARS     36
#define NUMBER_MAX     1000 /* characters of a number outside JSON */
#define MIDPOINT_MASK  UINT64_C(0x1FFFFFFF) /* double's bits below a float's */
#define MIDPOINT       UINT64_C(0x10000000)
#define FLOAT_SMALLEST 1.17549435082228750797e-38 /* with all its bits */

static const struct slice kinds[] = {
    [JSON_NULL] = SLICE_INIT("is null"),
    [JSON_FALSE] = SLICE_INIT("is false"),
    [JSON_TRUE] = SLICE_INIT("is true"),
    [JSON_NUMBER] = SLICE_INIT("is a number"),
    [JSON_STRING] = SLICE_INIT("is text"),
    [JSON_ARRAY] = SLICE_INIT("is a list"),
    [JSON_OBJECT] = SLICE_INIT("is an object"),
};

static const struct slice wants[COLUMN_TYPE_COUNT] = {
    [COLUMN_TEXT] = SLICE_INIT("text"),
    [COLUMN_INT4] = SLICE_INIT("a whole number"),
    [COLUMN_INT8] = SLICE_INIT("a whole number"),
    [COLUMN_NUMERIC] = SLICE_INIT("a number"),
    [COLUMN_FLOAT8] = SLICE_INIT("a number"),
    [COLUMN_BOOL] = SLICE_INIT("true or false"),
    [COLUMN_TEXT_ARRAY] = SLICE_INIT("a list of texts"),
    [COLUMN_FLOAT4_ARRAY] = SLICE_INIT("a list of numbers"),
    [COLUMN_TIMESTAMPTZ] = SLICE_INIT("the text of a time"),
    [COLUMN_DATE] = SLICE_INIT("the text of a date"),
    [COLUMN_UUID] = SLICE_INIT("the text of a UUID"),
};

static enum converted misfit(struct conversion *c, struct slice is,
                             struct slice want)
{
    c->is = is;
    c->want = want;
    return CONVERT_MISFIT;
}

static enum converted wrong_kind(struct conversion *c, uint32_t node,
                                 struct slice want)
{
    c->node = node;
    return misfit(c, kinds[c->tape->nodes[node].kind], want);
}

/* --- one value ------------------------------------------------------------ */

static enum converted to_integer(struct conversion *c, enum column_type type,
                                 struct slice number, struct value *out)
{
    if (!decimal_is_integer(number))
        return misfit(c, SLICE("is not whole"), wants[type]);
    if (!decimal_to_int64(number, &out->as.integer) ||
        (type == COLUMN_INT4 &&
         (out->as.integer < INT32_MIN || out->as.integer > INT32_MAX)))
        return misfit(c,
                      type == COLUMN_INT4 ? SLICE("is too large for int4")
                                          : SLICE("is too large for int8"),
                      SLICE(""));
    return CONVERT_DONE;
}

/* number: as JSON writes them. */
static enum converted to_number(struct conversion *c, enum column_type type,
                                struct slice number, struct value *out)
{
    if (type == COLUMN_INT4 || type == COLUMN_INT8)
        return to_integer(c, type, number, out);
    if (type == COLUMN_NUMERIC) {
        out->as.text = number;
        return CONVERT_DONE;
    }
    out->as.real = decimal_to_double(number);
    if (!isfinite(out->as.real))
        return misfit(c, SLICE("is too large for float8"), SLICE(""));
    return CONVERT_DONE;
}

static enum converted to_uuid(struct conversion *c, struct slice text,
                              struct value *out)
{
    char *bytes = arena_bytes(c->arena, UUID_BYTES);
    size_t n = 0;

    if (!bytes)
        return CONVERT_NO_MEMORY;
    if (text.len != UUID_CHARS)
        return misfit(c, SLICE("is no UUID"), SLICE(""));
    for (size_t i = 0; i < text.len; i++) {
        uint32_t high = escape_digit(text.ptr[i]), low;

        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text.ptr[i] != '-')
                return misfit(c, SLICE("is no UUID"), SLICE(""));
            continue;
        }
        low = escape_digit(text.ptr[++i]);
        if ((high | low) > 15)
            return misfit(c, SLICE("is no UUID"), SLICE(""));
        bytes[n++] = (char)(high << 4 | low);
    }
    out->as.text = slice_of(bytes, UUID_BYTES);
    return CONVERT_DONE;
}

/* What is text in JSON, too. */
static enum converted to_moment(struct conversion *c, enum column_type type,
                                struct slice text, struct value *out)
{
    if (type == COLUMN_UUID)
        return to_uuid(c, text, out);
    if (type == COLUMN_DATE ? moment_date(text, &out->as.integer, &c->is)
                            : moment_time(text, &out->as.integer, &c->is))
        return CONVERT_DONE;
    return misfit(c, c->is, SLICE(""));
}

/* A value that is neither list nor object as text. */
static enum converted scalar_text(struct conversion *c, uint32_t node,
                                  struct slice want, struct slice *out)
{
    uint8_t kind = c->tape->nodes[node].kind;

    if (kind >= JSON_ARRAY)
        return wrong_kind(c, node, want);
    *out = kind == JSON_STRING ? json_string(c->tape, node, c->arena)
                               : json_raw(c->tape, node);
    return out->ptr ? CONVERT_DONE : CONVERT_NO_MEMORY;
}

/* --- lists ---------------------------------------------------------------- */

/* The nearest float: a second rounding, of the nearest double, is harmless
 * unless that lies right between two floats. */
static enum converted to_float(struct conversion *c, struct slice number,
                               float *out)
{
    double wide = decimal_to_double(number);
    size_t mark = arena_mark(c->arena);
    uint64_t bits;
    char *text;

    memcpy(&bits, &wide, sizeof(bits));
    *out = (float)wide;
    if ((bits & MIDPOINT_MASK) == MIDPOINT ||
        (wide != 0 && fabs(wide) < FLOAT_SMALLEST)) {
        text = arena_bytes(c->arena, number.len + 1);
        if (!text)
            return CONVERT_NO_MEMORY;
        memcpy(text, number.ptr, number.len);
        text[number.len] = '\0';
        *out = strtof(text, NULL);
        arena_rewind(c->arena, mark);
    }
    if (!isfinite(*out))
        return misfit(c, SLICE("is too large for float4"), SLICE(""));
    return CONVERT_DONE;
}

static enum converted put_item(struct conversion *c, enum column_type type,
                               uint32_t node, struct slice *texts,
                               float *floats)
{
    if (type == COLUMN_FLOAT4_ARRAY) {
        if (!json_is(c->tape, node, JSON_NUMBER))
            return wrong_kind(c, node, SLICE("a number"));
        c->node = node;
        return to_float(c, json_raw(c->tape, node), floats);
    }
    if (json_is(c->tape, node, JSON_NULL)) {
        *texts = slice_of(NULL, 0);
        return CONVERT_DONE;
    }
    return scalar_text(c, node, SLICE("text"), texts);
}

enum converted convert_all(struct conversion *c, enum column_type type,
                           uint32_t from, const struct path *path,
                           struct value *out)
{
    struct path_walk walk;
    struct slice *texts = NULL;
    float *floats = NULL;
    uint32_t node;
    size_t n = 0;

    path_walk(&walk, c->tape, from, path);
    while (path_next(&walk) != PATH_NOWHERE)
        n++;
    *out = (struct value){.null = false};
    if (type == COLUMN_FLOAT4_ARRAY)
        floats = arena_array(c->arena, n + 1, float);
    else
        texts = arena_array(c->arena, n + 1, struct slice);
    if (!floats && !texts)
        return CONVERT_NO_MEMORY;
    n = 0;
    path_walk(&walk, c->tape, from, path);
    while ((node = path_next(&walk)) != PATH_NOWHERE) {
        enum converted done = put_item(c, type, node, texts ? texts + n : NULL,
                                       floats ? floats + n : NULL);

        if (done != CONVERT_DONE)
            return done;
        n++;
    }
    if (floats) {
        out->as.floats.list = floats;
        out->as.floats.count = n;
    } else {
        out->as.texts.list = texts;
        out->as.texts.count = n;
    }
    return CONVERT_DONE;
}

/* --- the whole ------------------------------------------------------------ */

enum converted convert_json(struct conversion *c, enum column_type type,
                            uint32_t node, struct value *out)
{
    static const struct path_step each = {SLICE_INIT("*"), UINT32_MAX};
    static const struct path items = {SLICE_INIT("/*"), &each, 1, true};
    enum json_kind kind = (enum json_kind)c->tape->nodes[node].kind;
    struct slice text;

    *out = (struct value){.null = kind == JSON_NULL};
    c->node = node;
    if (out->null)
        return CONVERT_DONE;
    switch (type) {
    case COLUMN_JSONB:
        out->as.text = json_raw(c->tape, node);
        return CONVERT_DONE;
    case COLUMN_TEXT: return scalar_text(c, node, wants[type], &out->as.text);
    case COLUMN_BOOL:
        out->as.flag = kind == JSON_TRUE;
        if (kind != JSON_TRUE && kind != JSON_FALSE)
            break;
        return CONVERT_DONE;
    case COLUMN_TEXT_ARRAY:
    case COLUMN_FLOAT4_ARRAY:
        if (kind != JSON_ARRAY)
            break;
        return convert_all(c, type, node, &items, out);
    case COLUMN_TIMESTAMPTZ:
    case COLUMN_DATE:
    case COLUMN_UUID:
        if (kind != JSON_STRING)
            break;
        text = json_string(c->tape, node, c->arena);
        return text.ptr ? to_moment(c, type, text, out) : CONVERT_NO_MEMORY;
    default:
        if (kind != JSON_NUMBER)
            break;
        return to_number(c, type, json_raw(c->tape, node), out);
    }
    return wrong_kind(c, node, wants[type]);
}

/* Digits with a sign or a point as JSON would write them: without leading
 * zeros.  {NULL, 0} for anything else, or when the arena is full. */
static struct slice plain_number(struct slice text, struct arena *arena)
{
    bool negative = text.len && text.ptr[0] == '-';
    struct slice digits = slice_drop(text, negative);
    size_t point = slice_find(digits, '.');
    char *bytes;

    if (!point || point + 1 == digits.len || text.len > NUMBER_MAX)
        return slice_of(NULL, 0);
    for (size_t i = 0; i < digits.len; i++) {
        if (i != point && (digits.ptr[i] < '0' || digits.ptr[i] > '9'))
            return slice_of(NULL, 0);
    }
    while (point > 1 && digits.ptr[0] == '0') {
        digits = slice_drop(digits, 1);
        point--;
    }
    bytes = arena_bytes(arena, digits.len + 1);
    if (!bytes)
        return slice_of(NULL, 0);
    bytes[0] = '-';
    memcpy(bytes + 1, digits.ptr, digits.len);
    return slice_of(bytes + !negative, digits.len + negative);
}

enum converted convert_text(struct conversion *c, enum column_type type,
                            struct slice text, struct value *out)
{
    *out = (struct value){.null = false};
    c->node = PATH_NOWHERE;
    DEMAND(convert_takes_text(type));
    switch (type) {
    case COLUMN_TEXT: out->as.text = text; return CONVERT_DONE;
    case COLUMN_BOOL:
        out->as.flag = slice_eq(text, SLICE("true"));
        if (out->as.flag || slice_eq(text, SLICE("false")))
            return CONVERT_DONE;
        break;
    case COLUMN_TIMESTAMPTZ:
    case COLUMN_DATE:
    case COLUMN_UUID: return to_moment(c, type, text, out);
    default:
        text = plain_number(text, c->arena);
        if (text.ptr)
            return to_number(c, type, text, out);
        break;
    }
    return misfit(c, SLICE("is text"), wants[type]);
}
