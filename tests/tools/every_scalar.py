#!/usr/bin/env python3
"""every_scalar - a Gemini result file that holds every Unicode scalar value
but U+0000, and the judge of what comes back.

    every_scalar.py write FILE      make the file
    every_scalar.py judge DUMP      DUMP: "key<TAB>hex of a JSON text" lines

Each payload is {"c": [first, last], "raw": S, "escaped": S, "mixed": S} with
the same string S of consecutive scalar values, spelled in three ways: as
UTF-8, as \\u escapes (pairs beyond the BMP), and alternating with short
escapes.  The whole payload then is a string inside the provider's line, which
is written in turn as UTF-8 and as pure ASCII.
"""
import json
import sys

STEP = 1021  # a prime, so that borders of pieces fall everywhere
SHORT = {0x22: '\\"', 0x5C: "\\\\", 0x2F: "\\/", 8: "\\b", 12: "\\f",
         10: "\\n", 13: "\\r", 9: "\\t"}


def scalars():
    return [c for c in range(1, 0x110000) if not 0xD800 <= c <= 0xDFFF]


def pieces():
    every = scalars()
    return [every[i:i + STEP] for i in range(0, len(every), STEP)]


def escape(c, upper):
    form = "\\u%04X" if upper else "\\u%04x"
    if c < 0x10000:
        return form % c
    c -= 0x10000
    return form % (0xD800 + (c >> 10)) + form % (0xDC00 + (c & 0x3FF))


def raw(c):
    return SHORT.get(c) or (escape(c, False) if c < 0x20 else chr(c))


def payload(piece):
    spelled = {
        "raw": "".join(map(raw, piece)),
        "escaped": "".join(escape(c, c & 1) for c in piece),
        "mixed": "".join(raw(c) if i % 3 else escape(c, True)
                         for i, c in enumerate(piece)),
    }
    members = ", ".join('"%s": "%s"' % m for m in spelled.items())
    return '{"c": [%d, %d], %s}' % (piece[0], piece[-1], members)


def write(path):
    with open(path, "wb") as out:
        for n, piece in enumerate(pieces()):
            line = {"key": "piece-%04d" % n, "response": {
                "candidates": [{"content": {"parts": [
                    {"text": payload(piece)}], "role": "model"},
                    "finishReason": "STOP", "index": 0}],
                "modelVersion": "gemini-2.5-flash"}}
            text = json.dumps(line, ensure_ascii=n % 2 == 0)
            out.write(text.encode("utf-8") + b"\n")


def judge(path):
    wrong = seen = 0
    want = {"piece-%04d" % n: p for n, p in enumerate(pieces())}
    for line in open(path):
        key, text = line.rstrip("\n").split("\t")
        value = json.loads(bytes.fromhex(text))
        piece = want.pop(key)
        string = "".join(map(chr, piece))
        for member in ("raw", "escaped", "mixed"):
            seen += len(value[member])
            if value[member] != string:
                wrong += 1
                print(f"{key}: {member}: not what was sent")
        if value["c"] != [piece[0], piece[-1]]:
            wrong += 1
            print(f"{key}: c: {value['c']}")
    if want:
        print("missing:", *list(want)[:10])
    if not wrong and not want:
        print(f"{seen} characters came back as they were sent")
    return int(bool(wrong or want))


if len(sys.argv) != 3 or sys.argv[1] not in ("write", "judge"):
    sys.exit("usage: every_scalar.py write FILE | judge DUMP")
sys.exit(write(sys.argv[2]) if sys.argv[1] == "write" else judge(sys.argv[2]))
