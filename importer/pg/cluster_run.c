/*
 * cluster_run.c - create, start and stop the private cluster.
 *
 * One decant at a time acts: the others wait for its flock(2).  initdb works
 * in a folder of its own, renamed when it is finished, so that a half-made
 * cluster is never taken for one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "importer/pg/cluster_run.h"
#include "importer/pg/pg.h"
#include "importer/sys/clock.h"
#include "importer/sys/files.h"
#include "importer/sys/program.h"

#define START_TRIES 5 /* a second apart: children of a killed server linger */

/* What went wrong with a path, in the system's words. */
static bool failed(const char *what, const char *path, struct err *err)
{
    return err_set(err, ERR_IO, "%s %s: %s", what, path, strerror(errno));
}

/* The one error that most people meet first: it names the remedy. */
static bool installed(const struct cluster *c, struct err *err)
{
    return c->bin[0] ||
           err_set(err, ERR_DATABASE,
                   "the PostgreSQL server is not installed (no initdb): "
                   "apt-get install postgresql, or name a server with --db");
}

/* Run one of PostgreSQL's programs as the owner; its status must be 0. */
static bool tool(const struct cluster *c, const char *const *argv,
                 struct program *p, struct err *err)
{
    *p = (struct program){
        .argv = argv,
        .as = c->become ? &c->owner : NULL,
        .cwd = "/",
        .detach = true,
    };
    if (!program_run(p, err))
        return false;
    if (p->end.exited && p->end.status == 0)
        return true;
    return err_set(err, ERR_DATABASE, "%s: %.300s", argv[0],
                   program_last_line(p));
}

/* mkdir -p of the folders above; what is missing is made for everybody to
 * pass through. */
static bool make_parents(const char *path, struct err *err)
{
    char copy[CLUSTER_PATH];

    snprintf(copy, sizeof(copy), "%s", path);
    for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            return failed("create", copy, err);
        *p = '/';
    }
    return true;
}

/* A folder that only the owner may enter. */
static bool make_private(const struct cluster *c, const char *path,
                         struct err *err)
{
    struct stat st;

    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return failed("create", path, err);
    if (lstat(path, &st) != 0)
        return failed("look at", path, err);
    if (!S_ISDIR(st.st_mode))
        return err_set(err, ERR_IO, "%s: not a directory", path);
    if (st.st_uid == c->owner.uid)
        return true;
    /* In /tmp somebody else may have been here first. */
    if (!c->become || st.st_uid != 0)
        return err_set(err, ERR_IO, "%s: belongs to uid %lu, not to %s", path,
                       (unsigned long)st.st_uid, c->owner.name);
    if (chown(path, c->owner.uid, c->owner.gid) != 0)
        return failed("give away", path, err);
    return true;
}

/* By permission bits alone: good enough to name the culprit in words. */
static bool may_enter(const struct user *u, const struct stat *st)
{
    if (st->st_uid == u->uid)
        return st->st_mode & S_IXUSR;
    if (st->st_gid == u->gid)
        return st->st_mode & S_IXGRP;
    return st->st_mode & S_IXOTH;
}

/* As root: the server's user must get through to its folder. */
static bool check_way(const struct cluster *c, struct err *err)
{
    const char *const argv[] = {"test", "-w", c->root, NULL};
    char copy[CLUSTER_PATH];
    struct program p;
    struct stat st;

    if (!c->become || tool(c, argv, &p, err))
        return true;
    snprintf(copy, sizeof(copy), "%s", c->root);
    for (char *s = strchr(copy + 1, '/'); s; s = strchr(s + 1, '/')) {
        *s = '\0';
        if (stat(copy, &st) == 0 && !may_enter(&c->owner, &st))
            return err_set(err, ERR_IO,
                           "the user %s cannot enter %s: chmod o+x it, or set "
                           "XDG_DATA_HOME to another place",
                           c->owner.name, copy);
        *s = '/';
    }
    return err_set(err, ERR_IO, "the user %s cannot write to %s", c->owner.name,
                   c->root);
}

/* Everything above the cluster, made and passable. */
static bool make_root(const struct cluster *c, struct err *err)
{
    return make_parents(c->root, err) && make_private(c, c->root, err) &&
           check_way(c, err);
}

