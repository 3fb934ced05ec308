/*
 * test_smiles_field.c - declared SMILES against a table: what is restored, what
 * is cleaned, what is refused and where.
 */
#include "validate/record/record.h"
#include "validate/record/smiles_escape.h"
#include "validate/record/smiles_field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOTED(name) (1U << NOTE_SMILES_##name)

static struct arena arena, lasting;
static const struct profile *profile;
static const struct repair_options lossless = {.mode = REPAIR_MODE_LOSSLESS};

/* Lists behind a smiles_* rule overlap: /l/0 is text, /l/1 a reaction. */
static const char profile_text[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"s\":{\"type\":[\"string\",\"null\"],\"format\":\"smiles\","
    "\"pattern\":\"^[^ ]*$\"},"
    "\"r\":{\"format\":\"reaction-smiles\"},"
    "\"l\":{\"items\":{\"format\":\"smiles\"}}},"
    "\"x-decant\":{\"fields\":{\"/l/0\":\"text\",\"/l/1\":\"reaction-smiles\"}}}";

static const struct {
    const char *in;
    const char *out;   /* NULL: as it came */
    const char *edits; /* "rule pointer @at `before`" each with a blank */
    enum fault fault;
    size_t at;
    const char *where;
    uint32_t notes;
} table[] = {
    /* taken as it is */
    {"{\"s\":\"CCO\"}", NULL, "", 0, 0, "", 0},
    {"{\"s\":null,\"r\":null}", NULL, "", 0, 0, "", 0},
    {"{\"s\":1}", NULL, "", FAULT_SCHEMA_TYPE, 5, "/s", 0},
    {"{\"r\":1}", NULL, "", 0, 0, "", 0},
    {"{}", NULL, "", 0, 0, "", 0},
    {"{\"s\":\"F/C=C\\\\F\"}", NULL, "", 0, 0, "", 0},
    {"{\"s\":\"F/C=C\\u005cF\"}", NULL, "", 0, 0, "", 0},
    {"{\"r\":\"CCO>>CC=O\"}", NULL, "", 0, 0, "", 0},
    {"{\"u\":\"CC(\\n \"}", NULL, "", 0, 0, "", 0},
    {"{\"l\":[\"not one.\",\"C>>C.O\",\"CC\"]}", NULL, "", 0, 0, "", 0},
    /* repaired and restored */
    {"{\"s\":\"F/C=C\\F\"}", "{\"s\":\"F/C=C\\\\F\"}",
     "escape.doubled /s @11 `\\` ", 0, 0, "", 0},
    {"{\"s\":\"C/C=C\\n1cccc1\"}", "{\"s\":\"C/C=C\\\\n1cccc1\"}",
     "escape.restored /s @11 `\\n` ", 0, 0, "", 0},
    {"{\"s\":\"C/C=C\\u000A1cccc1\"}", "{\"s\":\"C/C=C\\\\n1cccc1\"}",
     "escape.restored /s @11 `\\u000A` ", 0, 0, "", 0},
    {"{\"s\":\"C/C=C\\C=C\\n1cccc1\"}", "{\"s\":\"C/C=C\\\\C=C\\\\n1cccc1\"}",
     "escape.doubled /s @11 `\\` escape.restored /s @15 `\\n` ", 0, 0, "", 0},
    {"{\"r\":\"C/C=C\\n1cccc1>>C\",\"s\":\"C/C=C\\n1cccc1\"}",
     "{\"r\":\"C/C=C\\\\n1cccc1>>C\",\"s\":\"C/C=C\\\\n1cccc1\"}",
     "escape.restored /r @11 `\\n` escape.restored /s @34 `\\n` ", 0, 0, "", 0},
    /* restored, and wrong all the same */
    {"{\"s\":\"C/C=C\\b1ccccc1\"}", "{\"s\":\"C/C=C\\\\b1ccccc1\"}",
     "escape.restored /s @11 `\\b` ", FAULT_SMILES_KEKULIZE, 15, "/s", 0},
    /* not to be restored */
    {"{\"s\":\"C/C=C\\fC\"}", NULL, "", FAULT_SMILES_TRAILING, 13, "/s", 0},
    {"{\"r\":\"CC\\nCO\"}", NULL, "", FAULT_SMILES_REACTION_ARROWS, 12, "/r",
     0},
    {"{\"l\":[\"\",\"C>>C\",\"CC\\nCO\"]}", NULL, "", FAULT_SMILES_NEWLINE, 19,
     "/l/2", 0},
    {"{\"l\":[\"\",\"C>>C\",\"CC(=O)\\nNc1ccccc1\"]}", NULL, "",
     FAULT_SMILES_NEWLINE, 23, "/l/2", 0},
    {"{\"s\":\"CC(=O\\n)Nc1ccccc1\"}", NULL, "", FAULT_SMILES_NEWLINE, 11, "/s",
     0},
    /* a raw line end was typed, not eaten */
    {"{\"s\":\"C/C=C\n1cccc1\"}", "{\"s\":\"C/C=C\\n1cccc1\"}",
     "control.escaped /s @11 `\n` ", FAULT_SMILES_NEWLINE, 11, "/s", 0},
    /* cleaned */
    {"{\"s\":\" CCO\"}", "{\"s\":\"CCO\"}", "smiles.space /s @6 ` ` ", 0, 0, "",
     0},
    {"{\"s\":\"CCO\\n\"}", "{\"s\":\"CCO\"}", "smiles.space /s @9 `\\n` ", 0, 0,
     "", 0},
    {"{\"s\":\"CCO.\"}", "{\"s\":\"CCO\"}", "smiles.end /s @9 `.` ", 0, 0, "",
     0},
    {"{\"s\":\"\\\"CCO\\\",\"}", "{\"s\":\"CCO\"}",
     "smiles.quotes /s @6 `\\\"` smiles.quotes /s @11 `\\\"` "
     "smiles.end /s @13 `,` ",
     0, 0, "", 0},
    {"{\"s\":\"SMILES: CCO\"}", "{\"s\":\"CCO\"}",
     "smiles.prefix /s @6 `SMILES:` smiles.space /s @13 ` ` ", 0, 0, "", 0},
    {"{\"s\":\"C/C=C\\\\\\\\C\"}", "{\"s\":\"C/C=C\\\\C\"}",
     "smiles.escape /s @13 `\\\\` ", 0, 0, "", 0},
    {"{\"l\":[\" x.\",\" C>>O\",\"CC.\"],\"s\":\"C.\"}",
     "{\"l\":[\" x.\",\"C>>O\",\"CC\"],\"s\":\"C\"}",
     "smiles.space /l/1 @13 ` ` smiles.end /l/2 @23 `.` "
     "smiles.end /s @33 `.` ",
     0, 0, "", 0},
    {"{\"s\":\"C/C=C\\n1cccc1\\n\"}", "{\"s\":\"C/C=C\\\\n1cccc1\"}",
     "escape.restored /s @11 `\\n` smiles.space /s @19 `\\n` ", 0, 0, "", 0},
    {"{\"s\":\"C/C=C\\Cl.\",}", "{\"s\":\"C/C=C\\\\Cl\"}",
     "escape.doubled /s @11 `\\` smiles.end /s @14 `.` "
     "comma.trailing  @16 `,` ",
     0, 0, "", 0},
    {"{\"s\":\"C/C=C\\n1cccc1.\"}", "{\"s\":\"C/C=C\\\\n1cccc1\"}",
     "escape.restored /s @11 `\\n` smiles.end /s @19 `.` ", 0, 0, "", 0},
    {"{\"s\":\"`C/C=C\\n1cccc1`\"}", "{\"s\":\"C/C=C\\\\n1cccc1\"}",
     "smiles.quotes /s @6 ``` escape.restored /s @12 `\\n` "
     "smiles.quotes /s @20 ``` ",
     0, 0, "", 0},
    /* cleaning would not help */
    {"{\"s\":\"C(C.\"}", NULL, "", FAULT_SMILES_DOT, 9, "/s", 0},
    {"{\"s\":\".\"}", NULL, "", FAULT_SMILES_DOT, 6, "/s", 0},
    {"{\"s\":\"\"}", NULL, "", FAULT_SMILES_EMPTY, 6, "/s", 0},
    /* refused, with the place */
    {"{\"s\":\"C1CC\"}", NULL, "", FAULT_SMILES_RING_OPEN, 7, "/s", 0},
    {"{\"s\":\"F/C=C\\\\C(C)(C)(C)C\"}", NULL, "", FAULT_SMILES_VALENCE, 13,
     "/s", 0},
    {"{\"s\":\"\\u0043C(C)(C)(C)C\"}", NULL, "", FAULT_SMILES_VALENCE, 12, "/s",
     0},
    {"{\"s\":\"C>>C\"}", NULL, "", FAULT_SMILES_REACTION, 6, "/s", 0},
    {"{\"s\":\"C\\u00e9\"}", NULL, "", FAULT_SMILES_CHAR, 7, "/s", 0},
    {"{\"l\":[\"\",\"C>>Q\"]}", NULL, "", FAULT_SMILES_CHAR, 13, "/l/1", 0},
    /* the schema speaks first */
    {"{\"s\":\"C C\"}", NULL, "", FAULT_SCHEMA_PATTERN, 5, "/s", 0},
    /* noted */
    {"{\"s\":\"C/C=CC\"}", NULL, "", 0, 0, "", NOTED(DIRECTION)},
    {"{\"s\":\"C=1CC-1\"}", NULL, "", 0, 0, "", NOTED(RING_BOND)},
    {"{\"s\":\"C~C\"}", NULL, "", 0, 0, "", NOTED(EXTENSION)},
    {"{\"r\":\"CCO>>CCO\"}", NULL, "", 0, 0, "", NOTED(PRODUCT_REACTANT)},
};

static struct slice text_of(const char *s)
{
    return slice_of(s, strlen(s));
}

static void edits_of(const struct repaired *r, char *out, size_t cap)
{
    size_t len = 0;

    out[0] = '\0';
    for (uint32_t i = 0; i < r->n_edits; i++) {
        const struct repair_edit *e = &r->edits[i];

        len += (size_t)snprintf(out + len, cap - len, "%s %.*s @%zu `%.*s` ",
                                repair_key(e->rule).ptr, (int)e->pointer.len,
                                e->pointer.ptr, e->at, (int)e->before.len,
                                e->before.ptr);
        assert_true(len < cap);
    }
}

static struct verdict judge(struct slice text, bool as_is,
                            struct repaired *sound, struct record *out)
{
    struct verdict v = json_repair(text, &lossless, &arena, sound);

    if (v.fault)
        return v;
    assert_true(repair_place(sound, &arena));
    return record_judge(
        profile,
        &(struct record_input){.text = text, .sound = sound, .as_is = as_is},
        &arena, out);
}

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct slice in = text_of(table[i].in), want = in;
        char edits[500];
        struct repaired sound;
        struct record out;
        struct verdict v;

        arena_rewind(&arena, 0);
        v = judge(in, false, &sound, &out);
        edits_of(&sound, edits, sizeof(edits));
        if (table[i].out)
            want = text_of(table[i].out);
        if (v.fault != table[i].fault ||
            (v.fault && (v.at != table[i].at ||
                         !slice_eq(v.where, text_of(table[i].where)))) ||
            !slice_eq(sound.tape.text, want) ||
            strcmp(edits, table[i].edits) != 0 ||
            (!v.fault && out.notes != table[i].notes))
            fail_msg("%s: %.*s %s, %s @%zu %.*s, notes %x", table[i].in,
                     (int)sound.tape.text.len, sound.tape.text.ptr, edits,
                     v.fault ? fault_key(v.fault).ptr : "", v.at,
                     (int)v.where.len, v.where.ptr, out.notes);
        if (!v.fault)
            assert_true(slice_eq(out.json, sound.tape.text));
        for (uint32_t e = 0; e < sound.n_edits; e++) {
            struct slice before = sound.edits[e].before;

            assert_true(sound.mask & (uint64_t)1 << sound.edits[e].rule);
            assert_memory_equal(in.ptr + sound.edits[e].at, before.ptr,
                                before.len);
        }
    }
}

