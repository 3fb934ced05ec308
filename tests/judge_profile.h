/* judge_profile.h - a payload through a profile, and what came of it as
 * text, for tests. */
#ifndef DECANT_TESTS_JUDGE_PROFILE_H
#define DECANT_TESTS_JUDGE_PROFILE_H

#include <inttypes.h>
#include <stdio.h>

#include "validate/json/repair.h"
#include "validate/record/record.h"

/* The line that tests pretend a payload came from. */
static inline struct record_line judged_line(struct slice key)
{
    return (struct record_line){
        .key = key,
        .provider = SLICE("gemini"),
        .model = SLICE("m-1"),
        .outcome = SLICE("ok"),
        .finish_reason = SLICE("STOP"),
        .source = 7,
        .offset = 4096,
        .attempt = RECORD_ABSENT,
        .http_status = 200,
        .prompt_tokens = 11,
        .cached_tokens = RECORD_ABSENT,
        .output_tokens = 12,
        .thinking_tokens = 0,
    };
}

/* Strict JSON in, a verdict out; the record borrows text and arena. */
static inline struct verdict judge_profile(const struct profile *profile,
                                           struct slice key, struct slice text,
                                           struct arena *arena,
                                           struct record *out)
{
    static const struct repair_options keep = {.mend = {.on_nul = MEND_KEEP}};
    struct record_line line = judged_line(key);
    struct repaired sound = {.edits = NULL};
    struct verdict v = {.fault = FAULT_NONE};

    *out = (struct record){.n_rows = 0};
    if (profile->json)
        v = json_repair(text, &keep, arena, &sound);
    if (v.fault)
        return v;
    return record_judge(
        profile,
        &(struct record_input){.text = text, .sound = &sound, .line = &line},
        arena, out);
}

static inline void print_slice(FILE *to, struct slice s)
{
    if (s.len)
        fwrite(s.ptr, 1, s.len, to);
}

static inline void print_list(FILE *to, enum column_type type,
                              const struct value *v)
{
    size_t n =
        type == COLUMN_TEXT_ARRAY ? v->as.texts.count : v->as.floats.count;

    fputc('{', to);
    for (size_t i = 0; i < n; i++) {
        if (i)
            fputs(" | ", to);
        if (type == COLUMN_FLOAT4_ARRAY)
            fprintf(to, "%.9g", (double)v->as.floats.list[i]);
        else if (!v->as.texts.list[i].ptr)
            fputs("NULL", to);
        else
            print_slice(to, v->as.texts.list[i]);
    }
    fputc('}', to);
}

static inline void print_value(FILE *to, enum column_type type,
                               const struct value *v)
{
    if (v->null) {
        fputs("NULL", to);
        return;
    }
    switch (type) {
    case COLUMN_INT4:
    case COLUMN_INT8:
    case COLUMN_DATE:
    case COLUMN_TIMESTAMPTZ: fprintf(to, "%" PRId64, v->as.integer); break;
    case COLUMN_FLOAT8: fprintf(to, "%.17g", v->as.real); break;
    case COLUMN_BOOL: fputs(v->as.flag ? "true" : "false", to); break;
    case COLUMN_TEXT_ARRAY:
    case COLUMN_FLOAT4_ARRAY: print_list(to, type, v); break;
    case COLUMN_UUID:
        for (size_t i = 0; i < v->as.text.len; i++)
            fprintf(to, "%02x", (unsigned char)v->as.text.ptr[i]);
        break;
    default: print_slice(to, v->as.text); break;
    }
}

/* Every column of every row, a line each; then digests and notes. */
static inline void print_record(FILE *to, const struct profile *p,
                                const struct record *r)
{
    for (size_t i = 0; i < r->n_rows; i++) {
        fprintf(to, "row %zu\n", i);
        for (size_t c = 0; c < p->n_columns; c++) {
            fputs("  ", to);
            print_slice(to, p->columns[c].name);
            fputs(": ", to);
            print_value(to, p->columns[c].type,
                        &r->values[i * p->n_columns + c]);
            fputc('\n', to);
        }
    }
    for (size_t i = 0; i < r->n_digests; i++)
        fprintf(to, "digest %016" PRIx64 "\n", (uint64_t)r->digests[i]);
    for (unsigned n = 0; n < NOTE_COUNT; n++) {
        if (r->notes & 1U << n) {
            fputs("note ", to);
            print_slice(to, note_key((enum note)n));
            fputc('\n', to);
        }
    }
}

static inline void print_verdict(FILE *to, struct verdict v)
{
    fputs("fault ", to);
    print_slice(to, fault_key(v.fault));
    fprintf(to, " @%zu \"", v.at);
    print_slice(to, v.where);
    fputs("\"\n", to);
    /* A schema's words have tests of their own. */
    if (v.detail.len && memcmp(fault_key(v.fault).ptr, "schema.", 7) != 0) {
        print_slice(to, v.detail);
        fputc('\n', to);
    }
}

#endif
