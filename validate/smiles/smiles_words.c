/* smiles_words.c - names and words of the tables, and a window on a text. */
#include "validate/smiles/smiles.h"

static const struct slice code_keys[] = {
    SLICE_INIT("ok"),
#define SMILES_CODE(name, key, words) SLICE_INIT(key),
#include "validate/smiles/smiles_code.def"
#undef SMILES_CODE
};

static const struct slice code_words[] = {
    SLICE_INIT("sound"),
#define SMILES_CODE(name, key, words) SLICE_INIT(words),
#include "validate/smiles/smiles_code.def"
#undef SMILES_CODE
};

static const struct slice warning_keys[] = {
#define SMILES_WARNING(name, key, words) SLICE_INIT(key),
#include "validate/smiles/smiles_warning.def"
#undef SMILES_WARNING
};

static const struct slice warning_words[] = {
#define SMILES_WARNING(name, key, words) SLICE_INIT(words),
#include "validate/smiles/smiles_warning.def"
#undef SMILES_WARNING
};

static const struct slice level_keys[] = {
    [SMILES_LEVEL_STRICT] = SLICE_INIT("strict"),
    [SMILES_LEVEL_RDKIT] = SLICE_INIT("rdkit"),
    [SMILES_LEVEL_SYNTAX] = SLICE_INIT("syntax"),
};

static const struct slice trim_keys[] = {
    [SMILES_TRIM_SPACE] = SLICE_INIT("space"),
    [SMILES_TRIM_QUOTES] = SLICE_INIT("quotes"),
    [SMILES_TRIM_PREFIX] = SLICE_INIT("prefix"),
    [SMILES_TRIM_END] = SLICE_INIT("end"),
    [SMILES_TRIM_ESCAPE] = SLICE_INIT("escape"),
};

struct slice smiles_code_key(enum smiles_code code)
{
    DEMAND(code < SMILES_CODE_COUNT);
    return code_keys[code];
}

struct slice smiles_code_words(enum smiles_code code)
{
    DEMAND(code < SMILES_CODE_COUNT);
    return code_words[code];
}

struct slice smiles_warning_key(enum smiles_warning warning)
{
    DEMAND(warning < SMILES_WARNING_COUNT);
    return warning_keys[warning];
}

struct slice smiles_warning_words(enum smiles_warning warning)
{
    DEMAND(warning < SMILES_WARNING_COUNT);
    return warning_words[warning];
}

struct slice smiles_trim_key(enum smiles_trim what)
{
    DEMAND(what < SMILES_TRIM_COUNT);
    return trim_keys[what];
}

struct slice smiles_level_key(enum smiles_level level)
{
    DEMAND(level < SMILES_LEVEL_COUNT);
    return level_keys[level];
}

bool smiles_level_find(struct slice key, enum smiles_level *out)
{
    for (size_t i = 0; i < SMILES_LEVEL_COUNT; i++) {
        if (slice_eq(key, level_keys[i])) {
            *out = (enum smiles_level)i;
            return true;
        }
    }
    return false;
}

/* A byte that continues a character of UTF-8. */
static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t characters(const char *p, const char *end)
{
    size_t n = 0;

    for (; p < end; p++)
        n += !continues(*p);
    return n;
}

struct smiles_window smiles_window_at(struct slice text, size_t at, size_t len,
                                      size_t width)
{
    struct smiles_window w = {0};
    size_t begin = 0, end = text.len;

    if (at > text.len)
        at = text.len;
    if (len > text.len - at)
        len = text.len - at;
    if (text.len > width) {
        /* a third of the room stands in front of the place */
        begin = at > width / 3 ? at - width / 3 : 0;
        if (text.len - begin < width)
            begin = text.len - width;
        end = begin + width;
    }
    while (begin < at && continues(text.ptr[begin]))
        begin++;
    while (end < text.len && end > at && continues(text.ptr[end]))
        end--;
    if (len > end - at)
        len = end - at;
    w.text = slice_of(text.ptr + begin, end - begin);
    w.cut_before = begin > 0;
    w.cut_after = end < text.len;
    w.caret = characters(text.ptr + begin, text.ptr + at);
    w.carets = characters(text.ptr + at, text.ptr + at + len);
    if (!w.carets)
        w.carets = 1;
    return w;
}
