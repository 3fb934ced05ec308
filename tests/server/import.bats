#!/usr/bin/env bats
# decant import against a real server: what is loaded, what is not, and what
# is said about it.

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
    samples=$BATS_TEST_DIRNAME/../../samples
}

@test "import: the bundled samples, and again: nothing twice" {
    run "$DECANT" import --json "$samples"
    echo "$output" >first.json
    [ "$status" -eq 3 ]
    rows=$(json first.json 'd["totals"]["rows"]')
    [ "$rows" -gt 0 ]
    [ "$(sql 'select count(*) from decant.result')" = "$rows" ]
    [ "$(sql 'select count(*) from decant.reject')" = "$(json first.json 'd["totals"]["rejects"]')" ]
    run "$DECANT" import --json "$samples"
    echo "$output" >second.json
    [ "$status" -eq 0 ]
    [ "$(json second.json 'd["totals"]["lines"]')" = 0 ]
    [ "$(json second.json 'd["totals"]["already_lines"]')" = "$(json first.json 'd["totals"]["lines"]')" ]
    [ "$(sql 'select count(*) from decant.result')" = "$rows" ]
    books_balance
}

@test "import: --json is one object with the promised members" {
    "$DECANT" import --json "$samples" >out.json 2>err.txt || [ $? -eq 3 ]
    [ "$(wc -l <out.json)" = 1 ]
    python3 - out.json <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
totals = {"lines", "rows", "rejects", "blanks", "repaired", "bytes", "seconds",
          "already_lines", "already_bytes"}
assert totals <= set(d["totals"]), d["totals"]
assert {"totals", "files", "run", "database", "exit"} <= set(d)
assert len(d["files"]) == 3
for f in d["files"]:
    assert {"path", "provider", "totals", "faults"} <= set(f)
    t = f["totals"]
    assert t["lines"] == t["rows"] + t["rejects"] + t["blanks"]
    assert sum(f["faults"].values()) == t["rejects"]
assert sorted(f["provider"] for f in d["files"]) == ["anthropic", "gemini", "openai"]
assert d["exit"] == 3
PY
}

@test "import: blank lines, CRLF, BOM and a missing last newline all count" {
    { printf '\xef\xbb\xbf'; gemini_line a; echo; printf '  \t\r\n'
      gemini_line b | tr '\n' '\r'; echo; gemini_line c | head -c -1; } >f.jsonl
    run "$DECANT" import --json f.jsonl
    echo "$output" >out.json
    [ "$status" -eq 0 ]
    [ "$(json out.json 'd["totals"]["lines"]')" = 5 ]
    [ "$(json out.json 'd["totals"]["blanks"]')" = 2 ]
    [ "$(json out.json 'd["totals"]["rows"]')" = 3 ]
    [ "$(json out.json 'd["totals"]["bytes"]')" = "$(stat -c %s f.jsonl)" ]
    [ "$(sql 'select string_agg(key, $$,$$ order by key) from decant.result')" = a,b,c ]
    books_balance
}

@test "import: wrong files are explained, the others load, exit 1" {
    gemini_line a >good.jsonl
    printf 'id,name\n1,x\n2,y\n' >table.jsonl
    head -c 5000 /dev/urandom >binary.jsonl
    printf '{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[]}}\n' >input.jsonl
    run "$DECANT" import good.jsonl table.jsonl binary.jsonl input.jsonl missing.jsonl
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"table.jsonl"*"CSV"* ]]
    [[ $output == *"input.jsonl"*"request"* ]]
    [[ $output == *"missing.jsonl"*"No such file"* ]]
    [ "$(sql 'select count(*) from decant.result')" = 1 ]
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
}

@test "import: an empty file is fine" {
    : >empty.jsonl
    run "$DECANT" import empty.jsonl
    [ "$status" -eq 0 ]
}

@test "import: many small ranges give the same rows as one big one" {
    gen_file f.jsonl 3 --bad 10
    "$DECANT" import -q -j 1 f.jsonl >/dev/null || [ $? -eq 3 ]
    sql 'select key, payload, fixes from decant.result order by key' >one
    sql 'truncate decant.result, decant.reject, decant.range, decant.source' >/dev/null
    "$DECANT" import -q -j 4 --range-bytes 20k f.jsonl >/dev/null || [ $? -eq 3 ]
    sql 'select key, payload, fixes from decant.result order by key' >many
    cmp one many
    [ "$(sql 'select count(*) from decant.range')" -gt 100 ]
    books_balance
}

