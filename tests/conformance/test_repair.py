#!/usr/bin/env python3
"""test_repair.py - `decant repair` against cases of others, and its own law.

    probes      authored texts with the values that are right
    pairs       inputs and outputs of jsonrepair's own tests; where we differ
                stands in repair_exceptions.jsonl, each with its reason
    valid       the y_ files of JSONTestSuite leave as they came
    damage      sound documents damaged in nine ways come back exactly

Speaks TAP.  The cases of others are read from ../shared, when it is there.
"""
import base64
import decimal
import json
import os
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "../shared/conformance"
DECANT = os.environ.get("DECANT", "build/release/decant")
failed = count = 0


class Number:
    """A number by its exact value."""

    def __init__(self, text):
        self.value = decimal.Decimal(text)

    def __eq__(self, other):
        return isinstance(other, Number) and self.value == other.value

    def __hash__(self):
        return hash(self.value)

    def __repr__(self):
        return str(self.value)


def loads(text):
    def refuse(word):
        raise ValueError(word)
    return json.loads(text, parse_int=Number, parse_float=Number,
                      parse_constant=refuse)


def repair(text, *args):
    p = subprocess.run([DECANT, "repair", *args], input=text,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       check=False)
    return p.returncode, p.stdout


def report(ok, name, *words):
    global failed, count
    count += 1
    failed += not ok
    print("ok" if ok else "not ok", count, "-", name)
    if not ok:
        print(*(f"# {w!r}" for w in words), sep="\n")


def skip(name):
    global count
    count += 1
    print("ok", count, "-", name, "# SKIP no", SHARED)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def lawful(name, text, code, out):
    """What holds for every answer: strict, and final."""
    if code == 0:
        return out == text
    if code == 1:
        return out == b""
    try:
        loads(out.decode())
    except (ValueError, RecursionError) as e:
        print("#", name, "is not strict:", e)
        return False
    return repair(out) == (0, out)


def probe(case):
    text = base64.b64decode(case["in_b64"])
    fields = [f"--field={p}={c}" for p, c in case.get("field", {}).items()]
    code, out = repair(text, *fields)
    if case.get("refuse"):
        return code == 1 and not out, True
    if "smiles" in case.get("field", {}).values():
        return None, True
    if code == 1:
        return False, True
    got = out.decode()
    right = got in case.get("accept_text", []) or \
        loads(got) in [loads(json.dumps(v)) for v in case["accept"]]
    return right, right or code == 1


def probes():
    right = due = wrong = 0
    for case in lines(SHARED / "repair/probes.jsonl"):
        ok, honest = probe(case)
        if ok is None:
            continue
        due += 1
        right += ok
        wrong += not honest
        if not ok:
            print("#", case["src"])
    report(right >= due - 2, f"probes: {right} of {due} right")
    report(wrong == 0, f"probes: {wrong} silently wrong")


def pairs():
    known = {c["in"]: c["why"]
             for c in lines(HERE / "repair_exceptions.jsonl")}
    for case in lines(SHARED / "repair/jsonrepair.jsonl"):
        text = case["in"].encode("utf8", "surrogatepass")
        code, out = repair(text)
        ok = lawful(case["in"], text, code, out)
        if case["out"] is None:
            same = code == 1
        else:
            same = code != 1 and loads(out.decode()) == loads(case["out"])
        if case["in"] in known:
            ok = ok and not same  # a reason without a case is stale
        else:
            ok = ok and same
        report(ok, "pair " + json.dumps(case["in"])[:60], case["out"], out)


def valid():
    for path in sorted((SHARED / "json/test_parsing").glob("y_*.json")):
        text = path.read_bytes()
        report(repair(text) == (0, text), path.name)


# --- documents damaged on purpose -------------------------------------------

TEXTS = ["C/C=C\\C(=O)O", "F/C=C\\F", "N[C@@H](C)C(=O)O", "\\frac{1}{2}",
         "\\alpha + \\beta", "k = A e^{-E_a/RT}", "C:\\Users\\Data\\run",
         "it's 5 'o clock", "say \"hi\", she said", "a, b: {c} [d]", "",
         "line one\nline two\tand a tab", "H\u2082O \u2192 \U0001f9ea",
         "see http://x.y//z #1", "None of them are True", "```py\nx\n```",
         "50% of /usr/bin; a=b", "\u201cquoted\u201d", "end with \\"]


def document(rnd, depth=0):
    kind = rnd.random()
    if depth == 0 or (kind < .3 and depth < 4):
        return {f"key_{i}": document(rnd, depth + 1)
                for i in range(rnd.randint(2, 9))}
    if kind < .45 and depth < 4:
        return [document(rnd, depth + 1) for _ in range(rnd.randint(0, 6))]
    if kind < .8:
        return " ".join(rnd.choice(TEXTS)
                        for _ in range(rnd.randint(1, 4)))
    return rnd.choice([True, False, None, 0, -1, 17, 354.82, 6.02e23, 1e-9])