/* --repair=none: what is sound JSON stays, byte for byte. */
static void nothing_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct slice in = text_of(table[i].in);
        struct repaired sound;
        struct record out;
        struct verdict v;

        arena_rewind(&arena, 0);
        v = judge(in, true, &sound, &out);
        if (strstr(table[i].edits, "escape.doubled") ||
            strstr(table[i].edits, "comma") ||
            strstr(table[i].edits, "control"))
            continue;
        assert_ptr_equal(sound.tape.text.ptr, in.ptr);
        assert_int_equal(sound.n_edits, 0);
        /* But for a doubled backslash, which RDKit takes, too. */
        if (table[i].edits[0] && !strstr(table[i].edits, "smiles.escape"))
            assert_int_not_equal(v.fault, FAULT_NONE);
    }
}

/* What passes once passes again, unchanged. */
static void twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(table); i++) {
        struct repaired sound, again;
        struct record out;

        arena_rewind(&arena, 0);
        if (judge(text_of(table[i].in), false, &sound, &out).fault)
            continue;
        assert_int_equal(judge(out.json, false, &again, &out).fault,
                         FAULT_NONE);
        assert_int_equal(again.n_edits, 0);
    }
}

/* A fault per code, with its key and words. */
static void codes(void **state)
{
    (void)state;
    for (int c = SMILES_OK + 1; c < SMILES_CODE_COUNT; c++) {
        enum fault fault = smiles_fault((enum smiles_code)c);
        struct slice key = fault_key(fault), head = SLICE("smiles.");
        struct slice want = smiles_code_key((enum smiles_code)c);

        assert_true(slice_eq(slice_take(key, head.len), head));
        assert_true(slice_eq(slice_drop(key, head.len), want));
        assert_true(slice_eq(fault_words(fault),
                             smiles_code_words((enum smiles_code)c)));
    }
    assert_int_equal(smiles_fault(SMILES_OK), FAULT_NONE);
}

