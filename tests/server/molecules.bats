#!/usr/bin/env bats
# decant molecules: every distinct SMILES gets its row, whatever Open Babel
# does: with the real decant-chem, and with one that dies on command.

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
    CHEM=$(dirname "$DECANT")/decant-chem
    SHARED=$BATS_TEST_DIRNAME/../../../shared/conformance/smiles
    unset DECANT_CHEM
}

with_babel() {
    [ -x "$CHEM" ] || skip "no libopenbabel-dev: decant-chem was not built"
}

# A copy of decant with nothing beside it: decant-chem is what we say.
alone() {
    mkdir -p alone
    cp "$DECANT" alone/decant
    DECANT=$PWD/alone/decant
}

fake() {
    alone
    export DECANT_CHEM=$BATS_TEST_DIRNAME/../lib/fake_chem.py
    export FAKE_CHEM_LOG=$PWD/asked
    "$DECANT_CHEM" </dev/null >/dev/null || skip "no python3"
}

# table NAME FILE: a table with a column smiles, one row per line.
table() {
    sql "create table $1 (smiles text)" >/dev/null
    psql -X -q -d "$DATABASE_URL" -c "\\copy $1 from '$2' with (format csv, delimiter e'\\x01', quote e'\\x02')"
}

state_of() {
    sql "select state from decant.molecule where smiles = '$1'"
}

# Every distinct SMILES of the table has a row; and none is there twice.
all_there() {
    [ "$(sql "select count(*) from (select distinct smiles from $1) t
              where not exists (select from decant.molecule m where m.smiles = t.smiles)")" = 0 ]
    [ "$(sql "select count(*) - count(distinct smiles) from decant.molecule")" = 0 ]
}

# The summary's states add up to what was met.
summary_balances() {
    json "$1" "d['balanced'] and d['distinct'] == sum(d[k] for k in
        ('done', 'crashed', 'timeout', 'memory', 'refused', 'invalid', 'native'))" |
        grep -qx True
}

# A carbon sheet closed in both directions, every atom with four bonds: sound,
# and Open Babel numbers its atoms for minutes.
torus() {
    python3 - "$1" <<'PY'
import sys
n = int(sys.argv[1])
open_, free, text = {}, list(range(10, 1000)), ""
cells = [(i, j if i % 2 == 0 else n - 1 - j) for i in range(n) for j in range(n)]
for k, (i, j) in enumerate(cells):
    text += "C"
    for near in ((i - 1) % n, j), ((i + 1) % n, j), (i, (j - 1) % n), (i, (j + 1) % n):
        if k and near == cells[k - 1] or k + 1 < len(cells) and near == cells[k + 1]:
            continue
        bond = tuple(sorted((near, (i, j))))
        if bond in open_:
            number = open_.pop(bond)
            free.insert(0, number)
        else:
            number = open_[bond] = free.pop(0)
        text += f"%{number}" if number < 100 else f"%({number})"
print(text)
PY
}

