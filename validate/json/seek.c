/* seek.c - see seek.h. */
#include "validate/json/seek.h"

#include "validate/json/check.h"

#define TRIES_MAX      64  /* keeps the search linear */
#define LOOSE_NAME_MAX 100 /* bytes of a bare name */

static bool space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct slice seek_trim_from(struct slice text)
{
    while (text.len && space(text.ptr[0]))
        text = slice_drop(text, 1);
    while (text.len && space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

size_t seek_text(struct slice text, struct slice what)
{
    size_t at = 0;

    for (;;) {
        at += slice_find(slice_drop(text, at), what.ptr[0]);
        if (at + what.len > text.len)
            return text.len;
        if (!memcmp(text.ptr + at, what.ptr, what.len))
            return at;
        at++;
    }
}

/* Where the line that holds text[at] begins. */
static size_t line_begin(struct slice text, size_t at)
{
    while (at && text.ptr[at - 1] != '\n')
        at--;
    return at;
}

/* Length of the fence that text begins with, 0 when it does not. */
static size_t fence_len(struct slice text)
{
    size_t n = 0;

    if (!text.len || (text.ptr[0] != '`' && text.ptr[0] != '~'))
        return 0;
    while (n < text.len && text.ptr[n] == text.ptr[0])
        n++;
    return n >= 3 ? n : 0;
}

static size_t skip_blanks(struct slice text, size_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    return at;
}

size_t seek_fence_before(struct slice text, size_t at)
{
    size_t end = at, begin;

    while (end && space(text.ptr[end - 1]))
        end--;
    if (!end)
        return at;
    begin = skip_blanks(text, line_begin(text, end - 1));
    return begin < end && fence_len(slice_drop(text, begin)) ? begin : at;
}

size_t seek_fence_behind(struct slice text, size_t at)
{
    size_t begin = at, len;

    while (begin < text.len && space(text.ptr[begin]))
        begin++;
    len = fence_len(slice_drop(text, begin));
    return len ? begin + len : at;
}

/* The content of the first fence from *at on, which moves behind it; false
 * when there is no more.  An unclosed fence runs to the end. */
static bool next_fence(struct slice text, size_t *at, struct slice *content)
{
    while (*at < text.len) {
        size_t begin = skip_blanks(text, *at);
        size_t len = fence_len(slice_drop(text, begin));
        size_t end = begin + slice_find(slice_drop(text, begin), '\n');

        *at = end + 1;
        if (!len)
            continue;
        begin = end = end < text.len ? end + 1 : text.len;
        while (end < text.len &&
               !fence_len(slice_drop(text, skip_blanks(text, end))))
            end += slice_find(slice_drop(text, end), '\n') + 1;
        if (end > text.len)
            end = text.len;
        *content = seek_trim(slice_of(text.ptr + begin, end - begin));
        *at = end + slice_find(slice_drop(text, end), '\n') + 1;
        return true;
    }
    return false;
}

struct seeker {
    struct slice text;
    struct found *out;
    struct slice hollow; /* the first {} or []: taken when nothing better is */
    size_t open;         /* braces of the prose not closed yet */
    size_t open_at;      /* the outermost of them */
    unsigned tries;      /* brackets that turned out to be no array */
};

/* The first byte behind text[at] that is not white space; 0 at the end. */
static char byte_behind(struct slice text, size_t at)
{
    do
        at++;
    while (at < text.len && space(text.ptr[at]));
    return at < text.len ? text.ptr[at] : '\0';
}

/* Does only white space stand between text[at] and the line's end? */
static bool line_ends_at(struct slice text, size_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t' ||
                             text.ptr[at] == '\r'))
        at++;
    return at == text.len || text.ptr[at] == '\n' || text.ptr[at] == '`';
}

/* How an array stands in the prose. */
enum stand { STAND_NOWHERE, STAND_LINE, STAND_COLON };

static enum stand array_stand(struct slice text, size_t at)
{
    size_t before = at;

    while (before &&
           (text.ptr[before - 1] == ' ' || text.ptr[before - 1] == '\t'))
        before--;
    if (!before || text.ptr[before - 1] == '\n')
        return STAND_LINE;
    if (text.ptr[before - 1] == ':' || byte_behind(text, at) == '{')
        return STAND_COLON;
    return STAND_NOWHERE;
}

/* What begins at text[at] cannot be followed; it goes up to the end of its
 * fence, or of the text.  Behind a whole value it is a second one. */
static void note_broken(struct seeker *s, size_t at)
{
    struct slice rest = slice_drop(s->text, at);
    size_t end = 0;

    if (s->out->what == FOUND_ONE) {
        s->out->what = FOUND_SEVERAL;
        s->out->value = rest;
        return;
    }
    s->out->what = FOUND_BROKEN;
    s->out->first = rest;
    if (seek_fence_before(s->text, at) == at) {
        s->out->value = rest;
        return;
    }
    while (end < rest.len &&
           !fence_len(slice_drop(rest, skip_blanks(rest, end))))
        end += slice_find(slice_drop(rest, end), '\n') + 1;
    s->out->value = seek_trim(slice_take(rest, end));
}

