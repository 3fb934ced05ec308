/*
 * qti.c - see qti.h.
 *
 * libxml2 makes a tree, which is walked without recursion.  What is global
 * in it is set once, by begin(): the parser's tables, a loader of external
 * entities that knows only what a schema being compiled may include, and
 * silence where it would write to stderr.  Errors come through structured
 * handlers, the first one is kept.
 */
#include "validate/record/qti.h"

#include <stdio.h>
#include <stdlib.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlschemas.h>

#include "validate/base/hash.h"
#include "validate/base/utf8.h"
#include "validate/record/qti_tree.h"

#define NAMESPACE   "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
#define WORDS_MAX   320 /* bytes of a verdict's words */
#define VALUE_SHOWN 60  /* bytes of a name or value in them */

/* --- what is wrong -------------------------------------------------------- */

/* What a judgement in progress knows. */
struct work {
    struct arena *arena;
    struct verdict verdict;
    int line, column;
    bool full;
};

/* Text of libxml2 or the item as a slice that may be shown. */
static struct slice shown(const xmlChar *text)
{
    size_t len = text ? strlen((const char *)text) : 0;

    if (len > VALUE_SHOWN) {
        len = VALUE_SHOWN;
        while (len && (text[len] & 0xC0) == 0x80)
            len--;
    }
    return slice_of((const char *)text, len);
}

/* The first one counts. */
PRINTF_LIKE(4, 5)
static void blame(struct work *w, enum fault fault, int line, const char *fmt,
                  ...)
{
    char *words;
    va_list args;
    int n = 0, more;

    if (w->verdict.fault)
        return;
    w->verdict.fault = fault;
    words = arena_bytes(w->arena, WORDS_MAX);
    if (!words) {
        w->verdict.fault = FAULT_LINE_MEMORY;
        return;
    }
    if (line > 0)
        n = w->column > 0 ? snprintf(words, WORDS_MAX,
                                     "line %d, column %d: ", line, w->column)
                          : snprintf(words, WORDS_MAX, "line %d: ", line);
    va_start(args, fmt);
    more = vsnprintf(words + n, WORDS_MAX - (size_t)n, fmt, args);
    va_end(args);
    n = n + more < WORDS_MAX ? n + more : WORDS_MAX - 1;
    /* Messages end with a line feed and may be cut inside a character. */
    while (n && words[n - 1] == '\n')
        n--;
    for (int i = 0; i < n; i++)
        words[i] = (unsigned char)words[i] < ' ' ? ' ' : words[i];
    w->verdict.detail =
        slice_of(words, utf8_prefix(slice_of(words, (size_t)n)));
}

static void blame_parser(struct work *w, enum fault fault,
                         const xmlError *error)
{
    if (error->code == XML_ERR_NO_MEMORY) {
        if (!w->verdict.fault)
            w->verdict = (struct verdict){.fault = FAULT_LINE_MEMORY};
        return;
    }
    w->column = error->int2;
    blame(w, fault, error->line, "%s",
          error->message ? error->message : "not well-formed");
}

static void on_parse_error(void *ctx, xmlErrorPtr error)
{
    xmlParserCtxtPtr parser = ctx;

    if (error->level >= XML_ERR_ERROR)
        blame_parser(parser->_private, FAULT_QTI_XML, error);
}

static void on_schema_error(void *ctx, xmlErrorPtr error)
{
    if (error->level >= XML_ERR_ERROR)
        blame_parser(ctx, FAULT_QTI_SCHEMA, error);
}

/* A document type may declare entities that expand without end: the parser
 * stops at its name. */
static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    xmlParserCtxtPtr parser = ctx;
    struct work *w = parser->_private;

    (void)name, (void)external, (void)system;
    w->column = 0;
    blame(w, FAULT_QTI_XML, xmlSAX2GetLineNumber(ctx),
          "a DOCTYPE, which decant does not follow");
    xmlStopParser(parser);
}

/* --- what is global in libxml2 -------------------------------------------- */

/* Who may be asked for what a schema includes; NULL but while one is
 * compiled. */
static const struct qti_files *including;

