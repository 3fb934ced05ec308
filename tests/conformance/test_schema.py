#!/usr/bin/env python3
"""test_schema.py - `decant schema validate` against the JSON Schema suite.

    test_schema.py [TEXT]       only files with TEXT in their name

Every group of the suite's draft2020-12 files is one run of the program: its
schema and all its instances.  The required files must pass whole, the
optional ones but for schema_exceptions.jsonl, where each test we answer in
another way stands with its reason; an exception that passes is a failure
too.  The files in optional/format run with --format-assertion.

Speaks TAP.  The suite is read from ../shared, when it is there.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SUITE = HERE.parent.parent / "../shared/conformance/json-schema"
DRAFT = SUITE / "draft2020-12"
DECANT = os.environ.get("DECANT", "build/release/decant")
# Tests the suite is known to have; fewer means that some were not found.
LEAST = {"required": 1299, "optional": 162, "format": 764}

# What a test of the suite refers to, and the suite's own list of remotes
# keeps in the folder of another draft.
OTHER_DRAFT = {
    "draft2019-09/ignore-prefixItems.json": {
        "$id": "http://localhost:1234/draft2019-09/ignore-prefixItems.json",
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "prefixItems": [{"type": "string"}]},
}
counts = {}  # kind: [passed, all]
number = 0


def report(ok, name, *words):
    global number
    number += 1
    print("ok" if ok else "not ok", number, "-", name.replace("#", "\\#"))
    if not ok:
        print(*(f"# {w}" for w in words if w), sep="\n")


def exceptions():
    """{(file, group, test): reason}"""
    text = (HERE / "schema_exceptions.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    return {(r["file"], r["group"], r["test"]): r["reason"] for r in rows}


def remotes(scratch):
    """The suite's remotes and what it lacks, in a folder of our own."""
    folder = scratch / "remotes"
    shutil.copytree(SUITE / "remotes", folder)
    for name, schema in OTHER_DRAFT.items():
        if not (folder / name).exists():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(json.dumps(schema))
    return folder


def validate(group, scratch, folder, *options):
    """One verdict per test of the group, or the words of a failure."""
    (scratch / "schema.json").write_text(json.dumps(group["schema"]))
    names = []
    for i, test in enumerate(group["tests"]):
        names.append(f"{scratch}/{i}.json")
        pathlib.Path(names[-1]).write_text(json.dumps(test["data"]))
    run = subprocess.run(
        [DECANT, "schema", "validate", "--json", "--remotes", folder,
         *options, scratch / "schema.json", *names],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    words = f"exit {run.returncode} " + run.stderr.decode(errors="replace")
    try:
        verdicts = [json.loads(line) for line in run.stdout.splitlines()]
    except ValueError:
        return [], "not JSON lines: " + words
    right = 0 if all(v["valid"] for v in verdicts) else 3
    if [v["instance"] for v in verdicts] != names or run.returncode != right:
        return [], words
    return verdicts, ""


def lawful(verdict):
    """A verdict's own form; a limit that was reached is no answer."""
    if verdict["valid"]:
        return verdict["errors"] == []
    error = verdict["errors"][0]
    return (set(error) == {"instance_pointer", "schema_pointer", "keyword",
                           "message"} and
            error["keyword"] not in ("", "json", "limit") and
            error["message"] != "" and
            error["instance_pointer"][:1] in ("", "/"))


def judge(kind, name, group, scratch, folder, known):
    options = ["--format-assertion"] if kind == "format" else []
    verdicts, words = validate(group, scratch, folder, *options)
    for i, test in enumerate(group["tests"]):
        case = (name, group["description"], test["description"])
        verdict = verdicts[i] if verdicts else None
        ok = (verdict is not None and lawful(verdict) and
              verdict["valid"] == test["valid"])
        counts[kind][0] += ok
        counts[kind][1] += 1
        reason = known.pop(case, None)
        if reason:
            report(not ok, "exception: " + ": ".join(case),
                   "it passes now: take it off the list")
        else:
            report(ok, ": ".join(case), words, f"expected {test['valid']}",
                   json.dumps(verdict), json.dumps(test["data"])[:500],
                   json.dumps(group["schema"])[:1000])


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    known = exceptions()
    if not DRAFT.is_dir():
        print("ok 1 - the suite # SKIP no", SUITE)
        print("1..1")
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = remotes(pathlib.Path(scratch))
        for kind, where in (("required", ""), ("optional", "optional"),
                            ("format", "optional/format")):
            counts[kind] = [0, 0]
            for path in sorted((DRAFT / where).glob("*.json")):
                name = path.relative_to(DRAFT).as_posix()
                for group in json.loads(path.read_bytes()) * (only in name):
                    judge(kind, name, group, pathlib.Path(scratch), folder,
                          known)
    for kind, (passed, tests) in counts.items():
        print(f"# {kind}: {passed} of {tests}")
        if not only:
            report(tests >= LEAST[kind], f"all {kind} tests were found")
            report(kind != "required" or passed == tests, f"{kind}: the sum")
    if not only:
        report(not known, "every exception is a test of the suite", known)
    print(f"1..{number}")


main()
