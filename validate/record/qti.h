/*
 * qti.h - the XML of a QTI 3 assessment item.
 *
 *     XML text -> [qti_judge] -> sound, or what it lacks
 *
 * Sound: well-formed, an assessment item in the namespace of QTI 3, at least
 * one interaction; each interaction's response is declared, and its correct
 * response is among its choices.  With a schema (XSD) the item is also valid.
 *
 * libxml2 reads the XML; only qti.c and qti_tree.c know it.  It never sees a file or
 * the network, a DOCTYPE is refused as soon as it is met, and so is a text
 * over QTI_XML_MAX; elements nest at most 256 deep.  Its memory is its own
 * and given back before qti_judge() returns; a schema's stays until exit.
 */
#ifndef DECANT_RECORD_QTI_H
#define DECANT_RECORD_QTI_H

#include <stdbool.h>
#include <stddef.h>

#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/base/slice.h"

#define QTI_XML_MAX ((size_t)1 << 20) /* bytes of an item */
#define QTI_XSD_MAX ((size_t)16 << 20)

/* A compiled XML Schema; used by one thread at a time. */
struct qti_schema;

/* How schemas that the first one includes are found; as in
 * struct profile_source. */
struct qti_files {
    bool (*read)(void *ctx, struct slice path, struct slice *text);
    void *ctx;
};

/* False: *words says why, with the line.  The same text gives the same
 * schema again.  Not for two threads at once. */
MUST_CHECK
bool qti_schema_open(struct slice xsd, const struct qti_files *files,
                     struct arena *arena, const struct qti_schema **out,
                     struct slice *words);

/*
 * xml: valid UTF-8; an encoding it declares is ignored.  schema may be NULL.
 * Of the verdict `fault` and `detail` are set; the detail is in the arena
 * and names line and column: qti.xml, qti.interaction, qti.response,
 * qti.correct, qti.schema, line.memory.
 */
MUST_CHECK
struct verdict qti_judge(const struct qti_schema *schema, struct slice xml,
                         struct arena *arena);

#endif
