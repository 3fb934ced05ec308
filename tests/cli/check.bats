#!/usr/bin/env bats
# decant check: verdicts without a server.

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cd "$BATS_TEST_TMPDIR"
    samples=$(cd "$BATS_TEST_DIRNAME/../../samples" && pwd)
    unset DATABASE_URL PGHOST PGHOSTADDR PGSERVICE PGDATABASE
}

# A Gemini line whose reply is the given text (JSON-escaped by python).
reply() {
    python3 - "$1" "$2" <<'PY'
import json, sys
print(json.dumps({"key": sys.argv[1], "response": {"candidates": [
    {"content": {"parts": [{"text": sys.argv[2]}]}, "finishReason": "STOP"}]}}))
PY
}

@test "check: sound lines exit 0, rejects exit 3, trouble exits 1" {
    reply a '{"x":1}' >good.jsonl
    reply b '{"x":1' >bad.jsonl
    run "$DECANT" check good.jsonl
    [ "$status" -eq 0 ]
    run "$DECANT" check good.jsonl bad.jsonl
    [ "$status" -eq 3 ]
    run "$DECANT" check good.jsonl bad.jsonl none.jsonl
    [ "$status" -eq 1 ]
    [[ $output == *"none.jsonl"*"No such file"* ]]
    run "$DECANT" check "$BATS_TEST_TMPDIR/nowhere/"
    [ "$status" -eq 1 ]
}

@test "check: --json is one object whose numbers add up" {
    "$DECANT" check --json "$samples" >out.json || [ $? -eq 3 ]
    [ "$(wc -l <out.json)" = 1 ]
    [ "$(json out.json 'd["totals"]["lines"] == d["totals"]["rows"] + d["totals"]["rejects"] + d["totals"]["blanks"]')" = True ]
    [ "$(json out.json 'len(d["files"])')" = 3 ]
    [ "$(json out.json 'd["exit"]')" = 3 ]
}

@test "check: --rejects names line, place and bytes" {
    { reply a '{"x":1}'; echo; reply b '{"x": [1,,2]}'; } >f.jsonl
    run "$DECANT" check -q --rejects r.jsonl f.jsonl
    [ "$status" -eq 3 ]
    [ "$(wc -l <r.jsonl)" = 1 ]
    [ "$(json r.jsonl 'd["line"], d["key"], d["fault"], d["pointer"][:2]')" = "(3, 'b', 'json.syntax', '/x')" ]
    [ "$(json r.jsonl 'd["raw"]')" = "$(sed -n 3p f.jsonl)" ]
    [ "$(json r.jsonl 'd["raw"].encode()[d["at"]:d["at"]+1].decode()')" = ',' ]
    [ "$(json r.jsonl 'd["raw"].encode()[:d["at"]].decode()[-2:]')" = '[1' ]
    [ "$(json r.jsonl 'd["offset"]')" = "$(head -n 2 f.jsonl | wc -c)" ]
}

@test "check: --clean gives the payloads, one per line" {
    { reply a $'{\n  "x": 1,\r\n  "y": "\\n"\n}'; reply b broken; reply c '[1,2]'
      reply d $'```json\n{"z": 3}\n```'; } >f.jsonl
    run "$DECANT" check --clean - f.jsonl
    echo "$output"
    [ "$status" -eq 3 ]
    [ "${lines[0]}" = '{   "x": 1,    "y": "\n" }' ]
    [ "${lines[1]}" = '[1,2]' ]
    [ "${lines[2]}" = '{"z": 3}' ]
    [ "${#lines[@]}" -eq 3 ]
}

@test "check: --clean of texts is JSON strings" {
    reply a $'two\nlines "quoted"' >f.jsonl
    run "$DECANT" check --profile text --clean - f.jsonl
    [ "$status" -eq 0 ]
    [ "$output" = '"two\nlines \"quoted\""' ]
}

@test "check: --explain tells repairs and faults with their places" {
    { reply a '{"s":"F/C=C\F"}'; reply b '{"x":1,}'; reply c '{"x" 1}'; } >f.jsonl
    run "$DECANT" check --explain f.jsonl
    echo "$output"
    [[ $output == *"f.jsonl:1: a: escape"*"/s"* ]]
    [[ $output == *"f.jsonl:2: b: comma.trailing"* ]]
    [[ $output == *"f.jsonl:3: c: json.syntax"* ]]
}

