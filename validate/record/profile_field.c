/*
 * profile_field.c - what the strings of a payload hold: the member "fields"
 * of a profile, and "format" in its schema.
 *
 * The schema is walked level by level through everything that leads to a
 * place in the payload (properties, items, prefixItems, references inside
 * the document, allOf and its kin), shallow places first.  A schema that
 * refers to itself has no end, so the walk has ceilings; a field deeper than
 * they reach can be named in "fields", which comes first and outranks it.
 */
#include "validate/record/profile_parts.h"

#define FIELDS_MAX 256
#define PLACES_MAX 4096 /* schemas looked at */
#define DEEP_MAX   16   /* steps into the payload */

/* A schema, and the places of the payload that it is about. */
struct place {
    uint32_t schema;
    uint32_t steps;
    struct slice pointer;
};

struct work {
    struct making *m;
    struct field *fields;
    size_t n_fields;
    struct place *places; /* a queue; never more than PLACES_MAX of them */
    size_t n_places;
};

static bool add_field(struct work *w, uint32_t node, struct slice pointer,
                      enum field_class class)
{
    for (size_t i = 0; i < w->n_fields; i++) {
        if (slice_eq(w->fields[i].pointer, pointer))
            return true; /* the first one counts */
    }
    if (w->n_fields == FIELDS_MAX)
        return making_fail(w->m, node, "more than %d fields with a class",
                           FIELDS_MAX);
    w->fields[w->n_fields++] = (struct field){pointer, class};
    return true;
}

static bool declared(struct work *w, uint32_t object)
{
    struct making *m = w->m;
    const struct json_tape *t = &m->tape;
    struct slice word;
    struct path path;
    enum field_class class;

    if (!making_object(m, object, "\"fields\""))
        return false;
    if (!m->profile->json && making_size(m, object))
        return making_fail(m, object, "a text has no fields");
    for (uint32_t c = json_first(t, object); c; c = json_next(t, object, c)) {
        if (!making_key_path(m, c, &path) ||
            !making_text(m, c + 1, "a field's class", &word))
            return false;
        if (!field_class_find(word, &class))
            return making_fail(m, c + 1,
                               "the classes are smiles, reaction-smiles, "
                               "latex, path, regex, code, text");
        if (!add_field(w, c + 1, path.text, class))
            return false;
    }
    return true;
}

/* --- the schema ----------------------------------------------------------- */

static bool reach(struct work *w, uint32_t schema, const struct place *from,
                  struct slice step)
{
    struct place *to = &w->places[w->n_places];
    size_t len = from->pointer.len + step.len;
    char *bytes;

    if (w->n_places == PLACES_MAX || from->steps + (step.len > 0) > DEEP_MAX ||
        !json_is(&w->m->tape, schema, JSON_OBJECT))
        return true;
    *to = *from;
    to->schema = schema;
    w->n_places++;
    if (!step.len)
        return true;
    bytes = arena_bytes(w->m->arena, len);
    if (!bytes)
        return making_full(w->m);
    if (from->pointer.len)
        memcpy(bytes, from->pointer.ptr, from->pointer.len);
    memcpy(bytes + from->pointer.len, step.ptr, step.len);
    to->pointer = slice_of(bytes, len);
    to->steps++;
    return true;
}

static bool walk_properties(struct work *w, const struct place *from,
                            uint32_t object)
{
    const struct json_tape *t = &w->m->tape;

    if (!object || !json_is(t, object, JSON_OBJECT))
        return true; /* the root, 0, is nobody's member */
    for (uint32_t c = json_first(t, object); c && w->n_places < PLACES_MAX;
         c = json_next(t, object, c)) {
        struct slice name = json_string(t, c, w->m->arena);
        struct slice step = making_step(w->m, name);

        if (!name.ptr || !step.ptr)
            return making_full(w->m);
        if (!reach(w, c + 1, from, step))
            return false;
    }
    return true;
}

/* Schemas about the same place, or about any member or item of it. */
static bool walk_all(struct work *w, const struct place *from, uint32_t node,
                     struct slice step)
{
    const struct json_tape *t = &w->m->tape;

    for (uint32_t c = json_first(t, node); c && w->n_places < PLACES_MAX;
         c = json_next(t, node, c)) {
        if (!reach(w, c + (json_is(t, node, JSON_OBJECT)), from, step))
            return false;
    }
    return true;
}

