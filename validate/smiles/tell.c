/*
 * tell.c - what was written instead of a SMILES?
 *
 * Looked at only after the reader has refused a text, so it may take its
 * time (it is still linear).  Prose, names, formulae, InChI and SMARTS all
 * fail somewhere, usually with a code that helps nobody; each has a shape
 * that no broken SMILES is likely to have by accident.
 */
#include "validate/smiles/graph.h"

#include "validate/base/ascii.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool begins(struct slice s, const char *with)
{
    size_t n = strlen(with);

    return s.len >= n && !memcmp(s.ptr, with, n);
}

static bool one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* InChI=1S/..., or without its head. */
static bool is_inchi(struct slice s)
{
    return begins(s, "InChI=") || begins(s, "1S/") || begins(s, "1/C");
}

/* LFQSCWFLJHTTHZ-UHFFFAOYSA-N */
static bool is_inchikey(struct slice s)
{
    if (begins(s, "InChIKey="))
        return true;
    if (s.len != 27 || s.ptr[14] != '-' || s.ptr[25] != '-')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (i != 14 && i != 25 && !is_upper(s.ptr[i]))
            return false;
    }
    return true;
}

/* Between brackets: a list, a negation, a recursion, a primitive. */
static bool smarts_bracket(struct slice in)
{
    if (!in.len)
        return false;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.ptr[i], next = i + 1 < in.len ? in.ptr[i + 1] : 0;

        if (one_of(c, ",;!&") || (c == '$' && next == '('))
            return true;
        if (i && one_of(c, "XDRvxr") && ascii_digit(next))
            return true;
    }
    return one_of(in.ptr[0], "RDXrvxAa") &&
           (in.len == 1 || ascii_digit(in.ptr[1]));
}

/* A pattern: outside of brackets ring bonds, or one of those brackets. */
static bool is_smarts(struct slice s)
{
    size_t open = SIZE_MAX;

    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '[') {
            open = i;
        } else if (s.ptr[i] == ']' && open != SIZE_MAX) {
            if (smarts_bracket(slice_of(s.ptr + open + 1, i - open - 1)))
                return true;
            open = SIZE_MAX;
        } else if (s.ptr[i] == '@' && open == SIZE_MAX && i) {
            return true;
        }
    }
    return false;
}

/* One symbol with its number in a formula; 0 bytes: it is none. */
static size_t formula_part(struct slice s, uint8_t *z)
{
    size_t n = 1;

    *z = s.len > 1 && is_lower(s.ptr[1])
             ? element_find((uint8_t)s.ptr[0], (uint8_t)s.ptr[1])
             : 0;
    if (*z)
        n = 2;
    else
        *z = element_find((uint8_t)s.ptr[0], 0);
    if (!*z || (n < s.len && s.ptr[n] == '0'))
        return 0;
    while (n < s.len && ascii_digit(s.ptr[n]))
        n++;
    return n;
}

/*
 * C6H12O6, NaCl, CH3COOH, Ca(OH)2: symbols and numbers only, none of them
 * often (a chain of carbons is a SMILES with an error in it), and no SMILES
 * because of an H, a metal, or a number that is no ring.
 */
static bool is_formula(struct slice s, enum smiles_code code)
{
    uint8_t seen[ELEMENTS] = {0}, z;
    size_t kinds = 0, numbers = 0;

    if (code != SMILES_CHAR && code != SMILES_RING_OPEN)
        return false;
    for (size_t i = 0; i < s.len;) {
        size_t n;

        if (code == SMILES_CHAR && i && one_of(s.ptr[i], "()+-")) {
            i++;
            while (i < s.len && ascii_digit(s.ptr[i]))
                i++;
            continue;
        }
        n = formula_part(slice_drop(s, i), &z);
        if (!n || ++seen[z] > (code == SMILES_CHAR ? 3 : 1))
            return false;
        kinds += seen[z] == 1;
        numbers += n > strlen(element_symbol(z));
        /* in a SMILES the first ring number is 1 */
        if (s.ptr[i + n - 1] == '1' && !ascii_digit(s.ptr[i + n - 2]))
            return false;
        i += n;
    }
    return code == SMILES_CHAR || kinds > 1 || numbers;
}

/*
 * A word: three letters in lower case in a row, two of which no aromatic
 * atom has (Cl and Br are not counted).
 */
static bool is_word(struct slice s)
{
    size_t lower = 0, foreign = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], before = i ? s.ptr[i - 1] : 0;

        if (!is_lower(c) || (before == 'C' && c == 'l') ||
            (before == 'B' && c == 'r')) {
            lower = foreign = 0;
            continue;
        }
        lower++;
        foreign += !one_of(c, "bcnops");
        if (lower >= 3 && foreign >= 2)
            return true;
    }
    return false;
}

/* "2-chlorobutane", "acetic acid", "Aspirin". */
static bool is_name(struct slice s)
{
    size_t from = 0;

    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && (is_lower(s.ptr[i]) || is_upper(s.ptr[i])))
            continue;
        if (is_word(slice_of(s.ptr + from, i - from)))
            return true;
        from = i + 1;
    }
    return false;
}

/* White space at `at`: which kind of trouble is it? */
static bool tell_space(struct judge *j, size_t from, size_t to)
{
    const char *text = j->graph.text;
    size_t at = j->out->at, end = at;

    while (end < to && ascii_space(text[end]))
        end++;
    if (end == at)
        return false;
    if (at == from || end == to)
        return !judge_fail(j, SMILES_WHITESPACE, at, end - at);
    if (memchr(text + at, '\n', end - at) || memchr(text + at, '\r', end - at))
        return !judge_fail(j, SMILES_NEWLINE, at, end - at);
    if (!j->options->reaction && !graph_read(j, from, at))
        return !judge_fail(j, SMILES_WHITESPACE, at, end - at);
    if (text[end] == '|')
        return !judge_fail(j, SMILES_CXSMILES, end, to - end);
    return !judge_fail(j, SMILES_TRAILING, end, to - end);
}

static void say_char(struct judge *j, uint8_t byte)
{
    const char *words = byte >= 0x80                ? "not an ASCII character"
                        : byte < ' ' || byte == 127 ? "a control character"
                                                    : "";

    memcpy(j->detail, words, strlen(words) + 1);
}

/* The code for a text as a whole; SMILES_OK: it looks like nothing else. */
static enum smiles_code tell_whole(struct slice s, enum smiles_code code)
{
    if (is_inchikey(s))
        return SMILES_INCHIKEY;
    if (is_inchi(s))
        return SMILES_INCHI;
    if (is_smarts(s))
        return SMILES_SMARTS;
    if (is_formula(s, code))
        return SMILES_FORMULA;
    return is_name(s) ? SMILES_NAME : SMILES_OK;
}

void tell(struct judge *j, size_t from, size_t to)
{
    struct smiles_verdict *out = j->out;
    const char *text = j->graph.text;
    bool field = j->options->reaction && out->code != SMILES_REACTION_ARROWS;
    enum smiles_code code;

    if (out->code >= SMILES_VALENCE || from == to)
        return;
    if (!j->options->reaction && reaction_arrows(text, from, to) == 2) {
        (void)judge_fail(j, SMILES_REACTION, from, to - from);
        return;
    }
    if (out->code == SMILES_CHAR && tell_space(j, from, to))
        return;
    code = tell_whole(slice_of(text + from, to - from), out->code);
    if (code != SMILES_OK && !field)
        (void)judge_fail(j, code, from, to - from);
    else if (out->code == SMILES_CHAR)
        say_char(j, (uint8_t)text[out->at]);
}
