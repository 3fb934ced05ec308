#!/usr/bin/env bats
# Every kind of result file, each line accounted for in SQL; every kind of
# wrong file explained in words, with exit 1, while the right ones load.

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
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    import_database
    samples=$(realpath -m "$BATS_TEST_DIRNAME/../../../shared/samples")
}

# Which of the samples are no results: requests, job objects, errors of the
# transport, manifests, data somebody else's results are made from.
is_results() {
    case $1 in
    *-input*.jsonl | *-operation-*.json | *batch-objects* | *http-errors* | \
        *manifest* | *-job*.json) return 1 ;;
    esac
}

@test "samples: each line of every result file is a row, a reject or blank" {
    [ -d "$samples" ] || skip "no ../shared/samples"
    results=()
    for f in "$samples"/*.jsonl; do
        is_results "$(basename "$f")" && results+=("$f")
    done
    [ ${#results[@]} -gt 20 ]
    run "$DECANT" import --json "${results[@]}"
    tail -n 1 <<<"$output" >out.json
    echo "$output" | head -c 3000
    [ "$status" -eq 3 ]
    accounted
    sql "select path || E'\t' || lines from decant.reconciliation" >lines.txt
    # two samples of the same content are one source
    python3 - out.json lines.txt "${results[@]}" <<'PY'
import json, os, sys
told = {f["path"]: f for f in json.load(open(sys.argv[1]))["files"]}
known = dict(line.rstrip("\n").split("\t") for line in open(sys.argv[2]))
contents = {}
for path in sys.argv[3:]:
    data = open(path, "rb").read()
    want = data.count(b"\n") + (data[-1:] not in (b"", b"\n"))
    twin = contents.setdefault(data, os.path.abspath(path))
    got = known.get(os.path.abspath(path), known.get(twin))
    assert got == str(want), f"{path}: {want} lines, {got} accounted for"
    assert path in told, path
PY
    # every reject has its reason, its words and its bytes
    [ "$(sql "select count(*) from decant.reject where raw is null or excerpt is null")" = 0 ]
    [ "$(sql "select count(*) from decant.reject r left join decant.fault f on f.key = r.fault where f.key is null")" = 0 ]
    [ "$(sql "select count(*) from decant.reject where fault like 'server%'")" = 0 ]
    # the bytes are those of the file
    sql "select s.path || E'\t' || r.\"offset\" || E'\t' || encode(r.raw, 'hex')
        from decant.reject r join decant.source s on s.id = r.source" >raw.txt
    python3 - raw.txt <<'PY'
import sys
for line in open(sys.argv[1]):
    path, at, text = line.rstrip("\n").split("\t")
    raw = bytes.fromhex(text)
    data = open(path, "rb").read()
    assert data[int(at):int(at) + len(raw)] == raw or data[:3] == b"\xef\xbb\xbf", (path, at)
PY
}

@test "samples: their order and the number of workers make no difference" {
    [ -d "$samples" ] || skip "no ../shared/samples"
    results=()
    for f in "$samples"/*.jsonl; do
        is_results "$(basename "$f")" && results+=("$f")
    done
    "$DECANT" import -q -j 1 "${results[@]}" >/dev/null || [ $? -eq 3 ]
    # twins are known by the path of whoever comes first
    sql "update decant.source set path = ''" >/dev/null
    everything >all.dump
    forget
    mapfile -t turned < <(printf '%s\n' "${results[@]}" | tac)
    "$DECANT" import -q -j 4 "${turned[@]}" >/dev/null || [ $? -eq 3 ]
    sql "update decant.source set path = ''" >/dev/null
    same_as all.dump
}

@test "samples: what is no result file is explained and not loaded" {
    [ -d "$samples" ] || skip "no ../shared/samples"
    gemini_line good >good.jsonl
    wrong=()
    for f in "$samples"/*; do
        is_results "$(basename "$f")" || wrong+=("$f")
    done
    status=0
    within 60 "$DECANT" import --json "${wrong[@]}" good.jsonl >out.json 2>err.txt || status=$?
    cat err.txt
    [ "$status" -eq 1 ]
    python3 - out.json <<'PY'
import json, sys
*wrong, good = json.load(open(sys.argv[1]))["files"]
assert len(wrong) > 10 and good["totals"]["rows"] == 1
said = open("err.txt").read()
for f in wrong:
    assert f.get("error") and len(f["error"]) > 20, f
    assert f["totals"]["lines"] == 0, f
    assert f["path"] in said, f
PY
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
    [ "$(sql 'select count(*) from decant.result')" = 1 ]
}

# wrong NAME WORD...: this file is refused, its explanation has these words.
wrong() {
    local name=$1 words
    shift
    gemini_line good >good.jsonl
    status=0
    within 30 "$DECANT" import --json "$name" good.jsonl >out.json 2>err.txt || status=$?
    cat err.txt
    [ "$status" -eq 1 ]
    words=$(json out.json 'd["files"][0]["error"]')
    for word; do
        grep -qi -- "$word" <<<"$words" || { echo "$name: no '$word' in: $words"; return 1; }
    done
    [ "$(grep -c '^decant: ' err.txt)" -le 2 ]
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
    [ "$(sql 'select count(*) from decant.result')" = 1 ]
}

@test "samples: wrong files: binary" {
    head -c 200000 /dev/urandom >f.jsonl
    wrong f.jsonl "not a text file"
}

@test "samples: wrong files: CSV and TSV" {
    printf 'id,prompt,answer\n1,a,b\n2,c,d\n' >f.jsonl
    wrong f.jsonl CSV
    printf 'id\tprompt\tanswer\n1\ta\tb\n' >t.jsonl
    wrong t.jsonl
}

@test "samples: wrong files: the input of a batch" {
    printf '{"custom_id":"r1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[]}}\n%.0s' 1 2 3 >f.jsonl
    wrong f.jsonl request
    printf '{"key":"r1","request":{"contents":[{"parts":[{"text":"hi"}]}]}}\n' >g.jsonl
    wrong g.jsonl request
    printf '{"custom_id":"r1","params":{"model":"claude","max_tokens":9,"messages":[]}}\n' >a.jsonl
    wrong a.jsonl request
}

@test "samples: wrong files: a job object, an HTTP error, a manifest" {
    printf '{"id":"batch_abc","object":"batch","endpoint":"/v1/chat/completions","input_file_id":"file-1","completion_window":"24h","status":"in_progress","output_file_id":null}\n' >f.jsonl
    wrong f.jsonl job
    printf '{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}\n' >e.jsonl
    wrong e.jsonl error
    printf '{"totalRecordCount":2,"processedRecordCount":2,"successRecordCount":2,"errorRecordCount":0,"inputTokenCount":1,"outputTokenCount":2}\n' >m.jsonl
    wrong m.jsonl
}

@test "samples: wrong files: HTML, a PDF, a gzip by another name, UTF-16" {
    printf '<!DOCTYPE html><html><body>Sign in</body></html>\n' >f.jsonl
    wrong f.jsonl
    printf '%%PDF-1.4\n1 0 obj\n<< >>\nendobj\n' >p.jsonl
    wrong p.jsonl
    gemini_line a | gzip >z.jsonl
    wrong z.jsonl
    gemini_line a | iconv -t UTF-16 >u.jsonl
    wrong u.jsonl
    gemini_line a >n.jsonl.gz
    wrong n.jsonl.gz
}

@test "samples: wrong files: a folder without results, no file, no permission" {
    mkdir -p empty/sub
    echo x >empty/notes.txt
    run "$DECANT" import empty
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *"no *.jsonl"* ]]
    wrong nothere.jsonl "No such file"
    mkdir d.jsonl
    run "$DECANT" import d.jsonl
    [ "$status" -ne 0 ]
}

@test "samples: an empty file and one of blank lines are fine" {
    : >empty.jsonl
    printf '\n\n   \r\n\t\n' >blank.jsonl
    printf '\xef\xbb\xbf' >bom.jsonl
    run "$DECANT" import --json empty.jsonl blank.jsonl bom.jsonl
    echo "$output" | tee out.json
    [ "$status" -eq 0 ]
    [ "$(json out.json 'd["totals"]["rows"] + d["totals"]["rejects"]')" = 0 ]
    [ "$(json out.json 'd["files"][1]["totals"]["blanks"]')" = 4 ]
    run "$DECANT" import empty.jsonl blank.jsonl bom.jsonl
    [ "$status" -eq 0 ]
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
}