static bool walk_prefix(struct work *w, const struct place *from, uint32_t node)
{
    const struct json_tape *t = &w->m->tape;
    size_t n = 0;

    if (!node || !json_is(t, node, JSON_ARRAY))
        return true;
    for (uint32_t c = json_first(t, node); c && w->n_places < PLACES_MAX;
         c = json_next(t, node, c)) {
        char digits[24], *p = digits + sizeof(digits);
        size_t left = n++;

        do
            *--p = (char)('0' + left % 10);
        while (left /= 10);
        *--p = '/';
        if (!reach(w, c, from,
                   slice_of(p, (size_t)(digits + sizeof(digits) - p))))
            return false;
    }
    return true;
}

/* "#", "#/$defs/step": a reference inside the document. */
static bool walk_reference(struct work *w, const struct place *from,
                           uint32_t node)
{
    struct slice text, words;
    struct path path;
    uint32_t to;

    if (!node || !json_is(&w->m->tape, node, JSON_STRING))
        return true;
    text = json_string(&w->m->tape, node, w->m->arena);
    if (!text.ptr)
        return making_full(w->m);
    if (!text.len || text.ptr[0] != '#' ||
        !path_parse(slice_drop(text, 1), w->m->arena, &path, &words) ||
        path.fans)
        return true; /* another document's, or an anchor: not followed */
    to = path_find(&w->m->tape, 0, &path);
    return to == PATH_NOWHERE || reach(w, to, from, slice_of(NULL, 0));
}

static bool walk_place(struct work *w, const struct place *place)
{
    static const struct {
        struct slice keyword;
        enum { SAME_LIST, SAME_ONE, EACH_ONE, EACH_LIST } how;
    } ways[] = {
        {SLICE_INIT("allOf"), SAME_LIST},
        {SLICE_INIT("anyOf"), SAME_LIST},
        {SLICE_INIT("oneOf"), SAME_LIST},
        {SLICE_INIT("dependentSchemas"), SAME_LIST},
        {SLICE_INIT("if"), SAME_ONE},
        {SLICE_INIT("then"), SAME_ONE},
        {SLICE_INIT("else"), SAME_ONE},
        {SLICE_INIT("items"), EACH_ONE},
        {SLICE_INIT("additionalProperties"), EACH_ONE},
        {SLICE_INIT("patternProperties"), EACH_LIST},
    };
    const struct json_tape *t = &w->m->tape;
    enum field_class class;
    uint32_t s = place->schema, format = json_member(t, s, SLICE("format"));

    for (unsigned i = FIELD_NONE + 1; format && i < FIELD_TEXT; i++) {
        class = (enum field_class)i;
        if (json_is(t, format, JSON_STRING) &&
            json_string_is(t, format, field_class_name(class)) &&
            !add_field(w, format, place->pointer, class))
            return false;
    }
    if (!walk_properties(w, place, json_member(t, s, SLICE("properties"))) ||
        !walk_prefix(w, place, json_member(t, s, SLICE("prefixItems"))) ||
        !walk_reference(w, place, json_member(t, s, SLICE("$ref"))))
        return false;
    for (size_t i = 0; i < countof(ways); i++) {
        uint32_t node = json_member(t, s, ways[i].keyword);
        bool each = ways[i].how == EACH_ONE || ways[i].how == EACH_LIST;
        bool list = ways[i].how == SAME_LIST || ways[i].how == EACH_LIST;
        struct slice step = each ? SLICE("/*") : slice_of(NULL, 0);

        if (node && !(list ? walk_all(w, place, node, step)
                           : reach(w, node, place, step)))
            return false;
    }
    return true;
}

static size_t stars(struct slice pointer)
{
    size_t n = 0;

    for (size_t i = 0; i < pointer.len; i++)
        n += pointer.ptr[i] == '*';
    return n;
}

/* The first field that matches counts: /0 has to stand before / *, which is
 * about the items behind it. */
static void sort_fields(struct field *list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct field moved = list[i];
        size_t to = i;

        while (to && stars(list[to - 1].pointer) > stars(moved.pointer)) {
            list[to] = list[to - 1];
            to--;
        }
        list[to] = moved;
    }
}

/* --- what follows from it ------------------------------------------------- */

static bool is_molecule(enum field_class class)
{
    return class == FIELD_SMILES || class == FIELD_REACTION_SMILES;
}

