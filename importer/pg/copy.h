/*
 * copy.h - rows into PostgreSQL by binary COPY, whole buffers at a time.
 *
 *     rows' bytes -> [copy_rows] -> the table, or the refused rows by name
 *
 * Everything happens inside the caller's transaction, each COPY under a
 * SAVEPOINT of its own, so that a refusal costs one buffer, not the range.
 * A row counts as refused only when the server refuses it alone: the line
 * number in its message is a hint, never a verdict.
 *
 * With copy_ahead() a buffer's COPY begins before the buffer is full, so that
 * the server works while the next rows are made.
 */
#ifndef DECANT_PG_COPY_H
#define DECANT_PG_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/slice.h"

/* Why the server refused something. */
struct copy_refusal {
    bool refused;
    uint64_t row;  /* 1-based, from the last CONTEXT line; 0: not told */
    char state[6]; /* SQLSTATE */
    char message[400];
};

/* A COPY statement and what is sent before and behind the rows. */
struct copy_form {
    const char *sql; /* COPY t (...) FROM STDIN (FORMAT binary); statements
                        may stand before it */
    struct slice header, trailer;
};

/*
 * One COPY.  True with refusal->refused false: all rows are in.  True with
 * refused true: none is, the transaction is usable.  False: a failure; the
 * transaction is lost, perhaps the connection too.
 */
MUST_CHECK bool copy_put(struct pg *pg, const struct copy_form *form,
                         struct slice rows, struct copy_refusal *refusal,
                         struct err *err);

/*
 * Send what of a growing buffer is not sent yet: rows.len grows from call to
 * call, *sent follows it from 0.  copy_rows() with that `sent` goes on from
 * there; until then nobody else may use the connection but pg_rollback().
 * False: as for copy_put().
 */
MUST_CHECK bool copy_ahead(struct pg *pg, const struct copy_form *form,
                           struct slice rows, size_t *sent, struct err *err);

struct copy_span {
    size_t begin, end; /* of a row's bytes */
};

/* Rows that lie one behind the other in `bytes`, and who asks. */
struct copy_batch {
    struct copy_form form;
    struct slice bytes;
    size_t sent; /* of bytes, by copy_ahead() */
    size_t count;
    /* Where row i (from 0) lies in `bytes`. */
    struct copy_span (*span)(const void *ctx, size_t i);
    /* A "row" may be several of the server's that go in or stay out together:
     * how many row i is; NULL: each is one. */
    size_t (*weight)(const void *ctx, size_t i);
    /* Row i is not in the table; may append to other buffers, not to this
     * one, and must not use the connection. */
    void (*refused)(void *ctx, size_t i, const struct copy_refusal *why);
    void *ctx;
};

/* All rows but the refused ones are in.  Work stays within a small multiple
 * of sending everything once, plus one short COPY per refusal. */
MUST_CHECK bool copy_rows(struct pg *pg, const struct copy_batch *batch,
                          struct err *err);

#endif
