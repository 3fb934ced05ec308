/*
 * summary_json.c - the summary as one JSON object.  See summary.h.
 *
 * {"totals": {...}, "files": [{"path", "provider", "totals", "faults"}],
 *  "run", "database", "exit"}; "error" and "note" only where there is one.
 */
#include "importer/report/summary.h"
#include "importer/report/summary_parts.h"
#include "validate/json/write.h"

#include <string.h>

/* Bytes that are surely enough for the members with numbers of one file. */
#define FILE_ROOM 8192
#define ESCAPED   6 /* a byte of a name is at most \u00XX */

static void put_member(struct json_out *out, const char *key, uint64_t value)
{
    json_put_key(out, slice_of(key, strlen(key)));
    json_put_uint(out, value);
}

static void put_text(struct json_out *out, const char *key, const char *text)
{
    json_put_key(out, slice_of(key, strlen(key)));
    if (text)
        json_put_string(out, slice_of(text, strlen(text)));
    else
        json_put_null(out);
}

static void put_tally(struct json_out *out, const struct tally *t, bool typed)
{
    put_member(out, "lines", t->lines);
    put_member(out, "rows", t->rows);
    put_member(out, "rejects", t->rejects);
    put_member(out, "blanks", t->blanks);
    put_member(out, "repaired", t->repaired);
    put_member(out, "bytes", t->bytes);
    if (typed)
        put_member(out, "typed_rows", t->typed_rows);
}

static void put_faults(struct json_out *out, const struct tally *t)
{
    json_put_key(out, SLICE("faults"));
    json_put_open(out, '{');
    for (unsigned i = FAULT_NONE + 1; i < FAULT_COUNT; i++) {
        if (!t->faults[i])
            continue;
        json_put_key(out, fault_key((enum fault)i));
        json_put_uint(out, t->faults[i]);
    }
    json_put_close(out, '}');
}

/* Rows that each rule changed. */
static void put_repairs(struct json_out *out, const struct tally *t)
{
    json_put_key(out, SLICE("repairs"));
    json_put_open(out, '{');
    for (unsigned i = 0; i < REPAIR_RULE_COUNT; i++) {
        if (!t->repairs[i])
            continue;
        json_put_key(out, repair_key((enum repair_rule)i));
        json_put_uint(out, t->repairs[i]);
    }
    json_put_close(out, '}');
}

static void put_file(struct json_out *out, const struct summary *s,
                     const struct file_report *f)
{
    json_put_open(out, '{');
    put_text(out, "path", f->path);
    json_put_key(out, SLICE("provider"));
    json_put_string(out, tally_provider(&f->tally));
    json_put_key(out, SLICE("totals"));
    json_put_open(out, '{');
    put_tally(out, &f->tally, s->table != NULL);
    if (s->kind != SUMMARY_CHECK) {
        put_member(out, "already_lines", f->already_lines);
        put_member(out, "already_bytes", f->already_bytes);
    }
    json_put_close(out, '}');
    put_faults(out, &f->tally);
    put_repairs(out, &f->tally);
    if (s->kind == SUMMARY_DRY_RUN) {
        put_member(out, "known_ranges", f->known_ranges);
        put_member(out, "new_ranges", f->new_ranges);
    }
    if (f->note)
        put_text(out, "note", f->note);
    if (f->error)
        put_text(out, "error", f->error);
    json_put_close(out, '}');
}

static void put_totals(struct json_out *out, const struct summary *s)
{
    struct tally total = summary_total(s);
    uint64_t lines = 0, bytes = 0;

    for (size_t i = 0; i < s->n_files; i++) {
        lines += s->files[i].already_lines;
        bytes += s->files[i].already_bytes;
    }
    json_put_key(out, SLICE("totals"));
    json_put_open(out, '{');
    put_tally(out, &total, s->table != NULL);
    json_put_key(out, SLICE("seconds"));
    json_put_double(out, s->seconds);
    put_member(out, "already_lines", lines);
    put_member(out, "already_bytes", bytes);
    if (s->kind == SUMMARY_IMPORT && s->repeated_keys.known)
        put_member(out, "repeated_keys", s->repeated_keys.count);
    json_put_close(out, '}');
    if (s->kind == SUMMARY_CHECK)
        put_faults(out, &total);
    if (s->kind != SUMMARY_DRY_RUN)
        summary_json_more(out, s, &total);
}

static size_t text_room(const char *text)
{
    return text ? ESCAPED * strlen(text) : 0;
}

struct slice summary_json(const struct summary *s, struct arena *arena)
{
    size_t room = 2 * FILE_ROOM + ESCAPED * summary_more_room(s) +
                  text_room(s->database) + text_room(s->error) +
                  s->molecules.len;
    struct json_out out;
    char *bytes;

    for (size_t i = 0; i < s->n_files; i++)
        room += FILE_ROOM + text_room(s->files[i].path) +
                text_room(s->files[i].error) + text_room(s->files[i].note);
    bytes = arena_bytes(arena, room);
    if (!bytes)
        return slice_of(NULL, 0);
    json_out_init(&out, bytes, room);
    json_put_open(&out, '{');
    put_totals(&out, s);
    json_put_key(&out, SLICE("files"));
    json_put_open(&out, '[');
    for (size_t i = 0; i < s->n_files; i++)
        put_file(&out, s, &s->files[i]);
    json_put_close(&out, ']');
    if (s->kind != SUMMARY_CHECK) {
        put_text(&out, "run", s->run);
        put_text(&out, "database", s->database);
    }
    if (s->molecules.len) {
        json_put_key(&out, SLICE("molecules"));
        json_put_raw(&out, s->molecules);
    }
    if (s->error)
        put_text(&out, "error", s->error);
    json_put_key(&out, SLICE("exit"));
    json_put_int(&out, s->exit);
    json_put_close(&out, '}');
    return out.full ? slice_of(NULL, 0) : json_out_slice(&out);
}
