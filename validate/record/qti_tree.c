/* qti_tree.c - see qti_tree.h. */
#include "validate/record/qti_tree.h"

#include <limits.h>
#include <string.h>

#include "validate/base/attrs.h"

xmlNodePtr qti_after(xmlNodePtr node, const xmlNode *root)
{
    do {
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
        } else {
            while (node != root && !node->next)
                node = node->parent;
            if (node == root)
                return NULL;
            node = node->next;
        }
    } while (node->type != XML_ELEMENT_NODE);
    return node;
}

bool qti_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE &&
           !strcmp((const char *)node->name, name);
}

bool qti_is_interaction(const xmlNode *node)
{
    struct slice name =
        slice_of((const char *)node->name, strlen((const char *)node->name));
    struct slice end = SLICE("-interaction");

    return name.len > end.len && !memcmp(name.ptr, "qti-", 4) &&
           slice_eq(slice_drop(name, name.len - end.len), end);
}

/* Entities are none in a tree without DOCTYPE: a value is one piece. */
const xmlChar *qti_attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        if (!a->ns && !strcmp((const char *)a->name, name))
            return a->children && a->children->content ? a->children->content
                                                       : (const xmlChar *)"";
    }
    return NULL;
}

struct slice qti_text(const xmlNode *node)
{
    const xmlNode *child = node->children;
    struct slice s = {NULL, 0};

    while (child && child->type != XML_TEXT_NODE &&
           child->type != XML_CDATA_SECTION_NODE)
        child = child->next;
    if (child && child->content)
        s = slice_of((const char *)child->content,
                     strlen((const char *)child->content));
    while (s.len && strchr(" \t\r\n", s.ptr[0]))
        s = slice_drop(s, 1);
    while (s.len && strchr(" \t\r\n", s.ptr[s.len - 1]))
        s.len--;
    return s;
}

int qti_line(xmlNodePtr node)
{
    long line = xmlGetLineNo(node);

    return line > 0 && line < INT_MAX ? (int)line : 0;
}

const xmlNode *qti_child(const xmlNode *node, const char *name)
{
    const xmlNode *c = node->children;

    while (c && !qti_is(c, name))
        c = c->next;
    return c;
}

bool qti_is_choice(const xmlNode *e)
{
    size_t len = strlen((const char *)e->name);

    return (len > 7 && !strcmp((const char *)e->name + len - 7, "-choice")) ||
           qti_is(e, "qti-hottext") || qti_is(e, "qti-gap") ||
           qti_is(e, "qti-gap-text") || qti_is(e, "qti-gap-img") ||
           qti_is(e, "qti-associable-hotspot");
}

bool qti_is_open(const xmlNode *interaction)
{
    static const char *const names[] = {
        "qti-extended-text-interaction",   "qti-upload-interaction",
        "qti-drawing-interaction",         "qti-media-interaction",
        "qti-custom-interaction",          "qti-end-attempt-interaction",
        "qti-portable-custom-interaction",
    };

    for (size_t i = 0; i < countof(names); i++) {
        if (qti_is(interaction, names[i]))
            return true;
    }
    return false;
}
