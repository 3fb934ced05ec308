#!/usr/bin/env python3
"""test_repair_cases.py - what `decant repair` makes of which text, and why.

tests/golden/repair/*.cases hold blocks

    === name
    --- options     (only when there are any)
    --- in
    the text, without the line end before the next marker
    --- out         (or: --- refused)
    --- edits
    rule class pointer @offset `before` -> `after`

Bytes that a text file should not hold are written <XX>.  GOLDEN_UPDATE=1
writes the answers anew; review the diff.  Speaks TAP.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "repair"
DECANT = os.environ.get("DECANT", "build/release/decant")


def raw(text):
    """<XX> to bytes."""
    return re.sub(rb"<([0-9A-F]{2})>",
                  lambda m: bytes.fromhex(m.group(1).decode()), text.encode())


def shown(data):
    out = ""
    for part in re.split(r"([\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\ufeff\u00a0])",
                         data.decode("utf8", "surrogateescape")):
        odd = len(part) == 1 and not part.isprintable() and part != "\n"
        out += "".join(f"<{b:02X}>" for b in
                       part.encode("utf8", "surrogateescape")) \
            if odd or part == "\u00a0" else part
    return re.sub("[\ud800-\udfff]",
                  lambda m: f"<{ord(m.group()) - 0xDC00:02X}>", out)


def answer(options, text):
    def run(*more):
        return subprocess.run([DECANT, "repair", *options, *more], input=text,
                              stdout=subprocess.PIPE, check=False)
    plain, told = run(), run("--explain")
    told = json.loads(told.stdout)
    if plain.returncode == 1:
        return "--- refused\n" + told["fault"]["key"] + "\n"
    out = "--- out\n" + shown(plain.stdout) + "\n--- edits\n"
    for e in told["edits"]:
        out += (f"{e['rule']} {e['class']} {e['pointer']} @{e['offset']} "
                f"`{shown(e['before'].encode())}` -> "
                f"`{shown(e['after'].encode())}`\n")
    for s in told["suspects"]:
        out += (f"suspect {s['kind']} {s['pointer']} @{s['offset']} "
                f"`{shown(s['reads'].encode())}`\n")
    return out


def main():
    count = failed = 0
    for path in sorted(HERE.glob("*.cases")):
        page = ""
        for block in path.read_text().split("=== ")[1:]:
            name, _, rest = block.partition("\n")
            head, _, rest = rest.partition("--- in\n")
            text, _, want = re.split(r"\n(?=--- (out|refused)\n)|\Z", rest, 1) \
                if re.search(r"\n--- (out|refused)\n", rest) \
                else (rest.rstrip("\n"), "", "")
            options = head.replace("--- options\n", "").split()
            got = answer(options, raw(text))
            page += f"=== {name}\n{head}--- in\n{text}\n{got}"
            count += 1
            ok = want == got
            failed += not ok
            print("ok" if ok else "not ok", count, "-", path.stem, name)
            if not ok:
                print("# got " + got.replace("\n", "\n#     "))
        if os.environ.get("GOLDEN_UPDATE"):
            path.write_text(page)
    print(f"1..{count}")
    sys.exit(failed > 0)


main()
