#!/usr/bin/env bats
# What a file may become between two imports: it grows, shrinks, is replaced,
# moves, is there twice; and what may come through a pipe.  No line is ever
# loaded twice, none is left out, and surprises are said.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    gen_file whole.jsonl 3 --bad 8
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    import_database
    cp "$BATS_FILE_TMPDIR/whole.jsonl" .
    size=$(stat -c %s whole.jsonl)
    lines=$(wc -l <whole.jsonl)
}

# import [ARG...]: with ranges small enough for many of them; sets $status
# and out.json.
import() {
    status=0
    within 60 "$DECANT" import --json -j 2 --max-line 1M --range-bytes 32k "$@" \
        >out.json 2>err.txt || status=$?
    cat err.txt
}

total() { json out.json "d['totals']['$1']"; }

# The content of the tables without where it came from.
contents() {
    sql "select md5(string_agg(row::text, ',' order by row::text)) from (
        select to_jsonb(r) - 'source' - 'offset' as row from decant.result r
        union all
        select to_jsonb(r) - 'source' - 'offset' from decant.reject r) x"
}

# Nothing is left to be loaded of these files, and everything is there once.
nothing_new() {
    import "$@"
    [ "$status" -eq 0 ]
    [ "$(total lines)" = 0 ]
}

n_lines() { sql 'select sum(lines) from decant.range'; }
n_places() {
    sql 'select count(*) from (select source, "offset" from decant.result
         union select source, "offset" from decant.reject) x'
}

@test "files: one that grows byte by odd byte is the same source" {
    for at in 1 700 1024 5000 32768 32769 65536 200000 1000001 2500000 "$size"; do
        head -c "$at" whole.jsonl >f.jsonl
        import f.jsonl
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || [ "$at" -lt 1024 ]
        [ "$status" -eq 1 ] || accounted
    done
    [ "$(n_places)" = "$lines" ]
    # an import in one go gives the same rows
    grown=$(contents)
    nothing_new f.jsonl
    forget
    import whole.jsonl
    [ "$(contents)" = "$grown" ]
}

@test "files: one that grows while it is read, its last line in halves" {
    half=$((size / 2))
    head -c $half whole.jsonl >f.jsonl
    { tail -c +$((half + 1)) whole.jsonl | split -b 150000 --filter 'cat; sleep 0.05'; } >>f.jsonl &
    feeder=$!
    for _ in 1 2 3; do
        import f.jsonl
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
        sleep 0.2
    done
    wait $feeder
    import f.jsonl
    accounted
    [ "$(n_places)" = "$lines" ]
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
}

@test "files: an unterminated last line is loaded, and again when it goes on" {
    { gemini_line a; gemini_line b; } | head -c -20 >f.jsonl
    import f.jsonl
    [ "$status" -eq 3 ]
    [ "$(sql 'select fault from decant.reject')" = envelope.syntax ]
    { gemini_line a; gemini_line b; } | head -c -1 >f.jsonl
    import f.jsonl
    [ "$(sql 'select count(*) from decant.reject')" = 0 ]
    [ "$(sql "select string_agg(key, ',' order by key) from decant.result")" = a,b ]
    { gemini_line a; gemini_line b; gemini_line c; } >f.jsonl
    import f.jsonl
    [ "$(sql "select string_agg(key, ',' order by key) from decant.result")" = a,b,c ]
    accounted
    nothing_new f.jsonl
}

@test "files: one that grows within 1 KiB, where no hash of a head helps" {
    for n in 1 2 3 4; do
        for i in $(seq $n); do gemini_line "k$i"; done >f.jsonl
        import f.jsonl
        [ "$status" -eq 0 ]
    done
    # the same keys are in one source, or in several: never twice in one
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
    [ "$(sql 'select count(distinct key) from decant.latest')" = 4 ]
    sql "select s.size, r.key from decant.result r join decant.source s on s.id = r.source"
    [ "$(sql 'select count(*) from decant.result')" = 4 ]
}

@test "files: one that was cut is another one, and that is said" {
    cp whole.jsonl f.jsonl
    import f.jsonl
    truncate -s 1000000 f.jsonl
    import f.jsonl
    [ "$status" -eq 3 ]
    [[ "$(cat err.txt)" == *"another content"* ]]
    [ "$(sql 'select count(*) from decant.source')" = 2 ]
    accounted
    nothing_new f.jsonl whole.jsonl
}

@test "files: one that is cut while it is read is refused, then finished" {
    for _ in 1 2 3 4 5 6 7 8; do cat whole.jsonl; done >big.jsonl
    cp big.jsonl f.jsonl
    "$DECANT" import -j 2 --range-bytes 32k f.jsonl >out.txt 2>err.txt &
    pid=$!
    wait_until 20 ranges_beyond 20
    truncate -s 2000000 f.jsonl
    ended $pid
    cat err.txt
    [ "$status" -eq 1 ]
    grep -q "f.jsonl became shorter" err.txt
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
    # it comes back whole: only what is missing loads
    cp big.jsonl f.jsonl
    import f.jsonl
    [ "$(total already_lines)" -gt 0 ]
    accounted
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
    [ "$(n_places)" = $((8 * lines)) ]
}

