/*
 * profile.c - see profile.h.
 */
#include "validate/record/profile.h"

#include "validate/json/tape.h"

static const struct slice type_names[COLUMN_TYPE_COUNT] = {
    [COLUMN_TEXT] = SLICE_INIT("text"),
    [COLUMN_INT4] = SLICE_INIT("int4"),
    [COLUMN_INT8] = SLICE_INIT("int8"),
    [COLUMN_NUMERIC] = SLICE_INIT("numeric"),
    [COLUMN_FLOAT8] = SLICE_INIT("float8"),
    [COLUMN_BOOL] = SLICE_INIT("bool"),
    [COLUMN_JSONB] = SLICE_INIT("jsonb"),
    [COLUMN_TEXT_ARRAY] = SLICE_INIT("text[]"),
    [COLUMN_FLOAT4_ARRAY] = SLICE_INIT("float4[]"),
    [COLUMN_TIMESTAMPTZ] = SLICE_INIT("timestamptz"),
    [COLUMN_DATE] = SLICE_INIT("date"),
    [COLUMN_UUID] = SLICE_INIT("uuid"),
};

struct slice column_type_name(enum column_type type)
{
    DEMAND((unsigned)type < COLUMN_TYPE_COUNT);
    return type_names[type];
}

bool column_type_find(struct slice name, enum column_type *out)
{
    for (unsigned i = 0; i < COLUMN_TYPE_COUNT; i++) {
        if (slice_eq(type_names[i], name)) {
            *out = (enum column_type)i;
            return true;
        }
    }
    return false;
}

bool profile_parse(const struct profile_source *source, struct arena *arena,
                   const struct profile **out, struct profile_problem *why)
{
    struct profile *p = arena_new(arena, 1, struct profile);
    struct json_tape tape;
    struct json_error error;
    uint32_t member;

    *why = (struct profile_problem){.words = SLICE("no memory")};
    if (!p)
        return false;
    if (!json_tape_build(source->text, arena, &tape, &error)) {
        why->words = json_code_words(error.code);
        return false;
    }
    *p = (struct profile){.name = source->name,
                          .text = source->text,
                          .hash = hash_of(source->text),
                          .json = true};
    member = json_member(&tape, json_member(&tape, 0, SLICE("x-decant")),
                         SLICE("payload"));
    if (member && json_string_is(&tape, member, SLICE("text")))
        p->json = false;
    *out = p;
    return true;
}
