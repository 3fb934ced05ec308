/* program.c - see program.h. */
#include "importer/sys/program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "importer/sys/signals.h"
#include "importer/sys/sys_fail.h"

/* Between fork and exec: stdin from nowhere, output to the pipe. */
static bool set_streams(const struct program *p, int output)
{
    int null;

    if (p->pass)
        return true;
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return false;
    if (p->detach && setsid() < 0)
        return false;
    return dup2(null, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
           dup2(output, STDERR_FILENO) >= 0;
}

/* Groups before gid before uid: afterwards nobody may. */
static bool set_user(const struct user *u)
{
    return !u || (initgroups(u->name, u->gid) == 0 && setgid(u->gid) == 0 &&
                  setuid(u->uid) == 0 && setenv("HOME", u->home, 1) == 0 &&
                  setenv("USER", u->name, 1) == 0 &&
                  setenv("LOGNAME", u->name, 1) == 0);
}

/* The child; tells errno through `told` when it cannot become the program. */
static void become(const struct program *p, int output, int told)
{
    ssize_t sent;
    int why;

    signals_restore();
    if (set_streams(p, output) && set_user(p->as) &&
        (!p->cwd || chdir(p->cwd) == 0))
        execvp(p->argv[0], (char *const *)(uintptr_t)p->argv);
    why = errno;
    sent = write(told, &why, sizeof(why));
    _exit(sent == sizeof(why) ? 127 : 126);
}

/* Read to the end; keep the last PROGRAM_OUTPUT - 1 bytes. */
static void listen_to(struct program *p, int fd)
{
    size_t len = 0;

    while (true) {
        char piece[1024];
        ssize_t n = read(fd, piece, sizeof(piece));
        size_t over;

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        over = len + (size_t)n > sizeof(p->output) - 1
                   ? len + (size_t)n - (sizeof(p->output) - 1)
                   : 0;
        memmove(p->output, p->output + over, len - over);
        len -= over;
        memcpy(p->output + len, piece, (size_t)n);
        len += (size_t)n;
    }
    p->output[len] = '\0';
}

/* CLOEXEC closes our ends in the program: `told` then ends by itself, which
 * is how a successful exec shows. */
static bool open_pipes(int output[2], int told[2])
{
    if (FAIL_POINT("fork") || pipe2(output, O_CLOEXEC) != 0)
        return false;
    if (pipe2(told, O_CLOEXEC) == 0)
        return true;
    close(output[0]);
    close(output[1]);
    return false;
}

/* A Ctrl-C is for the program that has the terminal, not for us. */
static void wait_for(pid_t pid, struct proc_end *end, bool pass)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, kept;
    int status = 0;

    if (pass)
        sigaction(SIGINT, &ignore, &kept);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pass)
        sigaction(SIGINT, &kept, NULL);
    *end = (struct proc_end){.exited = WIFEXITED(status)};
    if (end->exited)
        end->status = WEXITSTATUS(status);
    else
        end->signal = WTERMSIG(status);
}

/* A failed exec is reported through a pipe: a status of 127 could also be
 * the program's own. */
bool program_run(struct program *p, struct err *err)
{
    int output[2], told[2], why = 0;
    bool failed;
    pid_t pid;

    p->output[0] = '\0';
    if (!open_pipes(output, told))
        return err_set(err, ERR_IO, "run %s: %s", p->argv[0], strerror(errno));
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        become(p, output[1], told[1]);
    if (pid < 0)
        why = errno;
    close(output[1]);
    close(told[1]);
    failed = pid < 0 || read(told[0], &why, sizeof(why)) == sizeof(why);
    if (!failed)
        listen_to(p, output[0]);
    close(output[0]);
    close(told[0]);
    if (pid > 0)
        wait_for(pid, &p->end, p->pass);
    return !failed ||
           err_set(err, ERR_IO, "run %s: %s", p->argv[0], strerror(why));
}

const char *program_last_line(struct program *p)
{
    size_t len = strlen(p->output);
    char *start;

    while (len > 0 && (p->output[len - 1] == '\n' || p->output[len - 1] == ' '))
        len--;
    p->output[len] = '\0';
    start = strrchr(p->output, '\n');
    return start ? start + 1 : p->output;
}
