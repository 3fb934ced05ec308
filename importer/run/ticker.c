/* ticker.c - see ticker.h. */
#include "importer/run/ticker.h"

#include "importer/sys/clock.h"
#include "importer/sys/log.h"
#include "importer/sys/term.h"

#include <string.h>
#include <unistd.h>

#define DRAW_SECONDS 0.1
#define CLEAR_LINE   "\r\033[K"

void ticker_begin(struct ticker *t, bool wanted)
{
    *t = (struct ticker){.on = wanted && term_progress(STDERR_FILENO)};
    if (t->on)
        log_before(CLEAR_LINE);
}

bool ticker_due(struct ticker *t)
{
    double now;

    if (!t->on)
        return false;
    now = clock_seconds();
    if (now - t->drawn < DRAW_SECONDS)
        return false;
    t->drawn = now;
    return true;
}

void ticker_draw(const struct ticker *t, const struct progress *p)
{
    char text[512];
    struct sheet sheet = {.bytes = text, .cap = sizeof(text)};

    if (!t->on)
        return;
    sheet_put(&sheet, CLEAR_LINE);
    progress_put(&sheet, p, term_width(STDERR_FILENO) - 1);
    (void)!write(STDERR_FILENO, sheet.bytes, sheet.len);
}

void ticker_end(struct ticker *t)
{
    if (!t->on)
        return;
    log_before(NULL);
    (void)!write(STDERR_FILENO, CLEAR_LINE, strlen(CLEAR_LINE));
    t->on = false;
}