@test "import: .gz and .zst, several ranges, twice" {
    gen_file f.jsonl 3 --bad 10
    "$DECANT" import -q f.jsonl >/dev/null || [ $? -eq 3 ]
    n=$(sql 'select count(*) from decant.result')
    gzip -k f.jsonl
    zstd -q -k f.jsonl
    for packed in f.jsonl.gz f.jsonl.zst; do
        run "$DECANT" import --json --range-bytes 256k $packed
        echo "$output" >out.json
        [ "$status" -eq 3 ]
        [ "$(json out.json 'd["totals"]["rows"]')" = "$n" ]
        run "$DECANT" import --json $packed
        echo "$output" >out.json
        [ "$status" -eq 0 ]
        [ "$(json out.json 'd["totals"]["lines"]')" = 0 ]
    done
    [ "$(sql 'select count(*) from decant.result')" = $((3 * n)) ]
    books_balance
}

@test "import: a cut .gz keeps what came before the cut, exit 1, goes on later" {
    gen_file f.jsonl 3
    gzip -k f.jsonl
    head -c $(($(stat -c %s f.jsonl.gz) / 2)) f.jsonl.gz >cut.jsonl.gz
    run "$DECANT" import --range-bytes 256k cut.jsonl.gz
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"cut.jsonl.gz"* ]]
    [ "$(sql 'select count(*) from decant.result')" -gt 0 ]
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
}

@test "import: stdin, repeated, longer, and going another way" {
    gen_file f.jsonl 2 --bad 5
    size=$(stat -c %s f.jsonl)
    run bash -c "'$DECANT' import --json --range-bytes 100k - <f.jsonl"
    echo "$output" >out.json
    [ "$status" -eq 3 ]
    lines=$(wc -l <f.jsonl)
    [ "$(json out.json 'd["totals"]["lines"]')" = "$lines" ]
    run bash -c "cat f.jsonl | '$DECANT' import --json -"
    echo "$output" >out.json
    [ "$status" -eq 0 ]
    [ "$(json out.json 'd["totals"]["lines"]')" = 0 ]
    [ "$(json out.json 'd["totals"]["already_bytes"]')" = "$size" ]
    # longer: only the rest is new
    run bash -c "{ cat f.jsonl; echo; } | '$DECANT' import --json -"
    echo "$output" >out.json
    [ "$(json out.json 'd["totals"]["lines"]')" = 1 ]
    # another stream with the same beginning
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    { head -n 100 f.jsonl; gemini_line other; } >g.jsonl
    run bash -c "'$DECANT' import --json - <g.jsonl"
    echo "$output" >out.json
    [ "$(json out.json 'd["totals"]["lines"] + d["totals"]["already_lines"]')" = 101 ]
    [ "$(sql "select count(*) from decant.result where key = 'other'")" = 1 ]
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
}

@test "import: shards divide the ranges, together they are everything" {
    gen_file f.jsonl 2 --bad 5
    for i in 0 1 2; do
        "$DECANT" import -q --range-bytes 64k --shard $i/3 f.jsonl >out$i ||
            [ $? -eq 3 ]
    done
    [ "$(sql 'select count(distinct run) from decant.range')" = 3 ]
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <f.jsonl)" ]
    books_balance
}

@test "import: --limit takes the first lines, the next run the rest" {
    gen_file f.jsonl 2
    run "$DECANT" import --json --limit 10 f.jsonl
    echo "$output" >out.json
    [ "$(json out.json 'd["totals"]["lines"]')" = 10 ]
    [ "$(sql 'select max(key) from decant.result')" = "$(sed -n 10p f.jsonl | grep -o 'row-[0-9]*' | head -1)" ]
    run "$DECANT" import --json f.jsonl
    echo "$output" >out.json
    [ "$(json out.json 'd["totals"]["lines"]')" = $(($(wc -l <f.jsonl) - 10)) ]
    books_balance
}

@test "import: --resume without files finishes what --limit left" {
    gen_file f.jsonl 1
    gzip -k f.jsonl
    "$DECANT" import -q --limit 10 f.jsonl >/dev/null
    "$DECANT" import -q --limit 10 f.jsonl.gz >/dev/null
    cd /
    "$DECANT" import -q --resume >/dev/null
    [ "$(sql 'select count(*) from decant.result')" = $((2 * $(wc -l <"$BATS_TEST_TMPDIR/f.jsonl"))) ]
    books_balance
    run "$DECANT" import --resume
    [ "$status" -eq 0 ]
}

@test "import: --reject-limit stops with exit 5, what is loaded stays" {
    gen_file f.jsonl 4 --bad 50
    run "$DECANT" import -j 1 --range-bytes 64k --reject-limit 20 f.jsonl
    echo "$output"
    [ "$status" -eq 5 ]
    n=$(sql 'select count(*) from decant.reject')
    [ "$n" -gt 20 ]
    [ "$n" -lt 500 ]
    run "$DECANT" import -q --reject-limit 10% f.jsonl
    [ "$status" -eq 5 ]
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
    run "$DECANT" import -q --reject-limit 90% f.jsonl
    [ "$status" -eq 3 ]
    books_balance
}

