/*
 * ledger.h - which bytes of which file are in the database.
 *
 *     file -> [ledger_file]    -> source: known, grown, or new
 *     source -> [ledger_missing] -> ranges to do
 *     range -> [ledger_claim]  -> BEGIN, ours alone
 *              ... COPY ...
 *              [ledger_commit] -> the ledger's row + COMMIT
 *     sources -> [ledger_finish] -> complete, indexed, books checked
 *
 * A source is a file's content (size + fingerprint), whatever its name.
 * Offsets are divided into ranges of source.range_bytes; a line belongs to
 * the range in which its first byte lies, so the last line of a range may
 * cross its nominal end.  The row of range n says from where (begin_at: its
 * first line) to where (end_at: behind its last line) it is loaded, with its
 * counts and the XXH3-128 of those bytes, and commits together with them.
 * A range is whole when end_at reaches min(length, (n + 1) * range_bytes).
 *
 * A file that ends without newline leaves open_at, the place of its last
 * line: when the file has grown, the claim takes that line out again (row,
 * reject and counts) and hands it out as part of what is new.
 *
 * Streams (stdin) have no fingerprint beforehand: a range of a stream is
 * known by the hash of all bytes from the stream's start to the range's end.
 */
#ifndef DECANT_PG_LEDGER_H
#define DECANT_PG_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/pg/pg.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/hash.h"

#define SOURCE_ENDLESS UINT64_MAX
#define LEDGER_PROFILE 256 /* bytes of a profile's name, NUL included */

/* What kind of bytes a source's offsets count. */
enum source_kind { SOURCE_FILE, SOURCE_STREAM, SOURCE_PACKED };

struct source {
    int64_t id; /* 0: not in the ledger (only looked) */
    enum source_kind kind;
    uint64_t size;   /* bytes; of a packed file: compressed; stream: 0 */
    uint64_t length; /* what offsets count up to; SOURCE_ENDLESS while
                             the end of a stream or packed file is unseen */
    uint64_t range_bytes;
    struct hash fingerprint; /* of a stream: not used */
    bool known;              /* it was in the ledger before */
    bool extended;           /* a known file that has grown */
    bool replaced; /* another content was loaded from this path before */
    bool complete; /* nothing was missing when it was last finished */
    char renamed_from[256];       /* recorded path when it differs, or "" */
    char profile[LEDGER_PROFILE]; /* it is loaded with; "": not known */
    struct hash profile_hash;     /* and that one's content, if hashed */
    bool hashed;
    bool reprofiled; /* the profile of that name has changed since */
};

/* What the lines of a source are judged by: one profile for all of them, or
 * the tables would hold answers to two questions as if they were one. */
struct ledger_profile {
    const char *name; /* "qa", or the absolute path of a file */
    struct hash hash; /* of its text */
};

/* May this profile load more of the source?  By name or by content; false:
 * ERR_USAGE says which one was used and what to do.  Sets reprofiled. */
MUST_CHECK bool ledger_same_profile(struct source *source,
                                    const struct ledger_profile *profile,
                                    const char *path, struct err *err);

/* lines == rows + rejects + blanks, always. */
struct counts {
    uint64_t bytes;
    uint64_t lines;
    uint64_t rows;
    uint64_t rejects;
    uint64_t blanks;
    uint64_t repaired;
    uint64_t typed_rows; /* of this load; not summed up when asked for */
};

struct range {
    int64_t source;
    uint64_t n;         /* streams and packed files: begin / range_bytes */
    uint64_t hash_from; /* when < begin: the range's hash also covers the
                           bytes [hash_from, begin) loaded earlier; feed them
                           to the hasher first.  Else equal to begin */
    uint64_t begin;     /* where this load starts: the nominal start, or a line
                       border behind what is loaded already */
    uint64_t end;       /* nominal end; the last line may cross it */
};

struct ledger_file {
    const char *path; /* absolute; must be readable: growth is recognised by
                         hashing its first and last known range */
    enum source_kind kind; /* SOURCE_FILE or SOURCE_PACKED */
    uint64_t size;
    struct hash fingerprint;
    uint64_t range_bytes; /* wanted: the first importer's is what counts */
    bool look_only;       /* write nothing (--dry-run) */
    struct ledger_profile profile;
};

/* Find or register; another profile's is ERR_USAGE.  Safe between processes.  look_only on a database
 * without decant's tables answers "new". */
MUST_CHECK bool ledger_file(struct pg *pg, const struct ledger_file *file,
                            struct source *out, struct err *err);

/* What is there already, and what is missing, in order.  `visit` may be NULL;
 * `each` returns false to stop.  Of a packed file at most one range is
 * missing: where its reading goes on.  source->id 0: everything is. */
