/* test_flow.c - replies of every kind through the whole straight line. */
#include "importer/stage/flow.h"
#include "tests/find_profile.h"
#include "validate/json/check.h"
#include "validate/json/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

static struct arena arena;
static char bytes[ROOM];

/* The Gemini line that holds this reply. */
static struct line line_of(struct slice reply)
{
    struct json_out out;

    json_out_init(&out, bytes, ROOM);
    json_put_raw(&out, SLICE("{\"key\":\"k\",\"response\":{\"candidates\":["
                             "{\"content\":{\"parts\":[{\"text\":"));
    out.comma = false;
    json_put_string(&out, reply);
    out.comma = false;
    json_put_raw(&out, SLICE("}]},\"finishReason\":\"STOP\"}]}}"));
    assert_false(out.full);
    return (struct line){.text = json_out_slice(&out), .closed = true};
}

static struct flow flow_for(const char *profile)
{
    struct flow flow = {.arena = &arena};

    assert_true(
        find_profile(slice_of(profile, strlen(profile)), &flow.profile));
    return flow;
}

/* Reply, then the payload or "!" and the fault; then the rules, a letter
 * each: b BOM, t thinking, p prose, f fence, s string opened, e escape. */
static const struct {
    const char *reply, *want, *rules;
} table[] = {
    /* as it stands */
    {"{\"a\":1}", "{\"a\":1}", ""},
    {" \n[1,2] \t", " \n[1,2] \t", ""},
    {"4", "4", ""},
    {" -1.5e3 ", " -1.5e3 ", ""},
    {"true", "true", ""},
    {"null\n", "null\n", ""},
    {"\"x\"", "\"x\"", ""},
    {"\"say {\\\"a\\\":1}\"", "\"say {\\\"a\\\":1}\"", ""},
    {"[]", "[]", ""},
    {"{}", "{}", ""},
    {"{\"h\":\"</think>{\"}", "{\"h\":\"</think>{\"}", ""},
    {"{\"h\":\"```json\\n{}\\n```\"}", "{\"h\":\"```json\\n{}\\n```\"}", ""},
    /* no JSON */
    {"Paris", "!payload.not_json", ""},
    {"The answer is 42.", "!payload.not_json", ""},
    {"true or false", "!payload.not_json", ""},
    {"42 is it", "!payload.not_json", ""},
    {"1 2", "!payload.not_json", ""},
    {"\"one\" and \"two\"", "!json.syntax", ""},
    {"As shown in [1] and [2].", "!payload.not_json", ""},
    {"[1] Smith et al., 2020", "!payload.not_json", ""},
    {"As shown in [1]\nand in [2]", "!payload.not_json", ""},
    {"See:\n[1] Smith\n[2] Jones", "!payload.not_json", ""},
    {"Use \\frac{a}{b} here", "!payload.not_json", ""},
    {"```python\nprint(1)\n```", "!payload.not_json", ""},
    {"<think>{\"a\":1}", "!payload.not_json", ""},
    {"<think>still", "!payload.not_json", ""},
    {"", "!reply.empty", ""},
    {" \r\n\t ", "!reply.empty", ""},
    /* fences */
    {"```json\n{\"a\":1}\n```", "{\"a\":1}", "ff"},
    {"```\n[1]\n```", "[1]", "ff"},
    {"~~~json\r\n{\"a\":1}\r\n~~~\r\n", "{\"a\":1}", "ff"},
    {"````JSON5 x\n{\"a\":1}\n````", "{\"a\":1}", "ff"},
    {"```json\n{\"a\":1}", "{\"a\":1}", "f"},
    {"{\"a\":1}\n```", "{\"a\":1}", "f"},
    {"```json {\"a\":1}```", "{\"a\":1}", "ff"},
    {"- item\n\n  ```json\n  {\"a\":1}\n  ```\nDone.", "{\"a\":1}", "pffp"},
    {"```json\n42\n```", "42", "ff"},
    {"```\n\"text\"\n```", "\"text\"", "ff"},
    {"```json\n{\"c\":\"```py\\n1\\n```\"}\n```", "{\"c\":\"```py\\n1\\n```\"}",
     "ff"},
    {"```python\nx = 1\n```\n```json\n{\"a\":1}\n```", "{\"a\":1}", "pff"},
    {"```json\n{\"a\":1,}\n```", "{\"a\":1}", "fcf"},
    {"```json\n{'a':1}\n```", "{\"a\":1}", "fqqf"},
    {"```json\n{\"a\":[1,2", "!json.truncated", ""},
    {"```json\n{\"s\":\"C\\C\"}\n```", "{\"s\":\"C\\\\C\"}", "fef"},
    {"```json\n1\n```\n```json\n2\n```", "!json.several", ""},
    /* prose */
    {"json\n{\"a\":1}", "{\"a\":1}", "p"},
    {"Sure! {\"a\":1} Enjoy.", "{\"a\":1}", "pp"},
    {"Result: [1,2]", "[1,2]", "p"},
    {"Result:\n[1,2]\nDone", "[1,2]", "pp"},
    {"List [{\"a\":1}] ok", "[{\"a\":1}]", "pp"},
    {"Cited [1]:\n{\"a\":[1]}", "{\"a\":[1]}", "p"},
    {"\\frac{1}{2}: {\"a\":1}", "{\"a\":1}", "p"},
    {"{\"a\":1}\n\nNote: x", "{\"a\":1}", "p"},
    {"The answer is: []", "[]", "p"},
    {"Empty {} then {\"a\":1}", "{\"a\":1}", "p"},
    {"Here: {\"s\":\"\\C{\"}", "{\"s\":\"\\\\C{\"}", "pe"},
    {"Here: {\"items\":[{\"x\":1},]}", "{\"items\":[{\"x\":1}]}", "pc"},
    {"Here: {'a': {\"b\":1}}", "{\"a\": {\"b\":1}}", "pqq"},
    {"{'a': {\"b\":1}}", "{\"a\": {\"b\":1}}", "qq"},
    {"Here: {\"a\":1", "!json.truncated", ""},
    {"{\"a\":1}{\"a\":2}", "!json.several", ""},
    {"{\"a\":1}\n{\"a\":2}\n", "!json.several", ""},
    {"Either {\"a\":1} or {\"a\":2}", "!json.several", ""},
    {"{\"a\":1} {\"b\":", "!json.several", ""},
    {"// c\n{\"a\":1 /* c */}", "\n{\"a\":1 }", "//"},
    /* thinking */
    {"<think>Hm {\"x\":1}</think>{\"a\":1}", "{\"a\":1}", "t"},
    {"<think>a</think>\n<think>b</think>\n\n[1]", "[1]", "t"},
    {"Hm, {\"x\":0}?\n</think>\n{\"a\":1}", "{\"a\":1}", "t"},
    {"Hm\n</think>\n```json\n{\"a\":1}\n```", "{\"a\":1}", "tff"},
    {"<think>x</think>42", "42", "t"},
    {"<|channel|>final<|message|>{\"a\":1}", "{\"a\":1}", "t"},
    {"<|channel|>analysis<|message|>{\"x\":1}<|end|><|start|>assistant"
     "<|channel|>final <|constrain|>json<|message|>{\"a\":1}<|return|>",
     "{\"a\":1}", "tt"},
    {"\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}", "b"},
    {"\xEF\xBB\xBF<think>x</think>Look:\n```\n{\"a\":1}\n```\nbye", "{\"a\":1}",
     "btpffp"},
    /* JSON in a string */
    {"\"{\\\"a\\\":1}\"", "{\"a\":1}", "s"},
    {"\" [1] \"", " [1] ", "s"},
    {"```json\n\"{\\\"a\\\":1}\"\n```", "{\"a\":1}", "ffs"},
    {"\"{\\\"a\\\":\\\"\\\\c\\\"}\"", "{\"a\":\"\\\\c\"}", "se"},
    {"\"[see below]\"", "\"[see below]\"", ""},
    {"\"{\\\"a\\\":\"", "\"{\\\"a\\\":\"", ""},
    {"\"42\"", "\"42\"", ""},
    /* policy */
    {"{\"a\":1e999}", "!json.number_range", ""},
    {"{\"a\":\"\\u0000\"}", "{\"a\":\"\xEF\xBF\xBD\"}", "N"},
    {"{\"a\":\"\\ud800\"}", "{\"a\":\"\xEF\xBF\xBD\"}", "S"},
};

