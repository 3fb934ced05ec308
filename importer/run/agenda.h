/*
 * agenda.h - what there is to do, who has it, what has come of it.
 *
 *     files -> OPEN -> spans of missing ranges -> pieces -> done
 *
 * A span is a run of missing ranges as the ledger told it; a piece is one
 * range (or a whole stream) from its first hand-out until it is committed.
 * Pieces that died, were returned or are busy elsewhere wait to be handed
 * out again, before anything new.  Done pieces are remembered with their
 * tally: a server crash may take back what it had acknowledged.
 *
 * No system calls: everything here can be tested without a process.
 */
#ifndef DECANT_RUN_AGENDA_H
#define DECANT_RUN_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/report/summary.h"
#include "importer/run/import.h"
#include "importer/run/wire.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"

#define DEATHS_SUSPECT 2 /* then the line that kills is looked for */
#define DEATHS_MAX     6 /* then the run gives up */

struct span {
    struct span *next;
    struct range first;
    uint64_t count;
};

struct piece {
    struct piece *next;
    uint32_t file;
    bool stream; /* the whole of a pipe or packed file */
    uint32_t deaths;
    struct range range;
    struct tally tally; /* once done */
    struct doubt doubt; /* what its last worker was about to commit */
};

struct piece_list {
    struct piece *head, **tail;
};

/* A source that a pipe turned out to belong to, beside todo.source. */
struct touched {
    struct touched *next;
    int64_t source;
};

enum todo_state {
    TODO_WAITING, /* not opened yet */
    TODO_OPENING,
    TODO_OPEN,    /* spans and pieces tell */
    TODO_REFUSED, /* see report.error */
};

struct todo {
    struct file_report report;
    enum todo_state state;
    bool pipe;       /* stdin or a FIFO: once through, never again */
    uint32_t deaths; /* while it was opened */
    uint64_t size;   /* as stat() says; 0: not known */
    struct source source;
    struct span *spans, **spans_tail; /* not handed out */
    struct piece_list done;
    bool twin; /* another file of this run has the same content */
};

struct agenda {
    const struct import_setup *set;
    struct arena *run; /* pieces, words: until the end of the run */
    struct todo *todos;
    size_t count, room;
    bool full;               /* the arena: the run cannot go on */
    size_t next_open;        /* todos before it are not WAITING */
    size_t opened_to;        /* todos from it on never were opened */
    size_t next_span;        /* todos before it have no spans */
    struct piece_list again; /* to be handed out before anything new */
    struct piece_list later; /* busy elsewhere */
    struct piece_list spare; /* piece structs to be used again */
    struct touched *touched; /* sources for the books */
    size_t out;              /* orders for files and pieces in work */
    uint64_t lines_left;     /* of --limit */
    struct tally committed;  /* over all files */
    uint64_t total_bytes;    /* of all spans and unopened files */
    bool unmeasured;         /* some file's length is not known beforehand */
};

/* Room for `room` files. */
MUST_CHECK bool agenda_init(struct agenda *a, const struct import_setup *set,
                            size_t room, struct arena *run);

/* A file to be opened; false when there is no room. */
MUST_CHECK bool agenda_add(struct agenda *a, const char *path, bool pipe,
                           uint64_t size);

enum agenda_step {
    AGENDA_ORDER, /* *out is filled; *piece is NULL for an OPEN */
    AGENDA_WAIT,  /* nothing to hand out until something comes back */
    AGENDA_LATER, /* only ranges that are busy elsewhere are left */
    AGENDA_EMPTY, /* all is done */
};
MUST_CHECK enum agenda_step agenda_next(struct agenda *a, struct order *out,
                                        struct piece **piece);
/* The pieces busy elsewhere may be tried again. */
void agenda_retry(struct agenda *a);
uint64_t agenda_busy(const struct agenda *a);

/* What came back of an OPEN, in this order; MISSING any number of times. */
void agenda_source(struct agenda *a, uint32_t file,
                   const struct source *source);
MUST_CHECK bool agenda_missing(struct agenda *a, uint32_t file,
                               const struct range *first, uint64_t count);
void agenda_opened(struct agenda *a, uint32_t file,
                   const struct ledger_look *look);
/* Another file of this run with the same content, that does the work. */
const struct todo *agenda_twin(const struct agenda *a, uint32_t file);
/* Leave this one's ranges to its twin. */
void agenda_same(struct agenda *a, uint32_t file);
/* Nothing (more) of this file can be loaded; also when a piece failed. */
void agenda_refused(struct agenda *a, uint32_t file, const char *words);

/* What came back of a piece. */
void agenda_done(struct agenda *a, struct piece *piece,
                 const struct range *range, const struct tally *tally);
/* Part of a stream was committed; the piece stays in work. */
void agenda_part(struct agenda *a, struct piece *piece,
                 const struct tally *tally);
/* This source is to be finished with the others. */
void agenda_touch(struct agenda *a, uint32_t file, int64_t source);
void agenda_known(struct agenda *a, uint32_t file, uint64_t bytes,
                  uint64_t lines);
void agenda_whole(struct agenda *a, struct piece *piece); /* by others */
void agenda_elsewhere(struct agenda *a, struct piece *piece);
void agenda_return(struct agenda *a, struct piece *piece);
void agenda_drop(struct agenda *a, struct piece *piece); /* file refused */
/* Its worker died. False: it has died too often. */
MUST_CHECK bool agenda_died(struct agenda *a, struct piece *piece);
/* An OPEN came back without an answer, or with its worker's death. */
void agenda_unopened(struct agenda *a, uint32_t file);
MUST_CHECK bool agenda_open_died(struct agenda *a, uint32_t file);

/* The ledger misses this range: was it done? Then it is to be done again. */
bool agenda_lost(struct agenda *a, uint32_t file, const struct range *first,
                 uint64_t count);

/* Is range n of this source our shard's? */
bool agenda_ours(const struct import_setup *set, const struct source *source,
                 uint64_t n);

#endif
