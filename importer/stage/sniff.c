/*
 * sniff.c - what kind of file the first bytes come from.
 *
 * One line of a known output shape makes a file results, whatever else
 * stands in it; a damaged line counts when it still looks like one.  Only a
 * file without any is explained: by what its lines are instead, by what it
 * is as one JSON document, or by its bytes.
 */
#include "importer/stage/envelope.h"
#include "importer/stage/member.h"
#include "importer/stage/shape.h"
#include "validate/json/seek.h"
#include "validate/json/text.h"

static const struct slice words[] = {
    [SNIFF_RESULTS] = SLICE_INIT("batch results"),
    [SNIFF_EMPTY] = SLICE_INIT("an empty file"),
    [SNIFF_INPUT] = SLICE_INIT(
        "these are requests (an input file), not results: submit it as a "
        "batch and import the file the provider gives back"),
    [SNIFF_JOB] = SLICE_INIT(
        "this describes a job, not its results: download the output file it "
        "names and import that"),
    [SNIFF_ERROR] = SLICE_INIT(
        "these are error messages of an API call, not results: the download "
        "failed, repeat it"),
    [SNIFF_MANIFEST] = SLICE_INIT(
        "this is Bedrock's manifest, not the results: import the .jsonl.out "
        "files beside it"),
    [SNIFF_PAGE] = SLICE_INIT(
        "this is a page of results as one document, not JSONL: write each "
        "element of its list on a line of its own"),
    [SNIFF_CSV] = SLICE_INIT(
        "this looks like CSV, not JSONL: import the file the provider gave "
        "back, unconverted"),
    [SNIFF_BINARY] = SLICE_INIT(
        "this is not a text file: unpack it first (.gz and .zst are read as "
        "they are, by their names)"),
    [SNIFF_UNKNOWN] =
        SLICE_INIT("no line of it has a shape that any known provider writes"),
};

struct slice sniff_words(enum sniff sniff)
{
    DEMAND((unsigned)sniff < countof(words));
    return words[sniff];
}

/* More than a tenth of the bytes are no text. */
static bool binary(struct slice head)
{
    size_t bad = 0;
    struct slice rest = head;

    for (size_t i = 0; i < head.len; i++)
        bad += head.ptr[i] == '\0';
    while (rest.len) {
        rest = slice_drop(rest, json_utf8_valid(rest));
        bad += rest.len > 0;
        rest = slice_drop(rest, 1);
    }
    return bad > head.len / 10;
}

/* Does a line that does not parse look like a result?  A head may end inside
 * its first line, and a file may hold nothing but a damaged one. */
static bool result_like(struct slice line)
{
    static const struct slice marks[] = {
        SLICE_INIT("\"response\""),     SLICE_INIT("\"custom_id\""),
        SLICE_INIT("\"key\""),          SLICE_INIT("\"modelOutput\""),
        SLICE_INIT("\"batch_result\""), SLICE_INIT("\"candidates\"")};
    static const struct slice others[] = {
        SLICE_INIT("\"results\""), SLICE_INIT("\"method\""),
        SLICE_INIT("\"params\""), SLICE_INIT("\"inlinedResponses\"")};
    bool is = false;

    if (!line.len || line.ptr[0] != '{')
        return false;
    for (size_t i = 0; i < countof(marks); i++)
        is |= seek_text(line, marks[i]) < line.len;
    for (size_t i = 0; i < countof(others); i++)
        is &= seek_text(line, others[i]) == line.len;
    return is;
}

/* One JSON value. An array of objects is taken for a list of results, or
 * for the error that Google's streaming endpoints put into one. */
static enum sniff document(const struct json_tape *tape)
{
    static const struct slice names[] = {
        SLICE_INIT("error"), SLICE_INIT("custom_id"), SLICE_INIT("key"),
        SLICE_INIT("metadata")};
    uint32_t of[countof(names)], first;

    if (!json_is(tape, 0, JSON_ARRAY))
        return shape_sniff(tape);
    first = json_first(tape, 0);
    if (!first || !json_is(tape, first, JSON_OBJECT))
        return SNIFF_UNKNOWN;
    members_find(tape, first, names, countof(names), of);
    return of[0] && !of[1] && !of[2] && !of[3] ? SNIFF_ERROR : SNIFF_PAGE;
}

