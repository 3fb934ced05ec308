/*
 * pattern_ecma.c - see pattern_ecma.h.
 *
 * Here are the terms: groups, quantifiers, references, assertions; escapes
 * and classes are in pattern_class.c.  The text is walked twice, see
 * pattern_parts.h, so whatever is refused is refused by the first walk.
 */
#include "validate/schema/pattern_ecma.h"

#include <stdarg.h>
#include <stdio.h>

#include "validate/base/utf8.h"
#include "validate/schema/pattern_parts.h"

/* The groups that are open. */
struct stack {
    size_t depth;
    size_t at[ECMA_DEPTH_MAX];
    bool look[ECMA_DEPTH_MAX]; /* (?= (?! (?<= (?<! may not be repeated */
};

bool reader_bad(struct reader *r, size_t at, const char *words)
{
    r->result = ECMA_BAD;
    r->ecma->offset = at;
    r->ecma->words = slice_of(words, strlen(words));
    return false;
}

bool reader_beyond(struct reader *r, size_t at, const char *words)
{
    reader_bad(r, at, words);
    r->result = ECMA_LIMIT;
    return false;
}

void reader_printf(struct reader *r, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(r->out ? r->out + r->n_out : NULL,
                  r->out ? r->room - r->n_out : 0, fmt, args);
    va_end(args);
    DEMAND(n >= 0 && (!r->out || (size_t)n < r->room - r->n_out));
    r->n_out += (size_t)n;
}

uint32_t reader_take_scalar(struct reader *r)
{
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    size_t n = utf8_sequence(slice_drop(r->text, r->at));
    uint32_t scalar;

    DEMAND(n > 0);
    scalar = (unsigned char)r->text.ptr[r->at] & mask[n];
    for (size_t i = 1; i < n; i++)
        scalar = scalar << 6 | ((unsigned char)r->text.ptr[r->at + i] & 0x3F);
    r->at += n;
    return scalar;
}

/* Does text[at] begin with `what`? */
static bool follows(const struct reader *r, size_t at, const char *what)
{
    size_t n = strlen(what);

    return at + n <= r->text.len && !memcmp(r->text.ptr + at, what, n);
}

static bool opens_named(const struct reader *r, size_t at)
{
    return follows(r, at, "(?<") && !follows(r, at, "(?<=") &&
           !follows(r, at, "(?<!");
}

/* The name in front of '>' at text[at]; {NULL, 0} when it is none. */
static struct slice name_at(const struct reader *r, size_t at)
{
    struct slice rest = slice_drop(r->text, at);
    size_t n = 0;

    for (; n < rest.len && rest.ptr[n] != '>'; n++) {
        char c = rest.ptr[n];
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && !(digit && n) && c != '_' && c != '$' &&
            (unsigned char)c < 0x80)
            return slice_of(NULL, 0);
    }
    return n && n < rest.len ? slice_take(rest, n) : slice_of(NULL, 0);
}

/* A capturing group opens at text[at]: count it, and note its name. */
static bool count_group(struct reader *r, size_t at, struct ecma_name *names)
{
    struct ecma *e = r->ecma;
    struct slice name;

    e->n_groups++;
    if (!opens_named(r, at))
        return true;
    name = name_at(r, at + 3);
    if (!name.ptr)
        return reader_bad(r, at, "a group's name is missing or wrong");
    for (size_t i = 0; i < e->n_names; i++)
        if (slice_eq(names[i].name, name))
            return reader_bad(r, at, "two groups have the same name");
    if (e->n_names == ECMA_NAMES_MAX)
        return reader_beyond(r, at, "too many named groups");
    names[e->n_names++] = (struct ecma_name){name, e->n_groups};
    return true;
}

/* Groups are counted before they are needed: \2(a)(b) refers to one. */
static bool count_groups(struct reader *r, struct arena *arena)
{
    struct ecma *e = r->ecma;
    struct ecma_name *names =
        arena_array(arena, ECMA_NAMES_MAX, struct ecma_name);
    bool in_class = false;

    if (!names) {
        reader_bad(r, 0, "out of memory");
        r->result = ECMA_NO_MEMORY;
        return false;
    }
    for (size_t i = 0; i < r->text.len; i++) {
        char c = r->text.ptr[i];

        if (c == '\\')
            i++;
        else if (in_class || c == '[')
            in_class = c != ']';
        else if (c == '(' && (!follows(r, i, "(?") || opens_named(r, i)) &&
                 !count_group(r, i, names))
            return false;
    }
    e->names = names;
    arena_trim(arena, names + e->n_names);
    return true;
}

