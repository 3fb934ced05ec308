/*
 * table.c - see table.h.
 *
 * Everything is asked of the catalogue by (schema, table), under the lock:
 * another import may be making the same table.  After a change the catalogue
 * is read again, so that a table of ours is held to the same comparison as
 * one of the user's.
 */
#include "importer/pg/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "importer/pg/sql_text.h"
#include "importer/pg/table_fit.h"
#include "sql.inc"

#define OURS       "decant"
#define WORDS_ROOM 1024 /* a line for the user; names are cut there */
#define MAKE_ROOM  (TABLE_COLUMNS_MAX * (2 * TABLE_NAME + 64) + 2048)

/* Tables of decant itself, those of later versions included. */
static const char *const reserved[] = {
    "source", "range", "result",      "reject",   "fault",         "migration",
    "job",    "asset", "typed_table", "molecule", "smiles_column",
};

struct preparing {
    struct pg *pg;
    const struct table_want *want;
    struct table_plan *plan;
    char schema[TABLE_NAME], name[TABLE_NAME];
    char oid[PG_PARAM];
    size_t differences;
};

static bool equal(struct slice a, const char *b)
{
    return slice_eq(a, slice_of(b, strlen(b)));
}

PRINTF_LIKE(2, 3)
static void say(struct preparing *p, const char *fmt, ...)
{
    char line[WORDS_ROOM];
    va_list args;

    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    if (p->want->say)
        p->want->say(p->want->ctx, line);
}

/* One thing that does not fit. */
#define DIFFER(p, ...) ((p)->differences++, say((p), __VA_ARGS__))

/* A name that the server would cut short, or that it cannot hold. */
static bool usable(struct slice name)
{
    return name.len > 0 && name.len < TABLE_NAME &&
           slice_find(name, '\0') == name.len;
}

static bool check_names(struct preparing *p, struct err *err)
{
    const struct table_want *w = p->want;

    DEMAND(w->n_columns > 0 && w->n_columns <= TABLE_COLUMNS_MAX);
    if (!usable(w->schema) || !usable(w->name))
        return err_set(err, ERR_USAGE,
                       "the profile's table has a name that PostgreSQL does "
                       "not take: 1 to %d bytes",
                       TABLE_NAME - 1);
    for (size_t i = 0; i < w->n_columns; i++) {
        struct slice name = w->columns[i].name;

        if (!usable(name))
            return err_set(err, ERR_USAGE,
                           "the profile's column '%.*s' has a name that "
                           "PostgreSQL does not take: 1 to %d bytes",
                           (int)slice_take(name, 100).len, name.ptr,
                           TABLE_NAME - 1);
    }
    snprintf(p->schema, sizeof(p->schema), "%.*s", (int)w->schema.len,
             w->schema.ptr);
    snprintf(p->name, sizeof(p->name), "%.*s", (int)w->name.len, w->name.ptr);
    for (size_t i = 0; equal(w->schema, OURS) && i < countof(reserved); i++) {
        if (equal(w->name, reserved[i]))
            return err_set(err, ERR_USAGE,
                           "decant.%s is a table of decant itself: the "
                           "profile needs another name",
                           reserved[i]);
    }
    return true;
}

/* --- statements ----------------------------------------------------------*/

static void quote(struct slice name, char *out, size_t cap)
{
    struct sql_text t;

    sql_init(&t, out, cap);
    sql_name(&t, name);
    DEMAND(!t.full);
}

/* Deferred constraints are checked by the COPY, where a refusal costs a row,
 * not by the COMMIT, where it would cost the range. */
