/*
 * rules.c - see rules.h.
 *
 * Each rule is a function of the element; they run in the order of the
 * table at the end, and the first fault is the verdict.  Texts are folded
 * into the arena and given back after each rule.
 */
#include "validate/record/rules.h"

#include "validate/record/fold.h"

#define ANSWERS_MAX 256 /* marked in one list */

static const struct verdict sound = {.fault = FAULT_NONE};

/* A string, or a number or word as it is written; {NULL, 0} for a list, an
 * object or null.  False: the arena is full. */
static bool scalar(const struct judging *j, uint32_t node, struct slice *out)
{
    uint8_t kind = j->tape->nodes[node].kind;

    *out = slice_of(NULL, 0);
    if (kind == JSON_NULL || kind >= JSON_ARRAY)
        return true;
    *out = kind == JSON_STRING ? json_string(j->tape, node, j->arena)
                               : json_raw(j->tape, node);
    return out->ptr != NULL;
}

static uint32_t at(const struct judging *j, uint32_t element,
                   const struct path *path)
{
    return path_find(j->tape, element, path);
}

/* --- options -------------------------------------------------------------- */

struct option {
    struct slice text; /* blanks folded */
    uint32_t node;
};

static int by_text(const void *a, const void *b)
{
    const struct option *x = a, *y = b;
    size_t n = x->text.len < y->text.len ? x->text.len : y->text.len;
    int order = n ? memcmp(x->text.ptr, y->text.ptr, n) : 0;

    if (order)
        return order;
    if (x->text.len != y->text.len)
        return x->text.len < y->text.len ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

struct options {
    uint32_t list; /* the array or object; PATH_NOWHERE when the path fans */
    struct option *items; /* those that have a text, sorted by it */
    size_t n_items;
    size_t n_all;
};

/* A path that fans leads to the options, another one to their list. */
static bool collect(const struct judging *j, uint32_t element,
                    const struct path *path, struct options *out)
{
    static const struct path_step each = {SLICE_INIT("*"), UINT32_MAX};
    static const struct path items = {SLICE_INIT("/*"), &each, 1, true};
    struct path_walk walk;
    uint32_t node;

    *out = (struct options){.list = PATH_NOWHERE};
    if (!path->fans) {
        out->list = element = at(j, element, path);
        path = &items;
        if (element == PATH_NOWHERE)
            return true;
    }
    path_walk(&walk, j->tape, element, path);
    while (path_next(&walk) != PATH_NOWHERE)
        out->n_all++;
    out->items = arena_array(j->arena, out->n_all + 1, struct option);
    if (!out->items)
        return false;
    path_walk(&walk, j->tape, element, path);
    while ((node = path_next(&walk)) != PATH_NOWHERE) {
        struct option *o = &out->items[out->n_items];

        if (!scalar(j, node, &o->text))
            return false;
        if (!o->text.ptr)
            continue;
        o->node = node;
        o->text = fold_spaces(o->text, j->arena);
        if (!o->text.ptr)
            return false;
        out->n_items++;
    }
    if (out->n_items)
        qsort(out->items, out->n_items, sizeof(*out->items), by_text);
    return true;
}

static struct verdict judge_duplicates(const struct judging *j,
                                       const struct options *o)
{
    for (size_t i = 1; i < o->n_items; i++) {
        struct slice shown;

        if (!slice_eq(o->items[i - 1].text, o->items[i].text))
            continue;
        shown = judging_shown(j, o->items[i].node);
        return judging_fault(j, FAULT_QA_DUPLICATE_OPTION, o->items[i].node,
                             judging_words(j, "the option %.*s stands twice",
                                           (int)shown.len, shown.ptr));
    }
    return sound;
}

/* B is the second of a list; among options with names it is a name. */
static bool letter_known(const struct judging *j, const struct options *o,
                         struct slice text)
{
    char c = text.len == 1 ? text.ptr[0] : '\0';
    size_t place = c >= 'a' && c <= 'z'   ? (size_t)(c - 'a')
                   : c >= 'A' && c <= 'Z' ? (size_t)(c - 'A')
                                          : SIZE_MAX;

    if (o->list != PATH_NOWHERE && json_is(j->tape, o->list, JSON_OBJECT))
        return json_member(j->tape, o->list, text) != JSON_NONE;
    return place < o->n_all;
}

static bool text_known(const struct options *o, struct slice text)
{
    size_t low = 0, high = o->n_items;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct option want = {.text = text, .node = 0};

        if (by_text(&o->items[middle], &want) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < o->n_items && slice_eq(o->items[low].text, text);
}

/* Is one marked answer an option? False in *full: the arena. */
static bool answer_known(const struct judging *j, const struct rule_options *r,
                         const struct options *o, uint32_t node, bool *full)
{
    struct slice text;
    int64_t index;

    if (r->mark == MARK_INDEX)
        return json_is(j->tape, node, JSON_NUMBER) &&
               json_int64(j->tape, node, &index) && index >= 0 &&
               (uint64_t)index < o->n_all;
    *full = !scalar(j, node, &text);
    if (*full || !text.ptr)
        return false;
    text = fold_spaces(text, j->arena);
    *full = !text.ptr;
    if (*full)
        return false;
    return r->mark == MARK_LETTER ? letter_known(j, o, text)
                                  : text_known(o, text);
}

static struct verdict judge_answer(const struct judging *j,
                                   const struct rule_options *r,
                                   const struct options *o, uint32_t node)
{
    static const char *const missed[] = {
        [MARK_TEXT] = "none",
        [MARK_INDEX] = "not the place, from 0, of one",
        [MARK_LETTER] = "not the letter of one",
    };
    struct slice shown;
    bool full = false;

    if (answer_known(j, r, o, node, &full))
        return sound;
    if (full)
        return judging_full();
    shown = judging_shown(j, node);
    return judging_fault(
        j, FAULT_QA_ANSWER_NOT_OPTION, node,
        judging_words(j, "the answer %.*s is %s of the %zu options",
                      (int)shown.len, shown.ptr, missed[r->mark], o->n_all));
}

static struct verdict judge_options(const struct judging *j, uint32_t element,
                                    const struct rule_options *r)
{
    struct options o;
    struct verdict v;
    uint32_t answer, n = 0;

    if (!collect(j, element, &r->list, &o))
        return judging_full();
    v = judge_duplicates(j, &o);
    answer = r->answered ? at(j, element, &r->answer) : PATH_NOWHERE;
    if (v.fault || answer == PATH_NOWHERE ||
        json_is(j->tape, answer, JSON_NULL))
        return v;
    if (!json_is(j->tape, answer, JSON_ARRAY))
        return judge_answer(j, r, &o, answer);
    for (uint32_t c = json_first(j->tape, answer); c && !v.fault;
         c = json_next(j->tape, answer, c)) {
        if (++n > ANSWERS_MAX)
            return judging_fault(j, FAULT_QA_ANSWER_NOT_OPTION, c,
                                 SLICE("more answers than are looked at"));
        v = judge_answer(j, r, &o, c);
    }
    return v;
}

static struct verdict options(const struct judging *j, uint32_t element)
{
    const struct rules *r = j->profile->rules;
    struct verdict v = sound;

    for (size_t i = 0; i < r->n_options && !v.fault; i++)
        v = judge_options(j, element, &r->options[i]);
    return v;
}

/* --- texts that differ ---------------------------------------------------- */

/* The texts of a rule, folded; {NULL, 0} for one that is not there. */
static bool fold_texts(const struct judging *j, uint32_t element,
                       const struct rule_texts *r, struct slice *texts)
{
    for (size_t i = 0; i < r->n_paths; i++) {
        uint32_t node = at(j, element, &r->paths[i]);

        texts[i] = slice_of(NULL, 0);
        if (node == PATH_NOWHERE)
            continue;
        if (!scalar(j, node, &texts[i]))
            return false;
        if (!texts[i].ptr)
            continue;
        texts[i] = r->exact ? fold_spaces(texts[i], j->arena)
                            : fold_text(texts[i], j->arena);
        if (!texts[i].ptr)
            return false;
    }
    return true;
}

static struct verdict judge_differ(const struct judging *j, uint32_t element,
                                   const struct rule_texts *r)
{
    struct slice *texts = arena_array(j->arena, r->n_paths, struct slice);

    if (!texts || !fold_texts(j, element, r, texts))
        return judging_full();
    for (size_t i = 1; i < r->n_paths; i++) {
        for (size_t k = 0; k < i; k++) {
            struct slice a = r->paths[k].text, b = r->paths[i].text;

            if (texts[i].ptr && texts[k].ptr && slice_eq(texts[i], texts[k]))
                return judging_fault(
                    j, FAULT_QA_SAME, at(j, element, &r->paths[i]),
                    judging_words(j, "%.*s and %.*s say the same", (int)a.len,
                                  a.ptr, (int)b.len, b.ptr));
        }
    }
    return sound;
}

static struct verdict differ(const struct judging *j, uint32_t element)
{
    const struct rules *r = j->profile->rules;
    struct verdict v = sound;

    for (size_t i = 0; i < r->n_differ && !v.fault; i++)
        v = judge_differ(j, element, &r->differ[i]);
    return v;
}

/* --- placeholders --------------------------------------------------------- */

static bool begins(struct slice text, struct slice with)
{
    return text.len >= with.len && !memcmp(text.ptr, with.ptr, with.len);
}

static bool contains(struct slice text, struct slice part)
{
    return text.len && memmem(text.ptr, text.len, part.ptr, part.len);
}

/* Only dots, ellipses, lines and question marks: something was left out. */
static bool left_out(struct slice folded)
{
    size_t n;

    for (size_t i = 0; i < folded.len; i += n) {
        uint32_t c = fold_scalar(slice_drop(folded, i), &n);

        if (c != '.' && c != '_' && c != 0x2026 && c != ' ' && c != 0x22EF &&
            !(c == '?' && folded.len > 1))
            return false;
    }
    return true;
}

/* What models write instead of a text.  Whole texts, folded: an answer may
 * well mention a placeholder. */
static bool is_placeholder(struct slice folded)
{
    static const struct slice whole[] = {
        SLICE_INIT("todo"),
        SLICE_INIT("tbd"),
        SLICE_INIT("tba"),
        SLICE_INIT("n/a"),
        SLICE_INIT("placeholder"),
        SLICE_INIT("as an ai"),
        SLICE_INIT("not available"),
        SLICE_INIT("not applicable"),
        SLICE_INIT("to be determined"),
        SLICE_INIT("to be added"),
        SLICE_INIT("your answer here"),
        SLICE_INIT("your question here"),
        SLICE_INIT("question here"),
        SLICE_INIT("answer here"),
        SLICE_INIT("insert answer here"),
        SLICE_INIT("insert question here"),
    };
    static const struct slice start[] = {
        SLICE_INIT("as an ai "),
        SLICE_INIT("as an ai,"),
        SLICE_INIT("as an artificial intelligence"),
        SLICE_INIT("as a language model"),
        SLICE_INIT("as a large language model"),
        SLICE_INIT("i'm sorry, but i can"),
        SLICE_INIT("i am sorry, but i can"),
        SLICE_INIT("lorem ipsum"),
    };

    for (size_t i = 0; i < countof(whole); i++) {
        if (slice_eq(folded, whole[i]))
            return true;
    }
    for (size_t i = 0; i < countof(start); i++) {
        if (begins(folded, start[i]))
            return true;
    }
    return left_out(folded);
}

static struct verdict judge_solid(const struct judging *j, uint32_t node)
{
    const struct rules *r = j->profile->rules;
    size_t mark = arena_mark(j->arena);
    struct slice text, shown;
    bool bad;

    if (!json_is(j->tape, node, JSON_STRING))
        return sound;
    if (!scalar(j, node, &text))
        return judging_full();
    text = fold_soft(text, j->arena);
    if (!text.ptr)
        return judging_full();
    bad = is_placeholder(fold_trim(text));
    for (size_t i = 0; i < r->n_templates && !bad; i++)
        bad = contains(text, r->templates[i]);
    arena_rewind(j->arena, mark);
    if (!bad)
        return sound;
    shown = judging_shown(j, node);
    return judging_fault(
        j, FAULT_QA_PLACEHOLDER, node,
        judging_words(j, "%.*s is a placeholder", (int)shown.len, shown.ptr));
}

static struct verdict placeholders(const struct judging *j, uint32_t element)
{
    const struct rules *r = j->profile->rules;
    struct verdict v = sound;

    for (size_t i = 0; i < r->n_solid && !v.fault; i++) {
        struct path_walk walk;
        uint32_t node;

        path_walk(&walk, j->tape, element, &r->solid[i]);
        while (!v.fault && (node = path_next(&walk)) != PATH_NOWHERE)
            v = judge_solid(j, node);
    }
    return v;
}

/* --- words and languages -------------------------------------------------- */

static struct verdict words(const struct judging *j, uint32_t element)
{
    const struct rules *r = j->profile->rules;

    for (size_t i = 0; i < r->n_words; i++) {
        struct path_walk walk;
        uint32_t node, least = r->words[i].min;

        path_walk(&walk, j->tape, element, &r->words[i].path);
        while ((node = path_next(&walk)) != PATH_NOWHERE) {
            struct slice text;
            uint32_t n;

            if (!json_is(j->tape, node, JSON_STRING))
                continue;
            if (!scalar(j, node, &text))
                return judging_full();
            n = language_words(text, least);
            if (n < least)
                return judging_fault(
                    j, FAULT_QA_MIN_WORDS, node,
                    judging_words(j, "%u word%s, at least %u are wanted", n,
                                  n == 1 ? "" : "s", least));
        }
    }
    return sound;
}

static struct verdict languages(const struct judging *j, uint32_t element)
{
    const struct rules *r = j->profile->rules;

    for (size_t i = 0; i < r->n_languages; i++) {
        struct path_walk walk;
        uint32_t node;

        path_walk(&walk, j->tape, element, &r->languages[i].path);
        while ((node = path_next(&walk)) != PATH_NOWHERE) {
            struct slice text;

            if (!json_is(j->tape, node, JSON_STRING))
                continue;
            if (!scalar(j, node, &text))
                return judging_full();
            if (!language_plausible(r->languages[i].language, text))
                j->out->notes |= 1U << NOTE_LANGUAGE;
        }
    }
    return sound;
}

/* --- a value among others ------------------------------------------------- */

static struct verdict among(const struct judging *j, uint32_t element)
{
    const struct rules *r = j->profile->rules;

    for (size_t i = 0; i < r->n_among; i++) {
        struct path_walk walk;
        struct options list;
        struct slice text;
        uint32_t node;

        if (!collect(j, element, &r->among[i].list, &list))
            return judging_full();
        path_walk(&walk, j->tape, element, &r->among[i].value);
        while ((node = path_next(&walk)) != PATH_NOWHERE) {
            if (!scalar(j, node, &text))
                return judging_full();
            if (!text.ptr)
                continue;
            text = fold_spaces(text, j->arena);
            if (!text.ptr)
                return judging_full();
            if (text_known(&list, text))
                j->out->notes |= 1U << NOTE_PRODUCT_AMONG;
        }
    }
    return sound;
}

/* --- XML ------------------------------------------------------------------ */

static struct verdict item(const struct judging *j, uint32_t element)
{
    const struct rules *r = j->profile->rules;
    uint32_t node = r->item ? at(j, element, &r->xml) : PATH_NOWHERE;
    struct slice text;
    struct verdict v;

    if (node == PATH_NOWHERE || json_is(j->tape, node, JSON_NULL))
        return sound;
    if (!json_is(j->tape, node, JSON_STRING))
        return judging_fault(j, FAULT_QTI_XML, node, SLICE("is no text"));
    if (!scalar(j, node, &text))
        return judging_full();
    v = qti_judge(r->xsd, text, j->arena);
    return v.fault && v.fault != FAULT_LINE_MEMORY
               ? judging_fault(j, v.fault, node, v.detail)
               : v;
}

/* --- all of them ---------------------------------------------------------- */

struct verdict rules_judge(const struct judging *j, uint32_t element)
{
    static struct verdict (*const all[])(const struct judging *j,
                                         uint32_t element) = {
        options, differ, placeholders, words, languages, among, item,
    };

    for (size_t i = 0; i < countof(all); i++) {
        size_t mark = arena_mark(j->arena);
        struct verdict v = all[i](j, element);

        if (v.fault)
            return v;
        arena_rewind(j->arena, mark);
    }
    return sound;
}

/* Which texts of which table: the same words elsewhere are no duplicate. */
static void feed_name(struct hasher *h, const struct profile *p,
                      const struct rule_texts *r)
{
    hasher_feed(h, p->table_schema);
    hasher_feed(h, SLICE("."));
    hasher_feed(h, p->table);
    for (size_t i = 0; i < r->n_paths; i++) {
        hasher_feed(h, SLICE("\n"));
        hasher_feed(h, r->paths[i].text);
    }
}

static int64_t first_bytes(const struct hash *hash)
{
    uint64_t n = 0;

    for (size_t i = 0; i < sizeof(n); i++)
        n = n << 8 | hash->bytes[i];
    return (int64_t)n;
}

size_t rules_digest(const struct judging *j, uint32_t element, int64_t *to)
{
    const struct rules *r = j->profile->rules;
    size_t n = 0, mark = arena_mark(j->arena);

    for (size_t i = 0; i < r->n_unique; i++) {
        const struct rule_texts *u = &r->unique[i];
        struct slice *texts = arena_array(j->arena, u->n_paths, struct slice);
        struct hasher h;
        struct hash hash;
        bool there = false;

        if (!texts || !fold_texts(j, element, u, texts))
            return SIZE_MAX;
        hasher_init(&h);
        feed_name(&h, j->profile, u);
        for (size_t k = 0; k < u->n_paths; k++) {
            there |= texts[k].len > 0;
            hasher_feed(&h, slice_of("\0", 1));
            hasher_feed(&h, texts[k]);
        }
        arena_rewind(j->arena, mark);
        if (!there)
            continue; /* nothing there is no duplicate of nothing */
        hash = hasher_digest(&h);
        to[n++] = first_bytes(&hash);
    }
    return n;
}
