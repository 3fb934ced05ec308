#!/usr/bin/env bats
# The first of the README's two commands, in a place of this test's own.

setup() {
    [ "${FLAVOUR:-release}" = release ] || skip "the demo shows the release build"
    . "$BATS_TEST_DIRNAME/../lib/cluster.sh"
    cluster_available || skip "no PostgreSQL here"
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    # not below bats' own folders: the user postgres may not enter those
    export DEMO_PLACE=$(mktemp -d /tmp/decant-demo.XXXXXX)
    chmod 755 "$DEMO_PLACE"
}

teardown() {
    [ -n "${DEMO_PLACE-}" ] || return 0
    unset PGHOST
    XDG_DATA_HOME=$DEMO_PLACE "$root/build/release/decant" db stop
    rm -rf "$DEMO_PLACE"
}

@test "demo: shows rows, rejects and books; again: nothing twice" {
    # another server in the environment is not what the demo means
    export PGHOST=nowhere.invalid
    run "$root/scripts/demo"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"e-difluoroethene | gemini    | F/C=C\\F "*"escape.doubled"* ]]
    [[ $output == *"(14 rows)"*"(7 rows)"*"(3 rows)"* ]]
    [[ $output =~ unobtainium\ +\|\ openai\ +\|\ payload\.not_json ]]
    run "$root/scripts/demo"
    [ "$status" -eq 0 ]
    [[ $output == *"not loaded again"*"(14 rows)"*"(7 rows)"*"(3 rows)"* ]]
    # the commands it ends with are the ones that clean up
    [[ $output == *"XDG_DATA_HOME=$DEMO_PLACE build/release/decant db stop"* ]]
}
