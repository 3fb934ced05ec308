#!/usr/bin/env bats
# SMILES on their way through an import: restored, cleaned, judged, catalogued,
# and at its end the molecules.

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
    LINES_DIR=$BATS_TEST_DIRNAME/../golden/lines
    unset DECANT_CHEM
}

# A copy of decant with nothing beside it: decant-chem is what we say.
alone() {
    mkdir -p alone
    cp "$DECANT" alone/decant
    DECANT=$PWD/alone/decant
}

# A profile with one declared SMILES.
smiles_profile() {
    cat >smiles.json <<'JSON'
{
  "type": "object",
  "required": ["smiles"],
  "properties": { "smiles": { "type": "string", "format": "smiles" } },
  "x-decant": {
    "table": "structure",
    "columns": {
      "source": { "type": "int8", "from": "source" },
      "offset": { "type": "int8", "from": "offset" },
      "key": { "type": "text", "from": "key" },
      "smiles": { "type": "text" }
    }
  }
}
JSON
}

steps() {
    lines steps.jsonl <<'LINES'
a-step1	{"reactants":["OC(=O)c1ccccc1O","CC(=O)OC(C)=O"],"products":["CC(=O)Oc1ccccc1C(=O)O"]}
a-step2	{"reaction":"C/C=C\n1cccc1.CCO>O>CC=O"}
b-step1	{"reactants":[" CCO."],"products":["CC=O"]}
b-step2	{"reactants":["CCO"],"products":["CC(C)(C)(C)C"]}
b-step3	{"reactants":["CCO"],"products":["CCO"]}
LINES
}

