/*
 * cmd_schema.c - `decant schema validate`: the schema engine alone.
 *
 *     SCHEMA   -> [schema_compile] -> program
 *     INSTANCE -> tape -> [schema_run] -> one verdict on stdout, in order
 *
 * Nothing is fetched.  A reference is answered from three places: what decant
 * brings, files beside SCHEMA and below, and the folder of --remotes, which
 * stands for http://localhost:1234/.
 */
#include "cli/commands.h"

#include "importer/report/summary.h"
#include "importer/sys/texts.h"
#include "validate/json/check.h"
#include "validate/json/escape.h"
#include "validate/json/write.h"
#include "validate/schema/schema.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define EXIT_INVALID 3
#define INSTANCE_MAX ((size_t)128 << 20) /* as --max-line of import */
#define SCHEMA_ROOM  ((size_t)2 << 30)
#define TEXTS_ROOM   ((size_t)1 << 30)
#define WORK_ROOM    ((size_t)6 << 30) /* text, tape, stack and verdict */
#define ESCAPED      6   /* a byte of text as JSON or in a URI at most */
#define VERDICT_ROOM 512 /* punctuation and names of one verdict */

static const struct slice remote_base = SLICE_INIT("http://localhost:1234/");

struct fields {
    const char *remotes;
    bool json;
    bool format_assertion;
};

#define AT(member) offsetof(struct fields, member)

static const struct option_row rows[] = {
    {.name = "json",
     .kind = OPTION_FLAG,
     .field = AT(json),
     .help = "one JSON object per INSTANCE: instance, valid, errors"},
    {.name = "format-assertion",
     .kind = OPTION_FLAG,
     .field = AT(format_assertion),
     .help = "\"format\" must hold; else it only describes"},
    {.name = "remotes",
     .kind = OPTION_TEXT,
     .field = AT(remotes),
     .argument = "DIR",
     .help = "files below DIR answer for http://localhost:1234/"},
};

static const struct command command = {
    .name = "schema",
    .usage = "decant schema validate [OPTION]... SCHEMA INSTANCE...",
    .summary = "Validate JSON files against a JSON Schema (draft 2020-12).",
    .rows = rows,
    .n_rows = countof(rows),
    .epilog = "SCHEMA, INSTANCE: a file, or - for stdin (once). A reference "
              "to a file beside\nSCHEMA or below is followed; nothing is "
              "fetched. exit: 0 all valid, 1 the\nschema is wrong, 2 usage, 3 "
              "some INSTANCE is not valid\n",
};

/* --- what references ask for ---------------------------------------------- */

struct library {
    struct folder beside, remotes; /* fd -1: there is none */
    struct slice beside_base;      /* "file:///home/me/schemas/" */
    struct arena arena;            /* texts, which the schema borrows */
};

/* A path as the path of a URI (RFC 3986). */
static struct slice uri_of(const char *path, struct arena *arena)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    static const char digits[] = "0123456789ABCDEF";
    size_t len = strlen(path), n = 0;
    char *out = arena_bytes(arena, 3 * len + 16);

    if (!out)
        return slice_of(NULL, 0);
    memcpy(out, "file://", 7);
    n = 7;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)path[i];

        if (strchr(plain, path[i])) {
            out[n++] = path[i];
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    arena_trim(arena, out + n);
    return slice_of(out, n);
}

/* The rest of uri behind base with its %XX read, {NULL, 0} when uri is not
 * below base. */
static struct slice name_below(struct slice uri, struct slice base,
                               struct arena *arena)
{
    struct slice rest = slice_drop(uri, base.len);
    char *out;
    size_t n = 0;

    if (!base.len || !slice_eq(slice_take(uri, base.len), base))
        return slice_of(NULL, 0);
    out = arena_bytes(arena, rest.len + 1);
    for (size_t i = 0; out && i < rest.len; i++) {
        uint32_t high = 16, low = 16;

        if (rest.ptr[i] == '%' && i + 2 < rest.len) {
            high = escape_digit(rest.ptr[i + 1]);
            low = escape_digit(rest.ptr[i + 2]);
        }
        if ((high | low) < 16) {
            out[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[n++] = rest.ptr[i];
        }
    }
    return slice_of(out, n);
}

static bool from_folder(struct library *lib, const struct folder *folder,
                        struct slice base, struct slice uri, struct slice *text)
{
    struct slice name;
    struct err ignored;

