/*
 * test_golden.c - every sample line, judged, against what it must become.
 *
 * Beside each tests/golden/lines/X stands X.expected: what kind of file it
 * is, and per line what the raw and the text profile make of it.  With
 * GOLDEN_UPDATE=1 the expectations are written instead; review the diff.
 */
#include "importer/stage/flow.h"
#include "tests/find_profile.h"
#include "validate/json/write.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FOLDER   "tests/golden/lines/"
#define ROOM     ((size_t)4 << 20)
#define MAX_LINE ((size_t)1 << 20)

static struct arena arena, lines;
static char *page; /* what is written about one file */
static size_t page_len;

PRINTF_LIKE(1, 2) static void say(const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(page + page_len, ROOM - page_len, fmt, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < ROOM - page_len);
    page_len += (size_t)n;
}

static void quote(const char *what, struct slice text)
{
    struct json_out out;

    if (!text.ptr && !text.len)
        return;
    say("  %s ", what);
    json_out_init(&out, page + page_len, ROOM - page_len);
    json_put_string(&out, text);
    assert_false(out.full);
    page_len += out.len;
    say("\n");
}

static void plain(const char *what, struct slice text)
{
    if (text.len)
        say("  %s %.*s\n", what, (int)text.len, text.ptr);
}

static void put_slice(const char *what, struct slice text)
{
    say("%s%.*s", what, (int)text.len, text.ptr);
}

static void count(const char *what, int64_t n)
{
    if (n == TOKENS_ABSENT)
        say(" %s -", what);
    else
        say(" %s %jd", what, (intmax_t)n);
}

static void tell_reject(const struct judged *j)
{
    const struct verdict *v = &j->verdict;

    put_slice("reject ", fault_key(v->fault));
    say(" at %zu %s\n", v->at, j->in_payload ? "of the payload" : "");
    quote("where", v->where);
    quote("proposal", j->repaired.proposal);
    plain("detail", v->detail);
}

static void tell_raw(const struct judged *j)
{
    const struct envelope *env = &j->env;
    struct slice fixes;

    if (j->kind == JUDGED_BLANK) {
        say("blank\n");
        return;
    }
    if (j->kind == JUDGED_REJECT)
        tell_reject(j);
    else
        put_slice("row ", j->record.json), say("\n");
    put_slice("  ", provider_key(env->provider));
    put_slice(" ", outcome_key(env->outcome));
    say(" http %d%s\n", env->http_status, env->media ? " media" : "");
    if (env->keyed)
        quote("key", env->key);
    plain("model", env->model);
    plain("response", env->response_id);
    plain("finish", env->finish);
    quote("message", env->message);
    say("  tokens");
    count("prompt", env->tokens.prompt);
    count("cached", env->tokens.cached);
    count("output", env->tokens.output);
    count("thinking", env->tokens.thinking);
    say("\n");
    fixes = flow_fixes(j, &arena);
    assert_true((fixes.len > 0) == (flow_fix_mask(j) != 0));
    plain("fixes", fixes);
}

static void tell_text(const struct judged *j)
{
    if (j->kind == JUDGED_ROW) {
        quote("text", j->record.text);
    } else if (j->kind == JUDGED_REJECT) {
        put_slice("  text: ", fault_key(j->verdict.fault));
        say("\n");
    }
}

static void judge_file(struct slice file)
{
    static const char *const sniffs[] = {"results", "empty",    "input", "job",
                                         "error",   "manifest", "page",  "csv",
                                         "binary",  "unknown"};
    struct flow raw = {.arena = &arena}, text = {.arena = &arena};
    static struct judged judged;
    enum sniff sniff;
    struct line_cutter lc;
    struct line line;
    enum line_step step;

    assert_true(find_profile(SLICE("raw"), &raw.profile));
    assert_true(find_profile(SLICE("text"), &text.profile));
    arena_rewind(&arena, 0);
    sniff = envelope_sniff(file, true, &arena);
    say("%s\n", sniffs[sniff]);
    if (sniff != SNIFF_RESULTS)
        return; /* explained; nothing of it loads */
    arena_rewind(&lines, 0);
    assert_true(line_cutter_init(&lc, 0, UINT64_MAX, MAX_LINE, &lines));
    line_feed(&lc, (struct chunk){file, true});
    while ((step = line_next(&lc, &line)) == LINE_READY) {
        say("%ju: ", (uintmax_t)line.ordinal + 1);
        flow_judge(&raw, &line, &judged);
        tell_raw(&judged);
        flow_judge(&text, &line, &judged);
        tell_text(&judged);
    }
    assert_int_equal(step, LINE_DONE);
}

/* The file's bytes, malloced; an absent one is empty. */
static struct slice slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *bytes = malloc(ROOM);
    size_t len;

    assert_non_null(bytes);
    if (!f)
        return slice_of(bytes, 0);
    len = fread(bytes, 1, ROOM, f);
    assert_true(len < ROOM);
    fclose(f);
    return slice_of(bytes, len);
}

static void spill(const char *path)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(page, 1, page_len, f), page_len);
    assert_int_equal(fclose(f), 0);
}

/* True when the page is the expected one; else the first line that is not. */
static bool agree(const char *path, struct slice want)
{
    struct slice got = slice_of(page, page_len);
    size_t n = 1;

    if (slice_eq(got, want))
        return true;
    for (;; n++) {
        struct slice a = slice_take(got, slice_find(got, '\n'));
        struct slice b = slice_take(want, slice_find(want, '\n'));

        if (!slice_eq(a, b) || !got.len || !want.len) {
            print_error("%s.expected:%zu:\n  want %.*s\n  got  %.*s\n", path, n,
                        (int)b.len, b.ptr, (int)a.len, a.ptr);
            return false;
        }
        got = slice_drop(got, a.len + 1);
        want = slice_drop(want, b.len + 1);
    }
}

static bool ends(const char *name, const char *with)
{
    size_t n = strlen(name), m = strlen(with);

    return n >= m && !strcmp(name + n - m, with);
}

static void samples(void **state)
{
    bool update = getenv("GOLDEN_UPDATE") != NULL;
    DIR *dir = opendir(FOLDER);
    struct dirent *entry;
    size_t n = 0, bad = 0;

    (void)state;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char path[600];
        struct slice file, want;

        if (entry->d_name[0] == '.' || ends(entry->d_name, ".expected"))
            continue;
        snprintf(path, sizeof(path), FOLDER "%s", entry->d_name);
        file = slurp(path);
        page_len = 0;
        judge_file(file);
        snprintf(path, sizeof(path), FOLDER "%s.expected", entry->d_name);
        want = slurp(path);
        if (update)
            spill(path);
        else
            bad += !agree(entry->d_name, want);
        n++;
        free((void *)(uintptr_t)file.ptr);
        free((void *)(uintptr_t)want.ptr);
    }
    closedir(dir);
    assert_true(n > 50);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples)};
    struct err err = {0};
    int failed;

    page = malloc(ROOM);
    if (!page || !arena_open(&arena, (size_t)64 << 20, &err) ||
        !arena_open(&lines, (size_t)2 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("golden", tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&lines);
    free(page);
    return failed;
}
