/*
 * kernel_scan.h - the structure of 64 bytes from bit masks of them.
 *
 * What all vector kernels share of stage one: bit i of a mask speaks of byte
 * i of the block, and everything between the masks a kernel makes (struct
 * masks) and the marks it writes is arithmetic on 64-bit words, with a few
 * carries from block to block (struct scan).
 *
 * The idea of such masks is Langdale and Lemire's ("Parsing Gigabytes of JSON
 * per Second", 2019); finding odd runs of backslashes by one addition, and
 * finding which strings hold a backslash by another, is explained where it
 * is done.
 */
#ifndef DECANT_JSON_KERNEL_SCAN_H
#define DECANT_JSON_KERNEL_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "validate/base/slice.h"
#include "validate/json/escape.h"
#include "validate/json/index.h"
#include "validate/json/tape.h"

#define BLOCK 64

/* Unroll the short loop that follows: gcc does not at -O2. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

#define EVEN_BITS 0x5555555555555555u
#define ODD_BITS  0xAAAAAAAAAAAAAAAAu

/* What a kernel sees in 64 bytes.  op may hold other control characters
 * too: whoever reads a mark looks at the byte. */
struct masks {
    uint64_t op;        /* { } [ ] : , */
    uint64_t word;      /* none of these, no quote, no white space */
    uint64_t quote;     /* once `escaped` is known: without escaped ones */
    uint64_t backslash; /* all */
    uint64_t control;   /* below 0x20 */
};

/* Carried from block to block; small enough to live in registers. */
struct scan {
    uint32_t *to;       /* where the next mark goes */
    uint64_t escaped;   /* 1: the next byte stands behind a backslash */
    uint64_t in_string; /* all ones: the next byte is inside a string */
    uint64_t slashed;   /* 1: a backslash was seen in that string */
    uint64_t in_word;   /* 1: the byte before belongs to a number or word */
    uint64_t bad;       /* not 0: damage */
    bool open;          /* a UTF-8 sequence goes on behind this block */
    bool any_slash;     /* a backslash was seen: some string is escaped */
};

/* What \u escapes and UTF-8 need; apart, because its address is taken. */
struct scan_units {
    struct slice text;
    size_t second_at; /* the 'u' of the second half of the last pair */
    bool nul;         /* \u0000 was seen */
    bool bad;
};

static inline size_t count_bits(uint64_t bits)
{
#if defined(__POPCNT__) || defined(__aarch64__)
    return (size_t)__builtin_popcountll(bits);
#else
    bits -= bits >> 1 & EVEN_BITS;
    bits = (bits & 0x3333333333333333) + (bits >> 2 & 0x3333333333333333);
    return (size_t)(((bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0F) *
                        0x0101010101010101 >>
                    56);
#endif
}

/* *sum = a + b + carry (0 or 1); returns the carry out. */
static inline uint64_t add_carry(uint64_t a, uint64_t b, uint64_t carry,
                                 uint64_t *sum)
{
#if defined(__x86_64__)
    unsigned long long out;

    carry = _addcarry_u64((unsigned char)carry, a, b, &out);
    *sum = out;
    return carry;
#else
    *sum = a + b + carry;
    return *sum < a || (carry && *sum == a);
#endif
}

/*
 * The backslashes that begin an escape: every other one of a run, from its
 * first on.  Runs that begin at an odd place are found by adding a bit to
 * their first one: the carry wipes the run and stops in the gap behind it.
 * *carry: the first byte is escaped by the block before; then the last byte
 * begins an escape.
 */
static inline uint64_t escape_starts(uint64_t backslash, uint64_t *carry)
{
    uint64_t run = backslash & ~*carry;
    uint64_t odd = run & ~(run + (run & ~(run << 1) & ODD_BITS));
    uint64_t starts = run & (EVEN_BITS ^ odd);

    *carry = starts >> 63;
    return starts;
}

/* \uXXXX whose 'u' stands at `at`: digits and pairs. */
static inline void scan_unicode(struct scan_units *u, size_t at)
{
    const char *p = u->text.ptr + at - 1, *end = u->text.ptr + u->text.len;
    char got[UTF8_MAX];
    size_t used, n;

    if (at == u->second_at)
        return;
    n = escape_unicode(p, end, got, &used);
    u->bad |= !n;
    if (n > ESCAPE_UNICODE)
        u->second_at = at + ESCAPE_UNICODE;
    else if (n && !got[0])
        u->nul = true;
}

/* Out of line: kept from spilling the registers of those who call it. */
static __attribute__((noinline)) void scan_letters(struct scan_units *u,
                                                   uint64_t letters, size_t at)
{
    for (; letters; letters &= letters - 1)
        scan_unicode(u, at + (size_t)__builtin_ctzll(letters));
}

/* All bits from each set one to the next one: inside the quotes. */
static inline uint64_t prefix_xor_plain(uint64_t bits)
{
    for (int i = 1; i < 64; i *= 2)
        bits ^= bits << i;
    return bits;
}

/*
 * The block's marks.  `inside` = prefix xor of the quotes.  *slashed: the
 * closing quotes of strings with a backslash, found by adding the backslashes
 * to the strings' runs of ones: any one of them makes the sum carry into the
 * place of the closing quote.
 */
static inline uint64_t scan_marks(struct scan *s, const struct masks *m,
                                  uint64_t inside, uint64_t *slashed)
{
    uint64_t string = inside ^ s->in_string; /* with the opening quote */
    uint64_t word = m->word & ~string;
    uint64_t starts = word & ~(word << 1 | s->in_word);
    uint64_t total;

    s->slashed = add_carry(string, m->backslash & string, s->slashed, &total);
    *slashed = total & m->quote & ~string;
    s->bad |= m->control & string;
    s->in_string = (uint64_t)((int64_t)string >> 63);
    s->in_word = word >> 63;
    return (m->op & ~string) | m->quote | starts;
}

/* Hand the findings over.  A UTF-8 sequence that the end leaves open needs
 * no word: it stands in a string that the end leaves open, or in no string. */
static inline void scan_done(const struct scan *s, const struct scan_units *u,
                             struct json_index *out)
{
    out->n_marks = (size_t)(s->to - out->marks);
    out->flags = (s->any_slash ? JSON_ESCAPED : 0) | (u->nul ? JSON_NUL : 0);
    out->bad = s->bad || u->bad || s->in_string;
}

#endif