static xmlParserInputPtr load(const char *url, const char *id,
                              xmlParserCtxtPtr parser)
{
    struct slice text, path = slice_of(url, url ? strlen(url) : 0);
    xmlParserInputBufferPtr buffer;

    (void)id;
    if (!including || !including->read || strstr(url ? url : "", "://") ||
        !including->read(including->ctx, path, &text) || text.len > QTI_XSD_MAX)
        return NULL;
    buffer = xmlParserInputBufferCreateMem(text.ptr, (int)text.len,
                                           XML_CHAR_ENCODING_NONE);
    return buffer ? xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE)
                  : NULL;
}

PRINTF_LIKE(2, 3)
static void hush(void *ctx, const char *fmt, ...)
{
    (void)ctx, (void)fmt;
}

static void begin(void)
{
    static bool begun;

    if (begun)
        return;
    xmlInitParser();
    xmlSetExternalEntityLoader(load);
    xmlSetGenericErrorFunc(NULL, hush);
    begun = true;
}

static xmlDocPtr parse(struct work *w, struct slice xml)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    xmlDocPtr doc;

    if (!parser) {
        w->verdict.fault = FAULT_LINE_MEMORY;
        return NULL;
    }
    parser->_private = w;
    parser->sax->serror = on_parse_error;
    parser->sax->internalSubset = on_doctype;
    /* The encoding is told, whatever the text says of itself: it was part
     * of a JSON text. */
    doc = xmlCtxtReadMemory(parser, xml.ptr, (int)xml.len, NULL, "UTF-8",
                            XML_PARSE_NONET | XML_PARSE_NOCDATA);
    xmlFreeParserCtxt(parser);
    return doc;
}

/* --- schemas -------------------------------------------------------------- */

struct qti_schema {
    struct hash hash; /* of its text */
    xmlDocPtr doc;
    xmlSchemaPtr compiled;
    struct qti_schema *next;
};

/* All there are, until exit: a profile has no end at which one could go. */
static struct qti_schema *schemas;

/* The document stays with the schema, which points into it. */
static bool compile(struct slice xsd, const struct qti_files *files,
                    struct work *w, struct qti_schema *out)
{
    xmlSchemaParserCtxtPtr parser = NULL;

    out->doc = parse(w, xsd);
    if (out->doc && !w->verdict.fault)
        parser = xmlSchemaNewDocParserCtxt(out->doc);
    if (parser) {
        xmlSchemaSetParserStructuredErrors(parser, on_schema_error, w);
        including = files;
        out->compiled = xmlSchemaParse(parser);
        including = NULL;
        xmlSchemaFreeParserCtxt(parser);
    }
    if (out->compiled && !w->verdict.fault)
        return true;
    blame(w, FAULT_QTI_SCHEMA, 0, "no XML Schema");
    xmlSchemaFree(out->compiled); /* half understood, or NULL */
    xmlFreeDoc(out->doc);
    return false;
}

bool qti_schema_open(struct slice xsd, const struct qti_files *files,
                     struct arena *arena, const struct qti_schema **out,
                     struct slice *words)
{
    struct work w = {.arena = arena};
    struct hash hash = hash_of(xsd);
    struct qti_schema *s;

    for (s = schemas; s; s = s->next) {
        *out = s;
        if (hash_eq(s->hash, hash))
            return true;
    }
    *words = SLICE("the schema is too long");
    if (xsd.len > QTI_XSD_MAX)
        return false;
    begin();
    s = xmlMalloc(sizeof(*s));
    *words = SLICE("out of memory");
    if (!s)
        return false;
    *s = (struct qti_schema){.hash = hash, .next = schemas};
    if (!compile(xsd, files, &w, s)) {
        *words = w.verdict.detail;
        xmlFree(s);
        return false;
    }
    schemas = s;
    *out = s;
    return true;
}

static void validate(struct work *w, const struct qti_schema *schema,
                     xmlDocPtr doc)
{
    xmlSchemaValidCtxtPtr ctx = xmlSchemaNewValidCtxt(schema->compiled);
    int result = -1;

    w->column = 0;
    if (ctx) {
        xmlSchemaSetValidStructuredErrors(ctx, on_schema_error, w);
        result = xmlSchemaValidateDoc(ctx, doc);
        xmlSchemaFreeValidCtxt(ctx);
    }
    if (result < 0)
        blame(w, FAULT_LINE_MEMORY, 0, "the item could not be validated");
    else if (result > 0)
        blame(w, FAULT_QTI_SCHEMA, 0, "the item is not valid");
}

