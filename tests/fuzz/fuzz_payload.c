/*
 * fuzz_payload.c - a reply, as one JSON string or as several parts.
 *
 * Properties: a text that is JSON leaves as it came, byte for byte; what is
 * taken off and what is left are pieces of the reply that do not overlap;
 * repair gives sound JSON, and repairing that changes nothing.
 */
#include "importer/stage/payload.h"
#include "validate/json/check.h"
#include "validate/json/write.h"

#include <stdint.h>

#define ROOM ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char bytes[ROOM];

static void check_edits(const struct payload *p)
{
    size_t begin = (size_t)(p->text.ptr - p->whole.ptr);

    DEMAND(p->n_edits <= PAYLOAD_EDITS_MAX);
    DEMAND(begin <= p->whole.len && p->text.len <= p->whole.len - begin);
    for (uint32_t i = 0; i < p->n_edits; i++) {
        const struct repair_edit *e = &p->edits[i];

        DEMAND(e->at + e->before.len <= p->whole.len);
        DEMAND(e->before.ptr == p->whole.ptr + e->at);
        DEMAND(e->at + e->before.len <= begin || e->at >= begin + p->text.len);
    }
}

static void check_repair(struct slice text, struct arena *arena)
{
    struct repaired once, twice;
    struct verdict v = json_repair(text, arena, &once);

    DEMAND(v.at <= text.len);
    if (v.fault)
        return;
    DEMAND(json_check(once.tape.text).code == JSON_OK);
    DEMAND(!json_repair(once.tape.text, arena, &twice).fault);
    DEMAND(twice.n_edits == 0 && slice_eq(once.tape.text, twice.tape.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice reply = slice_of((const char *)data, size);
    struct envelope env = {.provider = PROVIDER_UNKNOWN};
    uint32_t parts[2] = {1, 2};
    struct answer answer = {.parts = parts, .n_parts = 2};
    struct json_error why;
    struct json_out out;
    struct payload p;
    struct arena arena;
    struct err err = {0};
    struct verdict v;

    DEMAND(arena_open(&arena, (size_t)16 << 20, &err));
    json_out_init(&out, bytes, ROOM);
    json_put_open(&out, '[');
    json_put_string(&out, slice_take(reply, size / 2));
    json_put_string(&out, slice_drop(reply, size / 2));
    json_put_close(&out, ']');
    if (!out.full &&
        json_tape_build(json_out_slice(&out), &arena, &env.tape, &why)) {
        v = payload_unwrap(&env, &answer, true, &arena, &p);
        check_edits(&p);
        if (json_check(p.whole).code == JSON_OK) {
            DEMAND(!v.fault && p.n_edits == 0);
            DEMAND(p.text.ptr == p.whole.ptr && p.text.len == p.whole.len);
        }
        if (!v.fault)
            check_repair(p.text, &arena);
        if (v.fault != FAULT_REPLY_EMPTY) {
            DEMAND(payload_peel(&p).at <= p.whole.len);
            check_edits(&p);
        }
    }
    check_repair(reply, &arena); /* any bytes at all */
    arena_close(&arena);
    return 0;
}
