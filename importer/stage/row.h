/*
 * row.h - a judged line as one row of a binary COPY.
 *
 *     judged -> [row_result | row_reject] -> rows
 *
 * Layout: PostgreSQL manual, COPY, "Binary Format".  Column order is that of
 * RESULT_COLUMNS and REJECT_COLUMNS, which the COPY statements name.
 */
#ifndef DECANT_STAGE_ROW_H
#define DECANT_STAGE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/stage/flow.h"
#include "importer/stage/line.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/slice.h"

/* COPY decant.result (RESULT_COLUMNS) FROM STDIN (FORMAT binary) */
#define RESULT_COLUMNS                                                  \
    "source, \"offset\", length, key, attempt, provider, model, "       \
    "response_id, outcome, finish_reason, http_status, prompt_tokens, " \
    "cached_tokens, output_tokens, thinking_tokens, fixes, fix_mask, "  \
    "payload, payload_text, digests"
#define REJECT_COLUMNS                                                    \
    "source, \"offset\", length, key, attempt, provider, model, "         \
    "response_id, outcome, finish_reason, http_status, prompt_tokens, "   \
    "cached_tokens, output_tokens, thinking_tokens, fault, pointer, at, " \
    "message, excerpt, raw, proposal"

#define ROWS_FULL ((size_t)4 << 20) /* bytes: time to send */
#define ROWS_MAX  16384             /* rows: time to send */

/* Where a row lies and which line it is. */
struct row_place {
    uint64_t offset; /* of the line, in the file */
    uint64_t length; /* of the line */
    size_t begin;    /* of the row's bytes */
    size_t end;
    uint32_t n_rows; /* 1; of a line's typed rows: so many, one for all */
};

/*
 * Rows waiting for one COPY.  Appending never fails: a row that does not fit
 * sets `full`, leaves no trace, and the caller answers it as line.memory.
 * Send when rows_ripe().
 */
struct rows {
    char *bytes;
    size_t len;
    size_t cap;
    struct row_place *places; /* ROWS_MAX of them */
    uint32_t count;
    bool full;
};

/* Takes cap bytes (ROWS_FULL plus the largest row) from `run`. */
MUST_CHECK bool rows_init(struct rows *rows, size_t cap, struct arena *run);
static inline bool rows_ripe(const struct rows *rows)
{
    return rows->len >= ROWS_FULL || rows->count == ROWS_MAX;
}
void rows_clear(struct rows *rows);
/* Undo the last append, which must have fitted. */
void row_take_back(struct rows *rows);
/* The COPY header and trailer that go before and behind the rows' bytes. */
extern const struct slice rows_header, rows_trailer;

struct row_settings {
    int64_t source;    /* decant.source.id */
    bool keep_text;    /* payload_text also under JSON profiles */
    bool keep_payload; /* else it is in a typed table alone */
};

/* The scratch arena is used for the fixes and is rewound. */
void row_result(struct rows *rows, const struct row_settings *set,
                const struct line *line, const struct judged *judged,
                struct arena *scratch);
void row_reject(struct rows *rows, const struct row_settings *set,
                const struct line *line, const struct judged *judged,
                struct arena *scratch);
/* Why a line without a verdict of its own is rejected. */
struct refusal {
    struct slice fault;   /* "server.22P02", "line.crash" */
    struct slice message; /* the server's words */
};

/*
 * The reject of a line that the server refused or that could not be judged:
 * what `judged` knows of it (NULL: nothing), the refusal and the raw bytes.
 */
void row_refusal(struct rows *rows, const struct row_settings *set,
                 const struct line *line, const struct judged *judged,
                 const struct refusal *refusal);

#endif
