/*
 * fuzz_schema.c - schemas and instances, made of bytes or raw.
 *
 * One byte of settings; then, when bit 0 is set, a schema's text, a NUL and
 * an instance's text; else every byte is a choice among known keywords,
 * references, numbers, strings and structures.  A document made so holds
 * four schemas in $defs, and what is judged refers to them, so the verdicts
 * of its variants follow from one another:
 *
 *     not S = !S    allOf [S, T] = S & T    if S then T else U = S ? T : U
 *     {"items": S} on [I] = S on I    and so on, see laws[]
 *
 * Also: the same verdict every time, whatever was judged in between; a
 * mismatch whose pointer leads to its node; words that are UTF-8.
 */
#include <stdio.h>

#include "tests/schema_maker.h"
#include "validate/json/text.h"
#include "validate/schema/schema.h"

#define MADE_MAX   256 /* schemas of one input */
#define ARENA_ROOM ((size_t)256 << 20)
#define DEPTH      4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- judging -------------------------------------------------------------- */

static struct arena arena;
static struct schema_options options;

/* The node a JSON Pointer leads to. */
static uint32_t resolve(const struct json_tape *t, struct slice pointer)
{
    uint32_t node = 0;

    while (pointer.len) {
        struct slice rest = slice_drop(pointer, 1), step;
        size_t n = slice_find(rest, '/'), at = 0;
        char *plain = arena_bytes(&arena, n + 1);

        DEMAND(plain && pointer.ptr[0] == '/');
        for (size_t i = 0; i < n; i++, at++) {
            plain[at] = rest.ptr[i];
            if (rest.ptr[i] != '~')
                continue;
            i++;
            DEMAND(i < n && (rest.ptr[i] == '0' || rest.ptr[i] == '1'));
            plain[at] = rest.ptr[i] == '0' ? '~' : '/';
        }
        step = slice_of(plain, at);
        pointer = slice_drop(rest, n);
        if (json_is(t, node, JSON_OBJECT)) {
            node = json_member(t, node, step);
        } else {
            uint32_t child;
            size_t index = 0;

            DEMAND(json_is(t, node, JSON_ARRAY));
            for (size_t i = 0; i < step.len; i++)
                index = 10 * index + (size_t)(step.ptr[i] - '0');
            child = json_first(t, node);
            while (child && index--)
                child = json_next(t, node, child);
            node = child;
        }
        DEMAND(node);
    }
    return node;
}

static void look(const struct json_tape *t, const struct schema_mismatch *why)
{
    DEMAND(why->keyword.len && why->message.len);
    DEMAND(json_utf8_valid(why->message) == why->message.len);
    DEMAND(json_utf8_valid(why->instance_pointer) == why->instance_pointer.len);
    DEMAND(json_utf8_valid(why->schema_pointer) == why->schema_pointer.len);
    DEMAND(why->node < t->n_nodes && why->at == t->nodes[why->node].at);
    if (!(t->nodes[why->node].flags & JSON_KEY))
        DEMAND(resolve(t, why->instance_pointer) == why->node);
}

static enum schema_result run(const struct schema *s,
                              const struct json_tape *tape)
{
    size_t mark = arena_mark(&arena);
    struct schema_mismatch why = {.keyword = SLICE("")};
    enum schema_result result = schema_run(s, tape, &arena, &why);

    DEMAND(schema_run(s, tape, &arena, NULL) == result);
    if (result == SCHEMA_INVALID)
        look(tape, &why);
    arena_rewind(&arena, mark);
    return result;
}

/* What an input has compiled, for schema_drop(). */
static struct schema *made[MADE_MAX];
static size_t n_made;

static const struct schema *compiled(struct slice text)
{
    struct schema_problem why;
    struct schema *out;
    size_t mark = arena_mark(&arena);

    if (schema_compile(text, &options, &arena, &out, &why)) {
        DEMAND(n_made < MADE_MAX);
        made[n_made++] = out;
        return out;
    }
    DEMAND(why.words.len && json_utf8_valid(why.words) == why.words.len);
    arena_rewind(&arena, mark);
    return NULL;
}

struct pieces {
    const char *before;
    struct slice text;
    const char *after;
};

/* One behind the other, in the arena. */
static struct slice join(struct slice defs, struct pieces p)
{
    size_t before = strlen(p.before), after = strlen(p.after);
    char *out = arena_bytes(&arena, defs.len + before + p.text.len + after);
    char *to = out;

    DEMAND(out);
    if (defs.len)
        to = (char *)memcpy(to, defs.ptr, defs.len) + defs.len;
    to = (char *)memcpy(to, p.before, before) + before;
    if (p.text.len)
        to = (char *)memcpy(to, p.text.ptr, p.text.len) + p.text.len;
    to = (char *)memcpy(to, p.after, after) + after;
    return slice_of(out, (size_t)(to - out));
}

