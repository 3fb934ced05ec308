#!/usr/bin/env bats
# The command line itself: help, mistakes, exit codes. No server.

setup() {
    : "${DECANT:=$BATS_TEST_DIRNAME/../../build/release/decant}"
    cd "$BATS_TEST_TMPDIR"
    unset DATABASE_URL PGHOST PGHOSTADDR PGSERVICE PGDATABASE
    export XDG_DATA_HOME=$BATS_TEST_TMPDIR/data
}

# usage "ARGS" WORDS: exit 2, one line on stderr that holds WORDS.
usage() {
    run bash -c "'$DECANT' $1 2>&1 >/dev/null"
    echo "$output"
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "decant: "*"$2"* ]]
}

@test "usage: no command shows what there is, exit 2" {
    run "$DECANT"
    [ "$status" -eq 2 ]
    [[ $output == *"import"*"check"*"db"* ]]
}

@test "usage: --version and --help exit 0" {
    run "$DECANT" --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^decant\ [0-9]+\.[0-9]+\.[0-9]+ ]]
    for words in --help -h help "help import" "help check" "help db" \
        "import --help" "check -h" "db --help"; do
        run "$DECANT" $words
        [ "$status" -eq 0 ]
        [ -n "$output" ]
    done
}

@test "usage: a mistake names the nearest right word" {
    usage "imprt x" "did you mean 'import'"
    usage "import --shrad 0/2 x" "--shard"
    usage "check --exlpain x" "--explain"
    usage "db stauts" "did you mean 'status'"
    usage "help chek" "did you mean 'check'"
}

@test "usage: values out of bounds say what is expected" {
    usage "import --shard 2/2 x" "I/N"
    usage "import --shard 1 x" "I/N"
    usage "import --workers 0 x" "workers"
    usage "import --workers many x" "workers"
    usage "import --range-bytes 3 x" "range-bytes"
    usage "import --profile jsno x" "decant profile list"
    usage "import --reject-limit 101% x" "percentage"
    usage "import --reject-limit -1 x" "reject-limit"
    usage "import --limit 0 x" "limit"
}

@test "usage: what cannot be is refused before anything is done" {
    usage "import" "no file given"
    usage "check" "no file given"
    usage "import --shard 0/2 -" "stdin"
    usage "check --rejects - --clean - x" "only one"
    usage "check --json --clean - x" "only one"
    usage "db" "action"
    usage "db url more" "more"
    [ ! -e data ]
}

@test "usage: db status of nothing starts nothing" {
    run "$DECANT" db status
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"not created"* ]]
    [ ! -e data/decant/pgdata ]
}

@test "usage: a dry run without a database creates none" {
    printf '{"key":"a","response":{"candidates":[{"content":{"parts":[{"text":"1"}]},"finishReason":"STOP"}]}}\n' >f.jsonl
    run "$DECANT" import --dry-run f.jsonl
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"nothing was written"* ]]
    [ ! -e data/decant/pgdata ]
}

@test "usage: the environment stands for options, the command line wins" {
    DECANT_PROFILE=jsno run "$DECANT" check x
    [ "$status" -eq 2 ]
    printf '{"key":"a","response":{"candidates":[{"content":{"parts":[{"text":"no"}]},"finishReason":"STOP"}]}}\n' >f.jsonl
    DECANT_PROFILE=text run "$DECANT" check f.jsonl
    [ "$status" -eq 0 ]
    DECANT_PROFILE=text run "$DECANT" check --profile raw f.jsonl
    [ "$status" -eq 3 ]
}

@test "a missing file is said without starting a database" {
    XDG_DATA_HOME=$BATS_TEST_TMPDIR/none run "$DECANT" import "$BATS_TEST_TMPDIR/gone.jsonl"
    [ "$status" -eq 1 ]
    [[ $output == *"gone.jsonl: No such file or directory"* ]]
    [ ! -e "$BATS_TEST_TMPDIR/none" ]
}
