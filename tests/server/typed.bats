#!/usr/bin/env bats
# Typed tables that decant makes: the built-in profiles from reply to row,
# what is kept and what is counted, which profile a file belongs to.

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
}

@test "typed: qa, one pair or a list of them" {
    lines f.jsonl <<'LINES'
a	{"question":"What is benzene?","answer":"An aromatic ring","difficulty":"Easy","tags":["x","y \"z\""]}
b	[{"question":"What is iron?","answer":"A metal"},{"question":"What is gold?","answer":"A metal, too","context":"é"}]
c	{"question":"What is what?","answer":"A word","difficulty":"Odd"}
d	{"question":"What is lead?"}
LINES
    import -p qa f.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.qa_pair
    [ "$(sql 'select key, item, question, answer, context, difficulty, tags, model from decant.qa_pair order by key, item')" = \
'a|0|What is benzene?|An aromatic ring||Easy|{x,"y \"z\""}|m
b|0|What is iron?|A metal|||{}|m
b|1|What is gold?|A metal, too|é||{}|m' ]
    [ "$(sql 'select key, fault, pointer from decant.reject order by key')" = \
'c|schema.enum|/difficulty
d|schema.required|' ]
    [ "$(sql 'select count(*) from decant.result where payload is null and payload_text is null')" = 2 ]
    grep -q '3 typed rows in decant.qa_pair' out.txt
    grep -q 'schema.enum  *\/difficulty' out.txt
    # again: known, and nothing twice
    import -p qa f.jsonl
    [ "$status" -eq 0 ]
    typed_whole decant.qa_pair
}

@test "typed: mcq" {
    lines f.jsonl <<'LINES'
a	{"question":"Which is a metal?","options":["Iron","Sulfur"],"correct":"Iron"}
b	{"question":"Which is a gas?","options":["Neon","Neon"],"correct":"Neon"}
c	{"question":"Which is a salt?","options":["NaCl","Ne"],"correct":"He"}
LINES
    import -p mcq f.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.mcq
    [ "$(sql 'select key, options, correct from decant.mcq')" = 'a|{Iron,Sulfur}|Iron' ]
    [ "$(sql 'select key, fault from decant.reject order by 1')" = \
'b|qa.duplicate_option
c|qa.answer_not_option' ]
}

@test "typed: qti" {
    python3 - >f.tsv <<'PY'
import json
good = ('<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="t" '
        'adaptive="false" time-dependent="false"><qti-response-declaration identifier="RESPONSE" '
        'cardinality="single" base-type="identifier"><qti-correct-response><qti-value>A</qti-value>'
        '</qti-correct-response></qti-response-declaration><qti-item-body><qti-choice-interaction '
        'response-identifier="RESPONSE" max-choices="1"><qti-simple-choice identifier="A">1</qti-simple-choice>'
        '<qti-simple-choice identifier="B">2</qti-simple-choice></qti-choice-interaction></qti-item-body>'
        '</qti-assessment-item>')
print("a\t" + json.dumps({"xml": good, "difficulty": "Hard"}))
print("b\t" + json.dumps({"xml": good[:-5]}))
PY
    lines f.jsonl <f.tsv
    import -p qti f.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.qti_item
    [ "$(sql "select key, difficulty, xml like '<qti-%item>' from decant.qti_item")" = 'a|Hard|t' ]
    [ "$(sql 'select key, fault from decant.reject')" = 'b|qti.xml' ]
}

@test "typed: synthesis, whose key has two columns in it" {
    lines f.jsonl <<'LINES'
aspirin-step2	{"reactants":["OC(=O)c1ccccc1O","CC(=O)OC(C)=O"],"products":["CC(=O)Oc1ccccc1C(=O)O"],"yield":87.5,"conditions":{"T":"85 C"}}
aspirin-stepX	{"reactants":["C"],"products":["CC"]}
LINES
    import -p synthesis f.jsonl
    [ "$status" -eq 3 ]
    typed_whole decant.synthesis_step
    [ "$(sql 'select synthesis, step, reactants, products, reagents, yield, conditions from decant.synthesis_step')" = \
'aspirin|2|{OC(=O)c1ccccc1O,CC(=O)OC(C)=O}|{CC(=O)Oc1ccccc1C(=O)O}|{}|87.5|{"T": "85 C"}' ]
    [ "$(sql 'select key, fault from decant.reject')" = 'aspirin-stepX|key.shape' ]
}

@test "typed: embedding" {
    printf '%s\n' '{"custom_id":"e","response":{"status_code":200,"body":{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[0.25,-1.5,1e-3]}]}}}' >f.jsonl
    import -p embedding f.jsonl
    [ "$status" -eq 0 ]
    typed_whole decant.embedding
    [ "$(sql 'select key, embedding from decant.embedding')" = 'e|{0.25,-1.5,0.001}' ]
}

@test "typed: raw and text have no table; payloads stay where they were" {
    gemini_line a >f.jsonl
    import f.jsonl
    [ "$(sql 'select payload, digests is null from decant.result')" = '{"n": 1}|t' ]
    [ "$(sql 'select profile, typed_rows from decant.source s join decant.range r on r.source = s.id')" = 'raw|0' ]
    ! grep -q typed out.txt
}

@test "typed: --keep-payload, --keep-text, and what the JSON summary says" {
    lines f.jsonl <<'LINES'
a	{"question":"What is benzene?","answer":"An aromatic ring"}
b	{"question":"what is BENZENE ?","answer":"C6H6"}
LINES
    "$DECANT" import --json -p qa --keep-payload f.jsonl >out.json
    [ "$(sql "select count(*) from decant.result where payload ? 'question'")" = 2 ]
    [ "$(json out.json 'd["totals"]["typed_rows"], d["table"], d["notes"]["qa.duplicate"]')" = "(2, 'decant.qa_pair', 1)" ]
    [ "$(sql 'select n, keys from decant.duplicate')" = '2|{a,b}' ]
    sed 's/benzene/toluene/;s/BENZENE/TOLUENE/' f.jsonl >g.jsonl
    "$DECANT" import -q -p qa --keep-text g.jsonl >/dev/null
    [ "$(sql "select count(*) from decant.result where payload is null and payload_text like '{\"question\"%'")" = 2 ]
    # the same numbers without a database
    "$DECANT" check --json -p qa f.jsonl >check.json
    [ "$(json check.json 'd["totals"]["typed_rows"], d["notes"]["qa.duplicate"]')" = "(2, 1)" ]
}

@test "typed: expected numbers of values, by check and by import" {
    python3 - <<'PY'
import json
json.dump({"x-decant": {"table": "item", "columns": {
    "source": {"type": "int8", "from": "source"},
    "difficulty": {"type": "text", "from": "/d"}, "n": {"type": "int4", "from": "/n"}},
    "expect": {"difficulty": {"Easy": 2, "Hard": 3}, "n": {"7": 1}}}}, open("p.json", "w"))
PY
    for i in 1 2 3 4; do printf 'k%s\t{"d":"Easy","n":7}\n' $i; done | lines f.jsonl
    printf 'h\t{"d":"Hard","n":8}\n' | lines g.jsonl
    for verb in check import; do
        "$DECANT" $verb --json -p ./p.json f.jsonl g.jsonl >out.json
        [ "$(json out.json '[(e["column"], e["value"], e["found"], e["expected"]) for e in d["expected"]]')" = \
            "[('difficulty', 'Easy', 4, 2), ('difficulty', 'Hard', 1, 3), ('n', '7', 4, 1)]" ]
    done
    import -p ./p.json f.jsonl g.jsonl
    grep -q 'difficulty Easy: 4 of 2, 2 too many' out.txt
    grep -q 'difficulty Hard: 1 of 3, 2 too few' out.txt
}

@test "typed: places of rejects, indices as *" {
    python3 - >f.tsv <<'PY'
import json
for i in range(30):
    print(f"k{i}\t" + json.dumps([{"question": "What is this?", "answer": "A thing"}] * i +
                                 [{"question": "What is that?", "answer": 5}]))
PY
    lines f.jsonl <f.tsv
    for verb in check import; do
        "$DECANT" $verb --json -p qa f.jsonl >out.json || true
        [ "$(json out.json 'd["places"]')" = "[{'fault': 'schema.type', 'pointer': '/*/answer', 'count': 30}]" ]
    done
    # a SMILES that is none has its place, too
    echo '{"properties": {"m": {"format": "smiles"}}}' >p.json
    printf 'a\t{"m":"C1CC"}\n' | lines g.jsonl
    for verb in check import; do
        "$DECANT" $verb --json -p ./p.json g.jsonl >out.json || true
        [ "$(json out.json 'd["places"]')" = "[{'fault': 'smiles.ring_open', 'pointer': '/m', 'count': 1}]" ]
    done
    # a second run that loads nothing new has rejected nothing
    "$DECANT" import --json -p qa f.jsonl >out.json
    [ "$(json out.json 'd["places"]')" = "[]" ]
    # nor do those count that were there before the file grew
    printf 'k\t{"question":"What is this?"}\n' | lines more.jsonl
    cat more.jsonl >>f.jsonl
    "$DECANT" import --json -p qa f.jsonl >out.json || true
    [ "$(json out.json 'd["totals"]["rejects"], d["places"]')" = \
        "(1, [{'fault': 'schema.required', 'pointer': '', 'count': 1}])" ]
}

@test "typed: a file belongs to the profile it was loaded with" {
    printf 'a\t{"question":"What is benzene?","answer":"A ring"}\n' | lines f.jsonl
    import -p qa f.jsonl
    [ "$status" -eq 0 ]
    import f.jsonl
    [ "$status" -eq 1 ]
    grep -q 'loaded with profile qa, not raw' err.txt
    grep -q 'decant db forget' err.txt
    import --dry-run f.jsonl
    [ "$status" -eq 1 ]
    [ "$(sql 'select count(*) from decant.result')" = 1 ]
    # a copy under another name is the same profile; a changed one is told
    "$DECANT" profile show qa >copy.json
    import -p ./copy.json f.jsonl
    [ "$status" -eq 0 ]
    sed 's/"min_words": { "\/question": 2 }/"min_words": { "\/question": 3 }/' copy.json >changed.json
    ! cmp -s copy.json changed.json
    import -p ./changed.json f.jsonl
    [ "$status" -eq 1 ]
    gemini_line x >g.jsonl
    profile mine.json mine - 'n int4 /n'
    import -p ./mine.json g.jsonl
    profile mine.json mine - 'n int4 /n' 'key text key'
    run "$DECANT" import -p ./mine.json g.jsonl
    [ "$status" -eq 0 ]
    [[ $output == *"has changed since it was loaded"* ]]
    # through a pipe it is the same
    import -p qa - <f.jsonl
    [ "$status" -eq 0 ]
    import - <f.jsonl
    [ "$status" -eq 1 ]
    grep -q 'loaded with profile qa, not raw' err.txt
}

@test "typed: db forget takes a file out, and it can be loaded anew" {
    printf 'a\t[{"question":"What is benzene?","answer":"A ring"},{"question":"What is iron?","answer":"A metal"}]\nb\t{}\n' | lines f.jsonl
    printf 'z\t{"question":"What is zinc?","answer":"A metal"}\n' | lines g.jsonl
    import -p qa f.jsonl g.jsonl
    run "$DECANT" db forget f.jsonl
    [ "$status" -eq 0 ]
    [[ $output == *"would remove"*"1 rows, 1 rejects, 2 typed rows"*"add --yes"* ]]
    [ "$(sql 'select count(*) from decant.qa_pair')" = 3 ]
    run "$DECANT" db forget --yes f.jsonl
    [ "$status" -eq 0 ]
    [[ $output == *"removed"*"1 rows, 1 rejects, 2 typed rows"* ]]
    [ "$(sql 'select key from decant.qa_pair')" = z ]
    [ "$(sql 'select count(*) from decant.source')" = 1 ]
    [ "$(sql 'select count(*) from decant.reject')" = 0 ]
    typed_whole decant.qa_pair
    import f.jsonl
    [ "$status" -eq 0 ]
    run "$DECANT" db forget --yes nothing.jsonl
    [ "$status" -eq 1 ]
    # a file that is gone is known by its path
    rm g.jsonl
    run "$DECANT" db forget --yes g.jsonl
    [ "$status" -eq 0 ]
    [ "$(sql 'select count(*) from decant.qa_pair')" = 0 ]
}

@test "typed: a line whose rows no buffer holds is line.memory, others load" {
    profile p.json big /l 'source int8! source' 'offset int8! offset' 'key text key' 'all jsonb payload' 'n int4 '
    python3 - >f.tsv <<'PY'
import json
print("before\t" + json.dumps({"l": [1, 2]}))
# 20,000 rows in one group: more than a buffer counts, all of them load
print("many\t" + json.dumps({"l": list(range(20000))}))
print("after\t" + json.dumps({"l": [3]}))
PY
    sed -i 's/"all": {[^}]*}, //' p.json
    lines f.jsonl <f.tsv
    import -p ./p.json f.jsonl
    [ "$status" -eq 0 ]
    typed_whole decant.big
    [ "$(sql "select count(*), sum(n) from decant.big where key = 'many'")" = '20000|199990000' ]
    # each row with the whole payload: 4,000 rows of 20 kB, twice what fits
    profile q.json bigger /l 'source int8! source' 'offset int8! offset' 'key text key' 'all jsonb payload' 'n int4 '
    python3 - >g.tsv <<'PY'
import json
print("before\t" + json.dumps({"l": [1, 2]}))
print("many\t" + json.dumps({"l": list(range(4000)), "pad": "x" * 20000}))
print("after\t" + json.dumps({"l": [3]}))
PY
    lines g.jsonl <g.tsv
    import --max-line 1M -p ./q.json g.jsonl
    [ "$status" -eq 3 ]
    [ "$(sql 'select fault, count(*) from decant.reject group by 1')" = 'line.memory|1' ]
    [ "$(sql 'select count(*) from decant.bigger')" = 3 ]
    [ "$(sql 'select count(*) from decant.reconciliation where not balanced')" = 0 ]
}

@test "typed: db init makes the table, adds columns, and refuses another type" {
    profile p.json t - 'n int4 /n' 's text! /s'
    run "$DECANT" db init -p ./p.json
    [ "$status" -eq 0 ]
    [[ $output == *'"decant"."t": made'* ]]
    [ "$(sql "select string_agg(attname || ' ' || format_type(atttypid, -1) || ' ' || attnotnull, ',' order by attnum)
        from pg_attribute where attrelid = 'decant.t'::regclass and attnum > 0")" = 'n integer false,s text true' ]
    [[ "$(sql "select obj_description('decant.t'::regclass)")" == *p.json ]]
    profile p.json t - 'n int4 /n' 's text! /s' 'more jsonb! /more'
    run "$DECANT" db init -p ./p.json
    [[ $output == *'1 column added'* ]]
    profile p.json t - 'n int4 /n' 's text! /s' 'more jsonb! /more' 'a text /a' 'b text /b'
    run "$DECANT" db init -p ./p.json
    [[ $output == *'2 columns added'* ]]
    profile p.json t - 'n text /n' 's int8 /s' 'more jsonb /more'
    run "$DECANT" db init -p ./p.json
    [ "$status" -eq 2 ]
    [[ $output == *'column n is text in the profile and integer in the table'* ]]
    [[ $output == *'column s is int8 in the profile and text in the table'* ]]
    [[ $output == *'2 differences'* ]]
    # our own tables are no tables of a profile
    for name in result source latest molecule smiles_column asset; do
        profile p.json $name - 'n int4 /n'
        run "$DECANT" db init -p ./p.json
        [ "$status" -eq 2 ]
    done
    [ "$(sql "select to_regclass('decant.asset') is null")" = t ]
}

@test "typed: a run that loads nothing leaves the table as it is, and expects nothing" {
    printf 'a\t{"n":1,"s":"x"}\n' | lines f.jsonl
    printf 'b\t{"n":1,"s":"x"}\n' | lines g.jsonl
    columns="select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = 'decant.t'::regclass and attnum > 0"
    import f.jsonl
    profile p.json t - 'source int8 source' 'n int4 /n'
    import -p ./p.json f.jsonl
    [ "$status" -eq 1 ]
    [ "$(sql "select to_regclass('decant.t') is null")" = t ]
    import -p ./p.json g.jsonl
    [ "$status" -eq 0 ]
    [ "$(sql "$columns")" = 'source,n' ]
    profile p.json t - 'source int8 source' 'n int4 /n' 's text /s'
    python3 - <<'PY'
import json
p = json.load(open("p.json"))
p["x-decant"]["expect"] = {"s": {"x": 190}}
json.dump(p, open("p.json", "w"))
PY
    import -p ./p.json f.jsonl
    [ "$status" -eq 1 ]
    [ "$(sql "$columns")" = 'source,n' ]
    ! grep -q '190' out.txt
    cat f.jsonl | "$DECANT" import -q - >/dev/null
    cat f.jsonl | "$DECANT" import -q -p ./p.json - >out.txt 2>&1 && false
    [ "$(sql "$columns")" = 'source,n' ]
    ! grep -q '190' out.txt
    # with a file that is taken, both come
    import -p ./p.json f.jsonl g.jsonl
    [ "$status" -eq 1 ]
    [ "$(sql "$columns")" = 'source,n,s' ]
    grep -q 's x: 0 of 190' out.txt
    # what is not there and is not ours to make ends the run at once
    python3 - <<'PY'
import json
p = json.load(open("p.json"))
p["x-decant"]["table"] = "public.nowhere"
json.dump(p, open("p.json", "w"))
PY
    for dry in '' --dry-run; do
        import $dry -p ./p.json f.jsonl
        [ "$status" -eq 1 ]
        grep -q 'there is no table "public"."nowhere"' err.txt
    done
}

@test "typed: names hold whatever they like" {
    profile p.json 'We"ird Täble; drop' - 'select int4 /n' "it's\"a text key" 'ünï·cödé-Ω text key'
    gemini_line k >f.jsonl
    sed -i "s/it's\\\\\\\\\"a/it's a/" p.json
    import -p ./p.json f.jsonl
    [ "$status" -eq 0 ]
    [ "$(sql 'select "select", "ünï·cödé-Ω" from decant."We""ird Täble; drop"')" = '1|k' ]
    import -p ./p.json f.jsonl
    [ "$status" -eq 0 ]
}

@test "typed: a wrong profile is told with its place, and nothing is touched" {
    gemini_line k >f.jsonl
    echo '{"x-decant": {"table": "t", "columns": {"a": {"type": "int5", "from": "/n"}}}}' >p.json
    for verb in import check; do
        run "$DECANT" $verb -p p.json f.jsonl
        [ "$status" -eq 2 ]
        [[ $output == *'p.json: #/x-decant/columns/a'* ]]
    done
    run "$DECANT" import -p quiz f.jsonl
    [ "$status" -eq 2 ]
    [ "$(sql "select to_regnamespace('decant') is null")" = t ]
}