static enum schema_result judged(struct slice schema, struct slice instance)
{
    const struct schema *s = compiled(schema);
    struct json_tape tape;

    if (!s || json_tape_try(instance, &arena, &tape) != JSON_TRY_SOUND)
        return SCHEMA_LIMIT;
    return run(s, &tape);
}

/* --- laws ----------------------------------------------------------------- */

#define S "{\"$ref\":\"/root#/$defs/s0\"}"
#define T "{\"$ref\":\"/root#/$defs/s1\"}"
#define U "{\"$ref\":\"/root#/$defs/s2\"}"

/* What a schema says of `before` INSTANCE `after`, from what S, T and U say
 * of the instance. */
#define LAWS(X)                                                              \
    X(other, "\"not\":" S, "", "", !s)                                       \
    X(all, "\"allOf\":[" S "," T "]", "", "", s &&t)                         \
    X(any, "\"anyOf\":[" S "," T "]", "", "", s || t)                        \
    X(one, "\"oneOf\":[" S "," T "," U "]", "", "", s + t + u == 1)          \
    X(choice, "\"if\":" S ",\"then\":" T ",\"else\":" U, "", "", s ? t : u)  \
    X(then, "\"if\":" S ",\"then\":" T, "", "", !s || t)                     \
    X(item, "\"items\":" S, "[", "]", s)                                     \
    X(tuple, "\"prefixItems\":[true," S "],\"items\":false", "[0,", "]", s)  \
    X(holds, "\"contains\":" S, "[", "]", s)                                 \
    X(none, "\"contains\":" S ",\"minContains\":0,\"maxContains\":0", "[",   \
      "]", !s)                                                               \
    X(member, "\"properties\":{\"k\":" S "}", "{\"j\":1,\"k\":", "}", s)     \
    X(match, "\"patternProperties\":{\"^k\":" S "}", "{\"kk\":", "}", s)     \
    X(more, "\"properties\":{\"j\":true},\"additionalProperties\":" S,       \
      "{\"k\":", ",\"j\":0}", s)                                             \
    X(rest,                                                                  \
      "\"allOf\":[{\"properties\":{\"j\":true}}],"                           \
      "\"unevaluatedProperties\":" S,                                        \
      "{\"j\":0,\"k\":", "}", s)                                             \
    X(left,                                                                  \
      "\"anyOf\":[{\"prefixItems\":[true]},false],"                          \
      "\"unevaluatedItems\":" S,                                             \
      "[0,", "]", s)                                                         \
    X(seen, "\"contains\":" S ",\"unevaluatedItems\":" T, "[", "]", s)       \
    X(needs, "\"dependentSchemas\":{\"k\":{\"properties\":{\"k\":" S "}}}",  \
      "{\"k\":", "}", s)                                                     \
    X(both,                                                                  \
      "\"anyOf\":[true,{\"properties\":{\"k\":true}}],"                      \
      "\"unevaluatedProperties\":" S,                                        \
      "{\"k\":", "}", true)                                                  \
    X(inside,                                                                \
      "\"not\":{\"not\":{\"properties\":{\"k\":true}}},"                     \
      "\"unevaluatedProperties\":" S,                                        \
      "{\"k\":", "}", s)                                                     \
    X(asked,                                                                 \
      "\"if\":{\"properties\":{\"k\":" S "}},\"unevaluatedProperties\":" T,  \
      "{\"k\":", "}", s || t)                                                \
    X(either,                                                                \
      "\"oneOf\":[{\"properties\":{\"k\":" S                                 \
      "}},{\"properties\":{\"k\":{\"not\":" S                                \
      "}}}],\"unevaluatedProperties\":false",                                \
      "{\"k\":", "}", true)                                                  \
    X(tail, "\"allOf\":[{\"items\":" S "}],\"unevaluatedItems\":false", "[", \
      "]", s)                                                                \
    X(pointer, "\"$dynamicRef\":\"/root#/$defs/s0\"", "", "", s)

#define FUNCTION(name, schema, before, after, expect) \
    static bool law_##name(int s, int t, int u)       \
    {                                                 \
        (void)s, (void)t, (void)u;                    \
        return expect;                                \
    }
LAWS(FUNCTION)

