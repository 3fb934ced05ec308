/*
 * ending.c - a run's summary and exit code.
 */
#include "importer/run/supervisor.h"

/* If several apply: 130 > 1 or 75 > 6 > 5 > 3 > 0. */
static int exit_code(const struct supervisor *s, const struct summary *out)
{
    bool refused = s->unreadable;

    for (size_t i = 0; i < out->n_files; i++)
        refused |= out->files[i].error != NULL;
    if (s->halt == HALT_SIGNAL)
        return EXIT_STOPPED;
    if (s->halt == HALT_FAILED)
        return s->err.code == ERR_RETRY ? EXIT_AGAIN : EXIT_FAILED;
    if (refused)
        return EXIT_FAILED;
    if (s->unbalanced)
        return EXIT_BOOKS;
    if (s->halt == HALT_LIMIT)
        return EXIT_LIMIT;
    return s->agenda.committed.rejects ? EXIT_REJECTS : EXIT_DONE;
}

bool ending_write(struct supervisor *s, struct summary *out, struct err *err)
{
    struct file_report *files =
        arena_array(s->run, s->agenda.count + 1, struct file_report);

    if (!files)
        return err_set(err, ERR_MEMORY, "no room for the summary");
    for (size_t i = 0; i < s->agenda.count; i++)
        files[i] = s->agenda.todos[i].report;
    *out = (struct summary){
        .kind = s->set->dry_run ? SUMMARY_DRY_RUN : SUMMARY_IMPORT,
        .files = files,
        .n_files = s->agenda.count,
        .seconds = clock_seconds() - s->began,
        .run = s->id,
        .database = s->where[0] ? s->where : NULL,
        .psql = s->set->psql,
        .repeated_keys = s->keys,
        .table = summary_table(s->set->profile, s->run),
        .findings = s->findings,
        .n_findings = s->n_findings,
        .duplicates = s->twice,
        .error = s->halt == HALT_FAILED ? s->err.text : NULL,
    };
    out->exit = exit_code(s, out);
    return true;
}
