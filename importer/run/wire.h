/*
 * wire.h - what the supervisor and a worker say to each other.
 *
 * Over one socketpair per worker, fixed-size structs, host byte order: both
 * ends are the same process image.  File bytes never travel here.
 *
 *     supervisor                        worker
 *         -- PREPARE ------------------>  connect, migrate
 *         <-- READY -------------------
 *         -- OPEN path ---------------->  recognise, register
 *         <-- SOURCE, MISSING... ------
 *         <-- OPENED | REFUSED --------
 *         -- RANGE | STREAM ----------->  IDLE -> BUSY
 *         <-- TALLY -------------------   about ten times a second
 *         <-- DONE, ... | BUSY | ...---   BUSY -> IDLE, committed
 *         -- STOP --------------------->  abandon what is being done
 *         -- (socket closed) ---------->  gone
 *
 * Every order but STOP and SOURCES is answered by exactly one closing report
 * (report_closes()), possibly with others before it.
 */
#ifndef DECANT_RUN_WIRE_H
#define DECANT_RUN_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/pg/keys.h"
#include "importer/pg/ledger.h"
#include "importer/report/finding.h"
#include "importer/report/tally.h"
#include "importer/sys/files.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

enum order_kind {
    ORDER_PREPARE,    /* connect; first: bring the tables up to date */
    ORDER_UNFINISHED, /* name the sources that are not complete */
    ORDER_OPEN,       /* file: what is it, and what is missing of it */
    ORDER_RANGE,      /* load one range of a seekable file */
    ORDER_STREAM,     /* load a pipe or packed file from where it stands */
    ORDER_SETTLE,     /* file: is anything missing after all? */
    ORDER_SOURCES,    /* ids for the FINISH that follows */
    ORDER_FINISH,     /* flush, mark complete, index, check the books */
    ORDER_VERIFY,     /* file: re-read, compare hashes */
    ORDER_STOP,       /* abandon the range, answer RETURNED */
};

/* A commit of which nobody knows whether it happened: its answer never came,
 * or its worker died.  The ledger tells who is next at that range, and then
 * these are the lines it has loaded. */
struct doubt {
    bool open;
    struct range range; /* with the end as loaded */
    struct tally tally;
};

#define WIRE_IDS (FILE_PATH_MAX / sizeof(int64_t))

struct order {
    enum order_kind kind;
    uint32_t file;  /* index in the agenda, echoed by every report */
    uint32_t n_ids; /* SOURCES */
    bool first;     /* PREPARE */
    bool suspect;   /* RANGE, STREAM: it has killed two workers */
    uint64_t limit; /* lines to load at most */
    struct range range;
    struct doubt doubt;   /* RANGE, STREAM: left by who had it before */
    struct source source; /* id 0: a pipe, whose source is found on the way */
    union {
        char path[FILE_PATH_MAX];
        int64_t ids[WIRE_IDS];
    } u;
};

enum report_kind {
    REPORT_READY,    /* prepared; u.words: where the database is */
    REPORT_FOUND,    /* UNFINISHED: u.words is a path; more follow */
    REPORT_SOURCE,   /* OPEN: source; forgets MISSING sent before it */
    REPORT_MISSING,  /* OPEN, SETTLE: range, and `count` - 1 behind it */
    REPORT_TALLY,    /* tally: of the range in work, not committed yet */
    REPORT_DOUBT,    /* range, tally: about to be committed; more follow */
    REPORT_PART,     /* STREAM: tally: of a committed range; more follow */
    REPORT_KNOWN,    /* STREAM: range was in the database; more follow */
    REPORT_SAY,      /* u.words for the user; more follows */
    REPORT_FINDING,  /* FINISH: u.finding; more follow */
    REPORT_LISTED,   /* closes UNFINISHED */
    REPORT_OPENED,   /* closes OPEN: look */
    REPORT_DONE,     /* closes RANGE, STREAM: range.end as loaded, tally */
    REPORT_WHOLE,    /* closes RANGE: it is loaded, by somebody else */
    REPORT_BUSY,     /* closes RANGE, STREAM: somebody else is loading it */
    REPORT_RETURNED, /* closes RANGE, STREAM: abandoned, nothing changed */
    REPORT_SETTLED,  /* closes SETTLE */
    REPORT_FINISHED, /* closes FINISH: end */
    REPORT_VERIFIED, /* closes VERIFY: proof */
    REPORT_REFUSED,  /* closes: err; this file cannot be done */
    REPORT_FAILED,   /* closes: err; the run cannot go on */
};

struct report {
    enum report_kind kind;
    uint32_t file;
    uint64_t count;
    struct range range;
    struct source source;
    struct ledger_look look;
    struct tally tally;
    struct err err;
    union {
        struct {
            struct ledger_end end;
            struct keys_repeated keys;
            struct keys_repeated twice; /* texts that should not be */
        };
        struct finding finding;
        struct ledger_proof proof;
        char words[FILE_PATH_MAX];
    } u;
};

_Static_assert(sizeof(struct order) <= 8192, "one write, one read");
_Static_assert(sizeof(struct report) <= 8192, "one write, one read");

bool report_closes(enum report_kind kind);

MUST_CHECK bool order_send(int fd, const struct order *o, struct err *err);
MUST_CHECK bool report_send(int fd, const struct report *r, struct err *err);
/* *end true: the other side is gone or has nothing more to say. */
MUST_CHECK bool order_receive(int fd, struct order *o, bool *end,
                              struct err *err);
MUST_CHECK bool report_receive(int fd, struct report *r, bool *end,
                               struct err *err);
/* Is there something to receive (end of file counts) within `seconds`? */
bool wire_waits(int fd, double seconds);

#endif