static void little_memory(void **state)
{
    struct slice in =
        SLICE("{\"l\":[1,\" C>>C\",\"C/C=C\\n1cccc1.\"],\"s\":\"C/C=C\\Cl\"}");
    struct arena all = arena;
    bool done = false;

    (void)state;
    for (size_t cap = 1024; !done; cap += 128) {
        struct err err = {0};
        struct repaired sound;
        struct record out;
        struct verdict v;

        assert_true(cap < 1 << 20);
        assert_true(arena_open(&arena, cap, &err));
        v = json_repair(in, &lossless, &arena, &sound);
        if (!v.fault)
            v = record_judge(
                profile, &(struct record_input){.text = in, .sound = &sound},
                &arena, &out);
        done = !v.fault;
        if (!done && v.fault != FAULT_LINE_MEMORY &&
            v.fault != FAULT_SCHEMA_LIMIT)
            fail_msg("%zu bytes: %s", cap, fault_key(v.fault).ptr);
        arena_close(&arena);
    }
    arena = all;
}

/* Without the memory to judge, nothing is decided. */
static void little_memory_to_restore(void **state)
{
    struct slice in = SLICE("{\"s\":\"C/C=C\\n1cccc1\"}");
    bool done = false;

    (void)state;
    for (size_t cap = 4096; !done; cap += 128) {
        struct arena small;
        struct err err = {0};
        struct repaired r;

        assert_true(arena_open(&small, cap, &err));
        done = !json_repair(in, &lossless, &small, &r).fault &&
               restore(&r, in, &profile->fields, NULL, &small);
        if (done)
            assert_true(
                slice_eq(r.tape.text, SLICE("{\"s\":\"C/C=C\\\\n1cccc1\"}")));
        arena_close(&small);
    }
}

