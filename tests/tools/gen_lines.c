/*
 * gen_lines.c - batch result files of any size, the same for the same seed.
 *
 *     gen_lines --mb N [--seed N] [--bad PERCENT] [--provider NAME]
 *
 * Every line is about 2.6 KB: one provider envelope around a chemistry answer
 * of about 2 KB, with SMILES, LaTeX and the escapes that come with them (6 %
 * of the bytes are backslashes, as in real files).  Keys are row-000000001
 * and so on.  A bad line holds, in turn by chance: SMILES with their
 * backslashes left single, a trailing comma, an answer cut short, plain
 * words, a provider's error, a refusal.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "validate/base/attrs.h"
#include "validate/json/write.h"

#define ROOM 65536

enum damage { SOUND, SINGLE, COMMA, CUT, WORDS, ERROR, REFUSAL, DAMAGES };
enum provider { GEMINI, OPENAI, ANTHROPIC, PROVIDERS };

static const char *const providers[PROVIDERS] = {"gemini", "openai",
                                                 "anthropic"};

static uint64_t state;

/* splitmix64: a number below n */
static uint32_t dice(uint32_t n)
{
    uint64_t z = state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) >> 32) % n;
}

static const char *pick(const char *const *list, size_t n)
{
    return list[dice((uint32_t)n)];
}
#define PICK(list) pick((list), countof(list))

static const char *const atoms[] = {
    "C",  "CC", "c1ccccc1",  "C(=O)O",    "N",        "O",        "C(F)(F)F",
    "Cl", "Br", "S(=O)(=O)", "[C@@H](N)", "[C@H](O)", "c1ccncc1", "OC"};
static const char *const bonds[] = {"/C=C\\", "\\C=C/", "/C=C/", "\\N=C\\",
                                    "/C(C)=C\\"};
static const char *const names[] = {
    "(E)-stilbene",        "fumaric acid",      "(Z)-2-butenedioic acid",
    "tamoxifen",           "all-trans-retinol", "oleic acid",
    "\xCE\xB2-carotene",   "aspirin",           "(2E,4E)-hexadienoic acid",
    "cinnamaldehyde oxime"};
static const char *const latex[] = {
    "\\ce{C2H4 + Br2 -> C2H4Br2}", "$\\Delta G = -RT \\ln K$",
    "$k = A e^{-\\frac{E_a}{RT}}$", "$\\ce{CH3COOH <=> CH3COO- + H+}$",
    "$\\mathrm{pH} = \\mathrm{p}K_a + \\log\\frac{[A^-]}{[HA]}$"};
static const char *const words[] = {
    "anti addition",     "the \"bromonium\" ion", "a syn elimination",
    "steric strain",     "at 25 \xC2\xB0 C",      "in dry THF",
    "under nitrogen",    "conjugation",           "the less hindered face",
    "a racemic mixture", "the trans isomer",      "is favoured because"};

static struct slice text_of(const char *text)
{
    return slice_of(text, strlen(text));
}

static void string(struct json_out *o, const char *key, const char *value)
{
    json_put_key(o, text_of(key));
    json_put_string(o, text_of(value));
}

static void number(struct json_out *o, const char *key, uint64_t value)
{
    json_put_key(o, text_of(key));
    json_put_uint(o, value);
}

static void open(struct json_out *o, const char *key, char bracket)
{
    if (key)
        json_put_key(o, text_of(key));
    json_put_open(o, bracket);
}

/* Close the innermost brackets, named from the inside out. */
static void close(struct json_out *o, const char *brackets)
{
    for (; *brackets; brackets++)
        json_put_close(o, *brackets);
}

/* A number with a point in it. */
static void decimal(struct json_out *o, const char *key, const char *sign,
                    uint32_t whole)
{
    char text[64];

    snprintf(text, sizeof(text), "%s%u.%03u", sign, whole, dice(1000));
    json_put_key(o, text_of(key));
    json_put_raw(o, text_of(text));
}

static void smiles(struct json_out *o, const char *key)
{
    char text[256] = "F/C=C\\F.";

    for (uint32_t n = 3 + dice(6); n; n--) {
        strcat(text, PICK(atoms));
        strcat(text, PICK(atoms));
        if (!dice(6))
            strcat(text, PICK(bonds));
    }
    strcat(text, PICK(atoms));
    string(o, key, text);
}

static void sentence(struct json_out *o, const char *key, uint32_t n)
{
    char text[1024] = "";

    while (n--) {
        strcat(text, dice(20) ? PICK(words) : PICK(latex));
        strcat(text, n ? dice(6) ? " " : ".\n" : ".");
    }
    if (key)
        string(o, key, text);
    else
        json_put_string(o, text_of(text));
}

static void formula(struct json_out *o)
{
    uint32_t c = 4 + dice(20), h = 6 + dice(30);
    char text[64];

    snprintf(text, sizeof(text), "C%uH%uO%u", c, h, 1 + dice(5));
    string(o, "formula", text);
}

