/*
 * reader.h - the bytes of a file, pipe or compressed file, chunk by chunk.
 *
 *     file bytes -> [reader_next] -> chunk
 *
 * Plain files are read with pread(2) from any place; pipes, .gz and .zst
 * only from their beginning, offsets counting decompressed bytes.  Several
 * gzip members and zstd frames behind one another are one stream.  The
 * buffer is reader-owned: 256 KiB, measured as the fastest size.
 */
#ifndef DECANT_SYS_READER_H
#define DECANT_SYS_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "validate/base/attrs.h"
#include "validate/base/chunk.h"
#include "validate/base/err.h"

enum reader_kind { READER_FILE, READER_PIPE, READER_GZIP, READER_ZSTD };

struct reader; /* owns fd, buffer and decompressor */

/* By name: "-" is stdin, *.gz and *.zst are compressed (their magic bytes
 * must agree), a regular file is READER_FILE, anything else a pipe. */
MUST_CHECK bool reader_open(const char *path, struct reader **out,
                            struct err *err);
enum reader_kind reader_kind(const struct reader *r);
uint64_t reader_size(const struct reader *r); /* 0 unless READER_FILE */

/* Go on from this byte: READER_FILE only. */
void reader_seek(struct reader *r, uint64_t at);

/* READER_FILE: the file ends here, whatever has been appended meanwhile;
 * that it ends before is a failure.  Without a limit it ends where it ends. */
void reader_limit(struct reader *r, uint64_t size);

/* The next bytes, lent until the next call; out->last on the final chunk
 * (which may be empty).  Interrupted calls are repeated.  A cut gzip or zstd
 * stream is a failure that says at which decompressed byte. */
MUST_CHECK bool reader_next(struct reader *r, struct chunk *out,
                            struct err *err);
void reader_close(struct reader *r);

#endif