def plain(value):
    """Without what a class of damage cannot tell from its own marks."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def single_backslashes(rnd, doc):
    # only where the escape is invalid: others are valid and undecidable
    text = plain(doc)
    out, i = [], 0
    while i < len(text):
        if text[i] == "\\" and text[i + 1] == "\\":
            follows = text[i + 2]
            out.append("\\" if follows not in '"\\/bfnrtu' else "\\\\")
            i += 2
        elif text[i] == "\\":
            out.append(text[i:i + 2])
            i += 2
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def trailing_commas(rnd, doc):
    text, out, inside, escaped, last = plain(doc), [], False, False, ""
    for c in text:
        if not inside and c in "]}" and last not in "[{,":
            out.append(",")
        out.append(c)
        if inside:
            inside = escaped or c != '"'
            escaped = c == "\\" and not escaped
        elif c == '"':
            inside = True
        if not c.isspace():
            last = c
    return "".join(out)


def raw_newlines(rnd, doc):
    return plain(doc).replace("\\\\", "\0").replace("\\n", "\n") \
        .replace("\\t", "\t").replace("\0", "\\\\")


def single_quotes(rnd, doc):
    def put(v):
        if isinstance(v, dict):
            return "{" + ", ".join(put(k) + ": " + put(x)
                                   for k, x in v.items()) + "}"
        if isinstance(v, list):
            return "[" + ", ".join(map(put, v)) + "]"
        if isinstance(v, str):
            inner = json.dumps(v, ensure_ascii=False)[1:-1]
            return "'" + inner.replace('\\"', '"').replace("'", "\\'") + "'"
        return json.dumps(v)
    return put(doc)


def prose(rnd, doc):
    before = rnd.choice(["Sure! Here is the JSON:\n\n", "The answer {x} is: ",
                         "As in [1], "])
    return before + plain(doc) + "\n\nLet me know if it helps."


DAMAGES = {
    "single backslashes": single_backslashes,
    "fence": lambda rnd, d: "```json\n" + plain(d) + "\n```",
    "fence and slips": lambda rnd, d:
        "```json\n" + trailing_commas(rnd, d) + "\n```\nDone.",
    "trailing commas": trailing_commas,
    "raw newlines": raw_newlines,
    "single quotes": single_quotes,
    "prose": prose,
    "python repr": lambda rnd, d: repr(d),
}


def prefix_of(part, whole, top=True):
    """Is `part` what a reader of a cut text may keep of `whole`?"""
    if isinstance(part, dict) and isinstance(whole, dict):
        a, b = list(part.items()), list(whole.items())
        return len(a) <= len(b) and all(
            k == l and (v == w if i < len(a) - 1 else prefix_of(v, w, False))
            for i, ((k, v), (l, w)) in enumerate(zip(a, b)))
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) <= len(whole) and all(
            v == w if i < len(part) - 1 else prefix_of(v, w, False)
            for i, (v, w) in enumerate(zip(part, whole)))
    if isinstance(part, str) and isinstance(whole, str):
        return whole.startswith(part)
    if isinstance(part, Number) and isinstance(whole, Number):
        return True  # its digits may be cut
    return part == whole


def damage():
    rnd = random.Random(5)
    for name, spoil in DAMAGES.items():
        bad = 0
        for _ in range(100):
            doc = document(rnd)
            text = spoil(rnd, doc).encode()
            code, out = repair(text)
            want = loads(json.dumps(doc))
            if code == 1 or loads(out.decode()) != want:
                bad += 1
                if bad == 1:
                    print("#", text, out, sep="\n# ")
        report(bad == 0, f"damage: {name}, {100 - bad} of 100 exact")
    bad = 0
    for _ in range(200):
        doc = document(rnd)
        text = plain(doc).encode()
        cut = text[:rnd.randint(2, len(text) - 1)]
        code, out = repair(cut)
        if code == 1 or not prefix_of(loads(out.decode()),
                                      loads(json.dumps(doc))):
            bad += 1
            if bad == 1:
                print("#", cut, out, sep="\n# ")
    report(bad == 0, f"damage: truncated, {200 - bad} of 200 exact prefixes")


def main():
    for suite in (probes, pairs):
        if (SHARED / "repair").is_dir():
            suite()
        else:
            skip(suite.__name__)
    if (SHARED / "json/test_parsing").is_dir():
        valid()
    else:
        skip("valid")
    damage()
    print(f"1..{count}")
    sys.exit(failed > 0)


main()
