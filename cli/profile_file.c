/* profile_file.c - see profile_file.h. */
#include "cli/profile_file.h"

#include <stdio.h>
#include <string.h>

#include "importer/sys/log.h"
#include "importer/sys/options.h"
#include "importer/sys/texts.h"

#define BUILTINS_MAX 32
#define NAME_ROOM    64

bool profile_is_file(const char *what)
{
    size_t n = strlen(what);

    return strchr(what, '/') || (n > 5 && !strcmp(what + n - 5, ".json"));
}

/* "raw, text, qa": all of them, as far as they fit. */
static void name_all(char *out, size_t cap)
{
    size_t len = 0;

    *out = '\0';
    for (size_t i = 0; i < n_builtins; i++) {
        int n = snprintf(out + len, cap - len, "%s%.*s", i ? ", " : "",
                         (int)builtins[i].name.len, builtins[i].name.ptr);

        if (n < 0 || (size_t)n >= cap - len)
            return;
        len += (size_t)n;
    }
}

bool profile_builtin(const char *name, const struct builtin **out,
                     struct err *err)
{
    char names[BUILTINS_MAX][NAME_ROOM], all[256];
    const char *list[BUILTINS_MAX];
    const char *near;
    size_t n = n_builtins < BUILTINS_MAX ? n_builtins : BUILTINS_MAX;

    if (builtin_find(slice_of(name, strlen(name)), out))
        return true;
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "%.*s", (int)builtins[i].name.len,
                 builtins[i].name.ptr);
        list[i] = names[i];
    }
    near = options_nearest(name, list, n);
    if (near)
        return err_set(err, ERR_USAGE,
                       "no built-in profile '%s', did you mean '%s'?", name,
                       near);
    name_all(all, sizeof(all));
    return err_set(err, ERR_USAGE,
                   "no built-in profile '%.100s'; decant profile list has them "
                   "(%s); a file has a '/' in it or ends in .json",
                   name, all);
}

struct beside {
    struct folder folder;
    struct arena *arena;
};

static bool read_beside(void *ctx, struct slice path, struct slice *text)
{
    struct beside *b = ctx;
    struct err ignored;

    return folder_read(&b->folder, path, b->arena, text, &ignored);
}

static bool parse(const struct profile_source *source, struct arena *arena,
                  const struct profile **out, struct err *err)
{
    struct profile_problem why;

    if (!profile_parse(source, arena, out, &why))
        return err_set(err, ERR_USAGE, "%.*s: #%.*s: %.*s",
                       (int)source->name.len, source->name.ptr,
                       (int)why.pointer.len, why.pointer.ptr,
                       (int)why.words.len, why.words.ptr);
    if ((*out)->draft.len)
        log_say(LOG_LEVEL_INFO, "profile.draft",
                "%.*s: its $schema is an older draft than 2020-12: where "
                "they differ it is read by the rules of draft %.*s",
                (int)source->name.len, source->name.ptr, (int)(*out)->draft.len,
                (*out)->draft.ptr);
    return true;
}

static bool open_file(const char *path, struct arena *arena,
                      const struct profile **out, struct err *err)
{
    struct beside b = {.arena = arena};
    struct profile_source source = {
        .name = arena_copy(arena, slice_of(path, strlen(path))),
        .read = read_beside,
        .ctx = &b,
    };
    bool ok;

    if (!source.name.ptr)
        return err_set(err, ERR_MEMORY, "no room for a profile");
    if (!text_read(path, TEXT_SMALL_MAX, arena, &source.text, err) ||
        !folder_open_of(path, &b.folder, err))
        return false;
    ok = parse(&source, arena, out, err);
    folder_close(&b.folder);
    return ok;
}

bool profile_open(const char *what, struct arena *arena,
                  const struct profile **out, struct err *err)
{
    const struct builtin *b;
    struct profile_source source = {.read = NULL};

    if (profile_is_file(what))
        return open_file(what, arena, out, err);
    if (!profile_builtin(what, &b, err))
        return false;
    source.name = b->name;
    source.text = b->text;
    return parse(&source, arena, out, err);
}
