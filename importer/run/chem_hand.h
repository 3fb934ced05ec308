/*
 * chem_hand.h - one child process `decant-chem` and what it owes.
 *
 *     text -> [chem_ask] -> child ... child -> [chem_hear] -> answer
 *
 * Questions are answered in order, one packet each way, so a few may be on
 * their way at once and the oldest is the one being worked on: when the child
 * dies, or is late, that one is to blame.
 */
#ifndef DECANT_RUN_CHEM_HAND_H
#define DECANT_RUN_CHEM_HAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "importer/sys/files.h"
#include "importer/sys/proc.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"
#include "validate/base/slice.h"

#define CHEM_BYTES          ((size_t)32 << 10) /* of a SMILES; longer is refused */
#define CHEM_QUEUE          16                 /* questions on their way */
#define CHEM_FLYING         ((size_t)48 << 10) /* bytes of them: a send never waits */
#define CHEM_ANSWER         ((size_t)256 << 10)
#define CHEM_VERSION        32
#define CHEM_MEMORY_DEFAULT ((uint64_t)2 << 30)

/* Find the program: beside our own, else $DECANT_CHEM.  False: nowhere. */
bool chem_find(char out[FILE_PATH_MAX]);

struct chem_program {
    const char *path;
    uint64_t memory; /* its address space */
    bool verdict;    /* only read: no properties, no canonical form */
};

/* A question: the text, and what its asker wants to remember with it. */
struct chem_question {
    char *text; /* CHEM_BYTES of room */
    char *note; /* of the asker's; `note_room` bytes */
    size_t len, note_len;
    bool again; /* a child has died of it once */
};

struct chem_hand {
    struct child child; /* pid 0: none */
    bool ready;         /* has said hello */
    uint64_t answered;  /* by this child */
    double since;       /* when the oldest question was begun */
    struct chem_question queue[CHEM_QUEUE];
    size_t first, count; /* ring */
    size_t flying;       /* bytes of text in it */
    char version[CHEM_VERSION];
    struct arena *arena; /* lent while an answer is read */
};

/* Room for the questions, `note_room` bytes with each; the arena stays. */
MUST_CHECK bool chem_hand_init(struct chem_hand *h, size_t note_room,
                               struct arena *arena, struct err *err);

/* Fork and exec; what is still in the queue is asked again once it is ready. */
MUST_CHECK bool chem_start(struct chem_hand *h,
                           const struct chem_program *program, struct err *err);

/* The place of the next question, to be filled (len <= CHEM_BYTES, no
 * newline) before chem_ask(); NULL: enough is on its way. */
struct chem_question *chem_room(struct chem_hand *h, size_t len);
void chem_ask(struct chem_hand *h, double now);

static inline struct chem_question *chem_oldest(struct chem_hand *h)
{
    return h->count ? &h->queue[h->first] : NULL;
}
/* The oldest is answered, or given up. */
void chem_forget(struct chem_hand *h, double now);

enum chem_heard {
    CHEM_HEARD_NOTHING, /* hello; or nothing yet */
    CHEM_HEARD_ANSWER,  /* the oldest question's */
    CHEM_HEARD_SORRY,   /* it cannot work at all; the reason in `out` */
    CHEM_HEARD_END,     /* it is dead, or talks nonsense: bury it */
};
/* After poll() said that there is something.  The answer, a JSON object
 * without its newline, borrows from `room` (CHEM_ANSWER bytes). */
enum chem_heard chem_hear(struct chem_hand *h, char *room, struct slice *out);

/* Kill it and wait; the queue stays. */
void chem_bury(struct chem_hand *h, struct proc_end *end);

#endif