static void rules_of(const struct judged *j, char *out)
{
    static const char letters[REPAIR_RULE_COUNT] = {
        [REPAIR_ESCAPE_DOUBLED] = 'e',  [REPAIR_FENCE_REMOVED] = 'f',
        [REPAIR_PROSE_REMOVED] = 'p',   [REPAIR_THINK_REMOVED] = 't',
        [REPAIR_BOM_REMOVED] = 'b',     [REPAIR_STRING_OPENED] = 's',
        [REPAIR_NUL_REPLACED] = 'N',    [REPAIR_SURROGATE_REPLACED] = 'S',
        [REPAIR_COMMA_TRAILING] = 'c',  [REPAIR_QUOTE_REPLACED] = 'q',
        [REPAIR_COMMENT_REMOVED] = '/',
    };

    for (uint32_t i = 0; i < j->repaired.n_edits; i++)
        *out++ = letters[j->repaired.edits[i].rule];
    *out = '\0';
}

/* Edits quote the reply, in its order, and do not overlap. */
static void is_accounted(const struct judged *j)
{
    const struct repaired *r = &j->repaired;
    struct slice whole = j->payload.whole;
    size_t end = 0;

    for (uint32_t i = 0; i < r->n_edits; i++) {
        const struct repair_edit *e = &r->edits[i];

        assert_true(e->at + e->before.len <= whole.len);
        assert_true(e->at >= end || e->rule == REPAIR_STRING_OPENED);
        assert_ptr_equal(e->before.ptr, whole.ptr + e->at);
        end = e->at + e->before.len;
        if (e->rule == REPAIR_STRING_OPENED)
            break; /* the rest quotes the string's text */
    }
}

