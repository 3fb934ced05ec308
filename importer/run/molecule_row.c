/* molecule_row.c - see molecule_row.h. */
#include "importer/run/molecule_row.h"

#include <stdio.h>
#include <string.h>

#include "validate/base/hash.h"
#include "validate/json/tape.h"
#include "validate/json/write.h"
#include "validate/smiles/smiles.h"

#define BATCH_END ((size_t)2) /* the closing bracket and the NUL */

static const struct slice state_keys[] = {
    [MOLECULE_DONE] = SLICE_INIT("done"),
    [MOLECULE_CRASHED] = SLICE_INIT("crashed"),
    [MOLECULE_TIMEOUT] = SLICE_INIT("timeout"),
    [MOLECULE_MEMORY] = SLICE_INIT("memory"),
    [MOLECULE_REFUSED] = SLICE_INIT("refused"),
    [MOLECULE_INVALID] = SLICE_INIT("invalid"),
    [MOLECULE_NATIVE] = SLICE_INIT("native"),
};

struct slice molecule_state_key(enum molecule_state state)
{
    return state_keys[state];
}

/* --- what decant knows ---------------------------------------------------*/

/* Micro-units: finer than any mass table. */
static void put_mass(struct json_out *out, struct slice key, double value)
{
    char text[48];
    int len = snprintf(text, sizeof(text), "%.6f", value);

    json_put_key(out, key);
    json_put_raw(out, slice_of(text, (size_t)len));
}

static void put_warnings(struct json_out *out, uint32_t warnings)
{
    if (!warnings)
        return;
    json_put_key(out, SLICE("warnings"));
    json_put_open(out, '[');
    for (unsigned i = 0; i < SMILES_WARNING_COUNT; i++) {
        if (warnings >> i & 1)
            json_put_string(out, smiles_warning_key((enum smiles_warning)i));
    }
    json_put_close(out, ']');
}

static void put_properties(struct json_out *out,
                           const struct smiles_properties *p)
{
    json_put_key(out, SLICE("formula"));
    json_put_string(out, p->formula);
    put_mass(out, SLICE("weight"), p->mass);
    put_mass(out, SLICE("exact_mass"), p->exact_mass);
    json_put_key(out, SLICE("heavy_atoms"));
    json_put_uint(out, p->heavy_atoms);
    json_put_key(out, SLICE("rings"));
    json_put_uint(out, p->rings);
    json_put_key(out, SLICE("charge"));
    json_put_int(out, p->charge);
}

static void put_fault(struct json_out *out, const struct smiles_verdict *v)
{
    json_put_key(out, SLICE("native_code"));
    json_put_string(out, smiles_code_key(v->code));
    json_put_key(out, SLICE("native_at"));
    json_put_uint(out, v->at);
    json_put_key(out, SLICE("message"));
    json_put_string(out, v->words);
}

bool molecule_native(struct slice smiles, struct arena *arena,
                     struct slice *note, bool *ok)
{
    struct smiles_options options = {.properties = true};
    char id[2 * HASH_BYTES + 1];
    struct smiles_verdict v;
    struct json_out out;
    size_t room = MOLECULE_NOTE(smiles.len);
    char *bytes = arena_bytes(arena, room);

    if (!bytes || smiles.len > SMILES_MAX_BYTES)
        return false;
    *ok = smiles_judge(smiles, &options, arena, &v);
    hash_hex(hash_of(smiles), id);
    json_out_init(&out, bytes, room);
    json_put_key(&out, SLICE("id"));
    json_put_string(&out, slice_of(id, 2 * HASH_BYTES));
    json_put_key(&out, SLICE("smiles"));
    json_put_string(&out, smiles);
    json_put_key(&out, SLICE("native_ok"));
    json_put_bool(&out, *ok);
    put_warnings(&out, v.warnings);
    if (*ok)
        put_properties(&out, &v.properties);
    else
        put_fault(&out, &v);
    *note = json_out_slice(&out);
    return !out.full && v.code != SMILES_MEMORY;
}

/* --- what Open Babel says ------------------------------------------------*/

bool molecule_answer(struct slice json, struct arena *arena,
                     struct molecule_answer *out)
{
    static const enum molecule_state said[] = {MOLECULE_DONE, MOLECULE_REFUSED,
                                               MOLECULE_MEMORY};
    struct json_tape tape;
    struct json_error why;
    uint32_t state, ok;

    /* U+0000 could not be stored. */
    if (!json_tape_build(json, arena, &tape, &why) || tape.flags & JSON_NUL)
        return false;
    state = json_member(&tape, 0, SLICE("state"));
    ok = json_member(&tape, 0, SLICE("ok"));
    if (!state || !ok ||
        !(json_is(&tape, ok, JSON_TRUE) || json_is(&tape, ok, JSON_FALSE)))
        return false;
    out->json = json;
    for (size_t i = 0; i < countof(said); i++) {
        out->state = said[i];
        if (json_is(&tape, state, JSON_STRING) &&
            json_string_is(&tape, state, state_keys[said[i]]))
            return true;
    }
    return false;
}

/* --- rows ----------------------------------------------------------------*/

bool molecule_row_put(struct molecule_batch *batch, struct slice note,
                      const struct molecule_end *end)
{
    struct json_out out;
    size_t used = batch->rows ? batch->len : 0;

    if (batch->cap - used <= BATCH_END)
        return false;
    json_out_init(&out, batch->bytes + used, batch->cap - used - BATCH_END);
    json_put_raw(&out, batch->rows ? SLICE(",") : SLICE("["));
    out.comma = false;
    json_put_open(&out, '{');
    json_put_raw(&out, note);
    json_put_key(&out, SLICE("state"));
    json_put_string(&out, state_keys[end->state]);
    if (end->message) {
        json_put_key(&out, SLICE("message"));
        json_put_string(&out, slice_of(end->message, strlen(end->message)));
    }
    if (*end->version) {
        json_put_key(&out, SLICE("version"));
        json_put_string(&out, slice_of(end->version, strlen(end->version)));
    }
    if (end->answer.len) {
        json_put_key(&out, SLICE("engine"));
        json_put_raw(&out, end->answer);
    }
    json_put_close(&out, '}');
    if (out.full)
        return false;
    batch->len = used + out.len;
    batch->rows++;
    batch->states[end->state]++;
    return true;
}

const char *molecule_batch_text(struct molecule_batch *batch)
{
    memcpy(batch->bytes + batch->len, "]", BATCH_END);
    return batch->bytes;
}

void molecule_batch_clear(struct molecule_batch *batch)
{
    batch->len = batch->rows = 0;
    memset(batch->states, 0, sizeof(batch->states));
}
