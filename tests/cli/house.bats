#!/usr/bin/env bats
# The house itself: its checks must ring, its driver must count, its scripts
# must refuse nonsense.  Violations are planted in a small copy of the tree.

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree/validate/base" "$tree/validate/json" "$tree/cli" \
        "$tree/importer/sys" "$tree/importer/stage" "$tree/importer/pg" \
        "$tree/tests/cli" "$tree/tests/unit" "$tree/scripts" "$tree/docs"
    cp "$root"/scripts/check_* "$tree/scripts"
    cp "$root/tests/run" "$tree/tests"
    echo 'int base_zero(void);' >"$tree/validate/base/zero.h"
    cd "$tree"
}

# expect CHECK TEXT: the check fails and says TEXT.
expect() {
    run "scripts/$1"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"$2"* ]]
}

clean() {
    run "scripts/$1"
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

# --- layers ----------------------------------------------------------------

@test "layers: a clean tree is clean" {
    echo '#include "validate/base/zero.h"' >validate/json/one.c
    clean check_layers.py
}

@test "layers: a lower floor may not see a higher one" {
    echo 'int up(void);' >importer/pg/up.h
    echo '#include "importer/pg/up.h"' >importer/stage/down.c
    expect check_layers.py \
        "importer/stage/down.c:1: importer/stage may not include importer/pg/up.h"
}

@test "layers: system headers have owners" {
    echo '#include <libpq-fe.h>' >importer/sys/net.c
    expect check_layers.py "only importer/pg may include <libpq-fe.h>"
    echo '#include <xxhash.h>' >importer/sys/net.c
    expect check_layers.py "only validate/base/hash.c may include <xxhash.h>"
}

@test "layers: a pure floor sees no world" {
    echo '#include <unistd.h>' >validate/json/file.c
    expect check_layers.py "a pure floor may not include <unistd.h>"
}

@test "layers: no circle of includes" {
    echo '#include "validate/base/b.h"' >validate/base/a.h
    echo '#include "validate/base/a.h"' >validate/base/b.h
    expect check_layers.py "validate/base/a.h -> validate/base/b.h"
}

@test "layers: basenames are unique" {
    touch importer/sys/same.c importer/pg/same.c
    expect check_layers.py "same.c occurs twice"
    rm importer/pg/same.c
    touch importer/pg/same.h
    expect check_layers.py "same.* occurs twice"
}

@test "layers: includes are written from the root" {
    echo '#include "zero.h"' >validate/base/near.c
    expect check_layers.py 'no such file from the root: "zero.h"'
}

@test "layers: an unknown folder is no floor" {
    mkdir importer/cellar
    echo '#include "validate/base/zero.h"' >importer/cellar/x.c
    expect check_layers.py "importer/cellar is not a floor"
}

# --- sizes -----------------------------------------------------------------

@test "sizes: a long file" {
    yes '/* line */' | head -n 601 >tests/unit/long.c || true
    expect check_size.py "tests/unit/long.c: 601 lines (at most 600)"
    sed -i 1d tests/unit/long.c
    clean check_size.py
}

@test "sizes: a long function" {
    { echo 'int f(void)'; echo '{'; yes '    g();' | head -n 68 || true
      echo '}'; } >cli/f.c
    expect check_size.py "f() has 71 lines (at most 70)"
    sed -i 5d cli/f.c
    clean check_size.py
}

@test "sizes: many parameters" {
    echo 'int f(int a, int b, int c, int d, int e, int x) { return a; }' >cli/f.c
    expect check_size.py "f() has 6 parameters (at most 5)"
    echo 'int f(int a, int b, int c, int d, int e, struct err *err) { return a; }' \
        >cli/f.c
    clean check_size.py
}

@test "sizes: deep nesting" {
    cat >cli/f.c <<'C'
int f(int a)
{
    struct s x = {{{{{{{1}}}}}}};

    for (;;) {
        if (a) {
            while (a) {
                do {
                    a = g((struct s){1});
                } while (a);
            }
        }
    }
}
C
    clean check_size.py
    sed -i 's/do {/do { if (a) { g("{{{{{{"); }/' cli/f.c
    expect check_size.py "f() nests 5 deep (at most 4)"
}

# --- banned ----------------------------------------------------------------

@test "banned: a name in a comment or a string is fine" {
    printf '/* strcpy(a, b) */ char *s = "sprintf(x)";\nint my_free(int);\n' \
        >importer/stage/ok.c
    clean check_banned
}

@test "banned: calls" {
    while read -r file call; do
        echo "void f(void) { $call(1); }" >"$file"
        expect check_banned "$file:1: $call():"
        rm "$file"
    done <<'LIST'
cli/a.c strcpy
cli/a.c sprintf
cli/a.c strtok
cli/a.c atoi
cli/a.c sscanf
cli/a.c alloca
cli/a.c system
cli/a.c popen
cli/a.c malloc
validate/json/a.c free
importer/pg/a.c exit
importer/pg/a.c printf
validate/json/a.c fprintf
validate/json/a.c getenv
importer/stage/a.c time
importer/stage/a.c fopen
LIST
}

@test "banned: what is allowed where it belongs" {
    echo 'void f(void) { malloc(1); free(0); }' >importer/sys/a.c
    echo 'void f(void) { exit(1); printf("x"); }' >cli/b.c
    clean check_banned
}

@test "banned: words of promise and of the workplace" {
    printf 'later: %s%s\n' TO DO >docs/page.md
    expect check_banned "docs/page.md:1:"
    printf 'look at /%s/main\n' work >docs/page.md
    expect check_banned "a word of the workplace"
}

# --- the driver ------------------------------------------------------------

# case NAME STATUS TEXT: a test that prints TEXT and exits with STATUS.
case_file() {
    printf '#!/bin/sh\nprintf "%%b" "%s"\nexit %s\n' "$3" "$2" \
        >"tests/cli/test_$1.sh"
    chmod +x "tests/cli/test_$1.sh"
}

closing() {
    run tests/run -n
    echo "$output"
    [ "${lines[-1]}" = "$1" ]
}

@test "driver: counts TAP lines, cmocka's skips and plain exits" {
    case_file tap 0 '1..3\nok 1 a\nok 2 b # skip no server\nnot ok 3 # SKIP c\n'
    case_file plain 0 'fine'
    case_file skip 77 'nothing here'
    closing "2 passed, 0 failed, 3 skipped"
    [ "$status" -eq 0 ]
    [[ $output == *"no server"* ]]
}

@test "driver: a failed case fails the run and shows its output" {
    case_file bad 1 '1..2\nok 1 a\nnot ok 2 b\n# here is why\n'
    closing "1 passed, 1 failed, 0 skipped"
    [ "$status" -eq 1 ]
    [[ $output == *"here is why"* ]]
}

@test "driver: a crash after good cases is a failure" {
    case_file crash 139 '1..2\nok 1 a\nok 2 b\n'
    closing "2 passed, 1 failed, 0 skipped"
    [ "$status" -eq 1 ]
}

@test "driver: cases that did not run are failures" {
    case_file cut 0 '1..5\nok 1 a\n'
    closing "1 passed, 4 failed, 0 skipped"
    [ "$status" -eq 1 ]
}

@test "driver: a test that was not built is a failure" {
    echo 'int main(void) { return 0; }' >tests/unit/test_gone.c
    case_file fine 0 ''
    closing "1 passed, 1 failed, 0 skipped"
    [ "$status" -eq 1 ]
}

@test "driver: nothing run is not a success" {
    closing "0 passed, 0 failed, 0 skipped"
    [ "$status" -eq 1 ]
}

@test "driver: no database of the caller gets in" {
    cat >tests/cli/test_env.sh <<'SH'
#!/bin/sh
[ -z "${PGHOST-}${DATABASE_URL-}${PGDATABASE-}" ] && [ -d "$TMPDIR" ] &&
    case $DECANT in /*/build/release/decant) ;; *) exit 1 ;; esac
SH
    chmod +x tests/cli/test_env.sh
    PGHOST=h DATABASE_URL=u PGDATABASE=d closing "1 passed, 0 failed, 0 skipped"
}

# --- scripts and makefile --------------------------------------------------

@test "deps: says how it is called" {
    run "$root/scripts/deps" --nonsense
    [ "$status" -eq 2 ]
    [[ $output == "usage: scripts/deps [--build]" ]]
}

@test "deps: nothing to do, nothing said, no rights needed" {
    command -v dpkg-query >/dev/null || skip "no Debian"
    run "$root/scripts/deps" --build
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "make help lists the targets" {
    run make -s -C "$root" help
    [ "$status" -eq 0 ]
    for target in all test tests check format fuzz-%; do
        grep -qE "^$target +[a-z]" <<<"$output" || {
            echo "no $target in: $output"
            return 1
        }
    done
}

@test "the makefile stays small and knows its flavours" {
    [ "$(wc -l <"$root/Makefile")" -lt 250 ]
    run make -s -C "$root" FLAVOUR=vanilla help
    [ "$status" -ne 0 ]
    [[ $output == *"release debug asan cov fuzz"* ]]
}

@test "the page of faults is current" {
    cd "$root"
    run scripts/gen_faults --check
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "the page of faults is checked" {
    mkdir -p "$tree/scripts"
    cp "$root/scripts/gen_faults" "$tree/scripts"
    cp "$root"/validate/base/fault.def "$tree/validate/base"
    cp "$root/docs/faults.md" "$tree/docs"
    sed -i 's/json\.syntax/json.other/' "$tree/validate/base/fault.def"
    run scripts/gen_faults --check
    [ "$status" -eq 1 ]
}