/* The kind of one line; SNIFF_EMPTY when it says nothing. */
static enum sniff line_kind(struct slice line, bool whole, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    enum sniff kind = SNIFF_EMPTY;
    struct json_error why;
    struct json_tape tape;

    line = seek_trim(line);
    if (!line.len)
        return SNIFF_EMPTY;
    if (json_tape_build(line, arena, &tape, &why))
        kind = document(&tape);
    else if (result_like(line))
        kind = SNIFF_RESULTS;
    else if (!whole && slice_eq(slice_take(line, 12), SLICE("{\"results\":[")))
        kind = SNIFF_PAGE;
    arena_rewind(arena, mark);
    return kind;
}

/* Pretty-printed JSON that the head may hold only the beginning of. */
static enum sniff spread_kind(struct slice head, struct arena *arena)
{
    static const struct slice jobs[] = {
        SLICE_INIT("\"BATCH_STATE_"), SLICE_INIT("\"JOB_STATE_"),
        SLICE_INIT("\"batches/"), SLICE_INIT("\"input_file_id\""),
        SLICE_INIT("\"processing_status\"")};
    size_t mark = arena_mark(arena);
    enum sniff kind = SNIFF_UNKNOWN;
    struct json_error why;
    struct json_tape tape;

    if (json_tape_build(head, arena, &tape, &why))
        kind = document(&tape);
    arena_rewind(arena, mark);
    /* A result spread over lines is no line; say so as for a page. */
    if (kind == SNIFF_RESULTS)
        return SNIFF_PAGE;
    if (kind != SNIFF_UNKNOWN || !seek_json_start(head))
        return kind;
    for (size_t i = 0; i < countof(jobs); i++) {
        if (seek_text(head, jobs[i]) < head.len)
            return SNIFF_JOB;
    }
    return SNIFF_UNKNOWN;
}

/* Two lines with the same number of the same separator, and no braces. */
static bool csv(struct slice head)
{
    static const char separators[] = ",;\t";
    size_t first = slice_find(head, '\n');
    struct slice one = slice_take(head, first);
    struct slice two = slice_drop(head, first + 1);

    two = slice_take(two, slice_find(two, '\n'));
    if (!one.len || seek_json_start(one))
        return false;
    for (size_t s = 0; separators[s]; s++) {
        size_t n = 0, m = 0;

        for (size_t i = 0; i < one.len; i++)
            n += one.ptr[i] == separators[s];
        for (size_t i = 0; i < two.len; i++)
            m += two.ptr[i] == separators[s];
        if (n && (m >= n || !two.len))
            return true;
    }
    return false;
}

enum sniff envelope_sniff(struct slice head, bool whole_file,
                          struct arena *arena)
{
    const struct slice bom = SLICE("\xEF\xBB\xBF");
    enum sniff seen = SNIFF_EMPTY;
    struct slice rest;

    if (slice_eq(slice_take(head, bom.len), bom))
        head = slice_drop(head, bom.len);
    rest = head;
    while (rest.len) {
        size_t end = slice_find(rest, '\n');
        bool whole = whole_file || end < rest.len;
        enum sniff kind = line_kind(slice_take(rest, end), whole, arena);

        if (kind == SNIFF_RESULTS)
            return SNIFF_RESULTS;
        if (seen == SNIFF_EMPTY || seen == SNIFF_UNKNOWN)
            seen = kind != SNIFF_EMPTY ? kind : seen;
        rest = slice_drop(rest, end + 1);
    }
    head = seek_trim(head);
    if (!head.len) /* blanks without end may still be followed by results */
        return whole_file ? SNIFF_EMPTY : SNIFF_RESULTS;
    if (binary(head))
        return SNIFF_BINARY;
    if (seen != SNIFF_EMPTY && seen != SNIFF_UNKNOWN)
        return seen;
    seen = spread_kind(head, arena);
    return seen == SNIFF_UNKNOWN && csv(head) ? SNIFF_CSV : seen;
}
