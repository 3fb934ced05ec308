#!/usr/bin/env python3
"""test_infer.py - `decant profile infer` against random answers.

Each round makes a family of answers (a random structure with optional and
null members, few or many distinct strings, dates, numbers of all sizes,
lists of objects) and lets decant propose a profile.  The proposal must be a
sound profile, be the same when asked again, and accept every answer of the
sample: as a schema with formats asserted, and as a profile for batch lines
that carry the answers.

Speaks TAP.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid

DECANT = os.path.abspath(os.environ.get("DECANT", "build/release/decant"))
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
NAMES = ["question", "answer", "Yield (%)", "customerId", "key", "model",
         "smiles", "product_smiles", "a/b", "m~n", "größe", "tags", "steps",
         "items", "", "1st", "select", "source", "item", "value", "a b", "A B",
         "x" * 80, "\u0001", "\U0001F600", "date", "offset"]
WORDS = "red green blue amide ester ring bond CCO c1ccccc1".split()


def scalars(rnd):
    """A function that makes values of one flavour."""
    few = rnd.sample(WORDS, rnd.randint(1, 6))
    span = rnd.choice([1, 100, 10**6, 2**31, 2**62, 2**70])
    return rnd.choice([
        lambda: rnd.choice(few),
        lambda: " ".join(rnd.choices(WORDS, k=rnd.randint(0, 12))),
        lambda: rnd.randint(-span, span),
        lambda: rnd.uniform(-span, span),
        lambda: rnd.choice([1, 1.0, 1e2, -0.0, 1e-300, 1e300]),
        lambda: rnd.random() < .5,
        lambda: None,
        lambda: f"{rnd.randint(1, 9999):04}-{rnd.randint(1, 12):02}-"
                f"{rnd.randint(1, 28):02}",
        lambda: rnd.choice(["0000-01-01", "0001-01-01", "9999-12-31"]),
        lambda: rnd.choice(["2016-12-31T23:59:60Z", "0001-01-01T00:00:00Z"]),
        lambda: f"2024-02-29T{rnd.randint(0, 23):02}:59:{rnd.randint(0, 59):02}"
                + rnd.choice(["Z", "+05:30", ".123456-08:00", "z"]),
        lambda: str(uuid.UUID(int=rnd.getrandbits(128))),
        lambda: f"https://example.org/{rnd.randint(0, 99)}",
        lambda: rnd.choice(["0000-01-01", "2024-12-31T23:59:60Z", "é", "\\",
                            "x" * 300, "a\nb", "http://a b"]),
    ])


def maker(rnd, depth):
    """A function that makes values of one structure."""
    kind = rnd.random()
    if depth == 0 or kind < .45:
        return scalars(rnd)
    if kind < .6:
        inner = maker(rnd, depth - 1)
        low, high = rnd.choice([(0, 3), (1, 4), (20, 20)])
        return lambda: [inner() for _ in range(rnd.randint(low, high))]
    if kind < .65:
        both = maker(rnd, depth - 1), maker(rnd, depth - 1)
        return lambda: rnd.choice(both)()
    members = [(name, maker(rnd, depth - 1),
                rnd.choice([1, 1, 1, .9, .5]), rnd.choice([0, 0, 0, .2]))
               for name in rnd.sample(NAMES, rnd.randint(0, 7))]

    def one():
        return {name: None if rnd.random() < null else make()
                for name, make, there, null in members
                if rnd.random() < there}
    return one


def family(rnd):
    """What a model was asked for: objects mostly."""
    shape = rnd.random()
    if shape < .15:
        return maker(rnd, 3)
    rest = [(n, maker(rnd, 2)) for n in rnd.sample(NAMES, rnd.randint(1, 6))]
    if shape < .6:
        row = maker(rnd, 2)
        rest.append(("rows", lambda: [{"n": i, "of": row()}
                                      for i in range(rnd.randint(0, 4))]))
    return lambda: {name: make() for name, make in rest}


def line(number, answer):
    text = json.dumps(answer)
    return json.dumps({
        "id": f"b{number}", "custom_id": f"k-{number}", "error": None,
        "response": {"status_code": 200, "body": {
            "model": "m", "choices": [{
                "index": 0, "finish_reason": "stop",
                "message": {"role": "assistant", "content": text}}]}}})


def run(*args):
    p = subprocess.run([DECANT, *args], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def trial(seed, scratch):
    """The words of what went wrong, or nothing."""
    rnd = random.Random(seed)
    make = family(rnd)
    answers = [make() for _ in range(rnd.choice([1, 3, 30, 120]))]
    plain, batch = scratch / "answers.jsonl", scratch / "batch.jsonl"
    proposal = scratch / "proposal.json"
    plain.write_text("".join(json.dumps(a) + "\n" for a in answers))
    batch.write_text("".join(line(i, a) + "\n"
                             for i, a in enumerate(answers)))

    code, text, words = run("profile", "infer", str(batch))
    if code:
        return f"infer: exit {code}: {words}"
    proposal.write_text(text)
    if rnd.random() < .5:
        if run("profile", "infer", str(batch))[1] != text:
            return "another proposal the second time"
        if run("profile", "infer", "--plain", str(plain))[1] != text:
            return "another proposal from plain answers"
    code, _, words = run("profile", "check", str(proposal))
    if code:
        return f"check: exit {code}: {words}\n{text}"
    names = []
    for i, answer in enumerate(answers):
        names.append(str(scratch / f"{i}.json"))
        pathlib.Path(names[-1]).write_text(json.dumps(answer))
    code, out, words = run("schema", "validate", "--format-assertion",
                           str(proposal), *names)
    if code:
        bad = [o for o in out.splitlines() if not o.endswith(": valid")]
        return f"validate: exit {code}: {bad[:3]} {words}\n{text}"
    code, out, words = run("check", "--json", "--profile", str(proposal),
                           str(batch))
    if code:
        rejects = run("check", "--profile", str(proposal), "--rejects", "-",
                      str(batch))[1]
        return f"check --profile: exit {code}: {rejects[:800]} {words}\n{text}"
    return ""


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(ROUNDS):
            words = trial(seed, pathlib.Path(scratch))
            failed += bool(words)
            print("not ok" if words else "ok", seed + 1, f"- family {seed}")
            for text in words.splitlines():
                print("#", text)
    print(f"1..{ROUNDS}")
    return failed > 0


sys.exit(main())
