/*
 * test_envelope.c - what the samples of tests/golden do not show: keys of
 * every kind, marks, order of members and of candidates, odd counts.
 */
#include "importer/stage/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NONE (-1) /* tokens */

static struct arena arena;

static struct verdict open_line(const char *text, struct envelope *env)
{
    struct line line = {.text = slice_of(text, strlen(text))};

    arena_rewind(&arena, 0);
    return envelope_open(&line, &arena, env);
}

static void is(const char *line, struct slice got, const char *want)
{
    if (!slice_eq(got, slice_of(want, strlen(want))))
        print_error("%s: got \"%.*s\", want \"%s\"\n", line, (int)got.len,
                    got.ptr, want);
    assert_true(slice_eq(got, slice_of(want, strlen(want))));
}

#define TEXT     "\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}]}}]"
#define RESPONSE "\"response\":{" TEXT "}"
#define BODY     "\"choices\":[{\"message\":{\"content\":\"x\"}}]"
#define CHAT     "\"response\":{\"status_code\":200,\"body\":{" BODY "}}"

static const struct {
    const char *line;
    const char *provider;
    const char *key; /* NULL: not keyed */
} keys[] = {
    {"{\"key\":\"a\"," RESPONSE "}", "gemini", "a"},
    {"{" RESPONSE ",\"key\":\"a\"}", "gemini", "a"},
    {"{\"key\":\"\\u00e9\\n\"," RESPONSE "}", "gemini", "\xC3\xA9\n"},
    {"{\"k\\u0065y\":\"a\"," RESPONSE "}", "gemini", "a"},
    {"{\"key\":\"\"," RESPONSE "}", "gemini", ""},
    {"{\"key\":0012," RESPONSE "}", "unknown", NULL},
    {"{\"x\":[1,{}],\"key\":\"a\\n\",\"y\":", "unknown", "a\n"},
    {"{\"r\":\"\\ud800\",\"custom_id\":7,", "unknown", "7"},
    {"{\"key\":null,\"y\":", "unknown", NULL},
    {"{\"key\":\"\\ud800\",\"y\":", "unknown", NULL},
    {"{\"x\":\"\n\",\"key\":\"a\"}", "unknown", NULL},
    {"{\"key\":1.50e1," RESPONSE "}", "gemini", "1.50e1"},
    {"{\"key\":true," RESPONSE "}", "gemini", "true"},
    {"{\"key\":null," RESPONSE "}", "gemini", NULL},
    {"{\"key\":\"a\",\"key\":\"b\"," RESPONSE "}", "gemini", "b"},
    {"{\"key\":\"a\",\"key\":null," RESPONSE "}", "gemini", NULL},
    {"{\"key\":\"a\",\"metadata\":{\"key\":\"m\"}," RESPONSE "}", "gemini",
     "a"},
    {"{\"metadata\":{\"x\":1,\"key\":\"m\"}," RESPONSE "}", "gemini", "m"},
    {"{\"metadata\":{}," RESPONSE "}", "gemini", NULL},
    {"{\"status\":\"\",\"request\":{}," RESPONSE "}", "vertex", NULL},
    {"{\"status\":\"\",\"request\":{},\"id\":5," RESPONSE "}", "vertex", "5"},
    {"{\"status\":\"\",\"request\":{\"labels\":{\"a\":\"v\"}}," RESPONSE "}",
     "vertex", "v"},
    {"{\"status\":\"\",\"request\":{\"labels\":{\"a\":\"v\",\"row\":\"r\"}}," RESPONSE
     "}",
     "vertex", "r"},
    {"{\"status\":\"\",\"request\":{\"labels\":{\"a\":\"v\",\"b\":\"r\"}}," RESPONSE
     "}",
     "vertex", NULL},
    {"{\"custom_id\":\"a\"," CHAT "}", "openai", "a"},
    {"{" CHAT "}", "openai", NULL},
    {"{\"id\":\"br_1\",\"custom_id\":\"a\"," CHAT "}", "together", "a"},
    {"{\"id\":\"vllm-1\",\"custom_id\":\"a\"," CHAT "}", "vllm", "a"},
    {"{\"id\":\"batch-1\",\"custom_id\":\"a\"," CHAT "}", "mistral", "a"},
    {"{\"id\":\"batch-1\",\"custom_id\":\"a\",\"response\":{\"request_id\":"
     "\"r\",\"status_code\":200,\"body\":{" BODY "}}}",
     "openai", "a"},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"x_groq\":{}," BODY "}}}",
     "groq", "a"},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"usage\":{\"queue_time\":"
     "0.1}," BODY "}}}",
     "groq", "a"},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"prompt_filter_results\":"
     "[]," BODY "}}}",
     "azure", "a"},
    {"{\"custom_id\":\"a\",\"response\":{" BODY "}}", "fireworks", "a"},
    {"{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\",\"message\":"
     "{\"content\":[{\"text\":\"x\",\"type\":\"text\"}]}}}",
     "anthropic", "a"},
    {"{\"batch_result\":{\"response\":{\"chat_get_completion\":{" BODY
     "}}},\"batch_request_id\":\"a\"}",
     "xai", "a"},
    {"{\"recordId\":\"a\",\"modelOutput\":{\"generation\":\"x\"}}", "bedrock",
     "a"},
    {"{\"recordId\":\"a\",\"modelOutput\":{\"outputs\":[{\"text\":\"x\"}]}}",
     "bedrock", "a"},
    {"{\"recordId\":\"a\",\"modelOutput\":{" BODY "}}", "bedrock", "a"},
};

