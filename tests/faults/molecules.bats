#!/usr/bin/env bats
# Every call that the world may refuse to decant molecules is refused once.
# Whatever fails, it ends by itself with a reason, what is in the table is
# whole, and running it again brings the rest.

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
    with_faults
    import_database
    mkdir alone
    cp "$DECANT" alone/decant
    DECANT=$PWD/alone/decant
    export DECANT_CHEM=$BATS_TEST_DIRNAME/../lib/fake_chem.py
    sql "create table t (smiles text); insert into t values ('C'), ('CC'), ('CF'), ('C1'), ('CBr'), ('CCC')" >/dev/null
}

run_it() {
    status=0
    timeout 60 "$DECANT" molecules -q --json -j 1 --timeout 5 --column t.smiles >out.txt 2>err.txt || status=$?
}

complete() {
    [ "$(sql "select string_agg(smiles || ':' || state, ' ' order by smiles collate \"C\") from decant.molecule")" = \
        "C:done C1:invalid CBr:crashed CC:done CCC:done CF:memory" ]
}

# suffer KIND: the 1st, the 2nd ... until nothing was there to fail.
suffer() {
    local n
    for n in $(seq 80); do
        sql 'drop schema if exists decant cascade' >/dev/null 2>&1
        DECANT_FAIL=$1:$n run_it
        if ! grep -q "a failure is injected" err.txt; then
            [ "$status" -eq 0 ] && complete
            echo "$1: $((n - 1)) calls"
            return
        fi
        case $status in
        0) complete || { echo "$1:$n: not complete"; return 1; } ;;
        1 | 75) grep -v "a failure is injected" err.txt | grep -q '^decant: [^ ]' || { echo "$1:$n: no reason"; return 1; } ;;
        *) echo "$1:$n: exit $status"; cat err.txt; return 1 ;;
        esac
        run_it
        [ "$status" -eq 0 ] || { echo "$1:$n: again: exit $status"; cat err.txt; return 1; }
        complete || { echo "$1:$n: not complete after all"; return 1; }
    done
    echo "$1: does not end"
    return 1
}

@test "faults: molecules, when the connection breaks" {
    suffer pq
    suffer connect
}

@test "faults: molecules, when workers do not start, hear or speak" {
    suffer fork
    suffer write
    suffer read
    suffer alloc
}