static void write_statements(const struct table_want *w, struct table_plan *out)
{
    struct sql_text t;

    sql_init(&t, out->table, sizeof(out->table));
    sql_table(&t, w->schema, w->name);
    DEMAND(!t.full);
    sql_init(&t, out->copy, sizeof(out->copy));
    sql_put(&t, "SET CONSTRAINTS ALL IMMEDIATE; COPY ");
    sql_put(&t, out->table);
    for (size_t i = 0; i < w->n_columns; i++) {
        sql_put(&t, i ? ", " : " (");
        sql_name(&t, w->columns[i].name);
    }
    sql_put(&t, ") FROM STDIN (FORMAT binary)");
    DEMAND(!t.full);
    out->source[0] = out->offset[0] = '\0';
    if (w->source_at < w->n_columns)
        quote(w->columns[w->source_at].name, out->source, sizeof(out->source));
    if (w->offset_at < w->n_columns)
        quote(w->columns[w->offset_at].name, out->offset, sizeof(out->offset));
}

/* lz4 makes loading wide columns several times as fast as the default; what
 * is all digits of floats is not worth the attempt. */
static void write_column(struct sql_text *t, const struct table_column *c,
                         bool lz4)
{
    enum form form = c->field.form;
    bool wide =
        form == FORM_TEXT || form == FORM_JSONB || form == FORM_TEXT_ARRAY;
    char type[32];

    snprintf(type, sizeof(type), " %.*s", (int)c->type.len, c->type.ptr);
    sql_name(t, c->name);
    sql_put(t, type);
    if (wide && lz4)
        sql_put(t, " COMPRESSION lz4");
}

static void write_create(struct sql_text *t, const struct table_want *w,
                         bool lz4)
{
    sql_put(t, "CREATE TABLE ");
    sql_table(t, w->schema, w->name);
    for (size_t i = 0; i < w->n_columns; i++) {
        sql_put(t, i ? ", " : " (");
        write_column(t, &w->columns[i], lz4);
        if (w->columns[i].required)
            sql_put(t, " NOT NULL");
    }
    sql_put(t, ")");
}

/* --- the catalogue -------------------------------------------------------*/

/* Sets plan->there and plan->made; *kind is the relkind. */
static bool find(struct preparing *p, char *kind, struct err *err)
{
    struct pg_params params = {2, {p->schema, p->name}};
    struct pg_result *r;

    if (!pg_query(p->pg, sql_table_find, &params, &r, err))
        return false;
    p->plan->there = pg_rows(r) == 1;
    if (p->plan->there) {
        snprintf(p->oid, sizeof(p->oid), "%s", pg_text(r, 0, 0));
        *kind = pg_text(r, 0, 1)[0];
        p->plan->made = pg_bool(r, 0, 2);
    }
    pg_done(r);
    return true;
}

static bool columns(struct preparing *p, struct pg_result **out,
                    struct err *err)
{
    struct pg_params params = {1, {p->oid}};

    return pg_query(p->pg, sql_table_columns, &params, out, err);
}

static struct table_actual actual(const struct pg_result *r, int row)
{
    return (struct table_actual){
        .name = pg_text(r, row, 0),
        .said = pg_text(r, row, 1),
        .type = pg_text(r, row, 2),
        .modifier = (int32_t)pg_int(r, row, 3),
        .element_oid = (uint32_t)pg_int(r, row, 4),
        .element = pg_text(r, row, 5),
        .required = pg_bool(r, row, 6),
        .defaulted = pg_bool(r, row, 7),
        .generated = pg_bool(r, row, 8),
    };
}

/* The row of the column of that name, or -1. */
static int row_of(const struct pg_result *r, struct slice name)
{
    for (int i = 0; i < pg_rows(r); i++) {
        if (equal(name, pg_text(r, i, 0)))
            return i;
    }
    return -1;
}

/* --- made and widened ----------------------------------------------------*/

/* May columns be declared with COMPRESSION lz4?  As decant.result has it. */
static bool ask_lz4(struct preparing *p, bool *out, struct err *err)
{
    struct pg_result *r;

    *out = false;
    if (pg_version(p->pg) < 140000)
        return true;
    if (!pg_query(p->pg, sql_migration_lz4, NULL, &r, err))
        return false;
    *out = pg_rows(r) == 1 && pg_bool(r, 0, 0);
    pg_done(r);
    return true;
}

