/* survey.c - see survey.h. */
#include "importer/run/survey.h"

#include "importer/run/census.h"
#include "importer/run/import.h"
#include "importer/run/lines.h"
#include "importer/run/loader.h"
#include "importer/run/ticker.h"
#include "importer/run/verdicts.h"
#include "importer/sys/clock.h"
#include "importer/sys/files.h"
#include "importer/sys/log.h"
#include "importer/sys/reader.h"

#include <string.h>

#define SLACK ((size_t)16 << 20)

struct survey {
    const struct survey_setup *set;
    struct flow flow;
    struct arena line;    /* judging */
    struct arena range;   /* one file */
    struct arena scratch; /* what is written about a line */
    struct file_report *files;
    size_t count;
    struct tally done; /* of the files before */
    uint64_t left;     /* of --limit */
    struct census census;
    struct ticker ticker;
    double began;
    bool unreadable;
};

static void draw(struct survey *c, const struct tally *file)
{
    struct progress p = {.tally = c->done};

    if (!ticker_due(&c->ticker))
        return;
    tally_merge(&p.tally, file);
    p.done_bytes = p.tally.bytes;
    p.seconds = clock_seconds() - c->began;
    ticker_draw(&c->ticker, &p);
}

/* Count the line and write what is asked for. */
static bool report(struct survey *c, struct tally *tally,
                   const struct verdict_line *v, struct err *err)
{
    const struct survey_setup *set = c->set;
    const struct judged *j = v->judged;
    uint64_t mask;

    switch (j->kind) {
    case JUDGED_BLANK: tally_blank(tally); return true;
    case JUDGED_REJECT:
        tally_reject(tally, j->env.provider, j->verdict.fault);
        census_reject(&c->census, &j->verdict);
        return (!set->rejects || verdict_reject(set->rejects, v, err)) &&
               (!set->explain || verdict_explain(set->explain, v, err));
    case JUDGED_ROW: break;
    }
    census_row(&c->census, &j->record);
    mask = flow_fix_mask(j);
    tally_row(tally, j->env.provider, loader_facts(j));
    return (!set->clean || verdict_clean(set->clean, v, err)) &&
           (!set->explain || !mask || verdict_explain(set->explain, v, err));
}

/* Trouble with an output ends the run, trouble with the file only the file:
 * *err and *trouble. */
static bool lines_all(struct survey *c, struct lines *lines,
                      struct file_report *f, struct err *trouble,
                      struct err *err)
{
    struct tally *tally = &f->tally;
    struct judged judged;
    struct line line;

    lines_spare_hash(lines);
    while (c->left > 0) {
        struct verdict_line v = {
            .path = f->path,
            .number = tally->lines + 1,
            .line = &line,
            .judged = &judged,
            .scratch = &c->scratch,
        };

        switch (lines_next(lines, &line, trouble)) {
        case LINES_READY: break;
        case LINES_DONE: return true;
        case LINES_FAILED: f->error = ""; return true;
        }
        flow_judge(&c->flow, &line, &judged);
        if (!report(c, tally, &v, err))
            return false;
        tally->bytes = lines_end(lines);
        c->left -= c->left != UINT64_MAX;
        draw(c, tally);
    }
    return true;
}

static bool fit(struct survey *c, struct lines *lines, struct err *trouble)
{
    struct chunk chunk;
    struct slice words;
    enum sniff sniff;

    if (!lines_peek(lines, &chunk, trouble))
        return false;
    if (slice_find(chunk.bytes, '\n') == chunk.bytes.len && !chunk.last)
        return true;
    sniff = envelope_sniff(slice_take(chunk.bytes, FILE_HEAD_MAX),
                           chunk.last && chunk.bytes.len <= FILE_HEAD_MAX,
                           &c->line);
    arena_rewind(&c->line, 0);
    if (sniff == SNIFF_RESULTS || sniff == SNIFF_EMPTY)
        return true;
    words = sniff_words(sniff);
    return err_set(trouble, ERR_USAGE, "%.*s", (int)words.len, words.ptr);
}