static void whose(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(keys); i++) {
        struct envelope env;
        struct verdict v = open_line(keys[i].line, &env);

        is(keys[i].line, provider_key(env.provider), keys[i].provider);
        if (env.keyed != (keys[i].key != NULL))
            print_error("%s\n", keys[i].line);
        assert_int_equal(env.keyed, keys[i].key != NULL);
        if (keys[i].key)
            is(keys[i].line, env.key, keys[i].key);
        assert_int_equal(v.fault == FAULT_NONE,
                         env.provider != PROVIDER_UNKNOWN);
        if (v.fault == FAULT_NONE)
            assert_true(env.n_answers > 0);
    }
}

/* Outcome, fault and words of lines without an answer. */
static const struct {
    const char *line, *outcome, *fault, *message, *where;
} ends[] = {
    {"[1]", "malformed", "envelope.unknown", "JSON, but not an object", ""},
    {"{}", "malformed", "envelope.unknown",
     "an object without any member that a result has", ""},
    {"nonsense", "malformed", "envelope.syntax", "", ""},
    {"{\"key\":\"a\",\"response\":\"s\"}", "malformed", "envelope.unknown",
     "a response that is not an object", "/response"},
    {"{\"custom_id\":\"a\"}", "malformed", "envelope.unknown",
     "no response and no error", ""},
    {"{\"custom_id\":\"a\",\"response\":{\"x\":1}}", "malformed",
     "envelope.unknown", "a body of no known shape", "/response"},
    {"{\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":{}}}",
     "malformed", "envelope.unknown", "a body of no known shape",
     "/response/body"},
    {"{\"custom_id\":\"a\",\"body\":{},\"url\":\"/\",\"method\":\"POST\"}",
     "malformed", "envelope.unknown",
     "a request for the OpenAI batch API, not a result", ""},
    {"{\"custom_id\":\"a\",\"response\":{\"status_code\":\"503\",\"body\":"
     "\"x\"}}",
     "error_retryable", "provider.retryable", "x", "/response/body"},
    {"{\"custom_id\":\"a\",\"response\":{\"status_code\":408}}",
     "error_retryable", "provider.retryable", "", ""},
    {"{\"custom_id\":\"a\",\"response\":{\"status_code\":451}}",
     "error_permanent", "provider.permanent", "", ""},
    {"{\"key\":\"a\",\"error\":{\"code\":5}}", "error_permanent",
     "provider.permanent", "", "/error"},
    {"{\"key\":\"a\",\"error\":{\"code\":14}}", "error_retryable",
     "provider.retryable", "", "/error"},
    {"{\"key\":\"a\",\"error\":{\"code\":10}}", "error_retryable",
     "provider.retryable", "", "/error"},
    {"{\"key\":\"a\",\"error\":{\"code\":409}}", "error_retryable",
     "provider.retryable", "", "/error"},
    {"{\"key\":\"a\",\"error\":{\"status\":\"UNAVAILABLE\"}}",
     "error_retryable", "provider.retryable", "", "/error"},
    {"{\"custom_id\":\"a\",\"error\":{\"code\":\"batch_expired\"},"
     "\"response\":{\"status_code\":500}}",
     "expired", "provider.expired", "", "/error"},
    {"{\"recordId\":\"a\",\"error\":{\"expired\":true,\"errorCode\":400}}",
     "expired", "provider.expired", "", "/error"},
    {"{\"custom_id\":\"a\",\"error\":{\"error\":{\"error\":{\"message\":"
     "\"deep\"}}}}",
     "error_permanent", "provider.permanent", "deep", "/error"},
    {"{\"status\":\"Oops: {not json\",\"request\":{}}", "error_permanent",
     "provider.permanent", "Oops: {not json", "/status"},
    {"{\"custom_id\":\"a\",\"response\":{\"choices\":[{\"message\":{"
     "\"content\":\"part\",\"refusal\":\"no\"}}]}}",
     "refused", "reply.refused", "no", "/response/choices/0"},
    {"{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\",\"message\":{"
     "\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"stop_reason\":"
     "\"refusal\",\"stop_details\":{\"explanation\":\"e\",\"category\":\"c\"}"
     "}}}",
     "refused", "reply.refused", "e", "/result/message/stop_reason"},
    {"{\"key\":\"a\",\"response\":{\"candidates\":[{\"finishReason\":"
     "\"OTHER\"}]}}",
     "refused", "reply.refused", "", "/response/candidates/0/finishReason"},
    {"{\"key\":\"a\",\"response\":{\"candidates\":[{\"finishReason\":"
     "\"NEW\"}]}}",
     "empty", "reply.empty", "", "/response/candidates/0/finishReason"},
    {"{\"key\":\"a\",\"response\":{\"candidates\":[{\"content\":{\"parts\":["
     "{\"text\":\"t\",\"thought\":true},{\"inlineData\":{}}]},"
     "\"finishReason\":\"MAX_TOKENS\"}]}}",
     "truncated", "payload.media", "", "/response/candidates/0/finishReason"},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"data\":[]}}}", "empty",
     "reply.empty", "no embedding", "/response/body/data"},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"data\":[{\"embedding\":"
     "[]}]}}}",
     "empty", "reply.empty", "an embedding without numbers",
     "/response/body/data/0/embedding"},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"data\":[{\"embedding\":"
     "\"AACAPg\"}]}}}",
     "ok", "ok", "", ""},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"data\":[{\"embedding\":"
     "\"AADAfw==\"}]}}}",
     "malformed", "envelope.unknown",
     "an embedding that is not base64 of float32",
     "/response/body/data/0/embedding"},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"data\":[{\"b64_json\":"
     "\"AA\"}]}}}",
     "ok", "payload.media", "an embedding without numbers",
     "/response/body/data"},
};

