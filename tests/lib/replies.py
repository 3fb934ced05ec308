#!/usr/bin/env python3
"""replies.py - lines `KEY TAB REPLY` become Gemini batch lines."""
import json
import sys

for line in sys.stdin:
    key, text = line.rstrip("\n").split("\t", 1)
    print(json.dumps({"key": key, "response": {
        "candidates": [{"content": {"parts": [{"text": text}], "role": "model"},
                        "finishReason": "STOP"}], "modelVersion": "m"}}))
