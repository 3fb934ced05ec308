#!/usr/bin/env bats
# As nth_call.bats, with a typed table whose rows the server refuses here and
# there: whichever call fails, each line's rows are in once or not at all, and
# running it again brings the rest.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/typed.sh"
    "$DECANT" --version | grep -q "fault injection" || return 0
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    profile p.json t /rows 'source int8! source' 'offset int8! offset' 'item int4! index' 'key text key' 'd text! /d'
    for i in $(seq 24); do
        echo "k$i	{\"rows\":[{\"d\":\"x$i\"},{\"d\":\"$([ $((i % 5)) = 3 ] && echo bad || echo "y$i")\"}]}"
    done | lines f.jsonl
    echo 'k25	{"rows":[{}]}' | lines g.jsonl
    cat g.jsonl >>f.jsonl
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    source "$BATS_TEST_DIRNAME/../lib/typed.sh"
    with_faults
    import_database
    cp "$BATS_FILE_TMPDIR"/* .
    export DECANT_PATIENCE=0.2
}

load() {
    status=0
    within 60 "$DECANT" import --json -j 2 --max-line 1M --range-bytes 2k -p ./p.json "$input" \
        >out.txt 2>err.txt <f.jsonl || status=$?
}

# 24 lines of two rows, five of them refused, and one that is no row.
all_in() {
    typed_whole decant.t
    [ "$(sql 'select count(*), count(distinct (key, item)) from decant.t')" = '38|38' ]
    [ "$(sql 'select fault, count(*) from decant.reject group by 1 order by 1')" = \
'column.missing|1
server.23514|5' ]
}

clean() {
    if [ -n "$with_tables" ]; then
        sql 'truncate decant.result, decant.reject, decant.range, decant.source, decant.t' >/dev/null
    else
        forget
    fi
}

tables() {
    "$DECANT" db init -p ./p.json >/dev/null
    sql "alter table decant.t add check (d <> 'bad')" >/dev/null
    with_tables=1
}

# sweep KIND FILE: fail the Nth call, N = 1, 2, 3 ..., then run it again.
sweep() {
    local n injected
    input=$2
    for ((n = 1; n < 300; n++)); do
        clean
        DECANT_FAIL=$1:$n load
        injected=$(grep -c "a failure is injected" err.txt || true)
        if [ "$status" -eq 1 ] || [ "$status" -eq 75 ]; then
            load
        fi
        [ "$status" -eq 3 ] || [ "$status" -eq 0 ] || { cat err.txt; return 1; }
        all_in || { echo "$1:$n $input"; cat err.txt; return 1; }
        [ "$injected" -gt 0 ] || break
    done
    echo "# $1 $input: $((n - 1)) calls" >&3
    [ "$n" -gt 1 ] && [ "$n" -lt 300 ]
}

@test "typed calls: libpq, a file" {
    tables
    sweep pq f.jsonl
}

@test "typed calls: libpq, a stream" {
    tables
    sweep pq -
}

@test "typed calls: memory, messages" {
    tables
    sweep alloc f.jsonl
    sweep write f.jsonl
}

@test "typed calls: while the table is made" {
    all_in() { # without its check, which nobody could add in time
        typed_whole decant.t
        [ "$(sql 'select count(*), count(distinct (key, item)) from decant.t')" = '48|48' ]
    }
    sweep pq f.jsonl
}
