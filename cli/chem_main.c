/*
 * chem_main.c - the program `decant-chem`: Open Babel at arm's length.
 *
 *     SMILES, one a line -> [gate] -> [Open Babel] -> one JSON object a line
 *
 * A process of its own, because Open Babel is GPL-2, crashes, hangs and eats
 * memory: `decant molecules` starts several, feeds them over a socket, times
 * every answer and kills what is late.  The work is done in one thread with a
 * big stack, since canonical labelling recurses; the address space is
 * limited, so that a hungry molecule is an answer and not a full machine.
 * Every answer is written before the next line is looked at.
 */
#include "cli/commands.h"
#include "importer/sys/options.h"
#include "validate/chem/gate.h"
#include "validate/chem/openbabel.h"
#include "validate/json/write.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define STACK_BYTES  ((size_t)64 << 20)
#define MEMORY_BYTES ((uint64_t)2 << 30)
#define MEMORY_MIN   ((uint64_t)192 << 20) /* the stack and the library */
#define IN_BYTES     ((size_t)1 << 20) /* far more than the gate lets pass */
#define OUT_BYTES    ((size_t)4 << 20) /* a drawing of 400 atoms is 100 KB */

struct fields {
    uint64_t memory;
    bool svg, verdict, hello, version, no_gate;
};

static const struct option_row rows[] = {
    {.name = "svg",
     .kind = OPTION_FLAG,
     .field = offsetof(struct fields, svg),
     .help = "draw each molecule as well"},
    {.name = "verdict",
     .kind = OPTION_FLAG,
     .field = offsetof(struct fields, verdict),
     .help = "only whether it can be read, ten times as fast"},
    {.name = "hello",
     .kind = OPTION_FLAG,
     .field = offsetof(struct fields, hello),
     .help = "first a line that says who answers, or why nobody can"},
    {.name = "memory",
     .kind = OPTION_SIZE,
     .field = offsetof(struct fields, memory),
     .argument = "SIZE",
     .min = MEMORY_MIN,
     .help = "address space; default 2G"},
    {.name = "no-gate",
     .kind = OPTION_FLAG,
     .field = offsetof(struct fields, no_gate),
     .hidden = true,
     .help = "give Open Babel what it is known to die of, to see it die"},
    {.name = "version",
     .letter = 'V',
     .kind = OPTION_FLAG,
     .field = offsetof(struct fields, version),
     .help = "who this is, and under which licence"},
};

static const struct command command = {
    .name = "decant-chem",
    .usage = "decant-chem [OPTION]... <SMILES >NDJSON",
    .summary = "What Open Babel makes of each SMILES: the worker of `decant "
               "molecules`.",
    .rows = rows,
    .n_rows = countof(rows),
};

/* The one thread's world. */
struct work {
    struct fields fields;
    struct chem *chem;
    struct json_out out;
    int exit;
};

static char in_bytes[IN_BYTES], out_bytes[OUT_BYTES];

/* --- one molecule --------------------------------------------------------*/

typedef enum chem_status question(struct chem *chem, struct slice *out,
                                  struct chem_words *words);

/* A text about the molecule, or null; the first reason why not is kept. */
static enum chem_status put_text(struct work *w, const char *key, question *ask,
                                 struct chem_words *first)
{
    struct chem_words words = {""};
    struct slice text;
    enum chem_status status = ask(w->chem, &text, &words);

    if (!first->text[0])
        *first = words;
    json_put_key(&w->out, slice_of(key, strlen(key)));
    if (status == CHEM_OK)
        json_put_string(&w->out, text);
    else
        json_put_null(&w->out);
    return status;
}

static void put_number(struct json_out *out, const char *key, double value)
{
    char text[48];
    int len = snprintf(text, sizeof(text), "%.6f", value);

    json_put_key(out, slice_of(key, strlen(key)));
    json_put_raw(out, slice_of(text, (size_t)len));
}

static enum chem_status put_figures(struct work *w, struct chem_words *words)
{
    struct chem_figures f = {0};
    struct chem_words ignored;
    enum chem_status status =
        chem_measure(w->chem, &f, words->text[0] ? &ignored : words);

