/*
 * simdjson_check.cpp - what `decant check` is measured against.
 *
 *     simdjson_check FILE
 *
 * Reads the file in pieces of 256 KiB, finds lines with memchr, takes key,
 * finishReason, totalTokenCount and the text (unescaped) out of each Gemini
 * line with On-Demand and parses that text with the DOM: simdjson_side.cpp,
 * one parser each for all lines, as simdjson's authors advise.  A line that
 * spans pieces is moved to the front of the buffer, where the next piece
 * joins it.  Nothing is kept of a line but the counts.
 */
#include "bench/simdjson_side.h"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

static constexpr size_t PIECE = size_t(256) << 10;

struct counts {
    size_t lines, rows, bytes;
};

static void judge(side *side, const char *line, size_t len, counts *n)
{
    const char *text;
    size_t text_len = side_envelope(side, line, len, &text);

    n->lines++;
    if (text_len && side_inner(side, text, text_len))
        n->rows++;
}

/* The whole lines of [from, to); returns where the rest begins. */
static const char *cut(side *side, const char *from, const char *to, counts *n)
{
    while (const void *hit = memchr(from, '\n', size_t(to - from))) {
        const char *end = static_cast<const char *>(hit);

        judge(side, from, size_t(end - from), n);
        from = end + 1;
    }
    return from;
}

int main(int argc, char **argv)
{
    std::vector<char> buffer(2 * PIECE + SIDE_PAD);
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    size_t kept = 0;
    counts n = {};
    side *side;
    ssize_t got;

    if (fd < 0) {
        fprintf(stderr, "usage: simdjson_check FILE\n");
        return 2;
    }
    side = side_open();
    while ((got = read(fd, buffer.data() + kept, PIECE)) > 0) {
        const char *end = buffer.data() + kept + got;
        const char *rest = cut(side, buffer.data(), end, &n);

        n.bytes += size_t(got);
        kept = size_t(end - rest);
        memmove(buffer.data(), rest, kept);
        if (buffer.size() < kept + PIECE + SIDE_PAD)
            buffer.resize(2 * (kept + PIECE) + SIDE_PAD);
    }
    if (kept)
        judge(side, buffer.data(), kept, &n);
    printf("simdjson %s: %zu lines, %zu rows, %zu bytes\n", side_kernel(),
           n.lines, n.rows, n.bytes);
    side_close(side);
    close(fd);
    return got < 0;
}
