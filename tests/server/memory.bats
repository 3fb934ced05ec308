#!/usr/bin/env bats
# Memory does not depend on the size of the file, nor on that of a line which
# is too long.  SOAK_MB=2000 makes the large file larger (make soak).

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
    ! grep -q __asan_init "$DECANT" || skip "the address sanitizer keeps what is freed"
    import_database
    : "${SOAK_MB:=200}"
}

# peak NAME ARG...: import, the largest process's peak in KiB into $NAME.
peak() {
    local name=$1
    shift
    status=0
    "$BATS_TEST_DIRNAME/../tools/peak_rss.py" rss.txt "$DECANT" import "$@" \
        >out.txt 2>err.txt || status=$?
    cat err.txt
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || return 1
    printf -v "$name" %s "$(cat rss.txt)"
    echo "# $name: ${!name} KiB" >&3
}

# about_same A B: B is at most 1.2 times A, and A no giant.
about_same() {
    [ $((5 * $2)) -le $((6 * $1)) ]
    [ "$1" -le $((150 * 1024)) ]
}

@test "memory: ten times the file, the same memory" {
    # the row of every reject and the raw bytes of many are in it
    gen_file small.jsonl $((SOAK_MB / 10)) --bad 10
    peak small -q -j 2 small.jsonl
    forget
    gen_file large.jsonl "$SOAK_MB" --bad 10
    peak large -q -j 2 large.jsonl
    rm large.jsonl
    accounted
    about_same "$small" "$large"
}

@test "memory: the same through a pipe and from a .gz" {
    gen_file small.jsonl $((SOAK_MB / 20)) --bad 10
    peak small -q - < <(cat small.jsonl)
    forget
    make_gen
    peak large -q - < <("$GEN_LINES" --mb $((SOAK_MB / 2)) --seed 7 --bad 10)
    accounted
    about_same "$small" "$large"
    forget
    gzip -1 small.jsonl
    peak small -q small.jsonl.gz
    forget
    "$GEN_LINES" --mb $((SOAK_MB / 2)) --seed 7 --bad 10 | gzip -1 >large.jsonl.gz
    peak large -q large.jsonl.gz
    accounted
    about_same "$small" "$large"
}

@test "memory: a line of 300 MB is one reject and costs nothing" {
    { gemini_line a; gemini_line b; } >small.jsonl
    peak small -q --max-line 1M small.jsonl
    { gemini_line a; printf '{"key":"long","x":"'; } >f.jsonl
    at=$(gemini_line a | wc -c)
    truncate -s $((300 << 20)) f.jsonl # no newline in it
    { echo; gemini_line b; } >>f.jsonl
    forget
    peak large -q --max-line 1M f.jsonl
    accounted
    [ "$(sql 'select "offset", length, fault from decant.reject')" = \
        "$at|$(((300 << 20) - at))|line.oversize" ]
    [ "$(sql "select string_agg(key, ',' order by key) from decant.result")" = a,b ]
    [ "$(sql 'select octet_length(raw) from decant.reject')" -le 65536 ]
    [ $((large - small)) -le $((8 * 1024)) ]
    # through a pipe: the same
    forget
    peak large -q --max-line 1M - <f.jsonl
    [ "$(sql 'select count(*) from decant.result')" = 2 ]
    accounted
    [ $((large - small)) -le $((16 * 1024)) ]
}

@test "memory: many long lines do not add up" {
    long=$(head -c 2000000 /dev/zero | tr '\0' 'x')
    line() { gemini_line "$1" | sed 's/{\\"n\\":1}/@/'; }
    # sed's command would be too long for an argument, so by a file
    printf 's/@/[\\\\"%s\\\\"]/' "$long" >long.sed
    for i in $(seq 60); do line "k$i"; done | sed -f long.sed >large.jsonl
    head -n 20 large.jsonl >small.jsonl
    peak small -q -j 1 small.jsonl
    [ "$(sql 'select count(*) from decant.result')" = 20 ]
    forget
    peak large -q -j 1 large.jsonl
    [ "$(sql 'select count(*) from decant.result')" = 60 ]
    accounted
    [ $((5 * large)) -le $((6 * small)) ]
}
