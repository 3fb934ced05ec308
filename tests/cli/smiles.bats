#!/usr/bin/env bats
# smiles.bats - `decant smiles`: a line in, a line out, whatever it holds.
bats_require_minimum_version 1.5.0

setup() {
    : "${DECANT:=$BATS_TEST_DIRNAME/../../build/release/decant}"
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    cd "$BATS_TEST_TMPDIR" || exit 1
}

# judged TEXT OPTION...: what comes out is in `out`
judged() {
    local text=$1
    shift
    printf '%b' "$text" | "$DECANT" smiles "$@" >out 2>err
}

is() {
    printf '%b' "$1" | diff - out
}

# column N: of the answers, with spaces between the lines
column() {
    cut -f"$1" out | paste -sd' '
}

@test "smiles: sound lines, exit 0; four columns each" {
    judged 'CCO\nc1ccccc1\n[Na+].[Cl-]\n'
    is 'ok\t\t\t\nok\t\t\t\nok\t\t\t\n'
    judged ''
    is ''
}

@test "smiles: a bad line has code, offset and words, exit 3" {
    run -3 judged 'CCO\nCC(C\nC1CC\n'
    is 'ok\t\t\t
bad\tparen_open\t2\ta branch that is never closed
bad\tring_open\t1\ta ring that is never closed\n'
}

@test "smiles: every line is answered: empty, CRLF, no newline at the end" {
    run -3 judged 'CCO\r\n\n\r\nC(\r\nCC'
    [ "$(column 1)" = "ok bad bad bad ok" ]
    [ "$(column 2 | tr -s ' ')" = " empty empty paren_open " ]
    # one CR belongs to the line end, a second one to the line
    run -3 judged 'CC\r\r\n'
    [ "$(wc -l <out)" -eq 1 ]
    # a file that is only a newline is one empty line
    run -3 judged '\n'
    [ "$(wc -l <out)" -eq 1 ]
}

@test "smiles: bytes that are no text: one line each, four columns each" {
    run -3 judged 'C\0C\n\xff\xfe\nC\xe2\x89\xa1C\n\tC\nC\tC\n\x01\n\x0bC\x0cC\n'
    [ "$(wc -l <out)" -eq 7 ]
    [ "$(awk -F'\t' 'NF != 4' out | wc -l)" -eq 0 ]
    [ "$(column 1)" = "bad bad bad bad bad bad bad" ]
    # at every level
    for level in rdkit syntax strict; do
        run -3 judged '\xff\nC\xc3\n' --level "$level"
        [ "$(column 1)" = "bad bad" ]
    done
    run -3 judged '\xff\n' --json
    python3 -c 'import json; json.loads(open("out", "rb").read().decode())'
}

@test "smiles: levels" {
    local text='CC name\n\nC(C)(C)(C)(C)C\nC=1CC-1\nC(C\n'
    run -3 judged "$text" --level strict
    [ "$(column 2 | tr -s ' ')" = "trailing empty valence ring_bond paren_open" ] ||
        [ "$(column 1)" = "bad bad bad ok bad" ]
    run -3 judged "$text" --level rdkit
    [ "$(column 1)" = "ok ok bad ok bad" ]
    run -3 judged "$text" --level syntax
    [ "$(column 1)" = "bad bad ok ok bad" ]
    run -2 judged '' --level nonsense
}

@test "smiles: an accepted line may carry warnings" {
    judged 'F/C=CF\nCCO\n'
    grep -qP '^ok\t\t\twarning: .*double bond' out
    judged 'F/C=CF\n' --json
    grep -q '"ok":true,"warnings":\["direction"\]' out
}

@test "smiles: CXSMILES is read at level rdkit, and refused by strict" {
    run -3 judged 'CCO |$_AV:a;b;c$|\nCCO |bad\n' --level rdkit
    [ "$(column 1)" = "ok bad" ]
    [ "$(column 2 | tr -d ' ')" = cxsmiles_bad ]
    run -3 judged 'CCO |$_AV:a;b;c$|\n'
    [ "$(column 2)" = cxsmiles ]
}

@test "smiles: --column takes one field; offsets are the line's" {
    run -3 judged 'a\tCCO\tx\nb\tCC(\ty\nc\nc\t\n' --column 2
    [ "$(column 1)" = "ok bad bad bad" ]
    [ "$(column 3)" = " 4 1 2" ]
    run -3 judged 'CCO ethanol\nC( nothing\n' --column 1
    [ "$(column 1)" = "ok bad" ]
    # any number of spaces is one border; each tab is one
    run -3 judged 'mol1   CC(\n  mol2 CCO  \nx\t\tC\n' --column 2 --level rdkit
    [ "$(column 1)" = "bad ok ok" ]
    [ "$(column 3)" = "9  " ]
    # a line with spaces and tabs is divided by tabs
    judged 'my name\tCCO\n' --column 2
}

