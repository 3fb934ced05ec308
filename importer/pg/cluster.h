/*
 * cluster.h - decant's own PostgreSQL, for people who have none at hand.
 *
 * A cluster in one directory, reachable only over a unix socket in a folder
 * that nobody else may enter.  It keeps running until it is stopped.  As
 * root the server runs as the user postgres, because PostgreSQL refuses
 * root.  Several decants share it: a lock file orders them.
 */
#ifndef DECANT_PG_CLUSTER_H
#define DECANT_PG_CLUSTER_H

#include <stdbool.h>

#include "importer/sys/user.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

#define CLUSTER_PATH 512

struct cluster {
    char root[CLUSTER_PATH];    /* $XDG_DATA_HOME/decant, /var/lib/decant */
    char data[CLUSTER_PATH];    /* root/pgdata */
    char socket[CLUSTER_PATH];  /* folder of the socket */
    char log[CLUSTER_PATH];     /* root/postgresql.log */
    char bin[CLUSTER_PATH];     /* folder of initdb and pg_ctl, "" unknown */
    char url[2 * CLUSTER_PATH]; /* libpq URI of the database */
    struct user owner;          /* whom the server runs as */
    bool become;                /* we are root and become `owner` */
};

enum cluster_state {
    CLUSTER_ABSENT, /* never created */
    CLUSTER_STOPPED,
    CLUSTER_RUNNING,
};

/* Does the environment name another server: DATABASE_URL, PGHOST,
 * PGHOSTADDR, PGSERVICE, PGDATABASE?  Returns that variable's name or NULL. */
const char *cluster_env(void);

/* Where the cluster is or would be; creates and starts nothing. */
MUST_CHECK bool cluster_find(struct cluster *out, struct err *err);

MUST_CHECK bool cluster_state(const struct cluster *c, enum cluster_state *out,
                              struct err *err);

/* Create it when absent, start it when stopped, wait until it answers, and
 * see to it that role and database `decant` exist.  What was done goes to
 * the two flags, either of which may be NULL. */
MUST_CHECK bool cluster_start(struct cluster *c, bool *created, bool *started,
                              struct err *err);
/* Only create; *created false: it was there. */
MUST_CHECK bool cluster_init(struct cluster *c, bool *created, struct err *err);
/* Stop (fast); *stopped false: it was not running. */
MUST_CHECK bool cluster_stop(struct cluster *c, bool *stopped, struct err *err);

#endif