/* The answer as the model should have written it. */
static struct slice answer(char *room)
{
    struct json_out o;

    json_out_init(&o, room, ROOM);
    json_put_open(&o, '{');
    string(&o, "name", PICK(names));
    smiles(&o, "smiles");
    smiles(&o, "isomeric_smiles");
    formula(&o);
    decimal(&o, "mw", "", 80 + dice(500));
    decimal(&o, "logp", "-", dice(6));
    sentence(&o, "question", 10 + dice(10));
    open(&o, "options", '[');
    for (int i = 0; i < 4; i++)
        sentence(&o, NULL, 3 + dice(4));
    close(&o, "]");
    number(&o, "correct", dice(4));
    sentence(&o, "explanation", 10 + dice(16));
    open(&o, "steps", '[');
    for (uint32_t i = 0, n = 2 + dice(3); i < n; i++) {
        open(&o, NULL, '{');
        number(&o, "step", i + 1);
        smiles(&o, "product");
        sentence(&o, "why", 8 + dice(6));
        close(&o, "}");
    }
    close(&o, "]");
    json_put_key(&o, SLICE("verified"));
    json_put_bool(&o, dice(2));
    json_put_key(&o, SLICE("cas"));
    json_put_null(&o);
    close(&o, "}");
    DEMAND(!o.full);
    return json_out_slice(&o);
}

/* Drop one of each two backslashes of the SMILES: not an escape JSON knows */
static struct slice single(struct slice s, char *room)
{
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.len - i > 2 && !memcmp(s.ptr + i, "\\\\", 2) &&
            strchr("CFNOS[", s.ptr[i + 2]))
            i++;
        room[len++] = s.ptr[i];
    }
    return slice_of(room, len);
}

static struct slice damaged(struct slice s, enum damage damage, char *room)
{
    switch (damage) {
    case SINGLE: return single(s, room);
    case COMMA:
        memcpy(room, s.ptr, s.len - 1);
        memcpy(room + s.len - 1, ",}", 2);
        return slice_of(room, s.len + 1);
    case CUT: return slice_take(s, s.len / 4 + dice((uint32_t)s.len / 2));
    case WORDS: return SLICE("I could not find a compound that fits.");
    default: return s;
    }
}

static void gemini(struct json_out *o, const char *key, struct slice text,
                   enum damage damage)
{
    string(o, "key", key);
    if (damage == ERROR) {
        open(o, "error", '{');
        number(o, "code", 8);
        string(o, "message", "Resource has been exhausted (check quota).");
        close(o, "}");
        return;
    }
    open(o, "response", '{');
    if (damage == REFUSAL) {
        open(o, "promptFeedback", '{');
        string(o, "blockReason", "PROHIBITED_CONTENT");
        close(o, "}");
    } else {
        open(o, "candidates", '[');
        open(o, NULL, '{');
        open(o, "content", '{');
        open(o, "parts", '[');
        open(o, NULL, '{');
        json_put_key(o, SLICE("text"));
        json_put_string(o, text);
        close(o, "}]");
        string(o, "role", "model");
        close(o, "}");
        string(o, "finishReason", damage == CUT ? "MAX_TOKENS" : "STOP");
        number(o, "index", 0);
        close(o, "}]");
    }
    open(o, "usageMetadata", '{');
    number(o, "promptTokenCount", 200 + dice(100));
    number(o, "candidatesTokenCount", 600 + dice(400));
    number(o, "totalTokenCount", 900 + dice(900));
    open(o, "promptTokensDetails", '[');
    open(o, NULL, '{');
    string(o, "modality", "TEXT");
    number(o, "tokenCount", 200 + dice(100));
    close(o, "}]");
    number(o, "thoughtsTokenCount", dice(400));
    close(o, "}");
    string(o, "modelVersion", "gemini-3.5-flash");
    string(o, "responseId", "aX1bY2cZ3d4");
    close(o, "}");
}

static void openai_message(struct json_out *o, struct slice text,
                           enum damage damage)
{
    open(o, "choices", '[');
    open(o, NULL, '{');
    number(o, "index", 0);
    open(o, "message", '{');
    string(o, "role", "assistant");
    json_put_key(o, SLICE("content"));
    if (damage == REFUSAL)
        json_put_null(o);
    else
        json_put_string(o, text);
    json_put_key(o, SLICE("refusal"));
    if (damage == REFUSAL)
        json_put_string(o, SLICE("I'm sorry, I can't help with that."));
    else
        json_put_null(o);
    close(o, "}");
    json_put_key(o, SLICE("logprobs"));
    json_put_null(o);
    string(o, "finish_reason", damage == CUT ? "length" : "stop");
    close(o, "}]");
    open(o, "usage", '{');
    number(o, "prompt_tokens", 200 + dice(100));
    number(o, "completion_tokens", 600 + dice(400));
    number(o, "total_tokens", 900 + dice(900));
    close(o, "}");
}