@test "smiles: --reaction and --maps" {
    run -3 judged 'CCO>>CC=O\nCCO>[Pt]>\nCCO\nCC>C(>C\n' --reaction
    [ "$(column 1)" = "ok ok bad bad" ]
    [ "$(column 3)" = "  3 4" ] || [ "$(cut -f3 out | tail -1)" = 4 ]
    run -3 judged '[CH3:1]O>>[CH3:1]N\n[CH3:1]O>>[CH3:2]N\n' --maps
    [ "$(column 1)" = "ok bad" ]
    [ "$(cut -f2 out | tail -1)" = map ]
    run -3 judged 'CCO>>CC=O\n'
    [ "$(column 2)" = reaction ]
    run -2 judged '' --reaction --canonical
}

@test "smiles: --max-smiles: longer is bad, the next line is judged" {
    run -3 judged 'CCCCC\nCCCC\nC\n' --max-smiles 4
    [ "$(column 1)" = "bad ok ok" ]
    [ "$(cut -f2,3 out | head -1)" = "$(printf 'too_long\t4')" ]
    # one line far beyond what is held
    { head -c 3000000 /dev/zero | tr '\0' C; printf '\nCC\n'; } >long
    run -3 --separate-stderr "$DECANT" smiles long
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[0]} == bad*too_long* ]]
    [[ ${lines[1]} == ok* ]]
    # a million bytes are fine
    { head -c 1000000 /dev/zero | tr '\0' C; printf '\n'; } >long
    run -0 "$DECANT" smiles long
}

@test "smiles: --json is one object per line" {
    run -3 judged 'CCO\nC(\n[13CH4]\n"\\\n' --json
    python3 - <<'PY'
import json
a, b, c, d = map(json.loads, open("out"))
assert a == {"smiles": "CCO", "ok": True, "warnings": [], "formula": "C2H6O",
             "mass": a["mass"], "exact_mass": a["exact_mass"],
             "heavy_atoms": 3, "fragments": 1, "rings": 0, "charge": 0}, a
assert abs(a["mass"] - 46.068) < .01 and abs(a["exact_mass"] - 46.041865) < 1e-5
assert b["code"] == "paren_open" and b["offset"] == 1 and not b["ok"]
assert abs(c["exact_mass"] - 17.03466) < 1e-4, c
assert d["smiles"] == '"\\' and not d["ok"]
PY
}

@test "smiles: usage is 2, a missing file or a full disk 74" {
    run -2 "$DECANT" smiles a b
    run -2 "$DECANT" smiles --tsv --json
    run -2 "$DECANT" smiles --column 0
    run -2 "$DECANT" smiles --engine rdkit
    run -74 "$DECANT" smiles /nonexistent
    run -74 "$DECANT" smiles . </dev/null
    printf 'CCO\n' >in
    run -74 bash -c '"$0" smiles in >/dev/full' "$DECANT"
    yes CCO | head -200000 >in || true
    run -74 bash -c '"$0" smiles in >/dev/full' "$DECANT"
}

@test "smiles: compressed files are read" {
    printf 'CCO\nC(\n' | gzip >in.smi.gz
    run -3 "$DECANT" smiles in.smi.gz
    [ "${#lines[@]}" -eq 2 ]
}

@test "smiles: somebody in a conversation gets each answer at once" {
    coproc "$DECANT" smiles
    for s in CCO 'C(' CC; do
        echo "$s" >&"${COPROC[1]}"
        read -r -t 20 answer <&"${COPROC[0]}"
        [ -n "$answer" ]
    done
}