    if (status != CHEM_OK)
        return status;
    put_number(&w->out, "weight", f.weight);
    put_number(&w->out, "exact_mass", f.exact_mass);
    json_put_key(&w->out, SLICE("heavy_atoms"));
    json_put_uint(&w->out, f.heavy);
    json_put_key(&w->out, SLICE("rings"));
    json_put_uint(&w->out, f.rings);
    json_put_key(&w->out, SLICE("charge"));
    json_put_int(&w->out, f.charge);
    return status;
}

/* A missing InChIKey (a wildcard, say) is no verdict on the molecule; want of
 * memory ends the asking. */
static enum chem_status put_answers(struct work *w, struct chem_words *words)
{
    enum chem_status worst = put_figures(w, words);

    if (worst != CHEM_MEMORY)
        worst = put_text(w, "formula", chem_formula, words);
    if (worst != CHEM_MEMORY)
        worst = put_text(w, "canonical", chem_canonical, words);
    if (worst != CHEM_MEMORY)
        worst = put_text(w, "inchikey", chem_inchikey, words);
    if (worst != CHEM_MEMORY && w->fields.svg)
        worst = put_text(w, "svg", chem_depict, words);
    return worst == CHEM_MEMORY ? CHEM_MEMORY : CHEM_OK;
}

static void put_end(struct json_out *out, const char *state, bool ok,
                    const char *words)
{
    json_put_key(out, SLICE("state"));
    json_put_string(out, slice_of(state, strlen(state)));
    json_put_key(out, SLICE("ok"));
    json_put_bool(out, ok);
    json_put_key(out, SLICE("message"));
    if (*words)
        json_put_string(out, slice_of(words, strlen(words)));
    else
        json_put_null(out);
    json_put_key(out, SLICE("version"));
    json_put_string(out, slice_of(chem_version(), strlen(chem_version())));
    json_put_close(out, '}');
}

static void begin(struct work *w, struct slice smiles)
{
    json_out_init(&w->out, out_bytes, OUT_BYTES - 1 /* the newline */);
    json_put_open(&w->out, '{');
    json_put_key(&w->out, SLICE("smiles"));
    json_put_string(&w->out, smiles);
}

/* The object about one line; `oversize` ones are only named. */
static void answer(struct work *w, struct slice smiles, bool oversize)
{
    static const char *const states[] = {
        [CHEM_OK] = "done",
        [CHEM_REJECTED] = "done",
        [CHEM_MEMORY] = "memory",
        [CHEM_FAILED] = "done",
    };
    const char *why = oversize            ? "longer than 1 MiB"
                      : w->fields.no_gate ? NULL
                                          : gate_refuses(smiles);
    struct chem_words words = {""};
    enum chem_status status;

    begin(w, smiles);
    if (why) {
        put_end(&w->out, "refused", false, why);
        return;
    }
    status = chem_read(w->chem, smiles, &words);
    if (status == CHEM_OK && !w->fields.verdict)
        status = put_answers(w, &words);
    put_end(&w->out, states[status], status == CHEM_OK, words.text);
    if (w->out.full) {
        begin(w, SLICE(""));
        put_end(&w->out, "refused", false, "an answer too long");
    }
}

/* --- lines in, lines out -------------------------------------------------*/

