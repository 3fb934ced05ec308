/*
 * fuzz_payload.c - a reply, as one JSON string or as several parts.
 *
 * Properties: the parts come out joined, byte for byte; whatever the text,
 * repair keeps its promises (fuzz_repair.c has more of them).
 */
#include "importer/stage/payload.h"
#include "validate/json/check.h"
#include "validate/json/repair.h"
#include "validate/json/write.h"

#include <stdint.h>

#define ROOM ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char bytes[ROOM];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct repair_options row = {.mode = REPAIR_MODE_LOSSLESS};
    struct slice reply = slice_of((const char *)data, size);
    struct envelope env = {.provider = PROVIDER_UNKNOWN};
    uint32_t parts[2] = {1, 2};
    struct answer answer = {.parts = parts, .n_parts = 2};
    struct json_error why;
    struct repaired r;
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
        v = payload_unwrap(&env, &answer, &arena, &p);
        DEMAND(v.fault == FAULT_NONE || v.fault == FAULT_REPLY_EMPTY);
        v = json_repair(p.whole, &row, &arena, &r);
        DEMAND(v.at <= p.whole.len);
        DEMAND(v.fault || json_check(r.tape.text).code == JSON_OK);
        DEMAND(v.fault || r.class != REPAIR_GUESS);
    }
    arena_close(&arena);
    return 0;
}
