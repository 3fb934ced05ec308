/*
 * cluster.c - see cluster.h: where things are.  cluster_run.c acts on it.
 */
#include "importer/pg/cluster.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "importer/pg/cluster_run.h"
#include "importer/sys/program.h"
#include "validate/base/hash.h"

#define DEBIAN_BIN "/usr/lib/postgresql"

const char *cluster_env(void)
{
    static const char *const names[] = {"DATABASE_URL", "PGHOST", "PGHOSTADDR",
                                        "PGSERVICE", "PGDATABASE"};

    for (size_t i = 0; i < countof(names); i++) {
        const char *value = getenv(names[i]);

        if (value && *value)
            return names[i];
    }
    return NULL;
}

bool cluster_path(char *out, const char *folder, const char *name,
                  struct err *err)
{
    int n =
        snprintf(out, CLUSTER_PATH, "%s%s%s", folder, *name ? "/" : "", name);

    return (n > 0 && n < CLUSTER_PATH) ||
           err_set(err, ERR_USAGE, "%.200s...: the path is too long", folder);
}

/* A bin folder without initdb is a client installation. */
static bool has_initdb(const char *bin)
{
    char path[CLUSTER_PATH + 16];

    snprintf(path, sizeof(path), "%s/initdb", bin);
    return access(path, X_OK) == 0;
}

/* What pg_config says; it names libpq's version, not always a server. */
static bool bin_by_config(char *out)
{
    static const char *const argv[] = {"pg_config", "--bindir", NULL};
    struct program p = {.argv = argv};
    struct err ignored;

    if (!program_run(&p, &ignored) || !p.end.exited || p.end.status != 0)
        return false;
    snprintf(out, CLUSTER_PATH, "%.*s", CLUSTER_PATH - 1,
             program_last_line(&p));
    return has_initdb(out);
}

/* /usr/lib/postgresql/<major>/bin: the wanted major, else the highest. */
static bool bin_by_folder(long wanted, char *out)
{
    DIR *dir = opendir(DEBIAN_BIN);
    struct dirent *entry;
    long best = 0;

    if (!dir)
        return false;
    while ((entry = readdir(dir)) != NULL) {
        char path[CLUSTER_PATH];
        long major = strtol(entry->d_name, NULL, 10);

        if (major <= best || (wanted && major != wanted))
            continue;
        snprintf(path, sizeof(path), DEBIAN_BIN "/%ld/bin", major);
        if (!has_initdb(path))
            continue;
        best = major;
        memcpy(out, path, sizeof(path));
    }
    closedir(dir);
    return best > 0;
}

/* The major version of an existing cluster, 0 when there is none. */
static long data_version(const char *data)
{
    char path[CLUSTER_PATH + 16], text[16] = "";
    FILE *f;

    snprintf(path, sizeof(path), "%s/PG_VERSION", data);
    f = fopen(path, "re");
    if (!f)
        return 0;
    if (!fgets(text, sizeof(text), f))
        text[0] = '\0';
    fclose(f);
    return strtol(text, NULL, 10);
}

/* Root lives outside its home, which is closed to the user postgres. */
static bool find_root(struct cluster *c, struct err *err)
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    char share[CLUSTER_PATH];

    if (xdg && xdg[0] == '/')
        return cluster_path(c->root, xdg, "decant", err);
    if (c->become)
        return cluster_path(c->root, "/var/lib", "decant", err);
    if (!home || home[0] != '/')
        home = c->owner.home;
    if (home[0] != '/')
        return err_set(err, ERR_USAGE,
                       "no home directory: set XDG_DATA_HOME, or name a "
                       "server with --db");
    return cluster_path(share, home, ".local/share", err) &&
           cluster_path(c->root, share, "decant", err);
}

/* A socket's path may have 107 bytes: long roots get a short one in /tmp. */
static bool find_socket(struct cluster *c, struct err *err)
{
    char hex[2 * HASH_BYTES + 1], name[64];

    if (!cluster_path(c->socket, c->root, "socket", err))
        return false;
    if (strlen(c->socket) + strlen("/.s.PGSQL.5432.lock") <= 107)
        return true;
    hash_hex(hash_of(slice_of(c->root, strlen(c->root))), hex);
    snprintf(name, sizeof(name), "decant-%lu-%.12s",
             (unsigned long)c->owner.uid, hex);
    return cluster_path(c->socket, "/tmp", name, err);
}

/* The URI as libpq takes it: the folder of the socket is a "host" there, what
 * is not plain is percent-encoded; the port names the socket's file, and is
 * spelled out because $PGPORT would change it. */
static void put_url(struct cluster *c)
{
    size_t used = (size_t)snprintf(c->url, sizeof(c->url),
                                   "postgresql://decant@/decant?host=");

    for (const char *p = c->socket; *p && used + 16 < sizeof(c->url); p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
                     (*p >= 'A' && *p <= 'Z') || strchr("/-._~", *p);

        used += (size_t)snprintf(c->url + used, sizeof(c->url) - used,
                                 plain ? "%c" : "%%%02X", (unsigned char)*p);
    }
    snprintf(c->url + used, sizeof(c->url) - used, "&port=5432");
}

/* An existing cluster needs programs of its own major version, a new one
 * takes the newest. */
bool cluster_find(struct cluster *out, struct err *err)
{
    long major;

    *out = (struct cluster){0};
    user_self(&out->owner);
    out->become = geteuid() == 0;
    if (out->become && !user_find("postgres", &out->owner))
        return err_set(err, ERR_DATABASE,
                       "PostgreSQL does not run as root and there is no user "
                       "postgres: apt-get install postgresql, or name a "
                       "server with --db");
    if (!find_root(out, err) ||
        !cluster_path(out->data, out->root, "pgdata", err) ||
        !cluster_path(out->log, out->root, "postgresql.log", err) ||
        !find_socket(out, err))
        return false;
    put_url(out);
    major = data_version(out->data);
    if (!(major && bin_by_folder(major, out->bin)) &&
        !bin_by_config(out->bin) && !bin_by_folder(0, out->bin))
        out->bin[0] = '\0';
    return true;
}

/* The process of postmaster.pid, if it still is this cluster's server: its
 * working directory is the data directory.  Numbers are reused, above all
 * after a reboot, so that the number alone proves nothing. */
long cluster_pid(const struct cluster *c)
{
    char path[CLUSTER_PATH + 32], text[32] = "", cwd[PATH_MAX], data[PATH_MAX];
    ssize_t n;
    FILE *f;
    long pid;

    snprintf(path, sizeof(path), "%s/postmaster.pid", c->data);
    f = fopen(path, "re");
    if (!f)
        return 0;
    if (!fgets(text, sizeof(text), f))
        text[0] = '\0';
    fclose(f);
    pid = strtol(text, NULL, 10);
    snprintf(path, sizeof(path), "/proc/%ld/cwd", pid);
    n = pid > 0 ? readlink(path, cwd, sizeof(cwd) - 1) : -1;
    if (n < 0 || !realpath(c->data, data))
        return 0;
    cwd[n] = '\0';
    return strcmp(cwd, data) ? 0 : pid;
}

/* A folder without PG_VERSION was never finished: it counts as absent. */
bool cluster_state(const struct cluster *c, enum cluster_state *out,
                   struct err *err)
{
    struct stat st;

    *out = CLUSTER_ABSENT;
    if (stat(c->data, &st) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return true;
        return err_set(err, ERR_IO, "%s: %s", c->data, strerror(errno));
    }
    if (data_version(c->data) == 0)
        return true;
    *out = cluster_pid(c) ? CLUSTER_RUNNING : CLUSTER_STOPPED;
    return true;
}
