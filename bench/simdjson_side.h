/* simdjson_side.h - what simdjson takes for the same work, seen from C. */
#ifndef DECANT_BENCH_SIMDJSON_SIDE_H
#define DECANT_BENCH_SIMDJSON_SIDE_H

#include <stddef.h>

#define SIDE_PAD 64 /* readable bytes that must follow every line */

#ifdef __cplusplus
extern "C" {
#endif

struct side;

struct side *side_open(void);
void side_close(struct side *side);
const char *side_kernel(void);

/* On-Demand over a Gemini line: key, finish reason, answer text
 * (unescaped), total tokens.
 * Returns the length of the text, 0 when the line is not such a line. */
size_t side_envelope(struct side *side, const char *line, size_t len,
                     const char **text);

/* The DOM of an answer that side_envelope() lent; number of root members. */
size_t side_inner(struct side *side, const char *text, size_t len);

#ifdef __cplusplus
}
#endif

#endif
