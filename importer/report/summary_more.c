/*
 * summary_more.c - the parts of a summary that profiles bring: notes, places
 * of rejects, counts that were expected.  See summary_parts.h.
 */
#include "importer/report/summary_parts.h"

#include <string.h>

const char *summary_table(const struct profile *profile, struct arena *arena)
{
    struct slice schema = profile->table_schema, table = profile->table;
    char *name;

    if (!profile->n_columns)
        return NULL;
    name = arena_bytes(arena, schema.len + table.len + 2);
    if (!name)
        return NULL;
    memcpy(name, schema.ptr, schema.len);
    name[schema.len] = '.';
    memcpy(name + schema.len + 1, table.ptr, table.len);
    name[schema.len + 1 + table.len] = '\0';
    return name;
}

/* A heading before the first of several lines. */
static void head(struct sheet *out, bool *first, const char *words)
{
    if (*first)
        sheet_put(out, "\n%s\n", words);
    *first = false;
}

static void put_places(struct sheet *out, const struct summary *s)
{
    bool first = true;

    for (size_t i = 0; i < s->n_findings; i++) {
        const struct finding *f = &s->findings[i];
        char n[SHEET_NUMBER];

        if (f->kind != FINDING_PATH)
            continue;
        head(out, &first, "rejects by place in the reply");
        sheet_put(out, "  %9s  %-19s  ", sheet_count(f->n, n), f->what);
        sheet_name(out, f->where[0] ? f->where : "(the whole reply)");
        sheet_put(out, "\n");
    }
}

static void put_notes(struct sheet *out, const struct summary *s,
                      const struct tally *total)
{
    const struct keys_repeated *twice = &s->duplicates;
    bool first = true;
    char n[SHEET_NUMBER];

    for (unsigned i = 0; i < NOTE_COUNT; i++) {
        struct slice key = note_key((enum note)i);
        struct slice words = note_words((enum note)i);

        if (!total->notes[i])
            continue;
        head(out, &first, "notes");
        sheet_put(out, "  %9s  %-19.*s  %.*s\n",
                  sheet_count(total->notes[i], n), (int)key.len, key.ptr,
                  (int)words.len, words.ptr);
    }
    if (!twice->count)
        return;
    head(out, &first, "notes");
    sheet_put(out, "  %9s  %-19s  texts that occur more than once%s%s\n",
              sheet_count(twice->count, n), "qa.duplicate",
              s->kind == SUMMARY_CHECK ? "" : "; view decant.duplicate",
              twice->known ? "" : "; at least: not all could be remembered");
}

static void put_expected(struct sheet *out, const struct summary *s)
{
    bool first = true;

    for (size_t i = 0; i < s->n_findings; i++) {
        const struct finding *f = &s->findings[i];
        char a[SHEET_NUMBER], b[SHEET_NUMBER], c[SHEET_NUMBER];
        uint64_t off = f->n < f->want ? f->want - f->n : f->n - f->want;

        if (f->kind != FINDING_EXPECTED)
            continue;
        head(out, &first, "expected");
        sheet_put(out, "  ");
        sheet_name(out, f->what);
        sheet_put(out, " ");
        sheet_name(out, f->where);
        sheet_put(out, ": %s of %s", sheet_count(f->n, a),
                  sheet_count(f->want, b));
        if (off)
            sheet_put(out, ", %s too %s", sheet_count(off, c),
                      f->n < f->want ? "few" : "many");
        sheet_put(out, "\n");
    }
}

void summary_put_more(struct sheet *out, const struct summary *s,
                      const struct tally *total)
{
    put_places(out, s);
    put_notes(out, s, total);
    put_expected(out, s);
}

size_t summary_more_room(const struct summary *s)
{
    return (s->n_findings + NOTE_COUNT + 4) * (sizeof(struct finding) + 256);
}

/* --- JSON ----------------------------------------------------------------*/

static void text_member(struct json_out *out, struct slice key,
                        const char *text)
{
    json_put_key(out, key);
    json_put_string(out, slice_of(text, strlen(text)));
}

static void count_member(struct json_out *out, struct slice key, uint64_t n)
{
    json_put_key(out, key);
    json_put_uint(out, n);
}

static void json_findings(struct json_out *out, const struct summary *s,
                          enum finding_kind kind)
{
    bool path = kind == FINDING_PATH;

    json_put_key(out, path ? SLICE("places") : SLICE("expected"));
    json_put_open(out, '[');
    for (size_t i = 0; i < s->n_findings; i++) {
        const struct finding *f = &s->findings[i];

        if (f->kind != kind)
            continue;
        json_put_open(out, '{');
        text_member(out, path ? SLICE("fault") : SLICE("column"), f->what);
        text_member(out, path ? SLICE("pointer") : SLICE("value"), f->where);
        count_member(out, path ? SLICE("count") : SLICE("found"), f->n);
        if (!path)
            count_member(out, SLICE("expected"), f->want);
        json_put_close(out, '}');
    }
    json_put_close(out, ']');
}

void summary_json_more(struct json_out *out, const struct summary *s,
                       const struct tally *total)
{
    json_put_key(out, SLICE("notes"));
    json_put_open(out, '{');
    for (unsigned i = 0; i < NOTE_COUNT; i++) {
        if (total->notes[i])
            count_member(out, note_key((enum note)i), total->notes[i]);
    }
    if (s->duplicates.count)
        count_member(out, SLICE("qa.duplicate"), s->duplicates.count);
    json_put_close(out, '}');
    json_findings(out, s, FINDING_PATH);
    json_findings(out, s, FINDING_EXPECTED);
    if (s->table)
        text_member(out, SLICE("table"), s->table);
}
