/* signals.c - see signals.h. */
#include "importer/sys/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "importer/sys/sys_fail.h"

static volatile sig_atomic_t stop_count, stop_signal, child_flag;
static int wake[2] = {-1, -1};

static const int stops[] = {SIGINT, SIGTERM, SIGHUP};

/* Async-signal-safe: flags of sig_atomic_t and one write(2). */
static void on_signal(int number)
{
    int saved = errno;

    if (number == SIGCHLD) {
        child_flag = 1;
    } else {
        if (!stop_signal)
            stop_signal = number;
        if (stop_count < 100)
            stop_count = stop_count + 1;
    }
    /* A full pipe wakes the loop as well. */
    if (wake[1] >= 0 && write(wake[1], "", 1) < 0)
        errno = 0;
    errno = saved;
}

/* sigaction(2) with the flags we want; signal(3) differs between systems. */
static void set(int number, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    /* No SA_RESTART: a blocked read learns of the stop by EINTR. */
    action.sa_flags = number == SIGCHLD ? SA_NOCLDSTOP | SA_RESTART : 0;
    sigaction(number, &action, NULL);
}

void signals_no_pipe(void)
{
    set(SIGPIPE, SIG_IGN);
}

/* nohup(1) and shells in the background start us with some ignored: keep. */
static bool ignored(int number)
{
    struct sigaction now;

    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

bool signals_open(int *fd, struct err *err)
{
    if (wake[0] < 0 &&
        (FAIL_POINT("read") || pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0))
        return err_set(err, ERR_IO, "make a pipe for signals: %s",
                       strerror(errno));
    for (size_t i = 0; i < countof(stops); i++)
        if (!ignored(stops[i]))
            set(stops[i], on_signal);
    set(SIGCHLD, on_signal);
    signals_no_pipe();
    *fd = wake[0];
    return true;
}

/* The pipe does not block: reading stops when it is empty. */
void signals_drain(void)
{
    char bytes[64];

    while (read(wake[0], bytes, sizeof(bytes)) > 0)
        ;
}

int signals_stop(void)
{
    return stop_count;
}

int signals_stop_by(void)
{
    return stop_signal;
}

bool signals_child(void)
{
    bool was = child_flag;

    child_flag = 0;
    return was;
}

/* The pipe is shared with the parent after a fork: draining it here would
 * eat the parent's wake-ups. */
void signals_worker(void)
{
    for (size_t i = 0; i < countof(stops); i++)
        set(stops[i], SIG_IGN);
    set(SIGCHLD, SIG_DFL);
    signals_no_pipe();
    stop_count = stop_signal = child_flag = 0;
    if (wake[0] >= 0) {
        close(wake[0]);
        close(wake[1]);
        wake[0] = wake[1] = -1;
    }
}

void signals_restore(void)
{
    for (size_t i = 0; i < countof(stops); i++)
        if (!ignored(stops[i]))
            set(stops[i], SIG_DFL);
    set(SIGCHLD, SIG_DFL);
    set(SIGPIPE, SIG_DFL);
}
