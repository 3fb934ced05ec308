/* smiles_out.c - see smiles_out.h. */
#include "cli/smiles_out.h"

#include "cli/commands.h"

#include "validate/json/write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ESCAPED   6    /* a byte of text as JSON at most */
#define JSON_ROOM 4096 /* names and numbers of one object */
#define MARGIN    8    /* of a terminal's width, for the frame of a line */
#define RED       "\033[31m"
#define GREEN     "\033[32m"
#define YELLOW    "\033[33m"
#define PLAIN     "\033[0m"

static const struct {
    struct slice code, key;
} babel_states[] = {
    [SMILES_BABEL_UNASKED] = {SLICE_INIT("openbabel_unasked"),
                              SLICE_INIT("unasked")},
    [SMILES_BABEL_OK] = {SLICE_INIT("ok"), SLICE_INIT("ok")},
    [SMILES_BABEL_REJECTED] = {SLICE_INIT("openbabel_rejected"),
                               SLICE_INIT("rejected")},
    [SMILES_BABEL_REFUSED] = {SLICE_INIT("openbabel_refused"),
                              SLICE_INIT("refused")},
    [SMILES_BABEL_CRASHED] = {SLICE_INIT("openbabel_crashed"),
                              SLICE_INIT("crashed")},
    [SMILES_BABEL_TIMEOUT] = {SLICE_INIT("openbabel_timeout"),
                              SLICE_INIT("timeout")},
    [SMILES_BABEL_MEMORY] = {SLICE_INIT("openbabel_memory"),
                             SLICE_INIT("memory")},
};
_Static_assert(countof(babel_states) == SMILES_BABEL_STATES, "all of them");

struct slice smiles_babel_code(enum smiles_babel_state state)
{
    return babel_states[state].code;
}

bool smiles_line_bad(const struct smiles_form *form,
                     const struct smiles_line *line)
{
    return line->verdict.code != SMILES_OK ||
           (form->engine != SMILES_ENGINE_NATIVE &&
            line->babel.state != SMILES_BABEL_OK);
}

/* Where in the line the verdict points to. */
static size_t place(const struct smiles_line *line, size_t at)
{
    return (size_t)(line->smiles.ptr - line->whole.ptr) + at;
}

/* --- TSV ------------------------------------------------------------------ */

/* Words may quote the input: tabs and line ends must not look like ours. */
static bool put_escaped(struct slice words, struct err *err)
{
    static const char from[] = "\t\n\r", to[] = "tnr";

    for (size_t i = 0; i < words.len; i++) {
        const char *found = words.ptr[i] ? strchr(from, words.ptr[i]) : NULL;
        char escape[2] = {'\\', found ? to[found - from] : 0};

        if (!cli_put(found ? slice_of(escape, 2) : slice_of(words.ptr + i, 1),
                     err))
            return false;
    }
    return true;
}

/* Who says it, unless the words do. */
static struct slice speaker(struct slice words)
{
    static const struct slice names[] = {SLICE_INIT("Open Babel"),
                                         SLICE_INIT("decant-chem")};

    for (size_t i = 0; i < countof(names); i++) {
        if (words.len >= names[i].len &&
            !memcmp(words.ptr, names[i].ptr, names[i].len))
            return SLICE("");
    }
    return SLICE("Open Babel: ");
}

/* All warnings in words, with a semicolon between them; what Open Babel has
 * to say of an accepted line is one of them. */
static bool put_warnings(const struct smiles_line *line, struct err *err)
{
    uint32_t warnings = line->verdict.warnings;
    bool more = false;

    for (unsigned i = 0; i < SMILES_WARNING_COUNT; i++) {
        if (!(warnings >> i & 1))
            continue;
        if (!cli_put(more ? SLICE("; ") : SLICE("warning: "), err) ||
            !put_escaped(smiles_warning_words((enum smiles_warning)i), err))
            return false;
        more = true;
    }
    if (!line->babel.words.len)
        return true;
    return cli_put(more ? SLICE("; ") : SLICE("warning: "), err) &&
           cli_put(speaker(line->babel.words), err) &&
           put_escaped(line->babel.words, err);
}

/* A column of Open Babel's, as it is.  What would break the line has no
 * business there. */
static bool put_column(struct slice text, struct err *err)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < 0x20)
            return true;
    }
    return cli_put(text, err);
}

static bool put_columns(const struct smiles_babel *b, struct err *err)
{
    const struct slice columns[] = {b->canonical, b->inchikey, b->formula,
                                    b->weight};

    for (size_t i = 0; i < countof(columns); i++) {
        if (!cli_put(SLICE("\t"), err) || !put_column(columns[i], err))
            return false;
    }
    return true;
}

