/*
 * kernel_block.h - both vector loops for vectors of 16 or 32 bytes.
 *
 * Included by a kernel after it has defined, for vectors of LANES bytes, what
 * kernel_utf8.h wants, and
 *
 *     struct block          64 bytes: vec v[BLOCK / LANES]
 *     block_bits(b)         bit i: the top bit of byte i of the block
 *     vec_spread(bits)      byte i all ones where bit i is one
 *     pick_8(to, from, row) eight bytes: to[i] = from[row[i]]
 *     prefix_xor(bits)      see prefix_xor_plain()
 *
 * Without LANES this file holds nothing.  Comparing and blending is left to
 * the compiler's vector types.
 *
 * Unescaping has no branch per escape: the bytes behind backslashes are
 * translated in place, then the backslashes are squeezed out, eight bytes at
 * a time by a table of shuffles.  Only \u leaves the loop.
 */
#ifndef DECANT_JSON_KERNEL_BLOCK_H
#define DECANT_JSON_KERNEL_BLOCK_H

#include "validate/json/kernel.h"
#include "validate/json/kernel_scan.h"
#include "validate/json/kernel_utf8.h"

#ifdef LANES

#define VECS (BLOCK / LANES)

/* Tables by the low half of a byte.  Bytes that are not in a table meet an
 * entry that is not theirs. */
static const uint8_t op_table[16] =
    {[10] = ':', [11] = '{', [12] = ',', [13] = '}'}; /* | 0x20 */
static const uint8_t space_table[16] = {' ', ' ',  ' ', ' ', ' ',  ' ',
                                        ' ', ' ',  ' ', 9,   '\n', ' ',
                                        ' ', '\r', ' ', ' '};
static const uint8_t letter_table[16] = {
    [0] = 1,   [2] = 'b',   [4] = 't',  [5] = 'u',
    [6] = 'f', [12] = '\\', [14] = 'n', [15] = '/'};
/* What a letter behind a backslash stands for; 'r' shares b's place. */
static const uint8_t meaning_table[16] =
    {[2] = '\b', [4] = '\t', [6] = '\f', [14] = '\n'};

static inline struct block block_load(const char *p)
{
    struct block b;

    UNROLL
    for (int i = 0; i < VECS; i++)
        b.v[i] = vec_load(p + (size_t)i * LANES);
    return b;
}

static inline uint64_t block_eq(struct block b, uint8_t byte)
{
    UNROLL
    for (int i = 0; i < VECS; i++)
        b.v[i] = (vec)(b.v[i] == byte);
    return block_bits(b);
}

static inline uint64_t block_below(struct block b, uint8_t byte)
{
    UNROLL
    for (int i = 0; i < VECS; i++)
        b.v[i] = (vec)(b.v[i] < byte);
    return block_bits(b);
}

/* (byte | with) is in the table */
static inline uint64_t block_in(struct block b, const uint8_t table[16],
                                uint8_t with)
{
    UNROLL
    for (int i = 0; i < VECS; i++)
        b.v[i] = (vec)(vec_look(table, b.v[i]) == (b.v[i] | with));
    return block_bits(b);
}

static inline void put_marks(struct scan *s, uint64_t marks, uint64_t slashed,
                             size_t at)
{
    size_t n = count_bits(marks);
    uint64_t left = marks;

    /* Always in fours: what is too many is written over. */
    for (size_t i = 0; i < n; i += 4) {
        for (size_t k = i; k < i + 4; k++) {
            s->to[k] = (uint32_t)(at + (size_t)__builtin_ctzll(
                                           left | (uint64_t)1 << 63));
            left &= left - 1;
        }
    }
    for (; slashed; slashed &= slashed - 1) {
        uint64_t before = marks & ((slashed & -slashed) - 1);

        s->to[count_bits(before)] |= INDEX_ESCAPED;
    }
    s->to += n;
}

/* The 64 readable bytes at p, which are those of the text at `at`. */
static inline __attribute__((always_inline)) void scan_block(
    struct scan *s, struct scan_units *u, const char *p, size_t at)
{
    struct block b = block_load(p);
    struct masks m = {
        .op = block_in(b, op_table, 0x20),
        .quote = block_eq(b, '"'),
        .backslash = block_eq(b, '\\'),
        .control = block_below(b, 0x20),
    };
    uint64_t escaped = s->escaped, marks, slashed;

    m.word = ~(m.op | block_in(b, space_table, 0) | m.quote);
    if (m.backslash | escaped) {
        uint64_t known = block_in(b, letter_table, 0) | block_eq(b, 'r');
        uint64_t letters;

        s->any_slash = true;
        escaped |= escape_starts(m.backslash, &s->escaped) << 1;
        s->bad |= escaped & ~(known | m.quote);
        letters = escaped & block_eq(b, 'u');
        if (__builtin_expect(letters != 0, 0))
            scan_letters(u, letters, at);
        m.quote &= ~escaped;
    }
    if (block_bits(b) | s->open)
        s->open = scan_high(u, at, at + BLOCK);
    marks = scan_marks(s, &m, prefix_xor(m.quote), &slashed);
    put_marks(s, marks, slashed, at);
}

