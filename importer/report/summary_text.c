/*
 * summary_text.c - the summary for people.  See summary.h.
 *
 * A table of files (all of them when few, else those with something to say),
 * the total, what was wrong and what helps, and the commands to run next.
 */
#include "importer/report/sheet.h"
#include "importer/report/summary.h"
#include "importer/report/summary_parts.h"

#include <string.h>

#define FILES_SHOWN 40   /* rows of the table before it becomes a list */
#define FILE_ROOM   1024 /* bytes of one row, its path and words aside */
#define NAME_SHOWN  48   /* columns of a path; longer ones lose their front */

/* One cell, right-aligned under its heading. */
static void put_count(struct sheet *s, uint64_t value, int width)
{
    char number[SHEET_NUMBER];

    sheet_put(s, "  %*s", width, sheet_count(value, number));
}

static const char *plural(uint64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

static void put_cells(struct sheet *s, const struct tally *t)
{
    put_count(s, t->lines, 11);
    put_count(s, t->rows, 11);
    put_count(s, t->repaired, 9);
    put_count(s, t->rejects, 9);
    put_count(s, t->blanks, 7);
    sheet_put(s, "\n");
}

/* The path in a column of `width`, its end kept: that is what differs. */
static void put_path(struct sheet *s, const char *path, size_t width)
{
    size_t len = strlen(path);

    if (len > width) {
        path += len - (width - 3);
        while (((unsigned char)*path & 0xC0) == 0x80)
            path++; /* not from the middle of a character */
        sheet_put(s, "...");
        sheet_name(s, path);
        return;
    }
    sheet_name(s, path);
    sheet_put(s, "%*s", (int)(width - len), "");
}

/* Is this file worth a row when there are too many for all? */
static bool notable(const struct file_report *f)
{
    return f->error || f->tally.rejects;
}

static size_t name_width(const struct summary *s)
{
    size_t width = strlen("total");

    for (size_t i = 0; i < s->n_files; i++) {
        size_t len = strlen(s->files[i].path);

        if (len > width)
            width = len;
    }
    return width < NAME_SHOWN ? width : NAME_SHOWN;
}

static void put_table(struct sheet *out, const struct summary *s)
{
    size_t width = name_width(s), shown = 0, worth = 0;
    struct tally total = summary_total(s);

    sheet_put(out, "%-*s  %-10s  %11s  %11s  %9s  %9s  %7s\n", (int)width,
              "file", "provider", "lines", "rows", "repaired", "rejects",
              "blanks");
    for (size_t i = 0; i < s->n_files; i++) {
        const struct file_report *f = &s->files[i];
        struct slice provider = tally_provider(&f->tally);

        worth += notable(f);
        if (shown == FILES_SHOWN || (s->n_files > FILES_SHOWN && !notable(f)))
            continue;
        put_path(out, f->path, width);
        if (!f->tally.lines)
            provider = SLICE("-");
        sheet_put(out, "  %-10.*s", (int)provider.len, provider.ptr);
        put_cells(out, &f->tally);
        shown++;
    }
    if (shown < s->n_files) {
        char a[SHEET_NUMBER];

        sheet_put(out, "(%s more files", sheet_count(s->n_files - shown, a));
        if (worth > shown)
            sheet_put(out, ", %s of them with rejects or errors",
                      sheet_count(worth - shown, a));
        sheet_put(out, ")\n");
    }
    if (s->n_files != 1) {
        sheet_put(out, "%-*s  %-10s", (int)width, "total", "");
        put_cells(out, &total);
    }
}

static void put_plan(struct sheet *out, const struct summary *s)
{
    size_t width = name_width(s);

    sheet_put(out, "%-*s  %12s  %12s\n", (int)width, "file", "known ranges",
              "new ranges");
    for (size_t i = 0; i < s->n_files; i++) {
        put_path(out, s->files[i].path, width);
        put_count(out, s->files[i].known_ranges, 12);
        put_count(out, s->files[i].new_ranges, 12);
        sheet_put(out, "\n");
    }
    sheet_put(out, "\ndry run: nothing was written\n");
}

static const char *verb(const struct summary *s, const struct file_report *f)
{
    if (f->tally.lines)
        return "not finished";
    return s->kind == SUMMARY_CHECK ? "not checked" : "not loaded";
}

static void put_words(struct sheet *out, const struct summary *s)
{
    size_t shown = 0;

    for (size_t i = 0; i < s->n_files && shown < 2 * FILES_SHOWN; i++) {
        const struct file_report *f = &s->files[i];

        if (!f->note && !f->error)
            continue;
        sheet_put(out, "%s", shown++ ? "" : "\n");
        if (f->note) {
            sheet_name(out, f->path);
            sheet_put(out, ": ");
            sheet_name(out, f->note);
            sheet_put(out, "\n");
        }
        if (f->error) {
            sheet_put(out, "%s: ", verb(s, f));
            /* Trouble with the file itself names it already. */
            if (!strstr(f->error, f->path)) {
                sheet_name(out, f->path);
                sheet_put(out, ": ");
            }
            sheet_name(out, f->error);
            sheet_put(out, "\n");
        }
    }
}

static void put_repairs(struct sheet *out, const struct tally *total)
{
    bool first = true;

    for (unsigned i = 0; i < REPAIR_RULE_COUNT; i++) {
        enum repair_rule rule = (enum repair_rule)i;
        struct slice key = repair_key(rule), words = repair_words(rule);

        if (!total->repairs[i])
            continue;
        sheet_put(out, "%s", first ? "\nrepairs\n" : "");
        first = false;
        put_count(out, total->repairs[i], 9);
        sheet_put(out, "  %-19.*s  %.*s\n", (int)key.len, key.ptr,
                  (int)words.len, words.ptr);
    }
}

static void put_faults(struct sheet *out, const struct tally *total)
{
    bool first = true;

    for (unsigned i = FAULT_NONE + 1; i < FAULT_COUNT; i++) {
        enum fault fault = (enum fault)i;
        struct slice key = fault_key(fault), words = fault_words(fault);
        struct slice advice = advice_words(fault_advice(fault));

        if (!total->faults[i])
            continue;
        sheet_put(out, "%s", first ? "\nrejects\n" : "");
        first = false;
        put_count(out, total->faults[i], 9);
        sheet_put(out, "  %-19.*s  %.*s (%.*s)\n", (int)key.len, key.ptr,
                  (int)words.len, words.ptr, (int)advice.len, advice.ptr);
    }
    if (total->faults[FAULT_PAYLOAD_NOT_JSON])
        sheet_put(out, "if the replies are meant to be plain text, use "
                       "--profile text\n");
}

static void put_total(struct sheet *out, const struct summary *s,
                      const struct tally *total)
{
    char a[SHEET_NUMBER], b[SHEET_NUMBER], c[SHEET_NUMBER];
    uint64_t lines = 0, bytes = 0;

    for (size_t i = 0; i < s->n_files; i++) {
        lines += s->files[i].already_lines;
        bytes += s->files[i].already_bytes;
    }
    sheet_put(out, "\n%s %s, %s in %.1f s", sheet_count(total->lines, a),
              plural(total->lines, "line", "lines"),
              sheet_bytes((double)total->bytes, b), s->seconds);
    if (s->seconds > 0.05 && total->bytes)
        sheet_put(out, " (%s/s)",
                  sheet_bytes((double)total->bytes / s->seconds, c));
    sheet_put(out, "\n");
    if (s->table && total->typed_rows) {
        sheet_put(out, "%s %s ", sheet_count(total->typed_rows, a),
                  plural(total->typed_rows, "typed row", "typed rows"));
        sheet_put(out, s->kind == SUMMARY_CHECK ? "for " : "in ");
        sheet_name(out, s->table);
        sheet_put(out, "\n");
    }
    if (lines || bytes)
        sheet_put(out,
                  "already in the database: %s %s (%s), not loaded again\n",
                  sheet_count(lines, a), plural(lines, "line", "lines"),
                  sheet_bytes((double)bytes, b));
    if (s->repeated_keys.count)
        sheet_put(out,
                  "%s %s answered by more than one line; view decant.latest "
                  "picks the best\n",
                  sheet_count(s->repeated_keys.count, a),
                  plural(s->repeated_keys.count, "key is", "keys are"));
}

/* Codes of a run that ended before its work did. */
static void put_ending(struct sheet *out, const struct summary *s)
{
    if (s->exit == EXIT_STOPPED || s->exit == EXIT_AGAIN)
        sheet_put(out, "\nstopped before the end; what is counted above is "
                       "loaded, the same command loads the rest\n");
}

/* Can it stand in a statement, in a shell's quotes, as it is? */
static bool plain(const char *name)
{
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.")] == 0;
}

static void put_next(struct sheet *out, const struct summary *s,
                     const struct tally *total)
{
    bool rows = total->rows > 0, rejects = total->rejects > 0;

    if (s->kind != SUMMARY_IMPORT || !s->psql || (!rows && !rejects))
        return;
    sheet_put(out, "\nnext\n");
    if (rows && s->table && plain(s->table))
        sheet_put(out, "  see rows       %s -c \"select * from %s limit 5\"\n",
                  s->psql, s->table);
    else if (rows)
        sheet_put(out,
                  "  see rows       %s -c \"select key, payload from "
                  "decant.latest limit 5\"\n",
                  s->psql);
    if (rejects)
        sheet_put(out,
                  "  see rejects    %s -c \"select * from "
                  "decant.failure_summary\"\n",
                  s->psql);
    sheet_put(
        out, "  see the books  %s -c \"select * from decant.reconciliation\"\n",
        s->psql);
}

struct tally summary_total(const struct summary *s)
{
    struct tally total = {0};

    for (size_t i = 0; i < s->n_files; i++)
        tally_merge(&total, &s->files[i].tally);
    return total;
}

struct slice summary_text(const struct summary *s, struct arena *arena)
{
    size_t room = 64 * FILE_ROOM + summary_more_room(s) +
                  4 * (s->psql ? strlen(s->psql) : 0);
    struct tally total = summary_total(s);
    struct sheet out = {0};

    for (size_t i = 0; i < s->n_files; i++) {
        const struct file_report *f = &s->files[i];

        room += FILE_ROOM + 3 * strlen(f->path);
        room +=
            (f->error ? strlen(f->error) : 0) + (f->note ? strlen(f->note) : 0);
    }
    out.bytes = arena_bytes(arena, room);
    out.cap = room;
    if (!out.bytes)
        return slice_of(NULL, 0);
    if (s->kind == SUMMARY_DRY_RUN) {
        put_plan(&out, s);
        put_words(&out, s);
        return sheet_slice(&out);
    }
    put_table(&out, s);
    put_words(&out, s);
    put_repairs(&out, &total);
    put_faults(&out, &total);
    summary_put_more(&out, s, &total);
    put_total(&out, s, &total);
    put_ending(&out, s);
    put_next(&out, s, &total);
    return out.full ? slice_of(NULL, 0) : sheet_slice(&out);
}
