/* files.c - see files.h. */
#include "importer/sys/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "importer/sys/reader.h"
#include "importer/sys/sys_fail.h"

#define BLOCK       ((size_t)64 << 10)
#define BLOCKS      64
#define HASH_BUFFER ((size_t)256 << 10)

struct expansion {
    struct files *out;
    const struct files_note *note;
};

/* Nobody may be listening. */
static void note(const struct expansion *x, const char *path, const char *words,
                 bool wrong)
{
    if (x->note)
        x->note->say(x->note->ctx, path, words, wrong);
}

/* Append a copy of the path. */
static bool add(struct files *files, const char *path, struct err *err)
{
    char *copy;

    if (files->count == FILES_MAX)
        return err_set(err, ERR_USAGE, "more than %d files", FILES_MAX);
    if (files->count == files->room) {
        size_t room = files->room ? files->room * 2 : 64;
        char **more = FAIL_POINT("alloc")
                          ? NULL
                          : realloc(files->paths, room * sizeof(*more));

        if (!more)
            return err_set(err, ERR_MEMORY, "no memory for %zu paths", room);
        files->paths = more;
        files->room = room;
    }
    copy = FAIL_POINT("alloc") ? NULL : strdup(path);
    if (!copy)
        return err_set(err, ERR_MEMORY, "no memory for a path");
    files->paths[files->count++] = copy;
    return true;
}

/* With something in front of the ending: ".jsonl" alone is a hidden file. */
static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);

    return n > k && !strcmp(name + n - k, end);
}

/* x.jsonl, x.ndjson, x.jsonl.gz, ... */
static bool wanted(const char *name)
{
    static const char *const ends[] = {
        ".jsonl",  ".jsonl.gz",  ".jsonl.zst",
        ".ndjson", ".ndjson.gz", ".ndjson.zst",
    };

    for (size_t i = 0; i < countof(ends); i++)
        if (ends_with(name, ends[i]))
            return true;
    return false;
}