static bool write_out(struct work *w)
{
    size_t done = 0;

    w->out.bytes[w->out.len++] = '\n';
    while (done < w->out.len) {
        ssize_t n =
            write(STDOUT_FILENO, w->out.bytes + done, w->out.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool say(struct work *w, struct slice line, bool oversize)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    answer(w, line, oversize);
    return write_out(w);
}

/* Answer the complete lines of the first `len` bytes and keep the rest at the
 * front.  *oversize: the line that goes on began in a buffer before this. */
static bool say_lines(struct work *w, size_t *len, bool *oversize)
{
    struct slice rest = slice_of(in_bytes, *len);
    size_t end;

    while ((end = slice_find(rest, '\n')) < rest.len) {
        struct slice line = *oversize ? SLICE("") : slice_take(rest, end);

        if (!say(w, line, *oversize))
            return false;
        *oversize = false;
        rest = slice_drop(rest, end + 1);
    }
    if (rest.len == IN_BYTES) {
        *oversize = true;
        rest.len = 0;
    }
    memmove(in_bytes, rest.ptr, rest.len);
    *len = rest.len;
    return true;
}

/* One read of a packet socket is one line whole: the buffer has more room
 * than any packet. */
static bool say_all(struct work *w)
{
    bool oversize = false;
    size_t len = 0;

    while (true) {
        ssize_t n = read(STDIN_FILENO, in_bytes + len, IN_BYTES - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            return (!len && !oversize) ||
                   say(w, slice_of(in_bytes, len), oversize);
        len += (size_t)n;
        if (!say_lines(w, &len, &oversize))
            return false;
    }
}

/* {"program":"Open Babel","version":"3.1.1","error":null} */
static bool hello(struct work *w, const char *error)
{
    json_out_init(&w->out, out_bytes, OUT_BYTES - 1);
    json_put_open(&w->out, '{');
    json_put_key(&w->out, SLICE("program"));
    json_put_string(&w->out, SLICE("Open Babel"));
    json_put_key(&w->out, SLICE("version"));
    json_put_string(&w->out, slice_of(chem_version(), strlen(chem_version())));
    json_put_key(&w->out, SLICE("error"));
    if (error)
        json_put_string(&w->out, slice_of(error, strlen(error)));
    else
        json_put_null(&w->out);
    json_put_close(&w->out, '}');
    return write_out(w);
}

static void *work(void *arg)
{
    struct work *w = arg;
    struct chem_words words;

    if (!chem_open(&w->chem, &words)) {
        if (!w->fields.hello || !hello(w, words.text))
            fprintf(stderr, "decant-chem: %s\n", words.text);
        w->exit = 1;
        return NULL;
    }
    if ((w->fields.hello && !hello(w, NULL)) || !say_all(w)) {
        fprintf(stderr, "decant-chem: read or write: %s\n", strerror(errno));
        w->exit = 74;
    }
    return NULL;
}

/* --- the program ---------------------------------------------------------*/

/* A molecule that kills us is expected: no core files. */
static void set_limits(uint64_t memory)
{
    struct rlimit core = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &core);
#ifdef __SANITIZE_ADDRESS__
    (void)memory; /* its shadow alone is larger */
#else
    struct rlimit space = {memory, memory};

    (void)setrlimit(RLIMIT_AS, &space);
#endif
}

static int run(struct work *w)
{
    pthread_attr_t attr;
    pthread_t thread;
    int error = pthread_attr_init(&attr);

    if (!error)
        error = pthread_attr_setstacksize(&attr, STACK_BYTES);
    if (!error)
        error = pthread_create(&thread, &attr, work, w);
    if (!error)
        error = pthread_join(thread, NULL);
    if (!error)
        return w->exit;
    fprintf(stderr, "decant-chem: a thread: %s\n", strerror(error));
    return 1;
}

static int say_version(void)
{
    printf("decant-chem " DECANT_VERSION " with Open Babel %s\n"
           "This executable is linked with libopenbabel and is, as a whole, "
           "a work under the\nGNU General Public License, version 2. There is "
           "no warranty.\n",
           chem_version());
    return 0;
}

static int say_help(void)
{
    static char text[4096];

    options_help(&command, text, sizeof(text));
    fputs(text, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    static struct work w = {.fields = {.memory = MEMORY_BYTES}};
    struct operands words = {.count = argc - 1, .words = argv + 1};
    struct err err;
    int status;

    if (!options_parse(&command, &words, &w.fields, &err) ||
        (words.count &&
         !err_set(&err, ERR_USAGE, "takes no operand '%s'", words.words[0]))) {
        fprintf(stderr, "decant-chem: %s; see decant-chem --help\n", err.text);
        return 2;
    }
    if (words.help)
        return say_help();
    if (w.fields.version)
        return say_version();
    set_limits(w.fields.memory);
    status = run(&w);
    /* Open Babel's static destructors have nothing to save. */
    fflush(stdout);
    _exit(status);
}
