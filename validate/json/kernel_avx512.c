/*
 * kernel_avx512.c - the kernel for AVX-512 with VBMI and VBMI2 (Ice Lake,
 * Zen 4 and later).
 *
 * One byte permutation with a table of 128 gives every class a byte can have;
 * compressing moves marks and text together.  Ends of texts are read through
 * a mask, so short texts need no copy.
 */
#include "validate/json/kernel.h"

#if defined(__AVX512VBMI2__) && defined(__AVX512VBMI__)

#include <immintrin.h>

#define LANES 64
typedef uint8_t vec __attribute__((vector_size(LANES)));

#include "validate/json/kernel_scan.h"

static inline vec vec_load(const char *p)
{
    return (vec)_mm512_loadu_si512(p);
}
static inline vec vec_look(const uint8_t table[16], vec v)
{
    __m128i row = _mm_loadu_si128((const void *)table);

    return (vec)_mm512_shuffle_epi8(_mm512_broadcast_i32x4(row), (__m512i)v);
}
static inline bool vec_high(vec v)
{
    return _mm512_movepi8_mask((__m512i)v) != 0;
}

#include "validate/json/kernel_utf8.h"

enum {
    IS_OP = 1 << 0,
    IS_SPACE = 1 << 1,
    IS_QUOTE = 1 << 2,
    IS_BACKSLASH = 1 << 3,
    IS_CONTROL = 1 << 4,
    IS_LETTER = 1 << 5, /* may stand behind a backslash */
    IS_U = 1 << 6,
};

/* The classes of the ASCII bytes. */
static const uint8_t classes[128] __attribute__((aligned(64))) = {
    [0] = IS_CONTROL,
    [1] = IS_CONTROL,
    [2] = IS_CONTROL,
    [3] = IS_CONTROL,
    [4] = IS_CONTROL,
    [5] = IS_CONTROL,
    [6] = IS_CONTROL,
    [7] = IS_CONTROL,
    [8] = IS_CONTROL,
    ['\t'] = IS_CONTROL | IS_SPACE,
    ['\n'] = IS_CONTROL | IS_SPACE,
    [11] = IS_CONTROL,
    [12] = IS_CONTROL,
    ['\r'] = IS_CONTROL | IS_SPACE,
    [14] = IS_CONTROL,
    [15] = IS_CONTROL,
    [16] = IS_CONTROL,
    [17] = IS_CONTROL,
    [18] = IS_CONTROL,
    [19] = IS_CONTROL,
    [20] = IS_CONTROL,
    [21] = IS_CONTROL,
    [22] = IS_CONTROL,
    [23] = IS_CONTROL,
    [24] = IS_CONTROL,
    [25] = IS_CONTROL,
    [26] = IS_CONTROL,
    [27] = IS_CONTROL,
    [28] = IS_CONTROL,
    [29] = IS_CONTROL,
    [30] = IS_CONTROL,
    [31] = IS_CONTROL,
    [' '] = IS_SPACE,
    ['"'] = IS_QUOTE | IS_LETTER,
    ['\\'] = IS_BACKSLASH | IS_LETTER,
    ['/'] = IS_LETTER,
    ['b'] = IS_LETTER,
    ['f'] = IS_LETTER,
    ['n'] = IS_LETTER,
    ['r'] = IS_LETTER,
    ['t'] = IS_LETTER,
    ['u'] = IS_LETTER | IS_U,
    ['{'] = IS_OP,
    ['}'] = IS_OP,
    ['['] = IS_OP,
    [']'] = IS_OP,
    [':'] = IS_OP,
    [','] = IS_OP,
};

/* What an ASCII byte behind a backslash stands for. */
static const uint8_t meanings[128] __attribute__((aligned(64))) = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* The low n bits, all of them from 64 on. */
static inline uint64_t first_bits(size_t n)
{
    return n < BLOCK ? _bzhi_u64(~(uint64_t)0, (unsigned)n) : ~(uint64_t)0;
}

/*
 * A mask as a number from here on.  Without this gcc moves later "and"s back
 * into the comparison as its mask, which puts two slow moves between kinds
 * of registers into the chain of carries from block to block.
 */
static inline uint64_t number(__mmask64 mask)
{
    uint64_t bits = mask;

    __asm__("" : "+r"(bits));
    return bits;
}

