#!/usr/bin/env bats
# What dies and what stays: workers, the supervisor and the server are killed
# while they load; running the same command again must give the same tables
# as if nothing had happened.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    gen_file f.jsonl 12 --bad 5
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_database
    file=$BATS_FILE_TMPDIR/f.jsonl
    options=(-q -j 2 --range-bytes 32k)
}

# The workers of an import, as child processes.
workers_of() {
    pgrep -P "$1"
}

# All lines there, once, and the books balance.
complete() {
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <"$file")" ]
    [ "$(sql 'select count(*) from (select from decant.result union all select from decant.reject) x')" = "$(wc -l <"$file")" ]
    books_balance
}

# Every range takes a moment, so that the kills below meet an import at work.
slow_down() {
    "$DECANT" db -q init >/dev/null
    sql 'create function slow() returns trigger language plpgsql as
             $$ begin perform pg_sleep(0.02); return new; end $$;
         create trigger slow before insert on decant.range
             for each row execute function slow()' >/dev/null
}

# The summary of the one run counts every line, none twice.
told_all() {
    grep -q "^$(sql "select to_char(sum(lines), 'FM999,999,999') from decant.range") lines" out.txt
}

wait_for_ranges() {
    for _ in $(seq 100); do
        [ "$(sql 'select count(*) from decant.range' 2>/dev/null || echo 0)" -gt "$1" ] && return
        sleep 0.05
    done
}

@test "kill: workers die, the import goes on and ends as if nothing was" {
    slow_down
    without_leak_check
    "$DECANT" import "${options[@]}" "$file" >out.txt 2>err.txt &
    pid=$!
    for _ in 1 2 3 4 5; do
        wait_for_ranges 5
        victim=$(workers_of $pid | head -1)
        [ -z "$victim" ] || kill -9 "$victim" 2>/dev/null || true
        sleep 0.1
    done
    status=0
    wait $pid || status=$?
    cat err.txt out.txt
    [ "$status" -eq 3 ]
    complete
    told_all
}

@test "kill: the supervisor dies, its workers too; again finishes" {
    slow_down
    for moment in 0.05 0.3 0.7; do
        "$DECANT" import "${options[@]}" "$file" >/dev/null 2>&1 &
        pid=$!
        sleep $moment
        workers=$(workers_of $pid)
        [ -n "$workers" ]
        kill -9 $pid 2>/dev/null || true
        wait $pid || true
        for w in $workers; do
            for _ in $(seq 50); do
                kill -0 "$w" 2>/dev/null || break
                sleep 0.05
            done
            ! kill -0 "$w" 2>/dev/null
        done
    done
    "$DECANT" import "${options[@]}" "$file" || [ $? -eq 3 ]
    complete
}

@test "kill: the server dies; the import waits for it and finishes" {
    "$DECANT" import "${options[@]}" "$file" >out.txt 2>err.txt &
    pid=$!
    wait_for_ranges 20
    cluster_kill
    for _ in 1 2 3 4 5; do # the dead may not be buried yet
        sleep 0.5
        cluster_start "$CLUSTER_DIR" && break
    done
    status=0
    wait $pid || status=$?
    cat err.txt out.txt
    [ "$status" -eq 3 ]
    complete
    told_all
}

@test "kill: a session is ended by the server; the import goes on" {
    slow_down
    "$DECANT" import "${options[@]}" "$file" >out.txt 2>err.txt &
    pid=$!
    for _ in 1 2 3; do
        wait_for_ranges 5
        sql "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'decant%' limit 1" >/dev/null
        sleep 0.1
    done
    status=0
    wait $pid || status=$?
    cat err.txt out.txt
    [ "$status" -eq 3 ]
    complete
    told_all
}

@test "kill: Ctrl-C stops with 130, what is committed stays, again finishes" {
    slow_down
    # a shell in the background hands SIGINT on as ignored
    env --default-signal=INT "$DECANT" import -j 2 --range-bytes 16k "$file" \
        >out.txt 2>err.txt &
    pid=$!
    wait_for_ranges 5
    kill -INT $pid
    status=0
    wait $pid || status=$?
    cat err.txt
    [ "$status" -eq 130 ]
    grep -q "stopping" err.txt
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
    "$DECANT" import "${options[@]}" "$file" || [ $? -eq 3 ]
    complete
}

@test "kill: SIGTERM twice stops at once" {
    mkfifo pipe
    { cat "$file"; sleep 30; } >pipe &
    feeder=$!
    "$DECANT" import - <pipe >/dev/null 2>&1 &
    pid=$!
    sleep 0.5
    kill -TERM $pid
    sleep 0.1
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    kill $feeder 2>/dev/null || true
    [ "$status" -eq 130 ]
    # what came through is whole ranges; the stream again adds the rest
    "$DECANT" import -q - <"$file" || [ $? -eq 3 ]
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <"$file")" ]
}

@test "kill: a line that kills its reader is found and rejected" {
    with_faults
    export DECANT_CRASH_KEY=row-000000007
    run "$DECANT" import -j 2 --range-bytes 32k "$file"
    echo "$output"
    [ "$status" -eq 3 ]
    [[ $output == *"line.crash"* ]]
    [ "$(sql "select count(*) from decant.reject where fault = 'line.crash'")" = 1 ]
    [ "$(sql "select convert_from(raw, 'UTF8') from decant.reject where fault = 'line.crash'")" = "$(grep '"row-000000007"' "$file")" ]
    complete
}

@test "kill: the same inside a .gz" {
    with_faults
    gzip -kc "$file" >f.jsonl.gz
    export DECANT_CRASH_KEY=row-000000007
    run "$DECANT" import --range-bytes 32k f.jsonl.gz
    echo "$output"
    [ "$status" -eq 3 ]
    [ "$(sql "select count(*) from decant.reject where fault = 'line.crash'")" = 1 ]
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <"$file")" ]
    books_balance
}
