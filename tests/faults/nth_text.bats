#!/usr/bin/env bats
# Every read, write and allocation of `decant schema validate` and `decant
# profile` is refused once, until a run passes without: each ends by itself,
# gives a reason, and never says that all is well.

setup() {
    source "$BATS_TEST_DIRNAME/../lib/import.sh"
    source "$BATS_TEST_DIRNAME/../lib/worlds.sh"
    with_faults
    cd "$BATS_TEST_TMPDIR" || exit 1
    mkdir -p rem more
    echo '{"type": "integer"}' >rem/int.json
    echo '{"$ref": "http://localhost:1234/int.json"}' >more/n.json
    echo '{"properties": {"n": {"$ref": "more/n.json"}}, "x-decant":
           {"table": "t", "columns": {"n": {"type": "int4"}}}}' >s.json
    echo '{"properties": {"n": {"$ref": "rem/int.json"}}, "x-decant":
           {"table": "t", "columns": {"n": {"type": "int4"}}}}' >p.json
    echo '{"n": 1}' >one.json
    cp one.json answers.jsonl
}

# each COMMAND...: with its nth fallible call refused, for n = 1, 2, ...
each() {
    local n status
    for ((n = 1; n < 60; n++)); do
        rm -f new.json
        status=0
        DECANT_FAIL=any:$n within 20 "$DECANT" "$@" >out 2>err || status=$?
        if ! grep -q "a failure is injected" err; then
            [ "$status" -eq 0 ] && [ "$n" -gt 2 ]
            return
        fi
        case $status in
        1 | 2) grep -v "a failure is injected" err | grep -q "^decant: ." ;;
        3) grep -q '"valid":false.*"keyword":"json"' out ;;
        *) false ;;
        esac || { echo "$* with any:$n: exit $status"; cat out err; return 1; }
    done
    return 1
}

@test "schema validate, each call refused" {
    each schema validate --json --remotes rem s.json one.json
}

@test "profile check, each call refused" {
    each profile check p.json
}

@test "profile init, each call refused" {
    each profile init raw new.json
}

@test "profile infer, each call refused" {
    each profile infer answers.jsonl
}