static void replies(void **state)
{
    struct flow flow = flow_for("raw");
    struct judged j;

    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        const char *reply = table[i].reply, *want = table[i].want;
        struct line line = line_of(slice_of(reply, strlen(reply)));
        char rules[32];
        struct slice got;

        flow_judge(&flow, &line, &j);
        assert_int_not_equal(j.kind, JUDGED_BLANK);
        got = j.kind == JUDGED_ROW ? j.record.json : fault_key(j.verdict.fault);
        if ((j.kind == JUDGED_REJECT) != (*want == '!') ||
            !slice_eq(got, slice_of(want + (*want == '!'),
                                    strlen(want + (*want == '!'))))) {
            print_error("%s: got %.*s, want %s\n", reply, (int)got.len, got.ptr,
                        want);
            fail();
        }
        if (j.kind == JUDGED_REJECT)
            continue;
        rules_of(&j, rules);
        if (strcmp(rules, table[i].rules))
            print_error("%s\n", reply);
        assert_string_equal(rules, table[i].rules);
        is_accounted(&j);
        assert_int_equal(json_check(j.record.json).code, JSON_OK);
        if (*rules) {
            struct slice fixes = flow_fixes(&j, &arena);

            assert_int_equal(json_check(fixes).code, JSON_OK);
            assert_int_not_equal(flow_fix_mask(&j), 0);
        } else {
            assert_int_equal(flow_fix_mask(&j), 0);
            assert_int_equal(flow_fixes(&j, &arena).len, 0);
        }
    }
}

/* A place in the payload is a place in the reply, packaging included. */
static void places(void **state)
{
    static const struct {
        const char *reply;
        size_t at;
    } rows[] = {
        {"```json\n{\"a\":nope}\n```", 13},
        {"<think>x</think>Hi {\"a\":\"\\c\",,}", 28},
        {"Hi {\"a\":1e999}", 8},
        {"{\"a\":1} {\"b\":2}", 8},
        {"Here: {'a': {\"b\":1},,}", 19},
    };
    struct flow flow = flow_for("raw");
    struct judged j;

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct line line =
            line_of(slice_of(rows[i].reply, strlen(rows[i].reply)));

        flow_judge(&flow, &line, &j);
        assert_int_equal(j.kind, JUDGED_REJECT);
        assert_true(j.in_payload);
        if (j.verdict.at != rows[i].at)
            print_error("%s\n", rows[i].reply);
        assert_int_equal(j.verdict.at, rows[i].at);
    }
}