/* Hidden entries too: scan() says of each that it is left out. */
static int not_dots(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

/* Byte order, in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool scan(const struct expansion *x, const char *dir, int depth,
                 struct err *err);

/* One entry of a directory. */
static bool visit(const struct expansion *x, const char *path, const char *name,
                  int depth, struct err *err)
{
    struct stat here, there;

    if (name[0] == '.') {
        note(x, path, "hidden, left out", false);
        return true;
    }
    if (ends_with(name, ".part")) {
        note(x, path, "still being fetched (.part), left out", false);
        return true;
    }
    if (lstat(path, &here) != 0 || stat(path, &there) != 0) {
        note(x, path, strerror(errno), wanted(name));
        return true;
    }
    if (S_ISDIR(there.st_mode)) {
        if (!S_ISLNK(here.st_mode))
            return scan(x, path, depth + 1, err);
        note(x, path, "a link to a directory, not followed", false);
        return true;
    }
    return !wanted(name) || !S_ISREG(there.st_mode) || add(x->out, path, err);
}

/* A directory that cannot be read is told, and the others go on. */
static bool scan(const struct expansion *x, const char *dir, int depth,
                 struct err *err)
{
    struct dirent **entries = NULL;
    char path[FILE_PATH_MAX];
    size_t len = strlen(dir);
    bool ok = true;
    int n = -1;

    if (depth > FILES_DEPTH) {
        note(x, dir, "directories nested too deep, left out", true);
        return true;
    }
    errno = ENOMEM;
    if (!FAIL_POINT("read"))
        n = scandir(dir, &entries, not_dots, by_name);
    if (n < 0) {
        note(x, dir, strerror(errno), true);
        return true;
    }
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        int room = snprintf(path, sizeof(path), "%s%s%s", dir,
                            len && dir[len - 1] == '/' ? "" : "/", name);

        if (room < 0 || (size_t)room >= sizeof(path))
            note(x, dir, "a path in it is too long, left out", true);
        else if (ok)
            ok = visit(x, path, name, depth, err);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

/* By path, the one named earlier first. */
static int by_path(const void *a, const void *b)
{
    char **one = *(char **const *)a, **two = *(char **const *)b;
    int order = strcmp(*one, *two);

    return order ? order : one < two ? -1 : one > two;
}

/* Of equal paths keep the first. */
static bool drop_twins(struct files *files, struct err *err)
{
    size_t kept = 0, first = 0;
    char ***order;

    if (files->count < 2)
        return true;
    order = FAIL_POINT("alloc") ? NULL : calloc(files->count, sizeof(*order));
    if (!order)
        return err_set(err, ERR_MEMORY, "no memory for %zu paths",
                       files->count);
    for (size_t i = 0; i < files->count; i++)
        order[i] = &files->paths[i];
    qsort(order, files->count, sizeof(*order), by_path);
    for (size_t i = 1; i < files->count; i++) {
        if (strcmp(*order[first], *order[i]) != 0) {
            first = i;
            continue;
        }
        free(*order[i]);
        *order[i] = NULL;
    }
    free(order);
    for (size_t i = 0; i < files->count; i++)
        if (files->paths[i])
            files->paths[kept++] = files->paths[i];
    files->count = kept;
    return true;
}

bool files_expand(struct files *out, const char *const *args, size_t n,
                  const struct files_note *note_to, struct err *err)
{
    struct expansion x = {out, note_to};
    bool ok = true;

    *out = (struct files){0};
    for (size_t i = 0; ok && i < n; i++) {
        struct stat st;
        size_t before = out->count;

        if (!strcmp(args[i], "-") || stat(args[i], &st) != 0 ||
            !S_ISDIR(st.st_mode)) {
            ok = add(out, args[i], err);
            continue;
        }
        ok = scan(&x, args[i], 0, err);
        if (ok && out->count == before)
            note(&x, args[i], "no *.jsonl or *.ndjson files in it", false);
    }
    ok = ok && drop_twins(out, err);
    if (!ok)
        files_free(out);
    return ok;
}

void files_free(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    *files = (struct files){0};
}

/* What was tried on which path, and the system's reason. */
static bool failed(const char *what, const char *path, struct err *err)
{
    return err_set(err, ERR_IO, "%s %s: %s", what, path, strerror(errno));
}

/* O_NONBLOCK: opening a FIFO to look at it must not wait for a writer. */
static int open_file(const char *path, struct stat *st, struct err *err)
{
    int fd = FAIL_POINT("read")
                 ? (errno = EIO, -1)
                 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd >= 0 && fstat(fd, st) == 0)
        return fd;
    failed("open", path, err);
    if (fd >= 0)
        close(fd);
    return -1;
}

struct source_file {
    int fd;
    const char *path;
};

/* The asked bytes, or fewer at the end of the file. */
static bool pull(const struct source_file *f, struct file_span span, char *buf,
                 size_t *got, struct err *err)
{
    *got = 0;
    while (*got < span.len) {
        ssize_t n = FAIL_POINT("read")
                        ? (errno = EIO, -1)
                        : pread(f->fd, buf + *got, span.len - *got,
                                (off_t)(span.at + *got));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed("read", f->path, err);
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return true;
}

/* Feed [begin, end) to the hasher; all of it must be there. */
static bool feed(const struct source_file *f, uint64_t begin, uint64_t end,
                 struct hasher *hasher, struct err *err)
{
    char *buf = FAIL_POINT("alloc") ? NULL : malloc(HASH_BUFFER);
    bool ok = true;

    if (!buf)
        return err_set(err, ERR_MEMORY, "no memory to read %s", f->path);
    while (ok && begin < end) {
        size_t want =
            end - begin < HASH_BUFFER ? (size_t)(end - begin) : HASH_BUFFER;
        size_t got;

        ok = pull(f, (struct file_span){begin, want}, buf, &got, err);
        if (ok && got < want)
            ok = err_set(err, ERR_IO, "%s: shrank to %llu bytes while in use",
                         f->path, (unsigned long long)(begin + got));
        if (ok)
            hasher_feed(hasher, slice_of(buf, got));
        begin += want;
    }
    free(buf);
    return ok;
}

/* 64 blocks, the last of which ends with the file. */
static bool fingerprint(const struct source_file *f, uint64_t size,
                        struct hash *out, struct err *err)
{
    struct hasher hasher;

    hasher_init(&hasher);
    if (size <= BLOCK * BLOCKS) {
        if (!feed(f, 0, size, &hasher, err))
            return false;
    } else {
        uint64_t room = size - BLOCK;

        for (uint64_t i = 0; i < BLOCKS; i++) {
            /* room / 63 * i, without losing the remainder or overflowing */
            uint64_t at = room / (BLOCKS - 1) * i +
                          room % (BLOCKS - 1) * i / (BLOCKS - 1);

            if (!feed(f, at, at + BLOCK, &hasher, err))
                return false;
        }
    }
    *out = hasher_digest(&hasher);
    return true;
}

/* Devices and FIFOs have no content that could be named beforehand. */
bool file_identify(const char *path, struct file_identity *out, struct err *err)
{
    struct source_file f = {.path = path};
    struct stat st;
    bool ok = true;

    *out = (struct file_identity){.kind = FILE_PIPE};
    if (!strcmp(path, "-"))
        return true;
    f.fd = open_file(path, &st, err);
    if (f.fd < 0)
        return false;
    if (S_ISDIR(st.st_mode)) {
        ok = err_set(err, ERR_IO, "open %s: it is a directory", path);
    } else if (S_ISREG(st.st_mode)) {
        out->kind = ends_with(path, ".gz") || ends_with(path, ".zst")
                        ? FILE_PACKED
                        : FILE_PLAIN;
        out->size = (uint64_t)st.st_size;
        ok = fingerprint(&f, out->size, &out->fingerprint, err);
    }
    close(f.fd);
    return ok;
}

/* Not realpath(3): the name people gave is the one they look for. */
bool file_absolute(const char *path, char out[FILE_PATH_MAX], struct err *err)
{
    char cwd[FILE_PATH_MAX] = "";
    int len;

    while (path[0] == '.' && path[1] == '/')
        for (path += 2; *path == '/'; path++)
            ;
    if (path[0] != '/' && strcmp(path, "-") && !getcwd(cwd, sizeof(cwd)))
        return failed("find the folder of", path, err);
    len = snprintf(out, FILE_PATH_MAX, "%s%s%s", cwd, cwd[0] ? "/" : "", path);
    return (len >= 0 && len < FILE_PATH_MAX) ||
           err_set(err, ERR_IO, "%.200s...: the path is too long", path);
}

bool file_hash_feed(const char *path, uint64_t begin, uint64_t end,
                    struct hasher *hasher, struct err *err)
{
    struct source_file f = {.path = path};
    struct stat st;
    bool ok;

    f.fd = open_file(path, &st, err);
    if (f.fd < 0)
        return false;
    ok = feed(&f, begin, end, hasher, err);
    close(f.fd);
    return ok;
}

bool file_hash(const char *path, uint64_t begin, uint64_t end, struct hash *out,
               struct err *err)
{
    struct hasher hasher;

    hasher_init(&hasher);
    if (!file_hash_feed(path, begin, end, &hasher, err))
        return false;
    *out = hasher_digest(&hasher);
    return true;
}

bool file_read_at(const char *path, struct file_span span, char *buf,
                  size_t *got, struct err *err)
{
    struct source_file f = {.path = path};
    struct stat st;
    bool ok;

    f.fd = open_file(path, &st, err);
    if (f.fd < 0)
        return false;
    ok = pull(&f, span, buf, got, err);
    close(f.fd);
    return ok;
}

/* Through the reader, so that packed files show what is inside. */
bool file_head(const char *path, char *buf, size_t cap, size_t *got,
               struct err *err)
{
    struct reader *r;
    struct chunk chunk = {.last = false};
    bool ok;

    *got = 0;
    if (!reader_open(path, &r, err))
        return false;
    ok = reader_kind(r) != READER_PIPE ||
         err_set(err, ERR_USAGE, "%s: a pipe has no head to look at", path);
    while (ok && *got < cap && !chunk.last) {
        struct slice piece;

        ok = reader_next(r, &chunk, err);
        if (!ok)
            break;
        piece = slice_take(chunk.bytes, cap - *got);
        if (piece.len)
            memcpy(buf + *got, piece.ptr, piece.len);
        *got += piece.len;
    }
    reader_close(r);
    return ok;
}

/* Closes fd in every case: a full disk may show only then. */
static bool write_all(int fd, const char *path, struct slice text,
                      struct err *err)
{
    while (text.len > 0) {
        ssize_t n = FAIL_POINT("write") ? (errno = EIO, -1)
                                        : write(fd, text.ptr, text.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            failed("write", path, err);
            close(fd);
            return false;
        }
        text = slice_drop(text, (size_t)n);
    }
    return close(fd) == 0 || failed("write", path, err);
}

bool file_append(const char *path, struct slice text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);

    return fd < 0 ? failed("open", path, err) : write_all(fd, path, text, err);
}

bool file_replace(const char *path, struct slice text, struct err *err)
{
    int fd;

    if (unlink(path) != 0 && errno != ENOENT)
        return failed("replace", path, err);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd < 0 ? failed("create", path, err)
                  : write_all(fd, path, text, err);
}
