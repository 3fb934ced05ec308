#!/usr/bin/env bats
# Every call that the world may refuse is refused once: the 1st, the 2nd, the
# 3rd ... until a run passes without.  Whatever fails, the import ends by
# itself, says why, and tells the truth by its exit code: 0 or 3 mean that
# all is in, 1 and 75 that running it again brings the rest, once.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    with_faults
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    # three ranges, rows and rejects, an open last line
    gen_file f.jsonl 1 --bad 30
    head -n 24 f.jsonl | head -c -1 >g.jsonl
    mv g.jsonl f.jsonl
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
    cp "$BATS_FILE_TMPDIR"/f.jsonl* .
    export DECANT_PATIENCE=1
}

import() { # from stdin, if that is what $input says
    status=0
    within 60 "$DECANT" import -j 2 --range-bytes 30k "$input" \
        >out.txt 2>err.txt <f.jsonl || status=$?
}

# The tables exist and hold nothing half.
nothing_torn() {
    [ "$(sql "select to_regclass('decant.reconciliation') is null")" = t ] ||
        [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
}

complain() {
    echo "$*: exit $status"
    cat err.txt
    return 1
}

# One run with DECANT_FAIL=$1, then whatever it takes to finish.
suffer() {
    forget
    DECANT_FAIL=$1 import
    if [ "$status" -eq 1 ] || [ "$status" -eq 75 ]; then
        grep -v "a failure is injected" err.txt | grep -q "^decant: [^ ]" ||
            complain "$1: no reason given" || return 1
        nothing_torn || complain "$1: torn" || return 1
        cp err.txt first.txt
        import
    fi
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || complain "$1" || return 1
    accounted && same_as undisturbed.dump || complain "$1"
}

# sweep KIND [+] [FROM]: fail the Nth call of a kind (with +: and all later
# ones), for N = FROM, FROM + 1, ... until there is none.
sweep() {
    local n=${3:-1}
    import
    [ "$status" -eq 3 ] || complain undisturbed
    everything >undisturbed.dump
    for (( ; n < 400; n++)); do
        suffer "$1:$n$2"
        cat first.txt err.txt 2>/dev/null | grep -q "a failure is injected" || break
        rm -f first.txt
    done
    echo "# $1$2 $input: $n calls" >&3
    [ "$n" -gt 1 ] && [ "$n" -lt 400 ]
}

@test "faults: libpq, files" {
    input=f.jsonl
    sweep pq
}

@test "faults: libpq, a packed file" {
    input=f.jsonl.gz
    sweep pq
}

@test "faults: libpq, a stream" {
    input=-
    sweep pq
}

@test "faults: the server is gone for good from the Nth call on" {
    input=f.jsonl
    sweep pq +
}

@test "faults: connecting" {
    input=f.jsonl
    sweep connect
    sweep connect +
}

@test "faults: reading" {
    for input in f.jsonl f.jsonl.gz -; do
        sweep read
        sweep read +
    done
}

@test "faults: memory" {
    for input in f.jsonl f.jsonl.gz -; do
        sweep alloc
        sweep alloc +
    done
}

@test "faults: messages between the processes, and starting them" {
    input=f.jsonl
    sweep write
    sweep write +
    sweep fork
    sweep fork +
}

@test "faults: anything" {
    input=f.jsonl
    sweep any +
}