@test "import: escapes that ate a backslash, over three providers" {
    smiles_profile
    for f in gemini anthropic openai-chat; do
        cp "$LINES_DIR/$f-smiles-escapes.jsonl" .
    done
    import -p ./smiles.json --no-molecules ./*-smiles-escapes.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.structure
    for provider in gemini anthropic openai; do
        [ "$(sql "select substr(r.key, 8), smiles, fixes->0->>'rule' from decant.structure t
            join decant.result r using (source, \"offset\")
            where provider = '$provider' order by 1")" = \
'0|F/C=C\F|escape.doubled
1|F\C=C/F|escape.doubled
2|CC(=O)/N=C\c1ccccc1|escape.doubled
3|C/C(C)=C\Cl|escape.doubled
4|C/C=C\n1cccc1|escape.restored
6|C/C=C\[C@@H](N)C(=O)O|escape.doubled
7|F/C=C\F|
9|O=C1/C(=C\O)CCC1|escape.doubled' ]
        [ "$(sql "select substr(key, 8), fault, pointer, message from decant.reject
            where provider = '$provider' order by 1")" = \
'5|smiles.kekulize|/smiles|aromatic atoms that no alternating double bonds can serve, at byte 8 of C/C=C\b1ccccc1
8|smiles.reaction|/smiles|this is a reaction SMILES where a molecule is wanted, at byte 0 of C\C=C/C>>C/C=C\C' ]
    done
    grep -q 'smiles.kekulize' out.txt
}

@test "import: the place of a fault is its byte in the line" {
    smiles_profile
    lines f.jsonl <<'LINES'
a	{"smiles":"C/C=C\n1cccc1","x":1}
b	{"smiles":"F/C=C\\C1CC","x":[1,2,]}
LINES
    import -p ./smiles.json --no-molecules f.jsonl
    [ "$status" -eq 3 ]
    [ "$(sql 'select fault from decant.reject')" = smiles.ring_open ]
    place=$(sql 'select at from decant.reject')
    [ "$(sed -n 2p f.jsonl | tail -c +$((place + 1)) | head -c 3)" = 1CC ]
}

@test "import: --repair=none changes no SMILES" {
    smiles_profile
    lines f.jsonl <<'LINES'
a	{"smiles":"CCO"}
b	{"smiles":"CCO."}
c	{"smiles":"C/C=C\n1cccc1"}
LINES
    import -p ./smiles.json --no-molecules --repair=none f.jsonl
    [ "$status" -eq 3 ]
    [ "$(sql 'select key, fault from decant.reject order by key')" = 'b|smiles.dot
c|smiles.newline' ]
    [ "$(sql 'select count(*) from decant.result where fix_mask <> 0')" = 0 ]
}

@test "import: synthesis fills its table, the catalogue and the molecules" {
    steps
    import -p synthesis steps.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.synthesis_step
    [ "$(sql 'select key, fault, pointer from decant.reject')" = 'b-step2|smiles.valence|/products/0' ]
    [ "$(sql "select fixes->0->>'rule', fixes->1->>'rule', fixes->0->>'pointer', fixes->1->>'before'
        from decant.result where key = 'b-step1'")" = 'smiles.space|smiles.end|/reactants/0|.' ]
    [ "$(sql "select reactants, products from decant.synthesis_step where key = 'b-step1'")" = '{CCO}|{CC=O}' ]
    [ "$(sql 'select * from decant.smiles_column order by 3')" = \
'decant|synthesis_step|products|smiles[]
decant|synthesis_step|reactants|smiles[]
decant|synthesis_step|reaction|reaction' ]
    [ "$(sql 'select smiles, formula from decant.molecule order by smiles collate "C"')" = \
'C/C=C\n1cccc1|C7H9N
CC(=O)OC(C)=O|C4H6O3
CC(=O)Oc1ccccc1C(=O)O|C9H8O4
CC=O|C2H4O
CCO|C2H6O
O|H2O
OC(=O)c1ccccc1O|C7H6O3' ]
    grep -q '7 new molecules in decant.molecule' out.txt
    grep -q 'qa.among' out.txt
    # nothing new: nothing said
    import -p synthesis steps.jsonl
    [ "$status" -eq 0 ]
    ! grep -q 'new molecule' out.txt
}

@test "import: Open Babel's part" {
    [ -x "$(dirname "$DECANT")/decant-chem" ] || skip "no libopenbabel-dev: decant-chem was not built"
    steps
    import -p synthesis -j 2 --json steps.jsonl
    [ "$status" -eq 3 ]
    [ "$(sql "select count(*) from decant.molecule where state = 'done' and inchikey is not null")" = 7 ]
    [ "$(json out.txt "d['molecules']['distinct'], d['molecules']['done'], d['exit']")" = '(7, 7, 3)' ]
}

@test "import: --no-molecules leaves them to decant molecules" {
    steps
    import -p synthesis --no-molecules --json steps.jsonl
    [ "$status" -eq 3 ]
    [ "$(json out.txt "'molecules' in d")" = False ]
    [ "$(sql 'select count(*) from decant.molecule')" = 0 ]
    "$DECANT" molecules -q
    [ "$(sql 'select count(*) from decant.molecule')" = 7 ]
}

@test "import: without decant-chem, and with one that never starts" {
    alone
    steps
    import -p synthesis steps.jsonl
    [ "$status" -eq 3 ]
    [ "$(sql "select count(*), count(*) filter (where state = 'native') from decant.molecule")" = '7|7' ]
    status=0
    "$DECANT" import -p synthesis steps.jsonl 2>err.txt || status=$?
    [ "$status" -eq 0 ]
    sql 'truncate decant.molecule'
    DECANT_CHEM=/bin/false "$DECANT" import -p synthesis steps.jsonl 2>err.txt
    grep -q 'Open Babel cannot be used' err.txt
    [ "$(sql 'select count(*) from decant.molecule')" = 7 ]
}

@test "import: molecules that cannot be written are a word, not a failure" {
    steps
    "$DECANT" db init >/dev/null
    sql 'alter table decant.molecule add check (smiles is null)' >/dev/null
    status=0
    "$DECANT" import -p synthesis steps.jsonl >out.txt 2>err.txt || status=$?
    [ "$status" -eq 3 ]
    grep -q 'the load is done, its molecules are not' err.txt
    typed_whole decant.synthesis_step
}

@test "import: stopped while at the molecules, the load is done" {
    alone
    cat >slow <<'SH'
#!/bin/sh
echo >started
exec sleep 20
SH
    chmod +x slow
    steps
    DECANT_CHEM=$PWD/slow "$DECANT" import -p synthesis steps.jsonl >out.txt 2>err.txt &
    pid=$!
    for _ in $(seq 100); do [ -e started ] && break; sleep 0.1; done
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" -eq 3 ]
    grep -q 'decant molecules does the rest' err.txt
    typed_whole decant.synthesis_step
}

@test "db init --profile: the catalogue knows the columns" {
    "$DECANT" db init --profile synthesis
    [ "$(sql 'select count(*) from decant.smiles_column')" = 3 ]
}
