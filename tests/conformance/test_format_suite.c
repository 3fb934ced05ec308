/*
 * test_format_suite.c - the JSON Schema Test Suite's formats and regular
 * expressions, asked of format_check() and pattern_find() directly.
 *
 *     test_format_suite [FOLDER]
 *
 * Optional data: skipped with a word where it is not.  Of the schemas only
 * `format`, `pattern` and `patternProperties` are looked at.
 */
#include <dirent.h>
#include <stdio.h>

#include "validate/json/tape.h"
#include "validate/schema/format.h"
#include "validate/schema/pattern.h"

#define FOLDER   "../shared/conformance/json-schema/draft2020-12/optional"
#define FILE_MAX ((size_t)1 << 20)

struct suite {
    struct arena arena;
    struct json_tape tape;
    const char *name;
    int number, failed;
};

static bool matches(struct suite *s, uint32_t pattern, uint32_t text)
{
    struct pattern_problem why;
    struct pattern *p;
    enum pattern_result r;

    if (!pattern_compile(json_string(&s->tape, pattern, &s->arena), &s->arena,
                         &p, &why)) {
        printf("# %.*s at %zu\n", (int)why.words.len, why.words.ptr,
               why.offset);
        return false;
    }
    r = pattern_find(p, json_string(&s->tape, text, &s->arena));
    DEMAND(r != PATTERN_LIMIT);
    pattern_drop(p);
    return r == PATTERN_YES;
}

/* Every member's name matches a pattern, unless others are welcome too. */
static bool names_match(struct suite *s, uint32_t schema, uint32_t patterns,
                        uint32_t data)
{
    const struct json_tape *t = &s->tape;
    uint32_t others = json_member(t, schema, SLICE("additionalProperties"));

    for (uint32_t c = json_first(t, data); c; c = json_next(t, data, c)) {
        bool known = !others;

        for (uint32_t p = json_first(t, patterns); p;
             p = json_next(t, patterns, p)) {
            bool hit = matches(s, p, c);
            uint32_t type = json_member(t, p + 1, SLICE("type"));

            known |= hit;
            if (hit && type && !json_is(t, c + 1, JSON_NUMBER))
                return false;
        }
        if (!known)
            return false;
    }
    return true;
}

static bool valid(struct suite *s, uint32_t schema, uint32_t data)
{
    const struct json_tape *t = &s->tape;
    uint32_t format = json_member(t, schema, SLICE("format"));
    uint32_t pattern = json_member(t, schema, SLICE("pattern"));
    uint32_t names = json_member(t, schema, SLICE("patternProperties"));
    enum format f;

    if (names && json_is(t, data, JSON_OBJECT))
        return names_match(s, schema, names, data);
    if (!json_is(t, data, JSON_STRING))
        return true;
    if (pattern && !matches(s, pattern, data))
        return false;
    if (!format || !format_find(json_string(t, format, &s->arena), &f))
        return true;
    return format_check(f, json_string(t, data, &s->arena), &s->arena) ==
           FORMAT_GOOD;
}

static void run_case(struct suite *s, uint32_t schema, uint32_t test)
{
    const struct json_tape *t = &s->tape;
    uint32_t data = json_member(t, test, SLICE("data"));
    uint32_t want = json_member(t, test, SLICE("valid"));
    struct slice words =
        json_inner(t, json_member(t, test, SLICE("description")));
    size_t mark = arena_mark(&s->arena);
    bool good = valid(s, schema, data) == json_is(t, want, JSON_TRUE);

    printf("%sok %d - %s: %.*s\n", good ? "" : "not ", ++s->number, s->name,
           (int)words.len, words.ptr);
    s->failed += !good;
    arena_rewind(&s->arena, mark);
}

static void run_file(struct suite *s, const char *folder, const char *name)
{
    char path[1024], *bytes = malloc(FILE_MAX);
    struct json_error why;
    size_t mark = arena_mark(&s->arena), n;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "rb");
    DEMAND(f && bytes);
    n = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    s->name = name;
    DEMAND(json_tape_build(slice_of(bytes, n), &s->arena, &s->tape, &why));
    for (uint32_t g = json_first(&s->tape, 0); g;
         g = json_next(&s->tape, 0, g)) {
        uint32_t schema = json_member(&s->tape, g, SLICE("schema"));
        uint32_t tests = json_member(&s->tape, g, SLICE("tests"));

        for (uint32_t c = json_first(&s->tape, tests); c;
             c = json_next(&s->tape, tests, c))
            run_case(s, schema, c);
    }
    arena_rewind(&s->arena, mark);
    free(bytes);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : FOLDER;
    char formats[1024];
    const struct dirent *entry;
    struct suite s = {.number = 0};
    struct err err;
    DIR *dir;

    snprintf(formats, sizeof(formats), "%s/format", folder);
    dir = opendir(formats);
    if (!dir) {
        printf("1..1\nok 1 # skip no JSON Schema Test Suite at %s\n", folder);
        return 0;
    }
    DEMAND(arena_open(&s.arena, (size_t)256 << 20, &err));
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            run_file(&s, formats, entry->d_name);
    closedir(dir);
    run_file(&s, folder, "ecmascript-regex.json");
    run_file(&s, folder, "non-bmp-regex.json");
    arena_close(&s.arena);
    printf("1..%d\n# %d wrong\n", s.number, s.failed);
    return s.failed || s.number < 764;
}
