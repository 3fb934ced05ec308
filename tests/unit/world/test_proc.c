/* test_proc.c - workers, signals, other programs, log lines, the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "importer/sys/clock.h"
#include "importer/sys/log.h"
#include "importer/sys/proc.h"
#include "importer/sys/program.h"
#include "importer/sys/signals.h"
#include "importer/sys/sys_fail.h"
#include "importer/sys/term.h"
#include "importer/sys/user.h"

/* Answer each message with its length doubled; at the end exit with 3. */
static int echo(int fd, void *ctx)
{
    struct err err;
    char message[64];
    size_t n;

    (void)ctx;
    while (proc_receive(fd, message, sizeof(message), &n, &err) && n > 0) {
        n *= 2;
        if (!proc_send(fd, &n, sizeof(n), &err))
            return 1;
    }
    return 3;
}

static int hang(int fd, void *ctx)
{
    (void)fd;
    (void)ctx;
    while (pause() < 0)
        ;
    return 0;
}

static void test_worker(void **state)
{
    struct child one, two;
    struct proc_end end;
    struct err err = {.code = ERR_NONE};
    char words[PROC_WORDS];
    size_t n, got;

    (void)state;
    assert_true(proc_start(echo, NULL, &one, &err));
    assert_true(proc_start(echo, NULL, &two, &err));
    for (size_t i = 1; i < 20; i++) {
        assert_true(proc_send(one.fd, "12345678901234567890", i, &err));
        assert_true(proc_receive(one.fd, &n, sizeof(n), &got, &err));
        assert_true(got == sizeof(n) && n == 2 * i);
    }
    assert_false(proc_ended(&one, &end));
    /* `two` was forked with `one`'s pair open: it must not hold it */
    proc_hang_up(&one);
    proc_wait(&one, &end);
    assert_true(end.exited && end.status == 3 && one.pid == 0);
    assert_string_equal(proc_words(end, words), "exited with status 3");
    proc_kill(&two);
    assert_true(proc_receive(two.fd, &n, sizeof(n), &got, &err));
    assert_int_equal(got, 0);
    proc_wait(&two, &end);
    assert_true(!end.exited && end.signal == SIGKILL);
    assert_string_equal(proc_words(end, words), "killed by signal 9 (Killed)");
    assert_false(proc_send(two.fd, "x", 1, &err));
    assert_false(proc_ended(&two, &end));
}

/* A supervisor that dies by kill -9 takes its workers with it. */
static int supervise(int fd, void *ctx)
{
    struct child worker;
    struct err err;

    (void)ctx;
    if (!proc_start(hang, NULL, &worker, &err) ||
        !proc_send(fd, &worker.pid, sizeof(worker.pid), &err))
        return 1;
    return hang(fd, NULL);
}

static void test_orphans_die(void **state)
{
    struct child supervisor;
    struct proc_end end;
    struct err err = {.code = ERR_NONE};
    pid_t worker;
    size_t got;

    (void)state;
    assert_true(proc_start(supervise, NULL, &supervisor, &err));
    assert_true(
        proc_receive(supervisor.fd, &worker, sizeof(worker), &got, &err));
    assert_int_equal(kill(worker, 0), 0);
    proc_kill(&supervisor);
    proc_wait(&supervisor, &end);
    for (int i = 0; i < 100; i++) {
        char path[64], line[256] = "";
        FILE *f;

        /* gone, or a zombie that init has not yet reaped */
        snprintf(path, sizeof(path), "/proc/%d/stat", (int)worker);
        f = fopen(path, "r");
        if (!f)
            return;
        if (!fgets(line, sizeof(line), f))
            line[0] = '\0';
        fclose(f);
        if (!line[0] || strstr(line, ") Z"))
            return;
        clock_sleep(0.05);
    }
    fail_msg("the worker outlived its supervisor");
}

static int press(int fd, void *ctx)
{
    (void)fd;
    (void)ctx;
    raise(SIGINT); /* ignored in a worker */
    raise(SIGTERM);
    return 5;
}

static void test_signals(void **state)
{
    struct err err = {.code = ERR_NONE};
    struct pollfd p = {.events = POLLIN};
    struct child child;
    struct proc_end end;
    char byte;

    (void)state;
    assert_true(signals_open(&p.fd, &err));
    assert_int_equal(poll(&p, 1, 0), 0);
    assert_int_equal(signals_stop(), 0);
    raise(SIGTERM);
    assert_int_equal(poll(&p, 1, 0), 1);
    signals_drain();
    assert_int_equal(poll(&p, 1, 0), 0);
    assert_int_equal(signals_stop(), 1);
    raise(SIGINT);
    assert_int_equal(signals_stop(), 2);
    assert_int_equal(signals_stop_by(), SIGTERM);
    assert_true(proc_start(press, NULL, &child, &err));
    assert_true(read(child.fd, &byte, 1) <= 0);
    proc_wait(&child, &end);
    assert_true(end.exited && end.status == 5);
    assert_true(signals_child());
    assert_false(signals_child());
    signals_worker();
    assert_int_equal(signals_stop(), 0);
    signals_restore();
}

