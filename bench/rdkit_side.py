"""rdkit_side.py FILE - RDKit's MolFromSmiles, sanitizing, on the same file.

Prints what bench_smiles prints; one round.  The interpreter's share is less
than one part in a hundred.
"""
import json
import sys
import time

from rdkit import Chem, RDLogger

RDLogger.DisableLog("rdApp.*")
with open(sys.argv[1], encoding="utf-8") as file:
    texts = file.read().split("\n")[:-1]
Chem.MolFromSmiles("c1ccccc1O")
start = time.thread_time()
sound = sum(Chem.MolFromSmiles(text) is not None for text in texts)
spent = time.thread_time() - start
print(json.dumps({"n": len(texts), "sound": sound, "median": spent,
                  "best": spent}))
