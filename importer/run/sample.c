/* sample.c - see sample.h. */
#include "importer/run/sample.h"

#include "importer/run/lines.h"
#include "importer/stage/flow.h"
#include "importer/sys/files.h"
#include "importer/sys/reader.h"

#include <string.h>

#define SLACK         ((size_t)16 << 20)
#define TAPE_PER_BYTE 16 /* of a tape while it is built, and strings */

struct sampler {
    const struct sample_setup *set;
    struct sample_counts *counts;
    struct flow flow;
    struct arena line, range, scratch;
    uint64_t left; /* of the limit */
};

static void answer(struct sampler *s, struct slice json)
{
    struct json_tape tape;

    arena_rewind(&s->scratch, 0);
    if (json_tape_try(json, &s->scratch, &tape) == JSON_TRY_SOUND) {
        s->counts->answers++;
        s->set->answer(s->set->ctx, &tape, &s->scratch);
    } else {
        s->counts->left_out++;
    }
}

static void take(struct sampler *s, const struct line *line, bool results)
{
    struct judged judged;

    if (!results) {
        if (line->oversize)
            s->counts->left_out++;
        else if (!line_blank(line))
            answer(s, line->text);
        return;
    }
    flow_judge(&s->flow, line, &judged);
    if (judged.kind == JUDGED_ROW)
        answer(s, judged.record.json);
    if (judged.kind != JUDGED_REJECT)
        return;
    s->counts->left_out++;
    s->counts->texts += judged.verdict.fault == FAULT_PAYLOAD_NOT_JSON;
}

/* Are these results? A file that says what else it is, is not for us. */
static bool look(struct sampler *s, struct lines *lines, bool *results,
                 struct err *err)
{
    struct slice words;
    struct chunk chunk;
    enum sniff sniff;

    if (!lines_peek(lines, &chunk, err))
        return false;
    sniff = envelope_sniff(slice_take(chunk.bytes, FILE_HEAD_MAX),
                           chunk.last && chunk.bytes.len <= FILE_HEAD_MAX,
                           &s->line);
    arena_rewind(&s->line, 0);
    *results = sniff == SNIFF_RESULTS && !s->set->plain;
    if (*results || s->set->plain || sniff == SNIFF_EMPTY ||
        sniff == SNIFF_UNKNOWN)
        return true;
    words = sniff_words(sniff);
    return err_set(err, ERR_USAGE, "%.*s", (int)words.len, words.ptr);
}

static bool lines_all(struct sampler *s, struct lines *lines, struct err *err)
{
    bool results = false;
    struct line line;

    if (!look(s, lines, &results, err))
        return false;
    lines_spare_hash(lines);
    while (s->left > 0) {
        switch (lines_next(lines, &line, err)) {
        case LINES_READY: break;
        case LINES_DONE: return true;
        case LINES_FAILED: return false;
        }
        s->left--;
        take(s, &line, results);
    }
    return true;
}

static bool file(struct sampler *s, const char *path, struct err *err)
{
    struct lines_part part = {0, UINT64_MAX, s->set->max_line};
    struct reader *reader;
    struct lines lines;
    bool ok;

    arena_rewind(&s->range, 0);
    if (!reader_open(path, &reader, err))
        return false;
    ok = lines_open(&lines, reader, part, &s->range, err) &&
         lines_all(s, &lines, err);
    reader_close(reader);
    if (!ok && !strstr(err->text, path))
        err_while(err, "%s", path);
    return ok;
}

bool sample_run(const struct sample_setup *set, struct sample_counts *out,
                struct err *err)
{
    size_t room = set->max_line + SLACK;
    struct sampler s = {.set = set, .counts = out, .left = set->limit};
    struct files files;
    bool ok;

    *out = (struct sample_counts){0};
    if (!files_expand(&files, set->args, set->n_args, NULL, err))
        return false;
    ok = arena_open(&s.line, FLOW_ARENA_PER_BYTE * room, err) &&
         arena_open(&s.range, room, err) &&
         arena_open(&s.scratch, TAPE_PER_BYTE * room, err);
    s.flow = (struct flow){.profile = set->raw, .arena = &s.line};
    for (size_t i = 0; ok && i < files.count && s.left; i++)
        ok = file(&s, files.paths[i], err);
    files_free(&files);
    arena_close(&s.line);
    arena_close(&s.range);
    arena_close(&s.scratch);
    return ok;
}
