#!/usr/bin/env python3
"""Fail when a file includes what its floor may not see.

The table of docs/architecture.md section 2 as one dictionary, the owners of
system headers, and three laws on top: includes are written from the root and
lead to a file that exists, no header includes itself by a detour, and no
basename occurs twice in the tree.
"""
import collections
import pathlib
import re
import sys

# floor: the floors it may include, besides itself
MAY = {
    "validate/base": [],
    "validate/json": ["validate/base"],
    "validate/smiles": ["validate/base"],
    "validate/chem": ["validate/base"],
    "validate/schema": ["validate/base", "validate/json"],
    "validate/record": ["validate/base", "validate/json", "validate/smiles",
                        "validate/schema"],
    "importer/sys": ["validate/base"],
    "importer/stage": ["validate/base", "validate/json", "validate/record"],
    "importer/pg": ["validate/base", "importer/sys"],
    "importer/report": ["validate/base", "validate/json", "importer/stage",
                        "importer/sys", "importer/pg"],
    "importer/run": ["validate/base", "validate/json", "validate/smiles",
                     "validate/record", "importer/sys", "importer/stage",
                     "importer/pg", "importer/report"],
    "collector": ["validate/base", "validate/json", "importer/sys",
                  "importer/pg"],
    "cli": ["validate/base", "validate/json", "validate/smiles",
            "validate/schema", "validate/record", "importer/sys",
            "importer/pg", "importer/report", "importer/run", "collector"],
}
# single files that may see one floor more
ALSO = {"cli/chem_main.c": ["validate/chem"]}

# system headers that only these folders or files may touch
OWNER = {
    "libpq-fe.h": ["importer/pg"],
    "curl/curl.h": ["collector/http.c"],
    "signal.h": ["importer/sys"],
    "sys/signalfd.h": ["importer/sys"],
    "sys/wait.h": ["importer/sys"],
    "zlib.h": ["importer/sys"],
    "zstd.h": ["importer/sys"],
    "xxhash.h": ["validate/base/hash.c"],
    "pcre2.h": ["validate/schema"],
    "idn2.h": ["validate/schema"],
    "libxml/": ["validate/record/qti.c", "validate/record/qti_tree.h"],
    "openbabel/": ["validate/chem/openbabel.cpp"],
}
# the pure floors know no world: these headers have no business there
PURE = ("validate/", "importer/stage/")
WORLD = re.compile(r"^(unistd|fcntl|poll|time|dirent|pwd|grp|locale|pthread|"
                   r"setjmp|termios|netdb|sys/(?!types).*)\.h$")
WORLD_BUT = {"validate/base/arena.c": ["sys/mman.h"]}  # reserves its memory

GENERATED = {"sql.inc": ["importer/pg"],
             "profiles.inc": ["validate/record/builtin.c"]}
PRODUCT = ("validate", "importer", "collector", "cli")
EXTRA = ("tests", "bench")
INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)')


def sources(tops):
    return sorted(p for top in tops for p in pathlib.Path(top).rglob("*")
                  if p.suffix in (".c", ".h", ".cpp", ".def"))


def includes(path):
    text = path.read_text(errors="replace")
    for n, line in enumerate(text.splitlines(), 1):
        m = INCLUDE.match(line)
        if m:
            yield n, m.group(1), m.group(2)


def owned(path, owners):
    return any(path == o or path.startswith(o + "/") for o in owners)


def system_header(path, name):
    """Why `path` may not include <name>, or None."""
    for header, owners in OWNER.items():
        if name == header or header[-1] == "/" and name.startswith(header):
            if not owned(path, owners):
                return f"only {', '.join(owners)} may include <{name}>"
    if (path.startswith(PURE) and WORLD.match(name)
            and name not in WORLD_BUT.get(path, [])):
        return f"a pure floor may not include <{name}>"
    return None


def own_header(path, name):
    """Why `path` may not include "name", or None."""
    if name in GENERATED:
        return None if owned(path, GENERATED[name]) else \
            f"only {', '.join(GENERATED[name])} may include {name}"
    if not pathlib.Path(name).is_file():
        return f'no such file from the root: "{name}"'
    if path.startswith(EXTRA):
        return None
    floor = pathlib.PurePosixPath(path).parent.as_posix()
    want = pathlib.PurePosixPath(name).parent.as_posix()
    if floor not in MAY:
        return f"{floor} is not a floor of the house"
    if want != floor and want not in MAY[floor] + ALSO.get(path, []):
        return f"{floor} may not include {name}"
    return None


def cycles(graph):
    """Every loop of includes, once, as the list of its files."""
    state, found = {}, []

    def walk(node, trail):
        state[node] = "open"
        for to in graph.get(node, ()):
            if state.get(to) == "open":
                found.append(trail[trail.index(to):] + [to])
            elif to not in state:
                walk(to, trail + [to])
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            walk(node, [node])
    return found


def main():
    bad = []
    graph = {}
    places = collections.defaultdict(set)
    for path in sources(PRODUCT + EXTRA):
        name = path.as_posix()
        if path.suffix != ".def":
            places[path.name].add(name)
            if not name.startswith(EXTRA):
                places[path.stem + ".*"].add(path.parent.as_posix())
        graph[name] = []
        for n, kind, what in includes(path):
            why = (own_header if kind == '"' else system_header)(name, what)
            if kind == "<" and name.startswith(EXTRA):
                why = None
            if why:
                bad.append(f"{name}:{n}: {why}")
            if kind == '"':
                graph[name].append(what)
    bad += [f"{what} occurs twice: {', '.join(sorted(where))}"
            for what, where in sorted(places.items()) if len(where) > 1]
    bad += ["includes run in a circle: " + " -> ".join(c)
            for c in cycles(graph)]
    print("\n".join(bad), end="\n" if bad else "")
    return bool(bad)


sys.exit(main())
