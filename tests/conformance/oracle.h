/*
 * oracle.h - what other parsers say about a text, for test_json_oracles.c.
 *
 * Each in a file of its own: jansson's names are ours too.
 */
#ifndef DECANT_TESTS_ORACLE_H
#define DECANT_TESTS_ORACLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oracle_word { ORACLE_YES, ORACLE_NO, ORACLE_NOT_MINE };

/*
 * ORACLE_YES: sound, and *digest is one of all values in order.  NOT_MINE:
 * refused for a reason JSON does not know (a number's range, depth).
 */
enum oracle_word oracle_simdjson(const char *text, size_t len,
                                 uint64_t *digest);

/* The same from jansson, without a digest; U+0000 in a name is NOT_MINE. */
enum oracle_word oracle_jansson(const char *text, size_t len);

/* The digest both sides make: fold the next value into it. */
static inline uint64_t oracle_fold(uint64_t digest, char kind,
                                   const char *bytes, size_t len)
{
    digest = (digest ^ (unsigned char)kind) * 0x100000001B3u;
    for (size_t i = 0; i < len; i++)
        digest = (digest ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    return (digest ^ len) * 0x100000001B3u;
}

#ifdef __cplusplus
}
#endif

#endif
