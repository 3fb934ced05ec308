/*
 * ledger_source.c - sources: find, recognise as grown, register.
 *
 * Three questions in this order: is this content known; is it a known
 * content that has grown; else it is new.  Another process may answer one of
 * them in between, so each writing step can find that it came too late, and
 * then everything is asked again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "importer/pg/ledger_row.h"
#include "importer/pg/migrate.h"
#include "importer/sys/files.h"
#include "importer/sys/sys_fail.h"
#include "sql.inc"

#define HEAD_BYTES 1024 /* decant.source.head: hash of so many first bytes */
#define TRIES      8

/* "\\x" and 32 digits between quotes, and a comma. */
#define PREFIX_TEXT (2 * HASH_BYTES + 8)

/* What one file is asked about, as statement parameters. */
struct asked {
    const struct ledger_file *file;
    char path[LEDGER_PATH];
    char size[PG_PARAM];
    char fingerprint[PG_PARAM];
    char head[PG_PARAM];
    bool has_head;  /* long enough, and not packed */
    char *prefixes; /* array of the hashes of its first 1, 2, ... bytes */
};

bool ledger_same_profile(struct source *source,
                         const struct ledger_profile *profile, const char *path,
                         struct err *err)
{
    bool name =
        !strncmp(source->profile, profile->name, sizeof(source->profile) - 1);
    bool hash = source->hashed && hash_eq(source->profile_hash, profile->hash);

    source->reprofiled = name && source->hashed && !hash;
    if (name || hash || !source->profile[0])
        return true;
    return err_set(err, ERR_USAGE,
                   "%s was loaded with profile %.100s, not %.100s: use "
                   "--profile %.100s, or take it out first with decant db "
                   "forget",
                   path, source->profile, profile->name, source->profile);
}

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_LATE };

/* The hashes of all beginnings shorter than HEAD_BYTES and than the file. */
static char *prefix_list(struct slice first, size_t size)
{
    size_t all = first.len < size ? first.len : size;
    char *text, *p;

    text = FAIL_POINT("alloc") ? NULL : malloc(all * PREFIX_TEXT + 3);
    if (!text)
        return NULL;
    p = text;
    *p++ = '{';
    for (size_t n = 1; n < all; n++) {
        *p++ = n > 1 ? ',' : ' ';
        memcpy(p, "\"\\\\x", 4);
        hash_hex(hash_of(slice_take(first, n)), p + 4);
        p += 4 + 2 * HASH_BYTES;
        *p++ = '"';
    }
    memcpy(p, "}", 2);
    return text;
}

/* The file's first bytes are read for what files grow from. */
static bool ask(struct asked *a, const struct ledger_file *file,
                struct err *err)
{
    struct file_span span = {0, HEAD_BYTES};
    char bytes[HEAD_BYTES];
    size_t n;

    a->file = file;
    ledger_path(file->path, a->path);
    pg_put_int(a->size, (int64_t)file->size);
    pg_put_hash(a->fingerprint, file->fingerprint);
    if (file->kind != SOURCE_FILE || file->size == 0)
        return true;
    if (!file_read_at(file->path, span, bytes, &n, err))
        return false;
    a->has_head = file->size >= HEAD_BYTES && n == HEAD_BYTES;
    if (a->has_head)
        pg_put_hash(a->head, hash_of(slice_of(bytes, n)));
    a->prefixes = prefix_list(slice_of(bytes, n), file->size);
    return a->prefixes ||
           err_set(err, ERR_MEMORY, "no memory to look up %s", file->path);
}

/* Was something else loaded from this path before? */
static bool was_replaced(struct pg *pg, const char *path, int64_t id, bool *out,
                         struct err *err)
{
    char text[PG_PARAM];
    struct pg_params p = {2, {path, pg_put_int(text, id)}};
    struct pg_result *r;

    if (!pg_query(pg, sql_source_replaced, &p, &r, err))
        return false;
    *out = pg_bool(r, 0, 0);
    pg_done(r);
    return true;
}

/* A source that was registered with another profile, and never loaded. */
static bool take_over(struct pg *pg, const struct ledger_profile *profile,
                      const struct source *source, bool *taken, struct err *err)
{
    char id[PG_PARAM], hash[PG_PARAM];
    struct pg_params p = {3,
                          {pg_put_int(id, source->id), profile->name,
                           pg_put_hash(hash, profile->hash)}};
    struct pg_result *r;

    if (!pg_query(pg, sql_source_reprofile, &p, &r, err))
        return false;
    *taken = pg_rows(r) == 1;
    pg_done(r);
    return true;
}

/* Is it of the profile at hand, or can it become that? */
static bool check_profile(struct pg *pg, const struct ledger_file *file,
                          struct source *source, struct err *err)
{
    struct err words;
    bool taken = false;

