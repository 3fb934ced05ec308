/*
 * files.h - which files are meant, what they are, and bytes out of them.
 *
 *     arguments -> [files_expand] -> paths -> [file_identify] -> identity
 *
 * A file is known by its content: its size and the XXH3-128 over 64 evenly
 * spaced 64 KiB blocks, the first and the last among them (all bytes of a
 * file of at most 4 MiB).  Nothing here keeps a file open between calls.
 */
#ifndef DECANT_SYS_FILES_H
#define DECANT_SYS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/hash.h"
#include "validate/base/slice.h"

#define FILE_PATH_MAX 4096
#define FILE_HEAD_MAX ((size_t)64 << 10) /* enough to recognise a format */
#define FILES_MAX     1000000            /* paths in one run */
#define FILES_DEPTH   64                 /* directories inside one another */

/* Paths in the order in which they are read; owns its strings. */
struct files {
    char **paths;
    size_t count;
    size_t room;
};

/* Told about what is left out; `failed` when it could not even be looked at
 * (a directory without permission), not when it was skipped on purpose. */
struct files_note {
    void (*say)(void *ctx, const char *path, const char *words, bool failed);
    void *ctx;
};

/*
 * "-" and names of files stay as they are, whether or not they exist: opening
 * them tells.  A directory becomes its *.jsonl and *.ndjson files and their
 * .gz and .zst, recursively, in byte order; hidden entries, *.part, symbolic
 * links to directories and other files are left out, the first three with a
 * note.  The same path twice is one path.  `note` may be NULL.
 */
MUST_CHECK bool files_expand(struct files *out, const char *const *args,
                             size_t n, const struct files_note *note,
                             struct err *err);
void files_free(struct files *files);

enum file_kind {
    FILE_PLAIN,  /* seekable */
    FILE_PIPE,   /* "-", a FIFO, a socket, a device */
    FILE_PACKED, /* *.gz or *.zst: offsets count decompressed bytes */
};

struct file_identity {
    enum file_kind kind;
    uint64_t size;           /* of a packed file: compressed; pipe: 0 */
    struct hash fingerprint; /* of a pipe: zero */
};

/* Reads at most 4 MiB.  A file that shrinks meanwhile is a failure. */
MUST_CHECK bool file_identify(const char *path, struct file_identity *out,
                              struct err *err);

/* The path from the root, symbolic links kept as they are; "-" stays "-". */
MUST_CHECK bool file_absolute(const char *path, char out[FILE_PATH_MAX],
                              struct err *err);

/* Feed bytes [begin, end) of a seekable file to a hasher. */
MUST_CHECK bool file_hash_feed(const char *path, uint64_t begin, uint64_t end,
                               struct hasher *hasher, struct err *err);

/* The hash of bytes [begin, end) of a seekable file. */
MUST_CHECK bool file_hash(const char *path, uint64_t begin, uint64_t end,
                          struct hash *out, struct err *err);

/* Up to cap bytes from offset `at`; *got is less only at the end of file. */
struct file_span {
    uint64_t at;
    size_t len;
};
MUST_CHECK bool file_read_at(const char *path, struct file_span span, char *buf,
                             size_t *got, struct err *err);

/* The first bytes, decompressed when packed: at most cap, fewer at the end
 * of the file.  A pipe is refused: its bytes would be gone. */
MUST_CHECK bool file_head(const char *path, char *buf, size_t cap, size_t *got,
                          struct err *err);

/* Small texts: append to a file that is there, or replace it by a new one
 * (mode 0600; never through a symbolic link). */
MUST_CHECK bool file_append(const char *path, struct slice text,
                            struct err *err);
MUST_CHECK bool file_replace(const char *path, struct slice text,
                             struct err *err);

#endif