/* --- the item ------------------------------------------------------------- */

/* A name and where it stands, to be sorted and looked up. */
struct name {
    const xmlChar *text;
    xmlNodePtr node;
};

struct names {
    struct name *list;
    size_t count;
};

static int by_text(const void *a, const void *b)
{
    return strcmp((const char *)((const struct name *)a)->text,
                  (const char *)((const struct name *)b)->text);
}

static xmlNodePtr find(const struct names *names, const xmlChar *text)
{
    struct name want = {.text = text};
    const struct name *hit = names->count
                                 ? bsearch(&want, names->list, names->count,
                                           sizeof(*names->list), by_text)
                                 : NULL;

    return hit ? hit->node : NULL;
}

/* All elements below root that have an identifier; of this name, unless it
 * is NULL. */
static bool gather(struct work *w, xmlNodePtr root, const char *name,
                   struct names *out)
{
    size_t n = 0;

    for (xmlNodePtr e = qti_after(root, root); e; e = qti_after(e, root))
        n += (!name || qti_is(e, name)) && qti_attribute(e, "identifier");
    *out = (struct names){.list = arena_new(w->arena, n + 1, struct name)};
    if (!out->list) {
        w->verdict.fault = FAULT_LINE_MEMORY;
        return false;
    }
    for (xmlNodePtr e = qti_after(root, root); e; e = qti_after(e, root)) {
        const xmlChar *id = qti_attribute(e, "identifier");

        if ((!name || qti_is(e, name)) && id)
            out->list[out->count++] = (struct name){id, e};
    }
    qsort(out->list, out->count, sizeof(*out->list), by_text);
    return true;
}

/* No two of the same identifier; `only` of those that count, or NULL. */
static void judge_once(struct work *w, const struct names *names,
                       const char *what, bool (*only)(const xmlNode *))
{
    const struct name *last = NULL;

    for (size_t i = 0; i < names->count; i++) {
        const struct name *n = &names->list[i];
        struct slice id = shown(n->text);

        if (only && !only(n->node))
            continue;
        if (last && !by_text(last, n))
            blame(w, FAULT_QTI_RESPONSE, qti_line(n->node),
                  "the %s \"%.*s\" is declared twice", what, (int)id.len,
                  id.ptr);
        last = n;
    }
}

/* Each word of a correct value is a choice: one of an identifier, two of a
 * pair. */
static bool value_known(struct work *w, const struct names *choices,
                        struct slice value, size_t words, int line)
{
    struct slice rest = value;
    size_t n = 0;

    while (rest.len) {
        struct slice word = slice_take(rest, slice_find(rest, ' '));
        char *text = arena_bytes(w->arena, word.len + 1);

        rest = slice_drop(rest, word.len + 1);
        if (!text) {
            w->verdict.fault = FAULT_LINE_MEMORY;
            return false;
        }
        memcpy(text, word.ptr, word.len);
        text[word.len] = '\0';
        if (!word.len)
            continue;
        n++;
        if (!find(choices, (const xmlChar *)text)) {
            struct slice show = shown((const xmlChar *)text);

            blame(w, FAULT_QTI_CORRECT, line,
                  "the correct value \"%.*s\" is none of the choices",
                  (int)show.len, show.ptr);
            return false;
        }
    }
    if (n == words)
        return true;
    blame(w, FAULT_QTI_CORRECT, line,
          "the correct value has %zu identifier%s "
          "instead of %zu",
          n, n == 1 ? "" : "s", words);
    return false;
}

/* The values of a declaration against the choices of its interaction. */
static void judge_values(struct work *w, xmlNodePtr interaction,
                         const struct names *choices, const xmlNode *correct,
                         const xmlNode *declaration)
{
    const char *type = (const char *)qti_attribute(declaration, "base-type");
    const char *cardinality =
        (const char *)qti_attribute(declaration, "cardinality");
    size_t mark = arena_mark(w->arena), n = 0, words = 0;

    if (type && !strcmp(type, "identifier"))
        words = 1;
    else if (type && (!strcmp(type, "pair") || !strcmp(type, "directedPair")))
        words = 2;
    for (xmlNodePtr v = correct->children; v; v = v->next) {
        struct slice value = qti_is(v, "qti-value") ? qti_text(v) : SLICE("");

        if (!qti_is(v, "qti-value"))
            continue;
        n++;
        if (!value.len)
            blame(w, FAULT_QTI_CORRECT, qti_line(v), "an empty correct value");
        if (words && !value_known(w, choices, value, words, qti_line(v)))
            return; /* the words are in the arena behind the mark */
    }
    if (!w->verdict.fault)
        arena_rewind(w->arena, mark);
    if (!n)
        blame(w, FAULT_QTI_CORRECT, qti_line(interaction),
              "the correct response has no value");
    if (n > 1 && cardinality && !strcmp(cardinality, "single"))
        blame(w, FAULT_QTI_CORRECT, qti_line(interaction),
              "%zu correct values for a response of cardinality single", n);
}

