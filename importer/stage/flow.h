/*
 * flow.h - the straight line from a batch line to what becomes of it.
 *
 *     line -> envelope -> payload -> sound JSON -> record
 *
 * The one place that sees these stages.  Pure: no files, no server.
 */
#ifndef DECANT_STAGE_FLOW_H
#define DECANT_STAGE_FLOW_H

#include "importer/stage/envelope.h"
#include "importer/stage/line.h"
#include "importer/stage/payload.h"
#include "validate/record/record.h"

/*
 * Bytes of the line arena that a line needs at most, per byte of its text
 * and besides.  The worst case is a reply of nothing but invalid escapes:
 * 8 (the line's tape) + 1 (the reply) + 22 (a 64-byte edit per three bytes
 * of the line) + 15 (the mended text and its tape).  A sound line needs 22
 * at most, and 64 per byte of the one SMILES at its judge, which has a
 * megabyte at most.  Pointers of edits and the answers of a line with many
 * candidates are not counted, nor are the values of typed rows (24 bytes a
 * column): a line with less room than it needs is line.memory.
 */
#define FLOW_ARENA_PER_BYTE 48
#define FLOW_ARENA_MIN      ((size_t)65 << 20)

#define FIRST_ATTEMPT 1 /* a rerun's lines carry their own count */

enum judged_kind { JUDGED_BLANK, JUDGED_ROW, JUDGED_REJECT };

/* Borrowed from the line and the line arena, until the next flow_judge(). */
struct judged {
    enum judged_kind kind;
    struct envelope env;         /* of a row: outcome and finish of `answer` */
    const struct answer *answer; /* won, or was looked at first; or NULL */
    struct payload payload;
    struct repaired repaired;
    struct record record;
    struct verdict verdict; /* of a reject */
    bool in_payload; /* verdict.at counts in payload.whole, not in the line */
};

struct flow {
    const struct profile *profile;
    struct repair_options repair; /* all zero: lossless, policies replace */
    struct arena *arena;          /* the line arena: rewound by every call */
    int64_t source;               /* decant.source.id, for columns */
};

/* What becomes of a line. Every line gets exactly one answer. */
void flow_judge(struct flow *flow, const struct line *line, struct judged *out);

/* A reject in words: what the provider said, else what is wrong with it. */
struct slice flow_message(const struct judged *judged);

/*
 * All edits of a row as the JSON array of result.fixes, in the arena; empty
 * when nothing was changed or the arena is full.  An element is {"rule",
 * "class", "pointer", "offset", "before", "after"}; offsets count in
 * payload.whole, those behind an edit that opened a string in its text.
 */
struct slice flow_fixes(const struct judged *judged, struct arena *arena);
uint64_t flow_fix_mask(const struct judged *judged);

#endif