/* \k<name>, text[at] being the k. */
static bool read_named_reference(struct reader *r)
{
    struct slice name = slice_of(NULL, 0);

    if (follows(r, r->at, "k<"))
        name = name_at(r, r->at + 2);
    if (!name.ptr)
        return reader_bad(r, r->at - 1, "\\k must be followed by <name>");
    for (size_t i = 0; i < r->ecma->n_names; i++) {
        if (!slice_eq(r->ecma->names[i].name, name))
            continue;
        reader_printf(r, "\\g{%u}", r->ecma->names[i].group);
        r->ecma->refers = true;
        r->at += name.len + 3;
        return true;
    }
    return reader_bad(r, r->at - 1, "\\k names a group that is not there");
}

/* \1 and on. */
static bool read_reference(struct reader *r)
{
    size_t start = r->at;
    uint32_t number = 0;

    for (; reader_sees_digit(r); r->at++)
        if (number <= r->ecma->n_groups)
            number = number * 10 + (uint32_t)(r->text.ptr[r->at] - '0');
    if (number > r->ecma->n_groups)
        return reader_bad(r, start - 1, "refers to a group that is not there");
    reader_printf(r, "\\g{%u}", number);
    r->ecma->refers = true;
    return true;
}

/* A backslash outside a class. */
static bool read_backslash(struct reader *r, bool *repeatable)
{
    struct escape x;
    char c;

    if (r->at + 1 >= r->text.len)
        return reader_bad(r, r->at, "ends with a backslash");
    c = r->text.ptr[++r->at];
    *repeatable = c != 'b' && c != 'B';
    if (!*repeatable) {
        reader_printf(r, "\\%c", c);
        r->at++;
        return true;
    }
    if (c == 'k')
        return read_named_reference(r);
    if (c >= '1' && c <= '9')
        return read_reference(r);
    if (!ecma_escape(r, &x))
        return false;
    if (x.set == SET_NONE)
        ecma_put_scalar(r, x.scalar);
    else
        ecma_put_set(r, &x, false);
    return true;
}

/* "(" and what says which kind of group it is. */
static bool open_group(struct reader *r, struct stack *open)
{
    static const char *const kinds[] = {"(?=", "(?!", "(?<=", "(?<!", "(?:"};
    size_t kind = 0, n;

    if (open->depth == ECMA_DEPTH_MAX)
        return reader_beyond(r, r->at, "groups are nested too deep");
    while (kind < countof(kinds) && !follows(r, r->at, kinds[kind]))
        kind++;
    /* with flag u nothing that only looks may be repeated */
    open->look[open->depth] = kind < 4;
    open->at[open->depth++] = r->at;
    if (kind < countof(kinds)) {
        n = strlen(kinds[kind]);
        reader_printf(r, "%s", kinds[kind]);
    } else if (follows(r, r->at, "(?") && !opens_named(r, r->at)) {
        return reader_bad(r, r->at, "no group of ECMA-262 begins with this");
    } else {
        n = opens_named(r, r->at) ? 4 + name_at(r, r->at + 3).len : 1;
        reader_printf(r, "("); /* PCRE2 knows them by number only */
    }
    r->at += n;
    return true;
}

static bool sees_quantifier(const struct reader *r)
{
    return r->at < r->text.len && r->text.ptr[r->at] &&
           strchr("*+?{", r->text.ptr[r->at]);
}

static bool close_group(struct reader *r, struct stack *open, bool *repeatable)
{
    if (!open->depth)
        return reader_bad(r, r->at, "a ) without its (");
    *repeatable = !open->look[--open->depth];
    reader_printf(r, ")");
    r->at++;
    if (r->ecma->guarded && !sees_quantifier(r))
        reader_printf(r, "(?C)");
    return true;
}

/* Digits, no higher than UINT32_MAX - 1; false when there are none. */
static bool read_count(struct reader *r, uint32_t *out)
{
    uint64_t n = 0;

    if (!reader_sees_digit(r))
        return false;
    for (; reader_sees_digit(r); r->at++)
        if (n < UINT32_MAX)
            n = n * 10 + (uint64_t)(r->text.ptr[r->at] - '0');
    *out = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX - 1;
    return true;
}

