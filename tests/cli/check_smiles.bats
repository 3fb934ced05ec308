#!/usr/bin/env bats
# decant check with declared SMILES: what is said about which line.

setup() {
    : "${DECANT:=$BATS_TEST_DIRNAME/../../build/release/decant}"
    cd "$BATS_TEST_TMPDIR" || return 1
    python3 "$BATS_TEST_DIRNAME/../lib/replies.py" >f.jsonl <<'LINES'
a-step1	{"reactants":["C/C=C\n1cccc1"],"products":["CC"],"reaction":null}
a-step2	{"reactants":[" CCO."],"products":["CC=O"]}
a-step3	{"reactants":["CCO"],"products":["CC(C)(C)(C)C"]}
a-step4	{"reactants":["CCO"],"products":["ethanol"]}
a-step5	{"reactants":["C/C=CC"],"products":["CCO"],"reaction":"CCO>>CCO"}
a-step6	{"reactants":["CCO\nCCN"],"products":["CCO"]}
LINES
}

@test "check: synthesis, faults and notes" {
    run "$DECANT" check --profile synthesis --rejects r.jsonl f.jsonl
    [ "$status" -eq 3 ]
    [[ $output == *smiles.valence* ]]
    [[ $output == *smiles.direction* ]]
    [[ $output == *smiles.product_reactant* ]]
    run python3 -c '
import json
for l in open("r.jsonl"):
    r = json.loads(l)
    print(r["key"], r["fault"], r["pointer"])'
    [ "$output" = 'a-step3 smiles.valence /products/0
a-step4 smiles.name /products/0
a-step6 smiles.newline /reactants/0' ]
}

@test "check: --explain tells what was restored and cleaned" {
    run "$DECANT" check --profile synthesis --explain f.jsonl
    [[ $output == *escape.restored*/reactants/0* ]]
    [[ $output == *smiles.space*/reactants/0* ]]
    [[ $output == *smiles.end*/reactants/0* ]]
}

@test "check: --repair=none restores and cleans nothing" {
    run "$DECANT" check --profile synthesis --repair=none --json f.jsonl
    [ "$status" -eq 3 ]
    [ "$(python3 -c 'import json,sys; d=json.loads(sys.argv[1]); print(d["totals"]["rejects"], d["totals"]["repaired"])' "$output")" = '5 0' ]
}
