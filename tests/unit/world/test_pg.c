/* test_pg.c - connections, their failures, and migrations, on a server. */
#include "tests/unit/world/server.h"

#include <string.h>
#include <sys/wait.h>

static void test_refused_connections(void **state)
{
    static const struct {
        const char *name, *conninfo, *sqlstate;
        enum err_code code;
    } table[] = {
        {"no socket", "host=/nonexistent connect_timeout=2", "", ERR_RETRY},
        {"no such role", "user=nobody_here", "28000", ERR_DATABASE},
        {"no such database", "dbname=none user=postgres", "3D000",
         ERR_DATABASE},
        {"bad parameter", "nonsense=1", "", ERR_USAGE},
    };

    (void)state;
    NEED_SERVER();
    for (size_t i = 0; i < countof(table); i++) {
        struct err err = {.code = ERR_NONE};
        struct pg *pg;
        char text[400];

        snprintf(text, sizeof(text), "%s%s%s", table[i].conninfo,
                 strstr(table[i].conninfo, "host=") ? "" : " host=",
                 strstr(table[i].conninfo, "host=") ? "" : server_dir);
        assert_false(pg_open(text, "test", &pg, &err));
        print_message("%s: %s\n", table[i].name, err.text);
        assert_int_equal(err.code, table[i].code);
        assert_string_equal(err.state, table[i].sqlstate);
        assert_null(strchr(err.text, '\n'));
    }
}

static void test_encoding_is_refused(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct pg *pg = NULL;
    char url[160];

    (void)state;
    NEED_SERVER();
    pg = server_open();
    assert_ok(pg_exec(pg,
                      "CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' "
                      "TEMPLATE template0",
                      &err));
    pg_close(pg);
    snprintf(url, sizeof(url), "host=%s dbname=latin user=postgres",
             server_dir);
    assert_false(pg_open(url, "test", &pg, &err));
    assert_int_equal(err.code, ERR_DATABASE);
    assert_non_null(strstr(err.text, "createdb -E UTF8"));
}

static void test_queries(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct pg_params p = {3,
                          {"41", NULL, "\\x00112233445566778899aabbccddeeff"}};
    struct pg_result *r;
    struct hash hash;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_open();
    assert_true(pg_version(pg) >= 130000 && pg_backend(pg) > 0);
    assert_non_null(strstr(pg_where(pg), server_dir));
    assert_ok(pg_query(pg,
                       "SELECT $1::int + 1, $2::text, $3::bytea, true,"
                       " current_setting('application_name')",
                       &p, &r, &err));
    assert_int_equal(pg_rows(r), 1);
    assert_int_equal(pg_int(r, 0, 0), 42);
    assert_true(pg_null(r, 0, 1) && !pg_null(r, 0, 0) && pg_bool(r, 0, 3));
    assert_true(pg_hash(r, 0, 2, &hash) && hash.bytes[15] == 0xff);
    assert_false(pg_hash(r, 0, 0, &hash));
    assert_string_equal(pg_text(r, 0, 4), "decant test");
    pg_done(r);
    assert_false(pg_exec(pg, "SELECT 1/0", &err));
    assert_int_equal(err.code, ERR_DATABASE);
    assert_string_equal(err.state, "22012");
    assert_true(pg_alive(pg));
    assert_ok(pg_exec(pg, "BEGIN; SELECT 1", &err));
    assert_false(pg_exec(pg, "SELECT nothing", &err));
    pg_rollback(pg);
    assert_int_equal(server_number(pg, "SELECT 7"), 7);
    pg_close(pg);
}