/* False only when the run cannot go on. */
static bool file(struct survey *c, struct file_report *f, struct arena *run,
                 struct err *err)
{
    struct err trouble = {0};
    struct reader *reader;
    struct lines_part part = {0, UINT64_MAX, c->set->max_line};
    struct lines lines;
    bool ok = true;

    arena_rewind(&c->range, 0);
    f->touched = true;
    if (!reader_open(f->path, &reader, &trouble)) {
        f->error = "";
    } else {
        if (!lines_open(&lines, reader, part, &c->range, &trouble) ||
            !fit(c, &lines, &trouble))
            f->error = "";
        else
            ok = lines_all(c, &lines, f, &trouble, err);
        reader_close(reader);
    }
    tally_merge(&c->done, &f->tally);
    if (f->error) {
        struct slice words =
            arena_copy(run, slice_of(trouble.text, strlen(trouble.text) + 1));

        bool named = strstr(trouble.text, f->path) != NULL;

        f->error = words.ptr ? words.ptr : "failed";
        log_say(LOG_LEVEL_ERROR, "file.refused", "%s%s%s", named ? "" : f->path,
                named ? "" : ": ", f->error);
    }
    return ok;
}

static void note_left_out(void *ctx, const char *path, const char *words,
                          bool unreadable)
{
    struct survey *c = ctx;

    c->unreadable |= unreadable;
    log_say(unreadable ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "file.skipped",
            "%s: %s", path, words);
}

static bool prepare(struct survey *c, struct files *files, struct arena *run,
                    struct err *err)
{
    const struct survey_setup *set = c->set;
    size_t line = FLOW_ARENA_PER_BYTE * set->max_line + SLACK + FLOW_ARENA_MIN;

    if (files->count == 0)
        return err_set(err, ERR_USAGE,
                       "nothing to check: no *.jsonl or *.ndjson file (or "
                       ".gz, .zst) there");
    c->count = files->count;
    c->files = arena_new(run, files->count, struct file_report);
    if (!c->files)
        return err_set(err, ERR_MEMORY, "too many files for one run");
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->paths[i];

        c->files[i].path =
            arena_copy(run, slice_of(path, strlen(path) + 1)).ptr;
        if (!c->files[i].path)
            return err_set(err, ERR_MEMORY, "too many files for one run");
    }
    if (!arena_open(&c->line, line, err) ||
        !arena_open(&c->range, set->max_line + SLACK, err) ||
        !arena_open(&c->scratch, 8 * set->max_line + SLACK, err))
        return err_while(err, "memory for lines; lower --max-line");
    return true;
}

static bool finish(struct survey *c, struct arena *run, struct summary *out,
                   struct err *err)
{
    bool refused = c->unreadable;

    for (size_t i = 0; i < c->count; i++)
        refused |= c->files[i].error != NULL;
    *out = (struct summary){
        .kind = SUMMARY_CHECK,
        .files = c->files,
        .n_files = c->count,
        .seconds = clock_seconds() - c->began,
        .exit = refused           ? EXIT_FAILED
                : c->done.rejects ? EXIT_REJECTS
                                  : EXIT_DONE,
        .table = summary_table(c->set->profile, run),
    };
    return census_end(&c->census, out) ||
           err_set(err, ERR_MEMORY, "no room for the summary");
}

bool survey_run(const struct survey_setup *set, struct arena *run,
                struct summary *out, struct err *err)
{
    struct survey c = {
        .set = set,
        .left = set->limit,
        .began = clock_seconds(),
    };
    struct files_note note = {.say = note_left_out, .ctx = &c};
    struct files files;
    bool ok;

    if (!files_expand(&files, set->args, set->n_args, &note, err))
        return false;
    c.flow = (struct flow){
        .profile = set->profile, .repair = set->repair, .arena = &c.line};
    ok = census_open(&c.census, set->profile, run, err) &&
         prepare(&c, &files, run, err);
    files_free(&files);
    ticker_begin(&c.ticker, set->progress);
    for (size_t i = 0; ok && i < c.count; i++)
        ok = file(&c, &c.files[i], run, err);
    ticker_end(&c.ticker);
    arena_close(&c.line);
    arena_close(&c.range);
    arena_close(&c.scratch);
    return ok && finish(&c, run, out, err);
}
