/* term.c - see term.h. */
#include "importer/sys/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Set and not empty; the empty value of NO_COLOR means nothing. */
static const char *set(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

bool term_tty(int fd)
{
    return isatty(fd) == 1;
}

size_t term_width(int fd)
{
    struct winsize size;
    const char *columns = set("COLUMNS");
    long n = 0;

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    if (columns)
        n = strtol(columns, NULL, 10);
    return n >= 20 && n <= 1000 ? (size_t)n : 80;
}

/* No TERM at all is what cron and build machines have. */
static bool dumb(void)
{
    const char *term = set("TERM");

    return !term || !strcmp(term, "dumb");
}

bool term_color(int fd, bool forbidden)
{
    const char *force = set("FORCE_COLOR");

    if (forbidden || set("DECANT_NO_COLOR") || set("NO_COLOR"))
        return false;
    if (force && strcmp(force, "0"))
        return true;
    return term_tty(fd) && !dumb();
}

bool term_progress(int fd)
{
    return term_tty(fd) && !dumb();
}
