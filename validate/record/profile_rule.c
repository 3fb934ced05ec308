/*
 * profile_rule.c - "rules", "xml" and "dimension" of a profile.
 *
 * What a schema cannot say.  A rule whose value is not there is silent: to
 * ask for it is the schema's "required".
 */
#include "validate/record/profile_parts.h"

#include "validate/record/fold.h"

#define LIST_MAX      64 /* of rules of a kind, pointers of one rule */
#define WORDS_MAX     100000
#define DIMENSION_MAX 1000000

static const struct slice members[] = {
    SLICE_INIT("options"),        SLICE_INIT("differ"),
    SLICE_INIT("no_placeholder"), SLICE_INIT("template"),
    SLICE_INIT("min_words"),      SLICE_INIT("language"),
    SLICE_INIT("unique"),         SLICE_INIT("not_among"),
};

static uint32_t member(struct making *m, uint32_t object, const char *name)
{
    return json_member(&m->tape, object, slice_of(name, strlen(name)));
}

/* A list, or one thing that stands for a list of one: its items one after
 * the other.  first() gives JSON_NONE for an empty list. */
static uint32_t first(const struct making *m, uint32_t node, bool list)
{
    return list ? json_first(&m->tape, node) : node;
}

static uint32_t next(const struct making *m, uint32_t node, bool list,
                     uint32_t item)
{
    return list ? json_next(&m->tape, node, item) : JSON_NONE;
}

static bool few(struct making *m, uint32_t node)
{
    return making_size(m, node) <= LIST_MAX ||
           making_fail(m, node, "more than %d", LIST_MAX);
}

/* A pointer, or a list of them. */
static bool paths(struct making *m, uint32_t node, const struct path **out,
                  size_t *n_out)
{
    bool list = json_is(&m->tape, node, JSON_ARRAY);
    size_t room = list ? making_size(m, node) : 1, n = 0;
    struct path *all;

    if (!few(m, node))
        return false;
    all = arena_new(m->arena, room + 1, struct path);
    if (!all)
        return making_full(m);
    for (uint32_t c = first(m, node, list); c; c = next(m, node, list, c)) {
        if (!making_path(m, c, &all[n++]))
            return false;
    }
    *out = all;
    *n_out = n;
    return true;
}

static bool one_options(struct making *m, uint32_t node,
                        struct rule_options *out)
{
    static const struct slice names[] = {
        SLICE_INIT("list"), SLICE_INIT("answer"), SLICE_INIT("mark")};
    static const char *const marks[] = {"text", "index", "letter"};
    uint32_t list, answer, mark;
    struct slice word = SLICE("text");

    if (!making_object(m, node, "\"options\"") ||
        !making_members(m, node, names, countof(names)))
        return false;
    list = member(m, node, "list");
    answer = member(m, node, "answer");
    mark = member(m, node, "mark");
    if (!list)
        return making_fail(m, node, "\"options\" needs a \"list\"");
    if (mark && !answer)
        return making_fail(m, mark, "\"mark\" without \"answer\"");
    out->answered = answer != JSON_NONE;
    if (!making_path(m, list, &out->list) ||
        (answer && !making_path(m, answer, &out->answer)) ||
        (mark && !making_text(m, mark, "\"mark\"", &word)))
        return false;
    for (size_t i = 0; i < countof(marks); i++) {
        out->mark = (enum mark)i;
        if (slice_eq(word, slice_of(marks[i], strlen(marks[i]))))
            return true;
    }
    return making_fail(m, mark,
                       "\"mark\" is \"text\", \"index\" (from 0) or "
                       "\"letter\"");
}

static bool options(struct making *m, uint32_t node)
{
    bool list = json_is(&m->tape, node, JSON_ARRAY);
    struct rule_options *all;
    size_t n = 0;

    if (!few(m, node))
        return false;
    all = arena_new(m->arena, LIST_MAX, struct rule_options);
    if (!all)
        return making_full(m);
    for (uint32_t c = first(m, node, list); c; c = next(m, node, list, c)) {
        if (!one_options(m, c, &all[n++]))
            return false;
    }
    m->rules->options = all;
    m->rules->n_options = n;
    return true;
}

