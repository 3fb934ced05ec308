/*
 * record.c - see record.h.
 *
 * What costs nothing on sound data is checked by looking at what the tape
 * knows already: whether \u0000 occurs at all, and which numbers are long
 * or have an exponent.
 */
#include "validate/record/record.h"

#include "validate/json/check.h"

#define DIGITS_MAX   1000
#define EXPONENT_MAX 400

static const struct {
    struct slice key, words;
} notes[] = {
#define NOTE(name, key, words) {SLICE_INIT(key), SLICE_INIT(words)},
#include "validate/record/note.def"
#undef NOTE
};

struct slice note_key(enum note note)
{
    DEMAND((unsigned)note < NOTE_COUNT);
    return notes[note].key;
}

struct slice note_words(enum note note)
{
    DEMAND((unsigned)note < NOTE_COUNT);
    return notes[note].words;
}

static struct verdict fault_at(enum fault fault, const struct json_tape *tape,
                               size_t at, struct arena *arena)
{
    return (struct verdict){
        .fault = fault,
        .at = at,
        .where = json_locate(tape->text, at, arena),
    };
}

/* Offset of the first \u0000 escape of a sound text, its length if none. */
static size_t find_nul(struct slice text)
{
    size_t at = 0;

    while (at < text.len) {
        struct slice left;

        at += slice_find(slice_drop(text, at), '\\');
        left = slice_drop(text, at);
        if (slice_eq(slice_take(left, 6), SLICE("\\u0000")))
            return at;
        at += 2; /* an escape's letter is never a backslash that counts */
    }
    return text.len;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number as JSON writes them that PostgreSQL should not be given: it would
 * take 1e131071 and print all its digits.  The exponent is judged as it is
 * written, its sign and leading zeros do not count. */
static bool out_of_range(struct slice number)
{
    size_t i = 0, digits = 0;
    unsigned exponent = 0;

    for (; i < number.len && (number.ptr[i] | 32) != 'e'; i++)
        digits += is_digit(number.ptr[i]);
    for (; i < number.len && exponent <= EXPONENT_MAX; i++) {
        if (is_digit(number.ptr[i]))
            exponent = exponent * 10 + (unsigned)(number.ptr[i] - '0');
    }
    return digits > DIGITS_MAX || exponent > EXPONENT_MAX;
}

static struct verdict judge_json(const struct json_tape *tape,
                                 struct arena *arena)
{
    if (tape->flags & JSON_NUL)
        return fault_at(FAULT_JSON_NUL, tape, find_nul(tape->text), arena);
    for (uint32_t i = 0; i < tape->n_nodes; i++) {
        const struct json_node *node = &tape->nodes[i];

        if (node->kind != JSON_NUMBER ||
            (node->len <= DIGITS_MAX && !(node->flags & JSON_FRACTION)))
            continue;
        if (out_of_range(json_raw(tape, i)))
            return fault_at(FAULT_JSON_NUMBER_RANGE, tape, node->at, arena);
    }
    return (struct verdict){.fault = FAULT_NONE};
}

static bool blank(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return false;
    }
    return true;
}

static struct verdict judge_text(struct slice text)
{
    size_t nul = slice_find(text, '\0');

    if (blank(text))
        return (struct verdict){.fault = FAULT_REPLY_EMPTY};
    if (nul < text.len)
        return (struct verdict){.fault = FAULT_JSON_NUL, .at = nul};
    return (struct verdict){.fault = FAULT_NONE};
}

struct verdict record_judge(const struct profile *profile,
                            const struct record_input *in, struct arena *arena,
                            struct record *out)
{
    *out = (struct record){.json = {NULL, 0}};
    if (profile->json) {
        if (!restore(in->sound, in->text, &profile->fields, NULL, arena))
            return (struct verdict){.fault = FAULT_LINE_MEMORY};
        out->json = in->sound->tape.text;
        return judge_json(&in->sound->tape, arena);
    }
    out->text = in->text;
    return judge_text(in->text);
}