/* Two candidates; the reject, if any, speaks of the first. */
static void candidates(void **state)
{
    static const struct {
        const char *parts[2];
        enum fault fault;
        const char *want; /* the payload, or the reply that is told of */
    } rows[] = {
        {{"prose", "{\\\"a\\\":1}"}, FAULT_NONE, "{\"a\":1}"},
        {{"prose", "{\\\"a\\\":"}, FAULT_PAYLOAD_NOT_JSON, "prose"},
        {{"{\\\"a\\\":", "prose"}, FAULT_JSON_TRUNCATED, "{\"a\":"},
        {{"```\\n[1", "[1,,]"}, FAULT_JSON_TRUNCATED, "```\n[1"},
        {{"  ", "[1,,]"}, FAULT_REPLY_EMPTY, NULL},
    };
    struct flow flow = flow_for("raw");
    struct judged j;

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        int len =
            snprintf(bytes, ROOM,
                     "{\"key\":1,\"response\":{\"candidates\":[{\"content\":{"
                     "\"parts\":{\"text\":\"%s\"}}},{\"index\":1,\"content\":{"
                     "\"parts\":{\"text\":\"%s\"}}}]}}",
                     rows[i].parts[0], rows[i].parts[1]);
        struct line line = {.text = slice_of(bytes, (size_t)len)};
        struct slice got;

        flow_judge(&flow, &line, &j);
        assert_int_equal(j.verdict.fault, rows[i].fault);
        got = j.kind == JUDGED_ROW ? j.record.json : j.payload.whole;
        if (rows[i].want)
            assert_true(
                slice_eq(got, slice_of(rows[i].want, strlen(rows[i].want))));
        else
            assert_int_equal(j.env.outcome, OUTCOME_EMPTY);
        assert_int_equal(j.answer != NULL, rows[i].want != NULL);
    }
}

/* Nothing of one line shows in the next. */
static void nothing_stays(void **state)
{
    static const char *const others[] = {
        "  ", "broken", "{\"key\":\"a\",\"error\":{\"code\":13}}"};
    struct flow flow = flow_for("raw");
    struct judged j;

    (void)state;
    for (size_t i = 0; i < countof(others); i++) {
        struct line line = line_of(SLICE("```\n{\"a\":\"\\c\"}\n```"));

        flow_judge(&flow, &line, &j);
        assert_int_not_equal(flow_fix_mask(&j), 0);
        line = (struct line){.text = slice_of(others[i], strlen(others[i]))};
        flow_judge(&flow, &line, &j);
        assert_int_equal(flow_fix_mask(&j), 0);
        assert_null(j.answer);
        assert_null(j.payload.whole.ptr);
        assert_int_equal(j.record.json.len, 0);
        assert_int_equal(j.in_payload, false);
    }
}

static void fixes_are_told(void **state)
{
    struct flow flow = flow_for("raw");
    struct line line = line_of(SLICE("x:\n```\n{\"a\":\"\\c\"}\n```"));
    struct slice want = SLICE(
        "[{\"rule\":\"prose.removed\",\"class\":\"lossless\",\"pointer\":\"\","
        "\"offset\":0,\"before\":\"x:\\n\",\"after\":\"\"},"
        "{\"rule\":\"fence.removed\",\"class\":\"lossless\",\"pointer\":\"\","
        "\"offset\":3,\"before\":\"```\\n\",\"after\":\"\"},"
        "{\"rule\":\"escape.doubled\",\"class\":\"lossless\","
        "\"pointer\":\"/a\",\"offset\":13,\"before\":\"\\\\\","
        "\"after\":\"\\\\\\\\\"},"
        "{\"rule\":\"fence.removed\",\"class\":\"lossless\",\"pointer\":\"\","
        "\"offset\":17,\"before\":\"\\n```\",\"after\":\"\"}]");
    struct judged j;
    struct slice got;

    (void)state;
    flow_judge(&flow, &line, &j);
    got = flow_fixes(&j, &arena);
    if (!slice_eq(got, want))
        print_error("%.*s\n", (int)got.len, got.ptr);
    assert_true(slice_eq(got, want));
    assert_int_equal(flow_fix_mask(&j), 1 << REPAIR_ESCAPE_DOUBLED |
                                            1 << REPAIR_FENCE_REMOVED |
                                            1 << REPAIR_PROSE_REMOVED);
}

