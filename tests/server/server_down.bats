#!/usr/bin/env bats
# The server goes away while an import is at work: killed like in a power
# cut, restarted in an orderly way, ended for a long time.  The import waits
# and goes on, or exits 75 and the same command finishes; the tables are
# always those of an undisturbed import.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    # commits that are not waited for stay in the server's memory for long
    export CLUSTER_CONF="wal_writer_delay = 10s
wal_writer_flush_after = 16MB
wal_buffers = 16MB"
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    gen_file f.jsonl 12 --bad 8
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    import_database
    file=$BATS_FILE_TMPDIR/f.jsonl
    import=("$DECANT" import -j 2 --max-line 1M --range-bytes 16k "$file")
    RANDOM=${SOAK_SEED:-$((BATS_TEST_NUMBER * 104729))}
    within 60 "${import[@]}" >/dev/null 2>&1 || [ $? -eq 3 ]
    everything >undisturbed.dump
    forget
}

control() {
    cluster_as "$(cluster_bin)/pg_ctl" -D "$CLUSTER_DIR/data" -w -t 60 \
        -l "$CLUSTER_DIR/server.log" "$@" >/dev/null 2>&1 </dev/null
}

# Begin an import and wait until it has loaded some ranges, but not all.
begin_import() {
    "${import[@]}" >out.txt 2>err.txt &
    pid=$!
    wait_until 20 ranges_beyond $((20 + RANDOM % 300))
}

# It ended by itself, or with 75 and once more does it.
finish() {
    ended $pid
    cat err.txt
    if [ "$status" -eq 75 ]; then
        status=0
        within 120 "${import[@]}" >out.txt 2>err.txt || status=$?
    fi
    [ "$status" -eq 3 ] || [ "$status" -eq 0 ]
    accounted
    same_as undisturbed.dump
}

@test "server: kill -9 of the postmaster, at three moments" {
    for _ in 1 2 3; do
        forget
        begin_import
        cluster_kill
        cluster_start "$CLUSTER_DIR"
        finish
        lost=$((${lost:-0} + $(grep -c "lost ranges it had acknowledged" err.txt))) || true
    done
    # the test means something only if commits did get lost
    [ "$lost" -gt 0 ]
}

@test "server: kill -9 of the postmaster and of the supervisor, then again" {
    begin_import
    cluster_kill
    kill -9 $pid 2>/dev/null || true
    ended $pid
    cluster_start "$CLUSTER_DIR"
    status=0
    within 60 "${import[@]}" >out.txt 2>err.txt || status=$?
    cat err.txt
    [ "$status" -eq 3 ]
    accounted
    same_as undisturbed.dump
}

@test "server: kill -9 of one backend takes all sessions along; it goes on" {
    begin_import
    kill -9 "$(sql "select pid from pg_stat_activity
        where application_name like 'decant%' limit 1")"
    finish
    grep -q "trying again" err.txt
}

@test "server: pg_ctl restart -m fast" {
    begin_import
    control -m fast restart
    finish
    grep -q "trying again" err.txt
}

@test "server: pg_ctl restart -m immediate" {
    begin_import
    control -m immediate restart
    finish
}

@test "server: every session is ended, again and again" {
    begin_import
    for _ in 1 2 3 4 5; do
        sql "select pg_terminate_backend(pid) from pg_stat_activity
            where application_name like 'decant%'" >/dev/null
        sleep 0.2
    done
    finish
}

@test "server: fewer connections than workers: those that have one do it all" {
    psql -X -q -d "$CLUSTER_URL" -c "create role few login connection limit 1" \
        -c "grant create on database t$BATS_TEST_NUMBER to few"
    status=0
    DATABASE_URL=${DATABASE_URL/postgres@/few@} within 40 \
        "$DECANT" import -j 3 --max-line 1M --range-bytes 16k "$file" >out.txt 2>err.txt || status=$?
    cat err.txt
    [ "$status" -eq 3 ]
    accounted
    same_as undisturbed.dump
}