    if (folder->fd < 0)
        return false;
    name = name_below(uri, base, &lib->arena);
    return name.ptr && folder_read(folder, name, &lib->arena, text, &ignored);
}

/* The callback of schema_compile(); a file that is not there is a reference
 * that leads nowhere, and the engine says so. */
static bool look_up(void *ctx, struct slice uri, struct slice *text)
{
    struct library *lib = ctx;

    return from_folder(lib, &lib->remotes, remote_base, uri, text) ||
           from_folder(lib, &lib->beside, lib->beside_base, uri, text);
}

/* Where SCHEMA lies; *uri is its own. From stdin it lies nowhere. */
static bool library_open(struct library *lib, const char *schema,
                         const char *remotes, struct slice *uri,
                         struct err *err)
{
    const char *slash = strrchr(schema, '/');
    char path[2 * FILE_PATH_MAX];

    lib->beside.fd = lib->remotes.fd = -1;
    if (!arena_open(&lib->arena, TEXTS_ROOM, err))
        return false;
    *uri = lib->beside_base = slice_of(NULL, 0);
    if (remotes && !folder_open(remotes, &lib->remotes, err))
        return false;
    if (!strcmp(schema, "-"))
        return true;
    if (!folder_open_of(schema, &lib->beside, err))
        return false;
    snprintf(path, sizeof(path), "%s%s", lib->beside.path,
             lib->beside.path[1] ? "/" : "");
    lib->beside_base = uri_of(path, &lib->arena);
    snprintf(path, sizeof(path), "%s%s%s", lib->beside.path,
             lib->beside.path[1] ? "/" : "", slash ? slash + 1 : schema);
    *uri = uri_of(path, &lib->arena);
    return uri->ptr || err_set(err, ERR_MEMORY, "no room for a path");
}

/* --- the schema ----------------------------------------------------------- */

struct program {
    struct library library;
    struct arena arena;
    struct schema *schema;
};

static bool compile(const char *path, const struct fields *f, struct program *p,
                    struct err *err)
{
    struct schema_options options = {
        .format_assertion = f->format_assertion,
        .remote = look_up,
        .ctx = &p->library,
    };
    struct schema_problem why;
    struct slice text;

    if (!arena_open(&p->arena, SCHEMA_ROOM, err) ||
        !library_open(&p->library, path, f->remotes, &options.base_uri, err) ||
        !text_read(path, TEXT_SMALL_MAX, &p->library.arena, &text, err))
        return false;
    if (schema_compile(text, &options, &p->arena, &p->schema, &why))
        return true;
    return err_set(err, ERR_IO, "%s: %.*s#%.*s: %.*s", path, (int)why.uri.len,
                   why.uri.ptr, (int)why.pointer.len, why.pointer.ptr,
                   (int)why.words.len, why.words.ptr);
}

/* --- the instances -------------------------------------------------------- */

struct instance_verdict {
    bool valid;
    struct schema_mismatch why;
};

static void not_json(struct instance_verdict *out, struct slice message,
                     struct slice pointer)
{
    *out = (struct instance_verdict){.why = {.keyword = SLICE("json"),
                                             .instance_pointer = pointer,
                                             .message = message}};
}

/* What cannot be read is not valid, and the others go on. */
static void judge(const struct schema *schema, const char *path,
                  struct arena *work, struct instance_verdict *out)
{
    struct json_error wrong;
    struct json_tape tape;
    struct slice text;
    struct err err;

    if (!text_read(path, INSTANCE_MAX, work, &text, &err)) {
        not_json(out, arena_copy(work, slice_of(err.text, strlen(err.text))),
                 slice_of(NULL, 0));
        return;
    }
    if (!json_tape_build(text, work, &tape, &wrong)) {
        char words[128];
        int len = snprintf(words, sizeof(words), "%s, at byte %zu",
                           json_code_words(wrong.code).ptr, wrong.at);

        not_json(out, arena_copy(work, slice_of(words, (size_t)len)),
                 json_locate(text, wrong.at, work));
        return;
    }
    out->why = (struct schema_mismatch){.keyword = slice_of(NULL, 0)};
    out->valid = schema_run(schema, &tape, work, &out->why) == SCHEMA_VALID;
}

static void put_member(struct json_out *out, struct slice key,
                       struct slice text)
{
    json_put_key(out, key);
    json_put_string(out, text);
}

static bool tell_json(const char *path, const struct instance_verdict *j,
                      struct arena *work, struct err *err)
{
    const struct schema_mismatch *why = &j->why;
    size_t room =
        VERDICT_ROOM + ESCAPED * (strlen(path) + why->instance_pointer.len +
                                  why->schema_pointer.len + why->keyword.len +
                                  why->message.len);
    char *bytes = arena_bytes(work, room + 1);
    struct json_out out;

