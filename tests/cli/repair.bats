#!/usr/bin/env bats
# repair.bats - `decant repair` on the command line: streams, lines, exits.
bats_require_minimum_version 1.5.0

setup() {
    DECANT=${DECANT:-build/release/decant}
    cd "$BATS_TEST_TMPDIR" || exit 1
    [[ $DECANT = /* ]] || DECANT=$BATS_TEST_DIRNAME/../../$DECANT
}

# repaired TEXT OPTION...: what comes out, exactly, and the exit status
repaired() {
    local text=$1
    shift
    printf '%b' "$text" | "$DECANT" repair "$@" >out 2>err
}

is() {
    printf '%b' "$1" | cmp - out
}

@test "sound JSON passes byte for byte, exit 0" {
    repaired ' {"a" : [1, "x\\n"]}\r\n\n'
    is ' {"a" : [1, "x\\n"]}\r\n\n'
}

@test "almost-JSON is repaired, exit 3; its line end stays" {
    run -3 repaired "{'a':1,}\n"
    is '{"a":1}\n'
    run -3 repaired "{'a':1,}"
    is '{"a":1}'
}

@test "words and nothing are beyond repair: nothing on stdout, exit 1" {
    run -1 repaired 'hello'
    is ''
    run -1 repaired ''
    is ''
}

@test "--lines keeps lines aligned" {
    run -1 repaired '{"a":1,}\n\nhello\n{"b":2}\r\n{c:3}' --lines
    is '{"a":1}\n\n\n{"b":2}\r\n{"c":3}'
    run -3 repaired '{"a":1,}\n{"b":2}\n' -l
    is '{"a":1}\n{"b":2}\n'
    repaired '{"a":1}\n{"b":2}\n' -l
    is '{"a":1}\n{"b":2}\n'
    repaired '' -l
    is ''
}

@test "--lines: a document that hides line ends stays one line" {
    run -3 repaired '{\\n\\"a\\":1}\n' --lines
    is '{ "a":1}\n'
}

@test "--repair narrows what may be done" {
    run -1 repaired '{a:1}' --repair=lossless
    is ''
    run -3 repaired "{'a':1}" --repair=lossless
    is '{"a":1}'
    run -1 repaired "{'a':1}" --repair=none
    is ''
    repaired '{"a":1}' --repair=none
}

@test "--explain tells status, json, edits and suspects" {
    run -3 repaired '{"a":"\\c"}' --explain
    is '{"status":"repaired","json":{"a":"\\\\c"},"edits":[{"rule":"escape.doubled","class":"lossless","pointer":"/a","offset":6,"before":"\\\\","after":"\\\\\\\\"}],"suspects":[]}\n'
    repaired '[]' --explain
    is '{"status":"untouched","json":[],"edits":[],"suspects":[]}\n'
    run -1 repaired 'no' --explain
    grep -q '"status":"hopeless","json":null,"edits":\[\],"suspects":\[\]' out
    repaired '{"a":1,"a":2}' --explain
    grep -q '"kind":"duplicate_key"' out
    repaired '{"a":"\\frac"}' --explain
    grep -q '"kind":"escape","pointer":"/a"' out
}

@test "--field puts an eaten backslash back" {
    run -3 repaired '{"e":["\\frac"],"f":"\\frac"}' --field '/e/*=latex'
    is '{"e":["\\\\frac"],"f":"\\frac"}'
    run -3 repaired '{"p":"C:\\temp\\new"}' -f /p=path
    is '{"p":"C:\\\\temp\\\\new"}'
    run -2 repaired '{}' --field /p=nonsense
    run -2 repaired '{}' --field latex
}

@test "policies for U+0000 and half surrogate pairs" {
    repaired '"\\u0000"'
    is '"\\u0000"'
    run -3 repaired '"\\u0000"' --on-nul=replace
    is '"\xef\xbf\xbd"'
    run -3 repaired '"\\ud800"'
    is '"\xef\xbf\xbd"'
    run -1 repaired '"\\ud800"' --on-surrogate=reject
    is ''
    run -1 repaired '["\\\\u0000", "\\u0000"]' --on-nul=reject
    is ''
    grep -q 'at byte 13$' err
}

@test "--repair=none restores nothing either" {
    repaired '{"f":"\\frac"}' --field /f=latex --repair=none
    is '{"f":"\\frac"}'
    repaired '{"f":"\\frac"}' --field /f=latex --repair=none --explain
    grep -q '"untouched".*"reads"' out
}

@test "--lines: how many are beyond repair, and where the first is" {
    run -1 repaired '{"a":1}\n\nhello\nbye\n' --lines
    [ "$(cat err)" = 'decant: -: 2 of 4 lines beyond repair; the first is line 3: the reply holds no JSON, at byte 0' ]
}

@test "usage is 2, a missing file 74" {
    run -2 "$DECANT" repair a b
    run -2 "$DECANT" repair --nonsense
    run -74 "$DECANT" repair /nonexistent
}

@test "a file, and a reply with everything around it" {
    printf '<think>hm</think>Sure:\n```json\n{"a":1,}\n```\nBye.' >reply
    run -3 --separate-stderr "$DECANT" repair reply
    [ "$output" = '{"a":1}' ]
}

@test "check counts repairs, and loads guesses only when told" {
    printf '%s\n' '{"key":"1","response":{"candidates":[{"content":{"parts":[{"text":"{a:1}"}]}}]}}' \
        '{"key":"2","response":{"candidates":[{"content":{"parts":[{"text":"{\"a\":1,}"}]}}]}}' >r.jsonl
    run -3 --separate-stderr "$DECANT" check --json r.jsonl
    [[ $output = *'"rows":1,"rejects":1'* ]]
    [[ $output = *'"repairs":{"comma.trailing":1}'* ]]
    run -0 --separate-stderr "$DECANT" check --json --repair=all r.jsonl
    [[ $output = *'"key.quoted":1'* ]]
    run -3 --separate-stderr "$DECANT" check --repair=none r.jsonl
}