static void test_lost_connection(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct pg *pg, *other;
    char sql[80];

    (void)state;
    NEED_SERVER();
    pg = server_open();
    other = server_open();
    snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d, 5000)",
             pg_backend(pg));
    assert_ok(pg_exec(other, sql, &err));
    assert_false(pg_exec(pg, "SELECT 1", &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_false(pg_alive(pg));
    pg_rollback(pg);
    pg_close(pg);
    pg_close(other);
}

static void test_temporary(void **state)
{
    static const char *const yes[] = {"08006", "57P01", "57P03", "53300",
                                      "53100", "40001", "40P01"};
    static const char *const no[] = {"", "22021", "53200", "57014", "42P01"};

    (void)state;
    for (size_t i = 0; i < countof(yes); i++)
        assert_true(pg_temporary(yes[i]));
    for (size_t i = 0; i < countof(no); i++)
        assert_false(pg_temporary(no[i]));
}

static void say(void *ctx, const char *text)
{
    snprintf(ctx, 64, "%s", text);
}

static void test_notice(void **state)
{
    struct err err = {.code = ERR_NONE};
    char heard[64] = "";
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_open();
    assert_ok(pg_exec(pg, "DO $$BEGIN RAISE NOTICE 'unheard'; END$$", &err));
    pg_on_notice(pg, say, heard);
    assert_ok(pg_exec(pg, "DO $$BEGIN RAISE NOTICE 'hello'; END$$", &err));
    assert_string_equal(heard, "hello");
    pg_close(pg);
}

static void test_migrate_twice(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct migration_state m;
    struct pg *pg;

    (void)state;
    NEED_SERVER();
    pg = server_open();
    assert_ok(pg_exec(pg, "DROP SCHEMA IF EXISTS decant CASCADE", &err));
    assert_ok(migrate_look(pg, &m, &err));
    assert_true(m.version == 0 && m.newest >= 3);
    assert_ok(migrate(pg, &m, &err));
    assert_int_equal(m.version, m.newest);
    assert_int_equal(m.applied, m.newest);
    assert_ok(migrate(pg, &m, &err));
    assert_int_equal(m.applied, 0);
    assert_int_equal(m.version, m.newest);
    assert_true(server_number(pg, "SELECT count(*) FROM decant.fault") > 20);
    assert_int_equal(server_number(pg, "SELECT count(*) FROM decant.latest"),
                     0);
    assert_int_equal(
        server_number(pg, "SELECT count(*) FROM decant.failure_summary"), 0);
    assert_int_equal(
        server_number(pg, "SELECT count(*) FROM decant.reconciliation"), 0);
    assert_int_equal(
        server_number(pg, "SELECT count(*) FROM decant.reject_line"), 0);
    if (pg_version(pg) >= 140000)
        assert_int_equal(
            server_number(pg, "SELECT count(*) FROM pg_attribute "
                              "WHERE attcompression = 'l' AND attrelid IN "
                              "('decant.result'::regclass,"
                              " 'decant.reject'::regclass)"),
            m.lz4 ? 6 : 0);
    /* a word that differs comes back */
    assert_ok(pg_exec(pg, "UPDATE decant.fault SET words = 'other'", &err));
    assert_ok(migrate(pg, &m, &err));
    assert_int_equal(server_number(pg, "SELECT count(*) FROM decant.fault "
                                       "WHERE words = 'other'"),
                     0);
    /* a newer decant has been here */
    assert_ok(
        pg_exec(pg, "INSERT INTO decant.migration VALUES (999, 'x')", &err));
    assert_false(migrate(pg, &m, &err));
    assert_non_null(strstr(err.text, "newer"));
    assert_false(migrate_look(pg, &m, &err));
    pg_close(pg);
}

static void test_migrate_at_once(void **state)
{
    enum { N = 8 };
    struct err err = {.code = ERR_NONE};
    struct pg *pg;
    pid_t pids[N];

    (void)state;
    NEED_SERVER();
    pg = server_open();
    assert_ok(pg_exec(pg, "DROP SCHEMA IF EXISTS decant CASCADE", &err));
    for (int i = 0; i < N; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct migration_state m;
            struct pg *own = NULL;
            bool ok = pg_open(server_url, "test", &own, &err) &&
                      migrate(own, &m, &err) && m.version == m.newest;

            if (!ok)
                fprintf(stderr, "%s\n", err.text);
            _exit(!ok);
        }
    }
    for (int i = 0; i < N; i++) {
        int status = 0;

        assert_true(waitpid(pids[i], &status, 0) == pids[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(server_number(pg, "SELECT count(*) FROM decant.migration"),
                     server_number(pg, "SELECT max(number) "
                                       "FROM decant.migration"));
    pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_connections),
        cmocka_unit_test(test_encoding_is_refused),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_lost_connection),
        cmocka_unit_test(test_temporary),
        cmocka_unit_test(test_notice),
        cmocka_unit_test(test_migrate_twice),
        cmocka_unit_test(test_migrate_at_once),
    };

    return cmocka_run_group_tests(tests, server_start, server_stop);
}
