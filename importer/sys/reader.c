/*
 * reader.c - see reader.h.
 *
 * Packed input has a second buffer in front; decompression stops whenever
 * the output buffer is full, so a bomb costs time, not memory.  zstd frames
 * that want a window of more than 128 MiB are refused by the library.
 */
#include "importer/sys/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "importer/sys/signals.h"
#include "importer/sys/sys_fail.h"

#define READER_BUFFER ((size_t)256 << 10)

struct reader {
    enum reader_kind kind;
    int fd;
    uint64_t size;  /* READER_FILE */
    uint64_t limit; /* READER_FILE: where the file ends, or UINT64_MAX */
    uint64_t at;    /* READER_FILE: place of the next pread */
    uint64_t given; /* bytes handed out */
    char *out;      /* READER_BUFFER bytes */
    char *in;       /* the same, packed kinds only */
    size_t in_at;   /* first unused byte of `in` */
    size_t in_len;  /* bytes in `in` */
    bool in_end;    /* nothing follows `in` */
    bool in_frame;  /* inside a gzip member or zstd frame */
    bool z_open;    /* inflateInit has run */
    z_stream z;
    ZSTD_DCtx *zstd;
    char name[256]; /* for messages; long names lose their beginning */
};

enum reader_kind reader_kind(const struct reader *r)
{
    return r->kind;
}

uint64_t reader_size(const struct reader *r)
{
    return r->size;
}

void reader_seek(struct reader *r, uint64_t at)
{
    DEMAND(r->kind == READER_FILE);
    r->at = at;
}

void reader_limit(struct reader *r, uint64_t size)
{
    if (r->kind == READER_FILE)
        r->limit = size;
}

/* Only a wanted stop leaves EINTR standing. */
static bool failed(const struct reader *r, struct err *err)
{
    if (errno == EINTR)
        return err_set(err, ERR_STOPPED, "stopped while reading %s", r->name);
    return err_set(err, ERR_IO, "read %s: %s", r->name, strerror(errno));
}

/* read(2) or pread(2), repeated when interrupted for nothing. */
static ssize_t read_some(struct reader *r, char *buf, size_t want)
{
    ssize_t got;

    if (FAIL_POINT("read")) {
        errno = EIO;
        return -1;
    }
    do {
        got = r->kind == READER_FILE ? pread(r->fd, buf, want, (off_t)r->at)
                                     : read(r->fd, buf, want);
    } while (got < 0 && errno == EINTR && !signals_stop());
    return got;
}

/* Have at least one byte in r->in, or r->in_end. */
static bool refill(struct reader *r, struct err *err)
{
    ssize_t got;

    if (r->in_at < r->in_len || r->in_end)
        return true;
    got = read_some(r, r->in, READER_BUFFER);
    if (got < 0)
        return failed(r, err);
    r->in_at = 0;
    r->in_len = (size_t)got;
    r->in_end = got == 0;
    return true;
}

/* Damage in packed data: how far it was sound helps to judge the file. */
static bool broken(const struct reader *r, const char *what, struct err *err)
{
    return err_set(err, ERR_IO,
                   "%s: %s after %llu decompressed bytes: fetch the file again",
                   r->name, what, (unsigned long long)r->given);
}

/* Inflate into `out`; *n bytes were made.  Between members: zeros are
 * padding, as for gzip(1), and anything but a member is not ours. */