/* Many backslashes to restore, many to halve: linear, so soon done. */
static void many(void **state)
{
    static char text[800000];

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        struct repaired sound;
        struct record out;
        size_t len = 6;

        memcpy(text, "{\"s\":\"", 6);
        while (len < sizeof(text) - 40) {
            const char *more = kind ? "C\\\\\\\\" : "C\\n1cccc1";

            memcpy(text + len, more, strlen(more));
            len += strlen(more);
        }
        memcpy(text + len, "C\"}", 3);
        arena_rewind(&arena, 0);
        assert_int_equal(
            judge(slice_of(text, len + 3), false, &sound, &out).fault,
            FAULT_NONE);
        assert_true(sound.n_edits > 70000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(nothing_changed),
        cmocka_unit_test(twice),
        cmocka_unit_test(codes),
        cmocka_unit_test(many),
        cmocka_unit_test(little_memory),
        cmocka_unit_test(little_memory_to_restore)};
    struct profile_source source = {
        .name = SLICE("test"),
        .text = slice_of(profile_text, strlen(profile_text))};
    struct profile_problem why;
    struct err err = {0};
    int failed;

    if (!arena_open(&arena, (size_t)512 << 20, &err) ||
        !arena_open(&lasting, (size_t)16 << 20, &err))
        return 1;
    if (!profile_parse(&source, &lasting, &profile, &why)) {
        print_error("%.*s: %.*s\n", (int)why.pointer.len, why.pointer.ptr,
                    (int)why.words.len, why.words.ptr);
        return 1;
    }
    failed = cmocka_run_group_tests_name("smiles_field", tests, NULL, NULL);
    arena_close(&arena);
    arena_close(&lasting);
    return failed;
}