    if (ledger_same_profile(source, &file->profile, file->path, &words))
        return true;
    if (!file->look_only && !take_over(pg, &file->profile, source, &taken, err))
        return false;
    if (!taken)
        *err = words;
    else
        snprintf(source->profile, sizeof(source->profile), "%s",
                 file->profile.name);
    return taken;
}

/* Is exactly this content known?  Then note its present path. */
static bool find_known(struct pg *pg, const struct asked *a, struct source *out,
                       enum answer *answer, struct err *err)
{
    struct pg_params p = {
        3, {a->fingerprint, a->size, ledger_kind(a->file->kind)}};
    char id[PG_PARAM], hash[PG_PARAM];
    struct pg_result *r;
    bool ok;

    *answer = ANSWER_NO;
    if (!pg_query(pg, sql_source_find, &p, &r, err))
        return false;
    if (pg_rows(r) == 0) {
        pg_done(r);
        return true;
    }
    ok = ledger_source_get(r, out, err);
    if (strcmp(pg_text(r, 0, 2), a->path) != 0)
        snprintf(out->renamed_from, sizeof(out->renamed_from), "%s",
                 pg_text(r, 0, 2));
    pg_done(r);
    *answer = ANSWER_YES;
    ok = ok && check_profile(pg, a->file, out, err);
    if (!ok || a->file->look_only)
        return ok;
    p = (struct pg_params){4,
                           {pg_put_int(id, out->id), a->path,
                            a->file->profile.name,
                            pg_put_hash(hash, a->file->profile.hash)}};
    if (!out->profile[0]) /* the statement fills it in */
        snprintf(out->profile, sizeof(out->profile), "%s",
                 a->file->profile.name);
    return ledger_run(pg, sql_source_seen, &p, err);
}

struct candidate {
    int64_t id;
    uint64_t size;
    struct {
        uint64_t begin, end;
        struct hash hash;
    } part[2]; /* its first and its last range */
};

/* Are the candidate's first and last range bytes of this file? */
static bool same_bytes(const struct ledger_file *file,
                       const struct candidate *c, bool *same, struct err *err)
{
    *same = true;
    for (size_t i = 0; i < countof(c->part) && *same; i++) {
        struct hash hash;

        if (!file_hash(file->path, c->part[i].begin, c->part[i].end, &hash,
                       err))
            return false;
        *same = hash_eq(hash, c->part[i].hash);
    }
    return true;
}

/* The largest smaller source whose known bytes are this file's beginning. */
static bool find_ancestor(struct pg *pg, const struct asked *a,
                          struct candidate *out, bool *found, struct err *err)
{
    struct pg_params p = {3,
                          {a->size, a->has_head ? a->head : NULL, a->prefixes}};
    struct pg_result *r;
    bool ok = true;

    *found = false;
    if (!a->prefixes)
        return true;
    if (!pg_query(pg, sql_source_growable, &p, &r, err))
        return false;
    for (int i = 0; ok && !*found && i < pg_rows(r); i++) {
        *out = (struct candidate){
            .id = pg_int(r, i, 0),
            .size = (uint64_t)pg_int(r, i, 1),
        };
        for (int k = 0; k < 2; k++) {
            out->part[k].begin = (uint64_t)pg_int(r, i, 2 + 3 * k);
            out->part[k].end = (uint64_t)pg_int(r, i, 3 + 3 * k);
            if (!pg_hash(r, i, 4 + 3 * k, &out->part[k].hash))
                ok = err_set(err, ERR_DATABASE, "damaged hash in the ledger");
        }
        ok = ok && same_bytes(a->file, out, found, err);
    }
    pg_done(r);
    return ok;
}

/* Inside a transaction: make the ancestor this file, unless somebody else
 * has changed it meanwhile. */
static bool grow(struct pg *pg, const struct asked *a,
                 const struct candidate *c, enum answer *answer,
                 struct err *err)
{
    char id[PG_PARAM];
    struct pg_params p = {1, {pg_put_int(id, c->id)}};
    struct pg_result *r;
    bool same;

    *answer = ANSWER_LATE;
    if (!pg_query(pg, sql_source_lock, &p, &r, err))
        return false;
    same = pg_rows(r) == 1 && (uint64_t)pg_int(r, 0, 0) == c->size;
    pg_done(r);
    if (!same)
        return true;
    p = (struct pg_params){
        5,
        {id, a->size, a->fingerprint, a->has_head ? a->head : NULL, a->path}};
    if (ledger_run(pg, sql_source_grow, &p, err)) {
        *answer = ANSWER_YES;
        return true;
    }
    /* unique_violation: registered as a source of its own just now */
    return !strcmp(err->state, "23505");
}

/* Is it a known file that has grown? Nothing but the source changes here: the
 * last line that had no newline is redone by the claim of its range. */
static bool find_grown(struct pg *pg, const struct asked *a, struct source *out,
                       enum answer *answer, struct err *err)
{
    struct candidate c;
    bool found;