static void how_it_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(ends); i++) {
        struct envelope env;
        struct verdict v = open_line(ends[i].line, &env);

        is(ends[i].line, outcome_key(env.outcome), ends[i].outcome);
        is(ends[i].line, fault_key(v.fault), ends[i].fault);
        is(ends[i].line, env.message, ends[i].message);
        is(ends[i].line, v.where, ends[i].where);
        assert_int_equal(env.n_answers > 0, v.fault == FAULT_NONE);
    }
}

static const struct {
    const char *line;
    struct tokens want;
} counts[] = {
    {"{\"key\":1,\"response\":{" TEXT "}}", {NONE, NONE, NONE, NONE}},
    {"{\"key\":1,\"response\":{" TEXT ",\"usageMetadata\":{}}}",
     {NONE, NONE, NONE, NONE}},
    {"{\"key\":1,\"response\":{" TEXT ",\"usageMetadata\":{"
     "\"promptTokenCount\":0,\"thoughtsTokenCount\":7}}}",
     {0, NONE, 7, 7}},
    {"{\"key\":1,\"response\":{" TEXT ",\"usageMetadata\":{"
     "\"promptTokenCount\":\"12\",\"toolUsePromptTokenCount\":3,"
     "\"candidatesTokenCount\":4,\"thoughtsTokenCount\":7,"
     "\"cachedContentTokenCount\":2}}}",
     {15, 2, 11, 7}},
    {"{\"key\":1,\"response\":{" TEXT ",\"usageMetadata\":{"
     "\"promptTokenCount\":1.5,\"candidatesTokenCount\":-4}}}",
     {NONE, NONE, NONE, NONE}},
    {"{\"custom_id\":1,\"response\":{\"body\":{" BODY ",\"usage\":{"
     "\"prompt_tokens\":9,\"completion_tokens\":5,\"cached_tokens\":4,"
     "\"reasoning_tokens\":3}}}}",
     {9, 4, 5, 3}},
    {"{\"custom_id\":1,\"response\":{\"body\":{" BODY ",\"usage\":null}}}",
     {NONE, NONE, NONE, NONE}},
    {"{\"batch_result\":{\"response\":{\"chat_get_completion\":{" BODY
     ",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,"
     "\"completion_tokens_details\":{\"reasoning_tokens\":3}}}}}}",
     {9, NONE, 8, 3}},
    {"{\"custom_id\":1,\"result\":{\"message\":{\"content\":[{\"type\":"
     "\"text\",\"text\":\"x\"}],\"usage\":{\"input_tokens\":1,"
     "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":300,"
     "\"output_tokens\":5}}}}",
     {321, 300, 5, NONE}},
    {"{\"recordId\":1,\"modelOutput\":{\"output\":{\"message\":{\"content\":["
     "{\"text\":\"x\"}]}},\"usage\":{\"inputTokens\":1,\"outputTokens\":2,"
     "\"cacheReadInputTokens\":10}}}",
     {11, 10, 2, NONE}},
};