/* The lock's file; held until closed.  -1: failed. */
static int lock(const struct cluster *c, struct err *err)
{
    char path[CLUSTER_PATH];
    int fd;

    if (!cluster_path(path, c->root, "lock", err))
        return -1;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        failed("open", path, err);
        return -1;
    }
    while (flock(fd, LOCK_EX) != 0) {
        if (errno == EINTR)
            continue;
        failed("lock", path, err);
        close(fd);
        return -1;
    }
    return fd;
}

/* initdb into `fresh`, after what an interrupted one may have left there. */
static bool run_initdb(const struct cluster *c, const char *fresh,
                       struct err *err)
{
    char initdb[CLUSTER_PATH], conf[CLUSTER_PATH];
    const char *const clean[] = {"rm", "-rf", "--", fresh, NULL};
    const char *const make[] = {initdb,
                                "-D",
                                fresh,
                                "-U",
                                "decant",
                                "-E",
                                "UTF8",
                                "--locale=C.UTF-8",
                                "--auth=trust",
                                "--no-instructions",
                                NULL};
    struct program p;

    return cluster_path(initdb, c->bin, "initdb", err) &&
           cluster_path(conf, fresh, "postgresql.conf", err) &&
           tool(c, clean, &p, err) && tool(c, make, &p, err) &&
           file_append(conf, SLICE("include 'decant.conf'\n"), err);
}

/* The rename is what makes the cluster exist. */
static bool create(const struct cluster *c, struct err *err)
{
    char fresh[CLUSTER_PATH];

    if (!installed(c, err) || !cluster_path(fresh, c->root, "pgdata.new", err))
        return false;
    if (!run_initdb(c, fresh, err))
        return err_while(err, "create a database cluster in %s", c->root);
    return rename(fresh, c->data) == 0 || failed("rename", fresh, err);
}

/* Our settings, written anew at each start: the folder may have moved. */
static bool write_conf(const struct cluster *c, struct err *err)
{
    char path[CLUSTER_PATH], text[3 * CLUSTER_PATH];
    size_t n;

    n = (size_t)snprintf(text, sizeof(text), "%s",
                         "# written by decant at each start\n"
                         "listen_addresses = ''\n"
                         "port = 5432\n"
                         "unix_socket_permissions = 0700\n"
                         "max_wal_size = 4GB\n"
                         "checkpoint_timeout = 15min\n"
                         "shared_buffers = 256MB\n"
                         /* so long an index waits for autovacuum to yield */
                         "deadlock_timeout = 100ms\n"
                         "unix_socket_directories = '");
    for (const char *p = c->socket; *p; p++) {
        if (*p == '\'' || *p == '\\')
            text[n++] = *p;
        text[n++] = *p;
    }
    memcpy(text + n, "'\n", 2);
    if (!cluster_path(path, c->data, "decant.conf", err) ||
        !file_replace(path, slice_of(text, n + 2), err))
        return false;
    return !c->become || lchown(path, c->owner.uid, c->owner.gid) == 0 ||
           failed("give away", path, err);
}

/* The last complaint in the server's log, whose language is always English;
 * "" when there is none. */
static void complaint(const struct cluster *c, char *out, size_t cap)
{
    char text[4096];
    struct file_span span = {0, sizeof(text) - 1};
    struct err ignored;
    struct stat st;
    size_t n;

    if (stat(c->log, &st) == 0 && (size_t)st.st_size > span.len)
        span.at = (uint64_t)st.st_size - span.len;
    if (!file_read_at(c->log, span, text, &n, &ignored))
        n = 0;
    text[n] = '\0';
    out[0] = '\0';
    for (char *p = text; (p = strstr(p, "FATAL:")) != NULL; p++)
        snprintf(out, cap, "%.*s", (int)strcspn(p, "\n"), p);
}

