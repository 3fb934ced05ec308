#!/usr/bin/env bats
# Every command under EXAMPLES of the manual page does what it says there.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_cluster
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_database
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    mkdir results bin
    cp "$root"/samples/*.jsonl results
    gzip -c results/gemini-molecules.jsonl >results/old.jsonl.gz
    ln -s "$(realpath "$DECANT")" bin/decant
    PATH=$PWD/bin:$PATH
}

@test "man: the examples run, in their order" {
    sed -n '/^\.EX/,/^\.EE/{/^\.E/d;s/\\-/-/g;p}' "$root/docs/decant.1" >examples
    [ "$(wc -l <examples)" -ge 8 ]
    while IFS= read -r command; do
        echo "\$ $command"
        status=0
        bash -c "$command" </dev/null || status=$?
        echo "exit $status"
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    done <examples
    [ "$(wc -l <payloads.jsonl)" -gt 5 ]
    [ "$(wc -l <rejects.jsonl)" -gt 5 ]
    [ "$(sql 'select count(*) from decant.result')" -gt 10 ]
}

@test "man: every option of the program is in it, and no other" {
    for c in import check repair smiles molecules profile schema db; do
        "$DECANT" help $c | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE '\-\-[a-z-]+'
    done | sort -u >program
    sed 's/\\-/-/g' "$root/docs/decant.1" | grep -oE '\-\-[a-z][a-z-]+' | sort -u >page
    echo --help >>page
    sort -u page -o page
    diff program page
}

@test "man: it is a proper manual page" {
    command -v groff >/dev/null || skip "no groff"
    run groff -man -Tutf8 -ww -z "$root/docs/decant.1"
    [ -z "$output" ]
}
