/*
 * fuzz_envelope.c - one byte of settings, the rest is a line.
 *
 * Properties: a fault or answers, never both, never neither; what is lent
 * lies in memory that may be read; little memory is line.memory at worst;
 * and any head of a file can be sniffed.
 */
#include "importer/stage/envelope.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned touched;

/* Reading every byte is what makes AddressSanitizer look. */
static void touch(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        touched += (unsigned char)s.ptr[i];
}

static void check(const struct envelope *env, struct verdict v)
{
    touch(env->key);
    touch(env->model);
    touch(env->response_id);
    touch(env->finish);
    touch(env->message);
    touch(v.where);
    touch(v.detail);
    DEMAND(env->keyed || !env->key.len);
    DEMAND(env->outcome < OUTCOME_COUNT && env->provider < PROVIDER_COUNT);
    DEMAND(env->tokens.prompt >= TOKENS_ABSENT);
    DEMAND(env->tokens.output >= TOKENS_ABSENT);
    if (v.fault)
        return;
    DEMAND(env->n_answers > 0);
    for (uint32_t i = 0; i < env->n_answers; i++) {
        const struct answer *a = &env->answers[i];

        DEMAND(a->outcome == OUTCOME_OK || a->outcome == OUTCOME_TRUNCATED);
        DEMAND((a->n_parts > 0) != (a->json.len > 0));
        touch(a->json);
        touch(a->finish);
        for (uint32_t p = 0; p < a->n_parts; p++) {
            DEMAND(json_is(&env->tape, a->parts[p], JSON_STRING));
            DEMAND(env->tape.nodes[a->parts[p]].len > 2);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct line line = {.closed = true};
    struct envelope env;
    struct arena arena;
    struct err err = {0};
    size_t cap;

    if (size < 1)
        return 0;
    cap = data[0] & 1 ? 64 + (size_t)data[0] * 16 : (size_t)4 << 20;
    line.text = slice_of((const char *)data + 1, size - 1);
    line.length = line.text.len;
    DEMAND(arena_open(&arena, cap, &err));
    check(&env, envelope_open(&line, &arena, &env));
    arena_rewind(&arena, 0);
    DEMAND(sniff_words(envelope_sniff(line.text, data[0] & 2, &arena)).len);
    DEMAND(arena_mark(&arena) == 0);
    arena_close(&arena);
    return 0;
}