@test "molecules: distinct SMILES of text, arrays and reactions, once each" {
    with_babel
    sql "create table t (smiles text, list text[], rxn text);
         insert into t values ('CCO', '{CCO,CCN,NULL}', 'CC(=O)O.OCC>[H+]>CC(=O)OCC.O'),
            ('CCO', '{}', 'N->[Cu]>>CCO |f:0.1|'), ('', NULL, NULL), (NULL, '{C1CC}', '')"
    "$DECANT" molecules --json --column t.smiles >s1
    "$DECANT" molecules --json --column public.t.list >s2
    "$DECANT" molecules --json --column t.rxn --reaction >s3
    cat s1 s2 s3
    [ "$(sql "select string_agg(smiles, ' ' order by smiles collate \"C\") from decant.molecule")" = \
        "C1CC CC(=O)O CC(=O)OCC CCN CCO N->[Cu] O OCC [H+]" ]
    [ "$(sql "select state, native_code from decant.molecule where smiles = 'C1CC'")" = "invalid|ring_open" ]
    [ "$(sql "select canonical, inchikey, formula, heavy_atoms, rings, charge, round(weight::numeric, 2),
              agrees, engine_version from decant.molecule where smiles = 'OCC'")" = \
        "CCO|LFQSCWFLJHTTHZ-UHFFFAOYSA-N|C2H6O|3|0|0|46.07|t|3.1.1" ]
    # again: nothing is left to do, and nothing is asked
    "$DECANT" molecules --json >again
    [ "$(json again "d['distinct']")" = 0 ]
    for s in s1 s2 s3 again; do summary_balances $s; done
    # a catalogue entry whose table is gone is no obstacle
    sql "drop table t; create table u (smiles text); insert into u values ('CCCC')" >/dev/null
    run "$DECANT" molecules --column u.smiles
    [ "$status" -eq 0 ]
    [[ $output == *"3 columns"*"not there any more"* ]]
    [ "$(state_of CCCC)" = done ]
}

@test "molecules: names are quoted; what is no column is a mistake" {
    with_babel
    sql 'create schema "My S"; create table "My S"."T;x" ("a""b" text, n int);
         insert into "My S"."T;x" values ('"'CC#N'"', 1)' >/dev/null
    "$DECANT" molecules --column '"My S"."T;x"."a""b"'
    [ "$(state_of 'CC#N')" = done ]
    for wrong in nowhere.smiles '"My S"."T;x".n' smiles; do
        run "$DECANT" molecules --column "$wrong"
        echo "$output"
        [ "$status" -eq 2 ]
    done
    run "$DECANT" molecules --reaction
    [ "$status" -eq 2 ]
}

@test "molecules: hostile ones cost themselves only, the books balance" {
    with_babel
    {
        printf '%s\n' 'C[C@@H2]C' '[C@H2](F)Cl' 'C[S@]C' 'CC[N@]C' 'O=[S@]C' 'C[S@+]C' 'C[N@H2+]C' \
            'C&1CC&2' 'F[O]1(F)(F)(F)(F)(F)(F)(F)(F)(F)(F)(F)OOOOO1'
        python3 - <<'PY'
print('C' * 4000)
print('.'.join('C' * 3000))
print('C(' * 9999 + 'C' + ')' * 9999)
print('*1' + '*' * 1000 + '1')
print('c1ccccc1' * 10000)
def tree(n):
    return 'C' if n == 0 else f'C({tree(n - 1)}){tree(n - 1)}'
print(tree(10))
PY
        torus 18
        echo CCO
    } >hostile.smi
    table t hostile.smi
    "$DECANT" molecules --json --timeout 2 --column t.smiles >s
    cat s
    all_there t
    summary_balances s
    [ "$(json s "d['timeout']")" = 1 ]
    [ "$(json s "d['crashed'] + d['memory'] + d['native']")" = 0 ]
    [ "$(json s "d['refused']")" -ge 5 ]
    [ "$(state_of 'C[S@]C')" = done ]
    [ "$(sql "select inchikey from decant.molecule where smiles = '[C@H2](F)Cl'")" = XWCDCDSDNJVCLO-UHFFFAOYSA-N ]
    [ "$(state_of CCO)" = done ]
    # our own columns are there all the same
    [ "$(sql "select formula, heavy_atoms, rings, inchikey is null from decant.molecule where state = 'timeout'")" = \
        "C324|324|325|t" ]
    [ "$(sql "select formula from decant.molecule where smiles like 'CCCCCCCCC%'")" = C4000H8002 ]
}

@test "molecules: crash, hang, hunger and nonsense have their states" {
    fake
    printf '%s\n' CBr CCl CF CI CN CP CS CC CCC CCCC CCCCC >f.smi
    table t f.smi
    run timeout 60 "$DECANT" molecules -q -j 2 --timeout 1 --json --column t.smiles
    echo "$output"
    [ "$status" -eq 0 ]
    echo "$output" >s
    summary_balances s
    all_there t
    [ "$(sql 'select string_agg(smiles || $$:$$ || state, $$ $$ order by smiles) from decant.molecule')" = \
        "CBr:crashed CC:done CCC:done CCCC:done CCCCC:done CCl:timeout CF:memory CI:crashed CN:done CP:crashed CS:refused" ]
    [[ $(sql "select engine_message from decant.molecule where smiles = 'CBr'") == *"signal 11"* ]]
    # a crash is asked about twice, a hang is not
    [ "$(grep -cx CBr asked)" = 2 ]
    [ "$(grep -cx CCl asked)" = 1 ]
    # the engines disagree about the formula
    [ "$(json s "d['disagree']")" = 5 ]
    [ "$(sql "select distinct about, engine_formula from decant.molecule_disagreement")" = "formula|X" ]
    # what is lost stays lost, until it is wanted again
    "$DECANT" molecules -q --json >again
    [ "$(json again "d['distinct']")" = 0 ]
    "$DECANT" molecules -q --json --timeout 1 --retry >again
    [ "$(json again "d['distinct'], d['crashed'], d['timeout'], d['memory']")" = "(5, 3, 1, 1)" ]
}

@test "molecules: kill -9 in the middle, run again: the same table" {
    fake
    export FAKE_CHEM_SLEEP=0.01
    for i in $(seq 1 400); do printf 'C%.0s' $(seq 1 "$i"); echo; done >many.smi
    table t many.smi
    "$DECANT" molecules -q -j 2 --column t.smiles >/dev/null 2>&1 &
    pid=$!
    for _ in $(seq 200); do
        [ "$(sql 'select count(*) from decant.molecule' 2>/dev/null || echo 0)" -gt 20 ] && break
        sleep 0.05
    done
    children=$(pgrep -P $pid)
    kill -9 $pid
    wait $pid || true
    sleep 0.3
    for child in $children; do
        [ ! -e /proc/"$child" ] || grep -q '^State:[[:space:]]Z' /proc/"$child"/status
    done
    some=$(sql 'select count(*) from decant.molecule')
    [ "$some" -gt 20 ] && [ "$some" -lt 400 ]
    FAKE_CHEM_SLEEP=0 "$DECANT" molecules -q --json >s
    cat s
    [ "$(json s "d['distinct']")" = $((400 - some)) ]
    summary_balances s
    all_there t
    [ "$(sql "select count(*) from decant.molecule where state = 'done'")" = 400 ]
}

@test "molecules: Ctrl-C stops at once, keeps what is done, exit 130" {
    fake
    export FAKE_CHEM_SLEEP=0.02
    for i in $(seq 1 400); do printf 'C%.0s' $(seq 1 "$i"); echo; done >many.smi
    table t many.smi
    # a shell's background jobs ignore SIGINT
    "$DECANT" molecules -q -j 1 --json --column t.smiles >s 2>err &
    pid=$!
    for _ in $(seq 200); do
        [ "$(sql 'select count(*) from decant.molecule' 2>/dev/null || echo 0)" -gt 20 ] && break
        sleep 0.05
    done
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    cat s err
    [ "$status" -eq 130 ]
    summary_balances s
    [ "$(json s "d['distinct']")" = "$(sql 'select count(*) from decant.molecule')" ]
}

@test "molecules: a killed worker costs nothing" {
    fake
    without_leak_check
    export FAKE_CHEM_SLEEP=0.01
    for i in $(seq 1 300); do printf 'C%.0s' $(seq 1 "$i"); echo; done >many.smi
    table t many.smi
    "$DECANT" molecules -q -j 2 --json --column t.smiles >s 2>err &
    pid=$!
    for _ in 1 2 3 4; do
        sleep 0.3
        victim=$(pgrep -P $pid | head -n 1)
        [ -z "$victim" ] || kill -9 "$victim" 2>/dev/null || true
    done
    wait $pid
    cat s err
    summary_balances s
    [ "$(json s "d['done'], d['crashed']")" = "(300, 0)" ]
}

@test "molecules: two at once, the second waits and says so" {
    fake
    printf '%s\n' CCl CC >f.smi
    table t f.smi
    "$DECANT" molecules -q --timeout 9 --column t.smiles >/dev/null 2>&1 &
    pid=$!
    for _ in $(seq 100); do
        [ -s asked ] && break
        sleep 0.05
    done
    run "$DECANT" molecules -q
    echo "$output"
    [ "$status" -eq 75 ]
    [[ $output == *"another decant molecules"* ]]
    kill $pid
    wait $pid || true
}

@test "molecules: without Open Babel our own columns, with it later the rest" {
    with_babel
    real=$DECANT
    alone
    printf '%s\n' CCO 'C[N+](C)(C)C' c1ccccc1 C1CC >f.smi
    table t f.smi
    run "$DECANT" molecules --column t.smiles
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"no decant-chem"* ]]
    [ "$(sql "select state, formula, charge, canonical is null, agrees is null from decant.molecule where smiles like 'C[N%'")" = \
        "native|C4H12N+|1|t|t" ]
    # one that cannot find its data, and one that dies at once
    BABEL_DATADIR=/nowhere run "$real" molecules --json
    echo "$output"
    [[ $output == *"BABEL_DATADIR"*'"native":3'* ]]
    DECANT_CHEM=$BATS_TEST_DIRNAME/../lib/fake_chem.py FAKE_CHEM_ERROR=- run "$DECANT" molecules --json
    echo "$output"
    [[ $output == *"exited with status 9"*'"native":3'* ]]
    "$real" molecules --json >s
    [ "$(json s "d['distinct'], d['done']")" = "(3, 3)" ]
    all_there t
}

