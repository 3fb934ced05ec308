#!/usr/bin/env bash
# cluster.sh - a private, throw-away PostgreSQL for tests.
#
# Sourced (bats):  cluster_available || skip "no PostgreSQL"
#                  cluster_start          sets CLUSTER_DIR, CLUSTER_URL
#                  cluster_sql 'select 1' one value, unaligned
#                  cluster_kill           kill -9 of the whole server
#                  cluster_stop           also removes the directory
# As a command:    cluster.sh start DIR | url DIR | kill DIR | stop DIR
#
# The server listens on a unix socket in its own directory only and runs as
# the user postgres when the caller is root, since PostgreSQL refuses root.
# Options for postgresql.conf may be passed in CLUSTER_CONF.

cluster_bin() {
    local dir
    dir=$(pg_config --bindir 2>/dev/null)
    [ -x "$dir/initdb" ] || dir=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null |
        sort -V | tail -n 1)
    [ -x "$dir/initdb" ] && echo "$dir"
}

cluster_available() { [ -n "$(cluster_bin)" ]; }

# Run a command as the owner of the cluster.
cluster_as() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && "$@")
    fi
}

# cluster_start [DIR]: create it when it is not there, start it, wait.
cluster_start() {
    local bin
    bin=$(cluster_bin) || return 1
    # /tmp, not $TMPDIR: a socket's path may have 107 bytes
    CLUSTER_DIR=${1:-$(mktemp -d /tmp/decant-pg.XXXXXX)}
    mkdir -p "$CLUSTER_DIR"
    if [ ! -e "$CLUSTER_DIR/data/PG_VERSION" ]; then
        chmod 711 "$CLUSTER_DIR"
        [ "$(id -u)" = 0 ] && chown postgres "$CLUSTER_DIR"
        cluster_as "$bin/initdb" -D "$CLUSTER_DIR/data" -U postgres -E UTF8 \
            --locale=C.UTF-8 --auth=trust --no-sync \
            >"$CLUSTER_DIR/initdb.log" 2>&1 || {
            cat "$CLUSTER_DIR/initdb.log" >&2
            return 1
        }
        cat >>"$CLUSTER_DIR/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$CLUSTER_DIR'
unix_socket_permissions = 0777
shared_buffers = 32MB
max_connections = 60
autovacuum = off
${CLUSTER_CONF:-}
CONF
    fi
    cluster_as "$bin/pg_ctl" -D "$CLUSTER_DIR/data" -w -t 60 \
        -l "$CLUSTER_DIR/server.log" start >/dev/null 2>&1 </dev/null || {
        tail -n 20 "$CLUSTER_DIR/server.log" >&2
        return 1
    }
    CLUSTER_URL="postgresql://postgres@/postgres?host=$CLUSTER_DIR"
}

# kill -9 of the postmaster and of all its children, as a power cut would.
cluster_kill() {
    local pid children
    pid=$(head -n 1 "$CLUSTER_DIR/data/postmaster.pid") || return 1
    children=$(pgrep -P "$pid")
    kill -9 "$pid" $children 2>/dev/null
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    sleep 0.2
}

cluster_stop() {
    local bin
    bin=$(cluster_bin) || return 0
    [ -n "$CLUSTER_DIR" ] && [ -d "$CLUSTER_DIR/data" ] || return 0
    cluster_as "$bin/pg_ctl" -D "$CLUSTER_DIR/data" -m immediate -w stop \
        >/dev/null 2>&1
    rm -rf "$CLUSTER_DIR"
}

cluster_sql() {
    psql -X -At -v ON_ERROR_STOP=1 -d "$CLUSTER_URL" -c "$1"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    CLUSTER_DIR=$2
    CLUSTER_URL="postgresql://postgres@/postgres?host=$CLUSTER_DIR"
    case $1 in
    start) cluster_start "$2" && echo "$CLUSTER_URL" ;;
    url) echo "$CLUSTER_URL" ;;
    kill) cluster_kill ;;
    stop) cluster_stop ;;
    available) cluster_available ;;
    *) echo "usage: cluster.sh start|url|kill|stop DIR" >&2; exit 2 ;;
    esac
fi

# For tests that kill children of a program by chance: one that looks for
# leaks as it ends has such a child too, and waits for ever when it is killed.
without_leak_check() {
    export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
}