    if (!bytes)
        return err_set(err, ERR_MEMORY, "no room for a verdict");
    json_out_init(&out, bytes, room);
    json_put_open(&out, '{');
    put_member(&out, SLICE("instance"), slice_of(path, strlen(path)));
    json_put_key(&out, SLICE("valid"));
    json_put_bool(&out, j->valid);
    json_put_key(&out, SLICE("errors"));
    json_put_open(&out, '[');
    if (!j->valid) {
        json_put_open(&out, '{');
        put_member(&out, SLICE("instance_pointer"), why->instance_pointer);
        put_member(&out, SLICE("schema_pointer"), why->schema_pointer);
        put_member(&out, SLICE("keyword"), why->keyword);
        put_member(&out, SLICE("message"), why->message);
        json_put_close(&out, '}');
    }
    json_put_close(&out, ']');
    json_put_close(&out, '}');
    DEMAND(!out.full);
    bytes[out.len] = '\n';
    return cli_put(slice_of(bytes, out.len + 1), err);
}

/* On a terminal nothing of the data may act: control characters become
 * spaces, and a verdict stays one line. */
static bool put_plain(struct slice text, struct arena *work, struct err *err)
{
    struct slice copy = arena_copy(work, text);
    char *c = copy.ptr ? work->base + (copy.ptr - work->base) : NULL;

    if (!c)
        return !text.len || err_set(err, ERR_MEMORY, "no room for a verdict");
    for (size_t i = 0; i < copy.len; i++)
        if ((unsigned char)c[i] < ' ' || c[i] == 0x7F)
            c[i] = ' ';
    return cli_put(copy, err);
}

static bool tell_text(const char *path, const struct instance_verdict *j,
                      struct arena *work, struct err *err)
{
    struct slice where = j->why.instance_pointer;

    if (!put_plain(slice_of(path, strlen(path)), work, err) ||
        !cli_put(j->valid ? SLICE(": valid") : SLICE(": invalid: "), err))
        return false;
    if (!j->valid && (!put_plain(j->why.message, work, err) ||
                      (where.len && (!cli_put(SLICE(", at "), err) ||
                                     !put_plain(where, work, err)))))
        return false;
    return cli_put(SLICE("\n"), err);
}

static bool judge_all(const struct schema *schema, const struct fields *f,
                      const struct operands *instances, bool *valid,
                      struct err *err)
{
    struct arena work;
    bool ok = arena_open(&work, WORK_ROOM, err);

    for (int i = 0; ok && i < instances->count; i++) {
        const char *path = instances->words[i];
        struct instance_verdict j = {.valid = false};

        arena_rewind(&work, 0);
        judge(schema, path, &work, &j);
        *valid &= j.valid;
        ok = f->json ? tell_json(path, &j, &work, err)
                     : tell_text(path, &j, &work, err);
    }
    arena_close(&work);
    return ok && cli_flush(err);
}

static bool check_words(const struct operands *words, struct err *err)
{
    int from_stdin = 0;

    if (words->count && strcmp(words->words[0], "validate") != 0)
        return err_set(err, ERR_USAGE,
                       "unknown action '%s'; there is "
                       "'validate'",
                       words->words[0]);
    for (int i = 1; i < words->count; i++)
        from_stdin += !strcmp(words->words[i], "-");
    if (words->count < 3)
        return err_set(err, ERR_USAGE,
                       "a schema and at least one instance are needed");
    return from_stdin < 2 ||
           err_set(err, ERR_USAGE, "stdin can be read only once");
}

int cmd_schema(int argc, char **argv)
{
    struct operands words = {.count = argc, .words = argv};
    struct operands instances;
    static struct program program; /* its memory is the process's */
    struct fields f = {0};
    struct err err = {0};
    bool valid = true;

    if (!options_parse(&command, &words, &f, &err))
        return cli_usage("schema", &err);
    if (words.help)
        return cli_help(&command);
    if (!check_words(&words, &err))
        return cli_usage("schema", &err);
    instances =
        (struct operands){.count = words.count - 2, .words = words.words + 2};
    if (!compile(words.words[1], &f, &program, &err) ||
        !judge_all(program.schema, &f, &instances, &valid, &err))
        return cli_fail(&err);
    return valid ? EXIT_DONE : EXIT_INVALID;
}
