/* sql_text.c - see sql_text.h. */
#include "importer/pg/sql_text.h"

#include <string.h>

void sql_init(struct sql_text *t, char *bytes, size_t cap)
{
    DEMAND(cap > 0);
    *t = (struct sql_text){.bytes = bytes, .cap = cap};
    bytes[0] = '\0';
}

static void put(struct sql_text *t, struct slice s)
{
    if (t->full || s.len >= t->cap - t->len) {
        t->full = true;
        return;
    }
    if (s.len)
        memcpy(t->bytes + t->len, s.ptr, s.len);
    t->len += s.len;
    t->bytes[t->len] = '\0';
}

void sql_put(struct sql_text *t, const char *words)
{
    put(t, slice_of(words, strlen(words)));
}

/* Between two of `quote`, each one inside doubled.  Strings are read as
 * standard_conforming_strings says, which pg_open() sets. */
static void quoted(struct sql_text *t, struct slice s, char quote)
{
    struct slice mark = slice_of(&quote, 1);

    put(t, mark);
    for (;;) {
        size_t n = slice_find(s, quote);

        put(t, slice_take(s, n));
        if (n == s.len)
            break;
        put(t, mark);
        put(t, mark);
        s = slice_drop(s, n + 1);
    }
    put(t, mark);
}

void sql_name(struct sql_text *t, struct slice name)
{
    quoted(t, name, '"');
}

void sql_string(struct sql_text *t, struct slice text)
{
    quoted(t, text, '\'');
}

void sql_table(struct sql_text *t, struct slice schema, struct slice name)
{
    sql_name(t, schema);
    sql_put(t, ".");
    sql_name(t, name);
}

void sql_element(struct sql_text *t, struct slice text)
{
    put(t, SLICE("\""));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            put(t, SLICE("\\"));
        put(t, slice_of(text.ptr + i, 1));
    }
    put(t, SLICE("\""));
}