static void tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(counts); i++) {
        const struct tokens *want = &counts[i].want;
        struct envelope env;

        assert_int_equal(open_line(counts[i].line, &env).fault, FAULT_NONE);
        if (memcmp(&env.tokens, want, sizeof(*want)))
            print_error("%s\n", counts[i].line);
        assert_int_equal(env.tokens.prompt, want->prompt);
        assert_int_equal(env.tokens.cached, want->cached);
        assert_int_equal(env.tokens.output, want->output);
        assert_int_equal(env.tokens.thinking, want->thinking);
    }
}

/* Answers in the order they are tried: "text:outcome" each. */
static const struct {
    const char *line, *want;
} orders[] = {
    {"{\"key\":1,\"response\":{\"candidates\":["
     "{\"index\":2,\"content\":{\"parts\":[{\"text\":\"c\"}]}},"
     "{\"index\":1,\"content\":{\"parts\":[{\"text\":\"b\"}]},"
     "\"finishReason\":\"MAX_TOKENS\"},"
     "{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":"
     "\"SAFETY\"},{\"index\":3,\"content\":{\"parts\":{\"text\":\"d\"}}}]}}",
     "c:ok d:ok b:truncated "},
    {"{\"key\":1,\"response\":{\"candidates\":["
     "{\"index\":1,\"content\":{\"parts\":[{\"text\":\"b\"}]}},"
     "{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}}",
     "a:ok b:ok "},
    {"{\"custom_id\":1,\"response\":{\"choices\":["
     "{\"index\":1,\"message\":{\"content\":\"b\"}},"
     "{\"index\":0,\"message\":{\"content\":[{\"type\":\"thinking\","
     "\"text\":\"no\"},{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\","
     "\"text\":\"2\"}]}}]}}",
     "a2:ok b:ok "},
    {"{\"custom_id\":1,\"response\":{\"body\":{\"status\":\"incomplete\","
     "\"incomplete_details\":{\"reason\":\"max_output_tokens\"},\"output\":["
     "{\"type\":\"message\",\"status\":\"completed\",\"content\":[{\"type\":"
     "\"output_text\",\"text\":\"a\"}]},{\"type\":\"message\",\"status\":"
     "\"incomplete\",\"content\":[{\"type\":\"output_text\",\"text\":\"b\"}]}"
     "]}}}",
     "a:ok b:truncated ab:truncated "},
    {"{\"custom_id\":1,\"response\":{\"body\":{\"status\":\"completed\","
     "\"output\":[{\"type\":\"reasoning\"},{\"type\":\"web_search_call\"},"
     "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":"
     "\"a\"}]}]}}}",
     "a:ok "},
};

