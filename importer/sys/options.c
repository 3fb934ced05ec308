/* options.c - see options.h. */
#include "importer/sys/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64 /* longer words are near to nothing */

/* strtoull takes signs and blanks: numbers here begin with a digit. */
bool options_count(const char *text, uint64_t *out)
{
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

/* Also 64KiB and 4096B; units in either case, all of them binary. */
bool options_size(const char *text, uint64_t *out)
{
    static const char units[] = "kmgt";
    unsigned shift = 0;
    const char *unit;
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (errno)
        return false;
    unit = *end ? strchr(units, tolower((unsigned char)*end)) : NULL;
    if (unit) {
        shift = 10 * (unsigned)(unit - units + 1);
        end++;
        end += *end == 'i';
    }
    end += *end == 'B';
    if (*end || *out > UINT64_MAX >> shift)
        return false;
    *out <<= shift;
    return true;
}

/* Levenshtein distance with swaps of neighbours counted as one. */
static size_t distance(const char *a, const char *b)
{
    size_t d[3][WORD_MAX + 1], n = strlen(a), m = strlen(b);
    size_t *back = d[0], *last = d[1], *now = d[2];

    if (n > WORD_MAX || m > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *spare = back;

        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = back[j - 2] + 1 < best ? back[j - 2] + 1 : best;
            now[j] = best;
        }
        back = last;
        last = now;
        now = spare;
    }
    return last[m];
}

const char *options_nearest(const char *word, const char *const *words,
                            size_t n)
{
    size_t len = strlen(word), best = len < 4 ? 2 : len < 8 ? 3 : 4;
    const char *near = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, words[i]);

        /* A beginning that was broken off is near, too. */
        if (len >= 3 && !strncmp(word, words[i], len))
            d = 1;
        if (d < best) {
            best = d;
            near = words[i];
        }
    }
    return near;
}

/* Full names only: an abbreviation would change its meaning with the next
 * option that is added. */
static const struct option_row *by_name(const struct command *c,
                                        const char *name, size_t len)
{
    for (size_t i = 0; i < c->n_rows; i++)
        if (strlen(c->rows[i].name) == len &&
            !strncmp(c->rows[i].name, name, len))
            return &c->rows[i];
    return NULL;
}

/* Letter 0 marks rows without one; no word on the command line has it. */
static const struct option_row *by_letter(const struct command *c, char letter)
{
    for (size_t i = 0; i < c->n_rows; i++)
        if (c->rows[i].letter == letter)
            return &c->rows[i];
    return NULL;
}

/* Bounds are checked here, so that commands need not. */
static bool set_number(const struct option_row *row, const char *text,
                       void *field, struct err *err)
{
    uint64_t value;

    if (row->kind == OPTION_SIZE && !options_size(text, &value))
        return err_set(err, ERR_USAGE,
                       "--%s %s: not a size such as 4096, 64k or 32M",
                       row->name, text);
    if (row->kind == OPTION_COUNT && !options_count(text, &value))
        return err_set(err, ERR_USAGE, "--%s %s: not a number", row->name,
                       text);
    if (value < row->min)
        return err_set(err, ERR_USAGE, "--%s %s: at least %llu", row->name,
                       text, (unsigned long long)row->min);
    if (row->max && value > row->max)
        return err_set(err, ERR_USAGE, "--%s %s: at most %llu", row->name, text,
                       (unsigned long long)row->max);
    memcpy(field, &value, sizeof(value));
    return true;
}

/* The field becomes the index; a wrong word is answered with the list. */
static bool set_choice(const struct option_row *row, const char *text,
                       void *field, struct err *err)
{
    char list[200] = "";
    size_t used = 0;

    for (int i = 0; row->choices[i]; i++) {
        int n;

        if (!strcmp(row->choices[i], text)) {
            memcpy(field, &i, sizeof(i));
            return true;
        }
        n = snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
                     row->choices[i]);
        used += n > 0 && (size_t)n < sizeof(list) - used ? (size_t)n : 0;
    }
    return err_set(err, ERR_USAGE, "--%s %s: choose one of %s", row->name, text,
                   list);
}

/* text is NULL for a flag. */
static bool set(const struct option_row *row, const char *text, void *fields,
                struct err *err)
{
    void *field = (char *)fields + row->field;
    bool yes = true;

    switch (row->kind) {
    case OPTION_FLAG: memcpy(field, &yes, sizeof(yes)); return true;
    case OPTION_TEXT: memcpy(field, &text, sizeof(text)); return true;
    case OPTION_COUNT:
    case OPTION_SIZE: return set_number(row, text, field, err);
    case OPTION_CHOICE: return set_choice(row, text, field, err);
    case OPTION_PARSED:
        err->text[0] = '\0';
        if (row->parse(text, field, err))
            return true;
        err->code = ERR_USAGE;
        return err_while(err, "--%s %s", row->name, text);
    }
    return true;
}

/* DECANT_RANGE_BYTES for --range-bytes. */
static bool from_environment(const struct command *c, void *fields,
                             struct err *err)
{
    for (size_t i = 0; i < c->n_rows; i++) {
        const struct option_row *row = &c->rows[i];
        const char *value;
        char name[80];

        snprintf(name, sizeof(name), "DECANT_%s", row->name);
        for (char *p = name; *p; p++)
            *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
        value = getenv(name);
        if (!value || !*value)
            continue;
        if (row->kind == OPTION_FLAG && !strcmp(value, "0"))
            continue;
        if (!set(row, value, fields, err))
            return err_while(err, "environment variable %s", name);
    }
    return true;
}

struct parser {
    const struct command *command;
    struct operands *argv;
    void *fields;
    int at; /* word being looked at */
};