/* One try.  *again: children of a killed server may still be leaving. */
static bool start_once(const struct cluster *c, bool *again, struct err *err)
{
    char pg_ctl[CLUSTER_PATH], pid_file[CLUSTER_PATH], words[300];
    const char *const argv[] = {pg_ctl, "start", "-D", c->data, "-l", c->log,
                                "-w",   "-t",    "60", "-s",    NULL};
    struct program p;

    *again = false;
    if (!cluster_path(pg_ctl, c->bin, "pg_ctl", err) ||
        !cluster_path(pid_file, c->data, "postmaster.pid", err))
        return false;
    /* No server of ours has this number: the file is a leftover, and would
     * stop the start if another process has the number now. */
    if (!cluster_pid(c))
        (void)unlink(pid_file);
    if (tool(c, argv, &p, err))
        return true;
    complaint(c, words, sizeof(words));
    *again = strstr(words, "shared memory") || strstr(words, "lock file");
    if (words[0])
        err_set(err, ERR_DATABASE, "%s", words);
    return err_while(err, "start PostgreSQL (log: %s)", c->log);
}

/* Start the server and wait until it accepts connections. */
static bool start(const struct cluster *c, struct err *err)
{
    bool again = true;

    if (!installed(c, err) || !make_private(c, c->socket, err) ||
        !write_conf(c, err))
        return false;
    for (int i = 0; again && i < START_TRIES; i++) {
        if (i > 0)
            clock_sleep(1);
        if (start_once(c, &again, err))
            return true;
    }
    return false;
}

/* The server runs: does it answer, is the database there? */
static bool ensure_database(const struct cluster *c, struct err *err)
{
    char url[2 * CLUSTER_PATH];
    const char *rest = strstr(c->url, "?host=");
    struct pg_result *r = NULL;
    struct pg *pg = NULL;
    double until = clock_seconds() + 60;
    bool there, ok;

    DEMAND(rest);
    snprintf(url, sizeof(url), "postgresql://decant@/postgres%s", rest);
    /* Crash recovery may take its time. */
    while (!(ok = pg_open(url, "db", &pg, err)) && err->code == ERR_RETRY &&
           clock_seconds() < until)
        clock_sleep(0.2);
    if (!ok)
        return false;
    ok = pg_query(pg, "SELECT FROM pg_database WHERE datname = 'decant'", NULL,
                  &r, err);
    there = ok && pg_rows(r) == 1;
    if (ok && !there)
        ok = pg_exec(pg, "CREATE DATABASE decant", err);
    pg_done(r);
    pg_close(pg);
    return ok;
}

/* Under the lock: create and start what is not there. */
static bool bring_up(struct cluster *c, bool *created, bool *started,
                     struct err *err)
{
    enum cluster_state state;

    if (!cluster_state(c, &state, err))
        return false;
    *created = state == CLUSTER_ABSENT;
    if (*created && !create(c, err))
        return false;
    *started = state != CLUSTER_RUNNING;
    if (*started && !start(c, err))
        return false;
    return ensure_database(c, err);
}

bool cluster_start(struct cluster *c, bool *created, bool *started,
                   struct err *err)
{
    bool ignored_1, ignored_2, ok;
    int held;

    if (!make_root(c, err))
        return false;
    held = lock(c, err);
    if (held < 0)
        return false;
    ok = bring_up(c, created ? created : &ignored_1,
                  started ? started : &ignored_2, err);
    close(held);
    return ok;
}

bool cluster_init(struct cluster *c, bool *created, struct err *err)
{
    enum cluster_state state;
    bool ok;
    int held;

    *created = false;
    if (!make_root(c, err))
        return false;
    held = lock(c, err);
    if (held < 0)
        return false;
    ok = cluster_state(c, &state, err);
    if (ok && state == CLUSTER_ABSENT)
        ok = *created = create(c, err);
    close(held);
    return ok;
}

bool cluster_stop(struct cluster *c, bool *stopped, struct err *err)
{
    char pg_ctl[CLUSTER_PATH];
    const char *const argv[] = {pg_ctl, "stop", "-D", c->data, "-m", "fast",
                                "-w",   "-t",   "60", "-s",    NULL};
    enum cluster_state state;
    struct program p;
    int held;

    *stopped = false;
    if (!cluster_state(c, &state, err))
        return false;
    if (state != CLUSTER_RUNNING)
        return true;
    held = lock(c, err);
    if (held < 0)
        return false;
    if (cluster_pid(c)) {
        *stopped = installed(c, err) &&
                   cluster_path(pg_ctl, c->bin, "pg_ctl", err) &&
                   tool(c, argv, &p, err);
        close(held);
        return *stopped || err_while(err, "stop PostgreSQL");
    }
    close(held);
    return true;
}