@test "check: --explain tells long words to their end" {
    long=$(printf 'n%.0s' {1..90})
    reply a '{"long":1}' >f.jsonl
    echo '{"properties": {"long": {"enum": ["'"$long"'", "the end"]}}}' >p.json
    run "$DECANT" check --profile p.json --explain f.jsonl
    echo "$output"
    [[ $output == *'"the end", at byte '*' of the line, /long'* ]]
}

@test "check: SMILES that are none are counted by place" {
    { reply a '{"m":["C","C1CC"]}'; reply b '{"m":["CC(","C"]}'; } >f.jsonl
    echo '{"properties": {"m": {"items": {"format": "smiles"}}}}' >p.json
    run "$DECANT" check --profile p.json f.jsonl
    echo "$output"
    [ "$status" -eq 3 ]
    [[ $output == *"rejects by place"*"smiles.paren_open  "*/m/\**"smiles.ring_open  "*/m/\** ]]
}

@test "check: stdin, .gz and .zst give the same numbers as the file" {
    gzip -c "$samples/gemini-molecules.jsonl" >f.jsonl.gz
    zstd -q "$samples/gemini-molecules.jsonl" -o f.jsonl.zst
    want=$("$DECANT" check --json "$samples/gemini-molecules.jsonl" | sed 's/"seconds":[^,]*,//; s/"path":"[^"]*"//')
    for f in f.jsonl.gz f.jsonl.zst -; do
        got=$("$DECANT" check --json $f <"$samples/gemini-molecules.jsonl" | sed 's/"seconds":[^,]*,//; s/"path":"[^"]*"//')
        [ "$got" = "$want" ]
    done
}

@test "check: files that are no results are explained" {
    printf 'a,b,c\n1,2,3\n4,5,6\n' >table.jsonl
    printf '{"id":"batch_1","object":"batch","status":"completed","output_file_id":"f"}\n' >job.jsonl
    head -c 3000 /dev/urandom >noise.jsonl
    : >empty.jsonl
    run "$DECANT" check table.jsonl job.jsonl noise.jsonl empty.jsonl
    echo "$output"
    [ "$status" -eq 1 ]
    for f in table job noise; do
        [[ $output == *"not checked: $f.jsonl: "* ]]
    done
    [[ $output != *"not checked: empty.jsonl"* ]]
    run "$DECANT" check empty.jsonl
    [ "$status" -eq 0 ]
}

@test "check: directories are walked, hidden and unfinished files left out" {
    mkdir -p d/sub
    reply a 1 >d/x.jsonl
    reply a 1 >d/sub/y.ndjson
    reply a 1 >d/.hidden.jsonl
    reply a 1 >d/z.jsonl.part
    echo text >d/readme.txt
    "$DECANT" check -q --json d >out.json
    [ "$(json out.json '[f["path"] for f in d["files"]]')" = "['d/sub/y.ndjson', 'd/x.jsonl']" ]
}

@test "check: a full disk is a failure" {
    [ -w /dev/full ] || skip "no /dev/full"
    reply a 1 >f.jsonl
    run "$DECANT" check --clean /dev/full f.jsonl
    [ "$status" -eq 1 ]
    run bash -c "'$DECANT' check f.jsonl >/dev/full"
    [ "$status" -eq 1 ]
    [[ $output == *"No space left"* ]]
}

@test "check: --limit, --max-line" {
    { reply a 1; reply b 2; reply c 3; } >f.jsonl
    "$DECANT" check --json --limit 2 f.jsonl >out.json
    [ "$(json out.json 'd["totals"]["lines"]')" = 2 ]
    run "$DECANT" check --max-line 64 f.jsonl
    [ "$status" -eq 3 ]
    [[ $output == *"line.oversize"* ]]
}

@test "check: remarks as JSON lines" {
    run bash -c "'$DECANT' check --log-json none.jsonl 2>&1 >/dev/null"
    [ "$status" -eq 1 ]
    printf '%s\n' "$output" >log
    [ "$(json log 'd["level"], d["event"]')" = "('error', 'file.refused')" ]
}