/* The nearest name is nearly always the one that was meant. */
static bool unknown(const struct command *c, const char *word, struct err *err)
{
    const char *names[128], *near;
    size_t n = 0;

    for (size_t i = 0; i < c->n_rows && n < countof(names) - 1; i++)
        if (!c->rows[i].hidden)
            names[n++] = c->rows[i].name;
    names[n++] = "help";
    near = options_nearest(word, names, n);
    if (near)
        return err_set(err, ERR_USAGE,
                       "unknown option --%s: did you mean --%s?", word, near);
    return err_set(err, ERR_USAGE,
                   "unknown option --%s: 'decant %s --help' lists them", word,
                   c->name);
}

/* The value of an option: what is attached, else the next word. */
static bool value_of(struct parser *p, const struct option_row *row,
                     const char *attached, const char **out, struct err *err)
{
    if (attached) {
        *out = attached;
        return true;
    }
    if (p->at + 1 >= p->argv->count)
        return err_set(err, ERR_USAGE, "--%s needs a value (%s)", row->name,
                       row->argument);
    *out = p->argv->words[++p->at];
    return true;
}

/* --name, --name=VALUE, --name VALUE; `word` is behind the dashes. */
static bool long_option(struct parser *p, const char *word, struct err *err)
{
    const char *equals = strchr(word, '='), *text = NULL;
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const struct option_row *row = by_name(p->command, word, len);

    if (!row && len == 4 && !strncmp(word, "help", 4)) {
        p->argv->help = true;
        return true;
    }
    if (!row) {
        char name[WORD_MAX + 1];

        snprintf(name, sizeof(name), "%.*s",
                 (int)(len < WORD_MAX ? len : WORD_MAX), word);
        return unknown(p->command, name, err);
    }
    if (row->kind == OPTION_FLAG) {
        if (equals)
            return err_set(err, ERR_USAGE, "--%s takes no value", row->name);
    } else if (!value_of(p, row, equals ? equals + 1 : NULL, &text, err)) {
        return false;
    }
    return set(row, text, p->fields, err);
}

/* -qn, -j4, -j 4 */
static bool letters(struct parser *p, const char *word, struct err *err)
{
    for (; *word; word++) {
        const struct option_row *row = by_letter(p->command, *word);
        const char *text = NULL;

        if (!row && *word == 'h') {
            p->argv->help = true;
            continue;
        }
        if (!row)
            return err_set(err, ERR_USAGE,
                           "unknown option -%c: 'decant %s --help' lists them",
                           *word, p->command->name);
        if (row->kind == OPTION_FLAG) {
            if (!set(row, NULL, p->fields, err))
                return false;
            continue;
        }
        return value_of(p, row, word[1] ? word + 1 : NULL, &text, err) &&
               set(row, text, p->fields, err);
    }
    return true;
}

/* Operands are moved to the front of argv as they are found. */
bool options_parse(const struct command *command, struct operands *argv,
                   void *fields, struct err *err)
{
    struct parser p = {command, argv, fields, 0};
    int kept = 0;
    bool open = true; /* no "--" yet */

    argv->help = false;
    if (!from_environment(command, fields, err))
        return false;
    for (; p.at < argv->count; p.at++) {
        char *word = argv->words[p.at];

        if (!open || word[0] != '-' || word[1] == '\0')
            argv->words[kept++] = word;
        else if (!strcmp(word, "--"))
            open = false;
        else if (!(word[1] == '-' ? long_option(&p, word + 2, err)
                                  : letters(&p, word + 1, err)))
            return false;
    }
    argv->count = kept;
    return true;
}

struct help {
    char *out;
    size_t cap;
    size_t len; /* of the whole text, even where it does not fit */
};

/* Append formatted text; counts on where the buffer has ended. */
PRINTF_LIKE(2, 3)
static void line(struct help *h, const char *fmt, ...)
{
    size_t room = h->len < h->cap ? h->cap - h->len : 0;
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(room ? h->out + h->len : NULL, room, fmt, args);
    va_end(args);
    h->len += n > 0 ? (size_t)n : 0;
}

/* The left column: "  -j, --workers N". */
static size_t left(const struct option_row *row, char *out, size_t cap)
{
    char letter[8] = "    ";
    int n;

    if (row->letter)
        snprintf(letter, sizeof(letter), "-%c, ", row->letter);
    n = snprintf(out, cap, "  %s--%s%s%s", letter, row->name,
                 row->argument ? " " : "", row->argument ? row->argument : "");
    return n > 0 ? (size_t)n : 0;
}

/* Rows too long for the left column push their sentence to the next line. */
size_t options_help(const struct command *c, char *out, size_t cap)
{
    struct help h = {out, cap, 0};
    size_t width = strlen("      --help") + 2;
    char text[120];

    for (size_t i = 0; i < c->n_rows; i++) {
        size_t n = left(&c->rows[i], text, sizeof(text)) + 2;

        if (!c->rows[i].hidden && n > width && n < 32)
            width = n;
    }
    line(&h, "Usage: %s\n%s\n\nOptions:\n", c->usage, c->summary);
    for (size_t i = 0; i < c->n_rows; i++) {
        if (c->rows[i].hidden)
            continue;
        left(&c->rows[i], text, sizeof(text));
        line(&h, "%-*s", (int)width, text);
        if (strlen(text) + 2 > width)
            line(&h, "\n%*s", (int)width, "");
        line(&h, "%s\n", c->rows[i].help);
    }
    line(&h, "%-*sshow this help\n", (int)width, "  -h, --help");
    if (c->epilog)
        line(&h, "\n%s\n", c->epilog);
    return h.len;
}
