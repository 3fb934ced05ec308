/* log.c - see log.h. */
#include "importer/sys/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "importer/sys/clock.h"

#define LOG_LINE 4096 /* longer lines are cut */

static struct log_setup setup;
static const char *before;

static const char *const levels[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_ERROR] = "error",
};

/* A line under construction; what does not fit is dropped. */
struct text {
    size_t len;
    char bytes[LOG_LINE];
};

/* Eight bytes stay free for the end of the line. */
static void put(struct text *t, const char *bytes, size_t n)
{
    size_t room = sizeof(t->bytes) - 8 - t->len;

    n = n < room ? n : room;
    memcpy(t->bytes + t->len, bytes, n);
    t->len += n;
}

/* A C string as it is. */
static void put_words(struct text *t, const char *words)
{
    put(t, words, strlen(words));
}

/* How many bytes of s are one UTF-8 character; 0: not UTF-8. */
static size_t character(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc2 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf5 ? 4
                             : 0;

    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

/* As a JSON string: paths may hold any byte, what is not UTF-8 is U+FFFD. */
static void put_string(struct text *t, const char *s)
{
    put(t, "\"", 1);
    while (*s && t->len + 16 < sizeof(t->bytes)) {
        size_t n = character(s);
        char code[8];

        if (n == 0) {
            put_words(t, "\\ufffd");
            n = 1;
        } else if (*s == '"' || *s == '\\') {
            put(t, "\\", 1);
            put(t, s, 1);
        } else if ((unsigned char)*s < 0x20 || *s == 0x7f) {
            snprintf(code, sizeof(code), "\\u%04x", (unsigned)*s);
            put_words(t, code);
        } else {
            put(t, s, n);
        }
        s += n;
    }
    put(t, "\"", 1);
}

/* ,"key":"value" */
static void put_pair(struct text *t, const char *key, const char *value)
{
    put(t, ",", 1);
    put_string(t, key);
    put(t, ":", 1);
    put_string(t, value);
}

/* ts, level, event and message always come first, in this order. */
static void as_json(struct text *t, const struct log_event *e,
                    const char *message)
{
    char stamp[CLOCK_STAMP], number[32];

    put_words(t, "{\"ts\":");
    put_string(t, clock_stamp(stamp));
    put_pair(t, "level", levels[e->level]);
    put_pair(t, "event", e->event);
    put_pair(t, "message", message);
    for (size_t i = 0; i < e->n_fields; i++) {
        const struct log_field *f = &e->fields[i];

        /* A field is whole or missing, so that the line stays JSON. */
        if (t->len + strlen(f->key) + 64 + (f->text ? 6 * strlen(f->text) : 0) >
            sizeof(t->bytes))
            continue;
        if (f->text) {
            put_pair(t, f->key, f->text);
            continue;
        }
        put(t, ",", 1);
        put_string(t, f->key);
        snprintf(number, sizeof(number), ":%lld", (long long)f->number);
        put_words(t, number);
    }
    put_words(t, "}\n");
}

/* Control characters of a path must not reach the terminal. */
static void as_words(struct text *t, const struct log_event *e, char *message)
{
    if (before)
        put_words(t, before);
    put_words(t, "decant: ");
    if (e->level == LOG_LEVEL_WARN)
        put_words(t, "warning: ");
    for (char *p = message; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    put_words(t, message);
    put(t, "\n", 1);
}

/* All of it with as few writes as possible; a broken stderr is nobody's
 * business. */
static void out(const struct text *t)
{
    size_t at = 0;

    while (at < t->len) {
        ssize_t n = write(STDERR_FILENO, t->bytes + at, t->len - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        at += (size_t)n;
    }
}

PRINTF_LIKE(2, 0)
/* Both forms of a line are built on the stack and leave in one piece. */
static void say(const struct log_event *e, const char *fmt, va_list args)
{
    char message[2048];
    struct text t = {0};

    DEMAND((unsigned)e->level < countof(levels));
    if ((e->level == LOG_LEVEL_DEBUG && !setup.verbose) ||
        (e->level == LOG_LEVEL_INFO && setup.quiet))
        return;
    vsnprintf(message, sizeof(message), fmt, args);
    if (setup.json)
        as_json(&t, e, message);
    else
        as_words(&t, e, message);
    out(&t);
}

void log_setup(const struct log_setup *new_setup)
{
    setup = *new_setup;
}

void log_before(const char *sequence)
{
    before = sequence;
}

void log_say(enum log_level level, const char *event, const char *fmt, ...)
{
    struct log_event e = {.level = level, .event = event};
    va_list args;

    va_start(args, fmt);
    say(&e, fmt, args);
    va_end(args);
}

void log_tell(const struct log_event *event, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(event, fmt, args);
    va_end(args);
}
