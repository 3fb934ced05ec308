/*
 * mend_parts.h - what the files of mend.h share, and nobody else.
 *
 *     mend.c         the stack: keys, colons, commas, brackets, the end
 *     mend_root.c    what stands behind the value
 *     mend_string.c  everything between quotes
 *     mend_value.c   numbers, words, what lacks its quotes
 *     mend_number.c  how numbers are spelled
 *     mend_space.c   what stands between tokens: comments, fences, dots
 *     mend_ahead.c   would a string that ends here fit what follows?
 *     mend_out.c     the copy and its edits
 *
 * The output is copied on edit: the bytes of [from, at) are as they came and
 * not copied yet; an edit copies up to its place, then writes.
 */
#ifndef DECANT_JSON_MEND_PARTS_H
#define DECANT_JSON_MEND_PARTS_H

#include "validate/json/mend.h"

#include "validate/base/ascii.h"
#include "validate/json/tape.h"

#define LOOK_MAX 200 /* bytes looked ahead for the end of a key */

enum frame {
    FRAME_ROOT,
    FRAME_OBJECT,
    FRAME_ARRAY,
    FRAME_TUPLE, /* ( ) read as [ ] */
    FRAME_CALL,  /* name( ) around a value: leaves no trace */
    FRAME_COUNT
};

enum await {
    AWAIT_KEY,
    AWAIT_COLON,
    AWAIT_VALUE,
    AWAIT_BEHIND, /* a comma or the end of the container */
    AWAIT_NOTHING,
};

/* Where a string or word stands. */
enum place { PLACE_KEY, PLACE_MEMBER, PLACE_ELEMENT, PLACE_CALL, PLACE_ROOT };

/* A place to go back to when what follows turns out torn. */
struct keep {
    size_t at, used, from;
    uint32_t n_edits, depth;
};

struct mend {
    const char *text;
    size_t len;
    size_t at; /* the next byte */
    const struct mend_options *options;

    char *out;
    size_t used, cap;
    size_t from; /* first byte of the text that is not in `out` yet */
    struct repair_edit *edits;
    uint32_t n_edits, max_edits;
    struct repair_edit spare; /* written to when there is no room */

    bool full;      /* latched: memory */
    bool refused;   /* latched: at `wrong`, why in `fault` */
    bool utf8_seen; /* a byte >= 0x80 was met inside a string: since then */
    bool all_utf8;  /* known to be all valid UTF-8 */
    bool truncated;
    bool several;
    size_t second;  /* where the second of several values begins */
    bool first;     /* nothing stands in the innermost container yet */
    bool bare_root; /* the value that ended last is no container */
    size_t key_at;  /* a member's name seen from the string before it, */
    size_t key_end; /* and where its value begins */
    enum fault fault;
    size_t wrong;

    enum await await;
    uint32_t depth;
    uint32_t open[FRAME_COUNT];
    uint8_t frames[JSON_DEPTH_MAX + 2]; /* enum frame; [0] is the root */
    struct keep keep;
};

static inline bool mend_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
static inline bool mend_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$';
}
static inline bool mend_is_closer(char c)
{
    return c == '}' || c == ']' || c == ')';
}
/* Can only be a token: no space, comment, fence, dots or odd byte. */
static inline bool mend_is_token(char c)
{
    return c > ' ' && c < 0x7F && c != '/' && c != '#' && c != '.' && c != '`';
}
static inline struct slice mend_rest(const struct mend *m, size_t at)
{
    return slice_of(m->text + at, m->len - at);
}
/* The byte at `at`, or 0 at the end and beyond. */
static inline char mend_byte(const struct mend *m, size_t at)
{
    return at < m->len ? m->text[at] : '\0';
}
static inline bool mend_starts(const struct mend *m, size_t at,
                               struct slice with)
{
    return slice_eq(slice_take(mend_rest(m, at), with.len), with);
}
static inline enum frame mend_top(const struct mend *m)
{
    return (enum frame)m->frames[m->depth];
}

/* --- mend_out.c ----------------------------------------------------------- */

/* Replace n bytes at `at` by `after`; the class may be changed afterwards. */
struct repair_edit *mend_edit(struct mend *m, enum repair_rule rule, size_t at,
                              size_t n, struct slice after);
/* The same, as a guess whatever the rule's own class. */
void mend_guess(struct mend *m, enum repair_rule rule, size_t at, size_t n,
                struct slice after);
/* Take back the edits from number `first` on that lie at `at` or behind. */
void mend_rewind(struct mend *m, size_t at, uint32_t first);
/* Remember this place as one where a whole value has just ended. */
static inline void mend_keep(struct mend *m)
{
    m->keep = (struct keep){
        .at = m->at,
        .used = m->used,
        .from = m->from,
        .n_edits = m->n_edits,
        .depth = m->depth,
    };
}
/* Nothing can be made of what stands at `at`. */
void mend_refuse(struct mend *m, enum fault fault, size_t at);
/* The text ends too soon: drop it from `cut` on, close what is open, with a
 * quote first if a string is. */