@test "molecules: --limit does some, the next run the rest" {
    with_babel
    printf '%s\n' C CC CCC CCCC CCCCC >f.smi
    table t f.smi
    "$DECANT" molecules --json --limit 2 --column t.smiles >s
    [ "$(json s "d['done']")" = 2 ]
    "$DECANT" molecules --json >s
    [ "$(json s "d['done']")" = 3 ]
    run "$DECANT" molecules --limit 0
    [ "$status" -eq 2 ]
}

@test "molecules: canonical SMILES and InChIKey are those of obabel" {
    with_babel
    command -v obabel >/dev/null || skip "no obabel (package openbabel)"
    [ -r "$SHARED/real.tsv" ] || skip "no $SHARED"
    python3 - "$SHARED/real.tsv" >real.smi <<'PY'
import json, sys
rows = [l.split("\t") for l in open(sys.argv[1], encoding="utf-8").read().split("\n")[1:] if l]
good = list(dict.fromkeys(json.loads(r[0]) for r in rows if r[1] == "1"))
plain = [s for s in good if s.isascii() and s.isprintable() and " " not in s and len(s) < 200]
print("\n".join(plain[::len(plain) // 2000][:2000]))
PY
    [ "$(wc -l <real.smi)" -eq 2000 ]
    table t real.smi
    "$DECANT" molecules -q --column t.smiles
    awk '{print $0 "\t" NR}' real.smi >named.smi
    obabel -ismi named.smi -ocan 2>/dev/null | awk -F'\t' '{print $2 "\t" $1}' | sort >can.obabel
    obabel -ismi named.smi -oinchikey -xt 2>/dev/null | awk '{print $2 "\t" $1}' | sort >key.obabel
    sql "copy (select smiles, canonical, inchikey from decant.molecule where state = 'done') to stdout" |
        sed 's/\\\\/\\/g' >ours.tsv
    python3 - <<'PY'
names = {s: str(i) for i, s in enumerate(open("real.smi").read().split("\n"), 1)}
ours = [l.split("\t") for l in open("ours.tsv").read().split("\n") if l]
theirs = {f: dict(l.split("\t") for l in open(f + ".obabel").read().split("\n") if l and "\t" in l)
          for f in ("can", "key")}
wrong = {"can": 0, "key": 0}
seen = 0
for smiles, can, key in ours:
    n = names[smiles]
    for which, value in ("can", can), ("key", key):
        other = theirs[which].get(n, "")
        if other and value != other:
            wrong[which] += 1
            if wrong[which] < 4:
                print(which, smiles, value, other)
        seen += bool(other)
print(len(ours), seen, wrong)
assert len(ours) > 1950 and seen > 3900 and not any(wrong.values())
PY
    # and they agree with decant on nearly all formulas
    [ "$(sql "select count(*) from decant.molecule_disagreement")" -le 20 ]
}