struct ledger_visit {
    bool (*each)(void *ctx, const struct range *missing);
    void *ctx;
};
struct ledger_look {
    struct counts already;
    uint64_t n_missing;     /* ranges */
    uint64_t missing_bytes; /* 0 for packed files: nobody knows */
};
MUST_CHECK bool ledger_missing(struct pg *pg, const struct source *source,
                               const struct ledger_visit *visit,
                               struct ledger_look *out, struct err *err);

/* Sources that are not complete, for --resume without files.  `path` is
 * lent during the call. */
typedef bool ledger_each_path(void *ctx, const char *path,
                              enum source_kind kind);
MUST_CHECK bool ledger_unfinished(struct pg *pg, ledger_each_path *each,
                                  void *ctx, struct err *err);

enum claim {
    CLAIM_OURS,  /* a transaction is open: load, then commit or abandon */
    CLAIM_WHOLE, /* loaded meanwhile; *range says [begin, end) of it */
    CLAIM_BUSY,  /* another session works on it: ask the ledger later */
};

/*
 * BEGIN, try the lock of (source, n), look again under the lock.  On
 * CLAIM_OURS *range is corrected: begin, hash_from, end.  Seekable files
 * commit with synchronous_commit off, the others on.  Otherwise no
 * transaction is open afterwards.
 */
MUST_CHECK bool ledger_claim(struct pg *pg, const struct source *source,
                             struct range *range, enum claim *out,
                             struct err *err);

/* What was loaded of a claimed range. */
struct load {
    struct range range;   /* as claimed */
    uint64_t first;       /* place of the first line (its first byte); when
                           there was none: equal to end */
    uint64_t end;         /* behind the last line, with its newline */
    bool open;            /* the last line has no newline (end of file) */
    uint64_t open_at;     /* where that line starts */
    bool last;            /* streams, packed: the end of the input was seen */
    struct counts counts; /* of this load; bytes are end - first */
    struct hash hash;     /* file, packed: of [hash_from or first, end);
                           stream: of [0, end) */
    const char *run;      /* UUID */
};

/*
 * Write the ledger's row and COMMIT.  *ours false (streams only): another
 * process has committed the same beginning of a stream meanwhile; everything
 * is rolled back, ask ledger_stream_known() again.
 */
MUST_CHECK bool ledger_commit(struct pg *pg, const struct source *source,
                              const struct load *load, bool *ours,
                              struct err *err);

/* ROLLBACK. */
void ledger_abandon(struct pg *pg);

/* A known piece of some stream that starts at the asked place. */
struct stream_piece {
    int64_t source;
    uint64_t n;
    uint64_t end;
    uint64_t range_bytes;
    struct hash hash; /* of all bytes [0, end) */
    bool last;        /* the stream ended there */
    struct counts counts;
};

/*
 * The first STREAM_PIECES pieces that start at `begin`, by rising end.  When
 * at a line border the running hash equals a piece's, everything up to there
 * is known, and the stream goes on in that piece's source.  So, at `begin`:
 * without pieces, claim the range in the source at hand (ledger_stream_begin
 * when there is none).  With pieces, take their range_bytes, open a
 * transaction by ledger_stream_begin, and abandon it when a piece matches;
 * if none does, the stream has gone another way and the new source stays.
 */
#define STREAM_PIECES 1024
struct stream_pieces {
    size_t n;
    struct stream_piece at[STREAM_PIECES];
};
MUST_CHECK bool ledger_stream_known(struct pg *pg, uint64_t begin,
                                    struct stream_pieces *out, struct err *err);

/* A stream nobody knows from `begin` on: opens the transaction that creates
 * its source and loads its first range.  out->range_bytes is as given. */
MUST_CHECK bool ledger_stream_begin(struct pg *pg, const char *path,
                                    uint64_t range_bytes,
                                    const struct ledger_profile *profile,
                                    struct source *out, struct err *err);

/* The source of a piece, to claim further ranges of it. */
MUST_CHECK bool ledger_source(struct pg *pg, int64_t id, struct source *out,
                              struct err *err);

struct ledger_end {
    size_t incomplete;    /* sources of these that still miss something */
    bool indexes_busy;    /* another importer is building them */
    bool balanced;        /* for each source: lines = rows + rejects + blanks
                             = what the tables hold */
    char unbalanced[256]; /* path of the first that is not */
    char words[256];      /* what does not fit */
};

/* Flush (one synchronous commit), mark complete, check the books; when
 * nothing of these sources is missing, build the remaining indexes.  Because
 * the flush uses the connection on which the ledger was read, a server crash
 * in between is a lost connection here. */
MUST_CHECK bool ledger_finish(struct pg *pg, const int64_t *sources, size_t n,
                              struct ledger_end *out, struct err *err);

/* --verify: read the file again, compare every range's hash. */
struct ledger_proof {
    uint64_t ranges; /* compared */
    uint64_t bytes;
    bool same;
    uint64_t begin, end; /* the first range that differs */
};
MUST_CHECK bool ledger_verify(struct pg *pg, const struct source *source,
                              const char *path, struct ledger_proof *out,
                              struct err *err);

#endif