/* 0, 1, 2 ... 63 */
static inline __m512i counting(void)
{
    return _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51,
                           50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38,
                           37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25,
                           24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12,
                           11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/* Sixteen marks from the low bytes of `places`. */
static inline void put_16(uint32_t *to, __m128i places, size_t at,
                          uint64_t slashed)
{
    __m512i base = _mm512_set1_epi32((int)at);
    __m512i marks = _mm512_add_epi32(_mm512_cvtepu8_epi32(places), base);

    marks = _mm512_mask_or_epi32(marks, (__mmask16)slashed, marks,
                                 _mm512_set1_epi32((int)INDEX_ESCAPED));
    _mm512_storeu_si512(to, marks);
}

/* The places of the marks' bits, squeezed together, sixteen at a time: what
 * is too many is written over by the next block. */
static inline void put_marks(struct scan *s, uint64_t marks, uint64_t slashed,
                             size_t at)
{
    size_t n = (size_t)_mm_popcnt_u64(marks);
    uint64_t flags = _pext_u64(slashed, marks);
    __m512i places = _mm512_maskz_compress_epi8(marks, counting());

    put_16(s->to, _mm512_castsi512_si128(places), at, flags);
    if (n > 16) {
        put_16(s->to + 16, _mm512_extracti32x4_epi32(places, 1), at,
               flags >> 16);
        if (n > 32) {
            put_16(s->to + 32, _mm512_extracti32x4_epi32(places, 2), at,
                   flags >> 32);
            put_16(s->to + 48, _mm512_extracti32x4_epi32(places, 3), at,
                   flags >> 48);
        }
    }
    s->to += n;
}

/* Carry-less multiplication by all ones; see prefix_xor_plain(). */
static inline uint64_t prefix_xor(uint64_t bits)
{
    __m128i ones = _mm_set1_epi8(-1);
    __m128i all =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), ones, 0);

    return (uint64_t)_mm_cvtsi128_si64(all);
}

/* The classes that are asked for, each in all bytes of a register. */
struct asked {
    __m512i op, quote, backslash, control, letter, u, no_word;
    __m512i low, high; /* the table */
};

/* Hidden from the compiler, which else makes them anew for every block. */
static inline __m512i kept(char class)
{
    __m512i v = _mm512_set1_epi8(class);

    __asm__("" : "+v"(v));
    return v;
}

static inline struct asked asked_init(void)
{
    return (struct asked){
        .op = kept(IS_OP),
        .quote = kept(IS_QUOTE),
        .backslash = kept(IS_BACKSLASH),
        .control = kept(IS_CONTROL),
        .letter = kept(IS_LETTER),
        .u = kept(IS_U),
        .no_word = kept(IS_OP | IS_QUOTE | IS_SPACE),
        .low = _mm512_load_si512(classes),
        .high = _mm512_load_si512(classes + 64),
    };
}

/* The class of each byte.  All that is not ASCII shares the class of 127,
 * which has none. */
static inline __m512i classify(const struct asked *is, __m512i v)
{
    return _mm512_permutex2var_epi8(
        is->low, _mm512_min_epu8(v, _mm512_set1_epi8(127)), is->high);
}

/* One test per question; the answers leave the vector unit as numbers. */
static inline struct masks masks_of(const struct asked *is, __m512i class)
{
    return (struct masks){
        .op = _mm512_test_epi8_mask(class, is->op),
        .word = _mm512_testn_epi8_mask(class, is->no_word),
        .quote = _mm512_test_epi8_mask(class, is->quote),
        .backslash = _mm512_test_epi8_mask(class, is->backslash),
        .control = _mm512_test_epi8_mask(class, is->control),
    };
}

/* Checks the escapes and takes the escaped quotes out of m->quote; returns
 * the escapes that are a 'u', which have to be looked at one by one. */
static inline uint64_t scan_escapes(struct scan *s, struct masks *m,
                                    const struct asked *is, __m512i class)
{
    uint64_t escaped = s->escaped;

    escaped |= escape_starts(m->backslash, &s->escaped) << 1;
    s->bad |= _mm512_mask_testn_epi8_mask(escaped, class, is->letter);
    m->quote &= ~escaped;
    return _mm512_mask_test_epi8_mask(escaped, class, is->u);
}

/*
 * Two blocks at once: what they do not owe each other runs side by side.  One
 * block is a chain of some 75 cycles, so few fit into what the CPU looks at;
 * two interleaved ones take half the time.
 */
static inline __attribute__((always_inline)) void scan_pair(
    struct scan *s, struct scan_units *u, const struct asked *is,
    const __m512i v[2], size_t at)
{
    __m512i first = classify(is, v[0]), second = classify(is, v[1]);
    struct masks a = masks_of(is, first), b = masks_of(is, second);
    uint64_t inside_a, inside_b, marks_a, marks_b, slashed_a, slashed_b;

    if (_mm512_movepi8_mask(_mm512_or_si512(v[0], v[1])) | s->open)
        s->open = scan_high(u, at, at + (size_t)2 * BLOCK);
    if (a.backslash | b.backslash | s->escaped) {
        uint64_t letters_a = scan_escapes(s, &a, is, first);
        uint64_t letters_b = scan_escapes(s, &b, is, second);

        s->any_slash = true;
        if (__builtin_expect((letters_a | letters_b) != 0, 0)) {
            scan_letters(u, letters_a, at);
            scan_letters(u, letters_b, at + BLOCK);
        }
    }
    inside_a = prefix_xor(a.quote);
    inside_b = prefix_xor(b.quote);
    marks_a = scan_marks(s, &a, inside_a, &slashed_a);
    marks_b = scan_marks(s, &b, inside_b, &slashed_b);
    put_marks(s, marks_a, slashed_a, at);
    put_marks(s, marks_b, slashed_b, at + BLOCK);
}

