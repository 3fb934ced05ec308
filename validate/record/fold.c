/* fold.c - see fold.h. */
#include "validate/record/fold.h"

#include "validate/base/utf8.h"

uint32_t fold_scalar(struct slice text, size_t *len)
{
    static const uint8_t first[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t scalar;

    *len = (unsigned char)text.ptr[0] < 0x80 ? 1 : utf8_sequence(text);
    if (!*len) {
        *len = 1;
        return 0xFFFD;
    }
    scalar = (unsigned char)text.ptr[0] & first[*len];
    for (size_t i = 1; i < *len; i++)
        scalar = scalar << 6 | ((unsigned char)text.ptr[i] & 0x3F);
    return scalar;
}

bool fold_far_space(uint32_t c)
{
    return c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x2060 || c == 0x3000 ||
           c == 0xFEFF;
}

bool fold_punctuation(uint32_t c)
{
    static const uint16_t wide[] = {0xA1,   0xAB,   0xB7,   0xBB,   0xBF,
                                    0x3001, 0x3002, 0xFF01, 0xFF0C, 0xFF0E,
                                    0xFF1A, 0xFF1B, 0xFF1F};

    if (c < 0x80)
        return c && c != ' ' && strchr(".,;:!?\"'`()[]{}*_", (int)c);
    if (c >= 0x2010 && c <= 0x2027)
        return true; /* dashes, quotes, bullets, dots */
    if (c >= 0x3008 && c <= 0x3011)
        return true; /* East Asian brackets */
    for (size_t i = 0; i < countof(wide); i++) {
        if (wide[i] == c)
            return true;
    }
    return false;
}

/* Blocks where a capital is followed by its small letter. */
static bool paired(uint32_t c, bool *odd)
{
    *odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    return *odd ||
           (c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131 &&
            c != 0x138 && c != 0x149) ||
           (c >= 0x1E00 && c <= 0x1E95) || (c >= 0x1EA0 && c <= 0x1EFF) ||
           (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) ||
           (c >= 0x4D0 && c <= 0x52F);
}

/* Blocks where capitals stand at a fixed distance from small letters. */
static const struct {
    uint16_t from, to;
    int16_t distance;
} shifted[] = {
    {0xC0, 0xD6, 32},   {0xD8, 0xDE, 32},        {0x178, 0x178, -121},
    {0x386, 0x386, 38}, {0x388, 0x38A, 37},      {0x38C, 0x38C, 64},
    {0x38E, 0x38F, 63}, {0x391, 0x3A1, 32},      {0x3A3, 0x3AB, 32},
    {0x3C2, 0x3C2, 1},  {0x400, 0x40F, 80},      {0x410, 0x42F, 32},
    {0x531, 0x556, 48}, {0x1E9E, 0x1E9E, -7615}, {0xFF21, 0xFF3A, 32},
};

uint32_t fold_case(uint32_t c)
{
    bool odd;

    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    for (size_t i = 0; i < countof(shifted); i++) {
        if (c >= shifted[i].from && c <= shifted[i].to)
            return (uint32_t)((int32_t)c + shifted[i].distance);
    }
    if (paired(c, &odd))
        return (c & 1) == odd ? c + 1 : c;
    return c;
}

/* One character of a folded text. */
static uint32_t soften(uint32_t c)
{
    if (c == 0x2018 || c == 0x2019 || c == 0xB4 || c == '`')
        return '\'';
    if (c == 0x201C || c == 0x201D)
        return '"';
    if (c == 0x2010 || c == 0x2011)
        return '-';
    return fold_case(c);
}

/* The same for ASCII: what most texts are made of. */
static char plain(unsigned char c)
{
    return c == '`' ? '\'' : (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* No character of the result is longer than the one it came from. */
static struct slice fold(struct slice text, struct arena *arena, bool soft)
{
    char *bytes = arena_bytes(arena, text.len + 1);
    size_t len = 0, n;
    bool gap = false;

    if (!bytes)
        return slice_of(NULL, 0);
    for (size_t at = 0; at < text.len; at += n) {
        unsigned char first = (unsigned char)text.ptr[at];
        uint32_t c = first;

        n = 1;
        if (first >= 0x80)
            c = fold_scalar(slice_drop(text, at), &n);
        if (fold_space(c)) {
            gap = len > 0;
            continue;
        }
        if (gap)
            bytes[len++] = ' ';
        gap = false;
        if (first < 0x80) {
            bytes[len++] = soft ? plain(first) : (char)first;
            continue;
        }
        if (soft && n <= 3 && c != 0xFFFD) {
            len += utf8_put(soften(c), bytes + len);
        } else {
            memcpy(bytes + len, text.ptr + at, n);
            len += n;
        }
    }
    arena_trim(arena, bytes + len);
    return slice_of(bytes, len);
}

struct slice fold_spaces(struct slice text, struct arena *arena)
{
    return fold(text, arena, false);
}

/* Beginning of the last character. */
static size_t last_of(struct slice text)
{
    size_t at = text.len - 1;

    while (at && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static bool trimmed(uint32_t c)
{
    return c == ' ' || fold_punctuation(c);
}

struct slice fold_trim(struct slice soft)
{
    struct slice s = soft;
    size_t n;

    while (s.len && trimmed(fold_scalar(s, &n)))
        s = slice_drop(s, n);
    while (s.len && trimmed(fold_scalar(slice_drop(s, last_of(s)), &n)))
        s = slice_take(s, last_of(s));
    return s.len ? s : soft;
}

struct slice fold_soft(struct slice text, struct arena *arena)
{
    return fold(text, arena, true);
}

struct slice fold_text(struct slice text, struct arena *arena)
{
    return fold_trim(fold_soft(text, arena));
}
