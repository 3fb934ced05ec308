#!/usr/bin/env python3
"""peak_rss - run a command; print the largest resident size, in KiB, that any
one process of it had: itself, its children, their children.

    peak_rss.py OUT COMMAND...      the number goes to OUT; exit as COMMAND
"""
import resource
import subprocess
import sys

if len(sys.argv) < 3:
    sys.exit("usage: peak_rss.py OUT COMMAND...")
status = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as out:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=out)
sys.exit(status if status >= 0 else 128 - status)