/* A random JSON value, at most `depth` deep, appended to out. */
static void put_value(struct json_out *out, unsigned depth, uint32_t *seed)
{
    static const char *const leaves[] = {"0",
                                         "-1.50",
                                         "1e5",
                                         "null",
                                         "true",
                                         "false",
                                         "\"\"",
                                         "{ }",
                                         "[\n]",
                                         "\"\\u00e9\\n\"",
                                         "\"```\"",
                                         "\"<think>\"",
                                         "\"\xC3\xA9 {[\"",
                                         "12345678901234567890"};
    uint32_t dice = *seed = *seed * 1103515245u + 12345u;
    const char *leaf;

    dice >>= 16;
    if (depth && dice % 3) {
        bool object = dice % 3 == 1;

        json_put_open(out, object ? '{' : '[');
        for (uint32_t n = dice / 3 % 4; n; n--) {
            if (object)
                json_put_key(out, SLICE("a\\b"));
            put_value(out, depth - 1, seed);
        }
        json_put_close(out, object ? '}' : ']');
        return;
    }
    leaf = leaves[dice / 3 % countof(leaves)];
    json_put_raw(out, slice_of(leaf, strlen(leaf)));
}

/* Sound payloads leave as they came, byte for byte, without an edit. */
static void identity(void **state)
{
    static char text[1 << 16];
    struct flow flow = flow_for("raw");
    struct judged j;

    (void)state;
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t seed = i;
        struct json_out out;
        struct slice value;
        struct line line;

        json_out_init(&out, text, sizeof(text));
        put_value(&out, 5, &seed);
        assert_false(out.full);
        value = json_out_slice(&out);
        line = line_of(value);
        flow_judge(&flow, &line, &j);
        if (j.kind != JUDGED_ROW || !slice_eq(j.record.json, value))
            print_error("%.*s\n", (int)value.len, value.ptr);
        assert_int_equal(j.kind, JUDGED_ROW);
        assert_true(slice_eq(j.record.json, value));
        assert_int_equal(flow_fix_mask(&j), 0);
    }
}

/* With ever more memory the answer is line.memory until it is the right
 * one; what flow.h asks for is enough. */
static void little_memory(void **state)
{
    static const char *const lines[] = {
        "{\"key\":\"k\\n\",\"error\":\"x {\\\"message\\\":\\\"y\\\\n\\\"}\"}",
        "{\"key\":\"k\",\"response\":{\"candidates\":[{\"content\":{\"parts\":"
        "[{\"text\":\"Hi \"},{\"text\":\"{\\\"a\\\\\\\\n\\\":\\\"\\\\F\\\"}\""
        "}]}}]}}",
        "{\"custom_id\":\"k\",\"response\":{\"status_code\":200,\"body\":{"
        "\"data\":[{\"embedding\":[1]},{\"embedding\":\"AACAPg==\"}]}}}",
        "{\"recordId\":\"k\\t\",\"modelOutput\":{\"generation\":"
        "\"\\\"{\\\\\\\"a\\\\\\\":1}\\\"\"}}",
        "{\"key\":\"\\u0041\",\"response\":\"\\ud800\"}",
    };
    struct flow flow = flow_for("raw");
    struct judged j, full;

    (void)state;
    for (size_t i = 0; i < countof(lines); i++) {
        struct line line = {.text = slice_of(lines[i], strlen(lines[i]))};

        flow_judge(&flow, &line, &full);
        for (size_t cap = 64;; cap += 8) {
            struct arena small;
            struct err err = {0};

            assert_true(arena_open(&small, cap, &err));
            flow.arena = &small;
            flow_judge(&flow, &line, &j);
            flow.arena = &arena;
            assert_true(j.kind == JUDGED_REJECT || j.kind == full.kind);
            if (j.kind == full.kind && j.verdict.fault == full.verdict.fault &&
                j.verdict.where.len == full.verdict.where.len &&
                j.env.keyed == full.env.keyed) {
                arena_close(&small);
                break;
            }
            if (j.kind == full.kind && j.verdict.fault == full.verdict.fault) {
                arena_close(&small); /* only words are missing */
                continue;
            }
            assert_int_equal(j.verdict.fault, FAULT_LINE_MEMORY);
            assert_true(cap <
                        line.text.len * FLOW_ARENA_PER_BYTE + FLOW_ARENA_MIN);
            arena_close(&small);
        }
    }
}

