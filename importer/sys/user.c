/* user.c - see user.h. */
#include "importer/sys/user.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

/* passwd borrows its strings from the caller's buffer: copy. */
static void fill(const struct passwd *p, struct user *out)
{
    *out = (struct user){.uid = p->pw_uid, .gid = p->pw_gid};
    snprintf(out->name, sizeof(out->name), "%s", p->pw_name);
    snprintf(out->home, sizeof(out->home), "%s", p->pw_dir);
}

/* Containers often run under a uid without an entry in passwd. */
void user_self(struct user *out)
{
    struct passwd entry, *found = NULL;
    char buf[4096];
    uid_t uid = geteuid();

    if (getpwuid_r(uid, &entry, buf, sizeof(buf), &found) == 0 && found) {
        fill(found, out);
        return;
    }
    *out = (struct user){.uid = uid, .gid = getegid()};
    snprintf(out->name, sizeof(out->name), "uid %lu", (unsigned long)uid);
}

bool user_find(const char *name, struct user *out)
{
    struct passwd entry, *found = NULL;
    char buf[4096];

    if (getpwnam_r(name, &entry, buf, sizeof(buf), &found) != 0 || !found)
        return false;
    fill(found, out);
    return true;
}
