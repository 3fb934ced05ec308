/* user.h - accounts of this machine. */
#ifndef DECANT_SYS_USER_H
#define DECANT_SYS_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "validate/base/attrs.h"
#include "validate/base/err.h"

struct user {
    uid_t uid;
    gid_t gid;
    char name[64];
    char home[256];
};

/* The account this process acts as; a uid without a name is "uid 1234". */
void user_self(struct user *out);
/* False (without an err: the caller knows what it means): no such account. */
bool user_find(const char *name, struct user *out);

#endif