static bool comment(struct preparing *p, struct err *err)
{
    char sql[2 * TABLE_QUOTED + WORDS_ROOM], words[WORDS_ROOM / 2 - 64];
    struct slice profile = slice_take(p->want->profile, 200);
    struct sql_text t;

    snprintf(words, sizeof(words), "Filled by decant from profile %.*s",
             (int)profile.len, profile.ptr);
    sql_init(&t, sql, sizeof(sql));
    sql_put(&t, "COMMENT ON TABLE ");
    sql_put(&t, p->plan->table);
    sql_put(&t, " IS ");
    sql_string(&t, slice_of(words, strlen(words)));
    DEMAND(!t.full);
    return pg_exec(p->pg, sql, err);
}

static bool create(struct preparing *p, struct err *err)
{
    char sql[MAKE_ROOM];
    struct sql_text t;
    bool lz4;

    if (!ask_lz4(p, &lz4, err))
        return false;
    sql_init(&t, sql, sizeof(sql));
    write_create(&t, p->want, lz4);
    DEMAND(!t.full);
    p->plan->created = true;
    return pg_exec(p->pg, sql, err) && comment(p, err);
}

/* Columns that a table of ours lacks.  They are never NOT NULL: rows of
 * before have nothing in them. */
static bool widen(struct preparing *p, struct err *err)
{
    const struct table_want *w = p->want;
    struct pg_result *r;
    char sql[MAKE_ROOM];
    struct sql_text t;
    bool lz4;

    if (!ask_lz4(p, &lz4, err) || !columns(p, &r, err))
        return false;
    sql_init(&t, sql, sizeof(sql));
    sql_put(&t, "ALTER TABLE ");
    sql_put(&t, p->plan->table);
    for (size_t i = 0; i < w->n_columns; i++) {
        if (row_of(r, w->columns[i].name) >= 0)
            continue;
        sql_put(&t, p->plan->added++ ? ", ADD COLUMN " : " ADD COLUMN ");
        write_column(&t, &w->columns[i], lz4);
    }
    pg_done(r);
    DEMAND(!t.full);
    return !p->plan->added || (pg_exec(p->pg, sql, err) && comment(p, err));
}

/* --- compared ------------------------------------------------------------*/

static void compare_column(struct preparing *p, const struct pg_result *r,
                           size_t i)
{
    const struct table_column *c = &p->want->columns[i];
    int row = row_of(r, c->name), n = (int)c->name.len;
    struct table_actual a;
    const char *why;

    p->plan->fields[i] = c->field;
    if (row < 0 && p->plan->made && p->want->look_only)
        return; /* it would be added */
    if (row < 0) {
        DIFFER(p,
               "column %.*s (%.*s) is not in the table: ALTER TABLE %s ADD "
               "COLUMN, or take it out of the profile",
               n, c->name.ptr, (int)c->type.len, c->type.ptr, p->plan->table);
        return;
    }
    a = actual(r, row);
    if (!strcmp(a.type, "vector") && a.modifier > 0 && p->want->dimension &&
        (size_t)a.modifier != p->want->dimension)
        DIFFER(p,
               "column %.*s has %zu numbers in the profile and %d in the table",
               n, c->name.ptr, p->want->dimension, a.modifier);
    else if (a.generated)
        DIFFER(p,
               "column %.*s is generated by the table: take it out of the "
               "profile",
               n, c->name.ptr);
    else if (!table_fit(c->field.form, &a, &p->plan->fields[i], &why))
        DIFFER(p,
               "column %.*s is %.*s in the profile and %s in the table, which "
               "%s: change one of them",
               n, c->name.ptr, (int)c->type.len, c->type.ptr, a.said, why);
}

