#!/usr/bin/env bats
# What is accepted and loaded reads back equal, column by column: random rows
# of all column types through import, into tables of ours and of the user's.

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
    source "$BATS_TEST_DIRNAME/../lib/typed.sh"
    import_database
    property="$BATS_TEST_DIRNAME/../tools/typed_property.py"
}

# Every column of TABLE as text, arrays as JSON, into FILE.
dump() {
    local list
    list=$(sql "select string_agg(case
            when format_type(atttypid, -1) like '%[]' then format('array_to_json(%I)::text', attname)
            else format('%I::text', attname) end, ', ' order by substr(attname, 2)::int)
        from pg_attribute where attrelid = '$1'::regclass and attname ~ '^c[0-9]+\$' and not attisdropped")
    psql -X -q -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -c "set timezone = 'UTC'; set datestyle = 'ISO'" \
        -c "copy (select key || ' ' || item, $list from $1) to stdout" >"$2"
}

@test "property: a table of ours" {
    for seed in 1 2 3; do
        "$property" make $seed 400 >/dev/null
        "$DECANT" check -q -p ./p.json f.jsonl
        import -j 2 --range-bytes 256k -p ./p.json f.jsonl
        [ "$status" -eq 0 ]
        typed_whole decant.t
        dump decant.t dump.txt
        "$property" compare dump.txt
        forget
    done
}

@test "property: a table of the user's, with wider and stranger types" {
    for seed in 4 5 6; do
        columns=$("$property" make $seed 400)
        sql "drop schema if exists mine cascade; create schema mine;
            create domain mine.words as varchar; create domain mine.exact as numeric" >/dev/null
        columns=$(sed -E 's/ int4/ numeric/g; s/ int8/ mine.exact/g; s/ text\[\]/ varchar[]/g; s/ text/ mine.words/g; s/ jsonb/ json/g' <<<"$columns")
        sql "create table mine.t (key varchar, item bigint, source bigint, \"offset\" bigint, extra text default 'x', $columns)" >/dev/null
        import -j 2 --range-bytes 256k -p ./u.json f.jsonl
        [ "$status" -eq 0 ]
        typed_whole mine.t
        dump mine.t dump.txt
        "$property" compare dump.txt
        [ "$(sql "select count(*) from mine.t where extra is distinct from 'x'")" = 0 ]
        forget
    done
}

@test "property: the comparison sees a changed cell and a missing row" {
    "$property" make 7 50 >/dev/null
    import -p ./p.json f.jsonl
    dump decant.t dump.txt
    "$property" compare dump.txt
    sed '3s/\t[^\t]*$/\tother/' dump.txt >other.txt
    ! "$property" compare other.txt
    run "$property" compare other.txt
    [ "$status" -eq 1 ]
    sed 4d dump.txt >other.txt
    run "$property" compare other.txt
    [ "$status" -eq 1 ]
}
