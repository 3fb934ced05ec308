/*
 * clean.c - light cleaning: what stands around a SMILES, and doubled
 * backslashes.
 *
 * White space, one pair of quotes, "SMILES:", a full stop or comma at the
 * end: taken off from outside to inside until nothing more comes off, each
 * with its place in the text as it came.  A dot or comma at the end belongs
 * to no SMILES; a quote, a colon behind a word do not, either.  Two
 * backslashes are read as one bond by RDKit and are one here, too.
 */
#include "validate/smiles/smiles.h"

#include "validate/base/ascii.h"

/* Edits to the left and right of what is left; the right ones come in from
 * the end, so they are turned round at last. */
struct cleaner {
    struct slice text; /* as it came */
    size_t from, to;   /* what is left of it */
    struct smiles_edit *left, *right;
    size_t n_left, n_right, cap;
};

static bool is_letter_of(char c, char upper)
{
    return c == upper || c == upper + ('a' - 'A');
}

static void cut_left(struct cleaner *c, enum smiles_trim what, size_t n)
{
    if (!n || c->n_left == c->cap)
        return;
    c->left[c->n_left++] = (struct smiles_edit){what, c->from, n};
    c->from += n;
}

static void cut_right(struct cleaner *c, enum smiles_trim what, size_t n)
{
    if (!n || c->n_right == c->cap)
        return;
    c->to -= n;
    c->right[c->n_right++] = (struct smiles_edit){what, c->to, n};
}

static void cut_space(struct cleaner *c)
{
    const char *t = c->text.ptr;
    size_t n = 0;

    while (c->from + n < c->to && ascii_space(t[c->from + n]))
        n++;
    cut_left(c, SMILES_TRIM_SPACE, n);
    n = 0;
    while (c->to - n > c->from && ascii_space(t[c->to - n - 1]))
        n++;
    cut_right(c, SMILES_TRIM_SPACE, n);
}

/* The same quote at both ends. */
static void cut_quotes(struct cleaner *c)
{
    const char *t = c->text.ptr;
    size_t n = c->to - c->from;
    char q = n >= 2 ? t[c->from] : 0;

    if ((q != '"' && q != '\'' && q != '`') || t[c->to - 1] != q ||
        c->n_left == c->cap || c->n_right == c->cap)
        return;
    cut_left(c, SMILES_TRIM_QUOTES, 1);
    cut_right(c, SMILES_TRIM_QUOTES, 1);
}

static void cut_prefix(struct cleaner *c)
{
    static const char word[] = "SMILES";
    const char *t = c->text.ptr;
    size_t n = 0;

    while (n < sizeof(word) - 1) {
        if (c->from + n >= c->to || !is_letter_of(t[c->from + n], word[n]))
            return;
        n++;
    }
    if (c->from + n < c->to && (t[c->from + n] == ':' || t[c->from + n] == '='))
        cut_left(c, SMILES_TRIM_PREFIX, n + 1);
}

static void cut_end(struct cleaner *c)
{
    char last = c->to > c->from ? c->text.ptr[c->to - 1] : 0;

    if (last == '.' || last == ',')
        cut_right(c, SMILES_TRIM_END, 1);
}

/* Copy what is left without every second of two backslashes. */
static bool halve_backslashes(struct cleaner *c, struct arena *arena,
                              struct smiles_cleaned *out)
{
    struct slice in = slice_of(c->text.ptr + c->from, c->to - c->from);
    size_t doubled = 0, n = 0;
    char *copy;

    for (size_t i = 0; i + 1 < in.len; i++) {
        if (in.ptr[i] == '\\' && in.ptr[i + 1] == '\\') {
            doubled++;
            i++;
        }
    }
    out->text = in;
    out->edits = arena_array(arena, c->n_left + doubled + c->n_right + 1,
                             struct smiles_edit);
    copy = doubled ? arena_bytes(arena, in.len) : NULL;
    if (!out->edits || (doubled && !copy))
        return false;
    for (size_t i = 0; i < c->n_left; i++)
        out->edits[out->n_edits++] = c->left[i];
    for (size_t i = 0; doubled && i < in.len; i++) {
        copy[n++] = in.ptr[i];
        if (in.ptr[i] != '\\' || i + 1 == in.len || in.ptr[i + 1] != '\\')
            continue;
        i++;
        out->edits[out->n_edits++] =
            (struct smiles_edit){SMILES_TRIM_ESCAPE, c->from + i, 1};
    }
    if (doubled)
        out->text = slice_of(copy, n);
    for (size_t i = c->n_right; i-- > 0;)
        out->edits[out->n_edits++] = c->right[i];
    return true;
}

bool smiles_clean(struct slice text, struct arena *arena,
                  struct smiles_cleaned *out)
{
    /* every round but the last takes something off: few are ever needed */
    struct smiles_edit left[16], right[16];
    struct cleaner c = {text, 0, text.len, left, right, 0, 0, countof(left)};
    size_t was;

    *out = (struct smiles_cleaned){.text = text};
    do {
        was = c.to - c.from;
        cut_space(&c);
        cut_prefix(&c);
        cut_quotes(&c);
        cut_end(&c);
    } while (c.to - c.from < was);
    if (halve_backslashes(&c, arena, out))
        return true;
    *out = (struct smiles_cleaned){.text = text};
    return false;
}
