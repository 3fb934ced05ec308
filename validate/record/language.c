/* language.c - see language.h. */
#include "validate/record/language.h"

#include "validate/record/fold.h"

#define LOOK_BYTES  4096
#define WORD_BYTES  32
#define LETTERS_MIN 20 /* fewer tell no script */
#define WORDS_MIN   8  /* fewer tell no language */
#define KNOWN_SLOTS 512

enum script {
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_THAI,
    SCRIPT_HANGUL,
    SCRIPT_JAPANESE, /* kana; with them Han counts as Japanese, too */
    SCRIPT_HAN,
    SCRIPT_COUNT,
    SCRIPT_NONE = SCRIPT_COUNT /* digits, signs, other scripts */
};

static const struct {
    struct slice key;
    enum script script;
    struct slice words;
} languages[LANGUAGE_COUNT] = {
#define LANGUAGE(name, key, script, words) \
    {SLICE_INIT(key), SCRIPT_##script, SLICE_INIT(words)},
#include "validate/record/language.def"
#undef LANGUAGE
};

bool language_find(struct slice key, enum language *out)
{
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (slice_eq(languages[i].key, key)) {
            *out = (enum language)i;
            return true;
        }
    }
    return false;
}

/* Unicode's blocks, roughly: signs inside them do not matter here. */
static const struct {
    uint32_t from, to;
    enum script script;
} blocks[] = {
    {'A', 'Z', SCRIPT_LATIN},          {'a', 'z', SCRIPT_LATIN},
    {0xC0, 0x24F, SCRIPT_LATIN},       {0x370, 0x3FF, SCRIPT_GREEK},
    {0x400, 0x52F, SCRIPT_CYRILLIC},   {0x5D0, 0x5EA, SCRIPT_HEBREW},
    {0x620, 0x6FF, SCRIPT_ARABIC},     {0x900, 0x97F, SCRIPT_DEVANAGARI},
    {0xE00, 0xE7F, SCRIPT_THAI},       {0x1100, 0x11FF, SCRIPT_HANGUL},
    {0x1E00, 0x1EFF, SCRIPT_LATIN},    {0x1F00, 0x1FFF, SCRIPT_GREEK},
    {0x3040, 0x30FF, SCRIPT_JAPANESE}, {0x3400, 0x9FFF, SCRIPT_HAN},
    {0xAC00, 0xD7A3, SCRIPT_HANGUL},   {0xF900, 0xFAFF, SCRIPT_HAN},
    {0x20000, 0x3FFFF, SCRIPT_HAN},
};

static enum script script_of(uint32_t c)
{
    for (size_t i = 0; i < countof(blocks) && c >= blocks[i].from; i++) {
        if (c <= blocks[i].to)
            return blocks[i].script;
    }
    return SCRIPT_NONE;
}

static bool wordy(uint32_t c)
{
    return (c >= '0' && c <= '9') ||
           (c < 0x80 ? script_of(c) != SCRIPT_NONE
                     : !fold_space(c) && !fold_punctuation(c));
}

uint32_t language_words(struct slice text, uint32_t enough)
{
    uint32_t words = 0;
    bool inside = false;
    size_t n;

    for (size_t at = 0; at < text.len && words < enough; at += n) {
        uint32_t c = fold_scalar(slice_drop(text, at), &n);
        enum script script = script_of(c);
        bool alone = script == SCRIPT_HAN || script == SCRIPT_JAPANESE;
        bool part = wordy(c);

        words += alone || (part && !inside);
        inside = part && !alone;
    }
    return words;
}

/* How many of the text's words each language in Latin letters knows. */
struct score {
    uint32_t known[LANGUAGE_COUNT];
    uint32_t words;
    uint32_t letters[SCRIPT_COUNT];
    uint32_t n_letters;
};

/* The lists of all languages by word: made anew for a text, which costs less
 * than a dozen of its words would by going through the lists. */
struct known {
    struct slice word;
    uint32_t languages; /* a bit for each */
};
_Static_assert(LANGUAGE_COUNT <= 32, "a bit for each");

static struct known *known_slot(struct known *table, struct slice word)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.ptr[i]) * 16777619u;
    hash ^= hash >> 15;
    while (table[hash % KNOWN_SLOTS].word.len &&
           !slice_eq(table[hash % KNOWN_SLOTS].word, word))
        hash++;
    return &table[hash % KNOWN_SLOTS];
}

static void known_fill(struct known *table)
{
    size_t n = 0;

    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        struct slice rest = slice_drop(languages[i].words, 1);

        while (rest.len) {
            struct slice word = slice_take(rest, slice_find(rest, ' '));
            struct known *k = known_slot(table, word);

            n += !k->word.len;
            DEMAND(word.len && n <= KNOWN_SLOTS / 2);
            k->word = word;
            k->languages |= 1u << i;
            rest = slice_drop(rest, word.len + 1);
        }
    }
}

static void count_word(struct score *s, struct known *table, struct slice word)
{
    uint32_t bits = table ? known_slot(table, word)->languages : 0;

    s->words++;
    for (unsigned i = 0; bits; i++, bits >>= 1)
        s->known[i] += bits & 1;
}

/* Without a table: letters and words only. */
static void count(struct slice text, struct known *table, struct score *s)
{
    char word[WORD_BYTES];
    size_t len = 0, n;

    for (size_t at = 0; at < text.len; at += n) {
        uint32_t c = fold_case(fold_scalar(slice_drop(text, at), &n));
        enum script script = script_of(c);

        if (script != SCRIPT_NONE) {
            s->letters[script]++;
            s->n_letters++;
        }
        if (script == SCRIPT_LATIN && len + 4 <= sizeof(word)) {
            if (c < 0x80) {
                word[len++] = (char)c;
            } else if (c < 0x800) {
                word[len++] = (char)(0xC0 | c >> 6);
                word[len++] = (char)(0x80 | (c & 0x3F));
            }
            continue;
        }
        if (len)
            count_word(s, table, slice_of(word, len));
        len = 0;
    }
    if (len)
        count_word(s, table, slice_of(word, len));
}

static bool words_plausible(enum language language, struct slice text)
{
    struct known table[KNOWN_SLOTS] = {{.languages = 0}};
    struct score s = {.words = 0};
    uint32_t best = 0;

    known_fill(table);
    count(text, table, &s);
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++)
        best = s.known[i] > best ? s.known[i] : best;
    return s.known[language] * 2 >= best || best < 3;
}

bool language_plausible(enum language language, struct slice text)
{
    struct score s = {.words = 0};
    enum script script = languages[language].script;
    uint32_t ours;

    text = slice_take(text, LOOK_BYTES);
    count(text, NULL, &s);
    if (s.n_letters < LETTERS_MIN)
        return true;
    ours = s.letters[script];
    if (script == SCRIPT_JAPANESE && ours)
        ours += s.letters[SCRIPT_HAN];
    if (script == SCRIPT_HAN && s.letters[SCRIPT_JAPANESE] * 10 > s.n_letters)
        return false;
    /* Formulas, names and units are in Latin letters everywhere. */
    if (script != SCRIPT_LATIN)
        return ours * 4 >= s.n_letters;
    if (ours * 2 < s.n_letters)
        return false;
    if (s.words < WORDS_MIN)
        return true;
    return words_plausible(language, text);
}