static bool put_bad(const struct smiles_line *line, struct err *err)
{
    const struct smiles_verdict *v = &line->verdict;
    char at[24];
    int n = snprintf(at, sizeof(at), "\t%zu\t", place(line, v->at));

    if (v->code != SMILES_OK)
        return cli_put(SLICE("bad\t"), err) &&
               cli_put(smiles_code_key(v->code), err) &&
               cli_put(slice_of(at, (size_t)n), err) &&
               put_escaped(v->words, err);
    return cli_put(SLICE("bad\t"), err) &&
           cli_put(smiles_babel_code(line->babel.state), err) &&
           cli_put(SLICE("\t\t"), err) && put_escaped(line->babel.words, err);
}

static bool out_tsv(const struct smiles_form *form,
                    const struct smiles_line *line, struct err *err)
{
    bool bad = smiles_line_bad(form, line);

    if (!bad && !form->canonical && !line->verdict.warnings &&
        !line->babel.words.len)
        return cli_put(SLICE("ok\t\t\t\n"), err); /* nearly all lines */
    if (bad ? !put_bad(line, err)
            : !cli_put(SLICE("ok\t\t\t"), err) || !put_warnings(line, err))
        return false;
    return (!form->canonical || put_columns(&line->babel, err)) &&
           cli_put(SLICE("\n"), err);
}

/* --- JSON ----------------------------------------------------------------- */

/* u, to the millionth. */
static void put_mass(struct json_out *out, double mass)
{
    char text[48];
    int n = snprintf(text, sizeof(text), "%.6f", mass);

    json_put_raw(out, slice_of(text, (size_t)n));
}

static void put_properties(struct json_out *out,
                           const struct smiles_properties *p)
{
    json_put_key(out, SLICE("formula"));
    json_put_string(out, p->formula);
    json_put_key(out, SLICE("mass"));
    put_mass(out, p->mass);
    json_put_key(out, SLICE("exact_mass"));
    put_mass(out, p->exact_mass);
    json_put_key(out, SLICE("heavy_atoms"));
    json_put_uint(out, p->heavy_atoms);
    json_put_key(out, SLICE("fragments"));
    json_put_uint(out, p->fragments);
    json_put_key(out, SLICE("rings"));
    json_put_uint(out, p->rings);
    json_put_key(out, SLICE("charge"));
    json_put_int(out, p->charge);
}

static void put_text(struct json_out *out, struct slice key, struct slice text)
{
    json_put_key(out, key);
    if (text.len)
        json_put_string(out, text);
    else
        json_put_null(out);
}

static void put_babel(struct json_out *out, const struct smiles_babel *b)
{
    json_put_key(out, SLICE("openbabel"));
    json_put_open(out, '{');
    json_put_key(out, SLICE("state"));
    json_put_string(out, babel_states[b->state].key);
    put_text(out, SLICE("message"), b->words);
    if (b->state == SMILES_BABEL_OK && b->formula.len) {
        put_text(out, SLICE("canonical"), b->canonical);
        put_text(out, SLICE("inchikey"), b->inchikey);
        put_text(out, SLICE("formula"), b->formula);
        json_put_key(out, SLICE("weight"));
        json_put_raw(out, b->weight);
    }
    json_put_close(out, '}');
}

static void put_verdict(struct json_out *out, const struct smiles_line *line,
                        bool bad)
{
    const struct smiles_verdict *v = &line->verdict;

    json_put_key(out, SLICE("smiles"));
    json_put_string(out, line->smiles);
    json_put_key(out, SLICE("ok"));
    json_put_bool(out, !bad);
    if (v->code != SMILES_OK) {
        json_put_key(out, SLICE("code"));
        json_put_string(out, smiles_code_key(v->code));
        json_put_key(out, SLICE("offset"));
        json_put_uint(out, place(line, v->at));
        json_put_key(out, SLICE("length"));
        json_put_uint(out, v->len);
        json_put_key(out, SLICE("words"));
        json_put_string(out, v->words);
    } else if (bad) {
        json_put_key(out, SLICE("code"));
        json_put_string(out, smiles_babel_code(line->babel.state));
        put_text(out, SLICE("words"), line->babel.words);
    }
    json_put_key(out, SLICE("warnings"));
    json_put_open(out, '[');
    for (unsigned i = 0; i < SMILES_WARNING_COUNT; i++) {
        if (v->warnings >> i & 1)
            json_put_string(out, smiles_warning_key((enum smiles_warning)i));
    }
    json_put_close(out, ']');
}

