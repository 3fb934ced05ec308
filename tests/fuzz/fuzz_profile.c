/*
 * fuzz_profile.c - profiles and payloads that fight each other.
 *
 * The first byte chooses: a built-in profile and the rest is a payload; or
 * the text up to a U+0000 is a profile and the rest a payload; or a profile
 * is put together from pieces, a byte each.
 *
 * Properties: a profile that is none has a place and words; a verdict lies
 * inside the text and speaks UTF-8; the same payload gets the same verdict
 * twice, and in a smaller arena the same or line.memory; a row has a value
 * in every column that needs one, and what it has is what its type says.
 */
#include "tests/judge_profile.h"
#include "validate/json/check.h"
#include "validate/json/text.h"
#include "validate/record/recipe.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_text(struct slice s)
{
    return json_utf8_valid(s) == s.len && slice_find(s, '\0') == s.len;
}

static void check_value(const struct column *c, const struct value *v,
                        const struct profile *p)
{
    DEMAND(!v->null || !c->required);
    if (v->null)
        return;
    switch (c->type) {
    case COLUMN_TEXT: DEMAND(is_text(v->as.text)); break;
    case COLUMN_INT4:
        DEMAND(v->as.integer >= INT32_MIN && v->as.integer <= INT32_MAX);
        break;
    case COLUMN_INT8:
        DEMAND(v->as.integer != RECORD_ABSENT || c->how->from <= FROM_KEY);
        break;
    case COLUMN_NUMERIC:
    case COLUMN_JSONB: DEMAND(json_check(v->as.text).code == JSON_OK); break;
    case COLUMN_FLOAT8: DEMAND(isfinite(v->as.real)); break;
    case COLUMN_TEXT_ARRAY:
        for (size_t i = 0; i < v->as.texts.count; i++)
            DEMAND(!v->as.texts.list[i].ptr || is_text(v->as.texts.list[i]));
        break;
    case COLUMN_FLOAT4_ARRAY:
        DEMAND(!p->rules->dimension ||
               v->as.floats.count == p->rules->dimension);
        for (size_t i = 0; i < v->as.floats.count; i++)
            DEMAND(isfinite(v->as.floats.list[i]));
        break;
    case COLUMN_TIMESTAMPTZ:
    case COLUMN_DATE:
        DEMAND(v->as.integer > -(INT64_C(1) << 56) &&
               v->as.integer < INT64_C(1) << 58);
        break;
    case COLUMN_UUID: DEMAND(v->as.text.len == 16); break;
    default: break;
    }
}

static void check_record(const struct profile *p, const struct record *r)
{
    for (size_t i = 0; i < r->n_rows; i++) {
        for (size_t c = 0; c < p->n_columns; c++)
            check_value(&p->columns[c], &r->values[i * p->n_columns + c], p);
    }
    DEMAND(p->n_columns || !r->n_rows);
    DEMAND(p->unique || !r->n_digests);
    DEMAND(r->notes < 1U << NOTE_COUNT);
}

static void judge(const struct profile *p, struct slice text)
{
    struct arena arena, small;
    struct record record, again;
    struct verdict v, w;
    struct err err;

    text.len = json_utf8_valid(text); /* as the envelope leaves it */
    DEMAND(arena_open(&arena, (size_t)64 << 20, &err));
    v = judge_profile(p, SLICE("syn-step7"), text, &arena, &record);
    DEMAND(v.at <= 8 * text.len + 8);
    /* Repair was told to keep U+0000, so its pointers may hold one. */
    DEMAND(v.fault < FAULT_SCHEMA_TYPE ||
           (is_text(v.detail) && is_text(v.where)));
    if (!v.fault)
        check_record(p, &record);
    w = judge_profile(p, SLICE("syn-step7"), text, &arena, &again);
    DEMAND(w.fault == v.fault || w.fault == FAULT_LINE_MEMORY ||
           w.fault == FAULT_SCHEMA_LIMIT);
    if (!v.fault && !w.fault) {
        DEMAND(record.n_rows == again.n_rows && record.notes == again.notes);
        for (size_t i = 0; i < record.n_digests; i++)
            DEMAND(record.digests[i] == again.digests[i]);
    }
    arena_close(&arena);
    DEMAND(arena_open(&small, 1000 + 13 * text.len, &err));
    w = judge_profile(p, SLICE("syn-step7"), text, &small, &again);
    DEMAND(w.fault == v.fault || w.fault == FAULT_LINE_MEMORY ||
           w.fault == FAULT_SCHEMA_LIMIT);
    arena_close(&small);
}

/* --- profiles from pieces ------------------------------------------------- */

struct pen {
    char bytes[8192];
    size_t len;
};

static void put(struct pen *pen, const char *text)
{
    size_t len = strlen(text);

    if (len > sizeof(pen->bytes) - pen->len)
        len = sizeof(pen->bytes) - pen->len;
    memcpy(pen->bytes + pen->len, text, len);
    pen->len += len;
}