static void openai(struct json_out *o, const char *key, struct slice text,
                   enum damage damage)
{
    string(o, "id", "batch_req_d4735e3a265e16eee03f59718b9b5d03");
    string(o, "custom_id", key);
    open(o, "response", '{');
    number(o, "status_code", damage == ERROR ? 429 : 200);
    string(o, "request_id", "4e07408562bedb8b60ce05c1decfe3ad");
    open(o, "body", '{');
    if (damage == ERROR) {
        open(o, "error", '{');
        string(o, "message", "Rate limit reached for requests.");
        string(o, "type", "requests");
        string(o, "code", "rate_limit_exceeded");
        close(o, "}");
    } else {
        string(o, "id", "chatcmpl-6b86b273ff34fce19d6b804eff5a3");
        string(o, "object", "chat.completion");
        number(o, "created", 1763800000);
        string(o, "model", "gpt-4.1-mini-2025-04-14");
        openai_message(o, text, damage);
        string(o, "system_fingerprint", "fp_synthetic01");
    }
    close(o, "}}");
    json_put_key(o, SLICE("error"));
    json_put_null(o);
}

static const char *anthropic_stop(enum damage damage)
{
    if (damage == REFUSAL)
        return "refusal";
    return damage == CUT ? "max_tokens" : "end_turn";
}

static void anthropic(struct json_out *o, const char *key, struct slice text,
                      enum damage damage)
{
    string(o, "custom_id", key);
    open(o, "result", '{');
    string(o, "type", damage == ERROR ? "errored" : "succeeded");
    if (damage == ERROR) {
        open(o, "error", '{');
        string(o, "type", "error");
        open(o, "error", '{');
        string(o, "type", "overloaded_error");
        string(o, "message", "Overloaded");
        close(o, "}}}");
        return;
    }
    open(o, "message", '{');
    string(o, "model", "claude-haiku-4-5-20251001");
    string(o, "id", "msg_01a30f4ef42176d28f0e2293");
    string(o, "type", "message");
    string(o, "role", "assistant");
    open(o, "content", '[');
    if (damage != REFUSAL) {
        open(o, NULL, '{');
        string(o, "type", "text");
        json_put_key(o, SLICE("text"));
        json_put_string(o, text);
        close(o, "}");
    }
    close(o, "]");
    string(o, "stop_reason", anthropic_stop(damage));
    json_put_key(o, SLICE("stop_sequence"));
    json_put_null(o);
    open(o, "usage", '{');
    number(o, "input_tokens", 200 + dice(100));
    number(o, "cache_creation_input_tokens", 0);
    number(o, "cache_read_input_tokens", dice(100));
    number(o, "output_tokens", 600 + dice(400));
    string(o, "service_tier", "batch");
    close(o, "}}}");
}

static size_t line(enum provider provider, uint64_t row, bool bad)
{
    static char payload[ROOM], broken[ROOM], room[2 * ROOM];
    enum damage damage = bad ? SINGLE + dice(DAMAGES - SINGLE) : SOUND;
    struct slice text = damaged(answer(payload), damage, broken);
    struct json_out o;
    char key[32];

    snprintf(key, sizeof(key), "row-%09" PRIu64, row);
    json_out_init(&o, room, sizeof(room));
    json_put_open(&o, '{');
    if (provider == GEMINI)
        gemini(&o, key, text, damage);
    else if (provider == OPENAI)
        openai(&o, key, text, damage);
    else
        anthropic(&o, key, text, damage);
    json_put_close(&o, '}');
    DEMAND(!o.full);
    room[o.len++] = '\n';
    return fwrite(room, 1, o.len, stdout) == o.len ? o.len : 0;
}

static int usage(void)
{
    fputs("usage: gen_lines --mb N [--seed N] [--bad PERCENT] "
          "[--provider gemini|openai|anthropic]\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    uint64_t bytes = 0, made = 0, row = 0;
    unsigned bad = 0, provider = GEMINI;

    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (!value)
            return usage();
        if (!strcmp(argv[i], "--mb"))
            bytes = strtoull(value, NULL, 10) * 1000000;
        else if (!strcmp(argv[i], "--seed"))
            state = strtoull(value, NULL, 10);
        else if (!strcmp(argv[i], "--bad"))
            bad = (unsigned)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--provider") != 0)
            return usage();
        else
            for (provider = 0; provider < PROVIDERS; provider++)
                if (!strcmp(value, providers[provider]))
                    break;
    }
    if (!bytes || provider == PROVIDERS)
        return usage();
    while (made < bytes) {
        size_t n = line(provider, ++row, dice(100) < bad);

        if (!n)
            return 1;
        made += n;
    }
    return fflush(stdout) ? 1 : 0;
}
