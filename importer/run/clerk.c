/* clerk.c - see clerk.h. */
#include "importer/run/clerk.h"

#include "importer/pg/migrate.h"
#include "importer/run/aftermath.h"
#include "importer/run/typed_table.h"
#include "importer/stage/envelope.h"
#include "importer/sys/files.h"

#include <stdio.h>

static void say(void *ctx, const char *text)
{
    worker_say(ctx, "%s", text);
}

/* The profile's table, if it has one: looked at, or made ready for rows. */
static bool profile_table(struct worker *w, bool look_only, struct err *err)
{
    struct typed_table t = {
        .profile = w->set->profile,
        .identity = w->set->identity,
        .look_only = look_only,
        .say = say,
        .ctx = w,
    };

    return !t.profile->n_columns || typed_table(w->pg, &t, &w->table, err);
}

bool clerk_table(struct worker *w, struct err *err)
{
    if (w->ready || w->set->nowhere)
        return true;
    if (!profile_table(w, false, err)) {
        /* It did fit before: no fault of the file at hand. */
        if (err->code == ERR_USAGE)
            err->code = ERR_DATABASE;
        return false;
    }
    if (w->table.there)
        loader_table(&w->loader, &w->table);
    w->ready = true;
    return true;
}

bool clerk_prepare(struct worker *w, const struct order *o, struct report *out,
                   struct err *err)
{
    struct migration_state state;

    out->kind = REPORT_READY;
    if (w->set->nowhere)
        return true;
    if (o->first && !w->set->dry_run) {
        if (!migrate(w->pg, &state, err))
            return err_while(err, "preparing the tables of decant");
        if (state.applied && !state.lz4)
            worker_say(w, "this server compresses without lz4: loading is "
                          "slower than it could be");
    } else if (!migrate_look(w->pg, &state, err)) {
        return false;
    }
    snprintf(out->u.words, sizeof(out->u.words), "%s", pg_where(w->pg));
    if (state.version == 0)
        return true; /* a dry run: everything would be new */
    if (state.version < state.newest)
        return err_set(err, ERR_USAGE,
                       "the tables of decant are of an older version (%d, "
                       "this program has %d): decant db init brings them up "
                       "to date",
                       state.version, state.newest);
    w->ready = false;
    return profile_table(w, true, err);
}

/* --- what is missing -----------------------------------------------------*/

/* Missing ranges that follow one another are told as one. */
struct gather {
    struct worker *worker;
    const struct source *source;
    struct report run; /* count 0: nothing gathered */
    struct err *err;
    bool failed;
};

static bool gather_tell(struct gather *g)
{
    if (g->run.count && !worker_tell(g->worker, &g->run, g->err))
        g->failed = true;
    g->run.count = 0;
    return !g->failed;
}

static bool gather_each(void *ctx, const struct range *r)
{
    struct gather *g = ctx;

    if (g->run.count && r->n == g->run.range.n + g->run.count &&
        r->begin == r->n * g->source->range_bytes) {
        g->run.count++;
        return true;
    }
    if (!gather_tell(g))
        return false;
    g->run.range = *r;
    g->run.count = 1;
    return true;
}

static bool tell_missing(struct worker *w, const struct order *o,
                         const struct source *source, struct ledger_look *look,
                         struct err *err)
{
    struct gather g = {
        .worker = w,
        .source = source,
        .run = {.kind = REPORT_MISSING, .file = o->file},
        .err = err,
    };
    struct ledger_visit visit = {.each = gather_each, .ctx = &g};

    return ledger_missing(w->pg, source, &visit, look, err) && !g.failed &&
           gather_tell(&g);
}

/* --- OPEN ----------------------------------------------------------------*/

/* Is the file worth loading? Its head tells. */
static bool fit(struct worker *w, const char *path,
                const struct file_identity *id, struct err *err)
{
    char *head = arena_bytes(&w->range, FILE_HEAD_MAX);
    struct slice words;
    enum sniff sniff;
    size_t got;

    if (!head)
        return err_set(err, ERR_MEMORY, "no room for the head of a file");
    if (!file_head(path, head, FILE_HEAD_MAX, &got, err))
        return false;
    sniff =
        envelope_sniff(slice_of(head, got),
                       got < FILE_HEAD_MAX || got == id->size, &w->loader.line);
    arena_rewind(&w->loader.line, 0);
    if (sniff == SNIFF_RESULTS || sniff == SNIFF_EMPTY)
        return true;
    words = sniff_words(sniff);
    return err_set(err, ERR_USAGE, "%.*s", (int)words.len, words.ptr);
}

