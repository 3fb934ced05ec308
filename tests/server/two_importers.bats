#!/usr/bin/env bats
# Several decants at once on the same input and database, which none of them
# has seen before: the tables come out as from one, and all end well.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    gen_file f.jsonl 4 --bad 8
    gen_file g.jsonl 2 --provider openai --bad 3
    gzip -k f.jsonl
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    import_database
    cp "$BATS_FILE_TMPDIR"/* .
}

# undisturbed FILE...: what one importer makes of them.
undisturbed() {
    within 60 "$DECANT" import -q -j 2 --max-line 1M --range-bytes 16k "$@" >/dev/null || [ $? -eq 3 ]
    everything >undisturbed.dump
    forget
}

# begin ARG...: one more importer in the background.
pids=()
begin() {
    local n=${#pids[@]}
    within 90 "$DECANT" import --json --max-line 1M --range-bytes 16k "$@" >"out$n.json" 2>"err$n.txt" &
    pids+=($!)
}

# All have ended with 0 or 3, and together loaded each line once.
all_well() {
    local n lines=0
    for n in "${!pids[@]}"; do
        ended "${pids[n]}"
        cat "err$n.txt"
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || return 1
        lines=$((lines + $(json "out$n.json" 'd["totals"]["lines"]')))
    done
    [ "$lines" = "$(sql 'select sum(lines) from decant.range')" ] || {
        echo "they say to have loaded $lines lines"
        return 1
    }
    accounted
}

@test "two: at once on a database without tables" {
    undisturbed f.jsonl g.jsonl
    begin -j 2 f.jsonl g.jsonl
    begin -j 2 f.jsonl g.jsonl
    all_well
    same_as undisturbed.dump
}

@test "two: five of them, in another order, by other names, with other ranges" {
    undisturbed f.jsonl g.jsonl
    mkdir other
    cp f.jsonl other/a.jsonl
    ln g.jsonl other/b.jsonl
    begin -j 1 f.jsonl g.jsonl
    wait_until 20 ranges_beyond 0
    begin -j 2 g.jsonl f.jsonl
    begin -j 3 other
    begin -j 1 --range-bytes 100k other/b.jsonl f.jsonl
    begin -j 2 .
    all_well
    # . holds f.jsonl.gz, too
    sql "with gz as (select id from decant.source where kind = 'packed'),
        a as (delete from decant.result where source in (select id from gz)),
        b as (delete from decant.reject where source in (select id from gz)),
        c as (delete from decant.range where source in (select id from gz)) select" >/dev/null
    sql "delete from decant.source where kind = 'packed'" >/dev/null
    # the path of a source is that of whoever came last, the size of its
    # ranges that of whoever came first; the rows are the same
    everything | grep -v '"range_bytes"\|"begin_at"' >rows.txt
    grep -v '"range_bytes"\|"begin_at"' undisturbed.dump | cmp - rows.txt
    [ "$(wc -l <rows.txt)" -gt 1000 ]
}

@test "two: one is killed, the other does its part, too" {
    undisturbed f.jsonl
    for _ in 1 2 3; do
        forget
        pids=()
        "$DECANT" import -q -j 2 --max-line 1M --range-bytes 16k f.jsonl >/dev/null 2>&1 &
        victim=$!
        begin -j 2 f.jsonl
        wait_until 20 ranges_beyond 30
        pkill -9 -P $victim || true
        kill -9 $victim 2>/dev/null || true
        ended $victim
        ended "${pids[0]}"
        cat err0.txt
        [ "$status" -eq 3 ]
        accounted
        same_as undisturbed.dump
    done
}

@test "two: on the same .gz" {
    undisturbed f.jsonl.gz
    begin -j 1 f.jsonl.gz
    begin -j 2 f.jsonl.gz
    all_well
    same_as undisturbed.dump
}

@test "two: on the same stream" {
    for _ in 1 2 3; do
        forget
        rm -f out*.json
        pids=()
        begin - < <(cat g.jsonl)
        begin - < <(cat g.jsonl)
        for n in 0 1; do
            ended "${pids[n]}"
            cat "err$n.txt"
            # the one that finds itself overtaken may ask to be run again
            [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || [ "$status" -eq 75 ]
        done
        within 60 "$DECANT" import -q - <g.jsonl || [ $? -eq 3 ]
        accounted
        [ "$(sql 'select count(*) from (select "offset" from decant.result union all select "offset" from decant.reject) x')" = "$(wc -l <g.jsonl)" ]
    done
}

@test "two: one loads while the file grows and the other starts later" {
    head -c 1500000 f.jsonl >h.jsonl
    begin -j 1 h.jsonl
    wait_until 20 ranges_beyond 10
    tail -c +1500001 f.jsonl >>h.jsonl
    begin -j 2 h.jsonl
    for n in 0 1; do
        ended "${pids[n]}"
        cat "err$n.txt"
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    done
    within 60 "$DECANT" import -q h.jsonl || [ $? -eq 3 ]
    accounted
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <f.jsonl)" ]
}
