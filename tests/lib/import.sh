#!/usr/bin/env bash
# import.sh - what the tests of import share.  Sourced by bats files.
#
# One throw-away cluster per file (setup_file: import_cluster), one database
# per test (setup: import_database), whose URI is in DATABASE_URL.

source "$BATS_TEST_DIRNAME/../lib/cluster.sh"

: "${DECANT:=$BATS_TEST_DIRNAME/../../build/release/decant}"
GEN_LINES=$(dirname "$DECANT")/tests/tools/gen_lines

# (bats cannot skip in setup_file: import_database does, test by test.)
import_cluster() {
    cluster_available || return 0
    cluster_start
    export CLUSTER_DIR CLUSTER_URL
}

import_database() {
    cluster_available || skip "no PostgreSQL"
    local name="t$BATS_TEST_NUMBER"
    psql -X -q -d "$CLUSTER_URL" -c "CREATE DATABASE $name" \
        -c "ALTER DATABASE $name SET synchronous_commit = off"
    export DATABASE_URL="postgresql://postgres@/$name?host=$CLUSTER_DIR"
    cd "$BATS_TEST_TMPDIR" || return 1
}

sql() {
    psql -X -At -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -c "$1"
}

# A generated file: gen_file NAME MB [OPTION...]
gen_file() {
    local name=$1 mb=$2
    shift 2
    make_gen
    "$GEN_LINES" --mb "$mb" --seed 42 "$@" >"$name"
}

make_gen() {
    [ -x "$GEN_LINES" ] && return
    make -s -C "$BATS_TEST_DIRNAME/../.." \
        FLAVOUR="$(basename "$(dirname "$DECANT")")" \
        "build/$(basename "$(dirname "$DECANT")")/tests/tools/gen_lines" >&2
}

# One sound Gemini line per key.
gemini_line() {
    printf '{"key":"%s","response":{"candidates":[{"content":{"parts":[{"text":"{\\"n\\":1}"}],"role":"model"},"finishReason":"STOP"}],"modelVersion":"m"}}\n' "$1"
}

# Every line of a file is in the database once: balanced books, dense offsets.
books_balance() {
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ] &&
        [ "$(sql 'select count(*) from decant.source where not complete')" = 0 ]
}

# What is in the tables, in an order of its own; run ids and times left out.
dump_tables() {
    sql 'select r."offset", length, key, provider, outcome, fixes, payload
         from decant.result r order by source, r."offset"' | md5sum
    sql 'select r."offset", length, key, fault, pointer, at, message, raw
         from decant.reject r order by source, r."offset"' | md5sum
    sql 'select n, begin_at, end_at, lines, rows, rejects, blanks, repaired,
         hash from decant.range order by source, n' | md5sum
}

# A member of the JSON summary: json FILE EXPRESSION
json() {
    python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}

with_faults() {
    "$DECANT" --version | grep -q "fault injection" ||
        skip "this build cannot inject faults"
}
