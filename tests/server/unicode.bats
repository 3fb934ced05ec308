#!/usr/bin/env bats
# Every Unicode scalar value but U+0000, written in every way JSON knows, goes
# through decant into a real server and comes back as it was.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_cluster
    "$BATS_TEST_DIRNAME/../tools/every_scalar.py" write "$BATS_FILE_TMPDIR/f.jsonl"
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    import_database
    judge=$BATS_TEST_DIRNAME/../tools/every_scalar.py
    file=$BATS_FILE_TMPDIR/f.jsonl
}

# Hex, so that nothing on the way back can change a byte.
dump() {
    sql "select key || E'\t' || encode(convert_to($1, 'UTF8'), 'hex') from decant.result"
}

@test "unicode: every scalar value, in jsonb and as exact text" {
    run "$DECANT" import --keep-text --range-bytes 64k "$file"
    echo "$output"
    [ "$status" -eq 0 ]
    accounted
    [ "$(sql 'select count(*) from decant.result where fixes is not null')" = 0 ]
    dump "payload::text" >dump.txt
    "$judge" judge dump.txt
    dump payload_text >dump.txt
    "$judge" judge dump.txt
    # the text is the payload's bytes: what Python wrote, to the byte
    python3 - "$file" dump.txt <<'PY'
import json, sys
sent = {}
for line in open(sys.argv[1], encoding="utf-8"):
    d = json.loads(line)
    sent[d["key"]] = d["response"]["candidates"][0]["content"]["parts"][0]["text"]
for line in open(sys.argv[2]):
    key, text = line.rstrip("\n").split("\t")
    assert bytes.fromhex(text).decode() == sent.pop(key), key
assert not sent
PY
}

@test "unicode: the same as plain text" {
    run "$DECANT" import -q --profile text "$file"
    [ "$status" -eq 0 ]
    dump payload_text >dump.txt
    "$judge" judge dump.txt
}

@test "unicode: the judge notices a changed character" {
    "$DECANT" import -q "$file" >/dev/null
    sql "update decant.result set payload = jsonb_set(payload, '{raw}',
        to_jsonb(replace(payload->>'raw', 'A', 'a'))) where key = 'piece-0000'" >/dev/null
    dump "payload::text" >dump.txt
    run "$judge" judge dump.txt
    [ "$status" -eq 1 ]
    [[ $output == *"piece-0000: raw"* ]]
}

@test "unicode: keys, messages and models hold them, too" {
    python3 - >k.jsonl <<'PY'
import json
for n, c in enumerate([1, 0x7f, 0x80, 0xa0, 0x2028, 0xd7ff, 0xe000, 0xfeff, 0xfffe, 0xffff, 0x10000, 0x1f600, 0x10ffff]):
    key = "k%02d%c" % (n, c)
    for end in ("", "!"):
        d = {"key": key + end, "response": {"candidates": [{"content": {"parts": [
            {"text": "1" if not end else "no " + chr(c)}]}, "finishReason": "STOP"}],
            "modelVersion": "m" + chr(c)}}
        print(json.dumps(d, ensure_ascii=bool(n % 2)))
PY
    run "$DECANT" import -q k.jsonl
    [ "$status" -eq 3 ]
    accounted
    # in hex: psql does not print all of them
    sql "select encode(convert_to(key || '|' || model, 'UTF8'), 'hex') from (
        select key, model from decant.result union all
        select key, model from decant.reject) x" | sort >got.txt
    python3 - <<'PY' | sort >want.txt
for n, c in enumerate([1, 0x7f, 0x80, 0xa0, 0x2028, 0xd7ff, 0xe000, 0xfeff, 0xfffe, 0xffff, 0x10000, 0x1f600, 0x10ffff]):
    for end in ("", "!"):
        print(("k%02d%c%s|m%c" % (n, c, end, c)).encode().hex())
PY
    cmp want.txt got.txt
}

@test "unicode: what PostgreSQL cannot hold is rejected before it is asked" {
    python3 - >bad.jsonl <<'PY'
def line(key, text):
    return ('{"key":"%s","response":{"candidates":[{"content":{"parts":[{"text":%s}]},'
            '"finishReason":"STOP"}],"modelVersion":"m"}}' % (key, text)).encode("latin-1")
import sys
out = sys.stdout.buffer
for key, text in [
        ("nul", r'"{\"a\":\"x\\u0000y\"}"'), ("nul-name", r'"{\"a\\u0000\":1}"'),
        ("high", r'"{\"a\":\"\\ud800\"}"'), ("low", r'"{\"a\":\"\\udc00x\"}"'),
        ("turned", r'"{\"a\":\"\\udc00\\ud800\"}"'), ("outer-high", r'"{\"a\":\"\ud800\"}"'),
        ("bad-utf8", '"{\\"a\\":\\"\xff\\"}"'), ("overlong", '"{\\"a\\":\\"\xc0\x80\\"}"'),
        ("cut-utf8", '"{\\"a\\":\\"\xe2\x82\\"}"'), ("big", r'"{\"a\":1e131072}"'),
        ("bomb", r'"{\"a\":1e131071}"'), ("deep", '"' + "[" * 5000 + "]" * 5000 + '"'),
        ("fine", r'"{\"a\":1e308}"')]:
    out.write(line(key, text) + b"\n")
PY
    run "$DECANT" import -q --on-nul reject --on-surrogate reject bad.jsonl
    [ "$status" -eq 3 ]
    accounted
    sql "select fault, count(*) from decant.reject group by 1 order by 1"
    [ "$(sql 'select key from decant.result')" = fine ]
    [ "$(sql "select count(*) from decant.reject where fault like 'server%'")" = 0 ]
    # their bytes are there, to the byte
    sql "select encode(raw, 'hex') from decant.reject order by \"offset\"" |
        python3 -c 'import sys
for hex in sys.stdin: sys.stdout.buffer.write(bytes.fromhex(hex) + b"\n")' >raw.txt
    head -n -1 bad.jsonl | cmp - raw.txt
    # as a rule it is replaced, and that is recorded
    forget
    run "$DECANT" import -q bad.jsonl
    [ "$status" -eq 3 ]
    accounted
    [ "$(sql "select count(*) from decant.reject where fault like 'server%'")" = 0 ]
    for key in nul nul-name high low turned; do
        [ "$(sql "select payload::text like U&'%\FFFD%' and fixes is not null
            from decant.result where key = '$key'")" = t ]
    done
    [ "$(sql "select count(*) from decant.result where key in ('big', 'bomb', 'deep', 'bad-utf8')")" = 0 ]
}