/* Without a database everything is new. */
static void unknown(const struct ledger_file *file, struct source *out)
{
    *out = (struct source){
        .kind = file->kind,
        .size = file->size,
        .length = file->kind == SOURCE_FILE ? file->size : SOURCE_ENDLESS,
        .range_bytes = file->range_bytes,
        .fingerprint = file->fingerprint,
    };
}

/* Bytes per range of a new file: as asked, or so that every worker gets
 * equally many, four at least, and none waits long for the last one. */
static uint64_t range_bytes(const struct import_setup *set, uint64_t size)
{
    uint64_t hands = set->workers * set->shards, each, bytes;

    if (!set->even_ranges || hands > size / RANGE_BYTES_LOW)
        return set->even_ranges ? RANGE_BYTES_LOW : set->range_bytes;
    each = size / set->range_bytes / hands + 1;
    if (each < 4)
        each = 4;
    bytes = size / (each * hands) / 4096 * 4096 + 4096;
    return bytes < RANGE_BYTES_LOW ? RANGE_BYTES_LOW : bytes;
}

/* Find or register the file in the ledger. */
static bool identify(struct worker *w, const struct order *o,
                     struct source *out, struct err *err)
{
    char path[FILE_PATH_MAX];
    struct file_identity id;
    struct ledger_file file;

    if (!file_identify(o->u.path, &id, err))
        return false;
    file = (struct ledger_file){
        .path = path,
        .kind = id.kind == FILE_PACKED ? SOURCE_PACKED : SOURCE_FILE,
        .size = id.size,
        .fingerprint = id.fingerprint,
        .range_bytes = range_bytes(w->set, id.size),
        .look_only = w->set->dry_run,
        .profile = w->set->identity,
    };
    if (id.kind != FILE_PLAIN)
        file.range_bytes = w->set->range_bytes;
    if (id.kind == FILE_PIPE) {
        file.kind = SOURCE_STREAM;
        unknown(&file, out);
        return true;
    }
    if (!fit(w, o->u.path, &id, err) || !file_absolute(o->u.path, path, err))
        return false;
    if (!w->set->nowhere)
        return ledger_file(w->pg, &file, out, err);
    unknown(&file, out);
    return true;
}

bool clerk_open(struct worker *w, const struct order *o, struct report *out,
                struct err *err)
{
    struct report source = {.kind = REPORT_SOURCE, .file = o->file};

    out->kind = REPORT_OPENED;
    return identify(w, o, &source.source, err) &&
           worker_tell(w, &source, err) &&
           tell_missing(w, o, &source.source, &out->look, err);
}

/* --- the end -------------------------------------------------------------*/

static bool tell_path(void *ctx, const char *path, enum source_kind kind)
{
    struct gather *g = ctx;
    struct report r = {.kind = REPORT_FOUND};

    if (kind == SOURCE_STREAM)
        return true;
    snprintf(r.u.words, sizeof(r.u.words), "%s", path);
    if (!worker_tell(g->worker, &r, g->err))
        g->failed = true;
    return !g->failed;
}

bool clerk_unfinished(struct worker *w, struct report *out, struct err *err)
{
    struct gather g = {.worker = w, .err = err};
    struct migration_state state;

    out->kind = REPORT_LISTED;
    if (w->set->nowhere)
        return true;
    if (!migrate_look(w->pg, &state, err))
        return false;
    return state.version == 0 ||
           (ledger_unfinished(w->pg, tell_path, &g, err) && !g.failed);
}

bool clerk_settle(struct worker *w, const struct order *o, struct report *out,
                  struct err *err)
{
    out->kind = REPORT_SETTLED;
    return tell_missing(w, o, &o->source, &out->look, err);
}

bool clerk_finish(struct worker *w, struct report *out, struct err *err)
{
    out->kind = REPORT_FINISHED;
    out->u.keys = out->u.twice = (struct keys_repeated){0};
    if (!ledger_finish(w->pg, w->ids, w->n_ids, &out->u.end, err))
        return false;
    /* Without its index the question is too dear. */
    return out->u.end.incomplete || out->u.end.indexes_busy ||
           (keys_repeated(w->pg, w->ids, w->n_ids, &out->u.keys, err) &&
            (!w->n_ids || (clerk_table(w, err) && aftermath(w, out, err))));
}

bool clerk_verify(struct worker *w, const struct order *o, struct report *out,
                  struct err *err)
{
    out->kind = REPORT_VERIFIED;
    return ledger_verify(w->pg, &o->source, o->u.path, &out->u.proof, err);
}
