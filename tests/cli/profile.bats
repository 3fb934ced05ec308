#!/usr/bin/env bats
# profile.bats - `decant profile`: the built-in ones, one's own, proposals.
bats_require_minimum_version 1.5.0

setup() {
    DECANT=${DECANT:-build/release/decant}
    cd "$BATS_TEST_TMPDIR" || exit 1
    [[ $DECANT = /* ]] || DECANT=$BATS_TEST_DIRNAME/../../$DECANT
    ROOT=$BATS_TEST_DIRNAME/../..
}

profile() {
    "$DECANT" profile "$@" >out 2>err
}

@test "list names every file in profiles/, show prints it" {
    profile list
    [ "$(wc -l <out)" = "$(ls "$ROOT"/profiles/*.json | wc -l)" ]
    for file in "$ROOT"/profiles/*.json; do
        name=$(basename "$file" .json)
        grep -q "^$name " out
        "$DECANT" profile show "$name" | cmp - "$file"
        "$DECANT" profile show "$file" | cmp - "$file"
    done
}

@test "every built-in profile is sound, by name and as a file" {
    for file in "$ROOT"/profiles/*.json; do
        name=$(basename "$file" .json)
        profile check "$name"
        sed 1d out >by_name
        profile check "$file"
        sed 1d out | cmp - by_name
    done
    profile check raw
    grep -q 'no table of its own' out
}

@test "check prints the table and its columns" {
    cat >p.json <<'END'
{"type": "object", "x-decant": {"table": "lab.steps", "columns": {
  "n": {"type": "int4", "from": "/n", "required": true},
  "names": {"type": "text[]", "from": "/names"}}}}
END
    profile check p.json
    [ "$(cat out)" = 'p.json: a sound profile; an answer is JSON
table lab.steps
  n      int4 not null
  names  text[]' ]
}

@test "a schema of an older draft is read by its rules, and that is said" {
    for draft in 2020-12= 2019-09=2019-09 draft-07=7 draft-06=7; do
        case $draft in
        20*) uri=https://json-schema.org/draft/${draft%%=*}/schema ;;
        *) uri=http://json-schema.org/${draft%%=*}/schema# ;;
        esac
        echo "{\"\$schema\": \"$uri\", \"type\": \"object\"}" >p.json
        profile check p.json
        if [ "${draft#*=}" ]; then
            grep -q "^decant: p.json: .* the rules of draft ${draft#*=}\$" err
        fi
        [ "$(wc -l <err)" = "$([ "${draft#*=}" ] && echo 1 || echo 0)" ]
    done
}

@test "a profile that is wrong: 2, the place and a guess" {
    echo '{"x-decant": {"table": "t", "columns": {"n": {"type": "txt"}}}}' >p.json
    run -2 profile check p.json
    grep -q '^decant: p.json: #/x-decant/columns/n/type: .*text' err
    [ ! -s out ]
    echo '{"x-decant": {"tabel": "t"}}' >p.json
    run -2 profile check p.json
    grep -q '#/x-decant.*table' err
    echo '{"minimum": "x"}' >p.json
    run -2 profile check p.json
    grep -q '#/minimum: ' err
    echo '{' >p.json
    run -2 profile check p.json
    run -1 profile check none.json
    run -2 profile check embeding
    grep -q "did you mean 'embedding'" err
}

@test "init copies, and never over a file" {
    profile init raw
    cmp raw.json "$ROOT/profiles/raw.json"
    echo mine >mine.json
    run -2 profile init raw mine.json
    [ "$(cat mine.json)" = mine ]
    ln -s nowhere.json link.json
    run -2 profile init raw link.json
    [ ! -e nowhere.json ]
    profile init text ./copy
    cmp copy "$ROOT/profiles/text.json"
    run -2 profile init raw copy2
    run -2 profile init none x.json
    [ ! -e x.json ]
    run -1 profile init raw none/x.json
}

@test "a profile's file is read beside it and nowhere above" {
    mkdir -p in/more
    echo '{"type": "object"}' >in/more/o.json
    echo '{"type": "object"}' >above.json
    echo '{"$ref": "more/o.json"}' >in/p.json
    profile check in/p.json
    (cd in && "$DECANT" profile check p.json)
    echo '{"$ref": "../above.json"}' >in/p.json
    run -2 profile check in/p.json
}

@test "usage" {
    run -2 profile
    run -2 profile chekc raw
    grep -q "did you mean 'check'" err
    run -2 profile list raw
    run -2 profile show
    run -2 profile infer
    run -0 "$DECANT" help profile
    [[ $output = *infer* ]]
}

@test "the profiles in docs/profiles.md are sound" {
    awk -v n=0 '/^```json$/ { n++; on = 1; next } /^```/ { on = 0 }
        on { print > ("doc" n ".json") }' "$ROOT/docs/profiles.md"
    [ -e doc3.json ]
    for file in doc*.json; do
        profile check "$file"
    done
}

# Their own examples, as an answer in a line of OpenAI's.
@test "the examples of docs/profiles.md are sound answers" {
    awk -v n=0 '/^```json$/ { n++; on = 1; next } /^```/ { on = 0 }
        on { print > ("doc" n ".json") }' "$ROOT/docs/profiles.md"
    grep '^{"question"' "$ROOT/docs/profiles.md" >quiz.jsonl
    grep '^{"target"' "$ROOT/docs/profiles.md" >steps.jsonl
    for pair in doc1.json:quiz doc2.json:quiz doc3.json:steps; do
        jq -c '{id: "b", custom_id: "ch3-017", error: null, response: {
            status_code: 200, body: {model: "m", choices: [{index: 0,
            finish_reason: "stop", message: {role: "assistant",
            content: tojson}}]}}}' "${pair#*:}.jsonl" >line.jsonl
        [ -s line.jsonl ]
        "$DECANT" check --json --profile "./${pair%:*}" line.jsonl >out
        [ "$(jq -c '[.totals.rows, .totals.rejects]' out)" = '[1,0]' ]
    done
}

@test "the error message in docs/profiles.md is the real one" {
    awk -v n=0 '/^```json$/ { n++; on = 1; next } /^```/ { on = 0 }
        on { print > ("doc" n ".json") }' "$ROOT/docs/profiles.md"
    sed 's/"level": {"type": "text"/"level": {"type": "txt"/' doc2.json >quiz.json
    run -2 profile check quiz.json
    grep -qxF "$(cat err)" "$ROOT/docs/profiles.md"
}
