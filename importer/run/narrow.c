/* narrow.c - see narrow.h. */
#include "importer/run/narrow.h"

#include "importer/run/lines.h"
#include "importer/sys/clock.h"
#include "importer/sys/proc.h"
#include "importer/sys/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define CHILD_OK     0
#define CHILD_FAILED 74 /* the world said no: not the lines' doing */
#define LOOK_SECONDS 0.05

/* Written by the child before each line, read when it has died. */
struct shared {
    uint64_t at;   /* offset of the line being judged */
    uint64_t next; /* where the line behind it starts; 0: not known */
    bool failed;
    struct err err;
};

struct search {
    const struct narrow *in;
    struct shared *shared;
    uint64_t from; /* lines before it are judged to be harmless */
    uint64_t only; /* UINT64_MAX, or the one line to try */
};

static bool taste(struct search *s, struct reader *reader, struct err *err)
{
    const struct narrow *in = s->in;
    bool seek = reader_kind(reader) == READER_FILE;
    struct lines lines;
    struct line line;
    enum lines_step step;
    struct lines_part part = {seek ? s->from : 0, in->end,
                              in->loader->set->max_line};

    if (!lines_open(&lines, reader, part, in->range, err))
        return false;
    while ((step = lines_next(&lines, &line, err)) == LINES_READY) {
        if (line.offset < s->from)
            continue;
        if (line.offset > s->only)
            break;
        s->shared->at = line.offset;
        s->shared->next = lines_end(&lines);
        loader_taste(in->loader, &line);
    }
    return step != LINES_FAILED;
}

static int child(int fd, void *ctx)
{
    struct search *s = ctx;
    struct reader *reader;
    bool ok;

    (void)fd;
    if (!reader_open(s->in->path, &reader, &s->shared->err))
        return CHILD_FAILED;
    ok = taste(s, reader, &s->shared->err);
    reader_close(reader);
    return ok ? CHILD_OK : CHILD_FAILED;
}

enum tasted { TASTED_FINE, TASTED_DEAD, TASTED_FAILED };

/* One child; says whether it lived. */
static enum tasted try(struct search *s, struct err *err)
{
    const struct narrow *in = s->in;
    struct child pid;
    struct proc_end end;

    *s->shared = (struct shared){.at = UINT64_MAX};
    if (!proc_start(child, s, &pid, err))
        return TASTED_FAILED;
    while (!proc_ended(&pid, &end)) {
        if (!in->go_on(in->ctx)) {
            proc_kill(&pid);
            proc_wait(&pid, &end);
            err_set(err, ERR_STOPPED, "stopped");
            return TASTED_FAILED;
        }
        clock_sleep(LOOK_SECONDS);
    }
    if (end.exited && end.status == CHILD_OK)
        return TASTED_FINE;
    if (end.exited && end.status == CHILD_FAILED) {
        *err = s->shared->err;
        return TASTED_FAILED;
    }
    return TASTED_DEAD;
}

/* Children until one lives through the rest of the range. */
static bool search(struct search *s, uint64_t *offsets, size_t *n,
                   struct err *err)
{
    for (;;) {
        uint64_t at, next;

        s->only = UINT64_MAX;
        switch (try(s, err)) {
        case TASTED_FINE: return true;
        case TASTED_FAILED: return false;
        case TASTED_DEAD: break;
        }
        at = s->shared->at;
        next = s->shared->next;
        if (at == UINT64_MAX)
            return err_set(err, ERR_IO, "a process dies before its first line");
        s->from = s->only = at;
        switch (try(s, err)) {
        case TASTED_FINE: break;
        case TASTED_FAILED: return false;
        case TASTED_DEAD:
            if (*n == NARROW_MAX)
                return err_set(err, ERR_IO,
                               "more than %d lines of one range kill the "
                               "process that reads them",
                               NARROW_MAX);
            offsets[(*n)++] = at;
            break;
        }
        s->from = next;
        if (next >= s->in->end)
            return true;
    }
}

bool narrow_find(const struct narrow *in, const uint64_t **offsets, size_t *n,
                 struct err *err)
{
    uint64_t *found = arena_new(in->range, NARROW_MAX, uint64_t);
    size_t mark = arena_mark(in->range);
    struct search s = {.in = in, .from = in->begin};
    bool ok;

    if (!found)
        return err_set(err, ERR_MEMORY, "no room to look for a killing line");
    s.shared = mmap(NULL, sizeof(*s.shared), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s.shared == MAP_FAILED)
        return err_set(err, ERR_MEMORY, "shared memory: %s", strerror(errno));
    *n = 0;
    *offsets = found;
    ok = search(&s, found, n, err);
    munmap(s.shared, sizeof(*s.shared));
    arena_rewind(in->range, mark);
    return ok;
}