/* Lists of pointers; of one pointer, where that makes sense. */
static bool texts(struct making *m, uint32_t node, size_t least,
                  struct rule_texts **out, size_t *n_out)
{
    struct rule_texts *all;
    size_t n = 0;

    if (!making_array(m, node, "this rule") || !few(m, node))
        return false;
    all = arena_new(m->arena, LIST_MAX, struct rule_texts);
    if (!all)
        return making_full(m);
    for (uint32_t c = json_first(&m->tape, node); c;
         c = json_next(&m->tape, node, c), n++) {
        if (!paths(m, c, &all[n].paths, &all[n].n_paths))
            return false;
        if (all[n].n_paths < least)
            return making_fail(m, c, "a list of at least %zu pointer%s", least,
                               least > 1 ? "s" : "");
    }
    *out = all;
    *n_out = n;
    return true;
}

static bool templates(struct making *m, uint32_t node)
{
    struct slice *all, text;
    size_t n = 0;

    if (!making_array(m, node, "\"template\"") || !few(m, node))
        return false;
    if (!m->rules->n_solid)
        return making_fail(m, node,
                           "\"template\" goes with "
                           "\"no_placeholder\": it adds to what no "
                           "text there may hold");
    all = arena_new(m->arena, LIST_MAX, struct slice);
    if (!all)
        return making_full(m);
    for (uint32_t c = json_first(&m->tape, node); c;
         c = json_next(&m->tape, node, c), n++) {
        if (!making_text(m, c, "a template", &text))
            return false;
        all[n] = fold_soft(text, m->arena);
        if (!all[n].ptr)
            return making_full(m);
        if (!all[n].len)
            return making_fail(m, c, "an empty template");
    }
    m->rules->templates = all;
    m->rules->n_templates = n;
    return true;
}

static bool min_words(struct making *m, uint32_t node)
{
    const struct json_tape *t = &m->tape;
    struct rule_words *all = arena_new(m->arena, LIST_MAX, struct rule_words);
    uint64_t min;
    size_t n = 0;

    if (!making_object(m, node, "\"min_words\"") || !few(m, node))
        return false;
    if (!all)
        return making_full(m);
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c), n++) {
        if (!making_key_path(m, c, &all[n].path) ||
            !making_count(m, c + 1, "a number of words", WORDS_MAX, &min))
            return false;
        all[n].min = (uint32_t)min;
    }
    m->rules->words = all;
    m->rules->n_words = n;
    return true;
}

static bool languages(struct making *m, uint32_t node)
{
    const struct json_tape *t = &m->tape;
    struct rule_language *all =
        arena_new(m->arena, LIST_MAX, struct rule_language);
    struct slice key;
    size_t n = 0;

    if (!making_object(m, node, "\"language\"") || !few(m, node))
        return false;
    if (!all)
        return making_full(m);
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c), n++) {
        if (!making_key_path(m, c, &all[n].path) ||
            !making_text(m, c + 1, "a language", &key))
            return false;
        if (!language_find(key, &all[n].language))
            return making_fail(m, c + 1,
                               "decant knows de, en, es, fr, it, nl, pl, pt, "
                               "ar, el, he, hi, ja, ko, ru, th, uk, zh");
    }
    m->rules->languages = all;
    m->rules->n_languages = n;
    return true;
}

static bool among(struct making *m, uint32_t node)
{
    const struct json_tape *t = &m->tape;
    struct rule_among *all = arena_new(m->arena, LIST_MAX, struct rule_among);
    const struct path *two;
    size_t n = 0, n_two;

    if (!making_array(m, node, "\"not_among\"") || !few(m, node))
        return false;
    if (!all)
        return making_full(m);
    for (uint32_t c = json_first(t, node); c; c = json_next(t, node, c)) {
        if (!paths(m, c, &two, &n_two))
            return false;
        if (n_two != 2)
            return making_fail(m, c,
                               "two pointers: a value, and the list it "
                               "should not be in");
        all[n++] = (struct rule_among){.value = two[0], .list = two[1]};
    }
    m->rules->among = all;
    m->rules->n_among = n;
    return true;
}

