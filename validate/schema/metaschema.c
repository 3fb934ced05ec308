/* metaschema.c - see metaschema.h. */
#include "validate/schema/metaschema.h"

#define NEW_BASE "https://json-schema.org/draft/2020-12/"
#define OLD_BASE "https://json-schema.org/draft/2019-09/"

/* What every document begins with; the anchor `meta` is how a metaschema
 * of all vocabularies reaches down into each of them. */
#define HEAD(path)                                                 \
    "{\"$schema\":\"" NEW_BASE "schema\",\"$id\":\"" NEW_BASE path \
    "\",\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],"

/* The shapes of keywords, for metaschema.def. */
#define MAP(value)           "{\"type\":\"object\",\"additionalProperties\":" value "}"
#define LIST(item)           "{\"type\":\"array\",\"items\":" item ","
#define SELF                 "{\"$dynamicRef\":\"#meta\"}"
#define SELF_MAP             MAP(SELF)
#define SELF_LIST            LIST(SELF) "\"minItems\":1}"
#define ARRAY                "{\"type\":\"array\"}"
#define STRING               "{\"type\":\"string\"}"
#define BOOLEAN              "{\"type\":\"boolean\"}"
#define NUMBER               "{\"type\":\"number\"}"
#define COUNT                "{\"type\":\"integer\",\"minimum\":0}"
#define STRINGS              LIST(STRING) "\"uniqueItems\":true}"
#define REFERENCE            "{\"type\":\"string\",\"format\":\"uri-reference\"}"
#define TYPE_NAME            "{\"$ref\":\"#/$defs/typeName\"}"
#define NAME                 "{\"type\":\"string\",\"pattern\":\"^[A-Za-z_][-A-Za-z0-9._]*$\"}"
#define MEMBER(name, schema) "\"" name "\":" schema ","
#define LAST(name, schema)   "\"" name "\":" schema "}}"
#define PROPERTIES           "\"properties\":{"
#define PART(name)           "{\"$ref\":\"meta/" name "\"}"

#define DOCUMENT(path, members) \
    {SLICE_INIT(NEW_BASE path), SLICE_INIT(HEAD(path) members)},
static const struct {
    struct slice uri;
    struct slice text;
} documents[] = {
#include "validate/schema/metaschema.def"
};
#undef DOCUMENT

#define STANDARD                                                        \
    (VOCABULARY_CORE | VOCABULARY_APPLICATOR | VOCABULARY_UNEVALUATED | \
     VOCABULARY_VALIDATION | VOCABULARY_META | VOCABULARY_FORMAT |      \
     VOCABULARY_CONTENT)

static const struct {
    struct slice uri;
    struct dialect dialect;
} drafts[] = {
    {SLICE_INIT(NEW_BASE "schema"), {DRAFT_NEW, STANDARD}},
    {SLICE_INIT(OLD_BASE "schema"), {DRAFT_2019, STANDARD}},
    {SLICE_INIT("http://json-schema.org/draft-07/schema"), {DRAFT_7, STANDARD}},
    {SLICE_INIT("http://json-schema.org/draft-06/schema"), {DRAFT_7, STANDARD}},
};

static const struct {
    struct slice name;
    uint8_t bits;
} vocabularies[] = {
    {SLICE_INIT("core"), VOCABULARY_CORE},
    {SLICE_INIT("applicator"), VOCABULARY_APPLICATOR},
    {SLICE_INIT("unevaluated"), VOCABULARY_UNEVALUATED},
    {SLICE_INIT("validation"), VOCABULARY_VALIDATION},
    {SLICE_INIT("meta-data"), VOCABULARY_META},
    {SLICE_INIT("format"), VOCABULARY_FORMAT},
    {SLICE_INIT("format-annotation"), VOCABULARY_FORMAT},
    {SLICE_INIT("format-assertion"),
     VOCABULARY_FORMAT | VOCABULARY_FORMAT_ASSERTION},
    {SLICE_INIT("content"), VOCABULARY_CONTENT},
};

struct slice metaschema_text(struct slice uri)
{
    for (size_t i = 0; i < countof(documents); i++) {
        if (slice_eq(uri, documents[i].uri))
            return documents[i].text;
    }
    return slice_of(NULL, 0);
}

static struct slice without_hash(struct slice uri)
{
    return uri.len && uri.ptr[uri.len - 1] == '#' ? slice_take(uri, uri.len - 1)
                                                  : uri;
}

bool metaschema_dialect(struct slice uri, struct dialect *out)
{
    uri = without_hash(uri);
    for (size_t i = 0; i < countof(drafts); i++) {
        if (slice_eq(uri, drafts[i].uri)) {
            *out = drafts[i].dialect;
            return true;
        }
    }
    return false;
}

bool metaschema_old(struct slice uri)
{
    uri = without_hash(uri);
    return slice_eq(uri, SLICE("http://json-schema.org/draft-04/schema")) ||
           slice_eq(uri, SLICE("http://json-schema.org/draft-03/schema"));
}

/* The rest of the text when it begins so. */
static bool begins(struct slice text, struct slice with, struct slice *rest)
{
    *rest = slice_drop(text, with.len);
    return slice_eq(slice_take(text, with.len), with);
}

uint8_t metaschema_vocabulary(struct slice uri, uint8_t *draft)
{
    struct slice name;
    uint8_t of = DRAFT_NEW;

    if (!begins(uri, SLICE(NEW_BASE "vocab/"), &name)) {
        of = DRAFT_2019;
        if (!begins(uri, SLICE(OLD_BASE "vocab/"), &name))
            return 0;
    }
    for (size_t i = 0; i < countof(vocabularies); i++) {
        if (!slice_eq(name, vocabularies[i].name))
            continue;
        *draft = of;
        /* There it is part of the applicators. */
        return of == DRAFT_2019 && vocabularies[i].bits == VOCABULARY_APPLICATOR
                   ? VOCABULARY_APPLICATOR | VOCABULARY_UNEVALUATED
                   : vocabularies[i].bits;
    }
    return 0;
}