static const char *const froms[] = {
    "\"/a\"",
    "\"/b\"",
    "\"\"",
    "\"/a/*\"",
    "\"/b/*/c\"",
    "\"/a/0\"",
    "\"payload\"",
    "\"payload\",\"pointer\":\"/a\"",
    "\"index\"",
    "\"text\"",
    "\"source\"",
    "\"offset\"",
    "\"attempt\"",
    "\"model\"",
    "\"key\"",
    "\"key\",\"match\":\"^(?<s>.+)-step(?<n>\\\\d+)$\",\"group\":\"s\"",
    "\"key\",\"match\":\"^(?<s>.+)-step(?<n>\\\\d+)$\",\"group\":\"n\"",
    "\"constant\",\"value\":[\"x\"]",
    "\"constant\",\"value\":1e2",
    "\"constant\",\"value\":\"2024-02-29\"",
};
static const char *const rules[] = {
    "\"options\":{\"list\":\"/a\",\"answer\":\"/b\"}",
    "\"options\":[{\"list\":\"/a/*\",\"answer\":\"/b\",\"mark\":\"letter\"}]",
    "\"options\":{\"list\":\"/b\",\"answer\":\"/a\",\"mark\":\"index\"}",
    "\"differ\":[[\"/a\",\"/b\"],[\"/a/0\",\"/a/1\",\"/b\"]]",
    "\"no_placeholder\":[\"/a\",\"/b/*\"],\"template\":[\"{x}\"]",
    "\"min_words\":{\"/a\":2,\"/b/*\":1}",
    "\"language\":{\"/a\":\"en\",\"/b\":\"ja\",\"/b/*\":\"de\"}",
    "\"unique\":[\"/a\",[\"/a\",\"/b\"]]",
    "\"not_among\":[[\"/a\",\"/b\"],[\"/b/*\",\"/a/*\"]]",
};
static const char *const more[] = {
    ",\"spread\":\"\"",
    ",\"spread\":\"/a\"",
    ",\"spread\":\"/b/0\"",
    ",\"fields\":{\"/a\":\"smiles\",\"/b/*\":\"latex\",\"/*/c\":\"path\"}",
    ",\"expect\":{\"c0\":{\"x\":1}}",
    ",\"dimension\":2",
    ",\"xml\":{\"pointer\":\"/a\",\"kind\":\"qti\"}",
    ",\"payload\":\"text\"",
};

/* A column a byte, until 0; then rules and the rest. Returns bytes used. */
static size_t compose(const uint8_t *data, size_t size, struct pen *pen)
{
    size_t at = 0, n = 0;

    put(pen, "{\"x-decant\":{\"table\":\"t\",\"columns\":{");
    for (; at + 1 < size && data[at] && n < 20; at += 2, n++) {
        struct slice type =
            column_type_name((enum column_type)(data[at] % COLUMN_TYPE_COUNT));
        char text[300];

        snprintf(text, sizeof(text),
                 "%s\"c%zu\":{\"type\":\"%.*s\",\"from\":%s%s}", n ? "," : "",
                 n, (int)type.len, type.ptr,
                 froms[data[at + 1] % countof(froms)],
                 data[at] & 0x80 ? ",\"required\":true" : "");
        put(pen, text);
    }
    put(pen, "},\"rules\":{");
    at += at < size;
    if (at < size && data[at])
        put(pen, rules[data[at] % countof(rules)]);
    at += at < size;
    put(pen, "}");
    if (at < size && data[at])
        put(pen, more[data[at] % countof(more)]);
    at += at < size;
    put(pen, "}}");
    return at;
}

static void run(const struct profile_source *source, struct slice text)
{
    const struct profile *p;
    struct profile_problem why;
    struct arena arena;
    struct err err;

    DEMAND(arena_open(&arena, (size_t)16 << 20, &err));
    if (profile_parse(source, &arena, &p, &why)) {
        judge(p, text);
        for (size_t i = 0; i < p->rules->n_matches; i++)
            pattern_drop(p->rules->matches[i].pattern);
    } else {
        DEMAND(why.words.len && is_text(why.words) && is_text(why.pointer));
    }
    arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_of((const char *)data + 1, size ? size - 1 : 0);
    static struct pen pen;
    size_t used;

    if (!size)
        return 0;
    if (data[0] < 100) {
        const struct builtin *b = &builtins[data[0] % n_builtins];

        run(&(struct profile_source){.name = b->name, .text = b->text}, all);
    } else if (data[0] < 160) {
        struct slice text = slice_take(all, slice_find(all, '\0'));

        run(&(struct profile_source){.text = text},
            slice_drop(all, text.len + 1));
    } else {
        pen.len = 0;
        used = compose(data + 1, size - 1, &pen);
        run(&(struct profile_source){.text = slice_of(pen.bytes, pen.len)},
            slice_drop(all, used));
    }
    return 0;
}
