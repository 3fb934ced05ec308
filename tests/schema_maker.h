/*
 * schema_maker.h - schemas and instances made of bytes, for fuzz targets.
 *
 * Every byte is a choice among known keywords, references, numbers, strings
 * and structures; when they are used up, the first choice is taken.  What is
 * made is always JSON; most schemas made are schemas.
 */
#ifndef DECANT_TESTS_SCHEMA_MAKER_H
#define DECANT_TESTS_SCHEMA_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "validate/base/attrs.h"

#define TEXT_ROOM ((size_t)1 << 16)
#define SCHEMAS   4 /* in $defs: s0 ... s3 */

struct maker {
    const uint8_t *data;
    size_t left;
    char text[TEXT_ROOM];
    size_t len;
    bool full;
    int current;   /* which of the schemas in $defs is being made */
    int child;     /* depth of keywords that go into the instance */
    bool resource; /* /x0 is there already: an $id may stand once */
};

static uint8_t take(struct maker *m, uint8_t n)
{
    if (!m->left)
        return 0;
    m->left--;
    return (uint8_t)(*m->data++ % n);
}

static void put(struct maker *m, const char *text)
{
    size_t n = strlen(text);

    if (n >= TEXT_ROOM - m->len) {
        m->full = true;
        return;
    }
    memcpy(m->text + m->len, text, n + 1);
    m->len += n;
}

#define PICK(m, list) ((list)[take((m), (uint8_t)countof(list))])

static const char *const numbers[] = {
    "0",
    "1",
    "-1",
    "2",
    "3",
    "1.0",
    "1e0",
    "0.1",
    "0.30",
    "-0",
    "1e-7",
    "1e400",
    "2.5",
    "-1e400",
    "10e1",
    "100",
    "9007199254740993",
    "123456789012345678901234567890",
};
static const char *const strings[] = {
    "\"\"",
    "\"a\"",
    "\"b\"",
    "\"ab\"",
    "\"\\u0061\"",
    "\"é\"",
    "\"\\ud83d\\ude00\"",
    "\"c\"",
    "\"2020-02-30\"",
    "\"aaaaaaaaaaaaaaaaaaaaaaaa!\"",
    "\"x-1\"",
    "\"\\n\"",
};
static const char *const names[] = {"\"a\"", "\"b\"",   "\"c\"", "\"\\u0061\"",
                                    "\"é\"", "\"x-1\"", "\"\""};
static const char *const divisors[] = {"1", "0.1", "3", "1e-400"};
static const char *const flags[] = {"true", "false"};
static const char *const sizes[] = {"0", "1", "2", "3", "1.0", "20e-1"};
static const char *const patterns[] = {
    "\"^a\"",      "\"b$\"",  "\"^[a-z]+$\"",   "\"\"",      "\"\\\\d\"",
    "\"^(a+)+$\"", "\"^x-\"", "\"^\\\\p{L}$\"", "\"[^ab]\"", "\"^.$\""};
static const char *const types[] = {"\"null\"",
                                    "\"boolean\"",
                                    "\"number\"",
                                    "\"integer\"",
                                    "\"string\"",
                                    "\"array\"",
                                    "\"object\"",
                                    "[\"string\",\"integer\"]",
                                    "[\"object\",\"array\"]"};
static const char *const formats[] = {
    "\"date\"",     "\"date-time\"", "\"email\"", "\"uri\"",
    "\"regex\"",    "\"uuid\"",      "\"ipv6\"",  "\"idn-hostname\"",
    "\"duration\"", "\"no-such\""};
static const char *const targets[] = {"\"/root#/$defs/s0\"",
                                      "\"/root#/$defs/s1\"",
                                      "\"/root#/$defs/s2\"",
                                      "\"/root#/$defs/s3\"",
                                      "\"/x0\"",
                                      "\"/x0#d\"",
                                      "\"/root#d\""};

static void make_value(struct maker *m, int depth)
{
    uint8_t kind = take(m, depth ? 8 : 5);
    uint8_t n;

    if (kind == 0)
        put(m, "null");
    else if (kind == 1)
        put(m, take(m, 2) ? "true" : "false");
    else if (kind == 2)
        put(m, PICK(m, numbers));
    else if (kind < 5)
        put(m, PICK(m, strings));
    else {
        put(m, kind == 5 ? "[" : "{");
        n = take(m, 4);
        for (uint8_t i = 0; i < n; i++) {
            put(m, i ? "," : "");
            if (kind != 5) {
                put(m, PICK(m, names));
                put(m, ":");
            }
            make_value(m, depth - 1);
        }
        put(m, kind == 5 ? "]" : "}");
    }
}

static void make_schema(struct maker *m, int depth);

/* Where the instance stays the same, references go forward only: a schema
 * that loops does not compile. */
static void make_target(struct maker *m, int depth)
{
    size_t n = take(m, countof(targets));

    (void)depth;
    if (!m->child && m->current < SCHEMAS - 1)
        n = (size_t)m->current + 1 + n % (size_t)(SCHEMAS - 1 - m->current);
    else if (!m->child)
        n = SCHEMAS; /* /x0 looks at items only */
    put(m, targets[n]);
}

static void make_values(struct maker *m, int depth)
{
    uint8_t n = take(m, 4);

    put(m, "[");
    for (uint8_t i = 0; i < n; i++) {
        put(m, i ? "," : "");
        make_value(m, 1);
    }
    put(m, "]");
    (void)depth;
}