static void judge_interaction(struct work *w, xmlNodePtr interaction,
                              const struct names *declarations)
{
    const xmlChar *id = qti_attribute(interaction, "response-identifier");
    struct slice name = shown(interaction->name), response = shown(id);
    const xmlNode *declaration, *correct;
    struct names choices;

    if (!id || !*id) {
        blame(w, FAULT_QTI_RESPONSE, qti_line(interaction),
              "%.*s has no response-identifier", (int)name.len, name.ptr);
        return;
    }
    declaration = find(declarations, id);
    if (!declaration) {
        blame(w, FAULT_QTI_RESPONSE, qti_line(interaction),
              "no qti-response-declaration is called \"%.*s\"",
              (int)response.len, response.ptr);
        return;
    }
    if (!gather(w, interaction, NULL, &choices))
        return;
    judge_once(w, &choices, "choice", qti_is_choice);
    correct = qti_child(declaration, "qti-correct-response");
    if (correct)
        judge_values(w, interaction, &choices, correct, declaration);
    else if (!qti_is_open(interaction))
        blame(w, FAULT_QTI_CORRECT, qti_line(interaction),
              "the response \"%.*s\" has no qti-correct-response",
              (int)response.len, response.ptr);
}

static bool judge_root(struct work *w, xmlNodePtr root)
{
    struct slice name = shown(root->name);
    const char *ns = root->ns ? (const char *)root->ns->href : NULL;

    if (qti_is(root, "assessmentItem"))
        blame(w, FAULT_QTI_XML, qti_line(root),
              "this is an item of QTI 2; QTI 3 has <qti-assessment-item>");
    else if (!qti_is(root, "qti-assessment-item"))
        blame(w, FAULT_QTI_XML, qti_line(root),
              "<%.*s> is not <qti-assessment-item>", (int)name.len, name.ptr);
    else if (!ns || strcmp(ns, NAMESPACE) != 0)
        blame(w, FAULT_QTI_XML, qti_line(root),
              "the item is not in the namespace " NAMESPACE);
    return !w->verdict.fault;
}

static void judge_item(struct work *w, xmlNodePtr root)
{
    struct names declarations;
    size_t n = 0;

    w->column = 0; /* a tree knows lines only */
    if (!judge_root(w, root) ||
        !gather(w, root, "qti-response-declaration", &declarations))
        return;
    judge_once(w, &declarations, "response", NULL);
    for (xmlNodePtr e = qti_after(root, root); e && !w->verdict.fault;
         e = qti_after(e, root)) {
        if (!qti_is_interaction(e))
            continue;
        n++;
        judge_interaction(w, e, &declarations);
    }
    if (!n && !w->verdict.fault)
        blame(w, FAULT_QTI_INTERACTION, qti_line(root),
              "the item has no interaction");
}

struct verdict qti_judge(const struct qti_schema *schema, struct slice xml,
                         struct arena *arena)
{
    struct work w = {.arena = arena};
    xmlDocPtr doc;
    xmlNodePtr root;

    begin();
    if (xml.len > QTI_XML_MAX) {
        blame(&w, FAULT_QTI_XML, 0, "an item of more than %zu bytes",
              QTI_XML_MAX);
        return w.verdict;
    }
    doc = parse(&w, xml);
    root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root)
        blame(&w, FAULT_QTI_XML, 0, "no XML element");
    if (root && !w.verdict.fault)
        judge_item(&w, root);
    if (root && !w.verdict.fault && schema)
        validate(&w, schema, doc);
    xmlFreeDoc(doc);
    return w.verdict;
}
