/* cluster_run.h - shared by cluster.c and cluster_run.c. */
#ifndef DECANT_PG_CLUSTER_RUN_H
#define DECANT_PG_CLUSTER_RUN_H

#include <stdbool.h>

#include "importer/pg/cluster.h"
#include "validate/base/attrs.h"
#include "validate/base/err.h"

/* out (CLUSTER_PATH bytes) = folder/name */
MUST_CHECK bool cluster_path(char *out, const char *folder, const char *name,
                             struct err *err);

/* Process id of the running server, 0 when it does not run. */
long cluster_pid(const struct cluster *c);

#endif