static bool rules(struct making *m, uint32_t object)
{
    struct rules *r = m->rules;
    uint32_t node;

    if (!making_object(m, object, "\"rules\"") ||
        !making_members(m, object, members, countof(members)))
        return false;
    if (making_size(m, object) && !m->profile->json)
        return making_fail(m, object, "rules are about JSON payloads");
    node = member(m, object, "options");
    if (node && !options(m, node))
        return false;
    node = member(m, object, "differ");
    if (node && !texts(m, node, 2, &m->differ, &r->n_differ))
        return false;
    r->differ = m->differ;
    node = member(m, object, "unique");
    if (node && !texts(m, node, 1, &m->unique, &r->n_unique))
        return false;
    r->unique = m->unique;
    m->profile->unique = r->n_unique > 0;
    node = member(m, object, "no_placeholder");
    if (node && !paths(m, node, &r->solid, &r->n_solid))
        return false;
    node = member(m, object, "template");
    if (node && !templates(m, node))
        return false;
    node = member(m, object, "min_words");
    if (node && !min_words(m, node))
        return false;
    node = member(m, object, "language");
    if (node && !languages(m, node))
        return false;
    node = member(m, object, "not_among");
    return !node || among(m, node);
}

/* --- "xml" ---------------------------------------------------------------- */

static bool xsd(struct making *m, uint32_t node)
{
    const struct profile_source *source = m->source;
    struct qti_files files = {.read = source->read, .ctx = source->ctx};
    struct slice path, text, words;

    if (!making_text(m, node, "\"xsd\"", &path))
        return false;
    if (!source->read || !source->read(source->ctx, path, &text))
        return making_fail(m, node,
                           "there is no file \"%.*s\" beside the "
                           "profile",
                           (int)slice_take(path, 200).len, path.ptr);
    if (!qti_schema_open(text, &files, m->arena, &m->rules->xsd, &words))
        return making_fail(m, node, "%.*s", (int)words.len, words.ptr);
    return true;
}

static bool xml(struct making *m, uint32_t object)
{
    static const struct slice names[] = {SLICE_INIT("pointer"),
                                         SLICE_INIT("kind"), SLICE_INIT("xsd")};
    uint32_t pointer, kind, file;
    struct slice word;

    if (!making_object(m, object, "\"xml\"") ||
        !making_members(m, object, names, countof(names)))
        return false;
    pointer = member(m, object, "pointer");
    kind = member(m, object, "kind");
    file = member(m, object, "xsd");
    if (!pointer || !kind)
        return making_fail(m, object,
                           "\"xml\" needs a \"pointer\" and a \"kind\"");
    if (!m->profile->json)
        return making_fail(m, object, "\"xml\" is about JSON payloads");
    if (!making_path(m, pointer, &m->rules->xml) ||
        !making_text(m, kind, "\"kind\"", &word))
        return false;
    if (!slice_eq(word, SLICE("qti")))
        return making_fail(m, kind, "the only kind is \"qti\"");
    m->rules->item = true;
    return !file || xsd(m, file);
}

bool making_rules(struct making *m, uint32_t top)
{
    uint32_t object = member(m, top, "rules"), item = member(m, top, "xml");
    uint32_t dimension = member(m, top, "dimension");
    uint64_t n = 0;
    bool vectors = false;

    for (size_t i = 0; i < m->profile->n_columns; i++)
        vectors |= m->profile->columns[i].type == COLUMN_FLOAT4_ARRAY;
    if (dimension && !vectors)
        return making_fail(m, dimension,
                           "\"dimension\" needs a column of type float4[]");
    if (dimension &&
        !making_count(m, dimension, "\"dimension\"", DIMENSION_MAX, &n))
        return false;
    m->rules->dimension = (size_t)n;
    return (!object || rules(m, object)) && (!item || xml(m, item));
}
