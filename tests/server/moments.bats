#!/usr/bin/env bats
# kill -9 at fifty random moments: of a worker, of the supervisor.  Whatever
# the moment, the tables become those of an import that nobody disturbed.
#
# Moments are drawn over the time that an import takes here and now, so that
# they hit the migration, the load, the finish and the indexes alike.  Each
# begins without any tables.  SOAK_SEED repeats a series, SOAK_MOMENTS makes
# it longer (make soak).

MOMENTS=${SOAK_MOMENTS:-25}

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    gen_file f.jsonl 3 --bad 8
    # a BOM, blank lines, CRLF, a long line, no newline at the end
    { printf '\xef\xbb\xbf\n \r\n'; head -n 500 f.jsonl
      gemini_line "$(head -c 70000 /dev/zero | tr '\0' k)"
      echo; tail -n +501 f.jsonl | head -c -1; } >g.jsonl
    mv g.jsonl f.jsonl
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    import_database
    without_leak_check
    file=$BATS_FILE_TMPDIR/f.jsonl
    import=("$DECANT" import -q --json -j 2 --max-line 1M --range-bytes 8k "$file")
    RANDOM=${SOAK_SEED:-$((BATS_TEST_NUMBER * 7919))}
    undisturbed
}

# What has to come out, and how long it takes: $took, in milliseconds.
undisturbed() {
    local start
    start=$(date +%s%3N)
    within 60 "${import[@]}" >/dev/null || [ $? -eq 3 ]
    took=$(($(date +%s%3N) - start))
    everything >undisturbed.dump
    accounted
    [ "$(sql 'select count(*) from decant.range')" -gt 200 ]
}

# A moment of the next import: sets $moment, in seconds.
draw_moment() {
    local ms=$((RANDOM * took / 32768))
    printf -v moment '%d.%03d' $((ms / 1000)) $((ms % 1000))
}

@test "moments: a worker is killed at $MOMENTS of them, the import goes on" {
    hits=0
    for i in $(seq $MOMENTS); do
        forget
        draw_moment
        "${import[@]}" >out.txt 2>err.txt &
        pid=$!
        sleep "$moment"
        victim=$(pgrep -P $pid | shuf -n 1 --random-source=<(yes "$RANDOM")) || true
        [ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && hits=$((hits + 1))
        ended $pid
        [ "$status" -eq 3 ] || { echo "moment $i, $moment s: exit $status"; cat err.txt; false; }
        accounted
        same_as undisturbed.dump || { echo "moment $i, $moment s"; cat err.txt; false; }
        # it knows what it has loaded, whoever died after which commit
        [ "$(json out.txt 'd["totals"]["lines"]')" = "$(sql 'select sum(lines) from decant.range')" ]
        [ "$(json out.txt 'd["totals"]["rejects"]')" = "$(sql 'select count(*) from decant.reject')" ]
        # nothing of it is left to be done
        [ $((i % 8)) -ne 0 ] || "${import[@]}" >/dev/null
    done
    [ $hits -gt $((MOMENTS / 2)) ]
}

@test "moments: the supervisor is killed at $MOMENTS of them, again finishes" {
    hits=0
    for i in $(seq $MOMENTS); do
        forget
        draw_moment
        "${import[@]}" >/dev/null 2>&1 &
        pid=$!
        sleep "$moment"
        workers=$(pgrep -P $pid) || true
        kill -9 $pid 2>/dev/null && hits=$((hits + 1))
        ended $pid
        wait_until 10 all_gone $workers
        # every other one does not wait for the server to notice
        [ $((i % 2)) -eq 0 ] || wait_until 10 sessions_gone
        status=0
        within 60 "${import[@]}" >out.txt 2>err.txt || status=$?
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ] ||
            { echo "moment $i, $moment s: exit $status"; cat err.txt; false; }
        accounted
        same_as undisturbed.dump || { echo "moment $i, $moment s"; cat err.txt; false; }
    done
    [ $hits -gt $((MOMENTS / 2)) ]
}

@test "moments: killed again and again, no run loses ground" {
    forget
    before=0
    # each gets a little more of the time that an undisturbed one takes, so
    # that one of them comes to the end however slow the machine is today
    for i in $(seq 40); do
        ms=$((took * (20 + 5 * i + RANDOM % 10) / 100))
        status=0
        timeout -s KILL "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))" \
            "${import[@]}" >/dev/null 2>err.txt || status=$?
        after=$(sql "select case when to_regclass('decant.range') is null then 0
            else (xpath('/row/n/text()', query_to_xml('select count(*) as n from decant.range',
                false, true, '')))[1]::text::int end") || after=$before
        [ "$after" -ge "$before" ]
        before=$after
        [ "$status" -eq 137 ] || [ "$status" -eq 124 ] || break
    done
    cat err.txt
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    accounted
    same_as undisturbed.dump
}
