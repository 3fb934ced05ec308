#!/usr/bin/env bash
# worlds.sh - what tests of bad worlds share.  Sourced after import.sh.
#
# The judge of all of them is one comparison: whatever happened on the way,
# the tables are those of an import that nobody disturbed.

# Everything that is in the tables, in an order of its own.  Sources are named
# by their fingerprint, because their numbers depend on who came first; run
# ids and timestamps are left out, nothing else is.
everything() {
    local of="join decant.source s on s.id = r.source"
    local row="(to_jsonb(r) - 'source') || jsonb_build_object('of', s.fingerprint)"
    psql -X -At -v ON_ERROR_STOP=1 -d "$DATABASE_URL" \
        -c "select $row from decant.result r $of order by s.fingerprint, r.\"offset\"" \
        -c "select $row from decant.reject r $of order by s.fingerprint, r.\"offset\"" \
        -c "select ($row) - 'run' - 'loaded_at' from decant.range r $of
            order by s.fingerprint, r.n" \
        -c "select to_jsonb(s) - 'id' - 'first_seen' - 'last_seen' from decant.source s
            order by fingerprint, size"
}

# same_as FILE: the tables hold what `everything >FILE` found before.
same_as() {
    everything >now.dump
    cmp "$1" now.dump || {
        diff "$1" now.dump | cut -c 1-300 | head -n 10
        return 1
    }
}

# The books, in SQL of our own: per file lines = rows + rejects + blanks, the
# tables hold as many, the ranges leave no gap and no line is there twice.
accounted() {
    local wrong
    wrong=$(sql "
        with book as (
            select s.id, s.path, s.length, s.complete,
                (select coalesce(sum(lines), 0) from decant.range r where r.source = s.id) as lines,
                (select coalesce(sum(blanks), 0) from decant.range r where r.source = s.id) as blanks,
                (select coalesce(sum(bytes), 0) from decant.range r where r.source = s.id) as bytes,
                (select count(*) from decant.result r where r.source = s.id) as n_result,
                (select count(*) from decant.reject r where r.source = s.id) as n_reject,
                (select count(distinct place) from (
                    select \"offset\" from decant.result r where r.source = s.id
                    union all
                    select \"offset\" from decant.reject r where r.source = s.id) x (place)) as places
            from decant.source s)
        select path, lines, blanks, n_result, n_reject, places, bytes, length, complete from book
        where lines <> n_result + n_reject + blanks or places <> n_result + n_reject
            or not complete or bytes <> length
        union all
        select path, lines, blanks, result_rows, reject_rows, null, null, null, complete
        from decant.reconciliation where not balanced") || return 1
    [ -z "$wrong" ] || {
        echo "the books are wrong: $wrong"
        return 1
    }
}

# As if decant had never been here.
forget() {
    psql -X -q -d "$DATABASE_URL" -c 'set client_min_messages = error' \
        -c 'drop schema if exists decant cascade'
}

# wait_until SECONDS COMMAND...: false when it does not come true in time.
wait_until() {
    local turns=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        [ $((turns -= 1)) -gt 0 ] || return 1
        sleep 0.05
    done
}

ranges_beyond() { [ "$(sql 'select count(*) from decant.range')" -gt "$1" ]; }

# within SECONDS COMMAND...: its exit status; 124 when it hangs.
within() {
    timeout --kill-after=5 "$@"
}

# Wait for a background process, which may be killed.  Sets $status.
ended() {
    status=0
    wait "$1" || status=$?
}

# A zombie that nobody has buried yet is gone, too.
gone() {
    ! kill -0 "$1" 2>/dev/null || grep -q '^State:[[:space:]]Z' "/proc/$1/status" 2>/dev/null
}
all_gone() {
    local pid
    for pid in "$@"; do gone "$pid" || return 1; done
}

# No session of decant's is left on this database.
sessions_gone() {
    [ "$(sql "select count(*) from pg_stat_activity
              where datname = current_database() and application_name like 'decant%'")" = 0 ]
}