/* What the table demands and the profile does not fill. */
static void compare_rest(struct preparing *p, const struct pg_result *r)
{
    for (int i = 0; i < pg_rows(r); i++) {
        struct table_actual a = actual(r, i);
        bool filled = false;

        for (size_t k = 0; k < p->want->n_columns && !filled; k++)
            filled = equal(p->want->columns[k].name, a.name);
        if (!filled && a.required && !a.defaulted && !a.generated)
            DIFFER(p,
                   "column %s (%s) is NOT NULL, has no default, and the "
                   "profile does not fill it: give it a default, or add it to "
                   "the profile",
                   a.name, a.said);
    }
}

static bool compare(struct preparing *p, struct err *err)
{
    struct pg_result *r;

    if (!columns(p, &r, err))
        return false;
    for (size_t i = 0; i < p->want->n_columns; i++)
        compare_column(p, r, i);
    compare_rest(p, r);
    pg_done(r);
    if (!p->differences)
        return true;
    return err_set(err, ERR_USAGE,
                   "table %s and profile %.*s do not fit: %zu %s as listed",
                   p->plan->table, (int)slice_take(p->want->profile, 100).len,
                   p->want->profile.ptr, p->differences,
                   p->differences == 1 ? "difference," : "differences,");
}

/* --- all of it -----------------------------------------------------------*/

static bool refuse_absent(struct preparing *p, struct err *err)
{
    char sql[MAKE_ROOM];
    struct sql_text t;

    sql_init(&t, sql, sizeof(sql));
    write_create(&t, p->want, false);
    if (p->want->say)
        p->want->say(p->want->ctx, sql);
    return err_set(err, ERR_USAGE,
                   "there is no table %s, and decant makes tables in schema "
                   "decant only: create it, for example as said above",
                   p->plan->table);
}

/* Remember it, for what comes after the load. */
static bool note(struct preparing *p, struct err *err)
{
    const struct table_want *w = p->want;
    char profile[WORDS_ROOM], hash[PG_PARAM];
    char places[2][TABLE_NAME];
    const size_t at[2] = {w->source_at, w->offset_at};
    struct pg_params params = {7,
                               {p->schema, p->name,
                                p->plan->made ? "true" : "false", profile,
                                pg_put_hash(hash, w->hash)}};
    struct pg_result *r;

    snprintf(profile, sizeof(profile), "%.*s", (int)w->profile.len,
             w->profile.ptr);
    for (size_t i = 0; i < 2; i++) {
        if (at[i] >= w->n_columns)
            continue;
        snprintf(places[i], sizeof(places[i]), "%.*s",
                 (int)w->columns[at[i]].name.len, w->columns[at[i]].name.ptr);
        params.text[5 + i] = places[i];
    }
    if (!pg_query(p->pg, sql_table_note, &params, &r, err))
        return false;
    pg_done(r);
    return true;
}

static bool look(struct preparing *p, struct err *err)
{
    const struct table_want *w = p->want;
    char kind = 'r';

    if (!find(p, &kind, err))
        return false;
    if (!p->plan->there && !equal(w->schema, OURS))
        return refuse_absent(p, err);
    if (!p->plan->there && w->look_only)
        return true;
    if (!p->plan->there) {
        if (!create(p, err) || !find(p, &kind, err))
            return false;
        p->plan->made = true;
    } else if (kind != 'r' && kind != 'p') {
        return err_set(err, ERR_USAGE, "%s is no table that rows can go into",
                       p->plan->table);
    } else if (p->plan->made && !w->look_only && !widen(p, err)) {
        return false;
    }
    return compare(p, err);
}

bool table_prepare(struct pg *pg, const struct table_want *want,
                   struct table_plan *out, struct err *err)
{
    struct preparing p = {.pg = pg, .want = want, .plan = out};

    *out = (struct table_plan){.there = false};
    if (!check_names(&p, err))
        return false;
    write_statements(want, out);
    if (want->look_only)
        return look(&p, err);
    if (!pg_exec(pg, "BEGIN", err))
        return false;
    if (!pg_exec(pg, sql_table_lock, err) || !look(&p, err) || !note(&p, err) ||
        !pg_exec(pg, "COMMIT", err)) {
        pg_rollback(pg);
        return false;
    }
    return true;
}
