/* texts.c - see texts.h. */
#include "importer/sys/texts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "importer/sys/reader.h"
#include "importer/sys/sys_fail.h"

#define STEP 4096 /* first bytes asked of a file; doubled as they come */

/* Copies stand one behind the other, since nothing else takes from the
 * arena meanwhile. */
static bool pour(struct reader *r, size_t max, struct arena *arena,
                 struct slice *out, struct err *err)
{
    struct chunk chunk = {.last = false};

    *out = slice_of(arena->base + arena->used, 0);
    while (!chunk.last) {
        struct slice copy;

        if (!reader_next(r, &chunk, err))
            return false;
        if (!chunk.bytes.len)
            continue;
        if (chunk.bytes.len > max - out->len)
            return err_set(err, ERR_IO, "it is longer than %zu bytes", max);
        copy = arena_copy(arena, chunk.bytes);
        if (!copy.ptr)
            return err_set(err, ERR_MEMORY, "no room for it in memory");
        if (!out->len)
            out->ptr = copy.ptr;
        out->len += copy.len;
    }
    return true;
}

bool text_read(const char *path, size_t max, struct arena *arena,
               struct slice *out, struct err *err)
{
    size_t mark = arena_mark(arena);
    struct reader *r;
    bool ok;

    if (!reader_open(path, &r, err))
        return false;
    ok = pour(r, max, arena, out, err);
    reader_close(r);
    if (!ok)
        arena_rewind(arena, mark);
    return ok;
}

bool text_create(const char *path, struct slice text, struct err *err)
{
    int fd = FAIL_POINT("write")
                 ? (errno = EIO, -1)
                 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd < 0 && errno == EEXIST)
        return err_set(err, ERR_USAGE, "%s: is there already, and stays", path);
    if (fd < 0)
        return err_set(err, ERR_IO, "create %s: %s", path, strerror(errno));
    while (text.len) {
        ssize_t n = FAIL_POINT("write") ? (errno = EIO, -1)
                                        : write(fd, text.ptr, text.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            err_set(err, ERR_IO, "write %s: %s", path, strerror(errno));
            close(fd);
            return false;
        }
        text = slice_drop(text, (size_t)n);
    }
    return close(fd) == 0 ||
           err_set(err, ERR_IO, "write %s: %s", path, strerror(errno));
}

bool folder_open(const char *path, struct folder *out, struct err *err)
{
    char whole[PATH_MAX];

    out->fd = -1;
    if (FAIL_POINT("read") || !realpath(path, whole))
        return err_set(err, ERR_IO, "open %s: %s", path, strerror(errno));
    if (strlen(whole) >= sizeof(out->path))
        return err_set(err, ERR_IO, "%.200s...: the path is too long", whole);
    memcpy(out->path, whole, strlen(whole) + 1);
    out->fd = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return out->fd >= 0 ||
           err_set(err, ERR_IO, "open %s: %s", path, strerror(errno));
}

bool folder_open_of(const char *path, struct folder *out, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char dir[FILE_PATH_MAX] = ".";
    size_t len = slash ? (size_t)(slash - path) + 1 : 1;

    if (len >= sizeof(dir))
        return err_set(err, ERR_IO, "%.200s...: the path is too long", path);
    if (slash)
        memcpy(dir, path, len);
    dir[len] = '\0';
    return folder_open(dir, out, err);
}

void folder_close(struct folder *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

/* One step down from `at`, which is closed unless it is the folder's own. */
static int step_down(const struct folder *f, int at, const char *step, int how)
{
    int fd = FAIL_POINT("read")
                 ? (errno = EIO, -1)
                 : openat(at, step, how | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    int why = errno;

    if (at != f->fd)
        close(at);
    errno = why;
    return fd;
}

static bool plain_step(struct slice step)
{
    return step.len && step.len <= NAME_MAX && !slice_eq(step, SLICE(".")) &&
           !slice_eq(step, SLICE("..")) && slice_find(step, '\0') == step.len;
}

/* The descriptor of a file beneath the folder, or -1 with errno. */
static int walk(const struct folder *f, struct slice name)
{
    int fd = f->fd;

    for (;;) {
        size_t n = slice_find(name, '/');
        struct slice piece = slice_take(name, n);
        bool last = n == name.len;
        char step[NAME_MAX + 1];

        if (!plain_step(piece)) {
            if (fd != f->fd)
                close(fd);
            errno = ENOENT;
            return -1;
        }
        memcpy(step, piece.ptr, piece.len);
        step[piece.len] = '\0';
        fd = step_down(f, fd, step, last ? O_RDONLY : O_PATH | O_DIRECTORY);
        if (fd < 0 || last)
            return fd;
        name = slice_drop(name, n + 1);
    }
}

/* Not by its size: a file of /proc has none. */
static bool drain(int fd, struct arena *arena, struct slice *out,
                  struct err *err)
{
    size_t room = STEP;

    *out = slice_of(NULL, 0);
    for (;;) {
        char *to = arena_bytes(arena, room);
        ssize_t n;

        if (!to)
            return err_set(err, ERR_MEMORY, "no room for it in memory");
        do
            n = FAIL_POINT("read") ? (errno = EIO, -1) : read(fd, to, room);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            return err_set(err, ERR_IO, "%s", strerror(errno));
        arena_trim(arena, to + n);
        if (!out->len)
            out->ptr = to;
        out->len += (size_t)n;
        if (n == 0)
            return true;
        if (out->len > TEXT_SMALL_MAX)
            return err_set(err, ERR_IO, "it is longer than %zu bytes",
                           TEXT_SMALL_MAX);
        room = out->len;
    }
}

bool folder_read(const struct folder *f, struct slice name, struct arena *arena,
                 struct slice *out, struct err *err)
{
    int shown = name.len < 200 ? (int)name.len : 200;
    size_t mark = arena_mark(arena);
    int fd = walk(f, name);
    struct stat st;
    bool ok;

    if (fd < 0)
        return err_set(err, ERR_IO, "%.200s/%.*s: %s", f->path, shown, name.ptr,
                       errno == ELOOP ? "links are not followed"
                                      : strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        ok = err_set(err, ERR_IO, "not a file");
    else
        ok = drain(fd, arena, out, err);
    close(fd);
    if (!ok) {
        arena_rewind(arena, mark);
        err_while(err, "%.200s/%.*s", f->path, shown, name.ptr);
    }
    return ok;
}
