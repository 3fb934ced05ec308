#!/usr/bin/env bats
# decant-chem as a filter: one JSON object per line, whatever the line is.

setup() {
    : "${DECANT:=$BATS_TEST_DIRNAME/../../build/release/decant}"
    CHEM=$(dirname "$DECANT")/decant-chem
    [ -x "$CHEM" ] || skip "no libopenbabel-dev: decant-chem was not built"
    cd "$BATS_TEST_TMPDIR"
}

# member FILE LINE EXPRESSION
member() {
    python3 -c 'import json, sys
d = [json.loads(l) for l in open(sys.argv[1])][int(sys.argv[2])]
print(eval(sys.argv[3]))' "$@"
}

@test "chem: says who it is and under which licence" {
    run "$CHEM" --version
    [ "$status" -eq 0 ]
    [[ $output == *"Open Babel 3."*"General Public License, version 2"* ]]
    run "$CHEM" --help
    [ "$status" -eq 0 ]
    [[ $output == *--svg*--memory* ]]
    run "$CHEM" --nonsense
    [ "$status" -eq 2 ]
    # only this program is linked with Open Babel
    [ "$(ldd "$DECANT" | grep -c openbabel)" = 0 ]
    ldd "$CHEM" | grep -q openbabel
}

@test "chem: a line in, an object out" {
    printf 'CCO\r\nC1CC\n\nC*\n[2H]C' | "$CHEM" >out
    [ "$(wc -l <out)" -eq 5 ]
    [ "$(member out 0 "d['state'], d['ok'], d['canonical'], d['inchikey'], d['formula']")" = \
        "('done', True, 'CCO', 'LFQSCWFLJHTTHZ-UHFFFAOYSA-N', 'C2H6O')" ]
    [ "$(member out 0 "round(d['weight'], 3), round(d['exact_mass'], 4), d['heavy_atoms'], d['version']")" = \
        "(46.068, 46.0419, 3, '3.1.1')" ]
    [ "$(member out 1 "d['state'], d['ok'], 'ring' in d['message']")" = "('done', False, True)" ]
    [ "$(member out 2 "d['ok']")" = False ]
    [ "$(member out 3 "d['ok'], d['inchikey'], d['message']")" = "(True, None, 'InChI generation failed')" ]
    [ "$(member out 4 "d['smiles'], d['formula']")" = "('[2H]C', 'CH3D')" ]
}

@test "chem: each answer comes before the next question" {
    coproc "$CHEM" --hello
    read -r -t 20 hello <&"${COPROC[0]}"
    [[ $hello == *'"error":null'* ]]
    for s in C CC CCC; do
        echo $s >&"${COPROC[1]}"
        read -r -t 20 line <&"${COPROC[0]}"
        [[ $line == *"\"smiles\":\"$s\""* ]]
    done
}

@test "chem: --svg draws" {
    echo 'c1ccccc1O' | "$CHEM" --svg >out
    [ "$(member out 0 "'<svg' in d['svg'] and d['svg'].rstrip().endswith('</svg>')")" = True ]
}

@test "chem: what kills Open Babel is refused, by its size or by a byte" {
    python3 - >bad <<'PY'
print("C" * 401)
print("C&1CC&2")
print("c1ccccc1" * 26)
print("[U]" + "(F)" * 9)
print("C(" * 500 + "C" + ")" * 500)
print("C" * 40000)
print("C" * 1200000)
print("C\x01C")
PY
    printf '%s\n' "$(printf 'C%.0s' $(seq 400))" 'c1ccccc1-c1ccccc1' '[U](F)(F)(F)(F)(F)(F)(F)F' >good
    "$CHEM" <bad >out
    [ "$(wc -l <out)" -eq "$(wc -l <bad)" ]
    [ "$(python3 -c 'import json; print({json.loads(l)["state"] for l in open("out")})')" = "{'refused'}" ]
    "$CHEM" <good >out
    [ "$(python3 -c 'import json; print({json.loads(l)["state"] for l in open("out")})')" = "{'done'}" ]
}

@test "chem: the InChI writer survives marks on atoms that are no centres" {
    printf '%s\n' 'C[C@@H2]C' '[C@H2](F)Cl' 'C[S@]C' 'CC[N@]C' 'O=[S@]C' 'C[S@+]C' 'C[N@H2+]C' >in
    "$CHEM" <in >out
    [ "$(wc -l <out)" -eq 7 ]
    # a true centre keeps its mark
    echo 'N[C@@H](C)C(=O)O' | "$CHEM" >out
    [ "$(member out 0 "d['inchikey']")" = QNAYBMKLOCPYGJ-REOHCLBHSA-N ]
}

@test "chem: without its data or plugins it says what to do" {
    BABEL_DATADIR=/nowhere run "$CHEM" </dev/null
    [ "$status" -eq 1 ]
    [[ $output == *"install libopenbabel"* ]]
    BABEL_LIBDIR=/nowhere run "$CHEM" --hello </dev/null
    [ "$status" -eq 1 ]
    [[ $output == *'"error":"'*plugins* ]]
}

@test "chem: too little memory is an answer, without the gate that prevents it" {
    nm "$CHEM" 2>/dev/null | grep -q __asan && skip "AddressSanitizer needs the memory itself"
    python3 -c 'print("F[O]1" + "(F)" * 12 + "OOOOO1"); print("CCO")' >in
    "$CHEM" --no-gate --memory 256M <in >out
    [ "$(wc -l <out)" -eq 2 ]
    [ "$(member out 0 "d['state'], d['ok'], d['message']")" = "('memory', False, 'out of memory')" ]
    [ "$(member out 1 "d['state']")" = done ]
}
