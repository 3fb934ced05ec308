/*
 * fuzz_flow.c - one byte of settings, the rest is a line.
 *
 * Properties: every line gets exactly one answer; a row's payload is strict
 * JSON that PostgreSQL can hold, or text without U+0000; a row's fixes are
 * JSON; a reject's place lies inside what it counts in.
 */
#include "importer/stage/flow.h"
#include "importer/stage/place.h"
#include "tests/find_profile.h"
#include "validate/json/check.h"
#include "validate/json/text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct judged *j, const struct profile *profile,
                      struct arena *arena)
{
    struct slice fixes;

    DEMAND(j->answer && !j->verdict.fault);
    DEMAND(j->env.outcome == OUTCOME_OK || j->env.outcome == OUTCOME_TRUNCATED);
    if (!profile->json) {
        DEMAND(slice_find(j->record.text, '\0') == j->record.text.len);
        DEMAND(json_utf8_valid(j->record.text) == j->record.text.len);
        DEMAND(flow_fix_mask(j) == 0);
        return;
    }
    DEMAND(json_check(j->record.json).code == JSON_OK);
    fixes = flow_fixes(j, arena);
    DEMAND(flow_fix_mask(j) || !fixes.len);
    DEMAND(!fixes.len || json_check(fixes).code == JSON_OK);
}

static void check_reject(const struct judged *j, const struct line *line)
{
    size_t at = place_in_line(j);

    DEMAND(j->verdict.fault != FAULT_NONE);
    DEMAND(at <= line->text.len);
    DEMAND(!j->in_payload || j->verdict.at <= j->payload.whole.len);
    DEMAND(!j->in_payload || j->answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct line line = {.closed = true};
    struct flow flow = {.source = 0};
    struct judged judged;
    struct arena arena;
    struct err err = {0};

    if (size < 1)
        return 0;
    DEMAND(find_profile(data[0] & 1 ? SLICE("text") : SLICE("raw"),
                        &flow.profile));
    line.text = slice_of((const char *)data + 1, size - 1);
    line.length = line.text.len;
    line.oversize = (data[0] & 0xF0) == 0xF0;
    DEMAND(arena_open(
        &arena, data[0] & 2 ? 64 + (size_t)data[0] * 32 : (size_t)16 << 20,
        &err));
    flow.arena = &arena;
    flow_judge(&flow, &line, &judged);
    switch (judged.kind) {
    case JUDGED_BLANK: DEMAND(line_blank(&line)); break;
    case JUDGED_ROW: check_row(&judged, flow.profile, &arena); break;
    case JUDGED_REJECT: check_reject(&judged, &line); break;
    }
    arena_close(&arena);
    return 0;
}
