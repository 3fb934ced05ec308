#!/usr/bin/env python3
"""typed_property.py - values of every column type, there and back.

    typed_property.py make SEED LINES     writes p.json, u.json, f.jsonl, want.json
    typed_property.py compare DUMP        COPY (SELECT key, cells as text) TO

Values are made at random with the odd ones preferred; what PostgreSQL must
print for each is worked out here, by exact means, and compared cell by cell.
"""
import datetime
import json
import random
import re
import struct
import sys
import uuid
from decimal import Decimal, getcontext

getcontext().prec = 3000
TYPES = ["text", "int4", "int8", "numeric", "float8", "bool", "jsonb", "text[]",
         "float4[]", "timestamptz", "date", "uuid"]
ODD = ["", " ", "NULL", "\\N", "\\", '"', "'", "{}", "{a,b}", "a,b", "\t", "\n", "\r\n",
       "é", "𝄞", "￿", "‮", "x" * 5000, "%s", "$1", "\x7f", "\x01", "null", "0", "e\u0301"]


class Raw(str):
    """JSON text that is written as it is."""


def text(rng):
    return rng.choice(ODD) if rng.random() < 0.4 else \
        "".join(rng.choice("abc äöü\"\\'{},\n") for _ in range(rng.randrange(40)))


def integer(rng, bits):
    top = 1 << (bits - 1)
    n = rng.choice([0, 1, -1, top - 1, -top, rng.randrange(-top, top), rng.randrange(-999, 999)])
    form = rng.random()
    if form < 0.1 and n % 100 == 0:
        return Raw(f"{n // 100}e2"), str(n)
    if form < 0.2:
        return Raw(f"{n}.0"), str(n)
    return Raw(str(n)), str(n)


def numeric(rng):
    digits = rng.choice([1, 2, 4, 5, 8, 9, 30, 300, 900])
    whole = str(rng.randrange(10 ** rng.randrange(1, digits + 1)))
    written = rng.choice(["", "-"]) + whole
    if rng.random() < 0.6:
        written += "." + "".join(rng.choice("0000123456789") for _ in range(rng.randrange(1, 90)))
    if rng.random() < 0.4:
        written += rng.choice("eE") + rng.choice(["", "+", "-"]) + str(rng.randrange(0, 400))
    d = Decimal(written)
    shown = format(d, "f")
    if d == 0 and shown.startswith("-"):
        shown = shown[1:]
    return Raw(written), shown


def real(rng):
    bits = rng.choice([rng.getrandbits(64), struct.unpack("<Q", struct.pack("<d", rng.uniform(-1e3, 1e3)))[0],
                       1, 0, 1 << 63, 0x7FEFFFFFFFFFFFFF, 0x10000000000000])
    value = struct.unpack("<d", struct.pack("<Q", bits))[0]
    if value != value or value in (float("inf"), float("-inf")) or not 1e-300 < abs(value) < 1e300:
        value = rng.choice([0.0, 1e-300, -1e300, 0.1, 1 / 3, 2.0 ** 53 + 2])
    return Raw(repr(value) if rng.random() < 0.7 else f"{Decimal(value):.60e}"), value


