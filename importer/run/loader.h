/*
 * loader.h - lines into PostgreSQL: judge, collect rows, COPY when ripe.
 *
 *     line -> [loader_line] -> results, typed rows, rejects -> COPY
 *
 * Lives inside a transaction that somebody else opens and ends.  Whatever
 * becomes of a line is counted in `tally`: a row the server refuses turns
 * into a reject, and so does a line of whose typed rows it refuses one; a
 * reject it refuses becomes a bare one.  Raw bytes of refused
 * lines come from the file again, or, for inputs that cannot be read twice,
 * from copies kept until the buffer is in.
 */
#ifndef DECANT_RUN_LOADER_H
#define DECANT_RUN_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/pg/copy.h"
#include "importer/pg/pg.h"
#include "importer/pg/table.h"
#include "importer/report/tally.h"
#include "importer/run/import.h"
#include "importer/stage/flow.h"
#include "importer/stage/row.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* What is remembered of a row until its buffer is in. */
struct kept {
    struct slice raw; /* of lines that cannot be read again */
    uint16_t fault;   /* of a reject */
    uint32_t row;     /* of typed rows: their result's place in its buffer */
    struct tally_facts facts; /* of a result */
};

/* A row the server refused, to be dealt with after the COPY. */
struct refused {
    uint32_t row;
    char fault[16]; /* "server.22P02" */
    char message[400];
};

/* One table's buffer. */
struct bin {
    struct rows rows;
    struct kept *kept;       /* beside rows.places */
    struct refused *refused; /* of the COPY at hand */
    uint32_t n_refused;
    size_t sent; /* bytes of rows that are on their way to the server */
    const char *sql;
};

struct loader {
    const struct import_setup *set;
    struct flow flow;
    struct arena line;  /* judging: rewound by every line */
    struct arena spare; /* a refused line while it is judged again */
    struct arena keep;  /* raw bytes, rewound by every flush */
    struct bin results, rejects;
    struct bin typed; /* entry: all typed rows of a line */
    struct bin bare;  /* rejects whose details the server refused */
    const struct table_plan *table; /* of the profile; NULL: none */
    struct tally tally; /* since loader_begin(); bytes are the caller's */
    /* of the range at hand: */
    struct pg *pg;
    const char *path; /* lines are read from there again; NULL: kept */
    struct row_settings row;
    const uint64_t *poison; /* offsets of lines not to be touched */
    size_t n_poison;
};

/* Buffers come from `run`, once. */
MUST_CHECK bool loader_open(struct loader *l, const struct import_setup *set,
                            struct arena *run, struct err *err);
void loader_close(struct loader *l);

/* Address space that loader_open() takes from `run`. */
size_t loader_room(const struct import_setup *set);

/* The profile's table, before its first line; borrowed. */
void loader_table(struct loader *l, const struct table_plan *table);

/* A new range: empty buffers, tally zero, no poison. */
void loader_begin(struct loader *l, struct pg *pg, int64_t source,
                  const char *path);

MUST_CHECK bool loader_line(struct loader *l, const struct line *line,
                            struct err *err);

/* Send what is left. The transaction stays open. */
MUST_CHECK bool loader_flush(struct loader *l, struct err *err);

/* What of a row is counted. */
struct tally_facts loader_facts(const struct judged *judged);

/* Everything that loader_line() does but the COPY: for lines under
 * suspicion, in a process that may die of them. */
void loader_taste(struct loader *l, const struct line *line);

#endif
