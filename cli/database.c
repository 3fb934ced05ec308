/* database.c - see database.h. */
#include "cli/database.h"

#include "importer/sys/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text without the password of a URI or conninfo string. */
static void hide_password(const char *text, char *out, size_t cap)
{
    const char *scheme = strstr(text, "://");
    const char *at = scheme ? strchr(scheme + 3, '@') : NULL;
    const char *colon =
        at ? memchr(scheme + 3, ':', (size_t)(at - scheme - 3)) : NULL;
    const char *word = strstr(text, "password=");

    if (colon)
        snprintf(out, cap, "%.*s%s", (int)(colon - text), text, at);
    else if (word)
        snprintf(out, cap, "%.*spassword=...", (int)(word - text), text);
    else
        snprintf(out, cap, "%s", text);
}

/* One word of a shell. */
static void quote(const char *text, char *out, size_t cap)
{
    size_t len = 0;

    if (cap < 8)
        return;
    out[len++] = '\'';
    for (const char *p = text; *p && len + 6 < cap; p++) {
        if (*p == '\'') {
            memcpy(out + len, "'\\''", 4);
            len += 4;
        } else {
            out[len++] = *p;
        }
    }
    out[len++] = '\'';
    out[len] = '\0';
}

bool database_choose(const char *option, struct database *out, struct err *err)
{
    const char *variable = cluster_env();
    char plain[DATABASE_TEXT / 2], quoted[DATABASE_TEXT - 8];

    *out = (struct database){.conninfo = ""};
    if (option) {
        out->conninfo = option;
        hide_password(option, plain, sizeof(plain));
        quote(plain, quoted, sizeof(quoted));
        snprintf(out->psql, sizeof(out->psql), "psql %s", quoted);
    } else if (variable && !strcmp(variable, "DATABASE_URL")) {
        out->conninfo = getenv(variable);
        snprintf(out->psql, sizeof(out->psql), "psql \"$DATABASE_URL\"");
    } else if (variable) {
        snprintf(out->psql, sizeof(out->psql), "psql");
    } else {
        out->private = true;
        if (!cluster_find(&out->cluster, err))
            return false;
        out->conninfo = out->cluster.url;
        snprintf(out->psql, sizeof(out->psql), "decant db psql --");
    }
    return true;
}

bool database_start(struct database *db, struct err *err)
{
    bool created = false, started = false;

    if (!db->private)
        return true;
    if (!cluster_start(&db->cluster, &created, &started, err))
        return false;
    if (created)
        log_say(LOG_LEVEL_INFO, "cluster.created",
                "created a private PostgreSQL in %s", db->cluster.root);
    if (started)
        log_say(LOG_LEVEL_INFO, "cluster.started",
                "started the private PostgreSQL; `decant db stop` ends it");
    return true;
}