def anything(rng, depth=0):
    kind = rng.randrange(7 if depth < 4 else 5)
    if kind == 0:
        return None
    if kind == 1:
        return rng.random() < 0.5
    if kind == 2:
        return rng.choice([0, -1, 10 ** 40, rng.randrange(10 ** 9)])
    if kind in (3, 4):
        return text(rng)
    if kind == 5:
        return [anything(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {text(rng): anything(rng, depth + 1) for _ in range(rng.randrange(4))}


def moment(rng):
    when = datetime.datetime(1, 1, 2) + datetime.timedelta(
        seconds=rng.randrange(315537724800 - 200000), microseconds=rng.choice([0, 1, 999999, 500000, rng.randrange(10 ** 6)]))
    minutes = rng.choice([0, 60, -60, 330, -845, 23 * 60 + 59])
    said = when + datetime.timedelta(minutes=minutes)
    if not 1 <= said.year <= 9999:
        minutes, said = 0, when
    sign = "-" if minutes < 0 else "+"
    zone = "Z" if not minutes and rng.random() < 0.5 else f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    micro = f".{said.microsecond:06}".rstrip("0") if said.microsecond else ""
    shown = f".{when.microsecond:06}".rstrip("0") if when.microsecond else ""
    return (f"{said.year:04}-{said.month:02}-{said.day:02}T{said:%H:%M:%S}{micro}{zone}",
            f"{when.year:04}-{when.month:02}-{when.day:02} {when:%H:%M:%S}{shown}+00")


def make_value(rng, kind):
    """The JSON to write, and what to find: text, or a value to compare."""
    if kind == "text":
        t = text(rng)
        return t, t
    if kind in ("int4", "int8"):
        return integer(rng, 32 if kind == "int4" else 64)
    if kind == "numeric":
        return numeric(rng)
    if kind == "float8":
        return real(rng)
    if kind == "bool":
        b = rng.random() < 0.5
        return b, "true" if b else "false"
    if kind == "jsonb":
        v = anything(rng)
        while v is None:
            v = anything(rng)
        return v, v
    if kind == "text[]":
        v = [rng.choice([None, text(rng)]) if rng.random() < 0.2 else text(rng) for _ in range(rng.randrange(6))]
        return v, v
    if kind == "float4[]":
        v = [struct.unpack("<f", struct.pack("<f", rng.uniform(-9, 9)))[0] for _ in range(rng.choice([0, 1, 3, 64]))]
        return v, v
    if kind == "timestamptz":
        return moment(rng)
    if kind == "date":
        d = datetime.date.fromordinal(rng.choice([1, 730120, 3652059, rng.randrange(1, 3652060)]))
        return f"{d.year:04}-{d.month:02}-{d.day:02}", f"{d.year:04}-{d.month:02}-{d.day:02}"
    u = uuid.UUID(int=rng.getrandbits(128))
    return str(u).upper() if rng.random() < 0.3 else str(u), str(u)


def dump(v):
    """json.dumps() with raw numbers in it."""
    if isinstance(v, Raw):
        return str(v)
    if isinstance(v, dict):
        return "{" + ", ".join(json.dumps(k, ensure_ascii=False) + ": " + dump(x) for k, x in v.items()) + "}"
    if isinstance(v, list):
        return "[" + ", ".join(map(dump, v)) + "]"
    return json.dumps(v, ensure_ascii=False)


def make(seed, lines):
    rng = random.Random(seed)
    kinds = TYPES + [rng.choice(TYPES) for _ in range(8)]
    columns = {f"c{i}": {"type": k, "from": f"/c{i}"} for i, k in enumerate(kinds)}
    head = {"key": {"type": "text", "from": "key", "required": True},
            "item": {"type": "int4", "from": "index", "required": True},
            "source": {"type": "int8", "from": "source"}, "offset": {"type": "int8", "from": "offset"}}
    for name, table in (("p.json", "t"), ("u.json", "mine.t")):
        with open(name, "w") as f:
            json.dump({"x-decant": {"table": table, "spread": "/rows", "columns": {**head, **columns}}}, f)
    want = {}
    with open("f.jsonl", "w", encoding="utf-8") as out:
        for n in range(lines):
            rows = []
            for item in range(rng.randrange(4)):
                row, cells = {}, []
                for i, kind in enumerate(kinds):
                    absent = rng.random()
                    if absent < 0.15:
                        cells.append(None)
                        if absent < 0.07:
                            row[f"c{i}"] = None
                        continue
                    row[f"c{i}"], cell = make_value(rng, kind)
                    cells.append(cell)
                rows.append(row)
                want[f"k{n} {item}"] = cells
            reply = dump({"rows": rows})
            out.write(json.dumps({"key": f"k{n}", "response": {
                "candidates": [{"content": {"parts": [{"text": reply}], "role": "model"},
                                "finishReason": "STOP"}], "modelVersion": "m"}},
                ensure_ascii=rng.random() < 0.5) + "\n")
    with open("want.json", "w") as f:
        json.dump({"kinds": kinds, "rows": want}, f)
    print(", ".join(f'c{i} {k}' for i, k in enumerate(kinds)))


def same(kind, want, got):
    if want is None or got is None:
        return want is got
    if kind == "float8":
        return struct.pack("<d", float(got)) == struct.pack("<d", want)
    if kind == "float4[]":
        return [struct.pack("<f", float(x)) for x in json.loads(got)] == [struct.pack("<f", x) for x in want]
    if kind in ("jsonb", "text[]"):
        return json.loads(got, parse_float=Decimal) == want
    return got == want


ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescape(cell):
    if cell == "\\N":
        return None
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), cell)


def compare(path):
    with open("want.json") as f:
        wanted = json.load(f)
    kinds, rows = wanted["kinds"], wanted["rows"]
    wrong = 0
    with open(path, encoding="utf-8", newline="\n") as f:
        for line in f:
            key, *cells = map(unescape, line.rstrip("\n").split("\t"))
            want = rows.pop(key, None)
            if want is None:
                print(f"{key}: nobody wrote that row, or it came twice")
                wrong += 1
                continue
            for i, kind in enumerate(kinds):
                if not same(kind, want[i], cells[i]):
                    wrong += 1
                    print(f"{key} c{i} {kind}: {cells[i]!r:.200} is not {want[i]!r:.200}")
    for key in rows:
        print(f"{key}: missing")
    sys.exit(wrong > 0 or len(rows) > 0)


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]))
else:
    compare(sys.argv[2])
