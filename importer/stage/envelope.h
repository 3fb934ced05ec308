/*
 * envelope.h - what the provider wrapped around the model's answer.
 *
 *     line -> [envelope_open] -> envelope
 *
 * The shape is recognised per line from its member names, in any order
 * (one small file per family: gemini.c, openai.c, anthropic.c, bedrock.c,
 * xai.c; envelope.c holds the table, family.h says how they play together).
 * Facts: docs/providers.md.
 */
#ifndef DECANT_STAGE_ENVELOPE_H
#define DECANT_STAGE_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "importer/stage/line.h"
#include "validate/base/arena.h"
#include "validate/base/attrs.h"
#include "validate/base/fault.h"
#include "validate/json/tape.h"

enum provider {
#define PROVIDER(name, key) PROVIDER_##name,
#include "importer/stage/provider.def"
#undef PROVIDER
    PROVIDER_COUNT
};

enum outcome {
#define OUTCOME(name, key, fault) OUTCOME_##name,
#include "importer/stage/outcome.def"
#undef OUTCOME
    OUTCOME_COUNT
};

struct slice provider_key(enum provider provider);
struct slice outcome_key(enum outcome outcome);
/* The fault of a line that ended so and holds no answer; FAULT_NONE for
 * OK and TRUNCATED. */
enum fault outcome_fault(enum outcome outcome);

#define TOKENS_ABSENT (-1) /* not told: NULL in the table, never 0 */

/* As the provider counts them; what includes what: docs/providers.md. */
struct tokens {
    int64_t prompt; /* all input, cached input included */
    int64_t cached; /* read from a cache */
    int64_t output; /* visible answer and thinking together */
    int64_t thinking;
};

/*
 * One candidate, choice or output item that holds something to look at.
 * Tried in order, the first whose payload is sound wins: OK ones before
 * TRUNCATED ones, otherwise as the provider numbers them.
 */
struct answer {
    const uint32_t *parts; /* string nodes, to be joined without separator */
    uint32_t n_parts;
    struct slice json;    /* instead of parts: an embedding, ready JSON */
    struct slice finish;  /* why the model stopped, as the provider says */
    enum outcome outcome; /* OK or TRUNCATED */
    bool whole; /* all output items joined, when each is an answer, too */
};

/* Borrowed: slices point into the line or the line arena. */
struct envelope {
    struct json_tape tape; /* of the whole line */
    enum provider provider;
    enum outcome outcome; /* of the line; with answers, of the first */
    bool keyed;           /* a key stands in the line and is not null */
    struct slice key;     /* byte for byte; a number as it is written */
    struct slice model;
    struct slice response_id;
    struct slice finish;
    struct slice message; /* error or refusal text, or why it is unknown */
    int32_t http_status;  /* 0: not told */
    struct tokens tokens;
    bool media; /* an image or sound came (and was passed over) */
    struct answer *answers;
    uint32_t n_answers; /* 0 when nothing can be looked at */
};

/*
 * FAULT_NONE when answers[] holds something to look at.  Otherwise the
 * verdict is the line's reject; *out is filled as far as it was understood
 * (key, model, tokens, outcome), so that the reject can say whose it is.
 */
MUST_CHECK
struct verdict envelope_open(const struct line *line, struct arena *arena,
                             struct envelope *out);

/* What a file's first lines look like, to explain files that are none of
 * ours before anything of them loads. */
enum sniff {
    SNIFF_RESULTS,  /* at least one line of a known output shape */
    SNIFF_EMPTY,    /* nothing but blanks */
    SNIFF_INPUT,    /* requests, not results */
    SNIFF_JOB,      /* a batch, operation or message_batch object */
    SNIFF_ERROR,    /* an HTTP error body */
    SNIFF_MANIFEST, /* Bedrock's manifest.json.out */
    SNIFF_PAGE,     /* one page of a results list, not JSONL */
    SNIFF_CSV,
    SNIFF_BINARY,
    SNIFF_UNKNOWN, /* text or JSON of no known shape */
};

/* Looks at no more than the given head of the file (64 KiB is enough). */
enum sniff envelope_sniff(struct slice head, bool whole_file,
                          struct arena *arena);

/* "these are requests (an input file), not results" and what to do. */
struct slice sniff_words(enum sniff sniff);

#endif
