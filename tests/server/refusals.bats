#!/usr/bin/env bats
# The server says no: to one row, to many, to all; at once, in between, and
# with errors whose row number is wrong.  Each refused row becomes a reject
# server.<sqlstate> with its bytes, all others are in, the books balance.

setup_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    import_cluster
    cd "$BATS_FILE_TMPDIR"
    gen_file f.jsonl 4
}

teardown_file() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    cluster_stop
}

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    import_database
    file=$BATS_FILE_TMPDIR/f.jsonl
    lines=$(wc -l <"$file")
    "$DECANT" db init >/dev/null
}

# refuse CONDITION [SQLSTATE]: a trigger that raises an error for such rows.
refuse() {
    sql "create function decant.no() returns trigger language plpgsql as \$\$
        begin
            if $1 then
                raise exception 'row % is not welcome', new.key using errcode = '${2:-P0001}';
            end if;
            return new;
        end \$\$;
        create trigger no before insert on decant.result for each row
            execute function decant.no()" >/dev/null
}

# refused N STATE: so many rejects with this fault, each with the bytes of
# its line; everything else is a result.
refused() {
    [ "$(sql "select count(*) from decant.reject where fault = 'server.$2'")" = "$1" ]
    [ "$(sql 'select count(*) from decant.reject')" = "$1" ]
    [ "$(sql 'select count(*) from decant.result')" = $((lines - $1)) ]
    accounted
    sql "select \"offset\", length, encode(raw, 'hex') from decant.reject" >raw.txt
    python3 - "$file" raw.txt <<'PY'
import sys
data = open(sys.argv[1], "rb").read()
for line in open(sys.argv[2]):
    at, length, raw = line.rstrip("\n").split("|")
    want = data[int(at):int(at) + int(length)].rstrip(b"\r\n")
    assert bytes.fromhex(raw) == want, at
PY
    # key, model and tokens of a refused row are known, too
    [ "$(sql 'select count(*) from decant.reject where key is null or model is null
        or outcome is null or output_tokens is null or message is null')" = 0 ]
}

import() {
    status=0
    within 120 "$DECANT" import -q "$@" >out.txt 2>err.txt || status=$?
    cat err.txt
}

@test "refusals: one row" {
    refuse "new.key = 'row-000000777'"
    import "$file"
    [ "$status" -eq 3 ]
    refused 1 P0001
    [[ "$(sql 'select message from decant.reject')" == *"row row-000000777 is not welcome"* ]]
    grep -q "server" out.txt
    import "$file"
    [ "$status" -eq 0 ]
    refused 1 P0001
}

@test "refusals: the first, the last and two neighbours" {
    refuse "new.key in ('row-000000001', 'row-000000100', 'row-000000101', '$(tail -n 1 "$file" | grep -o 'row-[0-9]*' | head -n 1)')"
    import -j 1 "$file"
    [ "$status" -eq 3 ]
    refused 4 P0001
}

@test "refusals: every tenth row, all rows; the time is linear in them" {
    sql "alter table decant.result add check (right(key, 1) <> '7') not valid" >/dev/null
    import -j 1 "$file"
    [ "$status" -eq 3 ]
    refused "$(grep -c '^{"key":"row-[0-9]*7"' "$file")" 23514
    forget
    "$DECANT" db init >/dev/null
    refuse true 22000
    import -j 1 "$file"
    [ "$status" -eq 3 ]
    refused "$lines" 22000
}

@test "refusals: four times the refused rows do not cost sixteen times" {
    # tiny rows: thousands of them in one buffer
    for i in $(seq 8000); do gemini_line "k$i"; done >many.jsonl
    tail -n 2000 many.jsonl >few.jsonl
    refuse "right(new.key, 1) in ('1', '3', '5', '7', '9')"
    times=()
    for f in few.jsonl many.jsonl; do
        start=$(date +%s%3N)
        import -j 1 --range-bytes 32M $f
        times+=($(($(date +%s%3N) - start)))
        [ "$status" -eq 3 ]
    done
    echo "${times[*]} ms"
    [ "$(sql 'select count(*) from decant.reject')" = 5000 ]
    [ "${times[1]}" -lt $((10 * times[0] + 2000)) ]
    accounted
}

@test "refusals: each row another error, in both tables" {
    refuse "new.\"offset\" % 5 = 0" 22P02
    sql "create unique index one_model on decant.result (key) where key like '%5'" >/dev/null
    { cat "$file"; grep '^{"key":"row-[0-9]*5"' "$file" | head -n 50 | sed 's/STOP/STOP/'; } >g.jsonl
    import -j 2 --range-bytes 256k g.jsonl
    [ "$status" -eq 3 ]
    sql 'select fault, count(*) from decant.reject group by 1 order by 1'
    [ "$(sql "select count(*) from decant.reject where fault = 'server.22P02'")" -gt 100 ]
    [ "$(sql "select count(*) from decant.reject where fault = 'server.23505'")" -gt 10 ]
    accounted
}

@test "refusals: of rejects too; then what is left of them is loaded" {
    { cat "$file"; gemini_line x | sed 's/{\\"n\\":1}/not JSON/'; gemini_line y | sed 's/{\\"n\\":1}/not JSON/'; } >g.jsonl
    sql "alter table decant.reject add check (key is null or key <> 'x')" >/dev/null
    import g.jsonl
    [ "$status" -eq 3 ]
    accounted
    [ "$(sql 'select count(*) from decant.reject')" = 2 ]
    [ "$(sql "select count(*) from decant.reject where fault = 'server.23514' and key is null
        and convert_from(raw, 'UTF8') like '%\"x\"%'")" = 1 ]
}

@test "refusals: a table that takes nothing at all is a failure, not rejects" {
    sql "alter table decant.reject add check (false) not valid" >/dev/null
    refuse "new.key = 'row-000000005'"
    import "$file"
    [ "$status" -eq 1 ]
    [ "$(grep -c '^decant: ' err.txt)" -ge 1 ]
    grep -q "refuses" err.txt
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
    # the remedy, and the same command
    sql "alter table decant.reject drop constraint reject_check" >/dev/null
    import "$file"
    [ "$status" -eq 3 ]
    refused 1 P0001
}

@test "refusals: no permission is a failure with its words" {
    psql -X -q -d "$CLUSTER_URL" -c "create role guest login"
    DATABASE_URL=${DATABASE_URL/postgres@/guest@} import "$file"
    [ "$status" -eq 1 ]
    grep -q "permission denied" err.txt
    sql "grant usage on schema decant to guest; grant select on all tables in schema decant to guest" >/dev/null
    DATABASE_URL=${DATABASE_URL/postgres@/guest@} import "$file"
    [ "$status" -eq 1 ]
    grep -q "permission denied" err.txt
    [ "$(sql 'select count(*) from decant.result')" = 0 ]
    import "$file"
    [ "$status" -eq 0 ]
    accounted
}

@test "refusals: a column or table that somebody changed is a failure" {
    sql "alter table decant.result rename payload_text to other" >/dev/null
    import "$file"
    [ "$status" -eq 1 ]
    grep -q "payload_text" err.txt
    [ "$(sql 'select count(*) from decant.range')" = 0 ]
    sql "alter table decant.result rename other to payload_text" >/dev/null
    import "$file"
    [ "$status" -eq 0 ]
    accounted
}

@test "refusals: a row too large for a page or an index names no other row" {
    # 54000: the server's words name the row behind or none at all
    sql "create index on decant.result (payload_text)" >/dev/null
    big=$(head -c 20000 /dev/urandom | base64 -w 0)
    { head -n 20 "$file"; gemini_line big | sed "s|{\\\\\"n\\\\\":1}|{\\\\\"b\\\\\":\\\\\"$big\\\\\"}|"; tail -n +21 "$file"; } >g.jsonl
    import --keep-text g.jsonl
    [ "$status" -eq 3 ]
    sql 'select fault, key, message from decant.reject' | cut -c 1-200
    [ "$(sql 'select key from decant.reject')" = big ]
    accounted
}

@test "refusals: of rows that came through a pipe and a .gz" {
    refuse "right(new.key, 2) = '33'"
    n=$(grep -c '^{"key":"row-[0-9]*33"' "$file")
    import --range-bytes 256k - <"$file"
    [ "$status" -eq 3 ]
    refused "$n" P0001
    gzip -c "$file" >f.jsonl.gz
    import --range-bytes 256k f.jsonl.gz
    [ "$status" -eq 3 ]
    [ "$(sql 'select count(*) from decant.reject')" = $((2 * n)) ]
    [ "$(sql 'select count(*) from (select raw from decant.reject group by raw having count(*) = 2) x')" = "$n" ]
    accounted
}