static bool gunzip(struct reader *r, size_t *n, struct err *err)
{
    r->z.next_out = (Bytef *)r->out;
    r->z.avail_out = (uInt)READER_BUFFER;
    while (r->z.avail_out == READER_BUFFER) {
        int step;

        if (!refill(r, err))
            return false;
        if (r->in_end)
            break;
        if (!r->in_frame) {
            while (r->in_at < r->in_len && r->in[r->in_at] == '\0')
                r->in_at++;
            if (r->in_at == r->in_len)
                continue;
            if (inflateReset(&r->z) != Z_OK)
                return broken(r, "gzip state is damaged", err);
            r->in_frame = true;
        }
        r->z.next_in = (Bytef *)r->in + r->in_at;
        r->z.avail_in = (uInt)(r->in_len - r->in_at);
        step = inflate(&r->z, Z_NO_FLUSH);
        r->in_at = r->in_len - r->z.avail_in;
        if (step == Z_STREAM_END)
            r->in_frame = false;
        else if (step != Z_OK && step != Z_BUF_ERROR)
            return broken(r, r->z.msg ? r->z.msg : "the gzip data is damaged",
                          err);
    }
    *n = READER_BUFFER - r->z.avail_out;
    return true;
}

/* The library starts the next frame by itself, and skips skippable ones. */
static bool unzstd(struct reader *r, size_t *n, struct err *err)
{
    ZSTD_outBuffer out = {r->out, READER_BUFFER, 0};

    while (out.pos == 0) {
        ZSTD_inBuffer in;
        size_t left;

        if (!refill(r, err))
            return false;
        /* At the end of input one more call, with none, empties its window. */
        in = (ZSTD_inBuffer){r->in, r->in_len, r->in_at};
        if (r->in_end)
            in.size = in.pos = 0;
        if (r->in_end && !r->in_frame)
            break;
        left = ZSTD_decompressStream(r->zstd, &out, &in);
        if (ZSTD_isError(left))
            return broken(r, ZSTD_getErrorName(left), err);
        if (r->in_end && out.pos == 0)
            break;
        if (!r->in_end)
            r->in_at = in.pos;
        r->in_frame = left != 0;
    }
    *n = out.pos;
    return true;
}

/* Nothing more came out: at a frame's end that is the end, else a cut. */
static bool next_packed(struct reader *r, struct chunk *out, struct err *err)
{
    size_t n = 0;

    if (!(r->kind == READER_GZIP ? gunzip(r, &n, err) : unzstd(r, &n, err)))
        return false;
    if (n == 0 && r->in_frame)
        return broken(r, "the file is cut off", err);
    r->given += n;
    *out = (struct chunk){slice_of(r->out, n), n == 0};
    return true;
}

/* pread for files, so that nobody else's file position is moved. */
static bool next_plain(struct reader *r, struct chunk *out, struct err *err)
{
    size_t want = READER_BUFFER;
    ssize_t got;

    if (r->kind == READER_FILE && r->limit != UINT64_MAX) {
        if (r->at >= r->limit) {
            *out = (struct chunk){slice_of(r->out, 0), true};
            return true;
        }
        if (r->limit - r->at < want)
            want = (size_t)(r->limit - r->at);
    }
    got = read_some(r, r->out, want);
    if (got < 0)
        return failed(r, err);
    if (got == 0 && r->kind == READER_FILE && r->limit != UINT64_MAX)
        return err_set(err, ERR_IO, "%s: shrank to %llu bytes while being read",
                       r->name, (unsigned long long)r->at);
    r->at += (uint64_t)got;
    *out = (struct chunk){slice_of(r->out, (size_t)got),
                          got == 0 ||
                              (r->kind == READER_FILE && r->at == r->limit)};
    return true;
}

bool reader_next(struct reader *r, struct chunk *out, struct err *err)
{
    return r->kind == READER_GZIP || r->kind == READER_ZSTD
               ? next_packed(r, out, err)
               : next_plain(r, out, err);
}

/* Something must stand before the ending. */
static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);

    return n > k && !strcmp(text + n - k, end);
}

