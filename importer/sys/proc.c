/* proc.c - see proc.h. */
#include "importer/sys/proc.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "importer/sys/signals.h"
#include "importer/sys/sys_fail.h"

/* Our ends of all pairs: a child closes them, or its siblings would never
 * see the end of file when we are gone. */
static int ends[PROC_MAX];
static size_t n_ends;

/* Order does not matter: the last one takes the place. */
static void forget_end(int fd)
{
    for (size_t i = 0; i < n_ends; i++) {
        if (ends[i] == fd) {
            ends[i] = ends[--n_ends];
            return;
        }
    }
}

/* The child from its first to its last instruction. */
static void live(proc_body *body, void *ctx, int fd, pid_t parent)
{
    int status;

    for (size_t i = 0; i < n_ends; i++)
        close(ends[i]);
    n_ends = 0;
    signals_worker();
    /* The parent may have died before the kernel was told to watch it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    status = body(fd, ctx);
    fflush(NULL);
    _exit(status);
}

/* One message is one packet: no framing, no half-read orders. */
bool proc_start(proc_body *body, void *ctx, struct child *out, struct err *err)
{
    pid_t parent = getpid(), pid;
    int pair[2];

    if (n_ends == PROC_MAX)
        return err_set(err, ERR_USAGE, "more than %d workers", PROC_MAX);
    if (FAIL_POINT("fork") ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set(err, ERR_IO, "start a worker: socketpair: %s",
                       strerror(errno));
    fflush(NULL);
    pid = fork();
    if (pid < 0) {
        err_set(err, ERR_RETRY, "start a worker: fork: %s", strerror(errno));
        close(pair[0]);
        close(pair[1]);
        return false;
    }
    if (pid == 0) {
        close(pair[0]);
        live(body, ctx, pair[1], parent);
    }
    close(pair[1]);
    ends[n_ends++] = pair[0];
    *out = (struct child){pid, pair[0]};
    return true;
}

void proc_hang_up(struct child *child)
{
    if (child->fd < 0)
        return;
    forget_end(child->fd);
    close(child->fd);
    child->fd = -1;
}

void proc_kill(const struct child *child)
{
    if (child->pid > 0)
        kill(child->pid, SIGKILL);
}

/* Fails rather than raises SIGPIPE when nobody is left to read. */
bool proc_send(int fd, const void *message, size_t len, struct err *err)
{
    ssize_t sent;

    if (FAIL_POINT("write"))
        return err_set(err, ERR_IO, "send a message: injected failure");
    do
        sent = send(fd, message, len, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent == (ssize_t)len)
        return true;
    return err_set(err, ERR_IO, "send a message: %s",
                   sent < 0 ? strerror(errno) : "cut short");
}

bool proc_receive(int fd, void *message, size_t room, size_t *got,
                  struct err *err)
{
    ssize_t n;

    if (FAIL_POINT("read"))
        return err_set(err, ERR_IO, "receive a message: injected failure");
    do
        n = recv(fd, message, room, 0);
    while (n < 0 && errno == EINTR);
    /* A killed peer with unread orders shows as a reset: it is gone. */
    if (n < 0 && errno == ECONNRESET)
        n = 0;
    if (n < 0)
        return err_set(err, ERR_IO, "receive a message: %s", strerror(errno));
    *got = (size_t)n;
    return true;
}

/* Translate wait(2)'s status, and close what belonged to the child. */
static void ended(struct child *child, int status, struct proc_end *out)
{
    *out = (struct proc_end){.exited = WIFEXITED(status)};
    if (out->exited)
        out->status = WEXITSTATUS(status);
    else
        out->signal = WTERMSIG(status);
    proc_hang_up(child);
    child->pid = 0;
}

/* waitpid() that is not disturbed; a child nobody knows counts as exited. */
static bool reap(struct child *child, int flags, struct proc_end *out)
{
    int status = 0;
    pid_t got;

    if (child->pid <= 0)
        return false;
    do
        got = waitpid(child->pid, &status, flags);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return false;
    ended(child, got < 0 ? 0 : status, out);
    return true;
}

bool proc_ended(struct child *child, struct proc_end *out)
{
    return reap(child, WNOHANG, out);
}

void proc_wait(struct child *child, struct proc_end *out)
{
    *out = (struct proc_end){.exited = true};
    (void)reap(child, 0, out);
}

const char *proc_words(struct proc_end end, char out[PROC_WORDS])
{
    if (end.exited)
        snprintf(out, PROC_WORDS, "exited with status %d", end.status);
    else
        snprintf(out, PROC_WORDS, "killed by signal %d (%s)", end.signal,
                 strsignal(end.signal));
    return out;
}

/* The affinity mask knows about taskset, cpusets and containers. */
size_t proc_cores(void)
{
    cpu_set_t set;
    long n;

    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
        return (size_t)CPU_COUNT(&set);
    n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}