/* A whole value of `len` bytes. True when the search is over. */
static bool note_value(struct seeker *s, size_t at, size_t len)
{
    struct slice value = slice_of(s->text.ptr + at, len);

    if (seek_trim(slice_of(value.ptr + 1, len - 2)).len == 0) {
        if (!s->hollow.ptr)
            s->hollow = value;
        return false;
    }
    s->out->value = value;
    if (s->out->what == FOUND_NONE)
        s->out->first = value;
    s->out->what = s->out->what == FOUND_ONE ? FOUND_SEVERAL : FOUND_ONE;
    return s->out->what == FOUND_SEVERAL;
}

/*
 * A brace at text[*at], which moves on. True when the search is over.  In
 * prose only a brace before a quote is taken for JSON, for LaTeX and code
 * have braces too; where the text begins, any brace is.  Inside braces that
 * are still open nothing is looked at: it would be a piece of something.
 */
static bool try_object(struct seeker *s, size_t *at)
{
    char next = byte_behind(s->text, *at);
    bool likely = *at == 0 || next == '"' || next == '}';
    size_t len = 0;

    if (likely && !s->open)
        len = json_extent(slice_drop(s->text, *at), true);
    if (len) {
        size_t from = *at;

        *at += len;
        return note_value(s, from, len);
    }
    if (*at == 0 || next == '"') {
        note_broken(s, s->open ? s->open_at : *at);
        return true;
    }
    if (!s->open)
        s->open_at = *at;
    s->open++;
    *at += 1;
    return false;
}

/* The same for a bracket.  At the beginning of a line the array must fill
 * it: "[1] Smith, 2020" is an entry of a bibliography. */
static bool try_array(struct seeker *s, size_t *at)
{
    enum stand stand = array_stand(s->text, *at);
    char next = byte_behind(s->text, *at);
    size_t from = *at, len;

    *at += 1;
    if (stand == STAND_NOWHERE || s->open || s->tries == TRIES_MAX)
        return false;
    len = json_extent(slice_drop(s->text, from), true);
    if (len && (stand == STAND_COLON || next == '{' ||
                line_ends_at(s->text, from + len))) {
        *at = from + len;
        return note_value(s, from, len);
    }
    if (len || (next != '{' && next != '[' && next != '"')) {
        s->tries++; /* each may cost a walk to the end of the text */
        return false;
    }
    note_broken(s, from);
    return true;
}

/* No object or array stands anywhere: a number, word or string may, alone
 * or in a fence; or something in a fence that only begins like JSON. */
static void seek_rest(struct slice text, struct found *out)
{
    struct slice content;
    size_t at = 0;

    if (json_check(text).code == JSON_OK) {
        *out = (struct found){FOUND_ONE, text, text};
        return;
    }
    while (next_fence(text, &at, &content)) {
        bool whole = json_check(content).code == JSON_OK;

        if (!whole && !seek_json_start(content))
            continue;
        if (out->what != FOUND_NONE) {
            *out = (struct found){FOUND_SEVERAL, content, out->first};
            return;
        }
        *out =
            (struct found){whole ? FOUND_ONE : FOUND_BROKEN, content, content};
    }
}

void seek_value(struct slice text, struct found *out)
{
    struct seeker s = {.text = text, .out = out};
    size_t at = 0;
    bool over = false;

    *out = (struct found){.what = FOUND_NONE};
    while (at < text.len && !over) {
        switch (text.ptr[at]) {
        case '{': over = try_object(&s, &at); break;
        case '[': over = try_array(&s, &at); break;
        case '}':
            s.open -= s.open > 0;
            at++;
            break;
        default: at++; break;
        }
    }
    if (out->what == FOUND_NONE && s.hollow.ptr)
        *out = (struct found){FOUND_ONE, s.hollow, s.hollow};
    else if (out->what == FOUND_NONE)
        seek_rest(text, out);
}

/* --- what only looks like it --------------------------------------------- */

static bool name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '-';
}

/* A quote of any kind, escaped or spelled out? */
static bool quote_at(struct slice text)
{
    static const struct slice kinds[] = {
        SLICE_INIT("\""),           SLICE_INIT("'"),
        SLICE_INIT("\\\""),         SLICE_INIT("\xE2\x80\x9C"),
        SLICE_INIT("\xE2\x80\x9D"), SLICE_INIT("\xE2\x80\x98"),
        SLICE_INIT("&quot;"),
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (slice_eq(slice_take(text, kinds[i].len), kinds[i]))
            return true;
    }
    return false;
}

static bool loose_object(struct slice text)
{
    size_t len = 0;

    text = seek_trim(slice_drop(text, 1));
    if (quote_at(text))
        return true;
    while (len < text.len && len < LOOSE_NAME_MAX && name_byte(text.ptr[len]))
        len++;
    text = seek_trim(slice_drop(text, len));
    return len && text.len && (text.ptr[0] == ':' || text.ptr[0] == '"');
}

size_t seek_loose(struct slice text)
{
    size_t at = 0;

    for (; at < text.len; at++) {
        struct slice rest = slice_drop(text, at);
        char next;

        if (rest.ptr[0] == '{' && (!at || loose_object(rest)))
            return at;
        if (rest.ptr[0] != '[')
            continue;
        next = byte_behind(text, at);
        /* A whole array that was not taken for one is a citation. */
        if (!at && !json_extent(rest, true))
            return at;
        if (at && (array_stand(text, at) != STAND_NOWHERE &&
                   (next == '{' || next == '[' ||
                    quote_at(seek_trim(slice_drop(rest, 1))))))
            return at;
    }
    return at;
}

size_t seek_nul_escape(struct slice text)
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