/* The first bytes of packed data must be what the name promises. */
static bool check_magic(struct reader *r, struct err *err)
{
    const unsigned char *p = (const unsigned char *)r->in;
    bool good;

    while (r->in_len < 4 && !r->in_end) {
        ssize_t got = read_some(r, r->in + r->in_len, READER_BUFFER - 4);

        if (got < 0)
            return failed(r, err);
        r->in_len += (size_t)got;
        r->in_end = got == 0;
    }
    if (r->kind == READER_GZIP)
        good = r->in_len >= 2 && p[0] == 0x1f && p[1] == 0x8b;
    else if (r->in_len >= 4 && p[0] == 0x28) /* a frame */
        good = p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd;
    else /* a skippable frame */
        good = r->in_len >= 4 && (p[0] & 0xf0) == 0x50 && p[1] == 0x2a &&
               p[2] == 0x4d && p[3] == 0x18;
    /* refill() may have seen the end together with the first bytes. */
    r->in_end = false;
    return good || err_set(err, ERR_IO, "%s: not %s data, in spite of its name",
                           r->name, r->kind == READER_GZIP ? "gzip" : "zstd");
}

/* The magic bytes stay in the buffer: they are part of the data. */
static bool open_packed(struct reader *r, struct err *err)
{
    r->in = FAIL_POINT("alloc") ? NULL : malloc(READER_BUFFER);
    if (!r->in)
        return err_set(err, ERR_MEMORY, "no memory to read %s", r->name);
    if (!check_magic(r, err))
        return false;
    if (r->kind == READER_GZIP) {
        r->z_open = inflateInit2(&r->z, 15 + 16 /* gzip, not zlib */) == Z_OK;
        return r->z_open ||
               err_set(err, ERR_MEMORY, "no memory to inflate %s", r->name);
    }
    r->zstd = ZSTD_createDCtx();
    return r->zstd ||
           err_set(err, ERR_MEMORY, "no memory to unpack %s", r->name);
}

/* Names decide, except that what is no regular file is always a pipe. */
static bool open_fd(struct reader *r, const char *path, struct err *err)
{
    bool std = !strcmp(path, "-");
    struct stat st;

    r->fd = FAIL_POINT("read") ? (errno = EMFILE, -1)
            : std              ? STDIN_FILENO
                               : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (r->fd < 0 || fstat(r->fd, &st) != 0)
        return err_set(err, ERR_IO, "open %s: %s", r->name, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return err_set(err, ERR_IO, "open %s: it is a directory", r->name);
    r->kind = READER_PIPE;
    if (std)
        return true;
    if (ends_with(path, ".gz"))
        r->kind = READER_GZIP;
    else if (ends_with(path, ".zst"))
        r->kind = READER_ZSTD;
    else if (S_ISREG(st.st_mode))
        r->kind = READER_FILE;
    if (r->kind == READER_FILE)
        r->size = (uint64_t)st.st_size;
    if (S_ISREG(st.st_mode))
        (void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

bool reader_open(const char *path, struct reader **out, struct err *err)
{
    struct reader *r = FAIL_POINT("alloc") ? NULL : calloc(1, sizeof(*r));
    size_t len = strlen(path);
    bool ok;

    if (!r)
        return err_set(err, ERR_MEMORY, "no memory to read %s", path);
    r->fd = -1;
    r->limit = UINT64_MAX;
    if (len < sizeof(r->name))
        snprintf(r->name, sizeof(r->name), "%s",
                 strcmp(path, "-") ? path : "standard input");
    else
        snprintf(r->name, sizeof(r->name), "...%s",
                 path + len - (sizeof(r->name) - 4));
    r->out = FAIL_POINT("alloc") ? NULL : malloc(READER_BUFFER);
    ok = r->out ? open_fd(r, path, err)
                : err_set(err, ERR_MEMORY, "no memory to read %s", r->name);
    if (ok && (r->kind == READER_GZIP || r->kind == READER_ZSTD))
        ok = open_packed(r, err);
    if (!ok) {
        reader_close(r);
        return false;
    }
    *out = r;
    return true;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    if (r->fd > STDIN_FILENO)
        close(r->fd);
    if (r->z_open)
        inflateEnd(&r->z);
    ZSTD_freeDCtx(r->zstd);
    free(r->in);
    free(r->out);
    free(r);
}
