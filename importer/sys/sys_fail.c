/* sys_fail.c - see sys_fail.h. */
#include "importer/sys/sys_fail.h"

#ifdef DECANT_FAULTS

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    char kind[16]; /* "" : nothing is armed */
    uint64_t nth;
    uint64_t calls;
    bool later; /* all from the Nth on */
    bool fired;
} plan;

/* Forked children inherit the plan and go on counting by themselves. */
bool sys_fail_arm(const char *spec)
{
    const char *colon = spec ? strchr(spec, ':') : NULL;
    char *end;

    memset(&plan, 0, sizeof(plan));
    if (!spec)
        return true;
    if (!colon || colon == spec || (size_t)(colon - spec) >= sizeof(plan.kind))
        return false;
    plan.nth = strtoull(colon + 1, &end, 10);
    plan.later = *end == '+';
    if (plan.nth == 0 || end[plan.later] != '\0')
        return false;
    memcpy(plan.kind, spec, (size_t)(colon - spec));
    return true;
}

bool sys_fail(const char *kind)
{
    static const char note[] = "decant: a failure is injected\n";

    if (!plan.kind[0] || (strcmp(plan.kind, "any") && strcmp(plan.kind, kind)))
        return false;
    plan.calls++;
    if (plan.later ? plan.calls < plan.nth : plan.calls != plan.nth)
        return false;
    /* Tells a test that the Nth call has been reached. */
    if (!plan.fired && write(STDERR_FILENO, note, sizeof(note) - 1) < 0)
        abort();
    plan.fired = true;
    return true;
}

uint64_t sys_fail_calls(void)
{
    return plan.calls;
}

bool sys_fail_fired(void)
{
    return plan.fired;
}

#else
/* C wants a declaration in every file. */
typedef int sys_fail_is_off;
#endif