static bool out_json(const struct smiles_form *form,
                     const struct smiles_line *line, struct arena *arena,
                     struct err *err)
{
    const struct smiles_verdict *v = &line->verdict;
    const struct smiles_babel *b = &line->babel;
    size_t room =
        JSON_ROOM +
        ESCAPED * (line->smiles.len + 2 * (v->words.len + b->words.len) +
                   b->canonical.len + b->inchikey.len + b->formula.len);
    char *bytes = arena_bytes(arena, room);
    struct json_out out;

    if (!bytes)
        return err_set(err, ERR_MEMORY, "line %llu: no room to write it",
                       (unsigned long long)line->number);
    json_out_init(&out, bytes, room);
    json_put_open(&out, '{');
    put_verdict(&out, line, smiles_line_bad(form, line));
    if (v->code == SMILES_OK && v->properties.formula.len)
        put_properties(&out, &v->properties);
    if (b->state != SMILES_BABEL_UNASKED)
        put_babel(&out, b);
    json_put_close(&out, '}');
    DEMAND(!out.full);
    return cli_put(json_out_slice(&out), err) && cli_put(SLICE("\n"), err);
}

/* --- for people ----------------------------------------------------------- */

/* The text as far as it can be shown: what moves a cursor becomes a '?'. */
static void show(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        putchar(c < 0x20 || c == 0x7f ? '?' : c);
    }
}

static void show_place(const struct smiles_form *form, struct slice text,
                       size_t at, size_t len)
{
    size_t width = form->width > 4 * MARGIN ? form->width - MARGIN : MARGIN;
    struct smiles_window window = smiles_window_at(text, at, len, width);

    fputs(window.cut_before ? "  ..." : "  ", stdout);
    show(window.text);
    puts(window.cut_after ? "..." : "");
    printf("  %*s", (int)(window.caret + (window.cut_before ? 3 : 0)), "");
    for (size_t i = 0; i < window.carets; i++)
        putchar('^');
    putchar('\n');
}

static void head(const struct smiles_form *form, const struct smiles_line *line,
                 const char *color, const char *word)
{
    printf("%llu: %s%s%s ", (unsigned long long)line->number,
           form->color ? color : "", word, form->color ? PLAIN : "");
}

static void show_babel(const struct smiles_form *form,
                       const struct smiles_babel *b)
{
    const struct slice columns[] = {b->canonical, b->inchikey, b->formula,
                                    b->weight};

    if (b->state == SMILES_BABEL_UNASKED)
        return;
    if (b->words.len &&
        (b->state == SMILES_BABEL_OK || form->engine == SMILES_ENGINE_NATIVE)) {
        fputs("  ", stdout);
        show(speaker(b->words));
        show(b->words);
        putchar('\n');
    }
    if (!form->canonical || b->state != SMILES_BABEL_OK)
        return;
    putchar(' ');
    for (size_t i = 0; i < countof(columns); i++) {
        putchar(' ');
        show(columns[i].len ? columns[i] : SLICE("-"));
    }
    putchar('\n');
}

static bool out_people(const struct smiles_form *form,
                       const struct smiles_line *line, struct err *err)
{
    const struct smiles_verdict *v = &line->verdict;

    if (v->code != SMILES_OK) {
        head(form, line, RED, "bad");
        printf("%.*s, at byte %zu: ", (int)smiles_code_key(v->code).len,
               smiles_code_key(v->code).ptr, place(line, v->at));
        show(v->words);
        putchar('\n');
        show_place(form, line->whole, place(line, v->at), v->len);
    } else if (smiles_line_bad(form, line)) {
        head(form, line, RED, "bad");
        show(smiles_babel_code(line->babel.state));
        fputs(": ", stdout);
        show(line->babel.words);
        fputs("\n  ", stdout);
        show(line->whole);
        putchar('\n');
    } else if (v->warnings) {
        struct slice words = smiles_warning_words(v->warned);

        head(form, line, YELLOW, "ok, but");
        printf("%.*s\n", (int)words.len, words.ptr);
        show_place(form, line->whole, place(line, v->warned_at), v->warned_len);
    } else {
        head(form, line, GREEN, "ok");
        show(line->whole);
        putchar('\n');
    }
    show_babel(form, &line->babel);
    return !ferror(stdout) ||
           err_set(err, ERR_IO, "write to stdout: %s", strerror(errno));
}

bool smiles_out(const struct smiles_form *form, const struct smiles_line *line,
                struct arena *arena, struct err *err)
{
    switch (form->kind) {
    case SMILES_FORM_TSV: return out_tsv(form, line, err);
    case SMILES_FORM_JSON: return out_json(form, line, arena, err);
    case SMILES_FORM_PEOPLE: break;
    }
    return out_people(form, line, err);
}