static void index_text(struct slice text, struct json_index *out)
{
    struct scan_units u = {.text = text, .second_at = SIZE_MAX};
    struct scan s = {.to = out->marks};

    for (size_t at = 0; at < text.len; at += BLOCK) {
        const char *p = text.ptr + at;
        char edge[BLOCK];

        if (text.len - at < BLOCK) {
            memset(edge, ' ', sizeof(edge));
            p = memcpy(edge, p, text.len - at);
        }
        scan_block(&s, &u, p, at);
    }
    scan_done(&s, &u, out);
}

/* Row m of a table: the places of the zero bits of m, from the low end. */
#define KEPT(m, i) (1u & ~((m) >> (i)))
#define RANK(m, i)                                             \
    (((i) > 0 ? KEPT(m, 0) : 0) + ((i) > 1 ? KEPT(m, 1) : 0) + \
     ((i) > 2 ? KEPT(m, 2) : 0) + ((i) > 3 ? KEPT(m, 3) : 0) + \
     ((i) > 4 ? KEPT(m, 4) : 0) + ((i) > 5 ? KEPT(m, 5) : 0) + \
     ((i) > 6 ? KEPT(m, 6) : 0) + ((i) > 7 ? KEPT(m, 7) : 0))
#define PLACE(m, i) ((uint64_t)(KEPT(m, i) * (i)) << (8 * RANK(m, i) & 63))
#define ROW(m)                                                            \
    PLACE(m, 1) | PLACE(m, 2) | PLACE(m, 3) | PLACE(m, 4) | PLACE(m, 5) | \
        PLACE(m, 6) | PLACE(m, 7)
#define ROWS_4(m)  ROW(m), ROW(m + 1), ROW(m + 2), ROW(m + 3)
#define ROWS_16(m) ROWS_4(m), ROWS_4(m + 4), ROWS_4(m + 8), ROWS_4(m + 12)
#define ROWS_64(m) ROWS_16(m), ROWS_16(m + 16), ROWS_16(m + 32), ROWS_16(m + 48)

static const uint64_t squeeze_rows[256] = {ROWS_64(0u), ROWS_64(64u),
                                           ROWS_64(128u), ROWS_64(192u)};

/* The block without the bytes of `drop`; writes 64 bytes, returns the end. */
static inline char *squeeze(struct block b, uint64_t drop, char *to)
{
    char from[BLOCK];

    memcpy(from, &b, sizeof(from));
    UNROLL
    for (int i = 0; i < BLOCK; i += 8) {
        uint8_t gone = (uint8_t)(drop >> i);

        pick_8(to, from + i, &squeeze_rows[gone]);
        to += 8 - count_bits(gone);
    }
    return to;
}

/* The bytes of `escaped` as what they stand for behind a backslash: letters
 * alone change. */
static inline struct block translate(struct block b, uint64_t escaped)
{
    typedef int8_t ascii __attribute__((vector_size(LANES)));

    UNROLL
    for (int i = 0; i < VECS; i++) {
        vec v = b.v[i], means = vec_look(meaning_table, v);
        vec lanes =
            vec_spread(escaped >> (i * LANES % BLOCK)) & (vec)((ascii)v > 0x60);

        means |= (vec)(v == 'r') & ('\r' ^ '\b');
        b.v[i] = (v & ~lanes) | (means & lanes);
    }
    return b;
}

/* The \u escapes from p on, one at a time; returns the first byte behind. */
static const char *unescape_unicodes(const char *p, const char *end, char **to)
{
    while (end - p > 1 && p[0] == '\\' && p[1] == 'u') {
        size_t used;

        p += escape_read(p, end, *to, &used);
        *to += used;
    }
    return p;
}

static size_t unescape(struct slice body, char *out)
{
    const char *p = body.ptr, *end = p + body.len;
    uint64_t carry = 0; /* 1: the byte at p is escaped */
    char *to = out;

    while (p < end) {
        size_t n = (size_t)(end - p) < BLOCK ? (size_t)(end - p) : BLOCK;
        char edge[BLOCK];
        struct block b;
        uint64_t escaped, starts, letters, in = ~(uint64_t)0 >> (BLOCK - n);

        if (n < BLOCK) {
            memset(edge, 0, sizeof(edge));
            b = block_load(memcpy(edge, p, n));
        } else {
            b = block_load(p);
        }
        escaped = carry;
        starts = escape_starts(block_eq(b, '\\'), &carry);
        escaped |= starts << 1;
        letters = escaped & block_eq(b, 'u');
        if (letters) {
            /* Up to the backslash, which may lie in the block before. */
            n = (size_t)__builtin_ctzll(letters);
            in = n > 1 ? ~(uint64_t)0 >> (BLOCK - n + 1) : 0;
        }
        to = squeeze(translate(b, escaped & in), starts | ~in, to);
        p += n;
        if (letters) {
            p = unescape_unicodes(p - 1, end, &to);
            carry = 0;
        }
    }
    return (size_t)(to - out);
}

#endif
#endif
