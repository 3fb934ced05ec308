#!/usr/bin/env python3
"""smiles_fuzz - the native verdict against Open Babel's reader, on damaged
strings, every disagreement with its class.

    tests/tools/smiles_fuzz.py [--time SECONDS] [--seed N] [--level LEVEL]
                               [--corpus FILE]... [--report FILE]

Sound strings are damaged by up to three edits (a byte dropped, put in,
replaced, doubled, swapped; two strings joined), judged by `decant smiles` and
read by Open Babel in child processes of `decant-chem`, which may crash and
hang.  Nearly all disagreements have a known class (docs/chemistry.md), most
often because Open Babel has no such check; one that has none is a finding:
it is printed, and the exit status is 1.  So is a crash of decant itself.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DECANT = os.environ.get("DECANT", str(ROOT / "build/release/decant"))
SHARED = ROOT / "../shared/conformance/smiles/bench30k.smi"
BATCH = 4000
SEEDS = """CCO c1ccccc1 CC(=O)Oc1ccccc1C(=O)O CN1C=NC2=C1C(=O)N(C(=O)N2C)C
F/C=C/F N[C@@H](C)C(=O)O c1ccc2[nH]ccc2c1 [Na+].[Cl-] C%12CCCC%12 O=S(=O)(O)c1cnoc1
[13CH4] [Fe+2] C[N+](=O)[O-] C#N C1CC2CCC1CC2 c1ccsc1 C/C=C\\C [O-][n+]1ccccc1
[2H]C([2H])[2H] [NH4+] B(O)O P(=O)(O)(O)O BrC1=CC=NC=C1 [cH-]1cccc1 N#[N+][O-]
OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O [Si](C)(C)(C)C C1=CC=CN=C1""".split()
ALPHABET = ("CNOPSFIBcnops[]()=#-+.:/\\@%123456789HKLRaeilr0* >$~&|,;!?"
            "\x01\x7f\xe9")

# Why decant rejects what Open Babel takes: it has no such rule.
LENIENT = {
    "valence": "no valences",
    "kekulize": "only warns when there is no Kekule form",
    "aromatic": "aromatic atoms may stand outside rings",
    "paren_open": "branches need not be closed",
    "branch": "branches may be empty or stand in front",
    "dot_branch": "a branch may begin with a dot",
    "bond": "bonds may lead nowhere",
    "dot": "dots may stand anywhere",
    "ring_self": "a ring bond may close on its own atom",
    "ring_double": "two atoms may be bonded twice",
    "ring_place": "ring numbers may follow anything",
    "ring_number": "other ring numbers",
    "zero": "leading zeros (legal in OpenSMILES)",
    "charge": "other ways to write charges",
    "chirality": "other chirality marks",
    "element": "symbols in lower case, other symbols",
    "number": "larger numbers",
    "bracket": "other brackets",
    "bracket_open": "brackets at the end",
    "bracket_close": "brackets at the end",
    "trailing": "text behind a blank is a title",
    "whitespace": "blanks around are left out",
    "cxsmiles": "an extension is a title",
    "char": "other characters, external bonds (&)",
    "smarts": "wildcards and external bonds",
    "name": "text behind a blank is a title",
    "formula": "reads symbols of a formula as atoms",
    "inchi": "text behind a blank is a title",
    "inchikey": "reads symbols as atoms",
    "reaction": "reads reactions as molecules",
    "newline": "a line feed ends the SMILES",
    "ring_open": "ring numbers it lost sight of",
    "paren_close": "brackets it lost sight of",
    "empty": "empty after blanks",
}
# Why Open Babel rejects what decant takes, by what the string holds.
STRICT = [
    ("a blank in front (level rdkit)", re.compile(r"^\s")),
    ("extended chirality", re.compile(r"@(?:TH|AL|SP|TB|OH|@?[1-9])")),
    ("dative or any bond", re.compile(r"->|<-|~")),
    ("atom by number", re.compile(r"\[\d*#\d")),
    ("isotope above 65534", re.compile(r"\[\d{5,}")),
    ("ring number of five digits", re.compile(r"%\(")),
    ("element above 118 or quoted", re.compile(r"\[\d*(?:Uu|')")),
    ("hydrogen on hydrogen", re.compile(r"\[\d*HH")),
    ("a doubled backslash", re.compile(r"\\\\")),
    ("dollar: a bond of order four", re.compile(r"\$")),
    ("class or charge beyond its limits", re.compile(r":\d{4,}|[+-]\d{2,}")),
]


def damaged(rnd, seeds):
    text = rnd.choice(seeds)
    for _ in range(rnd.choice((1, 1, 1, 2, 3))):
        at = rnd.randrange(len(text) + 1)
        kind = rnd.randrange(6)
        if kind == 0:
            text = text[:at] + text[at + 1:]
        elif kind == 1:
            text = text[:at] + rnd.choice(ALPHABET) + text[at:]
        elif kind == 2:
            text = text[:at] + rnd.choice(ALPHABET) + text[at + 1:]
        elif kind == 3:
            text = text[:at] + text[at:at + 3] * 2 + text[at + 3:]
        elif kind == 4:
            text = text[:at] + text[at:at + 2][::-1] + text[at + 2:]
        else:
            other = rnd.choice(seeds)
            text = text[:at] + other[rnd.randrange(len(other)):]
    return text.replace("\n", "").replace("\r", "")


def judge(texts, *options):
    """[(ok, code, words)] of `decant smiles`."""
    run = subprocess.run([DECANT, "smiles", "--tsv", *options], check=False,
                         input="".join(t + "\n" for t in texts).encode(),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode not in (0, 3):
        sys.exit(f"decant ended with {run.returncode}: "
                 f"{run.stderr.decode(errors='replace')}")
    rows = [line.split("\t")
            for line in run.stdout.decode(errors="replace").split("\n")[:-1]]
    if len(rows) != len(texts):
        sys.exit(f"{len(rows)} answers to {len(texts)} lines")
    return [(row[0] == "ok", row[1], row[3]) for row in rows]


def class_of(text, native, babel):
    """Name of the disagreement; None: no disagreement; "": not known."""
    ok, code, _ = native
    read, state, _ = babel
    if state not in ("", "openbabel_rejected"):
        return f"Open Babel: {state[len('openbabel_'):]}"
    if ok == read:
        return None
    if read:
        return f"lenient, {code}: {LENIENT[code]}" if code in LENIENT else ""
    for name, holds in STRICT:
        if holds.search(text):
            return f"strict, {name}"
    return ""


def arguments():
    parser = argparse.ArgumentParser(description="Native verdict against "
                                                 "Open Babel's reader.")
    parser.add_argument("--time", type=float, default=120)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--level", default="strict")
    parser.add_argument("--corpus", action="append", type=pathlib.Path)
    parser.add_argument("--report", type=pathlib.Path)
    return parser.parse_args()


def main():
    args = arguments()
    rnd = random.Random(args.seed)
    seeds, n = list(SEEDS), 0
    for path in args.corpus or ([SHARED] if SHARED.exists() else []):
        seeds += path.read_text().split("\n")[:-1]
    classes, examples = collections.Counter(), {}
    findings, end = [], time.monotonic() + args.time
    while time.monotonic() < end:
        texts = [damaged(rnd, seeds) for _ in range(BATCH)]
        native = judge(texts, "--level", args.level)
        babel = judge(texts, "--engine", "openbabel", "--timeout", "10")
        for text, ours, theirs in zip(texts, native, babel):
            name = class_of(text, ours, theirs)
            n += 1
            if name is None:
                classes["agree, " + ("both accept" if ours[0] else
                                     "both reject")] += 1
            elif name:
                classes[name] += 1
                examples.setdefault(name, text)
            else:
                findings.append((text, ours, theirs))
    print(f"seed {args.seed}: {n} strings")
    for name, count in sorted(classes.items(), key=lambda c: -c[1]):
        print(f"{count:9} {name}  {json.dumps(examples.get(name, ''))}")
    print(f"{len(findings):9} without a class")
    for text, ours, theirs in findings[:20]:
        print("   ", json.dumps(text), ours, theirs)
    if args.report:
        args.report.write_text("".join(json.dumps(f) + "\n" for f in findings))
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
