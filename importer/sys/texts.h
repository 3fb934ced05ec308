/*
 * texts.h - small files as one piece, and files beneath a folder.
 *
 *     path         -> [text_read]   -> slice in the arena
 *     folder, name -> [folder_read] -> slice in the arena
 *
 * For schemas, profiles and what they refer to.  Names beneath a folder come
 * from such files, so they are hostile: a name is walked step by step from
 * the folder's descriptor, no step is "..", "." or empty, no symbolic link is
 * followed, and what stands at its end must be a regular file.
 */
#ifndef DECANT_SYS_TEXTS_H
#define DECANT_SYS_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "importer/sys/files.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/slice.h"

/* A schema or profile, and each file it refers to. */
#define TEXT_SMALL_MAX ((size_t)16 << 20)

/* All of a file, pipe or compressed file; "-" is stdin.  More than max bytes
 * are a failure, and so is an arena without room (ERR_MEMORY); what was read
 * of a failed one is given back. */
MUST_CHECK bool text_read(const char *path, size_t max, struct arena *arena,
                          struct slice *out, struct err *err);

/* Write a file that is not there yet; one that is, is a failure. */
MUST_CHECK bool text_create(const char *path, struct slice text,
                            struct err *err);

struct folder {
    int fd;
    char path[FILE_PATH_MAX]; /* from the root, without links and dots */
};

MUST_CHECK bool folder_open(const char *path, struct folder *out,
                            struct err *err);
/* The folder in which the file `path` lies. */
MUST_CHECK bool folder_open_of(const char *path, struct folder *out,
                               struct err *err);
void folder_close(struct folder *f);

/* The file of that name ("a.json", "more/b.json"), at most TEXT_SMALL_MAX
 * bytes.  A failure for a name that leads out, too. */
MUST_CHECK bool folder_read(const struct folder *f, struct slice name,
                            struct arena *arena, struct slice *out,
                            struct err *err);

#endif
