/* test_cluster.c - the private cluster: create, share, crash, start, stop. */
#include "tests/unit/world/server.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "importer/pg/cluster.h"
#include "importer/pg/cluster_run.h"
#include "importer/sys/clock.h"
#include "importer/sys/files.h"

static char folder[64];
static bool available;

#define NEED_POSTGRES() \
    do {                \
        if (!available) \
            skip();     \
    } while (0)

static void at(const char *place)
{
    char path[200];

    snprintf(path, sizeof(path), "%s%s", folder, place);
    setenv("XDG_DATA_HOME", path, 1);
}

static struct cluster find(void)
{
    struct err err = {.code = ERR_NONE};
    struct cluster c;

    assert_ok(cluster_find(&c, &err));
    return c;
}

static enum cluster_state state_of(const struct cluster *c)
{
    struct err err = {.code = ERR_NONE};
    enum cluster_state state;

    assert_ok(cluster_state(c, &state, &err));
    return state;
}

static void test_env(void **state)
{
    static const char *const names[] = {"DATABASE_URL", "PGHOST", "PGHOSTADDR",
                                        "PGSERVICE", "PGDATABASE"};

    (void)state;
    for (size_t i = 0; i < countof(names); i++)
        unsetenv(names[i]);
    assert_null(cluster_env());
    setenv("PGUSER", "x", 1);
    assert_null(cluster_env());
    unsetenv("PGUSER");
    for (size_t i = 0; i < countof(names); i++) {
        setenv(names[i], "", 1);
        assert_null(cluster_env());
        setenv(names[i], "x", 1);
        assert_string_equal(cluster_env(), names[i]);
        unsetenv(names[i]);
    }
}

static void test_find(void **state)
{
    char place[160];
    struct cluster c;

    (void)state;
    at("/a b");
    c = find();
    assert_non_null(strstr(c.root, "/a b/decant"));
    assert_non_null(strstr(c.url, "/a%20b/decant/socket&port=5432"));
    assert_int_equal(state_of(&c), CLUSTER_ABSENT);
    /* a socket's path may have 107 bytes */
    place[0] = '/';
    memset(place + 1, 'x', 120);
    place[121] = '\0';
    at(place);
    c = find();
    assert_memory_equal(c.socket, "/tmp/decant-", 12);
    assert_true(strlen(c.socket) < 80);
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "/some/where", 1);
    c = find();
    assert_string_equal(c.root, geteuid() == 0
                                    ? "/var/lib/decant"
                                    : "/some/where/.local/share/decant");
}

/* Another decant starting at the same time: this program with "start". */
static int starter(void)
{
    struct err err = {.code = ERR_NONE};
    bool created, started;
    struct cluster c;

    if (cluster_find(&c, &err) && cluster_start(&c, &created, &started, &err))
        return created ? 10 : 11;
    fprintf(stderr, "%s\n", err.text);
    return 1;
}

static void test_life(void **state)
{
    enum { N = 3 };
    struct err err = {.code = ERR_NONE};
    bool created, started, stopped;
    int created_by = 0;
    struct cluster c;
    struct pg *pg;
    struct stat st;
    pid_t pids[N];

    (void)state;
    NEED_POSTGRES();
    at("/it's here");
    c = find();
    for (int i = 0; i < N; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            execl("/proc/self/exe", "test_cluster", "start", (char *)NULL);
            _exit(127);
        }
    }
    for (int i = 0; i < N; i++) {
        int status = -1;

        assert_true(waitpid(pids[i], &status, 0) == pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) >= 10);
        created_by += WEXITSTATUS(status) == 10;
    }
    assert_int_equal(created_by, 1);
    assert_int_equal(state_of(&c), CLUSTER_RUNNING);
    assert_int_equal(stat(c.root, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(c.socket, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(st.st_uid, c.owner.uid);
    assert_ok(pg_open(c.url, "test", &pg, &err));
    snprintf(server_url, sizeof(server_url), "%s", c.url);
    assert_int_equal(server_number(pg, "SELECT current_user = 'decant' AND "
                                       "current_database() = 'decant' AND "
                                       "current_setting('listen_addresses') "
                                       "= ''"),
                     1);
    pg_close(pg);

    /* kill -9, as the machine would; the next start is as usual */
    assert_true(cluster_pid(&c) > 0);
    kill((pid_t)cluster_pid(&c), SIGKILL);
    for (int i = 0; i < 100 && cluster_pid(&c); i++)
        clock_sleep(0.05);
    assert_int_equal(state_of(&c), CLUSTER_STOPPED);
    assert_ok(cluster_start(&c, &created, &started, &err));
    assert_true(!created && started);
    assert_ok(cluster_stop(&c, &stopped, &err));
    assert_true(stopped);
    assert_ok(cluster_stop(&c, &stopped, &err));
    assert_false(stopped);

    /* a leftover postmaster.pid whose number somebody else has now */
    char path[CLUSTER_PATH + 32], text[CLUSTER_PATH + 32];

    snprintf(path, sizeof(path), "%s/postmaster.pid", c.data);
    snprintf(text, sizeof(text), "%d\n%s\n", (int)getpid(), c.data);
    assert_ok(file_replace(path, slice_of(text, strlen(text)), &err));
    assert_int_equal(state_of(&c), CLUSTER_STOPPED);
    assert_ok(cluster_start(&c, &created, &started, &err));
    assert_true(started);
    assert_ok(cluster_stop(&c, &stopped, &err));

    /* init alone, and a server that cannot start says why */
    assert_ok(cluster_init(&c, &created, &err));
    assert_false(created);
    snprintf(path, sizeof(path), "%s/postgresql.conf", c.data);
    assert_ok(file_append(path, SLICE("nonsense = 1\n"), &err));
    assert_false(cluster_start(&c, &created, &started, &err));
    print_message("%s\n", err.text);
    assert_non_null(strstr(err.text, "postgresql.log"));
}

static void test_closed_parent(void **state)
{
    struct err err = {.code = ERR_NONE};
    char path[200];
    struct cluster c;

    (void)state;
    NEED_POSTGRES();
    if (geteuid() != 0)
        skip();
    at("/closed/data");
    snprintf(path, sizeof(path), "%s/closed", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    c = find();
    assert_false(cluster_start(&c, NULL, NULL, &err));
    print_message("%s\n", err.text);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "postgres"));
    assert_non_null(strstr(err.text, "chmod o+x"));
}

static void test_not_installed(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct cluster c;

    (void)state;
    if (geteuid() == 0 && !available)
        skip();
    at("/absent");
    c = find();
    c.bin[0] = '\0';
    assert_false(cluster_start(&c, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "apt-get install postgresql"));
}

static int start(void **state)
{
    (void)state;
    available = server_do("available") == 0;
    if (!available)
        print_message("skipped: no PostgreSQL on this machine\n");
    snprintf(folder, sizeof(folder), "/tmp/decant-cluster.XXXXXX");
    return mkdtemp(folder) && chmod(folder, 0755) == 0 ? 0 : -1;
}

static int stop(void **state)
{
    struct err err = {.code = ERR_NONE};
    char command[128];
    struct cluster c;
    bool stopped;

    (void)state;
    at("/it's here");
    if (cluster_find(&c, &err) && !cluster_stop(&c, &stopped, &err))
        print_message("%s\n", err.text);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_env),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_closed_parent),
        cmocka_unit_test(test_not_installed),
    };

    (void)argv;
    if (argc == 2)
        return starter();
    return cmocka_run_group_tests(tests, start, stop);
}