@test "import: --dry-run writes nothing, not even tables" {
    gen_file f.jsonl 1
    run "$DECANT" import --dry-run --range-bytes 100k f.jsonl
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"nothing was written"* ]]
    [ "$(sql "select count(*) from pg_namespace where nspname = 'decant'")" = 0 ]
    "$DECANT" import -q --range-bytes 100k --limit 100 f.jsonl >/dev/null
    before=$(dump_tables)
    run "$DECANT" import --dry-run --json f.jsonl
    echo "$output" >out.json
    [ "$(json out.json 'd["files"][0]["new_ranges"]')" -gt 0 ]
    [ "$(dump_tables)" = "$before" ]
}

@test "import: the same file under another name is not new; a changed one is" {
    gen_file f.jsonl 1
    "$DECANT" import -q f.jsonl >/dev/null
    mv f.jsonl g.jsonl
    run "$DECANT" import g.jsonl
    [ "$status" -eq 0 ]
    [[ $output == *"known already"* ]]
    gemini_line other >g.jsonl
    run "$DECANT" import g.jsonl
    [ "$status" -eq 0 ]
    [[ $output == *"another content"* ]]
    [ "$(sql "select count(*) from decant.result where key = 'other'")" = 1 ]
}

@test "import: a file that grew loads only the rest, its torn line again" {
    gen_file f.jsonl 1
    cp f.jsonl whole.jsonl
    head -c 300000 whole.jsonl >f.jsonl
    "$DECANT" import -q --range-bytes 100k f.jsonl >/dev/null || [ $? -eq 3 ]
    cp whole.jsonl f.jsonl
    run "$DECANT" import f.jsonl
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"has grown"* ]]
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
    [ "$(sql 'select count(*) from decant.result')" = "$(wc -l <whole.jsonl)" ]
    [ "$(sql 'select count(*) from decant.reject')" = 0 ]
    books_balance
}

@test "import: one content under two names in one run loads once" {
    gen_file f.jsonl 1
    cp f.jsonl g.jsonl
    run "$DECANT" import -j 2 --range-bytes 100k f.jsonl g.jsonl
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"the same content as "* ]]
    [ "$(sql 'select count(*) from decant.result')" = "$(wc -l <f.jsonl)" ]
    books_balance
}

@test "import: a key answered twice is kept twice, counted, and latest picks one" {
    { gemini_line a; gemini_line b; } >f.jsonl
    { gemini_line b; gemini_line c; } >g.jsonl
    "$DECANT" import -q f.jsonl >/dev/null
    run "$DECANT" import --json g.jsonl
    echo "$output" >out.json
    [ "$(json out.json 'd["totals"]["repeated_keys"]')" = 1 ]
    [ "$(sql "select count(*) from decant.result where key = 'b'")" = 2 ]
    [ "$(sql 'select count(*) from decant.latest')" = 3 ]
}

@test "import: books that do not balance are exit 6" {
    { gemini_line a; gemini_line b; } >f.jsonl
    "$DECANT" import -q f.jsonl >/dev/null
    sql "delete from decant.result where key = 'a'" >/dev/null
    run "$DECANT" import f.jsonl
    echo "$output"
    [ "$status" -eq 6 ]
    [[ $output == *"do not balance"* ]]
}

@test "import: with --json a failure is an object, too" {
    gemini_line a >f.jsonl
    "$DECANT" import --json --db "postgresql://postgres@/nowhere?host=$CLUSTER_DIR" f.jsonl >out.json 2>err.txt || status=$?
    [ "$status" -eq 1 ]
    [ "$(json out.json 'd["exit"]')" = 1 ]
    [[ $(json out.json 'd["error"]') == *nowhere* ]]
    status=0
    mkdir empty
    "$DECANT" import --json empty >out.json 2>err.txt || status=$?
    [ "$status" -eq 2 ]
    [ "$(json out.json 'd["exit"]')" = 2 ]
}