bool ecma_counts(struct reader *r, uint32_t *least, uint32_t *most)
{
    r->at++;
    if (!read_count(r, least))
        return false;
    *most = *least;
    if (reader_sees(r, ',')) {
        r->at++;
        if (!read_count(r, most))
            *most = UINT32_MAX;
    }
    if (!reader_sees(r, '}'))
        return false;
    r->at++;
    return true;
}

/* * + ? {n,m}, each perhaps lazy. */
static bool read_quantifier(struct reader *r, bool repeatable)
{
    size_t start = r->at;
    char c = r->text.ptr[r->at];
    uint32_t least = c == '+', most = c == '?' ? 1 : UINT32_MAX;

    if (c != '{')
        r->at++;
    else if (!ecma_counts(r, &least, &most))
        return reader_bad(r, start, "a { that repeats nothing: write \\{");
    if (!repeatable)
        return reader_bad(r, start, "nothing to repeat");
    if (most < least)
        return reader_bad(r, start, "the counts of {n,m} are out of order");
    if (least > r->ecma->longest)
        r->ecma->longest = least;
    if (!r->ecma->dry && (least > ECMA_REPEAT_MAX ||
                          (most > ECMA_REPEAT_MAX && most != UINT32_MAX)))
        return reader_beyond(r, start, "repeats more than 65535 times");
    if (c != '{')
        reader_printf(r, "%c", c);
    else if (most == UINT32_MAX)
        reader_printf(r, "{%u,}", least);
    else
        reader_printf(r, "{%u,%u}", least, most);
    if (reader_sees(r, '?')) {
        reader_printf(r, "?");
        r->at++;
    }
    if (r->ecma->guarded)
        reader_printf(r, "(?C)");
    return true;
}

/* A character that stands for itself. */
static bool read_literal(struct reader *r)
{
    char c = r->text.ptr[r->at];

    if (r->ecma->strict && (c == ']' || c == '}'))
        return reader_bad(r, r->at, "a lone bracket: write \\ in front of it");
    ecma_put_scalar(r, reader_take_scalar(r));
    return true;
}

/* The next term. *repeatable: may the one before, and then this one, be? */
static bool read_term(struct reader *r, struct stack *open, bool *repeatable)
{
    char c = r->text.ptr[r->at];
    bool before = *repeatable;

    *repeatable = true;
    switch (c) {
    case '^':
    case '$':
    case '|':
        *repeatable = false;
        reader_printf(r, "%c", c);
        r->at++;
        return true;
    case '*':
    case '+':
    case '?':
    case '{': *repeatable = false; return read_quantifier(r, before);
    case '(': *repeatable = false; return open_group(r, open);
    case ')': return close_group(r, open, repeatable);
    case '\\': return read_backslash(r, repeatable);
    case '.':
        reader_printf(r, "[^\\n\\r\\x{2028}\\x{2029}]");
        r->at++;
        return true;
    case '[': return ecma_class(r);
    default: return read_literal(r);
    }
}

static bool read_terms(struct reader *r)
{
    struct stack open;
    bool repeatable = false;

    open.depth = 0;
    if (r->ecma->guarded)
        reader_printf(r, "(?C)");
    while (r->at < r->text.len)
        if (!read_term(r, &open, &repeatable))
            return false;
    if (open.depth)
        return reader_bad(r, open.at[open.depth - 1], "a ( without its )");
    return true;
}

enum ecma_result ecma_read(struct slice text, struct arena *arena,
                           struct ecma *e)
{
    struct reader r = {.text = text, .ecma = e};

    e->text = slice_of("", 0);
    e->n_names = 0;
    e->n_groups = e->longest = 0;
    e->refers = false;
    if (utf8_prefix(text) != text.len)
        reader_bad(&r, utf8_prefix(text), "is not UTF-8");
    if (r.result != ECMA_GOOD || !count_groups(&r, arena) || !read_terms(&r) ||
        e->dry)
        return r.result;
    r = (struct reader){.text = text, .ecma = e, .room = r.n_out + 1};
    r.out = arena_bytes(arena, r.room);
    if (!r.out) {
        reader_bad(&r, 0, "out of memory");
        return ECMA_NO_MEMORY;
    }
    DEMAND(read_terms(&r));
    e->text = slice_of(r.out, r.n_out);
    return ECMA_GOOD;
}
