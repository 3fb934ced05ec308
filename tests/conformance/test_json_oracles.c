/*
 * test_json_oracles.c - random documents, and what simdjson and jansson say.
 *
 *     test_json_oracles [DOCUMENTS [SEED]]
 *
 * Half of the documents are sound, half have a few bytes changed.  Both
 * oracles must agree with us whether a text is JSON, but where they refuse
 * for reasons of their own (ranges of numbers, U+0000 in a name); with
 * simdjson every value must be the same, too.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/conformance/oracle.h"
#include "tests/json_same.h"

#define ROOM 20000

static uint64_t state;

static uint32_t dice(uint32_t n)
{
    uint64_t z = state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) >> 32) % n;
}

static struct {
    char bytes[ROOM];
    size_t len;
} doc;

static void put(const char *text)
{
    size_t n = strlen(text);

    if (doc.len + n < ROOM) {
        memcpy(doc.bytes + doc.len, text, n);
        doc.len += n;
    }
}

static void space(void)
{
    static const char *const some[] = {"", "", "", " ", "\n", "\t ", "\r\n"};

    put(some[dice(countof(some))]);
}

static void string(void)
{
    static const char *const parts[] = {
        "a",
        "smiles",
        "\\n",
        "\\\\",
        "\\\"",
        "\\/",
        "\\u00e9",
        "\\u0000",
        "\\ud83d\\ude00",
        "\xC3\xA9",
        "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80",
        " ",
        "\\b\\f\\r\\t",
        "{[]}:,",
        "/C=C\\\\F",
        "\\uFFFF",
        "the quick brown fox jumps over the lazy dog, again and again. "};

    put("\"");
    for (uint32_t n = dice(9); n; n--)
        put(parts[dice(countof(parts))]);
    put("\"");
}

static void number(void)
{
    static const char *const some[] = {"0",
                                       "-0",
                                       "7",
                                       "-12",
                                       "123456789",
                                       "0.5",
                                       "-1.25e-7",
                                       "1E5",
                                       "9e+2",
                                       "2.5e300",
                                       "9007199254740993",
                                       "-9223372036854775808",
                                       "9223372036854775808",
                                       "0.0000000000000000000001"};

    put(some[dice(countof(some))]);
}

static void value(int depth)
{
    uint32_t kind = dice(depth > 6 ? 5 : 9), n = dice(6);

    space();
    switch (kind) {
    case 0: put("null"); break;
    case 1: put(dice(2) ? "true" : "false"); break;
    case 2: number(); break;
    case 3:
    case 4: string(); break;
    default:
        put(kind > 6 ? "{" : "[");
        space();
        for (uint32_t i = 0; i < n; i++) {
            put(i ? "," : "");
            space();
            if (kind > 6) {
                string();
                space();
                put(":");
            }
            value(depth + 1);
        }
        put(kind > 6 ? "}" : "]");
    }
    space();
}

static void spoil(void)
{
    static const char bytes[] = "{}[]:,\"\\ 0-e.untx\n\x80\xC3\xED";

    for (uint32_t n = 1 + dice(2); n && doc.len; n--) {
        uint32_t at = dice((uint32_t)doc.len);

        switch (dice(3)) {
        case 0: doc.bytes[at] = bytes[dice(sizeof(bytes) - 1)]; break;
        case 1: doc.len = at; break;
        default: memmove(doc.bytes + at, doc.bytes + at + 1, --doc.len - at);
        }
    }
}

static uint64_t digest_of(const struct json_tape *t, uint32_t node,
                          uint64_t digest, struct arena *arena)
{
    static const char kinds[] = "nftds[{";
    const struct json_node *n = &t->nodes[node];
    char kind = kinds[n->kind], text[32];
    struct slice s = {0};
    int64_t i;

    if (n->kind == JSON_STRING) {
        s = json_string(t, node, arena);
        kind = n->flags & JSON_KEY ? 'k' : 's';
    } else if (n->kind == JSON_NUMBER && json_int64(t, node, &i)) {
        s = slice_of(text, (size_t)snprintf(text, sizeof(text), "%" PRId64, i));
        kind = 'i';
    }
    digest = oracle_fold(digest, kind, s.ptr, s.len);
    if (kind != '[' && kind != '{')
        return digest;
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c)) {
        digest = digest_of(t, c, digest, arena);
        if (kind == '{')
            digest = digest_of(t, c + 1, digest, arena);
    }
    return oracle_fold(digest, kind == '[' ? ']' : '}', "", 0);
}

/* False, and the document is shown, when an oracle disagrees. */
static bool agree(struct slice text, struct arena *arena, size_t *n_sound)
{
    bool ours = json_same(text, arena);
    uint64_t theirs = 0, digest = 0;
    enum oracle_word simd = oracle_simdjson(text.ptr, text.len, &theirs);
    enum oracle_word jansson = oracle_jansson(text.ptr, text.len);
    struct json_tape t;
    struct json_error why;

    if (json_tape_build(text, arena, &t, &why))
        digest = digest_of(&t, 0, 0, arena);
    arena_rewind(arena, 0);
    *n_sound += ours;
    if ((simd == ORACLE_NOT_MINE || ours == (simd == ORACLE_YES)) &&
        (jansson == ORACLE_NOT_MINE || ours == (jansson == ORACLE_YES)) &&
        (simd != ORACLE_YES || theirs == digest))
        return true;
    printf("# ours %d, simdjson %d, jansson %d: %.*s\n", ours,
           simd == ORACLE_YES, jansson == ORACLE_YES, (int)text.len, text.ptr);
    return false;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 50000;
    size_t bad = 0, n_sound = 0;
    struct arena arena;
    struct err err;

    state = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    DEMAND(arena_open(&arena, (size_t)64 << 20, &err));
    for (size_t i = 0; i < n && bad < 5; i++) {
        doc.len = 0;
        value(0);
        if (i % 2)
            spoil();
        bad += !agree(slice_of(doc.bytes, doc.len), &arena, &n_sound);
    }
    arena_close(&arena);
    printf(
        "1..1\n%sok 1 - %zu random documents against simdjson and jansson, %zu "
        "sound\n",
        bad ? "not " : "", n, n_sound);
    return bad != 0;
}