@test "smiles: on a terminal the place is shown" {
    command -v script >/dev/null || skip "no script(1)"
    printf 'CC(=O)Oc1cccc1C\nF/C=CF\nCCO\n' >in
    NO_COLOR=1 TERM=xterm script -qec "'$DECANT' smiles in; echo exit \$?" /dev/null </dev/null |
        tr -d '\r' >seen
    cat seen
    grep -q '^1: bad kekulize, at byte 7: ' seen
    grep -A1 '^  CC(=O)Oc1cccc1C' seen | grep -qE '^ {9}\^+$'
    grep -q '^2: ok, but ' seen
    grep -A1 '^  F/C=CF' seen | grep -qE '^   \^$'
    grep -q '^3: ok CCO' seen
    grep -q '^3 lines: 2 ok, 1 bad' seen
    grep -q '^exit 3' seen
    # control characters do not reach the terminal
    printf 'C\033[31mC\n' >in
    NO_COLOR=1 TERM=xterm script -qec "'$DECANT' smiles in" /dev/null </dev/null >seen || true
    grep -q 'C?\[31mC' seen
    [ "$(grep -c "$(printf '\033')" seen)" -eq 0 ]
    # a long line is shown around the place
    { head -c 5000 /dev/zero | tr '\0' C; printf '(\n'; } >in
    NO_COLOR=1 TERM=xterm script -qec "stty cols 60; '$DECANT' smiles in" /dev/null </dev/null |
        tr -d '\r' >seen
    [ "$(awk 'length > 79' seen | wc -l)" -eq 0 ]
    grep -q '^  \.\.\.C*($' seen
}

@test "smiles: memory does not grow with the input" {
    nm "$DECANT" 2>/dev/null | grep -q __asan && skip "AddressSanitizer has its own ideas"
    peak() {
        python3 - "$DECANT" "$1" <<'PY'
import resource, subprocess, sys
line = b"CC(=O)Oc1ccccc1C(=O)O\n" * 1000
with subprocess.Popen([sys.argv[1], "smiles"], stdin=subprocess.PIPE,
                      stdout=subprocess.DEVNULL) as p:
    for _ in range(int(sys.argv[2])):
        p.stdin.write(line)
    p.stdin.close()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
    }
    small=$(peak 100) large=$(peak 2000)
    echo "$small $large kB"
    [ "$large" -lt $((small + 2000)) ]
}

@test "smiles: every code has a line of its own, in the table" {
    # codes.tsv: code, options, the line as printf sees it, offset
    local seen=0
    while IFS=$'\t' read -r code options text at; do
        [ "${code:0:1}" != "#" ] || continue
        # shellcheck disable=SC2086 # options are words
        [ "$options" != - ] || options=
        judged "$text\n" $options || true
        echo "$code [$options] $text: $(cat out)"
        [ "$(wc -l <out)" -eq 1 ]
        [ "$(cut -f1-3 out)" = "$(printf 'bad\t%s\t%s' "$code" "$at")" ]
        seen=$((seen + 1))
    done <"$ROOT/tests/cli/smiles_codes.tsv"
    [ "$seen" -gt 30 ]
    # all of them, but those that no small line can bring about
    grep -oP '^SMILES_CODE\(\w+, "\K\w+' "$ROOT/validate/smiles/smiles_code.def" |
        grep -vxE 'too_hard|memory' | sort >codes
    grep -v '^#' "$ROOT/tests/cli/smiles_codes.tsv" | cut -f1 | sort -u | diff codes -
}

@test "smiles: docs/chemistry.md has every code and warning, in its words" {
    python3 - "$ROOT" <<'PY'
import pathlib, re, sys
root = pathlib.Path(sys.argv[1])
page = (root / "docs/chemistry.md").read_text()
for kind in "code", "warning":
    table = (root / f"validate/smiles/smiles_{kind}.def").read_text()
    rows = re.findall(r'^SMILES_[A-Z]+\(\w+,\s*"(\w+)",\s*((?:"[^"]*"\s*)+)\)',
                      table, re.M)
    assert len(rows) == len(re.findall(r"^SMILES_[A-Z]+\(", table, re.M))
    for key, words in rows:
        words = "".join(re.findall(r'"([^"]*)"', words)).replace("\\\\", "\\")
        assert f"| `{key}` | {words} |" in page, (key, words)
for state in "rejected", "refused", "crashed", "timeout", "memory":
    assert f"| `openbabel_{state}` |" in page, state
PY
}

@test "smiles: the examples of README.md and docs/chemistry.md are true" {
    mkdir bin
    ln -s "$DECANT" bin/decant
    for page in README.md docs/chemistry.md; do
        # from the command to the end of its block
        awk '/^\$ printf .*decant smiles$/ { on = 1 } /^```/ { on = 0 } on' "$ROOT/$page" >block
        [ -s block ]
        head -1 block | cut -c3- >command
        PATH=$PWD/bin:$PATH bash ./command >out || [ $? -eq 3 ]
        tail -n +2 block | sed 's/\t*$//' >want
        sed 's/\t*$//' out | diff want -
    done
}