static void make_names(struct maker *m, int depth)
{
    uint8_t first = take(m, 2), n = take(m, 3);

    put(m, "[");
    for (uint8_t i = 0; i < n; i++) { /* no name twice */
        put(m, i ? "," : "");
        put(m, names[first + i]);
    }
    put(m, "]");
    (void)depth;
}

static void make_needs(struct maker *m, int depth)
{
    put(m, "{");
    put(m, PICK(m, names));
    put(m, ":");
    make_names(m, depth);
    put(m, "}");
}

static void make_schemas(struct maker *m, int depth)
{
    uint8_t n = take(m, 3);

    put(m, "[");
    for (uint8_t i = 0; i <= n; i++) {
        put(m, i ? "," : "");
        make_schema(m, depth - 1);
    }
    put(m, "]");
}

static void make_map(struct maker *m, int depth, const char *const *keys,
                     uint8_t n_keys)
{
    uint8_t n = take(m, 4);

    put(m, "{");
    for (uint8_t i = 0; i < n; i++) {
        put(m, i ? "," : "");
        put(m, keys[take(m, n_keys)]);
        put(m, ":");
        make_schema(m, depth - 1);
    }
    put(m, "}");
}

static void make_members(struct maker *m, int depth)
{
    make_map(m, depth, names, countof(names));
}

static void make_patterns(struct maker *m, int depth)
{
    make_map(m, depth, patterns, countof(patterns));
}

static void make_one(struct maker *m, int depth)
{
    make_schema(m, depth - 1);
}

static void make_any(struct maker *m, int depth)
{
    make_value(m, depth > 2 ? 2 : depth);
}

/* A resource of its own, with a dynamic anchor; there is one at most. */
static void make_resource(struct maker *m, int depth)
{
    put(m, "{\"r\":{");
    if (!m->resource) {
        m->resource = true;
        put(m, "\"$id\":\"/x0\",\"$dynamicAnchor\":\"d\",");
    }
    put(m, "\"items\":");
    m->child++;
    make_schema(m, depth - 1);
    m->child--;
    put(m, "}}");
}

#define LIST(list) .words = (list), .n_words = countof(list)

static const struct {
    const char *name;
    const char *const *words; /* one of them is the value */
    size_t n_words;
    void (*make)(struct maker *, int depth); /* or this makes it */
    enum {
        FLAT,
        SAME,
        CHILD
    } depth; /* it holds schemas, of the same
                                         instance or of parts of it */
} keywords[] = {
    {"type", LIST(types)},
    {"enum", .make = make_values},
    {"const", .make = make_any},
    {"multipleOf", LIST(divisors)},
    {"minimum", LIST(numbers)},
    {"maximum", LIST(numbers)},
    {"exclusiveMinimum", LIST(numbers)},
    {"exclusiveMaximum", LIST(numbers)},
    {"minLength", LIST(sizes)},
    {"maxLength", LIST(sizes)},
    {"minItems", LIST(sizes)},
    {"maxItems", LIST(sizes)},
    {"minProperties", LIST(sizes)},
    {"maxProperties", LIST(sizes)},
    {"minContains", LIST(sizes)},
    {"maxContains", LIST(sizes)},
    {"pattern", LIST(patterns)},
    {"format", LIST(formats)},
    {"uniqueItems", LIST(flags)},
    {"required", .make = make_names},
    {"dependentRequired", .make = make_needs},
    {"$ref", .make = make_target},
    {"$dynamicRef", .make = make_target},
    {"unknown", .make = make_any},
    {"properties", .make = make_members, .depth = CHILD},
    {"patternProperties", .make = make_patterns, .depth = CHILD},
    {"additionalProperties", .make = make_one, .depth = CHILD},
    {"propertyNames", .make = make_one, .depth = CHILD},
    {"unevaluatedProperties", .make = make_one, .depth = CHILD},
    {"dependentSchemas", .make = make_members, .depth = SAME},
    {"prefixItems", .make = make_schemas, .depth = CHILD},
    {"items", .make = make_one, .depth = CHILD},
    {"contains", .make = make_one, .depth = CHILD},
    {"unevaluatedItems", .make = make_one, .depth = CHILD},
    {"allOf", .make = make_schemas, .depth = SAME},
    {"anyOf", .make = make_schemas, .depth = SAME},
    {"oneOf", .make = make_schemas, .depth = SAME},
    {"not", .make = make_one, .depth = SAME},
    {"if", .make = make_one, .depth = SAME},
    {"then", .make = make_one, .depth = SAME},
    {"else", .make = make_one, .depth = SAME},
    {"$defs", .make = make_resource, .depth = SAME},
};

static void make_schema(struct maker *m, int depth)
{
    uint8_t n = take(m, 6);

    if (n == 5 || m->len > TEXT_ROOM / 4) {
        put(m, take(m, 2) ? "true" : "false");
        return;
    }
    put(m, "{");
    for (uint8_t i = 0; i < n; i++) {
        size_t k = take(m, countof(keywords));

        if (keywords[k].depth != FLAT && depth <= 0)
            k %= 24; /* the ones in front of "properties" */
        put(m, i ? ",\"" : "\"");
        put(m, keywords[k].name);
        put(m, "\":");
        m->child += keywords[k].depth == CHILD;
        if (keywords[k].make)
            keywords[k].make(m, depth);
        else
            put(m, keywords[k].words[take(m, (uint8_t)keywords[k].n_words)]);
        m->child -= keywords[k].depth == CHILD;
    }
    put(m, "}");
}

#endif
