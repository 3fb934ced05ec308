#!/usr/bin/env bats
# Typed tables in bad moments: processes are killed, files grow, several
# importers share the work; every line's rows are in exactly once.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/typed.sh"
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    profile p.json t '/rows' 'source int8! source' 'offset int8! offset' 'item int4! index' 'key text key' \
        'i int4! payload' 'd text /d'
    sed -i 's|"from": "payload"|"from": "payload", "pointer": "/i"|' p.json
    python3 - <<'PY' | lines f.jsonl
import json
for i in range(9000):
    rows = [{"d": f"{'é' * (i % 7)}-{k}-{'x' * (i * k % 300)}"} for k in range(i % 5)]
    print(f"k{i}\t" + (json.dumps({"i": i, "rows": rows}) if i % 40 != 13 else json.dumps({"i": "no", "rows": rows})))
PY
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    source "$BATS_TEST_DIRNAME/../lib/typed.sh"
    import_database
    cp "$BATS_FILE_TMPDIR"/* .
}

# Line i has i mod 5 rows, but every 40th line is a reject.
exact() {
    typed_whole decant.t
    [ "$(sql 'select count(*), count(distinct (i, item)), sum(i) from decant.t')" = \
        "$(python3 -c 'r = [i for i in range(9000) if i % 40 != 13 for k in range(i % 5)]; print(len(r), len(r), sum(r), sep="|")')" ]
    [ "$(sql "select count(*) from decant.reject where fault = 'column.type'")" = 225 ]
    [ "$(sql "select count(*) from decant.t where key <> 'k' || i or d not like '%-' || item || '-%'")" = 0 ]
}

@test "moments: two workers, small ranges" {
    import -j 2 --range-bytes 16k -p ./p.json f.jsonl
    [ "$status" -eq 3 ]
    exact
    [ "$(sql "select count(*) from pg_indexes where tablename = 't' and indexdef like '%(source, \"offset\")'")" = 1 ]
}

@test "moments: workers, supervisors and the server are killed" {
    "$DECANT" db init -p ./p.json >/dev/null
    sql 'create function slow() returns trigger language plpgsql as
             $$ begin perform pg_sleep(0.02); return new; end $$;
         create trigger slow before insert on decant.range
             for each row execute function slow()' >/dev/null
    for moment in 0.1 0.3 0.5; do
        "$DECANT" import -q -j 2 --range-bytes 16k -p ./p.json f.jsonl >/dev/null 2>&1 &
        pid=$!
        sleep $moment
        for w in $(pgrep -P $pid); do kill -9 "$w"; break; done
        sleep 0.1
        kill -9 $pid
        wait $pid || true
    done
    "$DECANT" import -q -j 2 --range-bytes 16k -p ./p.json f.jsonl >/dev/null 2>&1 &
    pid=$!
    sleep 0.4
    cluster_kill
    for _ in 1 2 3 4 5; do
        sleep 0.5
        cluster_start "$CLUSTER_DIR" && break
    done
    wait $pid || [ $? -eq 3 ]
    exact
    import -p ./p.json f.jsonl
    [ "$status" -eq 0 ]
    exact
}

@test "moments: two importers at once, the table made by one of them" {
    pids=()
    for n in 1 2; do
        within 90 "$DECANT" import -q -j 2 --range-bytes 16k -p ./p.json f.jsonl >out$n.txt 2>err$n.txt &
        pids+=($!)
    done
    for n in 0 1; do
        status=0
        wait "${pids[n]}" || status=$?
        cat err$((n + 1)).txt
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    done
    exact
}

@test "moments: a file that grows behind a last line without newline" {
    head -n 3 f.jsonl >g.jsonl
    head -n 4 f.jsonl | tail -n 1 | tr -d '\n' >>g.jsonl
    import -p ./p.json g.jsonl
    typed_whole decant.t
    [ "$(sql 'select count(*) from decant.t')" = 6 ]
    { echo; sed -n 5,100p f.jsonl; } >>g.jsonl
    import -p ./p.json g.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.t
    [ "$(sql 'select count(*), count(distinct (i, item)) from decant.t')" = \
        "$(python3 -c 'n = sum(i % 5 for i in range(100) if i % 40 != 13); print(n, n, sep="|")')" ]
    # the torn line becomes another one
    head -n 2 f.jsonl | head -c -20 >h.jsonl
    import -p ./p.json h.jsonl
    head -n 2 f.jsonl | tail -c 20 >>h.jsonl
    import -p ./p.json h.jsonl
    typed_whole decant.t
}

@test "moments: the same without columns that tell where a row came from" {
    profile q.json u /rows 'key text key' 'd text /d'
    head -n 3 f.jsonl | head -c -1 >g.jsonl
    import -p ./q.json g.jsonl
    [ "$(sql 'select count(*) from decant.u')" = 3 ]
    sed -n 4,10p f.jsonl | sed '1s/^/\n/' >>g.jsonl
    import -p ./q.json g.jsonl
    [ "$status" -eq 1 ]
    grep -q 'cannot be found again' err.txt
    [ "$(sql 'select count(*) from decant.u')" = 3 ]
}

@test "moments: pipes and .gz, again and again" {
    gzip -k f.jsonl
    import --range-bytes 64k -p ./p.json f.jsonl.gz
    [ "$status" -eq 3 ]
    exact
    import -p ./p.json f.jsonl.gz
    [ "$status" -eq 0 ]
    "$DECANT" db forget --yes f.jsonl.gz >/dev/null
    import --range-bytes 64k -p ./p.json - <f.jsonl
    [ "$status" -eq 3 ]
    exact
    import --range-bytes 64k -p ./p.json - <f.jsonl
    [ "$status" -eq 0 ]
    exact
}

@test "moments: a line that kills its reader leaves no rows" {
    with_faults
    export DECANT_CRASH_KEY=k7
    import -j 2 --range-bytes 32k -p ./p.json f.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.t
    [ "$(sql "select count(*) from decant.reject where fault = 'line.crash'")" = 1 ]
    [ "$(sql "select count(*) from decant.t where key = 'k7'")" = 0 ]
}