@test "files: one that was replaced is another one, also of equal size" {
    cp whole.jsonl f.jsonl
    import f.jsonl
    sed 's/row-0000000\([0-9][0-9]\)/ROW-0000000\1/' whole.jsonl >f.jsonl
    [ "$(stat -c %s f.jsonl)" = "$size" ]
    import f.jsonl
    [ "$status" -eq 3 ]
    [[ "$(cat err.txt)" == *"another content"* ]]
    [ "$(total lines)" = "$lines" ]
    [ "$(sql 'select count(*) from decant.source')" = 2 ]
    accounted
    # and the old one is still known
    nothing_new whole.jsonl f.jsonl
}

@test "files: one content by several names, in one run and in the next" {
    mkdir -p a b
    cp whole.jsonl a/one.jsonl
    cp whole.jsonl b/two.jsonl
    ln -s ../a/one.jsonl b/link.jsonl
    ln a/one.jsonl b/hard.jsonl
    import a b whole.jsonl ./a/one.jsonl
    [ "$status" -eq 3 ]
    [ "$(total lines)" = "$lines" ]
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
    accounted
    rm b/link.jsonl
    mv a/one.jsonl moved.jsonl
    nothing_new moved.jsonl
    [[ "$(cat err.txt)" == *"known already"* ]]
    nothing_new b
    accounted
}

@test "files: names with blanks, quotes, newlines, dashes and odd bytes" {
    mkdir odd
    i=0
    for name in 'a b.jsonl' $'new\nline.jsonl' "quo'te\"s.jsonl" '-q.jsonl' '%s%n.jsonl' \
        $'\xc3\xa4.jsonl' $'latin-\xe4.jsonl' '$(x).jsonl' 'back\slash.jsonl'; do
        gemini_line "k$((i += 1))" >"odd/$name"
    done
    import odd
    [ "$status" -eq 0 ]
    [ "$(total rows)" = $i ]
    [ "$(sql 'select count(*) from decant.result')" = $i ]
    [ "$(sql "select count(*) from decant.source where path like '%/latin-\\\\xe4.jsonl'")" = 1 ]
    accounted
    cd odd
    nothing_new -- -q.jsonl 'a b.jsonl'
}

@test "files: a stream repeated, continued, cut, and in other pieces" {
    import - < <(cat whole.jsonl)
    [ "$status" -eq 3 ]
    first=$(contents)
    import - <whole.jsonl
    [ "$status" -eq 0 ]
    [ "$(total lines)" = 0 ]
    # a part of it: nothing new at all, or only the line that was cut
    import --range-bytes 10k - < <(head -n 300 whole.jsonl)
    [ "$(total lines)" -le 40 ]
    [ "$(n_places)" -le $((lines + 40)) ]
    forget
    # it goes on: only the rest is new
    for part in 100 101 777 "$lines"; do
        import --range-bytes 50k - < <(head -n $part whole.jsonl)
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
        [ "$(total already_lines)" -ge "${before:-0}" ]
        before=$part
    done
    [ "$(n_lines)" = "$lines" ]
    [ "$(contents)" = "$first" ]
}

@test "files: a stream is another source than the file, .gz than both" {
    import whole.jsonl
    rows=$(sql 'select count(*) from decant.result')
    gzip -k whole.jsonl
    zstd -q -k whole.jsonl
    import whole.jsonl.gz
    [ "$(total lines)" = "$lines" ]
    import whole.jsonl.zst
    [ "$(total lines)" = "$lines" ]
    import - < <(zcat whole.jsonl.gz)
    [ "$(total lines)" = "$lines" ]
    [ "$(sql 'select count(*) from decant.result')" = $((4 * rows)) ]
    [ "$(sql 'select count(*) from decant.source')" = 4 ]
    accounted
    nothing_new whole.jsonl whole.jsonl.gz whole.jsonl.zst
}

@test "files: shards together are the whole, also at once and killed" {
    import whole.jsonl
    everything >undisturbed.dump
    forget
    for i in 0 1 2; do
        "$DECANT" import -q --range-bytes 32k --shard $i/3 whole.jsonl >out$i.txt 2>&1 &
        pids[i]=$!
    done
    kill -9 "${pids[1]}"
    for i in 0 1 2; do
        ended "${pids[i]}"
        [ "$status" -eq 3 ] || [ $i -eq 1 ]
    done
    [ "$(sql 'select count(*) from decant.source where complete')" = 0 ]
    import --shard 1/3 whole.jsonl
    [ "$status" -eq 3 ]
    accounted
    same_as undisturbed.dump
}
