#!/usr/bin/env bash
# typed.sh - what the tests of typed tables share.  Sourced after import.sh
# and worlds.sh.

REPLIES="$BATS_TEST_DIRNAME/../lib/replies.py"

# profile FILE TABLE SPREAD COLUMNS...: a profile; a column is `name type from`
# with `!` behind the type when it is required.
profile() {
    python3 - "$@" <<'PY'
import json, sys
name, table, spread, columns = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
made = {}
for c in columns:
    column, kind, source = c.split(" ")
    made[column] = {"type": kind.rstrip("!"), "from": source}
    if kind.endswith("!"):
        made[column]["required"] = True
x = {"table": table, "columns": made}
if spread != "-":
    x["spread"] = spread
json.dump({"x-decant": x}, open(name, "w"))
PY
}

# lines FILE: stdin's `KEY TAB REPLY` lines as a batch file.
lines() { python3 "$REPLIES" >"$1"; }

import() {
    status=0
    within 120 "$DECANT" import -q "$@" >out.txt 2>err.txt || status=$?
    cat err.txt out.txt
}

# The ledger and the table count the same typed rows, each line's are all
# there, and no rejected line has any: typed_whole TABLE
typed_whole() {
    accounted
    [ "$(sql 'select coalesce(sum(typed_rows), 0) from decant.range')" = "$(sql "select count(*) from $1")" ]
    [ "$(sql "select count(*) from $1 t where not exists (select from decant.result r
        where r.source = t.source and r.\"offset\" = t.\"offset\")")" = 0 ]
}
