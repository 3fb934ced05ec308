/* aftermath.c - see aftermath.h. */
#include "importer/run/aftermath.h"

#include "importer/pg/id_list.h"
#include "importer/pg/sql_text.h"
#include "importer/pg/table_end.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What all of it needs. */
struct asking {
    struct worker *worker;
    struct table_asked asked;
    struct report *out;
    struct err *err;
};

/* A table of ours must hold what the ledger says.  In one of the user's,
 * rows may come and go as they like. */
static bool books(struct asking *a)
{
    struct worker *w = a->worker;
    struct ledger_end *end = &a->out->u.end;
    struct table_books b;

    if (!table_books(w->pg, &w->table, &a->asked, &b, a->err))
        return false;
    if (!b.known || b.ledger == b.table)
        return true;
    if (!w->table.made) {
        worker_say(w,
                   "%s holds %" PRIu64 " rows of these files, %" PRIu64
                   " were loaded",
                   w->table.table, b.table, b.ledger);
        return true;
    }
    if (end->balanced)
        snprintf(end->unbalanced, sizeof(end->unbalanced), "%.255s",
                 w->table.table);
    end->balanced = false;
    snprintf(end->words, sizeof(end->words),
             "the ledger says %" PRIu64 " typed rows, the table holds %" PRIu64,
             b.ledger, b.table);
    return true;
}

/* Counts that were expected of one column: of expected[i], and all others
 * of the same column behind it. */
static bool count_column(struct asking *a, size_t i)
{
    const struct profile *p = a->worker->set->profile;
    const struct expected *all = p->expected;
    struct slice values[TABLE_VALUES_MAX];
    uint64_t found[TABLE_VALUES_MAX], want[TABLE_VALUES_MAX];
    char column[2 * TABLE_NAME + 3];
    struct table_counts counts = {column, values, 0, found, false};
    struct slice name = p->columns[all[i].column].name;
    struct sql_text t;

    sql_init(&t, column, sizeof(column));
    sql_name(&t, name);
    for (size_t k = i; k < p->n_expected && counts.n < TABLE_VALUES_MAX; k++) {
        if (all[k].column != all[i].column)
            continue;
        want[counts.n] = all[k].count;
        values[counts.n++] = all[k].value;
    }
    if (!table_count(a->worker->pg, &a->worker->table, &a->asked, &counts,
                     a->err))
        return false;
    for (size_t k = 0; counts.known && k < counts.n; k++) {
        struct report r = {.kind = REPORT_FINDING};
        struct finding *f = &r.u.finding;

        *f = (struct finding){FINDING_EXPECTED, found[k], want[k], "", ""};
        finding_set(f, name, values[k]);
        if (!worker_tell(a->worker, &r, a->err))
            return false;
    }
    return true;
}

static bool expected(struct asking *a)
{
    const struct profile *p = a->worker->set->profile;

    for (size_t i = 0; i < p->n_expected; i++) {
        bool first = true;

        for (size_t k = 0; k < i && first; k++)
            first = p->expected[k].column != p->expected[i].column;
        if (first && !count_column(a, i))
            return false;
    }
    return true;
}

static bool tell_path(void *ctx, const char *fault, const char *path,
                      uint64_t n)
{
    struct asking *a = ctx;
    struct report r = {.kind = REPORT_FINDING};

    r.u.finding = (struct finding){FINDING_PATH, n, 0, "", ""};
    finding_set(&r.u.finding, slice_of(fault, strlen(fault)),
                slice_of(path, strlen(path)));
    return worker_tell(a->worker, &r, a->err);
}

/* All of it; the first failure ends it. */
static bool ask_all(struct asking *a)
{
    struct worker *w = a->worker;
    struct reject_visit visit = {tell_path, a, FINDING_PATHS_MAX};

    if (w->table.there &&
        (!table_index(w->pg, &w->table, a->err) || !books(a) || !expected(a)))
        return false;
    if (w->set->profile->unique &&
        !duplicate_count(w->pg, &a->asked, &a->out->u.twice, a->err))
        return false;
    return !w->set->profile->json ||
           (reject_paths(w->pg, &a->asked, &visit, a->err) && !w->unheard);
}

bool aftermath(struct worker *w, struct report *out, struct err *err)
{
    char *sources = id_list(w->ids, w->n_ids, err);
    struct asking a = {
        .worker = w,
        .asked = {sources, w->run, w->set->identity.hash},
        .out = out,
        .err = err,
    };
    bool ok = sources && ask_all(&a);

    id_list_free(sources);
    return ok;
}