    *answer = ANSWER_NO;
    if (!find_ancestor(pg, a, &c, &found, err))
        return false;
    if (!found)
        return true;
    if (!ledger_source(pg, c.id, out, err) ||
        !check_profile(pg, a->file, out, err))
        return false;
    if (!a->file->look_only) {
        if (!pg_exec(pg, "BEGIN", err))
            return false;
        if (!grow(pg, a, &c, answer, err)) {
            pg_rollback(pg);
            return false;
        }
        if (*answer == ANSWER_LATE) {
            pg_rollback(pg);
            return true;
        }
        if (!pg_exec(pg, "COMMIT", err))
            return false;
    }
    *answer = ANSWER_YES;
    out->size = out->length = a->file->size;
    out->fingerprint = a->file->fingerprint;
    out->complete = false;
    out->extended = true;
    return true;
}

/* Register. LATE: somebody else registered the same content just now. */
static bool make_new(struct pg *pg, const struct asked *a, struct source *out,
                     enum answer *answer, struct err *err)
{
    const struct ledger_file *f = a->file;
    char rb[PG_PARAM], hash[PG_PARAM];
    struct pg_params p = {
        9,
        {ledger_kind(f->kind), a->path, a->size,
         f->kind == SOURCE_FILE ? a->size : NULL, a->fingerprint,
         a->has_head ? a->head : NULL, pg_put_int(rb, (int64_t)f->range_bytes),
         f->profile.name, pg_put_hash(hash, f->profile.hash)}};
    struct pg_result *r;

    *answer = ANSWER_YES;
    if (f->look_only)
        return was_replaced(pg, a->path, 0, &out->replaced, err);
    if (!pg_query(pg, sql_source_insert, &p, &r, err))
        return false;
    if (pg_rows(r) == 1)
        out->id = pg_int(r, 0, 0);
    else
        *answer = ANSWER_LATE;
    pg_done(r);
    return *answer == ANSWER_LATE ||
           was_replaced(pg, a->path, out->id, &out->replaced, err);
}

/* The answer about a content that nobody has seen. */
static void fresh(const struct ledger_file *file, struct source *out)
{
    *out = (struct source){
        .kind = file->kind,
        .size = file->size,
        .length = file->kind == SOURCE_FILE ? file->size : SOURCE_ENDLESS,
        .range_bytes = file->range_bytes,
        .fingerprint = file->fingerprint,
        .complete = file->kind == SOURCE_FILE && file->size == 0,
    };
    snprintf(out->profile, sizeof(out->profile), "%s", file->profile.name);
}

/* Known, grown or new; asked again while others change the answer. */
static bool settle(struct pg *pg, const struct asked *a, struct source *out,
                   struct err *err)
{
    for (int i = 0; i < TRIES; i++) {
        enum answer answer;

        if (!find_known(pg, a, out, &answer, err))
            return false;
        if (answer == ANSWER_NO && !find_grown(pg, a, out, &answer, err))
            return false;
        if (answer == ANSWER_NO) {
            fresh(a->file, out);
            if (!make_new(pg, a, out, &answer, err))
                return false;
        }
        if (answer == ANSWER_YES)
            return true;
    }
    return err_set(err, ERR_RETRY, "%s: other processes keep registering it",
                   a->file->path);
}

bool ledger_file(struct pg *pg, const struct ledger_file *file,
                 struct source *out, struct err *err)
{
    struct migration_state state = {.version = 1};
    struct asked a = {0};
    bool ok;

    DEMAND(file->range_bytes > 0 && file->kind != SOURCE_STREAM);
    fresh(file, out);
    if (file->look_only && !migrate_look(pg, &state, err))
        return false;
    if (state.version == 0)
        return true;
    ok = ask(&a, file, err) && settle(pg, &a, out, err);
    free(a.prefixes);
    return ok;
}

bool ledger_source(struct pg *pg, int64_t id, struct source *out,
                   struct err *err)
{
    char text[PG_PARAM];
    struct pg_params p = {1, {pg_put_int(text, id)}};
    struct pg_result *r;
    bool ok;

    if (!pg_query(pg, sql_source_get, &p, &r, err))
        return false;
    ok = pg_rows(r) == 1 ? ledger_source_get(r, out, err)
                         : err_set(err, ERR_DATABASE,
                                   "decant.source %lld is gone", (long long)id);
    pg_done(r);
    return ok;
}

bool ledger_unfinished(struct pg *pg, ledger_each_path *each, void *ctx,
                       struct err *err)
{
    struct pg_result *r;

    if (!pg_query(pg, sql_source_unfinished, NULL, &r, err))
        return false;
    for (int i = 0; i < pg_rows(r); i++)
        if (!each(ctx, pg_text(r, i, 0),
                  pg_text(r, i, 1)[0] == 'p' ? SOURCE_PACKED : SOURCE_FILE))
            break;
    pg_done(r);
    return true;
}
