/* chem_hand.c - see chem_hand.h. */
#include "importer/run/chem_hand.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "importer/sys/clock.h"
#include "validate/json/tape.h"

#define NAME "decant-chem"

bool chem_find(char out[FILE_PATH_MAX])
{
    const char *named = getenv("DECANT_CHEM");
    ssize_t len = readlink("/proc/self/exe", out, FILE_PATH_MAX - 1);
    char *slash;

    if (len > 0) {
        out[len] = '\0';
        slash = strrchr(out, '/');
        if (slash && (size_t)(slash + 1 - out) + sizeof(NAME) < FILE_PATH_MAX) {
            memcpy(slash + 1, NAME, sizeof(NAME));
            if (access(out, X_OK) == 0)
                return true;
        }
    }
    if (!named || !*named || strlen(named) >= FILE_PATH_MAX)
        return false;
    memcpy(out, named, strlen(named) + 1);
    return access(out, X_OK) == 0;
}

bool chem_hand_init(struct chem_hand *h, size_t note_room, struct arena *arena,
                    struct err *err)
{
    *h = (struct chem_hand){.child = {0, -1}, .arena = arena};
    for (size_t i = 0; i < CHEM_QUEUE; i++) {
        h->queue[i].text = arena_bytes(arena, CHEM_BYTES + 1);
        h->queue[i].note = arena_bytes(arena, note_room);
        if (!h->queue[i].text || !h->queue[i].note)
            return err_set(err, ERR_MEMORY, "no room for molecules");
    }
    return true;
}

/* In the child: our end of the pair becomes both its streams.  What Open
 * Babel or the C library might say is for nobody. */
static int become(int fd, void *ctx)
{
    const struct chem_program *program = ctx;
    char memory[32];
    const char *argv[] = {NAME, "--hello", "--memory", memory, NULL, NULL};
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    snprintf(memory, sizeof(memory), "%" PRIu64, program->memory);
    if (program->verdict)
        argv[4] = "--verdict";
    if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
        null >= 0 && dup2(null, STDERR_FILENO) >= 0)
        execv(program->path, (char *const *)(uintptr_t)argv);
    return 127;
}

bool chem_start(struct chem_hand *h, const struct chem_program *program,
                struct err *err)
{
    struct chem_program copy = *program;

    h->ready = false;
    h->answered = 0;
    h->since = clock_seconds();
    return proc_start(become, &copy, &h->child, err) ||
           err_while(err, "starting %s", program->path);
}

/* A child that cannot be told is dead, or made so: its end of file says it
 * soon, and the question is asked again. */
static void send_one(struct chem_hand *h, const struct chem_question *q)
{
    struct err ignored;

    q->text[q->len] = '\n';
    if (!proc_send(h->child.fd, q->text, q->len + 1, &ignored))
        proc_kill(&h->child);
}

struct chem_question *chem_room(struct chem_hand *h, size_t len)
{
    struct chem_question *q = &h->queue[(h->first + h->count) % CHEM_QUEUE];

    DEMAND(len <= CHEM_BYTES);
    if (h->count == CHEM_QUEUE || (h->count && h->flying + len > CHEM_FLYING))
        return NULL;
    q->again = false;
    return q;
}

void chem_ask(struct chem_hand *h, double now)
{
    struct chem_question *q = &h->queue[(h->first + h->count) % CHEM_QUEUE];

    if (h->count++ == 0)
        h->since = now;
    h->flying += q->len;
    if (h->ready)
        send_one(h, q);
}

void chem_forget(struct chem_hand *h, double now)
{
    h->flying -= h->queue[h->first].len;
    h->first = (h->first + 1) % CHEM_QUEUE;
    h->count--;
    h->since = now;
}

/* {"program":"Open Babel","version":"3.1.1","error":null}: who answers. */
static enum chem_heard greet(struct chem_hand *h, struct slice text,
                             struct slice *out)
{
    struct json_tape tape;
    struct json_error why;
    uint32_t version, error;

    if (!json_tape_build(text, h->arena, &tape, &why))
        return CHEM_HEARD_END;
    version = json_member(&tape, 0, SLICE("version"));
    error = json_member(&tape, 0, SLICE("error"));
    if (!version || !json_is(&tape, version, JSON_STRING) || !error)
        return CHEM_HEARD_END;
    if (json_is(&tape, error, JSON_STRING)) {
        *out = json_inner(&tape, error);
        return CHEM_HEARD_SORRY;
    }
    *out = slice_take(json_inner(&tape, version), CHEM_VERSION - 1);
    memcpy(h->version, out->ptr, out->len);
    h->version[out->len] = '\0';
    h->ready = true;
    h->since = clock_seconds();
    for (size_t i = 0; i < h->count; i++)
        send_one(h, &h->queue[(h->first + i) % CHEM_QUEUE]);
    return CHEM_HEARD_NOTHING;
}

enum chem_heard chem_hear(struct chem_hand *h, char *room, struct slice *out)
{
    size_t len = 0, mark = arena_mark(h->arena);
    enum chem_heard heard;
    struct err ignored;

    if (!proc_receive(h->child.fd, room, CHEM_ANSWER, &len, &ignored) ||
        len < 2 || room[len - 1] != '\n')
        return CHEM_HEARD_END;
    *out = slice_of(room, len - 1);
    if (!h->ready) {
        heard = greet(h, *out, out);
        arena_rewind(h->arena, mark);
        return heard;
    }
    return h->count ? CHEM_HEARD_ANSWER : CHEM_HEARD_END;
}

void chem_bury(struct chem_hand *h, struct proc_end *end)
{
    proc_kill(&h->child);
    proc_wait(&h->child, end);
    h->ready = false;
}
