/*
 * embedding.c - vectors as one JSON value.
 *
 * One vector written as numbers is lent as it stands in the line.  Several
 * become an array of arrays; base64 of little-endian float32 is decoded and
 * each number written with the fewest digits that read back as the same
 * float32.
 */
#include "importer/stage/family.h"

#include <math.h>
#include <stdio.h>

#define FLOAT_BYTES 4
#define FLOAT_CHARS 17 /* "-1.17549435e-38" and a comma, roundly */

/* Writes into room that was sized for the worst case. */
struct pen {
    char *bytes;
    size_t len;
    size_t cap;
};

static void pen_put(struct pen *pen, struct slice text)
{
    DEMAND(text.len <= pen->cap - pen->len);
    memcpy(pen->bytes + pen->len, text.ptr, text.len);
    pen->len += text.len;
}

/* Both alphabets of RFC 4648. */
static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* False when the number is not finite, which JSON cannot say. */
static bool put_float(struct pen *pen, const unsigned char *bytes)
{
    uint32_t bits = bytes[0] | (uint32_t)bytes[1] << 8 |
                    (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    char text[FLOAT_CHARS + 8];
    float value;
    int len = 0;

    memcpy(&value, &bits, sizeof(value));
    if (!isfinite(value))
        return false;
    /* Nine digits tell any two float32 apart, six are always kept. */
    for (int digits = 6; digits <= 9; digits++) {
        len = snprintf(text, sizeof(text), "%.*g", digits, (double)value);
        DEMAND(len > 0 && len < FLOAT_CHARS);
        if (strtof(text, NULL) == value)
            break;
    }
    pen_put(pen, slice_of(text, (size_t)len));
    return true;
}

/* The numbers of a base64 text, with commas; false when it is none. */
static bool put_floats(struct pen *pen, struct slice base64)
{
    unsigned char bytes[FLOAT_BYTES];
    uint32_t bits = 0, n_bits = 0;
    size_t n = 0, n_floats = 0;

    while (base64.len && base64.ptr[base64.len - 1] == '=')
        base64.len--;
    for (size_t i = 0; i < base64.len; i++) {
        int digit = base64_digit(base64.ptr[i]);

        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        n_bits += 6;
        if (n_bits < 8)
            continue;
        n_bits -= 8;
        bytes[n++] = (unsigned char)(bits >> n_bits);
        if (n < FLOAT_BYTES)
            continue;
        if (n_floats++)
            pen_put(pen, SLICE(","));
        if (!put_float(pen, bytes))
            return false;
        n = 0;
    }
    return n == 0 && n_floats > 0;
}

/* Room that one vector needs at most; 0: there is nothing in it. */
static size_t vector_room(const struct json_tape *t, uint32_t node)
{
    if (node == JSON_NONE)
        return 0;
    if (json_is(t, node, JSON_ARRAY))
        return json_first(t, node) ? t->nodes[node].len : 0;
    if (!node_text(t, node) || t->nodes[node].flags & JSON_ESCAPED)
        return 0;
    return (t->nodes[node].len / 16 + 1) * 3 * FLOAT_CHARS + 2;
}

static bool put_vector(struct pen *pen, const struct json_tape *t,
                       uint32_t node)
{
    bool sound = true;

    if (json_is(t, node, JSON_ARRAY)) {
        pen_put(pen, json_raw(t, node));
        return true;
    }
    pen_put(pen, SLICE("["));
    sound = put_floats(pen, json_inner(t, node));
    pen_put(pen, SLICE("]"));
    return sound;
}

/* The line's only answer is this JSON. */
static void put_answer(struct opening *op, struct slice json)
{
    struct envelope *env = op->env;

    env->answers = arena_new(op->arena, 1, struct answer);
    if (!env->answers) {
        op->full = true;
        return;
    }
    env->answers[0] = (struct answer){
        .json = json,
        .finish = env->finish,
        .outcome = OUTCOME_OK,
    };
    env->n_answers = 1;
    env->outcome = OUTCOME_OK;
}

void embedding_take(struct opening *op, const uint32_t *vectors, uint32_t n)
{
    const struct json_tape *t = op->tape;
    struct pen pen = {.cap = (size_t)n + 2};
    bool sound = true;

    for (uint32_t i = 0; i < n; i++) {
        size_t room = vector_room(t, vectors[i]);

        if (!room) {
            line_ends(op, OUTCOME_EMPTY, SLICE("an embedding without numbers"),
                      vectors[i] ? vectors[i] : op->wrong);
            return;
        }
        pen.cap += room;
    }
    if (n == 1 && json_is(t, vectors[0], JSON_ARRAY)) {
        put_answer(op, json_raw(t, vectors[0]));
        return;
    }
    pen.bytes = arena_bytes(op->arena, pen.cap);
    if (!pen.bytes) {
        op->full = true;
        return;
    }
    if (n > 1)
        pen_put(&pen, SLICE("["));
    for (uint32_t i = 0; i < n && sound; i++) {
        if (i)
            pen_put(&pen, SLICE(","));
        sound = put_vector(&pen, t, vectors[i]);
    }
    if (n > 1)
        pen_put(&pen, SLICE("]"));
    arena_trim(op->arena, pen.bytes + pen.len);
    if (sound && n)
        put_answer(op, slice_of(pen.bytes, pen.len));
    else
        line_ends(op, n ? OUTCOME_MALFORMED : OUTCOME_EMPTY,
                  n ? SLICE("an embedding that is not base64 of float32")
                    : SLICE("no embedding"),
                  n ? vectors[0] : op->wrong);
}
