#!/usr/bin/env bats
# smiles_engines.bats - `decant smiles` with Open Babel: its verdict, its
# names, and what it dies of.
bats_require_minimum_version 1.5.0

setup() {
    : "${DECANT:=$BATS_TEST_DIRNAME/../../build/release/decant}"
    LIB=$(cd "$BATS_TEST_DIRNAME/../lib" && pwd)
    cd "$BATS_TEST_TMPDIR" || exit 1
}

real() {
    [ -x "$(dirname "$DECANT")/decant-chem" ] ||
        skip "no libopenbabel-dev: decant-chem was not built"
}

# A decant that has the fake beside it, whose molecules kill on command.
fake() {
    mkdir -p fake
    cp "$DECANT" fake/decant
    export DECANT_CHEM=$LIB/fake_chem.py FAKE_CHEM_LOG=$PWD/log
}

@test "engines: --canonical adds four columns; a bad line has them empty" {
    real
    printf '%s\n' 'OCC' 'C(C' 'F\C=C/F' '[Na+].[Cl-]' '*C' >in
    run -3 --separate-stderr "$DECANT" smiles --canonical in
    echo "$output"
    [ "${lines[0]}" = "$(printf 'ok\t\t\t\tCCO\tLFQSCWFLJHTTHZ-UHFFFAOYSA-N\tC2H6O\t46.068440')" ]
    [ "${lines[1]}" = "$(printf 'bad\tparen_open\t1\ta branch that is never closed\t\t\t\t')" ]
    # a backslash of a SMILES stays one
    [ "$(cut -f5 <<<"${lines[2]}")" = 'F/C=C\F' ]
    [ "$(cut -f7 <<<"${lines[3]}")" = ClNa ]
    # no InChIKey of a wildcard: said, and the line is ok
    [ "$(cut -f1,6 <<<"${lines[4]}")" = "$(printf 'ok\t')" ]
    [[ ${lines[4]} == *"warning: Open Babel: "*InChI* ]]
}

@test "engines: whose verdict" {
    real
    # both; decant only; Open Babel only; neither
    printf '%s\n' 'CCO' 'C[C@TH1](F)(Cl)Br' 'C(C)(C)(C)(C)C' 'C1CC' >in
    for engine in native openbabel both; do
        run -3 --separate-stderr "$DECANT" smiles --engine "$engine" in
        cut -f1 <<<"$output" | paste -sd' '
    done >verdicts
    diff verdicts - <<'EXPECTED'
ok ok bad bad
ok bad ok bad
ok bad bad bad
EXPECTED
    run -3 --separate-stderr "$DECANT" smiles --engine both in
    [ "$(cut -f2 <<<"$output" | paste -sd' ')" = " openbabel_rejected valence ring_open" ]
    # what it takes but grumbles about
    echo c1cccc1 | "$DECANT" smiles --engine openbabel >out
    grep -qP '^ok\t\t\twarning: .*kekulize' out
    printf '\xff\nCC\n' >in
    run -3 "$DECANT" smiles --engine openbabel in
    [ "$(cut -f1,2 <<<"${lines[0]}")" = "$(printf 'bad\tchar')" ]
}

@test "engines: --json tells both sides" {
    real
    printf '%s\n' 'OCC' 'C[C@TH1](F)(Cl)Br' 'C(' >in
    "$DECANT" smiles --json --canonical --engine both in >out || [ $? -eq 3 ]
    python3 - <<'PY'
import json
a, b, c = map(json.loads, open("out"))
assert a["ok"] and a["formula"] == "C2H6O"
assert a["openbabel"] == {
    "state": "ok", "message": None, "canonical": "CCO",
    "inchikey": "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "formula": "C2H6O",
    "weight": 46.06844}, a
assert not b["ok"] and b["code"] == "openbabel_rejected", b
assert b["openbabel"]["state"] == "rejected" and b["openbabel"]["message"]
assert c["code"] == "paren_open" and "openbabel" not in c
PY
}

@test "engines: many lines through several processes keep their order" {
    real
    python3 - >in <<'PY'
for i in range(1500):
    print("C" * (i % 40 + 1) + ("(" if i % 7 == 3 else ""))
print("C" * 300000)  # far more than Open Babel is given
print("CO")
PY
    "$DECANT" smiles --canonical -j 3 in >out || [ $? -eq 3 ]
    python3 - <<'PY'
answers = [line.rstrip("\n").split("\t") for line in open("out")]
assert len(answers) == 1502 and all(len(a) == 8 for a in answers)
for i, a in enumerate(answers[:1500]):
    good = i % 7 != 3
    assert a[0] == ("ok" if good else "bad"), (i, a)
    assert a[4] == ("C" * (i % 40 + 1) if good else ""), (i, a)
assert answers[1500][0] == "ok" and "32 KiB" in answers[1500][3]
assert answers[1501][4] == "CO"
PY
}

