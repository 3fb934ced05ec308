/* clock.c - see clock.h. */
#include "importer/sys/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "importer/sys/sys_fail.h"

/* BOOTTIME, because MONOTONIC stands still while a laptop sleeps and
 * deadlines would slip. */
double clock_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_BOOTTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The rest of an interrupted sleep is given up: the caller has flags to see. */
void clock_sleep(double seconds)
{
    struct timespec t;

    if (seconds <= 0)
        return;
    t.tv_sec = (time_t)seconds;
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    nanosleep(&t, NULL);
}

/* For people and logs only: wall time may jump. */
const char *clock_stamp(char out[CLOCK_STAMP])
{
    struct timespec t;
    struct tm tm;
    size_t n;

    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &tm);
    n = strftime(out, CLOCK_STAMP, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, CLOCK_STAMP - n, ".%03dZ", (int)(t.tv_nsec / 1000000));
    return out;
}

bool clock_uuid(char out[UUID_TEXT], struct err *err)
{
    unsigned char b[16];

    if (FAIL_POINT("read") || getrandom(b, sizeof(b), 0) != sizeof(b))
        return err_set(err, ERR_IO, "no random bytes: %s", strerror(errno));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, UUID_TEXT,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
             "%02x%02x%02x%02x%02x%02x",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10],
             b[11], b[12], b[13], b[14], b[15]);
    return true;
}
