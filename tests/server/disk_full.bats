#!/usr/bin/env bats
# The server's disk is full in the middle of an import: exit 75 and one clear
# line, nothing torn; with room again the same command finishes.  The data
# directory lies on a small tmpfs, which takes root to mount.

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    [ "$(id -u)" = 0 ] || skip "mounting a small file system needs root"
    cluster_available || skip "no PostgreSQL"
    cd "$BATS_TEST_TMPDIR"
    disk=$(mktemp -d /tmp/decant-disk.XXXXXX)
    mount -t tmpfs -o size=140m,mode=755 decant-disk "$disk" 2>/dev/null || {
        rmdir "$disk"
        disk=
        skip "no right to mount a file system"
    }
    # small log files, or they alone fill the disk
    export CLUSTER_CONF="max_wal_size = 48MB
min_wal_size = 32MB
wal_keep_size = 0
checkpoint_timeout = 30s"
    cluster_start "$disk/pg"
    export DATABASE_URL="postgresql://postgres@/postgres?host=$CLUSTER_DIR"
    # kept as it comes, or little of it would reach the disk
    gen_file f.jsonl 60 --bad 5
    "$DECANT" db init >/dev/null
    sql "alter table decant.result alter payload set storage external" >/dev/null
}

teardown() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    [ -n "$disk" ] || return 0
    CLUSTER_DIR=$disk/pg cluster_stop || true
    umount "$disk" || umount -l "$disk"
    rmdir "$disk"
}

# Leave so many MB on the disk.
leave() {
    rm -f "$disk/ballast"
    fallocate -l "$(($(df --output=avail -k "$disk" | tail -n 1) - $1 * 1024))k" "$disk/ballast"
}

make_room() {
    rm -f "$disk/ballast"
    mount -o remount,size=600m "$disk"
}

server_runs() { sql 'select 1'; }

@test "disk full: the tables have no room; exit 75, room, the same command" {
    leave 40
    status=0
    within 200 "$DECANT" import -j 2 --range-bytes 512k f.jsonl >out.txt 2>err.txt || status=$?
    cat err.txt out.txt
    [ "$status" -eq 75 ]
    grep -q "No space left on device" err.txt
    # what failed is said in one line of its own at the end
    [ "$(grep -c '^decant: [^w]' err.txt)" -eq 1 ]
    # the server may have gone down with its log; what it holds is whole
    make_room
    server_runs >/dev/null 2>&1 || cluster_start "$CLUSTER_DIR"
    [ "$(sql 'select count(*) from decant.range')" -gt 0 ]
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
    run accounted
    [ "$status" -ne 0 ]
    within 100 "$DECANT" import -j 2 --range-bytes 512k f.jsonl >out.txt || [ $? -eq 3 ]
    accounted
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <f.jsonl)" ]
    # as an import that nobody disturbed
    everything >disturbed.dump
    forget
    within 100 "$DECANT" import -q --range-bytes 512k f.jsonl >/dev/null || [ $? -eq 3 ]
    same_as disturbed.dump
}

@test "disk full: room is made while it waits; the import goes on by itself" {
    leave 40
    "$DECANT" import -j 2 --range-bytes 512k f.jsonl >out.txt 2>err.txt &
    pid=$!
    wait_until 60 grep -q "No space left on device" err.txt
    make_room
    server_runs >/dev/null 2>&1 || cluster_start "$CLUSTER_DIR"
    ended $pid
    cat err.txt
    [ "$status" -eq 3 ]
    grep -q "trying again" err.txt
    accounted
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <f.jsonl)" ]
}
