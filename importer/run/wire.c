/* wire.c - see wire.h. */
#include "importer/run/wire.h"

#include "importer/sys/proc.h"

#include <poll.h>

bool report_closes(enum report_kind kind)
{
    switch (kind) {
    case REPORT_FOUND:
    case REPORT_SOURCE:
    case REPORT_MISSING:
    case REPORT_TALLY:
    case REPORT_DOUBT:
    case REPORT_PART:
    case REPORT_KNOWN:
    case REPORT_FINDING:
    case REPORT_SAY: return false;
    default: return true;
    }
}

bool order_send(int fd, const struct order *o, struct err *err)
{
    return proc_send(fd, o, sizeof(*o), err);
}

bool report_send(int fd, const struct report *r, struct err *err)
{
    return proc_send(fd, r, sizeof(*r), err);
}

/* A message of another size than ours was not written by us. */
static bool receive(int fd, void *message, size_t size, bool *end,
                    struct err *err)
{
    size_t got;

    if (!proc_receive(fd, message, size, &got, err))
        return false;
    *end = got == 0;
    DEMAND(got == 0 || got == size);
    return true;
}

bool order_receive(int fd, struct order *o, bool *end, struct err *err)
{
    return receive(fd, o, sizeof(*o), end, err);
}

bool report_receive(int fd, struct report *r, bool *end, struct err *err)
{
    return receive(fd, r, sizeof(*r), end, err);
}

bool wire_waits(int fd, double seconds)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, (int)(seconds * 1000)) > 0;
}
