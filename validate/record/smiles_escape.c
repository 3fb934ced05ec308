/*
 * smiles_escape.c - see smiles_escape.h.
 *
 * White space at both ends is left to light cleaning.  The rest is read with
 * all backslashes put back.  A sound molecule settles it.  If only the
 * grammar is satisfied (the model wrote a wrong molecule), a line break or a
 * tab may have been meant after all: when the lines are SMILES each, or one
 * without the breaks, nobody can tell, and nothing is changed.
 */
#include "validate/record/smiles_escape.h"

#include "validate/json/escape.h"
#include "validate/json/seek.h"
#include "validate/smiles/smiles.h"

#include <string.h>

bool control_escape_at(struct slice text, struct control_escape *out)
{
    uint32_t unit;

    if (text.len < 2 || text.ptr[0] != '\\')
        return false;
    *out = (struct control_escape){.len = 2, .letter = text.ptr[1]};
    if (out->letter == 'u') {
        if (text.len < ESCAPE_UNICODE || !escape_hex(text.ptr + 2, &unit))
            return false;
        out->len = ESCAPE_UNICODE;
        out->letter = unit == 8    ? 'b'
                      : unit == 9  ? 't'
                      : unit == 10 ? 'n'
                      : unit == 12 ? 'f'
                      : unit == 13 ? 'r'
                                   : 0;
    }
    return out->letter && strchr("bfnrt", out->letter);
}

/* Bytes of white space at the beginning, as a character or as an escape. */
static size_t space_at(struct slice body)
{
    struct control_escape e;

    if (!body.len)
        return 0;
    if (body.ptr[0] == ' ')
        return 1;
    return control_escape_at(body, &e) && e.letter != 'b' ? e.len : 0;
}

/* The body without white space at its ends. */
static struct slice core(struct slice body)
{
    size_t at = 0, n, end;

    while ((n = space_at(slice_drop(body, at))))
        at += n;
    body = slice_drop(body, at);
    for (at = end = 0; at < body.len; at += n) {
        struct slice left = slice_drop(body, at);

        n = space_at(left);
        if (n)
            continue;
        n = left.ptr[0] == '\\' && left.len > 1 ? 2 : 1;
        end = at + n;
    }
    return slice_take(body, end);
}

/* What is done with the escapes in question. */
enum treatment { AS_BACKSLASH, AS_IT_IS, LEFT_OUT };

/* The core, unescaped, in the arena; {NULL, 0} when it is full.  `list` are
 * the escapes in it. */
static struct slice plain(const struct smiles_escapes *s, struct slice text,
                          enum treatment how, struct arena *arena)
{
    char *out = arena_bytes(arena, text.len + UTF8_MAX);
    size_t offset = (size_t)(text.ptr - s->body.ptr), k = s->first, len = 0;
    size_t at = 0, used;

    if (!out)
        return slice_of(NULL, 0);
    while (at < text.len) {
        if (k < s->end && s->list[k].at == offset + at && how != AS_IT_IS) {
            if (how == AS_BACKSLASH) {
                out[len++] = '\\';
                out[len++] = s->list[k].letter;
            }
            at += s->list[k++].len;
            continue;
        }
        used = 1;
        out[len] = text.ptr[at];
        at += text.ptr[at] == '\\'
                  ? escape_read(text.ptr + at, text.ptr + text.len, out + len,
                                &used)
                  : 1;
        len += used;
    }
    return slice_of(out, len);
}

/* The judge of this string, lightly cleaned; without memory it knows
 * nothing. */
struct court {
    struct smiles_options options;
    struct arena *arena;
    bool full;
};

static bool accepts(struct court *c, struct slice text, enum smiles_level level)
{
    size_t mark = arena_mark(c->arena);
    struct smiles_cleaned cleaned;
    struct smiles_verdict v = {.code = SMILES_MEMORY};
    bool ok;

    c->options.level = level;
    ok = smiles_clean(text, c->arena, &cleaned) &&
         smiles_judge(cleaned.text, &c->options, c->arena, &v);
    c->full |= v.code == SMILES_MEMORY;
    arena_rewind(c->arena, mark);
    return ok;
}

/* Is every line of it a SMILES?  Lines end at \n and \r, and a tab. */
static bool lines_pass(struct court *c, struct slice text)
{
    while (text.len) {
        size_t len = 0;
        struct slice line;

        while (len < text.len && !strchr("\n\r\t", text.ptr[len]))
            len++;
        line = slice_take(text, len);
        text = slice_drop(text, len + 1);
        if (seek_trim(line).len && !accepts(c, line, SMILES_LEVEL_SYNTAX))
            return false;
    }
    return true;
}

/* May white space have been meant? */
static bool space_explains(const struct smiles_escapes *s, struct slice text,
                           struct court *c)
{
    struct slice lines, joined;
    size_t k = s->first;

    while (k < s->end && strchr("bf", s->list[k].letter))
        k++;
    if (k == s->end)
        return false;
    lines = plain(s, text, AS_IT_IS, c->arena);
    joined = plain(s, text, LEFT_OUT, c->arena);
    c->full |= !lines.ptr || !joined.ptr;
    return !c->full &&
           (lines_pass(c, lines) || accepts(c, joined, SMILES_LEVEL_STRICT));
}

bool smiles_escapes_find(struct smiles_escapes *s, struct arena *arena)
{
    struct court court = {.options = {.reaction = s->reaction}, .arena = arena};
    struct slice text = core(s->body), restored;
    size_t from = (size_t)(text.ptr - s->body.ptr), mark = arena_mark(arena);

    s->first = 0;
    s->end = s->n;
    while (s->first < s->n && s->list[s->first].at < from)
        s->first++;
    while (s->end > s->first && s->list[s->end - 1].at >= from + text.len)
        s->end--;
    if (s->first == s->end)
        return true;
    restored = plain(s, text, AS_BACKSLASH, arena);
    court.full = !restored.ptr;
    if (!court.full && !accepts(&court, restored, SMILES_LEVEL_STRICT) &&
        (!accepts(&court, restored, SMILES_LEVEL_SYNTAX) ||
         space_explains(s, text, &court)))
        s->end = s->first;
    arena_rewind(arena, mark);
    return !court.full;
}
