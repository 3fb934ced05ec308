#!/usr/bin/env python3
"""A decant-chem that dies on command, for tests of `decant molecules`.

Speaks the same protocol: a packet in, a packet out, a hello first.  What it
does with a molecule is said by the molecule:

    CBr   dies of SIGSEGV, every time       CF    wants too much memory
    CCl   never answers                     CI    answers nonsense
    CN    dies the first time only          CS    is refused
    CP    answers with U+0000, which PostgreSQL cannot hold

FAKE_CHEM_ERROR: the reason why it cannot work at all; "-": dies at once.
FAKE_CHEM_LOG: a file that gets a line per molecule asked.
"""
import json
import os
import signal
import sys
import time

REASON = os.environ.get("FAKE_CHEM_ERROR")
LOG = os.environ.get("FAKE_CHEM_LOG", "/dev/null")


def say(**members):
    os.write(1, (json.dumps(members) + "\n").encode())


if REASON == "-":
    sys.exit(9)
say(program="Open Babel", version="fake", error=REASON)
if REASON:
    sys.exit(1)
while True:
    text = os.read(0, 1 << 20).decode().rstrip("\n")
    if not text:
        sys.exit(0)
    with open(LOG, "a") as log:
        log.write(f"{text}\n")
    if text == "CBr" or text == "CN" and not os.path.exists(LOG + ".CN"):
        open(LOG + ".CN", "w").close()
        os.kill(os.getpid(), signal.SIGSEGV)
    if text == "CCl":
        time.sleep(1000)
    time.sleep(float(os.environ.get("FAKE_CHEM_SLEEP", "0")))
    state = {"CF": "memory", "CS": "refused", "CI": "happy"}.get(text, "done")
    say(smiles=text, state=state, ok=state == "done", formula="X",
        canonical="\0" if text == "CP" else text.lower(), inchikey="KEY",
        message=None, version="fake")
