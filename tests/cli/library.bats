#!/usr/bin/env bats
# library.bats - what `make install` leaves can be used from C.
bats_require_minimum_version 1.5.0

setup() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    : "${FLAVOUR:=release}"
    tree=$BATS_TEST_TMPDIR/tree
    case $FLAVOUR in
    asan) flags="-fsanitize=address,undefined" ;;
    cov) flags=--coverage ;;
    *) flags= ;;
    esac
    cd "$ROOT" || exit 1
    make install FLAVOUR="$FLAVOUR" DESTDIR="$tree" PREFIX=/usr >"$BATS_TEST_TMPDIR/log" 2>&1 ||
        { cat "$BATS_TEST_TMPDIR/log"; false; }
    cd "$BATS_TEST_TMPDIR" || exit 1
}

# built NAME: NAME.c with the installed tree alone
built() {
    # shellcheck disable=SC2086 # flags are words
    cc -std=c11 -Wall -Wextra -Wpedantic -Werror $flags -o "$1" "$1.c" \
        $(PKG_CONFIG_SYSROOT_DIR=$tree PKG_CONFIG_PATH=$tree/usr/lib/pkgconfig \
            PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 \
            pkg-config --static --cflags --libs decant)
}

@test "library: programs, man page, headers and library are installed" {
    [ -x "$tree/usr/bin/decant" ]
    [ -s "$tree/usr/share/man/man1/decant.1" ]
    [ -s "$tree/usr/lib/libdecant.a" ]
    for name in smiles repair; do
        [ -s "$tree/usr/include/decant/$name.h" ]
    done
    [ -z "$(grep -rn '#include "' "$tree/usr/include")" ]
}

@test "library: every installed header compiles on its own" {
    for header in "$tree"/usr/include/decant/*.h; do
        cc -std=c11 -Wall -Wextra -Werror -Wno-unused-function -I"$tree/usr/include" \
            -fsyntax-only -x c "$header"
    done
}

@test "library: a C program judges SMILES" {
    cat >judge.c <<'C'
#include <decant/smiles.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct smiles_options options = {.properties = true};
    struct arena arena;
    struct err err;

    if (!arena_open(&arena, SMILES_ARENA * 4096 + SMILES_ARENA_MIN, &err))
        return 1;
    for (int i = 1; i < argc; i++) {
        struct smiles_verdict v;

        arena_rewind(&arena, 0);
        if (smiles_judge(slice_of(argv[i], strlen(argv[i])), &options, &arena,
                         &v))
            printf("%.*s %.3f\n", (int)v.properties.formula.len,
                   v.properties.formula.ptr, v.properties.mass);
        else
            printf("%.*s at %zu\n", (int)smiles_code_key(v.code).len,
                   smiles_code_key(v.code).ptr, v.at);
    }
    arena_close(&arena);
    return 0;
}
C
    built judge
    run -0 ./judge 'CC(=O)Oc1ccccc1C(=O)O' 'CC(C'
    [ "${lines[0]}" = "C9H8O4 180.157" ]
    [ "${lines[1]}" = "paren_open at 2" ]
}

@test "library: a C program repairs JSON" {
    cat >mend.c <<'C'
#include <decant/repair.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct repair_options options = {.mode = REPAIR_MODE_ALL};
    struct arena arena;
    struct repaired r;
    struct err err;

    if (argc != 2 || !arena_open(&arena, (size_t)1 << 24, &err) ||
        json_repair(slice_of(argv[1], strlen(argv[1])), &options, &arena, &r)
            .fault)
        return 1;
    printf("%.*s\n", (int)r.tape.text.len, r.tape.text.ptr);
    arena_close(&arena);
    return 0;
}
C
    built mend
    run -0 ./mend "{'smiles':'F/C=C\\F',}"
    [ "$output" = '{"smiles":"F/C=C\\F"}' ]
}
