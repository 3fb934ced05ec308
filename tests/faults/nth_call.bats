#!/usr/bin/env bats
# Every call that the world may refuse is refused once: the 1st, the 2nd, the
# 3rd ... until a run passes without.  Whatever fails, the import ends by
# itself, says why, and tells the truth by its exit code: 0 or 3 mean that
# all is in, 1 and 75 that running it again brings the rest, once.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    "$DECANT" --version | grep -q "fault injection" || return 0
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
    with_faults
    import_database
    cp "$BATS_FILE_TMPDIR"/f.jsonl* .
    export DECANT_PATIENCE=0.2
}

import() {
    status=0
    within 60 "$DECANT" import --json -j 2 --max-line 1M --range-bytes 30k "$input" \
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

# As before the first import, or, since its calls are the same whatever the
# input, as after `decant db init`.
clean() {
    if [ -n "$with_tables" ]; then
        sql 'truncate decant.result, decant.reject, decant.range, decant.source' >/dev/null
    else
        forget
    fi
}

# One run with DECANT_FAIL=$1, then whatever it takes to finish.
suffer() {
    local again=
    clean
    DECANT_FAIL=$1 import
    grep -q "a failure is injected" err.txt && injected=1 || injected=0
    if [ "$status" -eq 1 ] || [ "$status" -eq 75 ]; then
        grep -v "a failure is injected" err.txt | grep -q "^decant: [^ ]" ||
            complain "$1: no reason given" || return 1
        nothing_torn || complain "$1: torn" || return 1
        again=1
        import
    fi
    [ "$status" -eq 3 ] || { [ "$status" -eq 0 ] && [ -n "$again" ]; } ||
        complain "$1" || return 1
    # who says that it is done knows what it has done
    [ -n "$again" ] || grep -q '"totals":{"lines":24,' out.txt ||
        complain "$1: $(head -c 60 out.txt)" || return 1
    same_as undisturbed.dump || complain "$1"
}

# sweep KIND[+] FILE: fail the Nth call of a kind (with +: all later ones,
# too), for N = 1, 2, 3 ... until there is none.
sweep() {
    local n kind=${1%+}
    input=$2
    clean
    import
    [ "$status" -eq 3 ] || complain undisturbed || return 1
    everything >undisturbed.dump
    accounted || return 1
    for ((n = 1; n < 300; n++)); do
        suffer "$kind:$n${1#"$kind"}" || return 1
        [ $injected -eq 1 ] || break
    done
    echo "# $1 $input: $((n - 1)) calls" >&3
    [ "$n" -gt 1 ] && [ "$n" -lt 300 ]
}

tables() {
    "$DECANT" db init >/dev/null
    with_tables=1
}

@test "faults: libpq, from the first connection and table on" {
    sweep pq f.jsonl
}

@test "faults: libpq, a packed file" {
    tables
    sweep pq f.jsonl.gz
}

@test "faults: libpq, a stream" {
    tables
    sweep pq -
}

@test "faults: the server is gone for good from the Nth call on" {
    tables
    sweep pq+ f.jsonl
}

@test "faults: connecting" {
    tables
    sweep connect f.jsonl
    sweep connect+ f.jsonl
}

@test "faults: reading" {
    tables
    sweep read f.jsonl
    sweep read+ f.jsonl
    sweep read f.jsonl.gz
    sweep read -
}

@test "faults: memory" {
    tables
    sweep alloc f.jsonl
    sweep alloc+ f.jsonl
    sweep alloc f.jsonl.gz
    sweep alloc -
}

@test "faults: messages between the processes" {
    tables
    sweep write f.jsonl
    sweep write+ f.jsonl
    sweep write -
}

@test "faults: starting processes" {
    tables
    sweep fork f.jsonl
    sweep fork+ f.jsonl
}