#define ROW(name, schema, before, after, expect) \
    {schema, before, after, law_##name},
static const struct {
    const char *schema, *before, *after;
    bool (*expect)(int s, int t, int u);
} laws[] = {LAWS(ROW)};

static void keep_law(size_t which, struct slice defs, struct slice instance,
                     const bool *known)
{
    struct slice schema =
        join(defs, (struct pieces){laws[which].schema, slice_of(NULL, 0), "}"});
    struct slice around =
        join(slice_of(NULL, 0),
             (struct pieces){laws[which].before, instance, laws[which].after});
    enum schema_result result = judged(schema, around);
    bool expected = laws[which].expect(known[0], known[1], known[2]);

    DEMAND(result == SCHEMA_LIMIT || (result == SCHEMA_VALID) == expected);
}

/* All laws at once: a member for each, or its opposite where it must fail. */
static void keep_all(struct slice defs, struct slice instance,
                     const bool *known)
{
    struct slice schema =
        join(defs, (struct pieces){"\"properties\":{", SLICE(""), ""});
    struct slice around = SLICE("{");

    for (size_t i = 0; i < countof(laws); i++) {
        bool holds = laws[i].expect(known[0], known[1], known[2]);
        char key[2][16];

        snprintf(key[0], sizeof(key[0]), "%s\"%zu\":{", i ? "," : "", i);
        snprintf(key[1], sizeof(key[1]), "%s\"%zu\":", i ? "," : "", i);
        schema = join(schema, (struct pieces){key[0], SLICE(""),
                                              holds ? "" : "\"not\":{"});
        schema = join(schema, (struct pieces){laws[i].schema, SLICE(""),
                                              holds ? "}" : "}}"});
        around =
            join(around, (struct pieces){key[1], SLICE(""), laws[i].before});
        around = join(around, (struct pieces){"", instance, laws[i].after});
    }
    schema = join(schema, (struct pieces){"}}", SLICE(""), ""});
    around = join(around, (struct pieces){"}", SLICE(""), ""});
    DEMAND(judged(schema, around) != SCHEMA_INVALID);
}

static struct slice copy_of(struct maker *m)
{
    struct slice copy = arena_copy(&arena, slice_of(m->text, m->len));

    DEMAND(copy.ptr);
    m->len = 0;
    return copy;
}

/* {"$id": ..., "$defs": {...}, without the end. */
static struct slice make_defs(struct maker *m)
{
    put(m, "{\"$id\":\"http://d/root\",\"$defs\":{");
    for (m->current = 0; m->current < SCHEMAS; m->current++) {
        static const char *const keys[SCHEMAS] = {
            "\"s0\":", ",\"s1\":", ",\"s2\":",
            ",\"s3\":{\"$dynamicAnchor\":\"d\",\"allOf\":["};

        put(m, keys[m->current]);
        make_schema(m, DEPTH);
    }
    put(m, "]}");
    if (!m->resource)
        put(m, ",\"x\":{\"$id\":\"/x0\",\"$dynamicAnchor\":\"d\"}");
    put(m, "},");
    return copy_of(m);
}

static void structured(const uint8_t *data, size_t size)
{
    static struct maker m;
    static const char *const roots[] = {"\"allOf\":[" S "]",
                                        "\"$ref\":"
                                        "\"/root#/$defs/s1\"",
                                        "\"anyOf\":[" U "]"};
    struct slice defs, instance;
    bool known[3];
    size_t law;

    m = (struct maker){.data = data, .left = size};
    law = take(&m, countof(laws));
    defs = make_defs(&m);
    make_value(&m, DEPTH);
    instance = copy_of(&m);
    if (m.full)
        return;
    for (size_t i = 0; i < countof(roots); i++) {
        enum schema_result result = judged(
            join(defs, (struct pieces){roots[i], slice_of(NULL, 0), "}"}),
            instance);

        if (result == SCHEMA_LIMIT)
            return;
        known[i] = result == SCHEMA_VALID;
    }
    keep_law(0, defs, instance, known);
    keep_law(law, defs, instance, known);
    keep_all(defs, instance, known);
}

/* Texts as they come. Without references inside, a schema says the same
 * wherever it stands. */
static void raw(struct slice text)
{
    size_t cut = slice_find(text, '\0');
    struct slice schema = slice_take(text, cut);
    struct slice instance = slice_drop(text, cut + 1);
    enum schema_result plain = judged(schema, instance);
    enum schema_result turned;

    if (plain == SCHEMA_LIMIT || slice_find(schema, '$') < schema.len ||
        slice_find(schema, '\\') < schema.len)
        return;
    turned = judged(
        join(slice_of(NULL, 0), (struct pieces){"{\"not\":", schema, "}"}),
        instance);
    DEMAND(turned == SCHEMA_LIMIT || turned != plain);
    DEMAND(judged(join(slice_of(NULL, 0),
                       (struct pieces){"{\"allOf\":[true,", schema, "]}"}),
                  instance) == plain ||
           turned == SCHEMA_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};

    if (size < 1)
        return 0;
    if (!arena.base)
        DEMAND(arena_open(&arena, ARENA_ROOM, &err));
    options.format_assertion = data[0] & 2;
    if (data[0] & 1) {
        raw(slice_of((const char *)data + 1, size - 1));
    } else {
        structured(data + 1, size - 1);
    }
    while (n_made)
        schema_drop(made[--n_made]);
    arena_rewind(&arena, 0);
    return 0;
}