@test "import: --verify finds a changed byte, exit 6" {
    gen_file f.jsonl 6
    run "$DECANT" import -q --verify f.jsonl
    [ "$status" -eq 0 ]
    # between two of the blocks that make the fingerprint
    python3 - <<'PY'
import os
size = os.path.getsize("f.jsonl")
with open("f.jsonl", "r+b") as f:
    blocks = [i * (size - 65536) // 63 for i in range(64)]
    at = next(b + 65536 + 5 for b, c in zip(blocks, blocks[1:]) if c - b > 65536 + 10)
    f.seek(at)
    byte = f.read(1)
    f.seek(at)
    f.write(b"y" if byte == b"x" else b"x")
PY
    run "$DECANT" import --verify f.jsonl
    echo "$output"
    [ "$status" -eq 6 ]
    [[ $output == *"f.jsonl"* ]]
}

@test "import: two at once load everything once" {
    gen_file f.jsonl 8 --bad 5
    "$DECANT" import -q -j 2 --range-bytes 64k f.jsonl >a.txt &
    "$DECANT" import -q -j 2 --range-bytes 64k f.jsonl >b.txt || [ $? -eq 3 ]
    wait $! || [ $? -eq 3 ]
    [ "$(sql 'select sum(lines) from decant.range')" = "$(wc -l <f.jsonl)" ]
    books_balance
}

@test "import: a row the server refuses becomes a reject with its bytes" {
    { gemini_line a; gemini_line b; gemini_line c; } >f.jsonl
    "$DECANT" db init
    sql "alter table decant.result add constraint no_b check (key <> 'b')" >/dev/null
    run "$DECANT" import --json f.jsonl
    echo "$output" >out.json
    [ "$status" -eq 3 ]
    [ "$(json out.json 'd["files"][0]["faults"]')" = "{'server': 1}" ]
    [ "$(sql 'select fault, key from decant.reject')" = "server.23514|b" ]
    [ "$(sql "select convert_from(raw, 'UTF8') from decant.reject")" = "$(gemini_line b)" ]
    [ "$(sql 'select count(*) from decant.result')" = 2 ]
    # a pipe cannot be read again
    run bash -c "'$DECANT' import --json - <f.jsonl"
    [ "$status" -eq 3 ]
    [ "$(sql "select count(*) from decant.reject where convert_from(raw, 'UTF8') = '$(gemini_line b)'")" = 2 ]
    books_balance
}

@test "import: a line that is too long costs a reject, not the file" {
    { gemini_line a; gemini_line "$(head -c 5000 /dev/zero | tr '\0' k)"; gemini_line b; } >f.jsonl
    run "$DECANT" import --json --max-line 1000 f.jsonl
    echo "$output" >out.json
    [ "$status" -eq 3 ]
    [ "$(json out.json 'd["files"][0]["faults"]')" = "{'line.oversize': 1}" ]
    [ "$(sql 'select length from decant.reject')" -gt 5000 ]
    books_balance
}

@test "import: --keep-text keeps the bytes, --profile text takes any reply" {
    gemini_line a >f.jsonl
    "$DECANT" import -q --keep-text f.jsonl >/dev/null
    [ "$(sql 'select payload_text from decant.result')" = '{"n":1}' ]
    sed 's/{\\"n\\":1}/no JSON here/' f.jsonl >g.jsonl
    run "$DECANT" import g.jsonl
    [ "$status" -eq 3 ]
    [[ $output == *"--profile text"* ]]
    sed 's/{\\"n\\":1}/nor here/' f.jsonl >h.jsonl
    run "$DECANT" import --profile text h.jsonl
    [ "$status" -eq 0 ]
    [ "$(sql "select payload_text from decant.result where payload is null")" = 'nor here' ]
}

@test "import: without a server it is patient, and stops when asked" {
    gemini_line a >f.jsonl
    # a shell in the background hands SIGINT on as ignored
    env --default-signal=INT "$DECANT" import \
        --db "postgresql:///x?host=$BATS_TEST_TMPDIR" f.jsonl 2>err.txt &
    pid=$!
    sleep 1.5
    kill -INT $pid
    status=0
    wait $pid || status=$?
    cat err.txt
    [ "$status" -eq 130 ]
    grep -q "trying again for up to 60 seconds" err.txt
}

@test "import: a database that says no is a failure at once, exit 1" {
    gemini_line a >f.jsonl
    run "$DECANT" import --db "postgresql://postgres@/nowhere?host=$CLUSTER_DIR" f.jsonl
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"nowhere"* ]]
}

@test "import: progress is one rewritten line, only on a terminal" {
    command -v script >/dev/null || skip "no script(1)"
    gen_file f.jsonl 8
    "$DECANT" db -q init >/dev/null
    sql 'create function slow() returns trigger language plpgsql as
             $$ begin perform pg_sleep(0.02); return new; end $$;
         create trigger slow before insert on decant.range
             for each row execute function slow()' >/dev/null
    TERM=xterm script -qec "'$DECANT' import -j 1 --range-bytes 128k f.jsonl" seen >/dev/null
    grep -q $'\r\033\[K.*%.* of .*rows' seen
    rm f.jsonl
    gen_file f.jsonl 1 --seed 9
    TERM=dumb script -qec "'$DECANT' import f.jsonl" seen >/dev/null
    ! grep -q $'\033' seen
    run bash -c "'$DECANT' import f.jsonl 2>&1 >/dev/null"
    [ -z "$output" ]
}
