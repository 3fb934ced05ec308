#!/usr/bin/env bats
# Lines that kill the worker which judges them: wherever they stand and
# however many they are, they become rejects, and all others are loaded.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    "$DECANT" --version | grep -q "fault injection" || return 0
    import_cluster
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    with_faults
    import_database
    export DECANT_CRASH_KEY=killer
    n=0
}

good() { for _ in $(seq "$1"); do gemini_line "k$((n += 1))"; done; }

import() {
    status=0
    within 100 "$DECANT" import --json -j 2 --max-line 1M --range-bytes 2k "$@" >out.json 2>err.txt || status=$?
    cat err.txt
}

# crashed N: so many rejects, all of killing lines with their bytes; the rest
# of the file's $n lines is loaded.
crashed() {
    [ "$(sql "select count(*) from decant.reject where fault = 'line.crash'
        and convert_from(raw, 'UTF8') = '$(gemini_line killer)'")" = "$1" ]
    [ "$(sql 'select count(*) from decant.reject')" = "$1" ]
    [ "$(sql 'select count(*) from decant.result')" = $n ]
    [ "$(json out.json 'd["totals"]["rejects"]')" = "$1" ]
    accounted
}

@test "crash: the first and the last line of a file" {
    { gemini_line killer; good 100; gemini_line killer | head -c -1; } >f.jsonl
    n=100
    import f.jsonl
    [ "$status" -eq 3 ]
    crashed 2
    import f.jsonl
    [ "$status" -eq 0 ]
}

@test "crash: a file of nothing else, and neighbours in one range" {
    { good 5; for _ in 1 2 3 4 5; do gemini_line killer; done; good 5; } >f.jsonl
    n=10
    import f.jsonl
    [ "$status" -eq 3 ]
    crashed 5
    forget
    n=0
    for _ in 1 2 3; do gemini_line killer; done >g.jsonl
    import g.jsonl
    [ "$status" -eq 3 ]
    crashed 3
}

@test "crash: in two packed ranges" {
    { good 20; gemini_line killer; good 60; gemini_line killer; good 3; } | gzip >f.jsonl.gz
    n=83
    import f.jsonl.gz
    [ "$status" -eq 3 ]
    crashed 2
}

@test "crash: through a pipe, which cannot be read again, it is a failure" {
    { good 20; gemini_line killer; good 20; } >f.jsonl
    import - <f.jsonl
    [ "$status" -eq 1 ]
    grep -q "save it in a file" err.txt
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
    # saved in a file
    n=40
    forget
    import f.jsonl
    [ "$status" -eq 3 ]
    crashed 1
}

@test "crash: without the hook the same lines load" {
    unset DECANT_CRASH_KEY
    { good 20; gemini_line killer; } >f.jsonl
    n=21
    import f.jsonl
    [ "$status" -eq 0 ]
    accounted
    [ "$(sql 'select count(*) from decant.result')" = 21 ]
}