void mend_truncate(struct mend *m, size_t cut, bool in_string);
/* The same at the last place kept. */
void mend_torn(struct mend *m);
/* What closes a frame: "" for a call. */
struct slice mend_closer(enum frame frame);

/* --- mend_space.c --------------------------------------------------------- */

/* For the inline ones below. */
size_t mend_blank_from(const struct mend *m, size_t at);
size_t mend_ahead_from(const struct mend *m, size_t at);
void mend_skip_from(struct mend *m);

/* Behind the white space at `at`, odd kinds included. */
static inline size_t mend_blank(const struct mend *m, size_t at)
{
    while (at < m->len && mend_is_space(m->text[at]))
        at++;
    return at < m->len && (m->text[at] > ' ' && m->text[at] < 0x7F)
               ? at
               : mend_blank_from(m, at);
}
/* Behind all that may stand between tokens. */
static inline size_t mend_ahead(const struct mend *m, size_t at)
{
    while (at < m->len && mend_is_space(m->text[at]))
        at++;
    return at < m->len && mend_is_token(m->text[at]) ? at
                                                     : mend_ahead_from(m, at);
}
/* Go there, taking off what JSON does not allow. */
static inline void mend_skip(struct mend *m)
{
    while (m->at < m->len && mend_is_space(m->text[m->at]))
        m->at++;
    if (m->at < m->len && !mend_is_token(m->text[m->at]))
        mend_skip_from(m);
}
/* Take off [at, end) behind the value, with the white space before it. */
void mend_cut_tail(struct mend *m, enum repair_rule rule, size_t at,
                   size_t end);
/* Bytes of a fence line's mark and language at `at`, 0 when there is none. */
size_t mend_fence(const struct mend *m, size_t at);
bool mend_comment(const struct mend *m, size_t at);
bool mend_dots(const struct mend *m, size_t at);

/* --- mend_ahead.c --------------------------------------------------------- */

enum quote {
    QUOTE_NONE,
    QUOTE_DOUBLE,
    QUOTE_SINGLE,
    QUOTE_CURLY,     /* the double ones */
    QUOTE_CURLY_ONE, /* the single ones */
    QUOTE_TICK,      /* backtick and acute */
};
/* The kind of quote at `at` and its bytes. */
enum quote mend_quote_from(const struct mend *m, size_t at, size_t *width);
static inline enum quote mend_quote(const struct mend *m, size_t at,
                                    size_t *width)
{
    char c = mend_byte(m, at);

    *width = 1;
    if (c == '"')
        return QUOTE_DOUBLE;
    if (c == '\'')
        return QUOTE_SINGLE;
    return c != '`' && (unsigned char)c < 0x80 ? QUOTE_NONE
                                               : mend_quote_from(m, at, width);
}
/* Does a key with its colon stand at `at`? */
bool mend_key_at(const struct mend *m, size_t at);
/* Does a whole word in quotes stand at `at`, with something fitting behind? */
bool mend_element_at(const struct mend *m, size_t at);
/* Does the quote at `at` have a partner, as far as can be seen? */
bool mend_quoted(const struct mend *m, size_t at);
/* May a value begin here? Words count only when they are literals. */
bool mend_value_at(const struct mend *m, size_t at);
size_t mend_word_len(const struct mend *m, size_t at);

/* Does what follows fit the end of a string there? */
enum fit { FIT_NO, FIT_WEAK, FIT_YES };
enum fit mend_fits(const struct mend *m, size_t at, enum place place);

/* --- mend_root.c ---------------------------------------------------------- */

/* One step where a value is complete and no bracket is open. */
void mend_root(struct mend *m);

/* --- mend_number.c -------------------------------------------------------- */

#define MEND_NUMBER_MAX 1024 /* bytes of a number that is respelled */

/* Length of the longest JSON number s begins with; 0 if none. */
size_t mend_number_len(struct slice s);
/* What is left behind a number that stops too soon: "." "e" "e+" "e-". */
bool mend_number_torn(struct slice s);
/* 007, -01.5: whole tokens only. */
bool mend_leading_zero(struct slice s);
/* +1 .5 5. 0x1F and the like in JSON's spelling, in at most MEND_NUMBER_MAX
 * + 32 bytes; 0 when it is something else. */
size_t mend_respelled(struct slice s, char *out);

/* --- mend_string.c, mend_value.c ------------------------------------------ */

/* The string whose opening quote stands at m->at; false: it took the rest
 * of the text (m->truncated) or cannot be told (m->refused). */
bool mend_string(struct mend *m, enum place place, bool raw);
/* Make the plain bytes [m->from.., end) from `at` on a JSON string's inside. */
void mend_plain(struct mend *m, size_t at, size_t end);
/* A byte >= 0x80 inside a string: behind it, or m->len when it is torn. */
size_t mend_high(struct mend *m, size_t at);
void mend_control(struct mend *m, size_t at);

/* A value that is neither container nor quoted. False as above. */
bool mend_scalar(struct mend *m, enum place place);
/* A key without quotes. */
bool mend_bare_key(struct mend *m);

#endif