/* n bytes from p on, the rest spaces. */
static inline __m512i load_some(const char *p, size_t n)
{
    return _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), first_bits(n), p);
}

static void index_text(struct slice text, struct json_index *out)
{
    const struct asked is = asked_init();
    struct scan_units u = {.text = text, .second_at = SIZE_MAX};
    struct scan s = {.to = out->marks};
    size_t at = 0;

    for (; text.len - at >= (size_t)2 * BLOCK; at += (size_t)2 * BLOCK) {
        __m512i v[2] = {_mm512_loadu_si512(text.ptr + at),
                        _mm512_loadu_si512(text.ptr + at + BLOCK)};

        scan_pair(&s, &u, &is, v, at);
    }
    if (at < text.len) {
        size_t n = text.len - at, more = n < BLOCK ? 0 : n - BLOCK;
        __m512i v[2] = {load_some(text.ptr + at, n),
                        load_some(text.ptr + at + n - more, more)};

        scan_pair(&s, &u, &is, v, at);
    }
    scan_done(&s, &u, out);
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

/* A body being unescaped. */
struct copy {
    const char *p, *end;
    char *to;
    uint64_t carry; /* 1: the byte at p is escaped */
};

/* The bytes of v that are `in`, the escaped ones as what they stand for. */
static inline char *put_text(char *to, __m512i v, uint64_t escaped, uint64_t in)
{
    __m512i means = _mm512_permutex2var_epi8(_mm512_load_si512(meanings), v,
                                             _mm512_load_si512(meanings + 64));

    v = _mm512_mask_mov_epi8(v, escaped, means);
    /* By way of a register: compressing to memory is slow on Zen. */
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(in, v));
    return to + _mm_popcnt_u64(in);
}

/* One block, whole or not, up to its first \u. */
static inline void copy_block(struct copy *c)
{
    size_t n = (size_t)(c->end - c->p);
    __m512i v = _mm512_maskz_loadu_epi8(first_bits(n), c->p);
    uint64_t escaped = c->carry, in = first_bits(n), starts, letters;

    n = n < BLOCK ? n : BLOCK;
    starts = escape_starts(
        number(_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'))), &c->carry);
    escaped |= starts << 1;
    letters = _mm512_mask_cmpeq_epi8_mask(escaped, v, _mm512_set1_epi8('u'));
    if (letters) {
        /* Up to the backslash, which may lie in the block before. */
        n = _tzcnt_u64(letters);
        in = first_bits(n ? n - 1 : 0);
    }
    c->to = put_text(c->to, v, escaped, in & ~starts);
    c->p += n;
    if (letters) {
        c->p = unescape_unicodes(c->p - 1, c->end, &c->to);
        c->carry = 0;
    }
}

/* Two whole blocks side by side; false, and nothing done, at a \u. */
static inline bool copy_pair(struct copy *c)
{
    const __m512i slash = _mm512_set1_epi8('\\'), u = _mm512_set1_epi8('u');
    __m512i v = _mm512_loadu_si512(c->p);
    __m512i w = _mm512_loadu_si512(c->p + BLOCK);
    uint64_t carry = c->carry, escaped_v = carry, escaped_w;
    uint64_t starts_v =
        escape_starts(number(_mm512_cmpeq_epi8_mask(v, slash)), &carry);
    uint64_t starts_w;

    escaped_v |= starts_v << 1;
    escaped_w = carry;
    starts_w = escape_starts(number(_mm512_cmpeq_epi8_mask(w, slash)), &carry);
    escaped_w |= starts_w << 1;
    if (_mm512_mask_cmpeq_epi8_mask(escaped_v, v, u) |
        _mm512_mask_cmpeq_epi8_mask(escaped_w, w, u))
        return false;
    c->carry = carry;
    c->to = put_text(c->to, v, escaped_v, ~starts_v);
    c->to = put_text(c->to, w, escaped_w, ~starts_w);
    c->p += (size_t)2 * BLOCK;
    return true;
}

static size_t unescape(struct slice body, char *out)
{
    struct copy c = {body.ptr, body.ptr + body.len, out, 0};

    while (c.p < c.end) {
        if (c.end - c.p < 2 * BLOCK || !copy_pair(&c))
            copy_block(&c);
    }
    return (size_t)(c.to - out);
}

const struct json_kernel json_kernel_avx512 = {
    "avx512",
    index_text,
    unescape,
    utf8_valid,
};

#endif
