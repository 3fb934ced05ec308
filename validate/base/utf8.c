/*
 * utf8.c - see utf8.h.
 *
 * The Unicode standard's table 3-7: the first byte fixes the length and the
 * range of the second byte; all later bytes are 80..BF.
 */
#include "validate/base/utf8.h"

/* What a first byte promises. */
struct lead {
    size_t len;        /* of the sequence; 0: no sequence begins so */
    uint8_t low, high; /* range of the second byte */
};

static struct lead lead_of(uint8_t byte)
{
    struct lead lead = {0, 0x80, 0xBF};

    if (byte < 0x80)
        lead.len = 1;
    else if (byte >= 0xC2 && byte <= 0xDF)
        lead.len = 2;
    else if ((byte & 0xF0) == 0xE0)
        lead.len = 3;
    else if (byte >= 0xF0 && byte <= 0xF4)
        lead.len = 4;
    if (byte == 0xE0) /* below: overlong */
        lead.low = 0xA0;
    else if (byte == 0xED) /* above: surrogates */
        lead.high = 0x9F;
    else if (byte == 0xF0) /* below: overlong */
        lead.low = 0x90;
    else if (byte == 0xF4) /* above: past U+10FFFF */
        lead.high = 0x8F;
    return lead;
}

/* How many bytes from the start could belong to one sequence of that lead. */
static size_t fitting(struct slice bytes, struct lead lead)
{
    size_t n = 1;

    while (n < lead.len && n < bytes.len) {
        uint8_t byte = (uint8_t)bytes.ptr[n];

        if (byte < (n == 1 ? lead.low : 0x80) ||
            byte > (n == 1 ? lead.high : 0xBF))
            break;
        n++;
    }
    return n;
}

size_t utf8_sequence(struct slice bytes)
{
    struct lead lead;

    if (!bytes.len)
        return 0;
    lead = lead_of((uint8_t)bytes.ptr[0]);
    return lead.len && fitting(bytes, lead) == lead.len ? lead.len : 0;
}

bool utf8_cut(struct slice bytes)
{
    struct lead lead;

    if (!bytes.len)
        return false;
    lead = lead_of((uint8_t)bytes.ptr[0]);
    return bytes.len < lead.len && fitting(bytes, lead) == bytes.len;
}

size_t utf8_prefix(struct slice bytes)
{
    size_t at = 0, n;
    uint64_t word;

    do {
        /* Eight bytes of ASCII at a time. */
        for (; bytes.len - at >= sizeof(word); at += sizeof(word)) {
            memcpy(&word, bytes.ptr + at, sizeof(word));
            if (word & 0x8080808080808080)
                break;
        }
        n = utf8_sequence(slice_drop(bytes, at));
        at += n;
    } while (n);
    return at;
}