static void order(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(orders); i++) {
        struct envelope env;
        char got[128];
        size_t len = 0;

        assert_int_equal(open_line(orders[i].line, &env).fault, FAULT_NONE);
        for (uint32_t a = 0; a < env.n_answers; a++) {
            const struct answer *answer = &env.answers[a];
            struct slice key = outcome_key(answer->outcome);

            for (uint32_t p = 0; p < answer->n_parts; p++) {
                struct slice s = json_inner(&env.tape, answer->parts[p]);

                memcpy(got + len, s.ptr, s.len);
                len += s.len;
            }
            got[len++] = ':';
            memcpy(got + len, key.ptr, key.len);
            len += key.len;
            got[len++] = ' ';
            assert_int_equal(answer->whole, a == 2 && i == 3);
        }
        is(orders[i].line, slice_of(got, len), orders[i].want);
        assert_int_equal(env.outcome, env.answers[0].outcome);
    }
}

static const struct {
    const char *data, *want; /* "": malformed */
} vector_rows[] = {
    {"{\"index\":1,\"embedding\":[1, 2]},"
     "{\"index\":0,\"embedding\":\"zczMPQAAgD8AAADAF7fROA==\"}",
     "[[0.1,1,-2,0.0001],[1, 2]]"},
    {"{\"index\":0,\"embedding\":[1]},{\"index\":0,\"embedding\":[2]}",
     "[[1],[2]]"},
    {"{\"index\":9,\"embedding\":[1]},{\"embedding\":[2]}", "[[1],[2]]"},
    {"{\"embedding\":\"Up5zPA==\"}", "[0.0148692895]"},
    {"{\"embedding\":\"AAAA\"}", ""},
    {"{\"embedding\":\"AACA!g==\"}", ""},
};

static void vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(vector_rows); i++) {
        struct envelope env;
        struct verdict v;
        char line[512];

        snprintf(line, sizeof(line),
                 "{\"custom_id\":1,\"response\":{\"body\":{\"data\":[%s]}}}",
                 vector_rows[i].data);
        v = open_line(line, &env);
        if (*vector_rows[i].want)
            is(line, env.answers[0].json, vector_rows[i].want);
        else
            assert_int_equal(v.fault, FAULT_ENVELOPE_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whose), cmocka_unit_test(how_it_ends),
        cmocka_unit_test(tokens), cmocka_unit_test(order),
        cmocka_unit_test(vectors)};
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)1 << 20, &err))
        return 1;
    failed = cmocka_run_group_tests_name("envelope", tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
