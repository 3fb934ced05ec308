#!/usr/bin/env bats
# What the pages show is what the program does: the commands of README.md
# print what stands there, and the queries of the pages run.

setup_file() {
    . "$BATS_TEST_DIRNAME/../lib/cluster.sh"
    cluster_available || skip "no PostgreSQL here"
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    DECANT=${DECANT:-$ROOT/build/release/decant}
    mkdir -p "$BATS_FILE_TMPDIR/bin"
    ln -s "$DECANT" "$BATS_FILE_TMPDIR/bin/decant"
    cluster_start
    export ROOT CLUSTER_DIR CLUSTER_URL
    export DATABASE_URL=$CLUSTER_URL PATH=$BATS_FILE_TMPDIR/bin:$PATH
}

teardown_file() {
    . "$BATS_TEST_DIRNAME/../lib/cluster.sh"
    cluster_stop
}

setup() { cd "$ROOT"; }

# Numbers that no two runs share.
masked() { sed -E 's/in [0-9.]+ s( \([^)]*\))?$/in T/'; }

# block FILE TEXT: the lines of the ``` block in which TEXT occurs.
block() {
    awk -v text="$2" '
        /^```/ { if (on && found) { printf "%s", body; exit }
                 on = !on; found = 0; body = ""; next }
        on { body = body $0 "\n"; if (index($0, text)) found = 1 }' "$1"
}

@test "README: decant check prints what stands there" {
    block README.md '$ decant check' | tail -n +2 | masked >"$BATS_TEST_TMPDIR/want"
    decant check samples/gemini-molecules.jsonl >"$BATS_TEST_TMPDIR/out" ||
        [ $? -eq 3 ]
    masked <"$BATS_TEST_TMPDIR/out" | diff "$BATS_TEST_TMPDIR/want" -
    [ -s "$BATS_TEST_TMPDIR/want" ]
}

@test "README: import, then the query prints what stands there" {
    run decant import -q samples/
    decant db init --profile qa
    [ "$status" -eq 3 ]
    block README.md '$ decant import' >"$BATS_TEST_TMPDIR/block"
    query=$(sed -n '2s/^\$ //p' "$BATS_TEST_TMPDIR/block")
    [[ $query == "decant db psql"* ]]
    tail -n +3 "$BATS_TEST_TMPDIR/block" >"$BATS_TEST_TMPDIR/want"
    eval "${query/-- /-- -X -P pager=off }" | diff "$BATS_TEST_TMPDIR/want" -
}

@test "README: the keys to ask again" {
    run decant import -q samples/
    decant db init --profile qa
    printf '{"custom_id":"%s"}\n' quinine aspirin morphine \
        >"$BATS_TEST_TMPDIR/requests.jsonl"
    block README.md again.keys >"$BATS_TEST_TMPDIR/commands"
    cd "$BATS_TEST_TMPDIR"
    bash -eu commands
    [ "$(cat again.jsonl)" = '{"custom_id":"quinine"}
{"custom_id":"morphine"}' ]
}

@test "operating.md: every query runs" {
    run decant import -q samples/
    decant db init --profile qa
    awk '/^```sql/ { on = 1; next } /^```/ { on = 0 } on' docs/operating.md \
        >"$BATS_TEST_TMPDIR/queries.sql"
    [ "$(grep -c ';$' "$BATS_TEST_TMPDIR/queries.sql")" -ge 5 ]
    decant db psql -- -X -q -v ON_ERROR_STOP=1 -f "$BATS_TEST_TMPDIR/queries.sql"
}

@test "the pages name only options that exist" {
    { decant help import; decant help check; decant help repair; decant help db; } \
        >"$BATS_TEST_TMPDIR/help"
    for option in $(grep -ohE '^\| `--?[a-z-]+' README.md | tr -d '|` '); do
        grep -qE -- "(^|[ ,])$option\b" "$BATS_TEST_TMPDIR/help" || {
            echo "README.md names $option"
            return 1
        }
    done
}

@test "links between the pages lead somewhere" {
    for page in README.md docs/*.md samples/README.md; do
        # what stands in backticks, such as a SMILES, is no link
        for link in $(sed 's/`[^`]*`//g' "$page" | grep -oE '\]\([^)#:]+' | cut -c3-); do
            [ "$link" = https ] || [ -e "$(dirname "$page")/$link" ] || {
                echo "$page: $link"
                return 1
            }
        done
    done
}