/* The worst line for the arena: nothing but invalid escapes. */
static void worst_line(void **state)
{
    static char reply[200000];
    struct flow flow = flow_for("raw");
    struct arena small;
    struct err err = {0};
    struct line line;
    struct judged j;

    (void)state;
    for (size_t i = 1; i < sizeof(reply) - 1; i += 2)
        memcpy(reply + i, "\\F", 2);
    reply[0] = reply[sizeof(reply) - 1] = '"';
    line = line_of(slice_of(reply, sizeof(reply)));
    assert_true(
        arena_open(&small, line.text.len * FLOW_ARENA_PER_BYTE + 4096, &err));
    flow.arena = &small;
    flow_judge(&flow, &line, &j);
    assert_int_equal(j.kind, JUDGED_ROW);
    assert_true(j.repaired.n_edits > 99000);
    arena_close(&small);
}

/* --- what columns take from the line -------------------------------------- */

#define WORD(name)   "\"" name "\":{\"type\":\"text\",\"from\":\"" name "\"}"
#define NUMBER(name) "\"" name "\":{\"type\":\"int8\",\"from\":\"" name "\"}"

static void columns_of_the_line(void **state)
{
    static const char profile[] =
        "{\"x-decant\":{\"table\":\"t\",\"columns\":{" WORD("key") "," WORD("provider") "," WORD("model") "," WORD("response_id") "," WORD("outcome") "," WORD("finish_reason") "," WORD(
            "text") "," NUMBER("source") "," NUMBER("offset") "," NUMBER("http_status") "," NUMBER("prompt_tokens") "," NUMBER("cached_tokens") "," NUMBER("output_tokens") "," NUMBER("attempt") "}}}";
    static const char text[] =
        "{\"custom_id\":\"k\",\"response\":{\"status_code\":200,\"body\":{"
        "\"id\":\"r-1\",\"object\":\"chat.completion\",\"model\":\"m\","
        "\"choices\":[{\"index\":0,\"message\":{\"content\":\" {}\"},"
        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,"
        "\"completion_tokens\":4}}}}";
    static const char *const words[] = {"k",  "openai", "m",  "r-1",
                                        "ok", "stop",   " {}"};
    static const int64_t numbers[] = {9, 77, 200, 3, -1, 4, 1};
    struct profile_source source = {.text =
                                        slice_of(profile, sizeof(profile) - 1)};
    struct line line = {
        .text = slice_of(text, sizeof(text) - 1), .offset = 77, .closed = true};
    struct flow flow = {.arena = &arena, .source = 9};
    struct profile_problem why;
    struct judged judged;
    struct arena kept;
    struct err err;

    (void)state;
    assert_true(arena_open(&kept, ROOM, &err));
    assert_true(profile_parse(&source, &kept, &flow.profile, &why));
    flow_judge(&flow, &line, &judged);
    assert_int_equal(judged.kind, JUDGED_ROW);
    assert_int_equal(judged.record.n_rows, 1);
    for (size_t i = 0; i < countof(words); i++)
        assert_true(slice_eq(judged.record.values[i].as.text,
                             slice_of(words[i], strlen(words[i]))));
    for (size_t i = 0; i < countof(numbers); i++) {
        const struct value *v = &judged.record.values[countof(words) + i];

        assert_int_equal(v->null, numbers[i] < 0);
        assert_true(v->null || v->as.integer == numbers[i]);
    }
    arena_close(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(replies),
                                       cmocka_unit_test(places),
                                       cmocka_unit_test(candidates),
                                       cmocka_unit_test(nothing_stays),
                                       cmocka_unit_test(fixes_are_told),
                                       cmocka_unit_test(identity),
                                       cmocka_unit_test(little_memory),
                                       cmocka_unit_test(worst_line),
                                       cmocka_unit_test(columns_of_the_line)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)64 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("flow", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
