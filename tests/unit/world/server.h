/*
 * server.h - a throw-away PostgreSQL for one C test program.
 *
 * server_start() runs tests/lib/cluster.sh (the working directory is the
 * repository's); without PostgreSQL it says so and the test skips.
 */
#ifndef DECANT_TESTS_SERVER_H
#define DECANT_TESTS_SERVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "importer/pg/migrate.h"
#include "importer/pg/pg.h"

static char server_dir[64], server_url[1200];
static bool server_up;

static inline int server_do(const char *verb)
{
    char command[256];

    snprintf(command, sizeof(command), "bash tests/lib/cluster.sh %s %s >&2",
             verb, server_dir);
    return system(command);
}

/* cmocka group setup. */
static inline int server_start(void **state)
{
    (void)state;
    if (server_do("available") != 0) {
        print_message("skipped: no PostgreSQL on this machine\n");
        return 0;
    }
    snprintf(server_dir, sizeof(server_dir), "/tmp/decant-pg.XXXXXX");
    if (!mkdtemp(server_dir) || server_do("start") != 0)
        return -1;
    snprintf(server_url, sizeof(server_url),
             "postgresql://postgres@/postgres?host=%s", server_dir);
    server_up = true;
    return 0;
}

static inline int server_stop(void **state)
{
    (void)state;
    if (server_up)
        server_do("stop");
    return 0;
}

/* First in every test that needs the server. */
#define NEED_SERVER()   \
    do {                \
        if (!server_up) \
            skip();     \
    } while (0)

#define assert_ok(call)                                             \
    do {                                                            \
        if (!(call)) {                                              \
            print_error("%s: %s %s\n", #call, err.state, err.text); \
            fail();                                                 \
        }                                                           \
    } while (0)

static inline struct pg *server_open(void)
{
    struct err err = {.code = ERR_NONE};
    struct pg *pg;

    assert_ok(pg_open(server_url, "test", &pg, &err));
    return pg;
}

/* One number. */
static inline int64_t server_number(struct pg *pg, const char *sql)
{
    struct err err = {.code = ERR_NONE};
    struct pg_result *r;
    int64_t value;

    assert_ok(pg_query(pg, sql, NULL, &r, &err));
    assert_true(pg_rows(r) == 1);
    value = pg_text(r, 0, 0)[0] == 't' ? 1 : pg_int(r, 0, 0);
    pg_done(r);
    return value;
}

/* Empty tables of decant. */
static inline struct pg *server_fresh(void)
{
    struct err err = {.code = ERR_NONE};
    struct migration_state state;
    struct pg *pg = server_open();

    assert_ok(pg_exec(pg, "DROP SCHEMA IF EXISTS decant CASCADE", &err));
    assert_ok(migrate(pg, &state, &err));
    return pg;
}

#endif
