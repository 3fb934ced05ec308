/*
 * importing.h - a tiny importer for the tests of the ledger.
 *
 * load_lines() stands for the real one: it takes the lines of a small text
 * whose first byte lies in the range, and writes a result row for each line
 * (a reject for a line that begins with '!', nothing for a blank one).
 */
#ifndef DECANT_TESTS_IMPORTING_H
#define DECANT_TESTS_IMPORTING_H

#include "tests/unit/world/server.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#include "importer/pg/ledger.h"
#include "importer/sys/files.h"

#define RUN "00000000-0000-4000-8000-000000000001"
#define RB  32 /* bytes per range */

static const struct ledger_profile raw_profile = {.name = "raw"};

static char folder[64];

static inline const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static inline void write_file(const char *name, const char *text)
{
    struct err err = {.code = ERR_NONE};

    assert_ok(
        file_replace(in_folder(name), slice_of(text, strlen(text)), &err));
}

static inline struct source open_source(struct pg *pg, const char *name)
{
    struct err err = {.code = ERR_NONE};
    struct file_identity id;
    struct source source;
    struct ledger_file file = {
        .path = in_folder(name), .range_bytes = RB, .profile = raw_profile};

    assert_ok(file_identify(file.path, &id, &err));
    file.size = id.size;
    file.fingerprint = id.fingerprint;
    assert_ok(ledger_file(pg, &file, &source, &err));
    return source;
}

static inline void insert_line(struct pg *pg, const struct source *source,
                               size_t at, struct slice line,
                               struct counts *counts)
{
    struct err err = {.code = ERR_NONE};
    char sql[200];

    counts->lines++;
    if (line.len == 0) {
        counts->blanks++;
        return;
    }
    if (line.ptr[0] == '!')
        counts->rejects++;
    else
        counts->rows++;
    snprintf(sql, sizeof(sql),
             line.ptr[0] == '!'
                 ? "INSERT INTO decant.reject (source, \"offset\", length, "
                   "fault) VALUES (%lld, %zu, %zu, 'json.syntax')"
                 : "INSERT INTO decant.result (source, \"offset\", length) "
                   "VALUES (%lld, %zu, %zu)",
             (long long)source->id, at, line.len);
    assert_ok(pg_exec(pg, sql, &err));
}

/* Load a claimed range of `text`, at most `limit` lines. */
static inline struct load load_lines(struct pg *pg, const struct source *source,
                                     const struct range *range,
                                     struct slice text, size_t limit)
{
    struct load load = {.range = *range, .run = RUN};
    size_t at = (size_t)range->begin;

    if (at > 0 && text.ptr[at - 1] != '\n')
        at += slice_find(slice_drop(text, at), '\n') + 1;
    at = at < text.len ? at : text.len;
    load.first = at;
    while (at < range->end && at < text.len && limit-- > 0) {
        struct slice rest = slice_drop(text, at);
        size_t len = slice_find(rest, '\n');

        insert_line(pg, source, at, slice_take(rest, len), &load.counts);
        load.open = len == rest.len;
        load.open_at = at;
        at += len + !load.open;
    }
    load.end = at;
    at = (size_t)(range->hash_from < range->begin ? range->hash_from
                                                  : load.first);
    load.hash = hash_of(slice_of(text.ptr + at, (size_t)load.end - at));
    return load;
}

static inline enum claim load_range(struct pg *pg, const struct source *source,
                                    uint64_t n, const char *text, size_t limit)
{
    struct err err = {.code = ERR_NONE};
    struct range range = {.source = source->id, .n = n};
    enum claim claim;
    struct load load;
    bool ours;

    assert_ok(ledger_claim(pg, source, &range, &claim, &err));
    if (claim != CLAIM_OURS)
        return claim;
    load = load_lines(pg, source, &range, slice_of(text, strlen(text)), limit);
    assert_ok(ledger_commit(pg, source, &load, &ours, &err));
    assert_true(ours);
    return claim;
}

struct list {
    size_t n;
    struct range at[64];
};

static inline bool collect(void *ctx, const struct range *range)
{
    struct list *list = ctx;

    list->at[list->n++] = *range;
    return list->n < countof(list->at);
}

static inline struct list missing(struct pg *pg, const struct source *source,
                                  struct ledger_look *look)
{
    struct err err = {.code = ERR_NONE};
    struct list list = {0};
    struct ledger_visit visit = {collect, &list};

    assert_ok(ledger_missing(pg, source, &visit, look, &err));
    assert_int_equal(list.n, look->n_missing);
    return list;
}

/* Load what is missing; everything must fit afterwards. */
static inline void load_all(struct pg *pg, const struct source *source,
                            const char *text)
{
    struct err err = {.code = ERR_NONE};
    struct ledger_look look;
    struct ledger_end end;
    struct list list = missing(pg, source, &look);

    for (size_t i = 0; i < list.n; i++)
        assert_int_equal(load_range(pg, source, list.at[i].n, text, SIZE_MAX),
                         CLAIM_OURS);
    list = missing(pg, source, &look);
    assert_int_equal(list.n, 0);
    assert_int_equal(look.already.bytes, strlen(text));
    assert_ok(ledger_finish(pg, &source->id, 1, &end, &err));
    assert_int_equal(end.incomplete, 0);
    assert_true(end.balanced);
}

/* The places of all rows and rejects must be exactly the lines of text. */
static inline void check_lines(struct pg *pg, const struct source *source,
                               const char *text)
{
    char sql[512];
    int64_t lines = 0;

    for (const char *p = text; *p; p += strcspn(p, "\n") + 1) {
        if (*p == '\n') {
            continue;
        }
        snprintf(sql, sizeof(sql),
                 "SELECT count(*) FROM (SELECT source, \"offset\", length "
                 "FROM decant.result UNION ALL SELECT source, \"offset\", "
                 "length FROM decant.reject) x WHERE source = %lld AND "
                 "\"offset\" = %td AND length = %zu",
                 (long long)source->id, p - text, strcspn(p, "\n"));
        assert_int_equal(server_number(pg, sql), 1);
        lines++;
        if (!p[strcspn(p, "\n")])
            break;
    }
    snprintf(sql, sizeof(sql),
             "SELECT (SELECT count(*) FROM decant.result WHERE source = %lld)"
             "+ (SELECT count(*) FROM decant.reject WHERE source = %lld)",
             (long long)source->id, (long long)source->id);
    assert_int_equal(server_number(pg, sql), lines);
}

static const char lines_5[] = "0123456789\nabcdefghijklmnop\n\n"
                              "!bad line with a fault in it\nlast line\n";

static inline int start(void **state)
{
    snprintf(folder, sizeof(folder), "/tmp/decant-ledger.XXXXXX");
    return mkdtemp(folder) ? server_start(state) : -1;
}

static inline int stop(void **state)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) == 0 ? server_stop(state) : -1;
}

#endif