/* May both lead to the same place? */
static bool meet(struct slice a, struct slice b)
{
    while (a.len && b.len) {
        struct slice x = slice_drop(a, 1), y = slice_drop(b, 1);
        struct slice star = SLICE("*");

        x = slice_take(x, slice_find(x, '/'));
        y = slice_take(y, slice_find(y, '/'));
        if (!slice_eq(x, y) && !slice_eq(x, star) && !slice_eq(y, star))
            return false;
        a = slice_drop(a, 1 + x.len);
        b = slice_drop(b, 1 + y.len);
    }
    return !a.len && !b.len;
}

/* The places of molecules, ready to be walked to. */
static bool molecules(struct work *w)
{
    struct rule_molecule *list =
        arena_new(w->m->arena, w->n_fields + 1, struct rule_molecule);
    struct slice words;
    size_t n = 0;

    if (!list)
        return making_full(w->m);
    for (size_t i = 0; i < w->n_fields; i++) {
        if (!is_molecule(w->fields[i].class))
            continue;
        list[n].class = w->fields[i].class;
        for (size_t k = 0; k < i; k++)
            list[n].shadowed |=
                meet(w->fields[k].pointer, w->fields[i].pointer);
        /* Too many steps to follow: such a place was declared by hand. */
        if (!path_parse(w->fields[i].pointer, w->m->arena, &list[n].path,
                        &words))
            return making_full(w->m);
        n++;
    }
    w->m->rules->molecules = list;
    w->m->rules->n_molecules = n;
    return true;
}

/* The pointer of a path as it counts from the payload: behind the spread
 * array and any index of it. */
static struct slice from_payload(struct work *w, const struct path *path,
                                 bool whole, bool items)
{
    const struct rules *rules = w->m->rules;
    struct slice spread = rules->spread.text, star = SLICE("/*");
    size_t room = spread.len + path->text.len + 2 * star.len, len = 0;
    char *bytes = arena_bytes(w->m->arena, room);

    if (!bytes)
        return slice_of(NULL, 0);
    if (rules->spreads && !whole) {
        if (spread.len)
            memcpy(bytes, spread.ptr, spread.len);
        memcpy(bytes + spread.len, star.ptr, star.len);
        len = spread.len + star.len;
    }
    if (path->text.len)
        memcpy(bytes + len, path->text.ptr, path->text.len);
    len += path->text.len;
    if (items)
        memcpy(bytes + len, star.ptr, star.len);
    return slice_of(bytes, len + (items ? star.len : 0));
}

/* Texts that hold molecules are compared exactly: C1CCCCC1 is not
 * c1ccccc1. */
static bool exact(struct work *w, struct rule_texts *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < list[i].n_paths; k++) {
            struct slice pointer =
                from_payload(w, &list[i].paths[k], false, false);

            if (!pointer.ptr)
                return making_full(w->m);
            list[i].exact |=
                is_molecule(field_class_of(&w->m->profile->fields, pointer));
        }
    }
    return true;
}

/* Which columns hold what. */
static bool classify(struct work *w)
{
    struct profile *p = w->m->profile;
    struct column *columns = w->m->columns;

    for (size_t i = 0; i < p->n_columns; i++) {
        const struct recipe *r = columns[i].how;
        struct slice pointer;

        if (r->from != FROM_PATH && r->from != FROM_PAYLOAD)
            continue;
        pointer =
            from_payload(w, &r->path, r->from == FROM_PAYLOAD,
                         columns[i].type == COLUMN_TEXT_ARRAY && !r->path.fans);
        if (!pointer.ptr)
            return making_full(w->m);
        columns[i].class = field_class_of(&p->fields, pointer);
    }
    return exact(w, w->m->differ, w->m->rules->n_differ) &&
           exact(w, w->m->unique, w->m->rules->n_unique);
}

bool making_fields(struct making *m, uint32_t top)
{
    struct work w = {.m = m};
    size_t n_declared;
    uint32_t object = json_member(&m->tape, top, SLICE("fields"));

    w.fields = arena_new(m->arena, FIELDS_MAX, struct field);
    w.places = arena_new(m->arena, PLACES_MAX + 1, struct place);
    if (!w.fields || !w.places)
        return making_full(m);
    if (object && !declared(&w, object))
        return false;
    n_declared = w.n_fields;
    if (m->profile->json) {
        w.places[w.n_places++] = (struct place){.schema = 0};
        for (size_t i = 0; i < w.n_places; i++) {
            if (!walk_place(&w, &w.places[i]))
                return false;
        }
        sort_fields(w.fields + n_declared, w.n_fields - n_declared);
    }
    m->profile->fields =
        (struct field_table){.list = w.fields, .count = w.n_fields};
    return molecules(&w) && classify(&w);
}
