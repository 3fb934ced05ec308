#!/usr/bin/env bats
# schema.bats - `decant schema validate`: verdicts, references, exits.
bats_require_minimum_version 1.5.0

setup() {
    DECANT=${DECANT:-build/release/decant}
    cd "$BATS_TEST_TMPDIR" || exit 1
    [[ $DECANT = /* ]] || DECANT=$BATS_TEST_DIRNAME/../../$DECANT
    echo '{"type": "object", "properties": {"n": {"type": "integer"}},
           "required": ["n"]}' >s.json
    echo '{"n": 1}' >good.json
    echo '{"n": "x"}' >bad.json
}

# validate ARG...: stdout in out, stderr in err
validate() {
    "$DECANT" schema validate "$@" >out 2>err
}

@test "one verdict per file, in order; exit 0 when all are valid, else 3" {
    validate s.json good.json good.json
    [ "$(cat out)" = $'good.json: valid\ngood.json: valid' ]
    run -3 validate s.json bad.json good.json
    grep -q '^bad.json: invalid: .*, at /n$' out
    [ "$(sed -n 2p out)" = "good.json: valid" ]
    [ ! -s err ]
}

@test "--json: an object a line" {
    run -3 validate --json s.json good.json bad.json
    [ "$(jq -r .instance out)" = $'good.json\nbad.json' ]
    [ "$(jq -c .valid out)" = $'true\nfalse' ]
    [ "$(sed -n 1p out | jq -c .errors)" = '[]' ]
    [ "$(sed -n 2p out | jq -r '.errors[0].keyword')" = type ]
    [ "$(sed -n 2p out | jq -r '.errors[0].instance_pointer')" = /n ]
    [ "$(sed -n 2p out | jq -r '.errors[0].schema_pointer')" = \
        /properties/n/type ]
    [ "$(sed -n 2p out | jq -r '.errors[0].message | length > 5')" = true ]
}

@test "an instance that cannot be read or is no JSON is not valid; others go on" {
    printf '{"n": [1, }' >broken.json
    head -c 3000 /dev/zero | tr '\0' '[' >deep.json
    : >empty.json
    run -3 validate --json s.json none.json broken.json deep.json . empty.json \
        good.json
    [ "$(jq -c .valid out)" = $'false\nfalse\nfalse\nfalse\nfalse\ntrue' ]
    [ "$(jq -r '.errors[].keyword' out | sort -u)" = json ]
    [ "$(sed -n 2p out | jq -r '.errors[0].instance_pointer')" = /n ]
    sed -n 2p out | jq -r '.errors[0].message' | grep -q 'byte 10'
}

@test "a schema that is wrong: exit 1, the place, nothing on stdout" {
    echo '{"properties": {"n": {"minimum": "x"}}}' >wrong.json
    run -1 validate wrong.json good.json
    [ ! -s out ]
    grep -q '^decant: wrong.json: #/properties/n/minimum: ' err
    echo '{' >wrong.json
    run -1 validate wrong.json good.json
    run -1 validate none.json good.json
    grep -q 'none.json' err
    echo '{"$ref": "#/$defs/none"}' >wrong.json
    run -1 validate wrong.json good.json
    grep -q '#/$ref' err
    [ ! -s out ]
}

@test "usage: 2, and help" {
    run -2 validate
    run -2 validate s.json
    run -2 validate - -
    run -2 "$DECANT" schema valdate s.json good.json
    run -2 validate --formats s.json good.json
    run -0 "$DECANT" help schema
    [[ $output = *--remotes* ]]
}

@test "stdin as the schema, or as an instance" {
    validate s.json - <good.json
    [ "$(cat out)" = "-: valid" ]
    validate - good.json <s.json
    [ "$(cat out)" = "good.json: valid" ]
}

@test "format describes, unless it is to be asserted" {
    echo '{"format": "date"}' >f.json
    echo '"2024-02-30"' >day.json
    validate f.json day.json
    run -3 validate --format-assertion f.json day.json
    grep -q 'date' out
}

@test "a reference to a file beside the schema, or below" {
    mkdir -p in/more "in/a b"
    echo '{"properties": {"n": {"$ref": "more/n.json"}}}' >in/s.json
    echo '{"$ref": "deep.json#/$defs/int"}' >in/more/n.json
    echo '{"$defs": {"int": {"type": "integer"}}}' >in/more/deep.json
    run -3 validate in/s.json bad.json
    (cd in && "$DECANT" schema validate s.json ../good.json)
    echo '{"properties": {"n": {"$ref": "a%20b/n.json"}}}' >in/s.json
    echo '{"type": "integer"}' >"in/a b/n.json"
    run -3 validate in/s.json bad.json
    run -3 validate "$PWD/in/s.json" bad.json
    cp in/s.json "in/a b/s.json"
    echo '{"$ref": "n.json"}' >"in/a b/s.json"
    run -3 validate "in/a b/s.json" good.json
}

@test "nothing above the folder is read, by no way of writing it" {
    mkdir -p in/sub secret
    echo true >secret/x.json
    echo true >x.json
    ln -s ../x.json in/link.json
    ln -s ../secret in/way
    mkfifo in/fifo.json
    for ref in ../x.json sub/../../x.json /x.json "$PWD/x.json" \
        "file://$PWD/x.json" %2e%2e/x.json ..%2fx.json sub/..%2f..%2fx.json \
        link.json way/x.json ./sub//../../x.json x.json%00 in fifo.json sub \
        http://example.org/x.json http://localhost:1234/x.json; do
        jq -n --arg r "$ref" '{"$ref": $r}' >in/s.json
        run -1 validate in/s.json good.json
        [ ! -s out ]
    done
}

@test "--remotes answers for localhost:1234, and not beyond its folder" {
    mkdir -p rem/draft2020-12
    echo '{"type": "integer"}' >rem/draft2020-12/int.json
    echo '{"$ref": "http://localhost:1234/draft2020-12/int.json"}' >r.json
    echo 1 >one.json
    validate --remotes rem r.json one.json
    run -3 validate --remotes rem r.json good.json
    run -1 validate r.json one.json
    run -1 validate --remotes none r.json one.json
    for ref in ../s.json %2e%2e/s.json draft2020-12/../../s.json \
        draft2020-12/%2e%2e/%2E%2E/s.json /../s.json ..%2Fs.json; do
        jq -n --arg r "http://localhost:1234/$ref" '{"$ref": $r}' >r.json
        run -1 validate --remotes rem r.json one.json
        [ ! -s out ]
    done
}

@test "what is valid by the standard's own schema is a schema" {
    echo '{"$ref": "https://json-schema.org/draft/2020-12/schema"}' >meta.json
    validate meta.json s.json meta.json
    echo '{"type": "integr"}' >wrong.json
    run -3 validate meta.json wrong.json
}

@test "control characters of names and data do not reach the terminal" {
    printf '{"a\\u001b[31mb\\nc": 1}' >esc.json
    echo '{"additionalProperties": false}' >no.json
    run -3 validate no.json esc.json
    [ "$(wc -l <out)" = 1 ]
    ! grep -q $'\x1b' out
}