static void test_program(void **state)
{
    static const char *const hello[] = {"sh", "-c",
                                        "echo one; echo two >&2; exit 7", NULL};
    static const char *const none[] = {"/nonexistent/program", NULL};
    static const char *const many[] = {"sh", "-c", "seq 100000; echo the end",
                                       NULL};
    static const char *const place[] = {"sh", "-c", "pwd; id -un", NULL};
    struct err err = {.code = ERR_NONE};
    struct user postgres;
    struct program p = {.argv = hello};

    (void)state;
    assert_true(program_run(&p, &err));
    assert_true(p.end.exited && p.end.status == 7);
    assert_string_equal(p.output, "one\ntwo\n");
    assert_string_equal(program_last_line(&p), "two");
    p = (struct program){.argv = none};
    assert_false(program_run(&p, &err));
    assert_non_null(strstr(err.text, "No such file"));
    p = (struct program){.argv = many, .detach = true};
    assert_true(program_run(&p, &err));
    assert_string_equal(program_last_line(&p), "the end");
    if (geteuid() != 0 || !user_find("postgres", &postgres))
        return;
    p = (struct program){.argv = place, .as = &postgres, .cwd = "/"};
    assert_true(program_run(&p, &err));
    assert_string_equal(p.output, "/\npostgres\n");
}

/* What log_tell() writes, caught from stderr. */
static void catch_log(const struct log_setup *setup, char *out, size_t cap)
{
    const struct log_field fields[] = {{"path", "a\"b\xff\n", 0},
                                       {"bytes", NULL, -5}};
    const struct log_event event = {LOG_LEVEL_WARN, "file.odd", fields, 2};
    int pair[2], saved = dup(STDERR_FILENO);
    ssize_t n;

    assert_int_equal(pipe(pair), 0);
    dup2(pair[1], STDERR_FILENO);
    log_setup(setup);
    log_tell(&event, "odd %s\n%d", "caf\xc3\xa9", 1);
    log_say(LOG_LEVEL_INFO, "x", "info");
    log_say(LOG_LEVEL_DEBUG, "x", "debug");
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(pair[1]);
    n = read(pair[0], out, cap - 1);
    close(pair[0]);
    out[n > 0 ? n : 0] = '\0';
}

static void test_log(void **state)
{
    char text[2000];

    (void)state;
    log_before("<clear>");
    catch_log(&(struct log_setup){.quiet = true}, text, sizeof(text));
    assert_string_equal(text, "<clear>decant: warning: odd caf\xc3\xa9?1\n");
    log_before(NULL);
    catch_log(&(struct log_setup){.verbose = true}, text, sizeof(text));
    assert_string_equal(text, "decant: warning: odd caf\xc3\xa9?1\n"
                              "decant: info\ndecant: debug\n");
    catch_log(&(struct log_setup){.json = true}, text, sizeof(text));
    assert_memory_equal(text, "{\"ts\":\"2", 8);
    assert_non_null(strstr(
        text, "Z\",\"level\":\"warn\",\"event\":\"file.odd\",\"message\":"
              "\"odd caf\xc3\xa9\\u000a1\",\"path\":\"a\\\"b\\ufffd\\u000a\","
              "\"bytes\":-5}\n"));
    assert_null(strstr(text, "debug"));
    log_setup(&(struct log_setup){.quiet = false});
}

static void test_term(void **state)
{
    (void)state;
    unsetenv("NO_COLOR");
    unsetenv("DECANT_NO_COLOR");
    unsetenv("FORCE_COLOR");
    assert_false(term_color(-1, false));
    setenv("FORCE_COLOR", "1", 1);
    assert_true(term_color(-1, false));
    assert_false(term_color(-1, true));
    setenv("NO_COLOR", "", 1);
    assert_true(term_color(-1, false));
    setenv("NO_COLOR", "1", 1);
    assert_false(term_color(-1, false));
    unsetenv("NO_COLOR");
    setenv("FORCE_COLOR", "0", 1);
    assert_false(term_color(-1, false));
    setenv("COLUMNS", "120", 1);
    assert_int_equal(term_width(-1), 120);
    setenv("COLUMNS", "3", 1);
    assert_int_equal(term_width(-1), 80);
    assert_false(term_progress(-1));
}

static void test_clock(void **state)
{
    struct err err = {.code = ERR_NONE};
    char stamp[CLOCK_STAMP], one[UUID_TEXT], two[UUID_TEXT];
    double before = clock_seconds();

    (void)state;
    clock_sleep(0.02);
    assert_true(clock_seconds() - before >= 0.015);
    assert_int_equal(strlen(clock_stamp(stamp)), 24);
    assert_true(clock_uuid(one, &err) && clock_uuid(two, &err));
    assert_int_equal(strlen(one), 36);
    assert_true(one[14] == '4' && strcmp(one, two) != 0);
}

static void test_fail_points(void **state)
{
#ifdef DECANT_FAULTS
    struct err err = {.code = ERR_NONE};
    char uuid[UUID_TEXT];

    (void)state;
    assert_false(sys_fail_arm("read"));
    assert_false(sys_fail_arm("read:0"));
    assert_false(sys_fail_arm("read:1x"));
    assert_true(sys_fail_arm("read:2"));
    assert_true(clock_uuid(uuid, &err));
    assert_false(sys_fail_fired());
    assert_false(clock_uuid(uuid, &err));
    assert_true(sys_fail_fired());
    assert_true(clock_uuid(uuid, &err));
    assert_int_equal(sys_fail_calls(), 3);
    assert_true(sys_fail_arm("any:1+"));
    assert_false(clock_uuid(uuid, &err));
    assert_false(clock_uuid(uuid, &err));
    assert_true(sys_fail_arm(NULL));
    assert_true(clock_uuid(uuid, &err));
#else
    (void)state;
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worker),  cmocka_unit_test(test_orphans_die),
        cmocka_unit_test(test_signals), cmocka_unit_test(test_program),
        cmocka_unit_test(test_log),     cmocka_unit_test(test_term),
        cmocka_unit_test(test_clock),   cmocka_unit_test(test_fail_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
