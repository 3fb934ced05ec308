/*
 * test_schema_suite.c - the JSON Schema Test Suite's required tests, asked of
 * schema_run() directly: as the program is, and with every rule in a frame of
 * its own.  Both must give the suite's verdict, and the same mismatch.
 *
 *     test_schema_suite [FOLDER]
 *
 * Each schema of the suite is also an instance of the metaschema that comes
 * with decant, and must be valid.  Optional data: skipped with a word where
 * it is not.
 */
#include <dirent.h>
#include <stdio.h>

#include "validate/schema/program_rule.h"

#define FOLDER   "../shared/conformance/json-schema"
#define FILE_MAX ((size_t)1 << 20)
#define REMOTE   "http://localhost:1234/"
#define LEAST    1299

struct suite {
    struct arena arena, scratch;
    const struct schema *meta;
    const char *folder;
    const char *name;
    int number, failed;
};

static bool read_file(struct suite *s, const char *path, struct slice *out)
{
    char *bytes = arena_bytes(&s->arena, FILE_MAX);
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f || !bytes)
        return false;
    n = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    arena_trim(&s->arena, bytes + n);
    *out = slice_of(bytes, n);
    return true;
}

static bool remote(void *ctx, struct slice uri, struct slice *text)
{
    struct suite *s = ctx;
    char path[1024];
    struct slice rest = slice_drop(uri, sizeof(REMOTE) - 1);

    if (!slice_eq(slice_take(uri, sizeof(REMOTE) - 1), SLICE(REMOTE)))
        return false;
    snprintf(path, sizeof(path), "%s/remotes/%.*s", s->folder, (int)rest.len,
             rest.ptr);
    return read_file(s, path, text);
}

static void report(struct suite *s, bool good, struct slice words)
{
    printf("%sok %d - %s: %.*s\n", good ? "" : "not ", ++s->number, s->name,
           (int)words.len, words.ptr);
    s->failed += !good;
}

/* The rules lie in the suite's own arena. */
static void set_height(const struct schema *schema, const uint8_t *heights,
                       uint8_t height)
{
    for (uint32_t i = 0; i < schema->n_rules; i++)
        ((struct rule *)(uintptr_t)&schema->rules[i])->height =
            heights ? heights[i] : height;
}

static bool same(const struct schema_mismatch *a,
                 const struct schema_mismatch *b)
{
    return slice_eq(a->keyword, b->keyword) && a->node == b->node &&
           slice_eq(a->instance_pointer, b->instance_pointer) &&
           slice_eq(a->schema_pointer, b->schema_pointer) &&
           slice_eq(a->message, b->message);
}

static bool judge(struct suite *s, const struct schema *schema,
                  struct slice data, bool valid)
{
    enum schema_result want = valid ? SCHEMA_VALID : SCHEMA_INVALID;
    uint8_t *heights = arena_array(&s->scratch, schema->n_rules, uint8_t);
    struct schema_mismatch direct, framed;
    struct json_tape tape;
    struct json_error why;
    bool good;

    DEMAND(heights && json_tape_build(data, &s->scratch, &tape, &why));
    for (uint32_t i = 0; i < schema->n_rules; i++)
        heights[i] = schema->rules[i].height;
    good = schema_run(schema, &tape, &s->scratch, &direct) == want;
    set_height(schema, NULL, RULE_FRAMED);
    good &= schema_run(schema, &tape, &s->scratch, &framed) == want;
    set_height(schema, heights, 0);
    good = good && (valid || same(&direct, &framed));
    arena_rewind(&s->scratch, 0);
    return good;
}

static void run_group(struct suite *s, const struct json_tape *t,
                      uint32_t group)
{
    struct slice text = json_raw(t, json_member(t, group, SLICE("schema")));
    uint32_t tests = json_member(t, group, SLICE("tests"));
    struct schema_options options = {.remote = remote, .ctx = s};
    struct schema_problem why;
    struct schema *schema;
    size_t mark = arena_mark(&s->arena);
    bool compiles = schema_compile(text, &options, &s->arena, &schema, &why);

    if (!compiles)
        printf("# %.*s: %.*s\n", (int)why.pointer.len, why.pointer.ptr,
               (int)why.words.len, why.words.ptr);
    if (!compiles || !judge(s, s->meta, text, true))
        report(s, false,
               json_inner(t, json_member(t, group, SLICE("description"))));
    for (uint32_t c = json_first(t, tests); c && compiles;
         c = json_next(t, tests, c)) {
        uint32_t valid = json_member(t, c, SLICE("valid"));
        struct slice data = json_raw(t, json_member(t, c, SLICE("data")));

        report(s, judge(s, schema, data, json_is(t, valid, JSON_TRUE)),
               json_inner(t, json_member(t, c, SLICE("description"))));
    }
    arena_rewind(&s->arena, mark);
}

static void run_file(struct suite *s, const char *path)
{
    size_t mark = arena_mark(&s->arena);
    struct json_tape tape;
    struct json_error why;
    struct slice text;

    DEMAND(read_file(s, path, &text));
    DEMAND(json_tape_build(text, &s->arena, &tape, &why));
    for (uint32_t g = json_first(&tape, 0); g; g = json_next(&tape, 0, g))
        run_group(s, &tape, g);
    arena_rewind(&s->arena, mark);
}

int main(int argc, char **argv)
{
    struct suite s = {.folder = argc > 1 ? argv[1] : FOLDER};
    char path[1024];
    const struct dirent *entry;
    struct schema_problem why;
    struct schema *meta;
    struct err err;
    DIR *dir;

    snprintf(path, sizeof(path), "%s/draft2020-12", s.folder);
    dir = opendir(path);
    if (!dir) {
        printf("1..1\nok 1 # skip no JSON Schema Test Suite at %s\n", s.folder);
        return 0;
    }
    DEMAND(arena_open(&s.arena, (size_t)256 << 20, &err));
    DEMAND(arena_open(&s.scratch, (size_t)256 << 20, &err));
    DEMAND(schema_compile(
        SLICE("{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}"),
        NULL, &s.arena, &meta, &why));
    s.meta = meta;
    while ((entry = readdir(dir))) {
        size_t n = strlen(entry->d_name);

        if (n < 5 || strcmp(entry->d_name + n - 5, ".json") != 0)
            continue;
        s.name = entry->d_name;
        snprintf(path, sizeof(path), "%s/draft2020-12/%s", s.folder, s.name);
        run_file(&s, path);
    }
    closedir(dir);
    arena_close(&s.arena);
    arena_close(&s.scratch);
    printf("1..%d\n# %d wrong\n", s.number, s.failed);
    return s.failed || s.number < LEAST;
}