@test "engines: lines that wait outlive the piece of the file they came in" {
    real
    python3 -c 'for i in range(30000): print("C" * (i % 40 + 1))' >in
    "$DECANT" smiles --json --engine both -j 2 in >out
    python3 - <<'PY'
import json
answers = [json.loads(line) for line in open("out")]
assert len(answers) == 30000
for i, a in enumerate(answers):
    assert a["smiles"] == "C" * (i % 40 + 1) and a["ok"], (i, a)
PY
}

@test "engines: what is known to kill Open Babel costs its line only" {
    real
    python3 - >in <<'PY'
print("CC")
print("c1ccc2cc3ccccc3cc2c1" + "C" * 500)
print("F[O]1" + "(F)" * 12 + "OOOOO1")
print("C[S@]C")
print("CO")
PY
    "$DECANT" smiles --engine openbabel --canonical in >out || [ $? -eq 3 ]
    [ "$(wc -l <out)" -eq 5 ]
    [ "$(cut -f1 out | paste -sd' ')" = "ok bad bad ok ok" ]
    [ "$(cut -f2 out | sort | uniq -c | tr -s ' ')" = "$(printf ' 3 \n 2 openbabel_refused')" ]
    [ "$(tail -1 out | cut -f5)" = CO ]
}

@test "engines: a conversation with Open Babel" {
    real
    coproc "$DECANT" smiles --canonical
    for s in OCC 'C(' NCC; do
        echo "$s" >&"${COPROC[1]}"
        read -r -t 60 answer <&"${COPROC[0]}"
        [ -n "$answer" ]
    done
    [[ $answer == *CCN* ]]
}

@test "engines: crashes, hangs, hunger and nonsense cost their line only" {
    fake
    printf '%s\n' CBr CO CCl CN CF CI CS CP CCO >in
    fake/decant smiles --engine openbabel --canonical --timeout 1 -j 2 in >out || [ $? -eq 3 ]
    cat out
    diff <(cut -f1,2 out) - <<'EXPECTED'
bad	openbabel_crashed
ok	
bad	openbabel_timeout
ok	
bad	openbabel_memory
bad	openbabel_crashed
bad	openbabel_refused
ok	
ok	
EXPECTED
    [ "$(awk -F'\t' 'NF != 8' out | wc -l)" -eq 0 ]
    # one that a child dies of is asked twice, a late one once
    [ "$(grep -cx CBr log)" -eq 2 ]
    [ "$(grep -cx CCl log)" -eq 1 ]
    # with our own verdict they are warnings
    rm -f log*
    fake/decant smiles --canonical --timeout 1 in >out
    [ "$(cut -f1 out | sort -u)" = ok ]
    [ "$(grep -c 'warning: ' out)" -eq 5 ]
}

@test "engines: no Open Babel is said at once, exit 2, nothing on stdout" {
    fake
    echo CCO >in
    DECANT_CHEM='' run -2 --separate-stderr fake/decant smiles --canonical in
    [ -z "$output" ]
    [[ $stderr == *"libopenbabel-dev"* ]]
    # not needed, not missed
    DECANT_CHEM='' run -0 fake/decant smiles in
    FAKE_CHEM_ERROR='no data' run -2 --separate-stderr fake/decant smiles --engine both in
    [ -z "$output" ]
    [[ $stderr == *"no data"* ]]
    FAKE_CHEM_ERROR=- run -2 --separate-stderr fake/decant smiles --engine both in
    [[ $stderr == *"status 9"* ]]
    DECANT_CHEM=/bin/true run -2 --separate-stderr fake/decant smiles --engine both in
}

@test "engines: no process is left behind" {
    fake
    printf 'CCl\n' >in
    FAKE_CHEM_SLEEP=0 timeout -s INT 2 fake/decant smiles --canonical in >out || true
    for _ in $(seq 50); do
        pgrep -f "$LIB/fake_chem.py" -s 0 >left || true
        [ -s left ] || break
        sleep .1
    done
    [ ! -s left ]
}
