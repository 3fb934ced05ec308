/*
 * qti_tree.h - looking around in the tree of a QTI item, for qti.c.
 *
 * Nothing here changes the tree; texts are lent by it.
 */
#ifndef DECANT_RECORD_QTI_TREE_H
#define DECANT_RECORD_QTI_TREE_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "validate/base/slice.h"

/* The element behind `node` in document order, inside `root`; NULL at the
 * end. */
xmlNodePtr qti_after(xmlNodePtr node, const xmlNode *root);

/* An element of this name? */
bool qti_is(const xmlNode *node, const char *name);
bool qti_is_interaction(const xmlNode *node);
/* Interactions that people or programs of the author's judge. */
bool qti_is_open(const xmlNode *interaction);
/* Something to be chosen, whose identifier is its interaction's alone. */
bool qti_is_choice(const xmlNode *e);

/* An attribute's text; NULL without one. */
const xmlChar *qti_attribute(const xmlNode *node, const char *name);
/* A text without white space at its ends, from the first text node. */
struct slice qti_text(const xmlNode *node);
/* The first child of this name, or NULL. */
const xmlNode *qti_child(const xmlNode *node, const char *name);
/* Where it starts; 0 when that is not known. */
int qti_line(xmlNodePtr node);

#endif
